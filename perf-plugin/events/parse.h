/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of a -e (perf-list(1); tools/perf/util/parse-events.l and .y) into events. */
#ifndef BTFSNOOP_EVENTS_PARSE_H
#define BTFSNOOP_EVENTS_PARSE_H

#include "evlist.h"
#include "evsel.h"

/* Where the events go: an array that grows. */
struct evsels {
	struct evsel *list;
	unsigned int nr;
};

/*
 * Adds the events of @text to @evsels. @roots is complete, but for tracefs where there is none.
 * Returns 0 or a negative errno with a message in @diag; what was added is then the caller's, too.
 */
int events__parse(const char *text, const struct evlist_roots *roots, struct evsels *evsels,
		  struct diag *diag);

#endif
