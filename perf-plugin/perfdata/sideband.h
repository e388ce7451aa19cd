/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * COMM, FORK, EXIT and MMAP2 records of tasks while recording, from the kernel itself: software
 * "dummy" perf events, one a CPU or one a task and CPU, whose ring buffers are drained for the
 * file. Their sample id layout is that of the file's events (sample_id_all, PERFDATA_SAMPLE_TYPE),
 * and their records are given to the file's first event: the kernel's ids, one a task and CPU,
 * would fill the file's header with thousands of numbers that nobody asks for.
 */
#ifndef BTFSNOOP_PERFDATA_SIDEBAND_H
#define BTFSNOOP_PERFDATA_SIDEBAND_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "writer.h"

struct sideband;

struct sideband_opts {
	const pid_t *tids;		/* the tasks to follow; nr_tids 0: all tasks */
	unsigned int nr_tids;
	bool inherit;			/* and their children */
	bool enable_on_exec;		/* silent until the (only) task calls exec */
	clockid_t clockid;
};

/* Returns 0 or a negative errno with a message in @diag (perf_event_paranoid, EMFILE ...). */
int sideband__new(const struct sideband_opts *opts, struct sideband **out, struct diag *diag);

/* Takes whole records, @size bytes of them. Returns 0 or a negative errno. */
typedef int (*sideband_take_fn)(void *ctx, const void *records, size_t size);

/* Hands @take what has come since the last time. Returns 0, a negative errno or what @take did. */
int sideband__drain(struct sideband *sideband, sideband_take_fn take, void *ctx);
void sideband__free(struct sideband *sideband);

#endif
