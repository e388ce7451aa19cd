/* SPDX-License-Identifier: GPL-2.0-only */
/* Internal to typed.c, typed-item.c and typed-filter.c: how a typed spec is put together. */
#ifndef BTFSNOOP_TYPES_TYPED_PARTS_H
#define BTFSNOOP_TYPES_TYPED_PARTS_H

#include "check.h"
#include "typed.h"

/* A checker for expressions of @typed's spec; check__exit() frees what it made. */
static inline struct check check_of(const struct typed_spec *typed, struct diag *diag)
{
	return (struct check){
		.func = &typed->func,
		.diag = diag,
		.is_tracepoint = typed->spec->kind == SPEC_TRACEPOINT,
		.is_exact = spec__is_exact(typed->spec),
	};
}

static inline bool is_comparison(enum expr_op op)
{
	return op >= OP_LT && op <= OP_MATCH;
}

/*
 * typed-item.c: decides how the value of what stands at @span is recorded. Returns 0 or a negative
 * errno, with a message in c->diag; @item is to be freed in either case.
 */
int typed_item__set(struct check *c, struct span span, struct value *v, struct typed_item *item);
int typed_item__name(struct typed_item *item, const char *name, const char *path);
void typed_item__exit(struct typed_item *item);

/*
 * typed-filter.c: adds what @e, of @text, says has to be true, each side of an && as a term of its
 * own; then what the spec's filters and --errors say, and puts the terms into their order.
 */
int typed_filter__add(struct typed_spec *typed, const char *text, const struct expr *e,
		      struct diag *diag);
int typed_filter__add_all(struct typed_spec *typed, struct diag *diag);
void typed_filter__exit(struct typed_spec *typed);

#endif
