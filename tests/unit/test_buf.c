// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../perf-plugin/util/buf.h"

static void test_empty(void **state)
{
	struct buf buf = BUF_INIT;
	char *str;

	(void)state;
	assert_string_equal(buf__str(&buf), "");
	buf__clear(&buf);
	buf__add(&buf, NULL, 0);
	assert_int_equal(buf.len, 0);
	str = buf__take(&buf);
	assert_string_equal(str, "");
	free(str);
	assert_null(buf.data);
	buf__exit(&buf);
}

static void test_grow(void **state)
{
	struct buf buf = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < 10000; i++) {
		buf__addc(&buf, 'a' + i % 26);
		assert_int_equal(buf.len, i + 1);
		assert_int_equal(buf.data[buf.len], '\0');
	}
	for (i = 0; i < 10000; i++)
		assert_int_equal(buf.data[i], 'a' + i % 26);
	assert_true(buf.cap > buf.len && buf.cap <= 32768);
	buf__clear(&buf);
	assert_string_equal(buf__str(&buf), "");
	buf__adds(&buf, "again");
	assert_string_equal(buf__str(&buf), "again");
	buf__exit(&buf);
}

static void test_format(void **state)
{
	struct buf buf = BUF_INIT;
	char expected[600];

	(void)state;
	buf__addf(&buf, "%s=%d", "x", 42);
	assert_string_equal(buf__str(&buf), "x=42");
	/* Does not fit at the first try. */
	snprintf(expected, sizeof(expected), "x=42%500s", "right");
	buf__addf(&buf, "%500s", "right");
	assert_string_equal(buf__str(&buf), expected);
	assert_int_equal(buf.len, strlen(expected));
	buf__addf(&buf, "%s", "");
	assert_int_equal(buf.len, strlen(expected));
	buf__exit(&buf);
}

static void check_number(uint64_t v)
{
	struct buf buf = BUF_INIT;
	char expected[32];

	buf__addu(&buf, v);
	snprintf(expected, sizeof(expected), "%" PRIu64, v);
	assert_string_equal(buf__str(&buf), expected);
	buf__clear(&buf);
	buf__addd(&buf, (int64_t)v);
	snprintf(expected, sizeof(expected), "%" PRId64, (int64_t)v);
	assert_string_equal(buf__str(&buf), expected);
	buf__clear(&buf);
	buf__addx(&buf, v);
	snprintf(expected, sizeof(expected), "0x%" PRIx64, v);
	assert_string_equal(buf__str(&buf), expected);
	buf__exit(&buf);
}

static void test_numbers(void **state)
{
	uint64_t v = 1;
	int i;

	(void)state;
	check_number(0);
	check_number(UINT64_MAX);
	check_number(INT64_MAX);
	check_number((uint64_t)INT64_MIN);
	for (i = 0; i < 20; i++, v *= 10) {
		check_number(v);
		check_number(v - 1);
		check_number(-v);
	}
	for (i = 0; i < 64; i++) {
		check_number(1ULL << i);
		check_number((1ULL << i) - 1);
	}
}

static void test_fill_and_align(void **state)
{
	struct buf buf = BUF_INIT;

	(void)state;
	buf__align(&buf, 8);
	assert_int_equal(buf.len, 0);
	buf__adds(&buf, "abc");
	buf__align(&buf, 8);
	assert_int_equal(buf.len, 8);
	assert_memory_equal(buf.data, "abc\0\0\0\0\0", 8);
	buf__align(&buf, 8);
	assert_int_equal(buf.len, 8);
	buf__fill(&buf, '-', 3);
	assert_memory_equal(buf.data + 8, "---", 4);
	buf__exit(&buf);
}

static void test_reserve(void **state)
{
	struct buf buf = BUF_INIT;
	char *at;

	(void)state;
	buf__adds(&buf, "ab");
	at = buf__reserve(&buf, 100);
	assert_non_null(at);
	assert_int_equal(buf.len, 2);
	memset(at, 'x', 100);
	buf.len += 100;
	buf__addc(&buf, '!');
	assert_int_equal(buf.len, 103);
	assert_int_equal(buf.data[102], '!');
	buf__exit(&buf);
}

/* What cannot be had marks the buffer; what was in it before stays, nothing is added any more. */
static void test_failure(void **state)
{
	struct buf buf = BUF_INIT;
	char *str;

	(void)state;
	buf__adds(&buf, "kept");
	assert_null(buf__reserve(&buf, SIZE_MAX));
	assert_true(buf.failed);
	buf__adds(&buf, "dropped");
	buf__addf(&buf, "%d", 1);
	buf__addu(&buf, 1);
	buf__fill(&buf, 'x', 4);
	assert_string_equal(buf__str(&buf), "kept");
	str = buf__take(&buf);
	assert_null(str);
	assert_false(buf.failed);
	assert_null(buf__reserve(&buf, SIZE_MAX - 1));
	assert_true(buf.failed);
	buf__exit(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_fill_and_align),
		cmocka_unit_test(test_reserve),
		cmocka_unit_test(test_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
