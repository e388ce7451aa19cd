/* SPDX-License-Identifier: GPL-2.0-only */
/* What stat has counted, of all CPUs together, from the start on and in the last interval. */
#ifndef BTFSNOOP_RECORD_STAT_COUNTS_H
#define BTFSNOOP_RECORD_STAT_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "../attach/attach.h"
#include "../plan/event.h"

/* Of one function, or of an event's functions together: cells as event->stat has it. */
struct stat_line {
	const struct event *event;
	const char *func;		/* NULL: of all */
	const char *module;		/* NULL: none */
	unsigned int index;		/* of the event */
	unsigned int number;		/* of the function in the event */
	char *why_not;			/* it is not counted; NULL: it is */
	struct bs_cell *total;
	struct bs_cell *interval;	/* since the read before the last */
};

struct stat_counts {
	struct stat_line *lines;	/* in the events' order */
	unsigned int nr;
	unsigned int nr_cpus;
	bool by_interval;		/* extremes are those of the interval */
	const struct attach *attach;
};

/* For what @attach has of @events attached; both outlive the counts. Returns 0 or -ENOMEM. */
int stat_counts__new(const struct attach *attach, const struct event_list *events, bool by_interval,
		     struct stat_counts **out);
void stat_counts__free(struct stat_counts *counts);

/* Reads the cells, which ends an interval. */
void stat_counts__read(struct stat_counts *counts);

/* Adds one cell to another, both of @shape. */
void stat_cell__add(struct bs_cell *to, const struct bs_cell *from, const struct stat_shape *shape);

/* The calls that a cell has counted, where they are counted first. */
uint64_t stat_cell__nr(const struct bs_cell *cell, const struct stat_shape *shape);

/* One value's figures in a cell. */
struct stat_figure {
	uint64_t nr;			/* values that could be read */
	uint64_t faults, nulls;		/* and could not */
	uint64_t min, max;		/* signed ones as int64_t; of no value 0 */
	double sum;
	const uint64_t *buckets;	/* item->nr_buckets; NULL: none */
};

void stat_figure__get(struct stat_figure *figure, const struct bs_cell *cell,
		      const struct stat_item *item);

/* The values in bucket @n of a histogram, from *@low to *@high, both inclusive. */
void stat_bucket__range(unsigned int n, uint64_t *low, uint64_t *high);

#endif
