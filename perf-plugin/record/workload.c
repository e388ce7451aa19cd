// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workload.h"

#define EXEC_FAILED 126	/* the status nobody sees: the errno goes through the pipe */

static void close_pair(int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void restore_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
	signal(SIGTTOU, SIG_DFL);
	signal(SIGTSTP, SIG_DFL);
}

static void __attribute__((noreturn)) child(char *const argv[], bool to_stderr, int go_fd,
					    int failed_fd)
{
	ssize_t n;
	char c;
	int err;

	restore_signals();
	if (to_stderr)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	do {
		n = read(go_fd, &c, 1);
	} while (n < 0 && errno == EINTR);
	if (n != 1)		/* the parent gave up */
		_exit(EXEC_FAILED);
	execvp(argv[0], argv);
	err = errno;
	n = write(failed_fd, &err, sizeof(err));
	(void)n;
	_exit(EXEC_FAILED);
}

int workload__prepare(struct workload *w, char *const argv[], bool to_stderr)
{
	int go[2], failed[2];
	pid_t pid;

	if (pipe2(go, O_CLOEXEC))
		return -errno;
	if (pipe2(failed, O_CLOEXEC)) {
		int err = -errno;

		close_pair(go);
		return err;
	}
	pid = fork();
	if (pid < 0) {
		int err = -errno;

		close_pair(go);
		close_pair(failed);
		return err;
	}
	if (!pid) {
		close(go[1]);
		close(failed[0]);
		child(argv, to_stderr, go[0], failed[1]);
	}
	close(failed[1]);
	*w = (struct workload){
		.pid = pid, .go_fd = go[1], .wait_fd = go[0], .failed_fd = failed[0],
	};
	return 0;
}

static void reap(struct workload *w)
{
	while (!w->reaped) {
		if (waitpid(w->pid, &w->status, 0) == w->pid || errno != EINTR)
			w->reaped = true;
	}
}

int workload__start(struct workload *w)
{
	int err = 0;
	ssize_t n;

	n = write(w->go_fd, "", 1);
	close_fd(&w->go_fd);
	close_fd(&w->wait_fd);
	if (n != 1)
		return -EPIPE;
	do {
		n = read(w->failed_fd, &err, sizeof(err));
	} while (n < 0 && errno == EINTR);
	close_fd(&w->failed_fd);
	if (n != sizeof(err))	/* closed by exec, or it was killed */
		return 0;
	reap(w);
	return -err;
}

bool workload__is_done(struct workload *w)
{
	pid_t pid;

	if (!w->pid || w->reaped)
		return w->reaped;
	pid = waitpid(w->pid, &w->status, WNOHANG);
	/* ECHILD: whoever started us ignores SIGCHLD, and so the kernel reaps. */
	w->reaped = pid == w->pid || (pid < 0 && errno == ECHILD);
	return w->reaped;
}

int workload__exit_status(const struct workload *w)
{
	if (!w->reaped)
		return 0;
	if (WIFSIGNALED(w->status))
		return 128 + WTERMSIG(w->status);
	return WEXITSTATUS(w->status);
}

void workload__exit(struct workload *w)
{
	if (!w->pid)
		return;
	close_fd(&w->go_fd);
	close_fd(&w->wait_fd);
	close_fd(&w->failed_fd);
	if (!workload__is_done(w)) {
		kill(w->pid, SIGTERM);
		reap(w);
	}
	w->pid = 0;
}
