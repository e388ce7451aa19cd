// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "../util/verbose.h"
#include "group.h"
#include "hook.h"
#include "way.h"

#define DETACH_THREADS	15

/* How far something is, as the user is told. */
struct progress {
	const struct attach_opts *opts;
	const char *what;
	unsigned int done, total;
};

static void progress__tell(const struct progress *progress)
{
	const struct attach_opts *opts = progress->opts;

	if (opts->progress)
		opts->progress(opts->progress_ctx, progress->what, progress->done,
			       progress->total);
}

static void progress__add(void *ctx, unsigned int nr)
{
	struct progress *progress = ctx;

	/* Those that found no way are not counted; the end is told apart. */
	progress->done += nr;
	if (progress->done < progress->total)
		progress__tell(progress);
}

static void progress__end(struct progress *progress)
{
	progress->done = progress->total;
	progress__tell(progress);
}

/* Many functions take their time. */
static int check_stop(const struct probe_env *env)
{
	const struct attach_opts *opts = env->opts;

	return opts->stop && opts->stop(opts->stop_ctx) ? -EINTR : 0;
}

/* ---- loading ------------------------------------------------------------------------------ */

static int load_probes(struct probe_env *env, bool paired, bool notes, struct progress *progress)
{
	struct probe_list *list = env->list;
	int err = 0;

	for (unsigned int i = 0; i < list->nr_probes && !err; i++) {
		enum plan_role role = list->probes[i].plan->role;

		if (paired != (role == ROLE_CALL) || notes != (role == ROLE_NOTE))
			continue;
		probe__load(&list->probes[i], env);
		progress__add(progress, 1);
		err = check_stop(env);
	}
	return err;
}

int hook__load(struct probe_env *env)
{
	struct progress progress = { env->opts, "Loading", 0, env->list->nr_probes };
	/* As attach_notes() says; kprobes are hooked up at their loading. */
	int err = load_probes(env, false, true, &progress);

	/* Those that wait for a return first: see the kprobe backend's attach_early(). */
	if (!err)
		err = load_probes(env, true, false, &progress);
	if (!err)
		err = load_probes(env, false, false, &progress);
	progress__end(&progress);
	return err;
}

/* ---- attaching ---------------------------------------------------------------------------- */

/* All groups in an array, which the caller frees. NULL: no memory. */
static struct group **collect_groups(const struct probe_list *list, unsigned int *nr)
{
	struct group **groups;

	*nr = 0;
	for (unsigned int i = 0; i < list->nr_plans; i++)
		for (struct group *group = list->plans[i].groups; group; group = group->next)
			(*nr)++;
	groups = calloc(*nr + 1, sizeof(struct group *));
	*nr = 0;
	for (unsigned int i = 0; groups && i < list->nr_plans; i++)
		for (struct group *group = list->plans[i].groups; group; group = group->next)
			groups[(*nr)++] = group;
	return groups;
}

static int compare_sizes(const void *a, const void *b)
{
	unsigned int nr_a = (*(struct group *const *)a)->nr, nr_b = (*(struct group *const *)b)->nr;

	return nr_a < nr_b ? -1 : nr_a > nr_b;
}

/*
 * Links all groups that are not linked yet; the largest last, for what is linked already slows down
 * what comes behind it. Returns how many, or a negative errno.
 */
static int attach_groups(struct probe_env *env, struct progress *progress)
{
	unsigned int nr_groups;
	struct group **groups = collect_groups(env->list, &nr_groups);
	int nr = 0, err = 0;

	if (!groups)
		return -ENOMEM;
	qsort(groups, nr_groups, sizeof(*groups), compare_sizes);
	for (unsigned int i = 0; i < nr_groups && !err; i++) {
		if (groups[i]->is_attached)
			continue;
		err = group__attach(groups[i], env, progress__add, progress);
		nr++;
	}
	free(groups);
	return err ? err : nr;
}

static bool has_groups_left(const struct probe_list *list)
{
	for (unsigned int i = 0; i < list->nr_plans; i++)
		for (struct group *group = list->plans[i].groups; group; group = group->next)
			if (!group->is_attached)
				return true;
	return false;
}

/* What the links did not take goes by the next way that there is, which can be another group. */
static int find_next_ways(struct probe_env *env)
{
	int err = 0;

	for (unsigned int i = 0; i < env->list->nr_probes && !err; i++) {
		if (env->list->probes[i].backend)
			continue;
		probe__next_way(&env->list->probes[i], env);
		err = check_stop(env);
	}
	return err;
}

/* Until no link refuses anything that another could take. */
static int attach_all_groups(struct probe_env *env, struct progress *progress)
{
	int err;

	do {
		err = attach_groups(env, progress);
	} while (err > 0 && !(err = find_next_ways(env)) && has_groups_left(env->list));
	return err < 0 ? err : 0;
}

/*
 * Notes before all else: of the programs at one function the kernel runs the newest first, of a
 * trampoline's as of kprobes' (__bpf_trampoline_link_prog(), add_new_kprobe()). So the events of an
 * object come before the note that it is freed there.
 */
static int attach_notes(struct probe_env *env, struct progress *progress)
{
	int err = 0;

	for (unsigned int i = 0; i < env->list->nr_probes && !err; i++) {
		struct probe *probe = &env->list->probes[i];

		if (probe->plan->role != ROLE_NOTE || probe->group)
			continue;
		probe__attach(probe, env);
		progress__add(progress, 1);
		err = check_stop(env);
	}
	return err;
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* What it came to, for -v. */
static void say_attached(const struct probe_list *list, double took)
{
	unsigned int nr_funcs = 0, nr_links = 0;

	for (unsigned int i = 0; i < list->nr_plans; i++)
		for (struct group *group = list->plans[i].groups; group; group = group->next)
			for (unsigned int j = 0; j < group->nr_links; j++)
				for (int side = 0; side < NR_SIDES; side++)
					nr_links += group->links[j].fds[side] >= 0;
	for (unsigned int i = 0; i < list->nr_probes; i++) {
		nr_funcs += list->probes[i].backend != NULL;
		for (int side = 0; side < NR_SIDES; side++)
			nr_links += list->probes[i].link_fds[side] >= 0;
	}
	pr_debug("attached to %u functions by %u links in %.3f s\n", nr_funcs, nr_links, took);
}

int hook__attach(struct probe_env *env)
{
	double start = seconds();
	struct progress progress = {
		env->opts, "Attaching to functions", 0, env->list->nr_probes,
	};
	int err;

	/* A link of many functions is one system call, which may take seconds. */
	progress__tell(&progress);
	err = attach_notes(env, &progress);
	if (!err)
		err = attach_all_groups(env, &progress);
	for (unsigned int i = 0; i < env->list->nr_probes && !err; i++) {
		struct probe *probe = &env->list->probes[i];

		if (probe->group || probe->plan->role == ROLE_NOTE)
			continue;
		probe__attach(probe, env);
		progress__add(&progress, 1);
		err = check_stop(env);
	}
	/* A probe that failed only now may have found a group. */
	if (!err)
		err = attach_all_groups(env, &progress);
	progress__end(&progress);
	if (!err && verbose > 0)
		say_attached(env->list, seconds() - start);
	return err;
}

/* ---- detaching ---------------------------------------------------------------------------- */

/* What several threads take out, each the next that is left: first the groups, then the probes. */
struct detaching {
	struct probe_list *list;
	struct group **groups;
	unsigned int nr_groups, total;
	unsigned int next;
};

static bool detach_next(struct detaching *work, unsigned int *done)
{
	unsigned int i = __atomic_fetch_add(&work->next, 1, __ATOMIC_RELAXED);

	if (i >= work->total)
		return false;
	if (i < work->nr_groups)
		group__detach(work->groups[i]);
	else
		probe__detach(&work->list->probes[i - work->nr_groups]);
	*done = i + 1;
	return true;
}

static void *detach_some(void *arg)
{
	unsigned int done;

	while (detach_next(arg, &done))
		;
	return NULL;
}

/* Probes that have links of their own: those are worth threads. */
static unsigned int nr_single(const struct probe_list *list)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < list->nr_probes; i++)
		nr += probe__is_attached(&list->probes[i]);
	return nr;
}

/*
 * Taking a kprobe out means waiting for the kernel, some tenths of a second, idly: many wait
 * together. (Trampolines are taken out one after the other whoever asks.)
 */
void hook__detach(struct probe_env *env)
{
	struct detaching work = { .list = env->list };
	struct progress progress = { .opts = env->opts, .what = "Detaching" };
	unsigned int wanted = nr_single(env->list), nr = 0;
	double start = seconds();
	pthread_t threads[DETACH_THREADS];

	/* Without memory for this, unloading detaches the groups. */
	work.groups = collect_groups(work.list, &work.nr_groups);
	work.total = work.nr_groups + work.list->nr_probes;
	progress.total = work.total;
	if (work.total)
		progress__tell(&progress);
	while (nr < DETACH_THREADS && nr + 1 < wanted &&
	       !pthread_create(&threads[nr], NULL, detach_some, &work))
		nr++;
	while (detach_next(&work, &progress.done))
		if (progress.done < progress.total)
			progress__tell(&progress);
	while (nr)
		pthread_join(threads[--nr], NULL);
	if (work.total)
		progress__end(&progress);
	pr_debug("detached in %.3f s\n", seconds() - start);
	free(work.groups);
}
