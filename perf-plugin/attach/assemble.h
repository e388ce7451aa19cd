/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Puts programs together out of instructions that the compiler made, and what it could not know of
 * the running kernel into them.
 */
#ifndef BTFSNOOP_ATTACH_ASSEMBLE_H
#define BTFSNOOP_ATTACH_ASSEMBLE_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct code {
	struct bpf_insn *insns;		/* NULL: not made yet */
	size_t nr;
};

/* Copies @nr instructions. Returns whether there was memory for it. */
bool code__copy(struct code *code, const struct bpf_insn *insns, size_t nr);

/* BTF ids, in vmlinux's BTF, of the kernel's functions for BPF programs; 0: it has none. */
struct kernel_funcs {
	uint32_t session_is_return;	/* 6.10 */
	uint32_t session_cookie;	/* 6.10 */
	uint32_t rdonly_cast;		/* 6.2 */
};

/* Whether there are sessions at all; which sort is another question. */
static inline bool kernel_funcs__have_sessions(const struct kernel_funcs *funcs)
{
	return funcs->session_is_return && funcs->session_cookie;
}

/*
 * Calls these functions where BS_KFUNC_* (bpf/plan.h) stand. What the kernel has not is left alone:
 * then it must not be reached.
 */
void assemble__put_kernel_funcs(struct bpf_insn *insns, size_t nr,
				const struct kernel_funcs *funcs);

/*
 * A program that runs at a function's entry and at its return, of the instructions for each of
 * these. It returns 0, or, with @entry_decides, what the entry's do, 1: the kernel need not run it
 * at the return. Returns 0 or -ENOMEM.
 */
int assemble__session(const struct code *at_entry, const struct code *at_return, bool entry_decides,
		      const struct kernel_funcs *funcs, struct code *session);

#endif
