/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How often which values occur: counted in buckets whose width grows with the values, 64 to a power
 * of two, so that a quantile is at most 1.6 per cent off whatever the values are, in memory that
 * doesn't grow with their number. Below 128 every value has a bucket of its own.
 */
#ifndef BTFSNOOP_REPORT_DISTRIBUTION_H
#define BTFSNOOP_REPORT_DISTRIBUTION_H

#include <stdbool.h>
#include <stdint.h>

struct distribution;

/* @is_signed: values are int64_t, else uint64_t. Returns 0 or -ENOMEM. */
int distribution__new(bool is_signed, struct distribution **out);
void distribution__free(struct distribution *d);

/* Counts @nr times @value. Returns 0 or -ENOMEM. */
int distribution__add(struct distribution *d, uint64_t value, uint64_t nr);

/* Adds what @from has, of the same signedness. Returns 0 or -ENOMEM. */
int distribution__merge(struct distribution *d, const struct distribution *from);
void distribution__clear(struct distribution *d);

uint64_t distribution__count(const struct distribution *d);
uint64_t distribution__min(const struct distribution *d);	/* exact; 0 without values */
uint64_t distribution__max(const struct distribution *d);
double distribution__sum(const struct distribution *d);
double distribution__mean(const struct distribution *d);	/* 0 without values */
double distribution__stddev(const struct distribution *d);

/* The value that a share @q (0 to 1) of all values doesn't exceed, within [min, max]. */
uint64_t distribution__quantile(const struct distribution *d, double q);

/* How many values are in [@low, @high], counting buckets by the share that lies inside. */
uint64_t distribution__between(const struct distribution *d, uint64_t low, uint64_t high);

#endif
