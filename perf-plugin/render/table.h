/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table of text as perf report --stdio prints it: columns as wide as what is in them. Cells are
 * not kept, as tables can be long: each one is measured first, then all are printed.
 */
#ifndef BTFSNOOP_RENDER_TABLE_H
#define BTFSNOOP_RENDER_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "../util/buf.h"

struct table;

/*
 * With @separator (NULL: none) columns are not padded but stand between those, and a separator
 * within a cell becomes '.', as perf does. Returns 0 or -ENOMEM.
 */
int table__new(const char *separator, struct table **out);
void table__free(struct table *table);

/*
 * Adds a column; all of them come before the first cell. Numbers go to the right. With a @width
 * other than 0 it is as wide as that, and what is longer is cut. Returns 0 or -ENOMEM.
 */
int table__column(struct table *table, const char *header, bool right, unsigned int width);

/*
 * Makes room for the next cell, row by row. Its text is safe for a terminal and has no newline.
 */
void table__measure(struct table *table, const char *text, size_t len);

/* Appends two lines behind '#' (with a separator, one) that say what is what. */
void table__headings(const struct table *table, struct buf *out);

/*
 * Appends the next cell, in @color (an escape sequence, "": none). The last one of a row ends its
 * line.
 */
void table__cell(struct table *table, const char *text, size_t len, const char *color,
		 struct buf *out);

#endif
