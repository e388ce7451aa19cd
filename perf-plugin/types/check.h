/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Internal to typed.c and check-*.c: an expression of a spec is checked from its leaves to its top,
 * and each gives a value. All operations made on the way belong to the checker; what becomes part
 * of a typed spec is copied out of it at the end (tree__copy()), so no error has to free anything.
 */
#ifndef BTFSNOOP_TYPES_CHECK_H
#define BTFSNOOP_TYPES_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "../util/buf.h"
#include "scope.h"
#include "type.h"
#include "typed.h"

#define WORD		8
#define MAX_SUGGESTIONS	3

/* The types that operators give, made of their size and sign. */
enum base_type { BASE_INT, BASE_UINT, BASE_LONG, BASE_ULONG, NR_BASE_TYPES };

struct check {
	const struct kfunc *func;
	bool is_tracepoint;
	bool is_exact;		/* for one function: worth looking for what the user meant */
	struct diag *diag;
	const struct scope *scope;	/* NULL: names are the function's parameters */
	bool no_strings;	/* in a scope: the memory is asked for of what is a string, */
	bool no_values;		/* and of members that were recorded as numbers */
	bool at_return;		/* below an @return */
	bool bare_facts;	/* built-ins without parameters may be written without () */
	struct typed_expr **nodes;
	unsigned int nr_nodes, cap_nodes;
	struct typed_expr nowhere;	/* stands for what there was no memory for */
	int err;		/* -ENOMEM */
	uint32_t base_ids[NR_BASE_TYPES];	/* 0: not looked for yet */
};

/* What a (sub)expression is. */
enum value_form {
	FORM_VALUE,		/* a number or pointer */
	FORM_PLACE,		/* an object in memory, at the address that @expr gives */
	FORM_BY_VALUE,		/* a parameter or return value that is an aggregate, or a part */
	FORM_STRING,		/* str(), comm(): @expr is its address, NULL the task's comm */
	FORM_BYTES,		/* buf(), ip6(), mac(): can only be recorded */
	FORM_LITERAL,		/* a string in the text */
};

struct value {
	enum value_form form;
	struct typed_expr *expr;
	struct typed_type type;
	uint32_t bit_off;	/* BY_VALUE: in the parameter; PLACE: below 8, of a bitfield */
	uint32_t bit_size;	/* width of the bitfield that it is, or was read from; 0: none */
	bool is_retval;		/* the return value itself, */
	bool is_bare_param;	/* or a parameter */
	bool at_return;		/* what is at the place is read at the return */
	enum typed_display display;
	struct typed_expr *length;	/* BYTES: of buf() */
	uint32_t max_size, nr_bytes;	/* as in struct typed_item */
	const struct expr *literal;
};

/*
 * check.c: any expression. What returns an int below returns 0 or a negative errno, with a
 * message in c->diag.
 */
int check__any(struct check *c, const struct expr *e, struct value *v);

/*
 * The same for what is to be taken apart: in a scope, where it was recorded as a string but is in
 * captured memory too, that.
 */
int check__parts(struct check *c, const struct expr *e, struct value *v);

/* The same for what has to be in memory. */
int check__memory(struct check *c, const struct expr *e, struct value *v);

/* The same, and what is at a place is read: @v is FORM_VALUE; of an array that is its address. */
int check__value(struct check *c, const struct expr *e, struct value *v);
int check__load(struct check *c, struct span span, struct value *v);

int check__param(struct check *c, unsigned int index, struct span span, struct value *v);
int check__return(struct check *c, struct span span, struct value *v);
void check__exit(struct check *c);

/*
 * scope.c: whether the scope knows @e: 1 with *@v filled, 0, or a negative errno; and the error for
 * what it doesn't know.
 */
int check__in_scope(struct check *c, const struct expr *e, struct value *v);
int check__unknown_in_scope(struct check *c, const struct expr *e, const char *what);

/* check-member.c */
int check__member(struct check *c, const struct expr *e, struct value *v);
int check__index(struct check *c, const struct expr *e, struct value *v);
int check__deref(struct check *c, const struct expr *e, struct value *v);
int check__address(struct check *c, const struct expr *e, struct value *v);
int check__container_of(struct check *c, const struct expr *e, struct value *v);

/* check-expr.c, check-compare.c, check-cast.c: operators */
int check__unary(struct check *c, const struct expr *e, struct value *v);
int check__binary(struct check *c, const struct expr *e, struct value *v);
int check__compare(struct check *c, const struct expr *e, struct value *v);
int check__logic(struct check *c, const struct expr *e, struct value *v);
int check__cond(struct check *c, const struct expr *e, struct value *v);
int check__cast(struct check *c, const struct expr *e, struct value *v);

/* A number or pointer, for something that is true or not: no struct, no string. */
int check__truth(struct check *c, const struct expr *e, struct value *v);

/* check-match.c: ==, != and ~ with a string */
bool check__is_match(const struct value *a, const struct value *b);
int check__match(struct check *c, const struct expr *e, struct value *a, struct value *b,
		 struct value *v);

/* check-call.c: built-ins */
int check__call(struct check *c, const struct expr *e, struct value *v);

bool call__is_known(const char *name);

/* check-const.c: sizeof, enumerators, numbers */
int check__sizeof(struct check *c, const struct expr *e, struct value *v);
int check__number(struct check *c, const struct expr *e, struct value *v);
int check__name(struct check *c, const struct expr *e, struct value *v);

/* check-type.c: C types */
int ctype__resolve(struct check *c, const struct type_name *name, struct typed_type *type);
/* As type__find(), quicker. */
uint32_t ctype__find(const struct check *c, const char *name, uint32_t kind);
void ctype__info(const struct check *c, struct typed_type type, struct type_info *info);
struct typed_type ctype__pointer_to(struct typed_type type);
/* What a pointer points to, or the type of an array's elements. */
struct typed_type ctype__target(const struct check *c, struct typed_type type);
bool ctype__same(const struct check *c, struct typed_type a, struct typed_type b);
bool ctype__is_void(const struct check *c, struct typed_type type);
bool ctype__is_char_pointer(const struct check *c, struct typed_type type);
bool ctype__is_integer(const struct check *c, struct typed_type type);
bool ctype__is_pointer(const struct check *c, struct typed_type type);
void ctype__name(const struct check *c, struct typed_type type, struct buf *out);
struct typed_type ctype__base(struct check *c, enum base_type base);
/* An array's element of bytes, as nr_bytes counts them. */
struct typed_type ctype__byte(struct check *c);

/* Whether two pointers can be compared or chosen between; *@both is the type of what is chosen. */
bool ctype__compose(const struct check *c, struct typed_type a, struct typed_type b,
		    struct typed_type *both);

/* Integer promotion of @v, and the usual arithmetic conversions of two. */
enum base_type ctype__promote(const struct check *c, const struct value *v);
enum base_type ctype__common(enum base_type a, enum base_type b);
static inline unsigned int base__size(enum base_type base)
{
	return base == BASE_INT || base == BASE_UINT ? 4 : 8;
}
static inline bool base__is_signed(enum base_type base)
{
	return base == BASE_INT || base == BASE_LONG;
}

/* check-tree.c: operations; out of memory is noticed in c->err, at the end */
struct typed_expr *tree__new(struct check *c, enum typed_op op, struct typed_expr *a,
			     struct typed_expr *b);
struct typed_expr *tree__const(struct check *c, int64_t value);
struct typed_expr *tree__add(struct check *c, struct typed_expr *base, int64_t offset);
struct typed_expr *tree__index(struct check *c, struct typed_expr *base, struct typed_expr *index,
			       int64_t size);
struct typed_expr *tree__load(struct check *c, struct typed_expr *base, unsigned int size,
			      bool is_signed, bool at_return);
struct typed_expr *tree__bits(struct check *c, struct typed_expr *base, unsigned int first,
			      unsigned int nr, bool is_signed);
/* Cut to @size bytes if it could have more, and extended. */
struct typed_expr *tree__fit(struct check *c, struct typed_expr *expr, unsigned int size,
			     bool is_signed);
struct typed_expr *tree__alu(struct check *c, enum typed_alu alu, struct typed_expr *a,
			     struct typed_expr *b);
struct typed_expr *tree__swap(struct check *c, struct typed_expr *expr, unsigned int size);
/* 0 or 1: whether it is not 0, whether it is. */
struct typed_expr *tree__truth(struct check *c, struct typed_expr *expr);
struct typed_expr *tree__not(struct check *c, struct typed_expr *expr);

static inline bool tree__is_const(const struct typed_expr *expr)
{
	return expr && expr->op == TYPED_CONST;
}

/* A copy that belongs to the caller, NULL without memory. */
struct typed_expr *tree__copy(const struct typed_expr *expr);
void tree__free(struct typed_expr *expr);

/* Whether computing it can fail: memory is read, something is divided. */
bool tree__can_fail(const struct typed_expr *expr);

/* check-range.c: all values that @expr can have are in [*@low, *@high]. */
void tree__range(const struct typed_expr *expr, int64_t *low, int64_t *high);

/* check-diag.c: an error with a %s in @fmt for the type; "did you mean 'a', 'b' or 'c'?" */
int check__type_error(struct check *c, struct span span, const char *fmt, struct typed_type type);
void check__hint_names(struct check *c, const char *prefix, const char *const *names,
		       unsigned int nr);

#endif
