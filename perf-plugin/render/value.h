/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values of one type as text. What there is to do for the type is found out once and kept as a flat
 * list of steps; showing a value runs through them and doesn't look at BTF.
 *
 * A struct is shown as C99 initialises one:
 *
 *	(struct sk_buff){
 *		.dev = 0xffff888103b1c000,
 *		.cb = [0x1, 0x0 x 12, 0x3],	runs of zeros: counted, at the end left out
 *		.len = 137,
 *		.users.refs.counter = 1,		a struct with but one member takes no lines
 *		.ip_summed = CHECKSUM_PARTIAL,
 *	} // 224 of 232 bytes
 *
 * Members of anonymous structs and unions appear as the surrounding struct's. A union is shown as
 * one of its members (layout__union_member()). Members that are zero are left out unless asked for.
 */
#ifndef BTFSNOOP_RENDER_VALUE_H
#define BTFSNOOP_RENDER_VALUE_H

#include <stdbool.h>
#include <stdint.h>
#include <bpf/btf.h>

#include "../util/buf.h"

struct symbols;
struct value;

struct value_opts {
	bool zeros;		/* also members that are zero */
	bool hex;		/* integers in hexadecimal */
	struct symbols *symbols;	/* for FIELD_SYMBOL; NULL: bare addresses */
};

/*
 * Prepares type @type_id, which passed layout__check() or is the kernel's own. @size is how many
 * bytes of it there will be; members beyond are not shown. Nothing of @btf is kept. Returns 0,
 * -EINVAL for a type that has no values, -E2BIG for one with too many members, -ENOMEM.
 */
int value__new(const struct btf *btf, uint32_t type_id, uint32_t size, struct value **out);
void value__free(struct value *value);

/* True for a number, which value__number() shows; false for what has parts. */
bool value__is_number(const struct value *value);

/* True for an array of char. */
bool value__is_string(const struct value *value);

/* The type as C writes it, made safe for a terminal: "struct sk_buff". */
const char *value__type_name(const struct value *value);

/*
 * Appends the value whose @size bytes of value__new() are at @data (unaligned), over several lines.
 * It starts where @out ends; following lines are indented by @indent tabs. No newline at the end.
 */
void value__tree(const struct value *value, const void *data, const struct value_opts *opts,
		 unsigned int indent, struct buf *out);

/* The same in one line. */
void value__line(const struct value *value, const void *data, const struct value_opts *opts,
		 struct buf *out);

/*
 * Appends the members that differ between @old and @data, each with a space and @prefix in front:
 * " skb->len=137 skb->users.refs.counter=2". NULL as @old is all zero. What is no struct is
 * appended as a whole: " name=[1, 2]", an '->' or '.' at the end of the prefix left out.
 */
void value__changes(const struct value *value, const void *old, const void *data,
		    const struct value_opts *opts, const char *prefix, struct buf *out);

/* Appends the text in an array of char as text__add() does; what is no text, as value__line(). */
void value__string(const struct value *value, const void *data, bool quote,
		   const struct value_opts *opts, struct buf *out);

/*
 * Appends a number that was widened to 64 bits: 137, -1, 0xffff888103b1c000, NULL, true, TCP_LISTEN
 */
void value__number(const struct value *value, uint64_t number, const struct value_opts *opts,
		   struct buf *out);

#endif
