// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "../../perf-plugin/perfdata/attr.h"
#include "../../perf-plugin/perfdata/machine.h"
#include "../../perf-plugin/perfdata/reader.h"
#include "../../perf-plugin/perfdata/synth.h"
#include "../../perf-plugin/perfdata/tracing.h"
#include "own_dir.h"
#include "perfdata_file.h"

/* Tests run in a directory of their own. */
static unsigned int count_files(void)
{
	DIR *here = opendir(".");
	unsigned int nr = 0;

	while (readdir(here))
		nr++;
	closedir(here);
	return nr - 2;		/* . and .. */
}

static struct perfdata_writer *open_writer(const char *path)
{
	struct perfdata_writer_opts opts = test_opts(path);
	struct perfdata_writer *writer;
	struct diag diag = DIAG_INIT;

	assert_int_equal(perfdata_writer__new(&opts, &writer, &diag), 0);
	assert_false(diag__is_set(&diag));
	return writer;
}

static void add_samples(struct perfdata_writer *writer, unsigned int nr)
{
	struct test_sample sample;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		sample = test_sample(i % NR_TEST_EVENTS, 1000 + i, 42, i);
		assert_int_equal(perfdata_writer__add(writer, &sample, sizeof(sample)), 0);
	}
	perfdata_writer__count(writer, nr, 1000, 1000 + nr - 1);
	assert_int_equal(perfdata_writer__round(writer), 0);
}

static uint64_t write_file(const char *path, unsigned int nr)
{
	struct perfdata_writer *writer = open_writer(path);
	struct diag diag = DIAG_INIT;
	uint64_t size;

	add_samples(writer, nr);
	assert_int_equal(perfdata_writer__finish(writer, &size, &diag), 0);
	assert_false(diag__is_set(&diag));
	return size;
}

static void test_file(void **state)
{
	struct stat st;
	uint64_t size;

	(void)state;
	umask(0);
	size = write_file("perf.data", 10);
	assert_int_equal(count_files(), 1);
	assert_int_equal(stat("perf.data", &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(st.st_size, size);

	assert_true(write_file("perf.data", 20) > size);
	assert_int_equal(count_files(), 2);
	assert_int_equal(stat("perf.data.old", &st), 0);
	assert_int_equal(st.st_size, size);
	unlink("perf.data");
	unlink("perf.data.old");
}

/* What tools/perf/util/header.c wants of a file, and that all sections lie where they should. */
static void test_layout(void **state)
{
	const struct perfdata_file_header *header;
	const struct perfdata_section *table;
	const struct perf_event_attr *attr;
	struct buf file = BUF_INIT;
	uint64_t times[2];
	unsigned int bit, nr = 0;

	(void)state;
	write_file("layout", 10);
	test_slurp("layout", &file);
	header = (const void *)file.data;
	assert_int_equal(header->magic, PERFDATA_MAGIC);
	assert_int_equal(header->size, 104);
	assert_int_equal(header->attr_size, 112 + 16);
	assert_int_equal(header->attrs.size, NR_TEST_EVENTS * header->attr_size);
	attr = (const void *)(file.data + header->attrs.offset);
	assert_int_equal(attr->type, PERF_TYPE_TRACEPOINT);
	assert_int_equal(attr->size, 112);
	assert_int_equal(attr->config, 65000);
	assert_int_equal(attr->sample_type, PERFDATA_SAMPLE_TYPE);
	assert_true(attr->comm && attr->mmap2 && attr->task && attr->sample_id_all);
	assert_int_equal(header->data.offset % 8, 0);

	table = (const void *)(file.data + header->data.offset + header->data.size);
	for (bit = 0; bit < PERFDATA_FEATURE_BITS; bit++) {
		if (!(header->features[bit / 64] & 1ULL << bit % 64))
			continue;
		assert_true(table[nr].offset + table[nr].size <= header->data.offset);
		assert_true(table[nr].size);
		if (bit == FEATURE_SAMPLE_TIME) {
			memcpy(times, file.data + table[nr].offset, sizeof(times));
			assert_int_equal(times[0], 1000);
			assert_int_equal(times[1], 1009);
		}
		nr++;
	}
	assert_int_equal((const char *)&table[nr] - file.data, file.len);
	/* The same table once more, for who finds the file incomplete. */
	assert_memory_equal(table, file.data + header->data.offset - nr * sizeof(*table),
			    nr * sizeof(*table));
	buf__exit(&file);
	unlink("layout");
}

static void test_abort(void **state)
{
	struct buf before = BUF_INIT, after = BUF_INIT;
	struct perfdata_writer *writer;

	(void)state;
	write_file("perf.data", 1);
	test_slurp("perf.data", &before);
	writer = open_writer("perf.data");
	add_samples(writer, 10);
	assert_int_equal(count_files(), 2);
	perfdata_writer__abort(writer);
	assert_int_equal(count_files(), 1);
	test_slurp("perf.data", &after);
	assert_int_equal(before.len, after.len);
	assert_memory_equal(before.data, after.data, after.len);
	buf__exit(&before);
	buf__exit(&after);
	unlink("perf.data");
}

static void check_refused(const char *path, int err)
{
	struct perfdata_writer_opts opts = test_opts(path);
	struct perfdata_writer *writer;
	struct diag diag = DIAG_INIT;

	assert_int_equal(perfdata_writer__new(&opts, &writer, &diag), err);
	assert_true(diag__is_set(&diag));
	diag__exit(&diag);
}

static void test_refused(void **state)
{
	(void)state;
	check_refused(".", -EISDIR);
	check_refused("none/perf.data", -ENOENT);
	check_refused("", -EINVAL);
	assert_int_equal(count_files(), 0);
}

/* No room: the message says so, the file that was there before still is. */
static void test_no_room(void **state)
{
	struct perfdata_writer *writer;
	struct rlimit limit, small;
	struct diag diag = DIAG_INIT;
	struct test_sample sample;
	uint64_t size, before;
	struct stat st;
	int i, err = 0;

	(void)state;
	before = write_file("perf.data", 1);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	small = limit;
	small.rlim_cur = 64 * 1024;
	writer = open_writer("perf.data");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	sample = test_sample(0, 1, 1, 1);
	for (i = 0; i < 10000; i++)
		err = perfdata_writer__add(writer, &sample, sizeof(sample));
	assert_int_equal(err, -EFBIG);
	assert_int_equal(perfdata_writer__finish(writer, &size, &diag), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_non_null(strstr(diag.msg, "perf.data"));
	diag__exit(&diag);
	assert_int_equal(count_files(), 1);
	assert_int_equal(stat("perf.data", &st), 0);
	assert_int_equal(st.st_size, before);
	unlink("perf.data");
}

static void test_device(void **state)
{
	(void)state;
	assert_true(write_file("/dev/null", 10000) > 500000);
	assert_int_equal(count_files(), 0);
}

/* A link is replaced, not followed. */
static void test_link(void **state)
{
	struct stat st;

	(void)state;
	close(open("target", O_CREAT | O_WRONLY, 0600));
	assert_int_equal(symlink("target", "perf.data"), 0);
	write_file("perf.data", 1);
	assert_int_equal(lstat("perf.data", &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(stat("target", &st), 0);
	assert_int_equal(st.st_size, 0);
	unlink("perf.data");
	unlink("perf.data.old");
	unlink("target");
}

static void test_tracing(void **state)
{
	const struct tracing_format *format;
	struct tracing_format *formats;
	struct buf out = BUF_INIT;
	unsigned int nr;
	size_t len;

	(void)state;
	assert_int_equal(tracing__write("btfsnoop", test_schemas(), NR_TEST_EVENTS, NULL, 0, &out), 0);
	assert_int_equal(tracing__parse(out.data, out.len, &formats, &nr), 0);
	assert_int_equal(nr, NR_TEST_EVENTS);
	format = tracing__find(formats, nr, 64999);
	assert_non_null(format);
	assert_string_equal(format->system, "btfsnoop");
	assert_int_equal(format->name_len, strlen("tcp_sendmsg"));
	assert_memory_equal(format->name, "tcp_sendmsg", format->name_len);
	assert_memory_equal(format->text, "name: tcp_sendmsg\nID: 64999\n", 28);
	assert_null(tracing__find(formats, nr, 1));
	free(formats);
	/* Cut anywhere: an error, or all that is needed was in front of the cut. */
	for (len = 0; len < out.len; len++) {
		char *copy = malloc(len + 1);

		memcpy(copy, out.data, len);
		if (tracing__parse(copy, len, &formats, &nr) == 0)
			assert_int_equal(nr, NR_TEST_EVENTS);
		free(formats);
		free(copy);
	}
	buf__exit(&out);
}

static void test_build_id(void **state)
{
	static const uint32_t notes[] = {
		4, 5, 257, 0x756e694c, 0x11223344, 0x55,	/* a note with an odd size */
		4, 20, 3, 0x00554e47, 1, 2, 3, 4, 5,		/* GNU, build id */
	};
	static const uint32_t hostile[] = { 0xffffffff, 0xffffffff, 3, 0x00554e47 };
	static const uint32_t too_long[] = { 4, 24, 3, 0x00554e47, 1, 2, 3, 4, 5, 6 };
	uint8_t id[20];
	size_t len;

	(void)state;
	assert_int_equal(machine__find_build_id(notes, sizeof(notes), id), 20);
	assert_memory_equal(id, &notes[10], 20);
	for (len = 0; len < sizeof(notes); len++)
		assert_int_equal(machine__find_build_id(notes, len, id), 0);
	assert_int_equal(machine__find_build_id(hostile, sizeof(hostile), id), 0);
	assert_int_equal(machine__find_build_id(too_long, sizeof(too_long), id), 0);
}

static void put_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void make_proc(void)
{
	mkdir("proc", 0700);
	mkdir("proc/7", 0700);
	mkdir("proc/7/task", 0700);
	mkdir("proc/7/task/7", 0700);
	mkdir("proc/7/task/9", 0700);
	mkdir("proc/9", 0700);
	put_file("proc/7/status", "Name:\tx\nTgid:\t7\nPid:\t7\nPPid:\t3\n");
	put_file("proc/9/status", "Name:\tx\nTgid:\t7\nPid:\t9\nPPid:\t3\n");
	put_file("proc/7/task/7/comm", "main\n");
	put_file("proc/7/task/9/comm", "a_very_long_kernel_thread_name\n");
	put_file("proc/7/maps",
		 "400000-401000 r--p 00000000 fe:00 5     /bin/x\n"
		 "401000-402000 r-xp 00001000 fe:0a 5     /bin/x with blank\n"
		 "7f00-7f10 rwxs 00000000 00:00 0 \n"
		 "broken line\n"
		 "7000-6000 r-xp 00000000 00:00 0 /bin/end-before-start\n");
	put_file("proc/modules",
		 "nf_tables 372736 1200 a,b, Live 0xffffffffc0a2c000 (E)\n"
		 "snd_seq 1000 0 - Live 0xffffffffc0000000\n"
		 "hidden 1000 0 - Live 0x0000000000000000\n"
		 "short\n");
	put_file("modules.dep",
		 "kernel/net/netfilter/nf_tables.ko.xz: x\nkernel/sound/snd-seq.ko:\n");
}

/* The record of this type after @at (NULL: the first); NULL when there is none. */
static const struct perf_event_header *next_record(const struct buf *records, const void *after,
						   uint32_t type)
{
	const char *at = records->data;
	const struct perf_event_header *header;

	for (; at < records->data + records->len; at += header->size) {
		header = (const void *)at;
		assert_int_equal(header->size % 8, 0);
		assert_true(header->size <= records->data + records->len - at);
		if (header->type == type && (!after || at > (const char *)after))
			return header;
	}
	return NULL;
}

static void test_synth_process(void **state)
{
	const struct synth synth = { .proc = "proc", .modules_dep = "modules.dep", .id = 77 };
	const struct perf_event_header *record;
	struct synth_process process;
	struct buf records = BUF_INIT;
	const struct synth_trailer *trailer;
	const uint32_t *words;
	int i, nr = 0;

	(void)state;
	make_proc();
	assert_int_equal(synth__find_process(&synth, 8, &process), -ENOENT);
	assert_int_equal(synth__find_process(&synth, 9, &process), 0);
	assert_int_equal(process.pid, 7);
	assert_int_equal(process.ppid, 3);
	synth__process(&synth, &process, &records);

	for (record = NULL, i = 0; i < 2; i++) {
		record = next_record(&records, record, PERF_RECORD_COMM);
		assert_non_null(record);
		words = (const uint32_t *)(record + 1);
		trailer = (const void *)((const char *)record + record->size - sizeof(*trailer));
		assert_int_equal(words[0], 7);
		assert_int_equal(trailer->id, 77);
		assert_int_equal(trailer->time, 0);
		assert_int_equal(trailer->tid, words[1]);
		assert_string_equal((const char *)&words[2],
				    words[1] == 7 ? "main" : "a_very_long_ker");
	}
	assert_null(next_record(&records, record, PERF_RECORD_COMM));

	record = next_record(&records, NULL, PERF_RECORD_MMAP2);
	assert_non_null(record);
	assert_string_equal((const char *)record + 72, "/bin/x with blank");
	for (record = NULL; (record = next_record(&records, record, PERF_RECORD_MMAP2)); nr++)
		assert_int_equal(record->misc, PERF_RECORD_MISC_USER);
	assert_int_equal(nr, 2);
	buf__exit(&records);
}

static void test_synth_modules(void **state)
{
	const struct synth synth = { .proc = "proc", .modules_dep = "./modules.dep" };
	const struct synth nothing = { .proc = "nowhere", .modules_dep = "./modules.dep" };
	const struct synth no_dep = { .proc = "proc", .modules_dep = "none/modules.dep" };
	const struct perf_event_header *record;
	struct buf records = BUF_INIT;
	const uint64_t *words;

	(void)state;
	make_proc();
	assert_int_equal(synth__modules(&nothing, NULL, &records), 0);
	assert_int_equal(records.len, 0);
	assert_int_equal(synth__modules(&synth, NULL, &records), 0);
	record = next_record(&records, NULL, PERF_RECORD_MMAP2);
	words = (const uint64_t *)(record + 1);
	assert_int_equal(record->misc, PERF_RECORD_MISC_KERNEL);
	assert_int_equal(words[1], 0xffffffffc0a2c000);
	assert_int_equal(words[2], 372736);
	assert_string_equal((const char *)&words[8], "./kernel/net/netfilter/nf_tables.ko.xz");
	record = next_record(&records, record, PERF_RECORD_MMAP2);
	assert_string_equal((const char *)record + 72, "./kernel/sound/snd-seq.ko");
	assert_null(next_record(&records, record, PERF_RECORD_MMAP2));
	buf__clear(&records);
	assert_int_equal(synth__modules(&no_dep, NULL, &records), 0);
	record = next_record(&records, NULL, PERF_RECORD_MMAP2);
	assert_string_equal((const char *)record + 72, "[nf_tables]");
	buf__exit(&records);
}

/* What is gone has a map, up to where the next one begins, unless another is there now. */
static void test_synth_gone_modules(void **state)
{
	static const char before[] =
		"nf_tables 372736 1 - Live 0xffffffffc0a2c000\n"	/* still there */
		"near 65536 0 - Live 0xffffffffc0a20000\n"
		"near 65536 0 - Live 0xffffffffc0a20000\n"
		"far 4096 0 - Live 0xffffffffc0900000\n"
		"seq 4096 0 - Live 0xffffffffbffff800\n"		/* snd_seq has its place */
		"hidden 4096 0 - Live 0x0\n"
		"cut 4096";
	const struct synth synth = {
		.proc = "proc", .modules_dep = "none/modules.dep", .modules_before = before,
	};
	const struct perf_event_header *record = NULL;
	struct buf records = BUF_INIT;
	const uint64_t *words;

	(void)state;
	make_proc();
	assert_int_equal(synth__modules(&synth, NULL, &records), 0);
	record = next_record(&records, NULL, PERF_RECORD_MMAP2);
	record = next_record(&records, record, PERF_RECORD_MMAP2);
	record = next_record(&records, record, PERF_RECORD_MMAP2);
	assert_string_equal((const char *)record + 72, "[near]");
	words = (const uint64_t *)(record + 1);
	assert_int_equal(words[1], 0xffffffffc0a20000);
	assert_int_equal(words[2], 0xc000);
	record = next_record(&records, record, PERF_RECORD_MMAP2);
	assert_string_equal((const char *)record + 72, "[far]");
	assert_null(next_record(&records, record, PERF_RECORD_MMAP2));
	buf__clear(&records);
	assert_int_equal(synth__modules(&synth, "snd_seq", &records), 0);
	record = next_record(&records, NULL, PERF_RECORD_MMAP2);
	assert_null(next_record(&records, record, PERF_RECORD_MMAP2));
	buf__exit(&records);
}

/* A process is added once, whichever of its threads are named. */
static void test_add_task(void **state)
{
	struct perfdata_writer *writer = open_writer("tasks");
	uint64_t start = perfdata_writer__size(writer), once;

	(void)state;
	assert_int_equal(perfdata_writer__add_task(writer, getpid()), 0);
	once = perfdata_writer__size(writer);
	assert_true(once > start);
	assert_int_equal(perfdata_writer__add_task(writer, getpid()), 0);
	assert_int_equal(perfdata_writer__size(writer), once);
	assert_int_equal(perfdata_writer__add_task(writer, 0x7ffffff0), 0);
	assert_int_equal(perfdata_writer__size(writer), once);
	perfdata_writer__abort(writer);
}

/* What the command says, in @out and on stderr in @err. Returns its exit status. */
static int run(const char *command, struct buf *out, struct buf *err)
{
	char line[512];
	int status;

	snprintf(line, sizeof(line), "%s >out.txt 2>err.txt </dev/null", command);
	status = system(line);
	buf__clear(out);
	buf__clear(err);
	test_slurp("out.txt", out);
	test_slurp("err.txt", err);
	unlink("out.txt");
	unlink("err.txt");
	return status;
}

static unsigned int count(const struct buf *text, const char *what)
{
	const char *at = buf__str(text);
	unsigned int nr = 0;

	while ((at = strstr(at, what))) {
		at++;
		nr++;
	}
	return nr;
}

/* perf itself reads the file and has nothing to complain of. */
static void test_stock_perf(void **state)
{
	static const char *const commands[] = {
		"perf script -i stock", "perf report --stdio -i stock", "perf evlist -v -i stock",
		"perf report --header-only -I -i stock", "perf inject -b -i stock -o injected",
		"perf script -i injected", "perf buildid-list -i stock",
		"perf report --stdio -s sym,comm -i stock",
	};
	struct buf out = BUF_INIT, err = BUF_INIT;
	unsigned int i;

	(void)state;
	if (run("perf --version", &out, &err)) {
		buf__exit(&out);
		buf__exit(&err);
		skip();
	}
	write_file("stock", 100);
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		assert_int_equal(run(commands[i], &out, &err), 0);
		assert_string_equal(buf__str(&err), "");
		if (strstr(commands[i], "script")) {
			assert_int_equal(count(&out, "btfsnoop:ip_send_skb:"), 50);
			assert_int_equal(count(&out, "btfsnoop:tcp_sendmsg:"), 50);
		}
	}
	buf__exit(&out);
	buf__exit(&err);
	unlink("stock");
	unlink("injected");
}

/* An event that comes when others were recorded already, with types of its own. */
static void add_late(struct perfdata_writer *writer)
{
	static char name[] = "late_xmit";
	static const struct schema schema = {
		.name = name, .id = 65000 - NR_TEST_EVENTS, .fixed_size = SCHEMA_COMMON_SIZE,
	};
	static const char btf[] = "types";
	const struct perfdata_events events = {
		.schemas = &schema, .nr = 1, .btf = btf, .btf_size = sizeof(btf),
	};
	struct test_sample sample = test_sample(NR_TEST_EVENTS, 2000, 42, 7);

	assert_int_equal(perfdata_writer__add_events(writer, &events), 0);
	assert_int_equal(perfdata_writer__add_module(writer, "no_such_module"), 0);
	assert_int_equal(perfdata_writer__add(writer, &sample, sizeof(sample)), 0);
	perfdata_writer__count(writer, 1, 2000, 2000);
	assert_int_equal(perfdata_writer__lost(writer, NR_TEST_EVENTS, 3, 2001), 0);
	assert_int_equal(perfdata_writer__round(writer), 0);
}

static void finish(struct perfdata_writer *writer)
{
	struct diag diag = DIAG_INIT;
	uint64_t size;

	assert_int_equal(perfdata_writer__finish(writer, &size, &diag), 0);
}

/* What our own reader makes of the file: ten samples, then one of the late event. */
static void check_late(const char *path)
{
	static const char *const names[] = {
		"btfsnoop:ip_send_skb", "btfsnoop:tcp_sendmsg", "btfsnoop:late_xmit",
	};
	unsigned int nr[NR_TEST_EVENTS + 1] = { 0 }, i;
	struct perfdata_reader *reader;
	struct perfdata_record record;
	struct diag diag = DIAG_INIT;
	uint32_t size;
	const char *btf;
	int ret;

	assert_int_equal(perfdata_reader__open(path, true, &reader, &diag), 0);
	while ((ret = perfdata_reader__next(reader, &record)) > 0)
		if (record.type == PERF_RECORD_SAMPLE)
			nr[record.sample.event]++;
	assert_int_equal(ret, 0);
	assert_null(perfdata_reader__warning(reader));
	assert_int_equal(perfdata_reader__nr_events(reader), NR_TEST_EVENTS + 1);
	for (i = 0; i <= NR_TEST_EVENTS; i++) {
		assert_string_equal(perfdata_reader__event(reader, i)->name, names[i]);
		assert_int_equal(nr[i], i < NR_TEST_EVENTS ? 5 : 1);
	}
	assert_int_equal(perfdata_reader__lost(reader), 3);
	assert_non_null(perfdata_reader__btf(reader, 0, &size));
	btf = perfdata_reader__btf(reader, 1, &size);
	assert_non_null(btf);
	assert_int_equal(size, sizeof("types"));
	assert_string_equal(btf, "types");
	perfdata_reader__close(reader);
}

static void write_late(const char *path)
{
	static const char none[] = "";
	struct perfdata_writer_opts opts = test_opts(path);
	struct perfdata_writer *writer;
	struct diag diag = DIAG_INIT;

	opts.btf = none;
	opts.btf_size = 1;
	assert_int_equal(perfdata_writer__new(&opts, &writer, &diag), 0);
	add_samples(writer, 10);
	add_late(writer);
	finish(writer);
}

static void test_late_file(void **state)
{
	static const char *const commands[] = {
		"perf script -i late", "perf report --stdio -i late", "perf evlist -i late",
		"perf inject -b -i late -o injected", "perf script -i injected",
	};
	struct buf out = BUF_INIT, err = BUF_INIT;
	bool has_perf;

	(void)state;
	write_late("late");
	check_late("late");
	has_perf = !run("perf --version", &out, &err);
	for (size_t i = 0; has_perf && i < sizeof(commands) / sizeof(*commands); i++) {
		assert_int_equal(run(commands[i], &out, &err), 0);
		/* It does say how many were lost. */
		assert_null(strstr(buf__str(&err), "rror"));
		if (strstr(commands[i], "script"))
			assert_int_equal(count(&out, "btfsnoop:late_xmit:"), 1);
	}
	buf__exit(&out);
	buf__exit(&err);
	unlink("late");
	unlink("injected");
}

static void test_late_pipe(void **state)
{
	struct buf out = BUF_INIT, err = BUF_INIT;
	int saved, fd;

	(void)state;
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	fd = open("pipe", O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(saved >= 0 && fd >= 0);
	dup2(fd, STDOUT_FILENO);
	write_late("-");
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(fd);
	check_late("pipe");
	if (!run("perf --version", &out, &err)) {
		assert_int_equal(run("sh -c 'perf script -i - <pipe'", &out, &err), 0);
		assert_null(strstr(buf__str(&err), "rror"));
		assert_int_equal(count(&out, "btfsnoop:ip_send_skb:"), 5);
		assert_int_equal(count(&out, "btfsnoop:late_xmit:"), 1);
	}
	buf__exit(&out);
	buf__exit(&err);
	unlink("pipe");
}

/* ---- events that are not ours -------------------------------------------------------------- */

static const char wakeup_format[] =
	"name: sched_wakeup\nID: 319\nformat:\n"
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
	"\tfield:int pid;\toffset:8;\tsize:4;\tsigned:1;\n\nprint fmt: \"pid=%d\", REC->pid\n";

static const uint64_t foreign_ids[] = { 21, 22, 31, 41 };

/* The same tracepoint twice, once under another name, and a counter. */
static const struct perf_event_attr foreign_attrs[] = {
	{ .type = PERF_TYPE_TRACEPOINT, .config = 319, .sample_period = 1,
	  .sample_type = PERFDATA_SAMPLE_TYPE | PERF_SAMPLE_CALLCHAIN, .sample_id_all = 1,
	  .use_clockid = 1, .clockid = 1 },
	{ .type = PERF_TYPE_TRACEPOINT, .config = 319, .sample_period = 100,
	  .sample_type = PERFDATA_SAMPLE_TYPE | PERF_SAMPLE_CALLCHAIN, .sample_id_all = 1,
	  .use_clockid = 1, .clockid = 1 },
	{ .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK, .freq = 1,
	  .sample_freq = 99, .sample_id_all = 1, .use_clockid = 1, .clockid = 1,
	  .sample_type = (PERFDATA_SAMPLE_TYPE | PERF_SAMPLE_CALLCHAIN) &
			 ~(uint64_t)PERF_SAMPLE_RAW },
};

#define WAKEUP	.system = "sched", .tracepoint = "sched_wakeup", .format = wakeup_format,	\
		.format_size = sizeof(wakeup_format) - 1

static const struct perfdata_foreign foreign_events[] = {
	{ .attr = &foreign_attrs[0], .name = "sched:sched_wakeup", .ids = foreign_ids, .nr_ids = 2,
	  WAKEUP },
	{ .attr = &foreign_attrs[1], .name = "often", .ids = foreign_ids + 2, .nr_ids = 1, WAKEUP },
	{ .attr = &foreign_attrs[2], .name = "cpu-clock:u", .ids = foreign_ids + 3, .nr_ids = 1 },
};

/* A sample of the foreign event with @id, with two entries in its chain. */
static void add_foreign_sample(struct perfdata_writer *writer, uint64_t id, uint64_t time)
{
	uint64_t words[12] = {
		0, id, 0xffffffff81000100, 42ULL << 32 | 42, time, 1, 1, 2, PERF_CONTEXT_KERNEL,
		0xffffffff81000100,
	};
	const uint32_t raw[4] = { 12, 319, 42, id };
	struct perf_event_header header = {
		.type = PERF_RECORD_SAMPLE, .misc = PERF_RECORD_MISC_KERNEL,
		.size = id == 41 ? 80 : 96,
	};

	memcpy(words, &header, sizeof(header));
	memcpy(&words[10], raw, sizeof(raw));
	assert_int_equal(perfdata_writer__add(writer, words, header.size), 0);
	perfdata_writer__count(writer, 1, time, time);
}

/* One of ours with a chain of none. */
static void add_ours_with_chain(struct perfdata_writer *writer, uint64_t time)
{
	struct test_sample sample = test_sample(0, time, 42, 0);
	size_t head = offsetof(struct test_sample, raw_size);
	char record[sizeof(sample) + sizeof(uint64_t)] = { 0 };

	sample.header.size = sizeof(record);
	memcpy(record, &sample, head);
	memcpy(record + head + sizeof(uint64_t), (char *)&sample + head, sizeof(sample) - head);
	assert_int_equal(perfdata_writer__add(writer, record, sizeof(record)), 0);
	perfdata_writer__count(writer, 1, time, time);
}

static void write_foreign(const char *path)
{
	struct perfdata_writer_opts opts = test_opts(path);
	struct perfdata_writer *writer;
	struct diag diag = DIAG_INIT;

	opts.foreign = foreign_events;
	opts.nr_foreign = 3;
	opts.sample_type = PERFDATA_SAMPLE_TYPE | PERF_SAMPLE_CALLCHAIN;
	opts.max_stack = 64;
	opts.no_user_chain = true;
	assert_int_equal(perfdata_writer__new(&opts, &writer, &diag), 0);
	for (unsigned int i = 0; i < 4; i++)
		add_foreign_sample(writer, foreign_ids[i], 1000 + i);
	add_ours_with_chain(writer, 1010);
	assert_int_equal(perfdata_writer__round(writer), 0);
	finish(writer);
}

static void check_foreign(const char *path)
{
	static const char *const names[] = {
		"btfsnoop:ip_send_skb", "btfsnoop:tcp_sendmsg", "sched:sched_wakeup", "often",
		"cpu-clock:u",
	};
	static const unsigned int nr[] = { 1, 0, 2, 1, 1 };
	unsigned int seen[5] = { 0 };
	const struct perf_event_attr *attr;
	struct perfdata_reader *reader;
	struct perfdata_record record;
	struct diag diag = DIAG_INIT;

	assert_int_equal(perfdata_reader__open(path, true, &reader, &diag), 0);
	assert_null(perfdata_reader__warning(reader));
	while (perfdata_reader__next(reader, &record) > 0) {
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		assert_true(record.sample.event < 5);
		seen[record.sample.event]++;
		assert_int_equal(record.sample.nr_callchain, record.sample.event ? 2 : 0);
	}
	assert_int_equal(perfdata_reader__nr_events(reader), 5);
	for (unsigned int i = 0; i < 5; i++) {
		assert_string_equal(perfdata_reader__event(reader, i)->name, names[i]);
		assert_int_equal(perfdata_reader__event(reader, i)->attr->size, 112);
		assert_int_equal(seen[i], nr[i]);
	}
	attr = perfdata_reader__event(reader, 0)->attr;
	assert_int_equal(attr->sample_type, PERFDATA_SAMPLE_TYPE | PERF_SAMPLE_CALLCHAIN);
	assert_int_equal(attr->sample_max_stack, 64);
	assert_true(attr->exclude_callchain_user && !attr->exclude_callchain_kernel);
	assert_int_equal(perfdata_reader__event(reader, 3)->format_len, sizeof(wakeup_format) - 1);
	perfdata_reader__close(reader);
}

static void test_foreign_file(void **state)
{
	struct buf out = BUF_INIT, err = BUF_INIT;

	(void)state;
	write_foreign("foreign");
	check_foreign("foreign");
	if (!run("perf --version", &out, &err)) {
		assert_int_equal(run("perf evlist -i foreign", &out, &err), 0);
		assert_int_equal(count(&out, "often"), 1);
		assert_int_equal(count(&out, "cpu-clock:u"), 1);
		assert_int_equal(run("perf script -G -i foreign", &out, &err), 0);
		assert_null(strstr(buf__str(&err), "rror"));
		assert_int_equal(count(&out, "sched:sched_wakeup: pid="), 2);
		assert_int_equal(count(&out, "btfsnoop:ip_send_skb:"), 1);
	}
	buf__exit(&out);
	buf__exit(&err);
	unlink("foreign");
}

static void test_foreign_pipe(void **state)
{
	struct buf out = BUF_INIT, err = BUF_INIT;
	int saved, fd;

	(void)state;
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	fd = open("pipe", O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(saved >= 0 && fd >= 0);
	dup2(fd, STDOUT_FILENO);
	write_foreign("-");
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(fd);
	check_foreign("pipe");
	if (!run("perf --version", &out, &err)) {
		assert_int_equal(run("sh -c 'perf script -G -i - <pipe'", &out, &err), 0);
		assert_null(strstr(buf__str(&err), "rror"));
		assert_int_equal(count(&out, "sched:sched_wakeup: pid="), 2);
		assert_int_equal(count(&out, "cpu-clock:u:"), 1);
	}
	buf__exit(&out);
	buf__exit(&err);
	unlink("pipe");
}

/* What a reader could not tell from others, or not read at all. */
static void test_foreign_refused(void **state)
{
	struct perf_event_attr attr = foreign_attrs[2];
	struct perfdata_foreign event = foreign_events[2];
	struct perfdata_writer_opts opts = test_opts("refused");
	struct perfdata_writer *writer;
	struct diag diag = DIAG_INIT;

	(void)state;
	event.attr = &attr;
	opts.foreign = &event;
	opts.nr_foreign = 1;
	attr.sample_type &= ~(uint64_t)PERF_SAMPLE_IDENTIFIER;
	assert_int_equal(perfdata_writer__new(&opts, &writer, &diag), -EINVAL);
	attr = foreign_attrs[0];
	assert_int_equal(perfdata_writer__new(&opts, &writer, &diag), -EINVAL);
	diag__exit(&diag);
	assert_int_equal(count_files(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_abort),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_tracing),
		cmocka_unit_test(test_build_id),
		cmocka_unit_test(test_add_task),
		cmocka_unit_test(test_stock_perf),
		cmocka_unit_test(test_late_file),
		cmocka_unit_test(test_late_pipe),
		cmocka_unit_test(test_foreign_file),
		cmocka_unit_test(test_foreign_pipe),
		cmocka_unit_test(test_foreign_refused),
		cmocka_unit_test(test_synth_process),
		cmocka_unit_test(test_synth_modules),
		cmocka_unit_test(test_synth_gone_modules),
	};

	return cmocka_run_group_tests(tests, enter_dir, leave_dir);
}
