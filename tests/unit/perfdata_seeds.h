/* SPDX-License-Identifier: GPL-2.0-only */
/* Small perf.data files for the fuzzer to start from: of each kind of record and section one. */
#ifndef BTFSNOOP_TESTS_PERFDATA_SEEDS_H
#define BTFSNOOP_TESTS_PERFDATA_SEEDS_H

#include <linux/btf.h>

#include "../../perf-plugin/perfdata/tracing.h"
#include "perfdata_file.h"

#define NR(array)	(sizeof(array) / sizeof((array)[0]))
#define PID_TID(pid, tid)	((uint64_t)(tid) << 32 | (pid))

static const char *seeds_dir;
static unsigned int nr_seeds;

static void seed_path(char *path, size_t size)
{
	snprintf(path, size, "%s/%04u", seeds_dir, nr_seeds++);
}

static void add_seed(const struct buf *seed)
{
	char path[4096];
	FILE *file;

	seed_path(path, sizeof(path));
	file = fopen(path, "w");
	if (!file || fwrite(buf__str(seed), 1, seed->len, file) != seed->len || fclose(file))
		abort();
}

/* ---- events ---------------------------------------------------------------------------------- */

#define ALL_FIELDS								\
	(PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR |	\
	 PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD |	\
	 PERF_SAMPLE_READ | PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_RAW | PERF_SAMPLE_WEIGHT)
#define ALL_READ								\
	(PERF_FORMAT_GROUP | PERF_FORMAT_ID | PERF_FORMAT_TOTAL_TIME_ENABLED |		\
	 PERF_FORMAT_TOTAL_TIME_RUNNING)

/* One of perf record's, two with every field, two of ours. */
static const struct test_event seed_plain = {
	.attr = {
		.type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_INSTRUCTIONS,
		.size = sizeof(struct perf_event_attr),
		.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
	},
};

static const struct test_event seed_full[] = {
	{ .attr = { .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK,
		    .size = sizeof(struct perf_event_attr), .sample_type = ALL_FIELDS,
		    .read_format = ALL_READ, .sample_id_all = 1 }, .ids = { 100 }, .nr_ids = 1 },
	{ .attr = { .type = PERF_TYPE_TRACEPOINT, .config = 65000,
		    .size = sizeof(struct perf_event_attr), .sample_type = ALL_FIELDS,
		    .read_format = ALL_READ, .sample_id_all = 1 },
	  .ids = { 200, 201 }, .nr_ids = 2 },
};

static const struct test_event seed_ours[] = {
	{ .attr = { .type = PERF_TYPE_TRACEPOINT, .config = 65000,
		    .size = sizeof(struct perf_event_attr), .sample_type = PERFDATA_SAMPLE_TYPE,
		    .sample_id_all = 1 }, .ids = { PERFDATA_SAMPLE_ID(0) }, .nr_ids = 1 },
	{ .attr = { .type = PERF_TYPE_TRACEPOINT, .config = 64999,
		    .size = sizeof(struct perf_event_attr), .sample_type = PERFDATA_SAMPLE_TYPE,
		    .sample_id_all = 1 }, .ids = { PERFDATA_SAMPLE_ID(1) }, .nr_ids = 1 },
};

/* ---- records --------------------------------------------------------------------------------- */

static void add_words(struct buf *out, const uint64_t *words, unsigned int nr)
{
	buf__add(out, words, nr * sizeof(*words));
}

#define RECORD(out, type, ...) do {							\
	const uint64_t words[] = { __VA_ARGS__ };					\
	test_record(out, type, words, NR(words));					\
} while (0)

static void seed_tasks(struct buf *out)
{
	RECORD(out, PERF_RECORD_COMM, PID_TID(5, 6), 0x006f6c6c6568ULL);
	RECORD(out, PERF_RECORD_FORK, PID_TID(7, 5), PID_TID(8, 6), 15);
	RECORD(out, PERF_RECORD_EXIT, PID_TID(7, 5), PID_TID(8, 6), 30);
	RECORD(out, PERF_RECORD_COMM, PID_TID(8, 8), 0xc39f201b07bcc3ULL);
}

static void seed_plain_data(struct buf *out)
{
	RECORD(out, PERF_RECORD_SAMPLE, 0x1234, PID_TID(5, 6), 20);
	RECORD(out, PERF_RECORD_SAMPLE, 0x5678, PID_TID(5, 7), 10);
	test_record(out, RECORD_FINISHED_ROUND, NULL, 0);
	seed_tasks(out);
	RECORD(out, PERF_RECORD_LOST, 100, 9);
	RECORD(out, PERF_RECORD_SAMPLE, 0x1111, PID_TID(8, 8), 25);
}

static void seed_full_data(struct buf *out)
{
	RECORD(out, PERF_RECORD_SAMPLE, 0xabc, PID_TID(5, 6), 50, 0xadd, 201, 0x57, 3, 77,
	       2 /* of a group */, 1, 1, 10, 100, 20, 200, 3, PERF_CONTEXT_KERNEL, 0x1, 0x2,
	       12 | 0x11223344ULL << 32, 0x99aabbcc55667788ULL, 1000 /* weight */);
	RECORD(out, PERF_RECORD_LOST, 100, 9, PID_TID(1, 2), 40, 100, 0x57, 3);
	RECORD(out, PERF_RECORD_LOST_SAMPLES, 4, PID_TID(1, 2), 60, 200, 0x57, 3);
	test_record(out, RECORD_FINISHED_ROUND, NULL, 0);
	RECORD(out, PERF_RECORD_COMM, PID_TID(5, 6), 0x6f6c6c6568ULL, PID_TID(5, 6), 45, 100,
	       0x57, 3);
	RECORD(out, PERF_RECORD_SAMPLE, 0xabc, PID_TID(5, 6), 44, 0xadd, 999 /* no event */, 0x57,
	       3, 77, 0, 0, 0, 0, 4);
}

static void seed_our_data(struct buf *out)
{
	struct test_sample sample;
	unsigned int i;

	for (i = 0; i < 6; i++) {
		sample = test_sample(i % 2, 1000 + (i ^ 1), 40 + i % 3, i);
		buf__add(out, &sample, sizeof(sample));
		if (i % 2)
			test_record(out, RECORD_FINISHED_ROUND, NULL, 0);
	}
	RECORD(out, PERF_RECORD_LOST_SAMPLES, 4, PID_TID(1, 2), 60, 200, 0x57,
	       PERFDATA_SAMPLE_ID(0));
}

/* What is passed over: unknown types, and data that follows a record. */
static void seed_strange_data(struct buf *out)
{
	RECORD(out, 63, 1, 2);
	RECORD(out, 1000, 1, 2);
	RECORD(out, RECORD_AUXTRACE, 24, 0, 0, 0);
	RECORD(out, PERF_RECORD_SAMPLE, 0x1, PID_TID(1, 1), 1);	/* not one: 24 bytes of trace */
	RECORD(out, PERF_RECORD_SAMPLE, 0x1234, PID_TID(5, 6), 20);
	RECORD(out, RECORD_COMPRESSED, 1, 2, 3);
	RECORD(out, PERF_RECORD_SAMPLE, 0x5678, PID_TID(5, 7), 10);
}

/* ---- sections -------------------------------------------------------------------------------- */

static void add_u32(struct buf *out, uint32_t value)
{
	buf__add(out, &value, sizeof(value));
}

static void add_string(struct buf *out, const char *str)
{
	size_t len = strlen(str) + 1, size = (len + 7) / 8 * 8;

	add_u32(out, size);
	buf__add(out, str, len);
	buf__fill(out, '\0', size - len);
}

static void section_strings(struct buf *out)
{
	add_string(out, "a name");
}

static void section_tracing(struct buf *out)
{
	if (tracing__write("btfsnoop", test_schemas(), NR_TEST_EVENTS, NULL, 0, out))
		abort();
}

static void section_cmdline(struct buf *out)
{
	add_u32(out, 3);
	add_string(out, "perf");
	add_string(out, "record");
	add_string(out, "");
}

static void section_event_desc(struct buf *out)
{
	unsigned int i;

	add_u32(out, 2);
	add_u32(out, PERF_ATTR_SIZE_VER0);
	for (i = 0; i < 2; i++) {
		buf__fill(out, '\0', PERF_ATTR_SIZE_VER0);
		add_u32(out, 1);
		add_string(out, i ? "an:event" : "");
		add_words(out, &seed_ours[i].ids[0], 1);
	}
}

/* PERF_RECORD_BUILD_ID: pid, an id of 20 bytes and its length, name. */
static void section_build_id(struct buf *out)
{
	static const char name[24] = "[kernel.kallsyms]";
	struct perf_event_header header = {
		.type = RECORD_BUILD_ID, .size = sizeof(header) + 4 + 24 + sizeof(name),
		.misc = PERF_RECORD_MISC_KERNEL | RECORD_MISC_BUILD_ID_SIZE,
	};

	buf__add(out, &header, sizeof(header));
	add_u32(out, -1);
	buf__fill(out, 'i', 20);
	add_u32(out, 20);
	buf__add(out, name, sizeof(name));
}

/* One group, of both events. */
static void section_groups(struct buf *out)
{
	add_u32(out, 1);
	add_string(out, "{anon_group}");
	add_u32(out, 0);
	add_u32(out, 2);
}

static void section_numbers(struct buf *out)
{
	add_words(out, (const uint64_t[]){ 1 | 1ULL << 32, 1000, 2000, 3000 }, 4);
}

/* Two objects, of which the first is in three pieces. */
static void section_btf(struct buf *out)
{
	const struct btf_header header = {
		.magic = BTF_MAGIC, .version = 1, .hdr_len = sizeof(header), .type_len = 8,
		.str_off = 8, .str_len = 12,
	};

	add_u32(out, 4);
	add_u32(out, 1);
	add_u32(out, sizeof(header) + 4);
	buf__add(out, &header, sizeof(header));
	buf__fill(out, 't', 4);
	add_u32(out, 1);
	add_u32(out, 8);
	buf__fill(out, 'u', 8);
	add_u32(out, 1);
	add_u32(out, 8);
	buf__fill(out, 's', 8);
	add_u32(out, 2);
	add_u32(out, sizeof(header));
	buf__add(out, &header, sizeof(header));
}

static const struct {
	unsigned int feature;
	void (*make)(struct buf *out);
} seed_sections[] = {
	{ FEATURE_TRACING_DATA,	section_tracing },
	{ FEATURE_BUILD_ID,	section_build_id },
	{ FEATURE_HOSTNAME,	section_strings },
	{ FEATURE_OSRELEASE,	section_strings },
	{ FEATURE_VERSION,	section_strings },
	{ FEATURE_ARCH,		section_strings },
	{ FEATURE_NRCPUS,	section_numbers },
	{ FEATURE_CPUDESC,	section_strings },
	{ FEATURE_TOTAL_MEM,	section_numbers },
	{ FEATURE_CMDLINE,	section_cmdline },
	{ FEATURE_EVENT_DESC,	section_event_desc },
	{ FEATURE_GROUP_DESC,	section_groups },
	{ FEATURE_SAMPLE_TIME,	section_numbers },
	{ FEATURE_BPF_BTF,	section_btf },
	{ FEATURE_CLOCK_DATA,	section_numbers },
	{ FEATURE_COMPRESSED,	section_numbers },
};

/* ---- files ----------------------------------------------------------------------------------- */

static void seed_file(const struct test_event *events, unsigned int nr,
		      void (*data)(struct buf *out), unsigned int section)
{
	struct buf file = BUF_INIT, records = BUF_INIT, contents = BUF_INIT;

	data(&records);
	seed_sections[section].make(&contents);
	test_build(&file, events, nr, &records, seed_sections[section].feature, &contents);
	add_seed(&file);
	buf__exit(&file);
	buf__exit(&records);
	buf__exit(&contents);
}

static void stream_begin(struct buf *out)
{
	add_words(out, (const uint64_t[]){ PERFDATA_MAGIC, PERFDATA_PIPE_HEADER_SIZE }, 2);
}

static void stream_attr(struct buf *out, const struct test_event *event)
{
	struct perf_event_header header = {
		.type = RECORD_HEADER_ATTR,
		.size = sizeof(header) + sizeof(event->attr) + event->nr_ids * sizeof(uint64_t),
	};

	buf__add(out, &header, sizeof(header));
	buf__add(out, &event->attr, sizeof(event->attr));
	add_words(out, event->ids, event->nr_ids);
}

static void stream_feature(struct buf *out, unsigned int section)
{
	const uint64_t feature = seed_sections[section].feature;
	struct perf_event_header header = { .type = RECORD_HEADER_FEATURE };
	struct buf contents = BUF_INIT;

	seed_sections[section].make(&contents);
	buf__align(&contents, 8);
	header.size = sizeof(header) + sizeof(feature) + contents.len;
	buf__add(out, &header, sizeof(header));
	add_words(out, &feature, 1);
	buf__add(out, contents.data, contents.len);
	buf__exit(&contents);
}

static void stream_tracing(struct buf *out)
{
	struct buf contents = BUF_INIT;

	section_tracing(&contents);
	buf__align(&contents, 8);
	RECORD(out, RECORD_TRACING_DATA, contents.len);
	buf__add(out, contents.data, contents.len);
	buf__exit(&contents);
}

/* A stream whose second event, and what describes it, comes behind samples of the first. */
static void seed_late_stream(void)
{
	struct buf stream = BUF_INIT;

	stream_begin(&stream);
	RECORD(&stream, RECORD_EVENT_UPDATE, EVENT_UPDATE_NAME, 0, 'a');
	stream_attr(&stream, &seed_ours[0]);
	seed_our_data(&stream);
	stream_attr(&stream, &seed_ours[1]);
	RECORD(&stream, RECORD_EVENT_UPDATE, EVENT_UPDATE_NAME, PERFDATA_SAMPLE_ID(1),
	       'b' | ':' << 8 | 'c' << 16);
	stream_tracing(&stream);
	stream_feature(&stream, 0);
	section_build_id(&stream);
	RECORD(&stream, RECORD_AUXTRACE, 16);
	add_words(&stream, (const uint64_t[]){ 1, 2 }, 2);
	RECORD(&stream, RECORD_EVENT_UPDATE, 1, PERFDATA_SAMPLE_ID(0), 3);
	seed_our_data(&stream);
	stream_tracing(&stream);
	add_seed(&stream);
	buf__exit(&stream);
}

static void seed_stream(const struct test_event *events, unsigned int nr,
			void (*data)(struct buf *out), unsigned int section)
{
	struct buf stream = BUF_INIT;
	unsigned int i;

	stream_begin(&stream);
	for (i = 0; i < nr; i++)
		stream_attr(&stream, &events[i]);
	stream_feature(&stream, section);
	stream_tracing(&stream);
	seed_tasks(&stream);
	data(&stream);
	add_seed(&stream);
	buf__exit(&stream);
}

/*
 * What the writer makes on this machine, with an event that comes late; in pipe format it goes to
 * stdout.
 */
static void seed_written(bool pipe)
{
	char path[4096];
	struct perfdata_writer_opts opts = test_opts(pipe ? "-" : path);
	const struct perfdata_events late = { .schemas = opts.schemas + 1, .nr = 1 };
	struct perfdata_writer *writer;
	struct diag diag = DIAG_INIT;
	struct test_sample sample;
	uint64_t size;
	unsigned int i;

	seed_path(path, sizeof(path));
	if (pipe && !freopen(path, "w", stdout))
		abort();
	opts.nr_schemas = 1;
	if (perfdata_writer__new(&opts, &writer, &diag))
		abort();
	for (i = 0; i < 4; i++) {
		if (i == 1 && perfdata_writer__add_events(writer, &late))
			abort();
		sample = test_sample(i % 2, 1000 + i, 40, i);
		perfdata_writer__add(writer, &sample, sizeof(sample));
		perfdata_writer__count(writer, 1, sample.time, sample.time);
		perfdata_writer__round(writer);
	}
	perfdata_writer__add_task(writer, getpid());
	perfdata_writer__lost(writer, 0, 7, 1005);
	if (perfdata_writer__finish(writer, &size, &diag))
		abort();
}

/* Writes the seeds into @dir; stdout is not to be used behind this. Returns how many. */
static unsigned int write_seeds(const char *dir)
{
	unsigned int i;

	seeds_dir = dir;
	for (i = 0; i < NR(seed_sections); i++) {
		seed_file(&seed_plain, 1, seed_plain_data, i);
		seed_stream(seed_ours, NR(seed_ours), seed_our_data, i);
	}
	seed_file(seed_full, NR(seed_full), seed_full_data, 0);
	seed_file(&seed_plain, 1, seed_strange_data, 0);
	seed_stream(seed_full, NR(seed_full), seed_full_data, 0);
	seed_stream(&seed_plain, 1, seed_strange_data, 0);
	seed_late_stream();
	seed_written(false);
	seed_written(true);
	return nr_seeds;
}

#endif
