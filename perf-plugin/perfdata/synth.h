/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records about what was there before the recording began, as the kernel would have written them
 * then: kernel and module maps, names and maps of tasks. Their time is 0, which readers take as
 * "before all others". Source of the layouts: include/uapi/linux/perf_event.h, enum
 * perf_event_type.
 */
#ifndef BTFSNOOP_PERFDATA_SYNTH_H
#define BTFSNOOP_PERFDATA_SYNTH_H

#include <stdint.h>
#include <sys/types.h>

#include "../util/buf.h"

/* Every record ends with the fields of PERFDATA_SAMPLE_TYPE that sample_id_all adds. */
struct synth_trailer {
	uint32_t pid;
	uint32_t tid;
	uint64_t time;
	uint32_t cpu;
	uint32_t reserved;
	uint64_t id;
};

struct synth {
	const char *proc;	/* where proc is mounted */
	const char *modules_dep;	/* /lib/modules/RELEASE/modules.dep */
	const char *modules_before;	/* what /proc/modules has said since; NULL: nothing */
	uint64_t id;		/* the sample id of the event that the records belong to */
};

/* The map of the kernel proper, from _text to _etext: PERF_RECORD_MMAP. */
void synth__kernel(const struct synth *synth, uint64_t start, uint64_t end, struct buf *out);

/*
 * A map (PERF_RECORD_MMAP2) for each loaded module, so that addresses in it resolve. None where
 * /proc/modules hides the addresses (kptr_restrict). Only for the module @only, if that is not NULL;
 * else also for those of modules_before that are gone and whose place no other has. Returns 0 or a
 * negative errno.
 */
int synth__modules(const struct synth *synth, const char *only, struct buf *out);

struct synth_process {
	pid_t pid;
	pid_t ppid;
};

/*
 * The process that @tid, a process or a thread, belongs to. Returns 0 or a negative errno: -ENOENT
 * or -ESRCH when it is gone.
 */
int synth__find_process(const struct synth *synth, pid_t tid, struct synth_process *process);

/* FORK and COMM of all its threads, and MMAP2 of what it can execute. */
void synth__process(const struct synth *synth, const struct synth_process *process,
		    struct buf *out);

/* @count samples of the event with sample id @id were lost before @time. */
void synth__lost(uint64_t id, uint64_t count, uint64_t time, struct buf *out);

#endif
