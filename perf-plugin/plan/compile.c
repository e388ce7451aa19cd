// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "match.h"

#define NEAR		(1 << 20)	/* bytes around NULL that cannot be read */
#define FEW_TEMPS	4	/* above, code that needs less of them is worth more operations */

_Static_assert((int)ALU_SLE == BS_ALU_SLE && (int)ALU_SAR == BS_ALU_SAR,
	       "expressions have the machine's operations");
_Static_assert((int)VALUE_DURATION == BS_VALUE_DURATION, "expressions have the machine's values");

static unsigned int larger(unsigned int a, unsigned int b)
{
	return a > b ? a : b;
}

void code__emit(struct code *code, struct bs_op op)
{
	struct op_list *list = code->list;

	op.item = code->in_filter || code->item < 0 ? 0 : code->item;
	list->wanted++;
	if (list->nr < list->max)
		list->ops[list->nr++] = op;
}

bool typed_expr__is_constant(const struct typed_expr *expr)
{
	switch (expr->op) {
	case TYPED_CONST:
		return true;
	case TYPED_PARAM:
	case TYPED_RETVAL:
	case TYPED_VALUE:
	case TYPED_LOAD:
	case TYPED_MATCH:
		return false;
	default:
		break;
	}
	for (unsigned int i = 0; i < 3 && expr->args[i]; i++)
		if (!typed_expr__is_constant(expr->args[i]))
			return false;
	return true;
}

bool typed_expr__can_fail(const struct typed_expr *expr)
{
	switch (expr->op) {
	case TYPED_LOAD:
		return true;
	case TYPED_PARAM:
		return expr->param.on_stack;
	case TYPED_MATCH:
		return expr->args[0];
	case TYPED_ALU:
		if (expr->alu >= ALU_UDIV && expr->alu <= ALU_SMOD &&
		    (expr->args[1]->op != TYPED_CONST || !expr->args[1]->imm))
			return true;
		break;
	default:
		break;
	}
	for (unsigned int i = 0; i < 3 && expr->args[i]; i++)
		if (typed_expr__can_fail(expr->args[i]))
			return true;
	return false;
}

/* ---- what is not computed here ------------------------------------------------------------- */

static bool is_kept(const struct code *code, const struct typed_expr *expr)
{
	return code->kept && !expr->at_return && !typed_expr__is_constant(expr);
}

static const struct kept *keep(struct kept_list *list, const struct typed_expr *expr,
			       enum purpose purpose)
{
	if (purpose == FOR_BASE)
		purpose = FOR_ADDRESS;
	for (unsigned int i = 0; i < list->nr; i++)
		if ((list->values[i].purpose == purpose || list->values[i].purpose == FOR_ANY) &&
		    typed_expr__equal(list->values[i].expr, expr))
			return &list->values[i];
	if (list->nr == KEPT_MAX)	/* and so many operations are too many */
		return &list->values[0];
	list->values[list->nr] = (struct kept){
		.expr = expr,
		.purpose = typed_expr__can_fail(expr) ? purpose : FOR_ANY,
		.status = -1,
	};
	return &list->values[list->nr++];
}

static void emit_kept(struct code *code, const struct typed_expr *expr, enum purpose purpose)
{
	const struct kept *kept = keep(code->kept, expr, purpose);

	code__emit(code, (struct bs_op){
		.code = BS_OP_SAVED, .off = kept->off,
		.off2 = kept->status < 0 ? 0 : kept->status,
		.flags = kept->status < 0 ? BS_F_SURE : 0,
	});
}

static void emit_temp(struct code *code, enum bs_opcode opcode, int temp)
{
	code__emit(code, (struct bs_op){ .code = opcode, .off = temp });
}

static int take_temp(struct code *code)
{
	int temp = share__take_temp(&code->share);

	if (temp < 0) {
		if (!code->err)
			code->err = -E2BIG;
		temp = 0;
	}
	return temp;
}

int code__set_temp(struct code *code)
{
	int temp = take_temp(code);

	emit_temp(code, BS_OP_SET, temp);
	return temp;
}

void code__put_temp(struct code *code, int temp)
{
	share__put_temp(&code->share, temp);
}

static bool emit_shared(struct code *code, const struct typed_expr *expr, enum purpose purpose)
{
	struct shared *shared = share__find(&code->share, expr, purpose, code->item);

	if (!shared)
		return false;
	emit_temp(code, BS_OP_GET, shared->temp);
	share__use(&code->share, shared);
	return true;
}

/* Whether a fault on the way to the address @expr makes it one that fails again. */
static bool fault_shows(const struct typed_expr *expr)
{
	switch (expr->op) {
	case TYPED_LOAD:
		return expr->size == 8 && fault_shows(expr->args[0]);
	case TYPED_ADD:
		return expr->imm > -NEAR && expr->imm < NEAR && fault_shows(expr->args[0]);
	default:
		return !typed_expr__can_fail(expr);
	}
}

/* What is in acc may be needed again. */
static void share_value(struct code *code, const struct typed_expr *expr, enum purpose purpose)
{
	int item = code->item, temp;

	if (code->in_filter || !typed_expr__can_fail(expr)) {
		purpose = FOR_ANY;
		item = -1;
	} else if (purpose == FOR_ADDRESS && fault_shows(expr)) {
		item = -1;
	}
	temp = share__add(&code->share, expr, purpose, item);
	if (temp >= 0)
		emit_temp(code, BS_OP_SET, temp);
}

/* ---- operators ----------------------------------------------------------------------------- */

/* x @alu y is y mirror(@alu) x; -1: there is no such operation. */
static int mirror(enum typed_alu alu)
{
	switch (alu) {
	case ALU_ADD:
	case ALU_MUL:
	case ALU_AND:
	case ALU_OR:
	case ALU_XOR:
	case ALU_EQ:
	case ALU_NE:
		return (int)alu;
	case ALU_ULT:
		return BS_ALU_UGT;
	case ALU_ULE:
		return BS_ALU_UGE;
	case ALU_SLT:
		return BS_ALU_SGT;
	case ALU_SLE:
		return BS_ALU_SGE;
	default:
		return -1;
	}
}

/* Whether there is a way to compute it with the operands the wrong way round. */
static bool is_exchangeable(enum typed_alu alu)
{
	return mirror(alu) >= 0 || alu == ALU_SUB;
}

/* In which order the operands of a binary operator are computed. */
enum order {
	SECOND_FIRST,		/* b, SET, a: the operator finds them where it wants them */
	FIRST_FIRST,		/* a, SET, b: they are the wrong way round */
};

static unsigned int temps_needed(const struct code *code, const struct typed_expr *expr);

/* @needs: temps that the operands need, of which @late ends up in acc in the usual order. */
static enum order choose_order(unsigned int early, unsigned int late, bool exchangeable)
{
	if (early >= late)
		return SECOND_FIRST;
	return exchangeable || late + 1 > FEW_TEMPS ? FIRST_FIRST : SECOND_FIRST;
}

static bool has_immediate(const struct typed_expr *expr)
{
	return expr->args[1]->op == TYPED_CONST ||
	       (expr->args[0]->op == TYPED_CONST && is_exchangeable(expr->alu));
}

/* Sethi and Ullman's number, of temps. */
static unsigned int temps_needed(const struct code *code, const struct typed_expr *expr)
{
	unsigned int needs[3] = { 0 }, nr;

	if (is_kept(code, expr))
		return 0;
	for (nr = 0; nr < 3 && expr->args[nr]; nr++)
		needs[nr] = temps_needed(code, expr->args[nr]);
	if (expr->op == TYPED_INDEX) {
		if (choose_order(needs[0], needs[1], false) == SECOND_FIRST)
			return larger(needs[0], needs[1] + 1);
		return larger(larger(needs[1], needs[0] + 1), 2);
	}
	if (expr->op == TYPED_ALU && !has_immediate(expr)) {
		bool exchangeable = is_exchangeable(expr->alu);

		if (choose_order(needs[1], needs[0], exchangeable) == SECOND_FIRST)
			return larger(needs[1], needs[0] + 1);
		return larger(larger(needs[0], needs[1] + 1), exchangeable ? 1 : 2);
	}
	return larger(larger(needs[0], needs[1]), needs[2]);
}

static void emit_alu_imm(struct code *code, enum bs_alu alu, int64_t imm)
{
	code__emit(code, (struct bs_op){
		.code = BS_OP_ALU, .size = alu, .flags = BS_F_IMM, .imm = imm,
	});
}

static void emit_alu_temp(struct code *code, enum bs_alu alu, int temp)
{
	code__emit(code, (struct bs_op){ .code = BS_OP_ALU, .size = alu, .off = temp });
}

/* Puts acc into a temp until @expr is in acc. */
static int emit_beside(struct code *code, const struct typed_expr *expr, enum purpose purpose)
{
	int temp = code__set_temp(code);

	code__expr(code, expr, purpose);
	return temp;
}

/* The first operand is in @temp, the second one in acc. */
static void emit_exchanged(struct code *code, enum typed_alu alu, int temp)
{
	int second;

	if (alu == ALU_SUB) {
		emit_alu_imm(code, BS_ALU_MUL, -1);
		emit_alu_temp(code, BS_ALU_ADD, temp);
	} else if (mirror(alu) >= 0) {
		emit_alu_temp(code, mirror(alu), temp);
	} else {
		second = code__set_temp(code);
		emit_temp(code, BS_OP_GET, temp);
		emit_alu_temp(code, (enum bs_alu)alu, second);
		code__put_temp(code, second);
	}
}

/* An operand that is in a temp anyway stays there. */
static bool emit_with_shared(struct code *code, const struct typed_expr *expr)
{
	const struct typed_expr *a = expr->args[0], *b = expr->args[1];
	struct shared *shared = share__find(&code->share, b, FOR_VALUE, code->item);

	if (shared) {
		code__expr(code, a, FOR_VALUE);
		emit_alu_temp(code, (enum bs_alu)expr->alu, shared->temp);
		share__use(&code->share, shared);
		return true;
	}
	shared = share__find(&code->share, a, FOR_VALUE, code->item);
	if (!shared || !is_exchangeable(expr->alu))
		return false;
	code__expr(code, b, FOR_VALUE);
	emit_exchanged(code, expr->alu, shared->temp);
	share__use(&code->share, shared);
	return true;
}

static void emit_binary(struct code *code, const struct typed_expr *expr)
{
	const struct typed_expr *a = expr->args[0], *b = expr->args[1];
	enum order order;
	int temp;

	if (emit_with_shared(code, expr))
		return;
	order = choose_order(temps_needed(code, b), temps_needed(code, a),
			     is_exchangeable(expr->alu));
	code__expr(code, order == SECOND_FIRST ? b : a, FOR_VALUE);
	temp = emit_beside(code, order == SECOND_FIRST ? a : b, FOR_VALUE);
	if (order == SECOND_FIRST)
		emit_alu_temp(code, (enum bs_alu)expr->alu, temp);
	else
		emit_exchanged(code, expr->alu, temp);
	code__put_temp(code, temp);
}

static void emit_alu(struct code *code, const struct typed_expr *expr)
{
	const struct typed_expr *a = expr->args[0], *b = expr->args[1];

	if (b->op == TYPED_CONST) {
		code__expr(code, a, FOR_VALUE);
		emit_alu_imm(code, (enum bs_alu)expr->alu, b->imm);
	} else if (a->op == TYPED_CONST && expr->alu == ALU_SUB) {
		code__expr(code, b, FOR_VALUE);
		emit_alu_imm(code, BS_ALU_MUL, -1);
		if (a->imm)
			emit_alu_imm(code, BS_ALU_ADD, a->imm);
	} else if (a->op == TYPED_CONST && mirror(expr->alu) >= 0) {
		code__expr(code, b, FOR_VALUE);
		emit_alu_imm(code, mirror(expr->alu), a->imm);
	} else {
		emit_binary(code, expr);
	}
}

/* The base goes into a temp, the index into acc. */
static void emit_index(struct code *code, const struct typed_expr *expr, enum purpose purpose)
{
	const struct typed_expr *base = expr->args[0], *index = expr->args[1];
	struct bs_op op = { .code = BS_OP_INDEX, .imm = expr->imm };
	struct shared *shared;
	int temp, second;

	if (index->op == TYPED_CONST) {
		code__expr(code, base, purpose);
		op.code = BS_OP_ADD;
		op.imm = (uint64_t)index->imm * (uint64_t)expr->imm;
		code__emit(code, op);
		return;
	}
	if (purpose == FOR_ADDRESS)
		purpose = FOR_BASE;
	shared = share__find(&code->share, base, purpose, code->item);
	if (shared) {
		code__expr(code, index, FOR_VALUE);
		op.off = shared->temp;
		code__emit(code, op);
		share__use(&code->share, shared);
		return;
	}
	if (choose_order(temps_needed(code, base), temps_needed(code, index), false) ==
	    SECOND_FIRST) {
		code__expr(code, base, purpose);
		temp = emit_beside(code, index, FOR_VALUE);
	} else {
		code__expr(code, index, FOR_VALUE);
		second = emit_beside(code, base, purpose);
		temp = code__set_temp(code);
		emit_temp(code, BS_OP_GET, second);
		code__put_temp(code, second);
	}
	op.off = temp;
	code__emit(code, op);
	code__put_temp(code, temp);
}

/* ---- what is skipped ----------------------------------------------------------------------- */

void code__skip(struct code *code, unsigned int flags, struct skips *skips)
{
	if (!skips->nr)
		skips->nr_shared = code->share.nr;
	if (skips->nr < BS_MAX_OPS)
		skips->at[skips->nr++] = code->list->nr;
	code__emit(code, (struct bs_op){ .code = BS_OP_SKIP, .flags = flags });
}

void code__label(struct code *code, const struct skips *skips)
{
	struct op_list *list = code->list;

	for (unsigned int i = 0; i < skips->nr; i++)
		if (skips->at[i] < list->nr)
			list->ops[skips->at[i]].imm = list->nr;
	code__emit(code, (struct bs_op){ .code = BS_OP_LABEL });
}

/* 0 or 1 whatever its operands are. */
static bool is_truth(const struct typed_expr *expr)
{
	switch (expr->op) {
	case TYPED_AND:
	case TYPED_OR:
	case TYPED_MATCH:
		return true;
	case TYPED_ALU:
		return expr->alu >= ALU_EQ;
	case TYPED_CONST:
		return expr->imm == 0 || expr->imm == 1;
	default:
		return false;
	}
}

/* One side of && or ||; those of the same operator in it are sides of this one. */
static void emit_sides(struct code *code, enum typed_op op, const struct typed_expr *expr,
		       bool last, struct skips *skips)
{
	if (expr->op == op && !is_kept(code, expr)) {
		emit_sides(code, op, expr->args[0], false, skips);
		emit_sides(code, op, expr->args[1], last, skips);
		return;
	}
	code__expr(code, expr, FOR_VALUE);
	/* What is skipped with is the operator's value: && has its 0, || needs a 1. */
	if (!is_truth(expr) && (last || op == TYPED_OR))
		emit_alu_imm(code, BS_ALU_NE, 0);
	if (!last)
		code__skip(code, op == TYPED_OR ? BS_F_IF : 0, skips);
}

static void emit_logical(struct code *code, const struct typed_expr *expr)
{
	struct skips skips = { .nr = 0 };

	emit_sides(code, expr->op, expr, true, &skips);
	code__label(code, &skips);
	share__forget(&code->share, skips.nr_shared);
}

static void emit_cond(struct code *code, const struct typed_expr *expr, enum purpose purpose)
{
	struct skips to_else = { .nr = 0 }, to_end = { .nr = 0 };

	code__expr(code, expr->args[0], FOR_VALUE);
	code__skip(code, 0, &to_else);
	code__expr(code, expr->args[1], purpose);
	share__forget(&code->share, to_else.nr_shared);
	code__skip(code, BS_F_IMM, &to_end);
	code__label(code, &to_else);
	code__expr(code, expr->args[2], purpose);
	share__forget(&code->share, to_end.nr_shared);
	code__label(code, &to_end);
}

/* ---- the rest ------------------------------------------------------------------------------ */

/* The number of the matcher for @expr's string. */
static unsigned int find_match(struct code *code, const struct typed_expr *expr)
{
	struct match_list *list = code->matches;
	struct bs_match match, *matches;
	int err = expr->is_glob ? match__glob(expr->string, expr->str_len, &match) :
				  match__string(expr->string, expr->str_len, &match);

	for (unsigned int i = 0; !err && i < list->nr; i++)
		if (!memcmp(&list->matches[i], &match, sizeof(match)))
			return i;
	if (!err && list->nr == BS_MAX_MATCHES)
		err = -ENOSPC;
	matches = err ? NULL : reallocarray(list->matches, list->nr + 1, sizeof(*matches));
	if (!matches) {
		if (!code->err) {
			code->err = err ? err : -ENOMEM;
			code->culprit = expr;
		}
		return 0;
	}
	list->matches = matches;
	matches[list->nr] = match;
	return list->nr++;
}

static void emit_match(struct code *code, const struct typed_expr *expr)
{
	if (expr->args[0])
		code__expr(code, expr->args[0], FOR_ADDRESS);
	code__emit(code, (struct bs_op){
		.code = BS_OP_MATCH, .off = find_match(code, expr),
		.flags = expr->args[0] ? 0 : BS_F_COMM,
	});
}

static int64_t arg_imm(const struct typed_expr *expr)
{
	unsigned int place = expr->param.place + expr->imm;

	if (expr->param.on_stack)
		place += BS_ARG_STACK;
	return BS_ARG(expr->param.word + expr->imm, place);
}

static void emit_leaf(struct code *code, const struct typed_expr *expr)
{
	struct bs_op op = { .imm = expr->imm };

	switch (expr->op) {
	case TYPED_PARAM:
		op.code = BS_OP_ARG;
		op.imm = arg_imm(expr);
		break;
	case TYPED_RETVAL:
		op.code = BS_OP_RETVAL;
		break;
	case TYPED_VALUE:
		op.code = BS_OP_VALUE;
		op.imm = (unsigned int)expr->value;
		break;
	default:
		op.code = BS_OP_CONST;
	}
	code__emit(code, op);
}

void code__word(struct code *code, const struct typed_expr *expr, unsigned int word)
{
	struct typed_expr leaf = *expr;

	leaf.imm = word;
	emit_leaf(code, &leaf);
}

/* Operators with one operand, which the machine has as they are. */
static void emit_unary(struct code *code, const struct typed_expr *expr, enum purpose purpose)
{
	struct bs_op op = {
		.flags = expr->is_signed ? BS_F_SIGNED : 0, .size = expr->size, .imm = expr->imm,
	};

	switch (expr->op) {
	case TYPED_ADD:
		op.code = BS_OP_ADD;
		break;
	case TYPED_LOAD:
		op.code = BS_OP_LOAD;
		op.flags |= purpose == FOR_VALUE ? BS_F_LAST : 0;
		purpose = FOR_ADDRESS;
		break;
	case TYPED_EXTEND:
		op.code = BS_OP_EXTEND;
		break;
	case TYPED_BITS:
		op.code = BS_OP_BITS;
		purpose = FOR_VALUE;
		break;
	default:
		op.code = BS_OP_SWAP;
		purpose = FOR_VALUE;
	}
	code__expr(code, expr->args[0], purpose);
	code__emit(code, op);
}

static void emit_expr(struct code *code, const struct typed_expr *expr, enum purpose purpose)
{
	switch (expr->op) {
	case TYPED_CONST:
	case TYPED_PARAM:
	case TYPED_RETVAL:
	case TYPED_VALUE:
		emit_leaf(code, expr);
		break;
	case TYPED_ADD:
	case TYPED_LOAD:
	case TYPED_EXTEND:
	case TYPED_BITS:
	case TYPED_SWAP:
		emit_unary(code, expr, purpose);
		break;
	case TYPED_INDEX:
		emit_index(code, expr, purpose);
		break;
	case TYPED_ALU:
		emit_alu(code, expr);
		break;
	case TYPED_AND:
	case TYPED_OR:
		emit_logical(code, expr);
		break;
	case TYPED_COND:
		emit_cond(code, expr, purpose);
		break;
	case TYPED_MATCH:
		emit_match(code, expr);
		break;
	}
}

void code__expr(struct code *code, const struct typed_expr *expr, enum purpose purpose)
{
	if (is_kept(code, expr)) {
		emit_kept(code, expr, purpose);
		return;
	}
	if (emit_shared(code, expr, purpose))
		return;
	emit_expr(code, expr, purpose);
	share_value(code, expr, purpose);
}
