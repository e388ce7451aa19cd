// SPDX-License-Identifier: GPL-2.0-only
/*
 * kprobe and kretprobe, through perf_event_open(2) (4.17) and a BPF link on the event (5.15): for
 * functions that a trampoline cannot be built for, kernels without trampolines, and many functions,
 * which run one and the same program.
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "backend.h"

#define PMU_DIR	"/sys/bus/event_source/devices/kprobe/"

/* A number out of one of the PMU's files: "%d" or "config:%d". Returns it or -ENOENT. */
static int read_pmu(const char *file, const char *fmt)
{
	FILE *f = fopen(file, "re");
	int value = -ENOENT;

	if (!f)
		return -ENOENT;
	if (fscanf(f, fmt, &value) != 1)
		value = -ENOENT;
	fclose(f);
	return value;
}

void probe_env__find_pmu(struct probe_env *env)
{
	env->pmu_type = read_pmu(PMU_DIR "type", "%d");
	env->pmu_retprobe_bit = read_pmu(PMU_DIR "format/retprobe", "config:%d");
	if (env->pmu_retprobe_bit > 63)
		env->pmu_retprobe_bit = -ENOENT;
}

int kprobe__open(const struct probe *probe, const struct probe_env *env, bool at_return)
{
	struct perf_event_attr attr = { .size = sizeof(attr), .type = env->pmu_type };
	const struct kfunc *func = probe->func;
	char *symbol = NULL;
	int fd;

	if (!probe->addr && asprintf(&symbol, "%s%s%s", func->module ? func->module : "",
				     func->module ? ":" : "", func->name) < 0)
		return -ENOMEM;
	attr.config = at_return ? 1ULL << env->pmu_retprobe_bit : 0;
	/* By address where it is known, because a name can belong to several functions. */
	attr.kprobe_func = (uintptr_t)symbol;
	attr.kprobe_addr = probe->addr;
	fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	free(symbol);
	return fd;
}

static int load_side(struct shared_plan *plan, struct probe_env *env, int side)
{
	enum program_form form = shared_plan__form(plan, side);
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	int fd;

	if (form == NR_PROGRAM_FORMS)
		return 0;
	fd = programs__load(env->programs, form, &plan->loaded, BPF_PROG_TYPE_KPROBE, &opts);
	plan->kprobe_fds[side] = fd;
	return fd < 0 ? fd : 0;
}

/* The plan's programs are loaded for the first of its functions, for all of them. */
static int load(struct probe *probe, struct probe_env *env)
{
	struct shared_plan *plan = probe->plan;

	if (env->pmu_type < 0 || env->pmu_retprobe_bit < 0)
		return -ENOENT;
	if (plan->kprobe_err || plan->kprobe_fds[SIDE_ENTRY] >= 0)
		return plan->kprobe_err;
	plan->kprobe_err = load_side(plan, env, SIDE_ENTRY);
	if (!plan->kprobe_err)
		plan->kprobe_err = load_side(plan, env, SIDE_RETURN);
	return plan->kprobe_err;
}

static int attach_side(struct probe *probe, struct probe_env *env, int side)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .perf_event.bpf_cookie = probe->cookie);
	int prog_fd = probe->plan->kprobe_fds[side];
	int perf_fd, fd;

	if (prog_fd < 0 || probe->link_fds[side] >= 0)
		return 0;
	perf_fd = kprobe__open(probe, env, side == SIDE_RETURN);
	if (perf_fd < 0)
		return perf_fd;
	/* The link holds the perf event from now on. */
	fd = bpf_link_create(prog_fd, perf_fd, BPF_PERF_EVENT, &opts);
	close(perf_fd);
	probe->link_fds[side] = fd;
	return fd < 0 ? fd : 0;
}

static int attach(struct probe *probe, struct probe_env *env)
{
	int err = attach_side(probe, env, SIDE_RETURN);

	return err ? err : attach_side(probe, env, SIDE_ENTRY);
}

/*
 * Of a call that is paired the return side only: the kernel runs what was attached last first, and
 * whoever walks the stack behind a kretprobe finds its trampoline in the place of the caller (7.2's
 * bpf_get_stack() ends there). So all kretprobes are attached before any entry side is.
 */
static int attach_early(struct probe *probe, struct probe_env *env)
{
	bool paired = probe->plan->kprobe_fds[SIDE_RETURN] >= 0;

	return attach_side(probe, env, paired ? SIDE_RETURN : SIDE_ENTRY);
}

const struct backend backend__kprobe = {
	.id = BACKEND_KPROBE,
	.by_kprobe = true,
	.name = "kprobe",
	.paired_name = "kprobe+kretprobe",
	.load = load,
	.attach = attach,
	.attach_early = attach_early,
};
