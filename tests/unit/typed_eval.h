/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a typed expression gives, computed from its tree as types/typed.h describes it, to compare with
 * what its plan gives (plan_machine.h); the two share no code but the memory.
 */
#ifndef BTFSNOOP_TESTS_TYPED_EVAL_H
#define BTFSNOOP_TESTS_TYPED_EVAL_H

#include "../../perf-plugin/types/typed.h"
#include "plan_machine.h"

/* Memory as it was at the entry, where it has changed since: copies of the areas of "memory". */
struct eval {
	const struct frame *frame;
	const uint8_t *entry_copies[16];
	bool fault;		/* out: memory could not be read, or something was divided by 0 */
	bool unknown;		/* out: this cannot be told here */
};

/* @then: as memory is at the return. */
static inline bool eval_read(const struct eval *e, bool then, void *dst, size_t size, uint64_t addr)
{
	for (unsigned int i = 0; i < memory.nr && !then; i++) {
		uint64_t off = addr - memory.areas[i].start;

		if (off <= memory.areas[i].size && size <= memory.areas[i].size - off) {
			memcpy(dst, e->entry_copies[i] + off, size);
			return true;
		}
	}
	return then && memory_read(dst, size, addr);
}

static inline uint64_t eval_expr(struct eval *e, const struct typed_expr *x);

static inline uint64_t eval_param(const struct eval *e, const struct typed_expr *x)
{
	const struct abi_param *p = &x->param;

	if (!e->frame->kprobe)
		return e->frame->words[p->word + x->imm];
	return p->on_stack ? e->frame->stack[p->place + x->imm] : e->frame->regs[p->place + x->imm];
}

static inline uint64_t eval_load(struct eval *e, const struct typed_expr *x)
{
	uint64_t addr = eval_expr(e, x->args[0]) + x->imm, value = 0;

	if (!eval_read(e, x->at_return, &value, x->size, addr)) {
		e->fault = true;
		return 0;
	}
	return machine_extend(value, 8 * x->size, x->is_signed);
}

static inline uint64_t eval_divide(struct eval *e, enum typed_alu alu, uint64_t a, uint64_t b)
{
	int64_t sa = a, sb = b;

	if (!b) {
		e->fault = true;
		return 0;
	}
	switch (alu) {
	case ALU_UDIV:	return a / b;
	case ALU_UMOD:	return a % b;
	case ALU_SDIV:	return sb == -1 ? -a : (uint64_t)(sa / sb);
	default:	return sb == -1 ? 0 : (uint64_t)(sa % sb);
	}
}

static inline uint64_t eval_alu(struct eval *e, const struct typed_expr *x)
{
	uint64_t a = eval_expr(e, x->args[0]), b = eval_expr(e, x->args[1]);

	switch (x->alu) {
	case ALU_ADD:	return a + b;
	case ALU_SUB:	return a - b;
	case ALU_MUL:	return a * b;
	case ALU_AND:	return a & b;
	case ALU_OR:	return a | b;
	case ALU_XOR:	return a ^ b;
	case ALU_SHL:	return a << (b & 63);
	case ALU_SHR:	return a >> (b & 63);
	case ALU_SAR:	return (int64_t)a >> (b & 63);
	case ALU_EQ:	return a == b;
	case ALU_NE:	return a != b;
	case ALU_ULT:	return a < b;
	case ALU_ULE:	return a <= b;
	case ALU_SLT:	return (int64_t)a < (int64_t)b;
	case ALU_SLE:	return (int64_t)a <= (int64_t)b;
	default:	return eval_divide(e, x->alu, a, b);
	}
}

static inline uint64_t eval_swap(uint64_t value, unsigned int size)
{
	uint64_t swapped = 0;

	for (unsigned int i = 0; i < size; i++)
		swapped |= (value >> 8 * i & 0xff) << 8 * (size - 1 - i);
	return swapped;
}

/* Globs are left to test_match(). */
static inline uint64_t eval_match(struct eval *e, const struct typed_expr *x)
{
	uint64_t addr = x->args[0] ? eval_expr(e, x->args[0]) : 0;

	if (x->is_glob || !x->args[0]) {
		e->unknown = true;
		return 0;
	}
	for (unsigned int i = 0; i <= x->str_len; i++) {
		char c;

		if (!eval_read(e, x->at_return, &c, 1, addr + i)) {
			e->fault = true;
			return 0;
		}
		if (c != (i < x->str_len ? x->string[i] : '\0')) {
			/* The rest of the string is read as well. */
			for (; c && eval_read(e, x->at_return, &c, 1, addr + i); i++)
				;
			e->fault |= c != 0;
			return 0;
		}
	}
	return 1;
}

/* The value of @x; meaningless where @e->fault or ->unknown is set. */
static inline uint64_t eval_expr(struct eval *e, const struct typed_expr *x)
{
	uint64_t a;

	switch (x->op) {
	case TYPED_CONST:
		return x->imm;
	case TYPED_PARAM:
		return eval_param(e, x);
	case TYPED_RETVAL:
		return e->frame->retval;
	case TYPED_VALUE:	/* enum typed_value and enum bs_value are in the same order */
		return x->value == VALUE_DURATION ? MACHINE_DURATION : MACHINE_VALUE(x->value);
	case TYPED_ADD:
		a = eval_expr(e, x->args[0]);
		return a ? a + x->imm : 0;
	case TYPED_INDEX:
		a = eval_expr(e, x->args[0]);
		return a ? a + eval_expr(e, x->args[1]) * x->imm : (eval_expr(e, x->args[1]), 0);
	case TYPED_LOAD:
		return eval_load(e, x);
	case TYPED_EXTEND:
		return machine_extend(eval_expr(e, x->args[0]), 8 * x->size, x->is_signed);
	case TYPED_BITS:
		return machine_extend(eval_expr(e, x->args[0]) >> x->imm, x->size, x->is_signed);
	case TYPED_ALU:
		return eval_alu(e, x);
	case TYPED_SWAP:
		return eval_swap(eval_expr(e, x->args[0]), x->size);
	case TYPED_AND:
		return eval_expr(e, x->args[0]) && eval_expr(e, x->args[1]);
	case TYPED_OR:
		return eval_expr(e, x->args[0]) || eval_expr(e, x->args[1]);
	case TYPED_COND:
		return eval_expr(e, x->args[eval_expr(e, x->args[0]) ? 1 : 2]);
	case TYPED_MATCH:
		return eval_match(e, x);
	}
	abort();
}

#endif
