/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Histograms of a value, one for each event that has it, or for each entry of sort keys:
 *
 *	# Samples: 9650  of event 'btfsnoop:vfs_read'
 *	# 9640 values, 10 unreadable
 *	# min 1, avg 322.14, p50 2, p90 3, p99 1184, max 2000
 *	#
 *	# count       Samples    Share
 *	# .........  ........  .......
 *	#
 *	  1               312    3.24%  ██▊
 *	  [2, 4)         9000   93.36%  ████████████████████████████████████████████████████████
 *	  ...
 *	  [1K, 2K)        328    3.40%  ██▉
 *
 * Of a text, an enum or a pointer, it is the commonest values. As JSON:
 *
 *	{"event":"btfsnoop:vfs_read","keys":["cat"],"name":"count","unit":"","samples":9650,"nr":9640,
 *	 "nr_fault":10,"avg":322.14,"min":1,"max":2000,"p50":2,"p90":3,"p99":1184,
 *	 "histogram":[{"low":1,"high":1,"count":312},...]}
 */
#ifndef BTFSNOOP_REPORT_VALUES_HIST_H
#define BTFSNOOP_REPORT_VALUES_HIST_H

#include <stdbool.h>

#include "../util/diag.h"
#include "input.h"

struct values_hist_opts {
	const char *expr;	/* "skb->len", with ":log2", ":linear" or ":linear:ROWS" behind */
	const char *sort;	/* NULL: none */
	const char *separator;	/* for programs: a line is EVENT, KEYS, LOW, HIGH or TEXT, COUNT */
	bool json;		/* an object a line: for programs, too */
	int columns;		/* of the terminal */
	bool ascii;
	bool colors;
	bool headings;
};

/* Prints them to stdout. Returns 0 or a negative errno, with @diag or without. */
int values_hist__print(struct input *input, const struct values_hist_opts *opts,
		       struct diag *diag);

#endif
