// SPDX-License-Identifier: GPL-2.0-only
#include "nesting.h"

#include <errno.h>

static void cut(struct nesting *n, struct slice *slice)
{
	uint64_t end;

	for (;;) {
		while (n->nr && n->ends[n->nr - 1] <= slice->start)
			n->nr--;
		if (!n->nr || slice->end <= n->ends[n->nr - 1])
			return;
		end = n->ends[n->nr - 1];
		if (end - slice->start < slice->end - end)
			slice->start = end;
		else
			slice->end = end;
	}
}

/* The one before may have been cut to begin later than this one: it would reach over its start. */
static void keep_order(struct nesting *n, struct slice *slice)
{
	if (slice->start < n->start)
		slice->start = n->start;
	if (slice->end < slice->start)
		slice->end = slice->start;
}

int nesting__add(struct nesting *n, struct slice *slice)
{
	keep_order(n, slice);
	cut(n, slice);
	n->start = slice->start;
	if (slice->end <= slice->start)
		return 0;
	if (n->nr == n->cap) {
		unsigned int cap = n->cap ? n->cap * 2 : 8;
		uint64_t *more = reallocarray(n->ends, cap, sizeof(*more));

		if (!more)
			return -ENOMEM;
		n->ends = more;
		n->cap = cap;
	}
	n->ends[n->nr++] = slice->end;
	return 0;
}
