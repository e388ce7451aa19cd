/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commonest values of each field of each event:
 *
 *	# Samples: 22  of event 'btfsnoop:vfs_write'
 *	#
 *	#  Share  Samples  Field     Value
 *	# ......  .......  ........  ..........
 *	#
 *	  86.36%       19  count     4096
 *	   4.55%        1  count     80
 *	   9.09%        2  count     (2 others)
 *
 * As JSON: {"event":"btfsnoop:vfs_write","name":"count","unit":"","samples":22,"error":0,
 * "values":[{"value":4096,"count":19},...],"others":{"nr":2,"count":2}}
 */
#ifndef BTFSNOOP_REPORT_TOP_VALUES_H
#define BTFSNOOP_REPORT_TOP_VALUES_H

#include <stdbool.h>

#include "../util/diag.h"
#include "input.h"

struct top_values_opts {
	unsigned int nr;	/* values of a field; 0: 10 */
	const char *separator;	/* for programs, as report -t */
	bool json;		/* an object a line, which is of a field */
	bool colors;
	bool headings;
};

/* Prints the tables to stdout. Returns 0 or a negative errno, with @diag or without. */
int top_values__print(struct input *input, const struct top_values_opts *opts,
		      struct diag *diag);

#endif
