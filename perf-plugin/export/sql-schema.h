/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of a recording's events, their indexes and views. export/sqlite.h says what they have. */
#ifndef BTFSNOOP_EXPORT_SQL_SCHEMA_H
#define BTFSNOOP_EXPORT_SQL_SCHEMA_H

#include "../render/event-json.h"
#include "../report/input.h"
#include "database.h"

/* Parameters of sql_table.insert that every event has. */
enum sql_column {
	SQL_TIME = 1,
	SQL_CPU,
	SQL_PID,
	SQL_TID,
	SQL_COMM,
	SQL_FUNCTION,
	SQL_COMMON_END,
};

struct sql_table {
	char *name;
	const struct schema *schema;
	struct event_json *fields;	/* NULL: they are not known */
	sqlite3_stmt *insert;
	int duration;			/* parameters of insert; 0: it has none */
	int period;			/* and behind it ip */
	int first_field;
	int status;
	int text;			/* instead of fields */
	int callchain;
	uint64_t nr;			/* rows */
};

struct sql_tables {
	struct input *input;
	struct database *db;
	struct sql_table **list;	/* by event */
	unsigned int nr;
};

/*
 * The table of event @event, which is made when it is asked for the first time. Returns 0 or a
 * negative errno with a message in the database's diag.
 */
int sql_tables__get(struct sql_tables *tables, unsigned int event, struct sql_table **table);

/* The tables of events without samples, the list of all, indexes, views. As above. */
int sql_tables__finish(struct sql_tables *tables);
void sql_tables__exit(struct sql_tables *tables);

#endif
