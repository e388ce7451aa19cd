/* SPDX-License-Identifier: GPL-2.0-only */
/* A piece of a longer text. */
#ifndef BTFSNOOP_EVENTS_PIECE_H
#define BTFSNOOP_EVENTS_PIECE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct piece {
	const char *at;			/* NULL: there is none */
	size_t len;
};

static inline bool piece__is(struct piece piece, const char *text)
{
	return strlen(text) == piece.len && !memcmp(piece.at, text, piece.len);
}

/* The same with upper and lower case taken for one. */
static inline bool piece__is_nocase(struct piece piece, const char *text)
{
	return strlen(text) == piece.len && !strncasecmp(piece.at, text, piece.len);
}

/* A copy, which the caller frees; NULL without memory. */
static inline char *piece__copy(struct piece piece)
{
	return strndup(piece.at, piece.len);
}

/* A number in C's notation (0x1f, 017, 12) that is all of the piece and fits. */
bool piece__number(struct piece piece, uint64_t *number);

#endif
