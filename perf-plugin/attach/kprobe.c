// SPDX-License-Identifier: GPL-2.0-only
/*
 * kprobe and kretprobe, through perf_event_open(2) (4.17) and a BPF link on the event (5.15): for
 * functions that a trampoline cannot be built for, and kernels without trampolines.
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

static int open_kprobe(const struct kfunc *func, uint64_t addr, bool at_return)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	int type = read_pmu(PMU_DIR "type", "%d");
	int bit = read_pmu(PMU_DIR "format/retprobe", "config:%d");
	char *symbol = NULL;
	int fd;

	if (type < 0 || bit < 0 || bit > 63)
		return -ENOENT;
	if (!addr && asprintf(&symbol, "%s%s%s", func->module ? func->module : "",
			      func->module ? ":" : "", func->name) < 0)
		return -ENOMEM;
	attr.type = type;
	attr.config = at_return ? 1ULL << bit : 0;
	/* By address where it is known, because a name can belong to several functions. */
	attr.kprobe_func = (uintptr_t)symbol;
	attr.kprobe_addr = addr;
	fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	free(symbol);
	return fd;
}

static int load(struct probe *probe, struct programs *programs, struct kbtf *kbtf)
{
	bool paired = probe->event->paired;
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	int fd;

	(void)kbtf;
	fd = programs__load(programs, paired ? PROGRAM_KPROBE_CALL : PROGRAM_KPROBE_ENTRY,
			    &probe->plan, BPF_PROG_TYPE_KPROBE, &opts);
	probe->prog_fds[SIDE_ENTRY] = fd;
	if (fd >= 0 && paired) {
		fd = programs__load(programs, PROGRAM_KPROBE_RETURN, &probe->plan,
				    BPF_PROG_TYPE_KPROBE, &opts);
		probe->prog_fds[SIDE_RETURN] = fd;
	}
	return fd < 0 ? fd : 0;
}

static int attach_side(struct probe *probe, int side)
{
	const struct schema *schema = &probe->event->schema;
	int fd;

	if (probe->prog_fds[side] < 0)
		return 0;
	fd = open_kprobe(&probe->event->func, schema->nr_funcs ? schema->funcs[0].addr : 0,
			 side == SIDE_RETURN);
	if (fd < 0)
		return fd;
	probe->perf_fds[side] = fd;
	fd = bpf_link_create(probe->prog_fds[side], probe->perf_fds[side], BPF_PERF_EVENT, NULL);
	if (fd < 0)
		return fd;
	probe->link_fds[side] = fd;
	return 0;
}

static int attach(struct probe *probe)
{
	int err = attach_side(probe, SIDE_RETURN);

	return err ? err : attach_side(probe, SIDE_ENTRY);
}

const struct backend backend__kprobe = {
	.name = "kprobe",
	.paired_name = "kprobe+kretprobe",
	.load = load,
	.attach = attach,
};
