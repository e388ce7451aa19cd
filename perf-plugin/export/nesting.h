/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Slices of one thread that come in the order of their starts, made so that of two either one lies
 * within the other or they don't overlap.
 */
#ifndef BTFSNOOP_EXPORT_NESTING_H
#define BTFSNOOP_EXPORT_NESTING_H

#include <stdint.h>
#include <stdlib.h>

struct slice {
	uint64_t start;		/* ns */
	uint64_t end;
};

struct nesting {
	uint64_t start;		/* of the last one, as it was cut */
	uint64_t *ends;		/* of the slices around the next one, the innermost last */
	unsigned int nr;
	unsigned int cap;
};

/* Cuts @slice where it would overlap, by as little as it takes. Returns 0 or -ENOMEM. */
int nesting__add(struct nesting *nesting, struct slice *slice);

static inline void nesting__exit(struct nesting *nesting)
{
	free(nesting->ends);
}

#endif
