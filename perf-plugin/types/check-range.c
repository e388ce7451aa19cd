// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which values an operation can give, as a range of signed 64-bit numbers; so that what fits its
 * type anyway needs no cutting. Not known is all of them.
 */
#include "check.h"

struct range {
	int64_t low, high;
};

static const struct range all = { INT64_MIN, INT64_MAX };

static struct range bits_range(unsigned int bits, bool is_signed)
{
	if (bits >= 64 || !bits)
		return all;
	if (is_signed)
		return (struct range){ -(1LL << (bits - 1)), (1LL << (bits - 1)) - 1 };
	return (struct range){ 0, INT64_MAX >> (63 - bits) };
}

static struct range join(struct range a, struct range b)
{
	return (struct range){ a.low < b.low ? a.low : b.low, a.high > b.high ? a.high : b.high };
}

static struct range multiply(struct range a, struct range b)
{
	const int64_t as[] = { a.low, a.high }, bs[] = { b.low, b.high };
	struct range range = { INT64_MAX, INT64_MIN };

	for (unsigned int i = 0; i < 4; i++) {
		int64_t product;

		if (__builtin_mul_overflow(as[i / 2], bs[i % 2], &product))
			return all;
		range = join(range, (struct range){ product, product });
	}
	return range;
}

/* & | ^ of numbers that fit into so many bits fit too, with their sign if one has one. */
static struct range bitwise(enum typed_alu alu, struct range a, struct range b)
{
	struct range both = join(a, b);
	unsigned int bits = 0;

	if (alu == ALU_AND && (a.low >= 0 || b.low >= 0)) {
		if (a.low < 0)
			return (struct range){ 0, b.high };
		if (b.low < 0)
			return (struct range){ 0, a.high };
		return (struct range){ 0, a.high < b.high ? a.high : b.high };
	}
	while (bits < 63 && ((both.high >= 0 && both.high >> bits) ||
			     (both.low < 0 && both.low >> bits != -1)))
		bits++;
	return both.low < 0 ? bits_range(bits + 1, true) : bits_range(bits, false);
}

static struct range shift(enum typed_alu alu, struct range a, struct range b)
{
	unsigned int nr = b.low;

	if (b.low != b.high || b.low < 0 || b.low > 63) {
		if (alu == ALU_SHL || (alu == ALU_SHR && a.low < 0))
			return all;
		return join(a, (struct range){ 0, 0 });
	}
	if (alu == ALU_SHL)
		return nr == 63 ? all : multiply(a, (struct range){ 1LL << nr, 1LL << nr });
	if (alu == ALU_SHR && a.low < 0)
		return nr ? (struct range){ 0, INT64_MAX } : all;
	return (struct range){ a.low >> nr, a.high >> nr };
}

/* A quotient or remainder is no further from 0 than what was divided, a fault gives 0. */
static struct range divide(enum typed_alu alu, struct range a, struct range b)
{
	bool is_unsigned = alu == ALU_UDIV || alu == ALU_UMOD;

	if (is_unsigned && (a.low < 0 || b.low < 0))
		return all;
	if (!is_unsigned && alu == ALU_SDIV && b.low < 0) {
		if (a.low == INT64_MIN)
			return all;
		a = join(a, (struct range){ -a.high, -a.low });
	}
	return join(a, (struct range){ 0, 0 });
}

/* 0 or 1, or one of them where the ranges leave no choice. */
static struct range compare(enum typed_alu alu, struct range a, struct range b)
{
	const struct range yes = { 1, 1 }, no = { 0, 0 }, either = { 0, 1 };
	bool apart = a.high < b.low || b.high < a.low;
	bool same = a.low == a.high && b.low == b.high && a.low == b.low;

	if (alu == ALU_EQ)
		return apart ? no : same ? yes : either;
	if (alu == ALU_NE)
		return apart ? yes : same ? no : either;
	if (alu == ALU_ULT && b.low == 0 && b.high == 0)
		return no;
	if ((alu == ALU_ULT || alu == ALU_ULE) && (a.low < 0 || b.low < 0))
		return either;
	if (alu == ALU_ULT || alu == ALU_SLT)
		return a.high < b.low ? yes : a.low >= b.high ? no : either;
	return a.high <= b.low ? yes : a.low > b.high ? no : either;
}

static struct range alu_range(enum typed_alu alu, struct range a, struct range b)
{
	struct range range;

	switch (alu) {
	case ALU_ADD:
		return __builtin_add_overflow(a.low, b.low, &range.low) ||
		       __builtin_add_overflow(a.high, b.high, &range.high) ? all : range;
	case ALU_SUB:
		return __builtin_sub_overflow(a.low, b.high, &range.low) ||
		       __builtin_sub_overflow(a.high, b.low, &range.high) ? all : range;
	case ALU_MUL:
		return multiply(a, b);
	case ALU_UDIV: case ALU_SDIV: case ALU_UMOD: case ALU_SMOD:
		return divide(alu, a, b);
	case ALU_AND: case ALU_OR: case ALU_XOR:
		return bitwise(alu, a, b);
	case ALU_SHL: case ALU_SHR: case ALU_SAR:
		return shift(alu, a, b);
	default:
		return compare(alu, a, b);
	}
}

static struct range value_range(enum typed_value value)
{
	switch (value) {
	case VALUE_CPU: case VALUE_PID: case VALUE_TID:
		return (struct range){ 0, INT32_MAX };
	case VALUE_UID:
		return bits_range(32, false);
	default:
		return all;
	}
}

static struct range range_of(const struct typed_expr *expr)
{
	switch (expr->op) {
	case TYPED_CONST:
		return (struct range){ expr->imm, expr->imm };
	case TYPED_VALUE:
		return value_range(expr->value);
	case TYPED_LOAD:
	case TYPED_EXTEND:
		return bits_range(8 * expr->size, expr->is_signed);
	case TYPED_BITS:
		return bits_range(expr->size, expr->is_signed);
	case TYPED_SWAP:
		return bits_range(8 * expr->size, false);
	case TYPED_ALU:
		return alu_range(expr->alu, range_of(expr->args[0]), range_of(expr->args[1]));
	case TYPED_AND: case TYPED_OR: case TYPED_MATCH:
		return (struct range){ 0, 1 };
	case TYPED_COND:
		return join(range_of(expr->args[1]), range_of(expr->args[2]));
	default:
		return all;
	}
}

void tree__range(const struct typed_expr *expr, int64_t *low, int64_t *high)
{
	struct range range = range_of(expr);

	*low = range.low;
	*high = range.high;
}
