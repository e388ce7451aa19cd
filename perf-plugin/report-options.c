// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "report-options.h"
#include "util/verbose.h"

static const char *const report_usage[] = {
	"perf btfsnoop report [<options>]", NULL,
};

static const struct mode {
	const char *name;		/* its option */
	unsigned int takes;
} modes[NR_MODES] = {
	[MODE_TABLES] = { NULL, ~0u },
	[MODE_GRAPH] = { "graph", 0 },
	[MODE_FLOW] = { "flow", 0 },
	[MODE_STATS] = { "stats", 0 },
	[MODE_TASKS] = { "tasks", 0 },
	[MODE_HIST] = { "hist", TAKES_SORT | TAKES_SEPARATOR | TAKES_JSON },
	[MODE_HEATMAP] = { "heatmap", TAKES_JSON },
	[MODE_LATENCY] = { "latency", TAKES_JSON },
	[MODE_TOP_VALUES] = { "top-values", TAKES_SEPARATOR | TAKES_JSON },
	[MODE_FOLDED] = { "format folded", TAKES_FORMAT },
};

/* ---- options ------------------------------------------------------------------------------- */

#define OPT_CHOICE(s, l, c, a, h) \
	{ .type = OPTION_STRING, .short_name = (s), .long_name = (l), .arg_name = (a), \
	  .help = (h), .value = &(c)->text, .set = &(c)->set }
#define OPT_SWITCH(s, l, c, h) \
	{ .type = OPTION_BOOLEAN, .short_name = (s), .long_name = (l), .help = (h), \
	  .value = &(c)->on, .set = &(c)->set }

#define SET_OPTIONS(to, table) do { \
	_Static_assert(sizeof(table) <= sizeof(to), "too many options"); \
	memcpy(to, table, sizeof(table)); \
} while (0)

static void set_input_options(struct report_options *r)
{
	struct filter_opts *filter = &r->input.filter;
	const struct option options[] = {
		OPT_STRING('i', "input", &r->input.path, "file", "input file name"),
		OPT_BOOLEAN('f', "force", &r->input.force, "don't complain, do it"),
		OPT_STRING('c', "comms", &filter->comms, "comm[,comm...]",
			   "only consider these comms"),
		OPT_STRING('C', "cpu", &filter->cpus, "cpu", "only samples of these CPUs"),
		OPT_STRING('S', "symbols", &filter->funcs, "symbol[,symbol...]",
			   "only consider these functions"),
		OPT_STRING(0, "kallsyms", &r->input.kallsyms, "file", "kallsyms pathname"),
		OPT_BOOLEAN(0, "ns", &r->input.nanoseconds, "show times in nanosecs"),
		OPT_STRING(0, "pid", &filter->pids, "pid[,pid...]",
			   "only samples of these processes"),
		OPT_STRING(0, "tid", &filter->tids, "tid[,tid...]",
			   "only samples of these threads"),
		OPT_STRING(0, "filter", &filter->expr, "expr",
			   "only samples for which this is true: 'skb->len > 100'"),
		OPT_STRING(0, "time", &filter->time, "start,stop",
			   "only samples of this span of time, in seconds"),
		OPT_END(),
	};

	SET_OPTIONS(r->input_options, options);
}

static void set_table_options(struct report_options *r)
{
	const struct option options[] = {
		OPT_CHOICE('s', "sort", &r->sort, "key[,key2...]",
			   "sort by key(s): comm pid tid cpu sym dso time event trace, a value "
			   "recorded, or an expression on these"),
		OPT_CHOICE('F', "fields", &r->fields, "key[,key2...]",
			   "output field(s): keys, overhead, samples, period, and count, sum, avg, "
			   "min, max, stddev, p99... of a value, as in avg(skb->len)"),
		OPT_CHOICE(0, "group-by", &r->group_by, "key[,key2...]",
			   "a table for each of these (comm, cpu...) instead of each event"),
		OPT_SWITCH('H', "hierarchy", &r->hierarchy, "show each key within the one before"),
		OPT_CHOICE('t', "field-separator", &r->separator, "separator",
			   "separator for columns, no spaces will be added between columns"),
		OPT_CHOICE('x', NULL, &r->separator, "separator", "the same as -t"),
		OPT_CHOICE(0, "format", &r->format, "format",
			   "text, json (an object a line), csv, folded (stacks for flame graphs)"),
		OPT_STRING('w', "column-widths", &r->widths, "width[,width...]",
			   "don't try to adjust column width, use these fixed values"),
		OPT_STRING(0, "percent-limit", &r->percent_limit, "percent",
			   "don't show entries under that percent"),
		OPT_STRING(0, "percentage", &r->percentage, "relative|absolute",
			   "100% is what filters leave (relative, the default), or all samples"),
		OPT_STRING(0, "time-quantum", &r->time_quantum, "time (ms|us|ns|s)",
			   "set time quantum for time sort key (default 100ms)"),
		OPT_BOOLEAN('n', "show-nr-samples", &r->nr_samples,
			    "show a column with the number of samples (always there)"),
		OPT_BOOLEAN('U', "hide-unresolved", &r->tables.resolved_only,
			    "only display entries resolved to a symbol"),
		OPT_BOOLEAN(0, "skip-empty", &r->skip_empty,
			    "do not display empty (or dummy) events in the output"),
		OPT_END(),
	};

	SET_OPTIONS(r->table_options, options);
}

static void set_chain_options(struct report_options *r)
{
	const struct option options[] = {
		{ .type = OPTION_STRING, .short_name = 'g', .long_name = "call-graph",
		  .arg_name = "print_type,threshold[,order]", .value = &r->call_graph.text,
		  .help = "show call chains: graph, fractal, flat, folded or none; least percent "
			  "to show (0.5); caller or callee",
		  .flags = OPTION_LASTARG, .default_arg = "", .set = &r->call_graph.set },
		OPT_SWITCH(0, "children", &r->children,
			   "accumulate callchains of children and show total overhead as well"),
		OPT_BOOLEAN('G', "inverted", &r->inverted,
			    "call chains from the outermost caller on"),
		OPT_UINTEGER(0, "max-stack", &r->max_stack,
			     "set the maximum stack depth when parsing the callchain"),
		OPT_END(),
	};

	SET_OPTIONS(r->chain_options, options);
}

static void set_mode_options(struct report_options *r)
{
	const struct option options[] = {
		OPT_SWITCH(0, "graph", &r->modes[MODE_GRAPH],
			   "show calls, nested, instead of tables"),
		OPT_SWITCH(0, "flow", &r->modes[MODE_FLOW],
			   "show a timeline for each object that record --track followed"),
		OPT_SWITCH(0, "stats", &r->modes[MODE_STATS], "display event stats"),
		OPT_SWITCH(0, "tasks", &r->modes[MODE_TASKS], "display recorded tasks"),
		OPT_CHOICE(0, "hist", &r->modes[MODE_HIST], "expr[:log2|:linear[:rows]]",
			   "show a histogram of a value, for each entry of -s if that is given"),
		OPT_CHOICE(0, "heatmap", &r->modes[MODE_HEATMAP], "expr",
			   "show a number, such as dur, against time"),
		OPT_SWITCH(0, "latency", &r->modes[MODE_LATENCY],
			   "show durations as perf ftrace latency does"),
		OPT_BOOLEAN(0, "use-nsec", &r->use_nsec, "with --latency: from 1 ns on, not 1 us"),
		OPT_BOOLEAN(0, "hide-empty", &r->hide_empty,
			    "with --latency: leave out rows without samples"),
		{ .type = OPTION_STRING, .long_name = "top-values", .arg_name = "n",
		  .help = "show the commonest values of each field (default 10)",
		  .value = &r->modes[MODE_TOP_VALUES].text,
		  .set = &r->modes[MODE_TOP_VALUES].set, .flags = OPTION_OPTARG,
		  .default_arg = "10" },
		OPT_BOOLEAN(0, "header", &r->header, "show data header"),
		OPT_BOOLEAN(0, "header-only", &r->header_only, "show only data header"),
		OPT_BOOLEAN(0, "stdio", &r->stdio, "use the stdio interface"),
		OPT_BOOLEAN(0, "tui", &r->tui, "use the TUI interface"),
		OPT_STDIO_COLOR(&r->color),
		OPT_END(),
	};

	SET_OPTIONS(r->mode_options, options);
}

/* Puts @parent behind the end of a table. */
static void chain_options(struct option *options, const struct option *parent)
{
	while (options->type != OPTION_END)
		options++;
	options->parent = parent;
}

/* ---- what options say ---------------------------------------------------------------------- */

/* What was given on the command line wins over what perf's config files say. */
static int choose_mode(struct report_options *r, const struct option *options)
{
	unsigned int i;

	for (i = 1; i < NR_MODES; i++) {
		const struct choice *c = &r->modes[i];

		if (!c->on && !c->text)
			continue;
		if (c->set && r->mode && r->modes[r->mode].set)
			return options__usage_error(report_usage, options,
						    "--%s and --%s exclude each other",
						    modes[r->mode].name, modes[i].name);
		if (!r->mode || c->set)
			r->mode = i;
	}
	return 0;
}

/* Digits, not all of them 0. */
static bool is_count(const char *text)
{
	return !text[strspn(text, "0123456789")] && text[strspn(text, "0")];
}

static int check_mode(const struct report_options *r, const struct option *options)
{
	const struct {
		const struct choice *choice;
		const char *name;
		unsigned int takes;
	} checks[] = {
		{ &r->sort, "sort", TAKES_SORT },
		{ &r->fields, "fields", TAKES_FIELDS },
		{ &r->separator, "field-separator", TAKES_SEPARATOR },
		{ &r->group_by, "group-by", TAKES_TABLES },
		{ &r->hierarchy, "hierarchy", TAKES_TABLES },
		{ &r->children, "children", TAKES_TABLES },
		{ &r->call_graph, "call-graph", TAKES_TABLES },
	};
	unsigned int i, formats = TAKES_FORMAT;

	if (r->tables.entries.format == ENTRIES_JSON)
		formats |= TAKES_JSON;
	if (r->format.set && strcmp(r->format.text, "text") && !(modes[r->mode].takes & formats))
		return options__usage_error(report_usage, options, "--%s has no --format %s",
					    modes[r->mode].name, r->format.text);
	for (i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		if (checks[i].choice->set && !(modes[r->mode].takes & checks[i].takes))
			return options__usage_error(report_usage, options, "--%s has no --%s",
						    modes[r->mode].name, checks[i].name);
	}
	if (r->separator.text && !*r->separator.text)
		return options__usage_error(report_usage, options, "the field separator is empty");
	if (r->mode == MODE_TOP_VALUES && !is_count(r->modes[r->mode].text))
		return options__usage_option(report_usage, options, "top-values",
					     r->modes[MODE_TOP_VALUES].text);
	if (r->hierarchy.set && r->separator.set)
		return options__usage_error(report_usage, options,
					    "--hierarchy has no --field-separator");
	return 0;
}

/* "100ms"; without a unit it is perf's: milliseconds. 0 for what is none. */
static uint64_t parse_quantum(const char *text)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = {
		{ "", 1e6 }, { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 },
	};
	unsigned int i;
	double value;
	char *end;

	if (!isdigit((unsigned char)*text))
		return 0;
	value = strtod(text, &end);
	for (i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (!strcmp(end, units[i].unit))
			return value * units[i].ns < 0x1p63 ? value * units[i].ns : 0;
	}
	return 0;
}

static bool parse_percent(const char *text, double *percent)
{
	char *end;

	if (!isdigit((unsigned char)*text) && *text != '.')
		return false;
	*percent = strtod(text, &end);
	return !strcmp(end, "") || !strcmp(end, "%");
}

static int set_format(struct report_options *r, const struct option *options)
{
	const char *format = r->format.text;

	if (!format || !strcmp(format, "text"))
		return 0;
	if (!strcmp(format, "folded")) {
		r->modes[MODE_FOLDED].on = true;
		r->modes[MODE_FOLDED].set = r->format.set;
		return 0;
	}
	if (!strcmp(format, "json"))
		r->tables.entries.format = ENTRIES_JSON;
	else if (!strcmp(format, "csv"))
		r->tables.entries.format = ENTRIES_CSV;
	else
		return options__usage_error(report_usage, options, "unknown --format '%s'", format);
	if (r->format.set && (r->hierarchy.set || r->group_by.set || r->separator.set))
		return options__usage_error(report_usage, options, "--format %s has no --%s",
					    format, r->hierarchy.set ? "hierarchy" :
					    r->group_by.set ? "group-by" : "field-separator");
	return 0;
}

static int set_tables(struct report_options *r, const struct option *options)
{
	struct tables_opts *t = &r->tables;

	t->aggregate.sort = r->sort.text;
	t->aggregate.fields = r->fields.text;
	t->aggregate.time_quantum = parse_quantum(r->time_quantum ? r->time_quantum : "100ms");
	t->entries.separator = r->separator.text;
	t->entries.headings = !r->quiet;
	if (t->entries.format == ENTRIES_TEXT) {
		t->group_by = r->group_by.text;
		t->hierarchy = r->hierarchy.on;
	}
	t->show_empty = !r->skip_empty;
	if (!t->aggregate.time_quantum)
		return options__usage_option(report_usage, options, "time-quantum",
					     r->time_quantum);
	if (r->percent_limit && !parse_percent(r->percent_limit, &t->entries.percent_limit))
		return options__usage_option(report_usage, options, "percent-limit",
					     r->percent_limit);
	if (r->widths && entries__parse_widths(r->widths, &t->entries))
		return options__usage_option(report_usage, options, "column-widths",
					     r->widths);
	t->absolute = r->percentage && !strcmp(r->percentage, "absolute");
	if (r->percentage && !t->absolute && strcmp(r->percentage, "relative"))
		return options__usage_option(report_usage, options, "percentage", r->percentage);
	return 0;
}

/* Chains are shown where there are any, as perf does, unless "-g none" says otherwise. */
static int set_chains(struct report_options *r, const struct option *options)
{
	struct diag diag = DIAG_INIT;
	int err = 0;

	r->chains = (struct callchain_opts)CALLCHAIN_OPTS_DEFAULT;
	r->chains.max_depth = r->max_stack;
	if (r->inverted)
		r->chains.order = CALLCHAIN_CALLER;
	if (r->call_graph.text && *r->call_graph.text)
		err = callchain_opts__parse(r->call_graph.text, &r->chains, &diag);
	if (err) {
		diag__print(&diag, r->call_graph.text, err, stderr);
		diag__exit(&diag);
		return options__usage_option(report_usage, options, "call-graph", NULL);
	}
	/* As perf: a function that an entry begins with need not be said twice. */
	r->chains.skip_first = r->sort.text && !strncmp(r->sort.text, "sym", strlen("sym")) &&
			       !r->fields.text;
	r->tables.children = r->children.on;
	if (r->chains.mode != CALLCHAIN_NONE)
		r->tables.chains = &r->chains;
	if (r->chains.order == CALLCHAIN_UNSET)
		r->chains.order = r->children.on ? CALLCHAIN_CALLER : CALLCHAIN_CALLEE;
	return 0;
}

int report_options__parse(struct report_options *r, int argc, const char **argv)
{
	const struct option options[] = {
		OPT_INCR('v', "verbose", &verbose, "be more verbose"),
		OPT_BOOLEAN('q', "quiet", &r->quiet, "do not show any warnings or messages"),
		OPT_PARENT(r->input_options),
	};
	int err;

	*r = (struct report_options){ .skip_empty = true, .children.on = true };
	set_input_options(r);
	set_table_options(r);
	set_chain_options(r);
	set_mode_options(r);
	chain_options(r->input_options, r->table_options);
	chain_options(r->table_options, r->chain_options);
	chain_options(r->chain_options, r->mode_options);
	argc = options__parse(argc, argv, options, report_usage, 0);
	if (argc < 0)
		return -argc;
	if (argc)
		return options__usage_error(report_usage, options, "unexpected argument '%s'",
					    argv[0]);
	err = set_format(r, options);
	if (!err)
		err = choose_mode(r, options);
	if (!err)
		err = check_mode(r, options);
	if (!err)
		err = set_tables(r, options);
	if (!err)
		err = set_chains(r, options);
	if (!err && r->quiet)
		verbose = -1;
	return err;
}
