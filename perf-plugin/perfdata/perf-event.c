// SPDX-License-Identifier: GPL-2.0-only
#include "perf-event.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "procfs.h"

/* As many files as we may have. False: the limit is there already. */
static bool raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= limit.rlim_max)
		return false;
	limit.rlim_cur = limit.rlim_max;
	return !setrlimit(RLIMIT_NOFILE, &limit);
}

int perf_event__open(const struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd,
		     unsigned long flags)
{
	int fd;

	do {
		fd = syscall(SYS_perf_event_open, attr, pid, cpu, group_fd,
			     flags | PERF_FLAG_FD_CLOEXEC);
	} while (fd < 0 && (errno == EINTR || (errno == EMFILE && raise_file_limit())));
	return fd < 0 ? -errno : fd;
}

unsigned int perf_event__nr_cpus(void)
{
	struct buf list = BUF_INIT;
	unsigned int nr = 0;
	long conf;

	if (!procfs__read_line(&list, "/sys/devices/system/cpu/online"))
		nr = procfs__cpu_list_end(buf__str(&list));
	buf__exit(&list);
	if (nr)
		return nr;
	conf = sysconf(_SC_NPROCESSORS_CONF);
	return conf > 0 ? conf : 1;
}

/* CPU 0 of most machines can't be taken down, and has no file for it. */
bool perf_event__is_online(unsigned int cpu)
{
	int64_t online;

	return procfs__read_number(&online, "/sys/devices/system/cpu/cpu%u/online", cpu) || online;
}
