// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../types/type.h"
#include "aim.h"

#define NSEC_PER_SEC	1000000000LL
#define MAX_TASKS	65536
#define SLOTS_MEMORY	(4u << 20)	/* bytes for calls in flight, of all events together */

static int64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/* CLOCK_REALTIME is TAI less a number of whole seconds, as long as no leap second passes. */
static int choose_clock(clockid_t clock, struct attach_opts *opts, struct diag *diag)
{
	int64_t tai, real;

	switch (clock) {
	case CLOCK_MONOTONIC:
		opts->clock = BS_CLOCK_MONO;
		return 0;
	case CLOCK_BOOTTIME:
		opts->clock = BS_CLOCK_BOOT;
		return 0;
	case CLOCK_TAI:
		opts->clock = BS_CLOCK_TAI;
		return 0;
	case CLOCK_REALTIME:
		opts->clock = BS_CLOCK_TAI;
		tai = now_ns(CLOCK_TAI);
		real = now_ns(CLOCK_REALTIME);
		opts->clock_offset = (real - tai - NSEC_PER_SEC / 2) / NSEC_PER_SEC * NSEC_PER_SEC;
		return 0;
	default:
		return diag__error(diag, -EINVAL, "BPF programs cannot read this clock");
	}
}

bool aim__is_by_task(const struct session_opts *opts)
{
	return !opts->system_wide && (opts->target->nr_tids || opts->workload);
}

static void choose_target(const struct session_opts *opts, struct bs_target *target)
{
	if (aim__is_by_task(opts))
		target->flags |= BS_TARGET_TASKS;
	if (opts->by_uid)
		target->flags |= BS_TARGET_UID;
	if (opts->exclude_self)
		target->flags |= BS_TARGET_NOT_TGID;
	if (opts->cpus) {
		target->flags |= BS_TARGET_CPUS;
		memcpy(target->cpus, opts->cpus, sizeof(target->cpus));
	}
	target->uid = opts->uid;
	target->not_tgid[0] = getpid();
	target->not_tgid[1] = opts->reader ? opts->reader : getpid();
}

/* What else has to be so for there to be an event, besides the spec's own filters. */
static void choose_conditions(const struct session_opts *opts, const struct resolved *resolved,
			      int cgroup_fd, struct bs_target *target)
{
	if (cgroup_fd >= 0)
		target->flags |= BS_TARGET_CGROUP;
	target->nr_stack_has = opts->nr_stack_has;
	for (unsigned int i = 0; i < target->nr_stack_has; i++) {
		target->flags |= BS_TARGET_STACK;
		target->stack_has[i].start = resolved->stack_has[i].start;
		target->stack_has[i].end = resolved->stack_has[i].end;
	}
	if (resolved->nr_sequence)
		target->flags |= BS_TARGET_SEQUENCE;
}

static int choose_sequence(const struct resolved *resolved, struct attach_opts *opts)
{
	struct attach_func *sequence;

	if (!resolved->nr_sequence)
		return 0;
	sequence = calloc(resolved->nr_sequence, sizeof(*sequence));
	if (!sequence)
		return -ENOMEM;
	for (unsigned int i = 0; i < resolved->nr_sequence; i++)
		sequence[i] = (struct attach_func){
			.func = resolved->sequence[i].func,
			.addrs = resolved->sequence[i].addrs,
			.nr_addrs = resolved->sequence[i].nr_addrs,
		};
	opts->sequence = sequence;
	opts->nr_sequence = resolved->nr_sequence;
	return 0;
}

/* Where task_struct keeps its pid, in this kernel: for the programs that follow forks. */
static int find_task_pid(struct kbtf *kbtf, uint32_t *offset, struct diag *diag)
{
	struct member_place place;
	const struct btf *btf;
	int32_t id;
	int err = kbtf__vmlinux(kbtf, &btf, diag);

	if (err)
		return err;
	id = btf__find_by_name_kind(btf, "task_struct", BTF_KIND_STRUCT);
	if (id < 0 || type__find_member(btf, id, "pid", &place))
		return diag__error(diag, -ENOENT, "the kernel's BTF has no task_struct.pid");
	*offset = place.bit_off / 8;
	return 0;
}

int aim__make(const struct session_opts *opts, const struct resolved *resolved, int cgroup_fd,
	      struct attach_opts *out, struct diag *diag)
{
	int err = choose_clock(opts->clockid, out, diag);

	out->ring_size = opts->ring_size;
	out->chain = (opts->chains.kernel ? BS_CHAIN_KERNEL : 0) |
		     (opts->chains.user ? BS_CHAIN_USER : 0);
	out->max_frames = opts->chains.max_stack;
	out->max_tasks = MAX_TASKS;
	out->max_memory = SLOTS_MEMORY;
	out->backend = opts->backend;
	out->notes = resolved->track.notes;
	out->nr_notes = resolved->track.nr_notes;
	out->track_max = opts->track ? opts->track_max : 0;
	out->cgroup_fd = cgroup_fd;
	choose_target(opts, &out->target);
	choose_conditions(opts, resolved, cgroup_fd, &out->target);
	if (!err && out->target.flags & BS_TARGET_TASKS)
		err = find_task_pid(resolved->kbtf, &out->task_pid_offset, diag);
	return err ? err : choose_sequence(resolved, out);
}
