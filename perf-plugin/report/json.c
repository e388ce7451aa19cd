// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../perfdata/attr.h"
#include "../render/event-json.h"
#include "callchain.h"
#include "json.h"
#include "records.h"

struct json_event {
	struct event_json *fields;	/* NULL: the event has no view */
	bool is_tracepoint;
	char *head;			/* "event":"btfsnoop:ip_send_skb" and its function */
	size_t head_len;
	bool has_func;
};

struct json_lines {
	struct input *input;
	struct value_opts values;
	bool no_callchain;
	struct shown *shown;
	struct json_event *events;
	unsigned int nr_events;
	struct chain chain;
	struct buf text;		/* for short use */
};

static int prepare_event(struct json_lines *jl, unsigned int index, struct json_event *je)
{
	const struct perfdata_event *pe = perfdata_reader__event(input__reader(jl->input), index);
	const struct input_event *event = input__event(jl->input, index);
	struct buf head = BUF_INIT;
	struct json json = JSON_INIT(&head);

	*je = (struct json_event){ 0 };
	je->is_tracepoint = pe->attr->type == PERF_TYPE_TRACEPOINT || attr__is_late(pe->attr);
	json__key(&json, "event");
	json__strings(&json, event->name);
	if (event->schema && event->schema->nr_funcs == 1) {
		json__key(&json, "function");
		json__strings(&json, event->schema->funcs[0].name);
	}
	je->has_func = event->schema && event->schema->nr_funcs > 1;
	je->head_len = head.len;
	je->head = buf__take(&head);
	if (!je->head)
		return -ENOMEM;
	return event->view ? event_json__new(event->view, &je->fields) : 0;
}

/* Events turn up while a pipe is read. NULL without memory. */
static const struct json_event *get_event(struct json_lines *jl, unsigned int index)
{
	unsigned int nr = input__nr_events(jl->input);
	struct json_event *more;

	if (index < jl->nr_events)
		return &jl->events[index];
	more = reallocarray(jl->events, nr, sizeof(*more));
	if (!more)
		return NULL;
	jl->events = more;
	for (; jl->nr_events < nr; jl->nr_events++)
		if (prepare_event(jl, jl->nr_events, &more[jl->nr_events]))
			return NULL;
	return &jl->events[index];
}

int json_lines__new(struct input *input, const struct print_opts *opts, struct shown *shown,
		    struct json_lines **out)
{
	struct json_lines *jl = calloc(1, sizeof(*jl));

	if (!jl)
		return -ENOMEM;
	jl->input = input;
	jl->values = opts->values;
	jl->values.symbols = input__symbols(input);
	jl->shown = shown;
	jl->no_callchain = opts->no_callchain;
	*out = jl;
	return 0;
}

void json_lines__free(struct json_lines *jl)
{
	if (!jl)
		return;
	for (unsigned int i = 0; i < jl->nr_events; i++) {
		event_json__free(jl->events[i].fields);
		free(jl->events[i].head);
	}
	free(jl->events);
	chain__exit(&jl->chain);
	buf__exit(&jl->text);
	free(jl);
}

/* ---- parts of a sample --------------------------------------------------------------------- */

static void add_id(struct json *json, const char *key, int32_t id)
{
	if (id < 0)
		return;
	json__key(json, key);
	json__s64(json, id);
}

/* The text that libtraceevent makes of the record, where the event's fields are not known. */
static void add_text(struct json_lines *jl, const struct perfdata_sample *s, struct json *json)
{
	const struct input_event *event = input__event(jl->input, s->event);

	buf__clear(&jl->text);
	foreign__print(input__foreign(jl->input), event->foreign, s->raw, s->raw_size, s->cpu,
		       s->time, &jl->text);
	json__key(json, "text");
	json__string(json, buf__str(&jl->text), jl->text.len);
}

/* What was recorded: {"fields":{}}, or why it can't be shown. */
static void add_recorded(struct json_lines *jl, const struct json_event *je,
			 const struct perfdata_sample *s, struct json *json)
{
	const struct input_event *event = input__event(jl->input, s->event);

	if (!event->view) {
		if (event->foreign >= 0 && s->raw_size)
			add_text(jl, s, json);
	} else if (event_view__fits(event->view, s->raw_size)) {
		event_json__add(je->fields, s->raw, s->raw_size, &jl->values, json);
	} else {
		json__key(json, "error");
		json__strings(json, "cut short");
	}
}

static void add_duration(const struct input_event *event, const struct perfdata_sample *s,
			 struct json *json)
{
	if (!event->view || !event->schema->duration_offset ||
	    !event_view__fits(event->view, s->raw_size))
		return;
	json__key(json, "duration_ns");
	json__u64(json, event_view__duration(event->view, s->raw));
}

static void add_place(const struct place *place, struct json *json)
{
	json__key(json, "ip");
	json__hex(json, place->ip);
	if (place->sym) {
		json__key(json, "sym");
		json__strings(json, place->sym);
		json__key(json, "offset");
		json__u64(json, place->offset);
	}
	if (place->dso) {
		json__key(json, "dso");
		json__strings(json, place->dso);
	}
}

static void add_callchain(struct json_lines *jl, const struct perfdata_sample *s,
			  struct json *json)
{
	if (chain__read(&jl->chain, jl->input, s, 0)) {
		json->out->failed = true;
		return;
	}
	json__key(json, "callchain");
	json__open(json, '[');
	for (unsigned int i = 0; i < jl->chain.nr; i++) {
		json__open(json, '{');
		add_place(&jl->chain.places[i], json);
		json__close(json, '}');
	}
	json__close(json, ']');
}

static void find_place(struct json_lines *jl, const struct perfdata_sample *s, struct place *place)
{
	maps__find(input__maps(jl->input), s->pid, s->misc & PERF_RECORD_MISC_CPUMODE_MASK, s->ip,
		   place);
}

static void add_func(struct json_lines *jl, const struct perfdata_sample *s, struct json *json)
{
	const char *func = input__func(jl->input, s);

	if (!func)
		return;
	json__key(json, "function");
	json__strings(json, func);
}

/* ---- samples ------------------------------------------------------------------------------- */

static void add_all(struct json_lines *jl, const struct json_event *je,
		    const struct perfdata_sample *s, uint64_t time, struct json *json)
{
	const struct input_event *event = input__event(jl->input, s->event);
	struct place place;

	json__raw(json, je->head, je->head_len);
	if (je->has_func)
		add_func(jl, s, json);
	json__key(json, "comm");
	json__strings(json, input__comm(jl->input, s));
	add_id(json, "pid", s->pid);
	add_id(json, "tid", s->tid);
	add_id(json, "cpu", s->cpu);
	json__key(json, "time");
	json__seconds(json, time);
	if (!je->is_tracepoint) {
		json__key(json, "period");
		json__u64(json, s->period);
		find_place(jl, s, &place);
		add_place(&place, json);
	}
	add_recorded(jl, je, s, json);
	add_duration(event, s, json);
	if (s->nr_callchain && !jl->no_callchain)
		add_callchain(jl, s, json);
}

static void add_column(struct json_lines *jl, struct column *column,
		       const struct perfdata_sample *s, struct json *json)
{
	struct column_value value;

	if (column__read(column, s, &value)) {
		json->out->failed = true;
	} else if (value.status & ITEM_FAULT) {
		json__null(json);
	} else if (column__is_quantity(column) && !jl->values.hex) {
		if (column__is_signed(column))
			json__s64(json, value.number);
		else
			json__u64(json, value.number);
	} else {
		buf__clear(&jl->text);
		column__add(column, &value, &jl->text);
		json__string(json, buf__str(&jl->text), jl->text.len);
	}
}

static void add_expr(struct json_lines *jl, const struct json_event *je, unsigned int item,
		     const struct perfdata_sample *s, struct json *json)
{
	const struct input_event *event = input__event(jl->input, s->event);
	struct shown_source source;

	if (shown__source(jl->shown, item, s->event, &source)) {
		json->out->failed = true;
		return;
	}
	if (source.field < 0 && !source.column)
		return;
	buf__clear(&jl->text);
	json__prepare_key(&jl->text, shown__name(jl->shown, item),
			  strlen(shown__name(jl->shown, item)));
	json__raw_key(json, buf__str(&jl->text), jl->text.len);
	if (source.field < 0)
		add_column(jl, source.column, s, json);
	else if (event_view__fits(event->view, s->raw_size))
		event_json__field(je->fields, source.field, s->raw, s->raw_size, &jl->values, json);
	else
		json__null(json);
}

static void add_string(struct json *json, const char *key, const char *value)
{
	json__key(json, key);
	if (value)
		json__strings(json, value);
	else
		json__null(json);
}

/* Keys of the place where the sample was taken, or its call chain, which has them all. */
static void add_places(struct json_lines *jl, const struct perfdata_sample *s, struct json *json)
{
	struct place place;

	if (s->nr_callchain && !jl->no_callchain) {
		add_callchain(jl, s, json);
		return;
	}
	find_place(jl, s, &place);
	if (shown__has(jl->shown, SHOWN_IP)) {
		json__key(json, "ip");
		json__hex(json, place.ip);
	}
	if (shown__has(jl->shown, SHOWN_SYM) || shown__has(jl->shown, SHOWN_SYMOFF))
		add_string(json, "sym", place.sym);
	if (shown__has(jl->shown, SHOWN_SYMOFF)) {
		json__key(json, "offset");
		json__u64(json, place.offset);
	}
	if (shown__has(jl->shown, SHOWN_DSO))
		add_string(json, "dso", place.dso);
}

static void add_key(struct json_lines *jl, const struct json_event *je, unsigned int item,
		    const struct perfdata_sample *s, uint64_t time, struct json *json)
{
	const struct input_event *event = input__event(jl->input, s->event);

	switch (shown__key(jl->shown, item)) {
	case SHOWN_COMM:
		add_string(json, "comm", input__comm(jl->input, s));
		break;
	case SHOWN_PID:
		add_id(json, "pid", s->pid);
		break;
	case SHOWN_TID:
		add_id(json, "tid", s->tid);
		break;
	case SHOWN_CPU:
		add_id(json, "cpu", s->cpu);
		break;
	case SHOWN_TIME:
		json__key(json, "time");
		json__seconds(json, time);
		break;
	case SHOWN_PERIOD:
		json__key(json, "period");
		json__u64(json, s->period);
		break;
	case SHOWN_EVENT:
		add_string(json, "event", event->name);
		break;
	case SHOWN_FUNCTION:
		add_string(json, "function", input__func(jl->input, s));
		break;
	case SHOWN_TRACE:
		add_recorded(jl, je, s, json);
		break;
	case SHOWN_DURATION:
		add_duration(event, s, json);
		break;
	case SHOWN_EXPR:
		add_expr(jl, je, item, s, json);
		break;
	case SHOWN_TEXT:
	case SHOWN_IP:
	case SHOWN_SYM:
	case SHOWN_SYMOFF:
	case SHOWN_DSO:			/* add_places() */
		break;
	}
}

static void add_some(struct json_lines *jl, const struct json_event *je,
		     const struct perfdata_sample *s, uint64_t time, struct json *json)
{
	for (unsigned int i = 0; i < shown__nr(jl->shown); i++)
		add_key(jl, je, i, s, time, json);
	if (shown__has(jl->shown, SHOWN_IP) || shown__has(jl->shown, SHOWN_SYM) ||
	    shown__has(jl->shown, SHOWN_SYMOFF) || shown__has(jl->shown, SHOWN_DSO))
		add_places(jl, s, json);
}

static void add_sample(struct json_lines *jl, const struct perfdata_sample *s, uint64_t time,
		       struct json *json)
{
	const struct json_event *je = get_event(jl, s->event);

	if (!je)
		json->out->failed = true;
	else if (jl->shown)
		add_some(jl, je, s, time, json);
	else
		add_all(jl, je, s, time, json);
}

/* ---- other records ------------------------------------------------------------------------- */

static void add_head(const char *name, uint64_t time, struct json *json)
{
	add_string(json, "event", name);
	json__key(json, "time");
	json__seconds(json, time);
}

static void add_comm(const struct perfdata_record *record, uint64_t time, struct json *json)
{
	const struct comm_record *comm = (const void *)record->header;
	size_t size = record->header->size;

	if (size < sizeof(*comm))
		return;
	add_head("PERF_RECORD_COMM", time, json);
	json__key(json, "comm");
	json__string(json, comm->comm, strnlen(comm->comm, size - sizeof(*comm)));
	add_id(json, "pid", comm->pid);
	add_id(json, "tid", comm->tid);
	json__key(json, "exec");
	json__bool(json, record->header->misc & PERF_RECORD_MISC_COMM_EXEC);
}

static void add_fork(const struct perfdata_record *record, uint64_t time, struct json *json)
{
	const struct fork_record *fork = (const void *)record->header;

	if (record->header->size < sizeof(*fork))
		return;
	add_head(record->type == PERF_RECORD_FORK ? "PERF_RECORD_FORK" : "PERF_RECORD_EXIT", time,
		 json);
	add_id(json, "pid", fork->pid);
	add_id(json, "tid", fork->tid);
	add_id(json, "ppid", fork->ppid);
	add_id(json, "ptid", fork->ptid);
}

static void add_lost(const struct perfdata_record *record, uint64_t time, struct json *json)
{
	const struct lost_record *lost = (const void *)record->header;
	bool samples = record->type == PERF_RECORD_LOST_SAMPLES;

	if (record->header->size < (samples ? sizeof(*lost) - 8 : sizeof(*lost)))
		return;
	add_head(samples ? "PERF_RECORD_LOST_SAMPLES" : "PERF_RECORD_LOST", time, json);
	json__key(json, "lost");
	json__u64(json, samples ? lost->first : lost->second);
}

void json_lines__record(struct json_lines *jl, const struct perfdata_record *record,
			uint64_t time, struct buf *out)
{
	struct json json = JSON_INIT(out);
	size_t start = out->len;

	json__open(&json, '{');
	switch (record->type) {
	case PERF_RECORD_SAMPLE:
		add_sample(jl, &record->sample, time, &json);
		break;
	case PERF_RECORD_COMM:
		add_comm(record, time, &json);
		break;
	case PERF_RECORD_FORK:
	case PERF_RECORD_EXIT:
		add_fork(record, time, &json);
		break;
	default:
		add_lost(record, time, &json);
	}
	if (record->type != PERF_RECORD_SAMPLE && out->len == start + 1) {
		buf__cut(out, start);		/* too short to say anything */
		return;
	}
	json__close(&json, '}');
	buf__addc(out, '\n');
}
