/* SPDX-License-Identifier: GPL-2.0-only */
/* Which programs go where: a probe for each function of each event, and the plans they share. */
#ifndef BTFSNOOP_ATTACH_PROBES_H
#define BTFSNOOP_ATTACH_PROBES_H

#include "backend.h"

struct probe_list {
	struct shared_plan *plans;
	unsigned int nr_plans;
	struct probe *probes;		/* the events' in their order, then the sequence's steps,
					 * then the notes */
	unsigned int nr_probes;
	unsigned int nr_event_probes;	/* which come first, ascending by the events' numbers */
};

/* What @opts asks of @events, nothing of it in the kernel yet. Returns 0 or -ENOMEM. */
int probe_list__make(struct probe_list *list, const struct event_list *events,
		     const struct attach_opts *opts);

/* Takes out of the kernel what is still there. */
void probe_list__exit(struct probe_list *list);

/* Says of each note whether it is attached. */
void probe_list__say_notes(const struct probe_list *list, struct attach_note *notes,
			   unsigned int nr);

/* How many links the probes come to, programs and files for each plan not counted. */
unsigned int probe_list__nr_links(const struct probe_list *list);

/* Whether any probe has a return side (@paired), or has none; tracepoints do not count. */
bool probe_list__has_any(const struct probe_list *list, bool paired);

/* The first probe of event @index, and in *@end the one behind its last. */
unsigned int probe_list__of_event(const struct probe_list *list, uint32_t index, unsigned int *end);

/* What belongs to the probe alone, not to its group. */
void probe__detach(struct probe *probe);
void probe__close_programs(struct probe *probe);
void probe__unload(struct probe *probe);
bool probe__is_attached(const struct probe *probe);
bool probe__is_tracepoint(const struct probe *probe);

/* The way it is attached: "fentry", "kprobe+kretprobe", "none" ... */
const char *probe__way(const struct probe *probe);

/* The same function of the kernel, as far as it can be told. */
bool probe__is_of(const struct probe *probe, const struct kfunc *func, uint64_t addr);

#endif
