/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What perf ftrace latency prints (tools/perf/builtin-ftrace.c, display_histogram()), for each
 * event that has a duration:
 *
 *	#   DURATION     |      COUNT | GRAPH                                          |
 *	     0 -    1 us |       9216 | ########################################       |
 *	     1 -    2 us |       1100 | ####                                           |
 *	...
 *	     1 - ...  s  |          0 |                                                |
 *
 *	# statistics  (in usec)
 *	  total time:                 6320
 *	    avg time:                    1
 *	    max time:                  310
 *	    min time:                    0
 *	       count:                10316
 */
#ifndef BTFSNOOP_REPORT_LATENCY_H
#define BTFSNOOP_REPORT_LATENCY_H

#include <stdbool.h>

#include "../util/diag.h"
#include "input.h"

struct latency_opts {
	bool nanoseconds;	/* perf ftrace latency -n: the table is from 1 ns to 1 ms */
	bool hide_empty;	/* leave out rows without samples */
	bool headings;		/* which event it is of */
	bool json;		/* an object a line, all in ns */
};

/* Prints the tables to stdout. Returns 0 or a negative errno, with @diag or without. */
int latency__print(struct input *input, const struct latency_opts *opts, struct diag *diag);

#endif
