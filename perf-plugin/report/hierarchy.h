/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Samples put together key by key, each within the one before: perf report --hierarchy. A level has
 * the entries of so many keys, an aggregate of its own, so figures are right on all levels.
 */
#ifndef BTFSNOOP_REPORT_HIERARCHY_H
#define BTFSNOOP_REPORT_HIERARCHY_H

#include <stdio.h>

#include "aggregate.h"
#include "entries.h"

struct hierarchy;

#define HIERARCHY_MAX_LEVELS	16	/* further keys are not shown */

/* As aggregate__new(); returns 0 or -ENOMEM. */
int hierarchy__new(struct input *input, int event, const struct aggregate_opts *opts,
		   struct hierarchy **out);
void hierarchy__free(struct hierarchy *hierarchy);

/* Adds a sample to each level. Returns 0 or -ENOMEM. */
int hierarchy__add(struct hierarchy *hierarchy, const struct perfdata_sample *sample);

/* Level 0 has the first key, and so on; at least one level is there. */
unsigned int hierarchy__nr_levels(const struct hierarchy *hierarchy);
struct aggregate *hierarchy__level(const struct hierarchy *hierarchy, unsigned int level);

/*
 * All levels show the same figures, but not in the same columns, as there are keys among them: the
 * column of figure @figure; one past the last column where there are not so many.
 */
unsigned int hierarchy__figure(const struct hierarchy *hierarchy, unsigned int level,
			       unsigned int figure);

/*
 * Orders all that was added, by figure @figure (-1: as perf does). Returns 0 or -ENOMEM.
 */
int hierarchy__order(struct hierarchy *hierarchy, int figure, bool descending);

/*
 * Within entry @parent of the level above (level 0: of none), the first entry of @level and the one
 * behind @entry; AGGREGATE_NONE: there is none. After hierarchy__order().
 */
uint32_t hierarchy__first(const struct hierarchy *hierarchy, unsigned int level, uint32_t parent);
uint32_t hierarchy__next(const struct hierarchy *hierarchy, unsigned int level, uint32_t entry);

/* Prints it as perf does. Returns 0, -ENOMEM or -EIO. */
int hierarchy__print(struct hierarchy *hierarchy, const struct entries_opts *opts, FILE *file);

#endif
