// SPDX-License-Identifier: GPL-2.0-only
/* Histograms as text: labels of ranges, bars of eighths and of '#', widths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../perf-plugin/render/text.h"
#include "../../perf-plugin/report/bars.h"
#include "../../perf-plugin/report/distribution.h"

static void assert_duration(uint64_t ns, bool exact, const char *text)
{
	struct buf out = BUF_INIT;

	bars__duration(&out, ns, exact);
	assert_string_equal(buf__str(&out), text);
	buf__exit(&out);
}

static void test_durations(void **state)
{
	(void)state;
	assert_duration(0, false, "0ns");
	assert_duration(999, false, "999ns");
	assert_duration(1000, false, "1us");
	assert_duration(1024, false, "1.02us");
	assert_duration(65536, false, "65.5us");
	assert_duration(131072, false, "131us");
	assert_duration(999900, false, "1ms");
	assert_duration(1048576, false, "1.05ms");
	assert_duration(1048576, true, "1.048576ms");
	assert_duration(1500000000, true, "1.5s");
	assert_duration(UINT64_MAX, true, "18446744073.709551615s");
	assert_duration(UINT64_MAX, false, "18446744073s");
}

static void assert_range(uint64_t low, uint64_t high, unsigned int form, const char *label)
{
	struct bars *bars;

	assert_int_equal(bars__new(&bars), 0);
	bars__range(bars, low, high, form, 1);
	assert_string_equal(bars__label(bars, 0), label);
	bars__free(bars);
}

static void test_labels(void **state)
{
	(void)state;
	assert_range(0, 0, 0, "0");
	assert_range(5, 5, 0, "5");
	assert_range(2, 3, 0, "[2, 4)");
	assert_range(512, 1023, 0, "[512, 1K)");
	assert_range(1024, 2047, 0, "[1K, 2K)");
	assert_range(1000, 1999, 0, "[1000, 2000)");
	assert_range(1000, 2047, 0, "[1000, 2048)");
	assert_range(1ULL << 63, UINT64_MAX, 0, "[8E, 16E)");
	assert_range(-3, -2, BARS_SIGNED, "(-4, -2]");
	assert_range(-2047, -1024, BARS_SIGNED, "(-2K, -1K]");
	assert_range(-20, -11, BARS_SIGNED, "[-20, -10)");
	assert_range(INT64_MIN, INT64_MIN, BARS_SIGNED, "-9223372036854775808");
	assert_range(1024, 2047, BARS_DURATION, "[1.02us, 2.05us)");
	assert_range(1250000, 1499999, BARS_DURATION, "[1.25ms, 1.5ms)");
}

static void assert_bar(double share, unsigned int width, bool ascii, const char *text)
{
	struct buf out = BUF_INIT;

	bars__bar(&out, share, width, ascii);
	assert_string_equal(buf__str(&out), text);
	buf__exit(&out);
}

static void test_bar(void **state)
{
	(void)state;
	assert_bar(0, 8, false, "");
	assert_bar(1, 4, false, "████");
	assert_bar(7, 4, false, "████");
	assert_bar(0.5, 4, false, "██");
	assert_bar(1 / 32.0, 4, false, "▏");
	assert_bar(1e-9, 4, false, "▏");
	assert_bar(15 / 32.0, 4, false, "█▉");
	assert_bar(0.5, 4, true, "##");
	assert_bar(0.01, 4, true, ".");
}

static void test_distribution(void **state)
{
	static const int64_t values[] = { -5, -4, -1, 0, 1, 3, 3, 70000, INT64_MIN, INT64_MAX };
	static const struct {
		const char *label;
		uint64_t count;
	} rows[] = {
		{ "(-8, -4]", 2 }, { "(-4, -2]", 0 }, { "-1", 1 }, { "0", 1 }, { "1", 1 },
		{ "[2, 4)", 2 }, { "[4, 8)", 0 },
	};
	struct distribution *d;
	struct bars *bars;
	unsigned int first;

	(void)state;
	assert_int_equal(distribution__new(true, &d), 0);
	assert_int_equal(bars__new(&bars), 0);
	bars__distribution(bars, d, 0);
	assert_int_equal(bars__nr(bars), 0);
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		assert_int_equal(distribution__add(d, values[i], 1), 0);
	bars__distribution(bars, d, 0);
	assert_int_equal(bars__nr(bars), 128);
	assert_int_equal(bars__total(bars), 10);
	assert_int_equal(bars__max(bars), 2);
	assert_string_equal(bars__label(bars, 0), "-9223372036854775808");
	assert_string_equal(bars__label(bars, 1), "(-8E, -4E]");
	assert_string_equal(bars__label(bars, 127), "[4E, 8E)");
	first = 61;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_string_equal(bars__label(bars, first + i), rows[i].label);
		assert_int_equal(bars__count(bars, first + i), rows[i].count);
	}
	bars__free(bars);
	distribution__free(d);
}

static void test_print(void **state)
{
	struct bars_opts opts = {
		.label = "count", .columns = 40, .headings = true, .ascii = true,
	};
	struct buf out = BUF_INIT;
	struct bars *bars;

	(void)state;
	assert_int_equal(bars__new(&bars), 0);
	bars__text(bars, "SEEK_SET", 8, 75);
	bars__range(bars, 2, 3, 0, 25);
	for (int i = 0; i < 5; i++)
		bars__range(bars, 4 << i, (8 << i) - 1, 0, 0);
	bars__range(bars, 128, 255, 0, 0);
	bars__range(bars, 256, 511, 0, 1);
	assert_int_equal(bars__print(bars, &opts, &out), 0);
	assert_string_equal(buf__str(&out),
			    "# count       Samples    Share\n"
			    "# ..........  .......  .......\n"
			    "#\n"
			    "  SEEK_SET         75   74.26%  ########\n"
			    "  [2, 4)           25   24.75%  ###\n"
			    "  ...\n"
			    "  [256, 512)        1    0.99%  .\n");
	buf__clear(&out);
	opts.headings = false;
	opts.columns = 30;
	assert_int_equal(bars__print(bars, &opts, &out), 0);
	assert_string_equal(buf__str(&out),
			    "  SEEK_SET         75  #######\n"
			    "  [2, 4)           25  ##\n"
			    "  ...\n"
			    "  [256, 512)        1  .\n");
	buf__clear(&out);
	opts.separator = ",";
	assert_int_equal(bars__print(bars, &opts, &out), 0);
	assert_ptr_equal(strstr(buf__str(&out), "SEEK_SET,75\n2,3,25\n4,7,0\n"), buf__str(&out));
	bars__free(bars);
	buf__exit(&out);
}

/* No line is wider than the terminal, from 40 columns on, whatever stands in it. */
static void test_widths(void **state)
{
	static const int widths[] = { 40, 41, 57, 80, 200 };
	struct buf out = BUF_INIT;
	struct bars *bars;

	(void)state;
	assert_int_equal(bars__new(&bars), 0);
	bars__range(bars, 1024, 2047, BARS_DURATION, 1234567);
	bars__range(bars, 2048, 4095, BARS_DURATION, 89);
	for (size_t i = 0; i < sizeof(widths) / sizeof(*widths); i++) {
		for (int ascii = 0; ascii < 2; ascii++) {
			struct bars_opts opts = {
				.label = "duration", .columns = widths[i], .ascii = ascii,
			};
			const char *line, *end;

			buf__clear(&out);
			assert_int_equal(bars__print(bars, &opts, &out), 0);
			for (line = buf__str(&out); (end = strchr(line, '\n')); line = end + 1)
				assert_true(text__width(line, end - line) <= (size_t)widths[i]);
		}
	}
	bars__free(bars);
	buf__exit(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_bar),
		cmocka_unit_test(test_distribution),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_widths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
