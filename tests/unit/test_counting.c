// SPDX-License-Identifier: GPL-2.0-only
/* Counts of values in bounded memory (tally), in equal ranges (bins), and their changes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../perf-plugin/report/bars.h"
#include "../../perf-plugin/report/bins.h"
#include "../../perf-plugin/report/diff-measure.h"
#include "../../perf-plugin/report/distribution.h"
#include "../../perf-plugin/report/tally.h"

/* ---- tally --------------------------------------------------------------------------------- */

static struct tally *new_tally(uint32_t max)
{
	struct tally *tally;

	assert_int_equal(tally__new(max, &tally), 0);
	return tally;
}

static void count(struct tally *tally, const char *text, uint64_t nr)
{
	assert_int_equal(tally__add(tally, text, strlen(text), nr), 0);
}

static void test_tally(void **state)
{
	struct tally *tally = new_tally(100);
	uint32_t order[4];
	size_t len;

	(void)state;
	assert_int_equal(tally__nr(tally), 0);
	assert_int_equal(tally__find(tally, "a", 1), 0);
	count(tally, "once", 1);
	count(tally, "", 2);
	count(tally, "often", 5);
	count(tally, "on", 1);
	count(tally, "", 1);
	assert_int_equal(tally__nr(tally), 4);
	assert_int_equal(tally__total(tally), 10);
	assert_int_equal(tally__error(tally), 0);
	assert_int_equal(tally__find(tally, "", 0), 3);
	assert_int_equal(tally__find(tally, "o", 1), 0);
	tally__order(tally, order);
	assert_string_equal(tally__value(tally, order[0], &len), "often");
	assert_int_equal(len, 5);
	assert_string_equal(tally__value(tally, order[1], &len), "");
	assert_string_equal(tally__value(tally, order[2], &len), "once");
	assert_string_equal(tally__value(tally, order[3], &len), "on");
	tally__free(tally);
}

/* What is common survives any number of values that turn up once. */
static void test_tally_gives_up_the_rare(void **state)
{
	struct tally *tally = new_tally(64);
	char text[16];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		snprintf(text, sizeof(text), "%d", i);
		count(tally, text, 1);
		count(tally, i % 2 ? "common" : "frequent", 1);
	}
	assert_true(tally__nr(tally) <= 64);
	assert_int_equal(tally__total(tally), 40000);
	assert_true(tally__error(tally) > 0 && tally__error(tally) <= 40000 / 32);
	assert_true(tally__find(tally, "common", 6) + tally__error(tally) >= 10000);
	assert_true(tally__find(tally, "common", 6) <= 10000);
	assert_true(tally__find(tally, "frequent", 8) + tally__error(tally) >= 10000);
	tally__free(tally);
}

/* ---- bins ---------------------------------------------------------------------------------- */

static struct bars *rows_of(bool is_signed, unsigned int max_rows, const int64_t *values, size_t nr)
{
	struct bins *bins;
	struct bars *bars;

	assert_int_equal(bins__new(is_signed, &bins), 0);
	assert_int_equal(bars__new(&bars), 0);
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(bins__add(bins, values[i]), 0);
	bins__rows(bins, max_rows, 0, bars);
	bins__free(bins);
	return bars;
}

static void assert_row(const struct bars *bars, unsigned int row, const char *label, uint64_t nr)
{
	assert_string_equal(bars__label(bars, row), label);
	assert_int_equal(bars__count(bars, row), nr);
}

static void test_bins(void **state)
{
	static const int64_t small[] = { 3, 5, 5, 4, 3, 3 };
	static const int64_t sizes[] = { 1499, 1500, 1500, 0, 3000, 64 };
	static const int64_t negative[] = { -11, -11, 0, 39 };
	struct bars *bars;

	(void)state;
	bars = rows_of(false, 20, NULL, 0);
	assert_int_equal(bars__nr(bars), 0);
	bars__free(bars);
	bars = rows_of(false, 20, small, 6);
	assert_int_equal(bars__nr(bars), 3);
	assert_row(bars, 0, "3", 3);
	assert_row(bars, 1, "4", 1);
	assert_row(bars, 2, "5", 2);
	bars__free(bars);
	bars = rows_of(false, 10, sizes, 6);
	assert_int_equal(bars__nr(bars), 7);
	assert_row(bars, 0, "[0, 500)", 2);
	assert_row(bars, 2, "[1000, 1500)", 1);
	assert_row(bars, 3, "[1500, 2000)", 2);
	assert_row(bars, 6, "[3000, 3500)", 1);
	bars__free(bars);
	bars = rows_of(true, 6, negative, 4);
	assert_row(bars, 0, "[-20, -10)", 2);
	assert_row(bars, 1, "[-10, 0)", 0);
	assert_row(bars, 2, "[0, 10)", 1);
	bars__free(bars);
}

static void test_bins_of_all_sizes(void **state)
{
	static const int64_t ends[] = { 0, -1 };
	static const int64_t signed_ends[] = { INT64_MIN, INT64_MAX, -1, 0 };
	static const int64_t far[] = { 1000000000000007, 1000000000000009, 1000000000000007 };
	struct bars *bars;

	(void)state;
	bars = rows_of(false, 20, ends, 2);
	assert_int_equal(bars__total(bars), 2);
	assert_int_equal(bars__count(bars, 0), 1);
	assert_int_equal(bars__count(bars, bars__nr(bars) - 1), 1);
	bars__free(bars);
	bars = rows_of(true, 20, signed_ends, 4);
	assert_int_equal(bars__total(bars), 4);
	bars__free(bars);
	bars = rows_of(false, 20, far, 3);
	assert_int_equal(bars__nr(bars), 3);
	assert_row(bars, 0, "1000000000000007", 2);
	bars__free(bars);
}

/* However the values come, each row has exactly those between its bounds. */
static void test_bins_are_exact(void **state)
{
	static int64_t values[3000];

	(void)state;
	srandom(3);
	for (unsigned int bits = 2; bits < 62; bits += 3) {
		struct bars *bars;

		for (size_t i = 0; i < 3000; i++) {
			values[i] = ((int64_t)random() << 31 ^ random()) & ((1LL << bits) - 1);
			values[i] -= (1LL << bits) / 3;
		}
		bars = rows_of(true, 20, values, 3000);
		assert_true(bars__nr(bars) <= 21);
		assert_int_equal(bars__total(bars), 3000);
		for (unsigned int row = 0; row < bars__nr(bars); row++) {
			const char *label = bars__label(bars, row);
			long long low, high;
			uint64_t nr = 0;

			if (sscanf(label, "[%lld, %lld)", &low, &high) != 2) {
				low = atoll(label);
				high = low + 1;
			}
			for (size_t i = 0; i < 3000; i++)
				nr += values[i] >= low && values[i] < high;
			assert_int_equal(bars__count(bars, row), nr);
		}
		bars__free(bars);
	}
}

/* ---- changes ------------------------------------------------------------------------------- */

static void test_counts(void **state)
{
	struct measure m;

	(void)state;
	m = measure__counts(1000, 1, 1000, 1);
	assert_true(m.distance == 0 && m.certain == 0);
	m = measure__counts(1000, 1, 2000, 1);
	assert_true(fabs(m.distance - 0.5) < 1e-9 && m.certain > 0.4 && m.certain < 0.5);
	/* Recorded for twice as long. */
	m = measure__counts(1000, 1, 2000, 2);
	assert_true(m.distance < 1e-9 && m.certain == 0);
	/* The same work took twice as long. */
	m = measure__counts(1000, 1, 1000, 2);
	assert_true(m.distance < 1e-9);
	m = measure__counts(3, 0, 7, 0);
	assert_true(m.distance > 0.5 && m.certain == 0);
	m = measure__counts(0, 1, 3, 1);
	assert_true(m.distance == 1 && m.certain == 0);
	m = measure__counts(300, 1, 0, 1);
	assert_true(m.distance == 1 && m.certain > 0.9);
	m = measure__counts(0, 1, 0, 1);
	assert_true(m.distance == 0 && m.certain == 0);
}

static double uniform(void)
{
	return (random() + 0.5) / 2147483648.0;
}

static struct distribution *heavy_tailed(unsigned int nr, double slow, double by)
{
	struct distribution *d;

	assert_int_equal(distribution__new(false, &d), 0);
	for (unsigned int i = 0; i < nr; i++) {
		double value = 1000 / pow(uniform(), 0.7) * (uniform() < slow ? by : 1);

		assert_int_equal(distribution__add(d, (uint64_t)value, 1), 0);
	}
	return d;
}

/* Two samples of the same are not told to differ; a slow one in twenty is found in enough. */
static void test_noise_and_change(void **state)
{
	unsigned int wrong = 0;

	(void)state;
	srandom(4);
	for (unsigned int i = 0; i < 300; i++) {
		struct distribution *a = heavy_tailed(10 + i * 5, 0, 1);
		struct distribution *b = heavy_tailed(200, 0, 1);

		wrong += measure__numbers(a, b).certain > 0;
		distribution__free(a);
		distribution__free(b);
	}
	assert_true(wrong <= 2);
	for (unsigned int i = 0; i < 5; i++) {
		struct distribution *a = heavy_tailed(20000, 0, 1);
		struct distribution *b = heavy_tailed(20000, 0.05, 30);
		struct distribution *c = heavy_tailed(20000, 1, 2);

		assert_true(measure__numbers(a, b).certain > 0);
		assert_true(measure__numbers(a, b).quantile >= 0.9);
		/* Twice as long throughout is half. */
		assert_true(fabs(measure__numbers(a, c).distance - 0.5) < 0.03);
		assert_true(measure__numbers(a, c).certain > measure__numbers(a, b).certain);
		distribution__free(a);
		distribution__free(b);
		distribution__free(c);
	}
}

static void test_signs(void **state)
{
	struct distribution *a, *b;
	struct measure m;

	(void)state;
	assert_int_equal(distribution__new(true, &a), 0);
	assert_int_equal(distribution__new(true, &b), 0);
	assert_int_equal(distribution__add(a, 0, 10000), 0);
	assert_int_equal(distribution__add(b, 0, 9000), 0);
	assert_int_equal(distribution__add(b, -11, 1000), 0);
	m = measure__numbers(a, b);
	assert_true(fabs(m.distance - 0.1) < 0.01 && m.certain > 0.05 && m.quantile < 0.1);
	distribution__free(a);
	distribution__free(b);
}

static void test_texts(void **state)
{
	struct tally *a = new_tally(100), *b = new_tally(100), *few = new_tally(100);
	struct measure m;

	(void)state;
	count(a, "SEEK_SET", 10000);
	count(b, "SEEK_SET", 6000);
	count(b, "SEEK_CUR", 4000);
	count(few, "SEEK_SET", 1);
	count(few, "SEEK_CUR", 1);
	m = measure__texts(a, b);
	assert_true(fabs(m.distance - 0.4) < 1e-9 && m.certain > 0.3 && m.certain < 0.4);
	m = measure__texts(a, a);
	assert_true(m.distance == 0 && m.certain == 0);
	m = measure__texts(b, few);
	assert_true(m.distance > 0 && m.certain == 0);
	tally__free(a);
	tally__free(b);
	tally__free(few);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tally),
		cmocka_unit_test(test_tally_gives_up_the_rare),
		cmocka_unit_test(test_bins),
		cmocka_unit_test(test_bins_of_all_sizes),
		cmocka_unit_test(test_bins_are_exact),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_noise_and_change),
		cmocka_unit_test(test_signs),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
