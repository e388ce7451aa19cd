// SPDX-License-Identifier: GPL-2.0-only
#include "sample-ip.h"

#include <linux/perf_event.h>
#include <string.h>

/* Eight bytes each, in front of the call chain (include/uapi/linux/perf_event.h). */
#define FIXED	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | \
		 PERF_SAMPLE_ADDR | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU |	\
		 PERF_SAMPLE_PERIOD)

static uint64_t u64_before(const uint8_t *at, uint64_t nr)
{
	uint64_t v;

	memcpy(&v, at - nr * sizeof(v), sizeof(v));
	return v;
}

/* The record's beginning, if the fixed fields end at @end and it is @size bytes in all. */
static const uint8_t *record_before(const uint8_t *end, unsigned int nr_fixed, uint64_t size)
{
	const uint8_t *at = end - nr_fixed * sizeof(uint64_t) - sizeof(struct perf_event_header);
	struct perf_event_header header;

	memcpy(&header, at, sizeof(header));
	return header.type == PERF_RECORD_SAMPLE && header.size == size ? at : NULL;
}

/*
 * The chain is its number of entries and these: going back from its end, some number is as large as
 * what was passed, at the latest where the record begins that really is there.
 */
static const uint8_t *find_record(const uint8_t *end, unsigned int nr_fixed, uint64_t size)
{
	const uint8_t *record;

	for (uint64_t nr = 0; size < UINT16_MAX; nr++) {
		size += sizeof(uint64_t);
		if (u64_before(end, nr + 1) != nr)
			continue;
		record = record_before(end - (nr + 1) * sizeof(uint64_t), nr_fixed, size);
		if (record)
			return record;
	}
	return NULL;
}

uint64_t sample_ip(const void *raw, uint32_t raw_size, uint64_t sample_type)
{
	uint64_t rest = sample_type & ~(uint64_t)FIXED;
	unsigned int nr_fixed = __builtin_popcountll(sample_type & FIXED);
	uint64_t size = sizeof(struct perf_event_header) + nr_fixed * sizeof(uint64_t) +
			sizeof(raw_size) + raw_size;
	const uint8_t *at = (const uint8_t *)raw - sizeof(raw_size);
	const uint8_t *record = NULL;
	uint32_t size_there;

	if (!(sample_type & PERF_SAMPLE_IP) || size > UINT16_MAX ||
	    (rest != PERF_SAMPLE_RAW && rest != (PERF_SAMPLE_RAW | PERF_SAMPLE_CALLCHAIN)))
		return 0;
	/* In a record the size stands in front, aligned; no allocated copy lies like this. */
	if ((uintptr_t)raw % sizeof(uint64_t) != sizeof(raw_size))
		return 0;
	memcpy(&size_there, at, sizeof(size_there));
	if (size_there != raw_size)
		return 0;
	record = rest & PERF_SAMPLE_CALLCHAIN ? find_record(at, nr_fixed, size) :
						record_before(at, nr_fixed, size);
	if (!record)
		return 0;
	record += sizeof(struct perf_event_header);
	if (sample_type & PERF_SAMPLE_IDENTIFIER)
		record += sizeof(uint64_t);
	return u64_before(record + sizeof(uint64_t), 1);
}
