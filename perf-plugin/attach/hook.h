/* SPDX-License-Identifier: GPL-2.0-only */
/* All probes of a recording into the kernel and out again, asking now and then whether to go on. */
#ifndef BTFSNOOP_ATTACH_HOOK_H
#define BTFSNOOP_ATTACH_HOOK_H

#include "probes.h"

/*
 * Loads what the probes of env->list need, then attaches them; those that no backend takes have none
 * afterwards (left_out__check()). Return 0, -ENOMEM, or -EINTR when opts->stop said so.
 */
int hook__load(struct probe_env *env);
int hook__attach(struct probe_env *env);

void hook__detach(struct probe_env *env);

#endif
