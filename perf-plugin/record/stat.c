// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "../util/progress.h"
#include "../util/verbose.h"
#include "aim.h"
#include "cgroup.h"
#include "interrupt.h"
#include "stat.h"
#include "workload.h"

#define NSEC_PER_SEC	1000000000ULL
#define NSEC_PER_MSEC	1000000ULL
#define NSEC_PER_USEC	1000ULL
#define MAX_POLL_NS	(100 * NSEC_PER_MSEC)	/* tasks that are not ours end unseen */

struct stat_run {
	const struct stat_run_opts *opts;
	const struct session_opts *session;
	struct stat_result *result;
	struct diag *diag;
	struct resolved resolved;
	struct attach_opts attach_opts;
	struct attach *attach;
	struct stat_counts *counts;
	struct workload workload;
	struct progress_line *progress;
	struct stat_state state;
	int cgroup_fd;
	int signal_fd;
	uint64_t started_ns;
	uint64_t looked_ns;		/* when enabled times were added up last */
	uint64_t reported_ns;		/* start of the interval */
	uint64_t next_ns;		/* its end, since the start */
	uint64_t nr_reports;
	bool enabled;
	bool done;
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static void take_signal(struct stat_run *run)
{
	struct signalfd_siginfo info;

	while (read(run->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			continue;
		run->result->exit_status = 128 + info.ssi_signo;
		run->done = true;
	}
}

static bool is_interrupted(void *ctx)
{
	struct stat_run *run = ctx;

	take_signal(run);
	return run->done;
}

/* ---- into the kernel --------------------------------------------------------------------- */

static int resolve(struct stat_run *run)
{
	const struct session_opts *session = run->session;
	struct resolve_opts opts = {
		.specs = session->specs,
		.nr_specs = session->nr_specs,
		.event_opts = &session->event_opts,
		.vmlinux = session->vmlinux,
		.stack_has = session->stack_has,
		.nr_stack_has = session->nr_stack_has,
		.sequence = session->sequence,
		.nr_sequence = session->nr_sequence,
		.nr_common = session->nr_common,
		.progress = progress_line__update,
		.progress_ctx = run->progress,
	};

	return resolved__new(&opts, &run->resolved, run->diag);
}

static int load(struct stat_run *run)
{
	struct attach_opts *opts = &run->attach_opts;
	int err;

	opts->stop = is_interrupted;
	opts->stop_ctx = run;
	opts->progress = progress_line__update;
	opts->progress_ctx = run->progress;
	err = aim__make(run->session, &run->resolved, run->cgroup_fd, opts, run->diag);
	if (!err)
		err = attach__new(opts, run->resolved.events, run->resolved.kbtf, &run->attach,
				  run->diag);
	if (!err)
		err = attach__load(run->attach, run->diag);
	if (!err)
		err = attach__attach(run->attach, run->diag);
	return err;
}

static void say_ways(const struct stat_run *run)
{
	const struct event_list *events = run->resolved.events;
	struct buf text = BUF_INIT;

	for (unsigned int i = 0; verbose > 0 && i < events->nr; i++) {
		buf__clear(&text);
		attach__describe(run->attach, i, &text);
		pr_debug("%s: %s\n", events->events[i]->schema.name, buf__str(&text));
	}
	buf__exit(&text);
}

/* As in a recording: threads are listed until no new ones turn up. */
static int set_target_tasks(struct stat_run *run)
{
	uint32_t state = run->session->follow ? BS_TASK_ON : BS_TASK_ALONE;
	struct target *target = run->session->target;
	unsigned int done = 0;
	int err;

	do {
		err = 0;
		for (; done < target->nr_tids && !err; done++)
			err = attach__set_task(run->attach, target->tids[done], state);
		if (!err)
			err = target__refresh(target);
	} while (err > 0);
	return err;
}

static int set_tasks(struct stat_run *run)
{
	const struct session_opts *session = run->session;
	int err;

	if (!aim__is_by_task(session))
		return 0;
	if (session->target->nr_tids)
		err = set_target_tasks(run);
	else
		err = attach__set_task(run->attach, run->workload.pid, session->follow ?
				       BS_TASK_ON_EXEC : BS_TASK_ALONE_ON_EXEC);
	return err ? diag__error(run->diag, err, "cannot follow so many tasks") : 0;
}

/* ---- counting ---------------------------------------------------------------------------- */

/* Adds the time since the last look to those in which it counted. */
static void add_time(struct stat_run *run)
{
	uint64_t now = now_ns(), passed = now - run->looked_ns;

	run->looked_ns = now;
	run->state.now_ns = now - run->started_ns;
	run->state.interval_ns = now - run->reported_ns;
	if (!run->enabled)
		return;
	run->state.enabled_ns += passed;
	run->state.interval_enabled_ns += passed;
}

/*
 * Intervals are counted from the start on, so that they don't drift. Those in which we were stopped
 * or didn't get to run are one with the next.
 */
static void set_next_report(struct stat_run *run)
{
	uint64_t interval = run->opts->interval_ns;

	if (interval)
		run->next_ns = (run->state.now_ns / interval + 1) * interval;
}

/* All intervals asked for were reported: what comes after the last is in no sum. */
static bool has_all_intervals(const struct stat_run *run)
{
	return run->opts->nr_intervals && run->nr_reports == run->opts->nr_intervals;
}

static int report(struct stat_run *run)
{
	int err;

	stat_counts__read(run->counts);
	add_time(run);
	set_next_report(run);
	err = run->opts->report(run->opts->ctx, &run->state);
	run->reported_ns = run->looked_ns;
	run->state.interval_enabled_ns = 0;
	run->nr_reports++;
	if (has_all_intervals(run))
		run->done = true;
	return err;
}

/* Switches by the windows of -D. Returns the nanoseconds until the next change. */
static uint64_t apply_windows(struct stat_run *run)
{
	const struct session_opts *session = run->session;
	uint64_t t = now_ns() - run->started_ns, wait = UINT64_MAX;
	bool on = !session->nr_windows;

	for (unsigned int i = 0; i < session->nr_windows && !on && wait == UINT64_MAX; i++) {
		const struct session_window *w = &session->windows[i];

		if (t < w->from_ns)
			wait = w->from_ns - t;
		else if (t < w->to_ns)
			on = true;
		if (on && w->to_ns != UINT64_MAX)
			wait = w->to_ns - t;
	}
	if (on != run->enabled) {
		add_time(run);
		attach__enable(run->attach, on);
	}
	run->enabled = on;
	return wait;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Time until @at, both since the start; 0: it is there. */
static uint64_t until(const struct stat_run *run, uint64_t at)
{
	uint64_t t = now_ns() - run->started_ns;

	return t < at ? at - t : 0;
}

static int wait_and_report(struct stat_run *run)
{
	struct pollfd signal = { .fd = run->signal_fd, .events = POLLIN };
	uint64_t wait = smaller(apply_windows(run), MAX_POLL_NS);
	struct timespec ts;

	if (run->opts->interval_ns)
		wait = smaller(wait, until(run, run->next_ns));
	if (run->opts->timeout_ns)
		wait = smaller(wait, until(run, run->opts->timeout_ns));
	ts = (struct timespec){ wait / NSEC_PER_SEC, wait % NSEC_PER_SEC };
	if (ppoll(&signal, 1, &ts, NULL) < 0 && errno != EINTR)
		return -errno;
	take_signal(run);
	if (run->opts->timeout_ns && !until(run, run->opts->timeout_ns))
		run->done = true;
	if (run->opts->interval_ns && !until(run, run->next_ns))
		return report(run);
	return 0;
}

static bool is_over(struct stat_run *run)
{
	const struct session_opts *session = run->session;

	if (run->done)
		return true;
	if (run->workload.pid)
		return workload__is_done(&run->workload);
	return session->target->nr_tids && !session->system_wide &&
	       !target__is_alive(session->target);
}

static int start_workload(struct stat_run *run)
{
	int err;

	if (!run->workload.pid)
		return 0;
	err = workload__start(&run->workload);
	if (err)
		diag__error(run->diag, err, "cannot run '%s': %s", run->session->workload[0],
			    strerror(-err));
	return err;
}

static uint64_t time_ns(struct timeval tv)
{
	return tv.tv_sec * NSEC_PER_SEC + tv.tv_usec * NSEC_PER_USEC;
}

static void note_losses(struct stat_run *run)
{
	const struct event_list *events = run->resolved.events;
	struct stat_result *result = run->result;
	struct rusage usage;

	for (unsigned int i = 0; i < events->nr; i++) {
		result->lost += attach__counters(run->attach, i).lost_slot;
		result->missed += attach__missed(run->attach, i);
	}
	result->open = attach__nr_open(run->attach);
	result->has_workload = run->workload.reaped;
	if (result->has_workload && !getrusage(RUSAGE_CHILDREN, &usage)) {
		result->user_ns = time_ns(usage.ru_utime);
		result->system_ns = time_ns(usage.ru_stime);
	}
}

/* What was counted since the last report, unless the time was over just then. */
static void read_rest(struct stat_run *run)
{
	bool is_over = run->done && run->state.interval_ns < NSEC_PER_MSEC;

	if (has_all_intervals(run) || (run->opts->interval_ns && is_over))
		run->state.interval_ns = 0;
	else
		stat_counts__read(run->counts);
}

static int count(struct stat_run *run)
{
	int err;

	run->started_ns = run->looked_ns = run->reported_ns = now_ns();
	run->state.counts = run->counts;
	set_next_report(run);
	apply_windows(run);
	err = start_workload(run);
	while (!err && !is_over(run))
		err = wait_and_report(run);
	add_time(run);
	attach__enable(run->attach, false);
	if (err)
		return err;
	run->enabled = false;
	if (run->workload.reaped && !run->result->exit_status)
		run->result->exit_status = workload__exit_status(&run->workload);
	note_losses(run);
	read_rest(run);
	return run->opts->sum_up(run->opts->ctx, &run->state);
}

/* ---- its life ---------------------------------------------------------------------------- */

static int block_signals(struct stat_run *run, sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, before);
	run->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return run->signal_fd < 0 ? -errno : 0;
}

static int prepare(struct stat_run *run)
{
	int err = 0;

	if (run->session->workload) {
		err = workload__prepare(&run->workload, run->session->workload, false);
		if (err)
			return diag__error(run->diag, err, "cannot fork: %s", strerror(-err));
	}
	err = load(run);
	if (!err)
		err = set_tasks(run);
	if (!err)
		err = stat_counts__new(run->attach, run->resolved.events,
				       run->opts->interval_ns != 0, &run->counts);
	if (!err)
		say_ways(run);
	return err;
}

static int open_cgroup(struct stat_run *run)
{
	if (!run->session->cgroup)
		return 0;
	run->cgroup_fd = cgroup__open(run->session->cgroup, NULL, run->diag);
	return run->cgroup_fd < 0 ? run->cgroup_fd : 0;
}

static int begin(struct stat_run *run, sigset_t *signals)
{
	struct interrupts interrupts;
	int err = open_cgroup(run);

	interrupts__catch(&interrupts);
	if (!err)
		err = resolve(run);
	if (!err && !run->session->dry_run)
		err = block_signals(run, signals);
	interrupts__restore(&interrupts);
	return err;
}

static int run_all(struct stat_run *run)
{
	sigset_t signals;
	int err = begin(run, &signals);

	if (run->signal_fd < 0)
		return err;
	if (!err)
		err = prepare(run);
	if (!err)
		err = count(run);
	/* Functions are let go of before a signal that came meanwhile can end it. */
	if (run->attach)
		attach__detach(run->attach);
	take_signal(run);
	sigprocmask(SIG_SETMASK, &signals, NULL);
	return err;
}

int stat__run(const struct stat_run_opts *opts, struct stat_result *result,
	      const struct spec **failed, struct diag *diag)
{
	struct stat_run run = {
		.opts = opts, .session = opts->session, .result = result, .diag = diag,
		.cgroup_fd = -1, .signal_fd = -1,
	};
	int err;

	memset(result, 0, sizeof(*result));
	run.progress = progress_line__new(STDERR_FILENO);
	err = run_all(&run);
	workload__exit(&run.workload);
	*failed = run.resolved.failed;
	stat_counts__free(run.counts);
	attach__free(run.attach);
	resolved__exit(&run.resolved);
	progress_line__free(run.progress);
	free((void *)run.attach_opts.sequence);
	if (run.cgroup_fd >= 0)
		close(run.cgroup_fd);
	if (run.signal_fd >= 0)
		close(run.signal_fd);
	return err;
}
