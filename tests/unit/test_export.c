// SPDX-License-Identifier: GPL-2.0-only
/*
 * What export/ is made of, as far as it needs no recording: export/nesting.h, flows.h, threads.h
 * and cell.h, and the names and strings of SQL in database.h.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "../../perf-plugin/export/cell.h"
#include "../../perf-plugin/export/database.h"
#include "../../perf-plugin/export/flows.h"
#include "../../perf-plugin/export/nesting.h"
#include "../../perf-plugin/export/threads.h"

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
		cmocka_unit_test(test_sql_names),
		cmocka_unit_test(test_cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
