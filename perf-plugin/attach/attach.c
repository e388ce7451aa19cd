// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "../util/verbose.h"
#include "attach.h"
#include "files.h"
#include "hook.h"
#include "left-out.h"
#include "missed.h"
#include "probes.h"

struct attach {
	struct attach_opts opts;
	struct event_list *events;
	struct probe_env env;
	struct probe_list list;
	bool is_detached;
	uint64_t *missed;		/* by event; NULL: not asked yet */
	struct ring_buffer *ring;
	attach_record_fn consumer;
	void *consumer_ctx;
};

/* What was asked for is there; where it is not, trying would only say "invalid argument". */
static int check_backend(const struct probe_env *env, struct diag *diag)
{
	for (int paired = 0; paired < 2; paired++) {
		enum backend_choice id = env->orders[paired][0];
		const struct feature_result *result;

		if (!probe_list__has_any(env->list, paired) || env->opts->backend == BACKEND_AUTO)
			continue;
		if (!env->nr_orders[paired]) {
			diag__error(diag, -EINVAL, "--backend %s is for tracepoints: -f 'tp:name'",
				    backend__name(env->opts->backend));
			return -EINVAL;
		}
		if (env->choice.sequence && id != BACKEND_FENTRY && id != BACKEND_KPROBE) {
			diag__error(diag, -EOPNOTSUPP, "--backend %s cannot follow a --sequence",
				    backend__name(env->opts->backend));
			diag__hint(diag, "fentry and kprobe can");
			return -EOPNOTSUPP;
		}
		if (!backends[id]->by_kprobe && env->choice.nr_funcs > CHOICE_MAX_TRAMPOLINES) {
			diag__error(diag, -E2BIG, "%s is not for %u functions: %u at most",
				    backend__name(id), env->choice.nr_funcs,
				    CHOICE_MAX_TRAMPOLINES);
			diag__hint(diag, "some kernels hang with so many trampolines; kprobe.multi "
					 "and kprobe.session take them");
			return -E2BIG;
		}
		if (id == BACKEND_FENTRY || id == BACKEND_KPROBE)
			continue;	/* these say more when they are tried */
		result = features__get(env->features, id);
		if (result->err) {
			diag__error(diag, result->err, "this kernel has no %s: %s", result->name,
				    strerror(-result->err));
			diag__hint(diag, "perf btfsnoop features says what it has");
			return result->err;
		}
	}
	return 0;
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
	attach->env.opts = &attach->opts;
	attach->env.list = &attach->list;
	probe_env__find_pmu(&attach->env);
	err = probe_list__make(&attach->list, events, opts);
	if (!err)
		err = features__new(kbtf, false, &attach->env.features);
	if (!err)
		err = programs__new(opts, opts->share ? opts->share->env.programs : NULL, events,
				    kbtf, &attach->env.programs, diag);
	if (!err) {
		probe_env__plan_files(&attach->env);
		err = check_backend(&attach->env, diag);
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
	plan->by_cookie = shared->by_cookie;
	plan->nr_cells = plan->stat ? shared->nr_funcs : 0;
	plan->clock = attach->opts.clock;
	plan->clock_offset = attach->opts.clock_offset;
	plan->ip = shared->ip;
	plan->reserve_size = plan->record_size;
	if (attach->opts.chain && !plan->stat) {
		plan->chain = attach->opts.chain;
		plan->max_frames = attach->opts.max_frames;
		plan->reserve_size += BS_CHAIN_SIZE(plan->max_frames);
		if (shared->event && shared->event->is_tracepoint)
			plan->max_frames += BS_CHAIN_OWN;
	}
	/* A note is about no task: nothing else has to be so. */
	plan->always = shared->event && shared->event->spec->is_note;
	if (plan->always)
		return;
	plan->target = attach->opts.target;
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
	if (shared->event)
		return shared->event->schema.name;
	return shared->note ? shared->note->func.name : "--sequence";
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
	if (err == -E2BIG)
		return diag__error(diag, err, "'%s' is about so many functions that what is to be "
				   "counted of them takes more than 1 GiB", plan_name(shared));
	return diag__error(diag, err, "cannot create the maps of '%s': %s", plan_name(shared),
			   strerror(-err));
}

static int stopped(int err, struct diag *diag)
{
	return err == -EINTR ? diag__error(diag, err, "interrupted before recording began") : err;
}

int attach__load(struct attach *attach, struct diag *diag)
{
	struct probe_list *list = &attach->list;
	unsigned int paired = nr_paired(list);
	uint32_t max_memory = attach->opts.max_memory / (paired ? paired : 1);
	int err = 0;

	for (unsigned int i = 0; i < list->nr_plans && !err; i++)
		err = load_plan(attach, &list->plans[i], max_memory, diag);
	if (!err)
		err = stopped(hook__load(&attach->env), diag);
	return err || attach->opts.share ? err : left_out__check(list, false, diag);
}

int attach__attach(struct attach *attach, struct diag *diag)
{
	int err = 0;

	/* First, so that an event on one of their tracepoints finds what they note there. */
	if (attach->opts.target.flags & BS_TARGET_TASKS && !attach->opts.share) {
		err = programs__follow_tasks(attach->env.programs);
		if (err)
			return diag__error(diag, err, "cannot follow forks: %s", strerror(-err));
	}
	err = stopped(hook__attach(&attach->env), diag);
	if (err || attach->opts.share)
		return err;
	probe_list__say_notes(&attach->list, attach->opts.notes, attach->opts.nr_notes);
	return left_out__check(&attach->list, true, diag);
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
	unsigned int end;

	for (unsigned int i = probe_list__of_event(list, index, &end); i < end; i++) {
		const struct probe *probe = &list->probes[i];

		if (!probe->backend)
			continue;
		if (way && strcmp(way, probe__way(probe)))
			buf__addf(out, " by %s;", way);
		buf__addf(out, "%s%s", out->len ? " " : "", probe->func->name);
		way = probe__way(probe);
	}
	buf__addf(out, way ? " by %s" : "nothing", way);
}

static bool is_in_module(const struct probe *probe, const char *module)
{
	return probe->func->module && !strcmp(probe->func->module, module);
}

static bool is_attached_in(const struct probe *probe, const char *module)
{
	return probe->event && is_in_module(probe, module) &&
	       (probe__is_attached(probe) || probe->group);
}

bool attach__has_module(const struct attach *attach, const char *module)
{
	for (unsigned int i = 0; i < attach->list.nr_probes; i++)
		if (is_attached_in(&attach->list.probes[i], module))
			return true;
	return false;
}

/* An event of a function's return is not another function. */
static bool was_counted(const struct probe_list *list, unsigned int index)
{
	const struct probe *probe = &list->probes[index];

	for (unsigned int i = 0; i < index; i++)
		if (probe__is_of(&list->probes[i], probe->func, probe->addr) &&
		    list->probes[i].backend)
			return true;
	return false;
}

unsigned int attach__nr_funcs(const struct attach *attach, const char *module)
{
	const struct probe_list *list = &attach->list;
	unsigned int nr = 0;

	for (unsigned int i = 0; i < list->nr_probes; i++)
		nr += is_attached_in(&list->probes[i], module) && !was_counted(list, i);
	return nr;
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

/* The probe of the event's function number @func. */
static const struct probe *find_probe(const struct attach *attach, unsigned int index,
				      unsigned int func)
{
	unsigned int end, first = probe_list__of_event(&attach->list, index, &end);

	return first + func < end ? &attach->list.probes[first + func] : NULL;
}

struct bs_cell *attach__cell(const struct attach *attach, unsigned int index, unsigned int func,
			     unsigned int cpu)
{
	const struct probe *probe = find_probe(attach, index, func);

	if (!probe || !probe->backend)
		return NULL;
	return loaded_plan__cell(&probe->plan->loaded, probe->cookie, cpu);
}

void attach__why_not(const struct attach *attach, unsigned int index, unsigned int func,
		     struct buf *out)
{
	const struct probe *probe = find_probe(attach, index, func);

	if (probe && !probe->backend)
		left_out__why(probe, out);
}

uint64_t attach__nr_open(const struct attach *attach)
{
	uint64_t nr = 0;

	for (unsigned int i = 0; i < attach->list.nr_plans; i++)
		nr += loaded_plan__nr_open(&attach->list.plans[i].loaded);
	return nr;
}

uint64_t attach__untracked(const struct attach *attach)
{
	return __atomic_load_n(&programs__control(attach->env.programs)->untracked,
			       __ATOMIC_RELAXED);
}

uint64_t attach__missed(struct attach *attach, unsigned int index)
{
	if (!attach->missed) {
		attach->missed = calloc(attach->events->nr, sizeof(*attach->missed));
		if (!attach->missed)
			return 0;
		missed__count(&attach->list, attach->missed);
	}
	return attach->missed[index];
}

void attach__detach(struct attach *attach)
{
	attach->is_detached = true;
	hook__detach(&attach->env);
}

void attach__detach_module(struct attach *attach, const char *module)
{
	for (unsigned int i = 0; i < attach->list.nr_probes; i++) {
		struct probe *probe = &attach->list.probes[i];

		if (!probe->group && is_in_module(probe, module))
			probe__detach(probe);
	}
}

void attach__free(struct attach *attach)
{
	if (!attach)
		return;
	if (!attach->is_detached)
		attach__detach(attach);
	probe_list__exit(&attach->list);
	features__free(attach->env.features);
	free(attach->missed);
	for (unsigned int i = 0; i < attach->env.nr_modules; i++)
		close(attach->env.modules[i].fd);
	free(attach->env.modules);
	ring_buffer__free(attach->ring);
	programs__free(attach->env.programs);
	free(attach);
}
