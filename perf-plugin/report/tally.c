// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../util/buf.h"
#include "../util/name-index.h"
#include "tally.h"

#define MAX_BYTES	(16U << 20)	/* of values: long ones are given up sooner */

struct item {
	uint64_t count;
	uint32_t start;		/* in bytes */
	uint32_t len;
};

struct tally {
	uint32_t max;
	uint64_t total;
	uint64_t error;
	struct item *items;
	uint32_t nr;
	uint32_t cap;
	uint32_t last;		/* the one counted last: values often repeat */
	struct buf bytes;
	struct name_index index;	/* of items, plus 1 */
};

int tally__new(uint32_t max, struct tally **out)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return -ENOMEM;
	(*out)->max = max > 2 ? max : 2;
	return 0;
}

void tally__free(struct tally *tally)
{
	if (!tally)
		return;
	free(tally->items);
	buf__exit(&tally->bytes);
	name_index__exit(&tally->index);
	free(tally);
}

static bool is_item(const struct tally *tally, uint32_t index, const void *value, size_t len)
{
	const struct item *item = &tally->items[index];

	return item->len == len && !memcmp(buf__str(&tally->bytes) + item->start, value, len);
}

/* The index of a value plus 1; 0: not there. */
static uint32_t find(const struct tally *tally, const void *value, size_t len)
{
	struct name_walk walk = name_index__walk(&tally->index, value, len);
	uint32_t number;

	if (tally->last < tally->nr && is_item(tally, tally->last, value, len))
		return tally->last + 1;
	while ((number = name_walk__next(&walk))) {
		if (is_item(tally, number - 1, value, len))
			return number;
	}
	return 0;
}

static int add_item(struct tally *tally, const void *value, size_t len, uint64_t count)
{
	struct item *more;
	uint32_t cap;

	if (tally->nr == tally->cap) {
		cap = tally->cap ? 2 * tally->cap : 16;
		more = reallocarray(tally->items, cap, sizeof(*more));
		if (!more)
			return -ENOMEM;
		tally->items = more;
		tally->cap = cap;
	}
	tally->items[tally->nr] = (struct item){
		.count = count, .start = tally->bytes.len, .len = len,
	};
	buf__add(&tally->bytes, value, len);
	buf__addc(&tally->bytes, '\0');
	buf__align(&tally->bytes, 8);
	if (tally->bytes.failed || name_index__add(&tally->index, value, len, tally->nr + 1))
		return -ENOMEM;
	tally->last = tally->nr++;
	return 0;
}

static int by_count(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* The count that half of the values don't exceed. */
static int median(const struct tally *tally, uint64_t *out)
{
	uint64_t *counts = malloc(tally->nr * sizeof(*counts));

	if (!counts)
		return -ENOMEM;
	for (uint32_t i = 0; i < tally->nr; i++)
		counts[i] = tally->items[i].count;
	qsort(counts, tally->nr, sizeof(*counts), by_count);
	*out = counts[tally->nr / 2];
	free(counts);
	return 0;
}

/* Takes the median from all counts, and drops those of which nothing is left. */
static int give_up(struct tally *tally)
{
	struct tally old = *tally;
	uint64_t less;
	int err = median(tally, &less);

	if (err)
		return err;
	tally->items = NULL;
	tally->nr = tally->cap = tally->last = 0;
	tally->bytes = (struct buf)BUF_INIT;
	tally->index = (struct name_index){ 0 };
	tally->error += less;
	for (uint32_t i = 0; i < old.nr && !err; i++) {
		const struct item *item = &old.items[i];

		if (item->count > less)
			err = add_item(tally, buf__str(&old.bytes) + item->start, item->len,
				       item->count - less);
	}
	free(old.items);
	buf__exit(&old.bytes);
	name_index__exit(&old.index);
	return err;
}

int tally__add(struct tally *tally, const void *value, size_t len, uint64_t nr)
{
	uint32_t number;
	int err;

	tally->total += nr;
	number = find(tally, value, len);
	if (number) {
		tally->last = number - 1;
		tally->items[number - 1].count += nr;
		return 0;
	}
	if (tally->nr == tally->max || tally->bytes.len + len > MAX_BYTES) {
		err = tally->nr ? give_up(tally) : 0;
		if (err)
			return err;
	}
	return add_item(tally, value, len, nr);
}

uint64_t tally__total(const struct tally *tally)
{
	return tally->total;
}

uint64_t tally__error(const struct tally *tally)
{
	return tally->error;
}

uint32_t tally__nr(const struct tally *tally)
{
	return tally->nr;
}

uint64_t tally__count(const struct tally *tally, uint32_t index)
{
	return tally->items[index].count;
}

const void *tally__value(const struct tally *tally, uint32_t index, size_t *len)
{
	*len = tally->items[index].len;
	return buf__str(&tally->bytes) + tally->items[index].start;
}

uint64_t tally__find(const struct tally *tally, const void *value, size_t len)
{
	uint32_t number = find(tally, value, len);

	return number ? tally->items[number - 1].count : 0;
}

static int by_rank(const void *a, const void *b, void *ctx)
{
	const struct tally *tally = ctx;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	uint64_t m = tally->items[x].count, n = tally->items[y].count;

	return m != n ? (m > n ? -1 : 1) : x < y ? -1 : x > y;
}

void tally__order(const struct tally *tally, uint32_t *order)
{
	for (uint32_t i = 0; i < tally->nr; i++)
		order[i] = i;
	if (tally->nr)
		qsort_r(order, tally->nr, sizeof(*order), by_rank, (void *)tally);
}
