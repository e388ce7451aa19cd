/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A histogram as text: a row for each range of values, or for each value, with its count, its share
 * and a bar, which is as long as the terminal is wide for the largest count:
 *
 *	# count       Samples   Share
 *	# .........  ........  ......
 *	#
 *	  1               312   3.08%  ██▊
 *	  [2, 4)         9500  93.68%  ████████████████████████████████████████████████████████
 *	  [1K, 2K)        329   3.24%  ██▉
 *
 * Of four and more empty rows between others only "..." is left.
 */
#ifndef BTFSNOOP_REPORT_BARS_H
#define BTFSNOOP_REPORT_BARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../render/json.h"
#include "../util/buf.h"

struct bars;
struct distribution;

/* What the values of a range are. */
#define BARS_SIGNED	0x1	/* int64_t */
#define BARS_DURATION	0x2	/* nanoseconds, shown with a unit */

struct bars_opts {
	const char *label;	/* what the values are, safe for a terminal */
	int columns;		/* of the terminal */
	bool ascii;		/* bars of '#': bars__ascii() */
	bool headings;
	bool colors;		/* of shares, by perf's rule */
	const char *separator;	/* NULL: columns and bars; else a row is LOW, HIGH (or the text),
				 * COUNT, without bars */
};

/* Returns 0 or -ENOMEM. */
int bars__new(struct bars **out);
void bars__free(struct bars *bars);

/* Adds a row: of the values @low to @high, both inclusive; of a text, safe for a terminal. */
void bars__range(struct bars *bars, uint64_t low, uint64_t high, unsigned int form,
		 uint64_t count);
void bars__text(struct bars *bars, const char *text, size_t len, uint64_t count);

/*
 * Adds the rows of a distribution, ranges doubling: 0, 1, [2, 4), [4, 8) ... and for negative
 * values (-4, -2], -1. Their counts are exact. @form: BARS_DURATION or 0.
 */
void bars__distribution(struct bars *bars, const struct distribution *d, unsigned int form);

unsigned int bars__nr(const struct bars *bars);
uint64_t bars__count(const struct bars *bars, unsigned int row);
uint64_t bars__max(const struct bars *bars);		/* the largest count */
uint64_t bars__total(const struct bars *bars);
const char *bars__label(const struct bars *bars, unsigned int row);	/* "[2, 4)" */

/* Appends the table; shares are of all rows. Returns 0 or -ENOMEM, also for what failed before. */
int bars__print(const struct bars *bars, const struct bars_opts *opts, struct buf *out);

/*
 * Adds the rows that count anything as an array: {"low":2,"high":3,"count":9500}, both inclusive, or
 * {"value":"TCP_LISTEN","count":7}. Returns 0 or -ENOMEM, also for what failed before.
 */
int bars__json(const struct bars *bars, struct json *json);

/* Appends a bar that fills @share (0 to 1) of @width columns; what is not nothing is seen. */
void bars__bar(struct buf *out, double share, unsigned int width, bool ascii);

/* True where the locale has no UTF-8: LANG=C. */
bool bars__ascii(void);

/*
 * Appends a duration in three digits and its unit, 1.02us, 65.5us, 131us; or, @exact, in as many as
 * it takes.
 */
void bars__duration(struct buf *out, uint64_t ns, bool exact);

#endif
