// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../types/type.h"
#include "../util/suggest.h"
#include "operand.h"

_Static_assert((int)DISPLAY_SYMBOL == FIELD_SYMBOL, "fields are shown as items are");

#define MAX_NEAR	3
#define MAX_LINE	60

static const struct key {
	const char *name;
	enum operand_kind kind;
	const char *label;
} keys[] = {
	{ "comm", OPERAND_COMM, "Command" },
	{ "pid", OPERAND_PID, "PID" },
	{ "tid", OPERAND_TID, "TID" },
	{ "cpu", OPERAND_CPU, "CPU" },
	{ "sym", OPERAND_FUNC, "Function" },
	{ "symbol", OPERAND_FUNC, "Function" },
	{ "func", OPERAND_FUNC, "Function" },
	{ "function", OPERAND_FUNC, "Function" },
	{ "dso", OPERAND_DSO, "Shared Object" },
	{ "time", OPERAND_TIME, "Time" },
	{ "event", OPERAND_EVENT, "Event" },
	{ "trace", OPERAND_TRACE, "Trace output" },
	{ "period", OPERAND_PERIOD, "Period" },
	{ "duration", OPERAND_DURATION, "duration" },
	{ "dur", OPERAND_DURATION, "duration" },
};

#define NR_KEYS	(sizeof(keys) / sizeof(*keys))

int operand__of_key(const char *name, size_t len, const char **label)
{
	for (unsigned int i = 0; i < NR_KEYS; i++) {
		if (strlen(keys[i].name) != len || strncmp(keys[i].name, name, len))
			continue;
		if (label)
			*label = keys[i].label;
		return keys[i].kind;
	}
	return -1;
}

bool operand__is_text(enum operand_kind kind)
{
	return kind == OPERAND_STRING || kind == OPERAND_SHOWN || kind >= OPERAND_COMM;
}

/* ---- EVENT.name ---------------------------------------------------------------------------- */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The end of the string or character constant that starts at @p. */
static size_t quoted_len(const char *p)
{
	size_t i;

	for (i = 1; p[i] && p[i] != *p; i++)
		i += p[i] == '\\' && p[i + 1];
	return p[i] ? i + 1 : i;
}

/* The length of "NAME." at @p, 0: it isn't there. */
static size_t prefix_len(const char *p, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(p, name, len) && p[len] == '.' && (is_word(p[len + 1])) ? len + 1 : 0;
}

static const char *without_system(const char *name)
{
	const char *colon = strchr(name, ':');

	return colon ? colon + 1 : name;
}

/* A field, or the struct at the start of one, that is called as its event is. */
static bool has_field(const struct operands *o, const char *name)
{
	const struct schema *schema = o->event->schema;
	size_t len = strlen(name);

	for (unsigned int i = 0; schema && i < schema->nr_fields; i++)
		if (!strcmp(schema->fields[i].name, name) ||
		    (!strncmp(schema->fields[i].expr, name, len) &&
		     !is_word(schema->fields[i].expr[len])))
			return true;
	return false;
}

/* The length of what names an event at @p; 0: nothing does. *@other: one that is not ours. */
static size_t event_prefix(const struct operands *o, const char *p, const char **other)
{
	const char *name = without_system(o->event->name);
	size_t len = prefix_len(p, o->event->name);

	if (!len && *name && !has_field(o, name))
		len = prefix_len(p, name);
	for (unsigned int i = 0; !len && i < input__nr_events(o->input); i++) {
		*other = input__event(o->input, i)->name;
		len = strchr(*other, ':') ? prefix_len(p, *other) : 0;
		if (len)
			return len;
	}
	*other = NULL;
	return len;
}

static int blank_prefixes(struct operands *o, struct diag *diag)
{
	const char *other;
	size_t i = 0, len;

	while (o->text[i]) {
		if (o->text[i] == '"' || o->text[i] == '\'') {
			i += quoted_len(o->text + i);
			continue;
		}
		if (!is_word(o->text[i])) {
			i++;
			continue;
		}
		len = event_prefix(o, o->text + i, &other);
		if (other)
			return diag__error_at(diag, -ENOENT,
					      (struct span){ .pos = i, .len = len - 1 },
					      "'%s' is another event than '%s'", other,
					      o->event->name);
		memset(o->blanked + i, ' ', len);
		i += len;
		while (is_word(o->text[i]))
			i++;
	}
	return 0;
}

/* Was the name at @pos written as EVENT.name? */
static bool has_prefix(const struct operands *o, unsigned int pos)
{
	return pos && o->text[pos - 1] == '.' && o->blanked[pos - 1] == ' ';
}

int operands__init(struct operands *o, struct input *input, unsigned int index, const char *text,
		   struct diag *diag)
{
	const struct schema *schema;
	int err;

	*o = (struct operands){
		.input = input, .event = input__event(input, index), .text = text,
		.blanked = strdup(text),
	};
	schema = o->event->schema;
	o->exprs = calloc(schema ? schema->nr_fields + 1 : 1, sizeof(*o->exprs));
	if (!o->blanked || !o->exprs) {
		operands__exit(o);
		return -ENOMEM;
	}
	err = blank_prefixes(o, diag);
	/* What isn't an expression (a comm that a file says was one) can be named only. */
	for (unsigned int i = 0; !err && schema && i < schema->nr_fields; i++)
		if (expr__parse(schema->fields[i].expr, &o->exprs[i], NULL))
			o->exprs[i] = NULL;
	if (err)
		operands__exit(o);
	return err;
}

void operands__exit(struct operands *o)
{
	const struct schema *schema = o->event->schema;

	for (unsigned int i = 0; o->exprs && schema && i < schema->nr_fields; i++)
		expr__free(o->exprs[i]);
	free(o->exprs);
	free(o->blanked);
	o->exprs = NULL;
	o->blanked = NULL;
}

/* ---- recorded fields ----------------------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* The same tree, wherever it was written. Both are at most EXPR_MAX_DEPTH high. */
static bool same_expr(const struct expr *a, const struct expr *b)
{
	if (a->kind != b->kind || a->op != b->op || !same_text(a->name, b->name) ||
	    a->str_len != b->str_len || a->number != b->number ||
	    a->is_unsigned != b->is_unsigned || a->rank != b->rank || a->arrow != b->arrow ||
	    a->type.tag != b->type.tag || !same_text(a->type.name, b->type.name) ||
	    a->type.ptr_depth != b->type.ptr_depth || a->nr_args != b->nr_args)
		return false;
	for (unsigned int i = 0; i < a->nr_args; i++)
		if (!same_expr(a->args[i], b->args[i]))
			return false;
	return true;
}

static int object_of(const struct schema *schema, unsigned int field)
{
	for (unsigned int i = 0; i < schema->nr_fields; i++)
		if (schema->fields[i].pointer == (int)field)
			return i;
	return -1;
}

static int add_operand(struct operands *o, enum operand_kind kind, int field,
		       struct scope_value *value)
{
	if (o->nr == OPERANDS_MAX)
		return -E2BIG;
	o->list[o->nr] = (struct operand){ .kind = kind, .field = field, .object = -1 };
	*value = (struct scope_value){
		.form = operand__is_text(kind) ? SCOPE_STRING : SCOPE_NUMBER, .index = o->nr++,
	};
	return 1;
}

static uint32_t base_type(const struct operands *o, const char *name)
{
	return type__find(o->event->schema ? o->event->schema->btf : input__plain_btf(o->input),
			  name, BTF_KIND_INT);
}

static int find_field(struct operands *o, unsigned int index, struct scope_value *value)
{
	const struct field *f = &o->event->schema->fields[index];
	enum operand_kind kind = OPERAND_NUMBER;
	int ret;

	if (f->kind == FIELD_STRING)
		kind = OPERAND_STRING;
	else if (f->kind == FIELD_BUFFER || f->display == FIELD_IP6 || f->display == FIELD_MAC)
		kind = OPERAND_SHOWN;
	else if (f->kind == FIELD_BYTES && f->display != FIELD_IP4)
		kind = OPERAND_OBJECT;
	ret = add_operand(o, kind, index, value);
	if (ret < 0 || value->form == SCOPE_STRING)
		return ret;
	if (kind == OPERAND_OBJECT)
		value->form = SCOPE_OBJECT;
	else
		o->list[value->index].object = object_of(o->event->schema, index);
	value->type.id = f->kind == FIELD_BYTES && f->display == FIELD_IP4 ?
			 base_type(o, "unsigned int") : f->type_id;
	value->display = (enum typed_display)f->display;
	return ret;
}

/* The field that @e is, by what was recorded or by its name; -1: none. */
static int match_field(const struct operands *o, const struct expr *e)
{
	const struct schema *schema = o->event->schema;

	for (unsigned int i = 0; schema && i < schema->nr_fields; i++) {
		const struct field *f = &schema->fields[i];

		if (e->kind == EXPR_NAME && !strcmp(e->name, f->name))
			return i;
		if (e->kind == EXPR_RETURN && f->is_return)
			return i;
		if (o->exprs[i] && same_expr(e, o->exprs[i]))
			return i;
	}
	return -1;
}

/* ---- keys ---------------------------------------------------------------------------------- */

static const char *key_type(enum operand_kind kind)
{
	return kind == OPERAND_PID || kind == OPERAND_TID || kind == OPERAND_CPU ?
	       "int" : "long unsigned int";
}

static bool has_key(const struct operands *o, enum operand_kind kind)
{
	const struct schema *schema = o->event->schema;

	if (kind == OPERAND_DURATION)
		return schema && schema->duration_offset;
	if (kind == OPERAND_TRACE)
		return schema || o->event->foreign >= 0;
	return true;
}

/* A key, by its name, or as the built-in that a filter has for it: comm(), pid() */
static int find_key(struct operands *o, const struct expr *e, struct scope_value *value)
{
	int kind, ret;

	if ((e->kind != EXPR_NAME && e->kind != EXPR_CALL) || e->nr_args)
		return 0;
	kind = operand__of_key(e->name, strlen(e->name), NULL);
	if (kind < 0 || !has_key(o, kind))
		return 0;
	ret = add_operand(o, kind, 0, value);
	if (ret > 0 && value->form == SCOPE_NUMBER)
		value->type.id = base_type(o, key_type(kind));
	return ret;
}

/* ---- the scope ----------------------------------------------------------------------------- */

static int find(void *ctx, const struct expr *e, struct scope_value *value)
{
	struct operands *o = ctx;
	bool keys_first = o->event->foreign >= 0 && !has_prefix(o, e->span.pos);
	int ret = keys_first ? find_key(o, e, value) : 0;
	int field = ret ? -1 : match_field(o, e);

	if (field >= 0)
		return find_field(o, field, value);
	return ret || keys_first ? ret : find_key(o, e, value);
}

/* What a place or pointer is an offset from. */
static const struct typed_expr *root_of(const struct typed_expr *e)
{
	while (e->op == TYPED_ADD || e->op == TYPED_INDEX)
		e = e->args[0];
	return e;
}

/* A type may be declared only where a pointer needs no more of it. */
static bool same_type(const struct btf *btf, uint32_t a, uint32_t b)
{
	const struct btf_type *ta = btf__type_by_id(btf, a), *tb = btf__type_by_id(btf, b);
	const char *name;

	if (a == b || !ta || !tb)
		return a == b;
	if (!btf_is_fwd(ta) || !btf_is_composite(tb))
		return false;
	name = btf__str_by_offset(btf, ta->name_off);
	return name && *name && !strcmp(name, btf__str_by_offset(btf, tb->name_off));
}

/* The object behind what @pointer is an offset from; -1: not known before it is read. */
static int object_behind(const struct operands *o, const struct typed_expr *pointer)
{
	const struct typed_expr *root = root_of(pointer);

	if (root->op != TYPED_PARAM)
		return -1;
	return o->list[root->index].kind == OPERAND_OBJECT ? (int)o->list[root->index].field :
							     o->list[root->index].object;
}

static bool leads_to(void *ctx, const struct typed_expr *pointer, uint32_t *type_id)
{
	const struct operands *o = ctx;
	const struct schema *schema = o->event->schema;
	int object;
	uint32_t id;

	if (!schema)
		return false;
	object = object_behind(o, pointer);
	id = *type_id ? type__strip(schema->btf, *type_id) : 0;
	for (unsigned int i = 0; id && i < schema->nr_fields; i++) {
		uint32_t type = type__strip(schema->btf, schema->fields[i].type_id);

		if (schema->fields[i].kind != FIELD_BYTES || !same_type(schema->btf, id, type))
			continue;
		*type_id = type;
		return true;
	}
	return object >= 0;
}

static int shown(void *ctx, unsigned int index)
{
	struct operands *o = ctx;
	struct scope_value value;
	struct type_info info;
	unsigned int field = o->list[index].field;

	if (o->list[index].kind != OPERAND_NUMBER)
		return -ENOENT;
	type__info(o->event->schema->btf, o->event->schema->fields[field].type_id, &info);
	if (o->event->schema->fields[field].display == FIELD_BY_TYPE && info.cls != TYPE_ENUM)
		return -ENOENT;
	return add_operand(o, OPERAND_SHOWN, field, &value) < 0 ? -ENOENT : (int)value.index;
}

/* All names, as far as that is a line. */
static void hint_all(const struct operands *o, struct diag *diag)
{
	const struct schema *schema = o->event->schema;
	struct buf names = BUF_INIT;

	for (unsigned int i = 0; schema && i < schema->nr_fields; i++) {
		if (schema->fields[i].pointer >= 0)
			continue;
		if (names.len > MAX_LINE) {
			buf__adds(&names, ", ...");
			break;
		}
		buf__addf(&names, "%s%s", names.len ? ", " : "", schema->fields[i].expr);
	}
	if (names.len)
		diag__hint(diag, "it has %s", buf__str(&names));
	diag__hint(diag, "keys are comm, pid, tid, cpu, sym, dso, time, event, trace%s",
		   has_key(o, OPERAND_DURATION) ? ", duration" : "");
	buf__exit(&names);
}

/* A field's name is but another way to write what it is. */
static const char *written_as(const struct schema *schema, const char *name)
{
	for (unsigned int i = 0; schema && i < schema->nr_fields; i++)
		if (name == schema->fields[i].name)
			return schema->fields[i].expr;
	return name;
}

static void hint(void *ctx, const char *name, struct diag *diag)
{
	const struct operands *o = ctx;
	const struct schema *schema = o->event->schema;
	const char *near[MAX_NEAR];
	struct suggest suggest;

	suggest__init(&suggest, name);
	for (unsigned int i = 0; schema && i < schema->nr_fields; i++)
		suggest__offer(&suggest, schema->fields[i].expr);
	for (unsigned int i = 0; i < NR_KEYS; i++)
		if (has_key(o, keys[i].kind))
			suggest__offer(&suggest, keys[i].name);
	for (unsigned int i = 0; schema && i < schema->nr_fields; i++)
		suggest__offer(&suggest, schema->fields[i].name);
	if (suggest__best(&suggest, near, MAX_NEAR))
		diag__hint(diag, "did you mean '%s'?", written_as(schema, near[0]));
	else
		hint_all(o, diag);
}

struct scope operands__scope(struct operands *o)
{
	const struct schema *schema = o->event->schema;

	return (struct scope){
		.btf = schema ? schema->btf : input__plain_btf(o->input), .name = o->event->name,
		.ctx = o, .find = find, .leads_to = leads_to, .shown = shown,
		.hint = hint,
	};
}
