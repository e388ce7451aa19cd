// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../types/layout.h"
#include "../types/type.h"
#include "text.h"
#include "value-steps.h"

#define MAX_STEPS	(1u << 18)

struct compile {
	const struct btf *btf;
	struct value *value;
	struct buf label;		/* of what comes next: ".users.refs" */
	int err;
};

static void compile_type(struct compile *c, uint32_t id, uint64_t off, uint64_t limit);

/* Labels within a struct or an array start anew; what they were is put back afterwards. */
static struct buf new_label(struct compile *c)
{
	struct buf old = c->label;

	c->label = (struct buf)BUF_INIT;
	return old;
}

static void old_label(struct compile *c, struct buf old)
{
	if (c->label.failed)
		c->err = -ENOMEM;
	buf__exit(&c->label);
	c->label = old;
}

static struct step *add_step(struct compile *c, enum step_op op, uint64_t off, uint64_t len)
{
	struct value *v = c->value;
	struct step *step;

	if (c->err)
		return NULL;
	if (v->nr == MAX_STEPS) {
		c->err = -E2BIG;
		return NULL;
	}
	if (v->nr == v->cap) {
		uint32_t cap = v->cap ? v->cap * 2 : 16;
		struct step *more = reallocarray(v->steps, cap, sizeof(*more));

		if (!more) {
			c->err = -ENOMEM;
			return NULL;
		}
		v->steps = more;
		v->cap = cap;
	}
	step = &v->steps[v->nr];
	*step = (struct step){ .op = op, .off = off, .len = len, .label = v->pool.len };
	if (c->label.len) {
		buf__add(&v->pool, c->label.data, c->label.len);
		buf__adds(&v->pool, " = ");
	}
	step->label_len = v->pool.len - step->label;
	step->next = ++v->nr;
	return step;
}

static int by_value(const void *a, const void *b)
{
	const struct enum_name *l = a, *r = b;

	if (l->value != r->value)
		return l->value < r->value ? -1 : 1;
	return l->order < r->order ? -1 : 1;
}

static void read_enum(struct compile *c, const struct btf_type *t, bool is_signed,
		      struct enum_names *e)
{
	unsigned int i, nr_bits = 0;

	e->is_flags = true;
	for (i = 0; i < btf_vlen(t); i++) {
		struct enum_name *name = &e->names[i];
		uint32_t text;

		if (btf_is_enum64(t)) {
			name->value = btf_enum64_value(&btf_enum64(t)[i]);
			text = btf_enum64(t)[i].name_off;
		} else {
			name->value = btf_enum(t)[i].val;
			if (!is_signed)
				name->value = (uint32_t)name->value;
			text = btf_enum(t)[i].name_off;
		}
		name->order = i;
		name->text = c->value->pool.len;
		text__adds(&c->value->pool, btf__name_by_offset(c->btf, text));
		name->len = c->value->pool.len - name->text;
		nr_bits += name->value != 0;
		if (name->value & (name->value - 1))
			e->is_flags = false;
	}
	e->is_flags = e->is_flags && nr_bits > 2;
	qsort(e->names, btf_vlen(t), sizeof(*e->names), by_value);
	e->nr = btf_vlen(t);
}

/* The index of the enum's names in value.enums. */
static uint32_t add_enum(struct compile *c, const struct type_info *info)
{
	const struct btf_type *t = btf__type_by_id(c->btf, info->id);
	struct value *v = c->value;
	struct enum_names *more;
	uint32_t i;

	for (i = 0; i < v->nr_enums; i++) {
		if (v->enums[i].type_id == info->id)
			return i;
	}
	more = reallocarray(v->enums, v->nr_enums + 1, sizeof(*more));
	if (!more) {
		c->err = -ENOMEM;
		return 0;
	}
	v->enums = more;
	v->enums[i] = (struct enum_names){ .type_id = info->id };
	v->enums[i].names = calloc(btf_vlen(t) + 1, sizeof(struct enum_name));
	v->nr_enums++;
	if (!v->enums[i].names) {
		c->err = -ENOMEM;
		return 0;
	}
	read_enum(c, t, info->is_signed, &v->enums[i]);
	return i;
}

static enum step_op number_op(const struct type_info *info)
{
	switch (info->cls) {
	case TYPE_ENUM:
		return STEP_ENUM;
	case TYPE_POINTER:
		return STEP_POINTER;
	case TYPE_FLOAT:
		return STEP_FLOAT;
	default:
		return info->size > 8 ? STEP_WIDE : info->is_bool ? STEP_BOOL :
		       info->is_char ? STEP_CHAR : STEP_INT;
	}
}

static void compile_number(struct compile *c, const struct type_info *info, uint64_t off,
			   uint64_t limit)
{
	uint32_t names = info->cls == TYPE_ENUM ? add_enum(c, info) : 0;
	struct step *step;

	if (off + info->size > limit)
		return;
	step = add_step(c, number_op(info), off, info->size);
	if (!step)
		return;
	step->size = info->size;
	step->is_signed = info->is_signed;
	step->names = names;
}

/*
 * A bitfield is read as whole bytes, from the one it begins in. Bits are counted from the least
 * significant end where the machine is little-endian, from the most significant one where not.
 */
static void compile_bitfield(struct compile *c, const struct member_place *place, uint64_t bit_off,
			     uint64_t limit)
{
	uint64_t start = bit_off / 8, end = (bit_off + place->bit_size + 7) / 8;
	struct type_info info;
	enum step_op op;
	uint32_t names;
	struct step *step;

	type__info(c->btf, place->type_id, &info);
	if (end > limit || end - start > 9 || place->bit_size > 64)
		return;
	names = info.cls == TYPE_ENUM ? add_enum(c, &info) : 0;
	op = number_op(&info);
	/* Of whatever type, a bitfield is a number of no more than 64 bits. */
	step = add_step(c, op == STEP_WIDE || op == STEP_FLOAT ? STEP_INT : op, start, end - start);
	if (!step)
		return;
	step->size = end - start;
	step->bits = place->bit_size;
	step->shift = bit_off % 8;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	step->shift = step->size * 8 - step->shift - step->bits;
#endif
	step->is_signed = info.is_signed;
	step->names = names;
}

/* The member a struct or union consists of, when there is but one; looks into anonymous ones. */
struct sole {
	unsigned int nr;
	const char *name;
	struct member_place place;
	uint64_t bit_off;
};

static void find_sole(struct compile *c, const struct btf_type *t, uint64_t bit_off,
		      struct sole *sole)
{
	unsigned int i, first = 0, last = btf_vlen(t);

	if (btf_is_union(t) && last) {
		first = layout__union_member(c->btf, t);
		last = first + 1;
	}
	for (i = first; i < last && sole->nr < 2; i++) {
		const char *name = btf__name_by_offset(c->btf, btf_members(t)[i].name_off);
		struct member_place place;
		struct type_info info;

		layout__member(c->btf, t, i, &place);
		type__info(c->btf, place.type_id, &info);
		if (!info.size)
			continue;
		if (name && name[0]) {
			sole->nr++;
			sole->name = name;
			sole->place = place;
			sole->bit_off = bit_off + place.bit_off;
		} else if (info.cls == TYPE_STRUCT || info.cls == TYPE_UNION) {
			find_sole(c, btf__type_by_id(c->btf, info.id), bit_off + place.bit_off,
				  sole);
		}
	}
}

static void compile_member(struct compile *c, const char *name, const struct member_place *place,
			   uint64_t bit_off, uint64_t limit)
{
	size_t label_len = c->label.len;

	buf__addc(&c->label, '.');
	text__adds(&c->label, name);
	if (place->bit_size)
		compile_bitfield(c, place, bit_off, limit);
	else
		compile_type(c, place->type_id, bit_off / 8, limit);
	c->label.len = label_len;
}

static void compile_members(struct compile *c, const struct btf_type *t, uint64_t bit_off,
			    uint64_t limit)
{
	unsigned int i, first = 0, last = btf_vlen(t);

	if (btf_is_union(t) && last) {
		first = layout__union_member(c->btf, t);
		last = first + 1;
	}
	for (i = first; i < last && !c->err; i++) {
		const char *name = btf__name_by_offset(c->btf, btf_members(t)[i].name_off);
		struct member_place place;
		struct type_info info;

		layout__member(c->btf, t, i, &place);
		type__info(c->btf, place.type_id, &info);
		if (!info.size || (bit_off + place.bit_off) / 8 >= limit)
			continue;
		if (name && name[0])
			compile_member(c, name, &place, bit_off + place.bit_off, limit);
		else if (info.cls == TYPE_STRUCT || info.cls == TYPE_UNION)
			compile_members(c, btf__type_by_id(c->btf, info.id),
					bit_off + place.bit_off, limit);
	}
}

static void compile_struct(struct compile *c, const struct type_info *info, uint64_t off,
			   uint64_t limit)
{
	const struct btf_type *t = btf__type_by_id(c->btf, info->id);
	struct sole sole = { 0 };
	uint32_t index = c->value->nr;
	struct buf label;

	/*
	 * The whole and an array's elements have no label to which a sole member's could be added.
	 */
	if (c->label.len) {
		find_sole(c, t, off * 8, &sole);
		if (sole.nr == 1) {
			compile_member(c, sole.name, &sole.place, sole.bit_off, limit);
			return;
		}
	}
	if (!add_step(c, STEP_STRUCT, off, off + info->size < limit ? info->size : limit - off))
		return;
	label = new_label(c);
	compile_members(c, t, off * 8, limit);
	old_label(c, label);
	c->value->steps[index].next = c->value->nr;
}

static void compile_array(struct compile *c, const struct type_info *info, uint64_t off,
			  uint64_t limit)
{
	uint32_t index = c->value->nr, count = info->nr_elems;
	struct type_info elem;
	struct step *step;
	struct buf label;

	type__info(c->btf, info->target, &elem);
	if (!elem.size || !count)
		return;
	if ((limit - off) / elem.size < count)
		count = (limit - off) / elem.size;
	if (!count)
		return;
	step = add_step(c, elem.is_char ? STEP_STRING : STEP_ARRAY, off,
			(uint64_t)count * elem.size);
	if (!step)
		return;
	step->count = count;
	step->stride = elem.size;
	label = new_label(c);
	compile_type(c, info->target, 0, elem.size);
	old_label(c, label);
	if (c->err)
		return;
	c->value->steps[index].next = c->value->nr;
	if (elem.cls == TYPE_INT && elem.size == 1 && !elem.is_bool)
		c->value->steps[index + 1].is_byte = true;
}

/* Adds the steps for what lies at @off, of which no byte from @limit on is there. */
static void compile_type(struct compile *c, uint32_t id, uint64_t off, uint64_t limit)
{
	struct type_info info;

	if (c->err || off >= limit)
		return;
	type__info(c->btf, id, &info);
	switch (info.cls) {
	case TYPE_INT:
	case TYPE_FLOAT:
	case TYPE_ENUM:
	case TYPE_POINTER:
		compile_number(c, &info, off, limit);
		break;
	case TYPE_STRUCT:
	case TYPE_UNION:
		compile_struct(c, &info, off, limit);
		break;
	case TYPE_ARRAY:
		compile_array(c, &info, off, limit);
		break;
	default:
		break;
	}
}

static int name_type(struct compile *c, uint32_t id)
{
	struct buf name = BUF_INIT, safe = BUF_INIT;

	type__name(c->btf, id, &name);
	text__add(&safe, buf__str(&name), name.len, false);
	c->value->type_name = name.failed ? NULL : buf__take(&safe);
	buf__exit(&name);
	buf__exit(&safe);
	return c->value->type_name ? 0 : -ENOMEM;
}

int value__new(const struct btf *btf, uint32_t type_id, uint32_t size, struct value **out)
{
	struct compile c = { .btf = btf };
	struct type_info info;

	c.value = calloc(1, sizeof(*c.value));
	if (!c.value)
		return -ENOMEM;
	type__info(btf, type_id, &info);
	if (info.cls == TYPE_VOID) {
		/* A number of which nothing is known. */
		info = (struct type_info){ .cls = TYPE_INT, .size = 8 };
		compile_number(&c, &info, 0, 8);
	} else {
		compile_type(&c, type_id, 0, size < info.size ? size : info.size);
	}
	c.value->size = size;
	c.value->full_size = info.size;
	if (!c.err && !c.value->nr && info.cls != TYPE_STRUCT && info.cls != TYPE_UNION &&
	    info.cls != TYPE_ARRAY)
		c.err = -EINVAL;
	if (!c.err)
		c.err = name_type(&c, type_id);
	if (!c.err && (c.value->pool.failed || c.label.failed))
		c.err = -ENOMEM;
	buf__exit(&c.label);
	if (c.err)
		value__free(c.value);
	else
		*out = c.value;
	return c.err;
}

void value__free(struct value *value)
{
	uint32_t i;

	if (!value)
		return;
	for (i = 0; i < value->nr_enums; i++)
		free(value->enums[i].names);
	free(value->enums);
	free(value->steps);
	free(value->type_name);
	buf__exit(&value->pool);
	free(value);
}
