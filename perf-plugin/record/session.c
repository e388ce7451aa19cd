// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "../perfdata/sideband.h"
#include "../perfdata/writer.h"
#include "../util/progress.h"
#include "../util/verbose.h"
#include "aim.h"
#include "cgroup.h"
#include "follow.h"
#include "generation.h"
#include "interrupt.h"
#include "session.h"
#include "workload.h"

#define NSEC_PER_SEC	1000000000LL
#define NSEC_PER_MSEC	1000000
/*
 * How long the rings are left alone when nothing presses; a ring filling up wakes us before. A
 * reader who shows what comes gets it by the end of the next round.
 */
#define MAX_POLL_MS	100
#define LIVE_POLL_MS	50

struct session {
	const struct session_opts *opts;
	struct session_result *result;
	struct diag *diag;

	struct resolve_opts resolve_opts;
	struct attach_opts attach_opts;
	struct generation first;	/* the events it began with */
	struct follow *follow;		/* and those of modules that came later */
	struct sideband *sideband;
	struct perfdata_writer *writer;
	struct workload workload;
	struct progress_line *progress;
	int cgroup_fd;
	int signal_fd;
	int epoll_fd;
	uint64_t started_ns;
	uint64_t drained;		/* bytes taken out of the ring this time */
	bool enabled;
	bool done;
};

static uint64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/* ---- into the kernel --------------------------------------------------------------------- */

/* All of them, the first being number 0; NULL behind the last. */
static struct generation *generation_at(struct session *s, unsigned int index)
{
	return index ? follow__generation(s->follow, index - 1) : &s->first;
}

static void take_signal(struct session *s)
{
	struct signalfd_siginfo info;

	while (read(s->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			continue;
		s->result->exit_status = 128 + info.ssi_signo;
		s->done = true;
	}
}

/* A signal that would end the recording came before it began. */
static bool is_interrupted(void *ctx)
{
	struct session *s = ctx;

	take_signal(s);
	return s->done;
}

/* As that, when the ring is to be looked after as well. */
static bool drain_meanwhile(void *ctx)
{
	struct session *s = ctx;

	take_signal(s);
	attach__drain(s->first.attach);
	return s->done;
}

static int load_events(struct session *s)
{
	struct attach_opts *opts = &s->attach_opts;
	int err;

	opts->stop = is_interrupted;
	opts->stop_ctx = s;
	opts->progress = progress_line__update;
	opts->progress_ctx = s->progress;
	opts->spare_modules = resolve__follows_any(&s->resolve_opts);
	err = aim__make(s->opts, &s->first.resolved, s->cgroup_fd, opts, s->diag);
	if (!err)
		err = generation__attach(&s->first, opts, s->diag);
	if (err)
		return err;
	track_notes__say(&s->first.resolved.track);
	/* Those that come later are attached while others are recorded. */
	opts->stop = drain_meanwhile;
	return follow__begin(s->follow, &s->first, &s->resolve_opts, opts);
}

/*
 * Tells the programs which tasks to record. They follow forks already, but not those of a thread
 * before it was named: so the processes' threads are listed until no new ones turn up.
 */
static int set_target_tasks(struct session *s)
{
	uint32_t state = s->opts->follow ? BS_TASK_ON : BS_TASK_ALONE;
	struct target *target = s->opts->target;
	unsigned int done = 0;
	int err;

	do {
		err = 0;
		for (; done < target->nr_tids && !err; done++)
			err = attach__set_task(s->first.attach, target->tids[done], state);
		if (!err)
			err = target__refresh(target);
	} while (err > 0);
	return err;
}

static int set_tasks(struct session *s)
{
	int err;

	if (!aim__is_by_task(s->opts))
		return 0;
	if (s->opts->target->nr_tids)
		err = set_target_tasks(s);
	else
		err = attach__set_task(s->first.attach, s->workload.pid, s->opts->follow ?
				       BS_TASK_ON_EXEC : BS_TASK_ALONE_ON_EXEC);
	return err ? diag__error(s->diag, err, "cannot follow so many tasks") : 0;
}

/* ---- the file ---------------------------------------------------------------------------- */

static int open_sideband(struct session *s)
{
	const struct session_opts *opts = s->opts;
	struct sideband_opts side = {
		.inherit = opts->follow,
		.clockid = opts->clockid,
	};

	if (aim__is_by_task(opts)) {
		side.tids = opts->target->nr_tids ? opts->target->tids : &s->workload.pid;
		side.nr_tids = opts->target->nr_tids ? opts->target->nr_tids : 1;
		side.enable_on_exec = !opts->target->nr_tids;
	}
	return sideband__new(&side, &s->sideband, s->diag);
}

static int open_writer(struct session *s)
{
	struct perfdata_events events;
	struct perfdata_writer_opts opts = {
		.path = s->opts->path,
		.fd = s->opts->fd,
		.argc = s->opts->argc,
		.argv = s->opts->argv,
		.clockid = s->opts->clockid,
		.kernel_start = s->first.resolved.kernel_start,
		.kernel_end = s->first.resolved.kernel_end,
	};

	int err = generation__describe(&s->first, &events);

	if (err)
		return err;
	opts.schemas = events.schemas;
	opts.nr_schemas = events.nr;
	opts.btf = events.btf;
	opts.btf_size = events.btf_size;
	return perfdata_writer__new(&opts, &s->writer, s->diag);
}

/* The tasks that run already: their names, and where their programs are mapped. */
static int write_tasks(struct session *s)
{
	const struct target *target = s->opts->target;
	int err = 0;

	if (!aim__is_by_task(s->opts))
		return perfdata_writer__add_all_tasks(s->writer);
	for (unsigned int i = 0; i < target->nr_tids && !err; i++)
		err = perfdata_writer__add_task(s->writer, target->tids[i]);
	return err == -ESRCH ? 0 : err;
}

/* ---- recording --------------------------------------------------------------------------- */

/* What --max-events and --max-size allow has been recorded. */
static bool is_enough(struct session *s)
{
	const struct session_opts *opts = s->opts;

	if (opts->max_size && perfdata_writer__size(s->writer) >= opts->max_size)
		s->result->hit_max_size = true;
	return s->result->hit_max_size ||
	       (opts->max_events && s->result->nr_samples >= opts->max_events);
}

/*
 * One record out of the ring. -EAGAIN ends the draining where more than the ring holds was taken in
 * one go: events come in as fast as they are written, and there is more to look after.
 */
static int take_record(void *ctx, const void *record, size_t size)
{
	const struct bs_sample *sample = record;
	struct session *s = ctx;
	enum follow_record note;
	int err;

	if (is_enough(s)) {
		s->done = true;
		return 0;
	}
	if (sample->size > size)
		return -EIO;
	note = follow__take(s->follow, sample);
	if (note == FOLLOW_DROP)
		return 0;
	err = perfdata_writer__add(s->writer, record, sample->size);
	if (err)
		return err;
	s->result->nr_samples += note == FOLLOW_NONE;
	perfdata_writer__count(s->writer, 1, sample->time, sample->time);
	s->drained += size;
	return s->drained > s->opts->ring_size ? -EAGAIN : 0;
}

/* Puts into the file what was lost since the last time. */
static int write_lost(struct session *s)
{
	uint64_t time = now_ns(s->opts->clockid);
	struct generation *gen;
	int err = 0;

	for (unsigned int i = 0; !err && (gen = generation_at(s, i)); i++)
		err = generation__write_lost(gen, s->writer, time);
	return err;
}

static int drain(struct session *s)
{
	int err;

	s->drained = 0;
	err = attach__drain(s->first.attach);
	if (err > 0 || err == -EAGAIN)
		err = 0;
	if (!err)
		err = sideband__drain(s->sideband, s->writer);
	if (!err)
		err = write_lost(s);
	if (!err)	/* also when nothing came: who reads a pipe waits for the end of the round before */
		err = perfdata_writer__round(s->writer);
	s->result->nr_wakeups += s->drained != 0;
	if (is_enough(s))
		s->done = true;
	if (err && !diag__is_set(s->diag))
		diag__error(s->diag, err, "cannot write %s: %s", s->opts->path, strerror(-err));
	return err;
}

/* Whether now is in a window of -D, and how long until that changes. */
static bool in_window(const struct session *s, uint64_t *change_ns)
{
	uint64_t t = now_ns(CLOCK_MONOTONIC) - s->started_ns;

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

/* Switches recording by the windows. Returns the milliseconds to wait before looking again. */
static int apply_windows(struct session *s)
{
	unsigned int max_ms = s->opts->reader ? LIVE_POLL_MS : MAX_POLL_MS;
	uint64_t change_ns;
	bool on = in_window(s, &change_ns);

	if (on != s->enabled)
		attach__enable(s->first.attach, on);
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
	struct epoll_event events[2];
	int nr = epoll_wait(s->epoll_fd, events, 2, apply_windows(s)), err;

	if (nr < 0 && errno != EINTR)
		return -errno;
	for (int i = 0; i < nr; i++)
		if (events[i].data.fd == s->signal_fd)
			take_signal(s);
	err = drain(s);
	return err ? err : follow__apply(s->follow, s->writer, now_ns(s->opts->clockid));
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

	s->started_ns = now_ns(CLOCK_MONOTONIC);
	apply_windows(s);
	err = start_workload(s);
	while (!err && !is_over(s))
		err = wait_and_drain(s);
	attach__enable(s->first.attach, false);
	do {
		err = err ? err : drain(s);
	} while (!err && s->drained > s->opts->ring_size);
	if (s->workload.reaped && !s->result->exit_status)
		s->result->exit_status = workload__exit_status(&s->workload);
	return err;
}

static void sum_up(struct session *s)
{
	struct generation *gen;

	for (unsigned int i = 0; (gen = generation_at(s, i)); i++)
		generation__sum_up(gen, s->result);
	s->result->untracked = attach__untracked(s->first.attach);
}

static int finish(struct session *s)
{
	struct perfdata_writer *writer = s->writer;
	struct generation *gen;
	int err;

	sum_up(s);
	/* First: taking thousands of programs out of the kernel can take long. */
	s->writer = NULL;
	err = perfdata_writer__finish(writer, &s->result->size, s->diag);
	for (unsigned int i = 1; (gen = generation_at(s, i)); i++)
		if (gen->attach)
			attach__detach(gen->attach);
	attach__detach(s->first.attach);
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
	err = load_events(s);
	if (!err)
		err = set_tasks(s);
	if (!err)
		err = attach__set_consumer(s->first.attach, take_record, s);
	if (!err)
		err = open_epoll(s);
	return err;
}

static int make_events(struct session *s)
{
	const struct session_opts *opts = s->opts;
	int err = follow__new(&s->follow, s->diag);

	if (err)
		return err;
	s->resolve_opts = (struct resolve_opts){
		.specs = opts->specs,
		.nr_specs = opts->nr_specs,
		.event_opts = &opts->event_opts,
		.vmlinux = opts->vmlinux,
		.stack_has = opts->stack_has,
		.nr_stack_has = opts->nr_stack_has,
		.sequence = opts->sequence,
		.nr_sequence = opts->nr_sequence,
		.track = {
			.what = opts->track,
			.until = opts->track_until, .nr_until = opts->nr_track_until,
		},
		.nr_common = opts->nr_common,
		.progress = progress_line__update,
		.progress_ctx = s->progress,
		.follow = opts->follow_modules == FOLLOW_ALL,
		.follow_globs = opts->follow_modules == FOLLOW_GLOBS,
	};
	s->resolve_opts.notes = follow__notes(s->follow, &s->resolve_opts.nr_notes);
	err = resolved__new(&s->resolve_opts, &s->first.resolved, s->diag);
	s->resolve_opts.progress = NULL;	/* modules that come later are few functions */
	return err ? err : generation__prepare(&s->first);
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
		err = make_events(s);
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
		err = open_sideband(s);
	if (!err)
		err = open_writer(s);
	if (!err)
		err = write_tasks(s);
	if (!err)
		err = record(s);
	if (!err)
		err = finish(s);
	/* One that came when it was over ends nothing any more, but counts. */
	take_signal(s);
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
	if (s.writer)
		perfdata_writer__abort(s.writer);
	workload__exit(&s.workload);
	sideband__free(s.sideband);
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
