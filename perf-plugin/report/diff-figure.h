/* SPDX-License-Identifier: GPL-2.0-only */
/* The figures by which diff shows an entry: one is a row, "p99(duration)" or "whence=SEEK_SET". */
#ifndef BTFSNOOP_REPORT_DIFF_FIGURE_H
#define BTFSNOOP_REPORT_DIFF_FIGURE_H

#include "diff-data.h"

enum figure_kind {
	FIGURE_OVERHEAD,	/* share of the event's samples */
	FIGURE_SAMPLES,
	FIGURE_RATE,		/* samples a second */
	FIGURE_AVG,
	FIGURE_QUANTILE,
	FIGURE_TEXT,		/* share of the samples that have this text */
	FIGURE_UNREADABLE,	/* share of the samples whose number could not be read */
};

struct figure {
	enum figure_kind kind;
	unsigned int entry;
	unsigned int field;
	double quantile;
	const void *text;	/* FIGURE_TEXT: in a tally */
	size_t len;
};

/* What it is in one of the files; NAN: nothing. */
double figure__value(const struct diff *diff, const struct figure *figure, unsigned int file);

/* Appends "avg(duration)". */
void figure__name(const struct diff *diff, const struct figure *figure, struct buf *out);

/* Appends a value of it; @raw: durations as nanoseconds. NAN: "-". */
void figure__add(const struct diff *diff, const struct figure *figure, double value, bool raw,
		 struct buf *out);

/* Appends the change from one value to another as diff_opts.compute says; "new", "gone". */
void figure__delta(const struct diff *diff, const struct figure *figure, double from, double to,
		   bool raw, struct buf *out);

/* The relative change, by which is sorted; shares change by their difference. INFINITY from 0. */
double figure__change(const struct figure *figure, double from, double to);

#endif
