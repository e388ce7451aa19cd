// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../util/verbose.h"
#include "bisect.h"
#include "group.h"
#include "link.h"
#include "trampoline.h"

/* ---- making ------------------------------------------------------------------------------- */

static struct group *find_group(const struct probe *probe, const struct backend *backend)
{
	struct group *group = probe->plan->groups;

	while (group && (group->is_attached || group->backend != backend ||
			 (backend->by_btf && group->func->btf != probe->func->btf)))
		group = group->next;
	return group;
}

static struct group *make_group(struct probe_env *env, struct probe *probe,
				const struct backend *backend)
{
	struct group *group = calloc(1, sizeof(*group));

	if (!group)
		return NULL;
	*group = (struct group){
		.backend = backend, .plan = probe->plan, .func = probe->func,
		.next = probe->plan->groups, .prog_fds = { -1, -1 },
	};
	probe->plan->groups = group;
	group->load_err = backend->load_group(group, env);
	if (group->load_err)
		pr_debug2("%s: %s: load: %s\n", probe->func->name, backend->name,
			  strerror(-group->load_err));
	return group;
}

int group__add(struct probe_env *env, struct probe *probe, const struct backend *backend)
{
	struct group *group = find_group(probe, backend);

	if (!group)
		group = make_group(env, probe, backend);
	if (!group)
		return -ENOMEM;
	if (group->load_err)
		return group->load_err;
	if (group->nr == group->max) {
		unsigned int max = group->max ? 2 * group->max : 16;
		struct probe **members = realloc(group->members, max * sizeof(*members));

		if (!members)
			return -ENOMEM;
		group->members = members;
		group->max = max;
	}
	group->members[group->nr++] = probe;
	probe->backend = backend;
	probe->group = group;
	return 0;
}

/* ---- linking ------------------------------------------------------------------------------ */

struct linking {
	struct group *group;
	struct probe_env *env;
	unsigned int first;		/* member that bisect's number 0 is */
	void (*linked)(void *ctx, unsigned int nr);
	void *ctx;
};

static bool should_stop(void *ctx)
{
	const struct attach_opts *opts = ((struct linking *)ctx)->env->opts;

	return opts->stop && opts->stop(opts->stop_ctx);
}

static void close_link(struct group_link *link)
{
	/* The entry first: no call is entered any more whose return would be missed. */
	for (int side = 0; side < NR_SIDES; side++) {
		if (link->fds[side] >= 0)
			close(link->fds[side]);
		link->fds[side] = -1;
	}
}

/* Both sides or none; the return first: no call is seen to enter whose return goes unseen. */
static int link_some(void *ctx, unsigned int first, unsigned int nr)
{
	struct linking *linking = ctx;
	struct group *group = linking->group;
	struct group_link link = { { -1, -1 } }, *links;

	links = realloc(group->links, (group->nr_links + 1) * sizeof(*links));
	if (!links)
		return -ENOMEM;
	group->links = links;
	for (int side = NR_SIDES - 1; side >= 0; side--) {
		if (group->prog_fds[side] < 0)
			continue;
		link.fds[side] = group->backend->link(group, side, linking->first + first, nr);
		if (link.fds[side] < 0) {
			int err = link.fds[side];

			close_link(&link);
			return err;
		}
	}
	group->links[group->nr_links++] = link;
	linking->linked(linking->ctx, nr);
	return 0;
}

static void leave(struct probe *probe, int err)
{
	pr_debug2("%s: %s: attach: %s\n", probe->func->name, probe->backend->name, strerror(-err));
	probe->errs[probe->backend->id] = err;
	probe->backend = NULL;
	probe->group = NULL;
}

static void refuse_some(void *ctx, unsigned int first, unsigned int nr, int err)
{
	struct linking *linking = ctx;

	for (unsigned int i = 0; i < nr; i++)
		leave(linking->group->members[linking->first + first + i], err);
}

/* By where they are; what may be refused comes last. */
static int compare_members(const void *pa, const void *pb)
{
	const struct probe *a = *(struct probe *const *)pa, *b = *(struct probe *const *)pb;
	bool by_btf = a->backend->by_btf;
	uint64_t key_a = by_btf ? a->func->id : a->addr, key_b = by_btf ? b->func->id : b->addr;

	if (by_btf && trampoline__is_suspect(a->func) != trampoline__is_suspect(b->func))
		return trampoline__is_suspect(a->func) ? 1 : -1;
	return key_a < key_b ? -1 : key_a > key_b;
}

/* No link takes a function twice: the second one is left to another backend. */
static void leave_twins(struct group *group)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < group->nr; i++) {
		struct probe *probe = group->members[i];

		if (nr && !compare_members(&group->members[nr - 1], &group->members[i]))
			leave(probe, -EEXIST);
		else
			group->members[nr++] = probe;
	}
	group->nr = nr;
}

static int make_arrays(struct group *group)
{
	bool cookies = group->plan->by_cookie;

	group->addrs = calloc(group->nr + 1, sizeof(*group->addrs));
	group->ids = calloc(group->nr + 1, sizeof(*group->ids));
	if (cookies)
		group->cookies = calloc(group->nr + 1, sizeof(*group->cookies));
	if (!group->addrs || !group->ids || (cookies && !group->cookies))
		return -ENOMEM;
	for (unsigned int i = 0; i < group->nr; i++) {
		group->addrs[i] = group->members[i]->addr;
		group->ids[i] = group->members[i]->func->id;
		if (cookies)
			group->cookies[i] = group->members[i]->cookie;
	}
	return 0;
}

static void free_arrays(struct group *group)
{
	free(group->addrs);
	free(group->ids);
	free(group->cookies);
	group->addrs = group->cookies = NULL;
	group->ids = NULL;
}

/* Members that were refused are not the group's any more. */
static void drop_refused(struct group *group)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < group->nr; i++)
		if (group->members[i]->group == group)
			group->members[nr++] = group->members[i];
	group->nr = nr;
}

static int attach_members(struct linking *linking, unsigned int first, unsigned int end)
{
	static const struct bisect_ops ops = {
		.link = link_some, .refuse = refuse_some, .stop = should_stop,
	};

	linking->first = first;
	return bisect__link(&ops, linking, end - first, linking->group->backend->batch);
}

int group__attach(struct group *group, struct probe_env *env,
		  void (*linked)(void *ctx, unsigned int nr), void *ctx)
{
	struct linking linking = { .group = group, .env = env, .linked = linked, .ctx = ctx };
	unsigned int sure;
	int err;

	group->is_attached = true;
	qsort(group->members, group->nr, sizeof(*group->members), compare_members);
	leave_twins(group);
	err = make_arrays(group);
	for (sure = group->nr; sure; sure--)
		if (!group->backend->by_btf ||
		    !trampoline__is_suspect(group->members[sure - 1]->func))
			break;
	if (!err)
		err = attach_members(&linking, 0, sure);
	if (!err)
		err = attach_members(&linking, sure, group->nr);
	free_arrays(group);
	if (!err)
		drop_refused(group);
	return err;
}

/* ---- the end ------------------------------------------------------------------------------ */

void group__detach(struct group *group)
{
	for (unsigned int i = 0; i < group->nr_links; i++)
		close_link(&group->links[i]);
}

void group__free(struct group *group)
{
	group__detach(group);
	for (int side = 0; side < NR_SIDES; side++)
		if (group->prog_fds[side] >= 0)
			close(group->prog_fds[side]);
	free_arrays(group);
	free(group->members);
	free(group->links);
	free(group);
}

uint64_t group__missed(const struct group *group)
{
	uint64_t nr = 0;

	for (unsigned int i = 0; i < group->nr_links; i++)
		for (int side = 0; side < NR_SIDES; side++)
			if (group->links[i].fds[side] >= 0)
				nr += link__missed(group->links[i].fds[side]);
	return nr;
}
