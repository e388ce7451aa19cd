// SPDX-License-Identifier: GPL-2.0-only
#include "chrome.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "../perfdata/attr.h"
#include "../perfdata/output.h"
#include "../render/event-json.h"
#include "../report/lines.h"
#include "../report/maps.h"
#include "../report/other-end.h"
#include "flows.h"
#include "frames.h"
#include "nesting.h"
#include "signals.h"
#include "threads.h"

#define FLUSH_SIZE	(64 << 10)

struct chrome_event {
	struct event_json *fields;	/* NULL: the event has no view */
	bool is_tracepoint;
	int other_end;			/* the event of the calls' other ends, or -1 */
	int flow_field;			/* -1: none */
};

/* What waits for the other end of its call, the next event of its thread if it comes at all. */
struct waiting {
	UT_hash_handle hh;
	struct thread *thread;
	struct perfdata_sample sample;	/* raw is this' own */
	struct slice slice;
	uint32_t frame;			/* its call chain's; that of the sample is gone by then */
	bool is_call;
};

struct chrome {
	struct input *input;
	const struct chrome_opts *opts;
	struct output *output;		/* NULL: stdout */
	struct chrome_event *events;
	unsigned int nr_events;
	struct threads threads;
	struct flows flows;
	struct frames frames;
	struct waiting *waiting;	/* by thread */
	struct signals signals;
	struct buf out;
	struct buf text;		/* for short use */
	struct json json;
};

/* ---- events -------------------------------------------------------------------------------- */

static int find_flow(const struct schema *schema)
{
	int i = schema->nr_fields - 1;

	/* Behind all that was asked for. */
	while (i >= 0 && (strcmp(schema->fields[i].name, "flow") ||
			  schema->fields[i].kind != FIELD_SCALAR))
		i--;
	return i;
}

static int prepare_event(struct chrome *c, unsigned int index, struct chrome_event *ce)
{
	const struct perfdata_event *pe = perfdata_reader__event(input__reader(c->input), index);
	const struct input_event *event = input__event(c->input, index);

	*ce = (struct chrome_event){ .other_end = -1, .flow_field = -1 };
	ce->is_tracepoint = pe->attr->type == PERF_TYPE_TRACEPOINT || attr__is_late(pe->attr);
	if (input_event__is_ours(event)) {
		ce->other_end = other_end__event(c->input, index);
		ce->flow_field = find_flow(event->schema);
	}
	return event->view ? event_json__new(event->view, &ce->fields) : 0;
}

/* Events turn up while a pipe is read. NULL without memory. */
static const struct chrome_event *get_event(struct chrome *c, unsigned int index)
{
	unsigned int nr = input__nr_events(c->input);
	struct chrome_event *more;

	if (index < c->nr_events)
		return &c->events[index];
	more = reallocarray(c->events, nr, sizeof(*more));
	if (!more)
		return NULL;
	c->events = more;
	for (; c->nr_events < nr; c->nr_events++)
		if (prepare_event(c, c->nr_events, &more[c->nr_events]))
			return NULL;
	return &c->events[index];
}

static bool fits(struct chrome *c, const struct perfdata_sample *s)
{
	const struct input_event *event = input__event(c->input, s->event);

	return event->view && event_view__fits(event->view, s->raw_size);
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static void add_string(struct json *json, const char *key, const char *value)
{
	json__key(json, key);
	json__strings(json, value);
}

/* Microseconds with all of the nanoseconds. */
static void add_us(struct json *json, const char *key, uint64_t ns)
{
	unsigned int rest = ns % 1000;
	char text[] = { '.', '0' + rest / 100, '0' + rest / 10 % 10, '0' + rest % 10 };

	json__key(json, key);
	json__comma(json);
	buf__addu(json->out, ns / 1000);
	buf__add(json->out, text, sizeof(text));
}

static void open_event(struct chrome *c, const char *phase, const struct thread *thread,
		       uint64_t time)
{
	json__open(&c->json, '{');
	add_string(&c->json, "ph", phase);
	json__key(&c->json, "pid");
	json__s64(&c->json, thread ? thread->pid : 0);
	json__key(&c->json, "tid");
	json__s64(&c->json, thread ? thread->tid : 0);
	add_us(&c->json, "ts", time);
}

static void close_event(struct chrome *c)
{
	json__close(&c->json, '}');
	buf__addc(&c->out, '\n');
}

/* The text that libtraceevent makes of a record whose fields are not known. */
static void add_text(struct chrome *c, const struct perfdata_sample *s)
{
	const struct input_event *event = input__event(c->input, s->event);

	buf__clear(&c->text);
	foreign__print(input__foreign(c->input), event->foreign, s->raw, s->raw_size, s->cpu,
		       s->time, &c->text);
	json__key(&c->json, "text");
	json__string(&c->json, buf__str(&c->text), c->text.len);
}

static void add_place(struct chrome *c, const struct perfdata_sample *s)
{
	struct place place;

	json__key(&c->json, "period");
	json__u64(&c->json, s->period);
	maps__find(input__maps(c->input), s->pid, s->misc & PERF_RECORD_MISC_CPUMODE_MASK, s->ip,
		   &place);
	json__key(&c->json, "ip");
	json__hex(&c->json, place.ip);
	if (place.sym)
		add_string(&c->json, "sym", place.sym);
	if (place.dso)
		add_string(&c->json, "dso", place.dso);
}

static void add_recorded(struct chrome *c, const struct chrome_event *ce,
			 const struct perfdata_sample *s)
{
	const struct input_event *event = input__event(c->input, s->event);

	if (!ce->is_tracepoint)
		add_place(c, s);
	if (!event->view) {
		if (event->foreign >= 0 && s->raw_size)
			add_text(c, s);
	} else if (fits(c, s)) {
		event_json__add(ce->fields, s->raw, s->raw_size, &c->opts->values, &c->json);
	} else {
		add_string(&c->json, "error", "cut short");
	}
}

/* @entry: the event at the entry of the same call, or NULL. */
static int add_args(struct chrome *c, const struct perfdata_sample *s,
		    const struct perfdata_sample *entry)
{
	const struct chrome_event *ce = get_event(c, s->event);

	if (!ce)
		return -ENOMEM;
	json__key(&c->json, "args");
	json__open(&c->json, '{');
	add_string(&c->json, "event", input__event(c->input, s->event)->name);
	if (s->cpu >= 0) {
		json__key(&c->json, "cpu");
		json__s64(&c->json, s->cpu);
	}
	add_recorded(c, ce, s);
	ce = entry ? get_event(c, entry->event) : NULL;
	if (ce) {
		json__key(&c->json, "entry");
		json__open(&c->json, '{');
		add_recorded(c, ce, entry);
		json__close(&c->json, '}');
	}
	json__close(&c->json, '}');
	return 0;
}

static void add_name(struct chrome *c, const struct perfdata_sample *s)
{
	const struct input_event *event = input__event(c->input, s->event);
	const char *func = input_event__is_ours(event) ? input__func(c->input, s) : NULL;

	add_string(&c->json, "name", func ? func : event->name);
	add_string(&c->json, "cat", input_event__is_ours(event) ? "btfsnoop" : "perf");
}

/* The frame that the sample's call chain ends with, to be found in "stackFrames". */
static void add_frame(struct chrome *c, uint32_t frame)
{
	if (!frame)
		return;
	json__key(&c->json, "sf");
	json__u64(&c->json, frame);
}

/* ---- slices and instants ------------------------------------------------------------------- */

static int write_slice(struct chrome *c, const struct thread *thread, const struct slice *slice,
		       const struct perfdata_sample *s, uint32_t frame,
		       const struct perfdata_sample *entry)
{
	int err;

	open_event(c, "X", thread, slice->start);
	add_us(&c->json, "dur", slice->end - slice->start);
	add_name(c, s);
	add_frame(c, frame);
	err = add_args(c, s, entry);
	close_event(c);
	return err;
}

static int write_instant(struct chrome *c, const struct thread *thread,
			 const struct perfdata_sample *s, uint32_t frame)
{
	int err;

	open_event(c, "i", thread, s->time);
	add_string(&c->json, "s", "t");
	add_name(c, s);
	add_frame(c, frame);
	err = add_args(c, s, NULL);
	close_event(c);
	return err;
}

static void write_flow(struct chrome *c, const struct flow_step *step, const char *phase)
{
	open_event(c, phase, step->thread, step->time);
	add_string(&c->json, "name", "object");
	add_string(&c->json, "cat", "flow");
	json__key(&c->json, "id");
	json__u64(&c->json, step->id);
	/* To the slice around it, rather than to the next one. */
	add_string(&c->json, "bp", "e");
	close_event(c);
}

/* The id of the object that is tracked there; 0: none. */
static uint64_t flow_of(struct chrome *c, const struct chrome_event *ce,
			const struct perfdata_sample *s)
{
	const struct input_event *event = input__event(c->input, s->event);

	if (ce->flow_field < 0 || !fits(c, s))
		return 0;
	return event_view__number(event->view, ce->flow_field, s->raw);
}

/* A step is written when the next one is known: the last one is another than those before. */
static int add_flow(struct chrome *c, uint64_t id, struct thread *thread, uint64_t time)
{
	struct flow_step step = { .id = id, .thread = thread, .time = time }, before;
	int nr = flows__step(&c->flows, &step, &before);

	if (nr > 1)
		write_flow(c, &before, nr == 2 ? "s" : "t");
	return nr < 0 ? nr : 0;
}

/* Flows go from slice to slice, so an instant that is part of one becomes the shortest of slices. */
static int write_point(struct chrome *c, const struct chrome_event *ce, struct thread *thread,
		       const struct perfdata_sample *s, uint32_t frame)
{
	struct slice slice = { .start = s->time, .end = s->time + 1 };
	uint64_t id = flow_of(c, ce, s);
	int err;

	if (!id)
		return write_instant(c, thread, s, frame);
	err = nesting__add(&thread->nesting, &slice);
	if (!err)
		err = add_flow(c, id, thread, slice.start);
	return err ? err : write_slice(c, thread, &slice, s, frame, NULL);
}

/* ---- the two ends of a call ---------------------------------------------------------------- */

static void drop_waiting(struct chrome *c, struct waiting *w)
{
	HASH_DEL(c->waiting, w);
	free((void *)w->sample.raw);
	free(w);
}

static struct waiting *find_waiting(struct chrome *c, struct thread *thread)
{
	struct waiting *w;

	HASH_FIND_PTR(c->waiting, &thread, w);
	return w;
}

static int hold(struct chrome *c, struct thread *thread, const struct perfdata_sample *s,
		uint32_t frame, const struct slice *slice, bool is_call)
{
	struct waiting *w = calloc(1, sizeof(*w));
	char *raw = malloc(s->raw_size + 1);

	if (!w || !raw) {
		free(w);
		free(raw);
		return -ENOMEM;
	}
	if (s->raw_size)
		memcpy(raw, s->raw, s->raw_size);
	w->thread = thread;
	w->sample = *s;
	w->sample.raw = raw;
	w->slice = *slice;
	w->frame = frame;
	w->is_call = is_call;
	HASH_ADD_PTR(c->waiting, thread, w);
	return 0;
}

static int write_alone(struct chrome *c, struct waiting *w)
{
	const struct chrome_event *ce = get_event(c, w->sample.event);
	int err;

	if (!ce)
		return -ENOMEM;
	err = w->is_call ? write_slice(c, w->thread, &w->slice, &w->sample, w->frame, NULL) :
			   write_point(c, ce, w->thread, &w->sample, w->frame);
	drop_waiting(c, w);
	return err;
}

/*
 * The event at the entry is taken by the same program that takes the call's beginning, some time
 * later or before: in their thread nothing lies between them.
 */
static bool is_other_end(const struct waiting *w, const struct chrome_event *ce,
			 const struct perfdata_sample *s, bool is_call)
{
	return w->is_call != is_call && ce->other_end == (int)w->sample.event &&
	       w->sample.ip == s->ip;
}

static int add_call(struct chrome *c, const struct chrome_event *ce, struct thread *thread,
		    const struct line *line, uint32_t frame)
{
	uint64_t end = line->sample->time;
	struct slice slice = { .start = end - line->duration, .end = end };
	struct waiting *w = find_waiting(c, thread);
	uint64_t id = flow_of(c, ce, line->sample);
	bool is_pair = w && is_other_end(w, ce, line->sample, true);
	int err = 0;

	if (w && !is_pair)
		err = write_alone(c, w);
	/* One whose beginning is past is no part of the order that nesting relies on. */
	if (!err && line->kind != LINE_TAIL)
		err = nesting__add(&thread->nesting, &slice);
	if (!err && id)
		err = add_flow(c, id, thread, slice.start);
	if (err)
		return err;
	if (!is_pair && ce->other_end >= 0 && line->kind == LINE_OPEN)
		return hold(c, thread, line->sample, frame, &slice, true);
	err = write_slice(c, thread, &slice, line->sample, frame, is_pair ? &w->sample : NULL);
	if (is_pair)
		drop_waiting(c, w);
	return err;
}

static int add_point(struct chrome *c, const struct chrome_event *ce, struct thread *thread,
		     const struct perfdata_sample *s, uint32_t frame)
{
	struct waiting *w = find_waiting(c, thread);
	int err = 0;

	if (w && is_other_end(w, ce, s, false)) {
		err = write_slice(c, thread, &w->slice, &w->sample, w->frame, s);
		drop_waiting(c, w);
		return err;
	}
	if (w)
		err = write_alone(c, w);
	if (err)
		return err;
	if (ce->other_end >= 0)
		return hold(c, thread, s, frame, &(struct slice){ 0 }, false);
	return write_point(c, ce, thread, s, frame);
}

/* ---- the whole ----------------------------------------------------------------------------- */

static void write_lost(struct chrome *c, const struct line *line)
{
	open_event(c, "i", NULL, line->time);
	add_string(&c->json, "s", "g");
	add_string(&c->json, "name", "lost samples");
	json__key(&c->json, "args");
	json__open(&c->json, '{');
	json__key(&c->json, "lost");
	json__u64(&c->json, line->nr_lost);
	json__close(&c->json, '}');
	close_event(c);
}

static int flush(struct chrome *c)
{
	int err;

	if (!c->output)
		return buf__flush(&c->out, stdout);
	err = c->out.failed ? -ENOMEM : output__write(c->output, buf__str(&c->out), c->out.len);
	buf__clear(&c->out);
	return err;
}

static int flush_full(struct chrome *c)
{
	return c->out.len < FLUSH_SIZE && !c->out.failed ? 0 : flush(c);
}

static int add_sample(struct chrome *c, const struct line *line)
{
	const struct chrome_event *ce = get_event(c, line->sample->event);
	struct thread *thread = threads__get(&c->threads, line->sample, line->comm);
	uint32_t frame = 0;
	int err = 0;

	if (!ce || !thread)
		return -ENOMEM;
	if (!c->opts->no_callchain)
		err = frames__get(&c->frames, c->input, line->sample, &frame);
	if (err)
		return err;
	return line->kind == LINE_POINT ? add_point(c, ce, thread, line->sample, frame) :
					  add_call(c, ce, thread, line, frame);
}

static int show_line(const struct line *line, void *ctx)
{
	struct chrome *c = ctx;
	int err = 0;

	if (c->output && signals__came(&c->signals))
		return -EINTR;
	if (line->kind == LINE_LOST)
		write_lost(c, line);
	else if (line->kind != LINE_CLOSE)
		err = add_sample(c, line);
	return err ? err : flush_full(c);
}

static void write_meta(struct chrome *c, const struct thread *thread, const char *what,
		       const char *name)
{
	open_event(c, "M", thread, 0);
	add_string(&c->json, "name", what);
	json__key(&c->json, "args");
	json__open(&c->json, '{');
	add_string(&c->json, "name", name);
	json__close(&c->json, '}');
	close_event(c);
}

static int write_frames(struct chrome *c)
{
	struct frame *frame, *next;
	char id[16];
	int err = 0;

	json__key(&c->json, "stackFrames");
	json__open(&c->json, '{');
	HASH_ITER(hh, c->frames.by_key, frame, next) {
		snprintf(id, sizeof(id), "%" PRIu32, frame->id);
		json__key(&c->json, id);
		json__open(&c->json, '{');
		add_string(&c->json, "name", frame->key.name);
		add_string(&c->json, "category", *frame->key.dso ? frame->key.dso : "[unknown]");
		if (frame->key.parent) {
			json__key(&c->json, "parent");
			json__u64(&c->json, frame->key.parent);
		}
		close_event(c);
		if (!err)
			err = flush_full(c);
	}
	json__close(&c->json, '}');
	return err;
}

static int write_threads(struct chrome *c)
{
	struct thread *thread, *next;
	int err = 0;

	HASH_ITER(hh, c->threads.by_key, thread, next) {
		if (threads__is_first(&c->threads, thread))
			write_meta(c, thread, "process_name",
				   thread->pid ? thread->comm : "swapper");
		write_meta(c, thread, "thread_name", thread->comm);
		if (!err)
			err = flush_full(c);
	}
	return err;
}

/* What is known at the end only. */
static int write_end(struct chrome *c)
{
	struct waiting *w, *next;
	struct flow *flow;
	int err = 0;

	HASH_ITER(hh, c->waiting, w, next) {
		if (!err)
			err = write_alone(c, w);
		if (!err)
			err = flush_full(c);
	}
	for (flow = c->flows.by_id; flow && !err; flow = flow->hh.next) {
		if (flow->nr > 1)
			write_flow(c, &flow->last, "f");
		err = flush_full(c);
	}
	if (!err)
		err = write_threads(c);
	json__close(&c->json, ']');
	if (!err && c->frames.nr)
		err = write_frames(c);
	json__close(&c->json, '}');
	buf__addc(&c->out, '\n');
	return err ? err : flush(c);
}

static void add_info(struct json *json, const char *key, const char *value)
{
	if (value)
		add_string(json, key, value);
}

static void write_start(struct chrome *c)
{
	const struct perfdata_info *info = perfdata_reader__info(input__reader(c->input));
	struct json *json = &c->json;

	json__open(json, '{');
	add_string(json, "displayTimeUnit", "ns");
	json__key(json, "otherData");
	json__open(json, '{');
	add_string(json, "producer", "perf btfsnoop " BTFSNOOP_VERSION);
	add_info(json, "hostname", info->hostname);
	add_info(json, "os_release", info->os_release);
	add_info(json, "arch", info->arch);
	if (info->clock_ns) {
		json__key(json, "clock_ns");
		json__u64(json, info->clock_ns);
		json__key(json, "clock_wall_ns");
		json__u64(json, info->clock_wall_ns);
	}
	json__close(json, '}');
	json__key(json, "traceEvents");
	json__open(json, '[');
	buf__addc(&c->out, '\n');
}

static int write_all(struct chrome *c, struct diag *diag)
{
	struct lines_opts lines = {
		.max_events = c->opts->max_events, .callchains = !c->opts->no_callchain,
	};
	int err;

	write_start(c);
	err = lines__read(c->input, &lines, show_line, c, diag);
	return err ? err : write_end(c);
}

static void chrome__exit(struct chrome *c)
{
	struct waiting *w, *next;

	HASH_ITER(hh, c->waiting, w, next)
		drop_waiting(c, w);
	for (unsigned int i = 0; i < c->nr_events; i++)
		event_json__free(c->events[i].fields);
	free(c->events);
	flows__exit(&c->flows);
	frames__exit(&c->frames);
	threads__exit(&c->threads);
	buf__exit(&c->out);
	buf__exit(&c->text);
}

int chrome__write(struct input *input, const struct chrome_opts *opts, struct diag *diag)
{
	struct chrome c = { .input = input, .opts = opts };
	int err = 0;

	c.json = (struct json)JSON_INIT(&c.out);
	if (opts->path) {
		signals__hold(&c.signals, !input__can_rewind(input));
		err = output__open(opts->path, &c.output, diag);
	}
	if (!err)
		err = write_all(&c, diag);
	if (c.output && err)
		output__abort(c.output);
	else if (c.output)
		err = output__commit(c.output, diag);
	chrome__exit(&c);
	if (opts->path)
		signals__release(&c.signals);
	return err;
}
