/* SPDX-License-Identifier: GPL-2.0-only */
/* The entries of an aggregate as a table of text: what report --stdio and top print. */
#ifndef BTFSNOOP_REPORT_ENTRIES_H
#define BTFSNOOP_REPORT_ENTRIES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "aggregate.h"

#define ENTRIES_MAX_WIDTHS	32

enum entries_format {
	ENTRIES_TEXT,
	ENTRIES_JSON,		/* report/entries-machine.h */
	ENTRIES_CSV,
};

struct entries_opts {
	enum entries_format format;
	const char *event;	/* of ENTRIES_JSON, _CSV: printed with each entry; or NULL */
	const char *separator;	/* NULL: columns are padded */
	double percent_limit;	/* entries with a smaller share are left out */
	uint32_t max_rows;	/* 0: all */
	bool headings;
	bool colors;
	unsigned int widths[ENTRIES_MAX_WIDTHS];	/* of columns; 0: as wide as needed */
};

/*
 * Reads perf's -w: "8,0,20". Returns 0, or -EINVAL for what are no numbers.
 */
int entries__parse_widths(const char *text, struct entries_opts *opts);

/* Prints the table to @file. Returns 0, -ENOMEM or -EIO. */
int entries__print(struct aggregate *agg, const struct entries_opts *opts, FILE *file);

/* The same of the @nr entries in @list, in that order; those below the limit leave it. */
int entries__print_list(struct aggregate *agg, const struct entries_opts *opts, uint32_t *list,
			uint32_t nr, FILE *file);

#endif
