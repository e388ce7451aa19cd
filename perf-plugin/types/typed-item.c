// SPDX-License-Identifier: GPL-2.0-only
/* What a value is recorded as. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "typed-parts.h"

#define MAX_BY_VALUE	(2 * WORD)	/* larger ones are passed in memory */

/* What a bare parameter points to, when that is captured with it: an object of known size. */
static uint32_t captured_pointee(const struct btf *btf, uint32_t pointer)
{
	struct type_info info, target;

	type__info(btf, pointer, &info);
	if (info.cls != TYPE_POINTER)
		return 0;
	type__info(btf, info.target, &target);
	if ((target.cls == TYPE_STRUCT || target.cls == TYPE_UNION) && target.size)
		return info.target;
	return 0;
}

static int finish_scalar(struct check *c, struct span span, struct value *v,
			 struct typed_item *item)
{
	bool bare = v->is_bare_param, retval = v->is_retval;
	struct type_info info;
	int err;

	ctype__info(c, v->type, &info);
	err = check__load(c, span, v);
	if (err)
		return err;
	item->kind = TYPED_SCALAR;
	item->display = v->display;
	item->is_signed = info.is_signed;
	item->is_return = retval;
	if (v->display == DISPLAY_TYPE && ctype__is_char_pointer(c, v->type))
		item->kind = TYPED_STRING;
	else if (bare)
		item->pointee = captured_pointee(c->func->btf, v->type.id);
	return 0;
}

static int finish_by_value(struct check *c, struct span span, const struct value *v,
			   const struct type_info *info, struct typed_item *item)
{
	if (v->bit_off || info->size > MAX_BY_VALUE)
		return check__type_error(c, span, "%s is passed by value: ask for its scalar "
					 "members", v->type);
	item->kind = TYPED_BY_VALUE;
	item->is_return = v->is_retval;
	return 0;
}

/* A number, pointer or object. */
static int finish_value(struct check *c, struct span span, struct value *v,
			struct typed_item *item)
{
	struct type_info info;
	bool aggregate;

	ctype__info(c, v->type, &info);
	aggregate = info.cls == TYPE_STRUCT || info.cls == TYPE_UNION || info.cls == TYPE_ARRAY ||
		    info.cls == TYPE_FLOAT || (info.size > WORD && !v->bit_size);
	if (!info.size || info.cls == TYPE_FUNC)
		return check__type_error(c, span, "%s has no size: there is nothing to record",
					 v->type);
	item->type = v->type;
	if (!aggregate)
		return finish_scalar(c, span, v, item);
	if (v->form == FORM_BY_VALUE)
		return finish_by_value(c, span, v, &info, item);
	item->kind = TYPED_OBJECT;
	return 0;
}

static int finish_form(struct check *c, struct span span, struct value *v,
		       struct typed_item *item)
{
	item->type = v->type;
	item->max_size = v->max_size;
	switch (v->form) {
	case FORM_STRING:
		item->kind = TYPED_STRING;
		return 0;
	case FORM_BYTES:
		item->kind = v->nr_bytes ? TYPED_OBJECT : TYPED_BUFFER;
		item->nr_bytes = v->nr_bytes;
		item->display = v->display;
		return 0;
	case FORM_LITERAL:
		diag__error_at(c->diag, -EINVAL, span, "there is nothing to record in a string in "
						       "quotes");
		diag__hint(c->diag, "it can be compared with: p == \"...\"");
		return -EINVAL;
	default:
		return finish_value(c, span, v, item);
	}
}

static struct typed_expr *take(struct check *c, const struct typed_expr *expr)
{
	struct typed_expr *copy = expr ? tree__copy(expr) : NULL;

	if (expr && !copy)
		c->err = -ENOMEM;
	return copy;
}

int typed_item__set(struct check *c, struct span span, struct value *v, struct typed_item *item)
{
	int err = finish_form(c, span, v, item);

	if (err)
		return err;
	item->expr = take(c, v->expr);
	item->length = take(c, v->length);
	item->at_return = v->at_return || (v->expr && v->expr->at_return) ||
			  (v->length && v->length->at_return);
	if (item->kind == TYPED_BY_VALUE)	/* words of a parameter stay as they were */
		item->at_return = v->expr->at_return;
	item->can_fail = tree__can_fail(v->expr) || tree__can_fail(v->length) ||
			 item->kind == TYPED_OBJECT || item->kind == TYPED_BUFFER ||
			 (item->kind == TYPED_STRING && v->expr) || item->pointee;
	return c->err;
}

void typed_item__exit(struct typed_item *item)
{
	free(item->name);
	free(item->path);
	tree__free(item->expr);
	tree__free(item->length);
	memset(item, 0, sizeof(*item));
}

int typed_item__name(struct typed_item *item, const char *name, const char *path)
{
	item->name = strdup(name);
	item->path = strdup(path);
	return item->name && item->path ? 0 : -ENOMEM;
}
