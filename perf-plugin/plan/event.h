/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An event to record: its plan, which the BPF program follows, and its schema, which says what the
 * bytes are. Both are made here, from the same typed spec in one go, so that they cannot disagree.
 */
#ifndef BTFSNOOP_PLAN_EVENT_H
#define BTFSNOOP_PLAN_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "../../bpf/plan.h"
#include "../types/subset.h"
#include "../types/typed.h"
#include "schema.h"

/* Tracepoint ids count down from here: the kernel's own count up, 65535 is too large for perf. */
#define EVENT_FIRST_ID	65534

struct event_opts {
	uint32_t max_data;	/* bytes kept of one struct, union or array */
	uint32_t max_string;	/* bytes kept of one string, its NUL included */
};

struct event {
	struct schema schema;	/* schema.btf is the events' common subset */
	struct bs_plan plan;	/* no ip, clock, target and slots yet */
	struct kfunc func;
	bool paired;		/* at the return, with what was seen at the entry */
	bool is_tracepoint;
};

/* The events of one recording. */
struct event_list {
	struct event **events;
	unsigned int nr;
	struct subset *types;
};

int event_list__new(struct event_list **out);
void event_list__free(struct event_list *events);

/*
 * Adds what @typed asks for: one event, or two (entry and return) when it has no items. Event names
 * are made unique. Returns 0, -ENOMEM, -E2BIG or -EINVAL with a message in @diag.
 */
int event_list__add(struct event_list *events, struct typed_spec *typed,
		    const struct event_opts *opts, struct diag *diag);

#endif
