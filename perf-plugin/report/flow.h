/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A timeline for each object that was followed (record --track): what happened to it, where, and
 * which values changed.
 *
 * Events of objects that are followed have a field "flow", the number of what is followed, 0 if it
 * is not, and a field "object", its address, which can change within a flow (clones).
 */
#ifndef BTFSNOOP_REPORT_FLOW_H
#define BTFSNOOP_REPORT_FLOW_H

#include <stdbool.h>

#include "../util/diag.h"
#include "input.h"
#include "lines.h"

struct flow_opts {
	struct value_opts values;
	bool headings;
	struct lines_opts lines;
};

/*
 * Prints the timelines of @input to stdout, by their first events; calls stand where they begin.
 * Returns 0 or a negative errno, with a message in @diag or without.
 */
int flow__print(struct input *input, const struct flow_opts *opts, struct diag *diag);

#endif
