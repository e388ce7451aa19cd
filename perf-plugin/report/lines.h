/* SPDX-License-Identifier: GPL-2.0-only */
/* All samples of a perf.data, calls from their beginning on: report/calls.h fed from a file. */
#ifndef BTFSNOOP_REPORT_LINES_H
#define BTFSNOOP_REPORT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../util/diag.h"
#include "calls.h"
#include "input.h"

struct lines_opts {
	size_t max_held;	/* bytes that may wait; 0: the default */
	uint64_t max_events;	/* samples to read, 0: all */
	bool callchains;	/* lines' samples have theirs; they take room */
};

/* Returns 0 or a negative errno. */
typedef int (*lines_show)(const struct line *line, void *ctx);

/*
 * Reads @input to its end and gives @show each line, in the order of time. Reads a large file
 * twice, so nothing must have been read of it. Returns 0, or a negative errno with or without a
 * message in @diag.
 */
int lines__read(struct input *input, const struct lines_opts *opts, lines_show show, void *ctx,
		struct diag *diag);

#endif
