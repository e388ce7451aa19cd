// SPDX-License-Identifier: GPL-2.0-only
/* Operators on integers, and + and - on pointers, as C has them. */
#include <errno.h>

#include "check.h"

/* An operand that is an integer. */
static int check_integer(struct check *c, const struct expr *of, const struct expr *e,
			 struct value *v)
{
	int err = check__value(c, e, v);
	struct buf text = BUF_INIT;

	if (err || ctype__is_integer(c, v->type))
		return err;
	ctype__name(c, v->type, &text);
	diag__error_at(c->diag, -EINVAL, e->span, "'%s' takes integers, this is %s",
		       expr_op__text(of->op), buf__str(&text));
	buf__exit(&text);
	if (ctype__is_pointer(c, v->type))
		diag__hint(c->diag, "of an address: (unsigned long)p");
	return -EINVAL;
}

static void give(struct check *c, struct typed_expr *expr, enum base_type base, struct value *v)
{
	*v = (struct value){
		.expr = tree__fit(c, expr, base__size(base), base__is_signed(base)),
		.type = ctype__base(c, base),
	};
}

static struct typed_expr *convert(struct check *c, const struct value *v, enum base_type base)
{
	return tree__fit(c, v->expr, base__size(base), base__is_signed(base));
}

static int check_shift(struct check *c, const struct expr *e, struct value *a, struct value *b,
		       struct value *v)
{
	enum base_type base = ctype__promote(c, a);
	unsigned int bits = 8 * base__size(base);
	enum typed_alu alu = e->op == OP_SHL ? ALU_SHL : base__is_signed(base) ? ALU_SAR : ALU_SHR;
	struct buf text = BUF_INIT;

	if (tree__is_const(b->expr) && (b->expr->imm < 0 || b->expr->imm >= bits)) {
		ctype__name(c, ctype__base(c, base), &text);
		diag__error_at(c->diag, -EINVAL, e->args[1]->span,
			       "%s has %u bits: it cannot be shifted by %lld", buf__str(&text),
			       bits, (long long)b->expr->imm);
		buf__exit(&text);
		if (bits == 32 && b->expr->imm >= 0 && b->expr->imm < 64)
			diag__hint(c->diag, "cast what is shifted: (u64)");
		return -EINVAL;
	}
	give(c, tree__alu(c, alu, convert(c, a, base), b->expr), base, v);
	return 0;
}

static int check_division(struct check *c, const struct expr *e, const struct value *b)
{
	if (!tree__is_const(b->expr) || b->expr->imm)
		return 0;
	return diag__error_at(c->diag, -EINVAL, e->args[1]->span, "division by zero");
}

static enum typed_alu alu_of(enum expr_op op, bool is_signed)
{
	switch (op) {
	case OP_ADD:	return ALU_ADD;
	case OP_SUB:	return ALU_SUB;
	case OP_MUL:	return ALU_MUL;
	case OP_DIV:	return is_signed ? ALU_SDIV : ALU_UDIV;
	case OP_MOD:	return is_signed ? ALU_SMOD : ALU_UMOD;
	case OP_AND:	return ALU_AND;
	case OP_OR:	return ALU_OR;
	default:	return ALU_XOR;
	}
}

static int check_arithmetic(struct check *c, const struct expr *e, const struct value *a,
			    const struct value *b, struct value *v)
{
	enum base_type base = ctype__common(ctype__promote(c, a), ctype__promote(c, b));
	struct value right = *b;

	right.expr = convert(c, b, base);
	if ((e->op == OP_DIV || e->op == OP_MOD) && check_division(c, e, &right))
		return -EINVAL;
	give(c, tree__alu(c, alu_of(e->op, base__is_signed(base)), convert(c, a, base), right.expr),
	     base, v);
	return 0;
}

/* ---- pointers ----------------------------------------------------------------------------- */

/* Bytes by which a pointer moves; 0 with a message where that is not known. */
static uint32_t step_of(struct check *c, struct span span, struct typed_type pointer)
{
	struct typed_type target = ctype__target(c, pointer);
	struct type_info info;

	ctype__info(c, target, &info);
	if (info.cls == TYPE_VOID || info.cls == TYPE_FUNC)
		return 1;	/* as gcc does */
	if (!info.size) {
		check__type_error(c, span, "the size of what %s points to is not known", pointer);
		diag__hint(c->diag, "cast it: (char *)p counts in bytes");
	}
	return info.size;
}

static int move_pointer(struct check *c, const struct expr *e, const struct expr *pointer,
			const struct value *p, const struct value *n, struct value *v)
{
	int64_t step = step_of(c, pointer->span, p->type);

	if (!step)
		return -EINVAL;
	*v = (struct value){
		.expr = tree__index(c, p->expr, n->expr, e->op == OP_SUB ? -step : step),
		.type = p->type, .at_return = p->at_return,
	};
	return 0;
}

/* Two pointers, or types that don't go together, for an operator that needs one of each. */
static int misfit(struct check *c, const struct expr *e, const struct value *a,
		  const struct value *b, const char *hint)
{
	struct buf left = BUF_INIT, right = BUF_INIT;

	ctype__name(c, a->type, &left);
	ctype__name(c, b->type, &right);
	diag__error_at(c->diag, -EINVAL, e->name_span, "'%s' does not go with %s and %s",
		       expr_op__text(e->op), buf__str(&left), buf__str(&right));
	if (hint)
		diag__hint(c->diag, "%s", hint);
	buf__exit(&left);
	buf__exit(&right);
	return -EINVAL;
}

static int pointer_difference(struct check *c, const struct expr *e, const struct value *a,
			      const struct value *b, struct value *v)
{
	struct typed_expr *bytes;
	uint32_t step;

	if (!ctype__same(c, a->type, b->type))
		return misfit(c, e, a, b, "in bytes: (char *)p - (char *)q");
	step = step_of(c, e->args[0]->span, a->type);
	if (!step)
		return -EINVAL;
	bytes = tree__alu(c, ALU_SUB, a->expr, b->expr);
	if (step > 1)
		bytes = tree__alu(c, ALU_SDIV, bytes, tree__const(c, step));
	give(c, bytes, BASE_LONG, v);
	return 0;
}

/* + and -, of which one operand at least is a pointer. */
static int pointer_arithmetic(struct check *c, const struct expr *e, const struct value *a,
			      const struct value *b, struct value *v)
{
	bool left = ctype__is_pointer(c, a->type), right = ctype__is_pointer(c, b->type);

	if (left && right && e->op == OP_SUB)
		return pointer_difference(c, e, a, b, v);
	if (left && ctype__is_integer(c, b->type))
		return move_pointer(c, e, e->args[0], a, b, v);
	if (right && e->op == OP_ADD && ctype__is_integer(c, a->type))
		return move_pointer(c, e, e->args[1], b, a, v);
	return misfit(c, e, a, b, "for addresses as numbers: (unsigned long)p");
}

/* ---- which operator ----------------------------------------------------------------------- */

static int check_sum(struct check *c, const struct expr *e, struct value *v)
{
	struct value a, b;
	int err = check__value(c, e->args[0], &a);

	if (!err)
		err = check__value(c, e->args[1], &b);
	if (err)
		return err;
	if (ctype__is_pointer(c, a.type) || ctype__is_pointer(c, b.type))
		return pointer_arithmetic(c, e, &a, &b, v);
	return check_arithmetic(c, e, &a, &b, v);
}

int check__binary(struct check *c, const struct expr *e, struct value *v)
{
	struct value a, b;
	int err;

	switch (e->op) {
	case OP_ADD: case OP_SUB:
		return check_sum(c, e, v);
	case OP_LAND: case OP_LOR:
		return check__logic(c, e, v);
	case OP_LT: case OP_LE: case OP_GT: case OP_GE: case OP_EQ: case OP_NE: case OP_MATCH:
		return check__compare(c, e, v);
	default:
		break;
	}
	err = check_integer(c, e, e->args[0], &a);
	if (!err)
		err = check_integer(c, e, e->args[1], &b);
	if (err)
		return err;
	if (e->op == OP_SHL || e->op == OP_SHR)
		return check_shift(c, e, &a, &b, v);
	return check_arithmetic(c, e, &a, &b, v);
}

int check__unary(struct check *c, const struct expr *e, struct value *v)
{
	enum base_type base;
	struct typed_expr *expr;
	struct value a;
	int err;

	switch (e->op) {
	case OP_DEREF:
		return check__deref(c, e, v);
	case OP_ADDR:
		return check__address(c, e, v);
	case OP_NOT:
		return check__logic(c, e, v);
	default:
		break;
	}
	err = check_integer(c, e, e->args[0], &a);
	if (err)
		return err;
	base = ctype__promote(c, &a);
	expr = convert(c, &a, base);
	if (e->op == OP_NEG)
		expr = tree__alu(c, ALU_SUB, tree__const(c, 0), expr);
	else if (e->op == OP_BITNOT)	/* of 32 bits without a sign the upper ones stay 0 */
		expr = tree__alu(c, ALU_XOR, expr,
				 tree__const(c, base == BASE_UINT ? (int64_t)UINT32_MAX : -1));
	give(c, expr, base, v);
	return 0;
}
