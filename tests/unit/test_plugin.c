// SPDX-License-Identifier: GPL-2.0-only
/* btfsnoop.so as perf has it: loaded by libtraceevent, beside a perf.data that is open. */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include <event-parse.h>
#include <trace-seq.h>

#include "calls_fixture.h"
#include "../../perf-plugin/perfdata/reader.h"
#include "../../perf-plugin/perfdata/schemas.h"
#include "../../perf-plugin/plugin/perf-file.c"
#include "../../perf-plugin/plugin/sample-ip.c"
#include "../../perf-plugin/render/event.h"

#define NR_CALLS	6

static int (*load)(struct tep_handle *tep);
static void (*unload)(struct tep_handle *tep);
static char path[] = "/tmp/test_plugin.XXXXXX";

/* A perf that reads @file: its descriptor, where perf's stands, and a handle with the plugin. */
struct perf {
	int fd;
	struct tep_handle *tep;
};

/* Of no file: what is there when one is written would be kept as NAME.old. */
static void make_name(char *name)
{
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	close(fd);
	unlink(name);
}

/* Behind the tracing data's first bytes, as trace_report() has read them. */
static void seek_tracing(int fd)
{
	static const char magic[] = "\x17\x08\x44tracing";
	static char bytes[1 << 20];
	ssize_t len = pread(fd, bytes, sizeof(bytes), 0);
	char *at = len > 0 ? memmem(bytes, len, magic, sizeof(magic) - 1) : NULL;

	lseek(fd, at ? at - bytes + 15 : 0, SEEK_SET);
}

/* Formats are those of @described, which is whole even where @file is not. */
static void perf_open(struct perf *perf, const char *file, const char *described)
{
	struct perfdata_reader *reader;
	struct diag diag = DIAG_INIT;

	perf->fd = open(file, O_RDONLY);
	seek_tracing(perf->fd);
	perf->tep = tep_alloc();
	assert_non_null(perf->tep);
	tep_set_loglevel(TEP_LOG_NONE);
	tep_set_long_size(perf->tep, 8);
	assert_int_equal(load(perf->tep), 0);
	assert_int_equal(perfdata_reader__open(described, true, &reader, &diag), 0);
	for (unsigned int i = 0; i < perfdata_reader__nr_events(reader); i++) {
		const struct perfdata_event *event = perfdata_reader__event(reader, i);

		assert_int_equal(tep_parse_event(perf->tep, event->format, event->format_len,
						 "btfsnoop"), 0);
	}
	perfdata_reader__close(reader);
	if (perf->fd >= 0)
		lseek(perf->fd, 0, SEEK_END);
}

static void perf_close(struct perf *perf)
{
	unload(perf->tep);
	tep_free(perf->tep);
	if (perf->fd >= 0)
		close(perf->fd);
}

static char *perf_print(struct perf *perf, const void *raw, int size)
{
	struct tep_record record = { .data = (void *)raw, .size = size };
	struct trace_seq seq;
	char *text;

	trace_seq_init(&seq);
	tep_print_event(perf->tep, &seq, &record, "%s", TEP_PRINT_INFO);
	trace_seq_terminate(&seq);
	text = strdup(seq.buffer);
	trace_seq_destroy(&seq);
	return text;
}

typedef void (*sample_fn)(struct perf *perf, const struct perfdata_sample *sample,
			  const struct event_view *view);

static void each_sample(struct perf *perf, const char *file, sample_fn fn)
{
	struct perfdata_record record;
	struct perfdata_reader *reader;
	struct file_schemas *schemas;
	struct diag diag = DIAG_INIT;

	assert_int_equal(perfdata_reader__open(file, true, &reader, &diag), 0);
	assert_int_equal(file_schemas__new(&schemas), 0);
	while (perfdata_reader__next(reader, &record) > 0) {
		const struct schema *schema;
		struct event_view *view;

		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		assert_int_equal(file_schemas__find(schemas, reader,
				 perfdata_reader__event(reader, record.sample.event), &schema), 0);
		assert_non_null(schema);
		assert_int_equal(event_view__new(schema, &view), 0);
		fn(perf, &record.sample, view);
		event_view__free(view);
	}
	file_schemas__free(schemas);
	perfdata_reader__close(reader);
}

/* ---- texts --------------------------------------------------------------------------------- */

static void check_text(struct perf *perf, const struct perfdata_sample *sample,
		       const struct event_view *view)
{
	struct value_opts opts = { 0 };
	struct buf ours = BUF_INIT;
	char *text = perf_print(perf, sample->raw, sample->raw_size);

	event_view__text(view, NULL, sample->raw, sample->raw_size, &opts, &ours);
	buf__cut(&ours, ours.len - 1);
	assert_string_equal(text, buf__str(&ours));
	buf__exit(&ours);
	free(text);
}

static void records_are_shown_by_our_renderer(void **state)
{
	struct perf perf;

	(void)state;
	perf_open(&perf, path, path);
	each_sample(&perf, path, check_text);
	perf_close(&perf);
}

static void each_handle_has_its_file(void **state)
{
	char other[] = "/tmp/test_plugin_other.XXXXXX";
	struct calls_file file;
	struct perf one, two;

	(void)state;
	make_name(other);
	calls_open(&file, other, 0);
	calls_return(&file, 4242, 0, 10, 7);
	calls_close(&file);
	perf_open(&one, path, path);
	perf_open(&two, other, other);
	each_sample(&two, other, check_text);
	each_sample(&one, path, check_text);
	perf_close(&one);
	each_sample(&two, other, check_text);
	perf_close(&two);
	unlink(other);
}

/* Records of any size, in memory of just that size: none is read beyond. */
static void check_short(struct perf *perf, const struct perfdata_sample *sample,
			const struct event_view *view)
{
	(void)view;
	for (uint32_t size = 8; size < sample->raw_size; size += size < 64 ? 1 : 97) {
		void *copy = malloc(size);
		char *text;

		memcpy(copy, sample->raw, size);
		text = perf_print(perf, copy, size);
		if (!strstr(text, "cut short"))
			assert_true(event_view__fits(view, size));
		free(text);
		free(copy);
	}
}

static void short_records_are_marked(void **state)
{
	struct perf perf;

	(void)state;
	perf_open(&perf, path, path);
	each_sample(&perf, path, check_short);
	perf_close(&perf);
}

/* ---- without what it needs ----------------------------------------------------------------- */

static void check_fields(struct perf *perf, const struct perfdata_sample *sample,
			 const struct event_view *view)
{
	char *text = perf_print(perf, sample->raw, sample->raw_size);

	(void)view;
	assert_null(strstr(text, "(struct request)"));
	assert_true(strstr(text, "req__len=") || strstr(text, "return_="));
	free(text);
}

static void without_a_file_fields_are_shown(void **state)
{
	struct perf perf;

	(void)state;
	perf_open(&perf, "/nonexistent", path);
	each_sample(&perf, path, check_fields);
	perf_close(&perf);
	perf_open(&perf, "/proc/self/exe", path);
	each_sample(&perf, path, check_fields);
	perf_close(&perf);
}

/* What it says does not matter, as long as it stays alive. */
static void just_print(struct perf *perf, const struct perfdata_sample *sample,
		       const struct event_view *view)
{
	(void)view;
	free(perf_print(perf, sample->raw, sample->raw_size));
}

static char *read_whole(size_t *size)
{
	FILE *file = fopen(path, "r");
	char *bytes;

	fseek(file, 0, SEEK_END);
	*size = ftell(file);
	rewind(file);
	bytes = malloc(*size);
	assert_int_equal(fread(bytes, 1, *size, file), *size);
	fclose(file);
	return bytes;
}

static void try_damaged(const char *damaged, const char *bytes, size_t size)
{
	FILE *file = fopen(damaged, "w");
	struct perf perf;

	assert_int_equal(fwrite(bytes, 1, size, file), size);
	fclose(file);
	perf_open(&perf, damaged, path);
	each_sample(&perf, path, just_print);
	perf_close(&perf);
}

static void damaged_files_do_no_harm(void **state)
{
	char damaged[] = "/tmp/test_plugin_damaged.XXXXXX", *bytes;
	size_t size, at;

	(void)state;
	close(mkstemp(damaged));
	bytes = read_whole(&size);
	for (at = 0; at < size; at += size / 40)
		try_damaged(damaged, bytes, at);
	srandom(7);
	for (unsigned int i = 0; i < 400; i++) {
		/* Most of what describes anything stands in front and at the end. */
		size_t span = i % 2 ? 512 : size > 12000 ? 12000 : size;
		char old;

		at = i % 2 ? (size_t)random() % span : size - 1 - random() % span;
		old = bytes[at];
		bytes[at] ^= 1 << random() % 8;
		try_damaged(damaged, bytes, size);
		bytes[at] = old;
	}
	free(bytes);
	unlink(damaged);
}

/* ---- sample.ip ----------------------------------------------------------------------------- */

#define TYPE	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | \
		 PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD | PERF_SAMPLE_RAW)
#define IP	0xffffffff81234560ULL

/* A sample with @nr entries in its chain (-1: no chain), in memory of its own; its raw data. */
static uint8_t *make_sample(int nr, uint8_t **record, uint32_t raw_size)
{
	uint32_t size = 56 + (nr >= 0 ? 8 + nr * 8 : 0) + 4 + raw_size;
	uint64_t *at;

	*record = calloc(1, size);
	*(struct perf_event_header *)*record =
		(struct perf_event_header){ .type = PERF_RECORD_SAMPLE, .size = size };
	at = (uint64_t *)(*record + 8);
	at[0] = 65534;
	at[1] = IP;
	at += 6;
	if (nr >= 0)
		*at++ = nr;
	for (int i = 0; i < nr; i++)
		*at++ = i % 3 ? 0xffffffff81000000ULL + i : (uint64_t)nr - 1 - i;
	memcpy(at, &raw_size, sizeof(raw_size));
	return (uint8_t *)at + 4;
}

static void ip_is_found_in_a_sample(void **state)
{
	static const int nrs[] = { -1, 0, 1, 2, 3, 7, 127, 1000, 8000 };

	(void)state;
	for (unsigned int i = 0; i < sizeof(nrs) / sizeof(*nrs); i++) {
		uint64_t type = TYPE | (nrs[i] < 0 ? 0 : PERF_SAMPLE_CALLCHAIN);
		uint8_t *record, *raw = make_sample(nrs[i], &record, 28);

		assert_int_equal(sample_ip(raw, 28, type), IP);
		assert_int_equal(sample_ip(raw, 20, type), 0);
		assert_int_equal(sample_ip(raw, 28, type | PERF_SAMPLE_READ), 0);
		assert_int_equal(sample_ip(raw, 28, type & ~PERF_SAMPLE_IP), 0);
		free(record);
	}
}

static void ip_of_a_copy_is_unknown(void **state)
{
	uint8_t *copy = calloc(1, 28);

	(void)state;
	assert_int_equal(sample_ip(copy, 28, TYPE), 0);
	assert_int_equal(sample_ip(copy, 28, TYPE | PERF_SAMPLE_CALLCHAIN), 0);
	free(copy);
}

/* An event that isn't called as its function is: the ip says which one it was. */
static void write_pattern(const char *file)
{
	const char *argv[] = { "perf-btfsnoop", "record", "-f", "work=w*" };
	struct perfdata_writer_opts opts = { .path = file, .argc = 4, .argv = argv, .clockid = 1 };
	struct diag diag = DIAG_INIT;
	struct calls_file c;

	calls_schemas(&c.f, 1);
	free((char *)c.f.schemas[0].funcs[0].name);
	c.f.schemas[0].funcs[0].name = strdup("worker");
	opts.schemas = c.f.schemas;
	opts.nr_schemas = 2;
	assert_int_equal(schema__to_btf(&c.f.schemas[0], c.f.btf), 0);
	assert_int_equal(schema__to_btf(&c.f.schemas[1], c.f.btf), 0);
	opts.btf = btf__raw_data(c.f.btf, &opts.btf_size);
	assert_int_equal(perfdata_writer__new(&opts, &c.writer, &diag), 0);
	calls_entry(&c, 0, 4242, 10);
	calls_close(&c);
}

/* The file's first event has call chains then; there are samples of a second one without. */
static void make_ambiguous(const char *file)
{
	int fd = open(file, O_RDWR);
	struct perf_event_attr attrs[2];
	struct perfdata_file_header head;
	off_t at[2];

	assert_int_equal(pread(fd, &head, sizeof(head), 0), sizeof(head));
	for (unsigned int i = 0; i < 2; i++) {
		at[i] = head.attrs.offset + i * head.attr_size;
		assert_int_equal(pread(fd, &attrs[i], 64, at[i]), 64);
	}
	attrs[0].sample_type |= PERF_SAMPLE_CALLCHAIN;
	attrs[1].config = attrs[0].config;
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(pwrite(fd, &attrs[i], 64, at[i]), 64);
	close(fd);
}

/* As the second event's, in memory that ends where it does; what is before it is not ours. */
static void print_alone(struct perf *perf, const struct perfdata_sample *sample,
			const struct event_view *view)
{
	uint8_t *record, *raw = make_sample(-1, &record, sample->raw_size);
	char *text;

	(void)view;
	memcpy(raw, sample->raw, sample->raw_size);
	text = perf_print(perf, raw, sample->raw_size);
	assert_non_null(strstr(text, "worker"));
	free(text);
	free(record);
}

static void records_of_two_kinds_by_one_number(void **state)
{
	char whole[] = "/tmp/test_plugin_whole.XXXXXX", file[] = "/tmp/test_plugin_two.XXXXXX";
	struct perf perf;

	(void)state;
	make_name(whole);
	make_name(file);
	write_pattern(whole);
	write_pattern(file);
	make_ambiguous(file);
	perf_open(&perf, file, whole);
	each_sample(&perf, whole, print_alone);
	perf_close(&perf);
	unlink(whole);
	unlink(file);
}

/* ---- which file it is ---------------------------------------------------------------------- */

static char *path_of(const char *name, const char *input)
{
	return perf_file__path(&(struct command){ .name = name, .input = input });
}

static void what_perf_has_not_opened(void **state)
{
	char dir[] = "/tmp/test_plugin_dir.XXXXXX", fifo[64], *found;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	found = path_of("script", path);
	assert_string_equal(found, path);
	free(found);
	assert_null(path_of("script", fifo));
	assert_null(path_of("script", dir));
	assert_null(path_of("script", "-"));
	assert_null(path_of("script", "/nonexistent"));
	assert_null(path_of("kmem", NULL));
	if (!geteuid()) {
		assert_int_equal(chown(path, 65534, 65534), 0);
		assert_null(path_of("script", path));
		assert_int_equal(chown(path, 0, 0), 0);
	}
	unlink(fifo);
	rmdir(dir);
}

/* -------------------------------------------------------------------------------------------- */

/* Beside the directory of the tests. */
static int open_plugin(void **state)
{
	char plugin[PATH_MAX + 32];
	ssize_t len = readlink("/proc/self/exe", plugin, PATH_MAX);
	void *lib;

	(void)state;
	assert_true(len > 0);
	plugin[len] = '\0';
	*strrchr(plugin, '/') = '\0';
	strcpy(strrchr(plugin, '/'), "/btfsnoop.so");
	lib = dlopen(plugin, RTLD_NOW | RTLD_GLOBAL);
	if (!lib)
		fprintf(stderr, "%s\n", dlerror());
	assert_non_null(lib);
	load = dlsym(lib, "tep_plugin_loader");
	unload = dlsym(lib, "tep_plugin_unloader");
	assert_true(load && unload);
	make_name(path);
	calls_write(path, NR_CALLS);
	return 0;
}

static int close_plugin(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_shown_by_our_renderer),
		cmocka_unit_test(each_handle_has_its_file),
		cmocka_unit_test(short_records_are_marked),
		cmocka_unit_test(without_a_file_fields_are_shown),
		cmocka_unit_test(damaged_files_do_no_harm),
		cmocka_unit_test(ip_is_found_in_a_sample),
		cmocka_unit_test(ip_of_a_copy_is_unknown),
		cmocka_unit_test(records_of_two_kinds_by_one_number),
		cmocka_unit_test(what_perf_has_not_opened),
	};

	return cmocka_run_group_tests_name("plugin", tests, open_plugin, close_plugin);
}
