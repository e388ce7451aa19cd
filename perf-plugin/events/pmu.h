/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events of a PMU as the kernel describes it below /sys/bus/event_source/devices
 * (Documentation/ABI/testing/sysfs-bus-event_source-devices-*): its number, how terms become bits
 * of the attr, names for events, and on which CPUs it counts.
 */
#ifndef BTFSNOOP_EVENTS_PMU_H
#define BTFSNOOP_EVENTS_PMU_H

#include "../util/diag.h"
#include "evsel.h"
#include "term.h"

/* The PMUs that @name means: itself, or glob, or @name_0, _1 ... and uncore_@name. */
struct pmu_names {
	char **list;
	unsigned int nr;
};

/* Returns 0 or -ENOMEM; none found is no error. */
int pmu__find(const char *sysfs, struct piece name, struct pmu_names *found);

/* The PMUs that have an event called @name. */
int pmu__find_event(const char *sysfs, struct piece name, struct pmu_names *found);

/* The PMUs of CPU cores, where there are several kinds of them; none where there is one. */
int pmu__find_cores(const char *sysfs, struct pmu_names *found);
void pmu_names__exit(struct pmu_names *names);

/*
 * Makes @evsel an event of @pmu as @terms say. Returns 0 or a negative errno with a message in
 * @diag.
 */
int pmu__apply(const char *sysfs, const char *pmu, const struct terms *terms, struct evsel *evsel,
	       struct diag *diag);

/* @evsel, an event that any processor has, becomes that of @pmu's cores. */
int pmu__confine(const char *sysfs, const char *pmu, struct evsel *evsel, struct diag *diag);

#endif
