/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's functions that can be traced, for programs that attach to many without our help. */
#ifndef BENCH_FUNCTIONS_H
#define BENCH_FUNCTIONS_H

#include <stdint.h>

struct btf;

struct function {
	const char *name;
	uint32_t id;		/* in the kernel's BTF */
	unsigned int parameter;	/* the first of the type asked for, from 0 on; 0 if none was */
	uint64_t addr;
};

/*
 * Those that are in @btf and in tracefs' available_filter_functions, whose name only one symbol
 * has, in the order of their names. With @type only those that have a pointer to the struct of that name
 * among their first 6 parameters. Needs root. Returns how many; *@out is the caller's to free, the
 * names are @btf's. Exits with a message on any error.
 */
unsigned int functions__find(const struct btf *btf, const char *type, struct function **out);

#endif
