// SPDX-License-Identifier: GPL-2.0-only
/* attach/specialise.h: what is left of programs whose branches depend on a constant map. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../../bpf/plan.h"
#include "../../perf-plugin/attach/specialise.h"

#define MAP_FD	7
#define NR(a)	(sizeof(a) / sizeof(*(a)))

#define MOV(d, i)	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = d, .imm = i }
#define MOV_REG(d, s)	{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = d, .src_reg = s }
#define ADD(d, i)	{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = d, .imm = i }
#define MAP(d, off)	{ .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = d, \
			  .src_reg = BPF_PSEUDO_MAP_VALUE, .imm = MAP_FD }, { .imm = off }
#define LOAD(d, s, o)	{ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = d, .src_reg = s, .off = o }
#define LOAD8(d, s, o)	{ .code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = d, .src_reg = s, .off = o }
#define STORE(d, o, s)	{ .code = BPF_STX | BPF_MEM | BPF_W, .dst_reg = d, .src_reg = s, .off = o }
#define STORE8(d, o, s)	{ .code = BPF_STX | BPF_MEM | BPF_DW, .dst_reg = d, .src_reg = s, .off = o }
#define SAVE8(d, o, i)	{ .code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = d, .off = o, .imm = i }
#define JUMP(op, d, i, o) { .code = BPF_JMP | op | BPF_K, .dst_reg = d, .imm = i, .off = o }
#define GOTO(o)		{ .code = BPF_JMP | BPF_JA, .off = o }
#define HELPER(n)	{ .code = BPF_JMP | BPF_CALL, .imm = n }
#define CALL(o)		{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = o }
#define EXIT		{ .code = BPF_JMP | BPF_EXIT }

static const uint32_t constants[] = { 0, 1, 2, 0xffffffff };

/* What is left of @insns has to be @left. */
static void check(struct bpf_insn *insns, size_t nr, const struct bpf_insn *left, size_t nr_left)
{
	const struct constant_map map = { MAP_FD, constants, sizeof(constants) };
	long result = specialise(insns, nr, &map, 1);

	assert_int_equal(result, nr_left);
	assert_memory_equal(insns, left, nr_left * sizeof(*left));
}

#define CHECK(insns, ...) do {							\
	const struct bpf_insn _left[] = { __VA_ARGS__ };			\
	check(insns, NR(insns), _left, NR(_left));				\
} while (0)

/* A branch on a constant goes one way, and what it was decided by is not needed. */
static void test_decided(void **state)
{
	struct bpf_insn insns[] = {
		MAP(1, 4), LOAD(2, 1, 0), JUMP(BPF_JEQ, 2, 1, 2),
		MOV(0, 10), EXIT,
		MOV(0, 20), EXIT,
	};

	(void)state;
	CHECK(insns, MOV(0, 20), EXIT);
}

/* One on what is not known goes both. */
static void test_undecided(void **state)
{
	struct bpf_insn insns[] = {
		LOAD(2, 1, 0), JUMP(BPF_JEQ, 2, 1, 2),
		MOV(0, 10), EXIT,
		MOV(0, 20), EXIT,
	};
	struct bpf_insn copy[NR(insns)];

	(void)state;
	memcpy(copy, insns, sizeof(insns));
	check(insns, NR(insns), copy, NR(copy));
}

/* 0xffffffff is more than 1, and less than it with a sign. */
static void test_signs(void **state)
{
	struct bpf_insn insns[] = {
		MAP(1, 0), LOAD(2, 1, 12),
		{ .code = BPF_JMP32 | BPF_JGT | BPF_K, .dst_reg = 2, .imm = 1, .off = 2 },
		MOV(0, 10), EXIT,
		{ .code = BPF_JMP32 | BPF_JSGT | BPF_K, .dst_reg = 2, .imm = 1, .off = 2 },
		MOV(0, 20), EXIT,
		MOV(0, 30), EXIT,
	};

	(void)state;
	CHECK(insns, MOV(0, 20), EXIT);
}

/* Jumps over what is gone are shorter, backwards too, and none is left to what is next. */
static void test_offsets(void **state)
{
	struct bpf_insn insns[] = {
		MOV(0, 0), LOAD(3, 1, 0),
		MAP(4, 0), LOAD(2, 4, 0), JUMP(BPF_JNE, 2, 0, 2),	/* never */
		ADD(0, 1), GOTO(1),
		ADD(0, 100),
		JUMP(BPF_JGT, 3, 5, -8), EXIT,				/* to MAP */
	};

	(void)state;
	CHECK(insns, MOV(0, 0), LOAD(3, 1, 0), ADD(0, 1), JUMP(BPF_JGT, 3, 5, -2), EXIT);
}

/* A number is still known when it comes back from the stack, unless a helper has written there. */
static void test_stack(void **state)
{
	struct bpf_insn kept[] = {
		MOV(6, 5), STORE8(10, -8, 6), LOAD8(7, 10, -8), JUMP(BPF_JEQ, 7, 5, 2),
		MOV(0, 1), EXIT,
		MOV(0, 2), EXIT,
	};
	struct bpf_insn half[] = {
		MOV(6, 5), STORE(10, -4, 6), LOAD(7, 10, -4), JUMP(BPF_JEQ, 7, 5, 2),
		MOV(0, 1), EXIT,
		MOV(0, 2), EXIT,
	};
	struct bpf_insn written[] = {
		MOV(6, 5), STORE8(10, -8, 6), MOV_REG(1, 10), ADD(1, -8), MOV(2, 4), MOV(3, 0),
		HELPER(BPF_FUNC_probe_read_kernel),
		LOAD8(7, 10, -8), JUMP(BPF_JEQ, 7, 5, 2),
		MOV(0, 1), EXIT,
		MOV(0, 2), EXIT,
	};
	struct bpf_insn beside[] = {
		MOV(6, 5), STORE8(10, -8, 6), MOV_REG(1, 10), ADD(1, -16), MOV(2, 8), MOV(3, 0),
		HELPER(BPF_FUNC_probe_read_kernel),
		LOAD8(7, 10, -8), JUMP(BPF_JEQ, 7, 5, 2),
		MOV(0, 1), EXIT,
		MOV(0, 2), EXIT,
	};
	struct bpf_insn unknown_helper[NR(beside)];

	(void)state;
	memcpy(unknown_helper, beside, sizeof(beside));
	unknown_helper[6].imm = 9999;
	CHECK(kept, MOV(0, 2), EXIT);
	CHECK(half, MOV(0, 2), EXIT);
	CHECK(written, SAVE8(10, -8, 5), MOV_REG(1, 10), ADD(1, -8), MOV(2, 4), MOV(3, 0),
	      HELPER(BPF_FUNC_probe_read_kernel),
	      LOAD8(7, 10, -8), JUMP(BPF_JEQ, 7, 5, 2),
	      MOV(0, 1), EXIT,
	      MOV(0, 2), EXIT);
	/* What is above a place that was handed out may be part of it. */
	CHECK(beside, SAVE8(10, -8, 5), MOV_REG(1, 10), ADD(1, -16), MOV(2, 8),
	      MOV(3, 0), HELPER(BPF_FUNC_probe_read_kernel), MOV(0, 2), EXIT);
	CHECK(unknown_helper, SAVE8(10, -8, 5), MOV_REG(1, 10), ADD(1, -16), MOV(2, 8),
	      MOV(3, 0), HELPER(9999),
	      LOAD8(7, 10, -8), JUMP(BPF_JEQ, 7, 5, 2),
	      MOV(0, 1), EXIT,
	      MOV(0, 2), EXIT);
}

/* A store to a place on the stack that is not known changes all of it. */
static void test_unknown_place(void **state)
{
	struct bpf_insn insns[] = {
		MOV(6, 5), STORE8(10, -8, 6), LOAD8(3, 1, 0), MOV_REG(2, 10),
		{ .code = BPF_ALU64 | BPF_ADD | BPF_X, .dst_reg = 2, .src_reg = 3 },
		STORE8(2, 0, 3), LOAD8(7, 10, -8), JUMP(BPF_JEQ, 7, 5, 2),
		MOV(0, 1), EXIT,
		MOV(0, 2), EXIT,
	};

	(void)state;
	CHECK(insns, SAVE8(10, -8, 5), LOAD8(3, 1, 0), MOV_REG(2, 10),
	      { .code = BPF_ALU64 | BPF_ADD | BPF_X, .dst_reg = 2, .src_reg = 3 },
	      STORE8(2, 0, 3), LOAD8(7, 10, -8), JUMP(BPF_JEQ, 7, 5, 2),
	      MOV(0, 1), EXIT,
	      MOV(0, 2), EXIT);
}

/* Loads from the context stand where calls stood for them, at places that are known only now. */
static void test_context(void **state)
{
	struct bpf_insn word[] = {
		MAP(2, 8), LOAD(2, 2, 0), HELPER(BS_LOAD_WORD), EXIT,
	};
	struct bpf_insn reg[] = {
		MOV(2, 1), HELPER(BS_LOAD_REG), EXIT,
	};
	struct bpf_insn bad[] = {
		MOV(2, BS_MAX_ARGS), HELPER(BS_LOAD_WORD), EXIT,
	};
	struct bpf_insn either[] = {
		MOV(2, 1), LOAD(3, 1, 0), JUMP(BPF_JEQ, 3, 0, 1), MOV(2, 2),
		HELPER(BS_LOAD_WORD), EXIT,
	};

	(void)state;
	CHECK(word, LOAD8(0, 1, 16), EXIT);
#ifdef __x86_64__
	CHECK(reg, LOAD8(0, 1, 104), EXIT);	/* rsi in struct pt_regs */
#endif
	assert_int_equal(specialise(bad, NR(bad), NULL, 0), -EINVAL);
	assert_int_equal(specialise(either, NR(either), NULL, 0), -EINVAL);
}

/* Copies, also those on the stack, numbers in registers, and additions that an offset can do. */
static void test_tidied(void **state)
{
	struct bpf_insn copies[] = {
		MOV_REG(6, 1), STORE8(10, -8, 6), LOAD8(2, 10, -8), LOAD8(3, 2, 8),
		MOV_REG(0, 3), EXIT,
	};
	struct bpf_insn numbers[] = {
		MOV(2, 7), STORE8(1, 0, 2), MOV(3, 0),
		{ .code = BPF_ALU64 | BPF_ADD | BPF_X, .dst_reg = 0, .src_reg = 3 },
		EXIT,
	};
	struct bpf_insn offset[] = {
		MOV(3, 16),
		{ .code = BPF_ALU64 | BPF_ADD | BPF_X, .dst_reg = 1, .src_reg = 3 },
		LOAD8(0, 1, 8), EXIT,
	};
	struct bpf_insn overwritten[] = {	/* the copy outlives what it is one of */
		MOV_REG(6, 1), LOAD8(1, 1, 0), LOAD8(0, 6, 8), STORE8(6, 0, 1), EXIT,
	};

	(void)state;
	CHECK(copies, LOAD8(0, 1, 8), EXIT);
	CHECK(numbers, SAVE8(1, 0, 7), EXIT);
	CHECK(offset, LOAD8(0, 1, 24), EXIT);
	CHECK(overwritten, MOV_REG(6, 1), LOAD8(1, 1, 0), LOAD8(0, 6, 8), STORE8(6, 0, 1), EXIT);
}

/* A function that is not called goes; one that is knows its arguments, and a loop in it ends. */
static void test_functions(void **state)
{
	struct bpf_insn insns[] = {
		MOV(1, 1), CALL(3), EXIT,
		MOV(0, 77), EXIT,					/* not called */
		MOV(0, 0),
		JUMP(BPF_JEQ, 1, 1, 1),					/* always */
		MOV(0, 5),
		ADD(0, 1), JUMP(BPF_JLT, 0, 1000, -2), EXIT,
	};

	(void)state;
	/* Nor is what it is called with read in the end. */
	CHECK(insns, CALL(1), EXIT,
	      MOV(0, 0), ADD(0, 1), JUMP(BPF_JLT, 0, 1000, -2), EXIT);
}

/* Both ways reach the end with another number: no branch on it is decided there. */
static void test_meeting(void **state)
{
	struct bpf_insn insns[] = {
		LOAD(2, 1, 0), MOV(3, 0), JUMP(BPF_JEQ, 2, 9, 1), MOV(3, 1),
		JUMP(BPF_JEQ, 3, 0, 2),
		MOV(0, 10), EXIT,
		MOV(0, 20), EXIT,
	};
	struct bpf_insn copy[NR(insns)];

	(void)state;
	memcpy(copy, insns, sizeof(insns));
	check(insns, NR(insns), copy, NR(copy));
}

/* What is not known here is left to the verifier as it is. */
static void test_refused(void **state)
{
	const struct constant_map map = { MAP_FD, constants, sizeof(constants) };
	struct bpf_insn long_goto[] = {
		{ .code = BPF_JMP32 | BPF_JA, .imm = 0 }, MOV(0, 0), EXIT,
	};
	struct bpf_insn outside[] = { JUMP(BPF_JEQ, 1, 0, 100), EXIT };
	struct bpf_insn before[] = { GOTO(-5), EXIT };
	struct bpf_insn cut[] = { { .code = BPF_LD | BPF_IMM | BPF_DW } };

	(void)state;
	assert_int_equal(specialise(long_goto, NR(long_goto), &map, 1), -EINVAL);
	assert_int_equal(long_goto[1].code, BPF_ALU64 | BPF_MOV | BPF_K);
	assert_int_equal(specialise(outside, NR(outside), &map, 1), -EINVAL);
	assert_int_equal(specialise(before, NR(before), &map, 1), -EINVAL);
	assert_int_equal(specialise(cut, NR(cut), &map, 1), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decided),
		cmocka_unit_test(test_undecided),
		cmocka_unit_test(test_signs),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_stack),
		cmocka_unit_test(test_unknown_place),
		cmocka_unit_test(test_context),
		cmocka_unit_test(test_tidied),
		cmocka_unit_test(test_functions),
		cmocka_unit_test(test_meeting),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
