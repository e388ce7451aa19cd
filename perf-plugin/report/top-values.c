// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../render/color.h"
#include "../render/table.h"
#include "column.h"
#include "tally.h"
#include "top-values.h"

#define DEFAULT_NR	10
#define BUDGET		(1U << 20)	/* different values kept, of all fields of the file */
#define MIN_VALUES	64		/* ... but so many of each */
#define MAX_VALUES	8192

struct counted {
	struct column *column;
	struct tally *tally;	/* of a text; of a number as struct number */
};

/* No padding: it is compared as bytes. */
struct number {
	uint64_t value;
	uint64_t status;
};

/* An event. */
struct event_values {
	bool looked;
	uint64_t nr_samples;
	struct counted *fields;
	unsigned int nr;
};

struct top_values {
	struct input *input;
	const struct top_values_opts *opts;
	struct event_values *events;
	unsigned int nr;
	struct table *table;
	bool measure;		/* cells are measured, not yet printed */
	struct buf text;
	struct buf out;
};

/* ---- collecting ---------------------------------------------------------------------------- */

static uint32_t max_values(const struct top_values *t, unsigned int nr_fields)
{
	uint64_t nr = (uint64_t)input__nr_events(t->input) * (nr_fields ? nr_fields : 1);
	uint64_t max = BUDGET / (nr ? nr : 1);

	return max < MIN_VALUES ? MIN_VALUES : max > MAX_VALUES ? MAX_VALUES : max;
}

static int add_field(struct event_values *values, struct column *column, uint32_t max)
{
	struct counted *more = reallocarray(values->fields, values->nr + 1, sizeof(*more));

	if (!more) {
		column__free(column);
		return -ENOMEM;
	}
	values->fields = more;
	more[values->nr] = (struct counted){ .column = column };
	return tally__new(max, &more[values->nr++].tally);
}

/* Fields that are words; what is known by its text only is one field. */
static int prepare_event(struct top_values *t, unsigned int index, struct event_values *values)
{
	const struct input_event *event = input__event(t->input, index);
	unsigned int nr = event->view ? event->schema->nr_fields : 0;
	struct column *column;
	int err = 0;

	values->looked = true;
	for (unsigned int i = 0; i < nr && !err; i++) {
		if (!event_view__is_word(event->view, i))
			continue;
		err = column__new_field(t->input, index, i, &column);
		if (!err)
			err = add_field(values, column, max_values(t, nr));
	}
	if (event->view)
		return err;
	err = column__new(t->input, index, "trace", &column, NULL);
	if (err)
		return err == -ENOMEM ? err : 0;
	return add_field(values, column, max_values(t, 1));
}

static int find_event(struct top_values *t, unsigned int index, struct event_values **out)
{
	if (index >= t->nr) {
		struct event_values *more = reallocarray(t->events, index + 1, sizeof(*more));

		if (!more)
			return -ENOMEM;
		memset(more + t->nr, 0, (index + 1 - t->nr) * sizeof(*more));
		t->events = more;
		t->nr = index + 1;
	}
	*out = &t->events[index];
	return (*out)->looked ? 0 : prepare_event(t, index, *out);
}

static int add_value(struct top_values *t, struct counted *field, const struct perfdata_sample *s)
{
	struct column_value value;
	struct number number;
	int err = column__read(field->column, s, &value);

	if (err)
		return err;
	if (column__is_number(field->column)) {
		number = (struct number){ .value = value.number, .status = value.status };
		return tally__add(field->tally, &number, sizeof(number), 1);
	}
	buf__clear(&t->text);
	column__add(field->column, &value, &t->text);
	if (t->text.failed)
		return -ENOMEM;
	return tally__add(field->tally, buf__str(&t->text), t->text.len, 1);
}

static int add_sample(void *ctx, const struct perfdata_sample *s)
{
	struct top_values *t = ctx;
	struct event_values *values;
	int err = find_event(t, s->event, &values);

	if (err)
		return err;
	values->nr_samples++;
	for (unsigned int i = 0; i < values->nr && !err; i++)
		err = add_value(t, &values->fields[i], s);
	return err;
}

/* ---- showing ------------------------------------------------------------------------------- */

static void end_cell(struct top_values *t, const char *color)
{
	if (t->measure)
		table__measure(t->table, buf__str(&t->text), t->text.len);
	else
		table__cell(t->table, buf__str(&t->text), t->text.len, color, &t->out);
	buf__clear(&t->text);
}

/* All of a row but the value, which is then to be put into t->text. */
static void begin_row(struct top_values *t, const struct counted *field, uint64_t count)
{
	uint64_t total = tally__total(field->tally);
	double share = total ? (double)count * 100 / (double)total : 0;

	buf__clear(&t->text);
	buf__addf(&t->text, "%.2f%%", share);
	end_cell(t, t->opts->colors ? color__percent(share) : COLOR_NONE);
	buf__addu(&t->text, count);
	end_cell(t, COLOR_NONE);
	buf__adds(&t->text, column__label(field->column));
	end_cell(t, COLOR_NONE);
}

/* The value of a number; false: it is a text. */
static bool read_number(const struct counted *field, uint32_t index, struct column_value *value)
{
	const struct number *number;
	size_t len;

	if (!column__is_number(field->column))
		return false;
	number = tally__value(field->tally, index, &len);
	*value = (struct column_value){ .text = "", .number = number->value,
					.status = number->status };
	return true;
}

static void add_value_text(struct top_values *t, const struct counted *field, uint32_t index)
{
	struct column_value value;
	const void *bytes;
	size_t len;

	if (read_number(field, index, &value)) {
		column__add(field->column, &value, &t->text);
		return;
	}
	bytes = tally__value(field->tally, index, &len);
	buf__add(&t->text, bytes, len);
}

static int add_rows(struct top_values *t, const struct counted *field)
{
	unsigned int rows = t->opts->nr ? t->opts->nr : DEFAULT_NR;
	uint32_t nr = tally__nr(field->tally);
	uint32_t *order = calloc(nr + 1, sizeof(*order));
	uint64_t rest = tally__total(field->tally);

	if (!order)
		return -ENOMEM;
	tally__order(field->tally, order);
	/* One that is left over is shown, not counted. */
	if (nr == rows + 1)
		rows++;
	for (uint32_t i = 0; i < nr && i < rows; i++) {
		uint64_t count = tally__count(field->tally, order[i]);

		begin_row(t, field, count);
		add_value_text(t, field, order[i]);
		end_cell(t, COLOR_NONE);
		rest -= count;
	}
	if (rest) {
		begin_row(t, field, rest);
		if (tally__error(field->tally))
			buf__addf(&t->text, "(others; counts are up to %" PRIu64 " too low)",
				  tally__error(field->tally));
		else
			buf__addf(&t->text, "(%u others)", nr - rows);
		end_cell(t, COLOR_NONE);
	}
	free(order);
	return t->text.failed ? -ENOMEM : 0;
}

static void add_json_value(const struct counted *field, uint32_t index, struct json *json)
{
	struct column_value value;
	const char *text;
	size_t len;

	json__open(json, '{');
	json__key(json, "value");
	if (read_number(field, index, &value)) {
		column__json(field->column, &value, json);
	} else {
		text = tally__value(field->tally, index, &len);
		json__string(json, text, len);
	}
	json__key(json, "count");
	json__u64(json, tally__count(field->tally, index));
	json__close(json, '}');
}

static void add_json_values(const struct counted *field, const uint32_t *order, unsigned int rows,
			    struct json *json)
{
	uint64_t rest = tally__total(field->tally);
	uint32_t nr = tally__nr(field->tally), i;

	json__key(json, "error");
	json__u64(json, tally__error(field->tally));
	json__key(json, "values");
	json__open(json, '[');
	for (i = 0; i < nr && i < rows; i++) {
		add_json_value(field, order[i], json);
		rest -= tally__count(field->tally, order[i]);
	}
	json__close(json, ']');
	json__key(json, "others");
	json__open(json, '{');
	json__key(json, "nr");
	json__u64(json, nr - i);
	json__key(json, "count");
	json__u64(json, rest);
	json__close(json, '}');
}

static int add_json(struct top_values *t, const char *event, const struct counted *field)
{
	uint32_t *order = calloc(tally__nr(field->tally) + 1, sizeof(*order));
	struct json json = JSON_INIT(&t->out);

	if (!order)
		return -ENOMEM;
	tally__order(field->tally, order);
	json__open(&json, '{');
	json__key(&json, "event");
	json__strings(&json, event);
	json__key(&json, "name");
	json__strings(&json, column__label(field->column));
	json__key(&json, "unit");
	json__strings(&json, column__is_duration(field->column) ? "ns" : "");
	json__key(&json, "samples");
	json__u64(&json, tally__total(field->tally));
	add_json_values(field, order, t->opts->nr ? t->opts->nr : DEFAULT_NR, &json);
	json__close(&json, '}');
	buf__addc(&t->out, '\n');
	free(order);
	return 0;
}

static int add_columns(struct table *table)
{
	static const struct {
		const char *header;
		bool right;
	} columns[] = { { "Share", true }, { "Samples", true }, { "Field", false },
			{ "Value", false } };
	int err = 0;

	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns) && !err; i++)
		err = table__column(table, columns[i].header, columns[i].right, 0);
	return err;
}

static int print_rows(struct top_values *t, const struct event_values *values)
{
	int err = 0;

	t->measure = true;
	for (unsigned int i = 0; i < values->nr && !err; i++)
		err = add_rows(t, &values->fields[i]);
	t->measure = false;
	if (t->opts->headings)
		table__headings(t->table, &t->out);
	for (unsigned int i = 0; i < values->nr && !err; i++)
		err = add_rows(t, &values->fields[i]);
	return err;
}

static int print_event(struct top_values *t, unsigned int index)
{
	const struct event_values *values = &t->events[index];
	int err = table__new(t->opts->separator, &t->table);

	if (!err)
		err = add_columns(t->table);
	if (t->opts->headings)
		buf__addf(&t->out, "# Samples: %" PRIu64 "  of event '%s'\n#\n",
			  values->nr_samples, input__event(t->input, index)->name);
	if (!err && values->nr)
		err = print_rows(t, values);
	if (t->opts->headings)
		buf__addc(&t->out, '\n');
	table__free(t->table);
	t->table = NULL;
	return err ? err : buf__flush(&t->out, stdout);
}

static int print_json(struct top_values *t, unsigned int index)
{
	const struct event_values *values = &t->events[index];
	int err = 0;

	for (unsigned int i = 0; i < values->nr && !err; i++)
		err = add_json(t, input__event(t->input, index)->name, &values->fields[i]);
	return err ? err : buf__flush(&t->out, stdout);
}

static int print_events(struct top_values *t)
{
	bool any = false;
	int err = 0;

	for (unsigned int i = 0; i < t->nr && !err; i++) {
		if (!t->events[i].nr_samples)
			continue;
		err = t->opts->json ? print_json(t, i) : print_event(t, i);
		any = true;
	}
	if (!any && t->opts->headings && !t->opts->json)
		buf__adds(&t->out, "# no samples\n");
	return err ? err : buf__flush(&t->out, stdout);
}

int top_values__print(struct input *input, const struct top_values_opts *opts, struct diag *diag)
{
	struct top_values t = { .input = input, .opts = opts };
	int err = input__each_sample(t.input, add_sample, &t, diag);

	if (!err)
		err = print_events(&t);
	for (unsigned int i = 0; i < t.nr; i++) {
		for (unsigned int j = 0; j < t.events[i].nr; j++) {
			column__free(t.events[i].fields[j].column);
			tally__free(t.events[i].fields[j].tally);
		}
		free(t.events[i].fields);
	}
	free(t.events);
	buf__exit(&t.text);
	buf__exit(&t.out);
	return err;
}
