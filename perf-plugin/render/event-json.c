// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "dump.h"
#include "event-json.h"
#include "symbols.h"
#include "value-json.h"

struct field_json {
	const struct field *field;
	struct value_json *value;	/* NULL: event_view__value() is */
	char *name;
	char *key;			/* "name": */
	size_t key_len;
};

struct event_json {
	const struct event_view *view;
	const struct schema *schema;
	struct field_json *fields;
	bool can_fail;			/* some field may need a status */
};

static bool is_taken(const struct event_json *ej, unsigned int nr, const char *name)
{
	for (unsigned int i = 0; i < nr; i++)
		if (!strcmp(ej->fields[i].name, name))
			return true;
	return false;
}

static char *make_name(const struct event_json *ej, unsigned int index)
{
	const struct field *f = ej->fields[index].field;
	struct buf name = BUF_INIT;
	unsigned int n = 1;

	do {
		buf__clear(&name);
		buf__adds(&name, f->kind == FIELD_BYTES && f->pointer >= 0 ? "*" : "");
		buf__adds(&name, event_view__label(ej->view, index));
		if (n++ > 1)
			buf__addf(&name, "#%u", n - 1);
	} while (!name.failed && is_taken(ej, index, buf__str(&name)));
	return buf__take(&name);
}

static int prepare_field(struct event_json *ej, unsigned int index)
{
	const struct value *value = event_view__value(ej->view, index);
	struct field_json *fj = &ej->fields[index];
	struct buf key = BUF_INIT;

	fj->field = &ej->schema->fields[index];
	fj->name = make_name(ej, index);
	if (!fj->name)
		return -ENOMEM;
	json__prepare_key(&key, fj->name, strlen(fj->name));
	fj->key_len = key.len;
	fj->key = buf__take(&key);
	if (!fj->key)
		return -ENOMEM;
	ej->can_fail |= fj->field->item >= 0 || fj->field->kind == FIELD_BYTES;
	return value ? value_json__new(value, &fj->value) : 0;
}

int event_json__new(const struct event_view *view, struct event_json **out)
{
	const struct schema *schema = event_view__schema(view);
	struct event_json *ej = calloc(1, sizeof(*ej));
	int err = 0;

	if (ej)
		ej->fields = calloc(schema->nr_fields + 1, sizeof(*ej->fields));
	if (!ej || !ej->fields) {
		free(ej);
		return -ENOMEM;
	}
	ej->view = view;
	ej->schema = schema;
	for (unsigned int i = 0; i < schema->nr_fields && !err; i++)
		err = prepare_field(ej, i);
	if (err)
		event_json__free(ej);
	else
		*out = ej;
	return err;
}

void event_json__free(struct event_json *ej)
{
	if (!ej)
		return;
	for (unsigned int i = 0; i < ej->schema->nr_fields; i++) {
		value_json__free(ej->fields[i].value);
		free(ej->fields[i].name);
		free(ej->fields[i].key);
	}
	free(ej->fields);
	free(ej);
}

const char *event_json__name(const struct event_json *ej, unsigned int index)
{
	return ej->fields[index].name;
}

/* What others write as text, in quotes. */
static void add_text(struct buf *text, struct json *json)
{
	json__string(json, buf__str(text), text->len);
	json->out->failed |= text->failed;
	buf__exit(text);
}

static void add_number(const struct event_json *ej, unsigned int index, const void *raw,
		       const struct value_opts *opts, struct json *json)
{
	const struct field_json *fj = &ej->fields[index];
	uint64_t number = event_view__number(ej->view, index, raw);
	struct buf text = BUF_INIT;
	uint32_t ip4 = number;

	if (fj->field->display == FIELD_IP4) {
		address__ip4(&text, (const uint8_t *)&ip4);
		add_text(&text, json);
	} else if (fj->field->display == FIELD_SYMBOL && number && opts->symbols) {
		symbols__add(opts->symbols, number, &text);
		add_text(&text, json);
	} else if (fj->value && fj->field->display != FIELD_SYMBOL &&
		   value__is_number(event_view__value(ej->view, index))) {
		value_json__number(fj->value, number, opts, json);
	} else {
		json__hex(json, number);
	}
}

static void add_bytes(const struct event_json *ej, unsigned int index, const void *raw,
		      size_t raw_size, const struct value_opts *opts, struct json *json)
{
	const struct field_json *fj = &ej->fields[index];
	struct buf text = BUF_INIT;
	const void *data;
	size_t len;

	data = event_view__bytes(ej->view, index, raw, raw_size, &len);
	if (fj->field->display == FIELD_IP6)
		address__ip6(&text, data);
	else if (fj->field->display == FIELD_MAC)
		address__mac(&text, data);
	else if (fj->field->kind == FIELD_BYTES && fj->value)
		value_json__add(fj->value, data, opts, json);
	else if (len)
		dump__word(&text, data, len);
	if (fj->field->kind == FIELD_BUFFER || fj->field->display != FIELD_BY_TYPE || !fj->value)
		add_text(&text, json);
}

void event_json__field(const struct event_json *ej, unsigned int index, const void *raw,
		       size_t raw_size, const struct value_opts *opts, struct json *json)
{
	const struct field *f = ej->fields[index].field;
	const char *data;
	size_t len;

	if (event_view__status(ej->view, index, raw) & ITEM_FAULT) {
		json__null(json);
	} else if (f->kind == FIELD_STRING) {
		data = event_view__bytes(ej->view, index, raw, raw_size, &len);
		json__string(json, data, len);
	} else if (f->kind != FIELD_BUFFER && event_view__is_number(ej->view, index)) {
		add_number(ej, index, raw, opts, json);
	} else {
		add_bytes(ej, index, raw, raw_size, opts, json);
	}
}

static const char *status_name(const struct event_json *ej, unsigned int index, const void *raw)
{
	const struct field_json *fj = &ej->fields[index];

	switch (event_view__status(ej->view, index, raw)) {
	case ITEM_FAULT:
		return "fault";
	case ITEM_NULL:
		return "null";
	case ITEM_CUT:
		return "cut";
	default:
		return fj->field->kind == FIELD_BYTES && fj->value &&
		       !value_json__is_whole(fj->value) ? "cut" : NULL;
	}
}

bool event_json__status(const struct event_json *ej, const void *raw, struct json *json)
{
	bool any = false;

	for (unsigned int i = 0; i < ej->schema->nr_fields && ej->can_fail; i++) {
		const char *name = status_name(ej, i, raw);

		if (!name)
			continue;
		if (!any)
			json__open(json, '{');
		any = true;
		json__raw_key(json, ej->fields[i].key, ej->fields[i].key_len);
		json__strings(json, name);
	}
	if (any)
		json__close(json, '}');
	return any;
}

static void add_statuses(const struct event_json *ej, const void *raw, struct json *json)
{
	size_t start = json->out->len;
	bool comma = json->comma;

	json__key(json, "status");
	if (!json->out->failed && !event_json__status(ej, raw, json)) {
		buf__cut(json->out, start);
		json->comma = comma;
	}
}

void event_json__add(const struct event_json *ej, const void *raw, size_t raw_size,
		     const struct value_opts *opts, struct json *json)
{
	json__key(json, "fields");
	json__open(json, '{');
	for (unsigned int i = 0; i < ej->schema->nr_fields; i++) {
		json__raw_key(json, ej->fields[i].key, ej->fields[i].key_len);
		event_json__field(ej, i, raw, raw_size, opts, json);
	}
	json__close(json, '}');
	if (ej->can_fail)
		add_statuses(ej, raw, json);
}
