// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "fields.h"
#include "name.h"

_Static_assert((int)DISPLAY_SYMBOL == FIELD_SYMBOL, "fields are shown as items are");

/* What fields are being added to, and of which item they are. */
struct filling {
	struct schema *schema;
	struct subset *types;
	const struct content *content;
	const struct layout *layout;
	unsigned int index;
};

/* Names that are kept for the items at the end. */
static bool is_reserved(const struct filling *fill, const char *name)
{
	return fill->content->flow && fill->index + 2 < fill->content->nr_items &&
	       (!strcmp(name, "flow") || !strcmp(name, "object"));
}

static bool field_taken(const char *name, const void *ctx)
{
	const struct filling *fill = ctx;
	const struct schema *schema = fill->schema;

	if (is_reserved(fill, name))
		return true;
	for (unsigned int i = 0; i < schema->nr_fields; i++)
		if (!strcmp(schema->fields[i].name, name))
			return true;
	return false;
}

static int item_type(const struct filling *fill, const struct typed_item *item)
{
	const struct item_layout *l = &fill->layout->items[fill->index];

	if (item->kind == TYPED_BUFFER)
		return subset__add_bytes(fill->types, l->room);
	if (item->kind == TYPED_STRING && !item->type.id)
		return subset__add_chars(fill->types, l->room);
	if (item->nr_bytes)
		return subset__add_bytes(fill->types, item->nr_bytes);
	return subset__add_pointer(fill->types, fill->content->typed->func.btf, item->type.id,
				   item->type.ptr_depth);
}

/* Starts a field of the item's; @type is an id in the subset or an error. */
static struct field *add_field(struct filling *fill, enum field_kind kind, int type, int *err)
{
	const struct typed_item *item = &fill->content->items[fill->index];
	struct schema *schema = fill->schema;
	struct field *f = &schema->fields[schema->nr_fields];

	if (type < 0) {
		*err = type;
		return NULL;
	}
	*f = (struct field){
		.name = name__unique(item->path, field_taken, fill),
		.expr = strdup(item->name),
		.kind = kind,
		.display = (enum field_display)item->display,
		.type_id = type,
		.item = fill->layout->items[fill->index].status,
		.pointer = -1,
		.is_return = item->is_return,
		.at_return = item->at_return,
	};
	schema->nr_fields++;
	if (!f->name || !f->expr) {
		*err = -ENOMEM;
		return NULL;
	}
	return f;
}

/* The object behind a bare parameter is a field of its own, which says whose it is. */
static int add_object(struct filling *fill, int pointer)
{
	const struct typed_item *item = &fill->content->items[fill->index];
	const struct item_layout *l = &fill->layout->items[fill->index];
	struct field *f;
	int err = 0;

	f = add_field(fill, FIELD_BYTES, item->pointee ?
		      subset__add(fill->types, fill->content->typed->func.btf, item->pointee) :
		      item_type(fill, item), &err);
	if (!f)
		return err;
	f->offset = l->bytes;
	f->size = l->size;
	f->full_size = l->full_size;
	f->pointer = pointer;
	if (item->pointee)
		f->display = FIELD_BY_TYPE;
	return 0;
}

static int add_scalar(struct filling *fill, int *pointer)
{
	const struct typed_item *item = &fill->content->items[fill->index];
	struct field *f;
	int err = 0;

	f = add_field(fill, FIELD_SCALAR, item_type(fill, item), &err);
	if (!f)
		return err;
	f->offset = fill->layout->items[fill->index].scalar;
	f->size = fill->content->widths[fill->index] ? fill->content->widths[fill->index] : 8;
	f->is_signed = item->is_signed;
	if (item->pointee) {
		/* The pointer itself cannot fail, unless it is on the stack. */
		if (!typed_expr__can_fail(item->expr))
			f->item = -1;
		*pointer = fill->schema->nr_fields - 1;
	}
	return 0;
}

static int add_tail(struct filling *fill)
{
	const struct typed_item *item = &fill->content->items[fill->index];
	struct field *f;
	int err = 0;

	f = add_field(fill, item->kind == TYPED_STRING ? FIELD_STRING : FIELD_BUFFER,
		      item_type(fill, item), &err);
	if (!f)
		return err;
	f->offset = fill->layout->items[fill->index].loc;
	f->size = 4;
	return 0;
}

static int add_item(struct filling *fill)
{
	const struct item_layout *l = &fill->layout->items[fill->index];
	int pointer = -1, err = 0;

	if (l->scalar)
		err = add_scalar(fill, &pointer);
	if (!err && l->loc)
		err = add_tail(fill);
	if (!err && l->size)
		err = add_object(fill, pointer);
	return err;
}

int fields__fill(struct schema *schema, struct subset *types, const struct content *content,
		 const struct layout *layout)
{
	struct filling fill = {
		.schema = schema, .types = types, .content = content, .layout = layout,
	};
	int err = 0;

	schema->status_offset = layout->status;
	schema->duration_offset = layout->duration;
	schema->fixed_size = layout->fixed_size;
	schema->btf = subset__btf(types);
	schema->fields = calloc(2 * content->nr_items + 1, sizeof(*schema->fields));
	if (!schema->fields)
		return -ENOMEM;
	for (; fill.index < content->nr_items && !err; fill.index++)
		err = add_item(&fill);
	if (!err && schema->nr_fields > SCHEMA_MAX_FIELDS)
		err = -E2BIG;
	return err;
}

static bool same_field(const struct field *a, const struct field *b)
{
	return !strcmp(a->name, b->name) && !strcmp(a->expr, b->expr) && a->kind == b->kind &&
	       a->display == b->display && a->type_id == b->type_id && a->offset == b->offset &&
	       a->size == b->size && a->full_size == b->full_size && a->item == b->item &&
	       a->pointer == b->pointer && a->is_signed == b->is_signed &&
	       a->is_return == b->is_return && a->at_return == b->at_return;
}

bool fields__equal(const struct schema *a, const struct schema *b)
{
	if (a->nr_fields != b->nr_fields || a->status_offset != b->status_offset ||
	    a->duration_offset != b->duration_offset || a->fixed_size != b->fixed_size)
		return false;
	for (unsigned int i = 0; i < a->nr_fields; i++)
		if (!same_field(&a->fields[i], &b->fields[i]))
			return false;
	return true;
}

void fields__key(const struct schema *schema, struct buf *out)
{
	for (unsigned int i = 0; i < schema->nr_fields; i++) {
		const struct field *f = &schema->fields[i];

		buf__adds(out, f->name);
		buf__add(out, &f->type_id, sizeof(f->type_id));
	}
}
