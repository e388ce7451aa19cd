// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "group.h"
#include "link.h"
#include "missed.h"

#define MAX_PID	(4u << 20)	/* PID_MAX_LIMIT, include/linux/threads.h */

static uint64_t recursion_misses(const int *prog_fds)
{
	uint64_t nr = 0;

	for (int side = 0; side < NR_SIDES; side++) {
		struct bpf_prog_info info = {};
		__u32 len = sizeof(info);

		if (prog_fds[side] >= 0 && !bpf_obj_get_info_by_fd(prog_fds[side], &info, &len))
			nr += info.recursion_misses;
	}
	return nr;
}

struct unreturned {
	const struct probe_list *list;
	const struct shared_plan *plan;
	uint64_t nr;
};

static bool is_alive(uint32_t tid)
{
	char path[64];

	if (!tid || tid > MAX_PID)
		return false;
	snprintf(path, sizeof(path), "/proc/%u", tid);
	return !access(path, F_OK);
}

/* Whether @key can be the key of a call that @probe saw, in a thread that is still there. */
static bool can_return(const struct probe *probe, uint64_t key)
{
	if (!probe->backend->by_kprobe)
		return is_alive(key);
	return !probe->addr || is_alive(BS_KPROBE_KEY_TID(key, probe->addr));
}

/*
 * A thread that is gone will not return; its kretprobe had no instance left for it. Which thread it
 * was is in the key, for kprobes together with the function, which can be any that follows the
 * plan.
 */
static void count_unreturned(uint64_t key, void *ctx)
{
	struct unreturned *unreturned = ctx;
	const struct probe_list *list = unreturned->list;

	for (unsigned int i = 0; i < list->nr_probes; i++)
		if (list->probes[i].plan == unreturned->plan && list->probes[i].backend &&
		    can_return(&list->probes[i], key))
			return;
	unreturned->nr++;
}

static uint64_t kretprobe_misses(const struct probe_list *list, const struct shared_plan *plan)
{
	struct unreturned unreturned = { .list = list, .plan = plan };

	if (plan->kprobe_fds[SIDE_RETURN] >= 0)
		loaded_plan__for_each_call(&plan->loaded, count_unreturned, &unreturned);
	return unreturned.nr;
}

static uint64_t group_misses(const struct shared_plan *plan)
{
	uint64_t nr = 0;

	for (const struct group *group = plan->groups; group; group = group->next)
		nr += recursion_misses(group->prog_fds) + group__missed(group);
	return nr;
}

/*
 * The kernel handles no kprobe while it handles another one on the same CPU, as in an interrupt, and
 * calls no program then. Both sides miss such a call: the entry's is counted, or the return's alone.
 */
static uint64_t kprobe_misses(const struct probe *probe)
{
	int side = probe->link_fds[SIDE_ENTRY] >= 0 ? SIDE_ENTRY : SIDE_RETURN;

	return probe->link_fds[side] >= 0 ? link__missed(probe->link_fds[side]) : 0;
}

void missed__count(const struct probe_list *list, uint64_t *missed)
{
	for (unsigned int i = 0; i < list->nr_event_probes; i++)
		missed[list->probes[i].index] += recursion_misses(list->probes[i].prog_fds) +
						 kprobe_misses(&list->probes[i]);
	for (unsigned int i = 0; i < list->nr_plans; i++) {
		const struct shared_plan *plan = &list->plans[i];

		if (plan->event)
			missed[plan->index] += recursion_misses(plan->kprobe_fds) +
					       group_misses(plan) + kretprobe_misses(list, plan);
	}
}
