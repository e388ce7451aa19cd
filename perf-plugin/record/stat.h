/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counting instead of recording: resolves the specs, attaches programs that count, and has what
 * they counted reported until something ends it. No file is written.
 */
#ifndef BTFSNOOP_RECORD_STAT_H
#define BTFSNOOP_RECORD_STAT_H

#include "session.h"
#include "stat-counts.h"

/* What has been counted so far, and for how long. */
struct stat_state {
	const struct stat_counts *counts;
	uint64_t now_ns;		/* since the start */
	uint64_t interval_ns;		/* since the last report, */
	uint64_t enabled_ns;		/* ... since the start and */
	uint64_t interval_enabled_ns;	/* ... in the interval, as far as -D let it count */
};

struct stat_run_opts {
	const struct session_opts *session;	/* event_opts.stat is set */
	uint64_t interval_ns;		/* between reports; 0: none */
	uint64_t nr_intervals;		/* after which it is over; 0: no limit */
	uint64_t timeout_ns;		/* after which it is over; 0: no limit */
	/* Told the state at the end of each interval; what it returns but 0 is an error. */
	int (*report)(void *ctx, const struct stat_state *state);
	/* And when all is over: what the result is, which is complete by then. */
	int (*sum_up)(void *ctx, const struct stat_state *state);
	void *ctx;
};

struct stat_result {
	uint64_t lost;			/* calls that were given up for newer ones */
	uint64_t missed;		/* program runs the kernel suppressed as recursion */
	uint64_t open;			/* calls not seen to return, or not yet */
	uint64_t user_ns, system_ns;	/* times of the workload */
	bool has_workload;
	int exit_status;		/* of the workload, or 128 + the signal that ended it all */
};

/* Returns as session__run(). */
int stat__run(const struct stat_run_opts *opts, struct stat_result *result,
	      const struct spec **failed, struct diag *diag);

#endif
