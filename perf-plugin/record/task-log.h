/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What names and maps the tasks have at the point where a file begins: kept up from the records
 * about them that were not, or are no longer, in a file. So samples of tasks that have ended
 * meanwhile resolve, and those of tasks that have another name now have the one they had.
 */
#ifndef BTFSNOOP_RECORD_TASK_LOG_H
#define BTFSNOOP_RECORD_TASK_LOG_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../util/buf.h"
#include "target.h"

struct task_log;

/* NULL: no memory. */
struct task_log *task_log__new(void);
void task_log__free(struct task_log *log);

/*
 * Takes in what /proc says of the tasks that there are, of @target's alone if that is not NULL.
 * Returns 0 or a negative errno.
 */
int task_log__read_proc(struct task_log *log, const struct target *target);

/*
 * Takes @size bytes of whole records: FORK, COMM, MMAP2 and EXIT of the file's first event
 * (PERFDATA_SAMPLE_ID(0)), which others end with the trailer of too; all others are passed over.
 * Returns 0 or -ENOMEM.
 */
int task_log__add(struct task_log *log, const void *records, size_t size);

/*
 * A round ends. The kernel's records are drained behind the samples of a round, so those of one
 * round still matter to the samples of the next: only what came before the last round is applied.
 * Returns 0 or -ENOMEM.
 */
int task_log__round(struct task_log *log);

/*
 * Appends what a file begins with to @out: the state of the tasks as records from before all time,
 * then those not applied yet.
 */
void task_log__write(const struct task_log *log, struct buf *out);

#endif
