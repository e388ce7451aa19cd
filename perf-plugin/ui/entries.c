// SPDX-License-Identifier: GPL-2.0-only
#include "entries.h"

#include <errno.h>
#include <string.h>

#include "dialog.h"
#include "entries-parts.h"

static const char bottom_line[] =
	"h: help  Enter: samples  m: menu  /: filter  i: histogram  s: sort  q: quit";

/* ---- keys ----------------------------------------------------------------------------------- */

static int choose_column(struct entries *e, int step)
{
	struct columns_opts opts = entries__columns_opts(e, (struct row){ 0 });
	size_t from, to;

	if (step < 0 ? e->at > 0 : e->at + 1 < columns__nr(e->columns))
		e->at += step;
	columns__place(e->columns, &opts, e->at, &from, &to);
	browser__show_columns(e->browser, e->at ? from : 0, to);
	return PAGE_BACK;
}

static int enter(struct entries *e)
{
	struct row row;

	if (!entries__row(e, &row))
		return PAGE_BACK;
	if (row.level + 1 < results__nr_levels(e->view->results, e->event))
		return entries__toggle(e);
	return entries__samples(e, false);
}

static int zoom_into_task(struct entries *e)
{
	static const char *const headers[] = { "Command", "Tid", "Pid" };
	struct row row;

	if (!entries__row(e, &row))
		return PAGE_BACK;
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		struct aggregate *agg = results__level(e->view->results, e->event, row.level);

		for (unsigned int j = 0; j < aggregate__nr_columns(agg); j++)
			if (!strcmp(aggregate__header(agg, j), headers[i]))
				return entries__zoom_column(e, j);
	}
	return entries__zoom_header(e, headers[0]);
}

static int zoom_into_cell(struct entries *e)
{
	struct row row;
	int column;

	if (!entries__row(e, &row))
		return PAGE_BACK;
	column = columns__column(e->columns, e->at, row.level);
	return column < 0 ? PAGE_BACK : entries__zoom_column(e, column);
}

/* Keys that change how the page looks. */
static int handle_look(struct entries *e, int key)
{
	switch (key) {
	case KEY_LEFT: case '<':
		return choose_column(e, -1);
	case KEY_RIGHT: case '>':
		return choose_column(e, 1);
	case 'F':
		e->view->absolute = !e->view->absolute;
		browser__say(e->browser, "Percentages are of %s",
			     e->view->absolute ? "all samples" : "the samples shown");
		break;
	case 'V':
		e->view->exact = !e->view->exact;
		break;
	case 'H':
		e->view->no_headers = !e->view->no_headers;
		browser__set_headings(e->browser, !e->view->no_headers);
		break;
	case 'P':
		entries__print_rows(e);
		break;
	case 'I':
		entries__header_info(e);
		break;
	case 'h': case '?': case KEY_F1:
		entries__help();
		break;
	}
	return PAGE_BACK;
}

static int handle(struct entries *e, int key)
{
	switch (key) {
	case KEY_ENTER:
		return enter(e);
	case 'm':
		return entries__menu(e);
	case 'a':
		return entries__samples(e, true);
	case 'i':
		return entries__histogram(e);
	case 's':
		return entries__sort(e);
	case 'f':
		return zoom_into_cell(e);
	case 't':
		return zoom_into_task(e);
	case 'd':
		return entries__zoom_header(e, "Shared Object");
	case 'g':
		return entries__regroup(e);
	case 'r':
		return entries__counterpart(e);
	case 'L':
		return entries__limit(e);
	case '+':
		return entries__toggle(e);
	case 'e': case 'c':
		return entries__toggle_within(e);
	case 'E':
		return entries__unfold_all(e, true);
	case 'C':
		return entries__unfold_all(e, false);
	}
	return handle_look(e, key);
}

static int run(struct entries *e)
{
	int key, end;

	for (;;) {
		key = browser__run(e->browser, -1);
		switch (key) {
		case KEY_ESC:
			if (!rows__unzoom(e->rows))
				return PAGE_BACK;
			end = entries__update(e);
			break;
		case KEY_TAB:
			return PAGE_NEXT_EVENT;
		case KEY_SHIFT_TAB:
			return PAGE_PREV_EVENT;
		case 'q': case KEY_CTRL('c'): case KEY_GONE:
			return PAGE_QUIT;
		default:
			if (key == KEY_LEFT && !e->at)
				return PAGE_BACK;
			end = handle(e, key);
		}
		if (end < 0 || end == PAGE_QUIT || e->view->event >= 0)
			return end;
	}
}

static bool has_chains(const struct entries *e)
{
	const struct perfdata_event *event =
		perfdata_reader__event(input__reader(e->input), e->event);

	return event->attr->sample_type & PERF_SAMPLE_CALLCHAIN;
}

static int init(struct entries *e)
{
	int err = rows__new(e->view->results, e->event, &e->rows);

	if (!err)
		err = columns__new(e->view->results, e->event, &e->columns);
	if (!err)
		err = browser__new(&entries_ops, e, &e->browser);
	if (err)
		return err;
	e->chains = has_chains(e);
	browser__set_help(e->browser, bottom_line);
	browser__set_sideways(e->browser, false);
	browser__set_headings(e->browser, !e->view->no_headers);
	rows__set_limit(e->rows, e->view->percent_limit);
	return entries__update(e);
}

int entries_page__run(struct view *view, unsigned int event)
{
	struct entries e = {
		.view = view, .input = results__input(view->results), .event = event, .sorted = -1,
	};
	int end = init(&e);

	view->event = -1;
	if (!end)
		end = run(&e);
	browser__free(e.browser);
	columns__free(e.columns);
	rows__free(e.rows);
	return end;
}
