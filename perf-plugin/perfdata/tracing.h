/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * HEADER_TRACING_DATA: the formats of tracepoints, in the layout trace-cmd gave it once
 * (tools/perf/util/trace-event-info.c writes it, trace-event-read.c reads it).
 */
#ifndef BTFSNOOP_PERFDATA_TRACING_H
#define BTFSNOOP_PERFDATA_TRACING_H

#include <stddef.h>
#include <stdint.h>

#include "../plan/schema.h"
#include "../util/buf.h"
#include "writer.h"

/*
 * Appends the section for these schemas, as tracepoints of @system, and for those of the @foreign
 * events that are tracepoints, each once. Returns 0 or a negative errno.
 */
int tracing__write(const char *system, const struct schema *schemas, unsigned int nr,
		   const struct perfdata_foreign *foreign, unsigned int nr_foreign,
		   struct buf *out);

/* A tracepoint of a section; all pointers lead into the section. */
struct tracing_format {
	uint64_t id;
	const char *system;
	const char *name;	/* name_len bytes, no NUL behind them */
	size_t name_len;
	const char *text;	/* the whole format, no NUL behind it */
	size_t text_len;
};

/*
 * Reads a section: *@formats, sorted by id, is for the caller to free. Returns 0, -ENOMEM, or
 * -EINVAL where it is broken; *@formats then has what was read before.
 */
int tracing__parse(const void *data, size_t size, struct tracing_format **formats,
		   unsigned int *nr);

/*
 * Adds @more formats to *@formats, both sorted by id; of an id that both have the one that was
 * there stays. Returns 0 or -ENOMEM.
 */
int tracing__merge(struct tracing_format **formats, unsigned int *nr,
		   const struct tracing_format *more, unsigned int nr_more);

/* The format of tracepoint @id, NULL when there is none. */
const struct tracing_format *tracing__find(const struct tracing_format *formats, unsigned int nr,
					   uint64_t id);

#endif
