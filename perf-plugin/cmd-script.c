// SPDX-License-Identifier: GPL-2.0-only
/* perf btfsnoop script: every event in the order of time, as text. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builtin.h"
#include "cli/options.h"
#include "cli/pager.h"
#include "render/text.h"
#include "render/unit.h"
#include "report/graph.h"
#include "report/input.h"
#include "util/verbose.h"

#define FLUSH_SIZE	(64 << 10)
#define USEC		1000

struct script {
	struct input *input;
	struct input_opts opts;
	struct value_opts value_opts;
	bool nanoseconds;
	bool reltime;
	bool deltatime;
	bool header;
	bool header_only;
	bool show_lost;
	bool show_tasks;
	bool graph;
	uint64_t max_events;
	uint64_t nr_events;
	uint64_t first_time;		/* of the events shown */
	uint64_t last_time;
	unsigned int name_width;	/* of the longest event name, as perf script aligns them */
	struct buf *names;		/* by event: so aligned, with a colon */
	unsigned int nr_names;
	struct buf out;
};

static const char *const script_usage[] = {
	"perf btfsnoop script [<options>]", NULL,
};

static int flush(struct script *s)
{
	int err = s->out.failed ? -ENOMEM : 0;

	if (!err && s->out.len && fwrite(s->out.data, 1, s->out.len, stdout) != s->out.len)
		err = -EIO;
	buf__clear(&s->out);
	return err;
}

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

/* perf script's "%12s: ": seconds since the boot, the first event, or the one before. */
static void add_time(struct script *s, uint64_t time)
{
	uint64_t shown = time;
	size_t start = s->out.len;

	if (s->reltime || s->deltatime) {
		if (!s->first_time)
			s->first_time = s->last_time = time;
		shown = time - (s->deltatime ? s->last_time : s->first_time);
		s->last_time = time;
	}
	unit__timestamp(&s->out, shown, s->nanoseconds);
	align_right(&s->out, start, 12);
	buf__add(&s->out, ": ", 2);
}

static void add_cpu(struct buf *out, int32_t cpu)
{
	unsigned int n = cpu < 0 ? 0 : cpu;
	char text[] = { '[', '0' + n / 100 % 10, '0' + n / 10 % 10, '0' + n % 10, ']', ' ' };

	if (n < 1000)
		buf__add(out, text, sizeof(text));
	else
		buf__addf(out, "[%u] ", n);
}

/* What stands in front of every line: comm, tid, cpu, time. */
static void add_prefix(struct script *s, const char *comm, int32_t tid, int32_t cpu, uint64_t time)
{
	size_t start;

	add_padded_text(&s->out, comm, 16);
	buf__addc(&s->out, ' ');
	start = s->out.len;
	buf__addd(&s->out, tid);
	align_right(&s->out, start, 5);
	buf__addc(&s->out, ' ');
	add_cpu(&s->out, cpu);
	add_time(s, time);
}

/*
 * The function, where the event's name doesn't say it: an event for many, or with a name of its
 * own.
 */
static void add_func(struct script *s, const struct perfdata_sample *sample,
		     const struct input_event *event)
{
	const char *func = event->shows_func ? input__func(s->input, sample) : NULL;

	if (!func)
		return;
	buf__adds(&s->out, func);
	buf__adds(&s->out, ": ");
}

static void add_ours(struct script *s, const struct perfdata_sample *sample,
		     const struct input_event *event)
{
	if (!event_view__fits(event->view, sample->raw_size)) {
		buf__addf(&s->out, "(cut short: %u of %u bytes)\n", sample->raw_size,
			  event->schema->fixed_size);
		return;
	}
	add_func(s, sample, event);
	event_view__line(event->view, sample->raw, sample->raw_size, &s->value_opts, &s->out);
	buf__addc(&s->out, '\n');
	event_view__trees(event->view, sample->raw, sample->raw_size, &s->value_opts, &s->out);
}

static int make_names(struct script *s, unsigned int nr)
{
	struct buf *more = reallocarray(s->names, nr, sizeof(*more));

	if (!more)
		return -ENOMEM;
	s->names = more;
	for (; s->nr_names < nr; s->nr_names++) {
		struct buf *name = &s->names[s->nr_names];

		*name = (struct buf)BUF_INIT;
		add_padded_text(name, input__event(s->input, s->nr_names)->name, s->name_width);
		buf__adds(name, ": ");
	}
	return 0;
}

/* Events turn up while a pipe is read. */
static void add_name(struct script *s, unsigned int event)
{
	if (event >= s->nr_names && make_names(s, input__nr_events(s->input)))
		s->out.failed = true;
	else
		buf__add(&s->out, buf__str(&s->names[event]), s->names[event].len);
}

static void add_sample(struct script *s, const struct perfdata_sample *sample)
{
	const struct input_event *event = input__event(s->input, sample->event);

	add_prefix(s, input__comm(s->input, sample), sample->tid, sample->cpu, sample->time);
	add_name(s, sample->event);
	if (event->view) {
		add_ours(s, sample, event);
		return;
	}
	if (event->foreign >= 0 && sample->raw_size)
		foreign__print(input__foreign(s->input), event->foreign, sample->raw,
			       sample->raw_size, sample->cpu, sample->time, &s->out);
	else
		buf__addx(&s->out, sample->ip);
	buf__addc(&s->out, '\n');
}

/*
 * Records about tasks and losses begin with these (include/uapi/linux/perf_event.h). Each is
 * checked against the record's size before it is looked at.
 */
struct comm_record {
	struct perf_event_header header;
	uint32_t pid, tid;
	char comm[];
};

struct fork_record {
	struct perf_event_header header;
	uint32_t pid, ppid, tid, ptid;
	uint64_t time;
};

struct lost_record {
	struct perf_event_header header;
	uint64_t first;		/* of PERF_RECORD_LOST the id, of LOST_SAMPLES the number */
	uint64_t second;
};

static void add_task(struct script *s, const struct perfdata_record *record)
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
	add_prefix(s, input__comm(s->input, &task), task.tid, 0, record->time);
	if (record->type == PERF_RECORD_COMM) {
		buf__addf(&s->out, "PERF_RECORD_COMM%s: ",
			  record->header->misc & PERF_RECORD_MISC_COMM_EXEC ? " exec" : "");
		text__add(&s->out, comm->comm, strnlen(comm->comm, size - sizeof(*comm)), false);
		buf__addf(&s->out, ":%u/%u\n", comm->pid, comm->tid);
	} else {
		buf__addf(&s->out, "PERF_RECORD_%s(%u:%u):(%u:%u)\n",
			  record->type == PERF_RECORD_FORK ? "FORK" : "EXIT", fork->pid, fork->tid,
			  fork->ppid, fork->ptid);
	}
}

static void add_lost(struct script *s, const struct perfdata_record *record)
{
	const struct lost_record *lost = (const void *)record->header;
	bool samples = record->type == PERF_RECORD_LOST_SAMPLES;

	if (record->header->size < (samples ? sizeof(*lost) - 8 : sizeof(*lost)))
		return;
	add_prefix(s, "", -1, 0, record->time);
	buf__addf(&s->out, "PERF_RECORD_LOST%s lost %" PRIu64 "\n", samples ? "_SAMPLES" : "",
		  samples ? lost->first : lost->second);
}

static void add_record(struct script *s, const struct perfdata_record *record)
{
	switch (record->type) {
	case PERF_RECORD_COMM:
	case PERF_RECORD_FORK:
	case PERF_RECORD_EXIT:
		if (s->show_tasks)
			add_task(s, record);
		break;
	case PERF_RECORD_LOST:
	case PERF_RECORD_LOST_SAMPLES:
		if (s->show_lost)
			add_lost(s, record);
		break;
	}
}

static void measure_names(struct script *s)
{
	unsigned int i;

	for (i = 0; i < input__nr_events(s->input); i++) {
		unsigned int width = strlen(input__event(s->input, i)->name);

		if (width > s->name_width)
			s->name_width = width;
	}
}

static int print_events(struct script *s, struct diag *diag)
{
	struct perfdata_record record;
	int err;

	while ((err = input__next(s->input, &record, diag)) > 0) {
		if (record.type == PERF_RECORD_SAMPLE) {
			add_sample(s, &record.sample);
			s->nr_events++;
		} else {
			add_record(s, &record);
		}
		if (s->out.len >= FLUSH_SIZE || s->out.failed) {
			err = flush(s);
			if (err)
				break;
		}
		if (s->max_events && s->nr_events == s->max_events)
			return 0;
	}
	return err;
}

static int print_graph(struct script *s, struct diag *diag)
{
	struct graph_opts opts = {
		.values = s->value_opts, .structs = verbose > 0 || s->value_opts.zeros,
		.headings = true, .nanoseconds = s->nanoseconds, .lines.max_events = s->max_events,
		.time = s->reltime ? GRAPH_RELATIVE : GRAPH_ABSOLUTE,
	};
	int err = flush(s);

	return err ? err : graph__print(s->input, &opts, diag);
}

static int print_all(struct script *s, struct diag *diag)
{
	int err = 0;

	measure_names(s);
	if (s->header || s->header_only)
		input__header(s->input, &s->out);
	if (!s->header_only)
		err = s->graph ? print_graph(s, diag) : print_events(s, diag);
	return err ? err : flush(s);
}

static int script(struct script *s)
{
	struct diag diag = DIAG_INIT;
	unsigned int i;
	int err;

	err = input__open(&s->opts, &s->input, &diag);
	if (!err) {
		s->value_opts.symbols = input__symbols(s->input);
		pager__start();
		err = print_all(s, &diag);
		if (fflush(stdout) && !err)
			err = -EIO;
		input__print_warnings(s->input);
		input__close(s->input);
	}
	if (err)
		diag__print(&diag, NULL, err, stderr);
	diag__exit(&diag);
	buf__exit(&s->out);
	for (i = 0; i < s->nr_names; i++)
		buf__exit(&s->names[i]);
	free(s->names);
	return err ? 1 : 0;
}

int cmd_script(int argc, const char **argv)
{
	struct script s = { 0 };
	const struct option options[] = {
		OPT_STRING('i', "input", &s.opts.path, "file", "input file name"),
		OPT_BOOLEAN('f', "force", &s.opts.force, "don't complain, do it"),
		OPT_INCR('v', "verbose", &verbose, "be more verbose"),
		OPT_BOOLEAN(0, "zeros", &s.value_opts.zeros,
			    "show members of structs that are zero, too"),
		OPT_BOOLEAN(0, "hex", &s.value_opts.hex, "show integers in hexadecimal"),
		OPT_STRING('c', "comms", &s.opts.filter.comms, "comm[,comm...]",
			   "only display events for these comms"),
		OPT_STRING('C', "cpu", &s.opts.filter.cpus, "cpu", "only events of these CPUs"),
		OPT_STRING('S', "symbols", &s.opts.filter.funcs, "symbol[,symbol...]",
			   "only events of these functions"),
		OPT_STRING(0, "kallsyms", &s.opts.kallsyms, "file", "kallsyms pathname"),
		OPT_STRING(0, "pid", &s.opts.filter.pids, "pid[,pid...]",
			   "only events of these processes"),
		OPT_STRING(0, "tid", &s.opts.filter.tids, "tid[,tid...]",
			   "only events of these threads"),
		OPT_STRING(0, "time", &s.opts.filter.time, "start,stop",
			   "only events of this span of time, in seconds"),
		OPT_BOOLEAN(0, "ns", &s.nanoseconds, "use 9 decimal places when displaying time"),
		OPT_BOOLEAN(0, "graph", &s.graph, "show calls, nested, at their beginning and end"),
		OPT_BOOLEAN(0, "reltime", &s.reltime, "show time stamps relative to start"),
		OPT_BOOLEAN(0, "deltatime", &s.deltatime,
			    "show time stamps relative to previous event"),
		OPT_BOOLEAN(0, "header", &s.header, "show data header"),
		OPT_BOOLEAN(0, "header-only", &s.header_only, "show only data header"),
		OPT_BOOLEAN(0, "show-lost-events", &s.show_lost, "show lost events (if recorded)"),
		OPT_BOOLEAN(0, "show-task-events", &s.show_tasks,
			    "show the fork/comm/exit events"),
		OPT_U64(0, "max-events", &s.max_events, "stop after this many events"),
		OPT_END(),
	};

	argc = options__parse(argc, argv, options, script_usage, 0);
	if (argc < 0)
		return -argc;
	if (argc)
		return options__usage_error(script_usage, options, "unexpected argument '%s'",
					    argv[0]);
	if (s.reltime && s.deltatime)
		return options__usage_error(script_usage, options,
					    "--reltime and --deltatime exclude each other");
	if (s.graph && s.deltatime)
		return options__usage_error(script_usage, options,
					    "--graph has no --deltatime");
	return script(&s);
}
