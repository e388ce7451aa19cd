/* SPDX-License-Identifier: GPL-2.0-only */
/* Values that were written as JSON, as SQLite has them. */
#ifndef BTFSNOOP_EXPORT_CELL_H
#define BTFSNOOP_EXPORT_CELL_H

#include <sqlite3.h>
#include <stdbool.h>

#include "../util/buf.h"

/*
 * Binds to parameter @index what the JSON text in @json is: null, true (1), false (0), a number, a
 * string, an object or an array (as their text). @is_number: strings of digits are integers beyond
 * 2^53. @json is overwritten and has to live until the statement was run.
 */
void cell__bind(sqlite3_stmt *stmt, int index, struct buf *json, bool is_number);

#endif
