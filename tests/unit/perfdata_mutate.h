/* SPDX-License-Identifier: GPL-2.0-only */
/* What fuzzers make of one perf.data to have another: records that move, double, change. */
#ifndef BTFSNOOP_TESTS_PERFDATA_MUTATE_H
#define BTFSNOOP_TESTS_PERFDATA_MUTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../../perf-plugin/perfdata/format.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

#define MAX_RECORDS	512
#define MAX_PIECE	64

static bool is_stream(const uint8_t *data, size_t size)
{
	uint64_t head[2];

	if (size < sizeof(head))
		return false;
	memcpy(head, data, sizeof(head));
	return head[0] == PERFDATA_MAGIC && head[1] == PERFDATA_PIPE_HEADER_SIZE;
}

/* Where the records are in an input. */
struct records {
	uint8_t *data;
	size_t size;
	size_t max;
	size_t at[MAX_RECORDS];
	unsigned int nr;
};

static size_t record_size(const struct records *records, size_t at)
{
	struct perf_event_header header;

	if (records->size - at < sizeof(header))
		return 0;
	memcpy(&header, records->data + at, sizeof(header));
	return header.size >= sizeof(header) && header.size <= records->size - at ? header.size : 0;
}

static void find_records(struct records *records)
{
	struct perfdata_file_header header;
	size_t at = PERFDATA_PIPE_HEADER_SIZE, len;

	records->nr = 0;
	if (!is_stream(records->data, records->size)) {
		if (records->size < sizeof(header))
			return;
		memcpy(&header, records->data, sizeof(header));
		if (header.magic != PERFDATA_MAGIC || header.data.offset >= records->size)
			return;
		at = header.data.offset;
	}
	while (at < records->size && records->nr < MAX_RECORDS) {
		len = record_size(records, at);
		if (!len)
			break;
		records->at[records->nr++] = at;
		at += len;
	}
}

/* Puts @len bytes in the place of @old ones at @at, if there is room. */
static void replace(struct records *records, size_t at, size_t old, const void *data, size_t len)
{
	struct perfdata_file_header header;
	uint8_t *place = records->data + at;

	if (records->size - old + len > records->max)
		return;
	memmove(place + len, place + old, records->size - at - old);
	memcpy(place, data, len);
	records->size = records->size - old + len;
	if (is_stream(records->data, records->size) || records->size < sizeof(header))
		return;
	memcpy(&header, records->data, sizeof(header));
	header.data.size += len - old;
	memcpy(records->data, &header, sizeof(header));
}

static void set_type(uint8_t *record, unsigned int choice)
{
	static const uint32_t types[] = {
		PERF_RECORD_SAMPLE, PERF_RECORD_LOST, PERF_RECORD_COMM, PERF_RECORD_EXIT,
		PERF_RECORD_FORK, PERF_RECORD_LOST_SAMPLES, RECORD_HEADER_ATTR,
		RECORD_TRACING_DATA, RECORD_BUILD_ID, RECORD_FINISHED_ROUND, RECORD_AUXTRACE,
		RECORD_EVENT_UPDATE, RECORD_HEADER_FEATURE, RECORD_COMPRESSED, PERF_RECORD_MMAP2,
	};

	memcpy(record, &types[choice % (sizeof(types) / sizeof(types[0]))], sizeof(types[0]));
}

static void set_word(uint8_t *record, size_t len, unsigned int choice)
{
	static const uint64_t words[] = {
		0, 1, 8, 16, 100, 200, 1000, 65535, UINT32_MAX, UINT64_MAX, UINT64_MAX / 2,
		1ULL << 48, (1ULL << 48) + 1, 1ULL << 32, 1ULL << 28,
	};

	const unsigned int nr = sizeof(words) / sizeof(words[0]);

	if (len >= 16)
		memcpy(record + 8 + choice / nr % (len / 8 - 1) * 8, &words[choice % nr],
		       sizeof(words[0]));
}

/* A record's contents become others, of another length too. */
static void change_record(struct records *records, size_t at, size_t len)
{
	static uint8_t copy[1 << 16];
	uint16_t size;

	memcpy(copy, records->data + at, len);
	len = 8 + LLVMFuzzerMutate(copy + 8, len - 8, RECORD_MAX_SIZE - 8);
	size = len;
	memcpy(copy + 6, &size, sizeof(size));
	replace(records, at, record_size(records, at), copy, len);
}

static void mutate_record(struct records *records, unsigned int seed)
{
	static uint8_t copy[1 << 16];
	size_t at = records->at[seed / 8 % records->nr], len = record_size(records, at);
	unsigned int choice = seed / 4096;

	memcpy(copy, records->data + at, len);
	switch (seed % 8) {
	case 0:
		replace(records, at, len, copy, 0);
		break;
	case 1:
	case 2:
		replace(records, records->at[choice % records->nr], 0, copy, len);
		break;
	case 3:
		set_type(records->data + at, choice);
		break;
	case 4:
	case 5:
		set_word(records->data + at, len, choice);
		break;
	default:
		change_record(records, at, len);
	}
}

/* Some bytes anywhere, so that what has a place in the file keeps it. */
static void mutate_piece(uint8_t *data, size_t size, unsigned int seed)
{
	uint8_t piece[MAX_PIECE];
	size_t at = seed / MAX_PIECE % size, len = 1 + seed % MAX_PIECE;

	if (len > size - at)
		len = size - at;
	memcpy(piece, data + at, len);
	LLVMFuzzerMutate(piece, len, len);
	memcpy(data + at, piece, len);
}

static size_t mutate_perfdata(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	struct records records = { .data = data, .size = size, .max = max };

	if (!size || seed % 8 == 0)
		return LLVMFuzzerMutate(data, size, max);
	find_records(&records);
	if (!records.nr || seed % 8 < 3)
		mutate_piece(data, size, seed / 8);
	else
		mutate_record(&records, seed / 8);
	return records.size;
}

#endif
