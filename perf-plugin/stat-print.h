/* SPDX-License-Identifier: GPL-2.0-only */
/* What perf btfsnoop stat prints: as perf stat does, for people and for programs. */
#ifndef BTFSNOOP_STAT_PRINT_H
#define BTFSNOOP_STAT_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "record/stat.h"

enum stat_format { STAT_TEXT, STAT_CSV, STAT_JSON };

struct stat_print {
	FILE *out;
	enum stat_format format;
	const char *separator;	/* of CSV */
	unsigned int top;	/* functions of a pattern at most; 0: all */
	bool all;		/* functions of patterns that were not called, too */
	bool sum;		/* of a pattern's functions one line instead of one each */
	bool each;		/* histograms of each function of a pattern */
	bool no_groups;		/* no commas in large numbers */
	int columns;		/* of the terminal */
	bool colors;
	const char *title;	/* "'CMD'", "process id '1'" ..., safe for a terminal */
	unsigned int nr_printed;	/* intervals so far */
	bool by_interval;	/* lines begin with the time; no title */
};

/* An interval, or with @result all of it. Returns 0 or a negative errno. */
int stat_print__interval(struct stat_print *print, const struct stat_state *state);
int stat_print__total(struct stat_print *print, const struct stat_state *state,
		      const struct stat_result *result);

#endif
