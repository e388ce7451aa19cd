// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "../util/verbose.h"
#include "way.h"

/* One at a time, fentry programs take so long to be taken out again that nobody wants many. */
#define MANY_LINKS	32

/*
 * Has @backend load the probe's programs, and hook them up if @now; if it can't, nothing of them
 * stays. Only at the attaching does the kernel say whether a function has a kprobe, so some of that
 * is done early.
 */
static int try_backend(struct probe *probe, struct probe_env *env, const struct backend *backend,
		       bool now)
{
	const char *what = "load";
	int err = backend->load(probe, env);

	if (!err && (now || backend->attach_early)) {
		what = "attach";
		err = now ? backend->attach(probe, env) : backend->attach_early(probe, env);
	}
	if (err) {
		pr_debug2("%s: %s: %s: %s\n", probe->func->name, backend->name, what,
			  strerror(-err));
		probe__unload(probe);
		return err;
	}
	probe->backend = backend;
	return 0;
}

/* A step is known to an event's program at the same function only if it got there the same way. */
static enum backend_choice choice_for(const struct probe *probe, const struct probe_env *env)
{
	const struct probe_list *list = env->list;

	for (unsigned int i = 0; probe->plan->role == ROLE_STEP && i < list->nr_probes; i++) {
		const struct probe *other = &list->probes[i];

		if (other->plan->role != ROLE_STEP && other->backend &&
		    probe__is_of(other, probe->func, probe->addr))
			return other->backend == &backend__kprobe ? BACKEND_KPROBE :
								    BACKEND_TRACING;
	}
	return env->choice;
}

/* Of the ways that are allowed and were not tried yet, the next best that works. */
static int find_way(struct probe *probe, struct probe_env *env, bool now)
{
	enum backend_choice choice = choice_for(probe, env);
	bool kprobe_first = probe_list__nr_links(env->list) > MANY_LINKS;

	for (int i = 0; i < 2; i++) {
		bool kprobe = kprobe_first ? i == 0 : i == 1;
		int *err = kprobe ? &probe->kprobe_err : &probe->tracing_err;

		if (*err || choice == (kprobe ? BACKEND_TRACING : BACKEND_KPROBE))
			continue;
		*err = try_backend(probe, env, kprobe ? &backend__kprobe : &backend__tracing, now);
		if (!*err)
			return 0;
	}
	return probe->kprobe_err ? probe->kprobe_err : probe->tracing_err;
}

int probe__load(struct probe *probe, struct probe_env *env)
{
	if (!probe__is_tracepoint(probe))
		return find_way(probe, env, false);
	probe->tracing_err = try_backend(probe, env, &backend__tracepoint, false);
	return probe->tracing_err;
}

int probe__attach(struct probe *probe, struct probe_env *env)
{
	int err;

	if (choice_for(probe, env) == BACKEND_KPROBE && probe->backend == &backend__tracing) {
		probe__unload(probe);	/* the event's probe had to change since */
		return find_way(probe, env, true);
	}
	if (!probe->backend || probe__is_attached(probe))
		return 0;
	err = probe->backend->attach(probe, env);
	if (!err)
		return 0;
	pr_debug2("%s: %s: attach: %s\n", probe->func->name, probe->backend->name, strerror(-err));
	probe__unload(probe);
	probe->tracing_err = err;
	return probe__is_tracepoint(probe) ? err : find_way(probe, env, true);
}
