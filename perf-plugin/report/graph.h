/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The calls of a perf.data, nested, in the way of ftrace's function_graph (what follows a sample
 * taken at a function's return is how long it took):
 *
 *	# CPU  TASK-TID                  DURATION       FUNCTION CALLS
 *	  0)  curl-4242             |                |  tcp_sendmsg(size=1500) {
 *	  0)  curl-4242             |       0.633 us |    skb_put(len=40) = 0xffff888103b1c000;
 *	  0)  curl-4242             | +    10.500 us |  } = -11 (EAGAIN)
 */
#ifndef BTFSNOOP_REPORT_GRAPH_H
#define BTFSNOOP_REPORT_GRAPH_H

#include <stdbool.h>
#include <stdint.h>

#include "../util/diag.h"
#include "input.h"
#include "lines.h"

enum graph_time {
	GRAPH_NO_TIME,
	GRAPH_ABSOLUTE,
	GRAPH_RELATIVE,		/* to the first line */
};

struct graph_opts {
	struct value_opts values;
	bool structs;			/* show those, too */
	bool headings;
	enum graph_time time;
	bool nanoseconds;
	bool live;			/* each line goes to stdout as soon as it is there */
	struct lines_opts lines;
};

/* Prints all samples of @input to stdout. Returns 0 or a negative errno, with @diag or without. */
int graph__print(struct input *input, const struct graph_opts *opts, struct diag *diag);

#endif
