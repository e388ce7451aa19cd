// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "../types/layout.h"
#include "dump.h"
#include "retval.h"
#include "text.h"
#include "value-steps.h"
#include "value-tree.h"

#define MAX_DEPTH	160		/* LAYOUT_MAX_DEPTH, and ranges of arrays */
#define MAX_PIECES	256		/* elements that an array is unfolded to at once */
#define MIN_RUN		4		/* elements that are alike, to be shown as one */
#define ROW_SIZE	16		/* bytes of a buffer */
#define MAX_PREVIEW	16		/* elements, or bytes of a struct, shown folded */
#define MAX_PREVIEW_LEN	64		/* bytes of text of a struct */

enum node_kind {
	NODE_ROOT,
	NODE_FIELD,
	NODE_MEMBER,
	NODE_ELEMENT,			/* or a run of them that are alike */
	NODE_RANGE,			/* elements that are not alike */
	NODE_ROW,			/* of a buffer */
};

struct value_node {
	struct value_node *parent;
	struct value_node *parts;
	uint32_t nr_parts;
	uint32_t type_id;		/* 0: unknown, or none */
	uint32_t bit_off;		/* in the raw data */
	uint32_t size;			/* bytes there, from the one that bit_off is in */
	uint32_t name;			/* NODE_MEMBER: offset in the BTF's strings */
	uint32_t first;			/* NODE_ELEMENT, _RANGE: index; _ROW: offset */
	uint32_t count;			/* elements */
	uint16_t field;
	uint8_t bits;			/* of a bitfield; 0: not one */
	uint8_t kind;
	uint8_t depth;
	bool has_parts;
	bool is_made;			/* the parts are */
	bool is_unfolded;
	bool is_zero;
	bool is_byte;			/* an element of a byte array: better in hexadecimal */
};

/* What shows values of a type. */
struct leaf {
	UT_hash_handle hh;
	uint32_t type_id;
	struct value *value;		/* NULL: it can't be shown */
};

struct value_tree {
	const struct event_view *view;
	const struct schema *schema;
	struct value_opts opts;
	uint8_t *raw;
	size_t raw_size;
	uint32_t nr_nodes;
	struct leaf *leaves;		/* hash table by type_id */
	struct value_node root;
};

static const struct btf *tree_btf(const struct value_tree *tree)
{
	return tree->schema->btf;
}

/* ---- nodes --------------------------------------------------------------------------------- */

/* Adds a part to @node. Pointers to its other parts are not valid any more; none has parts yet. */
static struct value_node *add_part(struct value_tree *tree, struct value_node *node,
				   enum node_kind kind, int *err)
{
	uint32_t nr = node->nr_parts;
	struct value_node *more, *part;

	if (tree->nr_nodes >= VALUE_TREE_MAX_NODES || node->depth >= MAX_DEPTH) {
		*err = -E2BIG;
		return NULL;
	}
	/* It doubles when it is full, at powers of two. */
	if (!(nr & (nr - 1))) {
		more = reallocarray(node->parts, nr ? nr * 2 : 1, sizeof(*more));
		if (!more) {
			*err = -ENOMEM;
			return NULL;
		}
		node->parts = more;
	}
	part = &node->parts[node->nr_parts++];
	tree->nr_nodes++;
	*part = (struct value_node){
		.parent = node, .kind = kind, .field = node->field,
		.depth = node->kind == NODE_ROOT ? 0 : node->depth + 1,
	};
	return part;
}

static void drop_parts(struct value_tree *tree, struct value_node *node)
{
	uint32_t i;

	for (i = 0; i < node->nr_parts; i++)
		drop_parts(tree, &node->parts[i]);
	tree->nr_nodes -= node->nr_parts;
	free(node->parts);
	node->parts = NULL;
	node->nr_parts = 0;
	node->is_made = false;
	node->is_unfolded = false;
}

static uint64_t node_bits(const struct value_tree *tree, const struct value_node *node,
			  bool is_signed)
{
	struct step step = {
		.size = node->size, .bits = node->bits, .shift = node->bit_off % 8,
		.is_signed = is_signed,
	};

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	step.shift = step.size * 8 - step.shift - step.bits;
#endif
	return step__number(&step, tree->raw + node->bit_off / 8);
}

/* Completes a node whose type is @type_id and whose bytes lie in front of @limit, if any do. */
static bool place_node(const struct value_tree *tree, struct value_node *node,
		       const struct type_info *info, uint64_t bit_off, uint64_t limit)
{
	uint64_t off = bit_off / 8;

	if (!info->size || off >= limit || limit > tree->raw_size)
		return false;
	node->bit_off = bit_off;
	node->size = info->size;
	switch (info->cls) {
	case TYPE_STRUCT:
	case TYPE_UNION:
		node->has_parts = btf_vlen(btf__type_by_id(tree_btf(tree), info->id));
		break;
	case TYPE_ARRAY:
		node->has_parts = true;
		break;
	case TYPE_INT:
	case TYPE_FLOAT:
	case TYPE_ENUM:
	case TYPE_POINTER:
		if (info->size > limit - off)
			return false;
		break;
	default:
		return false;
	}
	if (node->size > limit - off)
		node->size = limit - off;
	node->is_zero = value__is_zero(tree->raw + off, node->size);
	return true;
}

static bool place_bitfield(const struct value_tree *tree, struct value_node *node,
			   unsigned int bits, uint64_t bit_off, uint64_t limit)
{
	uint64_t start = bit_off / 8, end = (bit_off + bits + 7) / 8;

	if (end > limit || limit > tree->raw_size || end - start > 9 || bits > 64)
		return false;
	node->bit_off = bit_off;
	node->size = end - start;
	node->bits = bits;
	node->is_zero = !node_bits(tree, node, false);
	return true;
}

/* Where what was captured of @node ends. */
static uint64_t node_end(const struct value_node *node)
{
	return (uint64_t)node->bit_off / 8 + node->size;
}

/* Takes back a part that turned out to have nothing to show. */
static void remove_part(struct value_tree *tree, struct value_node *node)
{
	node->nr_parts--;
	tree->nr_nodes--;
}

/* ---- structs and unions -------------------------------------------------------------------- */

static bool is_anonymous(const struct value_tree *tree, const struct value_node *node)
{
	const char *name = btf__name_by_offset(tree_btf(tree), node->name);

	return node->kind == NODE_MEMBER && (!name || !name[0]);
}

static int add_member(struct value_tree *tree, struct value_node *node, const struct btf_type *t,
		      unsigned int index)
{
	struct value_node *part;
	struct member_place place;
	struct type_info info;
	bool is_there;
	int err = 0;

	layout__member(tree_btf(tree), t, index, &place);
	type__info(tree_btf(tree), place.type_id, &info);
	part = add_part(tree, node, NODE_MEMBER, &err);
	if (!part)
		return err;
	part->type_id = place.type_id;
	part->name = btf_members(t)[index].name_off;
	if (place.bit_size)
		is_there = place_bitfield(tree, part, place.bit_size,
					  (uint64_t)node->bit_off + place.bit_off, node_end(node));
	else
		is_there = place_node(tree, part, &info,
				      (uint64_t)node->bit_off + place.bit_off, node_end(node));
	/* What has no name and no members is padding. */
	if (is_there && is_anonymous(tree, part) && info.cls != TYPE_STRUCT &&
	    info.cls != TYPE_UNION)
		is_there = false;
	if (!is_there)
		remove_part(tree, node);
	return 0;
}

static int add_members(struct value_tree *tree, struct value_node *node,
		       const struct type_info *info)
{
	const struct btf_type *t = btf__type_by_id(tree_btf(tree), info->id);
	unsigned int i;
	int err = 0;

	for (i = 0; i < btf_vlen(t) && !err; i++)
		err = add_member(tree, node, t, i);
	return err;
}

/* ---- arrays -------------------------------------------------------------------------------- */

/* Elements of an array that a node is, or is a range of. */
struct elements {
	const uint8_t *data;		/* of the first */
	uint32_t bit_off;		/* of the first */
	uint32_t first;			/* its index */
	uint32_t count;
	uint32_t type_id;
	struct type_info info;
};

static bool find_elements(const struct value_tree *tree, const struct value_node *node,
			  struct elements *e)
{
	struct type_info array;

	type__info(tree_btf(tree), node->type_id, &array);
	if (array.cls != TYPE_ARRAY)
		return false;
	e->type_id = array.target;
	type__info(tree_btf(tree), array.target, &e->info);
	if (!e->info.size)
		return false;
	e->bit_off = node->bit_off;
	e->data = tree->raw + node->bit_off / 8;
	e->first = node->kind == NODE_RANGE ? node->first : 0;
	e->count = node->size / e->info.size;
	return true;
}

/* How many elements from the @at-th on are the same as that. */
static uint32_t run_length(const struct elements *e, uint32_t at)
{
	const uint8_t *data = e->data + (size_t)at * e->info.size;
	uint32_t n = 1;

	while (at + n < e->count && !memcmp(data, data + (size_t)n * e->info.size, e->info.size))
		n++;
	return n < MIN_RUN ? 1 : n;
}

static bool has_few_pieces(const struct elements *e)
{
	uint32_t i, nr = 0;

	for (i = 0; i < e->count && nr <= MAX_PIECES; nr++)
		i += run_length(e, i);
	return nr <= MAX_PIECES;
}

static int add_element(struct value_tree *tree, struct value_node *node, const struct elements *e,
		       uint32_t at, uint32_t count)
{
	uint32_t off = e->bit_off / 8 + at * e->info.size;
	struct value_node *part;
	int err = 0;

	part = add_part(tree, node, NODE_ELEMENT, &err);
	if (!part)
		return err;
	part->type_id = e->type_id;
	part->first = e->first + at;
	part->count = count;
	part->is_byte = e->info.cls == TYPE_INT && e->info.size == 1 && !e->info.is_bool &&
			!e->info.is_char;
	if (!place_node(tree, part, &e->info, (uint64_t)off * 8, node_end(node)))
		remove_part(tree, node);
	return 0;
}

static int add_range(struct value_tree *tree, struct value_node *node, const struct elements *e,
		     uint32_t at, uint32_t count)
{
	struct value_node *part;
	int err = 0;

	part = add_part(tree, node, NODE_RANGE, &err);
	if (!part)
		return err;
	part->type_id = node->type_id;
	part->first = e->first + at;
	part->count = count;
	part->bit_off = e->bit_off + at * e->info.size * 8;
	part->size = count * e->info.size;
	part->has_parts = true;
	part->is_zero = value__is_zero(tree->raw + part->bit_off / 8, part->size);
	return 0;
}

static int add_elements(struct value_tree *tree, struct value_node *node)
{
	uint32_t i, n, step = MAX_PIECES;
	struct elements e;
	int err = 0;

	if (!find_elements(tree, node, &e))
		return 0;
	if (has_few_pieces(&e)) {
		for (i = 0; i < e.count && !err; i += n) {
			n = run_length(&e, i);
			err = add_element(tree, node, &e, i, n);
		}
		return err;
	}
	/* A record has less than 64 KiB: there are two levels of ranges at most. */
	while (e.count / step >= MAX_PIECES)
		step *= MAX_PIECES;
	for (i = 0; i < e.count && !err; i += n) {
		n = e.count - i < step ? e.count - i : step;
		err = add_range(tree, node, &e, i, n);
	}
	return err;
}

/* ---- fields -------------------------------------------------------------------------------- */

static const struct field *node_field(const struct value_tree *tree, const struct value_node *node)
{
	return &tree->schema->fields[node->field];
}

static bool is_readable(const struct value_tree *tree, unsigned int index)
{
	enum item_status status = event_view__status(tree->view, index, tree->raw);

	return status == ITEM_OK || status == ITEM_CUT;
}

/* The bytes of a string or buffer, if they are in the record. */
static void place_located(const struct value_tree *tree, struct value_node *node)
{
	size_t len;
	const uint8_t *data = event_view__bytes(tree->view, node->field, tree->raw,
						tree->raw_size, &len);

	if (!data || !len || len > UINT16_MAX)
		return;
	node->bit_off = (data - tree->raw) * 8;
	node->size = len;
	node->has_parts = node_field(tree, node)->kind == FIELD_BUFFER && len > ROW_SIZE;
}

static void place_field(const struct value_tree *tree, struct value_node *node)
{
	const struct field *f = node_field(tree, node);
	struct type_info info;

	node->type_id = f->type_id;
	if (f->kind == FIELD_STRING || f->kind == FIELD_BUFFER) {
		if (is_readable(tree, node->field))
			place_located(tree, node);
		return;
	}
	if ((uint64_t)f->offset + f->size > tree->raw_size)
		return;
	node->bit_off = f->offset * 8;
	node->size = f->size;
	if (f->kind != FIELD_BYTES || !tree_btf(tree) || !is_readable(tree, node->field))
		return;
	type__info(tree_btf(tree), f->type_id, &info);
	if (!place_node(tree, node, &info, (uint64_t)f->offset * 8,
			(uint64_t)f->offset + f->size))
		node->has_parts = false;
}

static int add_fields(struct value_tree *tree)
{
	struct value_node *part;
	unsigned int i;
	int err = 0;

	for (i = 0; i < tree->schema->nr_fields && i <= UINT16_MAX && !err; i++) {
		part = add_part(tree, &tree->root, NODE_FIELD, &err);
		if (!part)
			break;
		part->field = i;
		place_field(tree, part);
	}
	return err;
}

static int add_rows(struct value_tree *tree, struct value_node *node)
{
	struct value_node *part;
	uint32_t at;
	int err = 0;

	for (at = 0; at < node->size && !err; at += ROW_SIZE) {
		part = add_part(tree, node, NODE_ROW, &err);
		if (!part)
			break;
		part->first = at;
		part->bit_off = node->bit_off + at * 8;
		part->size = node->size - at < ROW_SIZE ? node->size - at : ROW_SIZE;
		part->is_zero = value__is_zero(tree->raw + part->bit_off / 8, part->size);
	}
	return err;
}

/* ---- the tree ------------------------------------------------------------------------------ */

int value_tree__new(const struct event_view *view, const void *raw, size_t raw_size,
		    const struct value_opts *opts, struct value_tree **out)
{
	struct value_tree *tree = calloc(1, sizeof(*tree));
	int err = -ENOMEM;

	if (!tree)
		return -ENOMEM;
	tree->view = view;
	tree->schema = event_view__schema(view);
	tree->opts = *opts;
	tree->raw_size = raw_size;
	tree->raw = malloc(raw_size + 1);
	tree->root.kind = NODE_ROOT;
	tree->root.has_parts = tree->root.is_made = tree->root.is_unfolded = true;
	if (tree->raw) {
		memcpy(tree->raw, raw, raw_size);
		err = add_fields(tree);
	}
	if (err)
		value_tree__free(tree);
	else
		*out = tree;
	return err;
}

void value_tree__free(struct value_tree *tree)
{
	struct leaf *leaf, *tmp;

	if (!tree)
		return;
	drop_parts(tree, &tree->root);
	HASH_ITER(hh, tree->leaves, leaf, tmp) {
		HASH_DEL(tree->leaves, leaf);
		value__free(leaf->value);
		free(leaf);
	}
	free(tree->raw);
	free(tree);
}

static int make_parts(struct value_tree *tree, struct value_node *node)
{
	struct type_info info;
	int err;

	if (node->kind == NODE_FIELD && node_field(tree, node)->kind == FIELD_BUFFER) {
		err = add_rows(tree, node);
	} else {
		type__info(tree_btf(tree), node->type_id, &info);
		err = info.cls == TYPE_ARRAY ? add_elements(tree, node) :
					       add_members(tree, node, &info);
	}
	if (err)
		drop_parts(tree, node);
	else
		node->is_made = true;
	return err;
}

int value_tree__unfold(struct value_tree *tree, struct value_node *node)
{
	uint32_t i;
	int err;

	if (!node->has_parts)
		return 0;
	err = node->is_made ? 0 : make_parts(tree, node);
	if (err)
		return err;
	node->is_unfolded = true;
	for (i = 0; i < node->nr_parts && !err; i++) {
		if (node->parts[i].has_parts && !node->parts[i].is_made &&
		    is_anonymous(tree, &node->parts[i]))
			err = value_tree__unfold(tree, &node->parts[i]);
	}
	return err == -ENOMEM ? err : 0;
}

void value_node__fold(struct value_node *node)
{
	node->is_unfolded = false;
}

int value_tree__unfold_all(struct value_tree *tree, struct value_node *node, bool zeros,
			   uint32_t max_nodes)
{
	bool is_partly = false;
	uint32_t i;
	int err = 0;

	if (!node->has_parts || (!zeros && node->is_zero && node->kind != NODE_FIELD))
		return 0;
	if (tree->nr_nodes >= max_nodes)
		return -E2BIG;
	err = value_tree__unfold(tree, node);
	for (i = 0; i < node->nr_parts && (!err || err == -E2BIG); i++) {
		is_partly |= err;
		err = value_tree__unfold_all(tree, &node->parts[i], zeros, max_nodes);
	}
	return !err && is_partly ? -E2BIG : err;
}

void value_node__fold_all(struct value_node *node)
{
	uint32_t i;

	for (i = 0; i < node->nr_parts; i++)
		value_node__fold_all(&node->parts[i]);
	node->is_unfolded = node->kind == NODE_ROOT;
}

static bool is_alike(const struct value_node *a, const struct value_node *b)
{
	return a->kind == b->kind && a->field == b->field && a->name == b->name &&
	       a->type_id == b->type_id && a->first == b->first;
}

/* The part of @node that is alike @part; from the @at-th on, which often is it. */
static struct value_node *find_part(const struct value_node *node, const struct value_node *part,
				    uint32_t at)
{
	uint32_t i;

	for (i = 0; i < node->nr_parts; i++, at++) {
		if (at >= node->nr_parts)
			at = 0;
		if (is_alike(&node->parts[at], part))
			return &node->parts[at];
	}
	return NULL;
}

static int unfold_like(struct value_tree *tree, struct value_node *node,
		       const struct value_node *like)
{
	struct value_node *found;
	uint32_t i;
	int err = 0;

	if (like->kind != NODE_ROOT)
		err = value_tree__unfold(tree, node);
	for (i = 0; i < like->nr_parts && !err; i++) {
		found = like->parts[i].is_unfolded ? find_part(node, &like->parts[i], i) : NULL;
		if (found)
			err = unfold_like(tree, found, &like->parts[i]);
	}
	return err == -E2BIG ? 0 : err;
}

struct value_node *value_tree__find_like(struct value_tree *tree, const struct value_node *node)
{
	struct value_node *parent;

	if (node->kind == NODE_ROOT)
		return &tree->root;
	parent = value_tree__find_like(tree, node->parent);
	if (!parent || value_tree__unfold(tree, parent))
		return NULL;
	return find_part(parent, node, node - node->parent->parts);
}

int value_tree__unfold_like(struct value_tree *tree, const struct value_tree *like)
{
	return tree->schema == like->schema ? unfold_like(tree, &tree->root, &like->root) : 0;
}

struct value_node *value_tree__root(struct value_tree *tree)
{
	return &tree->root;
}

bool value_node__has_parts(const struct value_node *node)
{
	return node->has_parts;
}

bool value_node__is_unfolded(const struct value_node *node)
{
	return node->is_unfolded;
}

uint32_t value_node__nr_parts(const struct value_node *node)
{
	return node->nr_parts;
}

struct value_node *value_node__part(const struct value_node *node, uint32_t index)
{
	return &node->parts[index];
}

struct value_node *value_node__parent(const struct value_node *node)
{
	return node->parent;
}

unsigned int value_node__depth(const struct value_node *node)
{
	return node->depth;
}

bool value_node__is_zero(const struct value_node *node)
{
	return node->is_zero && node->kind != NODE_FIELD && node->kind != NODE_ROOT;
}

unsigned int value_node__field(const struct value_node *node)
{
	return node->field;
}

const void *value_tree__bytes(const struct value_tree *tree, const struct value_node *node,
			      uint32_t *offset, uint32_t *size)
{
	if (node->kind == NODE_ROOT) {
		*offset = 0;
		*size = tree->raw_size;
		return tree->raw;
	}
	*offset = node->bit_off / 8;
	*size = node->size;
	return node->size ? tree->raw + *offset : NULL;
}

/* ---- text ---------------------------------------------------------------------------------- */

static void add_index(const struct value_node *node, struct buf *out)
{
	buf__addc(out, '[');
	buf__addu(out, node->first);
	if (node->count > 1) {
		buf__adds(out, "..");
		buf__addu(out, node->first + node->count - 1);
	}
	buf__addc(out, ']');
}

void value_tree__label(const struct value_tree *tree, const struct value_node *node,
		       struct buf *out)
{
	struct type_info info;

	switch (node->kind) {
	case NODE_ROOT:
		break;
	case NODE_FIELD:
		if (node_field(tree, node)->pointer >= 0)
			buf__addc(out, '*');
		buf__adds(out, event_view__label(tree->view, node->field));
		break;
	case NODE_MEMBER:
		if (!is_anonymous(tree, node)) {
			text__adds(out, btf__name_by_offset(tree_btf(tree), node->name));
			break;
		}
		type__info(tree_btf(tree), node->type_id, &info);
		buf__adds(out, info.cls == TYPE_UNION ? "union" : "struct");
		break;
	case NODE_ROW:
		buf__addf(out, "%04x:", node->first);
		break;
	default:
		add_index(node, out);
	}
}

/* What @node is a member of, as C has it: anonymous structs are not there, nor are ranges. */
static const struct value_node *named_owner(const struct value_tree *tree,
					    const struct value_node *node)
{
	do {
		node = node->parent;
	} while (is_anonymous(tree, node) || node->kind == NODE_RANGE);
	return node;
}

void value_tree__path(const struct value_tree *tree, const struct value_node *node,
		      struct buf *out)
{
	const struct value_node *owner;

	if (node->kind == NODE_ROOT)
		return;
	if (node->kind == NODE_FIELD) {
		buf__adds(out, event_view__label(tree->view, node->field));
		return;
	}
	value_tree__path(tree, node->parent, out);
	if (node->kind == NODE_ELEMENT)
		add_index(node, out);
	if (node->kind != NODE_MEMBER || is_anonymous(tree, node))
		return;
	owner = named_owner(tree, node);
	buf__adds(out, owner->kind == NODE_FIELD && node_field(tree, owner)->pointer >= 0 ?
		       "->" : ".");
	text__adds(out, btf__name_by_offset(tree_btf(tree), node->name));
}

static void add_type_name(const struct value_tree *tree, uint32_t type_id, struct buf *out)
{
	struct buf name = BUF_INIT;

	type__name(tree_btf(tree), type_id, &name);
	text__add(out, buf__str(&name), name.len, false);
	out->failed |= name.failed;
	buf__exit(&name);
}

void value_tree__type(const struct value_tree *tree, const struct value_node *node,
		      struct buf *out)
{
	if (!node->type_id || !tree_btf(tree) || node->kind == NODE_RANGE)
		return;
	add_type_name(tree, node->type_id, out);
	if (node->bits)
		buf__addf(out, ":%u", node->bits);
}

/* What shows values of type @type_id, of which there are @size bytes. */
static const struct value *leaf_value(struct value_tree *tree, uint32_t type_id, uint32_t size)
{
	struct leaf *leaf;

	HASH_FIND(hh, tree->leaves, &type_id, sizeof(type_id), leaf);
	if (leaf)
		return leaf->value;
	leaf = calloc(1, sizeof(*leaf));
	if (!leaf)
		return NULL;
	leaf->type_id = type_id;
	if (value__new(tree_btf(tree), type_id, size, &leaf->value))
		leaf->value = NULL;
	HASH_ADD(hh, tree->leaves, type_id, sizeof(leaf->type_id), leaf);
	return leaf->value;
}

static void add_number(struct value_tree *tree, const struct value_node *node,
		       const struct type_info *info, struct buf *out)
{
	const struct value *value = leaf_value(tree, node->type_id, info->size);
	const uint8_t *data = tree->raw + node->bit_off / 8;

	if (node->bits && value)
		value__number(value, node_bits(tree, node, info->is_signed), &tree->opts, out);
	else if (node->bits)
		buf__addx(out, node_bits(tree, node, false));
	else if (node->is_byte)
		buf__addx(out, *data);
	else if (value)
		value__line(value, data, &tree->opts, out);
	else
		dump__word(out, data, node->size);
}

/* Small ones are shown in a few words. */
static void add_struct(struct value_tree *tree, const struct value_node *node,
		       const struct type_info *info, struct buf *out)
{
	size_t len = out->len;
	const struct value *value = NULL;

	if (node->is_zero) {
		buf__adds(out, "{}");
	} else if (node->size > MAX_PREVIEW) {
		buf__adds(out, "{...}");
	} else {
		if (node->size == info->size)
			value = leaf_value(tree, node->type_id, node->size);
		if (value)
			value__line(value, tree->raw + node->bit_off / 8, &tree->opts, out);
		if (!value || out->len - len > MAX_PREVIEW_LEN) {
			buf__cut(out, len);
			buf__adds(out, "{...}");
		}
	}
	if (node->size < info->size)
		buf__addf(out, "  // %u of %u bytes", node->size, info->size);
}

/* An array of char that is text. */
static bool add_text(const struct value_tree *tree, const struct value_node *node,
		     const struct elements *e, struct buf *out)
{
	const char *data = (const char *)tree->raw + node->bit_off / 8;
	const struct step step = { .len = node->size };
	size_t len;

	if (!e->info.is_char || node->kind == NODE_RANGE ||
	    !step__is_text(&step, (const uint8_t *)data, &len))
		return false;
	buf__addc(out, '"');
	text__add(out, data, len, true);
	buf__addc(out, '"');
	return true;
}

static void add_array(struct value_tree *tree, const struct value_node *node, struct buf *out)
{
	struct value_node elem = { .bits = 0 };
	struct elements e;
	uint32_t i, n, nr = 0;

	if (!find_elements(tree, node, &e) || !e.count) {
		buf__adds(out, "[]");
		return;
	}
	if (add_text(tree, node, &e, out))
		return;
	if (e.info.cls == TYPE_STRUCT || e.info.cls == TYPE_UNION || e.info.cls == TYPE_ARRAY) {
		buf__adds(out, node->is_zero ? "[]" : "[...]");
		return;
	}
	elem.type_id = e.type_id;
	elem.size = e.info.size;
	elem.is_byte = e.info.cls == TYPE_INT && e.info.size == 1 && !e.info.is_bool;
	buf__addc(out, '[');
	for (i = 0; i < e.count && nr < MAX_PREVIEW; i += n, nr++) {
		n = run_length(&e, i);
		buf__adds(out, i ? ", " : "");
		elem.bit_off = e.bit_off + i * e.info.size * 8;
		add_number(tree, &elem, &e.info, out);
		if (n > 1)
			buf__addf(out, " x %u", n);
	}
	buf__adds(out, i < e.count ? ", ...]" : "]");
}

/* As the line of script has it, without its label. */
static void add_field(struct value_tree *tree, const struct value_node *node, struct buf *out)
{
	size_t label = strlen(event_view__label(tree->view, node->field)) + 1;
	struct buf item = BUF_INIT;

	if (node_field(tree, node)->is_return) {
		retval__add(tree->view, node->field, tree->raw, tree->raw_size, &tree->opts, out);
		return;
	}
	event_view__item(tree->view, node->field, tree->raw, tree->raw_size, &tree->opts, &item);
	if (item.len > label)
		buf__add(out, item.data + label, item.len - label);
	out->failed |= item.failed;
	buf__exit(&item);
}

static void add_row(const struct value_tree *tree, const struct value_node *node, struct buf *out)
{
	struct buf line = BUF_INIT;
	const char *text;

	/* "0000:  45 00 ...\n", without its offset and newline. */
	dump__lines(&line, tree->raw + node->bit_off / 8, node->size, 0);
	text = strchr(buf__str(&line), ':');
	if (text && line.len)
		buf__add(out, text + 3, strlen(text + 3) - 1);
	out->failed |= line.failed;
	buf__exit(&line);
}

void value_tree__value(struct value_tree *tree, const struct value_node *node, struct buf *out)
{
	const struct field *f = node_field(tree, node);
	struct type_info info;

	if (node->kind == NODE_ROOT)
		return;
	if (node->kind == NODE_ROW) {
		add_row(tree, node, out);
		return;
	}
	if (node->kind == NODE_FIELD && (!node->has_parts || f->kind != FIELD_BYTES ||
					 f->display != FIELD_BY_TYPE)) {
		add_field(tree, node, out);
		return;
	}
	type__info(tree_btf(tree), node->type_id, &info);
	if (info.cls == TYPE_ARRAY)
		add_array(tree, node, out);
	else if (info.cls == TYPE_STRUCT || info.cls == TYPE_UNION)
		add_struct(tree, node, &info, out);
	else
		add_number(tree, node, &info, out);
}
