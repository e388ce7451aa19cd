// SPDX-License-Identifier: GPL-2.0-only
/* attach/assemble.h: sessions, and the kernel's functions in programs. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../bpf/plan.h"
#include "../../perf-plugin/attach/assemble.h"

#define NR(a)	(sizeof(a) / sizeof(*(a)))

#define MOV(d, i)	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = d, .imm = i }
#define HELPER(n)	{ .code = BPF_JMP | BPF_CALL, .imm = n }
#define KERNEL(n)	{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = n }
#define CALL(o)		{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = o }
#define EXIT		{ .code = BPF_JMP | BPF_EXIT }

static const struct kernel_funcs funcs = { 100, 200, 300 };

static void test_kernel_funcs(void **state)
{
	const struct kernel_funcs some = { .rdonly_cast = 300 };
	struct bpf_insn insns[] = {
		HELPER(BS_KFUNC_SESSION_COOKIE), HELPER(BS_KFUNC_RDONLY_CAST),
		HELPER(BS_KFUNC_SESSION_IS_RETURN), HELPER(BPF_FUNC_ktime_get_ns),
		CALL(BS_KFUNC_RDONLY_CAST), MOV(0, BS_KFUNC_RDONLY_CAST), EXIT,
	};
	const struct bpf_insn all[] = {
		KERNEL(200), KERNEL(300), KERNEL(100), HELPER(BPF_FUNC_ktime_get_ns),
		CALL(BS_KFUNC_RDONLY_CAST), MOV(0, BS_KFUNC_RDONLY_CAST), EXIT,
	};
	struct bpf_insn copy[NR(insns)];

	(void)state;
	memcpy(copy, insns, sizeof(insns));
	assemble__put_kernel_funcs(insns, NR(insns), &funcs);
	assert_memory_equal(insns, all, sizeof(all));
	/* What the kernel has not is left as it was. */
	insns[0] = copy[0];
	assemble__put_kernel_funcs(copy, NR(copy), &some);
	assert_memory_equal(&copy[0], &insns[0], sizeof(copy[0]));
	assert_memory_equal(&copy[1], &all[1], sizeof(copy[1]));
}

/*
 * Runs a session whose parts are numbers and calls of the kernel's functions. Returns what it does;
 * *@calls is which functions it called, a digit each.
 */
static uint64_t run(const struct code *code, size_t at, bool is_return, int *calls)
{
	uint64_t regs[11] = { 0 };

	for (int steps = 0; steps < 100 && at < code->nr; steps++) {
		const struct bpf_insn *insn = &code->insns[at++];

		if (insn->code == (BPF_JMP | BPF_EXIT))
			return regs[0];
		if (insn->code == (BPF_ALU64 | BPF_MOV | BPF_K)) {
			regs[insn->dst_reg] = insn->imm;
		} else if (insn->code == (BPF_ALU64 | BPF_MOV | BPF_X)) {
			regs[insn->dst_reg] = regs[insn->src_reg];
		} else if (insn->code == (BPF_ALU64 | BPF_AND | BPF_K)) {
			regs[insn->dst_reg] &= insn->imm;
		} else if (insn->code == (BPF_JMP | BPF_JNE | BPF_K)) {
			if (regs[insn->dst_reg] != (uint64_t)insn->imm)
				at += insn->off;
		} else if (insn->src_reg == BPF_PSEUDO_CALL) {
			regs[0] = run(code, at + insn->imm, is_return, calls);
		} else {
			assert_int_equal(insn->src_reg, BPF_PSEUDO_KFUNC_CALL);
			*calls = *calls * 10 + insn->imm / 100;
			/* Of a bool, the rest of the register may be anything. */
			regs[0] = insn->imm == 100 ? 0x6600 | is_return : 0;
		}
	}
	fail();
	return 0;
}

static void test_session(void **state)
{
	/* Each with a function of its own. */
	struct bpf_insn entry[] = { CALL(2), MOV(0, 1), EXIT, HELPER(BS_KFUNC_SESSION_COOKIE), EXIT };
	struct bpf_insn ret[] = { CALL(2), MOV(0, 7), EXIT, HELPER(BS_KFUNC_RDONLY_CAST), EXIT };
	const struct code at_entry = { entry, NR(entry) }, at_return = { ret, NR(ret) };

	(void)state;
	for (int decides = 0; decides < 2; decides++) {
		struct code session;
		int calls = 0;

		assert_int_equal(assemble__session(&at_entry, &at_return, decides, &funcs,
						   &session), 0);
		assert_int_equal(run(&session, 0, false, &calls), decides);
		assert_int_equal(calls, 12);
		calls = 0;
		assert_int_equal(run(&session, 0, true, &calls), 0);
		assert_int_equal(calls, 13);
		free(session.insns);
	}
	assert_int_equal(entry[3].imm, BS_KFUNC_SESSION_COOKIE);	/* the parts are as they were */
}

static void test_have_sessions(void **state)
{
	const struct kernel_funcs old = { .rdonly_cast = 300 }, half = { .session_cookie = 1 };

	(void)state;
	assert_true(kernel_funcs__have_sessions(&funcs));
	assert_false(kernel_funcs__have_sessions(&old));
	assert_false(kernel_funcs__have_sessions(&half));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernel_funcs),
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_have_sessions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
