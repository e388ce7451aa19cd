// SPDX-License-Identifier: GPL-2.0-only
#include "columns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../render/text.h"

#define GAP		2	/* between columns */
#define MARK_WIDTH	2
#define INDENT		2	/* of an entry within another */

struct shown {
	int column;		/* of the last level's aggregate; -1: all keys */
	size_t width;
	bool right;
	bool overhead;
	char *header;
};

struct columns {
	struct results *results;
	unsigned int event;
	unsigned int nr_levels;
	struct shown *shown;
	unsigned int nr;
	struct buf cell;
};

static struct aggregate *last_level(const struct columns *c)
{
	return results__level(c->results, c->event, c->nr_levels - 1);
}

static int add_shown(struct columns *c, const struct shown *shown)
{
	if (!shown->header)
		return -ENOMEM;
	c->shown[c->nr] = *shown;
	c->shown[c->nr++].width = text__width(shown->header, strlen(shown->header));
	return 0;
}

/* "Command / Function / count" */
static char *keys_header(struct aggregate *agg)
{
	struct buf header = BUF_INIT;

	for (unsigned int i = 0; i < aggregate__nr_keys(agg); i++) {
		int column = aggregate__key_column(agg, i);

		buf__adds(&header, i ? " / " : "");
		buf__adds(&header, column < 0 ? "?" : aggregate__header(agg, column));
	}
	return buf__take(&header);
}

static int add_columns(struct columns *c)
{
	struct aggregate *agg = last_level(c);
	unsigned int nr = aggregate__nr_columns(agg);
	int err = 0;

	c->shown = calloc(nr + 1, sizeof(*c->shown));
	if (!c->shown)
		return -ENOMEM;
	for (unsigned int i = 0; i < nr && !err; i++) {
		struct shown shown = {
			.column = i, .right = aggregate__is_right(agg, i),
			.overhead = aggregate__is_overhead(agg, i),
		};

		if (c->nr_levels > 1 && aggregate__is_key(agg, i))
			continue;
		shown.header = strdup(aggregate__header(agg, i));
		err = add_shown(c, &shown);
	}
	if (c->nr_levels > 1 && !err)
		err = add_shown(c, &(struct shown){ .column = -1, .header = keys_header(agg) });
	return err;
}

int columns__new(struct results *results, unsigned int event, struct columns **out)
{
	struct columns *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;
	c->results = results;
	c->event = event;
	c->nr_levels = results__nr_levels(results, event);
	err = add_columns(c);
	if (err)
		columns__free(c);
	else
		*out = c;
	return err;
}

void columns__free(struct columns *c)
{
	if (!c)
		return;
	for (unsigned int i = 0; i < c->nr; i++)
		free(c->shown[i].header);
	free(c->shown);
	buf__exit(&c->cell);
	free(c);
}

unsigned int columns__nr(const struct columns *c)
{
	return c->nr;
}

int columns__column(const struct columns *c, unsigned int index, unsigned int level)
{
	const struct shown *shown = &c->shown[index];
	struct aggregate *agg = results__level(c->results, c->event, level);

	if (shown->column < 0)
		return aggregate__key_column(agg, level);
	if (level + 1 == c->nr_levels)
		return shown->column;
	for (unsigned int i = 0; i < aggregate__nr_columns(agg); i++)
		if (!strcmp(aggregate__header(agg, i), shown->header))
			return i;
	return -1;
}

/* The share of what is shown, not of all: but of the one column that is of the entry alone. */
static bool relative_cell(struct aggregate *agg, const struct columns_opts *opts, uint32_t entry,
			  struct buf *out)
{
	if (opts->total <= 0 || opts->total >= 1)
		return false;
	buf__addf(out, "%.2f%%", aggregate__entry_share(agg, entry) / opts->total * 100);
	return true;
}

void columns__cell(const struct columns *c, const struct columns_opts *opts, unsigned int index,
		   struct row row, struct buf *out)
{
	struct aggregate *agg = results__level(c->results, c->event, row.level);
	int column = columns__column(c, index, row.level);
	bool is_number;

	if (column < 0)
		return;
	if (c->shown[index].overhead && strcmp(c->shown[index].header, "Children") &&
	    relative_cell(agg, opts, row.entry, out))
		return;
	if (opts->exact && !c->shown[index].overhead)
		aggregate__raw_cell(agg, row.entry, column, &is_number, out);
	else
		aggregate__cell(agg, row.entry, column, out);
}

static void draw_cell(struct columns *c, const struct columns_opts *opts, unsigned int index,
		      struct row row, struct screen_line *line, bool *wider)
{
	struct shown *shown = &c->shown[index];
	enum color color = COLOR_NORMAL;
	size_t width;

	buf__clear(&c->cell);
	if (shown->column < 0) {
		buf__fill(&c->cell, ' ', INDENT * row.level);
		buf__addc(&c->cell, opts->mark);
		buf__addc(&c->cell, ' ');
	}
	columns__cell(c, opts, index, row, &c->cell);
	width = text__width(buf__str(&c->cell), c->cell.len);
	if (width > shown->width) {
		shown->width = width;
		*wider = true;
	}
	if (shown->overhead)
		color = color__of_percent(strtod(buf__str(&c->cell), NULL));
	line__cell(line, color, buf__str(&c->cell), shown->width, shown->right);
}

bool columns__draw(struct columns *c, const struct columns_opts *opts, struct row row,
		   struct screen_line *line)
{
	bool wider = false;

	if (opts->marks)
		line__addf(line, COLOR_NORMAL, "%c ", opts->mark);
	for (unsigned int i = 0; i < c->nr; i++) {
		if (i)
			line__cell(line, COLOR_NORMAL, "", GAP, false);
		draw_cell(c, opts, i, row, line, &wider);
	}
	return wider;
}

void columns__header(struct columns *c, const struct columns_opts *opts, unsigned int at,
		     struct screen_line *line)
{
	if (opts->marks)
		line__cell(line, COLOR_ROOT, "", MARK_WIDTH, false);
	for (unsigned int i = 0; i < c->nr; i++) {
		const struct shown *shown = &c->shown[i];

		if (i)
			line__cell(line, COLOR_ROOT, "", GAP, false);
		line__cell(line, i == at ? COLOR_SELECTED : COLOR_ROOT, shown->header,
			   shown->width, shown->right);
	}
}

void columns__place(const struct columns *c, const struct columns_opts *opts, unsigned int index,
		    size_t *from, size_t *to)
{
	*from = opts->marks ? MARK_WIDTH : 0;
	for (unsigned int i = 0; i < index; i++)
		*from += c->shown[i].width + GAP;
	*to = *from + c->shown[index].width;
}
