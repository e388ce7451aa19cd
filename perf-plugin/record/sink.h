/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the records of a session go: into a file, into files one after the other, or into memory, of
 * which snapshots are written. What takes long, a process of its own does.
 *
 * A life: sink__new(); records, in the order in which they came out of the rings, with sink__round()
 * each time all rings have been drained once; sink__switch() in between rounds; sink__finish().
 */
#ifndef BTFSNOOP_RECORD_SINK_H
#define BTFSNOOP_RECORD_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "../perfdata/writer.h"
#include "../util/diag.h"
#include "target.h"

struct sink;

struct sink_opts {
	struct perfdata_writer_opts writer;	/* what it points to outlives the sink */
	const struct target *target;	/* whose tasks' names and maps are wanted; NULL: of all */
	bool several;			/* sink__switch() begins a new file */
	bool stamped;			/* files are named with the time, as several always are */
	unsigned int max_files;		/* the oldest ones are removed; 0: all are kept */
	uint64_t keep_size;		/* bytes kept in memory; 0: it goes into files */
	uint64_t keep_ns;		/* and no longer than that; 0: however long */
};

/* Returns 0 or a negative errno with a message in @diag. */
int sink__new(const struct sink_opts *opts, struct sink **out, struct diag *diag);

/*
 * Adds finished records as they are, any number of whole ones, @size bytes. Returns 0 or a negative
 * errno, as all functions below.
 */
int sink__add(struct sink *sink, const void *records, size_t size);

/*
 * Adds a sample taken at @time, by the file's clock, whose bytes are @pieces in their order: a whole
 * PERF_RECORD_SAMPLE.
 */
int sink__add_sample(struct sink *sink, const struct iovec *pieces, unsigned int nr, uint64_t time);

/* As that, of a note, which is none of the samples that were asked for and not counted. */
int sink__add_note(struct sink *sink, const struct iovec *pieces, unsigned int nr, uint64_t time);

/* As sink__add_sample(), of one piece. */
int sink__add_plain(struct sink *sink, const void *sample, size_t size, uint64_t time);

/* @count samples of event @index were lost before @time. */
int sink__lost(struct sink *sink, unsigned int index, uint64_t count, uint64_t time);

/* Further events, as perfdata_writer__add_events() takes them; @events' contents outlive the sink. */
int sink__add_events(struct sink *sink, const struct perfdata_events *events);

/* A module was loaded, whose events were added. */
int sink__add_module(struct sink *sink, const char *name);

/* All rings have been drained once; @time is now, by a clock that nobody sets. */
int sink__round(struct sink *sink, uint64_t time);

/* Bytes of the file that is being written so far; of memory: those of the last snapshot. */
uint64_t sink__size(const struct sink *sink);

/*
 * Completes the file and begins a new one; or begins to write what is kept in memory into a file.
 * -EBUSY: the one before is still being written, or completed. Says so when the file is there, or why
 * it is not. Returns 0 or a negative errno with a message in @diag.
 */
int sink__switch(struct sink *sink, struct diag *diag);

/*
 * There is to be a snapshot of what there is now, whenever it begins: nothing more is dropped for
 * being old.
 */
void sink__hold(struct sink *sink);

/* Whether a snapshot is being written, or the file before is being completed. */
bool sink__is_busy(struct sink *sink);

/* Waits for that. */
void sink__wait(struct sink *sink);

/* What was written in all. */
struct sink_sum {
	uint64_t size;			/* bytes */
	uint64_t nr_samples;
	unsigned int nr_files;
	unsigned int nr_failed;		/* that could not be written, as was said */
};

/*
 * Completes what is to be written and frees the sink, also on error. Returns 0 or a negative errno
 * with a message in @diag.
 */
int sink__finish(struct sink *sink, struct sink_sum *sum, struct diag *diag);

/* Gives up: leaves nothing half written, and frees the sink. NULL is fine. */
void sink__abort(struct sink *sink);

#endif
