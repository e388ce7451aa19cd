/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a function's parameters are at its first instruction: the System V x86-64 calling
 * convention without floating point, which the kernel does not use, counted in words of 8 bytes.
 */
#ifndef BTFSNOOP_TYPES_ABI_H
#define BTFSNOOP_TYPES_ABI_H

#include <stdbool.h>

#include "kbtf.h"

#define ABI_NR_REGISTERS	6

struct abi_param {
	unsigned int word;	/* its first word in a trampoline's array, which has all words */
	unsigned int nr_words;	/* 0: of unknown size or empty */
	unsigned int size;	/* bytes of its type */
	bool on_stack;		/* in the caller's frame, else in registers */
	unsigned int place;	/* first register (0 to 5), or word above the return address */
	bool in_memory;		/* a struct that is too large for registers, or packed */
};

/*
 * Where parameter @index is. Returns 0, -EINVAL when it, or one before it, has no known size or is
 * passed in floating-point registers.
 */
int abi__param(const struct kfunc *func, unsigned int index, struct abi_param *param);

/* Whether all of @func's return value is in one register: a scalar, a struct of up to 8 bytes. */
bool abi__returns_in_register(const struct kfunc *func);

/*
 * Whether the kernel's trampolines find @func's parameters where they are: they go by the sizes
 * alone (arch/x86/net/bpf_jit_comp.c, save_args()) and don't know of packed structs and 128-bit
 * integers. What they refuse anyway counts as found.
 */
bool abi__trampoline_agrees(const struct kfunc *func);

#endif
