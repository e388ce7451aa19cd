// SPDX-License-Identifier: GPL-2.0-only
/* perf btfsnoop trace: events while they happen, as text. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builtin.h"
#include "cli/options.h"
#include "cli/stdio-color.h"
#include "cli/term.h"
#include "losses.h"
#include "record-options.h"
#include "record/recorder.h"
#include "render/color.h"
#include "report/graph.h"
#include "report/input.h"
#include "report/print.h"
#include "report/summary.h"
#include "util/verbose.h"

#define FLUSH_SIZE	(64 << 10)

struct trace {
	struct record_options rec;
	struct input *input;
	struct input_opts opts;
	struct print_opts print;
	struct recorder *recorder;	/* NULL: a file is read */
	struct summary *summary;
	struct stdio_color color;
	const char *output;
	const char *format;
	struct buf condition;		/* of a file's samples */
	bool no_events;			/* the summary alone */
	bool with_summary;
	bool full_time;
	bool failure;
	bool colors;
	bool reader_gone;		/* of what we print */
	uint64_t nr_events;
	struct buf out;
	int out_err;			/* the first error of writing that */
};

static const char *const trace_usage[] = {
	"perf btfsnoop trace -f <spec> [-f <spec>...] [<options>] [-- <command> [<options>]]",
	"perf btfsnoop trace -i <file> [<options>]",
	NULL,
};

/* ---- output ------------------------------------------------------------------------------- */

/* Is kept: where it ends the reading, the reader takes that for the end of the events. */
static int note_error(struct trace *t, int err)
{
	if (!t->out_err)
		t->out_err = err;
	return err;
}

static int flush(struct trace *t)
{
	if (t->input)
		foreign__flush(input__foreign(t->input), &t->out);
	return note_error(t, buf__flush(&t->out, stdout));
}

static int flush_all(struct trace *t)
{
	int err = flush(t);

	return !err && fflush(stdout) ? note_error(t, -errno) : err;
}

static const char *output_name(const struct trace *t)
{
	return !t->output ? "stderr" : strcmp(t->output, "-") ? t->output : "stdout";
}

static int cannot_write(const struct trace *t, int err, struct diag *diag)
{
	return diag__error(diag, err, "cannot write '%s': %s", output_name(t), strerror(-err));
}

/* Before anything is started: *@fd is where events go, perf trace's stderr unless -o is given. */
static int open_output(const struct trace *t, int *fd, struct diag *diag)
{
	*fd = STDERR_FILENO;
	if (t->output && !strcmp(t->output, "-"))
		*fd = STDOUT_FILENO;
	else if (t->output)
		*fd = open(t->output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600);
	return *fd < 0 ? cannot_write(t, -errno, diag) : 0;
}

/* From here on that is stdout. The workload has the one we were given. */
static int redirect(const struct trace *t, int fd, struct diag *diag)
{
	int err = dup2(fd, STDOUT_FILENO) < 0 ? -errno : 0;

	if (fd > STDERR_FILENO)
		close(fd);
	return err ? cannot_write(t, err, diag) : 0;
}

/*
 * Before the recorder's pipe is read. When it has nothing, what was printed is shown; and a reader
 * of ours who has gone is noticed.
 */
static bool wait_for_events(void *ctx, int fd)
{
	struct pollfd fds[2] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = STDOUT_FILENO },
	};
	struct trace *t = ctx;

	if (poll(fds, 1, 0) > 0)
		return true;
	if (flush_all(t))
		return false;
	while (poll(fds, 2, -1) < 0 && errno == EINTR)
		;
	t->reader_gone = fds[1].revents & (POLLERR | POLLHUP);
	return !t->reader_gone;
}

/* ---- events ------------------------------------------------------------------------------- */

/* In perf trace's words. */
static void add_lost(struct trace *t, const struct perfdata_record *record)
{
	uint64_t nr = perfdata_record__lost(record);

	buf__addf(&t->out, "%sLOST %" PRIu64 " events!%s\n", t->colors ? COLOR_RED : "", nr,
		  t->colors ? COLOR_RESET : "");
}

static int take_record(struct trace *t, struct print *print, const struct perfdata_record *record)
{
	bool is_lost = record->type == PERF_RECORD_LOST || record->type == PERF_RECORD_LOST_SAMPLES;
	int err = 0;

	if (record->type == PERF_RECORD_SAMPLE && t->summary)
		err = summary__add(t->summary, &record->sample);
	if (is_lost && !t->no_events && t->print.format == PRINT_TEXT)
		add_lost(t, record);
	else if (!t->no_events)
		print__record(print, record, &t->out);
	t->nr_events += record->type == PERF_RECORD_SAMPLE;
	if (!err && (t->out.len >= FLUSH_SIZE || t->out.failed))
		err = flush(t);
	return err;
}

static bool is_enough(const struct trace *t)
{
	return t->rec.max_events && t->nr_events >= t->rec.max_events;
}

static int show_events(struct trace *t, struct diag *diag)
{
	struct perfdata_record record;
	struct print *print;
	int err = print__new(t->input, &t->print, &print, diag);

	if (err)
		return err;
	while (!is_enough(t) && (err = input__next(t->input, &record, diag)) > 0) {
		err = take_record(t, print, &record);
		if (err)
			break;
	}
	print__free(print);
	return err > 0 ? 0 : err;
}

static int show_graph(struct trace *t, struct diag *diag)
{
	struct graph_opts opts = {
		.values = t->print.values, .structs = verbose > 0, .headings = true,
		.nanoseconds = t->print.nanoseconds, .lines.max_events = t->rec.max_events,
		.time = t->full_time ? GRAPH_ABSOLUTE : GRAPH_RELATIVE, .live = true,
	};

	return graph__print(t->input, &opts, diag);
}

static int show_all(struct trace *t, struct diag *diag)
{
	int err = 0;

	t->print.values.symbols = input__symbols(t->input);
	t->print.time = t->full_time ? PRINT_ABSOLUTE : PRINT_RELATIVE;
	t->colors = stdio_color__wanted(&t->color);
	if (t->with_summary)
		err = summary__new(t->input, &t->summary);
	if (!err)
		err = t->rec.graph ? show_graph(t, diag) : show_events(t, diag);
	if (!err && t->summary)
		summary__print(t->summary, &t->out);
	return err ? err : flush(t);
}

static int read_input(struct trace *t, struct diag *diag)
{
	int err = input__open(&t->opts, &t->input, diag);

	if (err)
		return err;
	err = show_all(t, diag);
	if (!err)
		err = flush_all(t);
	/* Interrupted by ^C while the terminal stood still: that is no error. */
	if (t->out_err == -EINTR)
		return 0;
	if (t->out_err)
		return cannot_write(t, t->out_err, diag);
	if (!t->reader_gone && !is_enough(t))
		input__print_warnings(t->input);
	return err;
}

/* ---- from a file, or live ----------------------------------------------------------------- */

static int replay(struct trace *t)
{
	struct diag diag = DIAG_INIT;
	int fd, err = open_output(t, &fd, &diag);

	if (!err)
		err = redirect(t, fd, &diag);
	if (!err)
		err = read_input(t, &diag);
	if (err)
		diag__print(&diag, t->opts.filter.expr, err, stderr);
	diag__exit(&diag);
	return err ? 1 : 0;
}

/* What the recorder could not do it has said, and there is nothing to read. */
static int end_recording(struct trace *t, int err, struct diag *diag)
{
	bool is_open = t->input, gone = t->reader_gone;
	struct session_result result;
	int status;

	if (err || gone || is_enough(t))
		recorder__stop(t->recorder);
	status = recorder__end(t->recorder, &result);
	if (gone)
		return 128 + SIGPIPE;
	if (err && (is_open || !status)) {
		diag__print(diag, NULL, err, stderr);
		status = 1;
	}
	losses__say(&result);
	return status;
}

static int run_live(struct trace *t)
{
	struct perfdata_live live = { .wait = wait_for_events, .ctx = t };
	struct diag diag = DIAG_INIT;
	int fd, err, status;

	term__take_foreground();
	err = open_output(t, &fd, &diag);
	if (!err)
		err = recorder__start(&t->rec.session, &t->recorder, &diag);
	if (err) {
		diag__print(&diag, NULL, err, stderr);
		diag__exit(&diag);
		return 1;
	}
	live.fd = recorder__fd(t->recorder);
	t->opts.live = &live;
	err = redirect(t, fd, &diag);
	if (!err)
		err = read_input(t, &diag);
	status = end_recording(t, err, &diag);
	diag__exit(&diag);
	return status;
}

/* ---- options ------------------------------------------------------------------------------ */

/* Of a file that is replayed: what chooses events when it is live. */
static int choose_from_file(struct trace *t, const struct option *options)
{
	struct record_options *rec = &t->rec;
	int status;

	if (record_options__has_spec(rec) || evlist__nr(rec->evlist))
		return options__usage_error(trace_usage, options,
					    "-f is for what is recorded now, -i for a file");
	if (rec->user || rec->cgroup || t->failure)
		return options__usage_error(trace_usage, options, "-u, -G and --failure are for "
					    "what is recorded now, -i for a file");
	status = record_options__condition(rec, &t->condition);
	t->opts.filter.pids = rec->pids;
	t->opts.filter.tids = rec->tids;
	t->opts.filter.cpus = rec->cpus;
	t->opts.filter.expr = t->condition.len ? buf__str(&t->condition) : NULL;
	return status;
}

static bool set_format(struct trace *t)
{
	static const char *const formats[] = {
		[PRINT_TEXT] = "text", [PRINT_JSON] = "json", [PRINT_CSV] = "csv",
	};

	for (int i = PRINT_TEXT; t->format && i <= PRINT_CSV; i++) {
		t->print.format = i;
		if (!strcmp(t->format, formats[i]))
			return true;
	}
	return !t->format;
}

/* What is checked whether it is live or not. */
static int check_options(struct trace *t, int argc, const char **argv, const struct option *options)
{
	if (t->opts.path && argc)
		return options__usage_error(trace_usage, options, "unexpected argument '%s'",
					    argv[0]);
	if (!t->opts.path && !record_options__has_spec(&t->rec))
		return record_options__no_spec(&t->rec, trace_usage, options);
	if (t->rec.graph && (t->with_summary || t->no_events || t->format))
		return options__usage_error(trace_usage, options,
					    "--graph has no summary and no --format");
	if (t->output && !*t->output)
		return options__usage_error(trace_usage, options, "-o: the file's name is empty");
	if (!set_format(t))
		return options__usage_error(trace_usage, options, "unknown --format '%s'",
					    t->format);
	t->with_summary |= t->no_events;
	return 0;
}

static int trace(struct trace *t, int argc, const char **argv)
{
	const struct option options[] = {
		OPT_STRING('i', "input", &t->opts.path, "file", "show what is in a file"),
		OPT_BOOLEAN(0, "force", &t->opts.force, "with -i: don't complain, do it"),
		OPT_STRING('o', "output", &t->output, "file",
			   "where events go instead of stderr; -: stdout"),
		OPT_BOOLEAN('s', "summary", &t->no_events, "show only a summary, at the end"),
		OPT_BOOLEAN('S', "with-summary", &t->with_summary,
			    "show all events, and a summary at the end"),
		OPT_BOOLEAN('T', "time", &t->full_time,
			    "show the clock's time, not that since the first event"),
		OPT_BOOLEAN(0, "failure", &t->failure, "only calls that return an error"),
		OPT_BOOLEAN(0, "no-inherit", &t->rec.no_inherit, "leave out child tasks"),
		OPT_BOOLEAN(0, "ns", &t->print.nanoseconds,
			    "use 9 decimal places when displaying time"),
		OPT_BOOLEAN(0, "zeros", &t->print.values.zeros,
			    "show members of structs that are zero, too"),
		OPT_BOOLEAN(0, "hex", &t->print.values.hex, "show integers in hexadecimal"),
		OPT_STRING(0, "format", &t->format, "format",
			   "text, json (an object a line), csv"),
		OPT_STRING('F', "fields", &t->print.fields, "field[,field...]",
			   "what to show of an event, as in script"),
		OPT_STRING(0, "kallsyms", &t->opts.kallsyms, "file", "kallsyms pathname"),
		OPT_STDIO_COLOR(&t->color),
		OPT_PARENT(t->rec.options),
	};
	int status;

	argc = options__parse(argc, argv, options, trace_usage, OPTIONS_STOP_AT_NON_OPTION);
	if (argc < 0)
		return -argc;
	status = check_options(t, argc, argv, options);
	if (!status && t->opts.path)
		status = choose_from_file(t, options);
	if (status)
		return status;
	if (t->opts.path)
		return replay(t);
	t->rec.failure = t->failure;
	status = record_options__choose(&t->rec, argc, argv);
	/* What we do to show an event would be one, and so on. */
	t->rec.session.exclude_self |= t->rec.session.system_wide;
	return status ? status : run_live(t);
}

int cmd_trace(int argc, const char **argv)
{
	struct trace t = { 0 };
	int status;

	if (record_options__init(&t.rec, argc, argv))
		return 1;
	status = trace(&t, argc, argv);
	summary__free(t.summary);
	input__close(t.input);
	record_options__exit(&t.rec);
	buf__exit(&t.out);
	buf__exit(&t.condition);
	return status;
}
