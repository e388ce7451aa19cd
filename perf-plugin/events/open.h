/* SPDX-License-Identifier: GPL-2.0-only */
/* An event of -e in the kernel: with less than was asked for, or not at all. */
#ifndef BTFSNOOP_EVENTS_OPEN_H
#define BTFSNOOP_EVENTS_OPEN_H

#include "../util/diag.h"
#include "evlist.h"
#include "evsel.h"

/*
 * The kernel answered @err when @evsel was opened. True: it has been made one that may do, as perf
 * does it (tools/perf/util/evsel.c, evsel__fallback(), evsel__precise_ip_fallback()): less precise,
 * without the kernel, or cpu-clock where there are no cycles. False: there is nothing else.
 */
bool evsel__fall_back(struct evsel *evsel, int err);

/*
 * Says why @evsel can't be counted, in perf's words (evsel__open_strerror()); @of_cpus: the user
 * named CPUs. Returns @err.
 */
int evsel__refuse(const struct evsel *evsel, int err, bool of_cpus, struct diag *diag);

#endif
