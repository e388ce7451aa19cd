// SPDX-License-Identifier: GPL-2.0-only
#include "enums.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../util/name-index.h"
#include "../util/suggest.h"

struct enums {
	const struct btf *btf;
	struct enums *base;
	uint32_t first_id;	/* of the object's own types */
	struct name_index index;	/* of each enumerator its enum's id */
	bool is_made;
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
	name_index__exit(&enums->index);
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

static int add_enum(struct enums *enums, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(enums->btf, id);

	for (unsigned int i = 0; is_enum(t) && i < btf_vlen(t); i++) {
		const char *name = name_of(enums->btf, t, i);

		if (name_index__add(&enums->index, name, strlen(name), id))
			return -ENOMEM;
	}
	return 0;
}

static int make(struct enums *enums)
{
	int err = 0;

	if (enums->is_made)
		return 0;
	name_index__exit(&enums->index);
	for (uint32_t id = enums->first_id; id < btf__type_cnt(enums->btf) && !err; id++)
		err = add_enum(enums, id);
	enums->is_made = !err;
	return err;
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

/* The value that @name has in an enum; false: another name of the same hash. */
static bool find_value(const struct enums *enums, uint32_t id, const char *name,
		       struct enumerator *e)
{
	const struct btf_type *t = btf__type_by_id(enums->btf, id);

	for (unsigned int i = 0; i < btf_vlen(t); i++) {
		if (strcmp(name_of(enums->btf, t, i), name))
			continue;
		*e = (struct enumerator){ value_of(t, i), id };
		return true;
	}
	return false;
}

int enums__find(struct enums *enums, const char *name, struct enumerator *found, unsigned int max)
{
	unsigned int nr = 0;

	for (; enums; enums = enums->base) {
		struct name_walk walk;
		struct enumerator e;
		uint32_t id;

		if (make(enums))
			return -ENOMEM;
		walk = name_index__walk(&enums->index, name, strlen(name));
		while ((id = name_walk__next(&walk)))
			if (find_value(enums, id, name, &e))
				nr = note(&e, found, nr, max);
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
