// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "link.h"

#define KPROBE_MULTI_RETURN	1	/* BPF_F_KPROBE_MULTI_RETURN */

/* union bpf_attr.link_create; what a kernel knows nothing of has to be 0. */
struct link_attr {
	uint32_t prog_fd, target_fd, type, flags;
	union {
		struct {
			uint32_t target_btf_id, pad;
			uint64_t cookie;
		} tracing;
		struct {
			uint32_t flags, nr;
			uint64_t syms, addrs, cookies;
		} kprobe_multi;
		struct {
			uint64_t ids, cookies;
			uint32_t nr, pad;
		} tracing_multi;
	};
};

static int create(const struct link_attr *attr)
{
	int fd = syscall(SYS_bpf, BPF_LINK_CREATE, attr, sizeof(*attr));

	return fd < 0 ? -errno : fd;
}

int link__tracing(int prog_fd, int type, uint64_t cookie)
{
	const struct link_attr attr = {
		.prog_fd = prog_fd, .type = type, .tracing.cookie = cookie,
	};

	return create(&attr);
}

int link__tracing_multi(int prog_fd, int type, const uint32_t *ids, const uint64_t *cookies,
			uint32_t nr)
{
	const struct link_attr attr = {
		.prog_fd = prog_fd, .type = type,
		.tracing_multi = {
			.ids = (uintptr_t)ids, .cookies = (uintptr_t)cookies, .nr = nr,
		},
	};

	return create(&attr);
}

int link__kprobe_multi(int prog_fd, int type, bool at_return, const uint64_t *addrs,
		       const char *const *syms, const uint64_t *cookies, uint32_t nr)
{
	const struct link_attr attr = {
		.prog_fd = prog_fd, .type = type,
		.kprobe_multi = {
			.flags = at_return ? KPROBE_MULTI_RETURN : 0, .nr = nr,
			.syms = (uintptr_t)syms, .addrs = (uintptr_t)addrs,
			.cookies = (uintptr_t)cookies,
		},
	};

	return create(&attr);
}

/* enum bpf_perf_event_type, Linux 6.6 */
#define PERF_EVENT_KPROBE	3
#define PERF_EVENT_KRETPROBE	4

uint64_t link__missed(int link_fd)
{
	struct {
		uint32_t type, id, prog_id, pad;
		union {
			struct {
				uint64_t addrs;
				uint32_t nr, flags;
				uint64_t missed, cookies;
			} kprobe_multi;
			struct {
				uint32_t type, pad;
				uint64_t name;
				uint32_t name_len, offset;
				uint64_t addr, missed, cookie;
			} perf_event;
		};
	} info = { 0 };
	const struct {
		uint32_t fd, len;
		uint64_t info;
	} attr = { link_fd, sizeof(info), (uintptr_t)&info };

	if (syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)))
		return 0;
	/* Of other types of links something else would be in its place. */
	if (info.type == BPF_LINK_TYPE_KPROBE_MULTI)
		return info.kprobe_multi.missed;
	if (info.type == BPF_LINK_TYPE_PERF_EVENT && (info.perf_event.type == PERF_EVENT_KPROBE ||
						      info.perf_event.type == PERF_EVENT_KRETPROBE))
		return info.perf_event.missed;
	return 0;
}
