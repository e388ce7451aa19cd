// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "preview.h"
#include "way.h"

/* Functions that would be one group, or share a kprobe's programs. */
struct share {
	const struct shared_plan *plan;
	const struct backend *backend;
	const struct btf *btf;		/* where the backend cares; else NULL */
	unsigned int nr;
};

struct shares {
	struct share *list;
	unsigned int nr, max;
};

/* Counts one function. Those that belong together mostly come one behind the other. */
static int count_share(struct shares *shares, const struct probe *probe,
		       const struct backend *backend)
{
	const struct btf *btf = backend->by_btf ? probe->func->btf : NULL;
	struct share *list;

	for (unsigned int i = shares->nr; i-- > 0;) {
		struct share *share = &shares->list[i];

		if (share->plan == probe->plan && share->backend == backend && share->btf == btf) {
			share->nr++;
			return 0;
		}
	}
	if (shares->nr == shares->max) {
		unsigned int max = shares->max ? 2 * shares->max : 64;

		list = realloc(shares->list, max * sizeof(*list));
		if (!list)
			return -ENOMEM;
		shares->list = list;
		shares->max = max;
	}
	shares->list[shares->nr++] = (struct share){ probe->plan, backend, btf, 1 };
	return 0;
}

/* The first backend that is there and not known to refuse the probe; NULL: none. */
static const struct backend *find_backend(const struct probe *probe, const struct probe_env *env)
{
	bool paired = shared_plan__is_paired(probe->plan);

	if (probe__is_tracepoint(probe))
		return features__has(env->features, BACKEND_TP_BTF) ? &backend__tp_btf : NULL;
	for (unsigned int i = 0; i < env->nr_orders[paired]; i++) {
		const struct backend *backend = backends[env->orders[paired][i]];

		if (features__has(env->features, backend->id) &&
		    !probe__is_better_together(probe, env, backend->id) &&
		    !(backend->fits && backend->fits(probe)))
			return backend;
	}
	return NULL;
}

static int count_probes(const struct probe_env *env, struct shares *shares,
			struct preview *preview)
{
	int err = 0;

	for (unsigned int i = 0; i < env->list->nr_probes && !err; i++) {
		const struct probe *probe = &env->list->probes[i];
		const struct backend *backend = find_backend(probe, env);
		bool paired = shared_plan__is_paired(probe->plan);

		if (!backend) {
			preview->nr_left_out++;
			continue;
		}
		preview->backends[backend->id].nr_funcs++;
		if (env->nr_orders[paired] && backend->id == env->orders[paired][0])
			preview->backends[backend->id].reason =
				choice__reason(&env->choice, paired);
		err = count_share(shares, probe, backend);
	}
	return err;
}

static void count_programs(const struct shares *shares, struct preview *preview)
{
	for (unsigned int i = 0; i < shares->nr; i++) {
		const struct share *share = &shares->list[i];
		const struct backend *backend = share->backend;
		unsigned int sides = shared_plan__is_paired(share->plan) && !backend->is_session ?
				     NR_SIDES : 1;
		unsigned int links = share->nr, programs = 1;

		if (backend->batch)
			links = (share->nr + backend->batch - 1) / backend->batch;
		else if (!backend->by_kprobe)
			programs = share->nr;
		preview->backends[backend->id].nr_links += sides * links;
		preview->backends[backend->id].nr_programs += sides * programs;
	}
}

int preview__make(const struct attach_opts *opts, const struct event_list *events,
		  struct kbtf *kbtf, struct features *features, struct preview *preview)
{
	struct probe_list list = { 0 };
	struct probe_env env = {
		.opts = opts, .kbtf = kbtf, .features = features, .list = &list,
	};
	struct shares shares = { 0 };
	int err = probe_list__make(&list, events, opts);

	memset(preview, 0, sizeof(*preview));
	if (!err) {
		probe_env__plan_files(&env);
		err = count_probes(&env, &shares, preview);
	}
	if (!err)
		count_programs(&shares, preview);
	free(shares.list);
	probe_list__exit(&list);
	return err;
}
