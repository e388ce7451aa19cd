/* SPDX-License-Identifier: GPL-2.0-only */
/* The records that take the place of the header in pipe format. */
#ifndef BTFSNOOP_PERFDATA_STREAM_H
#define BTFSNOOP_PERFDATA_STREAM_H

#include <linux/perf_event.h>
#include <stdint.h>

#include "events.h"
#include "header.h"
#include "source.h"

/*
 * Takes in the record at @offset if it is one of them; it may lie in @source's memory, but is not
 * valid any more then. Returns the bytes to go on by, its own and those that follow it
 * (RECORD_TRACING_DATA); 0 when it is another record; a negative errno: -ENODATA when the pipe ends
 * within it, -EINVAL when it is broken, -ENOTSUP for a kind of event mix that can't be told apart,
 * -EOPNOTSUPP for compressed data.
 */
int64_t stream__take(struct source *source, uint64_t offset, const struct perf_event_header *record,
		     struct header *header, struct events *events);

/* The bytes to go on by of a record in front of one that was taken in; 0 when it is another one. */
int64_t stream__pass(const struct perf_event_header *record);

#endif
