// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../types/layout.h"
#include "../types/type.h"
#include "schema-leaf.h"

#define MAX_CANDIDATES	1024		/* of one struct; task_struct has 900 */
#define MAX_NESTING	6		/* what lies deeper is no use as a column */
#define MAX_CHARS	32		/* IFNAMSIZ, TASK_COMM_LEN...; sk_buff.cb is no string */
#define MAX_BYTES	16		/* MAC and IPv6 addresses */
#define MAX_WHOLE	256
#define MAX_ELEMS	4		/* arrays of numbers up to this are taken apart */

struct walk {
	const struct schema *schema;
	const struct btf *btf;
	unsigned int field;
	struct leaf *leaves;
	unsigned int nr;
	unsigned int cap;
	unsigned int start;	/* where this field's leaves begin */
	char path[256];
	bool no_memory;
};

static void walk_type(struct walk *w, uint32_t id, uint64_t bit_off, size_t path_len,
		      unsigned int depth);

/* Appends "__name" to the path; returns the new length, 0 when it is too long. */
static size_t path_add(struct walk *w, size_t len, const char *name)
{
	int n = snprintf(w->path + len, sizeof(w->path) - len, "__%s", name);

	return n < 0 || n >= (int)(sizeof(w->path) - len) ? 0 : len + n;
}

static struct leaf *add_leaf(struct walk *w, enum leaf_kind kind, uint32_t type_id, uint64_t offset,
			     uint32_t size, size_t path_len)
{
	const struct field *f = &w->schema->fields[w->field];
	struct leaf *leaf;

	if (offset + size > f->size || w->nr - w->start == MAX_CANDIDATES)
		return NULL;
	if (w->nr == w->cap) {
		unsigned int cap = w->cap ? w->cap * 2 : 64;
		struct leaf *more = reallocarray(w->leaves, cap, sizeof(*more));

		if (!more) {
			w->no_memory = true;
			return NULL;
		}
		w->leaves = more;
		w->cap = cap;
	}
	leaf = &w->leaves[w->nr];
	*leaf = (struct leaf){
		.kind = kind,
		.field = w->field,
		.type_id = type_id,
		.offset = f->offset + offset,
		.size = size,
	};
	leaf->name = strndup(w->path, path_len);
	if (!leaf->name) {
		w->no_memory = true;
		return NULL;
	}
	w->nr++;
	return leaf;
}

static void walk_scalar(struct walk *w, const struct type_info *info, uint64_t bit_off,
			size_t path_len, unsigned int depth)
{
	enum leaf_kind kind = info->cls == TYPE_POINTER ? LEAF_POINTER :
			      info->cls == TYPE_ENUM ? LEAF_ENUM : LEAF_INT;
	struct leaf *leaf;

	if (info->size > 8 || bit_off % 8)
		return;
	leaf = add_leaf(w, kind, info->id, bit_off / 8, info->size, path_len);
	if (leaf) {
		leaf->is_signed = info->is_signed;
		leaf->score = depth * 2 + (kind == LEAF_POINTER ? 3 : 0);
	}
}

/* A bitfield is declared as the 1, 2, 4 or 8 bytes it lies in; the print fmt shifts and masks. */
static void walk_bitfield(struct walk *w, const struct member_place *place, uint64_t bit_off,
			  size_t path_len, unsigned int depth)
{
	uint64_t start = bit_off / 8, need = (bit_off + place->bit_size + 7) / 8 - start;
	uint32_t captured = w->schema->fields[w->field].size;
	struct type_info info;
	struct leaf *leaf;
	uint32_t size = 1;

	while (size < need)
		size *= 2;
	if (size > 8)
		return;
	if (start + size > captured && size <= captured)
		start = captured - size;
	if (start > bit_off / 8 || start * 8 + size * 8 < bit_off + place->bit_size)
		return;
	type__info(w->btf, place->type_id, &info);
	leaf = add_leaf(w, info.cls == TYPE_ENUM ? LEAF_ENUM : LEAF_INT, info.id, start, size,
			path_len);
	if (!leaf)
		return;
	leaf->bits = place->bit_size;
	leaf->shift = bit_off - start * 8;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	leaf->shift = size * 8 - leaf->shift - leaf->bits;
#endif
	leaf->is_signed = info.is_signed;
	leaf->score = depth * 2 + 3;
}

/*
 * Text, or bytes for which hexadecimal says most, stay one field. Within a struct that goes for
 * what is short, where the user asked for just the array for all that perf can still print.
 */
static bool is_one_field(const struct type_info *array, const struct type_info *elem, bool whole)
{
	uint32_t most = whole ? MAX_WHOLE : elem->is_char ? MAX_CHARS : MAX_BYTES;

	return elem->size == 1 && !elem->is_bool && array->nr_elems <= most &&
	       (array->nr_elems > MAX_ELEMS || (elem->is_char && whole));
}

static void walk_array(struct walk *w, const struct type_info *info, uint64_t bit_off,
		       size_t path_len, unsigned int depth)
{
	struct type_info elem;
	struct leaf *leaf;
	unsigned int i;
	char index[16];
	size_t len;

	type__info(w->btf, info->target, &elem);
	if (!elem.size || bit_off % 8 || (elem.cls != TYPE_INT && elem.cls != TYPE_ENUM))
		return;
	if (is_one_field(info, &elem, !depth)) {
		leaf = add_leaf(w, elem.is_char ? LEAF_CHARS : LEAF_BYTES, info->id, bit_off / 8,
				info->size, path_len);
		/* Names tell more than numbers. */
		if (leaf)
			leaf->score = depth * 2 - (elem.is_char && depth);
		return;
	}
	if (info->nr_elems > MAX_ELEMS)
		return;
	for (i = 0; i < info->nr_elems; i++) {
		snprintf(index, sizeof(index), "%u", i);
		len = path_add(w, path_len, index);
		if (len)
			walk_scalar(w, &elem, bit_off + (uint64_t)i * elem.size * 8, len,
				    depth + 1);
	}
}

static void walk_member(struct walk *w, const struct btf_type *t, unsigned int i, uint64_t bit_off,
			size_t path_len, unsigned int depth)
{
	const char *name = btf__name_by_offset(w->btf, btf_members(t)[i].name_off);
	struct member_place place;

	if (!name)
		return;
	if (name[0]) {
		path_len = path_add(w, path_len, name);
		depth++;
	}
	if (!path_len)
		return;
	layout__member(w->btf, t, i, &place);
	if (!place.bit_size)
		walk_type(w, place.type_id, bit_off + place.bit_off, path_len, depth);
	else if (name[0])
		walk_bitfield(w, &place, bit_off + place.bit_off, path_len, depth);
}

static void walk_type(struct walk *w, uint32_t id, uint64_t bit_off, size_t path_len,
		      unsigned int depth)
{
	const struct btf_type *t;
	struct type_info info;
	unsigned int i;

	type__info(w->btf, id, &info);
	if (!info.size || depth > MAX_NESTING || bit_off / 8 >= w->schema->fields[w->field].size)
		return;
	t = btf__type_by_id(w->btf, info.id);
	switch (info.cls) {
	case TYPE_INT:
	case TYPE_ENUM:
	case TYPE_POINTER:
		walk_scalar(w, &info, bit_off, path_len, depth);
		break;
	case TYPE_ARRAY:
		walk_array(w, &info, bit_off, path_len, depth);
		break;
	case TYPE_UNION:
		if (btf_vlen(t))
			walk_member(w, t, layout__union_member(w->btf, t), bit_off, path_len,
				    depth);
		break;
	case TYPE_STRUCT:
		for (i = 0; i < btf_vlen(t) && !w->no_memory; i++)
			walk_member(w, t, i, bit_off, path_len, depth);
		break;
	default:
		break;
	}
}

static int by_score(const void *a, const void *b)
{
	const struct leaf *l = a, *r = b;

	if (l->score != r->score)
		return l->score < r->score ? -1 : 1;
	return l->offset != r->offset ? (l->offset < r->offset ? -1 : 1) :
	       (int)l->shift - (int)r->shift;
}

static int by_place(const void *a, const void *b)
{
	const struct leaf *l = a, *r = b;

	if (l->field != r->field)
		return l->field < r->field ? -1 : 1;
	return l->offset != r->offset ? (l->offset < r->offset ? -1 : 1) :
	       (int)l->shift - (int)r->shift;
}

static void walk_field(struct walk *w, unsigned int index)
{
	const struct field *f = &w->schema->fields[index];
	unsigned int i;
	int len;

	w->field = index;
	w->start = w->nr;
	/* What skb points to is a field beside skb, but its members are skb__len and so on. */
	len = snprintf(w->path, sizeof(w->path), "%s",
		       f->pointer >= 0 ? w->schema->fields[f->pointer].name : f->name);
	if (len <= 0 || len >= (int)sizeof(w->path))
		return;
	walk_type(w, f->type_id, 0, len, 0);
	if (w->nr == w->start)
		return;
	qsort(w->leaves + w->start, w->nr - w->start, sizeof(*w->leaves), by_score);
	/* From here the score is the rank within the struct, to deal places out evenly. */
	for (i = w->start; i < w->nr; i++)
		w->leaves[i].score = i - w->start;
}

bool leaves__has(const struct field *field)
{
	return field->kind == FIELD_BYTES && field->display == FIELD_BY_TYPE;
}

int leaves__pick(const struct schema *schema, unsigned int max, struct leaf **leaves,
		 unsigned int *nr)
{
	struct walk w = { .schema = schema, .btf = schema->btf };
	unsigned int i;

	for (i = 0; i < schema->nr_fields; i++) {
		if (leaves__has(&schema->fields[i]))
			walk_field(&w, i);
	}
	if (w.no_memory) {
		leaves__free(w.leaves, w.nr);
		return -ENOMEM;
	}
	if (w.nr > max) {
		qsort(w.leaves, w.nr, sizeof(*w.leaves), by_score);
		for (i = max; i < w.nr; i++)
			free(w.leaves[i].name);
		w.nr = max;
	}
	if (w.nr)
		qsort(w.leaves, w.nr, sizeof(*w.leaves), by_place);
	*leaves = w.leaves;
	*nr = w.nr;
	return 0;
}

void leaves__free(struct leaf *leaves, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		free(leaves[i].name);
	free(leaves);
}
