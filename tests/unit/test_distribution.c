// SPDX-License-Identifier: GPL-2.0-only
/* Counts by value: exact where possible, within 1.6 per cent elsewhere, to the ends of 64 bits. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../perf-plugin/report/distribution.h"

#define NR 20000

static struct distribution *new_distribution(bool is_signed)
{
	struct distribution *d;

	assert_int_equal(distribution__new(is_signed, &d), 0);
	return d;
}

static void add(struct distribution *d, uint64_t value, uint64_t nr)
{
	assert_int_equal(distribution__add(d, value, nr), 0);
}

static void test_empty(void **state)
{
	struct distribution *d = new_distribution(false);
	struct distribution_bucket bucket;
	unsigned int pos = 0;

	(void)state;
	assert_int_equal(distribution__count(d), 0);
	assert_int_equal(distribution__min(d), 0);
	assert_int_equal(distribution__max(d), 0);
	assert_true(distribution__sum(d) == 0 && distribution__mean(d) == 0);
	assert_true(distribution__stddev(d) == 0);
	assert_int_equal(distribution__quantile(d, 0.5), 0);
	assert_int_equal(distribution__between(d, 0, UINT64_MAX), 0);
	assert_false(distribution__next(d, &pos, &bucket));
	distribution__free(d);
	distribution__free(NULL);
}

static void test_one(void **state)
{
	struct distribution *d = new_distribution(false);

	(void)state;
	add(d, 123456789, 1);
	assert_int_equal(distribution__min(d), 123456789);
	assert_int_equal(distribution__max(d), 123456789);
	assert_int_equal(distribution__quantile(d, 0), 123456789);
	assert_int_equal(distribution__quantile(d, 0.5), 123456789);
	assert_int_equal(distribution__quantile(d, 1), 123456789);
	assert_true(distribution__stddev(d) == 0);
	assert_int_equal(distribution__between(d, 123456789, 123456789), 1);
	assert_int_equal(distribution__between(d, 0, 123456788), 0);
	distribution__free(d);
}

/* Below 128 each value counts for itself. */
static void test_small_is_exact(void **state)
{
	struct distribution *d = new_distribution(true);

	(void)state;
	for (int64_t v = -100; v <= 100; v++)
		add(d, v, 2);
	assert_int_equal(distribution__count(d), 402);
	assert_int_equal((int64_t)distribution__min(d), -100);
	assert_int_equal((int64_t)distribution__max(d), 100);
	assert_true(distribution__sum(d) == 0);
	assert_int_equal(distribution__quantile(d, 0.5), 0);
	assert_int_equal((int64_t)distribution__quantile(d, 0.25), -50);
	assert_int_equal(distribution__between(d, -3, 3), 14);
	assert_int_equal(distribution__between(d, -200, -100), 2);
	assert_int_equal(distribution__between(d, 3, -3), 0);
	distribution__free(d);
}

static void test_ends(void **state)
{
	struct distribution *u = new_distribution(false), *s = new_distribution(true);

	(void)state;
	add(u, UINT64_MAX, 3);
	add(u, 0, 1);
	assert_int_equal(distribution__max(u), UINT64_MAX);
	assert_int_equal(distribution__min(u), 0);
	assert_true(fabs(distribution__sum(u) / (3 * 0x1p64) - 1) < 1e-15);
	assert_int_equal(distribution__between(u, 0, UINT64_MAX), 4);
	assert_true(distribution__quantile(u, 0.5) > UINT64_MAX - (1ULL << 58));

	add(s, INT64_MIN, 1);
	add(s, INT64_MAX, 1);
	assert_int_equal((int64_t)distribution__min(s), INT64_MIN);
	assert_int_equal((int64_t)distribution__max(s), INT64_MAX);
	assert_true(distribution__sum(s) == -1);
	assert_int_equal((int64_t)distribution__quantile(s, 0.5), INT64_MIN);
	assert_int_equal(distribution__between(s, INT64_MIN, INT64_MAX), 2);
	assert_true(distribution__stddev(s) > 0x1p63);

	/* A count that is full stays full. */
	add(u, 7, UINT64_MAX);
	assert_int_equal(distribution__count(u), UINT64_MAX);
	add(u, 9, 1);
	assert_int_equal(distribution__count(u), UINT64_MAX);
	assert_int_equal(distribution__quantile(u, 0.5), 7);
	assert_int_equal(distribution__merge(s, s), 0);
	assert_int_equal(distribution__count(s), 4);
	distribution__free(u);
	distribution__free(s);
}

static int compare_signed(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Values of all sizes; with many buckets and with few. */
static void check_against_sorted(unsigned int max_bits, bool is_signed)
{
	struct distribution *d = new_distribution(is_signed);
	static int64_t values[NR];
	uint64_t quantiles[1001];
	double sum = 0, squares = 0;

	for (unsigned int i = 0; i < NR; i++) {
		unsigned int bits = 1 + random() % max_bits;

		values[i] = ((uint64_t)random() << 31 ^ random()) & ((1ULL << bits) - 1);
		if (is_signed && random() & 1)
			values[i] = -values[i];
		sum += values[i];
		add(d, values[i], 1);
	}
	qsort(values, NR, sizeof(*values), compare_signed);
	assert_int_equal((int64_t)distribution__min(d), values[0]);
	assert_int_equal((int64_t)distribution__max(d), values[NR - 1]);
	assert_true(fabs(distribution__sum(d) - sum) <= fabs(sum) * 1e-9);
	for (unsigned int i = 1; i <= 1000; i++) {
		int64_t exact = values[(i * NR + 999) / 1000 - 1];
		int64_t got = distribution__quantile(d, i / 1000.0);

		assert_true(llabs(got - exact) <= llabs(exact) / 63);
	}
	distribution__quantiles(d, 1001, quantiles);
	for (unsigned int i = 0; i <= 1000; i++)
		assert_int_equal(quantiles[i], distribution__quantile(d, i / 1000.0));
	for (unsigned int i = 0; i < NR; i++)
		squares += (values[i] - sum / NR) * (values[i] - sum / NR);
	assert_true(fabs(distribution__stddev(d) / sqrt(squares / (NR - 1)) - 1) < 1e-6);
	distribution__free(d);
}

static void test_random(void **state)
{
	(void)state;
	srandom(1);
	for (unsigned int bits = 1; bits < 62; bits += 5) {
		check_against_sorted(bits, false);
		check_against_sorted(bits, true);
	}
}

/* Buckets cover all values without a gap: each one's neighbours count once. */
static void test_buckets_are_seamless(void **state)
{
	struct distribution_bucket bucket, last = { 0 };
	struct distribution *d = new_distribution(true);
	unsigned int pos = 0;
	uint64_t nr = 0;

	(void)state;
	for (unsigned int shift = 0; shift < 62; shift++) {
		for (int64_t k = 0; k < 192; k++) {
			int64_t v = (int64_t)((uint64_t)(64 + k) << shift);

			if (v > 0 && (v >> shift) == 64 + k) {
				add(d, v, 1);
				add(d, -v, 1);
				add(d, v - 1, 1);
			}
		}
	}
	while (distribution__next(d, &pos, &bucket)) {
		assert_true(distribution__compare(d, bucket.low, bucket.high) <= 0);
		if (nr)
			assert_true(distribution__compare(d, last.high, bucket.low) < 0);
		if (nr && (int64_t)bucket.low > 64)
			assert_int_equal(bucket.low, last.high + 1);
		nr += bucket.count;
		last = bucket;
	}
	assert_int_equal(nr, distribution__count(d));
	distribution__free(d);
}

static void test_merge(void **state)
{
	struct distribution *all = new_distribution(true), *a = new_distribution(true);
	struct distribution *b = new_distribution(true);

	(void)state;
	srandom(2);
	for (unsigned int i = 0; i < NR; i++) {
		int64_t v = random() % 2000000 - 500000;

		add(all, v, 1 + i % 3);
		add(i % 5 ? a : b, v, 1 + i % 3);
	}
	assert_int_equal(distribution__merge(a, b), 0);
	assert_int_equal(distribution__count(a), distribution__count(all));
	assert_int_equal(distribution__min(a), distribution__min(all));
	assert_int_equal(distribution__max(a), distribution__max(all));
	assert_true(distribution__sum(a) == distribution__sum(all));
	assert_true(fabs(distribution__stddev(a) / distribution__stddev(all) - 1) < 1e-9);
	for (unsigned int i = 0; i <= 100; i++)
		assert_int_equal(distribution__quantile(a, i / 100.0),
				 distribution__quantile(all, i / 100.0));
	distribution__clear(a);
	assert_int_equal(distribution__count(a), 0);
	add(a, -5, 1);
	assert_int_equal((int64_t)distribution__max(a), -5);
	distribution__free(all);
	distribution__free(a);
	distribution__free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_small_is_exact),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_buckets_are_seamless),
		cmocka_unit_test(test_merge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
