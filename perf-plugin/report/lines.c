// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "../util/verbose.h"
#include "lines.h"

#define MAX_HELD	(16UL << 20)

struct lines {
	struct input *input;
	const struct lines_opts *opts;
	struct calls *calls;
	lines_show show;
	void *ctx;
};

static int show_lines(struct lines *l)
{
	struct line line;
	int err = 0;

	while (!err && calls__next(l->calls, &line))
		err = l->show(&line, l->ctx);
	return err;
}

/* The first time a file is read, what is let go was only in the way. */
static void drop_lines(struct lines *l)
{
	struct line line;

	while (calls__next(l->calls, &line))
		;
}

static int add_sample(struct lines *l, const struct perfdata_sample *s)
{
	const struct input_event *event = input__event(l->input, s->event);
	bool is_call = event->view && event->schema->duration_offset &&
		       event_view__fits(event->view, s->raw_size);
	struct perfdata_sample sample = *s;

	if (!l->opts->callchains)
		sample.nr_callchain = 0;
	return calls__add(l->calls, &sample, input__comm(l->input, s), is_call,
			  is_call ? event_view__duration(event->view, s->raw) : 0);
}

static int add_lost(struct lines *l, const struct perfdata_record *record)
{
	uint64_t nr = perfdata_record__lost(record);

	return calls__add_lost(l->calls, nr, record->time);
}

/* Reads all there is. @show: lines are shown as soon as they can be. */
static int read_all(struct lines *l, bool show, struct diag *diag)
{
	struct perfdata_record record;
	uint64_t nr = 0;
	int err;

	while ((err = input__next(l->input, &record, diag)) > 0) {
		err = 0;
		if (record.type == PERF_RECORD_SAMPLE)
			err = add_sample(l, &record.sample);
		else if (record.type == PERF_RECORD_LOST ||
			 record.type == PERF_RECORD_LOST_SAMPLES)
			err = add_lost(l, &record);
		if (!err && show)
			err = show_lines(l);
		else if (!err)
			drop_lines(l);
		if (err || (record.type == PERF_RECORD_SAMPLE && ++nr == l->opts->max_events))
			break;
	}
	calls__end(l->calls);
	return err < 0 ? err : 0;
}

/*
 * What waits fits into memory for most files, which are read once; and a pipe has to be. Of a
 * larger one it is found out first which calls last so long that they have to be known from the
 * start.
 */
static int read_lines(struct lines *l, struct diag *diag)
{
	bool can_again = input__can_rewind(l->input);
	int err;

	err = read_all(l, !can_again, diag);
	if (!err && calls__overflowed(l->calls) && can_again) {
		err = input__rewind(l->input);
		if (!err)
			err = calls__again(l->calls);
		if (!err)
			err = read_all(l, true, diag);
	}
	if (!err)
		err = show_lines(l);
	if (!err && calls__nr_late(l->calls))
		pr_warning("warning: of %" PRIu64 " calls the beginning could not be shown: too "
			   "much happened while they lasted\n", calls__nr_late(l->calls));
	return err;
}

int lines__read(struct input *input, const struct lines_opts *opts, lines_show show, void *ctx,
		struct diag *diag)
{
	struct lines l = { .input = input, .opts = opts, .show = show, .ctx = ctx };
	int err;

	err = calls__new(opts->max_held ? opts->max_held : MAX_HELD, &l.calls);
	if (!err)
		err = read_lines(&l, diag);
	calls__free(l.calls);
	return err;
}
