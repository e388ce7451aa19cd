/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One event of -e: what perf_event_open() is asked for, and what a file says about it. The name is
 * perf's (tools/perf/util/evsel.c).
 */
#ifndef BTFSNOOP_EVENTS_EVSEL_H
#define BTFSNOOP_EVENTS_EVSEL_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../perfdata/attr.h"

/* What the text of the event says itself, so that options leave it alone. */
#define EVSEL_HAS_PERIOD	0x1	/* or a frequency */
#define EVSEL_HAS_INHERIT	0x2
#define EVSEL_HAS_CHAIN		0x4	/* wanted or not wanted */

#define EVSEL_MAX_PRECISE	3
#define EVSEL_FORMAT_LOST	(1u << 4)	/* PERF_FORMAT_LOST, Linux 6.0 */

struct evsel {
	struct perf_event_attr attr;	/* of size PERFDATA_ATTR_SIZE */
	char *name;			/* as it was typed, or what name= says */
	char *system;			/* of a tracepoint; else NULL */
	char *tracepoint;
	char *format;			/* its format file, not a string */
	size_t format_size;
	char *filter;			/* NULL: none */
	char *pmu;			/* whose it is, where sysfs was asked; else NULL */
	char *cpus;			/* the CPUs it can be counted on ("0,4-7"); NULL: any */
	unsigned int has;		/* EVSEL_HAS_* */
	unsigned int leader;		/* index of the group's first event; its own: alone, or first */
	char *group_name;		/* of the group it leads; NULL: none */
	bool precise_max;		/* as precise as can be */
	bool weak;			/* where the group can't be had, without it */
	uint64_t *ids;			/* the kernel's, of all places it was opened at */
	unsigned int nr_ids;
};

/* Frees what the event points to. */
void evsel__exit(struct evsel *evsel);

/* Whether each occurrence is recorded when nobody says otherwise. */
static inline bool evsel__is_tracepoint(const struct evsel *evsel)
{
	return evsel->attr.type == PERF_TYPE_TRACEPOINT;
}

#endif
