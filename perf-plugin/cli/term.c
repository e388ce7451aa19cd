// SPDX-License-Identifier: GPL-2.0-only
#include "term.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One for the process, as the terminal is; the signal handlers have no other way to it. */
static struct {
	int tty;		/* /dev/tty; 0: not opened */
	pid_t self;		/* not getpid(): a child must not act on what it inherited */
	pid_t old_group;	/* that perf, and at first we, are in */
	bool under_perf;
	void (*before_end)(void);
	volatile sig_atomic_t taken;
	volatile sig_atomic_t echo;	/* a SIGCONT of our own is on its way back to us */
} term;

static bool parent_is_perf(void)
{
	char path[64], comm[32] = "";
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/comm", getppid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	len = read(fd, comm, sizeof(comm) - 1);
	close(fd);
	/* Debian once called it perf_5.10, behind a script. */
	return len > 4 && !strncmp(comm, "perf", 4) && (comm[4] == '\n' || comm[4] == '_');
}

/* Ends the program as the signal would have, or so that perf passes it on. */
static void on_end(int sig)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t set;

	if (getpid() == term.self) {
		if (term.before_end)
			term.before_end();
		term__give_back();
	}
	if (term.under_perf)
		_exit(128 + sig);
	sigaction(sig, &action, NULL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	kill(getpid(), sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void term__init(void)
{
	static const int end_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };
	/* Handlers, not SIG_IGN, which a workload would inherit. */
	struct sigaction action = { .sa_handler = on_end }, old;
	sigset_t set;

	term.self = getpid();
	term.under_perf = parent_is_perf();
	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	/*
	 * What is ignored stays so: nohup, and what a shell starts with & without job control. But
	 * not SIGPIPE, which some (Python) leave ignored in their children: a reader that has gone
	 * away is the end.
	 */
	for (size_t i = 0; i < sizeof(end_signals) / sizeof(end_signals[0]); i++) {
		if (!sigaction(end_signals[i], NULL, &old) &&
		    (old.sa_handler == SIG_DFL || end_signals[i] == SIGPIPE))
			sigaction(end_signals[i], &action, NULL);
	}
}

void term__before_end(void (*fn)(void))
{
	term.before_end = fn;
}

static bool is_pipe(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

/* tcsetpgrp() from the background stops the caller unless SIGTTOU is blocked. */
static int set_foreground(pid_t group)
{
	sigset_t set, old;
	int err;

	sigemptyset(&set);
	sigaddset(&set, SIGTTOU);
	sigprocmask(SIG_BLOCK, &set, &old);
	err = tcsetpgrp(term.tty, group);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return err;
}

/* The old group has the terminal: makes it ours. Async-signal-safe. */
static void take(void)
{
	if (term.taken || tcgetpgrp(term.tty) != term.old_group)
		return;
	if (setpgid(0, 0))
		return;
	if (set_foreground(term.self)) {
		setpgid(0, term.old_group);
		return;
	}
	term.taken = 1;
}

void term__give_back(void)
{
	if (!term.taken || getpid() != term.self)
		return;
	term.taken = 0;
	if (tcgetpgrp(term.tty) == term.self)
		set_foreground(term.old_group);
}

/*
 * ^Z: the shell waits for the old group to stop, and knows of no other. So go back into it and stop
 * with it. Our children, still in our group, were stopped by the terminal.
 */
static void on_stop(int sig)
{
	struct sigaction stop = { .sa_handler = SIG_DFL }, old;
	int saved = errno;
	sigset_t set;

	if (getpid() != term.self)
		return;
	term__give_back();
	setpgid(0, term.old_group);
	sigaction(sig, &stop, &old);
	kill(-term.old_group, sig);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);	/* stops here */

	sigprocmask(SIG_BLOCK, &set, NULL);
	sigaction(sig, &old, NULL);
	errno = saved;
}

/*
 * fg, where the shell gave the old group the terminal before it continued it; or bg. The shell
 * doesn't know of our children in our group, so continue them. We may be in that group ourselves,
 * and what is blocked, as SIGCONT is in here, can't be ignored: it comes back once.
 */
static void on_continue(int sig)
{
	int saved = errno;

	if (term.echo || getpid() != term.self) {
		term.echo = 0;
		return;
	}
	take();
	term.echo = getpgrp() == term.self;
	kill(-term.self, sig);
	errno = saved;
}

static void catch_job_control(void)
{
	struct sigaction stop = { .sa_handler = on_stop, .sa_flags = SA_RESTART };
	struct sigaction cont = { .sa_handler = on_continue, .sa_flags = SA_RESTART };

	sigaction(SIGTSTP, &stop, NULL);
	sigaction(SIGCONT, &cont, NULL);
}

void term__take_foreground(void)
{
	if (term.tty) {
		take();
		return;
	}
	if (!term.under_perf || getpgrp() == getpid() || is_pipe(STDIN_FILENO) ||
	    is_pipe(STDOUT_FILENO))
		return;
	term.tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (term.tty <= 0) {
		term.tty = 0;
		return;
	}
	term.old_group = getpgrp();
	atexit(term__give_back);
	catch_job_control();
	take();
}
