// SPDX-License-Identifier: GPL-2.0-only
#include "scope.h"

#include <errno.h>
#include <string.h>

#include "check.h"

int check__in_scope(struct check *c, const struct expr *e, struct value *v)
{
	struct scope_value found;
	int ret = c->scope->find(c->scope->ctx, e, &found);

	if (ret <= 0 || (c->no_strings && found.form == SCOPE_STRING) ||
	    (c->no_values && found.form == SCOPE_NUMBER && e->kind != EXPR_NAME))
		return ret < 0 ? ret : 0;
	*v = (struct value){
		.form = found.form == SCOPE_NUMBER ? FORM_VALUE :
			found.form == SCOPE_OBJECT ? FORM_PLACE : FORM_STRING,
		.expr = tree__new(c, TYPED_PARAM, NULL, NULL),
		.type = found.type,
		.display = found.display,
	};
	v->expr->index = found.index;
	return 1;
}

/* Once more, with c->no_strings; *@v stays what it is if that does not help. */
static void find_memory(struct check *c, const struct expr *e, struct value *v)
{
	struct diag *diag = c->diag;
	struct value memory;

	c->no_strings = true;
	c->diag = NULL;
	if (!check__any(c, e, &memory))
		*v = memory;
	c->diag = diag;
	c->no_strings = false;
}

int check__parts(struct check *c, const struct expr *e, struct value *v)
{
	int err = check__any(c, e, v);

	if (!err && c->scope && v->form == FORM_STRING && !c->no_strings)
		find_memory(c, e, v);
	return err;
}

int check__memory(struct check *c, const struct expr *e, struct value *v)
{
	int err = check__any(c, e, v);

	if (!err && c->scope && v->form != FORM_PLACE && !c->no_strings) {
		c->no_values = true;
		find_memory(c, e, v);
		c->no_values = false;
	}
	return err;
}

int check__unknown_in_scope(struct check *c, const struct expr *e, const char *what)
{
	diag__error_at(c->diag, -ENOENT, e->span, "'%s' has no %s", c->scope->name, what);
	if (e->name && c->diag)
		c->scope->hint(c->scope->ctx, e->name, c->diag);
	return -ENOENT;
}

static bool is_aggregate(const struct type_info *info)
{
	return info->cls == TYPE_STRUCT || info->cls == TYPE_UNION || info->cls == TYPE_ARRAY ||
	       info->cls == TYPE_FLOAT || info->size > WORD;
}

static void give_scalar(struct value *v, const struct type_info *info, struct scope_result *result)
{
	result->kind = TYPED_SCALAR;
	result->is_signed = info->is_signed;
	result->is_bool = info->is_bool;
	result->is_quantity = info->cls == TYPE_INT && !info->is_bool &&
			      v->display == DISPLAY_TYPE;
}

static int give_place(struct check *c, struct span span, struct value *v,
		      struct scope_result *result)
{
	struct type_info info;
	int err;

	ctype__info(c, v->type, &info);
	if (v->form == FORM_PLACE && !v->bit_size && is_aggregate(&info)) {
		bool is_string = !v->type.ptr_depth &&
				 type__is_char_array(c->func->btf, v->type.id);

		if (!info.size)
			return check__type_error(c, span, "%s has no size: there is nothing to "
						 "show", v->type);
		result->kind = is_string ? TYPED_STRING : TYPED_OBJECT;
		result->size = info.size;
		return 0;
	}
	err = check__load(c, span, v);
	if (err)
		return err;
	ctype__info(c, v->type, &info);
	give_scalar(v, &info, result);
	return 0;
}

static int give_bytes(struct check *c, struct span span, const struct value *v,
		      struct scope_result *result)
{
	result->kind = TYPED_OBJECT;
	result->size = v->nr_bytes ? v->nr_bytes : v->max_size;
	if (!result->size)
		return diag__error_at(c->diag, -EINVAL, span,
				      "how many bytes has to be a constant here");
	return 0;
}

static int give(struct check *c, const struct expr *e, struct scope_result *result)
{
	struct value v;
	int err = check__any(c, e, &v);

	if (err)
		return err;
	if (v.form == FORM_STRING)
		result->kind = TYPED_STRING;
	else if (v.form == FORM_BYTES)
		err = give_bytes(c, e->span, &v, result);
	else
		err = give_place(c, e->span, &v, result);
	if (err || c->err)
		return err ? err : c->err;
	result->type = v.type;
	result->display = v.display;
	result->expr = v.expr ? tree__copy(v.expr) : NULL;
	return v.expr && !result->expr ? -ENOMEM : 0;
}

int scope__check(const struct scope *scope, const struct expr *e, struct scope_result *result,
		 struct diag *diag)
{
	const struct kfunc func = { .name = scope->name, .btf = scope->btf };
	struct check c = { .func = &func, .diag = diag, .is_exact = true, .scope = scope };
	int err;

	memset(result, 0, sizeof(*result));
	err = give(&c, e, result);
	check__exit(&c);
	return err;
}

void scope_result__exit(struct scope_result *result)
{
	tree__free(result->expr);
	result->expr = NULL;
}
