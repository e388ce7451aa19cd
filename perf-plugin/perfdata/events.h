/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events of a file: their attrs, names, and how a record's event, time and fields are found by
 * them. Source of the layouts: include/uapi/linux/perf_event.h, PERF_RECORD_SAMPLE and struct
 * sample_id; tools/perf/util/evsel.c, evsel__parse_sample().
 */
#ifndef BTFSNOOP_PERFDATA_EVENTS_H
#define BTFSNOOP_PERFDATA_EVENTS_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdint.h>

#include "reader.h"
#include "tracing.h"

#define EVENTS_MAX		65536
#define EVENT_NONE		UINT32_MAX

struct event {
	struct perfdata_event public;
	struct perf_event_attr attr;
	char *name;
	bool has_generic_name;		/* made up by us: a better one may come */
	uint16_t time_at;		/* byte of the time in a sample; 0: has none */
	uint16_t trailer_size;		/* what sample_id_all adds to other records */
	uint16_t trailer_time_at;	/* byte of the time in that; UINT16_MAX: has none */
};

struct event_id {
	uint64_t id;
	uint32_t event;
};

struct events {
	struct event **list;
	unsigned int nr;
	unsigned int nr_named;		/* by events__name() ... */
	unsigned int nr_formats;	/* ... when there were so many formats */
	struct event_id *ids;		/* sorted when nr_sorted == nr_ids */
	unsigned int nr_ids;
	unsigned int cap_ids;
	unsigned int nr_sorted;
	uint16_t id_at;			/* byte of the id in a sample; 0: has none */
	uint16_t id_from_end;		/* and counted from the end of other records */
	struct event_id cache[256];	/* of ids looked up, by their low bits */
};

/*
 * Adds an event: @attr_size bytes of its attr, of whatever version, and its ids (@nr_ids, 8 bytes
 * each, unaligned). Returns 0, -ENOMEM, -EINVAL for what is no attr, or -ENOTSUP for a second event
 * whose ids are at another place or that has none.
 */
int events__add(struct events *events, const void *attr, uint32_t attr_size, const void *ids,
		unsigned int nr_ids);
void events__exit(struct events *events);

/*
 * Gives names and formats: tracepoints theirs out of @formats, whose texts then have to outlive the
 * events; others perf's generic ones where none was set. To be called again when events or formats
 * came to those there were. Returns 0 or -ENOMEM.
 */
int events__name(struct events *events, const struct tracing_format *formats,
		 unsigned int nr_formats);

/* Sets a name that the file gives. Returns 0 or -ENOMEM. */
int event__set_name(struct event *event, const char *name, size_t len);

/* The event with this sample id, EVENT_NONE when there is none. */
uint32_t events__find(struct events *events, uint64_t id);

/* The event a record belongs to, EVENT_NONE when its id is unknown. */
uint32_t events__of_record(struct events *events, const struct perf_event_header *header);

/*
 * The record's time, 0 when it has none (-1 counts as none). *@index is the event as above.
 */
uint64_t events__time(struct events *events, const struct perf_event_header *header,
		      uint32_t *index);

/*
 * Takes a PERF_RECORD_SAMPLE apart. False when its fields don't fit into it, and when it belongs to
 * no event.
 */
bool events__parse_sample(struct events *events, const struct perf_event_header *header,
			  struct perfdata_sample *sample);

#endif
