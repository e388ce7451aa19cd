/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a perf.data (tools/perf/Documentation/perf.data-file-format.txt, util/header.c) whose
 * events are the tracepoints described by schemas, and others. The file is built under a temporary
 * name beside the final one and renamed when it is complete; an existing file becomes FILE.old.
 */
#ifndef BTFSNOOP_PERFDATA_WRITER_H
#define BTFSNOOP_PERFDATA_WRITER_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "../plan/schema.h"
#include "../util/diag.h"

struct perfdata_writer;

/* Events that there are together, and the types of their values. */
struct perfdata_events {
	const struct schema *schemas;	/* in this order */
	unsigned int nr;
	const void *btf;		/* raw; its types are the schemas' */
	uint32_t btf_size;
};

/* An event that is not made of a schema: of -e, or out of another file. */
struct perfdata_foreign {
	const struct perf_event_attr *attr;	/* sample_type has IDENTIFIER; sample_id_all is set */
	const char *name;			/* "sched:sched_switch", "cycles:u" */
	const uint64_t *ids;			/* sample ids under which its records come */
	unsigned int nr_ids;
	const char *system, *tracepoint;	/* of a tracepoint, and the text of its format file */
	const char *format;
	size_t format_size;
	unsigned int nr_members;		/* of the group it leads, itself and those behind it */
	const char *group_name;			/* NULL: it has none */
};

struct perfdata_writer_opts {
	const char *path;		/* "-": to stdout, in perf's pipe format */
	int fd;				/* a pipe to write to instead; 0: none */
	int argc;			/* the command line, for HEADER_CMDLINE */
	const char **argv;
	clockid_t clockid;		/* what the samples' time is measured with */
	const struct schema *schemas;	/* one event each, in this order; outlive the writer */
	unsigned int nr_schemas;
	const void *btf;		/* raw BTF for HEADER_BPF_BTF */
	uint32_t btf_size;
	/* Further events of ours that there are from the beginning, with types of their own. */
	const struct perfdata_events *parts;
	unsigned int nr_parts;
	const struct perfdata_foreign *foreign;	/* others; what is pointed to outlives the writer */
	unsigned int nr_foreign;
	uint64_t sample_type;		/* of our events' samples; 0: PERFDATA_SAMPLE_TYPE */
	unsigned int max_stack;		/* with PERF_SAMPLE_CALLCHAIN: frames */
	bool no_kernel_chain, no_user_chain;
	/*
	 * What is said about machine, clock and command line: FEATURE_END sections, those without
	 * data are left out. Of this machine nothing is written then, nor are its maps. NULL: what
	 * this machine says.
	 */
	const struct buf *given;
	uint64_t kernel_start;		/* _text; 0: not known, no kernel map is written */
	uint64_t kernel_end;		/* _etext */
	const char *modules_before;	/* as in synth.h; while the writer begins */
	/* What is still to be done to the finished file before it gets its name; NULL: nothing. */
	void (*completed)(void *ctx, const char *path);
	void *completed_ctx;
};

/*
 * The sample_type of every event of ours (with PERF_SAMPLE_CALLCHAIN in an opts.sample_type), and
 * the sample id of the @index-th of them: what a producer of PERF_RECORD_SAMPLEs has to put there
 * (include/uapi/linux/perf_event.h, PERF_RECORD_SAMPLE). The others stand behind the first ones
 * and opts.parts, but don't count.
 */
#define PERFDATA_SAMPLE_TYPE							\
	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |	\
	 PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD | PERF_SAMPLE_RAW)
#define PERFDATA_SAMPLE_ID(index) ((1ULL << 48) + (index))	/* the kernel counts from 1 on */

int perfdata_writer__new(const struct perfdata_writer_opts *opts, struct perfdata_writer **out,
			 struct diag *diag);

/*
 * Adds finished records as they are, any number of whole ones, @size bytes. Returns 0 or a negative
 * errno; after an error nothing more is written, and finish() says what it was.
 */
int perfdata_writer__add(struct perfdata_writer *writer, const void *records, size_t size);

/* Adds one sample, of @size bytes, taken at @time, and counts it as perfdata_writer__count() does. */
int perfdata_writer__add_sample(struct perfdata_writer *writer, const void *sample, size_t size,
				uint64_t time);

/*
 * Further events, numbered on from those before; to be called before their first sample is added.
 * What @events points to outlives the writer. A pipe is told of them now, a file when it is
 * completed: until then, or if it never is, it has but the first ones. Returns 0 or a negative
 * errno, -E2BIG or -EINVAL where they cannot be described: then they are not there.
 */
int perfdata_writer__add_events(struct perfdata_writer *writer,
				const struct perfdata_events *events);

/* Where module @name is: PERF_RECORD_MMAP2. One that is not loaded is no error. */
int perfdata_writer__add_module(struct perfdata_writer *writer, const char *name);

/*
 * @nr_samples of the records added are samples, the first and last of them at these times (ignored
 * when there are none): for HEADER_SAMPLE_TIME. Calls add up.
 */
void perfdata_writer__count(struct perfdata_writer *writer, uint64_t nr_samples,
			    uint64_t first_time, uint64_t last_time);

/*
 * PERF_RECORD_FORK, _COMM and (of a process) _MMAP2 of tasks that ran before: out of /proc, now.
 * @pid is a process or one of its threads: the whole process is added, once. A task that is gone is
 * no error.
 */
int perfdata_writer__add_task(struct perfdata_writer *writer, pid_t pid);
int perfdata_writer__add_all_tasks(struct perfdata_writer *writer);

/* Says that all rings have been drained once: PERF_RECORD_FINISHED_ROUND. */
int perfdata_writer__round(struct perfdata_writer *writer);

/* @count samples of event @index were lost before @time: PERF_RECORD_LOST_SAMPLES. */
int perfdata_writer__lost(struct perfdata_writer *writer, unsigned int index, uint64_t count,
			  uint64_t time);

/* The file's name when it is complete, as output__set_path() takes it. */
int perfdata_writer__set_path(struct perfdata_writer *writer, const char *path);

/* Bytes in the file so far. */
uint64_t perfdata_writer__size(const struct perfdata_writer *writer);

/*
 * Completes the file (feature sections, final header, rename) and frees the writer, also on error;
 * then nothing is left under the final name. *@size gets the bytes of the whole file.
 */
int perfdata_writer__finish(struct perfdata_writer *writer, uint64_t *size, struct diag *diag);

/* Frees the writer, whose file another process completes that has it from fork(). */
void perfdata_writer__leave(struct perfdata_writer *writer);

/* Gives up: removes what was written and frees the writer. */
void perfdata_writer__abort(struct perfdata_writer *writer);

#endif
