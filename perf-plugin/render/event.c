// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "dump.h"
#include "event.h"
#include "symbols.h"
#include "text.h"
#include "unit.h"

#define MAX_WORD	32		/* bytes of a buffer that are shown as one word */

struct field_view {
	const struct field *field;
	struct value *value;		/* NULL: strings, buffers, types that can't be shown */
	char *label;
	char *word;			/* " label=" */
	size_t word_len;
	bool is_word;
};

struct event_view {
	const struct schema *schema;
	struct field_view *fields;
	bool has_trees;			/* some field may need lines of its own */
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

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Appends the expression without the spaces that C does not need: "buf(p,20)", "a+b". */
static void add_tight(const char *expr, struct buf *out)
{
	const char *p;

	for (p = expr; *p; p++) {
		if (*p != ' ' || (p != expr && is_word_char(p[-1]) && is_word_char(p[1])))
			buf__addc(out, *p);
	}
}

/* Words of a line are name=value, so that a name with spaces or '=' would tear them apart. */
static char *make_label(const struct field *f)
{
	struct buf label = BUF_INIT, tight = BUF_INIT;

	if (f->expr)
		add_tight(f->expr, &tight);
	text__adds(&label, tight.len && !strpbrk(tight.data, " =") ? tight.data : f->name);
	label.failed |= tight.failed;
	buf__exit(&tight);
	return buf__take(&label);
}

static int view_field(struct event_view *view, unsigned int i)
{
	const struct field *f = &view->schema->fields[i];
	struct field_view *fv = &view->fields[i];
	struct buf word = BUF_INIT;
	int err = 0;

	fv->field = f;
	fv->label = make_label(f);
	if (!fv->label)
		return -ENOMEM;
	buf__addf(&word, " %s=", fv->label);
	fv->word_len = word.len;
	fv->word = buf__take(&word);
	if (!fv->word)
		return -ENOMEM;
	if (f->kind == FIELD_SCALAR || f->kind == FIELD_BYTES)
		err = value__new(view->schema->btf, f->type_id, f->size, &fv->value);
	fv->is_word = f->kind != FIELD_BYTES || f->display != FIELD_BY_TYPE ||
		      (fv->value && value__is_string(fv->value));
	view->has_trees |= !fv->is_word || f->kind == FIELD_BUFFER;
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
		free(view->fields[i].word);
	}
	free(view->fields);
	free(view);
}

static uint64_t read_u64(const void *raw, uint32_t offset)
{
	uint64_t v;

	memcpy(&v, (const char *)raw + offset, sizeof(v));
	return v;
}

uint64_t event_view__duration(const struct event_view *view, const void *raw)
{
	return read_u64(raw, view->schema->duration_offset);
}

static enum item_status field_status(const struct schema *schema, const struct field *f,
				     const void *raw)
{
	if (f->item < 0 || !schema->status_offset)
		return ITEM_OK;
	return read_u64(raw, schema->status_offset) >> (f->item * 2) & 3;
}

enum item_status event_view__status(const struct event_view *view, unsigned int index,
				    const void *raw)
{
	return field_status(view->schema, &view->schema->fields[index], raw);
}

bool event_view__mark(enum item_status status, struct buf *out)
{
	if (status == ITEM_NULL)
		buf__adds(out, "(null)");
	else if (status == ITEM_FAULT)
		buf__adds(out, "(fault)");
	return status == ITEM_NULL || status == ITEM_FAULT;
}

/* ---- numbers ------------------------------------------------------------------------------- */

static bool is_number(const struct field *f)
{
	return f->kind == FIELD_SCALAR || f->display == FIELD_IP4;
}

bool event_view__is_number(const struct event_view *view, unsigned int index)
{
	return is_number(&view->schema->fields[index]);
}

/* What is not stored as 8 bytes is as wide as its type. */
static uint64_t read_scalar(const struct field *f, const void *raw)
{
	const void *at = (const char *)raw + f->offset;
	uint32_t v4;
	uint16_t v2;

	switch (f->size) {
	case 1:
		return f->is_signed ? (uint64_t)*(const int8_t *)at : *(const uint8_t *)at;
	case 2:
		memcpy(&v2, at, sizeof(v2));
		return f->is_signed ? (uint64_t)(int16_t)v2 : v2;
	case 4:
		memcpy(&v4, at, sizeof(v4));
		return f->is_signed ? (uint64_t)(int32_t)v4 : v4;
	default:
		return read_u64(raw, f->offset);
	}
}

static uint64_t field_number(const struct field *f, const void *raw)
{
	uint32_t v;

	if (f->kind == FIELD_SCALAR)
		return read_scalar(f, raw);
	memcpy(&v, (const char *)raw + f->offset, sizeof(v));
	return v;
}

uint64_t event_view__number(const struct event_view *view, unsigned int index, const void *raw)
{
	return field_number(&view->schema->fields[index], raw);
}

int event_view__compare(const struct event_view *view, unsigned int index, uint64_t a, uint64_t b)
{
	const struct field *f = &view->schema->fields[index];

	if (f->display == FIELD_IP4) {
		a = be32toh(a);
		b = be32toh(b);
	}
	if (f->is_signed)
		return (int64_t)a < (int64_t)b ? -1 : (int64_t)a > (int64_t)b;
	return a < b ? -1 : a > b;
}

static void add_number(const struct field_view *fv, uint64_t number, const struct value_opts *opts,
		       struct buf *out)
{
	enum field_display display = fv->field->display;
	uint32_t ip4 = number;

	if (display == FIELD_IP4)
		address__ip4(out, (const uint8_t *)&ip4);
	else if (display == FIELD_SYMBOL && number && opts->symbols)
		symbols__add(opts->symbols, number, out);
	else if (display == FIELD_SYMBOL && number)
		buf__addx(out, number);
	else if (fv->value)
		value__number(fv->value, number, opts, out);
	else
		buf__addx(out, number);
}

void event_view__scalar(const struct event_view *view, unsigned int index, uint64_t number,
			enum item_status status, const struct value_opts *opts, struct buf *out)
{
	if (!event_view__mark(status, out))
		add_number(&view->fields[index], number, opts, out);
}

/* ---- strings and buffers ------------------------------------------------------------------- */

/* What a "__data_loc" leads to: NULL and 0 where it lies outside the record. */
static const void *located(const struct field *f, const void *raw, size_t raw_size, size_t *len)
{
	uint32_t loc;

	memcpy(&loc, (const char *)raw + f->offset, sizeof(loc));
	*len = loc >> 16;
	loc = (loc & 0xffff) + f->loc_base;
	if (loc > raw_size || *len > raw_size - loc) {
		*len = 0;
		return NULL;
	}
	return (const char *)raw + loc;
}

const void *event_view__bytes(const struct event_view *view, unsigned int index, const void *raw,
			      size_t raw_size, size_t *len)
{
	const struct field *f = &view->schema->fields[index];
	const void *data;

	if (f->kind == FIELD_BYTES) {
		*len = f->size;
		return (const char *)raw + f->offset;
	}
	data = located(f, raw, raw_size, len);
	if (f->kind == FIELD_STRING && data)
		*len = strnlen(data, *len);
	return data;
}

const struct value *event_view__value(const struct event_view *view, unsigned int index)
{
	return view->fields[index].value;
}

static void add_string(const struct field *f, const void *raw, size_t raw_size,
		       enum item_status status, bool quote, struct buf *out)
{
	size_t len;
	const char *str = located(f, raw, raw_size, &len);

	if (quote)
		buf__addc(out, '"');
	if (str)
		text__add(out, str, strnlen(str, len), quote);
	if (quote)
		buf__addc(out, '"');
	if (status == ITEM_CUT)
		buf__adds(out, "...");
}

static void add_buffer(const struct field *f, const void *raw, size_t raw_size,
		       enum item_status status, struct buf *out)
{
	size_t len;
	const void *data = located(f, raw, raw_size, &len);

	if (len)
		dump__word(out, data, len);
	else
		buf__adds(out, "(empty)");
	if (status == ITEM_CUT)
		buf__adds(out, "...");
}

static void add_buffer_lines(const struct field *f, const void *raw, size_t raw_size,
			     enum item_status status, struct buf *out)
{
	size_t len;
	const void *data = located(f, raw, raw_size, &len);

	buf__addf(out, "%zu bytes%s\n", len, status == ITEM_CUT ? "..." : "");
	dump__lines(out, data, len, 2);
}

/* ---- fields -------------------------------------------------------------------------------- */

bool event_view__is_word(const struct event_view *view, unsigned int index)
{
	return view->fields[index].is_word;
}

/* Does this record's value stand in the line with others? Not a buffer that is too long for it. */
static bool is_in_line(const struct event_view *view, unsigned int index, const void *raw,
		       size_t raw_size)
{
	const struct field *f = &view->schema->fields[index];
	size_t len;

	if (f->kind != FIELD_BUFFER)
		return view->fields[index].is_word;
	if (field_status(view->schema, f, raw) & ITEM_FAULT)
		return true;
	located(f, raw, raw_size, &len);
	return len <= MAX_WORD;
}

static void add_bytes(const struct field_view *fv, const void *raw, const struct value_opts *opts,
		      bool quote, struct buf *out)
{
	const struct field *f = fv->field;
	const void *data = (const char *)raw + f->offset;

	if (f->display == FIELD_IP6)
		address__ip6(out, data);
	else if (f->display == FIELD_MAC)
		address__mac(out, data);
	else if (!fv->value)
		buf__addf(out, "(%u bytes)", f->size);
	else if (value__is_string(fv->value))
		value__string(fv->value, data, quote, opts, out);
	else
		value__line(fv->value, data, opts, out);
}

static void add_field(const struct event_view *view, unsigned int index, const void *raw,
		      size_t raw_size, const struct value_opts *opts, bool quote,
		      struct buf *out)
{
	const struct field_view *fv = &view->fields[index];
	const struct field *f = fv->field;
	enum item_status status = field_status(view->schema, f, raw);

	if (event_view__mark(status, out))
		return;
	if (f->kind == FIELD_STRING)
		add_string(f, raw, raw_size, status, quote, out);
	else if (f->kind == FIELD_BUFFER)
		add_buffer(f, raw, raw_size, status, out);
	else if (is_number(f))
		add_number(fv, field_number(f, raw), opts, out);
	else
		add_bytes(fv, raw, opts, quote, out);
}

void event_view__field(const struct event_view *view, unsigned int index, const void *raw,
		       size_t raw_size, const struct value_opts *opts, struct buf *out)
{
	add_field(view, index, raw, raw_size, opts, false, out);
}

void event_view__item(const struct event_view *view, unsigned int index, const void *raw,
		      size_t raw_size, const struct value_opts *opts, struct buf *out)
{
	buf__add(out, view->fields[index].word + 1, view->fields[index].word_len - 1);
	add_field(view, index, raw, raw_size, opts, true, out);
}

void event_view__changes(const struct event_view *view, unsigned int index, const void *old,
			 const void *raw, const struct value_opts *opts, struct buf *out)
{
	const struct field_view *fv = &view->fields[index];
	struct buf prefix = BUF_INIT;

	if (!fv->value) {
		buf__addf(out, " %s=(%u bytes)", fv->label, fv->field->size);
		return;
	}
	buf__adds(&prefix, fv->label);
	buf__adds(&prefix, fv->field->pointer >= 0 ? "->" : ".");
	value__changes(fv->value, old, (const char *)raw + fv->field->offset, opts,
		       buf__str(&prefix), out);
	out->failed |= prefix.failed;
	buf__exit(&prefix);
}

const char *event_view__type_name(const struct event_view *view, unsigned int index)
{
	return view->fields[index].value ? value__type_name(view->fields[index].value) : NULL;
}

void event_view__line(const struct event_view *view, const void *raw, size_t raw_size,
		      const struct value_opts *opts, struct buf *out)
{
	const struct schema *schema = view->schema;
	unsigned int skip = 1, i;	/* of the first word: its space */

	for (i = 0; i < schema->nr_fields; i++) {
		const struct field_view *fv = &view->fields[i];

		if (!is_in_line(view, i, raw, raw_size))
			continue;
		buf__add(out, fv->word + skip, fv->word_len - skip);
		skip = 0;
		add_field(view, i, raw, raw_size, opts, true, out);
	}
	if (!schema->duration_offset)
		return;
	buf__adds(out, skip ? "duration=" : " duration=");
	unit__duration(out, event_view__duration(view, raw));
}

static void add_tree(const struct event_view *view, unsigned int index, const void *raw,
		     size_t raw_size, const struct value_opts *opts, struct buf *out)
{
	const struct field_view *fv = &view->fields[index];
	const struct field *f = fv->field;
	enum item_status status = field_status(view->schema, f, raw);

	buf__addc(out, '\t');
	if (f->pointer >= 0)
		buf__addc(out, '*');
	buf__adds(out, fv->label);
	buf__adds(out, " = ");
	if (f->kind == FIELD_BUFFER) {
		add_buffer_lines(f, raw, raw_size, status, out);
		return;
	}
	if (event_view__mark(status, out))
		;
	else if (fv->value)
		value__tree(fv->value, (const char *)raw + f->offset, opts, 1, out);
	else
		buf__addf(out, "(%u bytes)", f->size);
	buf__addc(out, '\n');
}

void event_view__trees(const struct event_view *view, const void *raw, size_t raw_size,
		       const struct value_opts *opts, struct buf *out)
{
	unsigned int i;

	for (i = 0; view->has_trees && i < view->schema->nr_fields; i++) {
		if (!is_in_line(view, i, raw, raw_size))
			add_tree(view, i, raw, raw_size, opts, out);
	}
}

void event_view__text(const struct event_view *view, const char *func, const void *raw,
		      size_t raw_size, const struct value_opts *opts, struct buf *out)
{
	if (!event_view__fits(view, raw_size)) {
		buf__addf(out, "(cut short: %zu of %u bytes)\n", raw_size, view->schema->fixed_size);
		return;
	}
	if (func) {
		buf__adds(out, func);
		buf__adds(out, ": ");
	}
	event_view__line(view, raw, raw_size, opts, out);
	buf__addc(out, '\n');
	event_view__trees(view, raw, raw_size, opts, out);
}
