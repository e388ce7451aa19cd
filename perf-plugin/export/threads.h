/* SPDX-License-Identifier: GPL-2.0-only */
/* The threads of a recording as viewers tell them apart: by numbers that no two of them share. */
#ifndef BTFSNOOP_EXPORT_THREADS_H
#define BTFSNOOP_EXPORT_THREADS_H

#include <stdbool.h>
#include <uthash.h>

#include "../perfdata/reader.h"
#include "nesting.h"

/*
 * The kernel's limit of thread ids (include/linux/threads.h, PID_MAX_LIMIT). The idle tasks, one a
 * CPU, all have 0: here they get this and the CPU's number, and so does what belongs to no thread.
 */
#define THREAD_IDLE	(4 << 20)

struct thread_key {
	int32_t pid;
	int32_t tid;
};

struct thread {
	UT_hash_handle hh;
	UT_hash_handle hh_process;
	int32_t pid;
	int32_t tid;
	char comm[64];		/* the last one */
	struct nesting nesting;
};

struct threads {
	struct thread *by_key;
	struct thread *by_pid;	/* of each process the one that was seen first */
	struct thread *last;	/* that was looked up */
};

/* The thread of @sample, which is called @comm now; NULL without memory. */
struct thread *threads__get(struct threads *threads, const struct perfdata_sample *sample,
			    const char *comm);

/* Is it the one by which its process is named: the main thread, or the first without one? */
bool threads__is_first(const struct threads *threads, const struct thread *thread);
void threads__exit(struct threads *threads);

#endif
