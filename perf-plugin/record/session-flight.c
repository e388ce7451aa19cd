// SPDX-License-Identifier: GPL-2.0-only
/* What happens to a session's files while it records: by itself, by signals, commands, triggers. */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "../perfdata/features.h"
#include "../util/verbose.h"
#include "control.h"
#include "session-private.h"

#define NSEC_PER_MSEC	1000000

static const struct flight_opts no_flight = { .control_fd = -1, .ack_fd = -1 };

const struct flight_opts *session__flight_opts(const struct session *s)
{
	return s->opts->flight ? s->opts->flight : &no_flight;
}

void session__ask(struct session *s)
{
	const struct flight_opts *opts = session__flight_opts(s);

	s->flight.is_asked |= opts->keep_size || opts->several;
}

/* ---- which events are enabled -------------------------------------------------------------- */

static unsigned int nr_ours(const struct session *s)
{
	const struct generation *gen;
	unsigned int nr = 0;

	for (unsigned int i = 0; (gen = session__generation(s, i)); i++)
		nr = gen->events->first + gen->events->nr;
	return nr;
}

static const char *name_of_ours(const struct session *s, unsigned int index)
{
	const struct generation *gen;

	for (unsigned int i = 0; (gen = session__generation(s, i)); i++)
		if (index - gen->events->first < gen->events->nr)
			return gen->events->events[index - gen->events->first]->schema.name;
	return "";
}

/* Notes are the recorder's own. */
static bool is_note(const struct session *s, unsigned int index)
{
	const struct generation *gen;

	for (unsigned int i = 0; (gen = session__generation(s, i)); i++)
		if (index - gen->events->first < gen->events->nr)
			return gen->events->events[index - gen->events->first]->spec->is_note;
	return false;
}

static const struct evsel *perf_event_at(const struct session *s, unsigned int index)
{
	return evlist__at(s->opts->evlist, index);
}

static bool has_name(const struct session *s, unsigned int index, const char *name)
{
	const char *prefix = TRACEPOINT_SYSTEM ":";

	if (index >= s->flight.nr_ours)
		return !strcmp(perf_event_at(s, index - s->flight.nr_ours)->name, name);
	if (!strncmp(name, prefix, strlen(prefix)))
		name += strlen(prefix);
	return !is_note(s, index) && !strcmp(name_of_ours(s, index), name);
}

/* Switches of all the events that there are now, ours first. */
static int grow_switches(struct session *s)
{
	unsigned int ours = nr_ours(s), nr_perf = 0, nr;
	struct session_flight *f = &s->flight;
	bool *off;

	if (session__has_perf(s))
		nr_perf = evlist__nr(s->opts->evlist);
	nr = ours + nr_perf;
	if (f->off && f->nr_ours == ours)
		return 0;
	off = calloc(nr + 1, sizeof(*off));
	if (!off)
		return -ENOMEM;
	for (unsigned int i = 0; f->off && i < f->nr_ours; i++)
		off[i] = f->off[i];
	for (unsigned int i = 0; f->off && i < nr_perf; i++)
		off[ours + i] = f->off[f->nr_ours + i];
	free(f->off);
	f->off = off;
	f->nr_ours = ours;
	f->nr_events = nr;
	return 0;
}

static void say_switched(const char *name, bool on)
{
	if (name)
		pr_info("Event %s %s\n", name, on ? "enabled" : "disabled");
	else
		pr_info("Events %s\n", on ? "enabled" : "disabled");
}

static void switch_one(struct session *s, const char *name, bool on)
{
	struct session_flight *f = &s->flight;
	bool found = false;

	if (grow_switches(s))
		return;
	for (unsigned int i = 0; i < f->nr_events; i++) {
		if (!has_name(s, i, name))
			continue;
		/* None was: it is to be the only one. */
		if (!found && on && !s->enabled)
			memset(f->off, true, f->nr_events * sizeof(*f->off));
		found = true;
		f->off[i] = !on;
	}
	if (!found) {
		pr_info("failed: can't find '%s' event\n", name);
		return;
	}
	f->is_any_off = true;
	if (on)
		f->switched = SWITCHED_ON;
	say_switched(name, on);
}

/* From now on -D says nothing any more. */
static void switch_events(struct session *s, const char *name, bool on)
{
	struct session_flight *f = &s->flight;

	if (name && !*name) {
		pr_info("failed: wrong command\n");
	} else if (name) {
		switch_one(s, name, on);
	} else {
		f->switched = on ? SWITCHED_ON : SWITCHED_OFF;
		f->is_any_off = false;
		if (f->off)
			memset(f->off, false, f->nr_events * sizeof(*f->off));
		say_switched(NULL, on);
	}
	session__apply_windows(s);
}

static unsigned int index_of(const struct session *s, uint64_t id)
{
	const struct perfdata_foreign *foreign;
	unsigned int nr;

	if (id - PERFDATA_SAMPLE_ID(0) < s->flight.nr_ours)
		return id - PERFDATA_SAMPLE_ID(0);
	if (!session__has_perf(s) || evlist__foreign(s->opts->evlist, &foreign, &nr))
		return UINT32_MAX;
	for (unsigned int i = 0; i < nr; i++)
		for (unsigned int j = 0; j < foreign[i].nr_ids; j++)
			if (foreign[i].ids[j] == id)
				return s->flight.nr_ours + i;
	return UINT32_MAX;
}

bool session__is_off(const struct session *s, uint64_t id)
{
	unsigned int index;

	if (!s->flight.is_any_off)
		return false;
	index = index_of(s, id);
	return index < s->flight.nr_events && s->flight.off[index] &&
	       !(index < s->flight.nr_ours && is_note(s, index));
}

/* ---- commands ------------------------------------------------------------------------------ */

static void list_event(const char *prefix, const char *name, const struct perf_event_attr *attr,
		       const char *arg)
{
	fprintf(stderr, "%s%s", prefix, name);
	if (arg && !strcmp(arg, "-v"))
		fprintf(stderr, ": type: %u, size: %u, config: %#llx, { sample_period, "
			"sample_freq }: %llu, sample_type: %#llx", attr->type, attr->size,
			(unsigned long long)attr->config, (unsigned long long)attr->sample_period,
			(unsigned long long)attr->sample_type);
	if (arg && !strcmp(arg, "-F"))
		fprintf(stderr, ": %s=%llu", attr->freq ? "sample_freq" : "sample_period",
			(unsigned long long)attr->sample_period);
	fputc('\n', stderr);
}

static void list_events(struct session *s, const char *arg)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr), .sample_period = 1,
		.sample_type = PERFDATA_SAMPLE_TYPE | (s->chain ? PERF_SAMPLE_CALLCHAIN : 0),
	};

	if (arg && strcmp(arg, "-v") && strcmp(arg, "-g") && strcmp(arg, "-F")) {
		pr_info("failed: wrong command\n");
		return;
	}
	if (grow_switches(s))
		return;
	for (unsigned int i = 0; i < s->flight.nr_events; i++) {
		if (i >= s->flight.nr_ours) {
			const struct evsel *evsel = perf_event_at(s, i - s->flight.nr_ours);

			list_event("", evsel->name, &evsel->attr, arg);
		} else if (!is_note(s, i)) {
			list_event(TRACEPOINT_SYSTEM ":", name_of_ours(s, i), &attr, arg);
		}
	}
}

static void take_command(void *ctx, const char *line)
{
	struct session *s = ctx;
	const char *arg;
	enum control_command command = control__parse(line, &arg);

	pr_debug("control: '%s'\n", line);
	switch (command) {
	case CONTROL_ENABLE:
	case CONTROL_DISABLE:
		switch_events(s, arg, command == CONTROL_ENABLE);
		break;
	case CONTROL_EVLIST:
		list_events(s, arg);
		break;
	case CONTROL_SNAPSHOT:
		session__ask(s);
		break;
	case CONTROL_STOP:
		s->done = true;
		break;
	case CONTROL_PING:
		break;
	case CONTROL_UNKNOWN:
		pr_debug("control: unsupported\n");
		return;
	}
	control__ack(session__flight_opts(s)->ack_fd);
}

int session__watch_control(struct session *s)
{
	const struct flight_opts *opts = session__flight_opts(s);
	struct epoll_event event = { .events = EPOLLIN, .data.fd = opts->control_fd };

	if (!opts->has_control)
		return 0;
	if (s->opts->nr_windows && s->opts->windows[0].from_ns == UINT64_MAX)
		say_switched(NULL, false);
	if (epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, opts->control_fd, &event))
		return diag__error(s->diag, -errno, "--control: nothing can be waited for there: "
				   "%s", strerror(errno));
	return 0;
}

void session__take_commands(struct session *s)
{
	int fd = session__flight_opts(s)->control_fd;
	int err = control__read(&s->flight.reader, fd, take_command, s);

	if (!err)
		return;
	if (err != -EPIPE)
		pr_warning("warning: --control: %s\n", strerror(-err));
	epoll_ctl(s->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

/* ---- files --------------------------------------------------------------------------------- */

const struct bs_sample *session__look_at_trigger(struct session *s, const struct bs_sample *sample,
						 size_t size)
{
	const struct bs_common *common = (const void *)((const char *)sample + BS_RAW_OFFSET);
	struct buf *marked = &s->flight.marked;

	if (sample->size < BS_RAW_OFFSET + sizeof(*common) || !(common->flags & BS_MARK_TRIGGER) ||
	    session__is_off(s, sample->id))
		return sample;
	s->flight.is_triggered = true;
	s->result->nr_triggered++;
	buf__clear(marked);
	buf__add(marked, sample, size);	/* a call chain stands behind the sample itself */
	if (marked->failed)
		return NULL;
	marked->data[BS_RAW_OFFSET + offsetof(struct bs_common, flags)] &= ~BS_MARK_TRIGGER;
	return (const void *)marked->data;
}

/*
 * Triggers that come while a snapshot is due have theirs in that. While one is written they are not
 * in that any more: another is due behind it.
 */
static void look_at_triggers(struct session *s, uint64_t now)
{
	const struct flight_opts *opts = session__flight_opts(s);
	struct session_flight *f = &s->flight;
	bool is_enough = opts->trigger_max && f->nr_by_trigger >= opts->trigger_max;

	if (f->is_triggered && !f->due_ns && !f->is_asked && !is_enough) {
		f->due_ns = now + opts->trigger_delay_ns;
		sink__hold(s->sink);
	}
	f->is_triggered = false;
}

static void look_at_limits(struct session *s, uint64_t now)
{
	const struct flight_opts *opts = session__flight_opts(s);
	struct session_flight *f = &s->flight;

	if (!f->next_switch_ns)
		f->next_switch_ns = now + opts->switch_ns;
	if (opts->switch_size && sink__size(s->sink) >= opts->switch_size)
		f->is_asked = true;
	if (opts->switch_ns && now >= f->next_switch_ns)
		f->is_asked = true;
}

static int switch_files(struct session *s, uint64_t now)
{
	const struct flight_opts *opts = session__flight_opts(s);
	struct session_flight *f = &s->flight;
	bool by_trigger = f->due_ns;

	f->is_asked = false;
	f->due_ns = 0;
	f->next_switch_ns = now + opts->switch_ns;
	pr_info("[ perf btfsnoop record: dump data: Woken up %llu times ]\n",
		(unsigned long long)s->result->nr_wakeups);
	s->result->nr_wakeups = 0;
	if (by_trigger && ++f->nr_by_trigger == opts->trigger_max)
		s->done = true;
	return sink__switch(s->sink, s->diag);
}

int session__look_at_files(struct session *s)
{
	const struct flight_opts *opts = session__flight_opts(s);
	uint64_t now = session__now_ns(CLOCK_MONOTONIC);

	if (!opts->keep_size && !opts->several)
		return 0;
	look_at_triggers(s, now);
	look_at_limits(s, now);
	if (sink__is_busy(s->sink))
		return 0;
	if (s->flight.is_asked || (s->flight.due_ns && now >= s->flight.due_ns))
		return switch_files(s, now);
	return 0;
}

unsigned int session__max_wait_ms(const struct session *s, unsigned int ms)
{
	uint64_t now;

	/* The end of the process that keeps the sink busy wakes us. */
	if (!s->flight.due_ns || sink__is_busy(s->sink))
		return ms;
	now = session__now_ns(CLOCK_MONOTONIC);
	if (s->flight.due_ns <= now)
		return 0;
	if (s->flight.due_ns - now < (uint64_t)ms * NSEC_PER_MSEC)
		return (s->flight.due_ns - now) / NSEC_PER_MSEC + 1;
	return ms;
}

/* What was asked for and has not begun, and one more at the end. */
int session__last_snapshot(struct session *s)
{
	const struct flight_opts *opts = session__flight_opts(s);
	uint64_t now = session__now_ns(CLOCK_MONOTONIC);

	if (!opts->keep_size)
		return 0;
	look_at_triggers(s, now);
	if (!s->flight.is_asked && !s->flight.due_ns && !opts->at_end)
		return 0;
	sink__wait(s->sink);
	return switch_files(s, now);
}

void session__exit_flight(struct session *s)
{
	free(s->flight.off);
	buf__exit(&s->flight.marked);
}
