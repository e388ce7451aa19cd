/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A typed spec: a spec resolved against BTF, for one function. Every expression has become a chain
 * of loads with a BTF type at its end; everything a user can get wrong in a spec is found here.
 */
#ifndef BTFSNOOP_TYPES_TYPED_H
#define BTFSNOOP_TYPES_TYPED_H

#include <stdbool.h>
#include <stdint.h>

#include "../spec/spec.h"
#include "abi.h"
#include "kbtf.h"

enum typed_op {
	TYPED_PARAM,		/* word @imm of parameter @param, as it is passed */
	TYPED_RETVAL,		/* the return value, as wide as the register */
	TYPED_ADD,		/* base + @imm: a place in an object or an array */
	TYPED_LOAD,		/* the @size bytes at base + @imm, extended by sign or zeros */
	TYPED_EXTEND,		/* the low @size bytes of base, extended */
	TYPED_BITS,		/* bits [@imm, @imm + @size) of base, extended */
};

/* One step of a chain; @base is NULL for TYPED_PARAM and TYPED_RETVAL. */
struct typed_expr {
	enum typed_op op;
	struct typed_expr *base;
	int64_t imm;
	unsigned int size;	/* bytes, of TYPED_BITS bits */
	bool is_signed;
	struct abi_param param;	/* of TYPED_RETVAL size and number of words */
};

enum typed_kind {
	TYPED_SCALAR,		/* the expression's value, up to 8 bytes */
	TYPED_OBJECT,		/* the object at the address that the expression gives */
	TYPED_STRING,		/* the string at that address */
	TYPED_BY_VALUE,		/* an aggregate in the words of a parameter, or in the register of
				 * the return value, itself */
};

struct typed_item {
	char *name;		/* as the user named it or wrote it: "skb->dev->name" */
	char *path;		/* the name for fields: "skb__dev__name" */
	enum typed_kind kind;
	struct typed_expr *expr;	/* TYPED_BY_VALUE: its TYPED_PARAM or TYPED_RETVAL */
	uint32_t type_id;	/* of the value or object; of a string its char * or char[] */
	bool is_signed;		/* of a scalar */
	bool is_return;		/* the return value itself */
	bool at_return;		/* read when the function returns */
	bool can_fail;		/* memory is read */
	uint32_t pointee;	/* of a bare pointer parameter: the object's type, kept too; or 0 */
};

struct typed_spec {
	const struct spec *spec;	/* outlives this */
	struct kfunc func;
	struct typed_item *items;
	unsigned int nr_items;
	char **left_out;	/* what no event can hold, with the reason */
	unsigned int nr_left_out;
};

/*
 * Resolves @spec for @func. A spec without items gets an item for every parameter, and those that
 * can't be recorded are named in left_out.
 * Returns 0, -EINVAL or -ENOENT with a message in @diag that points into spec->text, -ENOMEM.
 */
int typed_spec__new(const struct spec *spec, const struct kfunc *func, struct typed_spec **out,
		    struct diag *diag);
void typed_spec__free(struct typed_spec *typed);

/*
 * The item for the return value: for events that record a return without being asked. None for a
 * void function; what cannot be recorded is named in left_out. Returns 0 or -ENOMEM.
 */
int typed_spec__add_retval(struct typed_spec *typed);

#endif
