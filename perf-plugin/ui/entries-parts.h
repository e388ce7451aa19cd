/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the entries' page share and nobody else sees. */
#ifndef BTFSNOOP_UI_ENTRIES_PARTS_H
#define BTFSNOOP_UI_ENTRIES_PARTS_H

#include "browser.h"
#include "columns.h"
#include "rows.h"
#include "view.h"

struct entries {
	struct view *view;
	struct input *input;
	unsigned int event;
	struct rows *rows;
	struct columns *columns;
	struct browser *browser;
	unsigned int at;	/* the column under the cursor */
	int sorted;		/* column that entries are ordered by; -1: as perf does */
	bool descending;
	bool chains;		/* the event has call chains */
};

/* entries-draw.c */
extern const struct browser_ops entries_ops;
struct columns_opts entries__columns_opts(const struct entries *e, struct row row);

/* Prints all rows as they are shown to a new file perf.hist.N, and says so. */
void entries__print_rows(struct entries *e);

/* The row under the cursor; false when there is none. */
bool entries__row(const struct entries *e, struct row *row);

/* Rows have changed: the cursor stays on its entry. Returns 0 or a negative errno. */
int entries__update(struct entries *e);

/*
 * entries-chains.c: makes the lines of an entry's call chains, which takes reading its samples,
 * unless they are there. Returns 0, -ECANCELED, or another negative errno.
 */
int entries__make_chain(struct entries *e, struct row row);

/*
 * entries-actions.c: what keys and the menu do; each returns an enum page_end or a negative errno.
 */
int entries__samples(struct entries *e, bool all);
int entries__histogram(struct entries *e);
int entries__toggle(struct entries *e);
int entries__toggle_within(struct entries *e);
int entries__unfold_all(struct entries *e, bool on);
int entries__zoom_column(struct entries *e, int column);
int entries__zoom_header(struct entries *e, const char *header);
int entries__sort(struct entries *e);
int entries__regroup(struct entries *e);
int entries__limit(struct entries *e);
int entries__counterpart(struct entries *e);

/* entries-menu.c */
int entries__menu(struct entries *e);
void entries__help(void);
void entries__header_info(struct entries *e);

#endif
