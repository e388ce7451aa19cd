/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A spec: what the user wrote after -f, as a tree. Nothing here knows the kernel's types.
 *
 *	ip_send_skb(skb)			tp:sched_switch(prev->comm, next->pid)
 *	sends=tcp_*(sk, size, return)		nf_tables:nft_do_chain
 *	{tcp,udp}_sendmsg,!udp_v6*		*(struct sk_buff *)->len
 *
 *	spec:	 [EVENT=][tp:][MODULE:]patterns[(type, ...)]...[(item, ...)]
 *	patterns: pattern[,pattern]...	those that one matches and none with a ! does
 *	pattern: [!]glob[{a,b}], [!]/regular expression/, [!]@source file
 */
#ifndef BTFSNOOP_SPEC_SPEC_H
#define BTFSNOOP_SPEC_SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "../util/diag.h"

#define SPEC_MAX_LEN	4096	/* bytes of a spec's or filter's text */
#define EXPR_MAX_DEPTH	64	/* of a tree, and of parentheses: recursion over it is safe */

/* One node of an expression; which of the members hold is said by the kind. */
enum expr_kind {
	EXPR_NAME,		/* name: a parameter, an enumerator */
	EXPR_RETURN,		/* the function's return value */
	EXPR_NUMBER,		/* number, of the type is_unsigned and rank say */
	EXPR_STRING,		/* name: its bytes, escapes resolved, str_len long and a NUL */
	EXPR_MEMBER,		/* args[0] . name, or -> when arrow */
	EXPR_INDEX,		/* args[0] [ args[1] ] */
	EXPR_UNARY,		/* op args[0] */
	EXPR_BINARY,		/* args[0] op args[1] */
	EXPR_COND,		/* args[0] ? args[1] : args[2] */
	EXPR_CAST,		/* (type) args[0] */
	EXPR_SIZEOF,		/* sizeof(type), or sizeof args[0] where type.name is NULL */
	EXPR_CALL,		/* name(args...): a built-in */
	EXPR_CONTAINER_OF,	/* container_of(args[0], type, path): args[1] is the member path */
	EXPR_AT_RETURN,		/* args[0] @return: memory as it is at the return */
	EXPR_BY_TYPE,		/* (type) alone: the parameter of this type */
};

enum expr_op {
	OP_DEREF = 1, OP_ADDR, OP_NEG, OP_PLUS, OP_NOT, OP_BITNOT,		/* unary */
	OP_MUL, OP_DIV, OP_MOD, OP_ADD, OP_SUB, OP_SHL, OP_SHR,			/* binary */
	OP_LT, OP_LE, OP_GT, OP_GE, OP_EQ, OP_NE, OP_MATCH /* ~ with a glob */,
	OP_AND, OP_XOR, OP_OR, OP_LAND, OP_LOR,
};

/* A type as the user names it: [const] [struct|union|enum] name [*...] */
struct type_name {
	enum { TYPE_NAME_PLAIN, TYPE_NAME_STRUCT, TYPE_NAME_UNION, TYPE_NAME_ENUM } tag;
	char *name;		/* "sk_buff", "long unsigned int" (base types in BTF's spelling) */
	unsigned int ptr_depth;
	struct span span;
};

struct expr {
	enum expr_kind kind;
	enum expr_op op;
	struct span span;	/* the whole expression */
	struct span name_span;	/* the name or operator a message points at */
	char *name;
	unsigned int str_len;
	uint64_t number;
	bool is_unsigned;
	unsigned int rank;	/* EXPR_NUMBER: 0 int, 1 long, 2 long long, as C types it (LP64) */
	bool arrow;
	struct type_name type;
	struct expr **args;
	unsigned int nr_args;
	unsigned int height;	/* of the tree: 1 for a leaf, EXPR_MAX_DEPTH at most */
};

struct spec_item {
	char *name;		/* of name=expr, NULL when the expression names itself */
	struct expr *expr;
	char *text;		/* the expression as written, white space folded */
};

/* What has to be true for there to be an event. */
struct spec_filter {
	char *text;		/* what was parsed; spans in expr refer to it */
	struct expr *expr;
};

/* One of the alternatives of a pattern; it names functions ... */
enum pattern_kind {
	PATTERN_GLOB,		/* by a name or glob: tcp_sendmsg, tcp_* */
	PATTERN_REGEX,		/* by a POSIX extended regular expression, found anywhere in the
				 * name: /^tcp_(send|recv)msg$/ */
	PATTERN_FILE,		/* by a glob of the source file they are in: @net/ipv4/tcp*.c */
};

struct spec_pattern {
	enum pattern_kind kind;
	bool exclude;		/* !pattern: of those the others match, it leaves its own out */
	char *text;		/* without the / / and the @ */
	struct span span;	/* in the spec's text; empty for one of --exclude */
};

/* Whether the name is one the pattern is about. False for a PATTERN_FILE. */
bool spec_pattern__matches(const struct spec_pattern *pattern, const char *name);

#define SPEC_MAX_PATTERNS	64	/* {a,b} multiplied out and !patterns, in one spec */
#define SPEC_MAX_TYPES		6	/* by which a pattern chooses */

enum spec_kind { SPEC_FUNC, SPEC_TRACEPOINT };

struct spec {
	char *text;		/* what was parsed; spans refer to it */
	enum spec_kind kind;
	char *event;		/* of EVENT=pattern(...), NULL for none */
	char *module;		/* of module:pattern, NULL for none; also "vmlinux", "*", globs */
	char *pattern;		/* the function's name, or all patterns as written */
	struct span pattern_span;
	struct spec_pattern *patterns;	/* lists multiplied out: {tcp,udp}_sendmsg is two */
	unsigned int nr_patterns;
	struct type_name types[SPEC_MAX_TYPES];	/* *(T1, T2)(item, ...): functions with parameters
					 * of all these types, each of its own */
	unsigned int nr_types;
	struct span module_span;
	bool has_items;		/* f and f() differ: f() records no value */
	struct spec_item *items;
	unsigned int nr_items;
	struct spec_filter *filters;	/* spec__add_filter() */
	unsigned int nr_filters;
	struct spec_filter *triggers;	/* spec__add_trigger(): an event for which one is true */
	unsigned int nr_triggers;
	bool errors;		/* --errors: and the return value has to be an error */
	bool is_note;		/* made by the recorder for itself: an event whatever else has to be so */
};

/*
 * Parses @text. Returns 0 and a spec in *@out, -EINVAL with @diag saying what is wrong where,
 * -ENOMEM. Spans in the tree and in @diag count from the start of @text.
 *
 * What is C in an expression has C's meaning and precedence. Beyond it:
 *   a ~ "glob"	matches, and binds as == does (~a alone stays the bitwise not);
 *   a@return	takes all of the unary expression before it: *p@return is (*p)@return;
 *   (T)		with nothing behind it that a cast could apply to is the parameter of type T. As
 *		in C, a following * & - + ! ~ or ( makes it a cast. Alone as an item T needs no
 *		parentheses of its own: *(struct sk_buff *).
 *   (name)	could be a cast to a typedef or a parenthesised name. Followed by a name, a number,
 *		a literal, ( or ! it is a cast, else a name: (u)->x, (a) - b. (name *) and the
 *		well-known ones, (u32), (size_t), are types always.
 */
int spec__parse(const char *text, struct spec **out, struct diag *diag);

/* Parses one expression (a filter). The tree is freed with expr__free(). */
int expr__parse(const char *text, struct expr **out, struct diag *diag);

/* Parses @text and adds it to what has to be true. Returns as spec__parse(). */
int spec__add_filter(struct spec *spec, const char *text, struct diag *diag);

/* As that, but adds it to what makes an event a trigger (record --trigger). */
int spec__add_trigger(struct spec *spec, const char *text, struct diag *diag);

/*
 * Leaves out the functions that @text, a list of patterns, stands for (--exclude). A spec that
 * names one function stays as it is, but must not be left out. Returns as spec__parse().
 */
int spec__add_exclude(struct spec *spec, const char *text, struct diag *diag);

/*
 * True when @spec names one function: no list, regex, file, ! or types, no glob of functions or of
 * modules.
 */
bool spec__is_exact(const struct spec *spec);

/* How an operator is written: "+", "&&", for messages. */
const char *expr_op__text(enum expr_op op);

/*
 * The tree as an S-expression, for tests: "(-> skb len)", "(cast [struct sock *] (+ a 1))"; a name
 * stands as it is, a number with its type's suffix. The caller frees it; NULL without memory.
 */
char *expr__dump(const struct expr *expr);

void expr__free(struct expr *expr);
void spec__free(struct spec *spec);

#endif
