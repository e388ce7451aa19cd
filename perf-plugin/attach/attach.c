// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "../util/verbose.h"
#include "attach.h"
#include "left-out.h"
#include "missed.h"
#include "probes.h"
#include "way.h"

#define DETACH_THREADS	15
#define MANY_PROBES	200	/* that take long enough to say so */

struct attach {
	struct attach_opts opts;
	struct event_list *events;
	struct probe_env env;
	struct probe_list list;
	struct ring_buffer *ring;
	attach_record_fn consumer;
	void *consumer_ctx;
};

/*
 * A file for each link, and for each fentry program. Failing is no error yet: what cannot be opened
 * will say so.
 */
static void raise_file_limit(const struct probe_list *list)
{
	rlim_t wanted = 256 + 2 * probe_list__nr_links(list) + 6 * list->nr_plans;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (limit.rlim_max < wanted)
		limit.rlim_cur = limit.rlim_max = wanted;
	if (!setrlimit(RLIMIT_NOFILE, &limit))
		return;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int attach__new(const struct attach_opts *opts, struct event_list *events, struct kbtf *kbtf,
		struct attach **out, struct diag *diag)
{
	struct attach *attach = calloc(1, sizeof(*attach));
	int err;

	if (!attach)
		return -ENOMEM;
	attach->opts = *opts;
	attach->events = events;
	attach->env.kbtf = kbtf;
	attach->env.choice = opts->backend;
	attach->env.list = &attach->list;
	probe_env__find_pmu(&attach->env);
	err = probe_list__make(&attach->list, events, opts);
	if (!err) {
		raise_file_limit(&attach->list);
		err = programs__new(opts, events, &attach->env.programs, diag);
	}
	if (err) {
		attach__free(attach);
		return err;
	}
	*out = attach;
	return 0;
}

/* What a plan still lacks is known only now. */
static void complete_plan(const struct attach *attach, const struct shared_plan *shared,
			  struct bs_plan *plan)
{
	plan->event = shared->index;
	plan->clock = attach->opts.clock;
	plan->clock_offset = attach->opts.clock_offset;
	plan->target = attach->opts.target;
	plan->ip = shared->ip;
	if (attach->opts.nr_sequence) {
		plan->sequence_step = shared->step;
		plan->sequence_len = attach->opts.nr_sequence;
	}
}

static unsigned int nr_paired(const struct probe_list *list)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < list->nr_plans; i++)
		nr += list->plans[i].role == ROLE_CALL;
	return nr;
}

static const char *plan_name(const struct shared_plan *shared)
{
	return shared->event ? shared->event->schema.name : "--sequence";
}

static int load_plan(struct attach *attach, struct shared_plan *shared, uint32_t max_memory,
		     struct diag *diag)
{
	struct bs_plan *plan = calloc(1, sizeof(*plan));
	int err;

	if (!plan)
		return -ENOMEM;
	if (shared->plan)
		*plan = *shared->plan;
	complete_plan(attach, shared, plan);
	err = programs__load_plan(attach->env.programs, plan, plan_name(shared),
				  shared->role == ROLE_CALL, max_memory, &shared->loaded);
	free(plan);
	if (!err)
		return 0;
	return diag__error(diag, err, "cannot create the maps of '%s': %s", plan_name(shared),
			   strerror(-err));
}

/* Many functions take their time. */
static int check_stop(const struct attach *attach, struct diag *diag)
{
	if (!attach->opts.stop || !attach->opts.stop(attach->opts.stop_ctx))
		return 0;
	return diag__error(diag, -EINTR, "interrupted before recording began");
}

static int load_probes(struct attach *attach, bool paired, struct diag *diag)
{
	struct probe_list *list = &attach->list;
	int err = 0;

	for (unsigned int i = 0; i < list->nr_probes && !err; i++) {
		if (paired != (list->probes[i].plan->role == ROLE_CALL))
			continue;
		probe__load(&list->probes[i], &attach->env);
		err = check_stop(attach, diag);
	}
	return err;
}

int attach__load(struct attach *attach, struct diag *diag)
{
	struct probe_list *list = &attach->list;
	unsigned int paired = nr_paired(list);
	uint32_t max_memory = attach->opts.max_memory / (paired ? paired : 1);
	int err = 0;

	for (unsigned int i = 0; i < list->nr_plans && !err; i++)
		err = load_plan(attach, &list->plans[i], max_memory, diag);
	/* Those that wait for a return first: see the kprobe backend's attach_early(). */
	err = err ? err : load_probes(attach, true, diag);
	err = err ? err : load_probes(attach, false, diag);
	return err ? err : left_out__check(list, false, diag);
}

int attach__attach(struct attach *attach, struct diag *diag)
{
	struct probe_list *list = &attach->list;
	int err = 0;

	/* First, so that an event on one of their tracepoints finds what they note there. */
	if (attach->opts.target.flags & BS_TARGET_TASKS) {
		err = programs__follow_tasks(attach->env.programs);
		if (err)
			return diag__error(diag, err, "cannot follow forks: %s", strerror(-err));
	}
	for (unsigned int i = 0; i < list->nr_probes && !err; i++) {
		probe__attach(&list->probes[i], &attach->env);
		err = check_stop(attach, diag);
	}
	return err ? err : left_out__check(list, true, diag);
}

int attach__set_task(struct attach *attach, pid_t tid, uint32_t state)
{
	return bpf_map_update_elem(programs__tasks_fd(attach->env.programs), &tid, &state, BPF_ANY);
}

void attach__enable(struct attach *attach, bool on)
{
	__atomic_store_n(&programs__control(attach->env.programs)->enabled, on, __ATOMIC_RELEASE);
}

void attach__describe(const struct attach *attach, unsigned int index, struct buf *out)
{
	const struct probe_list *list = &attach->list;
	const char *way = NULL;

	for (unsigned int i = 0; i < list->nr_probes; i++) {
		const struct probe *probe = &list->probes[i];

		if (!probe->plan->event || probe->plan->index != index || !probe->backend)
			continue;
		if (way && strcmp(way, probe__way(probe)))
			buf__addf(out, " by %s;", way);
		buf__addf(out, "%s%s", out->len ? " " : "", probe->func->name);
		way = probe__way(probe);
	}
	buf__addf(out, way ? " by %s" : "nothing", way);
}

static int pass_on(void *ctx, void *record, size_t size)
{
	struct attach *attach = ctx;

	return attach->consumer(attach->consumer_ctx, record, size);
}

int attach__set_consumer(struct attach *attach, attach_record_fn fn, void *ctx)
{
	attach->consumer = fn;
	attach->consumer_ctx = ctx;
	if (attach->ring)
		return 0;
	attach->ring = ring_buffer__new(programs__ring_fd(attach->env.programs), pass_on, attach,
					NULL);
	return attach->ring ? 0 : -errno;
}

int attach__drain(struct attach *attach)
{
	return ring_buffer__consume(attach->ring);
}

int attach__wakeup_fd(const struct attach *attach)
{
	return programs__ring_fd(attach->env.programs);
}

struct bs_counters attach__counters(const struct attach *attach, unsigned int index)
{
	const volatile struct bs_counters *c = &programs__counters(attach->env.programs)[index];

	return (struct bs_counters){ c->lost_ring, c->lost_slot };
}

uint64_t attach__missed(const struct attach *attach, unsigned int index)
{
	return missed__count(&attach->list, index);
}

/* Probes that several threads take out, each the next that is left. */
struct detaching {
	struct probe_list *list;
	unsigned int next;
};

static void *detach_some(void *arg)
{
	struct detaching *work = arg;
	unsigned int i;

	while ((i = __atomic_fetch_add(&work->next, 1, __ATOMIC_RELAXED)) < work->list->nr_probes)
		probe__detach(&work->list->probes[i]);
	return NULL;
}

/*
 * Taking a kprobe out means waiting for the kernel, some tenths of a second, idly: many wait
 * together. (Trampolines are taken out one after the other whoever asks.)
 */
void attach__detach(struct attach *attach)
{
	struct detaching work = { .list = &attach->list };
	pthread_t threads[DETACH_THREADS];
	unsigned int nr = 0;

	if (attach->list.nr_probes > MANY_PROBES)
		pr_info("[ perf btfsnoop record: Detaching from %u functions ]\n",
			attach->list.nr_probes);
	while (nr < DETACH_THREADS && nr + 1 < attach->list.nr_probes &&
	       !pthread_create(&threads[nr], NULL, detach_some, &work))
		nr++;
	detach_some(&work);
	while (nr)
		pthread_join(threads[--nr], NULL);
}

void attach__free(struct attach *attach)
{
	if (!attach)
		return;
	attach__detach(attach);
	probe_list__exit(&attach->list);
	for (unsigned int i = 0; i < attach->env.nr_modules; i++)
		close(attach->env.modules[i].fd);
	free(attach->env.modules);
	ring_buffer__free(attach->ring);
	programs__free(attach->env.programs);
	free(attach);
}
