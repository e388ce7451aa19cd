// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cgroup.h"
#include "interrupt.h"
#include "session-private.h"

#define NSEC_PER_SEC	1000000000LL
#define NSEC_PER_MSEC	1000000
/*
 * How long the rings are left alone when nothing presses; a ring filling up wakes us before. A
 * reader who shows what comes gets it by the end of the next round.
 */
#define MAX_POLL_MS	100
#define LIVE_POLL_MS	50
#define TRIGGER_POLL_MS	20	/* programs wake nobody for a trigger: testing for it costs each event */

uint64_t session__now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

void session__take_signals(struct session *s)
{
	struct signalfd_siginfo info;

	while (read(s->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			continue;
		if (info.ssi_signo == SIGUSR2) {
			if (session__flight_opts(s)->keep_size || session__flight_opts(s)->on_signal)
				session__ask(s);
			continue;
		}
		s->result->exit_status = 128 + info.ssi_signo;
		s->done = true;
	}
}

/* ---- recording --------------------------------------------------------------------------- */

/* Whether now is in a window of -D, and how long until that changes. */
static bool in_window(const struct session *s, uint64_t *change_ns)
{
	uint64_t t = session__now_ns(CLOCK_MONOTONIC) - s->started_ns;

	*change_ns = UINT64_MAX;
	if (!s->opts->nr_windows)
		return true;
	for (unsigned int i = 0; i < s->opts->nr_windows; i++) {
		const struct session_window *w = &s->opts->windows[i];

		if (t < w->from_ns) {
			*change_ns = w->from_ns - t;
			return false;
		}
		if (t < w->to_ns) {
			*change_ns = w->to_ns == UINT64_MAX ? UINT64_MAX : w->to_ns - t;
			return true;
		}
	}
	return false;
}

int session__apply_windows(struct session *s)
{
	unsigned int max_ms = s->has_triggers ? TRIGGER_POLL_MS :
			      s->opts->reader ? LIVE_POLL_MS : MAX_POLL_MS;
	uint64_t change_ns;
	bool on = in_window(s, &change_ns);

	if (s->flight.switched) {
		on = s->flight.switched == SWITCHED_ON;
		change_ns = UINT64_MAX;
	}
	if (on != s->enabled)
		session__enable(s, on);
	s->enabled = on;
	if (change_ns >= (uint64_t)max_ms * NSEC_PER_MSEC)
		return max_ms;
	return change_ns / NSEC_PER_MSEC + 1;
}

static bool is_over(struct session *s)
{
	if (s->done)
		return true;
	if (s->workload.pid)
		return workload__is_done(&s->workload);
	return s->opts->target->nr_tids && !s->opts->system_wide &&
	       !target__is_alive(s->opts->target);
}

/*
 * The ring is watched for edges: it is never empty while events come in, and level-triggered it
 * would have us drain it record by record.
 */
static int open_epoll(struct session *s)
{
	struct epoll_event signal = { .events = EPOLLIN, .data.fd = s->signal_fd };
	struct epoll_event ring = { .events = EPOLLIN | EPOLLET, .data.fd = -1 };

	s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll_fd < 0 ||
	    epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, s->signal_fd, &signal) ||
	    epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, attach__wakeup_fd(s->first.attach), &ring))
		return -errno;
	return 0;
}

static int wait_and_drain(struct session *s)
{
	struct epoll_event events[4];
	int ms = session__max_wait_ms(s, session__apply_windows(s));
	int nr = epoll_wait(s->epoll_fd, events, 4, ms), err;

	if (nr < 0 && errno != EINTR)
		return -errno;
	for (int i = 0; i < nr; i++) {
		if (events[i].data.fd == s->signal_fd)
			session__take_signals(s);
		else if (events[i].data.fd >= 0)
			session__take_commands(s);
	}
	err = session__drain(s);
	if (!err)
		err = session__look_at_files(s);
	return err ? err : follow__apply(s->follow, s->sink, session__now_ns(s->opts->clockid));
}

static int start_workload(struct session *s)
{
	int err;

	if (!s->workload.pid)
		return 0;
	err = workload__start(&s->workload);
	if (err)
		diag__error(s->diag, err, "cannot run '%s': %s", s->opts->workload[0],
			    strerror(-err));
	return err;
}

static int record(struct session *s)
{
	int err;

	s->started_ns = session__now_ns(CLOCK_MONOTONIC);
	session__apply_windows(s);
	err = start_workload(s);
	while (!err && !is_over(s))
		err = wait_and_drain(s);
	session__enable(s, false);
	do {
		err = err ? err : session__drain(s);
	} while (!err && s->drained > s->opts->ring_size);
	if (s->workload.reaped && !s->result->exit_status)
		s->result->exit_status = workload__exit_status(&s->workload);
	return err;
}

/* ---- a session's life -------------------------------------------------------------------- */

static int block_signals(struct session *s, sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, before);
	s->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signal_fd < 0 ? -errno : 0;
}

static int prepare(struct session *s)
{
	int err = 0;

	if (s->opts->workload) {
		err = workload__prepare(&s->workload, s->opts->workload,
					!s->opts->fd && !strcmp(s->opts->path, "-"));
		if (err)
			return diag__error(s->diag, err, "cannot fork: %s", strerror(-err));
	}
	err = session__load_events(s);
	if (!err)
		err = attach__set_consumer(s->first.attach, session__take_record, s);
	if (!err)
		err = open_epoll(s);
	if (!err)
		err = session__watch_control(s);
	return err;
}

static int open_cgroup(struct session *s)
{
	if (!s->opts->cgroup)
		return 0;
	s->cgroup_fd = cgroup__open(s->opts->cgroup, NULL, s->diag);
	return s->cgroup_fd < 0 ? s->cgroup_fd : 0;
}

/* Up to where there is something to put back in order. */
static int begin(struct session *s, sigset_t *signals)
{
	struct interrupts interrupts;
	int err = open_cgroup(s);

	interrupts__catch(&interrupts);
	if (!err)
		err = session__make_events(s);
	if (!err && !s->opts->dry_run)
		err = block_signals(s, signals);
	interrupts__restore(&interrupts);
	return err;
}

static int run(struct session *s)
{
	sigset_t signals;
	int err = begin(s, &signals);

	if (s->signal_fd < 0)
		return err;
	if (!err)
		err = prepare(s);
	if (!err)
		err = session__open_file(s);
	if (!err)
		err = record(s);
	if (!err)
		err = session__finish(s);
	/* One that came when it was over ends nothing any more, but counts. */
	session__take_signals(s);
	sigprocmask(SIG_SETMASK, &signals, NULL);
	return err;
}

int session__run(const struct session_opts *opts, struct session_result *result,
		 const struct spec **failed, struct diag *diag)
{
	struct session s = {
		.opts = opts, .result = result, .diag = diag, .cgroup_fd = -1, .signal_fd = -1,
		.epoll_fd = -1,
	};
	int err;

	memset(result, 0, sizeof(*result));
	s.progress = progress_line__new(STDERR_FILENO);
	err = run(&s);
	sink__abort(s.sink);
	session__exit_flight(&s);
	workload__exit(&s.workload);
	sideband__free(s.sideband);
	chain__free(s.chain);
	*failed = s.first.resolved.failed;
	if (*failed && (*failed)->is_note)
		*failed = NULL;
	follow__free(s.follow);
	generation__free(&s.first);
	progress_line__free(s.progress);
	free((void *)s.attach_opts.sequence);
	if (s.cgroup_fd >= 0)
		close(s.cgroup_fd);
	if (s.signal_fd >= 0)
		close(s.signal_fd);
	if (s.epoll_fd >= 0)
		close(s.epoll_fd);
	return err;
}
