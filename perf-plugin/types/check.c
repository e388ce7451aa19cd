// SPDX-License-Identifier: GPL-2.0-only
/* Any expression: parameters, the return value, and reading what is at a place. */
#include <errno.h>
#include <stdlib.h>

#include "check.h"

int check__param(struct check *c, unsigned int index, struct span span, struct value *v)
{
	const struct kfunc *func = c->func;
	struct type_info info;
	struct abi_param place;

	*v = (struct value){ .type = { .id = func->params[index].type }, .is_bare_param = true };
	if (abi__param(func, index, &place))
		return check__type_error(c, span, "cannot tell where this parameter is passed: "
					 "type %s", v->type);
	type__info(func->btf, v->type.id, &info);
	v->expr = tree__new(c, TYPED_PARAM, NULL, NULL);
	v->expr->param = place;
	v->expr->index = index;
	if (info.cls == TYPE_STRUCT || info.cls == TYPE_UNION || place.nr_words > 1)
		v->form = FORM_BY_VALUE;
	else
		v->expr = tree__fit(c, v->expr, info.size, info.is_signed);
	return 0;
}

int check__return(struct check *c, struct span span, struct value *v)
{
	struct type_info info;

	if (c->scope)
		return diag__error_at(c->diag, -ENOENT, span, "'%s' has no return value recorded",
				      c->func->name);
	if (c->is_tracepoint) {
		diag__error_at(c->diag, -EINVAL, span, "a tracepoint has no return value");
		diag__hint(c->diag, "trace the function around it for that");
		return -EINVAL;
	}
	type__info(c->func->btf, c->func->ret_id, &info);
	if (info.cls == TYPE_VOID)
		return diag__error_at(c->diag, -EINVAL, span, "'%s' returns nothing",
				      c->func->name);
	*v = (struct value){ .type = { .id = c->func->ret_id }, .is_retval = true };
	if (!abi__returns_in_register(c->func))
		return check__type_error(c, span, "the return value cannot be read: %s is not "
					 "returned in one register", v->type);
	v->expr = tree__new(c, TYPED_RETVAL, NULL, NULL);
	v->expr->param = (struct abi_param){ .nr_words = 1, .size = info.size };
	v->expr->at_return = true;
	if (info.cls == TYPE_STRUCT || info.cls == TYPE_UNION)
		v->form = FORM_BY_VALUE;
	else
		v->expr = tree__fit(c, v->expr, info.size, info.is_signed);
	return 0;
}

/* A bitfield of a place: the bytes it is in, then its bits. */
static int load_bits(struct check *c, struct span span, struct value *v, bool is_signed)
{
	unsigned int bytes = (v->bit_off + v->bit_size + 7) / 8;

	if (bytes > WORD)
		return diag__error_at(c->diag, -EINVAL, span,
				      "a bitfield across more than 8 bytes");
	v->expr = tree__load(c, v->expr, bytes, false, v->at_return);
	v->expr = tree__bits(c, v->expr, v->bit_off, v->bit_size, is_signed);
	return 0;
}

/* A scalar part of an aggregate that is passed by value: bits of one of its words. */
static int by_value_bits(struct check *c, struct span span, struct value *v,
			 const struct type_info *info)
{
	unsigned int size = v->bit_size ? v->bit_size : info->size * 8;
	unsigned int word = v->bit_off / (8 * WORD), bit = v->bit_off % (8 * WORD);

	if (bit + size > 8 * WORD || word >= v->expr->param.nr_words)
		return diag__error_at(c->diag, -EINVAL, span, "a member across two registers");
	v->expr->imm = word;
	if (size < 8 * WORD)
		v->expr = tree__bits(c, v->expr, bit, size, info->is_signed);
	return 0;
}

/* What has no single value is refused. */
static int check_loadable(struct check *c, struct span span, const struct value *v,
			  const struct type_info *info)
{
	switch (v->form) {
	case FORM_STRING:
		diag__error_at(c->diag, -EINVAL, span, "this is a string, not a number");
		diag__hint(c->diag, "strings can be recorded, and compared: == != or ~ with a "
				    "\"literal\"");
		return -EINVAL;
	case FORM_BYTES:
		return diag__error_at(c->diag, -EINVAL, span,
				      "these are bytes that can only be recorded");
	case FORM_LITERAL:
		diag__error_at(c->diag, -EINVAL, span, "a string in quotes cannot stand here");
		diag__hint(c->diag, "it can be compared with a string: == != or ~");
		return -EINVAL;
	default:
		break;
	}
	if (info->cls == TYPE_STRUCT || info->cls == TYPE_UNION) {
		check__type_error(c, span, "this is all of a %s, not a number", v->type);
		diag__hint(c->diag, "name one of its members");
		return -EINVAL;
	}
	if (info->cls == TYPE_ARRAY && v->form == FORM_BY_VALUE) {
		check__type_error(c, span, "%s is in registers, it has no address", v->type);
		diag__hint(c->diag, "name one of its elements: [0]");
		return -EINVAL;
	}
	if (info->cls == TYPE_ARRAY)
		return 0;
	if (info->cls == TYPE_FLOAT)
		return check__type_error(c, span, "%s: there is no floating point in the kernel's "
					 "programs", v->type);
	if (info->size > WORD)
		return check__type_error(c, span, "%s is wider than 8 bytes", v->type);
	if (!info->size)
		return check__type_error(c, span, "%s has no size: there is nothing to read",
					 v->type);
	return 0;
}

int check__load(struct check *c, struct span span, struct value *v)
{
	struct type_info info;
	int err;

	ctype__info(c, v->type, &info);
	if (v->form == FORM_VALUE)
		return 0;
	err = check_loadable(c, span, v, &info);
	if (err)
		return err;
	if (v->form == FORM_BY_VALUE) {
		err = by_value_bits(c, span, v, &info);
	} else if (info.cls == TYPE_ARRAY) {	/* an array's value is its address */
		v->type = ctype__pointer_to(ctype__target(c, v->type));
	} else if (v->bit_size) {
		err = load_bits(c, span, v, info.is_signed);
	} else {
		v->expr = tree__load(c, v->expr, info.size, info.is_signed, v->at_return);
	}
	v->form = FORM_VALUE;
	v->is_bare_param = false;
	v->is_retval = false;
	return err;
}

int check__value(struct check *c, const struct expr *e, struct value *v)
{
	int err = check__parts(c, e, v);

	return err ? err : check__load(c, e->span, v);
}

static int check_by_type(struct check *c, const struct expr *e, struct value *v)
{
	struct buf signature = BUF_INIT;

	if (c->scope)
		return check__unknown_in_scope(c, e, "value of this type recorded");
	for (unsigned int i = 0; i < c->func->nr_params; i++)
		if (typed__is_type(c->func->btf, c->func->params[i].type, &e->type))
			return check__param(c, i, e->span, v);
	diag__error_at(c->diag, -ENOENT, e->span, "'%s' has no parameter of this type",
		       c->func->name);
	if (c->is_exact) {
		kfunc__signature(c->func, &signature);
		diag__hint(c->diag, "it is: %s", buf__str(&signature));
		buf__exit(&signature);
	}
	return -ENOENT;
}

static int check_at_return(struct check *c, const struct expr *e, struct value *v)
{
	bool before = c->at_return;
	int err;

	if (c->is_tracepoint) {
		diag__error_at(c->diag, -EINVAL, e->name_span, "a tracepoint has no return");
		diag__hint(c->diag, "leave out @return");
		return -EINVAL;
	}
	c->at_return = true;
	err = check__any(c, e->args[0], v);
	c->at_return = before;
	v->at_return = true;
	return err;
}

static int check_literal(const struct expr *e, struct value *v)
{
	*v = (struct value){ .form = FORM_LITERAL, .literal = e };
	return 0;
}

int check__any(struct check *c, const struct expr *e, struct value *v)
{
	int found = c->scope ? check__in_scope(c, e, v) : 0;

	if (found)
		return found < 0 ? found : 0;
	switch (e->kind) {
	case EXPR_NAME:
		return check__name(c, e, v);
	case EXPR_RETURN:
		return check__return(c, e->span, v);
	case EXPR_NUMBER:
		return check__number(c, e, v);
	case EXPR_STRING:
		return check_literal(e, v);
	case EXPR_MEMBER:
		return check__member(c, e, v);
	case EXPR_INDEX:
		return check__index(c, e, v);
	case EXPR_UNARY:
		return check__unary(c, e, v);
	case EXPR_BINARY:
		return check__binary(c, e, v);
	case EXPR_COND:
		return check__cond(c, e, v);
	case EXPR_CAST:
		return check__cast(c, e, v);
	case EXPR_SIZEOF:
		return check__sizeof(c, e, v);
	case EXPR_CALL:
		return check__call(c, e, v);
	case EXPR_CONTAINER_OF:
		return check__container_of(c, e, v);
	case EXPR_AT_RETURN:
		return check_at_return(c, e, v);
	case EXPR_BY_TYPE:
		return check_by_type(c, e, v);
	}
	return diag__error_at(c->diag, -EINVAL, e->span, "this cannot be recorded");
}

void check__exit(struct check *c)
{
	for (unsigned int i = 0; i < c->nr_nodes; i++) {
		free(c->nodes[i]->string);
		free(c->nodes[i]);
	}
	free(c->nodes);
	c->nodes = NULL;
	c->nr_nodes = c->cap_nodes = 0;
}
