// SPDX-License-Identifier: GPL-2.0-only
#include "column.h"

#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../render/address.h"
#include "../render/symbols.h"
#include "../render/text.h"
#include "../render/unit.h"
#include "../render/value.h"
#include "../types/type.h"
#include "program.h"

#define NO_FIELD	(-1)

struct column {
	struct input *input;
	const struct input_event *event;
	char *label;
	struct value_opts value_opts;
	int field;			/* shown by the event's view; or NO_FIELD */
	struct program *program;
	enum typed_kind kind;
	enum typed_display display;
	struct value *value;		/* of a program's number or object; NULL: a plain one */
	bool is_signed, is_quantity, is_duration, is_time;
	struct buf text;		/* of the last value */
};

/* ---- preparing ----------------------------------------------------------------------------- */

static struct column *column__alloc(struct input *input, unsigned int index)
{
	struct column *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->input = input;
	c->event = input__event(input, index);
	c->field = NO_FIELD;
	c->value_opts.symbols = input__symbols(input);
	return c;
}

static bool is_integer(const struct schema *schema, const struct field *f)
{
	struct type_info info;

	type__info(schema->btf, f->type_id, &info);
	return info.cls == TYPE_INT && !info.is_bool;
}

static void use_field(struct column *c, unsigned int field)
{
	const struct field *f = &c->event->schema->fields[field];
	bool is_number = event_view__is_number(c->event->view, field);

	c->field = field;
	c->kind = is_number ? TYPED_SCALAR : TYPED_STRING;
	c->display = (enum typed_display)f->display;
	c->is_signed = is_number && f->is_signed;
	c->is_quantity = is_number && f->display == FIELD_BY_TYPE &&
			 is_integer(c->event->schema, f);
}

int column__new_field(struct input *input, unsigned int index, unsigned int field,
		      struct column **out)
{
	struct column *c = column__alloc(input, index);

	if (!c)
		return -ENOMEM;
	use_field(c, field);
	c->label = strdup(event_view__label(c->event->view, field));
	if (!c->label) {
		column__free(c);
		return -ENOMEM;
	}
	*out = c;
	return 0;
}

void column__free(struct column *c)
{
	if (!c)
		return;
	program__free(c->program);
	value__free(c->value);
	buf__exit(&c->text);
	free(c->label);
	free(c);
}

/* The expression as the user wrote it, for a heading: white space folded, safe for a terminal. */
static char *fold(const char *text)
{
	struct buf folded = BUF_INIT, safe = BUF_INIT;

	for (; *text; text++) {
		if (!isspace((unsigned char)*text))
			buf__addc(&folded, *text);
		else if (folded.len && text[1] && !isspace((unsigned char)text[1]))
			buf__addc(&folded, ' ');
	}
	text__adds(&safe, buf__str(&folded));
	safe.failed |= folded.failed;
	buf__exit(&folded);
	return buf__take(&safe);
}

/* Perf's name for its own keys, the view's for fields, else what the user wrote. */
static char *make_label(const struct column *c, const struct operand *operand, const char *text)
{
	char *label = fold(text);
	const char *known = NULL;

	if (!label)
		return NULL;
	if (c->field != NO_FIELD)
		known = event_view__label(c->event->view, c->field);
	else if (operand && operand->kind >= OPERAND_PID)
		operand__of_key(label, strlen(label), &known);
	if (!known)
		return label;
	free(label);
	return strdup(known);
}

/* How numbers and objects of the result's type are shown. */
static int prepare_value(struct column *c, const struct scope_result *result,
			 const struct btf *btf)
{
	struct type_info info;
	int err;

	type__info(btf, result->type.id, &info);
	if (result->kind == TYPED_STRING || result->display != DISPLAY_TYPE ||
	    (result->type.ptr_depth && result->kind == TYPED_SCALAR))
		return 0;
	err = value__new(btf, result->type.id, result->kind == TYPED_OBJECT ? result->size :
						info.size, &c->value);
	return err == -ENOMEM ? err : 0;
}

static int use_result(struct column *c, const struct operands *operands,
		      const struct scope_result *result, const struct btf *btf, struct span span,
		      struct diag *diag)
{
	const struct operand *operand;
	int err = program__new(operands, result, span, &c->program, diag);

	if (err)
		return err;
	c->kind = result->kind;
	c->display = result->display;
	c->is_signed = result->is_signed;
	c->is_quantity = result->is_quantity;
	operand = program__operand(c->program);
	if (operand && (operand->kind == OPERAND_NUMBER || operand->kind == OPERAND_STRING ||
			operand->kind == OPERAND_SHOWN || operand->kind == OPERAND_OBJECT) &&
	    event_view__is_word(c->event->view, operand->field))
		use_field(c, operand->field);
	c->is_duration = operand && operand->kind == OPERAND_DURATION;
	c->is_time = operand && operand->kind == OPERAND_TIME;
	c->label = make_label(c, operand, operands->blanked);
	if (!c->label)
		return -ENOMEM;
	return prepare_value(c, result, btf);
}

static int compile(struct column *c, struct operands *operands, struct diag *diag)
{
	struct scope scope = operands__scope(operands);
	struct scope_result result = { 0 };
	struct expr *expr;
	int err = expr__parse(operands->blanked, &expr, diag);

	if (err)
		return err;
	err = scope__check(&scope, expr, &result, diag);
	if (!err)
		err = use_result(c, operands, &result, scope.btf, expr->span, diag);
	scope_result__exit(&result);
	expr__free(expr);
	return err;
}

/* What was recorded and can't be written as an expression is found by its name. */
static bool use_named_field(struct column *c, const char *text)
{
	const struct schema *schema = c->event->schema;

	for (unsigned int i = 0; schema && i < schema->nr_fields; i++) {
		if (!event_view__is_word(c->event->view, i) ||
		    (strcmp(schema->fields[i].expr, text) &&
		     strcmp(schema->fields[i].name, text) &&
		     strcmp(event_view__label(c->event->view, i), text)))
			continue;
		use_field(c, i);
		c->label = strdup(event_view__label(c->event->view, i));
		return true;
	}
	return false;
}

int column__new(struct input *input, unsigned int index, const char *text, struct column **out,
		struct diag *diag)
{
	struct column *c = column__alloc(input, index);
	struct operands operands;
	int err;

	if (!c)
		return -ENOMEM;
	if (c->event->foreign < 0 && use_named_field(c, text)) {
		err = c->label ? 0 : -ENOMEM;
	} else {
		err = operands__init(&operands, input, index, text, diag);
		if (!err) {
			err = compile(c, &operands, diag);
			operands__exit(&operands);
		}
	}
	if (err)
		column__free(c);
	else
		*out = c;
	return err;
}

/* ---- what it is ---------------------------------------------------------------------------- */

const char *column__label(const struct column *c)
{
	return c->label;
}

bool column__is_number(const struct column *c)
{
	return c->kind == TYPED_SCALAR;
}

bool column__is_signed(const struct column *c)
{
	return c->is_signed;
}

bool column__is_quantity(const struct column *c)
{
	return c->is_quantity;
}

bool column__is_duration(const struct column *c)
{
	return c->is_duration;
}

bool column__is_right(const struct column *c)
{
	return c->kind == TYPED_SCALAR && c->display == DISPLAY_TYPE;
}

/* ---- values -------------------------------------------------------------------------------- */

static bool is_unreadable(enum item_status status)
{
	return status & ITEM_FAULT;
}

static void read_field(struct column *c, const struct perfdata_sample *s,
		       struct column_value *value)
{
	const struct event_view *view = c->event->view;

	value->status = event_view__status(view, c->field, s->raw);
	if (is_unreadable(value->status))
		return;
	if (c->kind == TYPED_SCALAR)
		value->number = event_view__number(view, c->field, s->raw);
	else
		event_view__field(view, c->field, s->raw, s->raw_size, &c->value_opts, &c->text);
}

static void add_object(struct column *c, const char *data, size_t len)
{
	if (c->display == DISPLAY_IP6 && len == 16)
		address__ip6(&c->text, (const uint8_t *)data);
	else if (c->display == DISPLAY_MAC && len == 6)
		address__mac(&c->text, (const uint8_t *)data);
	else if (c->value)
		value__line(c->value, data, &c->value_opts, &c->text);
	else
		buf__addf(&c->text, "(%zu bytes)", len);
}

static void read_program(struct column *c, const struct perfdata_sample *s,
			 struct column_value *value)
{
	const char *data;
	size_t len;

	if (c->kind == TYPED_SCALAR) {
		value->status = program__run(c->program, s, &value->number);
		return;
	}
	value->status = program__bytes(c->program, s, &data, &len);
	if (is_unreadable(value->status))
		return;
	if (c->kind == TYPED_STRING)
		text__add(&c->text, data, len, false);
	else
		add_object(c, data, len);
}

int column__read(struct column *c, const struct perfdata_sample *s, struct column_value *value)
{
	*value = (struct column_value){ .text = "" };
	if (c->event->view && !event_view__fits(c->event->view, s->raw_size)) {
		value->status = ITEM_FAULT;
		return 0;
	}
	buf__clear(&c->text);
	if (c->field != NO_FIELD)
		read_field(c, s, value);
	else
		read_program(c, s, value);
	if (is_unreadable(value->status))
		value->number = 0;
	value->text = buf__str(&c->text);
	value->len = c->text.len;
	return c->text.failed ? -ENOMEM : 0;
}

static int compare_texts(const struct column_value *a, const struct column_value *b)
{
	size_t len = a->len < b->len ? a->len : b->len;
	int diff = len ? memcmp(a->text, b->text, len) : 0;

	return diff ? diff : a->len < b->len ? -1 : a->len > b->len;
}

int column__compare(const struct column *c, const struct column_value *a,
		    const struct column_value *b)
{
	uint64_t left = a->number, right = b->number;

	if (is_unreadable(a->status) || is_unreadable(b->status))
		return !is_unreadable(a->status) ? -1 : !is_unreadable(b->status) ? 1 :
		       (int)a->status - (int)b->status;
	if (c->kind != TYPED_SCALAR)
		return compare_texts(a, b);
	if (c->display == DISPLAY_IP4) {
		left = be32toh(left);
		right = be32toh(right);
	}
	if (c->is_signed)
		return (int64_t)left < (int64_t)right ? -1 : (int64_t)left > (int64_t)right;
	return left < right ? -1 : left > right;
}

static void add_number(struct column *c, uint64_t number, struct buf *out)
{
	uint32_t ip4 = number;

	if (c->is_duration)
		unit__duration(out, number);
	else if (c->is_time)
		unit__timestamp(out, number, input__nanoseconds(c->input));
	else if (c->display == DISPLAY_IP4)
		address__ip4(out, (const uint8_t *)&ip4);
	else if (c->display == DISPLAY_SYMBOL && number && c->value_opts.symbols)
		symbols__add(c->value_opts.symbols, number, out);
	else if (c->value)
		value__number(c->value, number, &c->value_opts, out);
	else if (!c->is_quantity)
		buf__addx(out, number);
	else if (c->is_signed)
		buf__addd(out, number);
	else
		buf__addu(out, number);
}

void column__add(struct column *c, const struct column_value *value, struct buf *out)
{
	if (event_view__mark(value->status, out))
		return;
	if (c->kind != TYPED_SCALAR)
		buf__add(out, value->text, value->len);
	else if (c->field != NO_FIELD)
		event_view__scalar(c->event->view, c->field, value->number, value->status,
				   &c->value_opts, out);
	else
		add_number(c, value->number, out);
}

void column__json(struct column *c, const struct column_value *value, struct json *json)
{
	struct buf text = BUF_INIT;

	if (value->status & ITEM_FAULT) {
		json__null(json);
	} else if (column__is_quantity(c) && column__is_signed(c)) {
		json__s64(json, value->number);
	} else if (column__is_quantity(c)) {
		json__u64(json, value->number);
	} else {
		column__add(c, value, &text);
		json__string(json, buf__str(&text), text.len);
		json->out->failed |= text.failed;
		buf__exit(&text);
	}
}

/* ---- lists --------------------------------------------------------------------------------- */

size_t column__key_len(const char *text)
{
	char quote = '\0';
	int depth = 0;
	size_t len;

	for (len = 0; text[len]; len++) {
		char c = text[len];

		if (quote) {
			if (c == '\\' && text[len + 1])
				len++;
			else if (c == quote)
				quote = '\0';
		} else if (c == '"' || c == '\'') {
			quote = c;
		} else if (c == ',' && depth <= 0) {
			break;
		} else {
			depth += (c == '(' || c == '[') - (c == ')' || c == ']');
		}
	}
	return len;
}

static bool is_guess(const struct diag *diag)
{
	return diag->hint && !strncmp(diag->hint, "did you mean", 12);
}

/*
 * Keeps in @best the message that got furthest into the text, as it knows most of what was meant;
 * of two that got as far the one with a guess.
 */
static void keep_best(struct diag *best, struct diag *diag)
{
	struct diag old = *best;
	unsigned int pos = diag->has_span ? diag->span.pos : 0;

	if (diag__is_set(best) && (best->span.pos > pos || (best->span.pos == pos &&
							    (is_guess(best) || !is_guess(diag))))) {
		diag__exit(diag);
	} else {
		*best = *diag;
		diag__exit(&old);
	}
	*diag = (struct diag)DIAG_INIT;
}

/* "'EVENT' has no 'x'" of the last one that was asked is said of all. */
static void say_of_all(struct diag *diag)
{
	const char *rest = diag->msg ? strstr(diag->msg, "' has no ") : NULL;
	struct buf msg = BUF_INIT;

	if (!rest)
		return;
	buf__addf(&msg, "no event has %s", rest + strlen("' has no "));
	if (!msg.failed) {
		free(diag->msg);
		diag->msg = buf__take(&msg);
	}
	buf__exit(&msg);
}

/* Whether some event has @text. Returns 0, or -EINVAL with the best message in @best. */
static int check_key(struct input *input, const char *text, struct diag *best)
{
	unsigned int nr = input__nr_events(input);
	struct diag diag = DIAG_INIT;
	struct expr *expr;
	int err;

	for (unsigned int i = 0; i < nr; i++) {
		struct column *column;

		err = column__new(input, i, text, &column, &diag);
		if (!err)
			column__free(column);
		if (!err || err == -ENOMEM) {
			diag__exit(&diag);
			return err;
		}
		keep_best(best, &diag);
	}
	if (nr > 1)
		say_of_all(best);
	if (nr)
		return -EINVAL;
	err = expr__parse(text, &expr, best);	/* a pipe, whose events are still to come */
	if (!err)
		expr__free(expr);
	return err;
}

int column__check(struct input *input, const char *text, struct diag *diag)
{
	struct diag best = DIAG_INIT;
	int err = check_key(input, text, &best);

	if (err && diag && !diag__is_set(diag)) {
		best.text = diag->text;
		*diag = best;
	} else {
		diag__exit(&best);
	}
	return err;
}

int column__check_list(struct input *input, const char *text, struct diag *diag)
{
	const char *p = text;
	int err = 0;

	while (*p && !err) {
		size_t len = column__key_len(p);
		char *key = strndup(p, len);

		if (!key)
			return -ENOMEM;
		err = column__check(input, key, diag);
		free(key);
		if (err && diag && diag->has_span)
			diag->span.pos += p - text;
		p += len + (p[len] == ',');
	}
	return err;
}
