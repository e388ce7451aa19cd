/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stacks in the form that flame graphs are made of (flamegraph.pl, speedscope), one a line with a
 * number behind it:
 *
 *	curl;__x64_sys_sendto;tcp_sendmsg;tcp_push 104232
 *
 * From call chains where samples have them: the number is the sum of the periods. Else from calls
 * that were recorded with their durations, as they are nested in time (report/calls.h): the number
 * is nanoseconds spent in the function itself, without what it called that was recorded. Else each
 * function is a stack, and the number counts.
 */
#ifndef BTFSNOOP_REPORT_FOLDED_H
#define BTFSNOOP_REPORT_FOLDED_H

#include "../util/diag.h"
#include "input.h"
#include "lines.h"

struct folded_opts {
	struct lines_opts lines;
};

/*
 * Prints the stacks of all samples of @input, of which nothing must have been read, to stdout in
 * the order of their text. Returns 0 or a negative errno, with a message in @diag or without.
 */
int folded__print(struct input *input, const struct folded_opts *opts, struct diag *diag);

#endif
