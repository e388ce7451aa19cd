/* SPDX-License-Identifier: GPL-2.0-only */
/* Which samples are shown: perf's -c, -C, -S, --pid, --tid and --time; and --filter. */
#ifndef BTFSNOOP_REPORT_FILTER_H
#define BTFSNOOP_REPORT_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "../perfdata/reader.h"
#include "../util/diag.h"

/* As the user wrote them; NULL: all. */
struct filter_opts {
	const char *comms;	/* comm,comm... */
	const char *cpus;	/* 0-3,5 */
	const char *funcs;	/* function,function... */
	const char *pids;
	const char *tids;
	const char *time;	/* "start,stop" in seconds, either may be missing, several with
				 * spaces between; "10%-20%,30%-40%"; "10%/2,10%/4" */
	const char *expr;	/* for report/condition.h, not for filter__match() */
};

struct filter;

/* Returns 0 or a negative errno with a message in @diag. */
int filter__new(const struct filter_opts *opts, struct filter **out, struct diag *diag);
void filter__free(struct filter *filter);

/*
 * Some forms of --time are about shares of the whole time that the file spans: then it has to be
 * told that.
 */
bool filter__needs_span(const struct filter *filter);
void filter__set_span(struct filter *filter, uint64_t first, uint64_t last);

/* Is the sample wanted? @comm is its task's name, @func its function's; NULL: not known. */
bool filter__match(const struct filter *filter, const struct perfdata_sample *sample,
		   const char *comm, const char *func);

/* True when filter__match() looks at the task's, or the function's, name. */
bool filter__needs_comm(const struct filter *filter);
bool filter__needs_func(const struct filter *filter);

#endif
