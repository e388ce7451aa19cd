// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout is perf's (hist_entry__hierarchy_fprintf() in tools/perf/ui/stdio/hist.c): figures,
 * then the keys, each level of both three columns further in.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../render/color.h"
#include "../render/text.h"
#include "hierarchy.h"

#define STEP		3	/* blanks for a level */
#define GAP		2
#define FLUSH_SIZE	(1u << 16)

struct page {
	struct hierarchy *h;
	const struct entries_opts *opts;
	unsigned int nr_columns;	/* of figures */
	size_t widths[ENTRIES_MAX_WIDTHS];
	size_t key_width;
	struct buf text;
	struct buf out;
	FILE *file;
	int err;
};

typedef void (*visit)(struct page *page, unsigned int level, uint32_t entry);

static bool is_shown(const struct page *page, unsigned int level, uint32_t entry)
{
	struct aggregate *agg = hierarchy__level(page->h, level);

	return aggregate__entry_share(agg, entry) * 100 >= page->opts->percent_limit;
}

static uint32_t first_shown(const struct page *page, unsigned int level, uint32_t entry)
{
	while (entry != AGGREGATE_NONE && !is_shown(page, level, entry))
		entry = hierarchy__next(page->h, level, entry);
	return entry;
}

/* Each entry, then what is within it. */
static void walk(struct page *page, unsigned int level, uint32_t parent, visit visit)
{
	uint32_t entry = first_shown(page, level, hierarchy__first(page->h, level, parent));

	if (entry == AGGREGATE_NONE && level < hierarchy__nr_levels(page->h))
		visit(page, level, AGGREGATE_NONE);
	while (entry != AGGREGATE_NONE && !page->err) {
		visit(page, level, entry);
		walk(page, level + 1, entry, visit);
		entry = first_shown(page, level, hierarchy__next(page->h, level, entry));
	}
}

static const char *cell(struct page *page, unsigned int level, uint32_t entry,
			unsigned int column, size_t *width)
{
	buf__clear(&page->text);
	aggregate__cell(hierarchy__level(page->h, level), entry, column, &page->text);
	*width = text__width(buf__str(&page->text), page->text.len);
	return buf__str(&page->text);
}

/* The column of the key that the level adds; -1: there are no keys at all. */
static int key_column(const struct page *page, unsigned int level)
{
	struct aggregate *agg = hierarchy__level(page->h, level);

	return aggregate__nr_keys(agg) > level ? aggregate__key_column(agg, level) : -1;
}

static void measure(struct page *page, unsigned int level, uint32_t entry)
{
	int key = key_column(page, level);
	unsigned int i;
	size_t width;

	if (entry == AGGREGATE_NONE)
		return;
	for (i = 0; i < page->nr_columns; i++) {
		cell(page, level, entry, hierarchy__figure(page->h, level, i), &width);
		if (width > page->widths[i])
			page->widths[i] = width;
	}
	if (key < 0)
		return;
	cell(page, level, entry, key, &width);
	if (level * STEP + width > page->key_width)
		page->key_width = level * STEP + width;
}

static void flush(struct page *page)
{
	int err;

	if (page->text.failed)
		page->out.failed = true;
	err = buf__flush(&page->out, page->file);
	if (err)
		page->err = err;
}

static size_t figures_width(const struct page *page)
{
	size_t width = 0;
	unsigned int i;

	for (i = 0; i < page->nr_columns; i++)
		width += page->widths[i] + (i ? GAP : 0);
	return width;
}

static void print(struct page *page, unsigned int level, uint32_t entry)
{
	unsigned int indent = (hierarchy__nr_levels(page->h) - 1) * STEP, i;
	struct aggregate *agg = hierarchy__level(page->h, level);
	int key = key_column(page, level);
	size_t width;

	if (entry == AGGREGATE_NONE) {
		buf__fill(&page->out, ' ', GAP + figures_width(page) + indent + GAP + level * STEP);
		buf__addf(&page->out, "no entry >= %.2f%%\n", page->opts->percent_limit);
		return;
	}
	buf__fill(&page->out, ' ', level * STEP);
	for (i = 0; i < page->nr_columns; i++) {
		unsigned int column = hierarchy__figure(page->h, level, i);
		const char *text = cell(page, level, entry, column, &width), *color = COLOR_NONE;

		if (page->opts->colors && aggregate__is_overhead(agg, column))
			color = color__percent(strtod(text, NULL));
		buf__fill(&page->out, ' ', GAP + page->widths[i] - width);
		buf__adds(&page->out, color);
		buf__adds(&page->out, text);
		buf__adds(&page->out, *color ? COLOR_RESET : "");
	}
	if (key >= 0) {
		buf__fill(&page->out, ' ', indent + GAP);
		buf__adds(&page->out, cell(page, level, entry, key, &width));
	}
	buf__addc(&page->out, '\n');
	if (page->out.len >= FLUSH_SIZE)
		flush(page);
}

static void add_key_names(const struct page *page, struct buf *out)
{
	unsigned int i;

	for (i = 0; i < hierarchy__nr_levels(page->h); i++) {
		int key = key_column(page, i);

		if (key < 0)
			return;
		buf__adds(out, i ? " / " : "");
		buf__adds(out, aggregate__header(hierarchy__level(page->h, i), key));
	}
}

static void headings(struct page *page)
{
	unsigned int indent = (hierarchy__nr_levels(page->h) - 1) * STEP, i;
	struct aggregate *agg = hierarchy__level(page->h, 0);
	size_t width;

	buf__clear(&page->text);
	add_key_names(page, &page->text);
	width = text__width(buf__str(&page->text), page->text.len);
	if (width > page->key_width)
		page->key_width = width;
	buf__adds(&page->out, "#");
	buf__fill(&page->out, ' ', indent);
	for (i = 0; i < page->nr_columns; i++) {
		const char *name = aggregate__header(agg, hierarchy__figure(page->h, 0, i));

		buf__fill(&page->out, ' ', (i ? GAP : 1) + page->widths[i] -
			  text__width(name, strlen(name)));
		buf__adds(&page->out, name);
	}
	/* Without figures the '#' stands in the gap, as the "# " below does. */
	buf__fill(&page->out, ' ', page->nr_columns ? GAP : GAP - 1);
	buf__adds(&page->out, buf__str(&page->text));
	buf__adds(&page->out, "\n# ");
	for (i = 0; i < page->nr_columns; i++) {
		buf__fill(&page->out, ' ', i ? GAP : 0);
		buf__fill(&page->out, '.', page->widths[i] + (i ? 0 : indent));
	}
	buf__fill(&page->out, ' ', page->nr_columns ? GAP : indent);
	buf__fill(&page->out, '.', page->key_width);
	buf__adds(&page->out, "\n#\n");
}

static void find_figures(struct page *page)
{
	struct aggregate *agg = hierarchy__level(page->h, 0);
	unsigned int i;

	for (i = 0; i < aggregate__nr_columns(agg) && page->nr_columns < ENTRIES_MAX_WIDTHS; i++) {
		const char *name = aggregate__header(agg, i);

		if (!aggregate__is_key(agg, i))
			page->widths[page->nr_columns++] = text__width(name, strlen(name));
	}
}

int hierarchy__print(struct hierarchy *h, const struct entries_opts *opts, FILE *file)
{
	struct page page = { .h = h, .opts = opts, .file = file };

	page.err = hierarchy__order(h, -1, false);
	if (page.err)
		return page.err;
	find_figures(&page);
	walk(&page, 0, AGGREGATE_NONE, measure);
	if (opts->headings)
		headings(&page);
	if (aggregate__nr_entries(hierarchy__level(h, 0)))
		walk(&page, 0, AGGREGATE_NONE, print);
	if (!page.err)
		flush(&page);
	buf__exit(&page.text);
	buf__exit(&page.out);
	return page.err;
}
