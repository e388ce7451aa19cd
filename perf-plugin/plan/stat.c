// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../types/type.h"
#include "layout.h"
#include "stat.h"

#define MAX_CELL	32768	/* bytes: operations have 16 bits for a place */

static const struct spec_item *find_item(const struct spec *spec, const char *name)
{
	for (unsigned int i = 0; spec->has_items && i < spec->nr_items; i++) {
		const struct spec_item *item = &spec->items[i];

		if (!strcmp(item->name ? item->name : item->text, name))
			return item;
	}
	return NULL;
}

bool stat__counts_item(const struct spec *spec, const struct typed_item *item)
{
	const struct spec_item *from = find_item(spec, item->name);

	return from && !(from->expr->kind == EXPR_BY_TYPE && from->expr->type.ptr_depth);
}

bool stat__needs_return(const struct typed_spec *typed)
{
	for (unsigned int i = 0; i < typed->nr_items; i++)
		if (typed->items[i].at_return && stat__counts_item(typed->spec, &typed->items[i]))
			return true;
	for (unsigned int i = 0; i < typed->nr_terms; i++)
		if (typed->terms[i].expr->at_return)
			return true;
	return false;
}

/* A filter on what is known at the return only. */
static bool is_decided_at_return(const struct content *content)
{
	for (unsigned int i = 0; i < content->typed->nr_terms; i++)
		if (content->typed->terms[i].expr->at_return)
			return true;
	return false;
}

static bool has_duration(const struct typed_expr *expr)
{
	if (expr->op == TYPED_VALUE && expr->value == VALUE_DURATION)
		return true;
	for (unsigned int i = 0; i < 3 && expr->args[i]; i++)
		if (has_duration(expr->args[i]))
			return true;
	return false;
}

static bool needs_duration(const struct content *content)
{
	for (unsigned int i = 0; i < content->nr_items; i++)
		if (has_duration(content->items[i].expr))
			return true;
	for (unsigned int i = 0; i < content->typed->nr_terms; i++)
		if (has_duration(content->typed->terms[i].expr))
			return true;
	return false;
}

static int refuse(const struct content *content, const struct typed_item *item, const char *what,
		  struct diag *diag)
{
	const struct spec *spec = content->typed->spec;
	const struct spec_item *from = find_item(spec, item->name);

	diag__error_at(diag, -EINVAL, from ? from->expr->span : spec->pattern_span,
		       "'%s' is %s: stat adds up numbers", item->name, what);
	return -EINVAL;
}

static int check_item(const struct content *content, const struct typed_item *item,
		      struct diag *diag)
{
	struct type_info info;

	if (item->kind == TYPED_STRING)
		return refuse(content, item, "a string", diag);
	if (item->kind != TYPED_SCALAR)
		return refuse(content, item, "no number", diag);
	type__info(content->typed->func.btf, item->type.id, &info);
	if (item->type.ptr_depth || info.cls == TYPE_POINTER) {
		refuse(content, item, "a pointer", diag);
		diag__hint(diag, "name what it points to, or cast it: (long)%s", item->name);
		return -EINVAL;
	}
	return 0;
}

static int add_item(struct stat_shape *shape, const struct content *content,
		    const struct typed_item *from, const struct stat_opts *opts, bool late)
{
	struct stat_item *item = &shape->items[shape->nr_items++];
	const struct typed_expr *expr = from->expr;

	*item = (struct stat_item){
		.name = strdup(from->name),
		.is_signed = from->is_signed,
		.is_duration = expr->op == TYPED_VALUE && expr->value == VALUE_DURATION,
		.at_return = late || from->at_return,
		.figure = shape->cell_size,
	};
	if (!item->name)
		return -ENOMEM;
	shape->cell_size += sizeof(struct bs_figure);
	if (opts->has_hist(opts->ctx, content->typed->spec, item->name)) {
		item->nr_buckets = item->is_signed ? 2 * BS_NR_BUCKETS - 1 : BS_NR_BUCKETS;
		item->buckets = shape->cell_size;
		shape->cell_size += item->nr_buckets * sizeof(uint64_t);
	}
	return 0;
}

int stat_shape__make(struct stat_shape *shape, const struct content *content,
		     const struct stat_opts *opts, struct diag *diag)
{
	bool late = is_decided_at_return(content);
	bool any_at_entry = false;
	int err = 0;

	*shape = (struct stat_shape){
		.items = calloc(content->nr_items + 1, sizeof(*shape->items)),
		.cell_size = sizeof(struct bs_cell), .flags = BS_STAT,
	};
	if (!shape->items)
		return -ENOMEM;
	for (unsigned int i = 0; i < content->nr_items && !err; i++) {
		err = check_item(content, &content->items[i], diag);
		if (!err)
			err = add_item(shape, content, &content->items[i], opts, late);
		if (!err)
			any_at_entry |= !shape->items[i].at_return;
	}
	if (!err && shape->cell_size > MAX_CELL)
		err = diag__error(diag, -E2BIG, "more values and histograms than fit into %u bytes",
				  MAX_CELL);
	if (any_at_entry || !content->paired)
		shape->flags |= BS_STAT_AT_ENTRY;
	if (content->paired)
		shape->flags |= BS_STAT_AT_RETURN;
	if (needs_duration(content))
		shape->flags |= BS_STAT_DURATION;
	return err;
}

void stat_shape__exit(struct stat_shape *shape)
{
	for (unsigned int i = 0; i < shape->nr_items; i++)
		free(shape->items[i].name);
	free(shape->items);
	*shape = (struct stat_shape){ 0 };
}

bool stat_shape__equal(const struct stat_shape *a, const struct stat_shape *b)
{
	if (a->nr_items != b->nr_items || a->cell_size != b->cell_size || a->flags != b->flags)
		return false;
	for (unsigned int i = 0; i < a->nr_items; i++) {
		const struct stat_item *x = &a->items[i], *y = &b->items[i];

		if (strcmp(x->name, y->name) || x->is_signed != y->is_signed ||
		    x->at_return != y->at_return || x->buckets != y->buckets)
			return false;
	}
	return true;
}

void stat__make_layout(const struct content *content, struct layout *layout)
{
	memset(layout, 0, sizeof(*layout));
	layout->last_tail = -1;
	for (unsigned int i = 0; i < content->nr_items; i++)
		layout->items[i].status = content->items[i].can_fail ? (int)layout->nr_status++ :
								       -1;
}
