/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of report --stdio: one for each event, or with --group-by for each group. */
#ifndef BTFSNOOP_REPORT_TABLES_H
#define BTFSNOOP_REPORT_TABLES_H

#include <stdbool.h>
#include <stdio.h>

#include "../util/diag.h"
#include "entries.h"
#include "input.h"

struct tables;

struct tables_opts {
	struct aggregate_opts aggregate;
	struct entries_opts entries;
	const char *group_by;	/* keys; NULL: by event */
	const struct callchain_opts *chains;	/* shown where there are any; NULL: never */
	bool children;		/* entries for callers, of events that have chains */
	bool absolute;		/* shares are also of samples that the filter dropped */
	bool hierarchy;		/* each key within the one before */
	bool show_empty;	/* events without samples, too */
	bool resolved_only;	/* no samples whose function has no name */
};

/*
 * Checks the lists in @opts, which has to outlive the tables. Returns 0, -EINVAL with a message in
 * @diag, -ENOMEM.
 */
int tables__new(struct input *input, const struct tables_opts *opts, struct tables **out,
		struct diag *diag);
void tables__free(struct tables *tables);

/* Reads all samples. Returns 0 or a negative errno with a message in @diag. */
int tables__read(struct tables *tables, struct diag *diag);

/* Prints them to @file. Returns how many, or a negative errno. */
int tables__print(struct tables *tables, FILE *file);

#endif
