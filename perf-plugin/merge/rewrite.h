/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A record as it was in its file becomes one of the merged file: other sample ids, another time,
 * another tracepoint id in the raw data, kernel addresses of another boot. Source of the layouts:
 * include/uapi/linux/perf_event.h, enum perf_event_type and struct perf_event_attr.read_format.
 */
#ifndef BTFSNOOP_MERGE_REWRITE_H
#define BTFSNOOP_MERGE_REWRITE_H

#include <stdint.h>

#include "../perfdata/format.h"
#include "file.h"

struct rewriter {
	uint64_t words[RECORD_MAX_SIZE / 8];	/* the record as it is in the merged file */
	unsigned int nr;			/* words of it ... */
	unsigned int nr_body;			/* ... without what sample_id_all appended */
};

/*
 * Makes of @record, a whole one of @file (header.size bytes, aligned to 8), what it is at @time in
 * the merged file, in @to. Returns 1, or 0 for one that is left out, which @file then has counted.
 */
int rewrite__record(struct rewriter *to, struct merge_file *file,
		    const struct perf_event_header *record, uint64_t time);

#endif
