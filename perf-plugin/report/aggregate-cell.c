// SPDX-License-Identifier: GPL-2.0-only
/* What an entry has in a column, as text. */
#include <string.h>

#include "aggregate-parts.h"

unsigned int aggregate__nr_columns(const struct aggregate *agg)
{
	return agg->nr_shown;
}

const char *aggregate__header(const struct aggregate *agg, unsigned int column)
{
	const struct agg_column *c = &agg->columns[column];

	if (!c->is_key)
		return c->figure.kind == FIGURE_OVERHEAD && agg->children ? "Self" : c->header;
	return agg->keys[c->key].label ? agg->keys[c->key].label : agg->keys[c->key].text;
}

bool aggregate__is_right(const struct aggregate *agg, unsigned int column)
{
	const struct agg_column *c = &agg->columns[column];

	return !c->is_key || agg->keys[c->key].is_right;
}

bool aggregate__is_key(const struct aggregate *agg, unsigned int column)
{
	return agg->columns[column].is_key;
}

bool aggregate__is_overhead(const struct aggregate *agg, unsigned int column)
{
	const struct agg_column *c = &agg->columns[column];

	return !c->is_key && (c->figure.kind == FIGURE_OVERHEAD ||
			      c->figure.kind == FIGURE_CHILDREN);
}

const char *aggregate__expr(const struct aggregate *agg, unsigned int column)
{
	const struct agg_column *c = &agg->columns[column];

	if (!c->is_key)
		return c->run < 0 ? NULL : agg->runs[c->run].text;
	return agg->keys[c->key].text ? agg->keys[c->key].text : agg->keys[c->key].label;
}

unsigned int aggregate__nr_keys(const struct aggregate *agg)
{
	return agg->nr_keys;
}

int aggregate__key_column(const struct aggregate *agg, unsigned int key)
{
	unsigned int i;

	for (i = 0; i < agg->nr_shown; i++) {
		if (agg->columns[i].is_key && agg->columns[i].key == key)
			return i;
	}
	return -1;
}

/* ---- keys ---------------------------------------------------------------------------------- */

static void key_cell(const struct aggregate *agg, const uint64_t *entry, unsigned int key,
		     struct buf *out)
{
	struct column *column = agg_entry_event(agg, entry)->keys[key];
	struct column_value value;

	if (!column) {
		buf__adds(out, "N/A");
		return;
	}
	aggregate__key_value(agg, entry, key, &value);
	column__add(column, &value, out);
}

static bool raw_key_cell(const struct aggregate *agg, const uint64_t *entry, unsigned int key,
			 struct buf *out)
{
	struct column *column = agg_entry_event(agg, entry)->keys[key];
	unsigned int tag = agg_tag(agg, entry, key);

	if (!agg_is_readable(tag))
		return false;
	/* A pointer is no number to reckon with, and has one form everywhere. */
	if (tag & TAG_TEXT || !agg->keys[key].is_right || !column__is_quantity(column)) {
		key_cell(agg, entry, key, out);
		return false;
	}
	if (column__is_signed(column))
		buf__addd(out, entry[key]);
	else
		buf__addu(out, entry[key]);
	return true;
}

/* ---- figures ------------------------------------------------------------------------------- */

static double percent(const struct aggregate *agg, uint64_t period)
{
	uint64_t total = aggregate__total(agg);

	return total ? period * 100.0 / total : 0;
}

/* A figure of the samples; false for one of a run of values. */
static bool sample_figure(const struct aggregate *agg, const uint64_t *entry,
			  const struct agg_column *c, const char *unit, struct buf *out)
{
	switch (c->figure.kind) {
	case FIGURE_OVERHEAD:
		buf__addf(out, "%.2f%s", percent(agg, entry[agg->period_at]), unit);
		return true;
	case FIGURE_CHILDREN:
		buf__addf(out, "%.2f%s", percent(agg, entry[agg->children_at]), unit);
		return true;
	case FIGURE_SAMPLES:
		buf__addu(out, entry[agg->samples_at]);
		return true;
	case FIGURE_PERIOD:
		buf__addu(out, entry[agg->period_at]);
		return true;
	default:
		return false;
	}
}

/* The column of any event that has the run's values. */
static struct column *run_column(const struct aggregate *agg, const uint64_t *entry,
				 unsigned int run)
{
	struct column *column = agg_entry_event(agg, entry)->runs[run];
	unsigned int i;

	for (i = 0; !column && i < agg->nr_events; i++)
		column = agg->events[i] ? agg->events[i]->runs[run] : NULL;
	return column;
}

void aggregate__cell(struct aggregate *agg, uint32_t index, unsigned int column, struct buf *out)
{
	const struct agg_column *c = &agg->columns[column];
	const uint64_t *entry = agg_entry(agg, index);

	if (c->is_key)
		key_cell(agg, entry, c->key, out);
	else if (!sample_figure(agg, entry, c, "%", out))
		figure_run__text(&agg->runs[c->run].run, entry, &c->figure,
				 run_column(agg, entry, c->run), out);
}

void aggregate__raw_cell(struct aggregate *agg, uint32_t index, unsigned int column,
			 bool *is_number, struct buf *out)
{
	const struct agg_column *c = &agg->columns[column];
	const uint64_t *entry = agg_entry(agg, index);

	*is_number = true;
	if (c->is_key)
		*is_number = raw_key_cell(agg, entry, c->key, out);
	else if (!sample_figure(agg, entry, c, "", out))
		figure_run__number(&agg->runs[c->run].run, entry, &c->figure, out);
}
