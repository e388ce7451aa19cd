// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "link.h"

/* union bpf_attr for BPF_LINK_CREATE, as far as it is needed. */
struct link_create {
	uint32_t prog_fd, target_fd, attach_type, flags;
	union {
		struct {
			uint32_t flags, nr;
			uint64_t syms, addrs, cookies;
		} kprobe_multi;
		struct {
			uint64_t ids, cookies;
			uint32_t nr;
		} tracing_multi;
		uint8_t pad[112];
	};
};

static int call_bpf(int command, void *attr, size_t size)
{
	int fd = syscall(SYS_bpf, command, attr, size);

	return fd < 0 ? -errno : fd;
}

int link__program(int attach_type, uint32_t btf_id)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr;
	int is_kprobe = !attach_type || attach_type == LINK_KPROBE_MULTI ||
			attach_type == LINK_KPROBE_SESSION;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = is_kprobe ? BPF_PROG_TYPE_KPROBE : BPF_PROG_TYPE_TRACING;
	attr.expected_attach_type = attach_type;
	attr.attach_btf_id = btf_id;
	attr.insns = (uintptr_t)nothing;
	attr.insn_cnt = sizeof(nothing) / sizeof(*nothing);
	attr.license = (uintptr_t)"GPL";
	return call_bpf(BPF_PROG_LOAD, &attr, sizeof(attr));
}

int link__tracing(int fd)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.raw_tracepoint.prog_fd = fd;
	return call_bpf(BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr));
}

static int kprobe_type(void)
{
	static int type = -1;
	FILE *file;

	if (type >= 0)
		return type;
	file = fopen("/sys/bus/event_source/devices/kprobe/type", "r");
	if (!file)
		return -errno;
	if (fscanf(file, "%d", &type) != 1)
		type = -1;
	fclose(file);
	return type;
}

int link__kprobe(int fd, uint64_t addr)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = kprobe_type(),
		.config2 = addr,
	};
	int event = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);

	if (event < 0)
		return -errno;
	if (ioctl(event, PERF_EVENT_IOC_SET_BPF, fd) || ioctl(event, PERF_EVENT_IOC_ENABLE, 0)) {
		int err = -errno;

		close(event);
		return err;
	}
	return event;
}

static int link_some(int fd, int attach_type, const struct targets *targets, unsigned int first,
		     unsigned int nr)
{
	uint64_t cookies = targets->cookies ? (uintptr_t)(targets->cookies + first) : 0;
	struct link_create attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_fd = fd;
	attr.attach_type = attach_type;
	if (attach_type == LINK_KPROBE_MULTI || attach_type == LINK_KPROBE_SESSION) {
		attr.kprobe_multi.nr = nr;
		attr.kprobe_multi.addrs = (uintptr_t)(targets->addrs + first);
		attr.kprobe_multi.cookies = cookies;
	} else {
		attr.tracing_multi.nr = nr;
		attr.tracing_multi.ids = (uintptr_t)(targets->ids + first);
		attr.tracing_multi.cookies = cookies;
	}
	return call_bpf(BPF_LINK_CREATE, &attr, sizeof(attr));
}

int link__many(int fd, int attach_type, const struct targets *targets)
{
	return link_some(fd, attach_type, targets, 0, targets->nr);
}

static void drop(struct targets *targets, unsigned int i)
{
	unsigned int behind = --targets->nr - i;
	uint64_t *addr = targets->addrs + i;
	uint32_t *id = targets->ids + i;

	memmove(addr, addr + 1, behind * sizeof(*addr));
	memmove(id, id + 1, behind * sizeof(*id));
	if (targets->cookies) {
		uint64_t *cookie = targets->cookies + i;

		memmove(cookie, cookie + 1, behind * sizeof(*cookie));
	}
}

/* Of [@first, @first + @nr), the last first, so that places in front stay what they are. */
static int weed(int fd, int attach_type, struct targets *targets, unsigned int first,
		unsigned int nr)
{
	int link = link_some(fd, attach_type, targets, first, nr), err;

	if (link >= 0)
		return close(link);
	if (link != -EINVAL && link != -ENOENT && link != -EBUSY && link != -ESRCH)
		return link;
	if (nr == 1) {
		drop(targets, first);
		return 0;
	}
	err = weed(fd, attach_type, targets, first + nr / 2, nr - nr / 2);
	return err ? err : weed(fd, attach_type, targets, first, nr / 2);
}

int link__many_possible(int fd, int attach_type, struct targets *targets)
{
	int link = link__many(fd, attach_type, targets), err;

	if (link >= 0)
		return link;
	err = weed(fd, attach_type, targets, 0, targets->nr);
	return err ? err : link__many(fd, attach_type, targets);
}
