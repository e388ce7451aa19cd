/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Puts records into the order of time. What is kept of a record that waits is its time and offset
 * in the file, 16 bytes.
 *
 * A recorder empties its buffers one after the other and then says so: a round. After that nothing
 * can come that is older than the newest record of the round before, so this is up to where records
 * are released then (tools/perf/util/ordered-events.c does the same).
 */
#ifndef BTFSNOOP_PERFDATA_ORDER_H
#define BTFSNOOP_PERFDATA_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct order_entry {
	uint64_t time;
	uint64_t offset;
};

struct order {
	struct order_entry *entries;	/* from head on those that wait */
	size_t head;
	size_t nr;			/* one past the last */
	size_t cap;
	size_t released;		/* one past the last that may be taken */
	bool sorted;
	uint64_t newest;		/* time among all that were added */
	uint64_t round_newest;		/* that at the end of the last round */
};

void order__init(struct order *order);
void order__exit(struct order *order);

/* Forgets all entries and all that was seen. */
void order__clear(struct order *order);

/* Only while nothing is released. Returns 0 or -ENOMEM. */
int order__add(struct order *order, uint64_t time, uint64_t offset);

/* A round ended. Returns 0 or -ENOMEM. */
int order__round(struct order *order);

/* Releases all there is, or the older half. Returns 0 or -ENOMEM. */
int order__release_all(struct order *order);
int order__release_half(struct order *order);

/* Takes the oldest of the released entries. False: none is left. */
static inline bool order__take(struct order *order, struct order_entry *entry)
{
	if (order->head >= order->released)
		return false;
	*entry = order->entries[order->head++];
	return true;
}

/* The lowest offset of all that wait, UINT64_MAX when none does. */
uint64_t order__lowest_offset(const struct order *order);

#endif
