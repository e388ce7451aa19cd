// SPDX-License-Identifier: GPL-2.0-only
/* perf btfsnoop report: a table of what the samples of an event have in common, or another view. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "builtin.h"
#include "cli/pager.h"
#include "cli/stdio-color.h"
#include "report-options.h"
#include "report/bars.h"
#include "report/flow.h"
#include "report/folded.h"
#include "report/graph.h"
#include "report/heatmap.h"
#include "report/input.h"
#include "report/stats.h"
#include "report/latency.h"
#include "report/tables.h"
#include "report/top-values.h"
#include "report/values-hist.h"
#include "ui/tui.h"
#include "util/verbose.h"

struct report {
	struct report_options opts;
	struct input *input;
};

/* ---- modes --------------------------------------------------------------------------------- */

static int print_graph(struct report *r, struct diag *diag)
{
	struct graph_opts opts = {
		.values.symbols = input__symbols(r->input), .structs = verbose > 0,
		.headings = !r->opts.quiet,
	};

	return graph__print(r->input, &opts, diag);
}

static int print_flow(struct report *r, struct diag *diag)
{
	struct flow_opts opts = {
		.values.symbols = input__symbols(r->input), .headings = !r->opts.quiet,
	};

	return flow__print(r->input, &opts, diag);
}

/* -t on the command line wins over a format of the configuration. */
static bool wants_json(const struct report *r)
{
	return r->opts.tables.entries.format == ENTRIES_JSON && !r->opts.separator.text;
}

static int print_hist(struct report *r, struct diag *diag)
{
	struct values_hist_opts opts = {
		.json = wants_json(r),
		.expr = r->opts.modes[MODE_HIST].text, .sort = r->opts.sort.text,
		.separator = r->opts.separator.text, .columns = pager__columns(),
		.ascii = bars__ascii(), .colors = stdio_color__wanted(&r->opts.color),
		.headings = !r->opts.quiet,
	};

	return values_hist__print(r->input, &opts, diag);
}

static int print_heatmap(struct report *r, struct diag *diag)
{
	struct heatmap_opts opts = {
		.json = wants_json(r),
		.expr = r->opts.modes[MODE_HEATMAP].text, .columns = pager__columns(),
		.ascii = bars__ascii(), .colors = stdio_color__wanted(&r->opts.color),
		.headings = !r->opts.quiet,
	};

	return heatmap__print(r->input, &opts, diag);
}

static int print_latency(struct report *r, struct diag *diag)
{
	struct latency_opts opts = {
		.json = wants_json(r),
		.nanoseconds = r->opts.use_nsec, .hide_empty = r->opts.hide_empty,
		.headings = !r->opts.quiet,
	};

	return latency__print(r->input, &opts, diag);
}

static int print_top_values(struct report *r, struct diag *diag)
{
	struct top_values_opts opts = {
		.json = wants_json(r),
		.nr = strtoul(r->opts.modes[MODE_TOP_VALUES].text, NULL, 10),
		.separator = r->opts.separator.text, .colors = stdio_color__wanted(&r->opts.color),
		.headings = !r->opts.quiet,
	};

	return top_values__print(r->input, &opts, diag);
}

static int print_stats(struct report *r, struct diag *diag)
{
	return stats__print(r->input, !r->opts.skip_empty, diag);
}

static int print_tasks(struct report *r, struct diag *diag)
{
	return stats__print_tasks(r->input, !r->opts.quiet, diag);
}

static int print_folded(struct report *r, struct diag *diag)
{
	struct folded_opts opts = { .lines.max_events = 0 };

	return folded__print(r->input, &opts, diag);
}

static int (*const print_mode[NR_MODES])(struct report *r, struct diag *diag) = {
	[MODE_GRAPH] = print_graph,
	[MODE_FLOW] = print_flow,
	[MODE_STATS] = print_stats,
	[MODE_TASKS] = print_tasks,
	[MODE_HIST] = print_hist,
	[MODE_HEATMAP] = print_heatmap,
	[MODE_LATENCY] = print_latency,
	[MODE_TOP_VALUES] = print_top_values,
	[MODE_FOLDED] = print_folded,
};

static int print_header(const struct report *r)
{
	struct buf out = BUF_INIT;
	int err;

	input__header(r->input, &out);
	err = buf__flush(&out, stdout);
	buf__exit(&out);
	return err;
}

/* What is no table, and reads while it prints. */
static int run_mode(struct report *r, struct diag *diag)
{
	int err = 0;

	pager__start();
	if (r->opts.header || r->opts.header_only)
		err = print_header(r);
	if (!err && !r->opts.header_only)
		err = print_mode[r->opts.mode](r, diag);
	return err;
}

static int print_tables(struct report *r, struct tables *tables)
{
	int err = 0, nr;

	if (r->opts.tables.entries.format != ENTRIES_TEXT) {
		nr = tables__print(tables, stdout);
		return nr < 0 ? nr : 0;
	}
	if (r->opts.header)
		err = print_header(r);
	else if (!r->opts.quiet)
		fputs("# To display the perf.data header info, please use "
		      "--header/--header-only options.\n#\n", stdout);
	if (!r->opts.quiet)
		printf("#\n# Total Lost Samples: %" PRIu64 "\n#\n",
		       perfdata_reader__lost(input__reader(r->input)));
	if (err)
		return err;
	nr = tables__print(tables, stdout);
	if (!nr && !r->opts.quiet)
		puts("# no samples");
	return nr < 0 ? nr : 0;
}

/* Text was asked for, or what the pages don't have. */
static bool wants_text(const struct report *r)
{
	return r->opts.stdio || r->opts.separator.text || r->opts.group_by.text || r->opts.header ||
	       r->opts.tables.resolved_only;
}

static int run_tui(struct report *r, struct diag *diag)
{
	const struct tui_opts opts = {
		.aggregate = r->opts.tables.aggregate,
		.callchain = r->opts.call_graph.text ? &r->opts.chains : NULL,
		.path = r->opts.input.path,
		.hierarchy = r->opts.tables.hierarchy,
		.show_empty = r->opts.tables.show_empty,
		.absolute = r->opts.tables.absolute,
		.percent_limit = r->opts.tables.entries.percent_limit,
	};

	return tui__report(r->input, &opts, diag);
}

static int run_tables(struct report *r, struct diag *diag)
{
	struct tables *tables = NULL;
	int err;

	if (!wants_text(r) && tui__is_possible(r->input, r->opts.tui))
		return run_tui(r, diag);
	err = tables__new(r->input, &r->opts.tables, &tables, diag);

	if (!err)
		err = tables__read(tables, diag);
	if (!err) {
		pager__start();
		err = print_tables(r, tables);
	}
	tables__free(tables);
	return err;
}

static int report(struct report *r)
{
	struct diag diag = DIAG_INIT;
	int err;

	err = input__open(&r->opts.input, &r->input, &diag);
	if (!err) {
		r->opts.tables.entries.colors = stdio_color__wanted(&r->opts.color);
		if (r->opts.mode == MODE_TABLES && !r->opts.header_only)
			err = run_tables(r, &diag);
		else
			err = run_mode(r, &diag);
		if (!err && fflush(stdout))
			err = -errno;
		input__print_warnings(r->input);
	}
	if (err)
		diag__print(&diag, NULL, err, stderr);
	input__close(r->input);
	diag__exit(&diag);
	return err ? 1 : 0;
}

int cmd_report(int argc, const char **argv)
{
	struct report r = { 0 };
	int status = report_options__parse(&r.opts, argc, argv);

	return status ? status : report(&r);
}
