/* SPDX-License-Identifier: GPL-2.0-only */
/* perf btfsnoop report on a terminal: the pages, from opening the screen to closing it. */
#ifndef BTFSNOOP_UI_TUI_H
#define BTFSNOOP_UI_TUI_H

#include <stdbool.h>

#include "../report/aggregate.h"
#include "../report/input.h"
#include "../util/diag.h"
#include "colors.h"

struct callchain_opts;

struct tui_opts {
	struct aggregate_opts aggregate;
	const struct callchain_opts *callchain;	/* NULL: as perf has it */
	const char *path;		/* of the file; NULL: perf.data */
	bool hierarchy;			/* each key within the one before */
	bool show_empty;		/* events without samples, too */
	bool absolute;			/* percentages are of all samples */
	double percent_limit;
};

/*
 * True where there can be pages: on a terminal, of a file that can be read twice, and [tui] of
 * perf's configuration doesn't say no (perf-config(1): tui.report; tui.btfsnoop). With @forced
 * (--tui) the configuration isn't asked. Before the first record of @input was read.
 */
bool tui__is_possible(struct input *input, bool forced);

/*
 * Shows the samples of @input until the user leaves. Returns 0, or a negative errno with a message
 * in @diag, the terminal being as it was before.
 */
int tui__report(struct input *input, const struct tui_opts *opts, struct diag *diag);

/* perf's colours, or those of [colors] in perfconfig. */
void tui__colors(struct color_pair pairs[COLOR_MAX]);

#endif
