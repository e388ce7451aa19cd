// SPDX-License-Identifier: GPL-2.0-only
#include "enums.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../util/suggest.h"

struct slot {
	uint32_t enum_id;	/* 0: free */
	uint32_t index;
};

struct enums {
	const struct btf *btf;
	struct enums *base;
	uint32_t first_id;	/* of the object's own types */
	struct slot *slots;	/* NULL: not made yet */
	uint32_t mask;
};

int enums__new(const struct btf *btf, struct enums *base, struct enums **out)
{
	struct enums *enums = calloc(1, sizeof(*enums));

	*out = enums;
	if (!enums)
		return -ENOMEM;
	enums->btf = btf;
	enums->base = base;
	enums->first_id = base ? btf__type_cnt(base->btf) : 1;
	return 0;
}

void enums__free(struct enums *enums)
{
	if (!enums)
		return;
	free(enums->slots);
	free(enums);
}

static bool is_enum(const struct btf_type *t)
{
	return btf_kind(t) == BTF_KIND_ENUM || btf_kind(t) == BTF_KIND_ENUM64;
}

static const char *name_of(const struct btf *btf, const struct btf_type *t, unsigned int i)
{
	const char *name = btf__str_by_offset(btf, btf_kind(t) == BTF_KIND_ENUM64 ?
					      btf_enum64(t)[i].name_off : btf_enum(t)[i].name_off);

	return name ? name : "";
}

static int64_t value_of(const struct btf_type *t, unsigned int i)
{
	if (btf_kind(t) == BTF_KIND_ENUM64)
		return (int64_t)btf_enum64_value(&btf_enum64(t)[i]);
	return btf_kflag(t) ? btf_enum(t)[i].val : (int64_t)(uint32_t)btf_enum(t)[i].val;
}

/* FNV-1a */
static uint32_t hash_name(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash;
}

static void add_enum(struct enums *enums, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(enums->btf, id);

	for (unsigned int i = 0; i < btf_vlen(t); i++) {
		uint32_t at = hash_name(name_of(enums->btf, t, i)) & enums->mask;

		while (enums->slots[at].enum_id)
			at = (at + 1) & enums->mask;
		enums->slots[at] = (struct slot){ id, i };
	}
}

static int build(struct enums *enums)
{
	uint32_t nr_types = btf__type_cnt(enums->btf), size = 64;
	uint64_t nr = 0;

	for (uint32_t id = enums->first_id; id < nr_types; id++) {
		const struct btf_type *t = btf__type_by_id(enums->btf, id);

		nr += is_enum(t) ? btf_vlen(t) : 0;
	}
	if (nr > UINT32_MAX / 4)
		return -ENOMEM;
	while (size < 2 * nr)
		size *= 2;
	enums->slots = calloc(size, sizeof(*enums->slots));
	if (!enums->slots)
		return -ENOMEM;
	enums->mask = size - 1;
	for (uint32_t id = enums->first_id; id < nr_types; id++)
		if (is_enum(btf__type_by_id(enums->btf, id)))
			add_enum(enums, id);
	return 0;
}

static unsigned int note(const struct enumerator *e, struct enumerator *found, unsigned int nr,
			 unsigned int max)
{
	for (unsigned int i = 0; i < nr; i++)
		if (found[i].value == e->value)
			return nr;
	if (nr < max)
		found[nr++] = *e;
	return nr;
}

int enums__find(struct enums *enums, const char *name, struct enumerator *found, unsigned int max)
{
	unsigned int nr = 0;

	for (; enums; enums = enums->base) {
		uint32_t at = hash_name(name);

		if (!enums->slots && build(enums))
			return -ENOMEM;
		for (at &= enums->mask; enums->slots[at].enum_id; at = (at + 1) & enums->mask) {
			const struct slot *slot = &enums->slots[at];
			const struct btf_type *t = btf__type_by_id(enums->btf, slot->enum_id);
			struct enumerator e = { value_of(t, slot->index), slot->enum_id };

			if (!strcmp(name_of(enums->btf, t, slot->index), name))
				nr = note(&e, found, nr, max);
		}
	}
	return nr;
}

unsigned int enums__suggest(const struct enums *enums, const char *name, const char **names,
			    unsigned int max)
{
	struct suggest suggest;

	suggest__init(&suggest, name);
	for (uint32_t id = 1; id < btf__type_cnt(enums->btf); id++) {
		const struct btf_type *t = btf__type_by_id(enums->btf, id);

		if (!is_enum(t))
			continue;
		for (unsigned int i = 0; i < btf_vlen(t); i++)
			suggest__offer(&suggest, name_of(enums->btf, t, i));
	}
	return suggest__best(&suggest, names, max);
}
