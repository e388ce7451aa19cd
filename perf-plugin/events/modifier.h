/* SPDX-License-Identifier: GPL-2.0-only */
/* The letters behind an event: "cycles:u", "{a,b}:k" (perf-list(1), EVENT MODIFIERS). */
#ifndef BTFSNOOP_EVENTS_MODIFIER_H
#define BTFSNOOP_EVENTS_MODIFIER_H

#include "../util/diag.h"
#include "evsel.h"
#include "piece.h"

/* Whether @text can be nothing but modifiers. */
bool modifier__is(struct piece text);

/*
 * Makes @evsel what they say; @text stands at @pos of what was typed. Those of a group come after
 * those of its event and add to them. Returns 0 or -EINVAL with a message in @diag.
 */
int modifier__apply(struct evsel *evsel, struct piece text, unsigned int pos, struct diag *diag);

#endif
