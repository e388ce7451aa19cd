/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The feature sections that say on what machine a file was recorded (tools/perf/util/header.c, the
 * write_*() functions): each function appends its section's contents to @out. A negative errno:
 * this machine does not say, leave the section out.
 */
#ifndef BTFSNOOP_PERFDATA_MACHINE_H
#define BTFSNOOP_PERFDATA_MACHINE_H

#include "../util/buf.h"

int machine__build_id(struct buf *out);		/* of the running kernel */
int machine__hostname(struct buf *out);
int machine__os_release(struct buf *out);
int machine__arch(struct buf *out);
int machine__nr_cpus(struct buf *out);
int machine__cpu_desc(struct buf *out);
int machine__cpuid(struct buf *out);
int machine__total_mem(struct buf *out);
int machine__cpu_topology(struct buf *out);
int machine__numa_topology(struct buf *out);
int machine__pmu_mappings(struct buf *out);

/* A string as feature sections have it. */
void machine__add_string(struct buf *out, const char *str, size_t len);

/*
 * Finds the build id in the contents of /sys/kernel/notes or of an ELF note section, at most 20
 * bytes. Returns its length, 0 when there is none.
 */
unsigned int machine__find_build_id(const void *notes, size_t size, uint8_t id[20]);

#endif
