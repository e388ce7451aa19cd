/* SPDX-License-Identifier: GPL-2.0-only */
/* What a file has: how many records of which type, and which tasks ran. */
#ifndef BTFSNOOP_REPORT_STATS_H
#define BTFSNOOP_REPORT_STATS_H

#include <stdbool.h>

#include "../util/diag.h"
#include "input.h"

/*
 * Prints to stdout how many records there are of each type, and samples (those that pass the
 * filter) of each event, as perf report --stats does. With @show_empty also events without any.
 * Returns 0 or a negative errno with a message in @diag.
 */
int stats__print(struct input *input, bool show_empty, struct diag *diag);

/*
 * Prints to stdout the tasks that the file tells of, each behind its parent, as perf report --tasks
 * does. Returns 0 or a negative errno with a message in @diag.
 */
int stats__print_tasks(struct input *input, bool headings, struct diag *diag);

#endif
