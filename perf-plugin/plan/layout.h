/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where everything is in an event's raw data:
 *
 *	common bytes | status | duration | fields read at the return | fields read at the entry |
 *	strings and buffers of the entry | those of the return
 *
 * What the entry saw is in one piece, because a call's slot keeps it until the return. Strings and
 * buffers are last, so that the record can end behind the last one's end.
 */
#ifndef BTFSNOOP_PLAN_LAYOUT_H
#define BTFSNOOP_PLAN_LAYOUT_H

#include <stdint.h>

#include "../types/typed.h"
#include "event.h"

#define CONTENT_MAX_ITEMS	(SCHEMA_MAX_ITEMS + 2)	/* a flow and its object are always */

/* What one event records. Strings and expressions belong to the typed spec. */
struct content {
	const struct typed_spec *typed;
	const struct event_opts *opts;
	struct typed_item items[CONTENT_MAX_ITEMS];
	uint32_t widths[CONTENT_MAX_ITEMS];	/* of a scalar whose word is stored as it is passed:
						 * the bytes that are the value's; else 0 */
	unsigned int nr_items;
	bool has_entry_triggers;	/* those of the spec that the entry is enough for, */
	bool has_return_triggers;	/* and the others */
	bool paired;		/* raised at the return, with a duration */
	const struct stat_shape *stat;	/* what is counted instead; NULL: it is recorded */
	struct typed_expr *flow;	/* values of the last two items, where an object is */
	struct typed_expr *object;	/* followed; else NULL */
};

/* The place of one item's parts; 0 where it has no such part. */
struct item_layout {
	uint32_t scalar;	/* 8 bytes: a scalar, a pointer */
	uint32_t bytes;		/* size bytes: an object */
	uint32_t size;		/* kept of it ... */
	uint32_t full_size;	/* ... and how large it is */
	uint32_t loc;		/* 4 bytes: the place and length of what is at tail, "__data_loc" */
	uint32_t tail;		/* a string or buffer ... */
	uint32_t room;		/* ... and the bytes that its operation may write there */
	int status;		/* index of its bits, -1: cannot fail */
};

struct layout {
	struct item_layout items[CONTENT_MAX_ITEMS];
	uint32_t status;
	uint32_t duration;
	uint32_t entry;		/* start and size of the part that a slot keeps */
	uint32_t entry_size;
	uint32_t fixed_size;	/* in front of the strings */
	uint32_t total;		/* with the strings at their longest */
	int last_tail;		/* the item whose string or buffer ends the record, -1: none does */
	unsigned int nr_status;
};

/*
 * Lays the items out. Returns 0, -E2BIG when a record cannot hold them (BS_MAX_RECORD) or there are
 * too many.
 */
int layout__make(const struct content *content, struct layout *layout);

#endif
