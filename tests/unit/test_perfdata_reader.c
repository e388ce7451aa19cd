// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <linux/btf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "../../perf-plugin/perfdata/reader.h"
#include "../../perf-plugin/perfdata/tasks.h"
#include "../../perf-plugin/perfdata/tracing.h"
#include "own_dir.h"
#include "perfdata_file.h"

static struct perfdata_reader *open_reader(const char *path)
{
	struct perfdata_reader *reader;
	struct diag diag = DIAG_INIT;

	if (perfdata_reader__open(path, false, &reader, &diag))
		fail_msg("%s", diag.msg);
	return reader;
}

/* Samples until the end, how many; that they come in the order of time is checked. */
static unsigned int count_samples(struct perfdata_reader *reader)
{
	struct perfdata_record record;
	unsigned int nr = 0;
	uint64_t last = 0;
	int ret;

	while ((ret = perfdata_reader__next(reader, &record)) > 0) {
		if (record.time) {
			assert_true(record.time >= last);
			last = record.time;
		}
		nr += record.type == PERF_RECORD_SAMPLE;
	}
	assert_int_equal(ret, 0);
	return nr;
}

static void add_sample(struct perfdata_writer *writer, unsigned int event, uint64_t time,
		       uint32_t tid, uint32_t value)
{
	struct test_sample sample = test_sample(event, time, tid, value);

	assert_int_equal(perfdata_writer__add(writer, &sample, sizeof(sample)), 0);
	perfdata_writer__count(writer, 1, time, time);
}

/* Two rounds, of which the second has a record older than the first's newest, and lost samples. */
static void write_to(const char *path, const void *btf, uint32_t btf_size)
{
	struct perfdata_writer_opts opts = test_opts(path);
	struct perfdata_writer *writer;
	struct diag diag = DIAG_INIT;
	uint64_t size;

	opts.btf = btf;
	opts.btf_size = btf_size;
	assert_int_equal(perfdata_writer__new(&opts, &writer, &diag), 0);
	add_sample(writer, 0, 1000, 42, 1);
	add_sample(writer, 1, 1003, 43, 4);
	perfdata_writer__round(writer);
	add_sample(writer, 0, 1002, 42, 3);
	add_sample(writer, 0, 1001, 42, 2);
	add_sample(writer, 1, 1004, 43, 5);
	perfdata_writer__lost(writer, 1, 7, 1005);
	perfdata_writer__round(writer);
	assert_int_equal(perfdata_writer__finish(writer, &size, &diag), 0);
}

/* The five samples of write_to() and nothing else that has a time but LOST_SAMPLES. */
static void check_samples(struct perfdata_reader *reader)
{
	struct perfdata_record record;
	uint32_t value, nr = 0;

	while (perfdata_reader__next(reader, &record) > 0) {
		if (record.type == PERF_RECORD_LOST_SAMPLES)
			assert_int_equal(record.time, 1005);
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		nr++;
		assert_int_equal(record.time, 999 + nr);
		assert_int_equal(record.sample.time, record.time);
		assert_int_equal(record.sample.event, nr == 4 || nr == 5);
		assert_int_equal(record.sample.tid, nr == 4 || nr == 5 ? 43 : 42);
		assert_int_equal(record.sample.pid, record.sample.tid);
		assert_int_equal(record.sample.cpu, nr % 3);
		assert_int_equal(record.sample.ip, 0xffffffff81000000 + record.sample.event);
		assert_int_equal(record.sample.period, 1);
		assert_int_equal(record.sample.misc, PERF_RECORD_MISC_KERNEL);
		assert_int_equal(record.sample.raw_size, 12);
		memcpy(&value, (const char *)record.sample.raw + 8, sizeof(value));
		assert_int_equal(value, nr);
		assert_int_equal((uintptr_t)record.header % 8, 0);
	}
	assert_int_equal(nr, 5);
	assert_int_equal(perfdata_reader__lost(reader), 7);
}

static void test_own_file(void **state)
{
	const char btf[] = "some BTF";
	const struct perfdata_event *event;
	const struct perfdata_info *info;
	struct perfdata_reader *reader;
	uint32_t size = 0;

	(void)state;
	write_to("own", btf, sizeof(btf));
	reader = open_reader("own");
	assert_int_equal(perfdata_reader__nr_events(reader), 2);
	event = perfdata_reader__event(reader, 1);
	assert_string_equal(event->name, "btfsnoop:tcp_sendmsg");
	assert_int_equal(event->attr->config, 64999);
	assert_memory_equal(event->format, "name: tcp_sendmsg\nID: 64999\n", 28);

	info = perfdata_reader__info(reader);
	assert_int_equal(info->nr_cmdline, 4);
	assert_string_equal(info->cmdline[3], "ip_send_skb(skb)");
	assert_int_equal(info->first_time, 1000);
	assert_int_equal(info->last_time, 1004);
	assert_int_equal(info->clockid, CLOCK_MONOTONIC);
	assert_true(info->clock_wall_ns > 0 && info->clock_ns > 0);
	assert_true(info->nr_cpus_avail >= info->nr_cpus_online && info->nr_cpus_online > 0);
	assert_true(info->total_mem_kb > 0 && info->captured_on > 0);
	assert_non_null(info->hostname);
	assert_non_null(info->os_release);
	assert_non_null(info->arch);
	if (!access("/sys/kernel/notes", R_OK))
		assert_true(info->kernel_build_id_len > 0);
	assert_memory_equal(info->version, "btfsnoop ", 9);

	assert_memory_equal(perfdata_reader__btf(reader, 0, &size), btf, sizeof(btf));
	assert_int_equal(size, sizeof(btf));
	assert_null(perfdata_reader__btf(reader, 1, &size));

	check_samples(reader);
	assert_int_equal(perfdata_reader__rewind(reader), 0);
	assert_int_equal(perfdata_reader__lost(reader), 0);
	check_samples(reader);
	assert_null(perfdata_reader__warning(reader));
	perfdata_reader__close(reader);
}

/* The recorder is killed: what it wrote under the temporary name is read. */
static void test_killed(void **state)
{
	struct perfdata_reader *reader;
	struct dirent *entry;
	DIR *here;
	pid_t pid = fork();

	(void)state;
	if (!pid) {
		struct perfdata_writer_opts opts = test_opts("killed");
		struct perfdata_writer *writer;
		struct diag diag = DIAG_INIT;
		int i;

		perfdata_writer__new(&opts, &writer, &diag);
		for (i = 0; i < 1000; i++)
			add_sample(writer, i % 2, 1000 + i, 1, i);
		perfdata_writer__round(writer);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	here = opendir(".");
	while ((entry = readdir(here)) && strncmp(entry->d_name, "killed.", 7))
		;
	assert_non_null(entry);
	reader = open_reader(entry->d_name);
	assert_string_equal(perfdata_reader__event(reader, 0)->name, "btfsnoop:ip_send_skb");
	assert_non_null(perfdata_reader__info(reader)->hostname);
	assert_int_equal(count_samples(reader), 1000);
	assert_non_null(strstr(perfdata_reader__warning(reader), "not properly ended"));
	perfdata_reader__close(reader);
	unlink(entry->d_name);
	closedir(here);
}

/* BTF as far as the reader looks into it: a header that says how long it is. */
static void make_btf(struct buf *btf, uint32_t size)
{
	struct btf_header header = {
		.magic = BTF_MAGIC, .version = 1, .hdr_len = sizeof(header),
		.str_len = size - sizeof(header),
	};
	uint32_t i;

	buf__add(btf, &header, sizeof(header));
	for (i = sizeof(header); i < size; i++)
		buf__addc(btf, i * 7);
}

/* Runs @fn with stdout into a pipe of which stdin is the other end here. */
static pid_t start_pipe(void (*fn)(void *arg), void *arg)
{
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		fn(arg);
		_exit(0);
	}
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	close(ends[1]);
	return pid;
}

static void write_to_stdout(void *arg)
{
	struct buf *btf = arg;

	write_to("-", btf->data, btf->len);
}

static void test_pipe(void **state)
{
	struct perfdata_reader *reader;
	struct buf btf = BUF_INIT;
	uint32_t size;
	pid_t pid;

	(void)state;
	make_btf(&btf, 200000);
	pid = start_pipe(write_to_stdout, &btf);
	reader = open_reader("-");
	assert_int_equal(perfdata_reader__nr_events(reader), 2);
	assert_string_equal(perfdata_reader__event(reader, 0)->name, "btfsnoop:ip_send_skb");
	assert_int_equal(perfdata_reader__info(reader)->nr_cmdline, 4);
	assert_memory_equal(perfdata_reader__btf(reader, 0, &size), btf.data, btf.len);
	assert_int_equal(size, btf.len);
	assert_null(perfdata_reader__btf(reader, 1, &size));
	check_samples(reader);
	assert_null(perfdata_reader__warning(reader));
	assert_int_equal(perfdata_reader__rewind(reader), -ESPIPE);
	perfdata_reader__close(reader);
	waitpid(pid, NULL, 0);
	buf__exit(&btf);
}

/* What was meant for a pipe, in a file: it can be read twice. */
static void test_pipe_in_file(void **state)
{
	struct perfdata_reader *reader;
	struct buf btf = BUF_INIT;
	char block[4096];
	ssize_t got;
	pid_t pid;
	int fd;

	(void)state;
	pid = start_pipe(write_to_stdout, &btf);
	fd = open("piped", O_CREAT | O_WRONLY, 0600);
	while ((got = read(STDIN_FILENO, block, sizeof(block))) > 0)
		assert_int_equal(write(fd, block, got), got);
	close(fd);
	waitpid(pid, NULL, 0);
	reader = open_reader("piped");
	check_samples(reader);
	assert_int_equal(perfdata_reader__rewind(reader), 0);
	check_samples(reader);
	assert_int_equal(perfdata_reader__nr_events(reader), 2);
	assert_null(perfdata_reader__warning(reader));
	perfdata_reader__close(reader);
}

static void check_refused(const char *path, int err, const char *why)
{
	struct perfdata_reader *reader;
	struct diag diag = DIAG_INIT;

	assert_int_equal(perfdata_reader__open(path, false, &reader, &diag), err);
	if (!strstr(diag.msg, why))
		fail_msg("'%s' does not say '%s'", diag.msg, why);
	diag__exit(&diag);
}

static void put_bytes(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);

	assert_int_equal(write(fd, data, size), size);
	close(fd);
}

static void test_refused(void **state)
{
	const uint64_t swapped = PERFDATA_MAGIC_SWAPPED;
	struct perfdata_reader *reader;
	struct diag diag = DIAG_INIT;
	char head[104] = { 0 };

	(void)state;
	check_refused("none", -ENOENT, "cannot open 'none': No such file");
	check_refused(".", -EISDIR, "directory");
	put_bytes("x", "", 0);
	check_refused("x", -EINVAL, "empty");
	put_bytes("x", "PERFILE2", 8);
	check_refused("x", -EINVAL, "no perf.data");
	put_bytes("x", "some text that is no perf.data", 30);
	check_refused("x", -EINVAL, "no perf.data");
	put_bytes("x", "PERFFILEPERFFILE", 16);
	check_refused("x", -EOPNOTSUPP, "3.4");
	memcpy(head, &swapped, sizeof(swapped));
	put_bytes("x", head, sizeof(head));
	check_refused("x", -EOPNOTSUPP, "byte order");
	memcpy(head, "PERFILE2", 8);
	put_bytes("x", head, sizeof(head));
	check_refused("x", -EINVAL, "impossible sizes");

	if (geteuid())
		return;
	write_to("foreign", NULL, 0);
	assert_int_equal(chown("foreign", 12345, 12345), 0);
	check_refused("foreign", -EPERM, "belongs");
	assert_int_equal(perfdata_reader__open("foreign", true, &reader, &diag), 0);
	perfdata_reader__close(reader);
}

static struct perfdata_reader *open_built(const struct test_event *events, unsigned int nr,
					  const struct buf *data)
{
	struct buf file = BUF_INIT;

	test_build(&file, events, nr, data, 0, NULL);
	put_bytes("built", file.data, file.len);
	buf__exit(&file);
	return open_reader("built");
}

#define PID_TID(pid, tid)	((uint64_t)(tid) << 32 | (pid))

/* perf record of one event as it was before sample ids were always there. */
static void test_single_event(void **state)
{
	const struct test_event event = {
		.attr = {
			.type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_INSTRUCTIONS,
			.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
			.sample_period = 4000,
		},
	};
	const uint64_t comm[] = { PID_TID(5, 6), 0x006f6c6c6568ULL /* "hello" */ };
	const uint64_t late[] = { 0x1234, PID_TID(5, 6), 20 };
	const uint64_t early[] = { 0x5678, PID_TID(5, 7), 10 };
	struct perfdata_reader *reader;
	struct perfdata_record record;
	struct buf data = BUF_INIT;

	(void)state;
	test_record(&data, PERF_RECORD_SAMPLE, late, 3);
	test_record(&data, PERF_RECORD_SAMPLE, early, 3);
	test_record(&data, PERF_RECORD_COMM, comm, 2);
	reader = open_built(&event, 1, &data);
	assert_string_equal(perfdata_reader__event(reader, 0)->name, "instructions");
	/* Without a time it does not wait. */
	assert_int_equal(perfdata_reader__next(reader, &record), 1);
	assert_int_equal(record.type, PERF_RECORD_COMM);
	assert_int_equal(record.time, 0);
	assert_int_equal(perfdata_reader__next(reader, &record), 1);
	assert_int_equal(record.sample.ip, 0x5678);
	assert_int_equal(record.sample.tid, 7);
	assert_int_equal(record.sample.cpu, -1);
	assert_int_equal(record.sample.period, 4000);
	assert_null(record.sample.raw);
	assert_int_equal(perfdata_reader__next(reader, &record), 1);
	assert_int_equal(record.sample.time, 20);
	assert_int_equal(perfdata_reader__next(reader, &record), 0);
	assert_int_equal(perfdata_reader__next(reader, &record), 0);
	assert_null(perfdata_reader__warning(reader));
	perfdata_reader__close(reader);
	buf__exit(&data);
}

/*
 * Every field up to RAW, told apart by PERF_SAMPLE_ID, and fields behind RAW that are passed over.
 */
static void test_all_fields(void **state)
{
	const uint64_t sample_type =
		PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR |
		PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD |
		PERF_SAMPLE_READ | PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_RAW | PERF_SAMPLE_WEIGHT;
	const uint64_t read_format = PERF_FORMAT_GROUP | PERF_FORMAT_ID |
		PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
	const struct test_event events[] = {
		{ .attr = { .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK,
			    .sample_type = sample_type, .read_format = read_format,
			    .sample_id_all = 1 }, .ids = { 100 }, .nr_ids = 1 },
		{ .attr = { .type = PERF_TYPE_TRACEPOINT, .config = 314,
			    .sample_type = sample_type, .read_format = read_format,
			    .sample_id_all = 1 }, .ids = { 200, 201 }, .nr_ids = 2 },
	};
	uint64_t sample[] = {
		0xabc, PID_TID(5, 6), 50, 0xadd, 201, 0x57, 3, 77,
		2 /* of a group */, 1, 1, 10, 100, 20, 200,
		3, PERF_CONTEXT_KERNEL, 0x1, 0x2,
		12 | 0x11223344ULL << 32, 0x99aabbcc55667788ULL, 1000 /* weight */,
	};
	/* u64 id, lost; then pid/tid, time, id, stream id, cpu */
	const uint64_t lost[] = { 100, 9, PID_TID(1, 2), 40, 100, 0x57, 3 };
	struct perfdata_reader *reader;
	struct perfdata_record record;
	struct buf data = BUF_INIT;

	(void)state;
	test_record(&data, PERF_RECORD_SAMPLE, sample, 22);
	test_record(&data, PERF_RECORD_LOST, lost, 7);
	sample[4] = 999;
	test_record(&data, PERF_RECORD_SAMPLE, sample, 22);	/* of no event */
	sample[4] = 200;
	sample[15] = 1000;
	test_record(&data, PERF_RECORD_SAMPLE, sample, 22);	/* its call chain is too long */
	reader = open_built(events, 2, &data);
	assert_string_equal(perfdata_reader__event(reader, 0)->name, "cpu-clock");
	assert_string_equal(perfdata_reader__event(reader, 1)->name, "tracepoint-314");

	assert_int_equal(perfdata_reader__next(reader, &record), 1);
	assert_int_equal(record.type, PERF_RECORD_LOST);
	assert_int_equal(record.time, 40);
	assert_int_equal(perfdata_reader__next(reader, &record), 1);
	assert_int_equal(record.sample.event, 1);
	assert_int_equal(record.sample.cpu, 3);
	assert_int_equal(record.sample.period, 77);
	assert_int_equal(record.sample.nr_callchain, 3);
	assert_int_equal(record.sample.callchain[2], 2);
	assert_int_equal(record.sample.raw_size, 12);
	assert_memory_equal(record.sample.raw, "\x44\x33\x22\x11\x88\x77", 6);
	assert_int_equal(perfdata_reader__next(reader, &record), 0);
	assert_int_equal(perfdata_reader__lost(reader), 9);
	assert_non_null(strstr(perfdata_reader__warning(reader), "1 samples are broken"));
	assert_non_null(strstr(perfdata_reader__warning(reader), "1 samples belong to no event"));
	perfdata_reader__close(reader);
	buf__exit(&data);
}

static void test_no_ids(void **state)
{
	const struct test_event events[2] = {
		{ .attr = { .sample_type = PERF_SAMPLE_IP } },
		{ .attr = { .sample_type = PERF_SAMPLE_IP } },
	};
	struct buf data = BUF_INIT, file = BUF_INIT;

	(void)state;
	test_build(&file, events, 2, &data, 0, NULL);
	put_bytes("built", file.data, file.len);
	check_refused("built", -ENOTSUP, "no sample ids");
	buf__exit(&file);
}

static void test_compressed(void **state)
{
	const struct test_event event = { .attr = { .sample_type = PERF_SAMPLE_IP } };
	struct buf data = BUF_INIT, file = BUF_INIT, section = BUF_INIT;

	(void)state;
	buf__fill(&section, '\0', 20);
	test_record(&data, PERF_RECORD_SAMPLE, (const uint64_t[]){ 1 }, 1);
	test_build(&file, &event, 1, &data, FEATURE_COMPRESSED, &section);
	put_bytes("built", file.data, file.len);
	check_refused("built", -EOPNOTSUPP, "compressed");
	buf__exit(&file);
	buf__exit(&section);
	buf__exit(&data);
}

/* An entry of the section with build ids: for @name, of @size bytes that count from @first on. */
static void add_build_id(struct buf *out, uint16_t misc, const char *name, uint8_t size,
			 uint8_t first)
{
	struct {
		struct perf_event_header header;
		int32_t pid;
		uint8_t id[20];
		uint8_t size;
		uint8_t reserved[3];
		char name[24];
	} entry = {
		.header = { .misc = misc, .size = sizeof(entry) }, .pid = -1, .size = size,
	};
	unsigned int i;

	for (i = 0; i < 20; i++)
		entry.id[i] = i < size || !(misc & RECORD_MISC_BUILD_ID_SIZE) ? first + i : 0;
	strncpy(entry.name, name, sizeof(entry.name) - 1);
	buf__add(out, &entry, sizeof(entry));
}

/* The kernel's id is of @len bytes that count from @first on. */
static void check_build_id(const struct buf *section, unsigned int len, uint8_t first,
			   bool warned)
{
	const struct test_event event = { .attr = { .sample_type = PERF_SAMPLE_IP } };
	struct buf data = BUF_INIT, file = BUF_INIT;
	const struct perfdata_info *info;
	struct perfdata_reader *reader;
	unsigned int i;

	test_build(&file, &event, 1, &data, FEATURE_BUILD_ID, section);
	put_bytes("built", file.data, file.len);
	reader = open_reader("built");
	info = perfdata_reader__info(reader);
	assert_int_equal(info->kernel_build_id_len, len);
	for (i = 0; i < len; i++)
		assert_int_equal(info->kernel_build_id[i], first + i);
	assert_int_equal(perfdata_reader__warning(reader) != NULL, warned);
	perfdata_reader__close(reader);
	buf__exit(&file);
}

static void test_build_ids(void **state)
{
	static const char kernel[] = "[kernel.kallsyms]";
	const uint16_t sized = PERF_RECORD_MISC_KERNEL | RECORD_MISC_BUILD_ID_SIZE;
	struct buf section = BUF_INIT;
	unsigned int len;

	(void)state;
	check_build_id(&section, 0, 0, false);
	add_build_id(&section, PERF_RECORD_MISC_USER, "/bin/sh", 20, 50);
	add_build_id(&section, sized, "[kernel.kallsyms]x", 20, 60);
	check_build_id(&section, 0, 0, false);
	add_build_id(&section, PERF_RECORD_MISC_KERNEL, kernel, 0, 70);
	check_build_id(&section, 20, 70, false);
	add_build_id(&section, sized, kernel, 16, 80);
	check_build_id(&section, 16, 80, false);
	/* What can't be is left out; what is cut short leaves what there was before. */
	add_build_id(&section, sized, kernel, 21, 90);
	add_build_id(&section, sized, kernel, 0, 90);
	check_build_id(&section, 16, 80, false);
	len = section.len;
	for (section.len = len - 50; section.len < len; section.len++)
		check_build_id(&section, 16, 80, true);
	buf__exit(&section);
}

/* A header without data: there is none, or the recorder died before it could say how much. */
static void test_no_data_size(void **state)
{
	const struct test_event event = { .attr = { .sample_type = PERF_SAMPLE_IP } };
	const struct perfdata_file_header *header;
	struct buf data = BUF_INIT, file = BUF_INIT, section = BUF_INIT;
	struct perfdata_reader *reader;

	(void)state;
	buf__fill(&section, '\0', 8);
	test_build(&file, &event, 1, &data, FEATURE_TOTAL_MEM, &section);
	put_bytes("built", file.data, file.len);
	reader = open_reader("built");
	assert_int_equal(count_samples(reader), 0);
	assert_null(perfdata_reader__warning(reader));
	perfdata_reader__close(reader);

	buf__clear(&file);
	test_record(&data, PERF_RECORD_SAMPLE, (const uint64_t[]){ 1 }, 1);
	test_record(&data, PERF_RECORD_SAMPLE, (const uint64_t[]){ 2 }, 1);
	test_build(&file, &event, 1, &data, FEATURE_TOTAL_MEM, &section);
	header = (const void *)file.data;
	memset(file.data + offsetof(struct perfdata_file_header, data.size), 0, 8);
	put_bytes("built", file.data, header->data.offset + data.len);
	reader = open_reader("built");
	assert_int_equal(count_samples(reader), 2);
	assert_non_null(strstr(perfdata_reader__warning(reader), "not properly ended"));
	perfdata_reader__close(reader);
	buf__exit(&file);
	buf__exit(&data);
	buf__exit(&section);
}

static const struct test_event timed_event = {
	.attr = { .type = PERF_TYPE_SOFTWARE, .sample_type = PERF_SAMPLE_TIME },
};

static void add_timed(struct buf *data, uint64_t time)
{
	test_record(data, PERF_RECORD_SAMPLE, &time, 1);
}

/* At a round's end all up to the newest of the round before come, and no later ones. */
static void test_rounds(void **state)
{
	static const uint64_t times[] = { 30, 10, 0, 20, 40, 0, 35, 50, 0 };
	static const uint64_t order[] = { 10, 20, 30, 35, 40, 50 };
	struct perfdata_reader *reader;
	struct perfdata_record record;
	struct buf data = BUF_INIT;
	unsigned int i;

	(void)state;
	for (i = 0; i < 9; i++) {
		if (times[i])
			add_timed(&data, times[i]);
		else
			test_record(&data, RECORD_FINISHED_ROUND, NULL, 0);
	}
	reader = open_built(&timed_event, 1, &data);
	for (i = 0; i < 6; i++) {
		assert_int_equal(perfdata_reader__next(reader, &record), 1);
		assert_int_equal(record.time, order[i]);
	}
	assert_int_equal(perfdata_reader__next(reader, &record), 0);
	perfdata_reader__close(reader);
	buf__exit(&data);
}

/* Files without rounds, in every kind of disorder, large enough for many blocks. */
static void test_disorder(void **state)
{
	struct perfdata_reader *reader;
	struct buf data = BUF_INIT;
	unsigned int i, kind;
	const unsigned int nr = 40000;

	(void)state;
	for (kind = 0; kind < 4; kind++) {
		srand(1);
		for (i = 0; i < nr; i++)
			add_timed(&data, kind == 0 ? nr - i :			/* backwards */
					 kind == 1 ? 1 + i % 7 * nr + i :	/* seven CPUs */
					 kind == 2 ? 1U + rand() :
					 1 + i / (nr / 5) + i % (nr / 5) * 2);	/* one by one */
		reader = open_built(&timed_event, 1, &data);
		assert_int_equal(count_samples(reader), nr);
		assert_int_equal(perfdata_reader__rewind(reader), 0);
		assert_int_equal(count_samples(reader), nr);
		perfdata_reader__close(reader);
		buf__clear(&data);
	}
	buf__exit(&data);
}

/* Of records with the same time the one that is first in the file is first. */
static void test_stable(void **state)
{
	const struct test_event event = {
		.attr = { .sample_type = PERF_SAMPLE_TIME | PERF_SAMPLE_IP },
	};
	uint64_t words[2], last[4] = { 0 };
	struct perfdata_reader *reader;
	struct perfdata_record record;
	struct buf data = BUF_INIT;
	unsigned int i;

	(void)state;
	srand(2);
	for (i = 1; i < 5000; i++) {
		words[0] = i;
		words[1] = 1 + rand() % 4;
		test_record(&data, PERF_RECORD_SAMPLE, words, 2);
	}
	reader = open_built(&event, 1, &data);
	while (perfdata_reader__next(reader, &record) > 0) {
		assert_true(record.sample.ip > last[record.time - 1]);
		last[record.time - 1] = record.sample.ip;
	}
	perfdata_reader__close(reader);
	buf__exit(&data);
}

static void test_broken_data(void **state)
{
	static const uint64_t zero[4];
	const uint64_t compressed[] = { 1, 2, 3 };
	struct perfdata_reader *reader;
	struct buf data = BUF_INIT;

	(void)state;
	add_timed(&data, 5);
	buf__add(&data, zero, sizeof(zero));
	add_timed(&data, 6);
	reader = open_built(&timed_event, 1, &data);
	assert_int_equal(count_samples(reader), 1);
	assert_non_null(strstr(perfdata_reader__warning(reader), "a record of 0 bytes"));
	perfdata_reader__close(reader);

	buf__clear(&data);
	add_timed(&data, 5);
	test_record(&data, RECORD_COMPRESSED, compressed, 3);
	reader = open_built(&timed_event, 1, &data);
	assert_int_equal(count_samples(reader), 1);
	assert_non_null(strstr(perfdata_reader__warning(reader), "compressed"));
	perfdata_reader__close(reader);

	/* Types that nobody knows yet, and data that follows a record. */
	buf__clear(&data);
	test_record(&data, 63, compressed, 3);
	test_record(&data, 1000, compressed, 3);
	test_record(&data, RECORD_AUXTRACE, (const uint64_t[]){ 16 }, 1);
	buf__fill(&data, '\xff', 16);
	add_timed(&data, 5);
	reader = open_built(&timed_event, 1, &data);
	assert_int_equal(count_samples(reader), 1);
	assert_null(perfdata_reader__warning(reader));
	perfdata_reader__close(reader);
	buf__exit(&data);
}

static void add_tracing_data(struct buf *out, const struct schema *schema)
{
	struct perf_event_header header = { .type = RECORD_TRACING_DATA, .size = 12 };
	struct buf section = BUF_INIT;
	uint32_t size;

	assert_int_equal(tracing__write("late", schema, 1, NULL, 0, &section), 0);
	size = section.len;
	buf__add(out, &header, sizeof(header));
	buf__add(out, &size, sizeof(size));
	buf__add(out, section.data, section.len);
	buf__exit(&section);
}

/*
 * What belongs to the header comes late in a stream, at addresses that are multiples of nothing,
 * and what follows an AUXTRACE record is no record: the second time too.
 */
static void test_late_in_stream(void **state)
{
	const uint64_t head[] = { PERFDATA_MAGIC, PERFDATA_PIPE_HEADER_SIZE };
	const struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT, .config = 64999, .size = sizeof(attr),
		.sample_type = PERF_SAMPLE_TIME,
	};
	struct perfdata_reader *reader;
	struct buf data = BUF_INIT;
	int i;

	(void)state;
	buf__add(&data, head, sizeof(head));
	test_record(&data, RECORD_HEADER_ATTR, (const uint64_t *)&attr, sizeof(attr) / 8);
	add_timed(&data, 5);
	test_record(&data, RECORD_AUXTRACE, (const uint64_t[]){ 16 }, 1);
	add_timed(&data, 6);
	add_tracing_data(&data, &test_schemas()[0]);
	add_timed(&data, 7);
	add_tracing_data(&data, &test_schemas()[1]);
	add_timed(&data, 8);
	put_bytes("late", data.data, data.len);
	reader = open_reader("late");
	assert_string_equal(perfdata_reader__event(reader, 0)->name, "tracepoint-64999");
	for (i = 0; i < 2; i++) {
		assert_int_equal(count_samples(reader), 3);
		assert_null(perfdata_reader__warning(reader));
		assert_string_equal(perfdata_reader__event(reader, 0)->name, "late:tcp_sendmsg");
		assert_int_equal(perfdata_reader__rewind(reader), 0);
	}
	perfdata_reader__close(reader);

	/* Where the next record would begin behind broken ones can't be told. */
	add_tracing_data(&data, &test_schemas()[0]);
	put_bytes("late", data.data, data.len - 1);
	reader = open_reader("late");
	assert_int_equal(count_samples(reader), 3);
	assert_non_null(strstr(perfdata_reader__warning(reader), "descriptions of events"));
	perfdata_reader__close(reader);
	buf__exit(&data);
}

static volatile uint64_t nr_touched;

/*
 * Reads all there is to read of whatever it is, @more times again. Returns the number of samples,
 * -1: refused.
 */
static int read_whatever(const char *path, int more, bool *warned)
{
	struct perfdata_reader *reader;
	struct perfdata_record record;
	struct diag diag = DIAG_INIT;
	struct tasks *tasks;
	uint64_t sum = 0, i;
	uint32_t size;
	int nr;

	if (perfdata_reader__open(path, true, &reader, &diag)) {
		assert_non_null(diag.msg);
		diag__exit(&diag);
		return -1;
	}
	assert_int_equal(tasks__new(&tasks), 0);
	perfdata_reader__btf(reader, 0, &size);
	do {
		nr = 0;
		while (perfdata_reader__next(reader, &record) > 0) {
			tasks__record(tasks, &record);
			if (record.type != PERF_RECORD_SAMPLE)
				continue;
			nr++;
			/* Touch all that it points to. */
			for (i = 0; i < record.sample.nr_callchain; i++)
				sum += record.sample.callchain[i];
			for (i = 0; i < record.sample.raw_size; i++)
				sum += ((const uint8_t *)record.sample.raw)[i];
			sum += strlen(tasks__comm(tasks, record.sample.pid, record.sample.tid));
			sum += strlen(perfdata_reader__event(reader, record.sample.event)->name);
		}
	} while (more-- && !perfdata_reader__rewind(reader));
	*warned = perfdata_reader__warning(reader);
	tasks__free(tasks);
	perfdata_reader__close(reader);
	nr_touched += sum;
	return nr;
}

/* The fd of the file whose name, "/proc/self/fd/N", is @path. */
static int memory_fd(const char *path)
{
	return atoi(strrchr(path, '/') + 1);
}

static void make_samples_in(const char *from, struct buf *file, char *path)
{
	test_slurp(from, file);
	test_memory_file(file->data, file->len, path);
}

/* A file of ours cut anywhere behind its head gives all samples that are still whole. */
static void test_cut(void **state)
{
	const struct perfdata_file_header *header;
	struct buf file = BUF_INIT;
	bool warned = false;
	char path[32];
	uint64_t start;
	size_t len;
	int nr;

	(void)state;
	write_to("own", "btf", 4);
	make_samples_in("own", &file, path);
	header = (const void *)file.data;
	start = header->data.offset;
	for (len = file.len - 1; len > 0; len--) {
		assert_int_equal(ftruncate(memory_fd(path), len), 0);
		nr = read_whatever(path, 0, &warned);
		assert_true(nr < 0 || warned);
		if (len >= start + header->data.size)
			assert_int_equal(nr, 5);
		else if (len >= start)
			assert_in_range(nr, 0, 5);
	}
	close(memory_fd(path));
	buf__exit(&file);
}

static void test_cut_pipe_format(void **state)
{
	struct buf file = BUF_INIT;
	bool warned;
	char path[32];
	size_t len;

	(void)state;
	make_samples_in("piped", &file, path);
	for (len = file.len; len > 0; len--) {
		assert_int_equal(ftruncate(memory_fd(path), len), 0);
		assert_in_range(read_whatever(path, 1, &warned) + 1, 0, 6);
	}
	close(memory_fd(path));
	buf__exit(&file);
}

/* Bytes changed at random: no crash (sanitizers look on), no hang. */
static void test_flipped(void **state)
{
	static const char *const files[] = { "own", "piped", "built" };
	struct buf file = BUF_INIT;
	unsigned int i, j, kind;
	size_t at[8];
	uint8_t byte;
	char path[32];
	bool warned;

	(void)state;
	for (kind = 0; kind < 3; kind++) {
		buf__clear(&file);
		make_samples_in(files[kind], &file, path);
		srand(kind);
		for (i = 0; i < 1500; i++) {
			for (j = 0; j <= i % 8; j++) {
				/* Half of them where it hurts most. */
				at[j] = rand() % (rand() % 2 ? file.len : 512) % file.len;
				byte = rand() % 3 ? rand() : rand() % 2 ? 0xff : 0;
				assert_int_equal(pwrite(memory_fd(path), &byte, 1, at[j]), 1);
			}
			read_whatever(path, i % 2, &warned);
			for (j = 0; j <= i % 8; j++)
				pwrite(memory_fd(path), &file.data[at[j]], 1, at[j]);
		}
		close(memory_fd(path));
	}
	buf__exit(&file);
}

/* A million records in rounds: memory stays what it was. */
static void test_flat_memory(void **state)
{
	struct perfdata_reader *reader;
	struct buf data = BUF_INIT;
	struct rusage before, after;
	unsigned int i;

	(void)state;
	for (i = 1; i <= 100000; i++) {
		add_timed(&data, i);
		if (i % 1000 == 0)
			test_record(&data, RECORD_FINISHED_ROUND, NULL, 0);
	}
	reader = open_built(&timed_event, 1, &data);
	buf__exit(&data);
	getrusage(RUSAGE_SELF, &before);
	assert_int_equal(count_samples(reader), 100000);
	getrusage(RUSAGE_SELF, &after);
	assert_true(after.ru_maxrss - before.ru_maxrss < 8192);
	perfdata_reader__close(reader);
}

static void give_record(struct tasks *tasks, uint32_t type, const void *body, size_t size)
{
	struct {
		struct perf_event_header header;
		uint8_t body[120];
	} __attribute__((aligned(8))) bytes = {
		.header = { .type = type, .size = sizeof(bytes.header) + size },
	};
	const struct perfdata_record record = { .type = type, .header = &bytes.header };

	memcpy(bytes.body, body, size);
	assert_int_equal(tasks__record(tasks, &record), 0);
}

static void give_comm(struct tasks *tasks, uint32_t tid, const char *comm)
{
	uint32_t body[2 + 16] = { tid, tid };

	strncpy((char *)&body[2], comm, 64);
	give_record(tasks, PERF_RECORD_COMM, body, sizeof(body));
}

static void give_fork(struct tasks *tasks, uint32_t type, uint32_t tid, uint32_t ptid)
{
	const uint32_t body[6] = { tid, ptid, tid, ptid };

	give_record(tasks, type, body, sizeof(body));
}

static void test_tasks(void **state)
{
	struct tasks *tasks;
	uint32_t i;

	(void)state;
	assert_int_equal(tasks__new(&tasks), 0);
	assert_string_equal(tasks__comm(tasks, 0, 0), "swapper");
	assert_string_equal(tasks__comm(tasks, 4242, 4242), ":4242");
	give_comm(tasks, 10, "bash");
	give_fork(tasks, PERF_RECORD_FORK, 11, 10);
	assert_string_equal(tasks__comm(tasks, 11, 11), "bash");
	give_comm(tasks, 11, "ls");
	assert_string_equal(tasks__comm(tasks, 11, 11), "ls");
	assert_string_equal(tasks__comm(tasks, 10, 10), "bash");
	/* Its last events come after its exit. */
	give_fork(tasks, PERF_RECORD_EXIT, 11, 10);
	assert_string_equal(tasks__comm(tasks, 11, 11), "ls");

	give_comm(tasks, 12, "e\033[2Jvil\n\x7f");
	assert_string_equal(tasks__comm(tasks, 12, 12), "e?[2Jvil??");
	give_comm(tasks, 13, "gr\xc3\xbc\xc3\x9f" "e \xe2\x80\xae\xc3");
	assert_string_equal(tasks__comm(tasks, 13, 13), "gr\xc3\xbc\xc3\x9f" "e ????");
	give_comm(tasks, 14, "");
	assert_string_equal(tasks__comm(tasks, 14, 14), "");
	give_record(tasks, PERF_RECORD_COMM, "\1\0\0\0", 4);
	give_record(tasks, PERF_RECORD_FORK, "\1\0\0\0", 4);
	give_record(tasks, PERF_RECORD_EXIT, "\1\0\0\0", 4);

	/* Who came and went long ago is forgotten, who lives is not. */
	for (i = 100; i < 20000; i++) {
		give_fork(tasks, PERF_RECORD_FORK, i, 10);
		if (i % 2)
			give_fork(tasks, PERF_RECORD_EXIT, i, 10);
	}
	assert_string_equal(tasks__comm(tasks, 101, 101), ":101");
	assert_string_equal(tasks__comm(tasks, 19999, 19999), "bash");
	assert_string_equal(tasks__comm(tasks, 102, 102), "bash");
	tasks__free(tasks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_file),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_pipe_in_file),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_single_event),
		cmocka_unit_test(test_no_ids),
		cmocka_unit_test(test_compressed),
		cmocka_unit_test(test_build_ids),
		cmocka_unit_test(test_no_data_size),
		cmocka_unit_test(test_rounds),
		cmocka_unit_test(test_disorder),
		cmocka_unit_test(test_stable),
		cmocka_unit_test(test_broken_data),
		cmocka_unit_test(test_late_in_stream),
		cmocka_unit_test(test_all_fields),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_cut_pipe_format),
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_flat_memory),
		cmocka_unit_test(test_tasks),
	};

	return cmocka_run_group_tests(tests, enter_dir, leave_dir);
}
