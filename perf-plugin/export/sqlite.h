/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A recording as an SQLite database:
 *
 *	vfs_read__return	a table an event, named like it (a number behind names that are
 *				taken), with time (ns), cpu, pid, tid, comm, function, duration (ns;
 *				of events that have one), period and ip (of events that count), a
 *				column a field, named like the field: "skb->len"; status (JSON; what
 *				is NULL because it could not be read, what was cut), callchain
 *	calls			a view: all that has a duration, from all tables
 *	vfs_read_calls		a view: where entry and return have an event each, both in a row
 *	events			event, the table's name, function, number of rows
 *	threads			pid, tid, comm, first and last time, number of events
 *	callchains		id, level (0: the innermost), ip, symbol, offset, dso
 *	metadata		key, value: what the file's header says
 *
 * Values are SQLite's: integers INTEGER (those above 2^63 TEXT), strings, enums by name and pointers
 * ("0xffff888103b1c000") TEXT, structs and arrays TEXT that is JSON. Times and pids are indexed, and
 * functions of events for several.
 */
#ifndef BTFSNOOP_EXPORT_SQLITE_H
#define BTFSNOOP_EXPORT_SQLITE_H

#include <stdint.h>

#include "../render/value.h"
#include "../report/input.h"
#include "../util/diag.h"

struct sqlite_opts {
	struct value_opts values;
	const char *path;
	uint64_t max_events;		/* 0: all */
	bool no_callchain;
};

/*
 * Reads @input to its end into a new database at opts.path, which replaces a file that is there.
 * Until it is complete it has another name; of one that is not nothing is left. Returns 0 or a
 * negative errno with a message in @diag.
 */
int sqlite__write(struct input *input, const struct sqlite_opts *opts, struct diag *diag);

#endif
