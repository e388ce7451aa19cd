// SPDX-License-Identifier: GPL-2.0-only
#include "pager.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config.h"
#include "term.h"

#define DEFAULT_COLUMNS 80

/* One for the process, as stdout is; the signal handlers have no other way to it. */
static struct {
	bool disabled;
	volatile pid_t pid;	/* 0: none runs */
	int columns;		/* of the terminal that was stdout; 0: not asked yet */
} pager;

/* The pager has the terminal until its reader is done, also after ^C. Async-signal-safe. */
static void pager__wait(void)
{
	pid_t pid = pager.pid;

	if (!pid)
		return;
	pager.pid = 0;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void pager__on_exit(void)
{
	if (!pager.pid)
		return;
	fflush(stdout);
	fflush(stderr);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	pager__wait();
}

/* The same when a signal ends us: what stdio still holds is lost. */
static void pager__before_end(void)
{
	if (!pager.pid)
		return;
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	pager__wait();
}

/* As perf: [pager] btfsnoop is whether there is one, or the one there is. */
static const char *pager__configured(void)
{
	const struct config_value *value = config__get("pager", "btfsnoop");
	int is = value ? config__bool(value->text) : 1;

	return is < 0 ? value->text : is ? NULL : "cat";
}

/* The pager's command, NULL: none. */
static const char *pager__command(void)
{
	const char *command = getenv("PERF_PAGER");

	if (!command)
		command = pager__configured();
	if (!command)
		command = getenv("PAGER");
	if (!command && !access("/usr/bin/pager", X_OK))
		command = "/usr/bin/pager";
	if (!command && !access("/usr/bin/less", X_OK))
		command = "/usr/bin/less";
	if (!command || !*command || !strcmp(command, "cat"))
		return NULL;
	return command;
}

/* In the child. less draws its screen when it starts: wait until there is something to see. */
static void pager__exec(const char *command, int in)
{
	struct pollfd poll_in = { .fd = in, .events = POLLIN };

	while (poll(&poll_in, 1, -1) < 0 && errno == EINTR)
		;
	if (dup2(in, STDIN_FILENO) < 0)
		_exit(1);
	if (in != STDIN_FILENO)
		close(in);
	setenv("LESS", "FRSX", 0);
	execl("/bin/sh", "sh", "-c", command, NULL);
	_exit(1);
}

void pager__start(void)
{
	const char *command = pager__command();
	int fds[2];
	pid_t pid;

	if (pager.disabled || pager.pid || !command || !isatty(STDOUT_FILENO))
		return;
	pager.columns = pager__columns();
	if (pipe(fds))
		return;
	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		close(fds[0]);
		close(fds[1]);
		return;
	}
	if (!pid) {
		close(fds[1]);
		pager__exec(command, fds[0]);
	}
	pager.pid = pid;
	dup2(fds[1], STDOUT_FILENO);
	if (isatty(STDERR_FILENO))
		dup2(fds[1], STDERR_FILENO);
	close(fds[0]);
	close(fds[1]);
	term__before_end(pager__before_end);
	atexit(pager__on_exit);
}

void pager__disable(void)
{
	pager.disabled = true;
}

bool pager__in_use(void)
{
	return pager.pid;
}

int pager__columns(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;

	if (pager.columns)
		return pager.columns;
	if (columns && atoi(columns) > 0)
		return atoi(columns);
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return DEFAULT_COLUMNS;
}
