// SPDX-License-Identifier: GPL-2.0-only
#include "snapshot.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../util/verbose.h"

static void __attribute__((noreturn)) run(const char *name, snapshot_write_fn write, void *ctx)
{
	struct diag diag = DIAG_INIT;
	int err = write(ctx, name, &diag);

	if (err)
		diag__print(&diag, NULL, err, stderr);
	/* Not exit(): what stdio and atexit() hold is the recorder's. */
	_exit(err ? 1 : 0);
}

int snapshot__begin(struct snapshot *snapshot, char *name, snapshot_write_fn write, void *ctx)
{
	pid_t pid;
	int err;

	fflush(stdout);
	fflush(stderr);
	/* Whoever started us may ignore it: then nobody would be told how a process ended. */
	signal(SIGCHLD, SIG_DFL);
	pid = fork();
	if (!pid)
		run(name, write, ctx);
	if (pid < 0) {
		err = -errno;
		free(name);
		return err;
	}
	snapshot->pid = pid;
	snapshot->name = name;
	return 0;
}

static bool reap(struct snapshot *snapshot, int flags, bool *is_written)
{
	int status = 0;
	pid_t pid;

	do {
		pid = waitpid(snapshot->pid, &status, flags);
	} while (pid < 0 && errno == EINTR);
	if (!pid)
		return false;
	snapshot->pid = 0;
	*is_written = pid > 0 && WIFEXITED(status) && !WEXITSTATUS(status);
	if (pid > 0 && WIFSIGNALED(status))
		pr_warning("warning: '%s' was not completed: signal %d ended the process that wrote "
			   "it\n", snapshot->name, WTERMSIG(status));
	return true;
}

bool snapshot__poll(struct snapshot *snapshot, bool *is_written)
{
	return reap(snapshot, WNOHANG, is_written);
}

bool snapshot__wait(struct snapshot *snapshot)
{
	bool is_written = false;

	reap(snapshot, 0, &is_written);
	return is_written;
}

void snapshot__exit(struct snapshot *snapshot)
{
	free(snapshot->name);
	*snapshot = (struct snapshot){ 0 };
}
