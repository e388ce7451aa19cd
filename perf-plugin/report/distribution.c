// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "distribution.h"

#define SUB_BITS	6				/* 64 buckets to a power of two */
#define NR_SINGLE	(2U << SUB_BITS)		/* values with a bucket of their own */
#define NR_SIDE		(NR_SINGLE + ((64 - SUB_BITS - 1) << SUB_BITS))

/*
 * Most distributions have few buckets that are used (an entry of a report, a handful of samples):
 * these are kept as a sorted list. One with many gets an array of all.
 */
#define MAX_LISTED	384

__extension__ typedef unsigned __int128 wide;
__extension__ typedef __int128 signed_wide;

struct listed {
	uint64_t count;
	uint32_t index;
};

struct distribution {
	bool is_signed;
	uint64_t count;
	uint64_t min;
	uint64_t max;
	wide sum;			/* of 64 bit values, 2^64 at most: fits, signed or not */
	double mean;			/* running (Welford): for the deviation */
	double squares;
	struct listed *list;
	unsigned int nr_listed;
	unsigned int cap;
	uint64_t *all;			/* NULL: listed; by index */
};

/* ---- the buckets' order: from the smallest value on ---------------------------------------- */

/* Of signed ones, the buckets of negative values stand mirrored before that of 0. */
static unsigned int nr_buckets(const struct distribution *d)
{
	return d->is_signed ? 2 * NR_SIDE : NR_SIDE;
}

static unsigned int side_index(uint64_t magnitude)
{
	unsigned int exponent;

	if (magnitude < NR_SINGLE)
		return magnitude;
	exponent = 63 - __builtin_clzll(magnitude);
	return NR_SINGLE + ((exponent - SUB_BITS - 1) << SUB_BITS) +
	       ((magnitude >> (exponent - SUB_BITS)) & ((1U << SUB_BITS) - 1));
}

static void side_range(unsigned int index, uint64_t *low, uint64_t *high)
{
	unsigned int shift;

	if (index < NR_SINGLE) {
		*low = *high = index;
		return;
	}
	shift = ((index - NR_SINGLE) >> SUB_BITS) + 1;
	*low = ((1ULL << SUB_BITS) + (index & ((1U << SUB_BITS) - 1))) << shift;
	*high = *low + ((1ULL << shift) - 1);
}

static unsigned int bucket_index(const struct distribution *d, uint64_t value)
{
	if (!d->is_signed)
		return side_index(value);
	if ((int64_t)value < 0)
		return NR_SIDE - side_index(-value);
	return NR_SIDE + side_index(value);
}

static void bucket_range(const struct distribution *d, unsigned int index, uint64_t *low,
			 uint64_t *high)
{
	uint64_t from, to;

	if (!d->is_signed) {
		side_range(index, low, high);
	} else if (index >= NR_SIDE) {
		side_range(index - NR_SIDE, low, high);
	} else {
		side_range(NR_SIDE - index, &from, &to);
		/* The last one is of 2^63 alone: there is no smaller number. */
		*low = -to < 1ULL << 63 ? 1ULL << 63 : -to;
		*high = -from;
	}
}

int distribution__compare(const struct distribution *d, uint64_t a, uint64_t b)
{
	uint64_t flip = d->is_signed ? 1ULL << 63 : 0;

	a ^= flip;
	b ^= flip;
	return a < b ? -1 : a > b;
}

double distribution__number(const struct distribution *d, uint64_t value)
{
	return d->is_signed ? (double)(int64_t)value : (double)value;
}

/* ---- counting ------------------------------------------------------------------------------ */

int distribution__new(bool is_signed, struct distribution **out)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return -ENOMEM;
	(*out)->is_signed = is_signed;
	return 0;
}

void distribution__free(struct distribution *d)
{
	if (!d)
		return;
	free(d->list);
	free(d->all);
	free(d);
}

void distribution__clear(struct distribution *d)
{
	d->count = d->min = d->max = 0;
	d->sum = 0;
	d->mean = d->squares = 0;
	d->nr_listed = 0;
	free(d->all);
	d->all = NULL;
}

static int spread(struct distribution *d)
{
	unsigned int i;

	d->all = calloc(nr_buckets(d), sizeof(*d->all));
	if (!d->all)
		return -ENOMEM;
	for (i = 0; i < d->nr_listed; i++)
		d->all[d->list[i].index] = d->list[i].count;
	free(d->list);
	d->list = NULL;
	d->nr_listed = d->cap = 0;
	return 0;
}

/* The place in the list of the first bucket that isn't before @index. */
static unsigned int list_find(const struct distribution *d, unsigned int index)
{
	const struct listed *list = d->list;
	unsigned int low = 0, nr = d->nr_listed;

	while (nr) {
		unsigned int half = nr / 2;

		if (list[low + half].index < index) {
			low += half + 1;
			nr -= half + 1;
		} else {
			nr = half;
		}
	}
	return low;
}

/* The count of a bucket, which is made if need be; NULL without memory. */
static uint64_t *find_count(struct distribution *d, unsigned int index)
{
	unsigned int at, cap;
	struct listed *more;

	if (d->all)
		return &d->all[index];
	at = list_find(d, index);
	if (at < d->nr_listed && d->list[at].index == index)
		return &d->list[at].count;
	if (d->nr_listed == MAX_LISTED)
		return spread(d) ? NULL : &d->all[index];
	if (d->nr_listed == d->cap) {
		cap = d->cap ? 2 * d->cap : 4;
		more = reallocarray(d->list, cap, sizeof(*more));
		if (!more)
			return NULL;
		d->list = more;
		d->cap = cap;
	}
	memmove(d->list + at + 1, d->list + at, (d->nr_listed - at) * sizeof(*d->list));
	d->nr_listed++;
	d->list[at] = (struct listed){ .index = index };
	return &d->list[at].count;
}

static void add_extremes(struct distribution *d, uint64_t low, uint64_t high)
{
	if (!d->count || distribution__compare(d, low, d->min) < 0)
		d->min = low;
	if (!d->count || distribution__compare(d, high, d->max) > 0)
		d->max = high;
}

int distribution__add(struct distribution *d, uint64_t value, uint64_t nr)
{
	uint64_t *count;
	double delta;

	if (nr > UINT64_MAX - d->count)
		nr = UINT64_MAX - d->count;
	if (!nr)
		return 0;
	count = find_count(d, bucket_index(d, value));
	if (!count)
		return -ENOMEM;
	*count += nr;
	add_extremes(d, value, value);
	d->count += nr;
	d->sum += (d->is_signed ? (wide)(signed_wide)(int64_t)value : (wide)value) * nr;
	delta = distribution__number(d, value) - d->mean;
	d->mean += delta * ((double)nr / (double)d->count);
	d->squares += (double)nr * delta * (distribution__number(d, value) - d->mean);
	return 0;
}

/* The sums of two sets of values put together (Chan, Golub and LeVeque). */
static void merge_squares(struct distribution *d, const struct distribution *from)
{
	double n = (double)d->count, m = (double)from->count;
	double delta = from->mean - d->mean;

	d->squares += from->squares + delta * delta * (n / (n + m)) * m;
	d->mean += delta * (m / (n + m));
}

int distribution__merge(struct distribution *d, const struct distribution *from)
{
	struct distribution_bucket bucket;
	unsigned int pos = 0;
	uint64_t *count;

	/* Nobody has counted that far; a sum of both would not fit. */
	if (!from->count || from->count > UINT64_MAX - d->count)
		return 0;
	while (distribution__next(from, &pos, &bucket)) {
		count = find_count(d, bucket_index(d, bucket.low));
		if (!count)
			return -ENOMEM;
		*count += bucket.count;
	}
	add_extremes(d, from->min, from->max);
	merge_squares(d, from);
	d->count += from->count;
	d->sum += from->sum;
	return 0;
}

/* ---- figures ------------------------------------------------------------------------------- */

bool distribution__is_signed(const struct distribution *d)
{
	return d->is_signed;
}

uint64_t distribution__count(const struct distribution *d)
{
	return d->count;
}

uint64_t distribution__min(const struct distribution *d)
{
	return d->min;
}

uint64_t distribution__max(const struct distribution *d)
{
	return d->max;
}

double distribution__sum(const struct distribution *d)
{
	return d->is_signed ? (double)(signed_wide)d->sum : (double)d->sum;
}

double distribution__mean(const struct distribution *d)
{
	return d->count ? distribution__sum(d) / (double)d->count : 0;
}

double distribution__stddev(const struct distribution *d)
{
	return d->count > 1 && d->squares > 0 ? sqrt(d->squares / (double)(d->count - 1)) : 0;
}

/* The next bucket with values, by where it stands in the list or among all. */
static bool next_index(const struct distribution *d, unsigned int *pos, unsigned int *index,
		       uint64_t *count)
{
	unsigned int nr = nr_buckets(d);

	if (!d->all) {
		if (*pos >= d->nr_listed)
			return false;
		*index = d->list[*pos].index;
		*count = d->list[(*pos)++].count;
		return true;
	}
	while (*pos < nr && !d->all[*pos])
		++*pos;
	if (*pos >= nr)
		return false;
	*index = *pos;
	*count = d->all[(*pos)++];
	return true;
}

bool distribution__next(const struct distribution *d, unsigned int *pos,
			struct distribution_bucket *bucket)
{
	unsigned int index;

	if (!next_index(d, pos, &index, &bucket->count))
		return false;
	bucket_range(d, index, &bucket->low, &bucket->high);
	if (distribution__compare(d, bucket->low, d->min) < 0)
		bucket->low = d->min;
	if (distribution__compare(d, bucket->high, d->max) > 0)
		bucket->high = d->max;
	return true;
}

/* The value at the place of the @rank-th of its values, thought to be spread evenly. */
static uint64_t inside(const struct distribution_bucket *bucket, uint64_t rank)
{
	uint64_t width = bucket->high - bucket->low;
	double share = ((double)rank - 0.5) / (double)bucket->count;
	uint64_t add = (uint64_t)(share * (double)width + 0.5);

	return bucket->low + (add < width ? add : width);
}

/* Which of the values is the quantile, from 1 on. */
static uint64_t rank_of(const struct distribution *d, double q)
{
	double rank;

	if (!(q > 0) || !d->count)
		return 1;
	/* 0.07 * 100 is a little more than 7. */
	rank = ceil(q * (double)d->count * (1 - 1e-12));
	return rank >= (double)d->count ? d->count : rank < 1 ? 1 : (uint64_t)rank;
}

void distribution__quantiles(const struct distribution *d, unsigned int nr, uint64_t *out)
{
	struct distribution_bucket bucket = { 0 };
	unsigned int pos = 0;
	uint64_t rank, seen = 0;	/* values in the buckets before */

	for (unsigned int i = 0; i < nr; i++) {
		rank = rank_of(d, (double)i / (nr - 1));
		while (rank > seen + bucket.count) {
			seen += bucket.count;
			if (!distribution__next(d, &pos, &bucket))
				break;
		}
		out[i] = rank <= 1 ? d->min : rank == d->count ? d->max :
			 inside(&bucket, rank - seen);
	}
}

uint64_t distribution__quantile(const struct distribution *d, double q)
{
	struct distribution_bucket bucket;
	uint64_t rank = rank_of(d, q), seen = 0;
	unsigned int pos = 0;

	if (rank <= 1)
		return d->min;
	if (rank == d->count)
		return d->max;
	while (distribution__next(d, &pos, &bucket)) {
		if (rank - seen <= bucket.count)
			return inside(&bucket, rank - seen);
		seen += bucket.count;
	}
	return d->max;
}

/* How many of its values are in [@low, @high], which has some in common with it. */
static uint64_t part(const struct distribution *d, const struct distribution_bucket *bucket,
		     uint64_t low, uint64_t high)
{
	double width = (double)(bucket->high - bucket->low) + 1;

	if (distribution__compare(d, low, bucket->low) < 0)
		low = bucket->low;
	if (distribution__compare(d, high, bucket->high) > 0)
		high = bucket->high;
	if (low == bucket->low && high == bucket->high)
		return bucket->count;
	return (uint64_t)((double)bucket->count * (((double)(high - low) + 1) / width) + 0.5);
}

uint64_t distribution__between(const struct distribution *d, uint64_t low, uint64_t high)
{
	struct distribution_bucket bucket;
	unsigned int pos = 0;
	uint64_t nr = 0;

	if (distribution__compare(d, low, high) > 0)
		return 0;
	while (distribution__next(d, &pos, &bucket)) {
		if (distribution__compare(d, bucket.high, low) < 0)
			continue;
		if (distribution__compare(d, bucket.low, high) > 0)
			break;
		nr += part(d, &bucket, low, high);
	}
	return nr;
}
