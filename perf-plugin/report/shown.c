// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "shown.h"

struct item {
	enum shown_key key;
	char *name;
};

struct shown {
	struct input *input;
	struct item *items;
	unsigned int nr;
	struct shown_source *sources;	/* by event, then by item */
	unsigned int nr_events;		/* that have them */
};

static const struct {
	const char *name;
	enum shown_key key;
} keys[] = {
	{ "comm", SHOWN_COMM }, { "pid", SHOWN_PID }, { "tid", SHOWN_TID },
	{ "cpu", SHOWN_CPU }, { "time", SHOWN_TIME }, { "period", SHOWN_PERIOD },
	{ "event", SHOWN_EVENT }, { "function", SHOWN_FUNCTION }, { "trace", SHOWN_TRACE },
	{ "ip", SHOWN_IP }, { "sym", SHOWN_SYM }, { "symoff", SHOWN_SYMOFF },
	{ "dso", SHOWN_DSO }, { "duration", SHOWN_DURATION }, { "dur", SHOWN_DURATION },
};

static enum shown_key find_key(const char *name, size_t len)
{
	for (unsigned int i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (strlen(keys[i].name) == len && !memcmp(keys[i].name, name, len))
			return keys[i].key;
	return SHOWN_EXPR;
}

static int add_item(struct shown *f, enum shown_key key, const char *name, size_t len)
{
	struct item *more = reallocarray(f->items, f->nr + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	f->items = more;
	more[f->nr] = (struct item){ .key = key, .name = strndup(name, len) };
	if (!more[f->nr].name)
		return -ENOMEM;
	f->nr++;
	return 0;
}

static void remove_item(struct shown *f, const char *name, size_t len)
{
	unsigned int i, nr = 0;

	for (i = 0; i < f->nr; i++) {
		if (strlen(f->items[i].name) == len && !memcmp(f->items[i].name, name, len))
			free(f->items[i].name);
		else
			f->items[nr++] = f->items[i];
	}
	f->nr = nr;
}

/* Is it a recorded field as a whole, by the name it is shown under? */
static int find_field(const struct input_event *event, const char *name)
{
	if (!event->view)
		return -1;
	for (unsigned int i = 0; i < event->schema->nr_fields; i++) {
		const struct field *f = &event->schema->fields[i];
		bool behind = f->kind == FIELD_BYTES && f->pointer >= 0;
		const char *label = name + behind;

		if (behind && *name != '*')
			continue;
		if (!strcmp(event_view__label(event->view, i), label) || !strcmp(f->name, label))
			return i;
	}
	return -1;
}

static int check_item(struct shown *f, const struct item *item, struct diag *diag)
{
	int err;

	if (item->key != SHOWN_EXPR)
		return 0;
	for (unsigned int i = 0; i < input__nr_events(f->input); i++)
		if (find_field(input__event(f->input, i), item->name) >= 0)
			return 0;
	/* Of a pipe nothing may be known yet. */
	if (!input__nr_events(f->input))
		return 0;
	diag__set_text(diag, item->name);
	err = column__check(f->input, item->name, diag);
	diag__set_text(diag, NULL);
	return err;
}

static int read_list(struct shown *f, const char *text, bool changes, struct diag *diag)
{
	char sign = '+';
	size_t len;
	int err = 0;

	for (; !err && *text; text += text[len] == ',' ? len + 1 : len) {
		while (*text == ' ')
			text++;
		if (changes && (*text == '+' || *text == '-'))
			sign = *text++;
		len = column__key_len(text);
		if (!len)
			return diag__error(diag, -EINVAL, "an empty field in the list of fields");
		if (sign == '-')
			remove_item(f, text, len);
		else
			err = add_item(f, find_key(text, len), text, len);
		if (!err && sign == '+')
			err = check_item(f, &f->items[f->nr - 1], diag);
	}
	return err;
}

int shown__new(struct input *input, const char *text, const char *standard, struct shown **out,
		struct diag *diag)
{
	bool changes = *text == '+' || (*text == '-' && isalpha((unsigned char)text[1]));
	struct shown *f = calloc(1, sizeof(*f));
	int err = 0;

	if (!f)
		return -ENOMEM;
	f->input = input;
	if (changes)
		err = read_list(f, standard, false, diag);
	if (!err)
		err = read_list(f, text, changes, diag);
	if (!err && !f->nr)
		err = diag__error(diag, -EINVAL, "no fields to show");
	if (err)
		shown__free(f);
	else
		*out = f;
	return err;
}

static bool has_item(const struct shown *f, const char *name)
{
	for (unsigned int i = 0; i < f->nr; i++)
		if (f->items[i].key == SHOWN_EXPR && !strcmp(f->items[i].name, name))
			return true;
	return false;
}

static int add_fields(struct shown *f, const struct input_event *event)
{
	struct buf name = BUF_INIT;
	int err = 0;

	for (unsigned int i = 0; event->view && !err && i < event->schema->nr_fields; i++) {
		const struct field *field = &event->schema->fields[i];

		buf__clear(&name);
		if (field->kind == FIELD_BYTES && field->pointer >= 0)
			buf__addc(&name, '*');
		buf__adds(&name, event_view__label(event->view, i));
		if (name.failed)
			err = -ENOMEM;
		else if (!has_item(f, buf__str(&name)))
			err = add_item(f, SHOWN_EXPR, buf__str(&name), name.len);
	}
	buf__exit(&name);
	return err;
}

/* Keys that only some events have. */
static int add_keys(struct shown *f)
{
	bool durations = false, counts = false, texts = false;
	int err = 0;

	for (unsigned int i = 0; i < input__nr_events(f->input); i++) {
		const struct input_event *event = input__event(f->input, i);

		durations |= event->view && event->schema->duration_offset;
		counts |= !event->view && event->foreign < 0;
		texts |= !event->view && event->foreign >= 0;
	}
	if (durations)
		err = add_item(f, SHOWN_DURATION, "duration_ns", strlen("duration_ns"));
	if (counts && !err)
		err = read_list(f, "period,ip,sym,dso", false, NULL);
	if (texts && !err)
		err = add_item(f, SHOWN_TEXT, "text", strlen("text"));
	return err;
}

int shown__new_all(struct input *input, struct shown **out)
{
	struct shown *f = calloc(1, sizeof(*f));
	int err;

	if (!f)
		return -ENOMEM;
	f->input = input;
	err = read_list(f, "event,function,comm,pid,tid,cpu,time", false, NULL);
	if (!err)
		err = add_keys(f);
	for (unsigned int i = 0; i < input__nr_events(input) && !err; i++)
		err = add_fields(f, input__event(input, i));
	if (err)
		shown__free(f);
	else
		*out = f;
	return err;
}

void shown__free(struct shown *f)
{
	if (!f)
		return;
	for (unsigned int i = 0; i < f->nr_events * f->nr; i++)
		column__free(f->sources[i].column);
	for (unsigned int i = 0; i < f->nr; i++)
		free(f->items[i].name);
	free(f->items);
	free(f->sources);
	free(f);
}

unsigned int shown__nr(const struct shown *f)
{
	return f->nr;
}

enum shown_key shown__key(const struct shown *f, unsigned int index)
{
	return f->items[index].key;
}

const char *shown__name(const struct shown *f, unsigned int index)
{
	return f->items[index].name;
}

bool shown__has(const struct shown *f, enum shown_key key)
{
	for (unsigned int i = 0; i < f->nr; i++)
		if (f->items[i].key == key)
			return true;
	return false;
}

static int find_source(struct shown *f, const struct item *item, unsigned int event,
		       struct shown_source *source)
{
	int err = 0;

	*source = (struct shown_source){ .field = -1 };
	if (item->key != SHOWN_EXPR)
		return 0;
	source->field = find_field(input__event(f->input, event), item->name);
	if (source->field < 0)
		err = column__new(f->input, event, item->name, &source->column, NULL);
	return err == -ENOMEM ? err : 0;
}

/* Events turn up while a pipe is read. */
static int add_events(struct shown *f)
{
	unsigned int nr = input__nr_events(f->input), i;
	struct shown_source *more = reallocarray(f->sources, (size_t)nr * f->nr, sizeof(*more));
	int err = 0;

	if (!more)
		return -ENOMEM;
	f->sources = more;
	for (; f->nr_events < nr; f->nr_events++) {
		for (i = 0; i < f->nr && !err; i++)
			err = find_source(f, &f->items[i], f->nr_events,
					  &more[f->nr_events * f->nr + i]);
		if (err)
			return err;
	}
	return 0;
}

int shown__source(struct shown *f, unsigned int index, unsigned int event,
		   struct shown_source *source)
{
	int err = event < f->nr_events ? 0 : add_events(f);

	if (!err)
		*source = f->sources[event * f->nr + index];
	return err;
}
