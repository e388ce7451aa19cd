// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of entries. Each column they are ordered by makes a word of an entry that is quick to
 * compare; what is equal in one column is then ordered by the next, so that entries, which lie all
 * over the memory, are looked at once for a column.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "aggregate-parts.h"

enum class {
	CLASS_NUMBER,
	CLASS_TEXT,
	CLASS_NONE,		/* could not be read, or isn't there: always last */
};

struct item {
	uint64_t rank;
	uint32_t entry;
	uint32_t class;
};

struct ordering {
	const struct aggregate *agg;
	const struct agg_column *column;
	struct column *compare;	/* numbers are compared by it */
	bool descending;
};

/* ---- keys ---------------------------------------------------------------------------------- */

void aggregate__key_value(const struct aggregate *agg, const uint64_t *entry, unsigned int key,
			  struct column_value *value)
{
	unsigned int tag = agg_tag(agg, entry, key);

	*value = (struct column_value){ .status = tag & TAG_STATUS, .text = "" };
	if (!(tag & TAG_TEXT)) {
		value->number = entry[key];
	} else if (entry[key]) {
		value->text = (const char *)(uintptr_t)entry[key];
		value->len = strings__len(value->text);
	}
}

/* The first 8 bytes, the first of them on top. */
static uint64_t text_rank(const char *text, size_t len)
{
	uint64_t word = 0;

	memcpy(&word, text, len < sizeof(word) ? len : sizeof(word));
	return __builtin_bswap64(word);
}

static void rank_key(const struct aggregate *agg, unsigned int key, const uint64_t *entry,
		     struct item *item)
{
	unsigned int tag = agg_tag(agg, entry, key);
	struct column_value value;

	item->rank = 0;
	item->class = CLASS_NONE;
	if (!agg_is_readable(tag)) {
		item->rank = tag;
		return;
	}
	aggregate__key_value(agg, entry, key, &value);
	item->class = tag & TAG_TEXT ? CLASS_TEXT : CLASS_NUMBER;
	if (tag & TAG_TEXT) {
		item->rank = text_rank(value.text, value.len);
	} else if (agg->keys[key].is_right) {
		struct column *column = agg_entry_event(agg, entry)->keys[key];

		item->rank = value.number;
		if (column__is_signed(column))
			item->rank ^= (uint64_t)1 << 63;
	}
}

/* What the rank doesn't tell. */
static int compare_key(const struct ordering *o, const struct item *a, const struct item *b)
{
	const uint64_t *l = agg_entry(o->agg, a->entry), *r = agg_entry(o->agg, b->entry);
	unsigned int key = o->column->key;
	struct column_value left, right;

	if (a->class == CLASS_NONE || (a->class == CLASS_NUMBER && o->agg->keys[key].is_right))
		return 0;
	aggregate__key_value(o->agg, l, key, &left);
	aggregate__key_value(o->agg, r, key, &right);
	if (a->class == CLASS_TEXT)
		return left.text == right.text ? 0 : strcmp(left.text, right.text);
	return column__compare(agg_entry_event(o->agg, l)->keys[key], &left, &right);
}

/* ---- sorting ------------------------------------------------------------------------------- */

static void rank_figure(const struct aggregate *agg, const struct agg_column *column,
			const uint64_t *entry, struct item *item)
{
	item->class = CLASS_NUMBER;
	switch (column->figure.kind) {
	case FIGURE_OVERHEAD:
	case FIGURE_PERIOD:
		item->rank = entry[agg->period_at];
		return;
	case FIGURE_CHILDREN:
		item->rank = entry[agg->children_at];
		return;
	case FIGURE_SAMPLES:
		item->rank = entry[agg->samples_at];
		return;
	default:
		break;
	}
	item->rank = 0;
	if (figure_run__count(&agg->runs[column->run].run, entry))
		item->rank = figure_run__rank(&agg->runs[column->run].run, entry, &column->figure);
	else
		item->class = CLASS_NONE;
}

static int compare(const void *left, const void *right, void *ordering)
{
	const struct item *a = left, *b = right;
	const struct ordering *o = ordering;
	int diff;

	if (a->class != b->class)
		return a->class < b->class ? -1 : 1;
	if (a->rank != b->rank) {
		diff = a->rank < b->rank ? -1 : 1;
		return o->descending && a->class != CLASS_NONE ? -diff : diff;
	}
	if (!o->column->is_key)
		return 0;
	diff = compare_key(o, a, b);
	return o->descending ? -diff : diff;
}

static int by_entry(const void *left, const void *right)
{
	const struct item *a = left, *b = right;

	return a->entry < b->entry ? -1 : a->entry > b->entry;
}

/* Orders by column @columns[0], then each run of equal ones by the others. */
static void sort_items(const struct aggregate *agg, const unsigned int *columns, unsigned int nr,
		       int descending, struct item *items, uint32_t nr_items)
{
	struct ordering o = { .agg = agg };
	uint32_t i, start;

	if (nr_items < 2)
		return;
	if (!nr) {
		qsort(items, nr_items, sizeof(*items), by_entry);
		return;
	}
	o.column = &agg->columns[columns[0]];
	o.descending = descending < 0 ? !o.column->is_key : descending;
	for (i = 0; i < nr_items; i++) {
		const uint64_t *entry = agg_entry(agg, items[i].entry);

		if (o.column->is_key)
			rank_key(agg, o.column->key, entry, &items[i]);
		else
			rank_figure(agg, o.column, entry, &items[i]);
	}
	qsort_r(items, nr_items, sizeof(*items), compare, &o);
	for (start = 0, i = 1; i <= nr_items; i++) {
		if (i < nr_items && !compare(&items[start], &items[i], &o))
			continue;
		sort_items(agg, columns + 1, nr - 1, -1, items + start, i - start);
		start = i;
	}
}

int aggregate__order(struct aggregate *agg, int column, bool descending, uint32_t *order)
{
	struct item *items = calloc((size_t)agg->nr_entries + 1, sizeof(*items));
	unsigned int columns[MAX_SHOWN + 1], nr = 0, i;
	uint32_t j;

	if (!items)
		return -ENOMEM;
	if (column >= 0)
		columns[nr++] = column;
	for (i = 0; i < agg->nr_order; i++) {
		if ((int)agg->order[i] != column)
			columns[nr++] = agg->order[i];
	}
	for (j = 0; j < agg->nr_entries; j++)
		items[j].entry = j;
	sort_items(agg, columns, nr, column >= 0 ? descending : -1, items, agg->nr_entries);
	for (j = 0; j < agg->nr_entries; j++)
		order[j] = items[j].entry;
	free(items);
	return 0;
}
