// SPDX-License-Identifier: GPL-2.0-only
/* What is true or not: comparisons, && || !, and ?: that chooses by it. */
#include <errno.h>

#include "check.h"

static void give_truth(struct check *c, struct typed_expr *expr, struct value *v)
{
	*v = (struct value){ .expr = expr, .type = ctype__base(c, BASE_INT) };
}

static struct typed_expr *compare(struct check *c, enum expr_op op, bool is_signed,
				  struct typed_expr *a, struct typed_expr *b)
{
	enum typed_alu less = is_signed ? ALU_SLT : ALU_ULT;
	enum typed_alu less_equal = is_signed ? ALU_SLE : ALU_ULE;

	switch (op) {
	case OP_EQ:	return tree__alu(c, ALU_EQ, a, b);
	case OP_NE:	return tree__alu(c, ALU_NE, a, b);
	case OP_LT:	return tree__alu(c, less, a, b);
	case OP_LE:	return tree__alu(c, less_equal, a, b);
	case OP_GT:	return tree__alu(c, less, b, a);
	default:	return tree__alu(c, less_equal, b, a);
	}
}

/* 0 as a pointer: an integer constant of that value, or (void *)0. */
static bool is_null(const struct check *c, const struct value *v)
{
	if (!tree__is_const(v->expr) || v->expr->imm)
		return false;
	return ctype__is_integer(c, v->type) ||
	       ctype__is_void(c, ctype__target(c, v->type));
}

static int misfit(struct check *c, struct span span, const char *what, const struct value *a,
		  const struct value *b)
{
	struct buf left = BUF_INIT, right = BUF_INIT;

	ctype__name(c, a->type, &left);
	ctype__name(c, b->type, &right);
	diag__error_at(c->diag, -EINVAL, span, "%s %s and %s", what, buf__str(&left),
		       buf__str(&right));
	buf__exit(&left);
	buf__exit(&right);
	return -EINVAL;
}

/* A pointer and an integer that is not 0. */
static int pointer_and_number(struct check *c, const struct expr *e, const struct value *a,
			      const struct value *b)
{
	bool left = ctype__is_pointer(c, a->type);
	const struct value *pointer = left ? a : b, *number = left ? b : a;

	misfit(c, e->name_span, "these do not compare:", a, b);
	if (pointer->is_retval && tree__is_const(number->expr))
		diag__hint(c->diag, "an error pointer is found by --errors, or by "
				    "(unsigned long)return >= -4095UL");
	else if (tree__is_const(number->expr))
		diag__hint(c->diag, "cast the pointer: (unsigned long)p");
	else
		diag__hint(c->diag, "cast one of them");
	return -EINVAL;
}

static int compare_pointers(struct check *c, const struct expr *e, const struct value *a,
			    const struct value *b, struct value *v)
{
	bool equality = e->op == OP_EQ || e->op == OP_NE;
	bool left = ctype__is_pointer(c, a->type), right = ctype__is_pointer(c, b->type);
	struct typed_type both;

	if ((!left || !right) && !(equality && is_null(c, left ? b : a)))
		return pointer_and_number(c, e, a, b);
	if (left && right && !is_null(c, a) && !is_null(c, b) &&
	    !ctype__compose(c, a->type, b->type, &both)) {
		misfit(c, e->name_span, "pointers to different types:", a, b);
		diag__hint(c->diag, "cast one of them: (void *)p");
		return -EINVAL;
	}
	give_truth(c, compare(c, e->op, false, a->expr, b->expr), v);
	return 0;
}

static int compare_numbers(struct check *c, const struct expr *e, const struct value *a,
			   const struct value *b, struct value *v)
{
	enum base_type base = ctype__common(ctype__promote(c, a), ctype__promote(c, b));
	bool is_signed = base__is_signed(base);
	unsigned int size = base__size(base);

	give_truth(c, compare(c, e->op, is_signed, tree__fit(c, a->expr, size, is_signed),
			      tree__fit(c, b->expr, size, is_signed)), v);
	return 0;
}

static bool is_struct(const struct check *c, const struct value *v)
{
	struct type_info info;

	ctype__info(c, v->type, &info);
	return v->form <= FORM_BY_VALUE && (info.cls == TYPE_STRUCT || info.cls == TYPE_UNION);
}

static int check_comparable(struct check *c, const struct expr *e, const struct value *v)
{
	if (!is_struct(c, v))
		return 0;
	check__type_error(c, e->span, "structs do not compare: this is %s", v->type);
	diag__hint(c->diag, "compare one of its members");
	return -EINVAL;
}

int check__compare(struct check *c, const struct expr *e, struct value *v)
{
	struct value a, b;
	int err = check__any(c, e->args[0], &a);

	if (!err)
		err = check__any(c, e->args[1], &b);
	if (err)
		return err;
	if (check__is_match(&a, &b))
		return check__match(c, e, &a, &b, v);
	err = check_comparable(c, e->args[0], &a);
	if (!err)
		err = check_comparable(c, e->args[1], &b);
	if (!err)
		err = check__load(c, e->args[0]->span, &a);
	if (!err)
		err = check__load(c, e->args[1]->span, &b);
	if (err)
		return err;
	if (ctype__is_pointer(c, a.type) || ctype__is_pointer(c, b.type))
		return compare_pointers(c, e, &a, &b, v);
	return compare_numbers(c, e, &a, &b, v);
}

/* ---- logic -------------------------------------------------------------------------------- */

int check__truth(struct check *c, const struct expr *e, struct value *v)
{
	int err = check__any(c, e, v);

	if (err)
		return err;
	if (v->form == FORM_STRING) {
		diag__error_at(c->diag, -EINVAL, e->span, "a string is neither true nor false");
		diag__hint(c->diag, "compare it: == \"...\"");
		return -EINVAL;
	}
	if (is_struct(c, v)) {
		check__type_error(c, e->span, "%s is neither true nor false", v->type);
		diag__hint(c->diag, "name one of its members");
		return -EINVAL;
	}
	return check__load(c, e->span, v);
}

/* Of two, the first may decide alone; what is constant needs no operation. */
static struct typed_expr *both_or_either(struct check *c, enum expr_op op, struct typed_expr *a,
					 struct typed_expr *b)
{
	bool is_and = op == OP_LAND;

	if (tree__is_const(a)) {
		if (!a->imm == is_and)
			return tree__const(c, !is_and);
		return tree__truth(c, b);
	}
	return tree__new(c, is_and ? TYPED_AND : TYPED_OR, a, b);
}

int check__logic(struct check *c, const struct expr *e, struct value *v)
{
	struct value a, b;
	int err = check__truth(c, e->args[0], &a);

	if (!err && e->op != OP_NOT)
		err = check__truth(c, e->args[1], &b);
	if (err)
		return err;
	if (e->op == OP_NOT)
		give_truth(c, tree__not(c, a.expr), v);
	else
		give_truth(c, both_or_either(c, e->op, a.expr, b.expr), v);
	return 0;
}

/* ---- ?: ----------------------------------------------------------------------------------- */

static struct typed_expr *choose(struct check *c, struct typed_expr *cond, struct typed_expr *a,
				 struct typed_expr *b)
{
	struct typed_expr *expr;

	if (tree__is_const(cond))
		return cond->imm ? a : b;
	expr = tree__new(c, TYPED_COND, cond, a);
	expr->args[2] = b;
	expr->at_return |= b->at_return;
	return expr;
}

/* Two objects of the same type: one of their addresses is chosen. */
static bool choose_object(struct check *c, struct typed_expr *cond, const struct value *a,
			  const struct value *b, struct value *v)
{
	if (a->form != FORM_PLACE || b->form != FORM_PLACE || !is_struct(c, a) ||
	    !ctype__same(c, a->type, b->type))
		return false;
	*v = (struct value){
		.form = FORM_PLACE, .expr = choose(c, cond, a->expr, b->expr), .type = a->type,
		.at_return = a->at_return || b->at_return,
	};
	return true;
}

static void choose_number(struct check *c, struct typed_expr *cond, const struct value *a,
			  const struct value *b, struct value *v)
{
	enum base_type base = ctype__common(ctype__promote(c, a), ctype__promote(c, b));
	bool is_signed = base__is_signed(base);
	unsigned int size = base__size(base);

	*v = (struct value){
		.expr = choose(c, cond, tree__fit(c, a->expr, size, is_signed),
			       tree__fit(c, b->expr, size, is_signed)),
		.type = ctype__base(c, base),
	};
}

static int choose_value(struct check *c, const struct expr *e, struct typed_expr *cond,
			const struct value *a, const struct value *b, struct value *v)
{
	bool left = ctype__is_pointer(c, a->type), right = ctype__is_pointer(c, b->type);
	struct typed_type type;

	if (!left && !right) {
		choose_number(c, cond, a, b, v);
		return 0;
	}
	if (is_null(c, b) && left) {
		type = a->type;
	} else if (is_null(c, a) && right) {
		type = b->type;
	} else if (!left || !right || !ctype__compose(c, a->type, b->type, &type)) {
		misfit(c, e->name_span, "one type is needed, these are", a, b);
		diag__hint(c->diag, "cast one of them");
		return -EINVAL;
	}
	*v = (struct value){
		.expr = choose(c, cond, a->expr, b->expr), .type = type,
		.at_return = a->at_return || b->at_return,
	};
	return 0;
}

int check__cond(struct check *c, const struct expr *e, struct value *v)
{
	struct value cond, a, b;
	int err = check__truth(c, e->args[0], &cond);

	if (!err)
		err = check__any(c, e->args[1], &a);
	if (!err)
		err = check__any(c, e->args[2], &b);
	if (err || choose_object(c, cond.expr, &a, &b, v))
		return err;
	err = check__load(c, e->args[1]->span, &a);
	if (!err)
		err = check__load(c, e->args[2]->span, &b);
	return err ? err : choose_value(c, e, cond.expr, &a, &b, v);
}
