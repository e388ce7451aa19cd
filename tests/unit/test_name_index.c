// SPDX-License-Identifier: GPL-2.0-only
/* Numbers by names: what was added is found, in its order, also after the index has grown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "../../perf-plugin/util/name-index.h"

static void test_empty(void **state)
{
	struct name_index index = { 0 };
	struct name_walk walk = name_index__walk(&index, "skb", 3);

	(void)state;
	assert_int_equal(name_walk__next(&walk), 0);
	name_index__exit(&index);
}

static void test_same_name_keeps_its_order(void **state)
{
	struct name_index index = { 0 };
	struct name_walk walk;
	char name[16];

	(void)state;
	for (uint32_t i = 1; i <= 3; i++)
		assert_int_equal(name_index__add(&index, "init_once", 9, i), 0);
	/* Others until it has grown many times over. */
	for (uint32_t i = 4; i < 5000; i++) {
		int len = snprintf(name, sizeof(name), "f%u", i);

		assert_int_equal(name_index__add(&index, name, len, i), 0);
	}
	walk = name_index__walk(&index, "init_once", 9);
	for (uint32_t i = 1; i <= 3; i++)
		assert_int_equal(name_walk__next(&walk), i);
	assert_int_equal(name_walk__next(&walk), 0);
	for (uint32_t i = 4; i < 5000; i++) {
		int len = snprintf(name, sizeof(name), "f%u", i);

		walk = name_index__walk(&index, name, len);
		assert_int_equal(name_walk__next(&walk), i);
	}
	name_index__exit(&index);
}

static void test_length_counts(void **state)
{
	struct name_index index = { 0 };
	struct name_walk walk;

	(void)state;
	assert_int_equal(name_index__add(&index, "foo.isra.0", 3, 7), 0);
	walk = name_index__walk(&index, "foo", 3);
	assert_int_equal(name_walk__next(&walk), 7);
	walk = name_index__walk(&index, "foo.isra.0", 10);
	assert_int_equal(name_walk__next(&walk), 0);
	name_index__exit(&index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_same_name_keeps_its_order),
		cmocka_unit_test(test_length_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
