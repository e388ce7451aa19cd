/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time across, a number up, how many samples as shades, for each event that has the number:
 *
 *	# Samples: 840  of event 'btfsnoop:sys_exit'
 *	# ret from 39339.035050 s on, a column is 480us
 *	#
 *	  32 |                                                                .|
 *	  16 |                                      .                          |
 *	  8  | :                    .               :   .                      |
 *	  4  |                       .                                         |
 *	  2  |:.                   -.+              .  :+:                     |
 *	  0  |-*             :.    -+*              =-:-*-                    -|
 *	      0ns                 10ms                 20ms                 30ms
 *	# . 1, : 2, - 4, = 8, + 14, * 27, # 51 and more samples
 *
 * A row is of the numbers from what stands there up to the one above: a power of two in four, in two
 * or as a whole, or several of them, as fits. As JSON, finer:
 *
 *	{"event":"btfsnoop:sys_exit","name":"ret","unit":"","nr":840,"nr_fault":0,"width":0.000064,
 *	 "cells":[{"time":39339.035050000,"low":0,"high":0,"count":14},...]}
 */
#ifndef BTFSNOOP_REPORT_HEATMAP_H
#define BTFSNOOP_REPORT_HEATMAP_H

#include <stdbool.h>

#include "../util/diag.h"
#include "input.h"

struct heatmap_opts {
	const char *expr;	/* a number: "dur", "skb->len" */
	bool json;		/* an object a line, of what is counted and not what is drawn */
	int columns;		/* of the terminal */
	unsigned int rows;	/* at most so many; 0: 20 */
	bool ascii;
	bool colors;		/* shades are colours, of 256 */
	bool headings;
};

/* Prints them to stdout. Returns 0 or a negative errno, with @diag or without. */
int heatmap__print(struct input *input, const struct heatmap_opts *opts, struct diag *diag);

#endif
