// SPDX-License-Identifier: GPL-2.0-only
/* Operations of a typed expression, in their simplest form: what is constant is computed here. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

struct typed_expr *tree__new(struct check *c, enum typed_op op, struct typed_expr *a,
			     struct typed_expr *b)
{
	struct typed_expr *expr;

	if (c->nr_nodes == c->cap_nodes) {
		unsigned int cap = c->cap_nodes ? 2 * c->cap_nodes : 32;
		struct typed_expr **nodes = reallocarray(c->nodes, cap, sizeof(*nodes));

		if (!nodes)
			goto nomem;
		c->nodes = nodes;
		c->cap_nodes = cap;
	}
	expr = calloc(1, sizeof(*expr));
	if (!expr)
		goto nomem;
	c->nodes[c->nr_nodes++] = expr;
	expr->op = op;
	expr->args[0] = a;
	expr->args[1] = b;
	expr->at_return = (a && a->at_return) || (b && b->at_return);
	return expr;
nomem:
	c->err = -ENOMEM;
	return &c->nowhere;
}

struct typed_expr *tree__const(struct check *c, int64_t value)
{
	struct typed_expr *expr = tree__new(c, TYPED_CONST, NULL, NULL);

	expr->imm = value;
	return expr;
}

struct typed_expr *tree__add(struct check *c, struct typed_expr *base, int64_t offset)
{
	struct typed_expr *expr;

	if (base->op == TYPED_CONST)	/* as in &((struct T *)0)->member */
		return tree__const(c, (int64_t)((uint64_t)base->imm + offset));
	if (base->op == TYPED_ADD) {
		offset = (int64_t)((uint64_t)base->imm + offset);
		base = base->args[0];
	}
	if (!offset)
		return base;
	expr = tree__new(c, TYPED_ADD, base, NULL);
	expr->imm = offset;
	return expr;
}

/* An offset that the base has is added behind the index, where a load takes it along. */
struct typed_expr *tree__index(struct check *c, struct typed_expr *base, struct typed_expr *index,
			       int64_t size)
{
	struct typed_expr *expr;
	int64_t offset = 0;

	if (tree__is_const(index))
		return tree__add(c, base, (int64_t)((uint64_t)index->imm * size));
	if (base->op == TYPED_ADD) {
		offset = base->imm;
		base = base->args[0];
	}
	expr = tree__new(c, TYPED_INDEX, base, index);
	expr->imm = size;
	return tree__add(c, expr, offset);
}

struct typed_expr *tree__load(struct check *c, struct typed_expr *base, unsigned int size,
			      bool is_signed, bool at_return)
{
	struct typed_expr *expr;
	int64_t offset = 0;

	if (base->op == TYPED_ADD) {
		offset = base->imm;
		base = base->args[0];
	}
	expr = tree__new(c, TYPED_LOAD, base, NULL);
	expr->imm = offset;
	expr->size = size;
	expr->is_signed = is_signed;
	expr->at_return |= at_return;
	return expr;
}

struct typed_expr *tree__bits(struct check *c, struct typed_expr *base, unsigned int first,
			      unsigned int nr, bool is_signed)
{
	struct typed_expr *expr = tree__new(c, TYPED_BITS, base, NULL);

	expr->imm = first;
	expr->size = nr;
	expr->is_signed = is_signed;
	return expr;
}

static int64_t extend(uint64_t value, unsigned int bits, bool is_signed)
{
	unsigned int unused = 64 - bits;

	if (!unused)
		return (int64_t)value;
	return is_signed ? (int64_t)(value << unused) >> unused :
			   (int64_t)(value << unused >> unused);
}

static bool fits(const struct typed_expr *expr, unsigned int size, bool is_signed)
{
	unsigned int bits = 8 * size;
	int64_t low, high;

	if (size >= WORD)
		return true;
	tree__range(expr, &low, &high);
	if (is_signed)
		return low >= -(1LL << (bits - 1)) && high < 1LL << (bits - 1);
	return low >= 0 && high < 1LL << bits;
}

struct typed_expr *tree__fit(struct check *c, struct typed_expr *expr, unsigned int size,
			     bool is_signed)
{
	struct typed_expr *cut;

	if (tree__is_const(expr))
		return tree__const(c, extend(expr->imm, 8 * size, is_signed));
	if (fits(expr, size, is_signed))
		return expr;
	if (expr->op == TYPED_EXTEND && expr->size >= size)
		return tree__fit(c, expr->args[0], size, is_signed);
	if (expr->op == TYPED_LOAD && expr->size >= size) {	/* the low bytes come first */
		cut = tree__load(c, expr->args[0], size, is_signed, expr->at_return);
		cut->imm = expr->imm;
		return cut;
	}
	cut = tree__new(c, TYPED_EXTEND, expr, NULL);
	cut->size = size;
	cut->is_signed = is_signed;
	return cut;
}

/* What the plan's machine does; dividing by 0 was refused before. */
static int64_t compute(enum typed_alu alu, uint64_t a, uint64_t b)
{
	int64_t sa = (int64_t)a, sb = (int64_t)b;

	switch (alu) {
	case ALU_ADD:	return (int64_t)(a + b);
	case ALU_SUB:	return (int64_t)(a - b);
	case ALU_MUL:	return (int64_t)(a * b);
	case ALU_UDIV:	return b ? (int64_t)(a / b) : 0;
	case ALU_UMOD:	return b ? (int64_t)(a % b) : 0;
	case ALU_SDIV:	return sb == -1 ? (int64_t)-a : sb ? sa / sb : 0;
	case ALU_SMOD:	return sb == -1 || !sb ? 0 : sa % sb;
	case ALU_AND:	return (int64_t)(a & b);
	case ALU_OR:	return (int64_t)(a | b);
	case ALU_XOR:	return (int64_t)(a ^ b);
	case ALU_SHL:	return (int64_t)(a << (b & 63));
	case ALU_SHR:	return (int64_t)(a >> (b & 63));
	case ALU_SAR:	return sa >> (b & 63);
	case ALU_EQ:	return a == b;
	case ALU_NE:	return a != b;
	case ALU_ULT:	return a < b;
	case ALU_ULE:	return a <= b;
	case ALU_SLT:	return sa < sb;
	case ALU_SLE:	return sa <= sb;
	}
	return 0;
}

struct typed_expr *tree__alu(struct check *c, enum typed_alu alu, struct typed_expr *a,
			     struct typed_expr *b)
{
	struct typed_expr *expr;

	if (tree__is_const(a) && tree__is_const(b))
		return tree__const(c, compute(alu, a->imm, b->imm));
	expr = tree__new(c, TYPED_ALU, a, b);
	expr->alu = alu;
	return expr;
}

struct typed_expr *tree__swap(struct check *c, struct typed_expr *expr, unsigned int size)
{
	struct typed_expr *swap;

	if (tree__is_const(expr))
		return tree__const(c, (int64_t)(__builtin_bswap64(expr->imm) >> (64 - 8 * size)));
	swap = tree__new(c, TYPED_SWAP, expr, NULL);
	swap->size = size;
	return swap;
}

static bool is_truth(const struct typed_expr *expr)
{
	int64_t low, high;

	tree__range(expr, &low, &high);
	return low >= 0 && high <= 1;
}

struct typed_expr *tree__truth(struct check *c, struct typed_expr *expr)
{
	return is_truth(expr) ? expr : tree__alu(c, ALU_NE, expr, tree__const(c, 0));
}

struct typed_expr *tree__not(struct check *c, struct typed_expr *expr)
{
	return tree__alu(c, ALU_EQ, expr, tree__const(c, 0));
}

struct typed_expr *tree__copy(const struct typed_expr *expr)
{
	struct typed_expr *copy = malloc(sizeof(*copy));
	bool failed = false;

	if (!copy)
		return NULL;
	*copy = *expr;
	for (unsigned int i = 0; i < 3; i++) {
		copy->args[i] = expr->args[i] ? tree__copy(expr->args[i]) : NULL;
		failed |= expr->args[i] && !copy->args[i];
	}
	if (expr->string) {
		copy->string = malloc(expr->str_len + 1);
		failed |= !copy->string;
		if (copy->string)
			memcpy(copy->string, expr->string, expr->str_len + 1);
	}
	if (failed) {
		tree__free(copy);
		return NULL;
	}
	return copy;
}

void tree__free(struct typed_expr *expr)
{
	if (!expr)
		return;
	for (unsigned int i = 0; i < 3; i++)
		tree__free(expr->args[i]);
	free(expr->string);
	free(expr);
}

static bool divides(const struct typed_expr *expr)
{
	return expr->op == TYPED_ALU && expr->alu >= ALU_UDIV && expr->alu <= ALU_SMOD &&
	       !tree__is_const(expr->args[1]);
}

bool tree__can_fail(const struct typed_expr *expr)
{
	if (!expr)
		return false;
	if (expr->op == TYPED_LOAD || (expr->op == TYPED_PARAM && expr->param.on_stack) ||
	    (expr->op == TYPED_MATCH && expr->args[0]) || divides(expr))
		return true;
	return tree__can_fail(expr->args[0]) || tree__can_fail(expr->args[1]) ||
	       tree__can_fail(expr->args[2]);
}

static bool same_string(const struct typed_expr *a, const struct typed_expr *b)
{
	if (!a->string || !b->string)
		return a->string == b->string;
	return a->str_len == b->str_len && !memcmp(a->string, b->string, a->str_len);
}

bool typed_expr__equal(const struct typed_expr *a, const struct typed_expr *b)
{
	if (!a || !b)
		return a == b;
	if (a->op != b->op || a->imm != b->imm || a->size != b->size ||
	    a->is_signed != b->is_signed || a->at_return != b->at_return || a->alu != b->alu ||
	    a->value != b->value || a->is_glob != b->is_glob || !same_string(a, b))
		return false;
	if (a->op == TYPED_PARAM && (a->param.word != b->param.word ||
				     a->param.place != b->param.place ||
				     a->param.on_stack != b->param.on_stack ||
				     a->param.nr_words != b->param.nr_words))
		return false;
	return typed_expr__equal(a->args[0], b->args[0]) &&
	       typed_expr__equal(a->args[1], b->args[1]) &&
	       typed_expr__equal(a->args[2], b->args[2]);
}
