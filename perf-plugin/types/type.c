// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <bpf/btf.h>

#include "../util/suggest.h"
#include "type.h"

/* Longer chains of const, typedef, ... don't occur; a loop is cut here. */
#define MAX_CHAIN	64
/* Anonymous members within each other. */
#define MAX_NESTING	16
/* A struct whose anonymous members are itself would be walked for ever without a budget. */
#define MAX_VISITS	(1u << 18)

static bool is_modifier(const struct btf_type *t)
{
	switch (btf_kind(t)) {
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
	case BTF_KIND_VAR:
		return true;
	default:
		return false;
	}
}

/* NULL for broken BTF. void is a type here: id 0, BTF_KIND_UNKN. */
static const struct btf_type *strip(const struct btf *btf, uint32_t *id)
{
	const struct btf_type *t = btf__type_by_id(btf, *id);
	unsigned int i;

	for (i = 0; t && i < MAX_CHAIN; i++) {
		if (!is_modifier(t))
			return t;
		*id = t->type;
		t = btf__type_by_id(btf, *id);
	}
	return NULL;
}

uint32_t type__strip(const struct btf *btf, uint32_t id)
{
	return strip(btf, &id) ? id : 0;
}

static const char *name_of(const struct btf *btf, uint32_t name_off)
{
	const char *name = btf__str_by_offset(btf, name_off);

	return name ? name : "";
}

static bool is_scalar_size(uint32_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

static void fill_int(const struct btf *btf, const struct btf_type *t, struct type_info *info)
{
	uint8_t encoding = btf_int_encoding(t);
	const char *name = name_of(btf, t->name_off);

	if (!is_scalar_size(t->size) && t->size != 16)
		return;
	info->cls = TYPE_INT;
	info->size = t->size;
	info->is_signed = encoding & BTF_INT_SIGNED;
	info->is_bool = encoding & BTF_INT_BOOL;
	/* pahole doesn't set BTF_INT_CHAR; u8 is "unsigned char" and no text. */
	info->is_char = t->size == 1 && !strcmp(name, "char");
}

/* @depth counts arrays of arrays. */
static bool size_of(const struct btf *btf, uint32_t id, unsigned int depth, uint64_t *size)
{
	const struct btf_type *t = strip(btf, &id);

	if (!t || depth > MAX_NESTING)
		return false;
	switch (btf_kind(t)) {
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		*size = t->size;
		return true;
	case BTF_KIND_PTR:
		*size = sizeof(uint64_t);
		return true;
	case BTF_KIND_ARRAY:
		if (!size_of(btf, btf_array(t)->type, depth + 1, size))
			return false;
		*size *= btf_array(t)->nelems;
		return *size <= UINT32_MAX;
	default:
		return false;
	}
}

static void fill_array(const struct btf *btf, const struct btf_type *t, struct type_info *info)
{
	uint64_t size;

	if (!size_of(btf, info->id, 0, &size))
		return;
	info->cls = TYPE_ARRAY;
	info->size = size;
	info->target = btf_array(t)->type;
	info->nr_elems = btf_array(t)->nelems;
}

static void fill_sized(const struct btf_type *t, enum type_class cls, struct type_info *info)
{
	info->cls = cls;
	info->size = t->size;
}

void type__info(const struct btf *btf, uint32_t id, struct type_info *info)
{
	const struct btf_type *t = strip(btf, &id);

	*info = (struct type_info){ .cls = TYPE_INVALID, .id = id };
	if (!t)
		return;

	switch (btf_kind(t)) {
	case BTF_KIND_UNKN:
		info->cls = TYPE_VOID;
		break;
	case BTF_KIND_INT:
		fill_int(btf, t, info);
		break;
	case BTF_KIND_FLOAT:
		if (is_scalar_size(t->size) || t->size == 12 || t->size == 16)
			fill_sized(t, TYPE_FLOAT, info);
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		if (!is_scalar_size(t->size))
			break;
		fill_sized(t, TYPE_ENUM, info);
		info->is_signed = btf_kflag(t);
		break;
	case BTF_KIND_PTR:
		info->cls = TYPE_POINTER;
		info->size = sizeof(uint64_t);
		info->target = t->type;
		break;
	case BTF_KIND_ARRAY:
		fill_array(btf, t, info);
		break;
	case BTF_KIND_STRUCT:
		fill_sized(t, TYPE_STRUCT, info);
		break;
	case BTF_KIND_UNION:
		fill_sized(t, TYPE_UNION, info);
		break;
	case BTF_KIND_FUNC:
	case BTF_KIND_FUNC_PROTO:
		info->cls = TYPE_FUNC;
		break;
	case BTF_KIND_FWD:
		info->cls = TYPE_FWD;
		break;
	}
}

bool type__is_char(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);
	const char *name;

	for (unsigned int steps = 0; t && steps < MAX_CHAIN; steps++) {
		if (btf_is_int(t)) {
			name = name_of(btf, t->name_off);
			return t->size == 1 && (!strcmp(name, "char") ||
						!strcmp(name, "unsigned char") ||
						!strcmp(name, "signed char"));
		}
		if (!btf_is_mod(t) && !btf_is_type_tag(t))
			return false;
		t = btf__type_by_id(btf, t->type);
	}
	return false;
}

bool type__is_char_pointer(const struct btf *btf, uint32_t id)
{
	struct type_info info;

	type__info(btf, id, &info);
	return info.cls == TYPE_POINTER && type__is_char(btf, info.target);
}

bool type__is_char_array(const struct btf *btf, uint32_t id)
{
	struct type_info info;

	type__info(btf, id, &info);
	if (info.cls != TYPE_ARRAY)
		return false;
	type__info(btf, info.target, &info);
	return info.is_char;
}

/*
 * Bitfields without kind_flag: the integer says how many of its bits are used and where they
 * start (clang and pahole before 2019).
 */
static void apply_int_bits(const struct btf *btf, struct member_place *place, uint64_t *bit_off)
{
	uint32_t id = place->type_id;
	const struct btf_type *t = strip(btf, &id);

	if (!t || btf_kind(t) != BTF_KIND_INT)
		return;
	if (btf_int_offset(t) || btf_int_bits(t) < (uint64_t)t->size * 8) {
		*bit_off += btf_int_offset(t);
		place->bit_size = btf_int_bits(t);
	}
}

static bool bitfield_fits(const struct btf *btf, const struct member_place *place)
{
	struct type_info info;

	type__info(btf, place->type_id, &info);
	return (info.cls == TYPE_INT || info.cls == TYPE_ENUM) && place->bit_size <= info.size * 8;
}

int type__member(const struct btf *btf, const struct btf_type *t, unsigned int idx,
		 struct member_place *place)
{
	const struct btf_member *m;
	uint64_t bit_off;

	if (!btf_is_composite(t) || idx >= btf_vlen(t))
		return -EINVAL;
	m = &btf_members(t)[idx];
	place->type_id = m->type;
	if (btf_kflag(t)) {
		bit_off = BTF_MEMBER_BIT_OFFSET(m->offset);
		place->bit_size = BTF_MEMBER_BITFIELD_SIZE(m->offset);
	} else {
		bit_off = m->offset;
		place->bit_size = 0;
		apply_int_bits(btf, place, &bit_off);
	}
	place->bit_off = bit_off;
	if (bit_off > UINT32_MAX || (place->bit_size && !bitfield_fits(btf, place)))
		return -EINVAL;
	return 0;
}

/* A walk over the members of a struct and of the anonymous ones in it, in order. */
struct member_walk {
	const struct btf *btf;
	unsigned int visits;
	/* Returns true to end the walk, which then returns 1. @place counts from the outermost. */
	bool (*fn)(const char *name, const struct member_place *place, void *ctx);
	void *ctx;
};

/* Returns 1 when ended by the callback, 0 at the end, -EINVAL for broken BTF or no struct. */
static int walk_members(struct member_walk *walk, uint32_t id, uint64_t base, unsigned int depth)
{
	const struct btf_type *t = strip(walk->btf, &id);
	struct member_place place;
	unsigned int i;

	if (!t || !btf_is_composite(t) || depth > MAX_NESTING)
		return -EINVAL;

	for (i = 0; i < btf_vlen(t); i++) {
		const char *name = name_of(walk->btf, btf_members(t)[i].name_off);
		int ret = type__member(walk->btf, t, i, &place);

		if (ret)
			return ret;
		if (++walk->visits > MAX_VISITS || base + place.bit_off > UINT32_MAX)
			return -EINVAL;
		place.bit_off += base;
		if (*name) {
			if (walk->fn(name, &place, walk->ctx))
				return 1;
			continue;
		}
		if (place.bit_size || !btf_is_composite(btf__type_by_id(walk->btf,
							type__strip(walk->btf, place.type_id))))
			continue;	/* padding: "u32 :5" */
		ret = walk_members(walk, place.type_id, place.bit_off, depth + 1);
		if (ret)
			return ret;
	}
	return 0;
}

struct member_search {
	const char *name;
	struct member_place *place;
};

static bool is_searched(const char *name, const struct member_place *place, void *ctx)
{
	struct member_search *search = ctx;

	if (strcmp(name, search->name))
		return false;
	*search->place = *place;
	return true;
}

int type__find_member(const struct btf *btf, uint32_t id, const char *name,
		      struct member_place *place)
{
	struct member_search search = { .name = name, .place = place };
	struct member_walk walk = { .btf = btf, .fn = is_searched, .ctx = &search };
	int ret;

	*place = (struct member_place){ 0 };
	if (!*name)
		return -ENOENT;
	ret = walk_members(&walk, id, 0, 0);
	if (ret < 0)
		return ret;
	return ret ? 0 : -ENOENT;
}

static bool offer_member(const char *name, const struct member_place *place, void *ctx)
{
	(void)place;
	suggest__offer(ctx, name);
	return false;
}

unsigned int type__suggest_member(const struct btf *btf, uint32_t id, const char *name,
				  const char **names, unsigned int max)
{
	struct suggest suggest;
	struct member_walk walk = { .btf = btf, .fn = offer_member, .ctx = &suggest };

	suggest__init(&suggest, name);
	walk_members(&walk, id, 0, 0);
	return suggest__best(&suggest, names, max);
}

uint32_t type__find_by(const struct btf *btf, type_find_fn find, const void *ctx, const char *name,
		       uint32_t kind)
{
	uint32_t id;

	switch (kind) {
	case BTF_KIND_UNKN:
		id = find(ctx, name, BTF_KIND_TYPEDEF);
		if (!id)
			id = find(ctx, name, BTF_KIND_INT);
		return id ? id : find(ctx, name, BTF_KIND_FLOAT);
	case BTF_KIND_ENUM:
		id = find(ctx, name, BTF_KIND_ENUM64);
		if (id)
			return id;
		id = find(ctx, name, BTF_KIND_ENUM);
		/* An enum that is only declared is one without values. */
		return id && btf_vlen(btf__type_by_id(btf, id)) ? id : 0;
	default:
		return find(ctx, name, kind);
	}
}

static uint32_t scan(const void *ctx, const char *name, uint32_t kind)
{
	int id = btf__find_by_name_kind(ctx, name, kind);

	return id > 0 ? id : 0;
}

uint32_t type__find(const struct btf *btf, const char *name, uint32_t kind)
{
	return type__find_by(btf, scan, btf, name, kind);
}
