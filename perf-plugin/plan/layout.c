// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "../types/type.h"
#include "layout.h"

#define WORD		8
#define STATUS_SIZE	8
#define DURATION_SIZE	8

static uint32_t align(uint32_t offset, uint32_t to)
{
	return (offset + to - 1) & ~(to - 1);
}

static uint32_t object_size(const struct typed_spec *typed, uint32_t type_id)
{
	struct type_info info;

	type__info(typed->func.btf, type_id, &info);
	return info.size;
}

/* What an item is made of; the places follow. */
static void measure(const struct typed_spec *typed, const struct typed_item *item,
		    const struct event_opts *opts, struct item_layout *l)
{
	uint32_t object = 0;

	if (item->kind == TYPED_OBJECT || item->kind == TYPED_BY_VALUE)
		object = item->type_id;
	else if (item->pointee)
		object = item->pointee;
	if (object) {
		l->full_size = object_size(typed, object);
		l->size = l->full_size < opts->max_data ? l->full_size : opts->max_data;
	}
	if (item->kind == TYPED_BY_VALUE)	/* stored by whole words */
		l->size = l->full_size;
}

static uint32_t place_fixed(const struct typed_item *item, struct item_layout *l, uint32_t offset)
{
	if (item->kind == TYPED_SCALAR) {
		l->scalar = offset;
		offset += WORD;
	}
	if (item->kind == TYPED_STRING) {
		l->loc = offset;
		offset += WORD;
	}
	if (l->size) {
		l->bytes = offset;
		offset = align(offset + l->size, WORD);
	}
	return offset;
}

/* One pass over the items that are read at the return, or at the entry. */
static uint32_t place_side(const struct typed_item *const *items, unsigned int nr, bool at_return,
			   struct layout *layout, uint32_t offset)
{
	for (unsigned int i = 0; i < nr; i++)
		if (items[i]->at_return == at_return)
			offset = place_fixed(items[i], &layout->items[i], offset);
	return offset;
}

static uint32_t place_strings(const struct typed_item *const *items, unsigned int nr,
			      bool at_return, uint32_t max_string, struct layout *layout,
			      uint32_t offset)
{
	for (unsigned int i = 0; i < nr; i++) {
		if (items[i]->kind != TYPED_STRING || items[i]->at_return != at_return)
			continue;
		layout->items[i].string = offset;
		layout->last_string = i;
		/* BS_OP_STRING reads a byte more, to see whether it was cut. */
		offset = align(offset + max_string + 1, WORD);
	}
	return offset;
}

/* Gives each item that can fail its bits. Returns whether any can. */
static bool number_items(const struct typed_item *const *items, unsigned int nr,
			 struct layout *layout)
{
	int status = 0;

	for (unsigned int i = 0; i < nr; i++)
		layout->items[i].status = items[i]->can_fail ? status++ : -1;
	return status;
}

int layout__make(const struct typed_spec *typed, const struct typed_item *const *items,
		 unsigned int nr, bool paired, const struct event_opts *opts,
		 struct layout *layout)
{
	uint64_t largest = (uint64_t)nr * (opts->max_data + opts->max_string + 4 * WORD);
	uint32_t offset = SCHEMA_COMMON_SIZE;

	/* Nothing below overflows; --max-data and --max-string are below 64 KiB. */
	if (nr > SCHEMA_MAX_ITEMS || largest > UINT32_MAX / 2)
		return -E2BIG;
	memset(layout, 0, sizeof(*layout));
	layout->last_string = -1;
	for (unsigned int i = 0; i < nr; i++)
		measure(typed, items[i], opts, &layout->items[i]);
	if (number_items(items, nr, layout)) {
		layout->status = offset;
		offset += STATUS_SIZE;
	}
	if (paired) {
		layout->duration = offset;
		offset += DURATION_SIZE;
	}
	offset = place_side(items, nr, true, layout, offset);
	layout->entry = offset;
	offset = place_side(items, nr, false, layout, offset);
	layout->fixed_size = offset;
	offset = place_strings(items, nr, false, opts->max_string, layout, offset);
	layout->entry_size = offset - layout->entry;
	layout->total = place_strings(items, nr, true, opts->max_string, layout, offset);
	return BS_RAW_OFFSET + layout->total > BS_MAX_RECORD ? -E2BIG : 0;
}
