/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * HEADER_BUILD_ID of a file: which files code was mapped from (struct perf_record_header_build_id,
 * tools/lib/perf/include/perf/event.h).
 */
#ifndef BTFSNOOP_PERFDATA_BUILD_IDS_H
#define BTFSNOOP_PERFDATA_BUILD_IDS_H

#include <stdbool.h>
#include <stdint.h>

#include "../util/buf.h"

/* Appends an entry: @path has build id @id of @len bytes, 20 at most. */
void build_ids__add(struct buf *section, const char *path, const uint8_t *id, unsigned int len,
		    bool is_kernel);

/*
 * Puts @section in the place of the one that the finished file at @path has, which it has to have.
 * Returns 0, or a negative errno: then it is as it was.
 */
int build_ids__replace(const char *path, const struct buf *section);

#endif
