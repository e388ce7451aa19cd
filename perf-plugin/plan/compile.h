/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Expressions as operations of the plan's machine (bpf/plan.h). Its accumulator takes every value;
 * an operand that has to wait for the other one is in a temp, and the one that needs more temps is
 * computed first.
 */
#ifndef BTFSNOOP_PLAN_COMPILE_H
#define BTFSNOOP_PLAN_COMPILE_H

#include <stdbool.h>
#include <stdint.h>

#include "../../bpf/plan.h"
#include "../types/typed.h"
#include "share.h"

/* Operations as they are appended. */
struct op_list {
	struct bs_op *ops;
	uint32_t nr;
	uint32_t max;
	uint32_t wanted;	/* as many as there would be, were there room */
};

/* A value of the entry that the return needs. */
struct kept {
	const struct typed_expr *expr;
	enum purpose purpose;
	uint32_t off;		/* in the raw data, or behind what a slot keeps of it */
	int status;		/* index of its bits, -1: it cannot fail */
	bool recorded;		/* an item that is in the record anyway */
};

#define KEPT_MAX	128	/* each takes an operation at least */

struct kept_list {
	struct kept values[KEPT_MAX];
	unsigned int nr;
};

/* What strings are compared with. */
struct match_list {
	struct bs_match *matches;
	unsigned int nr;
};

/* One side of a plan while it is being made. */
struct code {
	struct op_list *list;	/* where operations go: the filter's or the items' */
	struct share share;
	struct kept_list *kept;	/* NULL at the entry */
	struct match_list *matches;
	bool in_filter;		/* what fails there ends everything */
	int item;		/* status index of what is being compiled, -1: it cannot fail */
	int err;		/* the first error: -ENOMEM; -E2BIG for want of temps; what
				 * match__glob() says */
	const struct typed_expr *culprit;	/* of err, where it is a string */
};

void code__emit(struct code *code, struct bs_op op);

/* Has acc = @expr's value. */
void code__expr(struct code *code, const struct typed_expr *expr, enum purpose purpose);

/* A temp that holds acc from now on, until it is put back; -1 can be put back, too. */
int code__set_temp(struct code *code);
void code__put_temp(struct code *code, int temp);

/* Skips on their way to one label. */
struct skips {
	uint32_t at[BS_MAX_OPS];
	unsigned int nr;
	unsigned int nr_shared;		/* values that were computed before the first of them */
};

/* Skips, as BS_OP_SKIP does with @flags, to where code__label() is called. @skips is empty at first. */
void code__skip(struct code *code, unsigned int flags, struct skips *skips);
void code__label(struct code *code, const struct skips *skips);

/* Has acc = word @word of a parameter or return value that is an aggregate. */
void code__word(struct code *code, const struct typed_expr *expr, unsigned int word);

/* Whether memory is read or something divided, so that @expr's value may not be had. */
bool typed_expr__can_fail(const struct typed_expr *expr);

/* Whether @expr is the same wherever and whenever it is computed. */
bool typed_expr__is_constant(const struct typed_expr *expr);

#endif
