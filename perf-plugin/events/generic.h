/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events that the kernel has a number for whatever the machine: hardware, software, caches, and the
 * machine's own by number (include/uapi/linux/perf_event.h; their names are those of
 * tools/perf/util/parse-events.l).
 */
#ifndef BTFSNOOP_EVENTS_GENERIC_H
#define BTFSNOOP_EVENTS_GENERIC_H

#include <linux/perf_event.h>

#include "../util/suggest.h"
#include "piece.h"

/*
 * Whether there is one called @name ("cycles", "cs", "L1-dcache-load-misses", "r1a8"): then @attr
 * gets its type and config.
 */
bool generic__find(struct piece name, struct perf_event_attr *attr);

/* Offers the names there are. */
void generic__suggest(struct suggest *suggest);

#endif
