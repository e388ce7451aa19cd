/* SPDX-License-Identifier: GPL-2.0-only */
/* What the pages of one report have in common. */
#ifndef BTFSNOOP_UI_VIEW_H
#define BTFSNOOP_UI_VIEW_H

#include <stdbool.h>

#include "../util/diag.h"
#include "results.h"

struct callchain_opts;

struct view {
	struct results *results;
	const struct callchain_opts *callchain;
	double percent_limit;	/* entries with less are not shown */
	bool absolute;		/* percentages are of all samples, also of those zoomed away */
	bool no_headers;
	bool exact;		/* numbers without units and rounding */
	int event;		/* where another page shall go on; -1: nowhere */
	struct diag *diag;
};

#endif
