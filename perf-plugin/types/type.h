/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Questions about one BTF type that libbpf leaves to its callers. Nothing here allocates but names,
 * and nothing trusts the BTF: loops and ids out of range end as errors.
 */
#ifndef BTFSNOOP_TYPES_TYPE_H
#define BTFSNOOP_TYPES_TYPE_H

#include <stdbool.h>
#include <stdint.h>
#include <bpf/btf.h>

#include "../util/buf.h"

/* What a type is to someone who wants its value; const, volatile, typedefs are looked through. */
enum type_class {
	TYPE_VOID,
	TYPE_INT,		/* integers, also bool and char */
	TYPE_FLOAT,
	TYPE_ENUM,		/* enum and enum64 */
	TYPE_POINTER,
	TYPE_STRUCT,
	TYPE_UNION,
	TYPE_ARRAY,
	TYPE_FUNC,		/* a function or its prototype */
	TYPE_FWD,		/* declared only: size unknown */
	TYPE_INVALID,		/* broken BTF: an id out of range, a loop of typedefs */
};

struct type_info {
	enum type_class cls;
	uint32_t id;		/* after const, typedef ... were looked through */
	uint32_t size;		/* bytes; 0 where unknown; integers and enums 1, 2, 4, 8 (or 16) */
	bool is_signed;		/* integers and enums */
	bool is_bool;
	bool is_char;		/* one byte, of which strings are made (char, not u8) */
	uint32_t target;	/* of a pointer what it points to, of an array its element */
	uint32_t nr_elems;	/* arrays */
};

/* Always fills *@info; broken BTF is TYPE_INVALID. */
void type__info(const struct btf *btf, uint32_t id, struct type_info *info);

/* @id with const, volatile, restrict, typedefs and type tags looked through; broken BTF: 0. */
uint32_t type__strip(const struct btf *btf, uint32_t id);

/*
 * Whether a type is spelled as one of C's three char types, const and the like aside. Through a
 * typedef it is not: u8 is bytes, "unsigned char" is how the kernel spells names (struct qstr).
 */
bool type__is_char(const struct btf *btf, uint32_t id);

/*
 * Shown as a string: a pointer to something spelled char, signed or unsigned (a u8 is bytes), and an
 * array of plain char.
 */
bool type__is_char_pointer(const struct btf *btf, uint32_t id);
bool type__is_char_array(const struct btf *btf, uint32_t id);

/* Where a member is, counted in bits from the start of the struct it was asked of. */
struct member_place {
	uint32_t type_id;
	uint32_t bit_off;
	uint32_t bit_size;	/* of a bitfield; 0: not one */
};

/*
 * Member @idx of @t, a struct or union of @btf. Both encodings of bitfields are understood: in the
 * member (kind_flag, include/uapi/linux/btf.h) and, older, in the integer type it has.
 * Returns 0, or -EINVAL for an index out of range or a bitfield wider than its type.
 */
int type__member(const struct btf *btf, const struct btf_type *t, unsigned int idx,
		 struct member_place *place);

/*
 * Finds @name in the struct or union @id, also within its anonymous members. Returns 0, -ENOENT,
 * -EINVAL when @id is neither.
 */
int type__find_member(const struct btf *btf, uint32_t id, const char *name,
		      struct member_place *place);

/* As kbtf__suggest(): members of @id (also of anonymous ones) nearest to @name. */
unsigned int type__suggest_member(const struct btf *btf, uint32_t id, const char *name,
				  const char **names, unsigned int max);

/*
 * Appends the type as C writes it: "struct sk_buff *", "char[16]", "int (*)(struct sock *)".
 * What has no name is "struct {...}"; what is broken, "(invalid)".
 */
void type__name(const struct btf *btf, uint32_t id, struct buf *out);

/*
 * Appends a declaration of @name: "char name[16]", "struct sk_buff *skb". A function or prototype
 * gives what a header would say: "int ip_send_skb(struct net *net, struct sk_buff *skb)".
 */
void type__declare(const struct btf *btf, uint32_t id, const char *name, struct buf *out);

/*
 * Finds a type by name: @kind is BTF_KIND_STRUCT, _UNION, _ENUM (also an enum64), _TYPEDEF or _INT;
 * BTF_KIND_UNKN is any type that C names without a tag. What is only declared is not found.
 * Returns the id, 0: none.
 */
uint32_t type__find(const struct btf *btf, const char *name, uint32_t kind);

/* The same where @find has a quicker way to a type of one name and exactly one kind. */
typedef uint32_t (*type_find_fn)(const void *ctx, const char *name, uint32_t kind);
uint32_t type__find_by(const struct btf *btf, type_find_fn find, const void *ctx, const char *name,
		       uint32_t kind);

#endif
