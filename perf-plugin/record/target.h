/* SPDX-License-Identifier: GPL-2.0-only */
/* The tasks to record: pids with all their threads, and single threads. */
#ifndef BTFSNOOP_RECORD_TARGET_H
#define BTFSNOOP_RECORD_TARGET_H

#include <stdbool.h>
#include <sys/types.h>

#include "../util/diag.h"

struct target {
	pid_t *tids;
	unsigned int nr_tids;
	pid_t *pids;		/* of the processes of which all threads are meant */
	unsigned int nr_pids;
};

/*
 * Adds the threads that process @pid has now, those already there excepted. Returns 0, -ESRCH with
 * a message when there is no such process, -ENOMEM.
 */
int target__add_process(struct target *target, pid_t pid, struct diag *diag);
int target__add_thread(struct target *target, pid_t tid, struct diag *diag);

/*
 * Adds the threads that the processes have got since. Returns how many came to it, or -ENOMEM; a
 * process that is gone has none.
 */
int target__refresh(struct target *target);

/* Whether one of the tasks still runs; a zombie does not. */
bool target__is_alive(const struct target *target);

void target__exit(struct target *target);

#endif
