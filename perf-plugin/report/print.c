// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../perfdata/attr.h"
#include "../render/text.h"
#include "../render/unit.h"
#include "callchain.h"
#include "csv.h"
#include "json.h"
#include "print.h"
#include "records.h"
#include "shown.h"

struct print {
	struct input *input;
	struct print_opts opts;
	uint64_t first_time;		/* of the records shown */
	uint64_t last_time;
	unsigned int name_width;	/* of the longest event name, as perf script aligns them */
	struct buf *names;		/* by event: so aligned, with a colon */
	unsigned int nr_names;
	struct shown *shown;		/* NULL: what is usual */
	struct json_lines *json;
	struct csv_lines *csv;
	struct chain chain;
};

/* What was appended from @start on is moved to the right end of @width columns. */
static void align_right(struct buf *out, size_t start, size_t width)
{
	size_t len = out->len - start;

	if (len >= width || out->failed)
		return;
	buf__fill(out, ' ', width - len);
	if (out->failed)
		return;
	memmove(out->data + start + width - len, out->data + start, len);
	memset(out->data + start, ' ', width - len);
}

static void add_padded_text(struct buf *out, const char *text, unsigned int width)
{
	size_t len = strlen(text), columns = text__width(text, len);

	if (columns < width)
		buf__fill(out, ' ', width - columns);
	buf__add(out, text, len);
}

static uint64_t shown_time(struct print *p, uint64_t time)
{
	uint64_t from;

	if (p->opts.time == PRINT_ABSOLUTE)
		return time;
	if (!p->first_time)
		p->first_time = p->last_time = time;
	from = p->opts.time == PRINT_DELTA ? p->last_time : p->first_time;
	p->last_time = time;
	return time - from;
}

/* perf script's "%12s: ": seconds since the boot, the first event, or the one before. */
static void add_time(struct print *p, struct buf *out, uint64_t time)
{
	size_t start = out->len;

	unit__timestamp(out, shown_time(p, time), p->opts.nanoseconds);
	align_right(out, start, 12);
	buf__add(out, ": ", 2);
}

/* Samples without one have none shown, as in perf script. */
static void add_cpu(struct buf *out, int32_t cpu)
{
	unsigned int n = cpu;
	char text[] = { '[', '0' + n / 100 % 10, '0' + n / 10 % 10, '0' + n % 10, ']', ' ' };

	if (cpu < 0)
		return;
	if (n < 1000)
		buf__add(out, text, sizeof(text));
	else
		buf__addf(out, "[%u] ", n);
}

/*
 * What stands in front of every line: comm, tid, cpu, time. Where call chains are, columns would
 * not stand below each other anyway: perf doesn't try.
 */
static void add_prefix(struct print *p, struct buf *out, const char *comm, int32_t tid,
		       int32_t cpu, uint64_t time, bool has_callchain)
{
	size_t start;

	add_padded_text(out, comm, has_callchain ? 0 : 16);
	buf__addc(out, ' ');
	start = out->len;
	buf__addd(out, tid);
	align_right(out, start, 5);
	buf__addc(out, ' ');
	add_cpu(out, cpu);
	add_time(p, out, time);
}

/*
 * In front the function, where the event's name doesn't say it: an event for many, or with a name
 * of its own.
 */
static void add_ours(struct print *p, struct buf *out, const struct perfdata_sample *sample,
		     const struct input_event *event)
{
	const char *func = event->shows_func ? input__func(p->input, sample) : NULL;

	event_view__text(event->view, func, sample->raw, sample->raw_size, &p->opts.values, out);
}

static int make_names(struct print *p, unsigned int nr)
{
	struct buf *more = reallocarray(p->names, nr, sizeof(*more));

	if (!more)
		return -ENOMEM;
	p->names = more;
	for (; p->nr_names < nr; p->nr_names++) {
		struct buf *name = &p->names[p->nr_names];

		*name = (struct buf)BUF_INIT;
		add_padded_text(name, input__event(p->input, p->nr_names)->name, p->name_width);
		buf__adds(name, ": ");
	}
	return 0;
}

/* Events turn up while a pipe is read. */
static void add_name(struct print *p, struct buf *out, unsigned int event)
{
	if (event >= p->nr_names && make_names(p, input__nr_events(p->input)))
		out->failed = true;
	else
		buf__add(out, buf__str(&p->names[event]), p->names[event].len);
}

static void add_callchain(struct print *p, struct buf *out, const struct perfdata_sample *sample)
{
	if (!sample->nr_callchain || p->opts.no_callchain)
		return;
	if (chain__read(&p->chain, p->input, sample, 0))
		out->failed = true;
	chain__lines(&p->chain, out);
	buf__addc(out, '\n');
}

static void find_place(struct print *p, const struct perfdata_sample *s, struct place *place)
{
	maps__find(input__maps(p->input), s->pid, s->misc & PERF_RECORD_MISC_CPUMODE_MASK, s->ip,
		   place);
}

/* What counts something: how much, and where. */
static void add_counter(struct print *p, struct buf *out, const struct perfdata_sample *sample)
{
	struct place place;

	if (sample->nr_callchain && !p->opts.no_callchain)
		return;
	find_place(p, sample, &place);
	buf__addf(out, "%16llx ", (unsigned long long)place.addr);
	place__add(&place, out);
}

static void add_period(struct buf *out, uint64_t period)
{
	size_t start = out->len;

	buf__addu(out, period);
	align_right(out, start, 10);
	buf__addc(out, ' ');
}

static void add_trace(struct print *p, struct buf *out, const struct perfdata_sample *sample)
{
	const struct input_event *event = input__event(p->input, sample->event);

	if (event->foreign >= 0 && sample->raw_size) {
		foreign__queue(input__foreign(p->input), event->foreign, sample->raw,
			       sample->raw_size, sample->cpu, sample->time, out);
		buf__addc(out, '\n');
	} else if (event->view) {
		add_ours(p, out, sample, event);
	} else {
		add_counter(p, out, sample);
		buf__addc(out, '\n');
	}
}

static bool is_counter(struct print *p, unsigned int event)
{
	const struct perf_event_attr *attr =
		perfdata_reader__event(input__reader(p->input), event)->attr;

	return attr->type != PERF_TYPE_TRACEPOINT && !attr__is_late(attr);
}

static void add_sample(struct print *p, struct buf *out, const struct perfdata_sample *sample)
{
	add_prefix(p, out, input__comm(p->input, sample), sample->tid, sample->cpu, sample->time,
		   sample->nr_callchain && !p->opts.no_callchain);
	if (is_counter(p, sample->event))
		add_period(out, sample->period);
	add_name(p, out, sample->event);
	add_trace(p, out, sample);
	add_callchain(p, out, sample);
}

/* ---- only what -F asks for ----------------------------------------------------------------- */

static void add_column(struct buf *out, struct column *column,
		       const struct perfdata_sample *sample)
{
	struct column_value value;

	if (column__read(column, sample, &value))
		out->failed = true;
	else
		column__add(column, &value, out);
}

static void add_expr(struct print *p, struct buf *out, unsigned int item,
		     const struct perfdata_sample *sample)
{
	const struct input_event *event = input__event(p->input, sample->event);
	struct shown_source source;

	if (shown__source(p->shown, item, sample->event, &source)) {
		out->failed = true;
		return;
	}
	if (source.field < 0 && !source.column)
		return;
	text__adds(out, shown__name(p->shown, item));
	buf__addc(out, '=');
	if (source.column)
		add_column(out, source.column, sample);
	else if (event_view__fits(event->view, sample->raw_size))
		event_view__field(event->view, source.field, sample->raw, sample->raw_size,
				  &p->opts.values, out);
	buf__addc(out, ' ');
}

static bool shows_place(const struct print *p)
{
	return shown__has(p->shown, SHOWN_IP) || shown__has(p->shown, SHOWN_SYM) ||
	       shown__has(p->shown, SHOWN_SYMOFF) || shown__has(p->shown, SHOWN_DSO);
}

static void end_line(struct buf *out)
{
	while (out->len && out->data[out->len - 1] == ' ')
		buf__cut(out, out->len - 1);
	buf__addc(out, '\n');
}

/* One of a sample's places, with as much of it as was asked for. */
static void add_place(struct print *p, struct buf *out, const struct place *place)
{
	if (shown__has(p->shown, SHOWN_IP))
		buf__addf(out, "%16llx ", (unsigned long long)place->addr);
	if (shown__has(p->shown, SHOWN_SYM) || shown__has(p->shown, SHOWN_SYMOFF)) {
		buf__adds(out, place->sym ? place->sym : "[unknown]");
		if (place->sym && shown__has(p->shown, SHOWN_SYMOFF)) {
			buf__addc(out, '+');
			buf__addx(out, place->offset);
		}
		buf__addc(out, ' ');
	}
	if (shown__has(p->shown, SHOWN_DSO))
		buf__addf(out, "(%s)", place->dso ? place->dso : "[unknown]");
	end_line(out);
}

static void add_places(struct print *p, struct buf *out, const struct perfdata_sample *sample)
{
	struct place place;

	if (!sample->nr_callchain || p->opts.no_callchain) {
		find_place(p, sample, &place);
		add_place(p, out, &place);
		return;
	}
	if (chain__read(&p->chain, p->input, sample, 0))
		out->failed = true;
	if (out->len && out->data[out->len - 1] != '\n')
		end_line(out);
	for (unsigned int i = 0; i < p->chain.nr; i++) {
		buf__addc(out, '\t');
		add_place(p, out, &p->chain.places[i]);
	}
	buf__addc(out, '\n');
}

static void add_ids(struct print *p, struct buf *out, unsigned int item,
		    const struct perfdata_sample *sample)
{
	bool both = item + 1 < shown__nr(p->shown) &&
		    shown__key(p->shown, item) == SHOWN_PID &&
		    shown__key(p->shown, item + 1) == SHOWN_TID;
	bool second = item && shown__key(p->shown, item) == SHOWN_TID &&
		      shown__key(p->shown, item - 1) == SHOWN_PID;
	int32_t id = shown__key(p->shown, item) == SHOWN_PID ? sample->pid : sample->tid;

	/* As perf has it: "4242/4243" for pid,tid. */
	if (second)
		buf__addf(out, "%-5d ", id);
	else
		buf__addf(out, both ? "%5d/" : "%5d ", id);
}

static void add_key(struct print *p, struct buf *out, unsigned int item,
		    const struct perfdata_sample *sample)
{
	const struct input_event *event = input__event(p->input, sample->event);
	const char *func;

	switch (shown__key(p->shown, item)) {
	case SHOWN_COMM:
		add_padded_text(out, input__comm(p->input, sample), 16);
		buf__addc(out, ' ');
		break;
	case SHOWN_PID:
	case SHOWN_TID:
		add_ids(p, out, item, sample);
		break;
	case SHOWN_CPU:
		add_cpu(out, sample->cpu);
		break;
	case SHOWN_TIME:
		add_time(p, out, sample->time);
		break;
	case SHOWN_PERIOD:
		add_period(out, sample->period);
		break;
	case SHOWN_EVENT:
		add_name(p, out, sample->event);
		break;
	case SHOWN_FUNCTION:
		func = input__func(p->input, sample);
		buf__adds(out, func ? func : "[unknown]");
		buf__addc(out, ' ');
		break;
	case SHOWN_DURATION:
		if (event->view && event->schema->duration_offset &&
		    event_view__fits(event->view, sample->raw_size)) {
			unit__duration(out, event_view__duration(event->view, sample->raw));
			buf__addc(out, ' ');
		}
		break;
	case SHOWN_EXPR:
		add_expr(p, out, item, sample);
		break;
	default:		/* behind all others */
		break;
	}
}

static void add_shown(struct print *p, struct buf *out, const struct perfdata_sample *sample)
{
	bool trace = shown__has(p->shown, SHOWN_TRACE) && !is_counter(p, sample->event);

	for (unsigned int i = 0; i < shown__nr(p->shown); i++)
		add_key(p, out, i, sample);
	if (trace)
		add_trace(p, out, sample);
	if (shows_place(p)) {
		add_places(p, out, sample);
	} else if (!trace) {
		end_line(out);
	}
}

/* ---- records that are no samples ----------------------------------------------------------- */

static void add_task(struct print *p, struct buf *out, const struct perfdata_record *record)
{
	const struct comm_record *comm = (const void *)record->header;
	const struct fork_record *fork = (const void *)record->header;
	size_t size = record->header->size;
	struct perfdata_sample task = { 0 };

	if (size < (record->type == PERF_RECORD_COMM ? sizeof(*comm) : sizeof(*fork)))
		return;
	task.pid = record->type == PERF_RECORD_FORK ? fork->ppid : comm->pid;
	task.tid = record->type == PERF_RECORD_FORK ? fork->ptid :
		   record->type == PERF_RECORD_EXIT ? fork->tid : comm->tid;
	add_prefix(p, out, input__comm(p->input, &task), task.tid, 0, record->time, false);
	if (record->type == PERF_RECORD_COMM) {
		buf__addf(out, "PERF_RECORD_COMM%s: ",
			  record->header->misc & PERF_RECORD_MISC_COMM_EXEC ? " exec" : "");
		text__add(out, comm->comm, strnlen(comm->comm, size - sizeof(*comm)), false);
		buf__addf(out, ":%u/%u\n", comm->pid, comm->tid);
	} else {
		buf__addf(out, "PERF_RECORD_%s(%u:%u):(%u:%u)\n",
			  record->type == PERF_RECORD_FORK ? "FORK" : "EXIT", fork->pid, fork->tid,
			  fork->ppid, fork->ptid);
	}
}

static void add_lost(struct print *p, struct buf *out, const struct perfdata_record *record)
{
	const struct lost_record *lost = (const void *)record->header;
	bool samples = record->type == PERF_RECORD_LOST_SAMPLES;

	if (record->header->size < (samples ? sizeof(*lost) - 8 : sizeof(*lost)))
		return;
	add_prefix(p, out, "", -1, 0, record->time, false);
	buf__addf(out, "PERF_RECORD_LOST%s lost %" PRIu64 "\n", samples ? "_SAMPLES" : "",
		  samples ? lost->first : lost->second);
}

static bool is_shown(const struct print *p, uint32_t type)
{
	switch (type) {
	case PERF_RECORD_SAMPLE:
		return true;
	case PERF_RECORD_COMM:
	case PERF_RECORD_FORK:
	case PERF_RECORD_EXIT:
		return p->opts.tasks && !p->csv;
	case PERF_RECORD_LOST:
	case PERF_RECORD_LOST_SAMPLES:
		return (p->opts.lost || p->json) && !p->csv;
	default:
		return false;
	}
}

static void add_record(struct print *p, const struct perfdata_record *record, struct buf *out)
{
	switch (record->type) {
	case PERF_RECORD_SAMPLE:
		if (p->shown)
			add_shown(p, out, &record->sample);
		else
			add_sample(p, out, &record->sample);
		break;
	case PERF_RECORD_LOST:
	case PERF_RECORD_LOST_SAMPLES:
		add_lost(p, out, record);
		break;
	default:
		add_task(p, out, record);
	}
}

void print__record(struct print *p, const struct perfdata_record *record, struct buf *out)
{
	if (!is_shown(p, record->type))
		return;
	if (p->json)
		json_lines__record(p->json, record, shown_time(p, record->time), out);
	else if (p->csv)
		csv_lines__sample(p->csv, &record->sample, shown_time(p, record->time), out);
	else
		add_record(p, record, out);
}

static void measure_names(struct print *p)
{
	for (unsigned int i = 0; i < input__nr_events(p->input); i++) {
		unsigned int width = strlen(input__event(p->input, i)->name);

		if (width > p->name_width)
			p->name_width = width;
	}
}

static const char *standard_fields(enum print_format format)
{
	switch (format) {
	case PRINT_JSON:
	case PRINT_CSV:
		return "event,function,comm,pid,tid,cpu,time,duration,trace";
	default:
		return "comm,tid,cpu,time,event,trace";
	}
}

int print__new(struct input *input, const struct print_opts *opts, struct print **out,
	       struct diag *diag)
{
	struct print *p = calloc(1, sizeof(*p));
	int err = 0;

	if (!p)
		return -ENOMEM;
	p->input = input;
	p->opts = *opts;
	p->opts.values.symbols = input__symbols(input);
	measure_names(p);
	if (opts->fields)
		err = shown__new(input, opts->fields, standard_fields(opts->format), &p->shown,
				 diag);
	if (!err && opts->format == PRINT_JSON)
		err = json_lines__new(input, &p->opts, p->shown, &p->json);
	else if (!err && opts->format == PRINT_CSV)
		err = csv_lines__new(input, &p->opts, p->shown, &p->csv);
	if (err)
		print__free(p);
	else
		*out = p;
	return err;
}

void print__free(struct print *p)
{
	if (!p)
		return;
	for (unsigned int i = 0; i < p->nr_names; i++)
		buf__exit(&p->names[i]);
	free(p->names);
	json_lines__free(p->json);
	csv_lines__free(p->csv);
	shown__free(p->shown);
	chain__exit(&p->chain);
	free(p);
}
