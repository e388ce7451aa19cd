// SPDX-License-Identifier: GPL-2.0-only
/* The first half of a session: from specs to programs in the kernel. */
#include "aim.h"
#include "session-private.h"

struct generation *session__generation(const struct session *s, unsigned int index)
{
	return index ? follow__generation(s->follow, index - 1) : (struct generation *)&s->first;
}

static bool has_triggers(const struct session_opts *opts)
{
	for (unsigned int i = 0; i < opts->nr_specs; i++)
		if (opts->specs[i]->nr_triggers)
			return true;
	return false;
}

int session__make_events(struct session *s)
{
	const struct session_opts *opts = s->opts;
	int err = follow__new(&s->follow, s->diag);

	if (err)
		return err;
	s->has_triggers = has_triggers(opts);
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

/* A signal that would end the recording came before it began. */
static bool is_interrupted(void *ctx)
{
	struct session *s = ctx;

	session__take_signals(s);
	return s->done;
}

/* As that, when the ring is to be looked after as well. */
static bool drain_meanwhile(void *ctx)
{
	struct session *s = ctx;

	session__take_signals(s);
	attach__drain(s->first.attach);
	return s->done;
}

static int load_programs(struct session *s)
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

int session__load_events(struct session *s)
{
	int err = load_programs(s);

	return err ? err : set_tasks(s);
}
