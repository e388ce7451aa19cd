/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers by names that stand somewhere else: symbols, types, enumerators. The index keeps a hash of
 * each name and the number, 8 bytes; who asks compares the names. uthash's 56 bytes for each of a
 * kernel's 150,000 types would take as long to fill as all the rest of a start.
 */
#ifndef BTFSNOOP_UTIL_NAME_INDEX_H
#define BTFSNOOP_UTIL_NAME_INDEX_H

#include <stddef.h>
#include <stdint.h>

/* All zeros is an empty one. */
struct name_index {
	uint64_t *slots;	/* hash << 32 | number; 0: free */
	uint32_t mask;		/* number of slots - 1 */
	uint32_t nr;
};

/*
 * Adds @number, which is not 0, for the @len bytes at @name; there can be several of one name.
 * Returns 0 or -ENOMEM, and the index is then as before.
 */
int name_index__add(struct name_index *index, const char *name, size_t len, uint32_t number);

/* A walk over what may be of one name. */
struct name_walk {
	const struct name_index *index;
	uint32_t hash;
	uint32_t slot;
};

struct name_walk name_index__walk(const struct name_index *index, const char *name, size_t len);

/*
 * The next number, in the order in which they were added; 0: no more. The name has the same hash, and
 * is still to be compared.
 */
uint32_t name_walk__next(struct name_walk *walk);

void name_index__exit(struct name_index *index);

#endif
