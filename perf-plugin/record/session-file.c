// SPDX-License-Identifier: GPL-2.0-only
/* The second half of a session: from the rings to the file. */
#include <errno.h>
#include <string.h>

#include "aim.h"
#include "session-private.h"

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

static int open_sink(struct session *s)
{
	const struct flight_opts *flight = session__flight_opts(s);
	struct perfdata_events events;
	struct sink_opts opts = {
		.writer = {
			.path = s->opts->path,
			.fd = s->opts->fd,
			.argc = s->opts->argc,
			.argv = s->opts->argv,
			.clockid = s->opts->clockid,
			.kernel_start = s->first.resolved.kernel_start,
			.kernel_end = s->first.resolved.kernel_end,
			.completed = s->opts->completed,
			.completed_ctx = s->opts->completed_ctx,
		},
		.target = aim__is_by_task(s->opts) ? s->opts->target : NULL,
		.several = flight->several,
		.stamped = flight->stamped,
		.max_files = flight->max_files,
		.keep_size = flight->keep_size,
		.keep_ns = flight->keep_ns,
	};
	int err = generation__describe(&s->first, &events);

	if (!err && session__has_perf(s))
		err = evlist__foreign(s->opts->evlist, &opts.writer.foreign,
				      &opts.writer.nr_foreign);
	if (err)
		return err;
	opts.writer.schemas = events.schemas;
	opts.writer.nr_schemas = events.nr;
	opts.writer.btf = events.btf;
	opts.writer.btf_size = events.btf_size;
	if (s->chain) {
		opts.writer.sample_type = PERFDATA_SAMPLE_TYPE | PERF_SAMPLE_CALLCHAIN;
		opts.writer.max_stack = s->opts->chains.max_stack;
		opts.writer.no_kernel_chain = !s->opts->chains.kernel;
		opts.writer.no_user_chain = !s->opts->chains.user;
	}
	return sink__new(&opts, &s->sink, s->diag);
}

int session__open_file(struct session *s)
{
	int err = open_sideband(s);

	/* Where one event has chains, all have them: perf report takes what is missing from others. */
	if (!err && (chain_opts__any(&s->opts->chains) || evlist__has_chains(s->opts->evlist)))
		err = chain__new(&s->opts->chains, &s->chain, s->diag);
	s->is_limited = s->opts->max_size || s->opts->max_events;
	s->is_plain = !s->chain && !s->has_triggers && !follow__has_notes(s->follow);
	if (!err)
		err = session__open_perf(s);
	return err ? err : open_sink(s);
}

bool session__is_enough(struct session *s)
{
	const struct session_opts *opts = s->opts;

	if (opts->max_size && sink__size(s->sink) >= opts->max_size)
		s->result->hit_max_size = true;
	return s->result->hit_max_size ||
	       (opts->max_events && s->result->nr_samples >= opts->max_events);
}

/* A sample with whatever there may be to it. */
static int take_sample(struct session *s, const struct bs_sample *sample, const void *record,
		       size_t size)
{
	struct iovec pieces[CHAIN_PIECES];
	enum follow_record note;
	unsigned int nr = 1;
	int err = 0;

	if (s->has_triggers) {
		sample = session__look_at_trigger(s, sample, size);
		if (!sample)
			return -ENOMEM;
	}
	pieces[0] = (struct iovec){ .iov_base = (void *)sample, .iov_len = sample->size };
	note = follow__take(s->follow, sample);
	if (note == FOLLOW_DROP || session__is_off(s, sample->id))
		return 0;
	if (s->chain) {
		err = chain__splice(s->chain, sample, record, size, pieces);
		nr = CHAIN_PIECES;
	}
	if (!err)
		err = note == FOLLOW_KEEP ? sink__add_note(s->sink, pieces, nr, sample->time) :
					    sink__add_sample(s->sink, pieces, nr, sample->time);
	s->result->nr_samples += !err && note == FOLLOW_NONE;
	return err;
}

/*
 * One record out of the ring. -EAGAIN ends the draining where more than the ring holds was taken in
 * one go: events come in as fast as they are written, and there is more to look after.
 */
int session__take_record(void *ctx, const void *record, size_t size)
{
	const struct bs_sample *sample = record;
	struct session *s = ctx;
	int err;

	if (s->is_limited && session__is_enough(s)) {
		s->done = true;
		return 0;
	}
	if (sample->size > size)
		return -EIO;
	/* Most are of sessions with none of that, and this is done a million times a second. */
	if (s->is_plain && !s->flight.is_any_off) {
		err = sink__add_plain(s->sink, sample, sample->size, sample->time);
		s->result->nr_samples += !err;
	} else {
		err = take_sample(s, sample, record, size);
	}
	if (err)
		return err;
	s->drained += size;
	return s->drained > s->opts->ring_size ? -EAGAIN : 0;
}

/* Says in the file what was lost since the last time. */
static int write_lost(struct session *s, uint64_t time)
{
	struct generation *gen;
	int err = 0;

	for (unsigned int i = 0; !err && (gen = session__generation(s, i)); i++)
		err = generation__write_lost(gen, s->sink, time);
	return err;
}

static int take_sideband(void *ctx, const void *records, size_t size)
{
	struct session *s = ctx;

	return sink__add(s->sink, records, size);
}

int session__drain(struct session *s)
{
	uint64_t time;
	int err;

	s->drained = 0;
	err = attach__drain(s->first.attach);
	if (err > 0 || err == -EAGAIN)
		err = 0;
	if (!err)
		err = sideband__drain(s->sideband, take_sideband, s);
	if (!err)
		err = session__drain_perf(s);
	time = session__now_ns(s->opts->clockid);
	if (!err)
		err = write_lost(s, time);
	if (!err)	/* also when nothing came: who reads a pipe waits for the end of the round before */
		err = sink__round(s->sink, session__now_ns(CLOCK_MONOTONIC));
	s->result->nr_wakeups += s->drained != 0;
	if (session__is_enough(s))
		s->done = true;
	if (err && !diag__is_set(s->diag))
		diag__error(s->diag, err, "cannot write %s: %s", s->opts->path, strerror(-err));
	return err;
}

static void sum_up(struct session *s)
{
	struct generation *gen;

	for (unsigned int i = 0; (gen = session__generation(s, i)); i++)
		generation__sum_up(gen, s->result);
	s->result->untracked = attach__untracked(s->first.attach);
}

int session__finish(struct session *s)
{
	int err = session__last_snapshot(s);
	struct sink *sink = s->sink;
	struct generation *gen;
	struct sink_sum sum;

	if (!err)
		err = session__end_perf(s);
	if (err)
		return err;
	sum_up(s);
	/* First: taking thousands of programs out of the kernel can take long. */
	s->sink = NULL;
	err = sink__finish(sink, &sum, s->diag);
	s->result->size = sum.size;
	s->result->nr_files = sum.nr_files;
	s->result->nr_failed = sum.nr_failed;
	s->result->nr_written = sum.nr_samples;
	for (unsigned int i = 1; (gen = session__generation(s, i)); i++)
		if (gen->attach)
			attach__detach(gen->attach);
	attach__detach(s->first.attach);
	return err;
}
