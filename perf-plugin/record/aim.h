/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs in the kernel are told of what a session is to record. */
#ifndef BTFSNOOP_RECORD_AIM_H
#define BTFSNOOP_RECORD_AIM_H

#include "resolve.h"
#include "session.h"

/* Whether single tasks are recorded, and not all there are. */
bool aim__is_by_task(const struct session_opts *opts);

/*
 * Fills @out, whose sequence is then the caller's to free. @cgroup_fd is negative without a cgroup.
 * Returns 0, -EINVAL for a clock that can't be had, or another negative errno, with a message in
 * @diag.
 */
int aim__make(const struct session_opts *opts, const struct resolved *resolved, int cgroup_fd,
	      struct attach_opts *out, struct diag *diag);

#endif
