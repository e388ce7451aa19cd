// SPDX-License-Identifier: GPL-2.0-only
/*
 * What export/ is made of, as far as it needs no recording, or hardly one: export/nesting.h,
 * flows.h, threads.h, frames.h and cell.h, and the names and strings of SQL in database.h.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../../perf-plugin/export/cell.h"
#include "../../perf-plugin/export/database.h"
#include "../../perf-plugin/export/flows.h"
#include "../../perf-plugin/export/frames.h"
#include "../../perf-plugin/export/nesting.h"
#include "../../perf-plugin/export/threads.h"
#include "../../perf-plugin/report/input.h"
#include "../../perf-plugin/report/maps.h"
#include "../../perf-plugin/report/records.h"
#include "data_fixture.h"

#define NR_SLICES	200

static void expect_slice(struct nesting *n, uint64_t start, uint64_t end, uint64_t start_after,
			 uint64_t end_after)
{
	struct slice slice = { .start = start, .end = end };

	assert_int_equal(nesting__add(n, &slice), 0);
	assert_int_equal(slice.start, start_after);
	assert_int_equal(slice.end, end_after);
}

static void test_nesting(void **state)
{
	struct nesting n = { 0 };

	(void)state;
	expect_slice(&n, 0, 100, 0, 100);
	expect_slice(&n, 10, 50, 10, 50);	/* within */
	expect_slice(&n, 20, 50, 20, 50);	/* ends with the one around it */
	expect_slice(&n, 49, 90, 50, 90);	/* the shorter part is cut off: its beginning ... */
	expect_slice(&n, 60, 110, 60, 90);	/* ... or its end: by each of those around it */
	expect_slice(&n, 100, 101, 100, 101);	/* touches */
	nesting__exit(&n);
}

/* One that begins before what was moved does: it must not reach over its beginning. */
static void test_nesting_moved(void **state)
{
	struct nesting n = { 0 };

	(void)state;
	expect_slice(&n, 0, 10, 0, 10);
	expect_slice(&n, 8, 20, 10, 20);
	expect_slice(&n, 9, 12, 10, 12);
	expect_slice(&n, 9, 10, 10, 10);	/* nothing is left of it */
	nesting__exit(&n);
}

static bool nests(const struct slice *a, const struct slice *b)
{
	return a->end <= b->start || b->end <= a->start ||
	       (a->start <= b->start && b->end <= a->end) ||
	       (b->start <= a->start && a->end <= b->end);
}

static int by_start(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static void add_random(struct slice *slices)
{
	struct nesting n = { 0 };

	for (int i = 0; i < NR_SLICES; i++) {
		slices[i].start = rand() % 1000;
		slices[i].end = slices[i].start + 1 + rand() % (1 << rand() % 9);
	}
	qsort(slices, NR_SLICES, sizeof(*slices), by_start);
	for (int i = 0; i < NR_SLICES; i++)
		assert_int_equal(nesting__add(&n, &slices[i]), 0);
	nesting__exit(&n);
}

static void test_nesting_random(void **state)
{
	struct slice slices[NR_SLICES];

	(void)state;
	srand(1);
	for (int round = 0; round < 100; round++) {
		add_random(slices);
		for (int i = 0; i < NR_SLICES; i++) {
			assert_true(slices[i].start <= slices[i].end);
			for (int k = 0; k < i; k++)
				assert_true(nests(&slices[k], &slices[i]));
		}
	}
}

static void test_flows(void **state)
{
	struct flow_step step = { .id = 7, .time = 1 }, other = { .id = UINT64_MAX }, before;
	struct flows flows = { 0 };

	(void)state;
	assert_int_equal(flows__step(&flows, &step, &before), 1);
	assert_int_equal(flows__step(&flows, &other, &before), 1);
	step.time = 2;
	assert_int_equal(flows__step(&flows, &step, &before), 2);
	assert_int_equal(before.id, 7);
	assert_int_equal(before.time, 1);
	step.time = 3;
	assert_int_equal(flows__step(&flows, &step, &before), 3);
	assert_int_equal(before.time, 2);
	flows__exit(&flows);
}

static struct thread *get(struct threads *threads, int pid, int tid, int cpu, const char *comm)
{
	struct perfdata_sample sample = { .pid = pid, .tid = tid, .cpu = cpu };
	struct thread *thread = threads__get(threads, &sample, comm);

	assert_non_null(thread);
	return thread;
}

static void test_threads(void **state)
{
	struct threads threads = { 0 };
	struct thread *worker, *idle;

	(void)state;
	worker = get(&threads, 10, 11, 0, "worker");
	assert_true(threads__is_first(&threads, worker));
	assert_ptr_equal(get(&threads, 10, 11, 1, "renamed"), worker);
	assert_string_equal(worker->comm, "renamed");
	assert_true(threads__is_first(&threads, get(&threads, 10, 10, 0, "main")));
	assert_false(threads__is_first(&threads, worker));

	idle = get(&threads, 0, 0, 1, "swapper");
	assert_int_equal(idle->tid, THREAD_IDLE + 1);
	assert_string_equal(idle->comm, "swapper/1");
	assert_ptr_not_equal(get(&threads, 0, 0, 0, "swapper"), idle);
	get(&threads, -1, -1, -1, "");
	threads__exit(&threads);
}

/* Of processes whose main thread is nowhere, which of its threads came first was asked of all. */
static void test_many_processes(void **state)
{
	struct threads threads = { 0 };
	struct thread *thread, *next;
	unsigned int nr = 0;

	(void)state;
	alarm(60);
	for (int i = 1; i <= 200000; i++) {
		get(&threads, i * 3, i * 3 + 1, 0, "a");
		if (i % 2)
			get(&threads, i * 3, i * 3 + 2, 0, "b");
	}
	HASH_ITER(hh, threads.by_key, thread, next) {
		assert_int_equal(threads__is_first(&threads, thread), *thread->comm == 'a');
		nr++;
	}
	assert_int_equal(nr, 300000);
	threads__exit(&threads);
	alarm(0);
}

/* ---- call chains --------------------------------------------------------------------------- */

#define MAP	0x10000000ULL

static struct input *open_input(void)
{
	char path[] = "/tmp/test_export.XXXXXX";
	struct input_opts opts = { .path = path, .kallsyms = "/dev/null" };
	struct diag diag = DIAG_INIT;
	struct input *input;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	unlink(path);
	fixture_write(path, 1, 1);
	assert_int_equal(input__open(&opts, &input, &diag), 0);
	unlink(path);
	return input;
}

/* A file of this name, in process 7. */
static void map_file(struct input *input, const char *name)
{
	union {
		struct mmap2_record r;
		char bytes[sizeof(struct mmap2_record) + 4096];
	} map = {
		.r = {
			.header = { .type = PERF_RECORD_MMAP2, .misc = PERF_RECORD_MISC_USER,
				    .size = sizeof(map) },
			.pid = 7, .tid = 7, .addr = MAP, .len = 1 << 30,
		},
	};
	struct perfdata_record record = { .type = PERF_RECORD_MMAP2, .header = &map.r.header };

	assert_true(strlen(name) < 4096);
	strcpy(map.bytes + sizeof(map.r), name);
	assert_int_equal(maps__record(input__maps(input), &record), 0);
}

static uint32_t frame_of(struct frames *frames, struct input *input, const uint64_t *ips,
			 unsigned int nr)
{
	struct perfdata_sample sample = {
		.pid = 7, .tid = 7, .misc = PERF_RECORD_MISC_USER,
		.callchain = ips, .nr_callchain = nr,
	};
	uint32_t id;

	assert_int_equal(frames__get(frames, input, &sample, &id), 0);
	return id;
}

static void test_frames(void **state)
{
	static const uint64_t ips[] = { MAP + 1, MAP + 2, MAP + 3 }, other[] = { MAP + 9, MAP + 3 };
	struct input *input = open_input();
	struct frames frames = { 0 };
	const struct frame *frame;

	(void)state;
	map_file(input, "/no/such/file");
	assert_int_equal(frame_of(&frames, input, ips, 0), 0);
	assert_int_equal(frame_of(&frames, input, ips, 3), 3);
	assert_int_equal(frame_of(&frames, input, ips, 3), 3);
	assert_int_equal(frame_of(&frames, input, other, 2), 4);	/* by the same caller */
	frame = frames.by_key;
	assert_string_equal(frame->key.name, "0x10000003");
	assert_string_equal(frame->key.dso, "/no/such/file");
	assert_int_equal(frame->key.parent, 0);
	frames__exit(&frames);
	input__close(input);
}

/* A file's name of 4096 bytes is longer still when it is shown, and a chain has a thousand. */
static void test_frames_with_long_names(void **state)
{
	struct input *input = open_input();
	struct frames frames = { 0 };
	struct rusage usage;
	uint64_t ips[1000];
	char name[4096];

	(void)state;
	memset(name, '\1', sizeof(name) - 1);
	name[0] = '/';
	name[sizeof(name) - 1] = '\0';
	map_file(input, name);
	for (unsigned int i = 0; i < 100; i++) {
		for (unsigned int k = 0; k < 1000; k++)
			ips[k] = MAP + i * 1000 + k;
		assert_int_equal(frame_of(&frames, input, ips, 1000), (i + 1) * 1000);
	}
	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	assert_in_range(usage.ru_maxrss, 1, 1 << 19);	/* kB */
	frames__exit(&frames);
	input__close(input);
}

/* ---- SQL ----------------------------------------------------------------------------------- */

static void test_sql_names(void **state)
{
	struct buf sql = BUF_INIT;

	(void)state;
	sql__name(&sql, "skb->len");
	sql__name(&sql, "a\"; DROP TABLE x; --");
	sql__string(&sql, "it's");
	assert_string_equal(buf__str(&sql),
			    "\"skb->len\"\"a\"\"; DROP TABLE x; --\"'it''s'");
	buf__exit(&sql);
}

/* What SELECT says of the value and of its type. */
static void expect_cell(sqlite3_stmt *stmt, const char *text, bool is_number, const char *expected)
{
	struct buf json = BUF_INIT;

	buf__adds(&json, text);
	cell__bind(stmt, 1, &json, is_number);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(stmt, 0), expected);
	assert_int_equal(sqlite3_reset(stmt), SQLITE_OK);
	buf__exit(&json);
}

static void test_cells(void **state)
{
	sqlite3_stmt *stmt;
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT typeof(?1) || ' ' || ifnull(?1, '')", -1,
					    &stmt, NULL), SQLITE_OK);
	expect_cell(stmt, "null", false, "null ");
	expect_cell(stmt, "true", false, "integer 1");
	expect_cell(stmt, "false", false, "integer 0");
	expect_cell(stmt, "-5", false, "integer -5");
	expect_cell(stmt, "\"9223372036854775807\"", true, "integer 9223372036854775807");
	expect_cell(stmt, "\"-9223372036854775808\"", true, "integer -9223372036854775808");
	expect_cell(stmt, "\"12\"", false, "text 12");
	expect_cell(stmt, "\"\"", false, "text ");
	expect_cell(stmt, "\"a\\\"b\\\\c\\n\\u00e9\"", false, "text a\"b\\c\n\u00e9");
	expect_cell(stmt, "\"\\udb40\\udc01!\"", false, "text \U000e0001!");
	expect_cell(stmt, "\"\\ud801\\n\\u0041\"", false, "text \xed\xa0\x81\nA");
	expect_cell(stmt, "{\"a\":[1,2]}", false, "text {\"a\":[1,2]}");
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_nesting_moved),
		cmocka_unit_test(test_nesting_random),
		cmocka_unit_test(test_flows),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_many_processes),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_frames_with_long_names),
		cmocka_unit_test(test_sql_names),
		cmocka_unit_test(test_cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
