// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "../../perf-plugin/merge/merge.h"
#include "../../perf-plugin/perfdata/reader.h"
#include "../../perf-plugin/perfdata/schemas.h"
#include "../../perf-plugin/util/verbose.h"
#include "merge_fixture.h"
#include "own_dir.h"
#include "perfdata_file.h"

/* ---- files by hand ------------------------------------------------------------------------- */

static void write_bytes(const char *path, const char *data, size_t size)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	assert_true(!size || fwrite(data, size, 1, out) == 1);
	assert_int_equal(fclose(out), 0);
}

/* The last @nr of three software events, of which so many from the @leader-th on are a group. */
static void write_group(const char *path, const struct machine *machine, unsigned int nr,
			unsigned int leader, unsigned int members)
{
	static const char *const names[] = { "cs", "faults", "cpu-clock" };
	static const uint64_t ids[] = { 900, 901, 902 };
	struct perf_event_attr attrs[3] = { 0 };
	struct perfdata_foreign events[3] = { 0 };
	struct perfdata_writer_opts opts = { .foreign = events, .nr_foreign = nr };

	for (unsigned int i = 0; i < nr; i++) {
		unsigned int which = i + 3 - nr;

		attrs[i] = (struct perf_event_attr){
			.type = PERF_TYPE_SOFTWARE, .config = which + 2, .sample_period = 1,
			.sample_type = PERFDATA_SAMPLE_TYPE & ~PERF_SAMPLE_RAW, .sample_id_all = 1,
			.use_clockid = 1, .clockid = machine->clockid,
		};
		events[i] = (struct perfdata_foreign){
			.attr = &attrs[i], .name = names[which], .ids = &ids[i], .nr_ids = 1,
		};
	}
	events[leader].nr_members = members;
	events[leader].group_name = "both";
	close_file(open_file(path, machine, &opts, 900));
}

/* An event with what the kernel puts behind the raw data; two branches and a weight. */
static void write_branches(const char *path, const struct machine *machine, unsigned int nr)
{
	const uint64_t id = 900;
	const struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES, .sample_period = 1,
		.sample_type = (PERFDATA_SAMPLE_TYPE & ~PERF_SAMPLE_RAW) |
			       PERF_SAMPLE_BRANCH_STACK | PERF_SAMPLE_WEIGHT,
		.branch_sample_type = PERF_SAMPLE_BRANCH_HW_INDEX | PERF_SAMPLE_BRANCH_ANY,
		.sample_id_all = 1, .use_clockid = 1, .clockid = machine->clockid,
	};
	const struct perfdata_foreign event = {
		.attr = &attr, .name = "cycles", .ids = &id, .nr_ids = 1,
	};
	const struct perfdata_writer_opts opts = { .foreign = &event, .nr_foreign = 1 };
	struct perfdata_writer *writer = open_file(path, machine, &opts, id);

	for (unsigned int i = 0; i < nr; i++) {
		const struct perf_event_header header = {
			.type = PERF_RECORD_SAMPLE, .misc = PERF_RECORD_MISC_KERNEL, .size = 16 * 8,
		};
		uint64_t words[16] = {
			0, id, machine->text + 0x50, 77ULL << 32 | 77, FIXTURE_START + i, 0, 1,
			2, machine->text, machine->text + 0x100, machine->module + 0x10,
			machine->text, 0x401000, machine->text + 0x200, 1, machine->text,
		};

		memcpy(words, &header, sizeof(header));
		assert_int_equal(perfdata_writer__add(writer, words, sizeof(words)), 0);
		perfdata_writer__count(writer, 1, words[4], words[4]);
	}
	close_file(writer);
}

/* ---- what became of them ------------------------------------------------------------------- */

static int merge(const char *a, const char *b, const char *to, struct diag *diag)
{
	const char *const paths[] = { a, b };
	const struct merge_opts opts = { .paths = paths, .nr = 2, .output = to };
	struct merge_result result;

	return merge__run(&opts, &result, diag);
}

static struct perfdata_reader *merged(const char *a, const char *b)
{
	struct perfdata_reader *reader;
	struct diag diag = DIAG_INIT;

	if (merge(a, b, "out", &diag)) {
		diag__print(&diag, NULL, 0, stderr);
		fail();
	}
	assert_int_equal(perfdata_reader__open("out", true, &reader, &diag), 0);
	assert_null(perfdata_reader__warning(reader));
	return reader;
}

/* All samples stand in the file by their time, and their tracepoint's id in the raw data. */
static unsigned int check_samples(struct perfdata_reader *reader, unsigned int *of_event,
				  unsigned int nr_events)
{
	struct perfdata_record record;
	uint64_t last = 0, offset = 0;
	unsigned int nr = 0;
	uint16_t type;

	memset(of_event, 0, nr_events * sizeof(*of_event));
	assert_int_equal(perfdata_reader__nr_events(reader), nr_events);
	while (perfdata_reader__next(reader, &record) > 0) {
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		assert_true(record.time >= last && record.offset > offset);
		last = record.time;
		offset = record.offset;
		assert_true(record.sample.event < nr_events);
		memcpy(&type, record.sample.raw, sizeof(type));
		assert_int_equal(type, perfdata_reader__event(reader, record.sample.event)
				 ->attr->config);
		of_event[record.sample.event]++;
		nr++;
	}
	assert_null(perfdata_reader__warning(reader));
	return nr;
}

static void check_name(const struct perfdata_reader *reader, unsigned int event, const char *name)
{
	assert_string_equal(perfdata_reader__event(reader, event)->name, name);
}

static void test_with_perf(void **state)
{
	const struct perfdata_event *event;
	struct perfdata_reader *reader;
	unsigned int nr[3];
	struct stat st;

	(void)state;
	write_ours("a", &here, 10);
	write_perf("b", &here, false, FIXTURE_START + 200000, 20);
	reader = merged("a", "b");
	assert_int_equal(check_samples(reader, nr, 3), 40);
	assert_true(nr[0] == 10 && nr[1] == 10 && nr[2] == 20);
	check_name(reader, 0, "btfsnoop:send");
	check_name(reader, 1, "btfsnoop:sends__return");
	check_name(reader, 2, "sched:sched_switch");
	event = perfdata_reader__event(reader, 2);
	assert_int_equal(event->attr->config, 316);
	assert_int_equal(event->format_len, sizeof(switch_format) - 1);
	assert_memory_equal(event->format, switch_format, event->format_len);
	assert_string_equal(perfdata_reader__info(reader)->hostname, "box");
	assert_int_equal(perfdata_reader__info(reader)->nr_cpus_avail, 4);
	assert_int_equal(perfdata_reader__info(reader)->kernel_build_id[0], 7);
	assert_int_equal(perfdata_reader__info(reader)->first_time, FIXTURE_START);
	assert_int_equal(perfdata_reader__info(reader)->last_time, FIXTURE_START + 19200000);
	/* One kernel, one module, though both files have them. */
	assert_int_equal(perfdata_reader__nr_records(reader, PERF_RECORD_MMAP), 1);
	assert_int_equal(perfdata_reader__nr_records(reader, PERF_RECORD_MMAP2), 1);
	perfdata_reader__close(reader);
	assert_int_equal(stat("out", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* The same events of two files are the same again; the records that both have come once. */
static void test_two_of_ours(void **state)
{
	struct perfdata_reader *reader;
	unsigned int nr[2];

	(void)state;
	write_ours("a", &here, 5);
	write_ours("b", &here, 7);
	reader = merged("a", "b");
	assert_int_equal(check_samples(reader, nr, 2), 24);
	assert_true(nr[0] == 12 && nr[1] == 12);
	assert_int_equal(perfdata_reader__nr_records(reader, PERF_RECORD_COMM), 1);
	perfdata_reader__close(reader);
}

/* Another meaning under the same name and id: another name and id. */
static void test_other_schema(void **state)
{
	const struct schema *schema;
	struct perfdata_reader *reader;
	struct file_schemas *schemas;
	unsigned int nr[3];

	(void)state;
	write_ours("a", &here, 5);
	write_flows("b", &here, 3);
	reader = merged("a", "b");
	assert_int_equal(check_samples(reader, nr, 3), 13);
	check_name(reader, 2, "btfsnoop:send_2");
	assert_int_equal(nr[2], 3);
	assert_int_equal(file_schemas__new(&schemas), 0);
	for (unsigned int i = 0; i < 3; i++) {
		const struct perfdata_event *event = perfdata_reader__event(reader, i);

		assert_int_equal(file_schemas__find(schemas, reader, event, &schema), 0);
		assert_non_null(schema);
		assert_int_equal(schema->id, event->attr->config);
		assert_int_equal(schema->nr_fields, i == 2 ? 11 : i == 1 ? 2 : 5);
	}
	assert_int_equal(schema->fields[4].display, FIELD_SYMBOL);
	file_schemas__free(schemas);
	perfdata_reader__close(reader);
}

/* What perf record writes without -a and with one event: no ids anywhere. */
static void test_without_ids(void **state)
{
	struct test_event event = {
		.attr = { .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_PAGE_FAULTS,
			  .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
			  .sample_id_all = 1, .use_clockid = 1, .clockid = 1,
			  .size = sizeof(struct perf_event_attr) },
	};
	const uint64_t sample[] = { 0x1234, 5ULL << 32 | 5, FIXTURE_START + 10 };
	const uint64_t comm[] = { 5ULL << 32 | 5, 0x6f6f66, 5ULL << 32 | 5, FIXTURE_START + 5 };
	const uint64_t lost[] = { 0, 3, 5ULL << 32 | 5, FIXTURE_START + 20 };
	struct buf data = BUF_INIT, file = BUF_INIT, release = BUF_INIT;
	struct perfdata_record record;
	struct perfdata_reader *reader;
	unsigned int seen = 0;
	FILE *out;

	(void)state;
	test_record(&data, PERF_RECORD_COMM, comm, 4);
	test_record(&data, PERF_RECORD_SAMPLE, sample, 3);
	test_record(&data, PERF_RECORD_LOST, lost, 4);
	machine__add_string(&release, "6.12", 4);
	test_build(&file, &event, 1, &data, FEATURE_OSRELEASE, &release);
	out = fopen("a", "w");
	assert_true(out && fwrite(file.data, file.len, 1, out) == 1 && !fclose(out));
	write_ours("b", &here, 2);
	reader = merged("a", "b");
	while (perfdata_reader__next(reader, &record) > 0) {
		if (record.type == PERF_RECORD_SAMPLE && record.sample.event == 2) {
			assert_int_equal(record.sample.ip, 0x1234);
			assert_int_equal(record.sample.tid, 5);
			assert_int_equal(record.time, FIXTURE_START + 10);
			seen |= 1;
		} else if (record.type == PERF_RECORD_COMM && record.time) {
			assert_int_equal(record.time, FIXTURE_START + 5);
			seen |= 2;
		} else if (record.type == PERF_RECORD_LOST) {
			assert_int_equal(perfdata_record__lost(&record), 3);
			seen |= 4;
		}
	}
	assert_int_equal(seen, 7);
	perfdata_reader__close(reader);
	buf__exit(&data);
	buf__exit(&file);
	buf__exit(&release);
}

/* Where one event has chains, all have: perf would show an older sample's otherwise. */
static void test_chains(void **state)
{
	struct perfdata_reader *reader;
	struct perfdata_record record;

	(void)state;
	write_ours("a", &here, 5);
	write_perf("b", &here, true, FIXTURE_START, 5);
	reader = merged("a", "b");
	for (unsigned int i = 0; i < 3; i++)
		assert_true(perfdata_reader__event(reader, i)->attr->sample_type &
			    PERF_SAMPLE_CALLCHAIN);
	while (perfdata_reader__next(reader, &record) > 0) {
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		assert_int_equal(record.sample.nr_callchain, record.sample.event == 2 ? 4 : 0);
		if (record.sample.event != 2)
			continue;
		assert_int_equal(record.sample.callchain[0], PERF_CONTEXT_KERNEL);
		assert_int_equal(record.sample.callchain[1], record.sample.ip);
		assert_int_equal(record.sample.callchain[2], MODULE + 0x30);
		assert_int_equal(record.sample.callchain[3], 0x401000);
	}
	perfdata_reader__close(reader);
}

/* A later boot: times behind those of the first, kernel and module where they were at the first. */
static void test_boots(void **state)
{
	const struct machine later = {
		.arch = "x86_64", .build_id = 7, .wall = WALL + 3600 * SECOND, .clockid = 1,
		.text = TEXT + 0x4000000, .module = MODULE + 0x300000,
	};
	const struct schema *schema;
	struct perfdata_reader *reader;
	struct perfdata_record record;
	struct file_schemas *schemas;
	uint64_t first = 0, caller;

	(void)state;
	write_perf("a", &here, true, FIXTURE_START, 5);
	write_flows("b", &later, 4);
	/* In whatever order they are named. */
	reader = merged("b", "a");
	check_name(reader, 0, "btfsnoop:send");
	while (perfdata_reader__next(reader, &record) > 0) {
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		if (record.sample.event) {
			assert_true(record.sample.ip - TEXT - 0x100 < 5);
			continue;
		}
		if (!first) {
			first = record.time;
			assert_int_equal(first, FIXTURE_START + 100 + 3600 * SECOND);
			assert_int_equal(record.sample.ip, TEXT + 0x1000);
			/* FLOWS_TEXT is no address of that boot's kernel: it stays. */
			memcpy(&caller, (const char *)record.sample.raw + 64, sizeof(caller));
			assert_int_equal(caller, FLOWS_TEXT + 0x2010);
		}
	}
	assert_int_equal(perfdata_reader__nr_records(reader, PERF_RECORD_MMAP), 1);
	assert_int_equal(perfdata_reader__nr_records(reader, PERF_RECORD_MMAP2), 1);
	assert_int_equal(perfdata_reader__info(reader)->clock_wall_ns -
			 perfdata_reader__info(reader)->clock_ns, WALL);
	assert_int_equal(file_schemas__new(&schemas), 0);
	assert_int_equal(file_schemas__find(schemas, reader, perfdata_reader__event(reader, 0),
					    &schema), 0);
	assert_non_null(schema);
	assert_non_null(schema__func(schema, TEXT + 0x1000));
	assert_string_equal(schema__func(schema, MODULE + 0x20)->name, "udp_send");
	file_schemas__free(schemas);
	perfdata_reader__close(reader);
}

static void check_refused(const struct machine *a, const struct machine *b, const char *why)
{
	struct diag diag = DIAG_INIT;

	write_ours("a", a, 2);
	write_perf("b", b, false, FIXTURE_START, 2);
	unlink("out");
	assert_int_not_equal(merge("a", "b", "out", &diag), 0);
	assert_non_null(diag.msg);
	if (!strstr(diag.msg, why))
		fail_msg("'%s' is not in '%s'", why, diag.msg);
	diag__exit(&diag);
	assert_int_not_equal(access("out", F_OK), 0);
}

static void test_refused(void **state)
{
	struct machine other = here, no_wall = here;

	(void)state;
	other.build_id = 8;
	check_refused(&here, &other, "different kernels");
	other = here;
	other.arch = "aarch64";
	check_refused(&here, &other, "different architectures");
	other = here;
	other.clockid = 4;
	check_refused(&here, &other, "CLOCK_MONOTONIC_RAW");
	other.clockid = -1;
	check_refused(&here, &other, "perf's own clock");
	/* At another place in memory, so of another boot, but when was that? */
	no_wall.wall = -5 * SECOND;
	no_wall.text += 0x200000;
	check_refused(&here, &no_wall, "of different boots");
}

static void check_not_merged(const char *a, const char *b, const char *why)
{
	struct diag diag = DIAG_INIT;

	unlink("out");
	assert_int_not_equal(merge(a, b, "out", &diag), 0);
	if (!diag.msg || !strstr(diag.msg, why))
		fail_msg("'%s' is not in '%s'", why, diag.msg ? diag.msg : "");
	diag__exit(&diag);
	assert_int_not_equal(access("out", F_OK), 0);
}

/* A file with these events, @nr of them, and one record. */
static void write_events(const char *path, const struct test_event *events, unsigned int nr,
			 uint32_t type)
{
	const uint64_t words[] = { 0, 0, 0, 0, 0, 0, 0 };
	struct buf data = BUF_INIT, file = BUF_INIT, release = BUF_INIT;

	test_record(&data, type, words, 7);
	machine__add_string(&release, "6.12", 4);
	test_build(&file, events, nr, &data, FEATURE_OSRELEASE, &release);
	write_bytes(path, file.data, file.len);
	buf__exit(&data);
	buf__exit(&file);
	buf__exit(&release);
}

static void test_refused_events(void **state)
{
	const struct test_event good = {
		.attr = { .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_PAGE_FAULTS,
			  .sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_TIME,
			  .sample_id_all = 1, .use_clockid = 1, .clockid = 1,
			  .size = sizeof(struct perf_event_attr) },
		.ids = { 900 }, .nr_ids = 1,
	};
	struct test_event events[2] = { good, good };

	(void)state;
	write_ours("a", &here, 2);
	events[0].attr.sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_TID;
	write_events("b", events, 1, PERF_RECORD_COMM);
	check_not_merged("a", "b", "have no time");
	events[0].attr.sample_type = good.attr.sample_type | PERF_SAMPLE_AUX;
	write_events("b", events, 1, PERF_RECORD_COMM);
	check_not_merged("a", "b", "AUX data");
	/* What is known only when all was read. */
	events[0] = good;
	write_events("b", events, 1, PERF_RECORD_AUX);
	check_not_merged("a", "b", "AUX data");
	write_events("b", events, 1, RECORD_COMPRESSED);
	check_not_merged("a", "b", "is compressed");
	events[1].attr.clockid = 4;
	events[1].ids[0] = 901;
	write_events("b", events, 2, PERF_RECORD_COMM);
	check_not_merged("a", "b", "times of two clocks");
	/* Nothing but the event that perf adds to have records about tasks. */
	events[0].attr.config = events[1].attr.config = PERF_COUNT_SW_DUMMY;
	write_events("b", events, 2, PERF_RECORD_COMM);
	check_not_merged("a", "b", "no events but perf's dummy");
}

/* By whatever name; a pipe is not a file that is there twice. */
static void test_same_file(void **state)
{
	(void)state;
	write_ours("a", &here, 2);
	unlink("link");
	unlink("hard");
	assert_int_equal(symlink("a", "link"), 0);
	assert_int_equal(link("a", "hard"), 0);
	check_not_merged("a", "a", "'a' and 'a' are the same file");
	check_not_merged("a", "./a", "are the same file");
	check_not_merged("a", "link", "are the same file");
	check_not_merged("hard", "a", "are the same file");
}

/* The first one does not say what the other two differ in. */
static void test_third_kernel(void **state)
{
	const char *const paths[] = { "a", "b", "c" };
	const struct merge_opts opts = { .paths = paths, .nr = 3, .output = "out" };
	struct machine unknown = here, other = here;
	struct merge_result result;
	struct diag diag = DIAG_INIT;

	(void)state;
	unknown.build_id = 0;
	other.build_id = 8;
	write_ours("a", &unknown, 2);
	write_ours("b", &here, 2);
	write_ours("c", &other, 2);
	unlink("out");
	assert_int_equal(merge__run(&opts, &result, &diag), -EINVAL);
	assert_non_null(strstr(diag.msg, "'b' and 'c' are of different kernels"));
	diag__exit(&diag);
	assert_int_not_equal(access("out", F_OK), 0);
}

/* A recorder that was killed, or has not ended: what there is, and a word about it. */
static void test_unfinished(void **state)
{
	struct perfdata_file_header header;
	struct perfdata_reader *reader;
	struct buf file = BUF_INIT;
	unsigned int nr[3];

	(void)state;
	write_ours("a", &here, 3);
	write_perf("b", &here, false, FIXTURE_START, 4);
	test_slurp("a", &file);
	memcpy(&header, file.data, sizeof(header));
	file.len = header.data.offset + header.data.size;
	header.data.offset -= __builtin_popcountll(header.features[0]) *
			      sizeof(struct perfdata_section);
	header.data.size = 0;
	memcpy(file.data, &header, sizeof(header));
	write_bytes("a", file.data, file.len);
	reader = merged("a", "b");
	assert_int_equal(check_samples(reader, nr, 3), 10);
	perfdata_reader__close(reader);
	buf__exit(&file);
}

/* The clock that samples are measured by stood still for some hours, or somebody set the other. */
static void test_suspended(void **state)
{
	struct machine later = here;
	struct perfdata_reader *reader;
	struct perfdata_record record;

	(void)state;
	/* Of 5 s, no later boot can have begun 4 s after this one. */
	later.wall += 4 * SECOND;
	write_ours("a", &here, 2);
	write_perf("b", &later, false, FIXTURE_START, 2);
	reader = merged("a", "b");
	while (perfdata_reader__next(reader, &record) > 0)
		assert_true(record.time < FIXTURE_START + SECOND);
	perfdata_reader__close(reader);
}

/* A group is one in the merged file, too; where another file has it otherwise, the first counts. */
static void test_groups(void **state)
{
	struct perfdata_reader *reader;

	(void)state;
	write_ours("a", &here, 1);
	write_group("b", &here, 3, 0, 2);
	write_group("c", &here, 2, 0, 2);
	reader = merged("b", "a");
	assert_int_equal(perfdata_reader__nr_events(reader), 5);
	assert_int_equal(perfdata_reader__event(reader, 2)->nr_members, 2);
	assert_string_equal(perfdata_reader__event(reader, 2)->group_name, "both");
	assert_int_equal(perfdata_reader__event(reader, 3)->nr_members, 0);
	perfdata_reader__close(reader);
	/* faults and cpu-clock, then cs, which is in none with what is no longer behind it. */
	reader = merged("c", "b");
	assert_int_equal(perfdata_reader__nr_events(reader), 3);
	check_name(reader, 0, "faults");
	assert_int_equal(perfdata_reader__event(reader, 0)->nr_members, 2);
	check_name(reader, 2, "cs");
	assert_int_equal(perfdata_reader__event(reader, 2)->nr_members, 0);
	perfdata_reader__close(reader);
}

/* Branches, registers and whatever stands behind the raw data. */
static void test_branches(void **state)
{
	struct machine later = here;
	struct perfdata_reader *reader;
	struct perfdata_record record;
	const uint64_t *words;
	unsigned int nr = 0;

	(void)state;
	later.wall += 3600 * SECOND;
	later.text += 0x4000000;
	later.module += 0x300000;
	write_ours("a", &here, 1);
	write_branches("b", &later, 2);
	reader = merged("a", "b");
	while (perfdata_reader__next(reader, &record) > 0) {
		if (record.type != PERF_RECORD_SAMPLE || record.sample.event != 2)
			continue;
		words = (const uint64_t *)(record.header + 1);
		/* id, ip, tid, time, cpu, period, nr, index, from, to, flags ... weight */
		assert_int_equal(record.header->size, 8 + 15 * 8);
		assert_int_equal(words[6], 2);
		assert_int_equal(words[7], TEXT + 0x4000000);
		assert_int_equal(words[8], TEXT + 0x100);
		assert_int_equal(words[9], MODULE + 0x10);
		assert_int_equal(words[10], later.text);
		assert_int_equal(words[11], 0x401000);
		assert_int_equal(words[12], TEXT + 0x200);
		assert_int_equal(words[14], later.text);
		nr++;
	}
	assert_int_equal(nr, 2);
	perfdata_reader__close(reader);
}

static void test_output(void **state)
{
	struct diag diag = DIAG_INIT;
	struct perfdata_reader *reader;
	unsigned int nr[3];
	struct stat st;

	(void)state;
	write_ours("a", &here, 2);
	write_perf("b", &here, false, FIXTURE_START, 2);
	/* Into one of its files: that becomes .old. */
	unlink("a.old");
	assert_int_equal(merge("a", "b", "a", &diag), 0);
	assert_int_equal(stat("a.old", &st), 0);
	assert_int_equal(perfdata_reader__open("a", true, &reader, &diag), 0);
	assert_int_equal(check_samples(reader, nr, 3), 6);
	perfdata_reader__close(reader);
	/* What is merged already can be merged again. */
	write_flows("c", &here, 2);
	assert_int_equal(merge("a", "c", "d", &diag), 0);
	assert_int_equal(merge("d", "c", "e", &diag), 0);
	assert_int_equal(merge("none", "c", "f", &diag), -ENOENT);
	diag__exit(&diag);
	assert_int_not_equal(access("f", F_OK), 0);
}

static int merge_to_pipe(const char *a, const char *b, const char *to)
{
	struct diag diag = DIAG_INIT;
	int saved, fd, err;

	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	fd = open(to, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(saved >= 0 && fd >= 0);
	dup2(fd, STDOUT_FILENO);
	err = merge(a, b, "-", &diag);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(fd);
	diag__exit(&diag);
	return err;
}

static void test_pipe(void **state)
{
	struct perfdata_reader *reader;
	struct perfdata_record record;
	unsigned int nr = 0;

	(void)state;
	write_ours("a", &here, 6);
	write_perf("b", &here, true, FIXTURE_START, 6);
	assert_int_equal(merge_to_pipe("a", "b", "pipe"), 0);
	/* And once more with others. */
	write_flows("c", &here, 3);
	reader = merged("pipe", "c");
	while (perfdata_reader__next(reader, &record) > 0)
		nr += record.type == PERF_RECORD_SAMPLE;
	assert_int_equal(nr, 21);
	assert_int_equal(perfdata_reader__nr_events(reader), 4);
	perfdata_reader__close(reader);
}

/* A name that no record of a pipe has room for. */
static void test_long_name(void **state)
{
	static char name[80000];
	const uint64_t id = 900;
	const struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK, .sample_id_all = 1,
		.sample_type = PERFDATA_SAMPLE_TYPE & ~PERF_SAMPLE_RAW, .use_clockid = 1,
		.clockid = here.clockid,
	};
	const struct perfdata_foreign event = {
		.attr = &attr, .name = name, .ids = &id, .nr_ids = 1,
	};
	const struct perfdata_writer_opts opts = { .foreign = &event, .nr_foreign = 1 };
	struct perfdata_reader *reader;

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	write_ours("a", &here, 1);
	close_file(open_file("b", &here, &opts, id));
	reader = merged("a", "b");
	check_name(reader, 2, name);
	perfdata_reader__close(reader);
	assert_int_equal(merge_to_pipe("a", "b", "pipe"), 0);
	reader = merged("pipe", "a");
	check_name(reader, 2, "cpu-clock");
	perfdata_reader__close(reader);
}

/* ---- files that somebody broke ------------------------------------------------------------- */

static void try_broken(const char *data, size_t size)
{
	struct diag diag = DIAG_INIT;

	write_bytes("broken", data, size);
	unlink("out");
	if (merge("broken", "good", "out", &diag))
		assert_int_not_equal(access("out", F_OK), 0);
	diag__exit(&diag);
}

static void test_broken(void **state)
{
	static const char *const files[] = { "ours", "perf", "flows" };
	uint32_t random = 12345;

	(void)state;
	write_ours("good", &here, 3);
	write_ours("ours", &here, 3);
	write_perf("perf", &here, true, FIXTURE_START, 4);
	write_flows("flows", &here, 3);
	for (unsigned int f = 0; f < sizeof(files) / sizeof(*files); f++) {
		struct buf file = BUF_INIT, bad = BUF_INIT;

		test_slurp(files[f], &file);
		for (size_t size = 0; size < file.len; size += 1 + file.len / 60)
			try_broken(file.data, size);
		for (unsigned int i = 0; i < 400; i++) {
			buf__clear(&bad);
			buf__add(&bad, file.data, file.len);
			for (unsigned int j = 0; j <= i % 4; j++) {
				random = random * 1103515245 + 12345;
				bad.data[(random >> 4) % bad.len] = random >> 24;
			}
			try_broken(bad.data, bad.len);
		}
		buf__exit(&file);
		buf__exit(&bad);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_with_perf),
		cmocka_unit_test(test_two_of_ours),
		cmocka_unit_test(test_other_schema),
		cmocka_unit_test(test_without_ids),
		cmocka_unit_test(test_chains),
		cmocka_unit_test(test_boots),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_refused_events),
		cmocka_unit_test(test_same_file),
		cmocka_unit_test(test_third_kernel),
		cmocka_unit_test(test_unfinished),
		cmocka_unit_test(test_suspended),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_branches),
		cmocka_unit_test(test_output),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_broken),
	};

	verbose = -1;
	return cmocka_run_group_tests(tests, enter_dir, leave_dir);
}
