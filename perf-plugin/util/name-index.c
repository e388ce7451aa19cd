// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "name-index.h"

#define MIN_SLOTS	64
#define MAX_SLOTS	(1u << 31)

/* FNV-1a */
static uint32_t hash_name(const char *name, size_t len)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)name[i]) * 16777619u;
	return hash;
}

static void put(struct name_index *index, uint64_t slot)
{
	uint32_t at = slot >> 32 & index->mask;

	while (index->slots[at])
		at = (at + 1) & index->mask;
	index->slots[at] = slot;
}

/* Doubles the room. From a free slot on, so that those of one hash stay in their order. */
static int grow(struct name_index *index)
{
	uint32_t size = index->slots ? 2 * (index->mask + 1) : MIN_SLOTS, first = 0;
	struct name_index grown = { .mask = size - 1, .nr = index->nr };

	if (index->slots && index->mask + 1 == MAX_SLOTS)
		return -ENOMEM;
	grown.slots = calloc(size, sizeof(*grown.slots));
	if (!grown.slots)
		return -ENOMEM;
	while (index->nr && index->slots[first])
		first++;
	for (uint32_t i = 0, left = index->nr; left; i++) {
		uint64_t slot = index->slots[(first + i) & index->mask];

		if (!slot)
			continue;
		put(&grown, slot);
		left--;
	}
	free(index->slots);
	*index = grown;
	return 0;
}

int name_index__add(struct name_index *index, const char *name, size_t len, uint32_t number)
{
	/* At least half of the slots stay free. */
	if ((!index->slots || index->nr > index->mask / 2) && grow(index))
		return -ENOMEM;
	put(index, (uint64_t)hash_name(name, len) << 32 | number);
	index->nr++;
	return 0;
}

struct name_walk name_index__walk(const struct name_index *index, const char *name, size_t len)
{
	uint32_t hash = hash_name(name, len);

	return (struct name_walk){ index, hash, hash & index->mask };
}

uint32_t name_walk__next(struct name_walk *walk)
{
	const struct name_index *index = walk->index;

	while (index->slots && index->slots[walk->slot]) {
		uint64_t slot = index->slots[walk->slot];

		walk->slot = (walk->slot + 1) & index->mask;
		if (slot >> 32 == walk->hash)
			return slot;
	}
	return 0;
}

void name_index__exit(struct name_index *index)
{
	free(index->slots);
	*index = (struct name_index){ 0 };
}
