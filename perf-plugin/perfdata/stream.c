// SPDX-License-Identifier: GPL-2.0-only
#include "stream.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../util/buf.h"
#include "bytes.h"
#include "format.h"

/* Of all that is kept out of a stream, with what malloc() needs for each. */
#define MAX_KEPT		(256 * 1024 * 1024)
#define KEPT_OVERHEAD		64
#define COPY_STEP		32768

static int take_attr(struct bytes *bytes, struct events *events)
{
	struct perf_event_attr attr;
	uint32_t attr_size;
	const void *at = bytes->at, *ids;

	/* The attr says itself how long it is. */
	if (bytes->left < offsetof(struct perf_event_attr, config))
		return -EINVAL;
	memcpy(&attr, at, offsetof(struct perf_event_attr, config));
	attr_size = attr.size ? attr.size : PERF_ATTR_SIZE_VER0;
	if (!bytes__take(bytes, attr_size))
		return -EINVAL;
	ids = bytes->at;
	return events__add(events, at, attr_size, ids, bytes->left / sizeof(uint64_t));
}

/* An event's name; units, scales and CPUs are passed over. */
static int take_name(struct bytes *bytes, struct events *events)
{
	uint64_t what, id;
	uint32_t event;
	size_t len;

	if (!bytes__u64(bytes, &what) || !bytes__u64(bytes, &id) || what != EVENT_UPDATE_NAME)
		return 0;
	event = events__find(events, id);
	len = strnlen((const char *)bytes->at, bytes->left);
	if (event == EVENT_NONE || !len ||
	    (events->list[event]->name && !events->list[event]->has_generic_name))
		return 0;
	return event__set_name(events->list[event], (const char *)bytes->at, len);
}

/* Whether there is room for @size more bytes. */
static bool may_keep(struct header *header, uint64_t size)
{
	if (size + KEPT_OVERHEAD > MAX_KEPT - header->kept_size)
		return false;
	header->kept_size += size + KEPT_OVERHEAD;
	return true;
}

static int take_feature(struct bytes *bytes, struct header *header, struct events *events)
{
	uint64_t feature, size;
	void *copy;
	int err;

	if (!bytes__u64(bytes, &feature))
		return -EINVAL;
	if (feature == FEATURE_COMPRESSED)
		return -EOPNOTSUPP;
	size = bytes->left;
	if (feature >= FEATURE_END || !header__feature_name(feature) || !may_keep(header, size))
		return 0;
	copy = malloc(size ? size : 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, bytes->at, size);
	err = header__keep(header, copy);
	if (err)
		return err;
	err = header__parse(header, feature, copy, size, events);
	/* Padding and the like: what can be read of it was. */
	return err == -EINVAL ? 0 : err;
}

/* The record is an entry of the section. Its strings are pointed to, so it is kept. */
static int take_build_id(const struct perf_event_header *record, struct header *header,
			 struct events *events)
{
	uint32_t size = record->size;
	void *copy;
	int err;

	if (!may_keep(header, size))
		return 0;
	copy = malloc(size);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, record, size);
	err = header__keep(header, copy);
	if (!err)
		err = header__parse(header, FEATURE_BUILD_ID, copy, size, events);
	return err == -EINVAL ? 0 : err;
}

/* Copies what follows the record; its length is believed only as far as the bytes really come. */
static int64_t take_tracing_data(struct source *source, uint64_t offset,
				 const struct perf_event_header *record, struct bytes *bytes,
				 struct header *header, struct events *events)
{
	uint32_t record_size = record->size, size, done, step;
	struct buf copy = BUF_INIT;
	const void *at;
	int err = 0;

	if (!bytes__u32(bytes, &size) || !may_keep(header, size))
		return -EINVAL;
	if (source__size(source) - offset - record_size < size)
		return -ENODATA;
	if (!size)
		return record_size;
	for (done = 0; done < size && !err; done += step) {
		step = size - done < COPY_STEP ? size - done : COPY_STEP;
		at = source__at(source, offset + record_size + done, step, &err);
		if (!at && !err)
			err = -ENODATA;
		if (at)
			buf__add(&copy, at, step);
	}
	if (!err && copy.failed)
		err = -ENOMEM;
	if (err) {
		buf__exit(&copy);
		return err;
	}
	err = header__keep(header, copy.data);
	if (!err)
		err = header__parse(header, FEATURE_TRACING_DATA, copy.data, size, events);
	if (err == -ENOMEM)
		return err;
	return (int64_t)record_size + size;
}

int64_t stream__take(struct source *source, uint64_t offset, const struct perf_event_header *record,
		     struct header *header, struct events *events)
{
	struct bytes bytes = {
		.at = (const uint8_t *)(record + 1), .left = record->size - sizeof(*record),
	};
	uint32_t record_size = record->size;
	int err;

	switch (record->type) {
	case RECORD_HEADER_ATTR:
		err = take_attr(&bytes, events);
		break;
	case RECORD_HEADER_FEATURE:
		err = take_feature(&bytes, header, events);
		break;
	case RECORD_TRACING_DATA:
		return take_tracing_data(source, offset, record, &bytes, header, events);
	case RECORD_BUILD_ID:
		err = take_build_id(record, header, events);
		break;
	case RECORD_EVENT_UPDATE:
		err = take_name(&bytes, events);
		break;
	default:
		return 0;
	}
	return err ? err : (int64_t)record_size;
}

int64_t stream__pass(const struct perf_event_header *record)
{
	uint32_t more = 0;

	switch (record->type) {
	case RECORD_TRACING_DATA:
		if (record->size >= sizeof(*record) + sizeof(more))
			memcpy(&more, record + 1, sizeof(more));
		break;
	case RECORD_HEADER_ATTR:
	case RECORD_HEADER_FEATURE:
	case RECORD_BUILD_ID:
	case RECORD_EVENT_UPDATE:
		break;
	default:
		return 0;
	}
	return (int64_t)record->size + more;
}
