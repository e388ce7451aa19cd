// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "layout.h"

void layout__member(const struct btf *btf, const struct btf_type *t, unsigned int index,
		    struct member_place *place)
{
	const struct btf_member *m = &btf_members(t)[index];
	const struct btf_type *mt;
	int id;

	place->type_id = m->type;
	place->bit_off = btf_member_bit_offset(t, index);
	place->bit_size = btf_member_bitfield_size(t, index);
	if (place->bit_size || btf_kflag(t))
		return;
	id = btf__resolve_type(btf, m->type);
	mt = id < 0 ? NULL : btf__type_by_id(btf, id);
	if (!mt || !btf_is_int(mt))
		return;
	if (btf_int_offset(mt) || btf_int_bits(mt) != mt->size * 8) {
		place->bit_off += btf_int_offset(mt);
		place->bit_size = btf_int_bits(mt);
	}
}

unsigned int layout__union_member(const struct btf *btf, const struct btf_type *t)
{
	const struct btf_member *m = btf_members(t);
	unsigned int i, best = 0, first_whole = UINT32_MAX;
	int64_t best_size = -1;

	for (i = 0; i < btf_vlen(t); i++) {
		int64_t size = btf__resolve_size(btf, m[i].type);
		const struct btf_type *mt = btf__type_by_id(btf, m[i].type);

		if (size == t->size) {
			if (!m[i].name_off && mt && btf_is_struct(mt))
				return i;
			if (first_whole == UINT32_MAX)
				first_whole = i;
		}
		if (size > best_size) {
			best_size = size;
			best = i;
		}
	}
	return first_whole != UINT32_MAX ? first_whole : best;
}

enum state { UNSEEN, VISITING, DONE };

/* What is known of a type so far. */
struct node {
	uint32_t size;
	uint8_t state;
	uint8_t depth;		/* of what it contains */
	bool sized;		/* a value of it can exist */
};

struct check {
	const struct btf *btf;
	struct node *nodes;
	uint32_t nr;
	const char *why;
	unsigned int depth;	/* of visit() itself: the stack */
};

static int bad(struct check *c, const char *why)
{
	c->why = why;
	return -EINVAL;
}

static int visit(struct check *c, uint32_t id);

/* Visits @id, which is a part of @n. */
static int visit_part(struct check *c, struct node *n, uint32_t id)
{
	int err = visit(c, id);

	if (err)
		return err;
	if (c->nodes[id].depth >= LAYOUT_MAX_DEPTH)
		return bad(c, "types nest too deep");
	if (n->depth <= c->nodes[id].depth)
		n->depth = c->nodes[id].depth + 1;
	return 0;
}

static int check_array(struct check *c, const struct btf_type *t, struct node *n)
{
	const struct btf_array *a = btf_array(t);
	int err = visit_part(c, n, a->type);

	if (err)
		return err;
	if (!c->nodes[a->type].sized)
		return bad(c, "an array's elements have no size");
	if (__builtin_mul_overflow(c->nodes[a->type].size, a->nelems, &n->size))
		return bad(c, "an array is too large");
	n->sized = true;
	return 0;
}

static int check_member(struct check *c, const struct btf_type *t, struct node *parent,
			unsigned int i, uint64_t *end)
{
	struct member_place place;
	struct node *n;
	uint64_t bits;
	int err;

	err = visit_part(c, parent, btf_members(t)[i].type);
	if (err)
		return err;
	n = &c->nodes[btf_members(t)[i].type];
	if (!n->sized)
		return bad(c, "a struct's member has no size");
	if (!btf__name_by_offset(c->btf, btf_members(t)[i].name_off))
		return bad(c, "a name lies outside the strings");
	layout__member(c->btf, t, i, &place);
	if (place.bit_size ? n->size > 8 || place.bit_size > n->size * 8 : place.bit_off % 8)
		return bad(c, "a bitfield is broken");
	bits = place.bit_size ? place.bit_size : (uint64_t)n->size * 8;
	if (place.bit_off + bits > (uint64_t)t->size * 8)
		return bad(c, "a member lies outside its struct");
	if (btf_is_struct(t) && bits) {
		if (place.bit_off < *end)
			return bad(c, "members of a struct overlap");
		*end = place.bit_off + bits;
	}
	return 0;
}

static int check_composite(struct check *c, const struct btf_type *t, struct node *n)
{
	uint64_t end = 0;
	unsigned int i;
	int err;

	for (i = 0; i < btf_vlen(t); i++) {
		err = check_member(c, t, n, i, &end);
		if (err)
			return err;
	}
	n->size = t->size;
	n->sized = true;
	return 0;
}

static int check_enum(struct check *c, const struct btf_type *t, struct node *n)
{
	unsigned int i;

	for (i = 0; i < btf_vlen(t); i++) {
		uint32_t off = btf_is_enum64(t) ? btf_enum64(t)[i].name_off :
						  btf_enum(t)[i].name_off;

		if (!btf__name_by_offset(c->btf, off))
			return bad(c, "a name lies outside the strings");
	}
	if (t->size != 1 && t->size != 2 && t->size != 4 && t->size != 8)
		return bad(c, "an enum has an impossible size");
	n->size = t->size;
	n->sized = true;
	return 0;
}

static int check_int(struct check *c, const struct btf_type *t, struct node *n)
{
	if (!t->size || t->size > 16 || (t->size & (t->size - 1)) ||
	    btf_int_offset(t) + btf_int_bits(t) > t->size * 8 || !btf_int_bits(t))
		return bad(c, "an integer has an impossible size");
	n->size = t->size;
	n->sized = true;
	return 0;
}

static int check_func_proto(struct check *c, const struct btf_type *t)
{
	const struct btf_param *p = btf_params(t);
	unsigned int i;

	if (t->type >= c->nr)
		return bad(c, "a type refers to one that does not exist");
	for (i = 0; i < btf_vlen(t); i++) {
		if (p[i].type >= c->nr)
			return bad(c, "a type refers to one that does not exist");
		if (!btf__name_by_offset(c->btf, p[i].name_off))
			return bad(c, "a name lies outside the strings");
	}
	return 0;
}

static int check_kind(struct check *c, const struct btf_type *t, struct node *n)
{
	int err;

	switch (btf_kind(t)) {
	case BTF_KIND_INT:
		return check_int(c, t, n);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return check_enum(c, t, n);
	case BTF_KIND_ARRAY:
		return check_array(c, t, n);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return check_composite(c, t, n);
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		err = visit_part(c, n, t->type);
		if (err)
			return err;
		n->size = c->nodes[t->type].size;
		n->sized = c->nodes[t->type].sized;
		return 0;
	case BTF_KIND_PTR:
		n->size = 8;
		n->sized = true;
		break;
	case BTF_KIND_FLOAT:
		n->size = t->size;
		n->sized = true;
		return 0;
	case BTF_KIND_FUNC_PROTO:
		return check_func_proto(c, t);
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		break;
	default:		/* FWD, DATASEC: no value of them exists, and nothing is followed */
		return 0;
	}
	return t->type < c->nr ? 0 : bad(c, "a type refers to one that does not exist");
}

static int visit(struct check *c, uint32_t id)
{
	const struct btf_type *t;
	struct node *n;
	int err;

	if (id >= c->nr)
		return bad(c, "a type refers to one that does not exist");
	n = &c->nodes[id];
	if (n->state == DONE)
		return 0;
	if (n->state == VISITING)
		return bad(c, "a type contains itself");
	if (c->depth == LAYOUT_MAX_DEPTH)
		return bad(c, "types nest too deep");
	n->state = VISITING;
	t = btf__type_by_id(c->btf, id);
	if (!t || !btf__name_by_offset(c->btf, t->name_off))
		return bad(c, "a name lies outside the strings");
	c->depth++;
	err = check_kind(c, t, n);
	c->depth--;
	n->state = DONE;
	return err;
}

int layout__check(const struct btf *btf, const char **why)
{
	struct check c = { .btf = btf, .nr = btf__type_cnt(btf) };
	uint32_t id;
	int err = 0;

	if (btf__pointer_size(btf) == 4) {
		*why = "its pointers do not have 8 bytes";
		return -EINVAL;
	}
	c.nodes = calloc(c.nr, sizeof(*c.nodes));
	if (!c.nodes)
		return -ENOMEM;
	c.nodes[0].state = DONE;
	for (id = 1; id < c.nr && !err; id++)
		err = visit(&c, id);
	free(c.nodes);
	*why = c.why;
	return err;
}
