/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The figures of an entry: how they are called, and how the values of its samples add up to them.
 * What has to be kept of a run of values is a few 64-bit words of the entry, as many as its figures
 * need.
 */
#ifndef BTFSNOOP_REPORT_AGGREGATE_FIGURE_H
#define BTFSNOOP_REPORT_AGGREGATE_FIGURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../util/buf.h"
#include "column.h"

enum figure_kind {
	FIGURE_OVERHEAD,	/* those of all samples of the entry ... */
	FIGURE_CHILDREN,
	FIGURE_SAMPLES,
	FIGURE_PERIOD,
	FIGURE_COUNT,		/* ... and of the values of something that they have */
	FIGURE_SUM,
	FIGURE_AVG,
	FIGURE_MIN,
	FIGURE_MAX,
	FIGURE_STDDEV,
	FIGURE_QUANTILE,
};

struct figure {
	enum figure_kind kind;
	double q;		/* FIGURE_QUANTILE: 0 to 1 */
	const char *arg;	/* of what; NULL: nothing, by itself */
	size_t arg_len;
	bool bare;		/* without brackets: could as well be a field's name */
};

/*
 * "overhead", "samples", "avg(skb->len)", "p99.9(dur)", "max": what stands alone is of the
 * duration, "first" and "last" are of the time. False for any other text. *@out points into @text.
 */
bool figure__parse(const char *text, size_t len, struct figure *out);

/* The heading of one; @text is what it was parsed from. */
void figure__header(const struct figure *figure, const char *text, size_t len, struct buf *out);

/* ---- the values of a run, in an entry ------------------------------------------------------ */

struct figure_run {
	unsigned int needs;	/* what figures are wanted: see figure_run__want() */
	unsigned int word;	/* where in the entry it begins */
	bool is_signed;
};

void figure_run__want(struct figure_run *run, const struct figure *figure);

/* Says where its words are to be; returns the word behind them. */
unsigned int figure_run__place(struct figure_run *run, unsigned int word);

/* @entry: the entry's words, all zero in the beginning. 0 or -ENOMEM. */
int figure_run__add(const struct figure_run *run, uint64_t *entry, uint64_t value);
void figure_run__free(const struct figure_run *run, uint64_t *entry);
uint64_t figure_run__count(const struct figure_run *run, const uint64_t *entry);

/*
 * The figure as something to sort by: unsigned, in the order of the figure. There has to be a value
 * at all.
 */
uint64_t figure_run__rank(const struct figure_run *run, const uint64_t *entry,
			  const struct figure *figure);

/* Appends the figure as people read it, as a value of @column; "-" where there are no values. */
void figure_run__text(const struct figure_run *run, const uint64_t *entry,
		      const struct figure *figure, struct column *column, struct buf *out);

/* The same as a bare number; nothing where there are no values. */
void figure_run__number(const struct figure_run *run, const uint64_t *entry,
			const struct figure *figure, struct buf *out);

#endif
