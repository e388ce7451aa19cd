/* SPDX-License-Identifier: GPL-2.0-only */
/* Which objects are followed: what --track says, as a parameter of each function. */
#ifndef BTFSNOOP_PLAN_TRACK_H
#define BTFSNOOP_PLAN_TRACK_H

#include "../../bpf/plan.h"
#include "../spec/spec.h"
#include "../types/typed.h"

struct track_what {
	char *text;		/* as the user wrote it */
	struct expr *type;	/* an EXPR_BY_TYPE; NULL: the text is a parameter's or type's name */
};

/*
 * Parses "skb", the name of a parameter or else of what a parameter points to, or a type: "struct
 * sk_buff *", "struct sk_buff". Returns 0, -EINVAL with a message in @diag, -ENOMEM; @out is then
 * empty.
 */
int track_what__parse(const char *text, struct track_what *out, struct diag *diag);
void track_what__exit(struct track_what *what);

/*
 * The parameter of @func that points to the object: the one of the name, or the first of the type.
 * Fills *@expr, its value, and *@type, what it points to (id 0: void). Returns 0 or -ENOENT.
 */
int track_what__find(const struct track_what *what, const struct kfunc *func,
		     struct typed_expr *expr, struct typed_type *type);

/* What becomes of objects where a function is entered; parameters count from @index. */
enum track_note {
	NOTE_END,		/* the parameter's object ends */
	NOTE_END_MANY,		/* it is a number, the next one an array of that many objects */
	NOTE_END_MEMBER,	/* a member of the object; the next one is its offset there */
	NOTE_COPY,		/* it becomes a copy of the next one's object */
};

/*
 * The plan of a program that notes it: entry_filter alone. Returns 0 and a plan that the caller
 * frees in *@out; -ENOENT where @func has no such parameters, -ENOMEM.
 */
int track__plan_note(enum track_note note, const struct kfunc *func, unsigned int index,
		     struct bs_plan **out);

/* The type of a flow's number in @btf, or the BTF that it extends; 0: there is none. */
uint32_t track__flow_type(const struct btf *btf);

#endif
