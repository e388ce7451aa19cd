/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much two samples differ, and how much of that their sizes don't explain. Both are shares
 * between 0 and 1, so that counts, numbers and texts can be compared with each other: half as many
 * samples, all values doubled, and another text in half of the samples are all 0.5.
 *
 * What is certain is so on a level of 99.9 per cent, if samples don't depend on each other.
 */
#ifndef BTFSNOOP_REPORT_DIFF_MEASURE_H
#define BTFSNOOP_REPORT_DIFF_MEASURE_H

#include <stdint.h>

struct distribution;
struct tally;

struct measure {
	double distance;
	double certain;		/* at least that much, 0: noise may explain it */
	double quantile;	/* of numbers: the one that moved most, 0.01 to 0.99 */
};

/*
 * @a samples in @a_time seconds, @b in @b_time; times of 0 are not known. What changed is the
 * number and the rate: the smaller change of both counts, as recordings differ in length, and the
 * same work can take longer.
 */
struct measure measure__counts(uint64_t a, double a_time, uint64_t b, double b_time);

/*
 * The earth mover's distance, moving a value from x to y being the relative change (y - x) / y, all
 * where the sign changes. Certain is what remains between what the quantiles of both may at most be
 * off. Changes of less than 1.6 per cent are not seen. Both have values.
 */
struct measure measure__numbers(const struct distribution *a, const struct distribution *b);

/* The share of samples whose text changed: the total variation distance. Both have values. */
struct measure measure__texts(const struct tally *a, const struct tally *b);

#endif
