/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Takes out of a program what it computes and does not use: what parts of one that was compiled as a
 * whole do for the rest of it.
 */
#ifndef BTFSNOOP_ATTACH_TIDY_H
#define BTFSNOOP_ATTACH_TIDY_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Moves the instructions that are kept together; neither a branch that is taken nor half of a wide
 * one may be left out. @place has room for @nr + 1. Returns their number.
 */
size_t tidy__compact(struct bpf_insn *insns, size_t nr, bool *keep, size_t *place);

/*
 * Leaves out writes to registers and to places on the stack that nobody reads, and copies of
 * registers; puts the rest in the order in which it runs. Returns the number of instructions that
 * are left at the start of @insns, or -ENOMEM.
 */
long tidy(struct bpf_insn *insns, size_t nr);

#endif
