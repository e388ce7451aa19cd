// SPDX-License-Identifier: GPL-2.0-only
#include "typed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "typed-name.h"
#include "typed-parts.h"

/* ---- items ---------------------------------------------------------------------------------- */

/* The operator at the top of an expression, below an @return; 0: none. */
static enum expr_op top_op(const struct expr *e)
{
	if (e->kind == EXPR_AT_RETURN)
		e = e->args[0];
	return e->kind == EXPR_BINARY || e->kind == EXPR_UNARY ? e->op : 0;
}

/* An item that says what has to be true: it has no name, and an operator that says so. */
static bool is_filter(const struct spec_item *item)
{
	enum expr_op op = top_op(item->expr);

	return !item->name &&
	       (is_comparison(op) || op == OP_LAND || op == OP_LOR || op == OP_NOT);
}

bool typed__has_condition(const struct spec *spec)
{
	for (unsigned int i = 0; i < spec->nr_items; i++)
		if (is_filter(&spec->items[i]))
			return true;
	return false;
}

static bool is_constant(const struct value *v)
{
	return v->form == FORM_LITERAL || (v->form == FORM_VALUE && tree__is_const(v->expr));
}

/* The side of a simple comparison that is not constant, when the other one is; NULL: none. */
static const struct expr *compared(struct check *c, const struct expr *e, struct value *v)
{
	struct value a, b;

	if (!is_comparison(top_op(e)))
		return NULL;
	if (e->kind == EXPR_AT_RETURN) {
		c->at_return = true;
		e = e->args[0];
	}
	if (check__any(c, e->args[0], &a) || check__any(c, e->args[1], &b) ||
	    is_constant(&a) == is_constant(&b))
		return NULL;
	*v = is_constant(&a) ? b : a;
	v->at_return |= c->at_return;
	return e->args[is_constant(&a)];
}

/* What a filter among the items looks at is recorded with them. */
static int add_compared(struct typed_spec *typed, const struct spec_item *from, struct diag *diag,
			bool *derived)
{
	struct typed_item *item = &typed->items[typed->nr_items];
	struct check c = check_of(typed, diag);
	struct buf path = BUF_INIT;
	const struct expr *e;
	char *text = NULL;
	struct value v;
	int err = 0;

	e = compared(&c, from->expr, &v);
	if (e)
		err = typed_item__set(&c, e->span, &v, item);
	if (err)
		typed_item__exit(item);
	if (e && !err) {
		item->pointee = 0;	/* it was not asked for */
		item->can_fail &= item->kind != TYPED_SCALAR || tree__can_fail(item->expr);
		derived[typed->nr_items++] = true;
		typed_name__add_path(e, &path);
		if (c.at_return)
			buf__adds(&path, "__return");
		text = typed_name__fold(typed->spec->text, e->span);
		err = text ? typed_item__name(item, text, buf__str(&path)) : -ENOMEM;
	}
	free(text);
	buf__exit(&path);
	check__exit(&c);
	return err;
}

static int add_spec_item(struct typed_spec *typed, const struct spec_item *from, struct diag *diag)
{
	struct typed_item *item = &typed->items[typed->nr_items];
	struct check c = check_of(typed, diag);
	struct buf path = BUF_INIT;
	struct value v;
	int err;

	err = check__any(&c, from->expr, &v);
	if (!err)
		err = typed_item__set(&c, from->expr->span, &v, item);
	if (!err)
		err = c.err;
	check__exit(&c);
	if (err) {
		typed_item__exit(item);
		return err;
	}
	typed->nr_items++;
	typed_name__add_path(from->expr, &path);
	err = typed_item__name(item, from->name ? from->name : from->text,
			from->name ? from->name : buf__str(&path));
	buf__exit(&path);
	return err;
}

static bool same_item(const struct typed_item *a, const struct typed_item *b)
{
	bool string = (a->kind == TYPED_STRING && b->kind == TYPED_OBJECT) ||
		      (a->kind == TYPED_OBJECT && b->kind == TYPED_STRING);

	return (a->kind == b->kind || string) && a->at_return == b->at_return &&
	       typed_expr__equal(a->expr, b->expr) && typed_expr__equal(a->length, b->length);
}

/* What is recorded because a filter looks at it need not be if it is asked for anyway. */
static void drop_derived(struct typed_spec *typed, bool *derived)
{
	unsigned int nr = 0, k;

	for (unsigned int i = 0; i < typed->nr_items; i++) {
		for (k = 0; k < typed->nr_items; k++)
			if (k != i && (k < i || !derived[k]) && typed->items[k].name &&
			    same_item(&typed->items[i], &typed->items[k]))
				break;
		if (derived[i] && k < typed->nr_items)
			typed_item__exit(&typed->items[i]);
	}
	for (unsigned int i = 0; i < typed->nr_items; i++) {
		struct typed_item item = typed->items[i];

		if (!item.name)
			continue;
		memset(&typed->items[i], 0, sizeof(item));
		typed->items[nr++] = item;
	}
	typed->nr_items = nr;
}

static int add_spec_items(struct typed_spec *typed, struct diag *diag)
{
	const struct spec *spec = typed->spec;
	bool *derived = calloc(spec->nr_items + 1, sizeof(*derived));
	int err = derived ? 0 : -ENOMEM;

	for (unsigned int i = 0; i < spec->nr_items && !err; i++) {
		const struct spec_item *item = &spec->items[i];

		if (!is_filter(item)) {
			err = add_spec_item(typed, item, diag);
			continue;
		}
		err = typed_filter__add(typed, spec->text, item->expr, diag);
		if (!err)
			err = add_compared(typed, item, diag, derived);
	}
	if (!err)
		drop_derived(typed, derived);
	free(derived);
	return err;
}

/* Notes what cannot be recorded: @param, or the return value where that is NULL. */
static int leave_out(struct typed_spec *typed, const char *param, const struct diag *why)
{
	const char *reason = why->msg ? why->msg : "cannot be recorded";
	struct buf text = BUF_INIT;
	char **left_out = realloc(typed->left_out, (typed->nr_left_out + 1) * sizeof(*left_out));

	if (!left_out)
		return -ENOMEM;
	typed->left_out = left_out;
	if (param)
		buf__addf(&text, "parameter '%s': %s", param, reason);
	else
		buf__adds(&text, reason);
	left_out[typed->nr_left_out] = buf__take(&text);
	return left_out[typed->nr_left_out++] ? 0 : -ENOMEM;
}

/* The parameter @index, or the return value for -1: neither was asked for by name. */
static int add_whole(struct typed_spec *typed, int index)
{
	struct typed_item *item = &typed->items[typed->nr_items];
	struct span span = typed->spec->pattern_span;
	struct diag diag = DIAG_INIT;
	struct check c = check_of(typed, &diag);
	struct value v;
	int err;

	err = index < 0 ? check__return(&c, span, &v) : check__param(&c, index, span, &v);
	if (!err)
		err = typed_item__set(&c, span, &v, item);
	if (!err)
		err = c.err;
	if (err)
		typed_item__exit(item);
	else
		typed->nr_items++;
	if (err && err != -ENOMEM)
		err = leave_out(typed, index < 0 ? NULL : kfunc__param_name(&typed->func, index),
				&diag) ?: 1;
	check__exit(&c);
	diag__exit(&diag);
	return err;
}

static int add_all_params(struct typed_spec *typed)
{
	for (unsigned int i = 0; i < typed->func.nr_params; i++) {
		const char *name = kfunc__param_name(&typed->func, i);
		char unnamed[16];
		int err = add_whole(typed, i);

		if (err < 0)
			return err;
		if (err)
			continue;
		snprintf(unnamed, sizeof(unnamed), "arg%u", i);
		if (!name[0])
			name = unnamed;
		if (typed_item__name(&typed->items[typed->nr_items - 1], name, name))
			return -ENOMEM;
	}
	return 0;
}

int typed_spec__add_retval(struct typed_spec *typed)
{
	int err;

	if (!typed->func.ret_id)
		return 0;
	err = add_whole(typed, -1);
	if (err)
		return err < 0 ? err : 0;
	return typed_item__name(&typed->items[typed->nr_items - 1], "return", "retval");
}

/* ---- the whole ------------------------------------------------------------------------------ */

int typed_spec__new(const struct spec *spec, const struct kfunc *func, struct typed_spec **out,
		    struct diag *diag)
{
	unsigned int nr = spec->has_items ? spec->nr_items : func->nr_params;
	struct typed_spec *typed = calloc(1, sizeof(*typed));
	int err = -ENOMEM;

	if (!typed)
		return -ENOMEM;
	typed->spec = spec;
	typed->func = *func;
	typed->items = calloc(nr + 1, sizeof(*typed->items));	/* and the return value's */
	if (typed->items)
		err = spec->has_items ? add_spec_items(typed, diag) : add_all_params(typed);
	if (!err)
		err = typed_filter__add_all(typed, diag);
	if (err) {
		typed_spec__free(typed);
		return err;
	}
	*out = typed;
	return 0;
}

void typed_spec__free(struct typed_spec *typed)
{
	if (!typed)
		return;
	for (unsigned int i = 0; i < typed->nr_items; i++)
		typed_item__exit(&typed->items[i]);
	typed_filter__exit(typed);
	for (unsigned int i = 0; i < typed->nr_left_out; i++)
		free(typed->left_out[i]);
	free(typed->left_out);
	free(typed->items);
	free(typed);
}

bool typed_spec__needs_return(const struct typed_spec *typed)
{
	for (unsigned int i = 0; i < typed->nr_items; i++)
		if (typed->items[i].at_return)
			return true;
	for (unsigned int i = 0; i < typed->nr_terms; i++)
		if (typed->terms[i].expr->at_return)
			return true;
	for (unsigned int i = 0; i < typed->nr_triggers && typed->spec->has_items; i++)
		if (typed->triggers[i].expr->at_return)
			return true;
	return false;
}
