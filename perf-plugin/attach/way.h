/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds a backend for a probe: the one that was chosen, or the best that works. */
#ifndef BTFSNOOP_ATTACH_WAY_H
#define BTFSNOOP_ATTACH_WAY_H

#include "probes.h"

/*
 * Gives the probe's programs to the kernel (kprobes are hooked up already), then hooks them up.
 * Both return 0 or a negative errno; the probe has no backend then, and says in its *_err why.
 */
int probe__load(struct probe *probe, struct probe_env *env);
int probe__attach(struct probe *probe, struct probe_env *env);

#endif
