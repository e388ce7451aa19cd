/* SPDX-License-Identifier: GPL-2.0-only */
/* What kinds of BPF instructions there are. Only specialise.c and tidy.c include this. */
#ifndef BTFSNOOP_ATTACH_INSN_H
#define BTFSNOOP_ATTACH_INSN_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../bpf/plan.h"

#define STACK_SIZE	512		/* MAX_BPF_STACK */
#define NR_HALVES	(STACK_SIZE / 4)
#define NR_REGS		11
#define FRAME		10		/* the frame pointer */

static inline bool is_wide(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW);
}

static inline bool is_jump(const struct bpf_insn *insn)
{
	uint8_t class = BPF_CLASS(insn->code), op = BPF_OP(insn->code);

	return (class == BPF_JMP || class == BPF_JMP32) && op != BPF_CALL && op != BPF_EXIT;
}

static inline bool is_goto(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_JA);
}

static inline bool is_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL);
}

/* Of a function of the program itself. */
static inline bool is_own_call(const struct bpf_insn *insn)
{
	return is_call(insn) && insn->src_reg == BPF_PSEUDO_CALL;
}

static inline bool is_exit(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_EXIT);
}

/* What stands for a load from the context, BS_LOAD_WORD or _REG. */
static inline bool is_context_load(const struct bpf_insn *insn)
{
	return is_call(insn) && !insn->src_reg &&
	       (insn->imm == BS_LOAD_WORD || insn->imm == BS_LOAD_REG);
}

static inline unsigned int access_size(const struct bpf_insn *insn)
{
	switch (BPF_SIZE(insn->code)) {
	case BPF_B: return 1;
	case BPF_H: return 2;
	case BPF_W: return 4;
	default: return 8;
	}
}

/* Whether all that an instruction does is to write a register. */
static inline bool is_pure(const struct bpf_insn *insn)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_ALU:
	case BPF_ALU64:
	case BPF_LDX:
		return true;
	}
	return is_wide(insn);
}

static inline long jump_target(const struct bpf_insn *insns, size_t at)
{
	return (long)at + 1 + (is_jump(&insns[at]) ? insns[at].off : insns[at].imm);
}

/* Which of a helper's parameters it uses, and where it writes on the stack. */
struct helper {
	int id;
	uint8_t nr_args;
	uint8_t written;	/* the parameter that says where, 0: it does not */
	uint8_t size_arg;	/* the parameter that says how many bytes, or 0: eight */
};

/* NULL: not known. */
const struct helper *find_helper(int id);

#endif
