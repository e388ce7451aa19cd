/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A typed spec: a spec resolved against BTF, for one function. Every expression has become a tree
 * of operations on 64-bit numbers with a C type at its top; everything a user can get wrong in a
 * spec is found here.
 */
#ifndef BTFSNOOP_TYPES_TYPED_H
#define BTFSNOOP_TYPES_TYPED_H

#include <stdbool.h>
#include <stdint.h>

#include "../spec/spec.h"
#include "abi.h"
#include "kbtf.h"

#define TYPED_MAX_MATCH	63	/* characters of a string to compare with; of a glob elements: one
				 * character, ?, or [...]; a * is none */

enum typed_op {
	TYPED_CONST,		/* @imm */
	TYPED_PARAM,		/* word @imm of parameter @param, as it is passed */
	TYPED_RETVAL,		/* the return value, as wide as the register */
	TYPED_VALUE,		/* @value */
	TYPED_ADD,		/* args[0] + @imm: a place in an object or array; NULL stays NULL */
	TYPED_INDEX,		/* args[0] + args[1] * @imm: as with an index; NULL stays NULL */
	TYPED_LOAD,		/* the @size bytes at args[0] + @imm, extended by sign or zeros */
	TYPED_EXTEND,		/* the low @size bytes of args[0], extended */
	TYPED_BITS,		/* bits [@imm, @imm + @size) of args[0], extended */
	TYPED_ALU,		/* args[0] @alu args[1], on 64 bits */
	TYPED_SWAP,		/* the low @size bytes of args[0] in reverse order, zero-extended */
	TYPED_AND,		/* args[0] && args[1], which is looked at if args[0] is not 0 */
	TYPED_OR,		/* args[0] || args[1] */
	TYPED_COND,		/* args[0] ? args[1] : args[2] */
	TYPED_MATCH,		/* whether the string at args[0] (NULL: the task's comm) is @string,
				 * or one that the glob @string matches */
};

/* Named after the plan's operations (bpf/plan.h). */
enum typed_alu {
	ALU_ADD, ALU_SUB, ALU_MUL,
	ALU_UDIV, ALU_SDIV, ALU_UMOD, ALU_SMOD,
	ALU_AND, ALU_OR, ALU_XOR,
	ALU_SHL, ALU_SHR, ALU_SAR,
	ALU_EQ, ALU_NE,				/* from here on 0 or 1 */
	ALU_ULT, ALU_ULE, ALU_SLT, ALU_SLE,
};

enum typed_value {
	VALUE_TASK, VALUE_CGROUP, VALUE_CPU, VALUE_PID, VALUE_TID, VALUE_UID, VALUE_RET_IP,
	VALUE_DURATION,
	VALUE_FLOW,		/* of the object that is followed; not of the user's */
};

/*
 * One operation. Its value is extended as its C type has it, an int by its sign; so what does not
 * fit the type has been cut off by a TYPED_EXTEND.
 */
struct typed_expr {
	enum typed_op op;
	struct typed_expr *args[3];
	int64_t imm;
	unsigned int size;	/* bytes, of TYPED_BITS bits */
	bool is_signed;
	bool at_return;		/* computed when the function returns; what is not, and is an
				 * operand of what is, is computed at the entry and kept */
	enum typed_alu alu;
	enum typed_value value;
	struct abi_param param;	/* of TYPED_RETVAL size and number of words */
	unsigned int index;	/* of TYPED_PARAM: the first is 0 */
	char *string;		/* TYPED_MATCH */
	unsigned int str_len;	/* bytes of string, which can have any but NUL */
	bool is_glob;
};

/* A type: @ptr_depth pointers to type @id, since BTF need not have the pointer to a type it has. */
struct typed_type {
	uint32_t id;		/* in the function's BTF; 0: void */
	unsigned int ptr_depth;
};

enum typed_kind {
	TYPED_SCALAR,		/* the expression's value, up to 8 bytes */
	TYPED_OBJECT,		/* the object at the address that the expression gives */
	TYPED_STRING,		/* the string at that address (expr NULL: the task's comm) */
	TYPED_BUFFER,		/* as many bytes at that address as @length says */
	TYPED_BY_VALUE,		/* an aggregate in the words of a parameter, or in the register of
				 * the return value, itself */
};

/* How a value is shown that its type does not tell. */
enum typed_display {
	DISPLAY_TYPE,		/* by its type */
	DISPLAY_IP4,		/* 4 bytes in network order: a scalar of them, or an object */
	DISPLAY_IP6,		/* an object of 16 bytes */
	DISPLAY_MAC,		/* an object of 6 bytes */
	DISPLAY_SYMBOL,		/* a code address */
};

struct typed_item {
	char *name;		/* as the user named it or wrote it: "skb->dev->name" */
	char *path;		/* the name for fields: "skb__dev__name" */
	enum typed_kind kind;
	enum typed_display display;
	struct typed_expr *expr;	/* TYPED_BY_VALUE: its TYPED_PARAM or TYPED_RETVAL */
	struct typed_expr *length;	/* TYPED_BUFFER: bytes, unsigned */
	uint32_t max_size;	/* str(p, n), buf(p, n) with a constant n: bytes kept, of a string
				 * n + 1, its NUL; 0: as all are */
	struct typed_type type;	/* of the value or object; of a string its char * or char[] */
	uint32_t nr_bytes;	/* of an object that is an array of so many unsigned chars, for
				 * whose type BTF has no id; 0: type.id says all */
	bool is_signed;		/* of a scalar */
	bool is_return;		/* the return value itself */
	bool at_return;		/* read, copied, when the function returns */
	bool can_fail;		/* memory is read, or something divided */
	uint32_t pointee;	/* of a bare pointer parameter: the object's type, kept too; or 0 */
};

/* One of the things that all have to be true for there to be an event. */
struct typed_term {
	struct typed_expr *expr;	/* true: not 0; what cannot be read is not true */
	char *text;		/* as written, white space folded */
};

struct typed_spec {
	const struct spec *spec;	/* outlives this */
	struct kfunc func;
	struct typed_item *items;
	unsigned int nr_items;
	struct typed_term *terms;	/* those of the entry first; expr->at_return tells */
	unsigned int nr_terms;
	struct typed_term *triggers;	/* one of which, if it is true, makes an event a trigger */
	unsigned int nr_triggers;
	char **left_out;	/* what no event can hold, with the reason */
	unsigned int nr_left_out;
};

/*
 * Resolves @spec for @func. A spec without items gets an item for every parameter, and those that
 * can't be recorded are named in left_out. Items that are comparisons become filter terms; so does
 * what spec->filters and spec->errors ask for.
 * Returns 0, -EINVAL or -ENOENT with a message in @diag that points into spec->text (or the text of
 * a filter, which diag then has), -ENOMEM.
 */
int typed_spec__new(const struct spec *spec, const struct kfunc *func, struct typed_spec **out,
		    struct diag *diag);
void typed_spec__free(struct typed_spec *typed);

/*
 * The item for the return value: for events that record a return without being asked. None for a
 * void function; what cannot be recorded is named in left_out. Returns 0 or -ENOMEM.
 */
int typed_spec__add_retval(struct typed_spec *typed);

/* Whether an event has to wait for the function's return: an item or a term is at_return. */
bool typed_spec__needs_return(const struct typed_spec *typed);

/* Whether one of the spec's items says what has to be true for there to be an event. */
bool typed__has_condition(const struct spec *spec);

/* The same operations on the same operands. */
bool typed_expr__equal(const struct typed_expr *a, const struct typed_expr *b);

/*
 * The tree as text, for tests and -v. Numbers are decimal and signed.
 *	p0		the first parameter; p0.1 its second word
 *	ret		the return value, as wide as the register
 *	-22		a constant
 *	current, cgroup(), cpu(), pid(), tid(), uid(), ret_ip(), duration()
 *	(add x 16)		TYPED_ADD		(index x i 8)	TYPED_INDEX
 *	(load u4 x 16)		TYPED_LOAD, its offset also where that is 0; s4: sign-extended
 *	(ext s4 x)		TYPED_EXTEND		(bits u3 x 5)	three bits from bit 5 on
 *	(+ x y)			TYPED_ALU: + - * u/ s/ u% s% & | ^ << >> s>> == != u< u<= s< s<=
 *	(swap 2 x)		TYPED_SWAP
 *	(&& x y), (|| x y), (? c x y)
 *	(== x "string"), (~ x "glob")	TYPED_MATCH; x is comm() where it is the task's comm. In the
 *				string \" and \\, and what is no printable ASCII as \x0a
 * An "@" in front of any of them: computed at the return; ret and duration() go without, as they
 * always are. NULL is "(none)".
 */
void typed_expr__dump(const struct typed_expr *expr, struct buf *out);

/*
 * Whether type @id is the one that the user names (const and the like aside): a struct, union or
 * enum by its name; a typedef or base type also when a typedef of it is what @id is (pid_t is an
 * int, an int is no pid_t). For (T), the parameter of a type.
 */
bool typed__is_type(const struct btf *btf, uint32_t id, const struct type_name *name);

#endif
