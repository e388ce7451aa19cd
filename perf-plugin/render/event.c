// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "text.h"
#include "unit.h"

struct field_view {
	const struct field *field;
	struct value *value;		/* NULL for strings, and types that can't be shown */
	char *label;
};

struct event_view {
	const struct schema *schema;
	struct field_view *fields;
};

const struct schema *event_view__schema(const struct event_view *view)
{
	return view->schema;
}

bool event_view__fits(const struct event_view *view, size_t raw_size)
{
	return raw_size >= view->schema->fixed_size;
}

const char *event_view__label(const struct event_view *view, unsigned int index)
{
	return view->fields[index].label;
}

/* Words of a line are name=value, so that a name with spaces or '=' would tear them apart. */
static char *make_label(const struct field *f)
{
	struct buf label = BUF_INIT;

	text__adds(&label, f->expr && !strpbrk(f->expr, " =") ? f->expr : f->name);
	return buf__take(&label);
}

static int view_field(struct event_view *view, unsigned int i)
{
	const struct field *f = &view->schema->fields[i];
	struct field_view *fv = &view->fields[i];
	int err = 0;

	fv->field = f;
	fv->label = make_label(f);
	if (!fv->label)
		return -ENOMEM;
	if (f->kind != FIELD_STRING)
		err = value__new(view->schema->btf, f->type_id, f->size, &fv->value);
	return err == -ENOMEM ? err : 0;
}

int event_view__new(const struct schema *schema, struct event_view **out)
{
	struct event_view *view = calloc(1, sizeof(*view));
	unsigned int i;
	int err = 0;

	if (!view)
		return -ENOMEM;
	view->schema = schema;
	view->fields = calloc(schema->nr_fields + 1, sizeof(*view->fields));
	if (!view->fields)
		err = -ENOMEM;
	for (i = 0; i < schema->nr_fields && !err; i++)
		err = view_field(view, i);
	if (err)
		event_view__free(view);
	else
		*out = view;
	return err;
}

void event_view__free(struct event_view *view)
{
	unsigned int i;

	if (!view)
		return;
	for (i = 0; view->fields && i < view->schema->nr_fields; i++) {
		value__free(view->fields[i].value);
		free(view->fields[i].label);
	}
	free(view->fields);
	free(view);
}

uint64_t event_view__number(const void *raw, uint32_t offset)
{
	uint64_t v;

	memcpy(&v, (const char *)raw + offset, sizeof(v));
	return v;
}

static enum item_status field_status(const struct schema *schema, const struct field *f,
				     const void *raw)
{
	if (f->item < 0 || !schema->status_offset)
		return ITEM_OK;
	return event_view__number(raw, schema->status_offset) >> (f->item * 2) & 3;
}

enum item_status event_view__status(const struct event_view *view, unsigned int index,
				    const void *raw)
{
	return field_status(view->schema, &view->schema->fields[index], raw);
}

const char *event_view__string(const struct field *field, const void *raw, size_t raw_size,
			       size_t *len)
{
	const char *str;
	uint32_t loc;

	memcpy(&loc, (const char *)raw + field->offset, sizeof(loc));
	*len = loc >> 16;
	loc &= 0xffff;
	if (loc > raw_size || *len > raw_size - loc) {
		*len = 0;
		return NULL;
	}
	str = (const char *)raw + loc;
	*len = strnlen(str, *len);
	return str;
}

bool event_view__mark(enum item_status status, struct buf *out)
{
	if (status == ITEM_NULL)
		buf__adds(out, "(null)");
	else if (status == ITEM_FAULT)
		buf__adds(out, "(fault)");
	return status == ITEM_NULL || status == ITEM_FAULT;
}

static void add_string(const struct field *f, const void *raw, size_t raw_size,
		       enum item_status status, bool quote, struct buf *out)
{
	size_t len;
	const char *str = event_view__string(f, raw, raw_size, &len);

	if (quote)
		buf__addc(out, '"');
	if (str)
		text__add(out, str, len, quote);
	if (quote)
		buf__addc(out, '"');
	if (status == ITEM_CUT)
		buf__adds(out, "...");
}

void event_view__scalar(const struct event_view *view, unsigned int index, uint64_t number,
			enum item_status status, const struct value_opts *opts, struct buf *out)
{
	const struct field_view *fv = &view->fields[index];

	if (event_view__mark(status, out))
		return;
	if (fv->value)
		value__number(fv->value, number, opts, out);
	else
		buf__addx(out, number);
}

bool event_view__is_word(const struct event_view *view, unsigned int index)
{
	const struct field_view *fv = &view->fields[index];

	return fv->field->kind != FIELD_BYTES || (fv->value && value__is_string(fv->value));
}

static void add_value(const struct field_view *fv, const void *raw, const struct value_opts *opts,
		      bool quote, struct buf *out)
{
	const struct field *f = fv->field;

	if (f->kind == FIELD_BYTES) {
		if (!fv->value)
			buf__addf(out, "(%u bytes)", f->size);
		else if (value__is_string(fv->value))
			value__string(fv->value, (const char *)raw + f->offset, quote, opts, out);
		else
			value__line(fv->value, (const char *)raw + f->offset, opts, out);
		return;
	}
	if (fv->value)
		value__number(fv->value, event_view__number(raw, f->offset), opts, out);
	else
		buf__addx(out, event_view__number(raw, f->offset));
}

static void add_field(const struct event_view *view, unsigned int index, const void *raw,
		      size_t raw_size, const struct value_opts *opts, bool quote,
		      struct buf *out)
{
	const struct field_view *fv = &view->fields[index];
	enum item_status status = field_status(view->schema, fv->field, raw);

	if (event_view__mark(status, out))
		return;
	if (fv->field->kind == FIELD_STRING)
		add_string(fv->field, raw, raw_size, status, quote, out);
	else
		add_value(fv, raw, opts, quote, out);
}

void event_view__field(const struct event_view *view, unsigned int index, const void *raw,
		       size_t raw_size, const struct value_opts *opts, struct buf *out)
{
	add_field(view, index, raw, raw_size, opts, false, out);
}

void event_view__line(const struct event_view *view, const void *raw, size_t raw_size,
		      const struct value_opts *opts, struct buf *out)
{
	const struct schema *schema = view->schema;
	bool space = false;
	unsigned int i;

	for (i = 0; i < schema->nr_fields; i++) {
		if (!event_view__is_word(view, i))
			continue;
		if (space)
			buf__addc(out, ' ');
		space = true;
		buf__adds(out, view->fields[i].label);
		buf__addc(out, '=');
		add_field(view, i, raw, raw_size, opts, true, out);
	}
	if (!schema->duration_offset)
		return;
	buf__adds(out, space ? " duration=" : "duration=");
	unit__duration(out, event_view__number(raw, schema->duration_offset));
}

void event_view__trees(const struct event_view *view, const void *raw,
		       const struct value_opts *opts, struct buf *out)
{
	const struct schema *schema = view->schema;
	unsigned int i;

	for (i = 0; i < schema->nr_fields; i++) {
		const struct field_view *fv = &view->fields[i];
		const struct field *f = fv->field;

		if (event_view__is_word(view, i))
			continue;
		buf__addc(out, '\t');
		if (f->pointer >= 0)
			buf__addc(out, '*');
		buf__adds(out, fv->label);
		buf__adds(out, " = ");
		if (event_view__mark(field_status(schema, f, raw), out))
			;
		else if (fv->value)
			value__tree(fv->value, (const char *)raw + f->offset, opts, 1, out);
		else
			buf__addf(out, "(%u bytes)", f->size);
		buf__addc(out, '\n');
	}
}
