/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions of one plan that one program serves, in few links. */
#ifndef BTFSNOOP_ATTACH_GROUP_H
#define BTFSNOOP_ATTACH_GROUP_H

#include "probes.h"

struct group_link {
	int fds[NR_SIDES];		/* -1: none */
};

struct group {
	struct group *next;		/* of the same plan */
	const struct backend *backend;
	struct shared_plan *plan;
	const struct kfunc *func;	/* one of them */
	struct probe **members;
	unsigned int nr, max;
	bool is_attached;		/* it was tried, and members that were refused have left */
	int load_err;
	int prog_fds[NR_SIDES];		/* of a session the entry's alone; -1: none */
	uint64_t *addrs;		/* of the members, for the kernel */
	uint64_t *cookies;
	uint32_t *ids;
	struct group_link *links;
	unsigned int nr_links;
};

/*
 * Puts the probe into the group of its plan for @backend, which is made and whose programs are loaded
 * if it is the first. Returns 0 or a negative errno.
 */
int group__add(struct probe_env *env, struct probe *probe, const struct backend *backend);

/*
 * Links the members. Those that are refused have no group any more, and why in errs. Calls
 * @linked(ctx, nr) for what is done. Returns 0, -ENOMEM or -EINTR.
 */
int group__attach(struct group *group, struct probe_env *env,
		  void (*linked)(void *ctx, unsigned int nr), void *ctx);

void group__detach(struct group *group);
void group__free(struct group *group);

/* Calls that the kernel kept from the group's programs. */
uint64_t group__missed(const struct group *group);

#endif
