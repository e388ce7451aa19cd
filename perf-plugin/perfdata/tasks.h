/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of tasks as the COMM and FORK records of a file tell them, at the time they are read. */
#ifndef BTFSNOOP_PERFDATA_TASKS_H
#define BTFSNOOP_PERFDATA_TASKS_H

#include <stdint.h>

#include "reader.h"

struct tasks;

int tasks__new(struct tasks **out);
void tasks__free(struct tasks *tasks);

/* Takes note of a COMM, FORK or EXIT record and ignores all others. Returns 0 or -ENOMEM. */
int tasks__record(struct tasks *tasks, const struct perfdata_record *record);

/*
 * The task's name now, made safe for a terminal; "swapper" for 0, ":4242" where nobody said. Valid
 * until the next call of any of these functions.
 */
const char *tasks__comm(struct tasks *tasks, int32_t pid, int32_t tid);

#endif
