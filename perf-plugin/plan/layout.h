/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where everything is in an event's raw data:
 *
 *	common bytes | status | duration | fields read at the return | fields read at the entry |
 *	strings of the entry | strings of the return
 *
 * What the entry saw is in one piece, because a call's slot keeps it until the return. Strings are
 * last, so that the record can end behind the last one's end.
 */
#ifndef BTFSNOOP_PLAN_LAYOUT_H
#define BTFSNOOP_PLAN_LAYOUT_H

#include <stdint.h>

#include "../types/typed.h"
#include "event.h"

/* The place of one item's parts; 0 where it has no such part. */
struct item_layout {
	uint32_t scalar;	/* 8 bytes: a scalar, a pointer */
	uint32_t bytes;		/* size bytes: an object */
	uint32_t size;		/* kept of it ... */
	uint32_t full_size;	/* ... and how large it is */
	uint32_t loc;		/* 4 bytes: a string's place and length, the "__data_loc" */
	uint32_t string;	/* max_string bytes */
	int status;		/* index of its bits, -1: cannot fail */
};

struct layout {
	struct item_layout items[SCHEMA_MAX_ITEMS];
	uint32_t status;
	uint32_t duration;
	uint32_t entry;		/* start and size of the part that a slot keeps */
	uint32_t entry_size;
	uint32_t fixed_size;	/* in front of the strings */
	uint32_t total;		/* with the strings at their longest */
	int last_string;	/* the item whose string ends the record, -1: none does */
};

/*
 * Lays the @nr items out; @paired: the event is raised at the return, with a duration. Returns 0,
 * -E2BIG when a record cannot hold them (BS_MAX_RECORD) or there are too many.
 */
int layout__make(const struct typed_spec *typed, const struct typed_item *const *items,
		 unsigned int nr, bool paired, const struct event_opts *opts,
		 struct layout *layout);

#endif
