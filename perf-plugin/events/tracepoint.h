/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints as tracefs describes them (Documentation/trace/events.rst). */
#ifndef BTFSNOOP_EVENTS_TRACEPOINT_H
#define BTFSNOOP_EVENTS_TRACEPOINT_H

#include "../util/diag.h"
#include "evsel.h"
#include "piece.h"

/*
 * Calls @add for each tracepoint that the globs @system and @name match, by their names, with what
 * is known of it: attr, system, tracepoint, format, which are @add's to keep. @span is theirs in
 * what was typed. Returns 0, what @add returned, or a negative errno with a message in @diag.
 */
int tracepoint__find(const char *tracefs, struct piece system, struct piece name, struct span span,
		     int (*add)(void *ctx, struct evsel *evsel), void *ctx, struct diag *diag);

/* Where tracefs is; NULL: nowhere. */
const char *tracepoint__root(void);

#endif
