/* SPDX-License-Identifier: GPL-2.0-only */
/* For programs that do something while a command runs and pass on its status. */
#ifndef BTFSNOOP_TESTS_GUEST_COMMAND_H
#define BTFSNOOP_TESTS_GUEST_COMMAND_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATUS_BROKEN	125	/* what went wrong was not the command */

/* @err is an errno. */
static inline void die(const char *what, int err)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(err));
	exit(STATUS_BROKEN);
}

/* Runs @command, which ends with NULL, to its end. Returns its status as a shell gives it. */
static inline int run(char **command)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		die("fork", errno);
	if (!pid) {
		execvp(command[0], command);
		fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, command[0],
			strerror(errno));
		_exit(STATUS_BROKEN);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#endif
