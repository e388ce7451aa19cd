// SPDX-License-Identifier: GPL-2.0-only
/* perf btfsnoop script: every event in the order of time, as text. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "builtin.h"
#include "cli/options.h"
#include "cli/pager.h"
#include "export/chrome.h"
#include "export/sqlite.h"
#include "report/folded.h"
#include "report/graph.h"
#include "report/input.h"
#include "report/print.h"
#include "util/preset.h"
#include "util/verbose.h"

#define FLUSH_SIZE	(64 << 10)

struct script {
	struct input *input;
	struct input_opts opts;
	struct print_opts print;
	bool reltime;
	bool deltatime;
	bool header;
	bool header_only;
	bool graph;
	bool folded;
	bool chrome;
	bool sqlite;
	const char *format;
	const char *output;
	uint64_t max_events;
	uint64_t nr_events;
	struct buf out;
};

static const char *const script_usage[] = {
	"perf btfsnoop script [<options>]", NULL,
};

static int flush(struct script *s)
{
	foreign__flush(input__foreign(s->input), &s->out);
	return buf__flush(&s->out, stdout);
}

static int print_records(struct script *s, struct print *print, struct diag *diag)
{
	struct perfdata_record record;
	int err;

	while ((err = input__next(s->input, &record, diag)) > 0) {
		print__record(print, &record, &s->out);
		s->nr_events += record.type == PERF_RECORD_SAMPLE;
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

static int print_events(struct script *s, struct diag *diag)
{
	struct print *print;
	int err;

	if (s->reltime || s->deltatime)
		s->print.time = s->reltime ? PRINT_RELATIVE : PRINT_DELTA;
	err = print__new(s->input, &s->print, &print, diag);
	if (!err) {
		err = print_records(s, print, diag);
		print__free(print);
	}
	return err;
}

static int print_graph(struct script *s, struct diag *diag)
{
	struct graph_opts opts = {
		.values = s->print.values, .structs = verbose > 0 || s->print.values.zeros,
		.headings = true, .nanoseconds = s->print.nanoseconds, .lines.max_events = s->max_events,
		.time = s->reltime ? GRAPH_RELATIVE : GRAPH_ABSOLUTE,
	};
	int err = flush(s);

	return err ? err : graph__print(s->input, &opts, diag);
}

static int print_folded(struct script *s, struct diag *diag)
{
	struct folded_opts opts = { .lines.max_events = s->max_events };
	int err = flush(s);

	return err ? err : folded__print(s->input, &opts, diag);
}

static int print_chrome(struct script *s, struct diag *diag)
{
	struct chrome_opts opts = {
		.values = s->print.values, .path = s->output, .max_events = s->max_events,
		.no_callchain = s->print.no_callchain,
	};

	return chrome__write(s->input, &opts, diag);
}

static int write_sqlite(struct script *s, struct diag *diag)
{
	struct sqlite_opts opts = {
		.values = s->print.values, .path = s->output, .max_events = s->max_events,
		.no_callchain = s->print.no_callchain,
	};

	return sqlite__write(s->input, &opts, diag);
}

static int print_all(struct script *s, struct diag *diag)
{
	int err = 0;

	if (s->chrome)
		return print_chrome(s, diag);
	if (s->sqlite)
		return write_sqlite(s, diag);
	if (s->header || s->header_only)
		input__header(s->input, &s->out);
	if (!s->header_only)
		err = s->graph ? print_graph(s, diag) :
		      s->folded ? print_folded(s, diag) : print_events(s, diag);
	return err ? err : flush(s);
}

static int script(struct script *s)
{
	struct diag diag = DIAG_INIT;
	int err;

	err = input__open(&s->opts, &s->input, &diag);
	if (!err) {
		s->print.values.symbols = input__symbols(s->input);
		if (!s->output)
			pager__start();
		err = print_all(s, &diag);
		if (fflush(stdout) && !err)
			err = -errno;
		input__print_warnings(s->input);
		input__close(s->input);
	}
	if (err)
		diag__print(&diag, NULL, err, stderr);
	diag__exit(&diag);
	buf__exit(&s->out);
	return err ? 1 : 0;
}

/* Returns false for a format there is none of. */
static bool set_format(struct script *s)
{
	if (!s->format || !strcmp(s->format, "text"))
		s->print.format = PRINT_TEXT;
	else if (!strcmp(s->format, "json"))
		s->print.format = PRINT_JSON;
	else if (!strcmp(s->format, "csv"))
		s->print.format = PRINT_CSV;
	else if (!strcmp(s->format, "folded"))
		s->folded = true;
	else if (!strcmp(s->format, "chrome"))
		s->chrome = true;
	else if (!strcmp(s->format, "sqlite"))
		s->sqlite = true;
	else
		return false;
	return true;
}

/* What formats of other programs don't go with, or NULL. */
static const char *find_conflict(const struct script *s)
{
	bool is_export = s->chrome || s->sqlite;

	if (s->graph && (s->print.format != PRINT_TEXT || s->folded || is_export))
		return "--graph is text: it has no --format";
	if (s->output && !is_export)
		return "-o is for --format chrome and --format sqlite";
	if (s->sqlite && (!s->output || !strcmp(s->output, "-")))
		return "--format sqlite needs -o FILE";
	if (is_export && (s->print.fields || s->reltime || s->deltatime || s->header ||
			  s->header_only))
		return "--format chrome and sqlite have all fields and times as recorded: no -F, "
		       "--reltime, --deltatime, --header";
	if (s->reltime && s->deltatime)
		return "--reltime and --deltatime exclude each other";
	if (s->graph && s->deltatime)
		return "--graph has no --deltatime";
	return NULL;
}

/* Takes what options say. Returns the exit status of what can't be, or 0. */
static int check_usage(struct script *s, const struct option *options)
{
	const char *conflict;

	if (!set_format(s))
		return options__usage_error(script_usage, options, "unknown --format '%s'",
					    s->format);
	if (!s->chrome && !s->sqlite && preset__is("output"))
		s->output = NULL;
	conflict = find_conflict(s);
	return conflict ? options__usage_error(script_usage, options, "%s", conflict) : 0;
}

int cmd_script(int argc, const char **argv)
{
	struct script s = { 0 };
	int err;
	const struct option options[] = {
		OPT_STRING('i', "input", &s.opts.path, "file", "input file name"),
		OPT_BOOLEAN('f', "force", &s.opts.force, "don't complain, do it"),
		OPT_INCR('v', "verbose", &verbose, "be more verbose"),
		OPT_BOOLEAN(0, "zeros", &s.print.values.zeros,
			    "show members of structs that are zero, too"),
		OPT_BOOLEAN(0, "hex", &s.print.values.hex, "show integers in hexadecimal"),
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
		OPT_STRING(0, "filter", &s.opts.filter.expr, "expr",
			   "only events for which this is true: 'skb->len > 100'"),
		OPT_STRING(0, "time", &s.opts.filter.time, "start,stop",
			   "only events of this span of time, in seconds"),
		OPT_BOOLEAN(0, "ns", &s.print.nanoseconds, "use 9 decimal places when displaying time"),
		OPT_STRING(0, "format", &s.format, "format",
			   "text, json (an object a line), csv, folded (stacks for flame graphs), "
			   "chrome (trace events for Perfetto), sqlite (a database, to -o)"),
		OPT_STRING('o', "output", &s.output, "file", "where --format chrome or sqlite writes to"),
		OPT_STRING('F', "fields", &s.print.fields, "field[,field...]",
			   "what to show of an event, +field or -field to change the usual: comm, "
			   "pid, tid, cpu, time, period, event, function, trace, ip, sym, symoff, "
			   "dso, duration, or what was recorded: skb->len, size/1000"),
		OPT_BOOLEAN('G', "hide-call-graph", &s.print.no_callchain,
			    "don't show call chains"),
		OPT_BOOLEAN(0, "graph", &s.graph, "show calls, nested, at their beginning and end"),
		OPT_BOOLEAN(0, "reltime", &s.reltime, "show time stamps relative to start"),
		OPT_BOOLEAN(0, "deltatime", &s.deltatime,
			    "show time stamps relative to previous event"),
		OPT_BOOLEAN(0, "header", &s.header, "show data header"),
		OPT_BOOLEAN(0, "header-only", &s.header_only, "show only data header"),
		OPT_BOOLEAN(0, "show-lost-events", &s.print.lost, "show lost events (if recorded)"),
		OPT_BOOLEAN(0, "show-task-events", &s.print.tasks,
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
	err = check_usage(&s, options);
	return err ? err : script(&s);
}
