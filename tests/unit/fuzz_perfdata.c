// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target: the reader on whatever bytes. Build with clang
 * -fsanitize=fuzzer,address,undefined and the sources of perf-plugin/perfdata and perf-plugin/util;
 * files of perf record, and of ours in both formats, make a good corpus.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../perf-plugin/perfdata/reader.h"
#include "../../perf-plugin/perfdata/tasks.h"

/* Reads every byte that a record points to. */
static uint64_t touch(const struct perfdata_record *record)
{
	const struct perfdata_sample *sample = &record->sample;
	const uint8_t *bytes = (const uint8_t *)record->header;
	uint64_t sum = 0, i;

	for (i = 0; i < record->header->size; i++)
		sum += bytes[i];
	if (record->type != PERF_RECORD_SAMPLE)
		return sum;
	for (i = 0; i < sample->nr_callchain; i++)
		sum += sample->callchain[i];
	for (i = 0; i < sample->raw_size; i++)
		sum += ((const uint8_t *)sample->raw)[i];
	return sum;
}

static uint64_t touch_info(struct perfdata_reader *reader)
{
	const struct perfdata_info *info = perfdata_reader__info(reader);
	const struct perfdata_event *event;
	uint64_t sum = 0;
	const uint8_t *btf;
	uint32_t size, i, j;

	for (i = 0; i < perfdata_reader__nr_events(reader); i++) {
		event = perfdata_reader__event(reader, i);
		sum += strlen(event->name);
		for (j = 0; event->format && j < event->format_len; j++)
			sum += event->format[j];
	}
	for (i = 0; i < info->nr_cmdline; i++)
		sum += strlen(info->cmdline[i]);
	sum += info->hostname ? strlen(info->hostname) : 0;
	sum += info->version ? strlen(info->version) : 0;
	for (i = 0; (btf = perfdata_reader__btf(reader, i, &size)); i++)
		for (j = 0; j < size; j++)
			sum += btf[j];
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static volatile uint64_t sum __attribute__((unused));
	static int fd = -1;
	struct perfdata_reader *reader;
	struct perfdata_record record;
	struct diag diag = DIAG_INIT;
	struct tasks *tasks;
	char path[32];
	int passes;

	if (fd < 0)
		fd = memfd_create("perf.data", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (perfdata_reader__open(path, true, &reader, &diag)) {
		diag__exit(&diag);
		return 0;
	}
	if (tasks__new(&tasks))
		abort();
	sum += touch_info(reader);
	for (passes = 0; passes < 2; passes++) {
		while (perfdata_reader__next(reader, &record) > 0) {
			sum += touch(&record);
			tasks__record(tasks, &record);
			if (record.type == PERF_RECORD_SAMPLE)
				sum += strlen(tasks__comm(tasks, record.sample.pid,
							  record.sample.tid));
		}
		perfdata_reader__rewind(reader);
	}
	tasks__free(tasks);
	perfdata_reader__close(reader);
	return 0;
}
