// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target: the reader on whatever bytes, as a file and, what is in pipe format, through a
 * pipe too (make fuzz).
 *
 * What it checks beyond memory:
 *   - a pipe gives the records that the same bytes give as a file;
 *   - after a rewind the same records come, once all events are known.
 *
 * The mutator knows where records begin and end. fuzz_perfdata --seeds=DIR writes files to start
 * from.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../perf-plugin/perfdata/reader.h"
#include "../../perf-plugin/perfdata/tasks.h"
#include "fuzz_check.h"
#include "perfdata_mutate.h"
#include "perfdata_seeds.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);

/* ---- reading --------------------------------------------------------------------------------- */

static uint64_t hash(uint64_t sum, const void *data, size_t len)
{
	const uint8_t *bytes = data;
	size_t i;

	for (i = 0; i < len; i++)
		sum = (sum ^ bytes[i]) * 0x100000001b3;
	return sum;
}

/* Reads every byte that a record points to. */
static uint64_t touch(uint64_t sum, const struct perfdata_record *record)
{
	const struct perfdata_sample *sample = &record->sample;

	sum = hash(sum, &record->type, sizeof(record->type));
	sum = hash(sum, &record->time, sizeof(record->time));
	sum = hash(sum, record->header, record->header->size);
	if (record->type != PERF_RECORD_SAMPLE)
		return sum;
	sum = hash(sum, &sample->event, sizeof(sample->event));
	sum = hash(sum, sample->callchain, sample->nr_callchain * sizeof(*sample->callchain));
	return hash(sum, sample->raw, sample->raw_size);
}

static uint64_t touch_string(uint64_t sum, const char *str)
{
	return str ? hash(sum, str, strlen(str)) : sum;
}

static uint64_t touch_info(struct perfdata_reader *reader)
{
	const struct perfdata_info *info = perfdata_reader__info(reader);
	const struct perfdata_event *event;
	uint64_t sum = 0;
	const uint8_t *btf;
	uint32_t size, i;

	for (i = 0; i < perfdata_reader__nr_events(reader); i++) {
		event = perfdata_reader__event(reader, i);
		sum = touch_string(sum, event->name);
		sum = hash(sum, event->format, event->format ? event->format_len : 0);
	}
	for (i = 0; i < info->nr_cmdline; i++)
		sum = touch_string(sum, info->cmdline[i]);
	sum = touch_string(sum, info->hostname);
	sum = touch_string(sum, info->os_release);
	sum = touch_string(sum, info->version);
	sum = touch_string(sum, info->arch);
	sum = touch_string(sum, info->cpu_desc);
	CHECK(info->kernel_build_id_len <= sizeof(info->kernel_build_id));
	sum = hash(sum, info->kernel_build_id, info->kernel_build_id_len);
	for (i = 0; (btf = perfdata_reader__btf(reader, i, &size)); i++)
		sum = hash(sum, btf, size);
	return sum;
}

/* All records to the end; their number goes to *@nr. */
static uint64_t touch_records(struct perfdata_reader *reader, unsigned int *nr)
{
	struct perfdata_record record;
	struct tasks *tasks;
	uint64_t sum = 0;
	int ret;

	CHECK(!tasks__new(&tasks));
	*nr = 0;
	while ((ret = perfdata_reader__next(reader, &record)) > 0) {
		sum = touch(sum, &record);
		(*nr)++;
		tasks__record(tasks, &record);
		if (record.type == PERF_RECORD_SAMPLE)
			sum = touch_string(sum, tasks__comm(tasks, record.sample.pid,
							    record.sample.tid));
	}
	CHECK(!ret);
	tasks__free(tasks);
	return touch_string(sum, perfdata_reader__warning(reader));
}

struct outcome {
	uint64_t info;
	uint64_t records;		/* of the first time */
	uint64_t late_info;		/* what is known when the end was reached */
	unsigned int nr;
};

/* False: the file is refused. */
static bool read_path(const char *path, struct outcome *outcome)
{
	struct perfdata_reader *reader;
	struct diag diag = DIAG_INIT;
	unsigned int nr, again;
	uint64_t sum;

	if (perfdata_reader__open(path, true, &reader, &diag)) {
		CHECK(diag.msg);
		diag__exit(&diag);
		return false;
	}
	outcome->info = touch_info(reader);
	outcome->records = touch_records(reader, &outcome->nr);
	outcome->late_info = touch_info(reader);
	if (!perfdata_reader__rewind(reader)) {
		sum = touch_records(reader, &nr);
		CHECK(!perfdata_reader__rewind(reader));
		CHECK(touch_records(reader, &again) == sum && again == nr);
	}
	perfdata_reader__close(reader);
	return true;
}

static bool read_file(const uint8_t *data, size_t size, struct outcome *outcome)
{
	static int fd = -1;
	char path[32];

	if (fd < 0)
		fd = memfd_create("perf.data", MFD_CLOEXEC);
	CHECK(fd >= 0 && !ftruncate(fd, 0) && pwrite(fd, data, size, 0) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return read_path(path, outcome);
}

/* @size is at most what a pipe holds. */
static bool read_pipe(const uint8_t *data, size_t size, struct outcome *outcome)
{
	int ends[2];
	char path[32];
	bool readable;

	CHECK(!pipe2(ends, O_CLOEXEC) && write(ends[1], data, size) == (ssize_t)size);
	close(ends[1]);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[0]);
	readable = read_path(path, outcome);
	close(ends[0]);
	return readable;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome file, pipe;
	bool readable = read_file(data, size, &file);

	if (!is_stream(data, size) || size > 65536)
		return 0;
	CHECK(read_pipe(data, size, &pipe) == readable);
	if (!readable)
		return 0;
	CHECK(pipe.nr == file.nr && pipe.info == file.info);
	CHECK(pipe.records == file.records && pipe.late_info == file.late_info);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	return mutate_perfdata(data, size, max, seed);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	int i;

	for (i = 1; i < *argc; i++) {
		if (strncmp((*argv)[i], "--seeds=", 8))
			continue;
		fprintf(stderr, "%u seeds\n", write_seeds((*argv)[i] + 8));
		exit(0);
	}
	return 0;
}
