/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading on in a piece of memory whose contents nobody vouches for. */
#ifndef BTFSNOOP_PERFDATA_BYTES_H
#define BTFSNOOP_PERFDATA_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
	const uint8_t *at;
	size_t left;
};

/* The next @len bytes; NULL, and nothing is taken, when there are not so many. */
static inline const void *bytes__take(struct bytes *bytes, uint64_t len)
{
	const void *at = bytes->at;

	if (len > bytes->left)
		return NULL;
	bytes->at += len;
	bytes->left -= len;
	return at;
}

static inline bool bytes__u32(struct bytes *bytes, uint32_t *value)
{
	const void *at = bytes__take(bytes, sizeof(*value));

	if (at)
		memcpy(value, at, sizeof(*value));
	return at;
}

static inline bool bytes__u64(struct bytes *bytes, uint64_t *value)
{
	const void *at = bytes__take(bytes, sizeof(*value));

	if (at)
		memcpy(value, at, sizeof(*value));
	return at;
}

/* A string with its NUL. NULL when no NUL is in sight. */
static inline const char *bytes__string(struct bytes *bytes)
{
	const void *nul = bytes->left ? memchr(bytes->at, '\0', bytes->left) : NULL;

	if (!nul)
		return NULL;
	return bytes__take(bytes, (const uint8_t *)nul - bytes->at + 1);
}

#endif
