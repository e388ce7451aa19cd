// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../util/verbose.h"
#include "recorder.h"

#define PIPE_SIZE	(1 << 20)	/* as much as anybody may ask for by default */
#define NR_SIGNALS	4

static const int signals[NR_SIGNALS] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

struct recorder {
	pid_t pid;
	int fd;
	bool stopped;
	struct session_result *result;	/* in memory of both processes */
	struct sigaction before[NR_SIGNALS];
};

/* The one that runs, for the signal handler. */
static struct recorder *volatile running;

/* A second signal does what it would have done without us: the recorder then ends by itself. */
static void pass_on(int sig)
{
	struct recorder *recorder = running;
	int saved = errno;

	if (!recorder)
		return;
	kill(recorder->pid, sig);
	for (int i = 0; i < NR_SIGNALS; i++)
		if (signals[i] == sig)
			sigaction(sig, &recorder->before[i], NULL);
	errno = saved;
}

static void catch_signals(struct recorder *recorder)
{
	/* No SA_RESTART: who writes to a terminal that stands still has to wake up. */
	struct sigaction action = { .sa_handler = pass_on };

	running = recorder;
	for (int i = 0; i < NR_SIGNALS; i++) {
		sigaction(signals[i], NULL, &recorder->before[i]);
		if (recorder->before[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
}

static void restore_signals(struct recorder *recorder)
{
	for (int i = 0; i < NR_SIGNALS; i++)
		sigaction(signals[i], &recorder->before[i], NULL);
	running = NULL;
}

/* ---- the recorder's process --------------------------------------------------------------- */

static int record(const struct session_opts *opts, struct session_result *result)
{
	struct session_result mine;
	struct diag diag = DIAG_INIT;
	const struct spec *failed;
	int err = session__run(opts, &mine, &failed, &diag);

	*result = mine;
	/* A reader who has gone knows. */
	if (err && err != -EPIPE)
		diag__print(&diag, failed ? failed->text : NULL, err, stderr);
	diag__exit(&diag);
	if (err == -EINTR && mine.exit_status)
		return mine.exit_status;
	return err ? 1 : mine.exit_status;
}

static void ignore(int sig)
{
	(void)sig;
}

/*
 * Programs have to be taken out of the kernel whoever reads. The session looks after signals that
 * end it; one that comes when it is over means nothing any more. Those that are ignored stay so.
 */
static void prepare_signals(void)
{
	struct sigaction action = { .sa_handler = ignore, .sa_flags = SA_RESTART }, old;

	for (int i = 0; i < NR_SIGNALS; i++)
		if (!sigaction(signals[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTSTP, SIG_DFL);
	signal(SIGCONT, SIG_DFL);
}

static void __attribute__((noreturn)) run(const struct session_opts *opts, int fd, pid_t reader,
					  struct session_result *result)
{
	struct session_opts mine = *opts;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != reader)		/* it ended before that */
		_exit(1);
	prepare_signals();
	mine.path = "-";
	mine.fd = fd;
	mine.reader = reader;
	/* Not exit(): what stdio and atexit() hold is the reader's. */
	_exit(record(&mine, result));
}

/* ---- the reader's ------------------------------------------------------------------------- */

static void recorder__free(struct recorder *recorder)
{
	if (recorder->fd >= 0)
		close(recorder->fd);
	if (recorder->result != MAP_FAILED)
		munmap(recorder->result, sizeof(*recorder->result));
	free(recorder);
}

static int start(struct recorder *recorder, const struct session_opts *opts)
{
	pid_t reader = getpid();
	int fds[2];

	recorder->result = mmap(NULL, sizeof(*recorder->result), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (recorder->result == MAP_FAILED || pipe2(fds, O_CLOEXEC))
		return -errno;
	recorder->fd = fds[0];
	fcntl(fds[0], F_SETPIPE_SZ, PIPE_SIZE);
	recorder->pid = fork();
	if (!recorder->pid) {
		close(fds[0]);
		run(opts, fds[1], reader, recorder->result);
	}
	close(fds[1]);
	return recorder->pid < 0 ? -errno : 0;
}

int recorder__start(const struct session_opts *opts, struct recorder **out, struct diag *diag)
{
	struct recorder *recorder = calloc(1, sizeof(*recorder));
	int err;

	if (!recorder)
		return diag__error(diag, -ENOMEM, "out of memory");
	recorder->fd = -1;
	err = start(recorder, opts);
	if (err) {
		recorder__free(recorder);
		return diag__error(diag, err, "cannot start recording: %s", strerror(-err));
	}
	catch_signals(recorder);
	*out = recorder;
	return 0;
}

int recorder__fd(const struct recorder *recorder)
{
	return recorder->fd;
}

void recorder__stop(struct recorder *recorder)
{
	if (!recorder->stopped)
		kill(recorder->pid, SIGINT);
	recorder->stopped = true;
}

static void read_rest(struct recorder *recorder)
{
	char buf[32768];
	ssize_t n;

	do {
		n = read(recorder->fd, buf, sizeof(buf));
	} while (n > 0 || (n < 0 && errno == EINTR));
}

static int exit_status(const struct recorder *recorder, int status)
{
	if (WIFSIGNALED(status)) {
		pr_err("error: the recorder was killed by signal %d: what follows is missing\n",
		       WTERMSIG(status));
		return 1;
	}
	status = WEXITSTATUS(status);
	/* We ended it ourselves: that is no ^C of anybody. */
	return recorder->stopped && status == 128 + SIGINT ? 0 : status;
}

int recorder__end(struct recorder *recorder, struct session_result *result)
{
	int status = 0;
	pid_t pid;

	read_rest(recorder);
	do {
		pid = waitpid(recorder->pid, &status, 0);
	} while (pid < 0 && errno == EINTR);
	restore_signals(recorder);
	*result = *recorder->result;
	status = exit_status(recorder, pid < 0 ? 0 : status);
	recorder__free(recorder);
	return status;
}
