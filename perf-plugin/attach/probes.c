// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../util/name-index.h"
#include "group.h"
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

void probe__close_programs(struct probe *probe)
{
	for (int side = 0; side < NR_SIDES; side++)
		close_fd(&probe->prog_fds[side]);
}

void probe__unload(struct probe *probe)
{
	probe__detach(probe);
	probe__close_programs(probe);
	probe->backend = NULL;
	probe->group = NULL;
}

bool probe__is_attached(const struct probe *probe)
{
	return probe->link_fds[SIDE_ENTRY] >= 0;
}

const char *probe__way(const struct probe *probe)
{
	if (!probe->backend)
		return "none";
	return shared_plan__is_paired(probe->plan) ? probe->backend->paired_name :
						     probe->backend->name;
}

enum program_form shared_plan__form(const struct shared_plan *plan, int side)
{
	static const enum program_form forms[NR_ROLES][NR_SIDES] = {
		[ROLE_ENTRY]	= { PROGRAM_ENTRY, NR_PROGRAM_FORMS },
		[ROLE_CALL]	= { PROGRAM_ENTRY, PROGRAM_RETURN },
		[ROLE_STEP]	= { PROGRAM_STEP, PROGRAM_STEP_RETURN },
		[ROLE_NOTE]	= { PROGRAM_NOTE, NR_PROGRAM_FORMS },
	};

	return forms[plan->role][side];
}

enum program_form shared_plan__session_form(const struct shared_plan *plan)
{
	return plan->role == ROLE_STEP ? PROGRAM_STEP_SESSION : PROGRAM_SESSION;
}

bool shared_plan__is_paired(const struct shared_plan *plan)
{
	return shared_plan__form(plan, SIDE_RETURN) != NR_PROGRAM_FORMS;
}

bool probe__is_tracepoint(const struct probe *probe)
{
	const struct attach_note *note = probe->plan->note;

	return note ? note->is_tracepoint : probe->event && probe->event->is_tracepoint;
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

/* A list on its way. */
struct making {
	struct probe_list *list;
	struct name_index plans;	/* by what makes them one; numbers count from 1 */
};

static struct shared_plan *add_plan(struct probe_list *list, enum plan_role role, unsigned int step)
{
	struct shared_plan *plan = &list->plans[list->nr_plans++];

	*plan = (struct shared_plan){
		.loaded = LOADED_PLAN_INIT,
		.role = role, .step = step, .kprobe_fds = { -1, -1 },
	};
	return plan;
}

/* What a plan asks for, whichever event it is. */
static struct bs_plan without_event(const struct bs_plan *plan)
{
	struct bs_plan key = *plan;

	key.sample_id = 0;
	key.event = 0;
	key.event_type = 0;
	return key;
}

/*
 * Whether @event can follow @shared, whose plan is like its own. Events of several specs can be of
 * one function: then calls could not be told apart while they are in flight, nor the functions of a
 * link with many.
 */
static bool can_share(const struct shared_plan *shared, const struct event *event)
{
	return !event->is_tracepoint && shared->event->spec == event->spec &&
	       shared->event->paired == event->paired;
}

/* The plan for functions of @event that follow @plan. NULL: no memory. */
static struct shared_plan *find_plan(struct making *making, const struct event *event,
				     uint32_t index, const struct bs_plan *plan)
{
	struct bs_plan key = without_event(plan);
	struct probe_list *list = making->list;
	struct shared_plan *shared;
	struct name_walk walk;
	uint32_t nr;

	walk = name_index__walk(&making->plans, (const char *)&key, sizeof(key));
	while ((nr = name_walk__next(&walk))) {
		struct bs_plan other;

		shared = &list->plans[nr - 1];
		if (!can_share(shared, event))
			continue;
		other = without_event(shared->plan);
		if (memcmp(&key, &other, sizeof(key)))
			continue;
		shared->by_cookie |= shared->event != event;
		return shared;
	}
	shared = add_plan(list, event->paired ? ROLE_CALL : ROLE_ENTRY, plan->sequence_step);
	shared->event = event;
	shared->index = index;
	shared->plan = plan;
	return name_index__add(&making->plans, (const char *)&key, sizeof(key), list->nr_plans) ?
	       NULL : shared;
}

static struct probe *add_probe(struct probe_list *list, struct shared_plan *plan,
			       const struct kfunc *func, uint64_t addr, bool by_address)
{
	struct probe *probe = &list->probes[list->nr_probes++];

	*probe = (struct probe){
		.plan = plan, .func = func, .addr = addr, .by_address = by_address,
		.prog_fds = { -1, -1 }, .link_fds = { -1, -1 },
	};
	plan->ip = plan->nr_funcs ? 0 : addr;
	plan->nr_funcs++;
	return probe;
}

static int add_event(struct making *making, const struct event *event, uint32_t index)
{
	struct shared_plan **plans = calloc(event->nr_plans + 1, sizeof(struct shared_plan *));
	int err = plans ? 0 : -ENOMEM;

	for (unsigned int i = 0; i < event->nr_plans && !err; i++) {
		plans[i] = find_plan(making, event, index, event->plans[i]);
		err = plans[i] ? 0 : -ENOMEM;
	}
	for (unsigned int i = 0; i < event->nr_funcs && !err; i++) {
		const struct event_func *func = &event->funcs[i];
		struct shared_plan *plan = plans[func->plan];
		uint32_t number = plan->nr_funcs;
		uint64_t addr = i < event->schema.nr_funcs ? event->schema.funcs[i].addr : 0;
		struct probe *probe = add_probe(making->list, plan, &func->func, addr,
						func->by_address);

		probe->event = event;
		probe->index = index;
		probe->cookie = index - plan->index;
		if (plan->plan->stat) {
			probe->cookie = number;
			plan->by_cookie = number > 0;
		}
	}
	free(plans);
	return err;
}

static void add_step(struct probe_list *list, const struct attach_func *func, unsigned int step)
{
	struct shared_plan *plan = add_plan(list, ROLE_STEP, step);

	for (unsigned int i = 0; i < func->nr_addrs; i++)
		add_probe(list, plan, &func->func, func->addrs[i], func->nr_addrs > 1);
	if (!func->nr_addrs)	/* hidden */
		add_probe(list, plan, &func->func, 0, false);
}

static void add_note(struct probe_list *list, const struct attach_note *note)
{
	struct shared_plan *plan = add_plan(list, ROLE_NOTE, 0);

	plan->note = note;
	plan->plan = note->plan;
	add_probe(list, plan, &note->func, 0, false);
}

int probe_list__make(struct probe_list *list, const struct event_list *events,
		     const struct attach_opts *opts)
{
	struct making making = { .list = list };
	unsigned int nr = 0;
	int err = 0;

	for (unsigned int i = 0; i < events->nr; i++)
		nr += events->events[i]->nr_funcs;
	for (unsigned int i = 0; i < opts->nr_sequence; i++)
		nr += opts->sequence[i].nr_addrs + 1;
	nr += opts->nr_notes;
	/* No function has more than one plan of an event. */
	list->plans = calloc(nr ? nr : 1, sizeof(*list->plans));
	list->probes = calloc(nr ? nr : 1, sizeof(*list->probes));
	if (!list->plans || !list->probes)
		return -ENOMEM;
	for (unsigned int i = 0; i < events->nr && !err; i++)
		err = add_event(&making, events->events[i], i);
	list->nr_event_probes = list->nr_probes;
	/* One that shares leaves them to the first. */
	for (unsigned int i = 0; i < opts->nr_sequence && !opts->share && !err; i++)
		add_step(list, &opts->sequence[i], i + 1);
	for (unsigned int i = 0; i < opts->nr_notes && !err; i++)
		add_note(list, &opts->notes[i]);
	name_index__exit(&making.plans);
	return err;
}

static void exit_plan(struct shared_plan *plan)
{
	while (plan->groups) {
		struct group *group = plan->groups;

		plan->groups = group->next;
		group__free(group);
	}
	for (int side = 0; side < NR_SIDES; side++)
		close_fd(&plan->kprobe_fds[side]);
	loaded_plan__exit(&plan->loaded);
}

void probe_list__exit(struct probe_list *list)
{
	for (unsigned int i = 0; i < list->nr_probes; i++)
		probe__unload(&list->probes[i]);
	for (unsigned int i = 0; i < list->nr_plans; i++)
		exit_plan(&list->plans[i]);
	free(list->probes);
	free(list->plans);
	*list = (struct probe_list){ 0 };
}

void probe_list__say_notes(const struct probe_list *list, struct attach_note *notes,
			   unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		notes[i].is_attached = list->probes[list->nr_probes - nr + i].backend != NULL;
}

unsigned int probe_list__nr_links(const struct probe_list *list)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < list->nr_probes; i++)
		nr += shared_plan__is_paired(list->probes[i].plan) ? NR_SIDES : 1;
	return nr;
}

bool probe_list__has_any(const struct probe_list *list, bool paired)
{
	for (unsigned int i = 0; i < list->nr_probes; i++)
		if (!probe__is_tracepoint(&list->probes[i]) && !list->probes[i].plan->note &&
		    shared_plan__is_paired(list->probes[i].plan) == paired)
			return true;
	return false;
}

unsigned int probe_list__of_event(const struct probe_list *list, uint32_t index, unsigned int *end)
{
	unsigned int first = 0, behind = list->nr_event_probes;

	while (first < behind) {
		unsigned int middle = first + (behind - first) / 2;

		if (list->probes[middle].index < index)
			first = middle + 1;
		else
			behind = middle;
	}
	*end = first;
	while (*end < list->nr_event_probes && list->probes[*end].index == index)
		(*end)++;
	return first;
}
