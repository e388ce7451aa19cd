/* SPDX-License-Identifier: GPL-2.0-only */
/* Small perf.data files for the tests: samples as our BPF program makes them, files by hand. */
#ifndef BTFSNOOP_TESTS_PERFDATA_FILE_H
#define BTFSNOOP_TESTS_PERFDATA_FILE_H

#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../perf-plugin/perfdata/format.h"
#include "../../perf-plugin/perfdata/writer.h"
#include "../../perf-plugin/util/buf.h"

#define NR_TEST_EVENTS	2

/* A sample of PERFDATA_SAMPLE_TYPE whose raw data are the common fields and one number. */
struct test_sample {
	struct perf_event_header header;
	uint64_t id;
	uint64_t ip;
	uint32_t pid, tid;
	uint64_t time;
	uint32_t cpu, reserved;
	uint64_t period;
	uint32_t raw_size;
	uint16_t common_type;
	uint8_t common_flags, common_preempt_count;
	int32_t common_pid;
	uint32_t value;
} __attribute__((packed, aligned(8)));

static inline const struct schema *test_schemas(void)
{
	static char names[NR_TEST_EVENTS][16] = { "ip_send_skb", "tcp_sendmsg" };
	static struct schema schemas[NR_TEST_EVENTS];
	int i;

	for (i = 0; i < NR_TEST_EVENTS; i++) {
		schemas[i].name = names[i];
		schemas[i].id = 65000 - i;
		schemas[i].fixed_size = SCHEMA_COMMON_SIZE;
	}
	return schemas;
}

static inline struct test_sample test_sample(unsigned int event, uint64_t time, uint32_t tid,
					     uint32_t value)
{
	return (struct test_sample){
		.header = {
			.type = PERF_RECORD_SAMPLE, .misc = PERF_RECORD_MISC_KERNEL,
			.size = sizeof(struct test_sample),
		},
		.id = PERFDATA_SAMPLE_ID(event), .ip = 0xffffffff81000000 + event,
		.pid = tid, .tid = tid, .time = time, .cpu = value % 3, .period = 1,
		.raw_size = 12, .common_type = 65000 - event, .common_pid = tid, .value = value,
	};
}

static inline struct perfdata_writer_opts test_opts(const char *path)
{
	static const char *argv[] = { "perf-btfsnoop", "record", "-f", "ip_send_skb(skb)" };

	return (struct perfdata_writer_opts){
		.path = path, .argc = 4, .argv = argv, .clockid = CLOCK_MONOTONIC,
		.schemas = test_schemas(), .nr_schemas = NR_TEST_EVENTS,
		.kernel_start = 0xffffffff81000000, .kernel_end = 0xffffffff82000000,
	};
}

/* A whole file: header of @nr_attrs events, @data, and one feature section or none (bit 0). */
struct test_event {
	struct perf_event_attr attr;
	uint64_t ids[2];
	unsigned int nr_ids;
};

static inline void test_build(struct buf *out, const struct test_event *events, unsigned int nr,
			      const struct buf *data, unsigned int feature,
			      const struct buf *section)
{
	struct perfdata_file_header header = {
		.magic = PERFDATA_MAGIC, .size = sizeof(header),
		.attr_size = sizeof(events->attr) + sizeof(struct perfdata_section),
		.attrs.offset = sizeof(header), .data.size = data->len,
	};
	struct perfdata_section at;
	unsigned int i;

	header.attrs.size = nr * header.attr_size;
	header.data.offset = sizeof(header) + header.attrs.size + nr * sizeof(events->ids);
	if (feature)
		header.features[feature / 64] = 1ULL << feature % 64;
	buf__add(out, &header, sizeof(header));
	for (i = 0; i < nr; i++) {
		at.offset = sizeof(header) + header.attrs.size + i * sizeof(events->ids);
		at.size = events[i].nr_ids * sizeof(uint64_t);
		buf__add(out, &events[i].attr, sizeof(events->attr));
		buf__add(out, &at, sizeof(at));
	}
	for (i = 0; i < nr; i++)
		buf__add(out, events[i].ids, sizeof(events->ids));
	buf__add(out, buf__str(data), data->len);
	if (feature) {
		at.offset = out->len + sizeof(at);
		at.size = section->len;
		buf__add(out, &at, sizeof(at));
		buf__add(out, buf__str(section), section->len);
	}
}

static inline void test_record(struct buf *out, uint32_t type, const uint64_t *words,
			       unsigned int nr)
{
	struct perf_event_header header = { .type = type, .size = sizeof(header) + nr * 8 };

	buf__add(out, &header, sizeof(header));
	buf__add(out, words, nr * 8);
}

/* A file in memory; *@path is a name it can be opened by, of at least 32 bytes. */
static inline int test_memory_file(const void *data, size_t size, char *path)
{
	int fd = memfd_create("perf.data", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

/* The contents of a file. */
static inline void test_slurp(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char block[4096];
	ssize_t got;

	if (fd < 0)
		return;
	while ((got = read(fd, block, sizeof(block))) > 0)
		buf__add(out, block, got);
	close(fd);
}

#endif
