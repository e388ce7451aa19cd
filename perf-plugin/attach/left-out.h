/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions that have no way into the kernel. */
#ifndef BTFSNOOP_ATTACH_LEFT_OUT_H
#define BTFSNOOP_ATTACH_LEFT_OUT_H

#include "probes.h"

/*
 * A probe without a backend is left out where others of the same pattern (or of the same name)
 * remain, and the user told so if @say; else it is an error. Returns 0 or a negative errno with the
 * kernel's reasons in @diag.
 */
int left_out__check(const struct probe_list *list, bool say, struct diag *diag);

/* Appends why the probe's function is left out, in a word or two. */
void left_out__why(const struct probe *probe, struct buf *out);

#endif
