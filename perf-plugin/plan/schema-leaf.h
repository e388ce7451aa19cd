/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Members of captured structs that become fields of their own in the tracepoint format: stock perf
 * then shows a struct with no code to render it, because a field is just a place in the raw data.
 */
#ifndef BTFSNOOP_PLAN_SCHEMA_LEAF_H
#define BTFSNOOP_PLAN_SCHEMA_LEAF_H

#include <stdbool.h>
#include <stdint.h>

#include "schema.h"

enum leaf_kind {
	LEAF_INT,
	LEAF_ENUM,
	LEAF_POINTER,
	LEAF_CHARS,		/* char name[16] */
	LEAF_BYTES,		/* u8 addr[6] */
};

struct leaf {
	char *name;		/* skb__dev__mtu */
	enum leaf_kind kind;
	unsigned int field;	/* index of the FIELD_BYTES it lies in */
	uint32_t type_id;	/* in schema.btf */
	uint32_t offset;	/* in the raw data; of a bitfield the bytes that hold it */
	uint32_t size;		/* bytes there */
	uint8_t shift;		/* of a bitfield in these bytes, as a number of the host's order */
	uint8_t bits;		/* of a bitfield; 0: not one */
	bool is_signed;
	unsigned int score;	/* the less, the more interesting */
};

/* Whether @field is one that leaves are picked from: what has a display is shown as a whole. */
bool leaves__has(const struct field *field);

/*
 * Picks up to @max leaves out of all structs of @schema, a like number from each, those nearest to
 * the top and plain numbers first, in the order in which they lie in the data. Only what was
 * captured counts. Returns 0 or -ENOMEM; the array is freed with leaves__free().
 */
int leaves__pick(const struct schema *schema, unsigned int max, struct leaf **leaves,
		 unsigned int *nr);
void leaves__free(struct leaf *leaves, unsigned int nr);

#endif
