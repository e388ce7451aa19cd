/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Expressions on values that were recorded: what a name stands for is not a function's parameter
 * but whatever a scope says, all else is as in a spec. Whole subexpressions can be known to one, as
 * "skb->dev->name" is where just that was recorded.
 */
#ifndef BTFSNOOP_TYPES_SCOPE_H
#define BTFSNOOP_TYPES_SCOPE_H

#include "typed.h"

enum scope_form {
	SCOPE_NUMBER,		/* a number or pointer, as its type has it */
	SCOPE_OBJECT,		/* a struct, union or array: its address */
	SCOPE_STRING,		/* what compares with literals */
};

struct scope_value {
	enum scope_form form;
	unsigned int index;	/* the scope's own number for it */
	struct typed_type type;	/* not of a SCOPE_STRING */
	enum typed_display display;
};

struct scope {
	const struct btf *btf;	/* of all types; has C's integers (types/integers.h) */
	const char *name;	/* of the event, for messages */
	void *ctx;

	/* Is @e something that was recorded? 1 with *@value filled, 0, or a negative errno. */
	int (*find)(void *ctx, const struct expr *e, struct scope_value *value);

	/*
	 * May what @pointer leads to, an object of type *@type_id, have been recorded? If so that
	 * may become its type, where it was one that is only declared.
	 */
	bool (*leads_to)(void *ctx, const struct typed_expr *pointer, uint32_t *type_id);

	/*
	 * The number that is scope value @index as the text it is shown as, a SCOPE_STRING: returns
	 * the text's own index, -ENOENT where it is shown as a plain number.
	 */
	int (*shown)(void *ctx, unsigned int index);

	/* Hints for a @name that is unknown. */
	void (*hint)(void *ctx, const char *name, struct diag *diag);
};

/* What an expression gives. */
struct scope_result {
	enum typed_kind kind;	/* TYPED_SCALAR, TYPED_OBJECT, TYPED_STRING */
	struct typed_expr *expr;	/* TYPED_PARAM is scope_value @index */
	struct typed_type type;
	enum typed_display display;
	uint32_t size;		/* of an object */
	bool is_signed, is_bool;	/* of a scalar */
	bool is_quantity;	/* of a scalar: no pointer, no enum, no bool */
};

/*
 * Checks @e. Returns 0; -ENOENT for a name that the scope does not know and for what was not
 * recorded, -EINVAL for what is wrong otherwise, both with a message in @diag; -ENOMEM.
 */
int scope__check(const struct scope *scope, const struct expr *e, struct scope_result *result,
		 struct diag *diag);
void scope_result__exit(struct scope_result *result);

#endif
