// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "../render/color.h"
#include "../render/table.h"
#include "callchain.h"
#include "entries-machine.h"
#include "entries.h"

#define FLUSH_SIZE	(1u << 16)
#define MAX_WIDTH	4096

int entries__parse_widths(const char *text, struct entries_opts *opts)
{
	unsigned int i;
	char *end;

	for (i = 0; i < ENTRIES_MAX_WIDTHS && isdigit((unsigned char)*text); i++) {
		unsigned long width = strtoul(text, &end, 10);

		if (width > MAX_WIDTH)
			return -EINVAL;
		opts->widths[i] = width;
		text = end + (*end == ',');
	}
	return *text || !i ? -EINVAL : 0;
}

static int add_columns(const struct aggregate *agg, const struct entries_opts *opts,
		       struct table *table)
{
	unsigned int i, nr = aggregate__nr_columns(agg);
	int err = 0;

	for (i = 0; i < nr && !err; i++)
		err = table__column(table, aggregate__header(agg, i), aggregate__is_right(agg, i),
				    i < ENTRIES_MAX_WIDTHS ? opts->widths[i] : 0);
	return err;
}

static void measure_row(struct aggregate *agg, uint32_t entry, struct table *table,
			struct buf *text)
{
	unsigned int i, nr = aggregate__nr_columns(agg);

	for (i = 0; i < nr; i++) {
		buf__clear(text);
		aggregate__cell(agg, entry, i, text);
		table__measure(table, buf__str(text), text->len);
	}
}

static void print_row(struct aggregate *agg, uint32_t entry, bool colors, struct table *table,
		      struct buf *text, struct buf *out)
{
	unsigned int i, nr = aggregate__nr_columns(agg);

	for (i = 0; i < nr; i++) {
		const char *color = COLOR_NONE;

		buf__clear(text);
		aggregate__cell(agg, entry, i, text);
		if (colors && aggregate__is_overhead(agg, i))
			color = color__percent(strtod(buf__str(text), NULL));
		table__cell(table, buf__str(text), text->len, color, out);
	}
}

/* Leaves the entries that are shown in @list; returns how many. */
static uint32_t choose(const struct aggregate *agg, const struct entries_opts *opts,
		       uint32_t *list, uint32_t nr)
{
	uint32_t i, kept = 0;

	for (i = 0; i < nr; i++) {
		if (opts->max_rows && kept == opts->max_rows)
			break;
		if (aggregate__entry_share(agg, list[i]) * 100 >= opts->percent_limit)
			list[kept++] = list[i];
	}
	return kept;
}

static int print_rows(struct aggregate *agg, const struct entries_opts *opts,
		      const uint32_t *order, uint32_t nr, struct table *table, FILE *file)
{
	struct buf out = BUF_INIT, text = BUF_INIT;
	struct callchain *chains;
	uint32_t i;
	int err = 0;

	for (i = 0; i < nr && !opts->separator; i++)
		measure_row(agg, order[i], table, &text);
	if (opts->headings)
		table__headings(table, &out);
	for (i = 0; i < nr && !err; i++) {
		print_row(agg, order[i], opts->colors, table, &text, &out);
		chains = opts->separator ? NULL : aggregate__entry_chains(agg, order[i]);
		if (chains)
			err = callchain__print(chains, aggregate__total(agg), &out);
		if (!err && out.len >= FLUSH_SIZE)
			err = buf__flush(&out, file);
	}
	if (!err)
		err = text.failed ? -ENOMEM : buf__flush(&out, file);
	buf__exit(&text);
	buf__exit(&out);
	return err;
}

int entries__print_list(struct aggregate *agg, const struct entries_opts *opts, uint32_t *list,
			uint32_t nr, FILE *file)
{
	struct table *table = NULL;
	int err;

	if (!aggregate__nr_columns(agg))
		return 0;
	nr = choose(agg, opts, list, nr);
	if (opts->format == ENTRIES_JSON)
		return entries_json__print(agg, opts->event, list, nr, file);
	if (opts->format == ENTRIES_CSV)
		return entries_csv__print(agg, opts->event, opts->headings, list, nr, file);
	err = table__new(opts->separator, &table);
	if (!err)
		err = add_columns(agg, opts, table);
	if (!err)
		err = print_rows(agg, opts, list, nr, table, file);
	table__free(table);
	return err;
}

int entries__print(struct aggregate *agg, const struct entries_opts *opts, FILE *file)
{
	uint32_t nr = aggregate__nr_entries(agg);
	uint32_t *list = calloc((size_t)nr + 1, sizeof(*list));
	int err = list ? aggregate__order(agg, -1, false, list) : -ENOMEM;

	if (!err)
		err = entries__print_list(agg, opts, list, nr, file);
	free(list);
	return err;
}
