/* SPDX-License-Identifier: GPL-2.0-only */
/* The cgroup whose tasks are recorded. */
#ifndef BTFSNOOP_RECORD_CGROUP_H
#define BTFSNOOP_RECORD_CGROUP_H

#include "../util/diag.h"

/*
 * Opens the directory of cgroup @path: as the file system has it (/sys/fs/cgroup/a/b), or from the
 * top of the cgroup2 hierarchy on, as /proc/PID/cgroup shows it (a/b, /a/b). @mounts is NULL for
 * /proc/self/mounts. Returns an fd, or a negative errno with a message in @diag: -ENOENT, -ENODEV
 * where no cgroup2 is mounted, -EINVAL for a directory that is no cgroup of it.
 */
int cgroup__open(const char *path, const char *mounts, struct diag *diag);

#endif
