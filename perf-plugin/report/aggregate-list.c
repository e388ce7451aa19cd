// SPDX-License-Identifier: GPL-2.0-only
/* The lists of -s and -F: perf's rules of what is shown, and in which order. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../util/buf.h"
#include "aggregate-parts.h"

/* Which columns a list named, by their place in agg->columns. */
struct list {
	unsigned int columns[MAX_SHOWN];
	unsigned int nr;
};

static const char default_figures[] = "min,avg,max";

/* The next item of a list, without blanks around it; false at the end. */
static bool next_item(const char **text, const char **item, size_t *len)
{
	size_t n;

	while (**text == ',' || isspace((unsigned char)**text))
		(*text)++;
	if (!**text)
		return false;
	n = column__key_len(*text);
	*item = *text;
	*text += n;
	while (n && isspace((unsigned char)(*item)[n - 1]))
		n--;
	*len = n;
	return true;
}

/* ---- keys, runs, columns ------------------------------------------------------------------- */

static void list_add(struct list *list, unsigned int column)
{
	unsigned int i;

	for (i = 0; i < list->nr; i++) {
		if (list->columns[i] == column)
			return;
	}
	if (list->nr < MAX_SHOWN)
		list->columns[list->nr++] = column;
}

/* Takes @column as it is, unless there is none like it. Too many are left out. */
static void add_column(struct aggregate *agg, struct agg_column *column, struct list *list)
{
	unsigned int i;

	for (i = 0; i < agg->nr_columns; i++) {
		const struct agg_column *c = &agg->columns[i];

		if (c->is_key == column->is_key &&
		    (c->is_key ? c->key == column->key :
				 c->run == column->run && c->figure.kind == column->figure.kind &&
				 c->figure.q == column->figure.q))
			break;
	}
	if (i < agg->nr_columns || i == MAX_SHOWN) {
		free(column->header);
		if (i == MAX_SHOWN)
			return;
	} else {
		agg->columns[agg->nr_columns++] = *column;
	}
	list_add(list, i);
}

static int add_key(struct aggregate *agg, char *text, unsigned int field, struct list *list)
{
	struct agg_column column = { .is_key = true };
	unsigned int i;

	for (i = 0; i < agg->nr_keys; i++) {
		const struct agg_key *key = &agg->keys[i];

		if (text && key->text ? !strcmp(text, key->text) :
					!text && !key->text && key->field == field)
			break;
	}
	if (i < agg->nr_keys || i == MAX_KEYS || (agg->max_keys && i == agg->max_keys)) {
		free(text);
		if (i == agg->nr_keys)
			return 0;
	} else {
		agg->keys[agg->nr_keys++] = (struct agg_key){ .text = text, .field = field };
	}
	column.key = i;
	add_column(agg, &column, list);
	return 0;
}

/* The run of values that a figure is of: -1 for none, -ENOENT where the event has no such thing. */
static int find_run(struct aggregate *agg, const struct figure *figure)
{
	unsigned int i;
	char *text;

	if (!figure->arg)
		return -1;
	for (i = 0; i < agg->nr_runs; i++) {
		if (strlen(agg->runs[i].text) == figure->arg_len &&
		    !strncmp(agg->runs[i].text, figure->arg, figure->arg_len))
			return i;
	}
	text = strndup(figure->arg, figure->arg_len);
	if (!text)
		return -ENOMEM;
	if (i == MAX_RUNS || !(figure->kind == FIGURE_COUNT ? aggregate__has(agg, text) :
							      aggregate__is_number(agg, text))) {
		free(text);
		return -ENOENT;
	}
	agg->runs[agg->nr_runs++] = (struct agg_run){ .text = text };
	return i;
}

static int add_figure(struct aggregate *agg, const struct figure *figure, const char *text,
		      size_t len, struct list *list)
{
	struct agg_column column = { .figure = *figure, .run = find_run(agg, figure) };
	struct buf header = BUF_INIT;

	if (column.run < -1)
		return column.run == -ENOENT ? 0 : column.run;
	if (column.run >= 0)
		figure_run__want(&agg->runs[column.run].run, figure);
	if (figure->kind == FIGURE_CHILDREN && !agg->children)
		return 0;
	figure__header(figure, text, len, &header);
	column.header = buf__take(&header);
	if (!column.header)
		return -ENOMEM;
	column.figure.arg = NULL;
	add_column(agg, &column, list);
	return 0;
}

static int add_item(struct aggregate *agg, const char *item, size_t len, struct list *list)
{
	char *text = strndup(item, len);
	struct figure figure;
	bool has;

	if (!text)
		return -ENOMEM;
	if (!figure__parse(item, len, &figure)) {
		if (aggregate__has(agg, text))
			return add_key(agg, text, 0, list);
		free(text);
		return 0;
	}
	/* "min" may be what somebody recorded. */
	has = figure.bare && input__nr_events(agg->input) && aggregate__has(agg, text);
	if (has)
		return add_key(agg, text, 0, list);
	free(text);
	return add_figure(agg, &figure, item, len, list);
}

static int add_list(struct aggregate *agg, const char *text, struct list *list)
{
	const char *item;
	size_t len;
	int err = 0;

	while (!err && next_item(&text, &item, &len))
		err = add_item(agg, item, len, list);
	return err;
}

/* ---- defaults ------------------------------------------------------------------------------ */

/* A pointer to a struct that was recorded too differs with each object: no use for groups. */
static bool is_pointer_to_object(const struct schema *schema, unsigned int index)
{
	unsigned int i;

	for (i = 0; i < schema->nr_fields; i++) {
		if (schema->fields[i].pointer == (int)index)
			return true;
	}
	return false;
}

static int add_default_fields(struct aggregate *agg, const struct input_event *event,
			      struct list *list)
{
	const struct schema *schema = event->schema;
	unsigned int i;
	int err = 0;

	for (i = 0; i < schema->nr_fields && !err; i++) {
		/* Buffers, too, are for those who ask. */
		if (event_view__is_word(event->view, i) && !is_pointer_to_object(schema, i) &&
		    schema->fields[i].kind != FIELD_BUFFER)
			err = add_key(agg, NULL, i, list);
	}
	return err;
}

/* What perf's own events are told apart by is what perf report does. */
static int add_default_keys(struct aggregate *agg, struct list *list)
{
	const struct input_event *event;
	int err;

	if (agg->event < 0)
		return add_list(agg, "event,comm,sym", list);
	event = input__event(agg->input, agg->event);
	if (event->foreign >= 0)
		return add_list(agg, "comm,trace", list);
	if (!event->schema)
		return add_list(agg, "comm,dso,sym", list);
	err = add_list(agg, "comm,sym", list);
	return err ? err : add_default_fields(agg, event, list);
}

/* ---- what is shown, and in which order ----------------------------------------------------- */

static bool is_appended(const char *list)
{
	return list && *list == '+';
}

static int add_sort_list(struct aggregate *agg, const char *sort, struct list *list)
{
	int err = !sort || is_appended(sort) ? add_default_keys(agg, list) : 0;

	return err || !sort ? err : add_list(agg, sort + is_appended(sort), list);
}

static void append(struct list *to, const struct list *from)
{
	unsigned int i;

	for (i = 0; i < from->nr; i++)
		list_add(to, from->columns[i]);
}

static void append_figures(const struct aggregate *agg, struct list *to, const struct list *from)
{
	unsigned int i;

	for (i = 0; i < from->nr; i++) {
		if (!agg->columns[from->columns[i]].is_key)
			list_add(to, from->columns[i]);
	}
}

/* What is shown comes first in the columns; what entries are only ordered by, behind. */
static void arrange(struct aggregate *agg, const struct list *shown, const struct list *order)
{
	struct agg_column old[MAX_SHOWN];
	unsigned int place[MAX_SHOWN], i, nr = 0;

	memcpy(old, agg->columns, sizeof(old));
	for (i = 0; i < agg->nr_columns; i++)
		place[i] = MAX_SHOWN;
	for (i = 0; i < shown->nr; i++) {
		place[shown->columns[i]] = nr;
		agg->columns[nr++] = old[shown->columns[i]];
	}
	agg->nr_shown = nr;
	for (i = 0; i < agg->nr_columns; i++) {
		if (place[i] == MAX_SHOWN) {
			place[i] = nr;
			agg->columns[nr++] = old[i];
		}
	}
	for (i = 0; i < order->nr; i++)
		agg->order[i] = place[order->columns[i]];
	agg->nr_order = order->nr;
}

/*
 * perf's rules: -F says all that is shown, but for keys of -s that it doesn't name, which come
 * behind; entries are ordered by -s, then by the columns. Without -F the shares come first, in the
 * table and in the order; ours is that figures in -s come first in the order.
 */
static int parse_lists(struct aggregate *agg, const char *sort, const char *fields)
{
	struct list sorted = { 0 }, given = { 0 }, shares = { 0 }, shown = { 0 }, order = { 0 };
	bool strict = fields && !is_appended(fields);
	int err = 0;

	if (!strict || sort)
		err = add_sort_list(agg, sort, &sorted);
	if (!err && !strict)
		err = add_list(agg, agg->children ? "overhead_children,overhead,samples" :
						    "overhead,samples", &shares);
	if (!err && !strict)
		err = add_list(agg, default_figures, &given);
	if (!err && fields)
		err = add_list(agg, fields + is_appended(fields), &given);
	if (err)
		return err;
	append_figures(agg, &order, &sorted);
	append(&order, &shares);
	append(&order, &sorted);
	append(&order, &given);
	append(&shown, &shares);
	append(&shown, strict ? &given : &sorted);
	append(&shown, strict ? &sorted : &given);
	arrange(agg, &shown, &order);
	return 0;
}

int aggregate__parse(struct aggregate *agg, const struct aggregate_opts *opts)
{
	struct list group = { 0 };
	int err = opts->group ? add_list(agg, opts->group, &group) : 0;

	return err ? err : parse_lists(agg, opts->sort, opts->fields);
}
