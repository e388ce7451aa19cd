// SPDX-License-Identifier: GPL-2.0-only
/*
 * attach/specialise.h and tidy.h: what is left of random programs does what they did. Both are run
 * here, on the same memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../perf-plugin/attach/specialise.h"

enum { PROGRAMS = 3000, MAX_INSNS = 256, SLOTS = 6, WORDS = 8, STACK = 512, CTX = 9 };

struct program {
	struct bpf_insn insns[MAX_INSNS];
	size_t nr;
};

/* ---- making one ----------------------------------------------------------------------------- */

static unsigned int below(unsigned int n)
{
	return rand() % n;
}

static struct bpf_insn *put(struct program *p, uint8_t code, int dst, int src, int off, int imm)
{
	struct bpf_insn *insn = &p->insns[p->nr++];

	*insn = (struct bpf_insn){ code, dst, src, off, imm };
	return insn;
}

/* A register of numbers: 1, 9 and 10 are pointers. */
static int any_reg(void)
{
	int reg = below(8);

	return reg ? reg + 1 : 0;
}

static int slot(void)
{
	return -8 * (1 + (int)below(SLOTS));
}

static int number(void)
{
	return below(4) ? (int)below(9) - 2 : rand();
}

static void put_alu(struct program *p)
{
	static const uint8_t ops[] = {
		BPF_MOV, BPF_MOV, BPF_ADD, BPF_ADD, BPF_SUB, BPF_OR, BPF_AND, BPF_XOR, BPF_MUL,
	};
	uint8_t op = ops[below(sizeof(ops))], class = below(4) ? BPF_ALU64 : BPF_ALU;

	if (!below(8))
		put(p, class | (below(2) ? BPF_LSH : BPF_ARSH) | BPF_K, any_reg(), 0, 0, below(32));
	else if (below(2))
		put(p, class | op | BPF_X, any_reg(), any_reg(), 0, 0);
	else
		put(p, class | op | BPF_K, any_reg(), 0, 0, number());
}

static void put_access(struct program *p)
{
	static const uint8_t sizes[] = { BPF_DW, BPF_DW, BPF_DW, BPF_W, BPF_H, BPF_B };
	uint8_t size = sizes[below(sizeof(sizes))];
	int bytes = size == BPF_DW ? 8 : size == BPF_W ? 4 : size == BPF_H ? 2 : 1;
	bool on_stack = below(3);
	int base = on_stack ? 10 : below(2) ? 1 : CTX;
	int off = (on_stack ? slot() : 8 * (int)below(WORDS)) + bytes * (int)below(8 / bytes);

	switch (below(5)) {
	case 0:
		put(p, BPF_ST | BPF_MEM | size, base, 0, off, number());
		break;
	case 1:
	case 2:
		put(p, BPF_STX | BPF_MEM | size, base, any_reg(), off, 0);
		break;
	default:
		put(p, BPF_LDX | BPF_MEM | size, any_reg(), base, off, 0);
	}
}

/* Through a pointer that is made for it, to the stack or to the context. */
static void put_pointer(struct program *p)
{
	bool on_stack = below(2);

	put(p, BPF_ALU64 | BPF_MOV | BPF_X, 2, on_stack ? 10 : 1, 0, 0);
	put(p, BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, on_stack ? slot() : 8 * (int)below(WORDS));
	if (below(2))
		put(p, BPF_STX | BPF_MEM | BPF_DW, 2, 3, 0, 0);
	else if (below(2))
		put(p, BPF_STX | BPF_ATOMIC | BPF_DW, 2, 4, 0, BPF_ADD | BPF_FETCH);
	else
		put(p, BPF_LDX | BPF_MEM | BPF_DW, 5, 2, 0, 0);
	put(p, BPF_ALU64 | BPF_MOV | BPF_X, 2, 3, 0, 0);
}

static void put_jump(struct program *p, size_t end)
{
	static const uint8_t ops[] = {
		BPF_JEQ, BPF_JNE, BPF_JGT, BPF_JSGT, BPF_JLT, BPF_JSLE, BPF_JSET, BPF_JA,
	};
	uint8_t op = ops[below(sizeof(ops))], class = op != BPF_JA && !below(3) ? BPF_JMP32 : BPF_JMP;
	struct bpf_insn *insn;

	if (op == BPF_JA || below(3))
		insn = put(p, class | op | BPF_K, op == BPF_JA ? 0 : any_reg(), 0, 0,
			   op == BPF_JA ? 0 : number());
	else
		insn = put(p, class | op | BPF_X, any_reg(), any_reg(), 0, 0);
	insn->off = 1 + below(end - p->nr);
}

static void put_body(struct program *p, unsigned int nr)
{
	size_t starts[MAX_INSNS], nr_starts = 0, end = p->nr + nr;

	while (p->nr < end) {
		starts[nr_starts++] = p->nr;
		switch (below(8)) {
		case 0:
			put_jump(p, end + 6);
			break;
		case 1:
			put_pointer(p);
			break;
		case 2:
		case 3:
		case 4:
			put_access(p);
			break;
		default:
			put_alu(p);
		}
	}
	starts[nr_starts++] = p->nr;
	/* Jumps lead to where something starts. */
	for (size_t i = starts[0]; i < p->nr; i++) {
		uint8_t class = BPF_CLASS(p->insns[i].code);
		size_t target = i + 1 + p->insns[i].off, to = 0;

		if (class != BPF_JMP && class != BPF_JMP32)
			continue;
		while (to + 1 < nr_starts && starts[to] < target)
			to++;
		p->insns[i].off = starts[to] - i - 1;
	}
}

/* Registers and the stack get numbers out of the context; then anything; a function in between. */
static void make(struct program *p)
{
	size_t call;

	p->nr = 0;
	put(p, BPF_ALU64 | BPF_MOV | BPF_X, CTX, 1, 0, 0);
	for (int reg = 0; reg < 9; reg++)
		if (reg != 1 && below(2))
			put(p, BPF_LDX | BPF_MEM | BPF_DW, reg, 1, 8 * below(WORDS), 0);
		else if (reg != 1)
			put(p, BPF_ALU64 | BPF_MOV | BPF_K, reg, 0, 0, number());
	for (int i = 1; i <= SLOTS; i++)
		put(p, BPF_STX | BPF_MEM | BPF_DW, 10, any_reg(), -8 * i, 0);
	put_body(p, below(40));
	call = p->nr;
	put(p, BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 0);
	for (int reg = 1; reg <= 5; reg++)
		put(p, BPF_ALU64 | BPF_MOV | BPF_X, reg, reg == 1 ? CTX : 0, 0, 0);
	put_body(p, below(40));
	put(p, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	p->insns[call].imm = p->nr - call - 1;
	put(p, BPF_ALU64 | BPF_MOV | BPF_X, CTX, 1, 0, 0);
	for (int reg = 6; reg <= 8; reg++)
		put(p, BPF_ALU64 | BPF_MOV | BPF_X, reg, reg - 4, 0, 0);
	put(p, BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, number());
	for (int i = 1; i <= SLOTS; i++)
		put(p, BPF_STX | BPF_MEM | BPF_DW, 10, any_reg(), -8 * i, 0);
	put_body(p, below(20));
	put(p, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* ---- running one ---------------------------------------------------------------------------- */

static uint64_t alu(uint8_t op, uint64_t a, uint64_t b)
{
	switch (op) {
	case BPF_ADD: return a + b;
	case BPF_SUB: return a - b;
	case BPF_MUL: return a * b;
	case BPF_OR: return a | b;
	case BPF_AND: return a & b;
	case BPF_XOR: return a ^ b;
	case BPF_MOV: return b;
	case BPF_LSH: return a << b;
	case BPF_ARSH: return (int64_t)a >> b;
	}
	fail();
	return 0;
}

static uint64_t alu32(uint8_t op, uint32_t a, uint32_t b)
{
	return (uint32_t)(op == BPF_ARSH ? (uint32_t)((int32_t)a >> b) : alu(op, a, b));
}

static bool jumps(uint8_t op, uint64_t a, uint64_t b)
{
	switch (op) {
	case BPF_JA: return true;
	case BPF_JEQ: return a == b;
	case BPF_JNE: return a != b;
	case BPF_JGT: return a > b;
	case BPF_JSGT: return (int64_t)a > (int64_t)b;
	case BPF_JLT: return a < b;
	case BPF_JSLE: return (int64_t)a <= (int64_t)b;
	case BPF_JSET: return a & b;
	}
	fail();
	return false;
}

static int bytes_of(const struct bpf_insn *insn)
{
	switch (BPF_SIZE(insn->code)) {
	case BPF_B: return 1;
	case BPF_H: return 2;
	case BPF_W: return 4;
	}
	return 8;
}

static uint64_t run(const struct program *p, size_t at, const uint64_t *args);

static void run_memory(uint64_t *regs, const struct bpf_insn *insn)
{
	bool load = BPF_CLASS(insn->code) == BPF_LDX;
	char *addr = (char *)(uintptr_t)(regs[load ? insn->src_reg : insn->dst_reg]) + insn->off;
	uint64_t value = BPF_CLASS(insn->code) == BPF_ST ? (uint64_t)(int64_t)insn->imm :
							   regs[insn->src_reg];

	if (load) {
		regs[insn->dst_reg] = 0;
		memcpy(&regs[insn->dst_reg], addr, bytes_of(insn));
	} else if (BPF_MODE(insn->code) == BPF_ATOMIC) {
		memcpy(&regs[insn->src_reg], addr, 8);
		value += regs[insn->src_reg];
		memcpy(addr, &value, 8);
	} else {
		memcpy(addr, &value, bytes_of(insn));
	}
}

/* Runs one instruction. Returns where the next one is. */
static size_t run_one(const struct program *p, size_t at, uint64_t *regs)
{
	const struct bpf_insn *insn = &p->insns[at];
	uint8_t class = BPF_CLASS(insn->code), op = BPF_OP(insn->code);
	uint64_t a = regs[insn->dst_reg];
	uint64_t b = BPF_SRC(insn->code) == BPF_X ? regs[insn->src_reg] : (uint64_t)(int64_t)insn->imm;

	switch (class) {
	case BPF_ALU64:
		regs[insn->dst_reg] = alu(op, a, b);
		break;
	case BPF_ALU:
		regs[insn->dst_reg] = alu32(op, a, b);
		break;
	case BPF_JMP:
		if (op == BPF_CALL)
			regs[0] = run(p, at + 1 + insn->imm, regs);
		else if (jumps(op, a, b))
			return at + 1 + insn->off;
		break;
	case BPF_JMP32:
		if (jumps(op, (int64_t)(int32_t)a, (int64_t)(int32_t)b))
			return at + 1 + insn->off;
		break;
	default:
		run_memory(regs, insn);
	}
	return at + 1;
}

static uint64_t run(const struct program *p, size_t at, const uint64_t *args)
{
	uint64_t regs[11] = { 0 }, stack[STACK / 8] = { 0 };

	memcpy(&regs[1], &args[1], 5 * sizeof(*regs));
	regs[10] = (uintptr_t)(stack + STACK / 8);
	for (int steps = 0; steps < 10000; steps++) {
		assert_true(at < p->nr);
		if (p->insns[at].code == (BPF_JMP | BPF_EXIT))
			return regs[0];
		at = run_one(p, at, regs);
	}
	fail();
	return 0;
}

static uint64_t run_on(const struct program *p, uint64_t *words)
{
	uint64_t args[6] = { 0, (uintptr_t)words };

	return run(p, 0, args);
}

/* ---- comparing ------------------------------------------------------------------------------ */

static void test_random(void **state)
{
	static struct program p, left;
	size_t before = 0, after = 0;

	(void)state;
	srand(1);
	for (int i = 0; i < PROGRAMS; i++) {
		long nr;

		make(&p);
		left = p;
		nr = specialise(left.insns, left.nr, NULL, 0);
		assert_true(nr > 0 && (size_t)nr <= p.nr);
		left.nr = nr;
		before += p.nr;
		after += nr;
		for (int time = 0; time < 4; time++) {
			uint64_t words[WORDS], same[WORDS];

			for (int w = 0; w < WORDS; w++)
				same[w] = words[w] = below(2) ? below(4) : (uint64_t)rand() << 20;
			assert_int_equal(run_on(&p, words), run_on(&left, same));
			assert_memory_equal(words, same, sizeof(words));
		}
	}
	assert_true(after < before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
