/* SPDX-License-Identifier: GPL-2.0-only */
/* perf_event_open(2), and where it can be called for. */
#ifndef BTFSNOOP_PERFDATA_PERF_EVENT_H
#define BTFSNOOP_PERFDATA_PERF_EVENT_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <sys/types.h>

/*
 * Opens @attr for task @pid (-1: all; a cgroup's descriptor with PERF_FLAG_PID_CGROUP) on @cpu, in
 * the group of @group_fd or none (-1). Where files run out, as many as may be are allowed. Returns
 * the descriptor, closed on exec, or a negative errno.
 */
int perf_event__open(const struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd,
		     unsigned long flags);

/* One more than the highest CPU that is online. */
unsigned int perf_event__nr_cpus(void);
bool perf_event__is_online(unsigned int cpu);

#endif
