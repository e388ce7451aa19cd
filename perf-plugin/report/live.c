// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../render/color.h"
#include "../render/table.h"
#include "live.h"

#define RATE_HEADER	"Rate/s"

/* Entries that nothing comes for are not taken out one by one: with too many all start anew. */
#define MAX_ENTRIES	65536

struct live {
	struct aggregate *agg;
	bool zero;
	uint64_t *counts;		/* by entry, since the last refresh */
	double *rates;			/* by entry */
	uint32_t cap;			/* of both */
	uint32_t *order;		/* entries as shown */
	uint32_t nr;
	uint64_t nr_samples;		/* since the last refresh */
	double rate;
};

int live__new(struct input *input, const struct aggregate_opts *opts, bool zero, struct live **out,
	      struct diag *diag)
{
	struct live *live;
	int err = aggregate__check(input, opts, diag);

	if (err)
		return err;
	live = calloc(1, sizeof(*live));
	if (!live)
		return -ENOMEM;
	live->zero = zero;
	err = aggregate__new(input, -1, opts, &live->agg);
	if (err)
		live__free(live);
	else
		*out = live;
	return err;
}

void live__free(struct live *live)
{
	if (!live)
		return;
	aggregate__free(live->agg);
	free(live->counts);
	free(live->rates);
	free(live->order);
	free(live);
}

void live__set_zero(struct live *live, bool zero)
{
	live->zero = zero;
}

double live__rate(const struct live *live)
{
	return live->rate;
}

static int make_room(struct live *live, uint32_t entry)
{
	uint32_t cap = live->cap ? live->cap : 64;
	uint64_t *counts;
	double *rates;

	while (cap <= entry)
		cap *= 2;
	counts = reallocarray(live->counts, cap, sizeof(*counts));
	if (counts)
		live->counts = counts;
	rates = reallocarray(live->rates, cap, sizeof(*rates));
	if (rates)
		live->rates = rates;
	if (!counts || !rates)
		return -ENOMEM;
	memset(counts + live->cap, 0, (cap - live->cap) * sizeof(*counts));
	memset(rates + live->cap, 0, (cap - live->cap) * sizeof(*rates));
	live->cap = cap;
	return 0;
}

int live__add(struct live *live, const struct perfdata_sample *sample)
{
	uint32_t entry;
	int err = aggregate__add(live->agg, sample, &entry);

	if (err || entry == AGGREGATE_NONE)
		return err;
	if (entry >= live->cap)
		err = make_room(live, entry);
	if (!err) {
		live->counts[entry]++;
		live->nr_samples++;
	}
	return err;
}

/* ---- from time to time ---------------------------------------------------------------------- */

/* The entries that have samples, or had some lately, in the order in which they are shown. */
static int put_in_order(struct live *live)
{
	uint32_t nr = aggregate__nr_entries(live->agg), *order, i;
	int err;

	order = reallocarray(live->order, nr + 1, sizeof(*order));
	if (!order)
		return -ENOMEM;
	live->order = order;
	live->nr = 0;
	err = aggregate__order(live->agg, -1, false, order);
	for (i = 0; i < nr && !err; i++)
		if (aggregate__entry_samples(live->agg, order[i]) || live->rates[order[i]])
			order[live->nr++] = order[i];
	return err;
}

int live__refresh(struct live *live, double seconds)
{
	uint32_t nr = aggregate__nr_entries(live->agg), i;

	if (seconds <= 0)
		seconds = 1;
	for (i = 0; i < nr && i < live->cap; i++) {
		live->rates[i] = live->counts[i] / seconds;
		live->counts[i] = 0;
	}
	live->rate = live->nr_samples / seconds;
	live->nr_samples = 0;
	return put_in_order(live);
}

void live__age(struct live *live)
{
	if (!live->zero && aggregate__nr_entries(live->agg) < MAX_ENTRIES) {
		aggregate__decay(live->agg);
		return;
	}
	aggregate__clear(live->agg);
	if (live->cap) {
		memset(live->counts, 0, live->cap * sizeof(*live->counts));
		memset(live->rates, 0, live->cap * sizeof(*live->rates));
	}
	live->nr = 0;
}

/* ---- the table ------------------------------------------------------------------------------ */

/* The rate stands behind the share, if that comes first. */
static unsigned int rate_place(const struct live *live)
{
	return aggregate__nr_columns(live->agg) && aggregate__is_overhead(live->agg, 0);
}

static int add_columns(const struct live *live, struct table *table)
{
	unsigned int nr = aggregate__nr_columns(live->agg), place = rate_place(live), i;
	int err = 0;

	for (i = 0; i <= nr && !err; i++) {
		if (i == place)
			err = table__column(table, RATE_HEADER, true, 0);
		if (i < nr && !err)
			err = table__column(table, aggregate__header(live->agg, i),
					    aggregate__is_right(live->agg, i), 0);
	}
	return err;
}

/* One row: measured where @out is NULL, else printed. */
static void add_row(struct live *live, uint32_t entry, struct table *table, struct buf *text,
		    bool colors, struct buf *out)
{
	unsigned int nr = aggregate__nr_columns(live->agg), place = rate_place(live), i;

	for (i = 0; i <= nr; i++) {
		unsigned int column = i > place ? i - 1 : i;
		const char *color = COLOR_NONE;

		buf__clear(text);
		if (i == place)
			buf__addf(text, "%.0f", live->rates[entry]);
		else
			aggregate__cell(live->agg, entry, column, text);
		if (colors && i != place && aggregate__is_overhead(live->agg, column))
			color = color__percent(aggregate__entry_share(live->agg, entry) * 100);
		if (out)
			table__cell(table, buf__str(text), text->len, color, out);
		else
			table__measure(table, buf__str(text), text->len);
	}
}

int64_t live__table(struct live *live, uint32_t first, uint32_t max, bool colors, double *shares,
		    struct buf *out)
{
	uint32_t end = live->nr, i;
	struct buf text = BUF_INIT;
	struct table *table;
	int err = table__new(NULL, &table);

	if (err)
		return err;
	if (first > live->nr)
		first = live->nr;
	if (max && max < live->nr - first)
		end = first + max;
	err = add_columns(live, table);
	for (i = first; i < end && !err; i++)
		add_row(live, live->order[i], table, &text, colors, NULL);
	if (!err)
		table__headings(table, out);
	for (i = first; i < end && !err; i++) {
		add_row(live, live->order[i], table, &text, colors, out);
		if (shares)
			shares[i - first] = aggregate__entry_share(live->agg, live->order[i]) * 100;
	}
	if (text.failed || out->failed)
		err = -ENOMEM;
	buf__exit(&text);
	table__free(table);
	return err ? err : (int64_t)live->nr;
}
