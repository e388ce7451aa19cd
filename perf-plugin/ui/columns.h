/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The columns of an event's page: those of its aggregate or, where entries lie within others, the
 * figures and one column for all keys. They get wider as wider cells turn up.
 */
#ifndef BTFSNOOP_UI_COLUMNS_H
#define BTFSNOOP_UI_COLUMNS_H

#include <stdbool.h>

#include "line.h"
#include "rows.h"

struct columns;

/* @event has samples. Returns 0 or -ENOMEM. */
int columns__new(struct results *results, unsigned int event, struct columns **out);
void columns__free(struct columns *columns);

unsigned int columns__nr(const struct columns *columns);

/*
 * Which column of the aggregate it is at level @level; -1: the level has nothing there. Of the
 * column of all keys it is the level's own key.
 */
int columns__column(const struct columns *columns, unsigned int index, unsigned int level);

struct columns_opts {
	double total;		/* the share that counts as 100 %; 1 but where some are left out */
	bool exact;		/* numbers without units and rounding */
	bool marks;		/* room for '+' and '-' at the start */
	char mark;		/* which one */
};

/* Appends the headings, that of column @at marked. */
void columns__header(struct columns *columns, const struct columns_opts *opts, unsigned int at,
		     struct screen_line *line);

/* Appends the cells of a row that is an entry. Returns true when a column had to get wider. */
bool columns__draw(struct columns *columns, const struct columns_opts *opts, struct row row,
		   struct screen_line *line);

/* Where column @index is in the line, from its first column to behind the last. */
void columns__place(const struct columns *columns, const struct columns_opts *opts,
		    unsigned int index, size_t *from, size_t *to);

/* The text of one cell. */
void columns__cell(const struct columns *columns, const struct columns_opts *opts,
		   unsigned int index, struct row row, struct buf *out);

#endif
