/* SPDX-License-Identifier: GPL-2.0-only */
/* Which samples are shown: perf's -c, -C, -S, --pid, --tid and --time. */
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
	const char *time;	/* start,stop in seconds; either may be missing */
};

struct filter;

/* Returns 0 or a negative errno with a message in @diag. */
int filter__new(const struct filter_opts *opts, struct filter **out, struct diag *diag);
void filter__free(struct filter *filter);

/* Is the sample wanted? @comm is its task's name, @func its function's; NULL: not known. */
bool filter__match(const struct filter *filter, const struct perfdata_sample *sample,
		   const char *comm, const char *func);

/* True when filter__match() looks at the task's, or the function's, name. */
bool filter__needs_comm(const struct filter *filter);
bool filter__needs_func(const struct filter *filter);

#endif
