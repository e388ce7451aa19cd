/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What changed between recordings: the first is the baseline, which each of the others is compared
 * with, event by event and key by key. The events and in them the figures that changed most come
 * first; what the number of samples may explain comes last, behind a '~'.
 *
 *	# Event 'btfsnoop:vfs_read__return'
 *	#
 *	# Baseline      Now     Delta  Distance  Figure         Symbol
 *	# ........  .......  ........  ........  .............  ........
 *	#
 *	   1.205us  3.410us  +182.99%    64.66%  avg(duration)  vfs_read
 *	   1.100us  3.200us  +190.91%            p50(duration)  vfs_read
 *	   4.200us  9.000us  +114.29%            p99(duration)  vfs_read
 *	     12034    11988    -0.38%    ~0.38%  samples        vfs_read
 */
#ifndef BTFSNOOP_REPORT_DIFF_H
#define BTFSNOOP_REPORT_DIFF_H

#include <stdbool.h>
#include <stdio.h>

#include "../util/diag.h"
#include "input.h"

struct diff;

enum diff_compute {
	DIFF_DISTANCE,		/* by what changed most; deltas are relative */
	DIFF_DELTA,		/* by the relative change, increases first; deltas: differences */
	DIFF_DELTA_ABS,		/* the same, whichever direction */
	DIFF_RATIO,		/* by now / baseline, which is what deltas show */
};

struct diff_opts {
	const char *sort;	/* keys; NULL: the function */
	enum diff_compute compute;
	unsigned int order;	/* by which of the other files, from 1 on; 0: by the baseline */
	bool baseline_only;	/* only what the baseline has */
	bool absolute;		/* overhead: of all samples, also those that filters left out */
	const char *separator;	/* NULL: none. With one durations are nanoseconds */
	bool json;		/* one object a line */
	bool headings;
	bool colors;
};

/*
 * Prepares for @nr inputs. The opts and their strings have to outlive it. Returns 0, -EINVAL with a
 * message in @diag, -ENOMEM.
 */
int diff__new(unsigned int nr, const struct diff_opts *opts, struct diff **out);
void diff__free(struct diff *diff);

/*
 * Reads input @file, of the path @name; it has to outlive the diff. Returns 0 or a negative errno,
 * with @diag or without.
 */
int diff__read(struct diff *diff, unsigned int file, const char *name, struct input *input,
	       struct diag *diag);

/* To be called when all are read. Returns 0, -ENOMEM, -EIO. */
int diff__print(struct diff *diff, FILE *out);

#endif
