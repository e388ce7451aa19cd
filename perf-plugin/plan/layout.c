// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "../types/type.h"
#include "layout.h"

#define WORD		8
#define STATUS_SIZE	8
#define DURATION_SIZE	8
#define COMM_SIZE	16	/* TASK_COMM_LEN */

static uint32_t align(uint32_t offset, uint32_t to)
{
	return (offset + to - 1) & ~(to - 1);
}

static uint32_t object_size(const struct content *content, const struct typed_item *item)
{
	struct type_info info;

	if (!item->pointee && item->nr_bytes)
		return item->nr_bytes;
	type__info(content->typed->func.btf, item->pointee ? item->pointee : item->type.id, &info);
	return info.size;
}

static uint32_t kept_size(const struct content *content, const struct typed_item *item,
			  uint32_t full_size)
{
	uint32_t max = item->max_size ? item->max_size : content->opts->max_data;

	/* Words are stored whole, and half an address is none. */
	if (item->kind == TYPED_BY_VALUE || (item->display != DISPLAY_TYPE && !item->pointee))
		return full_size;
	return full_size < max ? full_size : max;
}

/* The bytes that the operation for a string or buffer may write. */
static uint32_t tail_room(const struct content *content, const struct typed_item *item)
{
	if (item->kind == TYPED_BUFFER)
		return item->max_size ? item->max_size : content->opts->max_data;
	if (!item->expr)
		return COMM_SIZE;
	/* BS_OP_STRING reads a byte more, to see whether it was cut. */
	return (item->max_size ? item->max_size : content->opts->max_string) + 1;
}

/* What an item is made of; the places follow. */
static int measure(const struct content *content, const struct typed_item *item,
		   struct item_layout *l)
{
	if (item->max_size > BS_MAX_RECORD)
		return -E2BIG;
	if (item->kind == TYPED_OBJECT || item->kind == TYPED_BY_VALUE || item->pointee) {
		l->full_size = object_size(content, item);
		l->size = kept_size(content, item, l->full_size);
	}
	if (item->kind == TYPED_STRING || item->kind == TYPED_BUFFER)
		l->room = tail_room(content, item);
	/* So that nothing below overflows. */
	return l->size > BS_MAX_RECORD || l->room > BS_MAX_RECORD ? -E2BIG : 0;
}

static uint32_t place_fixed(const struct typed_item *item, struct item_layout *l, uint32_t offset)
{
	if (item->kind == TYPED_SCALAR) {
		l->scalar = offset;
		offset += WORD;
	}
	if (l->room) {
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
static uint32_t place_side(const struct content *content, bool at_return, struct layout *layout,
			   uint32_t offset)
{
	for (unsigned int i = 0; i < content->nr_items; i++)
		if (content->items[i].at_return == at_return)
			offset = place_fixed(&content->items[i], &layout->items[i], offset);
	return offset;
}

static uint32_t place_tails(const struct content *content, bool at_return, struct layout *layout,
			    uint32_t offset)
{
	for (unsigned int i = 0; i < content->nr_items; i++) {
		struct item_layout *l = &layout->items[i];

		if (!l->room || content->items[i].at_return != at_return)
			continue;
		l->tail = offset;
		layout->last_tail = i;
		offset = align(offset + l->room, WORD);
	}
	return offset;
}

/* Gives each item that can fail its bits. */
static void number_items(const struct content *content, struct layout *layout)
{
	for (unsigned int i = 0; i < content->nr_items; i++)
		layout->items[i].status = content->items[i].can_fail ? (int)layout->nr_status++ :
								       -1;
}

int layout__make(const struct content *content, struct layout *layout)
{
	uint32_t offset = SCHEMA_COMMON_SIZE;

	memset(layout, 0, sizeof(*layout));
	layout->last_tail = -1;
	for (unsigned int i = 0; i < content->nr_items; i++)
		if (measure(content, &content->items[i], &layout->items[i]))
			return -E2BIG;
	number_items(content, layout);
	if (layout->nr_status) {
		layout->status = offset;
		offset += STATUS_SIZE;
	}
	if (content->paired) {
		layout->duration = offset;
		offset += DURATION_SIZE;
	}
	offset = place_side(content, true, layout, offset);
	layout->entry = offset;
	offset = place_side(content, false, layout, offset);
	layout->fixed_size = offset;
	offset = place_tails(content, false, layout, offset);
	layout->entry_size = offset - layout->entry;
	layout->total = place_tails(content, true, layout, offset);
	return BS_RAW_OFFSET + layout->total > BS_MAX_RECORD ? -E2BIG : 0;
}
