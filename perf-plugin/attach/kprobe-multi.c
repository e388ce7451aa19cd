// SPDX-License-Identifier: GPL-2.0-only
/*
 * kprobe.multi (5.18, with CONFIG_FPROBE) and kprobe.session (6.10): any number of functions, of any
 * module, by address. They are ftrace's doing and no kprobes, but programs see registers too: those
 * that parameters and results are in, the instruction's, stack's and frame's pointers.
 */
#include <errno.h>
#include <linux/bpf.h>

#include "group.h"
#include "link.h"

/*
 * All in one call as a rule: what is traced already slows the next calls down, and 7.2 takes 4
 * seconds for 40,000 at once and up to a minute for the same in parts.
 */
#define BATCH	(1u << 17)

static int fits(const struct probe *probe)
{
	return probe->addr ? 0 : -EADDRNOTAVAIL;
}

static int load_side(struct group *group, struct probe_env *env, int side, int type,
		     enum program_form form)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = type);
	int fd = programs__load(env->programs, form, &group->plan->loaded, BPF_PROG_TYPE_KPROBE,
				&opts);

	group->prog_fds[side] = fd;
	return fd < 0 ? fd : 0;
}

static int load_multi(struct group *group, struct probe_env *env)
{
	int err = load_side(group, env, SIDE_ENTRY, ATTACH_KPROBE_MULTI,
			    shared_plan__form(group->plan, SIDE_ENTRY));

	if (!err && shared_plan__is_paired(group->plan))
		err = load_side(group, env, SIDE_RETURN, ATTACH_KPROBE_MULTI,
				shared_plan__form(group->plan, SIDE_RETURN));
	return err;
}

static int link_multi(const struct group *group, int side, unsigned int first, unsigned int nr)
{
	return link__kprobe_multi(group->prog_fds[side], ATTACH_KPROBE_MULTI, side == SIDE_RETURN,
				  group->addrs + first, NULL,
				  group->cookies ? group->cookies + first : NULL, nr);
}

const struct backend backend__kprobe_multi = {
	.id = BACKEND_KPROBE_MULTI,
	.name = "kprobe.multi",
	.paired_name = "kprobe.multi+kretprobe.multi",
	.by_kprobe = true,
	.batch = BATCH,
	.fits = fits,
	.load_group = load_multi,
	.link = link_multi,
};

static int load_session(struct group *group, struct probe_env *env)
{
	return load_side(group, env, SIDE_ENTRY, ATTACH_KPROBE_SESSION,
			 shared_plan__session_form(group->plan));
}

static int link_session(const struct group *group, int side, unsigned int first, unsigned int nr)
{
	return link__kprobe_multi(group->prog_fds[side], ATTACH_KPROBE_SESSION, false,
				  group->addrs + first, NULL,
				  group->cookies ? group->cookies + first : NULL, nr);
}

const struct backend backend__kprobe_session = {
	.id = BACKEND_KPROBE_SESSION,
	.name = "kprobe.session",
	.paired_name = "kprobe.session",
	.is_session = true,
	.by_kprobe = true,
	.batch = BATCH,
	.fits = fits,
	.load_group = load_session,
	.link = link_session,
};
