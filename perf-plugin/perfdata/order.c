// SPDX-License-Identifier: GPL-2.0-only
#include "order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Records of several CPUs that share one ring come a little out of order: so far back an entry is
 * moved to its place at once, which keeps the array sorted and saves the merges.
 */
#define MAX_SHIFT	32

void order__init(struct order *order)
{
	memset(order, 0, sizeof(*order));
	order->sorted = true;
}

void order__exit(struct order *order)
{
	free(order->entries);
	order__init(order);
}

void order__clear(struct order *order)
{
	order->head = 0;
	order->nr = 0;
	order->released = 0;
	order->sorted = true;
	order->newest = 0;
	order->round_newest = 0;
}

/* Makes room for one more: first what was taken is given up, then memory is asked for. */
static int order__make_room(struct order *order)
{
	struct order_entry *grown;
	size_t cap;

	if (order->head) {
		order->nr -= order->head;
		memmove(order->entries, order->entries + order->head,
			order->nr * sizeof(*order->entries));
		order->head = 0;
		order->released = 0;
	}
	if (order->nr < order->cap)
		return 0;
	cap = order->cap ? order->cap * 2 : 4096;
	grown = reallocarray(order->entries, cap, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	order->entries = grown;
	order->cap = cap;
	return 0;
}

/* Moves the last entry to its place if that is near. */
static void order__insert(struct order *order)
{
	struct order_entry *entries = order->entries, last = entries[order->nr - 1];
	size_t at = order->nr - 1;
	unsigned int steps = 0;

	while (at > order->head && entries[at - 1].time > last.time) {
		if (++steps > MAX_SHIFT) {
			order->sorted = false;
			return;
		}
		at--;
	}
	memmove(&entries[at + 1], &entries[at], steps * sizeof(*entries));
	entries[at] = last;
}

int order__add(struct order *order, uint64_t time, uint64_t offset)
{
	int err;

	if (order->head || order->nr == order->cap) {
		err = order__make_room(order);
		if (err)
			return err;
	}
	order->entries[order->nr++] = (struct order_entry){ .time = time, .offset = offset };
	if (time >= order->newest)
		order->newest = time;
	else if (order->sorted)
		order__insert(order);
	return 0;
}

/* One past the last entry of the ascending run that begins at @at. */
static size_t run_end(const struct order_entry *entries, size_t at, size_t nr)
{
	while (++at < nr && entries[at].time >= entries[at - 1].time)
		;
	return at;
}

/* Merges two neighbouring runs; of equal times the first run's come first. */
static void merge(const struct order_entry *from, size_t left, size_t right, size_t end,
		  struct order_entry *to)
{
	size_t middle = right, at = left;

	while (left < middle && right < end)
		to[at++] = from[right].time < from[left].time ? from[right++] : from[left++];
	memcpy(&to[at], &from[left], (middle - left) * sizeof(*to));
	at += middle - left;
	memcpy(&to[at], &from[right], (end - right) * sizeof(*to));
}

/* Merges the runs of @from pair by pair into @to. Returns how many runs are left. */
static size_t merge_pass(const struct order_entry *from, size_t nr, struct order_entry *to)
{
	size_t at = 0, right, end, runs = 0;

	while (at < nr) {
		right = run_end(from, at, nr);
		end = right < nr ? run_end(from, right, nr) : right;
		merge(from, at, right, end, to);
		at = end;
		runs++;
	}
	return runs;
}

/*
 * Merge sort on the runs that are there already: each CPU's buffer is one. It is stable, so that
 * records of the same time stay in the order of the file.
 */
static int order__sort(struct order *order)
{
	struct order_entry *from, *tmp, *to, *swap;
	size_t nr = order->nr - order->head;

	if (order->sorted || nr < 2)
		return 0;
	from = order->entries + order->head;
	tmp = malloc(nr * sizeof(*tmp));
	if (!tmp)
		return -ENOMEM;
	to = tmp;
	while (merge_pass(from, nr, to) > 1) {
		swap = from;
		from = to;
		to = swap;
	}
	if (to == tmp)
		memcpy(order->entries + order->head, tmp, nr * sizeof(*tmp));
	free(tmp);
	order->sorted = true;
	return 0;
}

/* Releases the entries up to @time. */
static int order__release(struct order *order, uint64_t time)
{
	size_t low = order->head, high = order->nr, middle;
	int err;

	err = order__sort(order);
	if (err)
		return err;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (order->entries[middle].time <= time)
			low = middle + 1;
		else
			high = middle;
	}
	order->released = low;
	return 0;
}

int order__round(struct order *order)
{
	int err = order__release(order, order->round_newest);

	order->round_newest = order->newest;
	return err;
}

int order__release_all(struct order *order)
{
	return order__release(order, UINT64_MAX);
}

int order__release_half(struct order *order)
{
	int err = order__sort(order);

	if (err)
		return err;
	order->released = order->head + (order->nr - order->head + 1) / 2;
	return 0;
}

uint64_t order__lowest_offset(const struct order *order)
{
	uint64_t lowest = UINT64_MAX;
	size_t i;

	for (i = order->head; i < order->nr; i++)
		if (order->entries[i].offset < lowest)
			lowest = order->entries[i].offset;
	return lowest;
}
