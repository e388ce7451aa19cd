// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "../util/verbose.h"
#include "attach.h"
#include "backend.h"
#include "refusal.h"

struct attach {
	struct attach_opts opts;
	struct event_list *events;
	struct kbtf *kbtf;
	struct programs *programs;
	struct probe *probes;		/* one an event */
	struct ring_buffer *ring;
	attach_record_fn consumer;
	void *consumer_ctx;
};

int attach__new(const struct attach_opts *opts, struct event_list *events, struct kbtf *kbtf,
		struct attach **out, struct diag *diag)
{
	struct attach *attach = calloc(1, sizeof(*attach));
	int err;

	if (!attach)
		return -ENOMEM;
	attach->opts = *opts;
	attach->events = events;
	attach->kbtf = kbtf;
	attach->probes = calloc(events->nr, sizeof(*attach->probes));
	if (!attach->probes) {
		free(attach);
		return -ENOMEM;
	}
	for (unsigned int i = 0; i < events->nr; i++)
		attach->probes[i] = (struct probe){
			.event = events->events[i],
			.plan = { .plan_fd = -1, .slots_fd = -1 },
			.prog_fds = { -1, -1 }, .link_fds = { -1, -1 }, .perf_fds = { -1, -1 },
		};
	err = programs__new(opts, events->nr, &attach->programs, diag);
	if (err) {
		attach__free(attach);
		return err;
	}
	*out = attach;
	return 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void probe__detach(struct probe *probe)
{
	/* The entry first: no call is entered any more whose return would be missed. */
	for (int side = 0; side < NR_SIDES; side++) {
		close_fd(&probe->link_fds[side]);
		close_fd(&probe->perf_fds[side]);
	}
}

static void probe__unload(struct probe *probe)
{
	probe__detach(probe);
	for (int side = 0; side < NR_SIDES; side++)
		close_fd(&probe->prog_fds[side]);
}

/* What the plan of an event still lacks is known only now. */
static void complete_plan(const struct attach *attach, unsigned int index)
{
	struct event *event = attach->events->events[index];
	struct bs_plan *plan = &event->plan;

	plan->event = index;
	plan->clock = attach->opts.clock;
	plan->clock_offset = attach->opts.clock_offset;
	plan->target = attach->opts.target;
	plan->ip = event->schema.nr_funcs == 1 ? event->schema.funcs[0].addr : 0;
}

/* Has @backend load the probe's programs; if it can't, nothing of them stays. */
static int try_backend(struct attach *attach, struct probe *probe, const struct backend *backend)
{
	int err = backend->load(probe, attach->programs, attach->kbtf);

	if (err) {
		pr_debug("%s: %s: load: %s\n", probe->event->schema.name, backend->name,
			 strerror(-err));
		probe__unload(probe);
		return err;
	}
	probe->backend = backend;
	return 0;
}

static int refused(const struct probe *probe, const struct attach *attach, int tracing_err,
		   int kprobe_err, struct diag *diag)
{
	struct buf tracing = BUF_INIT, kprobe = BUF_INIT;
	enum backend_choice choice = attach->opts.backend;

	refusal__tracing(tracing_err, &tracing);
	refusal__kprobe(kprobe_err, &kprobe);
	if (choice == BACKEND_TRACING)
		diag__error(diag, tracing_err, "cannot trace '%s' by fentry: %s",
			    probe->event->func.name, buf__str(&tracing));
	else if (choice == BACKEND_KPROBE)
		diag__error(diag, kprobe_err, "cannot trace '%s' by kprobe: %s",
			    probe->event->func.name, buf__str(&kprobe));
	else
		diag__error(diag, kprobe_err, "cannot trace '%s'\n  fentry: %s\n  kprobe: %s",
			    probe->event->func.name, buf__str(&tracing), buf__str(&kprobe));
	if (tracing_err == -EPERM && kprobe_err == -ENOENT)
		diag__hint(diag, "BTF raw tracepoints do work on this kernel: -f 'tp:NAME(...)'; "
				 "perf btfsnoop info 'tp:*' lists them");
	buf__exit(&tracing);
	buf__exit(&kprobe);
	return kprobe_err;
}

/* A kprobe is attached here already: only then does the kernel say whether the function has one. */
static int load_function(struct attach *attach, struct probe *probe, struct diag *diag)
{
	enum backend_choice choice = attach->opts.backend;
	int tracing_err = -EINVAL, err = -EINVAL;

	if (choice != BACKEND_KPROBE) {
		tracing_err = try_backend(attach, probe, &backend__tracing);
		if (!tracing_err)
			return 0;
	}
	if (choice != BACKEND_TRACING) {
		err = try_backend(attach, probe, &backend__kprobe);
		if (!err)
			err = probe->backend->attach(probe);
		if (!err)
			return 0;
		probe__unload(probe);
	}
	return refused(probe, attach, tracing_err, err, diag);
}

static int load_probe(struct attach *attach, unsigned int index, struct diag *diag)
{
	struct probe *probe = &attach->probes[index];
	int err;

	complete_plan(attach, index);
	err = programs__load_plan(attach->programs, &probe->event->plan, probe->event->paired,
				  attach->opts.max_memory / attach->events->nr, &probe->plan);
	if (err)
		return diag__error(diag, err, "cannot create the maps of '%s': %s",
				   probe->event->schema.name, strerror(-err));
	if (!probe->event->is_tracepoint)
		return load_function(attach, probe, diag);
	err = try_backend(attach, probe, &backend__tracepoint);
	if (err)
		diag__error(diag, err, "cannot load the program for tracepoint '%s': %s",
			    probe->event->func.name, strerror(-err));
	return err;
}

int attach__load(struct attach *attach, struct diag *diag)
{
	int err = 0;

	for (unsigned int i = 0; i < attach->events->nr && !err; i++)
		err = load_probe(attach, i, diag);
	return err;
}

static bool is_attached(const struct probe *probe)
{
	return probe->link_fds[SIDE_ENTRY] >= 0;
}

static int attach_probe(struct attach *attach, struct probe *probe, struct diag *diag)
{
	int err, tracing_err;

	if (is_attached(probe))
		return 0;
	err = probe->backend->attach(probe);
	if (!err)
		return 0;
	pr_debug("%s: %s: attach: %s\n", probe->event->schema.name, probe->backend->name,
		 strerror(-err));
	if (probe->event->is_tracepoint)
		return diag__error(diag, err, "cannot attach to tracepoint '%s': %s",
				   probe->event->func.name, strerror(-err));
	probe__unload(probe);
	tracing_err = err;
	if (attach->opts.backend == BACKEND_TRACING)
		return refused(probe, attach, tracing_err, err, diag);
	err = try_backend(attach, probe, &backend__kprobe);
	if (!err)
		err = probe->backend->attach(probe);
	return err ? refused(probe, attach, tracing_err, err, diag) : 0;
}

int attach__attach(struct attach *attach, struct diag *diag)
{
	int err = 0;

	/* First, so that an event on one of their tracepoints finds what they note there. */
	if (attach->opts.target.flags & BS_TARGET_TASKS) {
		err = programs__follow_tasks(attach->programs);
		if (err)
			diag__error(diag, err, "cannot follow forks: %s", strerror(-err));
	}
	for (unsigned int i = 0; i < attach->events->nr && !err; i++)
		err = attach_probe(attach, &attach->probes[i], diag);
	return err;
}

int attach__set_task(struct attach *attach, pid_t tid, uint32_t state)
{
	return bpf_map_update_elem(programs__tasks_fd(attach->programs), &tid, &state, BPF_ANY);
}

void attach__enable(struct attach *attach, bool on)
{
	__atomic_store_n(&programs__control(attach->programs)->enabled, on, __ATOMIC_RELEASE);
}

const char *attach__backend_name(const struct attach *attach, unsigned int index)
{
	const struct probe *probe = &attach->probes[index];

	if (!probe->backend)
		return "none";
	return probe->event->paired ? probe->backend->paired_name : probe->backend->name;
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
	attach->ring = ring_buffer__new(programs__ring_fd(attach->programs), pass_on, attach, NULL);
	return attach->ring ? 0 : -errno;
}

int attach__drain(struct attach *attach)
{
	return ring_buffer__consume(attach->ring);
}

int attach__wakeup_fd(const struct attach *attach)
{
	return programs__ring_fd(attach->programs);
}

struct bs_counters attach__counters(const struct attach *attach, unsigned int index)
{
	const volatile struct bs_counters *c = &programs__counters(attach->programs)[index];

	return (struct bs_counters){ c->lost_ring, c->lost_slot };
}

static uint64_t recursion_misses(int prog_fd)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	if (prog_fd < 0 || bpf_obj_get_info_by_fd(prog_fd, &info, &len))
		return 0;
	return info.recursion_misses;
}

struct unreturned {
	uint64_t ip;
	uint64_t nr;
};

/* A thread that is gone will not return; its kretprobe had no instance left for it. */
static void count_unreturned(uint64_t key, void *ctx)
{
	struct unreturned *unreturned = ctx;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u", BS_KPROBE_KEY_TID(key, unreturned->ip));
	unreturned->nr += access(path, F_OK) != 0;
}

static uint64_t kretprobe_misses(const struct probe *probe)
{
	struct unreturned unreturned = { .ip = probe->event->plan.ip };

	if (probe->backend == &backend__kprobe && unreturned.ip)
		loaded_plan__for_each_call(&probe->plan, count_unreturned, &unreturned);
	return unreturned.nr;
}

uint64_t attach__missed(const struct attach *attach, unsigned int index)
{
	const struct probe *probe = &attach->probes[index];

	return recursion_misses(probe->prog_fds[SIDE_ENTRY]) +
	       recursion_misses(probe->prog_fds[SIDE_RETURN]) + kretprobe_misses(probe);
}

void attach__detach(struct attach *attach)
{
	for (unsigned int i = 0; i < attach->events->nr; i++)
		probe__detach(&attach->probes[i]);
}

void attach__free(struct attach *attach)
{
	if (!attach)
		return;
	for (unsigned int i = 0; i < attach->events->nr; i++) {
		probe__unload(&attach->probes[i]);
		loaded_plan__exit(&attach->probes[i].plan);
	}
	ring_buffer__free(attach->ring);
	programs__free(attach->programs);
	free(attach->probes);
	free(attach);
}
