// SPDX-License-Identifier: GPL-2.0-only
/* fentry and fexit: a trampoline of its own for each function (5.5, with IBT 5.18). */
#include <errno.h>
#include <stdlib.h>

#include "../types/abi.h"
#include "backend.h"

static const enum bpf_attach_type types[NR_SIDES] = { BPF_TRACE_FENTRY, BPF_TRACE_FEXIT };

/* The fd of a module's BTF, opened once and kept until the end; 0 stands for vmlinux. */
static int btf_fd(struct probe_env *env, const struct kfunc *func)
{
	struct module_fd *modules;
	int fd;

	if (!func->module)
		return 0;
	for (unsigned int i = 0; i < env->nr_modules; i++)
		if (env->modules[i].btf == func->btf)
			return env->modules[i].fd;
	modules = realloc(env->modules, (env->nr_modules + 1) * sizeof(*modules));
	if (!modules)
		return -ENOMEM;
	env->modules = modules;
	fd = kbtf__open_fd(env->kbtf, func);
	if (fd >= 0)
		modules[env->nr_modules++] = (struct module_fd){ func->btf, fd };
	return fd;
}

static int load_side(struct probe *probe, struct probe_env *env, int side, int module_fd)
{
	enum program_form form = shared_plan__form(probe->plan, side);
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		.expected_attach_type = types[side],
		.attach_btf_id = probe->func->id,
		.attach_btf_obj_fd = module_fd,
	);
	int fd;

	if (form == NR_PROGRAM_FORMS)
		return 0;
	fd = programs__load(env->programs, form, &probe->plan->loaded, BPF_PROG_TYPE_TRACING,
			    &opts);
	probe->prog_fds[side] = fd;
	return fd < 0 ? fd : 0;
}

static int load(struct probe *probe, struct probe_env *env)
{
	int module_fd, err;

	if (!abi__trampoline_agrees(probe->func))
		return -EOPNOTSUPP;
	if (probe->by_address)		/* the kernel would take the first of that name */
		return -ENOTUNIQ;
	module_fd = btf_fd(env, probe->func);
	if (module_fd < 0)
		return module_fd;
	err = load_side(probe, env, SIDE_ENTRY, module_fd);
	return err ? err : load_side(probe, env, SIDE_RETURN, module_fd);
}

static int attach_side(struct probe *probe, int side)
{
	int fd;

	if (probe->prog_fds[side] < 0)
		return 0;
	fd = bpf_link_create(probe->prog_fds[side], 0, types[side], NULL);
	probe->link_fds[side] = fd;
	return fd < 0 ? fd : 0;
}

/* The return side first: then no call is seen to enter whose return goes unseen. */
static int attach(struct probe *probe, struct probe_env *env)
{
	int err = attach_side(probe, SIDE_RETURN);

	(void)env;
	return err ? err : attach_side(probe, SIDE_ENTRY);
}

const struct backend backend__tracing = {
	.name = "fentry",
	.paired_name = "fentry+fexit",
	.load = load,
	.attach = attach,
};
