// SPDX-License-Identifier: GPL-2.0-only
#include "user-tasks.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "../perfdata/procfs.h"

#define MAX_STATUS	(64 << 10)

/* "Uid:	real	effective	saved	of files" (Documentation/filesystems/proc.rst) */
static bool is_of_user(pid_t tid, uint32_t uid)
{
	struct buf status = BUF_INIT;
	const char *value = NULL;
	bool is = false;
	size_t len;

	if (!procfs__read(&status, MAX_STATUS, "/proc/%d/status", tid) && status.len)
		value = procfs__value(buf__str(&status), "Uid", &len);
	if (value && len)
		is = strtoul(value, NULL, 10) == uid;
	buf__exit(&status);
	return is;
}

/* A process that has ended meanwhile has no tasks. */
static int add_processes(uint32_t uid, struct target *out)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int err = 0;

	while (proc && !err && (entry = readdir(proc))) {
		pid_t pid = isdigit((unsigned char)*entry->d_name) ? atoi(entry->d_name) : 0;
		struct diag diag = DIAG_INIT;

		if (pid && is_of_user(pid, uid))
			err = target__add_process(out, pid, &diag);
		err = err == -ESRCH ? 0 : err;
		diag__exit(&diag);
	}
	if (proc)
		closedir(proc);
	return err;
}

int user_tasks__add(uint32_t uid, const struct target *among, struct target *out,
		    struct diag *diag)
{
	int err = 0;

	if (!among->nr_tids)
		err = add_processes(uid, out);
	for (unsigned int i = 0; i < among->nr_tids && !err; i++)
		if (is_of_user(among->tids[i], uid))
			err = target__add_thread(out, among->tids[i], diag);
	if (!err && !out->nr_tids)
		err = diag__error(diag, -ESRCH, "user %u has no task that events of -e could be of",
				  uid);
	return err;
}
