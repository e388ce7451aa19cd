// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bars.h"
#include "bins.h"

/* A hundred times the rows that a screen has, so that rows are many bins each and can be round. */
#define NR_BINS		4096

__extension__ typedef __int128 wide;	/* any value, signed or not */

struct bins {
	bool is_signed;
	uint64_t width;		/* a power of ten */
	wide first;		/* value / width of the first bin */
	wide low, high;		/* of the bins in use */
	uint64_t *counts;	/* NULL: no values */
	wide min, max;		/* values */
};

int bins__new(bool is_signed, struct bins **out)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return -ENOMEM;
	(*out)->is_signed = is_signed;
	(*out)->width = 1;
	return 0;
}

void bins__free(struct bins *bins)
{
	if (!bins)
		return;
	free(bins->counts);
	free(bins);
}

/* Rounds down, also below 0. */
static wide divide(wide value, wide by)
{
	return value / by - (value % by < 0);
}

static wide bin_of(const struct bins *bins, uint64_t value)
{
	int64_t v = value;

	if (!bins->is_signed)
		return value / bins->width;
	/* 10^19 is no int64_t. */
	if (bins->width > INT64_MAX)
		return v < 0 ? -1 : 0;
	return v / (int64_t)bins->width - (v % (int64_t)bins->width < 0);
}

/* Ten bins become one; the first one is a multiple of ten then. */
static void coarsen(struct bins *bins)
{
	wide low = divide(bins->low, 10), high = divide(bins->high, 10), i;
	uint64_t count;

	for (i = bins->low; i <= bins->high; i++) {
		count = bins->counts[i - bins->first];
		bins->counts[i - bins->first] = 0;
		/* Never beyond what was read: the place is at or before it. */
		bins->counts[divide(i, 10) - low] += count;
	}
	bins->first = bins->low = low;
	bins->high = high;
	bins->width *= 10;
}

/* Moves the bins so that those from @low to @high are among them, with room on both sides. */
static void move(struct bins *bins, wide low, wide high)
{
	wide first = low - (NR_BINS - (high - low + 1)) / 2;
	size_t nr = bins->high - bins->low + 1;
	uint64_t *from = bins->counts + (bins->low - bins->first);
	uint64_t *to = bins->counts + (bins->low - first);

	memmove(to, from, nr * sizeof(*to));
	memset(bins->counts, 0, (char *)to - (char *)bins->counts);
	memset(to + nr, 0, (NR_BINS - (to - bins->counts) - nr) * sizeof(*to));
	bins->first = first;
}

static int begin(struct bins *bins, wide bin)
{
	bins->counts = calloc(NR_BINS, sizeof(*bins->counts));
	if (!bins->counts)
		return -ENOMEM;
	bins->first = bin - NR_BINS / 2;
	bins->low = bins->high = bin;
	return 0;
}

int bins__add(struct bins *bins, uint64_t value)
{
	wide exact = bins->is_signed ? (wide)(int64_t)value : (wide)value;
	wide bin = bin_of(bins, value), low, high;

	if (!bins->counts) {
		if (begin(bins, bin))
			return -ENOMEM;
		bins->min = bins->max = exact;
	}
	while (bin < bins->low || bin > bins->high) {
		low = bin < bins->low ? bin : bins->low;
		high = bin > bins->high ? bin : bins->high;
		if (high - low >= NR_BINS) {
			coarsen(bins);
			bin = bin_of(bins, value);
			continue;
		}
		if (low < bins->first || high >= bins->first + NR_BINS)
			move(bins, low, high);
		bins->low = low;
		bins->high = high;
	}
	bins->counts[bin - bins->first]++;
	bins->min = exact < bins->min ? exact : bins->min;
	bins->max = exact > bins->max ? exact : bins->max;
	return 0;
}

uint32_t bins__span(const struct bins *bins)
{
	wide span = bins->counts ? bins->max - bins->min + 1 : 0;

	return span > UINT32_MAX ? UINT32_MAX : span;
}

/* The width of a row in bins. */
static uint64_t row_width(const struct bins *bins, unsigned int max_rows)
{
	static const unsigned int steps[] = { 1, 2, 5 };
	wide span = bins->high - bins->low + 1;
	uint64_t ten = 1;
	unsigned int i;

	for (;; ten *= 10) {
		for (i = 0; i < 3; i++) {
			if (span <= (wide)(ten * steps[i]) * max_rows)
				return ten * steps[i];
		}
	}
}

void bins__rows(const struct bins *bins, unsigned int max_rows, unsigned int form,
		struct bars *bars)
{
	wide type_min = bins->is_signed ? INT64_MIN : 0;
	wide type_max = bins->is_signed ? (wide)INT64_MAX : (wide)UINT64_MAX;
	uint64_t width;
	wide row, i;

	if (!bins->counts)
		return;
	width = row_width(bins, max_rows ? max_rows : 1);
	for (row = divide(bins->low, width) * width; row <= bins->high; row += width) {
		wide low = row * bins->width, high = (row + width) * bins->width - 1;
		uint64_t count = 0;

		for (i = row > bins->low ? row : bins->low; i < row + width && i <= bins->high; i++)
			count += bins->counts[i - bins->first];
		bars__range(bars, low < type_min ? type_min : low,
			    high > type_max ? type_max : high,
			    form | (bins->is_signed ? BARS_SIGNED : 0), count);
	}
}
