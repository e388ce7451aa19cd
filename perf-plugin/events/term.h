/* SPDX-License-Identifier: GPL-2.0-only */
/* What stands between the slashes of an event: "period=1000,name=x,event=0x3c". */
#ifndef BTFSNOOP_EVENTS_TERM_H
#define BTFSNOOP_EVENTS_TERM_H

#include "../util/diag.h"
#include "evsel.h"
#include "piece.h"

#define MAX_TERMS	64

struct term {
	struct piece name;
	struct piece value;		/* without its quotes; .at NULL: there was none */
	unsigned int pos;		/* of the name, in what was typed */
	unsigned int value_pos;
};

struct terms {
	struct term list[MAX_TERMS];
	unsigned int nr;
};

/* @text, which stands at @pos, into terms. Returns 0 or -EINVAL with a message in @diag. */
int terms__parse(struct terms *terms, struct piece text, unsigned int pos, struct diag *diag);

/*
 * Makes @evsel what @term says where it is one that any event can have, not one of a PMU's own.
 * Returns 1 where it is none, 0, or a negative errno with a message in @diag.
 */
int term__apply(struct evsel *evsel, const struct term *term, struct diag *diag);

/*
 * There is no such term. @pmu's own names, if it has one, stand in @names, each with a comma behind
 * it. Returns -EINVAL.
 */
int term__unknown(const struct term *term, const char *pmu, const char *names, struct diag *diag);

#endif
