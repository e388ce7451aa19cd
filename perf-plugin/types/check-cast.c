// SPDX-License-Identifier: GPL-2.0-only
/* Casts. */
#include <errno.h>

#include "check.h"

static int check_castable(struct check *c, const struct expr *e, struct typed_type to)
{
	struct type_info info;

	ctype__info(c, to, &info);
	switch (info.cls) {
	case TYPE_INT: case TYPE_ENUM: case TYPE_POINTER:
		if (info.size <= WORD)
			return 0;
		return check__type_error(c, e->type.span, "%s is wider than 8 bytes", to);
	case TYPE_STRUCT: case TYPE_UNION: case TYPE_ARRAY:
		check__type_error(c, e->type.span, "nothing can be cast to all of a %s", to);
		diag__hint(c->diag, "cast the address, then follow it: *(%s%s *)p",
			   info.cls == TYPE_STRUCT && e->type.tag == TYPE_NAME_STRUCT ? "struct " :
			   e->type.tag == TYPE_NAME_UNION ? "union " : "", e->type.name);
		return -EINVAL;
	case TYPE_FLOAT:
		return check__type_error(c, e->type.span, "%s: there is no floating point in the "
					 "kernel's programs", to);
	default:
		return check__type_error(c, e->type.span, "there are no values of type %s", to);
	}
}

static int check_operand(struct check *c, const struct expr *e, struct value *v)
{
	struct type_info info;
	int err = check__any(c, e, v);

	if (err)
		return err;
	ctype__info(c, v->type, &info);
	if (v->form <= FORM_BY_VALUE && (info.cls == TYPE_STRUCT || info.cls == TYPE_UNION)) {
		check__type_error(c, e->span, "%s is no number or pointer, it cannot be cast",
				  v->type);
		diag__hint(c->diag, v->form == FORM_PLACE ? "cast its address: (T *)&x" :
							    "name one of its members");
		return -EINVAL;
	}
	return check__load(c, e->span, v);
}

int check__cast(struct check *c, const struct expr *e, struct value *v)
{
	struct typed_type to;
	struct type_info info, old;
	struct value from;
	int err = ctype__resolve(c, &e->type, &to);

	if (!err)
		err = check_castable(c, e, to);
	if (!err)
		err = check_operand(c, e->args[0], &from);
	if (err)
		return err;
	ctype__info(c, to, &info);
	ctype__info(c, from.type, &old);
	*v = (struct value){ .type = to, .at_return = from.at_return };
	if (info.is_bool && old.is_bool)
		v->expr = from.expr;
	else if (info.is_bool)
		v->expr = tree__truth(c, from.expr);
	else
		v->expr = tree__fit(c, from.expr, info.size, info.is_signed);
	return 0;
}
