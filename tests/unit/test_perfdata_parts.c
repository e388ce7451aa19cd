// SPDX-License-Identifier: GPL-2.0-only
/* The smaller parts under writer, reader and sideband. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "../../perf-plugin/perfdata/evname.h"
#include "../../perf-plugin/perfdata/order.h"
#include "../../perf-plugin/perfdata/procfs.h"
#include "../../perf-plugin/perfdata/reader.h"
#include "../../perf-plugin/perfdata/ring.h"
#include "../../perf-plugin/perfdata/sideband.h"
#include "../../perf-plugin/perfdata/source.h"
#include "../../perf-plugin/perfdata/tasks.h"
#include "perfdata_file.h"

#define RING_SIZE	4096

/* Writes as the kernel does: byte by byte round the end, the head last. */
static void ring_put(struct perf_event_mmap_page *control, uint8_t *data, uint64_t value)
{
	struct perf_event_header header = { .type = 1, .size = 24 };
	uint64_t body[2] = { value, ~value }, head = control->data_head;
	unsigned int i;

	for (i = 0; i < sizeof(header); i++)
		data[head++ % RING_SIZE] = ((uint8_t *)&header)[i];
	for (i = 0; i < sizeof(body); i++)
		data[head++ % RING_SIZE] = ((uint8_t *)body)[i];
	control->data_head = head;
}

static void test_ring(void **state)
{
	const size_t page = sizeof(struct perf_event_mmap_page);
	struct perf_event_mmap_page *control = calloc(1, page + RING_SIZE);
	struct ring ring = { .map = control, .map_size = page + RING_SIZE, .size = RING_SIZE };
	uint64_t value = 0, expected = 0, got;
	struct buf out = BUF_INIT;
	unsigned int round, i;
	size_t at;

	(void)state;
	ring__drain(&ring, &out);
	assert_int_equal(out.len, 0);
	for (round = 0; round < 1000; round++) {
		for (i = 0; i < round % 170; i++)
			ring_put(control, (uint8_t *)control + page, value++);
		buf__clear(&out);
		ring__drain(&ring, &out);
		assert_int_equal(out.len, round % 170 * 24);
		assert_int_equal(control->data_tail, control->data_head);
		for (at = 0; at < out.len; at += 24, expected++) {
			memcpy(&got, out.data + at + 8, sizeof(got));
			assert_int_equal(got, expected);
			memcpy(&got, out.data + at + 16, sizeof(got));
			assert_int_equal(got, ~expected);
		}
	}
	buf__exit(&out);
	free(control);
}

static void test_order_half(void **state)
{
	struct order_entry entry;
	struct order order;
	uint64_t i;

	(void)state;
	order__init(&order);
	for (i = 0; i < 101; i++)
		assert_int_equal(order__add(&order, 1000 - i * 7 % 101, i), 0);
	assert_int_equal(order__lowest_offset(&order), 0);
	assert_int_equal(order__release_half(&order), 0);
	for (i = 900; order__take(&order, &entry); i++)
		assert_int_equal(entry.time, i);
	assert_int_equal(i, 951);
	assert_int_equal(order__release_all(&order), 0);
	for (; order__take(&order, &entry); i++)
		assert_int_equal(entry.time, i);
	assert_int_equal(i, 1001);
	assert_int_equal(order__lowest_offset(&order), UINT64_MAX);
	order__exit(&order);
}

/* A byte of the test data: position and nothing else. */
static uint8_t byte_at(uint64_t offset)
{
	return offset * 31 + offset / 256;
}

static void check_bytes(struct source *source, uint64_t offset, uint32_t len)
{
	const uint8_t *at;
	uint32_t i;
	int err;

	at = source__at(source, offset, len, &err);
	assert_non_null(at);
	for (i = 0; i < len; i += 1 + i % 13)
		assert_int_equal(at[i], byte_at(offset + i));
	if (offset % 8 == 0)
		assert_int_equal((uintptr_t)at % 8, 0);
}

/* More than fits into the blocks, forwards, backwards and across their borders. */
static void test_source_file(void **state)
{
	const uint64_t size = 40 * 1024 * 1024 + 5;
	struct source *source;
	struct buf data = BUF_INIT;
	uint64_t offset;
	char path[32];
	int err;

	(void)state;
	for (offset = 0; offset < size; offset++)
		buf__addc(&data, byte_at(offset));
	assert_int_equal(source__new(test_memory_file(data.data, data.len, path), &source), 0);
	buf__exit(&data);
	assert_int_equal(source__size(source), size);
	assert_false(source__is_pipe(source));
	for (offset = 0; offset + 65536 < size; offset += 60008)
		check_bytes(source, offset, 65536);
	for (offset = size; offset > 100000; offset -= 99999)
		check_bytes(source, offset - 1000, 1000);
	assert_null(source__at(source, size - 10, 11, &err));
	assert_int_equal(err, 0);
	assert_null(source__at(source, UINT64_MAX - 4, 16, &err));
	assert_null(source__at(source, 0, SOURCE_MAX_LEN + 1, &err));
	assert_null(source__read(source, size, 1, &err));
	assert_null(source__read(source, UINT64_MAX, UINT64_MAX, &err));
	source__free(source);
}

/* A source of @size bytes that come through a pipe; the process that writes them. */
static pid_t open_pipe(uint64_t size, struct source **source)
{
	uint64_t offset;
	int ends[2];
	uint8_t byte;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		FILE *out = fdopen(ends[1], "w");

		for (offset = 0; offset < size; offset++) {
			byte = byte_at(offset);
			fwrite(&byte, 1, 1, out);
			if (offset % 9999 == 0)
				fflush(out);
		}
		fclose(out);
		_exit(0);
	}
	close(ends[1]);
	assert_int_equal(source__new(ends[0], source), 0);
	assert_true(source__is_pipe(*source));
	return pid;
}

static void test_source_pipe(void **state)
{
	const uint64_t size = 3 * 1024 * 1024 + 7;
	struct source *source;
	uint64_t offset;
	pid_t pid;
	int err;

	(void)state;
	pid = open_pipe(size, &source);
	for (offset = 0; offset + 7000 < size; offset += 6000) {
		check_bytes(source, offset, 7000);
		if (offset > 500000) {
			check_bytes(source, offset - 400000, 5000);
			source__forget(source, offset - 400000);
		}
		assert_true(source__held(source) < 1024 * 1024);
	}
	check_bytes(source, size - 5, 5);
	assert_null(source__at(source, size - 5, 6, &err));
	assert_int_equal(err, 0);
	source__free(source);
	waitpid(pid, NULL, 0);
}

/* What is skipped is not kept; what lies in front of it and behind it is. */
static void test_source_skip(void **state)
{
	const uint64_t size = 3 * 1024 * 1024 + 7, from = 300001, to = size - 300000;
	struct source *source;
	pid_t pid;
	int err;

	(void)state;
	pid = open_pipe(size, &source);
	check_bytes(source, from - 8, 8);
	source__skip(source, from, to);
	check_bytes(source, to, 5000);
	assert_true(source__held(source) < 1024 * 1024);
	check_bytes(source, from - 200000, 60000);
	check_bytes(source, from - 60000, 60000);
	source__skip(source, to + 5000, UINT64_MAX);
	/* The last block is dropped by the same call that finds the end. */
	assert_null(source__at(source, size + 1024 * 1024 + 1, 8, &err));
	assert_int_equal(err, 0);
	assert_null(source__at(source, size, 1, &err));
	assert_int_equal(err, 0);
	check_bytes(source, to, 5000);
	source__free(source);
	waitpid(pid, NULL, 0);
}

static void test_procfs(void **state)
{
	const char *text = "model\t\t: 1\nmodel name\t: A b  c\nlast: x";
	struct buf line = BUF_INIT;
	int64_t number;
	size_t len;

	(void)state;
	assert_memory_equal(procfs__value(text, "model", &len), "1\n", 2);
	assert_int_equal(len, 1);
	assert_memory_equal(procfs__value(text, "model name", &len), "A b  c\n", 7);
	assert_int_equal(len, 6);
	assert_string_equal(procfs__value(text, "last", &len), "x");
	assert_null(procfs__value(text, "name", &len));
	assert_null(procfs__value("", "name", &len));

	assert_int_equal(procfs__cpu_list_end("0-3,8\n"), 9);
	assert_int_equal(procfs__cpu_list_end("0"), 1);
	assert_int_equal(procfs__cpu_list_end("8,2-3"), 9);
	assert_int_equal(procfs__cpu_list_end(""), 0);
	assert_int_equal(procfs__cpu_list_end("99999999999999999999"), 0);

	assert_int_equal(procfs__read_line(&line, "/proc/%s/comm", "self"), 0);
	assert_null(strchr(buf__str(&line), '\n'));
	assert_int_equal(procfs__read_line(&line, "/proc/%s/none", "self"), -ENOENT);
	assert_int_equal(procfs__read_number(&number, "/proc/self/comm"), -EINVAL);
	assert_int_equal(procfs__read_number(&number, "/proc/sys/kernel/pid_max"), 0);
	assert_true(number > 0);
	buf__clear(&line);
	assert_int_equal(procfs__read(&line, 5, "/proc/self/status"), 0);
	assert_string_equal(buf__str(&line), "Name:");
	buf__exit(&line);
}

static void test_names(void **state)
{
	static const struct {
		uint32_t type;
		uint64_t config;
		const char *name;
	} cases[] = {
		{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, "cycles" },
		{ PERF_TYPE_HARDWARE, 4ULL << 32 | PERF_COUNT_HW_CPU_CYCLES, "cycles" },
		{ PERF_TYPE_HARDWARE, 99, "unknown-hardware-0x63" },
		{ PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK, "task-clock" },
		{ PERF_TYPE_SOFTWARE, UINT64_MAX, "unknown-software-0xffffffffffffffff" },
		{ PERF_TYPE_HW_CACHE, 0x000000, "L1-dcache-loads" },
		{ PERF_TYPE_HW_CACHE, 0x010102, "LLC-store-misses" },
		{ PERF_TYPE_HW_CACHE, 0x0000ff, "unknown-ext-hardware-cache-0xff" },
		{ PERF_TYPE_RAW, 0x1a8, "raw 0x1a8" },
		{ PERF_TYPE_TRACEPOINT, 7, "tracepoint-7" },
		{ 12, 0, "pmu-12-0" },
	};
	struct buf name = BUF_INIT;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct perf_event_attr attr = {
			.type = cases[i].type, .config = cases[i].config,
		};

		buf__clear(&name);
		evname__add(&attr, &name);
		assert_string_equal(buf__str(&name), cases[i].name);
	}
	buf__exit(&name);
}

/* A child that forks, gives itself a name and exits, followed while it does. */
static void run_child(int start)
{
	char c;

	if (read(start, &c, 1) != 1)
		_exit(1);
	prctl(PR_SET_NAME, "renamed");
	if (!fork())
		_exit(0);
	wait(NULL);
	_exit(0);
}

/* What the file says of process @pid; returns how many COMM, FORK and EXIT records there are. */
static unsigned int count_task_records(const char *path, pid_t pid, unsigned int *nr_comm)
{
	struct perfdata_reader *reader;
	struct perfdata_record record;
	struct diag diag = DIAG_INIT;
	struct tasks *tasks;
	unsigned int nr = 0;

	assert_int_equal(tasks__new(&tasks), 0);
	assert_int_equal(perfdata_reader__open(path, false, &reader, &diag), 0);
	*nr_comm = 0;
	while (perfdata_reader__next(reader, &record) > 0) {
		assert_true(record.time > 0 || record.type == PERF_RECORD_MMAP ||
			    record.type == PERF_RECORD_MMAP2);	/* of the kernel, of modules */
		tasks__record(tasks, &record);
		if (record.type == PERF_RECORD_COMM)
			(*nr_comm)++;
		if (record.type == PERF_RECORD_FORK || record.type == PERF_RECORD_EXIT)
			nr++;
	}
	assert_null(perfdata_reader__warning(reader));
	assert_string_equal(tasks__comm(tasks, pid, pid), "renamed");
	perfdata_reader__close(reader);
	tasks__free(tasks);
	return nr;
}

static int add_records(void *writer, const void *records, size_t size)
{
	return perfdata_writer__add(writer, records, size);
}

static void test_sideband(void **state)
{
	struct sideband_opts side = { .inherit = true, .clockid = CLOCK_MONOTONIC };
	char path[] = "/tmp/btfsnoop-sideband-XXXXXX", old[64];
	struct perfdata_writer_opts opts;
	struct perfdata_writer *writer;
	struct sideband *sideband;
	struct diag diag = DIAG_INIT;
	unsigned int nr_comm;
	uint64_t size;
	int ends[2], err;
	pid_t pid;

	(void)state;
	close(mkstemp(path));
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (!pid)
		run_child(ends[0]);
	side.tids = &pid;
	side.nr_tids = 1;
	err = sideband__new(&side, &sideband, &diag);
	assert_int_equal(write(ends[1], "x", 1), 1);
	waitpid(pid, NULL, 0);
	if (err) {
		/* No rights, or a kernel without perf events: it says so. */
		assert_non_null(diag.msg);
		diag__exit(&diag);
		unlink(path);
		skip();
	}
	opts = test_opts(path);
	assert_int_equal(perfdata_writer__new(&opts, &writer, &diag), 0);
	assert_int_equal(sideband__drain(sideband, add_records, writer), 0);
	assert_int_equal(sideband__drain(sideband, add_records, writer), 0);
	sideband__free(sideband);
	assert_int_equal(perfdata_writer__finish(writer, &size, &diag), 0);
	/* Its fork, its child's exit, its own. */
	assert_int_equal(count_task_records(path, pid, &nr_comm), 3);
	assert_int_equal(nr_comm, 1);
	unlink(path);
	snprintf(old, sizeof(old), "%s.old", path);
	unlink(old);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ring),
		cmocka_unit_test(test_order_half),
		cmocka_unit_test(test_source_file),
		cmocka_unit_test(test_source_pipe),
		cmocka_unit_test(test_source_skip),
		cmocka_unit_test(test_procfs),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_sideband),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
