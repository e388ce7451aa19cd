/* SPDX-License-Identifier: GPL-2.0-only */
/* A table of text as perf report --stdio prints it: columns as wide as what is in them. */
#ifndef BTFSNOOP_RENDER_TABLE_H
#define BTFSNOOP_RENDER_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "../util/buf.h"

struct table;

/* Returns 0 or -ENOMEM. */
int table__new(struct table **out);
void table__free(struct table *table);

/* Adds a column; all of them come before the first cell. Numbers go to the right. */
void table__column(struct table *table, const char *header, bool right);

/* Adds the next cell, row by row. Its text is safe for a terminal and has no newline. */
void table__cell(struct table *table, const char *text, size_t len);

/*
 * Appends the table. With @separator the columns are not padded but stand between those, and a
 * separator within a cell becomes '.', as perf does. @headers: two lines behind '#' say what is
 * what. Returns 0 or -ENOMEM, also for what failed before.
 */
int table__print(const struct table *table, const char *separator, bool headers, struct buf *out);

#endif
