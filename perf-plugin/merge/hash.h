/* SPDX-License-Identifier: GPL-2.0-only */
/* A key for what is compared with many others: those with another key need no second look. */
#ifndef BTFSNOOP_MERGE_HASH_H
#define BTFSNOOP_MERGE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HASH_INIT	0xcbf29ce484222325ULL

/* FNV-1a over words instead of bytes, with a last stir: goes on from @hash with @size bytes. */
static inline uint64_t hash__add(uint64_t hash, const void *data, size_t size)
{
	const uint8_t *at = data;

	while (size) {
		size_t len = size < sizeof(uint64_t) ? size : sizeof(uint64_t);
		uint64_t word = 0;

		memcpy(&word, at, len);
		hash = (hash ^ word) * 0x100000001b3ULL;
		hash ^= hash >> 29;
		at += len;
		size -= len;
	}
	return hash;
}

static inline uint64_t hash__str(const char *str)
{
	return hash__add(HASH_INIT, str, strlen(str));
}

#endif
