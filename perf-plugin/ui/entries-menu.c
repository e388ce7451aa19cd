// SPDX-License-Identifier: GPL-2.0-only
/* The menu of the entries' page, its help, and the file's header. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"
#include "entries-parts.h"

#define MAX_OPTIONS 48

static const char help_text[] =
	"Up, Down, PgUp, PgDn,\n"
	"Space, Home, End    Move\n"
	"Left, Right, <, >   Choose a column; Left of the first: back\n"
	"Enter               The samples behind the entry; of a level: unfold\n"
	"m                   Menu of what can be done with the entry\n"
	"i                   Histogram of the column\n"
	"s                   Sort by the column; again: the other way round\n"
	"f                   Only entries with this value in the column\n"
	"t                   Zoom into the task (column Command, Tid, Pid)\n"
	"d                   Zoom into the shared object (column Shared Object)\n"
	"Esc                 Zoom out, then back\n"
	"g                   Group by other keys\n"
	"a                   All samples shown, in the order of time\n"
	"r                   The event of the other end: of f that of f__return\n"
	"Tab, Shift-Tab      Next, previous event\n"
	"+                   Unfold, fold one level\n"
	"e, c                Unfold, fold the entry and all in it\n"
	"E, C                Unfold, fold everything\n"
	"/                   Only entries with this text (Enter: done, Esc: all)\n"
	"F                   Percentages: of what is shown, or of all\n"
	"H                   Column headers\n"
	"I                   Header of the file\n"
	"L                   Percent limit\n"
	"P                   Print to perf.hist.N\n"
	"V                   Numbers exact, without units\n"
	"h, ?, F1            This help\n"
	"q, ^C               Quit\n";

void entries__help(void)
{
	dialog__text("Keys: entries", help_text);
}

void entries__header_info(struct entries *e)
{
	struct buf text = BUF_INIT;

	input__header(e->input, &text);
	dialog__text("Header of the file", buf__str(&text));
	buf__exit(&text);
}

enum action {
	ACTION_SAMPLES,
	ACTION_ALL_SAMPLES,
	ACTION_ZOOM,		/* into the key in column */
	ACTION_ZOOM_OUT,
	ACTION_HISTOGRAM,
	ACTION_SORT,
	ACTION_REGROUP,
	ACTION_COUNTERPART,
	ACTION_UNFOLD,
	ACTION_HEADER,
	ACTION_PRINT,
	ACTION_HELP,
	ACTION_QUIT,
};

struct menu {
	char *texts[MAX_OPTIONS];
	enum action actions[MAX_OPTIONS];
	int columns[MAX_OPTIONS];
	unsigned int nr;
};

static void add(struct menu *menu, enum action action, int column, struct buf *text)
{
	char *taken = buf__take(text);

	if (menu->nr == MAX_OPTIONS || !taken) {
		free(taken);
		return;
	}
	menu->actions[menu->nr] = action;
	menu->columns[menu->nr] = column;
	menu->texts[menu->nr++] = taken;
}

static void add_text(struct menu *menu, enum action action, const char *prefix, const char *name)
{
	struct buf text = BUF_INIT;

	buf__adds(&text, prefix);
	if (name)
		buf__addf(&text, " '%s'", name);
	add(menu, action, -1, &text);
}

static void add_zooms(struct entries *e, struct row row, struct menu *menu)
{
	struct aggregate *agg = results__level(e->view->results, e->event, row.level);
	unsigned int i;

	for (i = 0; i < aggregate__nr_columns(agg); i++) {
		struct buf text = BUF_INIT;

		if (!aggregate__is_key(agg, i))
			continue;
		buf__addf(&text, "Zoom into %s: ", aggregate__header(agg, i));
		aggregate__cell(agg, row.entry, i, &text);
		add(menu, ACTION_ZOOM, i, &text);
	}
	if (rows__nr_zooms(e->rows))
		add_text(menu, ACTION_ZOOM_OUT, "Zoom out", NULL);
}

static void fill(struct entries *e, struct row row, struct menu *menu)
{
	struct aggregate *agg = results__level(e->view->results, e->event, row.level);
	int column = columns__column(e->columns, e->at, row.level);
	const char *header = column < 0 ? NULL : aggregate__header(agg, column);

	add_text(menu, ACTION_SAMPLES, "Samples of this entry", NULL);
	add_zooms(e, row, menu);
	if (header && aggregate__expr(agg, column))
		add_text(menu, ACTION_HISTOGRAM, "Histogram of column", header);
	if (header)
		add_text(menu, ACTION_SORT, "Sort by column", header);
	add_text(menu, ACTION_REGROUP, "Group by other keys...", NULL);
	if (rows__can_unfold(e->rows, row) || e->chains)
		add_text(menu, ACTION_UNFOLD, rows__is_unfolded(e->rows, row) ? "Fold" : "Unfold",
			 NULL);
	add_text(menu, ACTION_ALL_SAMPLES, "All samples shown, in the order of time", NULL);
	add_text(menu, ACTION_COUNTERPART, "Go to the event of the calls' other end", NULL);
	add_text(menu, ACTION_HEADER, "Header of the file", NULL);
	add_text(menu, ACTION_PRINT, "Print to perf.hist.N", NULL);
	add_text(menu, ACTION_HELP, "Keys", NULL);
	add_text(menu, ACTION_QUIT, "Quit", NULL);
}

static int act(struct entries *e, enum action action, int column)
{
	switch (action) {
	case ACTION_SAMPLES:
		return entries__samples(e, false);
	case ACTION_ALL_SAMPLES:
		return entries__samples(e, true);
	case ACTION_ZOOM:
		return entries__zoom_column(e, column);
	case ACTION_ZOOM_OUT:
		rows__unzoom(e->rows);
		return entries__update(e);
	case ACTION_HISTOGRAM:
		return entries__histogram(e);
	case ACTION_SORT:
		return entries__sort(e);
	case ACTION_REGROUP:
		return entries__regroup(e);
	case ACTION_COUNTERPART:
		return entries__counterpart(e);
	case ACTION_UNFOLD:
		return entries__toggle(e);
	case ACTION_HEADER:
		entries__header_info(e);
		break;
	case ACTION_PRINT:
		entries__print_rows(e);
		break;
	case ACTION_HELP:
		entries__help();
		break;
	case ACTION_QUIT:
		return PAGE_QUIT;
	}
	return PAGE_BACK;
}

int entries__menu(struct entries *e)
{
	struct menu menu = { .nr = 0 };
	int chosen, end = PAGE_BACK;
	struct row row;

	if (!entries__row(e, &row))
		return PAGE_BACK;
	fill(e, row, &menu);
	chosen = dialog__menu("", (const char *const *)menu.texts, menu.nr);
	if (chosen >= 0)
		end = act(e, menu.actions[chosen], menu.columns[chosen]);
	while (menu.nr)
		free(menu.texts[--menu.nr]);
	return end;
}
