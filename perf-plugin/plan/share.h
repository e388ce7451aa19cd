/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values that several expressions of one side of a plan need, computed once and kept in a temp.
 *
 * The side is compiled twice, in the same order: the first pass counts which values are needed
 * again, in the second those get temps. Where these are too few, the value that saves least is
 * given up and both passes are done again.
 */
#ifndef BTFSNOOP_PLAN_SHARE_H
#define BTFSNOOP_PLAN_SHARE_H

#include <stdbool.h>
#include <stdint.h>

#include "../../bpf/plan.h"
#include "../types/typed.h"

#define SHARE_MAX	256	/* values looked at; there is no room for as many operations */
#define SHARE_MAX_GIVEN_UP 32	/* and then nothing is shared */

/*
 * What a value is for, which decides what it is when memory could not be read: 0, or an address
 * that fails again and so marks whoever uses it.
 */
enum purpose {
	FOR_VALUE,
	FOR_ADDRESS,
	FOR_BASE,		/* an address that something large may be added to: its user marks
				 * itself, nobody else */
	FOR_ANY,		/* it did not fail */
};

struct shared {
	const struct typed_expr *expr;
	enum purpose purpose;
	int item;		/* the only one that may use it, by its status index; or -1 */
	bool gone;		/* computed where control need not have come along */
	unsigned int uses;	/* first pass: so far; second: left */
	int temp;		/* -1: none */
};

struct share {
	struct shared values[SHARE_MAX];
	unsigned int nr;
	unsigned int uses[SHARE_MAX];	/* what the first pass found */
	struct {
		const struct typed_expr *expr;
		enum purpose purpose;
	} given_up[SHARE_MAX_GIVEN_UP];
	unsigned int nr_given_up;
	bool counting;
	bool no_leaves;		/* nothing that one operation computes, which saves no operations */
	bool again;		/* a value was given up: from the start */
	uint32_t temps;		/* a bit for each that is in use */
};

/* Of many functions, most share nothing: what is not in use yet is left as it is. */
void share__init(struct share *share);

/* Begins a pass: the first one where @counting. */
void share__start(struct share *share, bool counting);

/* @expr's value for @purpose and the item, if it has been computed; NULL: it has not. */
struct shared *share__find(struct share *share, const struct typed_expr *expr,
			   enum purpose purpose, int item);

/* It is used: the second pass frees its temp when that was the last time. */
void share__use(struct share *share, struct shared *shared);

/*
 * @expr has been computed, for @purpose and @item (-1: any). Returns the temp to keep it in, -1:
 * none.
 */
int share__add(struct share *share, const struct typed_expr *expr, enum purpose purpose, int item);

/* Values from number @nr on are gone: what computed them may have been skipped. */
void share__forget(struct share *share, unsigned int nr);

/* A temp for a moment, -1: there is none, even if all that is shared were given up. */
int share__take_temp(struct share *share);
void share__put_temp(struct share *share, int temp);

#endif
