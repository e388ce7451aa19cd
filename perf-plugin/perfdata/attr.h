/* SPDX-License-Identifier: GPL-2.0-only */
/* The perf_event_attr under which an event of ours stands in a file. */
#ifndef BTFSNOOP_PERFDATA_ATTR_H
#define BTFSNOOP_PERFDATA_ATTR_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "../plan/schema.h"

/*
 * Bytes of it that are written: a reader refuses an attr larger than the one it knows, and this
 * one (Linux 4.8) has all that is used here.
 */
#define PERFDATA_ATTR_SIZE	PERF_ATTR_SIZE_VER5

/* What all our events of a file have alike. */
struct attr_common {
	clockid_t clockid;
	uint64_t sample_type;		/* 0: PERFDATA_SAMPLE_TYPE */
	/* With PERF_SAMPLE_CALLCHAIN: */
	uint16_t max_stack;		/* frames */
	bool no_kernel_chain;
	bool no_user_chain;
};

/* Event @index of a file; the first one also stands for the records about tasks. */
void attr__init(struct perf_event_attr *attr, const struct schema *schema, unsigned int index,
		const struct attr_common *common);

/*
 * Bytes of @attr from its beginning that say something, by the sizes it had in the history of
 * Linux, PERFDATA_ATTR_SIZE at least. The older the perf, the less it can read.
 */
uint32_t attr__needed_size(const struct perf_event_attr *attr);

/*
 * Of an event that comes later in a pipe. perf takes the formats of tracepoints from a pipe once
 * only (util/trace-event-read.c counts the bytes of all of them as the last one's) and refuses
 * tracepoints without: so for perf it is bytes from a BPF program, under a name.
 */
void attr__make_late(struct perf_event_attr *attr);
bool attr__is_late(const struct perf_event_attr *attr);

#endif
