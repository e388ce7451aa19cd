// SPDX-License-Identifier: GPL-2.0-only
/* What the keys and the menu of the entries' page do. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"
#include "entries-parts.h"
#include "histogram.h"
#include "sample-list.h"

#define RETURN_SUFFIX "__return"

/* "btfsnoop:vfs_write, Command: ls, count: 4096" */
static void describe(const struct entries *e, const struct row *row, struct buf *out)
{
	struct columns_opts opts = { .total = 1 };

	buf__adds(out, input__event(e->input, e->event)->name);
	for (unsigned int i = 0; row && i < columns__nr(e->columns); i++) {
		struct aggregate *agg = results__level(e->view->results, e->event, row->level);
		int column = columns__column(e->columns, i, row->level);

		if (column < 0 || !aggregate__is_key(agg, column))
			continue;
		buf__addf(out, ", %s: ", aggregate__header(agg, column));
		columns__cell(e->columns, &opts, i, *row, out);
	}
}

int entries__samples(struct entries *e, bool all)
{
	struct buf title = BUF_INIT;
	uint32_t *list = NULL, nr = 0;
	struct row row;
	int end;

	if (!entries__row(e, &row))
		return PAGE_BACK;
	end = rows__samples(e->rows, all ? NULL : &row, &list, &nr);
	describe(e, all ? NULL : &row, &title);
	if (!end && !nr)
		browser__say(e->browser, "No samples are of this entry itself");
	else if (!end)
		end = sample_list__run(e->view, buf__str(&title), list, nr, 0);
	free(list);
	buf__exit(&title);
	return end;
}

/* Of what is shown in that column, over all entries shown. */
int entries__histogram(struct entries *e)
{
	struct diag diag = DIAG_INIT;
	uint32_t *list = NULL, nr = 0;
	const char *expr = NULL;
	struct row row;
	int column, end;

	if (!entries__row(e, &row))
		return PAGE_BACK;
	column = columns__column(e->columns, e->at, row.level);
	if (column >= 0)
		expr = aggregate__expr(results__level(e->view->results, e->event, row.level),
				       column);
	if (!expr) {
		browser__say(e->browser, "No histogram of this column: choose one with < and >");
		return PAGE_BACK;
	}
	end = rows__samples(e->rows, NULL, &list, &nr);
	if (!end && nr)
		end = histogram_page__run(results__samples(e->view->results), e->input, expr, list,
					  nr, &diag);
	if (end < 0 && end != -ENOMEM) {
		dialog__error(&diag, expr, end);
		end = PAGE_BACK;
	}
	diag__exit(&diag);
	free(list);
	return end;
}

/* ---- unfolding ------------------------------------------------------------------------------ */

static bool is_leaf(const struct entries *e, struct row row)
{
	return row.level + 1 == results__nr_levels(e->view->results, e->event);
}

/* True when the entry can be unfolded; says so if it can't. */
static bool prepare_unfold(struct entries *e, struct row row)
{
	int err = 0;

	if (!is_leaf(e, row))
		return true;
	if (e->chains)
		err = entries__make_chain(e, row);
	if (err == -ECANCELED)
		return false;
	if (err)
		browser__say(e->browser, "Call chains can't be read: %s", strerror(-err));
	else if (!rows__has_chain(e->rows, row))
		browser__say(e->browser, e->chains ? "The samples have no call chains" :
			     "Nothing to unfold: no call chains were recorded");
	return !err && rows__has_chain(e->rows, row);
}

int entries__toggle(struct entries *e)
{
	struct row row;

	if (!entries__row(e, &row))
		return PAGE_BACK;
	row.line = 0;
	if (rows__is_unfolded(e->rows, row))
		rows__unfold(e->rows, row, false);
	else if (prepare_unfold(e, row))
		rows__unfold(e->rows, row, true);
	return entries__update(e);
}

int entries__toggle_within(struct entries *e)
{
	struct row row;

	if (!entries__row(e, &row))
		return PAGE_BACK;
	row.line = 0;
	if (rows__is_unfolded(e->rows, row))
		rows__unfold_within(e->rows, row, false);
	else if (prepare_unfold(e, row))
		rows__unfold_within(e->rows, row, true);
	return entries__update(e);
}

/* The chains of all entries that are shown. */
static int make_chains(struct entries *e)
{
	int err = 0;

	for (uint32_t i = 0; i < rows__nr(e->rows) && !err; i++) {
		struct row row = rows__at(e->rows, i);

		if (!row.line && is_leaf(e, row))
			err = entries__make_chain(e, row);
	}
	return err;
}

int entries__unfold_all(struct entries *e, bool on)
{
	int err;

	rows__unfold_all(e->rows, on);
	err = entries__update(e);
	if (err || !on || !e->chains)
		return err;
	err = make_chains(e);
	if (err && err != -ECANCELED)
		browser__say(e->browser, "Call chains can't be read: %s", strerror(-err));
	return entries__update(e);
}

/* ---- zoom, order ---------------------------------------------------------------------------- */

int entries__zoom_column(struct entries *e, int column)
{
	struct columns_opts opts = { .total = 1 };
	struct buf text = BUF_INIT;
	struct aggregate *agg;
	struct row row;
	int err = 0;

	if (!entries__row(e, &row))
		return PAGE_BACK;
	agg = results__level(e->view->results, e->event, row.level);
	for (unsigned int i = 0; i < columns__nr(e->columns); i++)
		if (columns__column(e->columns, i, row.level) == column)
			columns__cell(e->columns, &opts, i, row, &text);
	if (!aggregate__is_key(agg, column)) {
		browser__say(e->browser, "'%s' is a figure, not a key: choose another column with "
			     "< and >", aggregate__header(agg, column));
	} else {
		err = rows__zoom(e->rows, aggregate__header(agg, column), buf__str(&text));
		if (err == -ENOSPC) {
			browser__say(e->browser, "That's as far as it goes: Esc zooms out");
			err = 0;
		}
	}
	buf__exit(&text);
	return err ? err : entries__update(e);
}

int entries__zoom_header(struct entries *e, const char *header)
{
	struct aggregate *agg;
	struct row row;

	if (!entries__row(e, &row))
		return PAGE_BACK;
	agg = results__level(e->view->results, e->event, row.level);
	for (unsigned int i = 0; i < aggregate__nr_columns(agg); i++)
		if (aggregate__is_key(agg, i) && !strcmp(aggregate__header(agg, i), header))
			return entries__zoom_column(e, i);
	browser__say(e->browser, "There is no column '%s': g groups by other keys", header);
	return PAGE_BACK;
}

int entries__sort(struct entries *e)
{
	unsigned int last = results__nr_levels(e->view->results, e->event) - 1;
	int column = columns__column(e->columns, e->at, last), err;

	if (column < 0)
		return PAGE_BACK;
	/* Figures begin with the largest, keys with the smallest; the second time it turns. */
	e->descending = e->sorted == column ? !e->descending :
			!aggregate__is_key(results__level(e->view->results, e->event, last),
					   column);
	e->sorted = column;
	rows__sort(e->rows, column, e->descending);
	err = rows__update(e->rows);
	if (err)
		return err;
	browser__set_rows(e->browser, rows__nr(e->rows));
	browser__set_row(e->browser, 0);
	browser__say(e->browser, "Sorted by '%s', %s first",
		     aggregate__header(results__level(e->view->results, e->event, last), column),
		     e->descending ? "largest" : "smallest");
	return PAGE_BACK;
}

int entries__regroup(struct entries *e)
{
	const char *sort = results__sort(e->view->results);
	struct diag diag = DIAG_INIT;
	struct buf text = BUF_INIT;
	int err = 0;

	buf__adds(&text, sort ? sort : "");
	if (dialog__input("Group by", "Keys as for -s (comm,sym,skb->len); nothing: as at first",
			  &text)) {
		err = results__regroup(e->view->results, text.len ? buf__str(&text) : NULL, &diag);
		if (err == -EINVAL) {
			dialog__error(&diag, buf__str(&text), err);
			err = 0;
		} else {
			e->view->event = e->event;
		}
	}
	if (err && diag__is_set(&diag))
		diag__error(e->view->diag, err, "%s", diag.msg);
	diag__exit(&diag);
	buf__exit(&text);
	return err;
}

int entries__limit(struct entries *e)
{
	struct buf text = BUF_INIT;
	double percent;
	char *end;

	buf__addf(&text, "%.2f", e->view->percent_limit);
	if (dialog__input("Percent limit", "Don't show entries under that percent", &text)) {
		percent = strtod(buf__str(&text), &end);
		if (*end == '%')
			end++;
		if (*end || percent < 0 || percent > 100)
			browser__say(e->browser, "Not a percentage: '%s'", buf__str(&text));
		else
			e->view->percent_limit = percent;
	}
	buf__exit(&text);
	rows__set_limit(e->rows, e->view->percent_limit);
	return entries__update(e);
}

/* Of f the event f__return, and the other way round. */
int entries__counterpart(struct entries *e)
{
	const char *name = input__event(e->input, e->event)->name;
	size_t len = strlen(name), suffix = strlen(RETURN_SUFFIX);
	bool is_return = len > suffix && !strcmp(name + len - suffix, RETURN_SUFFIX);

	for (unsigned int i = 0; i < input__nr_events(e->input); i++) {
		const char *other = input__event(e->input, i)->name;
		size_t other_len = is_return ? len - suffix : len + suffix;

		if (strlen(other) == other_len && results__nr_samples(e->view->results, i) &&
		    !strncmp(other, name, is_return ? other_len : len) &&
		    (is_return || !strcmp(other + len, RETURN_SUFFIX))) {
			e->view->event = i;
			return PAGE_BACK;
		}
	}
	browser__say(e->browser, "There is no event of the other end of these calls");
	return PAGE_BACK;
}
