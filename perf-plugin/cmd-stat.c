// SPDX-License-Identifier: GPL-2.0-only
/* perf btfsnoop stat: options, and where what was counted goes. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "builtin.h"
#include "cli/options.h"
#include "cli/term.h"
#include "record-options.h"
#include "render/text.h"
#include "stat-hists.h"
#include "stat-print.h"
#include "util/preset.h"
#include "util/verbose.h"

#define NSEC_PER_MSEC	1000000ULL
#define MIN_INTERVAL_MS	10	/* perf's, tools/perf/builtin-stat.c */
#define MAX_MS		(UINT64_MAX / NSEC_PER_MSEC / 2)
#define NO_FD		INT_MIN

struct stat_command {
	struct record_options rec;
	struct stat_hists hists;
	struct stat_opts opts;
	struct stat_print print;
	struct stat_result result;
	const char *output;
	const char *separator;
	int log_fd;
	bool append;
	bool json;
	bool no_big_num;
	bool summary;
	bool sum;
	uint64_t interval_ms;
	uint64_t interval_count;
	uint64_t timeout_ms;
	unsigned int top;
	struct buf title;
};

static const char *const stat_usage[] = {
	"perf btfsnoop stat -f <spec> [-f <spec>...] [<options>] [-- <command> [<options>]]",
	NULL,
};

/* ---- options ------------------------------------------------------------------------------ */

/* What is about samples and the file they go to. */
static void drop_options(struct record_options *rec)
{
	static const char *const names[] = {
		"deref", "graph", "follow-modules", "max-data", "max-string", "track",
		"track-until", "track-max", "mmap-pages", "clockid", "max-events", "event", "count", "freq",
		"call-graph", "kernel-callchains", "user-callchains", "max-stack",
	};
	unsigned int nr = 0;

	for (unsigned int i = 0; i < rec->nr_options; i++) {
		bool keep = rec->options[i].short_name != 'g';

		for (unsigned int j = 0; j < sizeof(names) / sizeof(names[0]); j++)
			keep &= !rec->options[i].long_name ||
				strcmp(rec->options[i].long_name, names[j]);
		if (keep)
			rec->options[nr++] = rec->options[i];
	}
	rec->options[nr] = (struct option)OPT_END();
	rec->nr_options = nr;
}

static int refuse(const char *option, const char *reason)
{
	options__refuse(option, NULL, reason);
	return OPTIONS_EXIT_USAGE;
}

/* Returns 0 or the exit status, after what is wrong was said. */
static int check_options(const struct stat_command *stat)
{
	char number[16];

	if (stat->interval_ms && stat->interval_ms < MIN_INTERVAL_MS)
		return refuse("-I", "the print interval must be >= 10 ms");
	if (stat->timeout_ms && stat->timeout_ms < MIN_INTERVAL_MS)
		return refuse("--timeout", "must be >= 10 ms");
	if (stat->interval_ms > MAX_MS)
		return refuse("-I", "the print interval is too long");
	if (stat->timeout_ms > MAX_MS)
		return refuse("--timeout", "is too long");
	if (stat->interval_count && !stat->interval_ms && !preset__is("interval-count"))
		return refuse("--interval-count", "needs -I");
	if (stat->output && stat->log_fd != NO_FD)
		return refuse("-o and --log-fd", "one of them");
	if (stat->log_fd != NO_FD && fcntl(stat->log_fd, F_GETFD) < 0) {
		snprintf(number, sizeof(number), "%d", stat->log_fd);
		options__refuse("--log-fd", number, "no file is open with this number");
		return OPTIONS_EXIT_USAGE;
	}
	if (stat->output && !*stat->output)
		return refuse("-o", "the file's name is empty");
	if (stat->separator && !*stat->separator)
		return refuse("-x", "a separator is needed, as in -x,");
	if (stat->separator && stat->json)
		return refuse("-x and -j", "one of them");
	return 0;
}

static int columns_of(int fd)
{
	struct winsize size;

	return !ioctl(fd, TIOCGWINSZ, &size) && size.ws_col ? size.ws_col : 80;
}

static FILE *open_output(const struct stat_command *stat)
{
	FILE *file = NULL;
	int fd;

	if (stat->log_fd != NO_FD)
		return fdopen(stat->log_fd, stat->append ? "a" : "w");
	if (!stat->output)
		return stderr;
	fd = open(stat->output, O_WRONLY | O_CREAT | O_CLOEXEC |
		  (stat->append ? O_APPEND : O_TRUNC), 0600);
	if (fd >= 0)
		file = fdopen(fd, stat->append ? "a" : "w");
	if (fd >= 0 && !file)
		close(fd);
	return file;
}

static void say_unwritten(const struct stat_command *stat, int err)
{
	struct diag diag = DIAG_INIT;

	diag__error(&diag, -err, "cannot write %s: %s",
		    stat->output ? stat->output : "to the file of --log-fd", strerror(err));
	diag__print(&diag, stat->output, -err, stderr);
	diag__exit(&diag);
}

static void add_title(struct stat_command *stat, int argc, const char **argv)
{
	struct buf *title = &stat->title;
	const struct record_options *rec = &stat->rec;

	if (argc) {
		buf__addc(title, '\'');
		for (int i = 0; i < argc; i++) {
			buf__adds(title, i ? " " : "");
			text__adds(title, argv[i]);
		}
		buf__addc(title, '\'');
	} else if (rec->pids || rec->tids) {
		buf__adds(title, rec->pids ? "process id '" : "thread id '");
		text__adds(title, rec->pids ? rec->pids : rec->tids);
		buf__addc(title, '\'');
	} else {
		buf__adds(title, "'system wide'");
	}
}

/* ---- running ------------------------------------------------------------------------------ */

static int report(void *ctx, const struct stat_state *state)
{
	struct stat_command *stat = ctx;

	return stat_print__interval(&stat->print, state);
}

/* With -I, what is left of an interval; and all of it only if --summary asks for it. */
static int sum_up(void *ctx, const struct stat_state *state)
{
	struct stat_command *stat = ctx;
	int err = 0;

	if (stat->interval_ms && state->interval_ns)
		err = stat_print__interval(&stat->print, state);
	if (!err && (!stat->interval_ms || stat->summary))
		err = stat_print__total(&stat->print, state, &stat->result);
	return err;
}

static void say_losses(const struct stat_result *result)
{
	if (result->lost)
		pr_warning("warning: %llu returns lost: too many calls at a time\n",
			   (unsigned long long)result->lost);
	if (result->missed)
		pr_warning("warning: %llu calls not seen: made while another was being counted on "
			   "the same CPU, or too many at a time for a kretprobe\n",
			   (unsigned long long)result->missed);
	if (result->open)
		pr_debug("%llu calls had not returned, or were not seen to\n",
			 (unsigned long long)result->open);
}

static int count(struct stat_command *stat)
{
	struct stat_run_opts opts = {
		.session = &stat->rec.session,
		.interval_ns = stat->interval_ms * NSEC_PER_MSEC,
		.nr_intervals = stat->interval_ms ? stat->interval_count : 0,
		.timeout_ns = stat->timeout_ms * NSEC_PER_MSEC,
		.report = report, .sum_up = sum_up, .ctx = stat,
	};
	struct diag diag = DIAG_INIT;
	const struct spec *failed;
	int err;

	if (!stat->rec.session.dry_run)
		term__take_foreground();
	err = stat__run(&opts, &stat->result, &failed, &diag);
	if (err)
		diag__print(&diag, failed ? failed->text : NULL, err, stderr);
	else
		say_losses(&stat->result);
	diag__exit(&diag);
	if (err == -EINTR && stat->result.exit_status)
		return stat->result.exit_status;
	return err ? 1 : stat->result.exit_status;
}

static void set_up_print(struct stat_command *stat, FILE *out)
{
	stat->print.out = out;
	stat->print.format = stat->json ? STAT_JSON : stat->separator ? STAT_CSV : STAT_TEXT;
	stat->print.separator = stat->separator;
	stat->print.top = stat->top;
	stat->print.all = verbose > 0;
	stat->print.sum = stat->sum;
	stat->print.no_groups = stat->no_big_num;
	stat->print.columns = columns_of(fileno(out));
	stat->print.title = buf__str(&stat->title);
	stat->print.by_interval = stat->interval_ms != 0;
}

/* What was asked for is made ready. Returns 0 or the exit status. */
static int choose(struct stat_command *stat, int argc, const char **argv)
{
	struct session_opts *session = &stat->rec.session;
	int status = check_options(stat);

	if (!status && stat_hists__apply(&stat->hists, &stat->rec.texts))
		status = 1;
	if (!status)
		status = record_options__choose(&stat->rec, argc, argv);
	if (status)
		return status;
	stat->hists.specs = session->specs;
	stat->opts = (struct stat_opts){ .has_hist = stat_hists__has, .ctx = &stat->hists };
	session->event_opts.stat = &stat->opts;
	session->ring_size = sysconf(_SC_PAGESIZE);	/* nothing goes into it */
	session->follow_modules = FOLLOW_NOTHING;
	add_title(stat, argc, argv);
	return 0;
}

static int run(struct stat_command *stat, int argc, const char **argv)
{
	int status = choose(stat, argc, argv);
	FILE *out;

	if (status)
		return status;
	out = stat->rec.session.dry_run ? stderr : open_output(stat);
	if (!out) {
		say_unwritten(stat, errno);
		return 1;
	}
	set_up_print(stat, out);
	status = count(stat);
	if (out != stderr && fclose(out)) {
		say_unwritten(stat, errno);
		status = status ? status : 1;
	}
	return status;
}

static int parse_and_run(struct stat_command *stat, int argc, const char **argv)
{
	bool quiet = false;
	const struct option options[] = {
		OPT_CALLBACK(0, "hist", &stat->hists, "value",
			     "histogram of a value of the specs, by its name; of dur, return, or "
			     "any expression", stat_hists__keep),
		OPT_BOOLEAN('i', "no-inherit", &stat->rec.no_inherit, "leave out child tasks"),
		OPT_U64('I', "interval-print", &stat->interval_ms,
			"print what was counted every n ms"),
		OPT_U64(0, "interval-count", &stat->interval_count,
			"print so many intervals, then stop"),
		OPT_U64(0, "timeout", &stat->timeout_ms, "stop after n ms"),
		OPT_BOOLEAN(0, "summary", &stat->summary, "with -I: print the sums at the end"),
		OPT_STRING('o', "output", &stat->output, "file", "output file name (stderr)"),
		OPT_BOOLEAN(0, "append", &stat->append, "append to the output file"),
		OPT_INTEGER(0, "log-fd", &stat->log_fd, "log output to fd, instead of stderr"),
		OPT_STRING('x', "field-separator", &stat->separator, "separator",
			   "print lines of value, unit, event, item, figure with this between "
			   "them"),
		OPT_BOOLEAN('j', "json-output", &stat->json, "print an object for each function"),
		OPT_BOOLEAN(0, "no-big-num", &stat->no_big_num, "no commas in large numbers"),
		OPT_UINTEGER(0, "top", &stat->top,
			     "of a pattern, show the n functions that were called most"),
		OPT_BOOLEAN(0, "per-function", &stat->print.each,
			    "of a pattern, show histograms of each function"),
		OPT_BOOLEAN(0, "sum", &stat->sum,
			    "of a pattern, show one line for all of its functions"),
		OPT_BOOLEAN('q', "quiet", &quiet, "don't print any message"),
		OPT_BOOLEAN(0, "dry-run", &stat->rec.session.dry_run,
			    "check options and specs, then exit"),
		OPT_PARENT(stat->rec.options),
	};

	argc = options__parse(argc, argv, options, stat_usage, OPTIONS_STOP_AT_NON_OPTION);
	if (argc < 0)
		return -argc;
	if (!record_options__has_spec(&stat->rec))
		return options__usage_error(stat_usage, options,
					    "nothing to count: -f is missing");
	if (quiet)
		verbose = -1;
	return run(stat, argc, argv);
}

int cmd_stat(int argc, const char **argv)
{
	struct stat_command stat = { .log_fd = NO_FD, .title = BUF_INIT };
	int status;

	if (record_options__init(&stat.rec, argc, argv))
		return 1;
	stat.hists.texts = &stat.rec.texts;
	drop_options(&stat.rec);
	status = parse_and_run(&stat, argc, argv);
	stat_hists__exit(&stat.hists);
	buf__exit(&stat.title);
	record_options__exit(&stat.rec);
	return status;
}
