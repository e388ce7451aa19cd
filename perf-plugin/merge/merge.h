/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several perf.data files become one, in the order of time: of perf record, of ours, or both. The
 * memory it takes does not grow with them.
 */
#ifndef BTFSNOOP_MERGE_MERGE_H
#define BTFSNOOP_MERGE_MERGE_H

#include <stdbool.h>
#include <stdint.h>

#include "../util/diag.h"

struct merge_opts {
	const char *const *paths;	/* "-": a pipe on stdin */
	unsigned int nr;
	const char *output;		/* "-": a pipe on stdout */
	bool force;			/* other people's files, too */
};

struct merge_result {
	uint64_t nr_samples;
	uint64_t nr_records;		/* others, as they were written */
	uint64_t nr_twins;		/* records that another file had, too */
	uint64_t size;			/* bytes of the whole file */
};

/*
 * Returns 0 or a negative errno with a message; then nothing is left under the output's name but
 * what was there before. What is strange about the files is warned of on stderr.
 */
int merge__run(const struct merge_opts *opts, struct merge_result *result, struct diag *diag);

#endif
