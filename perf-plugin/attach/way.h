/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds a backend for a probe: the one that was chosen, or the best that works. */
#ifndef BTFSNOOP_ATTACH_WAY_H
#define BTFSNOOP_ATTACH_WAY_H

#include "probes.h"

/* Settles which backends are tried for env->list, when so many files can be open. */
void probe_env__choose(struct probe_env *env, unsigned int max_files);

/*
 * Gives the probe's programs to the kernel (kprobes are hooked up already), or puts it into a group;
 * then hooks them up, groups aside. Both return 0 or a negative errno; the probe has no backend then,
 * and says in its errs why.
 */
int probe__load(struct probe *probe, struct probe_env *env);
int probe__attach(struct probe *probe, struct probe_env *env);

/* The same in one go, for a probe that a group's link could not take. */
int probe__next_way(struct probe *probe, struct probe_env *env);

/* Whether @id, though it comes first, is left out for the probe: others do better with modules. */
bool probe__is_better_together(const struct probe *probe, const struct probe_env *env,
			       enum backend_choice id);

#endif
