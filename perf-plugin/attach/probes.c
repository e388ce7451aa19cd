// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probes.h"

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void probe__detach(struct probe *probe)
{
	/* The entry first: no call is entered any more whose return would be missed. */
	for (int side = 0; side < NR_SIDES; side++)
		close_fd(&probe->link_fds[side]);
}

void probe__unload(struct probe *probe)
{
	probe__detach(probe);
	for (int side = 0; side < NR_SIDES; side++)
		close_fd(&probe->prog_fds[side]);
	probe->backend = NULL;
}

bool probe__is_attached(const struct probe *probe)
{
	return probe->link_fds[SIDE_ENTRY] >= 0;
}

const char *probe__way(const struct probe *probe)
{
	if (!probe->backend)
		return "none";
	return probe->plan->role == ROLE_ENTRY ? probe->backend->name : probe->backend->paired_name;
}

enum program_form shared_plan__form(const struct shared_plan *plan, int side)
{
	static const enum program_form forms[NR_ROLES][NR_SIDES] = {
		[ROLE_ENTRY]	= { PROGRAM_ENTRY, NR_PROGRAM_FORMS },
		[ROLE_CALL]	= { PROGRAM_ENTRY, PROGRAM_RETURN },
		[ROLE_STEP]	= { PROGRAM_STEP, PROGRAM_STEP_RETURN },
	};

	return forms[plan->role][side];
}

bool probe__is_tracepoint(const struct probe *probe)
{
	return probe->plan->event && probe->plan->event->is_tracepoint;
}

static int compare_funcs(const struct kfunc *a, const struct kfunc *b)
{
	int order = strcmp(a->name, b->name);

	return order ? order : strcmp(a->module ? a->module : "", b->module ? b->module : "");
}

bool probe__is_of(const struct probe *probe, const struct kfunc *func, uint64_t addr)
{
	return probe->addr == addr && !compare_funcs(probe->func, func);
}

/* ---- making the list ---------------------------------------------------------------------- */

static struct shared_plan *add_plan(struct probe_list *list, enum plan_role role, unsigned int step)
{
	struct shared_plan *plan = &list->plans[list->nr_plans++];

	*plan = (struct shared_plan){
		.loaded = { .plan_fd = -1, .slots_fd = -1 },
		.role = role, .step = step, .kprobe_fds = { -1, -1 },
	};
	return plan;
}

/* The event's plan for its function @index. @first is the first of the event's in the list. */
static struct shared_plan *plan_for(struct probe_list *list, const struct event *event,
				    uint32_t event_index, unsigned int index, unsigned int first)
{
	const struct bs_plan *plan = event->plans[event->funcs[index].plan];
	struct shared_plan *shared;

	for (unsigned int i = first; i < list->nr_plans; i++)
		if (list->plans[i].plan == plan)
			return &list->plans[i];
	shared = add_plan(list, event->paired ? ROLE_CALL : ROLE_ENTRY, plan->sequence_step);
	shared->event = event;
	shared->index = event_index;
	shared->plan = plan;
	return shared;
}

static void add_probe(struct probe_list *list, struct shared_plan *plan, const struct kfunc *func,
		      uint64_t addr, bool by_address)
{
	list->probes[list->nr_probes++] = (struct probe){
		.plan = plan, .func = func, .addr = addr, .by_address = by_address,
		.prog_fds = { -1, -1 }, .link_fds = { -1, -1 },
	};
	plan->ip = plan->nr_funcs ? 0 : addr;
	plan->nr_funcs++;
}

static void add_event(struct probe_list *list, const struct event *event, uint32_t index)
{
	unsigned int first = list->nr_plans;

	for (unsigned int i = 0; i < event->nr_funcs; i++) {
		const struct event_func *func = &event->funcs[i];
		uint64_t addr = i < event->schema.nr_funcs ? event->schema.funcs[i].addr : 0;

		add_probe(list, plan_for(list, event, index, i, first), &func->func, addr,
			  func->by_address);
	}
}

static void add_step(struct probe_list *list, const struct attach_func *func, unsigned int step)
{
	struct shared_plan *plan = add_plan(list, ROLE_STEP, step);

	for (unsigned int i = 0; i < func->nr_addrs; i++)
		add_probe(list, plan, &func->func, func->addrs[i], func->nr_addrs > 1);
	if (!func->nr_addrs)	/* hidden */
		add_probe(list, plan, &func->func, 0, false);
}

int probe_list__make(struct probe_list *list, const struct event_list *events,
		     const struct attach_opts *opts)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < events->nr; i++)
		nr += events->events[i]->nr_funcs;
	for (unsigned int i = 0; i < opts->nr_sequence; i++)
		nr += opts->sequence[i].nr_addrs + 1;
	/* No function has more than one plan of an event. */
	list->plans = calloc(nr ? nr : 1, sizeof(*list->plans));
	list->probes = calloc(nr ? nr : 1, sizeof(*list->probes));
	if (!list->plans || !list->probes)
		return -ENOMEM;
	for (unsigned int i = 0; i < events->nr; i++)
		add_event(list, events->events[i], i);
	for (unsigned int i = 0; i < opts->nr_sequence; i++)
		add_step(list, &opts->sequence[i], i + 1);
	return 0;
}

void probe_list__exit(struct probe_list *list)
{
	for (unsigned int i = 0; i < list->nr_probes; i++)
		probe__unload(&list->probes[i]);
	for (unsigned int i = 0; i < list->nr_plans; i++) {
		for (int side = 0; side < NR_SIDES; side++)
			close_fd(&list->plans[i].kprobe_fds[side]);
		loaded_plan__exit(&list->plans[i].loaded);
	}
	free(list->probes);
	free(list->plans);
	*list = (struct probe_list){ 0 };
}

unsigned int probe_list__nr_links(const struct probe_list *list)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < list->nr_probes; i++)
		nr += list->probes[i].plan->role == ROLE_ENTRY ? 1 : NR_SIDES;
	return nr;
}
