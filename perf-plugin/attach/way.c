// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "../util/verbose.h"
#include "group.h"
#include "way.h"

const struct backend *const backends[NR_BACKENDS] = {
	[BACKEND_FENTRY]	 = &backend__fentry,
	[BACKEND_FSESSION]	 = &backend__fsession,
	[BACKEND_FENTRY_MULTI]	 = &backend__fentry_multi,
	[BACKEND_FSESSION_MULTI] = &backend__fsession_multi,
	[BACKEND_KPROBE]	 = &backend__kprobe,
	[BACKEND_KPROBE_MULTI]	 = &backend__kprobe_multi,
	[BACKEND_KPROBE_SESSION] = &backend__kprobe_session,
	[BACKEND_TP_BTF]	 = &backend__tp_btf,
};

static bool has_feature(void *ctx, enum backend_choice backend)
{
	return features__has(ctx, backend);
}

void probe_env__choose(struct probe_env *env, unsigned int max_files)
{
	const struct attach_opts *opts = env->opts;

	env->choice = (struct choice){
		.forced = opts->backend,
		.sequence = opts->nr_sequence,
		.nr_funcs = env->list->nr_probes,
		.nr_links = probe_list__nr_links(env->list),
		.max_files = max_files,
		.has = has_feature, .ctx = env->features,
	};
	for (int paired = 0; paired < 2; paired++)
		if (probe_list__has_any(env->list, paired))
			env->nr_orders[paired] = choice__order(&env->choice, paired,
							       env->orders[paired]);
}

/*
 * Has @backend load the probe's programs, and hook them up if @now; if it can't, nothing of them
 * stays. Only at the attaching does the kernel say whether a function has a kprobe, so some of that
 * is done early.
 */
static int try_backend(struct probe *probe, struct probe_env *env, const struct backend *backend,
		       bool now)
{
	const char *what = "load";
	int err = backend->fits ? backend->fits(probe) : 0;

	if (err)
		return err;
	if (backend->batch)
		return group__add(env, probe, backend);
	err = backend->load(probe, env);
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
static const struct backend *backend_of_step(const struct probe *probe,
					     const struct probe_env *env)
{
	const struct probe_list *list = env->list;

	for (unsigned int i = 0; probe->plan->role == ROLE_STEP && i < list->nr_probes; i++) {
		const struct probe *other = &list->probes[i];

		if (other->plan->role != ROLE_STEP && other->backend &&
		    probe__is_of(other, probe->func, probe->addr))
			return other->backend;
	}
	return NULL;
}

/* Modules have a link each by this one, and together one by the other. */
bool probe__is_better_together(const struct probe *probe, const struct probe_env *env,
			       enum backend_choice id)
{
	bool paired = shared_plan__is_paired(probe->plan);
	enum backend_choice other = paired ? BACKEND_KPROBE_SESSION : BACKEND_KPROBE_MULTI;

	return probe->func->module && backends[id]->by_btf && probe->addr &&
	       env->opts->backend == BACKEND_AUTO && !probe->errs[other] &&
	       features__has(env->features, other);
}

/* A module that may be unloaded meanwhile is held by all others. */
static bool would_hold(const struct probe *probe, const struct probe_env *env,
		       enum backend_choice id)
{
	return probe->func->module && env->opts->spare_modules &&
	       env->opts->backend == BACKEND_AUTO && id != BACKEND_KPROBE;
}

/* The ways that are allowed, the best first. Returns how many. */
static unsigned int order_for(const struct probe *probe, const struct probe_env *env,
			      const enum backend_choice **order)
{
	static const enum backend_choice of_notes[][2] = {
		{ BACKEND_FENTRY, BACKEND_KPROBE }, { BACKEND_KPROBE, BACKEND_FENTRY },
	};
	enum backend_choice asked = env->opts->backend;
	bool paired = shared_plan__is_paired(probe->plan);

	/* Notes are few, however many the events' functions are. */
	if (probe->plan->role == ROLE_NOTE) {
		*order = of_notes[asked < NR_BACKENDS && asked != BACKEND_AUTO &&
				  backends[asked]->by_kprobe];
		return 2;
	}
	*order = env->orders[paired];
	return env->nr_orders[paired];
}

/* Of the ways that are allowed and were not tried yet, the next best that works. */
static int find_way(struct probe *probe, struct probe_env *env, bool now)
{
	const struct backend *fixed = backend_of_step(probe, env);
	const enum backend_choice *order;
	unsigned int nr = order_for(probe, env, &order);
	int first = 0;

	for (unsigned int i = 0; i < nr; i++) {
		enum backend_choice id = order[i];
		int *err = &probe->errs[id];

		if (would_hold(probe, env, id))
			continue;
		if (!*err && !(fixed && fixed->id != id) &&
		    !probe__is_better_together(probe, env, id)) {
			*err = try_backend(probe, env, backends[id], now);
			if (!*err)
				return 0;
		}
		first = first ? first : *err;
	}
	return first ? first : -EINVAL;
}

int probe__load(struct probe *probe, struct probe_env *env)
{
	int *err = &probe->errs[BACKEND_TP_BTF];

	if (!probe__is_tracepoint(probe))
		return find_way(probe, env, false);
	*err = try_backend(probe, env, &backend__tp_btf, false);
	return *err;
}

int probe__next_way(struct probe *probe, struct probe_env *env)
{
	return probe__is_tracepoint(probe) ? -EINVAL : find_way(probe, env, true);
}

/* Where there is hardly room for its files, what is linked does without its programs'. */
static void save_files(struct probe *probe, const struct probe_env *env)
{
	if (env->save_files)
		probe__close_programs(probe);
}

int probe__attach(struct probe *probe, struct probe_env *env)
{
	const struct backend *fixed = backend_of_step(probe, env);
	int err;

	if (fixed && probe->backend && probe->backend != fixed) {
		probe__unload(probe);	/* the event's probe had to change since */
		return find_way(probe, env, true);
	}
	if (!probe->backend || probe->group || probe__is_attached(probe))
		return 0;
	err = probe->backend->attach(probe, env);
	if (!err) {
		save_files(probe, env);
		return 0;
	}
	pr_debug2("%s: %s: attach: %s\n", probe->func->name, probe->backend->name, strerror(-err));
	probe->errs[probe->backend->id] = err;
	probe__unload(probe);
	return probe__next_way(probe, env);
}
