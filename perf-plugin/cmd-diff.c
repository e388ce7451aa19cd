// SPDX-License-Identifier: GPL-2.0-only
/* perf btfsnoop diff: what changed between recordings. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builtin.h"
#include "cli/options.h"
#include "cli/pager.h"
#include "cli/stdio-color.h"
#include "report/diff.h"
#include "report/input.h"
#include "util/verbose.h"

#define MAX_FILES	32

struct diff_command {
	struct diff_opts opts;
	struct input_opts input;		/* of each file */
	const char *paths[MAX_FILES];
	struct input *inputs[MAX_FILES];
	unsigned int nr;
	const char *compute;
	const char *percentage;
	const char *format;
	struct stdio_color color;
	bool quiet;
	bool stdio;
};

static const char *const diff_usage[] = {
	"perf btfsnoop diff [<options>] [old_file] [new_file...]", NULL,
};

/* ---- what options say ---------------------------------------------------------------------- */

static bool parse_compute(const char *text, enum diff_compute *compute)
{
	static const char *const names[] = {
		[DIFF_DISTANCE] = "distance", [DIFF_DELTA] = "delta",
		[DIFF_DELTA_ABS] = "delta-abs", [DIFF_RATIO] = "ratio",
	};

	for (unsigned int i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!strcmp(text, names[i])) {
			*compute = i;
			return true;
		}
	}
	return false;
}

/* As perf diff: of one file the baseline is perf.data.old. */
static void choose_paths(struct diff_command *d, int argc, const char **argv)
{
	d->paths[0] = "perf.data.old";
	d->paths[1] = "perf.data";
	d->nr = argc > 2 ? argc : 2;
	for (int i = 0; i < argc; i++)
		d->paths[argc == 1 ? 1 : i] = argv[i];
}

static int check(struct diff_command *d, const struct option *options)
{
	if (d->compute && !parse_compute(d->compute, &d->opts.compute))
		return options__usage_option(diff_usage, options, "compute", d->compute);
	if (d->opts.order >= d->nr)
		return options__usage_error(diff_usage, options,
					    "--order is of the files behind the baseline, 1 to %u, "
					    "or 0", d->nr - 1);
	d->opts.absolute = d->percentage && !strcmp(d->percentage, "absolute");
	if (d->percentage && !d->opts.absolute && strcmp(d->percentage, "relative"))
		return options__usage_option(diff_usage, options, "percentage",
					     d->percentage);
	d->opts.json = d->format && !strcmp(d->format, "json");
	if (d->format && !d->opts.json && strcmp(d->format, "text"))
		return options__usage_option(diff_usage, options, "format", d->format);
	if (d->opts.separator && !*d->opts.separator)
		return options__usage_error(diff_usage, options, "the field separator is empty");
	d->opts.headings = !d->quiet;
	return 0;
}

/* ---- running ------------------------------------------------------------------------------- */

static int read_files(struct diff_command *d, struct diff *diff, struct diag *diag)
{
	int err = 0;

	for (unsigned int i = 0; i < d->nr && !err; i++) {
		d->input.path = d->paths[i];
		err = input__open(&d->input, &d->inputs[i], diag);
		if (!err)
			err = diff__read(diff, i, d->paths[i], d->inputs[i], diag);
		if (err)
			fprintf(stderr, "%s: ", d->paths[i]);
		else
			input__print_warnings(d->inputs[i]);
	}
	return err;
}

static int run(struct diff_command *d)
{
	struct diag diag = DIAG_INIT;
	struct diff *diff = NULL;
	int err = diff__new(d->nr, &d->opts, &diff);

	if (!err)
		err = read_files(d, diff, &diag);
	if (!err) {
		pager__start();
		d->opts.colors = stdio_color__wanted(&d->color);
		err = diff__print(diff, stdout);
		if (!err && fflush(stdout))
			err = -errno;
	}
	if (err)
		diag__print(&diag, NULL, err, stderr);
	diff__free(diff);
	for (unsigned int i = 0; i < d->nr; i++) {
		if (d->inputs[i])
			input__close(d->inputs[i]);
	}
	diag__exit(&diag);
	return err ? 1 : 0;
}

int cmd_diff(int argc, const char **argv)
{
	struct diff_command d = { .opts.order = 1 };
	struct filter_opts *filter = &d.input.filter;
	const struct option options[] = {
		OPT_INCR('v', "verbose", &verbose, "be more verbose"),
		OPT_BOOLEAN('q', "quiet", &d.quiet, "do not show any warnings or messages"),
		OPT_BOOLEAN('f', "force", &d.input.force, "don't complain, do it"),
		OPT_BOOLEAN('b', "baseline-only", &d.opts.baseline_only,
			    "show only what the baseline has"),
		OPT_STRING('c', "compute", &d.compute, "distance|delta|delta-abs|ratio",
			   "what to sort by and show as the change (default: distance)"),
		OPT_STRING('s', "sort", &d.opts.sort, "key[,key2...]",
			   "compare by key(s) as report has them (default: sym)"),
		OPT_UINTEGER('o', "order", &d.opts.order,
			     "sort by the change of file n, from 1 on; 0: by the baseline's "
			     "samples"),
		OPT_STRING('t', "field-separator", &d.opts.separator, "separator",
			   "separator for columns, no spaces will be added between columns"),
		OPT_STRING('x', NULL, &d.opts.separator, "separator", "the same as -t"),
		OPT_STRING('C', "comms", &filter->comms, "comm[,comm...]",
			   "only consider these comms"),
		OPT_STRING('S', "symbols", &filter->funcs, "symbol[,symbol...]",
			   "only consider these functions"),
		OPT_STRING(0, "cpu", &filter->cpus, "cpu", "only samples of these CPUs"),
		OPT_STRING(0, "pid", &filter->pids, "pid[,pid...]",
			   "only samples of these processes"),
		OPT_STRING(0, "tid", &filter->tids, "tid[,tid...]",
			   "only samples of these threads"),
		OPT_STRING(0, "time", &filter->time, "start,stop",
			   "only samples of this span of time, in seconds"),
		OPT_STRING(0, "filter", &filter->expr, "expr",
			   "only samples for which this is true"),
		OPT_STRING(0, "kallsyms", &d.input.kallsyms, "file", "kallsyms pathname"),
		OPT_STRING(0, "percentage", &d.percentage, "relative|absolute",
			   "100% is what filters leave (relative, the default), or all samples"),
		OPT_STRING(0, "format", &d.format, "text|json", "text, or json (an object a line)"),
		OPT_BOOLEAN(0, "stdio", &d.stdio, "use the stdio interface (always so)"),
		OPT_STDIO_COLOR(&d.color),
		OPT_END(),
	};
	int err;

	argc = options__parse(argc, argv, options, diff_usage, 0);
	if (argc < 0)
		return -argc;
	if (argc > MAX_FILES)
		return options__usage_error(diff_usage, options, "more than %d files", MAX_FILES);
	choose_paths(&d, argc, argv);
	err = check(&d, options);
	if (err)
		return err;
	if (d.quiet)
		verbose = -1;
	return run(&d);
}
