/* SPDX-License-Identifier: GPL-2.0-only */
/* The names perf gives to events that a file does not name (tools/perf/util/evsel.c). */
#ifndef BTFSNOOP_PERFDATA_EVNAME_H
#define BTFSNOOP_PERFDATA_EVNAME_H

#include <linux/perf_event.h>

#include "../util/buf.h"

/* Appends it: "cycles", "cpu-clock", "raw 0x1a8", ... */
void evname__add(const struct perf_event_attr *attr, struct buf *out);

#endif
