/* SPDX-License-Identifier: GPL-2.0-only */
/* One of the files that are merged: its records one by one, and what they become. */
#ifndef BTFSNOOP_MERGE_FILE_H
#define BTFSNOOP_MERGE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "../perfdata/reader.h"
#include "../perfdata/schemas.h"
#include "../util/buf.h"
#include "../util/diag.h"
#include "places.h"

/* What an event of the file is in the merged one. */
struct merged_event {
	unsigned int out;		/* index there */
	bool is_dropped;		/* perf's dummy, which has no samples */
	bool is_ours;
	bool adds_chain;		/* its samples have none, the merged event's do */
	uint64_t in_type;		/* sample_type, here and there */
	uint64_t out_type;
	uint64_t read_format;
	bool has_branch_index;		/* a word in front of the branches of its samples */
	uint16_t common_type;		/* to be written into the raw data; 0: it stays */
	const struct schema *schema;	/* of ours */
	uint64_t default_id;		/* there, of records that say no id */
};

struct merged_id {
	uint64_t in;
	uint64_t out;
	unsigned int event;		/* here */
};

struct merge_file {
	const char *path;
	struct perfdata_reader *reader;
	struct file_schemas *schemas;

	/* The records without a time that the file begins with, read ahead. */
	struct buf head;
	size_t head_at;			/* of the next of them that is to be handed out */
	struct perfdata_record next;	/* the one behind them */
	bool has_next;

	struct places places;		/* as the records read ahead say */
	uint8_t build_id[20];		/* of the kernel */
	unsigned int build_id_len;	/* 0: not known */

	int clockid;
	int64_t wall_offset;		/* wall clock - events' clock, ns */
	bool has_wall_offset;
	unsigned int boot;		/* files of one boot have the same number */
	uint64_t shift;			/* is added to each time, modulo 2^64 */
	struct moves moves;		/* of kernel addresses: empty when they stay */
	uint64_t stamp;			/* the time of records without one; 0: they stay so */
	uint64_t last_time;		/* in the merged file, of its last record there */

	struct merged_event *events;
	unsigned int nr_events;
	struct merged_id *ids;		/* by ascending in */
	unsigned int nr_ids;

	struct buf safe;		/* merge_file__safe()'s answer */
	uint64_t nr_broken;		/* records that were left out, by reason */
	uint64_t nr_too_large;
	uint64_t nr_unknown;
};

/* Opens it and reads ahead. Returns 0 or a negative errno with a message. */
int merge_file__open(struct merge_file *file, const char *path, bool force, struct diag *diag);
void merge_file__close(struct merge_file *file);

/* The time of the first record that has one, 0 when none does; of the file's own clock. */
uint64_t merge_file__first_time(const struct merge_file *file);

/*
 * The next record. *@time is its time in the merged file, 0: before all. Returns 1, or 0 at the
 * end.
 */
int merge_file__peek(const struct merge_file *file, const struct perf_event_header **record,
		     uint64_t *time);

/* Goes on to the one behind it. Returns 0 or a negative errno. */
int merge_file__advance(struct merge_file *file);

/* What the file says, in a way that is safe for a terminal; valid until the next call. */
const char *merge_file__safe(struct merge_file *file, const char *text);

/* What became of sample id @id; @otherwise for 0, and where it is none of the file's. */
uint64_t merge_file__id(const struct merge_file *file, uint64_t id, uint64_t otherwise);

#endif
