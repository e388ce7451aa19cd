/* SPDX-License-Identifier: GPL-2.0-only */
/* What the command line of report says. */
#ifndef BTFSNOOP_REPORT_OPTIONS_H
#define BTFSNOOP_REPORT_OPTIONS_H

#include <stdbool.h>

#include "cli/options.h"
#include "cli/stdio-color.h"
#include "report/callchain.h"
#include "report/input.h"
#include "report/tables.h"

#define REPORT_MAX_OPTIONS	24	/* of a part of the table */

enum mode_kind {
	MODE_TABLES,			/* unless another is asked for */
	MODE_GRAPH,
	MODE_FLOW,
	MODE_STATS,
	MODE_TASKS,
	MODE_HIST,
	MODE_HEATMAP,
	MODE_LATENCY,
	MODE_TOP_VALUES,
	MODE_FOLDED,
	NR_MODES,
};

/* What else options say of a mode; what it has no use for is refused. */
#define TAKES_SORT	0x1
#define TAKES_FIELDS	0x2
#define TAKES_SEPARATOR	0x4
#define TAKES_TABLES	0x8		/* what else there is for tables */
#define TAKES_FORMAT	0x10
#define TAKES_JSON	0x20		/* of formats json */

/* An option's value, and whether it was given on the command line. */
struct choice {
	bool on;
	const char *text;
	bool set;
};

/* Must not move once its options are parsed: the tables point into it. */
struct report_options {
	struct input_opts input;
	struct tables_opts tables;
	enum mode_kind mode;
	struct choice modes[NR_MODES];
	struct choice sort;
	struct choice fields;
	struct choice separator;
	struct choice group_by;
	struct choice hierarchy;
	struct choice format;
	struct choice children;
	struct choice call_graph;
	bool inverted;
	unsigned int max_stack;
	struct callchain_opts chains;
	const char *time_quantum;
	const char *percent_limit;
	const char *percentage;
	const char *widths;
	struct stdio_color color;
	bool quiet;
	bool header;
	bool header_only;
	bool stdio;
	bool tui;
	bool nr_samples;
	bool skip_empty;
	bool use_nsec;			/* of --latency */
	bool hide_empty;
	struct option input_options[REPORT_MAX_OPTIONS];
	struct option table_options[REPORT_MAX_OPTIONS];
	struct option chain_options[REPORT_MAX_OPTIONS];
	struct option mode_options[REPORT_MAX_OPTIONS];
};

/*
 * Parses the command line, and presets from perf's configuration. Returns 0, or the exit status of
 * a command that is done: all there is to say was printed.
 */
int report_options__parse(struct report_options *opts, int argc, const char **argv);

#endif
