// SPDX-License-Identifier: GPL-2.0-only
#include "names.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "type.h"

struct type_names {
	const struct btf *btf;
	struct type_names *base;
	uint32_t first_id;	/* of the object's own types */
	uint32_t *slots;	/* ids, 0: free; NULL: not made yet */
	uint32_t mask;
};

int type_names__new(const struct btf *btf, struct type_names *base, struct type_names **out)
{
	struct type_names *names = calloc(1, sizeof(*names));

	*out = names;
	if (!names)
		return -ENOMEM;
	names->btf = btf;
	names->base = base;
	names->first_id = base ? btf__type_cnt(base->btf) : 1;
	return 0;
}

void type_names__free(struct type_names *names)
{
	if (!names)
		return;
	free(names->slots);
	free(names);
}

/* What can be named in an expression, and has a name. */
static const char *type_name(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);
	const char *name;

	if (!t)
		return NULL;
	switch (btf_kind(t)) {
	case BTF_KIND_INT: case BTF_KIND_STRUCT: case BTF_KIND_UNION: case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64: case BTF_KIND_TYPEDEF: case BTF_KIND_FLOAT: case BTF_KIND_FWD:
		name = btf__str_by_offset(btf, t->name_off);
		return name && *name ? name : NULL;
	default:
		return NULL;
	}
}

/* FNV-1a */
static uint32_t hash_name(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash;
}

static bool build(struct type_names *names)
{
	uint32_t nr_types = btf__type_cnt(names->btf), size = 64, nr = 0;

	for (uint32_t id = names->first_id; id < nr_types; id++)
		nr += type_name(names->btf, id) != NULL;
	while (size < 2 * (uint64_t)nr)
		size *= 2;
	names->slots = calloc(size, sizeof(*names->slots));
	if (!names->slots)
		return false;
	names->mask = size - 1;
	for (uint32_t id = names->first_id; id < nr_types; id++) {
		const char *name = type_name(names->btf, id);
		uint32_t at;

		if (!name)
			continue;
		at = hash_name(name) & names->mask;
		while (names->slots[at])
			at = (at + 1) & names->mask;
		names->slots[at] = id;
	}
	return true;
}

/* The first type of this name and exactly this kind; what @names is split from comes first. */
static uint32_t find_kind(struct type_names *names, const char *name, uint32_t kind)
{
	uint32_t id = names->base ? find_kind(names->base, name, kind) : 0;

	if (id)
		return id;
	for (uint32_t at = hash_name(name) & names->mask; names->slots[at];
	     at = (at + 1) & names->mask) {
		id = names->slots[at];
		if (btf_kind(btf__type_by_id(names->btf, id)) == kind &&
		    !strcmp(type_name(names->btf, id), name))
			return id;
	}
	return 0;
}

uint32_t type_names__find(struct type_names *names, const char *name, uint32_t kind)
{
	uint32_t id;

	if ((names->base && !names->base->slots && !build(names->base)) ||
	    (!names->slots && !build(names)))
		return type__find(names->btf, name, kind);
	switch (kind) {
	case BTF_KIND_UNKN:
		id = find_kind(names, name, BTF_KIND_TYPEDEF);
		if (!id)
			id = find_kind(names, name, BTF_KIND_INT);
		return id ? id : find_kind(names, name, BTF_KIND_FLOAT);
	case BTF_KIND_ENUM:
		id = find_kind(names, name, BTF_KIND_ENUM64);
		if (id)
			return id;
		id = find_kind(names, name, BTF_KIND_ENUM);
		/* An enum that is only declared is one without values. */
		return id && btf_vlen(btf__type_by_id(names->btf, id)) ? id : 0;
	default:
		return find_kind(names, name, kind);
	}
}
