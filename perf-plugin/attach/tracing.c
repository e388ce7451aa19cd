// SPDX-License-Identifier: GPL-2.0-only
/*
 * fentry and fexit: a trampoline of its own for each function (5.5, with IBT 5.18); fsession: both
 * in one program (7.0).
 */
#include <errno.h>
#include <stdlib.h>

#include "../types/abi.h"
#include "group.h"
#include "link.h"
#include "trampoline.h"

int probe_env__btf_fd(struct probe_env *env, const struct kfunc *func)
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

/* Whether there can be a trampoline at all, and for this function. */
static int check(const struct probe *probe, bool at_return)
{
	int err = trampoline__refuses(probe->func, at_return);

	if (!err && !abi__trampoline_agrees(probe->func))
		err = -EOPNOTSUPP;
	if (!err && probe->by_address)	/* the kernel would take the first of that name */
		err = -ENOTUNIQ;
	return err;
}

static int load_side(struct probe *probe, struct probe_env *env, int side, int type,
		     enum program_form form)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		.expected_attach_type = type,
		.attach_btf_id = probe->func->id,
	);
	int fd = probe_env__btf_fd(env, probe->func);

	if (fd < 0)
		return fd;
	opts.attach_btf_obj_fd = fd;
	fd = programs__load(env->programs, form, &probe->plan->loaded, BPF_PROG_TYPE_TRACING,
			    &opts);
	probe->prog_fds[side] = fd;
	return fd < 0 ? fd : 0;
}

static int attach_side(struct probe *probe, int side, int type)
{
	int fd;

	if (probe->prog_fds[side] < 0)
		return 0;
	fd = link__tracing(probe->prog_fds[side], type, probe->cookie);
	probe->link_fds[side] = fd;
	return fd < 0 ? fd : 0;
}

static int fits_entry(const struct probe *probe)
{
	return check(probe, shared_plan__is_paired(probe->plan));
}

static int fits_session(const struct probe *probe)
{
	return check(probe, true);
}

static int load_fentry(struct probe *probe, struct probe_env *env)
{
	int err = load_side(probe, env, SIDE_ENTRY, BPF_TRACE_FENTRY,
			    shared_plan__form(probe->plan, SIDE_ENTRY));

	if (!err && shared_plan__is_paired(probe->plan))
		err = load_side(probe, env, SIDE_RETURN, BPF_TRACE_FEXIT,
				shared_plan__form(probe->plan, SIDE_RETURN));
	return err;
}

/* The return side first: then no call is seen to enter whose return goes unseen. */
static int attach_fentry(struct probe *probe, struct probe_env *env)
{
	int err = attach_side(probe, SIDE_RETURN, BPF_TRACE_FEXIT);

	(void)env;
	return err ? err : attach_side(probe, SIDE_ENTRY, BPF_TRACE_FENTRY);
}

const struct backend backend__fentry = {
	.id = BACKEND_FENTRY,
	.name = "fentry",
	.paired_name = "fentry+fexit",
	.fits = fits_entry,
	.load = load_fentry,
	.attach = attach_fentry,
};

static int load_fsession(struct probe *probe, struct probe_env *env)
{
	return load_side(probe, env, SIDE_ENTRY, ATTACH_FSESSION,
			 shared_plan__session_form(probe->plan));
}

static int attach_fsession(struct probe *probe, struct probe_env *env)
{
	(void)env;
	return attach_side(probe, SIDE_ENTRY, ATTACH_FSESSION);
}

const struct backend backend__fsession = {
	.id = BACKEND_FSESSION,
	.name = "fsession",
	.paired_name = "fsession",
	.is_session = true,
	.fits = fits_session,
	.load = load_fsession,
	.attach = attach_fsession,
};

/* ---- many functions by one link ------------------------------------------------------------- */

/*
 * So many take a second in a slow guest: between links there is time to give up. One call for tens
 * of thousands is no quicker.
 */
#define BATCH	4096

static int load_group_side(struct group *group, struct probe_env *env, int side, int type,
			   enum program_form form)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = type);
	int fd = probe_env__btf_fd(env, group->func);

	if (fd < 0)
		return fd;
	opts.attach_btf_obj_fd = fd;
	fd = programs__load(env->programs, form, &group->plan->loaded, BPF_PROG_TYPE_TRACING,
			    &opts);
	group->prog_fds[side] = fd;
	return fd < 0 ? fd : 0;
}

static int load_fentry_multi(struct group *group, struct probe_env *env)
{
	int err = load_group_side(group, env, SIDE_ENTRY, ATTACH_FENTRY_MULTI,
				  shared_plan__form(group->plan, SIDE_ENTRY));

	if (!err && shared_plan__is_paired(group->plan))
		err = load_group_side(group, env, SIDE_RETURN, ATTACH_FEXIT_MULTI,
				      shared_plan__form(group->plan, SIDE_RETURN));
	return err;
}

static int link_multi(const struct group *group, int side, int type, unsigned int first,
		      unsigned int nr)
{
	return link__tracing_multi(group->prog_fds[side], type, group->ids + first,
				   group->cookies ? group->cookies + first : NULL, nr);
}

static int link_fentry_multi(const struct group *group, int side, unsigned int first,
			     unsigned int nr)
{
	return link_multi(group, side, side == SIDE_ENTRY ? ATTACH_FENTRY_MULTI :
							    ATTACH_FEXIT_MULTI, first, nr);
}

const struct backend backend__fentry_multi = {
	.id = BACKEND_FENTRY_MULTI,
	.name = "fentry.multi",
	.paired_name = "fentry.multi+fexit.multi",
	.batch = BATCH,
	.by_btf = true,
	.fits = fits_entry,
	.load_group = load_fentry_multi,
	.link = link_fentry_multi,
};

static int load_fsession_multi(struct group *group, struct probe_env *env)
{
	return load_group_side(group, env, SIDE_ENTRY, ATTACH_FSESSION_MULTI,
			       shared_plan__session_form(group->plan));
}

static int link_fsession_multi(const struct group *group, int side, unsigned int first,
			       unsigned int nr)
{
	return link_multi(group, side, ATTACH_FSESSION_MULTI, first, nr);
}

const struct backend backend__fsession_multi = {
	.id = BACKEND_FSESSION_MULTI,
	.name = "fsession.multi",
	.paired_name = "fsession.multi",
	.is_session = true,
	.batch = BATCH,
	.by_btf = true,
	.fits = fits_session,
	.load_group = load_fsession_multi,
	.link = link_fsession_multi,
};
