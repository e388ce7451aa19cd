/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rows of an event's page: its entries in order, those within them where they are unfolded, and
 * the lines of their call chains; without what is zoomed away.
 */
#ifndef BTFSNOOP_UI_ROWS_H
#define BTFSNOOP_UI_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "results.h"

struct rows;

struct row {
	uint32_t entry;
	uint32_t level;
	uint32_t line;		/* of the entry's call chains, from 1 on; 0: the entry itself */
};

/* Only entries that have this text in the column of this heading. */
struct zoom {
	char *header;
	char *text;
};

/* @event has samples. Returns 0 or -ENOMEM. */
int rows__new(struct results *results, unsigned int event, struct rows **out);
void rows__free(struct rows *rows);

uint32_t rows__nr(const struct rows *rows);
struct row rows__at(const struct rows *rows, uint32_t index);

/* Which of them is this entry; the next one above that is shown where it isn't. */
uint32_t rows__find(const struct rows *rows, uint32_t level, uint32_t entry);

/*
 * By column @column of the last level, -1: as perf does. Takes effect, as everything below, with
 * rows__update().
 */
void rows__sort(struct rows *rows, int column, bool descending);

/* Entries with a smaller share, in per cent, are left out. */
void rows__set_limit(struct rows *rows, double percent);

/* Adds and takes back a zoom. Returns 0 or -ENOMEM; false when there is none. */
int rows__zoom(struct rows *rows, const char *header, const char *text);
bool rows__unzoom(struct rows *rows);
unsigned int rows__nr_zooms(const struct rows *rows);
const struct zoom *rows__zooms(const struct rows *rows);

/* Whether an entry has something within it, or call chains; and is it unfolded? */
bool rows__can_unfold(const struct rows *rows, struct row row);
bool rows__is_unfolded(const struct rows *rows, struct row row);
void rows__unfold(struct rows *rows, struct row row, bool on);

/* All within @row; and all rows. */
void rows__unfold_within(struct rows *rows, struct row row, bool on);
void rows__unfold_all(struct rows *rows, bool on);

/*
 * The call chains of an entry of the last level: lines to be shown below it when it is unfolded.
 * @text, for free(), is taken over; "": it has none.
 */
bool rows__has_chain(const struct rows *rows, struct row row);
int rows__set_chain(struct rows *rows, struct row row, char *text);
const char *rows__chain_line(const struct rows *rows, struct row row, size_t *len);

/* Makes the rows anew after any of these. Returns 0 or -ENOMEM. */
int rows__update(struct rows *rows);

/* Of the entries shown at the first level: their share of all (0 to 1), and samples. */
double rows__share(const struct rows *rows);
uint64_t rows__nr_samples(const struct rows *rows);

/*
 * The samples of an entry, of all that is shown where @row is NULL, in the order of time. *@list is
 * the caller's to free(). Returns 0 or -ENOMEM.
 */
int rows__samples(struct rows *rows, const struct row *row, uint32_t **list, uint32_t *nr);

#endif
