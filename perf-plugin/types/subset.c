// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "load.h"
#include "subset.h"
#include "type.h"

#define MAX_DEPTH	64

/* How much of a type is wanted. */
enum extent {
	WHOLE,		/* all that a value of it contains */
	OUTLINE,	/* behind a pointer: structs, unions and enums by name only */
	NR_EXTENTS,
};

/* A BTF object that types come from, and what has become of them. */
struct source {
	const struct btf *btf;
	uint32_t first_id;	/* of its own types; those below are its base's */
	uint32_t nr_ids;
	uint32_t *copies[NR_EXTENTS];	/* id in the subset by id - first_id; 0: not copied */
};

struct subset {
	struct btf *btf;
	struct source *sources;
	unsigned int nr_sources;
	uint32_t *pointers;		/* the pointer to each type, by its id; 0: none yet */
	uint32_t nr_pointers;
};

static int copy(struct subset *subset, const struct btf *btf, uint32_t id, enum extent extent,
		unsigned int depth);

int subset__new(struct subset **out)
{
	struct subset *subset = calloc(1, sizeof(*subset));
	int err;

	*out = NULL;
	if (!subset)
		return -ENOMEM;
	subset->btf = btf__new_empty();
	err = libbpf_get_error(subset->btf);
	if (err) {
		free(subset);
		return err;
	}
	*out = subset;
	return 0;
}

void subset__free(struct subset *subset)
{
	unsigned int i;

	if (!subset)
		return;
	for (i = 0; i < subset->nr_sources; i++) {
		free(subset->sources[i].copies[WHOLE]);
		free(subset->sources[i].copies[OUTLINE]);
	}
	free(subset->sources);
	free(subset->pointers);
	btf__free(subset->btf);
	free(subset);
}

struct btf *subset__btf(struct subset *subset)
{
	return subset->btf;
}

/* The object that @id belongs to: split BTF counts on from its base's types. */
static const struct btf *owner_of(const struct btf *btf, uint32_t id)
{
	const struct btf *base;

	while ((base = btf__base_btf(btf)) && id < btf__type_cnt(base))
		btf = base;
	return btf;
}

/* Makes room for @nr_ids. Pages of the arrays that are never written stay unused. */
static int source__resize(struct source *source, uint32_t nr_ids)
{
	unsigned int i;

	for (i = 0; i < NR_EXTENTS; i++) {
		uint32_t *copies = calloc(nr_ids, sizeof(*copies));

		if (!copies)
			return -ENOMEM;
		if (source->nr_ids)
			memcpy(copies, source->copies[i], source->nr_ids * sizeof(*copies));
		free(source->copies[i]);
		source->copies[i] = copies;
	}
	source->nr_ids = nr_ids;
	return 0;
}

/* The array grows with each object, so the pointer holds only until the next call. */
static struct source *source_of(struct subset *subset, const struct btf *btf)
{
	const struct btf *base = btf__base_btf(btf);
	uint32_t first_id = base ? btf__type_cnt(base) : 0, nr_ids = btf__type_cnt(btf) - first_id;
	struct source *sources;
	unsigned int i;

	for (i = 0; i < subset->nr_sources && subset->sources[i].btf != btf; i++)
		;
	if (i == subset->nr_sources) {
		sources = reallocarray(subset->sources, i + 1, sizeof(*sources));
		if (!sources)
			return NULL;
		subset->sources = sources;
		sources[i] = (struct source){ .btf = btf, .first_id = first_id };
		subset->nr_sources++;
	}
	/* Types may have been added to it since. */
	if (nr_ids > subset->sources[i].nr_ids && source__resize(&subset->sources[i], nr_ids))
		return NULL;
	return &subset->sources[i];
}

static uint32_t copied_as(const struct source *source, uint32_t id, enum extent extent)
{
	uint32_t copy = source->copies[extent][id - source->first_id];

	/* All of a type does for its outline. */
	return copy || extent == WHOLE ? copy : source->copies[WHOLE][id - source->first_id];
}

static const char *name_of(const struct btf *btf, const struct btf_type *t)
{
	const char *name = btf__str_by_offset(btf, t->name_off);

	return name ? name : "";
}

/* Structs of the same name from several objects need one forward declaration. */
static int add_fwd(struct subset *subset, const char *name, bool is_union)
{
	uint32_t id, nr = btf__type_cnt(subset->btf);

	for (id = 1; id < nr; id++) {
		const struct btf_type *t = btf__type_by_id(subset->btf, id);

		if (btf_is_fwd(t) && btf_kflag(t) == is_union &&
		    !strcmp(name_of(subset->btf, t), name))
			return id;
	}
	return btf__add_fwd(subset->btf, name, is_union ? BTF_FWD_UNION : BTF_FWD_STRUCT);
}

/* A struct, union or enum of which only the name is wanted, or the size where it has no name. */
static int add_outline(struct subset *subset, const struct btf *btf, const struct btf_type *t)
{
	const char *name = name_of(btf, t);

	switch (btf_kind(t)) {
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return btf__add_enum(subset->btf, name, t->size);
	case BTF_KIND_UNION:
		return *name ? add_fwd(subset, name, true) :
			       btf__add_union(subset->btf, "", t->size);
	default:
		return *name ? add_fwd(subset, name, false) :
			       btf__add_struct(subset->btf, "", t->size);
	}
}

/* Copies what the members are made of; their ids go to @ids. */
static int copy_member_types(struct subset *subset, const struct btf *btf,
			     const struct btf_type *t, unsigned int depth, int *ids)
{
	unsigned int i;

	for (i = 0; i < btf_vlen(t); i++) {
		ids[i] = copy(subset, btf, btf_members(t)[i].type, WHOLE, depth + 1);
		if (ids[i] < 0)
			return ids[i];
	}
	return 0;
}

static int add_members(struct subset *subset, const struct btf *btf, const struct btf_type *t,
		       const int *ids)
{
	unsigned int i;
	int err;

	for (i = 0; i < btf_vlen(t); i++) {
		const char *name = btf__str_by_offset(btf, btf_members(t)[i].name_off);
		struct member_place place;

		err = type__member(btf, t, i, &place);
		if (!err)
			err = btf__add_field(subset->btf, name ? name : "", ids[i], place.bit_off,
					     place.bit_size);
		if (err)
			return err;
	}
	return 0;
}

/* libbpf adds members to the last type only, so the types they have come first. */
static int copy_composite(struct subset *subset, const struct btf *btf, const struct btf_type *t,
			  unsigned int depth)
{
	int *ids = calloc(btf_vlen(t) + 1, sizeof(*ids));
	int id, err;

	if (!ids)
		return -ENOMEM;
	id = copy_member_types(subset, btf, t, depth, ids);
	if (!id)
		id = btf_is_union(t) ? btf__add_union(subset->btf, name_of(btf, t), t->size) :
				       btf__add_struct(subset->btf, name_of(btf, t), t->size);
	if (id > 0) {
		err = add_members(subset, btf, t, ids);
		if (err)
			id = err;
	}
	free(ids);
	return id;
}

/* Parameters are shown by their types only, "int (*)(struct sock *)". */
static int copy_proto(struct subset *subset, const struct btf *btf, const struct btf_type *t,
		      unsigned int depth)
{
	unsigned int i, nr = btf_vlen(t);
	int *ids = calloc(nr + 1, sizeof(*ids));
	int id = 0, err;

	if (!ids)
		return -ENOMEM;
	for (i = 0; id >= 0 && i <= nr; i++) {
		id = copy(subset, btf, i < nr ? btf_params(t)[i].type : t->type, OUTLINE,
			  depth + 1);
		ids[i] = id;
	}
	if (id >= 0)
		id = btf__add_func_proto(subset->btf, ids[nr]);
	for (i = 0; id > 0 && i < nr; i++) {
		err = btf__add_func_param(subset->btf, "", ids[i]);
		if (err)
			id = err;
	}
	free(ids);
	return id;
}

/* An array's index type says nothing; its element's type is as good as any. */
static int copy_array(struct subset *subset, const struct btf *btf, const struct btf_type *t,
		      enum extent extent, unsigned int depth)
{
	int elem = copy(subset, btf, btf_array(t)->type, extent, depth + 1);
	struct type_info info;

	if (elem < 0)
		return elem;
	/* There are no arrays of what is only declared: the first element stands for it. */
	type__info(subset->btf, elem, &info);
	if (info.cls == TYPE_FWD)
		return elem;
	return btf__add_array(subset->btf, elem, elem, btf_array(t)->nelems);
}

/* A typedef of an integer is the same behind a pointer and in a struct. */
static bool is_plain(const struct btf *btf, uint32_t id)
{
	struct type_info info;

	type__info(btf, id, &info);
	return info.cls == TYPE_INT || info.cls == TYPE_FLOAT || info.cls == TYPE_VOID ||
	       info.cls == TYPE_POINTER;
}

/* What refers to no other type. btf__add_type() of libbpf 1.1 follows names that aren't there. */
static int copy_leaf(struct subset *subset, const struct btf *btf, const struct btf_type *t)
{
	if (!load__type_is_valid(btf, t))
		return -EINVAL;
	return btf__add_type(subset->btf, btf, t);
}

/* A pointer to @target; const and the like are gone, so that several types become this one. */
static int add_ptr(struct subset *subset, uint32_t target)
{
	uint32_t nr = btf__type_cnt(subset->btf), *pointers;
	int id;

	if (target >= subset->nr_pointers) {
		pointers = reallocarray(subset->pointers, 2 * nr, sizeof(*pointers));
		if (!pointers)
			return -ENOMEM;
		memset(pointers + subset->nr_pointers, 0,
		       (2 * nr - subset->nr_pointers) * sizeof(*pointers));
		subset->pointers = pointers;
		subset->nr_pointers = 2 * nr;
	}
	if (subset->pointers[target])
		return subset->pointers[target];
	id = btf__add_ptr(subset->btf, target);
	if (id > 0)
		subset->pointers[target] = id;
	return id;
}

/* Adds the copy of @t, which is not in the subset yet. */
static int copy_type(struct subset *subset, const struct btf *btf, const struct btf_type *t,
		     enum extent extent, unsigned int depth)
{
	int target;

	switch (btf_kind(t)) {
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
		return copy_leaf(subset, btf, t);
	case BTF_KIND_FWD:
		return add_fwd(subset, name_of(btf, t), btf_kflag(t));
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return extent == WHOLE ? copy_leaf(subset, btf, t) : add_outline(subset, btf, t);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return extent == WHOLE ? copy_composite(subset, btf, t, depth) :
					 add_outline(subset, btf, t);
	case BTF_KIND_PTR:
		target = copy(subset, btf, t->type, OUTLINE, depth + 1);
		return target < 0 ? target : add_ptr(subset, target);
	case BTF_KIND_TYPEDEF:
		target = copy(subset, btf, t->type, extent, depth + 1);
		return target < 0 ? target :
				    btf__add_typedef(subset->btf, name_of(btf, t), target);
	case BTF_KIND_ARRAY:
		return copy_array(subset, btf, t, extent, depth);
	case BTF_KIND_FUNC_PROTO:
		return copy_proto(subset, btf, t, depth);
	default:
		return -EINVAL;
	}
}

static bool is_left_out(const struct btf_type *t)
{
	switch (btf_kind(t)) {
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
	case BTF_KIND_VAR:
		return true;
	default:
		return false;
	}
}

static int copy(struct subset *subset, const struct btf *btf, uint32_t id, enum extent extent,
		unsigned int depth)
{
	const struct btf_type *t;
	struct source *source;
	int new_id;

	for (; depth <= MAX_DEPTH; depth++) {
		if (!id)
			return 0;
		t = btf__type_by_id(btf, id);
		if (!t)
			return -EINVAL;
		if (!is_left_out(t))
			break;
		id = t->type;
	}
	if (depth > MAX_DEPTH)
		return -EINVAL;
	if (is_plain(btf, id))
		extent = WHOLE;

	btf = owner_of(btf, id);
	source = source_of(subset, btf);
	if (!source)
		return -ENOMEM;
	new_id = copied_as(source, id, extent);
	if (new_id)
		return new_id;
	new_id = copy_type(subset, btf, t, extent, depth);
	if (new_id <= 0)
		return new_id;
	source = source_of(subset, btf);
	source->copies[extent][id - source->first_id] = new_id;
	return new_id;
}

int subset__add(struct subset *subset, const struct btf *btf, uint32_t id)
{
	return copy(subset, btf, id, WHOLE, 0);
}

int subset__add_pointer(struct subset *subset, const struct btf *btf, uint32_t id,
			unsigned int depth)
{
	int copied = copy(subset, btf, id, depth ? OUTLINE : WHOLE, 0);

	while (copied >= 0 && depth--)
		copied = add_ptr(subset, copied);
	return copied;
}

/* A one-byte integer of the subset. */
static int add_char(struct subset *subset, const char *name, int encoding)
{
	int id = btf__find_by_name_kind(subset->btf, name, BTF_KIND_INT);

	return id > 0 ? id : btf__add_int(subset->btf, name, 1, encoding);
}

static int add_array(struct subset *subset, int elem, uint32_t nr)
{
	uint32_t nr_types = btf__type_cnt(subset->btf);

	if (elem < 0)
		return elem;
	for (uint32_t id = 1; id < nr_types; id++) {
		const struct btf_type *t = btf__type_by_id(subset->btf, id);

		if (btf_is_array(t) && btf_array(t)->type == (uint32_t)elem &&
		    btf_array(t)->nelems == nr)
			return id;
	}
	return btf__add_array(subset->btf, elem, elem, nr);
}

int subset__add_bytes(struct subset *subset, uint32_t nr)
{
	return add_array(subset, add_char(subset, "unsigned char", 0), nr);
}

int subset__add_chars(struct subset *subset, uint32_t nr)
{
	return add_array(subset, add_char(subset, "char", BTF_INT_SIGNED), nr);
}
