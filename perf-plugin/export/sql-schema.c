// SPDX-License-Identifier: GPL-2.0-only
#include "sql-schema.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../perfdata/attr.h"
#include "../report/other-end.h"

#define PREFIX		"btfsnoop:"
#define CALLS		"_calls"
#define MAX_COMPOUND	400		/* SQLite takes 500 SELECTs in a UNION */

static const char *const common[] = {
	"time", "cpu", "pid", "tid", "comm", "function", "duration", "period", "ip", "status",
	"text", "callchain", "rowid", "oid", "_rowid_",
};

static const char *const other_tables[] = {
	"events", "threads", "metadata", "callchains", "calls",
};

static bool is_in(const char *const *names, unsigned int nr, const char *name)
{
	for (unsigned int i = 0; i < nr; i++)
		if (!strcasecmp(names[i], name))
			return true;
	return false;
}

/* ---- a table ------------------------------------------------------------------------------- */

/* Letters that differ in case only are the same to SQLite, in names. */
static bool table_is_taken(const struct sql_tables *tables, const char *name)
{
	size_t len = strlen(name), end = strlen(CALLS);

	if (is_in(other_tables, sizeof(other_tables) / sizeof(*other_tables), name))
		return true;
	if (len > end && !strcasecmp(name + len - end, CALLS))
		return true;		/* a view may be called so */
	for (unsigned int i = 0; i < tables->nr; i++)
		if (tables->list[i] && tables->list[i]->name &&
		    !strcasecmp(tables->list[i]->name, name))
			return true;
	return false;
}

static char *table_name(const struct sql_tables *tables, const char *event)
{
	struct buf name = BUF_INIT;
	unsigned int n = 1;

	if (!strncmp(event, PREFIX, strlen(PREFIX)))
		event += strlen(PREFIX);
	do {
		buf__clear(&name);
		/* SQLite keeps names that begin so for itself. */
		buf__adds(&name, strncasecmp(event, "sqlite_", 7) ? "" : "_");
		buf__adds(&name, *event ? event : "_");
		if (n > 1)
			buf__addf(&name, "_%u", n);
		n++;
	} while (!name.failed && table_is_taken(tables, buf__str(&name)));
	return buf__take(&name);
}

static bool field_is_taken(char **names, unsigned int nr, const char *name)
{
	return is_in(common, sizeof(common) / sizeof(*common), name) ||
	       is_in((const char *const *)names, nr, name);
}

/* What SQLite prefers in a column, or "": as it comes. */
static const char *field_type(const struct schema *schema, const struct field *f)
{
	const struct btf_type *t;

	if (f->kind != FIELD_SCALAR || f->display != FIELD_BY_TYPE)
		return " TEXT";
	/* btf_is_mod(): typedefs, too */
	for (t = btf__type_by_id(schema->btf, f->type_id); t && btf_is_mod(t);)
		t = btf__type_by_id(schema->btf, t->type);
	if (!t || btf_is_ptr(t))
		return " TEXT";
	/* Digits of an integer above 2^63 would become a number with a fraction. */
	return f->is_signed || t->size < sizeof(uint64_t) ? " INTEGER" : "";
}

static int add_fields(struct sql_table *table, struct buf *sql, int *nr)
{
	const struct schema *schema = table->schema;
	char **names = calloc(schema->nr_fields + 1, sizeof(*names));
	unsigned int i, n;
	int err = names ? 0 : -ENOMEM;

	table->first_field = *nr;
	for (i = 0; i < schema->nr_fields && !err; i++) {
		struct buf name = BUF_INIT;

		n = 1;
		do {
			buf__clear(&name);
			buf__adds(&name, event_json__name(table->fields, i));
			if (n > 1)
				buf__addf(&name, "_%u", n);
			n++;
		} while (!name.failed && field_is_taken(names, i, buf__str(&name)));
		names[i] = buf__take(&name);
		err = names[i] ? 0 : -ENOMEM;
		if (err)
			break;
		buf__addc(sql, ',');
		sql__name(sql, names[i]);
		buf__adds(sql, field_type(schema, &schema->fields[i]));
		(*nr)++;
	}
	for (i = 0; names && i < schema->nr_fields; i++)
		free(names[i]);
	free(names);
	return err;
}

static void add_column(struct buf *sql, const char *text, int *param, int *nr)
{
	buf__adds(sql, text);
	*param = (*nr)++;
}

static bool is_counter(const struct sql_tables *tables, unsigned int event)
{
	const struct perf_event_attr *attr =
		perfdata_reader__event(input__reader(tables->input), event)->attr;

	return attr->type != PERF_TYPE_TRACEPOINT && !attr__is_late(attr);
}

/* CREATE TABLE; *@nr becomes the number of the columns, and one. */
static int make_table(struct sql_tables *tables, unsigned int event, struct sql_table *table,
		      int *nr)
{
	struct buf sql = BUF_INIT;
	int err = 0;

	buf__adds(&sql, "CREATE TABLE ");
	sql__name(&sql, table->name);
	buf__adds(&sql, " (time INTEGER NOT NULL, cpu INTEGER, pid INTEGER, tid INTEGER,"
		  " comm TEXT, function TEXT");
	*nr = SQL_COMMON_END;
	if (table->schema && table->schema->duration_offset)
		add_column(&sql, ", duration INTEGER", &table->duration, nr);
	if (is_counter(tables, event)) {
		add_column(&sql, ", period INTEGER, ip TEXT", &table->period, nr);
		(*nr)++;
	}
	if (table->fields)
		err = add_fields(table, &sql, nr);
	if (table->fields)
		add_column(&sql, ", status TEXT", &table->status, nr);
	else
		add_column(&sql, ", text TEXT", &table->text, nr);
	add_column(&sql, ", callchain INTEGER)", &table->callchain, nr);
	if (err) {
		buf__exit(&sql);
		return err;
	}
	return database__run(tables->db, &sql);
}

static int prepare_insert(struct sql_tables *tables, struct sql_table *table, int nr)
{
	struct buf sql = BUF_INIT;

	buf__adds(&sql, "INSERT INTO ");
	sql__name(&sql, table->name);
	buf__adds(&sql, " VALUES (?");
	for (int i = 2; i < nr; i++)
		buf__adds(&sql, ",?");
	buf__addc(&sql, ')');
	return database__prepare(tables->db, &sql, &table->insert);
}

static void free_table(struct sql_table *table)
{
	if (!table)
		return;
	sqlite3_finalize(table->insert);
	event_json__free(table->fields);
	free(table->name);
	free(table);
}

static int new_table(struct sql_tables *tables, unsigned int event)
{
	const struct input_event *ie = input__event(tables->input, event);
	struct sql_table *table = calloc(1, sizeof(*table));
	int err, nr;

	if (!table)
		return -ENOMEM;
	table->name = table_name(tables, ie->name);
	err = table->name ? 0 : -ENOMEM;
	if (!err && ie->view) {
		table->schema = ie->schema;
		err = event_json__new(ie->view, &table->fields);
	}
	if (!err)
		err = make_table(tables, event, table, &nr);
	if (!err)
		err = prepare_insert(tables, table, nr);
	if (err)
		free_table(table);
	else
		tables->list[event] = table;
	return err;
}

int sql_tables__get(struct sql_tables *tables, unsigned int event, struct sql_table **table)
{
	unsigned int nr = input__nr_events(tables->input);
	struct sql_table **more;
	int err = 0;

	if (event >= tables->nr) {
		more = reallocarray(tables->list, nr, sizeof(*more));
		if (!more)
			return -ENOMEM;
		memset(more + tables->nr, 0, (nr - tables->nr) * sizeof(*more));
		tables->list = more;
		tables->nr = nr;
	}
	if (!tables->list[event])
		err = new_table(tables, event);
	*table = tables->list[event];
	return err;
}

void sql_tables__exit(struct sql_tables *tables)
{
	for (unsigned int i = 0; i < tables->nr; i++)
		free_table(tables->list[i]);
	free(tables->list);
}

/* ---- when all rows are in ------------------------------------------------------------------ */

static void add_event(struct sql_tables *tables, unsigned int event, struct buf *sql)
{
	const struct sql_table *table = tables->list[event];
	const struct schema *schema = table->schema;
	bool has_func = schema && schema->nr_funcs == 1 && schema->funcs[0].name;

	buf__addf(sql, "INSERT INTO events VALUES (%u,", event);
	sql__string(sql, input__event(tables->input, event)->name);
	buf__addc(sql, ',');
	sql__string(sql, table->name);
	buf__addc(sql, ',');
	if (has_func)
		sql__string(sql, schema->funcs[0].name);
	else
		buf__adds(sql, "NULL");
	buf__addc(sql, ',');
	if (schema && schema->spec)
		sql__string(sql, schema->spec);
	else
		buf__adds(sql, "NULL");
	buf__addf(sql, ",%" PRIu64 ");", table->nr);
}

static int add_events(struct sql_tables *tables)
{
	struct buf sql = BUF_INIT;

	buf__adds(&sql, "CREATE TABLE events (id INTEGER PRIMARY KEY, event TEXT, \"table\" TEXT,"
		  " function TEXT, spec TEXT, nr INTEGER);");
	for (unsigned int i = 0; i < tables->nr; i++)
		add_event(tables, i, &sql);
	return database__run(tables->db, &sql);
}

/* An index called TABLE:@suffix. */
static int add_index(struct sql_tables *tables, const struct sql_table *table, const char *suffix,
		     const char *columns)
{
	struct buf sql = BUF_INIT, name = BUF_INIT;

	buf__addf(&name, "%s:%s", table->name, suffix);
	buf__adds(&sql, "CREATE INDEX ");
	sql__name(&sql, buf__str(&name));
	buf__adds(&sql, " ON ");
	sql__name(&sql, table->name);
	buf__addf(&sql, " (%s)", columns);
	sql.failed |= name.failed;
	buf__exit(&name);
	return database__run(tables->db, &sql);
}

static int add_indexes(struct sql_tables *tables, unsigned int event)
{
	const struct sql_table *table = tables->list[event];
	bool one = table->schema && table->schema->nr_funcs <= 1;
	int err = add_index(tables, table, "time", "time");

	if (!err)
		err = add_index(tables, table, "pid", "pid");
	if (!err && !one)
		err = add_index(tables, table, "function", "function");
	if (!err && table->schema && !table->schema->at_return &&
	    other_end__event(tables->input, event) >= 0)
		err = add_index(tables, table, "tid", "tid, time");
	return err;
}

static const char call_columns[] =
	"time - duration AS time, duration, cpu, pid, tid, comm, function";

/* Nothing has a duration: the view is there all the same, for queries that are kept for any file. */
static int add_no_calls(struct sql_tables *tables)
{
	struct buf sql = BUF_INIT;

	buf__adds(&sql, "CREATE VIEW calls AS SELECT NULL AS time, NULL AS duration, NULL AS cpu,"
		  " NULL AS pid, NULL AS tid, NULL AS comm, NULL AS function, NULL AS event WHERE 0");
	return database__run(tables->db, &sql);
}

/* UNION ALL of what has a duration, in parts that SQLite takes. */
static int add_calls(struct sql_tables *tables)
{
	struct buf sql = BUF_INIT;
	unsigned int n = 0;

	buf__adds(&sql, "CREATE VIEW calls AS SELECT * FROM (");
	for (unsigned int i = 0; i < tables->nr; i++) {
		const struct sql_table *table = tables->list[i];

		if (!table->duration)
			continue;
		if (n)
			buf__adds(&sql, n % MAX_COMPOUND ? " UNION ALL " : ") UNION ALL SELECT * FROM (");
		n++;
		buf__addf(&sql, "SELECT %s, ", call_columns);
		sql__string(&sql, input__event(tables->input, i)->name);
		buf__adds(&sql, " AS event FROM ");
		sql__name(&sql, table->name);
	}
	buf__addc(&sql, ')');
	if (n)
		return database__run(tables->db, &sql);
	buf__exit(&sql);
	return add_no_calls(tables);
}

/* The fields of @table with "@entry" behind names that the return's columns have, too. */
static int add_entry_columns(struct sql_tables *tables, const struct sql_table *entry,
			     struct buf *sql)
{
	struct buf text = BUF_INIT;
	sqlite3_stmt *stmt;
	int err;

	buf__adds(&text, "SELECT name FROM pragma_table_info(");
	sql__string(&text, entry->name);
	buf__adds(&text, ") WHERE name NOT IN ('cpu','pid','tid','comm','function','duration')");
	err = database__prepare(tables->db, &text, &stmt);
	if (err)
		return err;
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(stmt, 0);

		buf__clear(&text);
		buf__addf(&text, "%s@entry", name ? name : "");
		buf__adds(sql, ", e.");
		sql__name(sql, name ? name : "");
		buf__adds(sql, " AS ");
		sql__name(sql, buf__str(&text));
		sql->failed |= text.failed;
	}
	sqlite3_finalize(stmt);
	buf__exit(&text);
	return 0;
}

/*
 * The entry of a call is its thread's first one since the call began: those of calls within it came
 * later. Idle tasks, which all have tid 0, are told apart by their CPUs.
 */
static int add_pair(struct sql_tables *tables, const struct sql_table *entry,
		    const struct sql_table *ret)
{
	struct buf sql = BUF_INIT, name = BUF_INIT;
	int err;

	buf__addf(&name, "%s" CALLS, entry->name);
	buf__adds(&sql, "CREATE VIEW ");
	sql__name(&sql, buf__str(&name));
	sql.failed |= name.failed;
	buf__exit(&name);
	buf__adds(&sql, " AS SELECT r.*");
	err = add_entry_columns(tables, entry, &sql);
	if (err) {
		buf__exit(&sql);
		return err;
	}
	buf__adds(&sql, " FROM ");
	sql__name(&sql, ret->name);
	buf__adds(&sql, " AS r LEFT JOIN ");
	sql__name(&sql, entry->name);
	buf__adds(&sql, " AS e ON e.rowid = (SELECT rowid FROM ");
	sql__name(&sql, entry->name);
	buf__adds(&sql, " AS f WHERE f.tid = r.tid AND f.time BETWEEN r.time - r.duration AND r.time"
		  " AND f.function IS r.function AND (r.tid <> 0 OR f.cpu = r.cpu)"
		  " ORDER BY f.time LIMIT 1)");
	return database__run(tables->db, &sql);
}

static int add_pairs(struct sql_tables *tables, unsigned int event)
{
	const struct sql_table *table = tables->list[event];
	int other;

	if (!table->schema || table->schema->at_return || table->schema->is_tracepoint)
		return 0;
	other = other_end__event(tables->input, event);
	if (other < 0 || (unsigned int)other >= tables->nr || !tables->list[other]->duration)
		return 0;
	return add_pair(tables, table, tables->list[other]);
}

int sql_tables__finish(struct sql_tables *tables)
{
	unsigned int i, nr = input__nr_events(tables->input);
	struct sql_table *table;
	int err = 0;

	for (i = 0; i < nr && !err; i++)
		err = sql_tables__get(tables, i, &table);
	if (!err)
		err = add_events(tables);
	for (i = 0; i < tables->nr && !err; i++)
		err = add_indexes(tables, i);
	for (i = 0; i < tables->nr && !err; i++)
		err = add_pairs(tables, i);
	return err ? err : add_calls(tables);
}
