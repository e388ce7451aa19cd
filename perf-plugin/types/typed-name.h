/* SPDX-License-Identifier: GPL-2.0-only */
/* Internal to typed.c: what an expression is called. */
#ifndef BTFSNOOP_TYPES_TYPED_NAME_H
#define BTFSNOOP_TYPES_TYPED_NAME_H

#include "../spec/spec.h"
#include "../util/buf.h"

/*
 * Appends a C identifier made of an expression's words: "skb__dev__name", "skb__len_1" (+ 1),
 * "a_minus_b". That of a member, element or pointee is as long as it is, others end after 64
 * characters. Two expressions can have the same one.
 */
void typed_name__add_path(const struct expr *e, struct buf *out);

/* The text at @span with its white space folded, outside of quotes; NULL without memory. */
char *typed_name__fold(const char *text, struct span span);

#endif
