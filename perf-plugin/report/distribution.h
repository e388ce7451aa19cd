/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How often which values occur: counted in buckets whose width grows with the values, 64 to a power
 * of two, so that a quantile is at most 1.6 per cent off whatever the values are, in memory that
 * doesn't grow with their number. Below 128 every value has a bucket of its own.
 *
 * Values are passed as uint64_t; where they are signed, as an int64_t converted to that.
 */
#ifndef BTFSNOOP_REPORT_DISTRIBUTION_H
#define BTFSNOOP_REPORT_DISTRIBUTION_H

#include <stdbool.h>
#include <stdint.h>

struct distribution;

/* Values between @low and @high, both inclusive. */
struct distribution_bucket {
	uint64_t low;
	uint64_t high;
	uint64_t count;
};

/* @is_signed: values are int64_t, else uint64_t. Returns 0 or -ENOMEM. */
int distribution__new(bool is_signed, struct distribution **out);
void distribution__free(struct distribution *d);

/* Counts @nr times @value. Returns 0 or -ENOMEM. */
int distribution__add(struct distribution *d, uint64_t value, uint64_t nr);

/* Adds what @from has, of the same signedness. Returns 0 or -ENOMEM. */
int distribution__merge(struct distribution *d, const struct distribution *from);
void distribution__clear(struct distribution *d);

bool distribution__is_signed(const struct distribution *d);
uint64_t distribution__count(const struct distribution *d);
uint64_t distribution__min(const struct distribution *d);	/* exact; 0 without values */
uint64_t distribution__max(const struct distribution *d);
double distribution__sum(const struct distribution *d);
double distribution__mean(const struct distribution *d);	/* 0 without values */
double distribution__stddev(const struct distribution *d);	/* of a sample: by n - 1 */

/* The value that a share @q (0 to 1) of all values doesn't exceed, within [min, max]. */
uint64_t distribution__quantile(const struct distribution *d, double q);

/* @nr of them at once, 2 or more: of q 0, 1 / (@nr - 1), ... 1. All 0 without values. */
void distribution__quantiles(const struct distribution *d, unsigned int nr, uint64_t *out);

/* How many values are in [@low, @high], counting buckets by the share that lies inside. */
uint64_t distribution__between(const struct distribution *d, uint64_t low, uint64_t high);

/*
 * The buckets that have values, from the smallest on: *@pos is 0 before the first call. False at
 * the end. The outer ones are as narrow as min and max allow.
 */
bool distribution__next(const struct distribution *d, unsigned int *pos,
			struct distribution_bucket *bucket);

/* How two values of a distribution compare: below, above or equal to 0. */
int distribution__compare(const struct distribution *d, uint64_t a, uint64_t b);

/* A value of it as a number. */
double distribution__number(const struct distribution *d, uint64_t value);

#endif
