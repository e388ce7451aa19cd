// SPDX-License-Identifier: GPL-2.0-only
#include "events.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../util/buf.h"
#include "evname.h"

#define SAMPLE_FIELDS_AT	sizeof(struct perf_event_header)
#define NO_TIME			UINT16_MAX

/*
 * Which of the fields in front of @field, in the order they have in a sample, are in @sample_type.
 */
static uint16_t sample_fields_before(uint64_t sample_type, uint64_t field)
{
	static const uint64_t order[] = {
		PERF_SAMPLE_IDENTIFIER, PERF_SAMPLE_IP, PERF_SAMPLE_TID, PERF_SAMPLE_TIME,
		PERF_SAMPLE_ADDR, PERF_SAMPLE_ID,
	};
	uint16_t bytes = 0;
	unsigned int i;

	for (i = 0; i < sizeof(order) / sizeof(*order) && order[i] != field; i++)
		if (sample_type & order[i])
			bytes += sizeof(uint64_t);
	return bytes;
}

/* The fields that sample_id_all appends, in their order: 8 bytes each. */
static const uint64_t trailer_order[] = {
	PERF_SAMPLE_TID, PERF_SAMPLE_TIME, PERF_SAMPLE_ID, PERF_SAMPLE_STREAM_ID,
	PERF_SAMPLE_CPU, PERF_SAMPLE_IDENTIFIER,
};

static void event__init_trailer(struct event *event)
{
	uint64_t sample_type = event->attr.sample_type;
	unsigned int i;

	event->trailer_time_at = NO_TIME;
	if (!event->attr.sample_id_all)
		return;
	for (i = 0; i < sizeof(trailer_order) / sizeof(*trailer_order); i++) {
		if (!(sample_type & trailer_order[i]))
			continue;
		if (trailer_order[i] == PERF_SAMPLE_TIME)
			event->trailer_time_at = event->trailer_size;
		event->trailer_size += sizeof(uint64_t);
	}
}

/* Where the id is: byte in a sample and, from the end, in other records; 0: there is none. */
static void find_id(uint64_t sample_type, uint16_t *at, uint16_t *from_end)
{
	*at = 0;
	*from_end = 0;
	if (sample_type & PERF_SAMPLE_IDENTIFIER) {
		*at = SAMPLE_FIELDS_AT;
		*from_end = sizeof(uint64_t);
	} else if (sample_type & PERF_SAMPLE_ID) {
		*at = SAMPLE_FIELDS_AT + sample_fields_before(sample_type, PERF_SAMPLE_ID);
		*from_end = sizeof(uint64_t);
		if (sample_type & PERF_SAMPLE_STREAM_ID)
			*from_end += sizeof(uint64_t);
		if (sample_type & PERF_SAMPLE_CPU)
			*from_end += sizeof(uint64_t);
	}
}

static int events__add_ids(struct events *events, const void *ids, unsigned int nr)
{
	unsigned int i, cap, needed;
	struct event_id *grown;

	if (__builtin_add_overflow(events->nr_ids, nr, &needed))
		return -ENOMEM;
	if (needed > events->cap_ids) {
		cap = needed > UINT32_MAX / 2 ? needed : needed * 2;
		grown = reallocarray(events->ids, cap, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		events->ids = grown;
		events->cap_ids = cap;
	}
	for (i = 0; i < nr; i++) {
		struct event_id *id = &events->ids[events->nr_ids];

		memcpy(&id->id, (const char *)ids + i * sizeof(uint64_t), sizeof(uint64_t));
		id->event = events->nr;
		/* Mostly they count up: then events that come late cost no sorting. */
		if (events->nr_sorted == events->nr_ids &&
		    (!events->nr_ids || id[-1].id <= id->id))
			events->nr_sorted++;
		events->nr_ids++;
	}
	return 0;
}

static int events__append(struct events *events, struct event *event)
{
	struct event **grown;

	/* A power of two: full. */
	if (!(events->nr & (events->nr - 1))) {
		grown = reallocarray(events->list, events->nr ? events->nr * 2 : 1,
				     sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		events->list = grown;
	}
	events->list[events->nr++] = event;
	return 0;
}

int events__add(struct events *events, const void *attr, uint32_t attr_size, const void *ids,
		unsigned int nr_ids)
{
	uint16_t id_at, id_from_end;
	struct event *event;
	int err;

	if (attr_size < PERF_ATTR_SIZE_VER0 || events->nr == EVENTS_MAX)
		return -EINVAL;
	event = calloc(1, sizeof(*event));
	if (!event)
		return -ENOMEM;
	/* What a newer perf knows more than we do is left behind. */
	memcpy(&event->attr, attr,
	       attr_size < sizeof(event->attr) ? attr_size : sizeof(event->attr));
	event->public.attr = &event->attr;
	if (event->attr.sample_type & PERF_SAMPLE_TIME)
		event->time_at = SAMPLE_FIELDS_AT +
				 sample_fields_before(event->attr.sample_type, PERF_SAMPLE_TIME);
	event__init_trailer(event);

	find_id(event->attr.sample_type, &id_at, &id_from_end);
	err = -ENOTSUP;
	if (events->nr && (!id_at || id_at != events->id_at || id_from_end != events->id_from_end))
		goto out_free;
	events->id_at = id_at;
	events->id_from_end = id_from_end;
	err = events__add_ids(events, ids, nr_ids);
	if (!err)
		err = events__append(events, event);
	if (!err)
		return 0;
out_free:
	free(event);
	return err;
}

void events__exit(struct events *events)
{
	unsigned int i;

	for (i = 0; i < events->nr; i++) {
		free(events->list[i]->name);
		free(events->list[i]);
	}
	free(events->list);
	free(events->ids);
	memset(events, 0, sizeof(*events));
}

int event__set_name(struct event *event, const char *name, size_t len)
{
	char *copy = strndup(name, len);

	if (!copy)
		return -ENOMEM;
	free(event->name);
	event->name = copy;
	event->public.name = copy;
	event->has_generic_name = false;
	return 0;
}

static int event__name_tracepoint(struct event *event, const struct tracing_format *format)
{
	struct buf name = BUF_INIT;
	int err;

	event->public.format = format->text;
	event->public.format_len = format->text_len;
	event->public.system = format->system;
	if (event->name && !event->has_generic_name)
		return 0;
	buf__adds(&name, format->system);
	buf__addc(&name, ':');
	buf__add(&name, format->name, format->name_len);
	err = name.failed ? -ENOMEM : event__set_name(event, buf__str(&name), name.len);
	buf__exit(&name);
	return err;
}

static int event__name_generic(struct event *event)
{
	struct buf name = BUF_INIT;
	int err;

	evname__add(&event->attr, &name);
	err = name.failed ? -ENOMEM : event__set_name(event, buf__str(&name), name.len);
	event->has_generic_name = true;
	buf__exit(&name);
	return err;
}

int events__name(struct events *events, const struct tracing_format *formats,
		 unsigned int nr_formats)
{
	const struct tracing_format *format;
	struct event *event;
	unsigned int i;
	int err = 0;

	if (nr_formats != events->nr_formats)
		events->nr_named = 0;
	for (i = events->nr_named; i < events->nr && !err; i++) {
		event = events->list[i];
		format = NULL;
		if (event->attr.type == PERF_TYPE_TRACEPOINT)
			format = tracing__find(formats, nr_formats, event->attr.config);
		if (format)
			err = event__name_tracepoint(event, format);
		else if (!event->name)
			err = event__name_generic(event);
	}
	events->nr_named = events->nr;
	events->nr_formats = nr_formats;
	return err;
}

static int event_id__cmp(const void *a, const void *b)
{
	const struct event_id *left = a, *right = b;

	if (left->id != right->id)
		return left->id < right->id ? -1 : 1;
	/* Of an id that is there twice the first event counts, whatever qsort() does. */
	return left->event < right->event ? -1 : left->event > right->event;
}

static uint32_t events__search(struct events *events, uint64_t id)
{
	unsigned int low = 0, high = events->nr_ids, middle;

	if (events->nr_sorted != events->nr_ids) {
		qsort(events->ids, events->nr_ids, sizeof(*events->ids), event_id__cmp);
		events->nr_sorted = events->nr_ids;
	}
	while (low < high) {
		middle = low + (high - low) / 2;
		if (events->ids[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < events->nr_ids && events->ids[low].id == id)
		return events->ids[low].event;
	return EVENT_NONE;
}

uint32_t events__find(struct events *events, uint64_t id)
{
	struct event_id *cached = &events->cache[id % 256];
	uint32_t event;

	/* An empty place of the cache has id 0, which no event has. */
	if (cached->id == id)
		return id ? cached->event : EVENT_NONE;
	event = events__search(events, id);
	if (event != EVENT_NONE)
		*cached = (struct event_id){ .id = id, .event = event };
	return event;
}

static uint64_t record__u64(const struct perf_event_header *header, unsigned int at)
{
	uint64_t value;

	memcpy(&value, (const char *)header + at, sizeof(value));
	return value;
}

uint32_t events__of_record(struct events *events, const struct perf_event_header *header)
{
	unsigned int at;
	uint64_t id;

	if (events->nr <= 1)
		return events->nr ? 0 : EVENT_NONE;
	if (header->type == PERF_RECORD_SAMPLE) {
		at = events->id_at;
	} else {
		if (!events->list[0]->attr.sample_id_all)
			return 0;
		if (header->size < sizeof(*header) + events->id_from_end)
			return EVENT_NONE;
		at = header->size - events->id_from_end;
	}
	if (at + sizeof(uint64_t) > header->size)
		return EVENT_NONE;
	id = record__u64(header, at);
	/* Records that perf record makes up itself have no other id. */
	return id ? events__find(events, id) : 0;
}

uint64_t events__time(struct events *events, const struct perf_event_header *header,
		      uint32_t *index)
{
	const struct event *event;
	unsigned int at;
	uint64_t time;

	*index = events__of_record(events, header);
	if (*index == EVENT_NONE)
		return 0;
	event = events->list[*index];
	if (header->type == PERF_RECORD_SAMPLE) {
		at = event->time_at;
		if (!at)
			return 0;
	} else {
		if (event->trailer_time_at == NO_TIME ||
		    header->size < sizeof(*header) + event->trailer_size)
			return 0;
		at = header->size - event->trailer_size + event->trailer_time_at;
	}
	if (at + sizeof(uint64_t) > header->size)
		return 0;
	time = record__u64(header, at);
	return time == UINT64_MAX ? 0 : time;
}

/* What is left of a sample: all fields but RAW's inside are of 8 bytes or several of them. */
struct fields {
	const uint64_t *at;
	const uint64_t *end;
};

static bool fields__u64(struct fields *fields, uint64_t *value)
{
	if (fields->at == fields->end)
		return false;
	*value = *fields->at++;
	return true;
}

static bool fields__skip(struct fields *fields, uint64_t nr)
{
	if (nr > (uint64_t)(fields->end - fields->at))
		return false;
	fields->at += nr;
	return true;
}

/* Two 32 bit numbers in 8 bytes, in the order of memory. */
static bool fields__u32s(struct fields *fields, int32_t *first, int32_t *second)
{
	int32_t both[2];

	if (fields->at == fields->end)
		return false;
	memcpy(both, fields->at++, sizeof(both));
	*first = both[0];
	if (second)
		*second = both[1];
	return true;
}

static bool fields__skip_read(struct fields *fields, uint64_t read_format)
{
	uint64_t nr = 1, times = 0, each = 1;

	if (read_format & PERF_FORMAT_TOTAL_TIME_ENABLED)
		times++;
	if (read_format & PERF_FORMAT_TOTAL_TIME_RUNNING)
		times++;
	if (read_format & PERF_FORMAT_ID)
		each++;
	if (read_format & (1U << 4))		/* PERF_FORMAT_LOST, 6.0 */
		each++;
	if (read_format & PERF_FORMAT_GROUP && !fields__u64(fields, &nr))
		return false;
	return fields__skip(fields, times) && nr <= UINT16_MAX && fields__skip(fields, nr * each);
}

static bool fields__raw(struct fields *fields, struct perfdata_sample *sample)
{
	size_t left = (fields->end - fields->at) * sizeof(*fields->at);
	uint32_t size;

	if (left < sizeof(size))
		return false;
	memcpy(&size, fields->at, sizeof(size));
	if (size > left - sizeof(size))
		return false;
	sample->raw = (const char *)fields->at + sizeof(size);
	sample->raw_size = size;
	return true;
}

/* The fields of fixed place, up to PERIOD. */
static bool fields__fixed(struct fields *fields, uint64_t type, struct perfdata_sample *sample)
{
	return !((type & PERF_SAMPLE_IDENTIFIER && !fields__skip(fields, 1)) ||
		 (type & PERF_SAMPLE_IP && !fields__u64(fields, &sample->ip)) ||
		 (type & PERF_SAMPLE_TID && !fields__u32s(fields, &sample->pid, &sample->tid)) ||
		 (type & PERF_SAMPLE_TIME && !fields__u64(fields, &sample->time)) ||
		 (type & PERF_SAMPLE_ADDR && !fields__skip(fields, 1)) ||
		 (type & PERF_SAMPLE_ID && !fields__skip(fields, 1)) ||
		 (type & PERF_SAMPLE_STREAM_ID && !fields__skip(fields, 1)) ||
		 (type & PERF_SAMPLE_CPU && !fields__u32s(fields, &sample->cpu, NULL)) ||
		 (type & PERF_SAMPLE_PERIOD && !fields__u64(fields, &sample->period)));
}

bool events__parse_sample(struct events *events, const struct perf_event_header *header,
			  struct perfdata_sample *sample)
{
	struct fields fields = {
		.at = (const uint64_t *)(header + 1),
		.end = (const uint64_t *)header + header->size / sizeof(uint64_t),
	};
	uint32_t index = events__of_record(events, header);
	const struct perf_event_attr *attr;
	uint64_t type;

	if (index == EVENT_NONE)
		return false;
	attr = &events->list[index]->attr;
	type = attr->sample_type;
	*sample = (struct perfdata_sample){
		.event = index, .misc = header->misc, .pid = -1, .tid = -1, .cpu = -1,
		.period = attr->freq ? 0 : attr->sample_period,
	};
	if (!fields__fixed(&fields, type, sample))
		return false;
	if (type & PERF_SAMPLE_READ && !fields__skip_read(&fields, attr->read_format))
		return false;
	if (type & PERF_SAMPLE_CALLCHAIN) {
		if (!fields__u64(&fields, &sample->nr_callchain))
			return false;
		sample->callchain = fields.at;
		if (!fields__skip(&fields, sample->nr_callchain))
			return false;
	}
	/* What follows (branches, registers, stack ...) nobody here asks for. */
	return !(type & PERF_SAMPLE_RAW) || fields__raw(&fields, sample);
}
