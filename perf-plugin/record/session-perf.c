// SPDX-License-Identifier: GPL-2.0-only
/* The events of -e in a session: the kernel counts them, into rings of its own. */
#include <errno.h>
#include <linux/perf_event.h>
#include <unistd.h>

#include "../perfdata/perf-event.h"
#include "aim.h"
#include "session-private.h"
#include "user-tasks.h"

/* Of the size of the ring for all CPUs, which -m says, each CPU's for these, at most. */
#define RING_SHARE	8
#define MIN_RING_SIZE	(128u * 1024)
#define USUAL_RING_SIZE	(512u * 1024)	/* perf record's */
#define MOST_RINGS	4		/* sizes of that ring that those of many CPUs may have together */

bool session__has_perf(const struct session *s)
{
	return evlist__nr(s->opts->evlist);
}

/* Nothing is enabled by exec that -D or --control want to be silent then. */
static bool is_enabled_by_exec(const struct session_opts *opts)
{
	return !opts->target->nr_tids && (!opts->nr_windows || !opts->windows[0].from_ns);
}

static size_t choose_ring_size(size_t ring_size)
{
	size_t nr = perf_event__nr_cpus(), size = ring_size / RING_SHARE;

	while (size > USUAL_RING_SIZE && size * nr > MOST_RINGS * ring_size)
		size /= 2;
	return size < MIN_RING_SIZE ? MIN_RING_SIZE : size;
}

/* The tasks that they are recorded of; none: all. @user is a list for those of -u. */
static int choose_tasks(struct session *s, struct target *user, struct evlist_target *target)
{
	const struct session_opts *opts = s->opts;
	int err;

	if (opts->by_uid) {
		err = user_tasks__add(opts->uid, opts->target, user, s->diag);
		target->tids = user->tids;
		target->nr_tids = user->nr_tids;
		return err;
	}
	if (!aim__is_by_task(opts))
		return 0;
	target->tids = opts->target->nr_tids ? opts->target->tids : &s->workload.pid;
	target->nr_tids = opts->target->nr_tids ? opts->target->nr_tids : 1;
	target->enable_on_exec = is_enabled_by_exec(opts);
	return 0;
}

int session__open_perf(struct session *s)
{
	const struct session_opts *opts = s->opts;
	struct evlist_target target = {
		.inherit = opts->follow,
		.cpus = opts->cpus,
		.nr_cpus = BS_MAX_CPUS,
		.cgroup_fd = s->cgroup_fd,
		.ring_size = choose_ring_size(opts->ring_size),
	};
	struct target user = { 0 };
	int err;

	if (!session__has_perf(s))
		return 0;
	err = opts->exclude_self ? evlist__exclude_process(opts->evlist, getpid()) : 0;
	if (!err && opts->exclude_self && opts->reader)
		err = evlist__exclude_process(opts->evlist, opts->reader);
	if (!err)
		err = choose_tasks(s, &user, &target);
	if (!err)
		err = evlist__open(opts->evlist, &target, s->diag);
	target__exit(&user);
	return err ? err : evlist__watch(opts->evlist, s->epoll_fd, -1);
}

void session__enable(struct session *s, bool on)
{
	attach__enable(s->first.attach, on);
	if (session__has_perf(s))
		evlist__enable(s->opts->evlist, on);
}

static int take(void *ctx, const struct perf_event_header *record, uint64_t time)
{
	struct iovec piece = { .iov_base = (void *)record, .iov_len = record->size };
	struct session *s = ctx;
	int err;

	if (record->type != PERF_RECORD_SAMPLE)
		return sink__add(s->sink, record, record->size);
	if (session__is_off(s, *(const uint64_t *)(record + 1)))
		return 0;
	if (session__is_enough(s)) {
		s->done = true;
		return 0;
	}
	err = sink__add_sample(s->sink, &piece, 1, time);
	s->result->nr_samples += !err;
	s->drained += !err;
	return err;
}

int session__end_perf(struct session *s)
{
	struct buf lost = BUF_INIT;
	int err = 0;

	if (!session__has_perf(s))
		return 0;
	s->result->lost_perf = evlist__add_lost(s->opts->evlist,
						session__now_ns(s->opts->clockid), &lost);
	if (lost.failed)
		err = -ENOMEM;
	else if (lost.len)
		err = sink__add(s->sink, lost.data, lost.len);
	buf__exit(&lost);
	return err;
}

int session__drain_perf(struct session *s)
{
	return session__has_perf(s) ? evlist__drain(s->opts->evlist, take, s) : 0;
}
