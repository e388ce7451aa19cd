// SPDX-License-Identifier: GPL-2.0-only
/* C types: pointers to what BTF has no pointer to, type names, which types go together. */
#include <errno.h>
#include <string.h>

#include "../util/suggest.h"
#include "check.h"
#include "names.h"

void ctype__info(const struct check *c, struct typed_type type, struct type_info *info)
{
	if (!type.ptr_depth) {
		type__info(c->func->btf, type.id, info);
		return;
	}
	*info = (struct type_info){ .cls = TYPE_POINTER, .id = type.id, .size = WORD };
}

struct typed_type ctype__pointer_to(struct typed_type type)
{
	type.ptr_depth++;
	return type;
}

struct typed_type ctype__target(const struct check *c, struct typed_type type)
{
	struct type_info info;

	if (type.ptr_depth) {
		type.ptr_depth--;
		return type;
	}
	type__info(c->func->btf, type.id, &info);
	return (struct typed_type){ .id = info.target };
}

bool ctype__is_integer(const struct check *c, struct typed_type type)
{
	struct type_info info;

	ctype__info(c, type, &info);
	return (info.cls == TYPE_INT || info.cls == TYPE_ENUM) && info.size <= WORD;
}

bool ctype__is_pointer(const struct check *c, struct typed_type type)
{
	struct type_info info;

	ctype__info(c, type, &info);
	return info.cls == TYPE_POINTER;
}

bool ctype__is_void(const struct check *c, struct typed_type type)
{
	struct type_info info;

	ctype__info(c, type, &info);
	return info.cls == TYPE_VOID;
}

bool ctype__is_char_pointer(const struct check *c, struct typed_type type)
{
	if (!type.ptr_depth)
		return type__is_char_pointer(c->func->btf, type.id);
	return type.ptr_depth == 1 && type__is_char(c->func->btf, type.id);
}

/* A type with all its pointers counted: what they end at, without const and typedefs. */
static struct typed_type flatten(const struct check *c, struct typed_type type)
{
	struct type_info info;

	for (unsigned int i = 0; i < 64; i++) {
		type__info(c->func->btf, type.id, &info);
		if (info.cls != TYPE_POINTER)
			break;
		type.id = info.target;
		type.ptr_depth++;
	}
	type.id = info.id;
	return type;
}

static const char *name_of(const struct btf *btf, const struct btf_type *t)
{
	const char *name = t ? btf__str_by_offset(btf, t->name_off) : NULL;

	return name ? name : "";
}

/* BTF can have a type twice, or only declared in one place. */
static bool same_id(const struct btf *btf, uint32_t a, uint32_t b)
{
	struct type_info ia, ib;
	const char *name;

	if (a == b)
		return true;
	type__info(btf, a, &ia);
	type__info(btf, b, &ib);
	if (ia.cls == TYPE_ARRAY && ib.cls == TYPE_ARRAY)
		return ia.nr_elems == ib.nr_elems &&
		       type__strip(btf, ia.target) == type__strip(btf, ib.target);
	if (ia.cls == TYPE_INT && ib.cls == TYPE_INT)
		return ia.size == ib.size && ia.is_signed == ib.is_signed &&
		       ia.is_bool == ib.is_bool && ia.is_char == ib.is_char;
	if (ia.cls != ib.cls && ia.cls != TYPE_FWD && ib.cls != TYPE_FWD)
		return false;
	name = name_of(btf, btf__type_by_id(btf, a));
	return *name && !strcmp(name, name_of(btf, btf__type_by_id(btf, b)));
}

bool ctype__same(const struct check *c, struct typed_type a, struct typed_type b)
{
	a = flatten(c, a);
	b = flatten(c, b);
	return a.ptr_depth == b.ptr_depth && same_id(c->func->btf, a.id, b.id);
}

bool ctype__compose(const struct check *c, struct typed_type a, struct typed_type b,
		    struct typed_type *both)
{
	*both = a;
	if (ctype__is_void(c, ctype__target(c, a)))
		return true;
	if (ctype__is_void(c, ctype__target(c, b))) {
		*both = b;
		return true;
	}
	return ctype__same(c, a, b);
}

void ctype__name(const struct check *c, struct typed_type type, struct buf *out)
{
	struct buf stars = BUF_INIT;
	struct type_info info;

	type__info(c->func->btf, type.id, &info);
	if (type.ptr_depth && (info.cls == TYPE_ARRAY || info.cls == TYPE_FUNC)) {
		buf__addc(&stars, '(');
		buf__fill(&stars, '*', type.ptr_depth);
		buf__addc(&stars, ')');
		type__declare(c->func->btf, type.id, buf__str(&stars), out);
		buf__exit(&stars);
		return;
	}
	type__name(c->func->btf, type.id, out);
	if (type.ptr_depth) {
		if (!out->len || out->data[out->len - 1] != '*')
			buf__addc(out, ' ');
		buf__fill(out, '*', type.ptr_depth);
	}
}

uint32_t ctype__find(const struct check *c, const char *name, uint32_t kind)
{
	if (c->func->type_names)
		return type_names__find(c->func->type_names, name, kind);
	return type__find(c->func->btf, name, kind);
}

/* An integer of this size and sign, whatever its name; 0: none. */
static uint32_t find_integer(const struct btf *btf, unsigned int size, bool is_signed)
{
	struct type_info info;

	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		if (!btf_is_int(btf__type_by_id(btf, id)))
			continue;
		type__info(btf, id, &info);
		if (info.size == size && info.is_signed == is_signed && !info.is_bool)
			return id;
	}
	return 0;
}

static uint32_t find_base(const struct check *c, const char *name, unsigned int size,
			  bool is_signed)
{
	uint32_t id = ctype__find(c, name, BTF_KIND_INT);

	return id ? id : find_integer(c->func->btf, size, is_signed);
}

struct typed_type ctype__base(struct check *c, enum base_type base)
{
	static const char *const names[] = {
		[BASE_INT] = "int", [BASE_UINT] = "unsigned int", [BASE_LONG] = "long int",
		[BASE_ULONG] = "long unsigned int",
	};

	if (!c->base_ids[base])
		c->base_ids[base] = find_base(c, names[base], base__size(base),
					      base__is_signed(base));
	return (struct typed_type){ .id = c->base_ids[base] };
}

struct typed_type ctype__byte(struct check *c)
{
	return (struct typed_type){
		.id = find_base(c, "unsigned char", 1, false),
	};
}

enum base_type ctype__promote(const struct check *c, const struct value *v)
{
	struct type_info info;

	ctype__info(c, v->type, &info);
	if (info.size > 4 && !(v->bit_size && v->bit_size < 32))
		return info.is_signed ? BASE_LONG : BASE_ULONG;
	if (info.size < 4 || info.is_signed || (v->bit_size && v->bit_size < 32))
		return BASE_INT;
	return BASE_UINT;
}

enum base_type ctype__common(enum base_type a, enum base_type b)
{
	return a > b ? a : b;	/* a long holds every unsigned int */
}

/* ---- names ---------------------------------------------------------------------------------- */

/* What has no id of its own in a BTF that does not use it. */
static const struct {
	const char *name;
	unsigned int size;
	bool is_signed;
} integers[] = {
	{ "char", 1, true }, { "signed char", 1, true }, { "unsigned char", 1, false },
	{ "short int", 2, true }, { "short unsigned int", 2, false },
	{ "int", 4, true }, { "unsigned int", 4, false },
	{ "long int", 8, true }, { "long unsigned int", 8, false },
	{ "long long int", 8, true }, { "long long unsigned int", 8, false },
	{ "s8", 1, true }, { "u8", 1, false }, { "s16", 2, true }, { "u16", 2, false },
	{ "s32", 4, true }, { "u32", 4, false }, { "s64", 8, true }, { "u64", 8, false },
	{ "__s8", 1, true }, { "__u8", 1, false }, { "__s16", 2, true }, { "__u16", 2, false },
	{ "__s32", 4, true }, { "__u32", 4, false }, { "__s64", 8, true }, { "__u64", 8, false },
	{ "int8_t", 1, true }, { "uint8_t", 1, false }, { "int16_t", 2, true },
	{ "uint16_t", 2, false }, { "int32_t", 4, true }, { "uint32_t", 4, false },
	{ "int64_t", 8, true }, { "uint64_t", 8, false }, { "size_t", 8, false },
	{ "ssize_t", 8, true }, { "uint", 4, false }, { "ulong", 8, false },
	{ "ushort", 2, false }, { "uintptr_t", 8, false }, { "ptrdiff_t", 8, true },
};

static uint32_t find_well_known(const struct btf *btf, const char *name)
{
	for (unsigned int i = 0; i < sizeof(integers) / sizeof(*integers); i++)
		if (!strcmp(integers[i].name, name))
			return find_integer(btf, integers[i].size, integers[i].is_signed);
	return 0;
}

static const char *const tags[] = {
	[TYPE_NAME_PLAIN] = "", [TYPE_NAME_STRUCT] = "struct ",
	[TYPE_NAME_UNION] = "union ", [TYPE_NAME_ENUM] = "enum ",
};

static uint32_t kind_of(int tag)
{
	return tag == TYPE_NAME_STRUCT ? BTF_KIND_STRUCT :
	       tag == TYPE_NAME_UNION ? BTF_KIND_UNION :
	       tag == TYPE_NAME_ENUM ? BTF_KIND_ENUM : BTF_KIND_UNKN;
}

/* How a type is named: "struct " of one, NULL for what can't be. */
static const char *tag_of(const struct btf_type *t)
{
	switch (btf_kind(t)) {
	case BTF_KIND_STRUCT:	return tags[TYPE_NAME_STRUCT];
	case BTF_KIND_UNION:	return tags[TYPE_NAME_UNION];
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:	return tags[TYPE_NAME_ENUM];
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_INT:	return tags[TYPE_NAME_PLAIN];
	default:		return NULL;
	}
}

/* The same name behind another word, or none: "did you mean struct sk_buff?" */
static bool hint_other_tag(struct check *c, const struct type_name *name)
{
	for (int tag = TYPE_NAME_PLAIN; tag <= TYPE_NAME_ENUM; tag++) {
		if (tag == (int)name->tag || !ctype__find(c, name->name, kind_of(tag)))
			continue;
		diag__hint(c->diag, "did you mean '%s%s'?", tags[tag], name->name);
		return true;
	}
	return false;
}

static void hint_similar_type(struct check *c, const struct type_name *name)
{
	const struct btf *btf = c->func->btf;
	const char *names[MAX_SUGGESTIONS];
	struct suggest suggest;
	unsigned int nr;

	suggest__init(&suggest, name->name);
	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		const char *tag = tag_of(t);

		if (tag && !strcmp(tag, tags[name->tag]) && *name_of(btf, t))
			suggest__offer(&suggest, name_of(btf, t));
	}
	nr = suggest__best(&suggest, names, MAX_SUGGESTIONS);
	check__hint_names(c, tags[name->tag], names, nr);
}

static int unknown_type(struct check *c, const struct type_name *name)
{
	diag__error_at(c->diag, -ENOENT, name->span, "there is no type '%s%s'", tags[name->tag],
		       name->name);
	if (!hint_other_tag(c, name) && c->is_exact)
		hint_similar_type(c, name);
	return -ENOENT;
}

/* A struct or union that is only declared. */
static uint32_t find_declared(const struct check *c, const struct type_name *name)
{
	uint32_t id;

	if (name->tag != TYPE_NAME_STRUCT && name->tag != TYPE_NAME_UNION)
		return 0;
	id = ctype__find(c, name->name, BTF_KIND_FWD);
	if (!id || btf_kflag(btf__type_by_id(c->func->btf, id)) != (name->tag == TYPE_NAME_UNION))
		return 0;
	return id;
}

int ctype__resolve(struct check *c, const struct type_name *name, struct typed_type *type)
{
	const struct btf *btf = c->func->btf;

	type->ptr_depth = name->ptr_depth;
	type->id = 0;
	if (name->tag == TYPE_NAME_PLAIN && !strcmp(name->name, "void"))
		return 0;
	type->id = ctype__find(c, name->name, kind_of(name->tag));
	if (!type->id && name->tag == TYPE_NAME_PLAIN)
		type->id = find_well_known(btf, name->name);
	if (!type->id && name->ptr_depth)
		type->id = find_declared(c, name);
	return type->id ? 0 : unknown_type(c, name);
}

/* A typedef or base type of this name at @id, or where its typedefs lead. */
static bool is_plain_type(const struct btf *btf, uint32_t id, const char *name)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	for (unsigned int i = 0; t && i < 64; i++) {
		const char *tag = tag_of(t);

		if (tag && !*tag && !strcmp(name_of(btf, t), name))
			return true;
		if (!btf_is_mod(t) && !btf_is_typedef(t) && !btf_is_type_tag(t))
			break;
		id = t->type;
		t = btf__type_by_id(btf, id);
	}
	return !id && !strcmp(name, "void");
}

bool typed__is_type(const struct btf *btf, uint32_t id, const struct type_name *name)
{
	const struct btf_type *t;
	struct type_info info;
	const char *tag;

	for (unsigned int i = 0; i < name->ptr_depth; i++) {
		type__info(btf, id, &info);
		if (info.cls != TYPE_POINTER)
			return false;
		id = info.target;
	}
	if (name->tag == TYPE_NAME_PLAIN)
		return is_plain_type(btf, id, name->name);
	t = btf__type_by_id(btf, type__strip(btf, id));
	if (!t)
		return false;
	tag = btf_is_fwd(t) ? tags[btf_kflag(t) ? TYPE_NAME_UNION : TYPE_NAME_STRUCT] : tag_of(t);
	return tag && !strcmp(tag, tags[name->tag]) && !strcmp(name_of(btf, t), name->name);
}
