// SPDX-License-Identifier: GPL-2.0-only
#include "sqlite.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../render/event-json.h"
#include "cell.h"
#include "chains.h"
#include "database.h"
#include "signals.h"
#include "sql-schema.h"
#include "sql-threads.h"

struct writer {
	struct input *input;
	const struct sqlite_opts *opts;
	struct diag *diag;
	struct database db;
	struct sql_tables tables;
	struct sql_threads threads;
	struct chains chains;
	struct signals signals;
	struct buf *cells;		/* by column of fields: what is bound must stay */
	unsigned int nr_cells;
	struct buf status;
	struct buf text;
};

static void bind_string(sqlite3_stmt *stmt, int index, const char *text)
{
	if (text)
		sqlite3_bind_text(stmt, index, text, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(stmt, index);
}

/* Negative: it has none. */
static void bind_id(sqlite3_stmt *stmt, int index, int32_t id)
{
	if (id >= 0)
		sqlite3_bind_int(stmt, index, id);
	else
		sqlite3_bind_null(stmt, index);
}

static int grow_cells(struct writer *w, unsigned int nr)
{
	struct buf *more;

	if (nr <= w->nr_cells)
		return 0;
	more = reallocarray(w->cells, nr, sizeof(*more));
	if (!more)
		return -ENOMEM;
	w->cells = more;
	for (; w->nr_cells < nr; w->nr_cells++)
		more[w->nr_cells] = (struct buf)BUF_INIT;
	return 0;
}

static bool is_scalar(const struct sql_table *table, unsigned int field)
{
	return table->schema->fields[field].kind == FIELD_SCALAR;
}

static int bind_fields(struct writer *w, const struct sql_table *table,
		       const struct perfdata_sample *s)
{
	struct json json;

	if (grow_cells(w, table->schema->nr_fields))
		return -ENOMEM;
	for (unsigned int i = 0; i < table->schema->nr_fields; i++) {
		buf__clear(&w->cells[i]);
		json = (struct json)JSON_INIT(&w->cells[i]);
		event_json__field(table->fields, i, s->raw, s->raw_size, &w->opts->values, &json);
		if (w->cells[i].failed)
			return -ENOMEM;
		cell__bind(table->insert, table->first_field + i, &w->cells[i],
			   is_scalar(table, i));
	}
	buf__clear(&w->status);
	json = (struct json)JSON_INIT(&w->status);
	event_json__status(table->fields, s->raw, &json);
	cell__bind(table->insert, table->status, &w->status, false);
	return w->status.failed ? -ENOMEM : 0;
}

/* Of a record that is shorter than it should be, and of one whose fields nobody knows. */
static int bind_text(struct writer *w, const struct sql_table *table,
		     const struct input_event *event, const struct perfdata_sample *s)
{
	buf__clear(&w->text);
	if (table->fields) {
		for (unsigned int i = 0; i < table->schema->nr_fields; i++)
			sqlite3_bind_null(table->insert, table->first_field + i);
		bind_string(table->insert, table->status, "{\"error\":\"cut short\"}");
	} else if (event->foreign >= 0 && s->raw_size) {
		foreign__print(input__foreign(w->input), event->foreign, s->raw, s->raw_size,
			       s->cpu, s->time, &w->text);
		bind_string(table->insert, table->text, buf__str(&w->text));
	} else {
		sqlite3_bind_null(table->insert, table->text);
	}
	return w->text.failed ? -ENOMEM : 0;
}

static int bind_recorded(struct writer *w, const struct sql_table *table,
			 const struct perfdata_sample *s)
{
	const struct input_event *event = input__event(w->input, s->event);
	bool fits = event->view && event_view__fits(event->view, s->raw_size);

	if (table->duration && fits)
		sqlite3_bind_int64(table->insert, table->duration,
				   event_view__duration(event->view, s->raw));
	else if (table->duration)
		sqlite3_bind_null(table->insert, table->duration);
	return fits ? bind_fields(w, table, s) : bind_text(w, table, event, s);
}

static void bind_counter(struct writer *w, const struct sql_table *table,
			 const struct perfdata_sample *s)
{
	if (!table->period)
		return;
	sqlite3_bind_int64(table->insert, table->period, s->period);
	buf__clear(&w->text);
	buf__addx(&w->text, s->ip);
	sqlite3_bind_text(table->insert, table->period + 1, buf__str(&w->text), -1,
			  SQLITE_TRANSIENT);
}

static int bind_chain(struct writer *w, const struct sql_table *table,
		      const struct perfdata_sample *s)
{
	unsigned int id;
	int err;

	if (!s->nr_callchain || w->opts->no_callchain) {
		sqlite3_bind_null(table->insert, table->callchain);
		return 0;
	}
	err = chains__id(&w->chains, &w->db, w->input, s, &id);
	sqlite3_bind_int64(table->insert, table->callchain, id);
	return err;
}

static int add_sample(struct writer *w, const struct perfdata_sample *s)
{
	const char *comm = input__comm(w->input, s);
	struct sql_table *table;
	int err;

	err = sql_tables__get(&w->tables, s->event, &table);
	if (err)
		return err;
	sqlite3_bind_int64(table->insert, SQL_TIME, s->time);
	bind_id(table->insert, SQL_CPU, s->cpu);
	bind_id(table->insert, SQL_PID, s->pid);
	bind_id(table->insert, SQL_TID, s->tid);
	bind_string(table->insert, SQL_COMM, comm);
	bind_string(table->insert, SQL_FUNCTION, input__func(w->input, s));
	bind_counter(w, table, s);
	err = bind_recorded(w, table, s);
	if (!err)
		err = bind_chain(w, table, s);
	if (!err)
		err = database__step(&w->db, table->insert);
	table->nr++;
	return err ? err : sql_threads__add(&w->threads, s, comm);
}

static int add_samples(struct writer *w)
{
	struct perfdata_record record;
	uint64_t nr = 0;
	int err;

	while ((err = input__next(w->input, &record, w->diag)) > 0) {
		if (signals__came(&w->signals))
			return -EINTR;
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		err = add_sample(w, &record.sample);
		if (err || ++nr == w->opts->max_events)
			break;
	}
	return err < 0 ? err : 0;
}

/* ---- what the header says ------------------------------------------------------------------ */

static int add_meta(struct writer *w, const char *key, const char *value)
{
	struct buf sql = BUF_INIT;

	if (!value)
		return 0;
	buf__adds(&sql, "INSERT INTO metadata VALUES (");
	sql__string(&sql, key);
	buf__addc(&sql, ',');
	sql__string(&sql, value);
	buf__addc(&sql, ')');
	return database__run(&w->db, &sql);
}

static int add_number(struct writer *w, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return value ? add_meta(w, key, text) : 0;
}

static int add_cmdline(struct writer *w, const struct perfdata_info *info)
{
	struct buf text = BUF_INIT;
	int err = 0;

	for (unsigned int i = 0; i < info->nr_cmdline; i++) {
		buf__adds(&text, i ? " " : "");
		buf__adds(&text, info->cmdline[i]);
	}
	if (text.len)
		err = add_meta(w, "cmdline", buf__str(&text));
	buf__exit(&text);
	return err;
}

static int add_metadata(struct writer *w)
{
	const struct perfdata_info *info = perfdata_reader__info(input__reader(w->input));
	struct buf sql = BUF_INIT;
	int err;

	buf__adds(&sql, "CREATE TABLE metadata (key TEXT PRIMARY KEY, value)");
	err = database__run(&w->db, &sql);
	err = err ? err : add_meta(w, "producer", "perf btfsnoop " BTFSNOOP_VERSION);
	err = err ? err : add_meta(w, "hostname", info->hostname);
	err = err ? err : add_meta(w, "os_release", info->os_release);
	err = err ? err : add_meta(w, "arch", info->arch);
	err = err ? err : add_cmdline(w, info);
	err = err ? err : add_number(w, "clock_ns", info->clock_ns);
	err = err ? err : add_number(w, "clock_wall_ns", info->clock_wall_ns);
	err = err ? err : add_number(w, "lost", perfdata_reader__lost(input__reader(w->input)));
	return err;
}

/* ---- the whole ----------------------------------------------------------------------------- */

static int write_all(struct writer *w)
{
	int err = database__create(&w->db, w->opts->path, w->diag);

	err = err ? err : chains__init(&w->chains, &w->db);
	err = err ? err : add_samples(w);
	err = err ? err : add_metadata(w);
	err = err ? err : sql_threads__write(&w->threads, &w->db);
	err = err ? err : sql_tables__finish(&w->tables);
	if (!err && signals__came(&w->signals))
		err = -EINTR;
	return err ? err : database__commit(&w->db);
}

static void writer__exit(struct writer *w)
{
	chains__exit(&w->chains);
	sql_tables__exit(&w->tables);
	sql_threads__exit(&w->threads);
	database__exit(&w->db);
	for (unsigned int i = 0; i < w->nr_cells; i++)
		buf__exit(&w->cells[i]);
	free(w->cells);
	buf__exit(&w->status);
	buf__exit(&w->text);
}

int sqlite__write(struct input *input, const struct sqlite_opts *opts, struct diag *diag)
{
	struct writer w = { .input = input, .opts = opts, .diag = diag };
	int err;

	w.tables.input = input;
	w.tables.db = &w.db;
	signals__hold(&w.signals, !input__can_rewind(input));
	err = write_all(&w);
	writer__exit(&w);
	signals__release(&w.signals);
	return err;
}
