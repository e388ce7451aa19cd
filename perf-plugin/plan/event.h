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
#include "../util/name-index.h"
#include "schema.h"
#include "stat.h"

struct track_what;

/* Tracepoint ids count down from here: the kernel's own count up, 65535 is too large for perf. */
#define EVENT_FIRST_ID	65534

struct event_opts {
	uint32_t max_data;	/* bytes kept of one struct, union or array */
	uint32_t max_string;	/* bytes kept of one string, its NUL included */
	bool deref;		/* what pointers point to also where no items were named in a
				 * pattern */
	bool raise_at_return;	/* an event of the entry waits for the return, with all that is
				 * recorded at the entry: --sequence */
	bool graph;		/* functions have one event each, at the return, with the return
				 * value and the duration: --graph */
	const struct track_what *track;	/* what is followed from event to event; NULL: nothing */
	bool track_starts;	/* these events can be where following begins */
	const struct stat_opts *stat;	/* values are counted, and nothing is recorded: events have
				 * no fields; NULL */
	uint16_t sequence_step;	/* of the function: functions with different ones have plans of
				 * their own, which have it */
};

/* A function that raises an event, and which of the event's plans is its own. */
struct event_func {
	struct kfunc func;
	unsigned int plan;
	bool by_address;	/* the kernel has several of this name: schema.funcs has the one
				 * meant */
};

struct event {
	struct schema schema;	/* schema.btf is the events' common subset; no addresses yet */
	const struct spec *spec;
	bool paired;		/* at the return, with what was seen at the entry */
	bool raise_at_return;	/* only because event_opts say so */
	bool is_tracepoint;
	struct stat_shape stat;	/* what is counted; else empty */
	char *tracked;		/* name of the type of the objects that are followed, "": it has
				 * none; NULL: none are */
	struct bs_plan **plans;	/* each once; no ip, clock, target and slots yet */
	unsigned int nr_plans;
	struct event_func *funcs;	/* as many as schema.funcs, and in their order */
	unsigned int nr_funcs;
};

/* The events of one recording, or of those what came later than the others. */
struct event_list {
	const struct event_list *earlier;	/* of the same recording; NULL: none were before */
	unsigned int first;	/* how many events those are, all together */
	struct event **events;
	unsigned int nr;
	struct subset *types;
	struct bs_match *matches;	/* what BS_OP_MATCH compares with */
	unsigned int nr_matches;
	struct bs_plan *spare;		/* like one that there was already */
	struct name_index names;	/* of events, by number + 1 */
	struct name_index shapes;	/* those that functions can join, by their fields' key */
};

int event_list__new(struct event_list **out);
void event_list__free(struct event_list *events);

/*
 * Adds what @typed asks for: one event, or two (entry and return) when it has no items. A function
 * of a pattern with items joins the event of the pattern's functions before it, if its values have
 * the same types; its plan is shared with those that find them in the same places. Event names are
 * made unique. Returns 0, -ENOMEM, -E2BIG or -EINVAL with a message in @diag; -ENOENT with one where
 * the function has no parameter that is followed.
 */
int event_list__add(struct event_list *events, struct typed_spec *typed,
		    const struct event_opts *opts, struct diag *diag);

/*
 * One more function that raises the event as its function @index does: another one of that name.
 * Returns 0 or -ENOMEM.
 */
int event__add_func_like(struct event *event, unsigned int index);

#endif
