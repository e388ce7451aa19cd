// SPDX-License-Identifier: GPL-2.0-only
/*
 * BTF raw tracepoints. The types come from BTF, but the program is a plain raw tracepoint's: there
 * arguments are numbers, as everywhere else in a plan, and not pointers the verifier keeps track
 * of. The kernel checks at the attaching that the tracepoint has as many as the program reads.
 */
#include "backend.h"

static int load(struct probe *probe, struct probe_env *env)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	int fd;

	fd = programs__load(env->programs, shared_plan__form(probe->plan, SIDE_ENTRY),
			    &probe->plan->loaded,
			    BPF_PROG_TYPE_RAW_TRACEPOINT, &opts);
	probe->prog_fds[SIDE_ENTRY] = fd;
	return fd < 0 ? fd : 0;
}

static int attach(struct probe *probe, struct probe_env *env)
{
	int fd = bpf_raw_tracepoint_open(probe->func->name, probe->prog_fds[SIDE_ENTRY]);

	(void)env;
	probe->link_fds[SIDE_ENTRY] = fd;
	return fd < 0 ? fd : 0;
}

const struct backend backend__tp_btf = {
	.id = BACKEND_TP_BTF,
	.name = "raw_tp",
	.paired_name = "raw_tp",
	.load = load,
	.attach = attach,
};
