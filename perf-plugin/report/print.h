/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records as text, each by itself, as perf script shows them: a line with task, CPU, time and
 * event, and below it the structs of the sample, a line for each member, and its call chain. Or for
 * programs: report/json.h, report/csv.h.
 */
#ifndef BTFSNOOP_REPORT_PRINT_H
#define BTFSNOOP_REPORT_PRINT_H

#include <stdbool.h>

#include "../util/buf.h"
#include "../util/diag.h"
#include "input.h"

struct print;

enum print_time {
	PRINT_ABSOLUTE,		/* as it stands in the file */
	PRINT_RELATIVE,		/* since the first record shown */
	PRINT_DELTA,		/* since the one before */
};

enum print_format {
	PRINT_TEXT,
	PRINT_JSON,
	PRINT_CSV,
};

struct print_opts {
	struct value_opts values;	/* .symbols is the input's, whatever it is here */
	enum print_time time;
	bool nanoseconds;		/* of the time, 9 places instead of 6 */
	bool tasks;			/* show records about tasks: comm, fork, exit */
	bool lost;			/* and about what was lost; PRINT_JSON always does */
	enum print_format format;
	const char *fields;		/* -F: what to show of a sample (report/shown.h), or NULL */
	bool no_callchain;		/* text without call chains */
};

/*
 * @input has to outlive it. Returns 0, -EINVAL for opts.fields with a message in @diag, or -ENOMEM.
 */
int print__new(struct input *input, const struct print_opts *opts, struct print **out,
	       struct diag *diag);
void print__free(struct print *print);

/*
 * Appends a record to @out, or nothing if it is of a kind that is not shown. Without memory
 * out->failed is set. The texts of tracepoints that are not ours get their places in @out only by
 * foreign__flush(input__foreign(input), out), which has to come before @out is written or cleared.
 */
void print__record(struct print *print, const struct perfdata_record *record, struct buf *out);

#endif
