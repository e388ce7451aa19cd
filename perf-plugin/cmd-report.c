// SPDX-License-Identifier: GPL-2.0-only
/* perf btfsnoop report: for each event a table of what its samples have in common. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builtin.h"
#include "cli/options.h"
#include "cli/pager.h"
#include "report/flow.h"
#include "report/graph.h"
#include "report/hist.h"
#include "report/input.h"
#include "render/table.h"
#include "util/verbose.h"

struct report {
	struct input *input;
	struct input_opts opts;
	const char *sort;
	const char *separator;
	bool quiet;
	bool header;
	bool header_only;
	bool stdio;
	bool nr_samples;
	bool graph;
	bool flow;
	struct strings *strings;
	struct hist **hists;		/* by event */
	unsigned int nr_hists;
	struct buf out;
};

static const char *const report_usage[] = {
	"perf btfsnoop report [<options>]", NULL,
};

/* Events turn up while a pipe is read, so a hist is made when its first sample comes. */
static int add_sample(struct report *r, const struct perfdata_sample *sample)
{
	int err;

	if (sample->event >= r->nr_hists) {
		unsigned int nr = input__nr_events(r->input);
		struct hist **more = reallocarray(r->hists, nr, sizeof(*more));

		if (!more)
			return -ENOMEM;
		memset(more + r->nr_hists, 0, (nr - r->nr_hists) * sizeof(*more));
		r->hists = more;
		r->nr_hists = nr;
	}
	if (!r->hists[sample->event]) {
		err = hist__new(r->input, sample->event, r->sort, r->strings,
				&r->hists[sample->event]);
		if (err)
			return err;
	}
	return hist__add(r->hists[sample->event], sample);
}

static int read_samples(struct report *r, struct diag *diag)
{
	struct perfdata_record record;
	int err;

	while ((err = input__next(r->input, &record, diag)) > 0) {
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		err = add_sample(r, &record.sample);
		if (err)
			return err;
	}
	return err;
}

static int print_hist(struct report *r, unsigned int index)
{
	struct hist *hist = r->hists[index];
	struct table *table;
	int err;

	err = table__new(&table);
	if (err)
		return err;
	err = hist__table(hist, table);
	if (!r->quiet) {
		buf__addf(&r->out, "# Samples: %" PRIu64 "  of event '%s'\n",
			  hist__nr_samples(hist), input__event(r->input, index)->name);
		buf__addf(&r->out, "# Event count (approx.): %" PRIu64 "\n#\n",
			  hist__total_period(hist));
	}
	if (!err)
		err = table__print(table, r->separator, !r->quiet, &r->out);
	buf__adds(&r->out, r->quiet ? "" : "\n\n");
	table__free(table);
	return err;
}

static int flush(struct report *r)
{
	int err = r->out.failed ? -ENOMEM : 0;

	if (!err && r->out.len && fwrite(r->out.data, 1, r->out.len, stdout) != r->out.len)
		err = -EIO;
	buf__clear(&r->out);
	return err;
}

static int print_all(struct report *r)
{
	unsigned int i, nr = 0;
	int err = 0;

	if (r->header || r->header_only)
		input__header(r->input, &r->out);
	else if (!r->quiet)
		buf__adds(&r->out, "# To display the perf.data header info, please use "
			  "--header/--header-only options.\n#\n");
	if (!r->header_only && !r->quiet)
		buf__addf(&r->out, "#\n# Total Lost Samples: %" PRIu64 "\n#\n",
			  perfdata_reader__lost(input__reader(r->input)));
	for (i = 0; i < r->nr_hists && !err; i++) {
		if (!r->hists[i])
			continue;
		err = print_hist(r, i);
		nr++;
	}
	if (!err && !nr && !r->header_only && !r->quiet)
		buf__adds(&r->out, "# no samples\n");
	return err ? err : flush(r);
}

/* What is no table. */
static int run_lines(struct report *r, struct diag *diag)
{
	struct graph_opts graph_opts = {
		.values.symbols = input__symbols(r->input), .structs = verbose > 0,
		.headings = !r->quiet,
	};
	struct flow_opts flow_opts = {
		.values.symbols = input__symbols(r->input), .headings = !r->quiet,
	};
	int err;

	pager__start();
	if (r->header || r->header_only)
		input__header(r->input, &r->out);
	err = flush(r);
	if (!err && !r->header_only)
		err = r->flow ? flow__print(r->input, &flow_opts, diag) :
				graph__print(r->input, &graph_opts, diag);
	return !err && fflush(stdout) ? -EIO : err;
}

static int run(struct report *r, struct diag *diag)
{
	int err = strings__new(&r->strings);

	/*
	 * In a pipe events are not known yet: there a wrong key shows as a column that is missing.
	 */
	if (!err && r->sort && input__nr_events(r->input))
		err = hist__check_sort(r->input, r->sort, diag);
	if (!err && !r->header_only)
		err = read_samples(r, diag);
	if (err)
		return err;
	pager__start();
	err = print_all(r);
	return !err && fflush(stdout) ? -EIO : err;
}

static int report(struct report *r)
{
	struct diag diag = DIAG_INIT;
	unsigned int i;
	int err;

	err = input__open(&r->opts, &r->input, &diag);
	if (!err) {
		err = r->graph || r->flow ? run_lines(r, &diag) : run(r, &diag);
		input__print_warnings(r->input);
	}
	if (err)
		diag__print(&diag, NULL, err, stderr);
	for (i = 0; i < r->nr_hists; i++)
		hist__free(r->hists[i]);
	free(r->hists);
	strings__free(r->strings);
	input__close(r->input);
	diag__exit(&diag);
	buf__exit(&r->out);
	return err ? 1 : 0;
}

int cmd_report(int argc, const char **argv)
{
	struct report r = { 0 };
	const struct option options[] = {
		OPT_STRING('i', "input", &r.opts.path, "file", "input file name"),
		OPT_BOOLEAN('f', "force", &r.opts.force, "don't complain, do it"),
		OPT_INCR('v', "verbose", &verbose, "be more verbose"),
		OPT_BOOLEAN('q', "quiet", &r.quiet, "do not show any warnings or messages"),
		OPT_BOOLEAN(0, "stdio", &r.stdio, "use the stdio interface"),
		OPT_BOOLEAN('n', "show-nr-samples", &r.nr_samples,
			    "show a column with the number of samples (always there)"),
		OPT_STRING('s', "sort", &r.sort, "key[,key2...]",
			   "sort by key(s): comm pid tid cpu sym trace, or a value recorded"),
		OPT_BOOLEAN(0, "graph", &r.graph, "show calls, nested, instead of tables"),
		OPT_BOOLEAN(0, "flow", &r.flow,
			    "show a timeline for each object that record --track followed"),
		OPT_STRING('t', "field-separator", &r.separator, "separator",
			   "separator for columns, no spaces will be added between columns"),
		OPT_STRING('c', "comms", &r.opts.filter.comms, "comm[,comm...]",
			   "only consider these comms"),
		OPT_STRING('C', "cpu", &r.opts.filter.cpus, "cpu", "only samples of these CPUs"),
		OPT_STRING('S', "symbols", &r.opts.filter.funcs, "symbol[,symbol...]",
			   "only consider these functions"),
		OPT_STRING(0, "kallsyms", &r.opts.kallsyms, "file", "kallsyms pathname"),
		OPT_STRING(0, "pid", &r.opts.filter.pids, "pid[,pid...]",
			   "only samples of these processes"),
		OPT_STRING(0, "tid", &r.opts.filter.tids, "tid[,tid...]",
			   "only samples of these threads"),
		OPT_STRING(0, "time", &r.opts.filter.time, "start,stop",
			   "only samples of this span of time, in seconds"),
		OPT_BOOLEAN(0, "header", &r.header, "show data header"),
		OPT_BOOLEAN(0, "header-only", &r.header_only, "show only data header"),
		OPT_END(),
	};

	argc = options__parse(argc, argv, options, report_usage, 0);
	if (argc < 0)
		return -argc;
	if (argc)
		return options__usage_error(report_usage, options, "unexpected argument '%s'",
					    argv[0]);
	if (r.separator && !*r.separator)
		return options__usage_error(report_usage, options, "the field separator is empty");
	if ((r.graph || r.flow) && (r.sort || r.separator))
		return options__usage_error(report_usage, options, "--%s has no --%s",
					    r.graph ? "graph" : "flow",
					    r.sort ? "sort" : "field-separator");
	if (r.graph && r.flow)
		return options__usage_error(report_usage, options,
					    "--graph and --flow exclude each other");
	if (r.quiet)
		verbose = -1;
	return report(&r);
}
