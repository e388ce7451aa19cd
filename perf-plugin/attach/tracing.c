// SPDX-License-Identifier: GPL-2.0-only
/* fentry and fexit: a trampoline of its own for each function (5.5, with IBT 5.18). */
#include <errno.h>
#include <unistd.h>

#include "../types/abi.h"
#include "backend.h"

static int load_side(struct probe *probe, struct programs *programs, enum program_form form,
		     enum bpf_attach_type type, int btf_fd)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		.expected_attach_type = type,
		.attach_btf_id = probe->event->func.id,
		.attach_btf_obj_fd = btf_fd,	/* 0: vmlinux */
	);

	return programs__load(programs, form, &probe->plan, BPF_PROG_TYPE_TRACING, &opts);
}

static int load(struct probe *probe, struct programs *programs, struct kbtf *kbtf)
{
	bool paired = probe->event->paired;
	int btf_fd = 0, fd;

	if (!abi__trampoline_agrees(&probe->event->func))
		return -EOPNOTSUPP;
	if (probe->event->func.module) {
		btf_fd = kbtf__open_fd(kbtf, &probe->event->func);
		if (btf_fd < 0)
			return btf_fd;
	}
	fd = load_side(probe, programs, paired ? PROGRAM_TRACING_CALL : PROGRAM_TRACING_ENTRY,
		       BPF_TRACE_FENTRY, btf_fd);
	probe->prog_fds[SIDE_ENTRY] = fd;
	if (fd >= 0 && paired) {
		fd = load_side(probe, programs, PROGRAM_TRACING_RETURN, BPF_TRACE_FEXIT, btf_fd);
		probe->prog_fds[SIDE_RETURN] = fd;
	}
	if (btf_fd > 0)
		close(btf_fd);
	return fd < 0 ? fd : 0;
}

static int attach_side(struct probe *probe, int side, enum bpf_attach_type type)
{
	int fd;

	if (probe->prog_fds[side] < 0)
		return 0;
	fd = bpf_link_create(probe->prog_fds[side], 0, type, NULL);
	probe->link_fds[side] = fd;
	return fd < 0 ? fd : 0;
}

/* The return side first: then no call is seen to enter whose return goes unseen. */
static int attach(struct probe *probe)
{
	int err = attach_side(probe, SIDE_RETURN, BPF_TRACE_FEXIT);

	return err ? err : attach_side(probe, SIDE_ENTRY, BPF_TRACE_FENTRY);
}

const struct backend backend__tracing = {
	.name = "fentry",
	.paired_name = "fentry+fexit",
	.load = load,
	.attach = attach,
};
