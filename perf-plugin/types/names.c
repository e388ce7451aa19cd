// SPDX-License-Identifier: GPL-2.0-only
#include "names.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../util/name-index.h"
#include "type.h"

struct type_names {
	const struct btf *btf;
	struct type_names *base;
	uint32_t first_id;	/* of the object's own types */
	struct name_index index;	/* ids */
	bool is_made;
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
	name_index__exit(&names->index);
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

static bool make(struct type_names *names)
{
	if (names->is_made)
		return true;
	name_index__exit(&names->index);
	for (uint32_t id = names->first_id; id < btf__type_cnt(names->btf); id++) {
		const char *name = type_name(names->btf, id);

		if (name && name_index__add(&names->index, name, strlen(name), id))
			return false;
	}
	names->is_made = true;
	return true;
}

/* The first type of this name and exactly this kind; what @names is split from comes first. */
static uint32_t find_kind(const void *ctx, const char *name, uint32_t kind)
{
	const struct type_names *names = ctx;
	uint32_t id = names->base ? find_kind(names->base, name, kind) : 0;
	struct name_walk walk;

	if (id)
		return id;
	walk = name_index__walk(&names->index, name, strlen(name));
	while ((id = name_walk__next(&walk)))
		if (btf_kind(btf__type_by_id(names->btf, id)) == kind &&
		    !strcmp(type_name(names->btf, id), name))
			break;
	return id;
}

uint32_t type_names__find(struct type_names *names, const char *name, uint32_t kind)
{
	if ((names->base && !make(names->base)) || !make(names))
		return type__find(names->btf, name, kind);
	return type__find_by(names->btf, find_kind, names, name, kind);
}
