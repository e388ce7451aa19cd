// SPDX-License-Identifier: GPL-2.0-only
/* What report puts together: keys, figures and their order, on files of known content. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <unistd.h>

#include "../../perf-plugin/report/aggregate-figure.h"
#include "../../perf-plugin/report/aggregate.h"
#include "../../perf-plugin/report/hierarchy.h"
#include "../../perf-plugin/report/strings.h"
#include "data_fixture.h"
#include "report_fixture.h"

#define assert_output(expected) assert_string_equal(output, expected)

/* ---- figures ------------------------------------------------------------------------------- */

static void figure_names(void **state)
{
	static const struct {
		const char *text;
		enum figure_kind kind;
		double q;
		const char *arg, *header;
	} good[] = {
		{ "overhead", FIGURE_OVERHEAD, 0, NULL, "Overhead" },
		{ "sample", FIGURE_SAMPLES, 0, NULL, "Samples" },
		{ "samples", FIGURE_SAMPLES, 0, NULL, "Samples" },
		{ "period", FIGURE_PERIOD, 0, NULL, "Period" },
		{ "min", FIGURE_MIN, 0, "duration", "Min" },
		{ "last", FIGURE_MAX, 0, "time", "Last" },
		{ "p99.9", FIGURE_QUANTILE, 0.999, "duration", "P99.9" },
		{ "p50(skb->len)", FIGURE_QUANTILE, 0.5, "skb->len", "p50(skb->len)" },
		{ "p0(x)", FIGURE_QUANTILE, 0, "x", "p0(x)" },
		{ "p100(x)", FIGURE_QUANTILE, 1, "x", "p100(x)" },
		{ "count(ip4(a))", FIGURE_COUNT, 0, "ip4(a)", "count(ip4(a))" },
		{ "sum((a + b) * (c))", FIGURE_SUM, 0, "(a + b) * (c)", "sum((a + b) * (c))" },
	};
	static const char *const bad[] = {
		"", "comm", "p", "p101", "p1.", "p.5", "px", "count", "overhead(x)", "min()",
		"avg(x) + 1", "min(a) + min(b)", "skb->len", "p99x(a)", "(min)",
	};
	struct figure figure;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct buf header = BUF_INIT;
		size_t len = strlen(good[i].text);

		assert_true(figure__parse(good[i].text, len, &figure));
		assert_int_equal(figure.kind, good[i].kind);
		assert_true(fabs(figure.q - good[i].q) < 1e-12);
		assert_int_equal(!!figure.arg, !!good[i].arg);
		if (good[i].arg) {
			assert_int_equal(figure.arg_len, strlen(good[i].arg));
			assert_memory_equal(figure.arg, good[i].arg, figure.arg_len);
		}
		figure__header(&figure, good[i].text, len, &header);
		assert_string_equal(buf__str(&header), good[i].header);
		buf__exit(&header);
	}
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (figure__parse(bad[i], strlen(bad[i]), &figure))
			fail_msg("'%s' is no figure", bad[i]);
	}
}

/* Adds values to a run that keeps everything; what it makes of @name is in @out. */
static void check_run(bool is_signed, const uint64_t *values, unsigned int nr, const char *name,
		      const char *expected)
{
	struct figure_run run = { .is_signed = is_signed };
	struct buf out = BUF_INIT;
	uint64_t entry[32] = { 0 };
	struct figure figure;
	unsigned int i;

	assert_true(figure__parse(name, strlen(name), &figure));
	figure_run__want(&run, &figure);
	for (i = 0; i < 4; i++) {
		static const char *const others[] = { "min", "sum", "stddev", "p50" };
		struct figure other;

		assert_true(figure__parse(others[i], strlen(others[i]), &other));
		figure_run__want(&run, &other);
	}
	assert_true(figure_run__place(&run, 3) <= 32);
	for (i = 0; i < nr; i++)
		assert_int_equal(figure_run__add(&run, entry, values[i]), 0);
	assert_int_equal(figure_run__count(&run, entry), nr);
	figure_run__number(&run, entry, &figure, &out);
	assert_string_equal(buf__str(&out), expected);
	figure_run__free(&run, entry);
	buf__exit(&out);
}

static void figure_values(void **state)
{
	const uint64_t some[] = { 5, (uint64_t)-3, 7, 0, (uint64_t)-10, 1 };
	const uint64_t wide[] = { UINT64_MAX, UINT64_MAX, UINT64_MAX - 2 };
	const uint64_t low[] = { (uint64_t)INT64_MIN, (uint64_t)INT64_MIN, 1 };
	const uint64_t one[] = { 42 };

	(void)state;
	check_run(true, some, 6, "count(x)", "6");
	check_run(true, some, 6, "sum(x)", "0");
	check_run(true, some, 5, "sum(x)", "-1");
	check_run(true, some, 6, "avg(x)", "0.000");
	check_run(true, some, 5, "avg(x)", "-0.200");
	check_run(true, some, 6, "min(x)", "-10");
	check_run(true, some, 6, "max(x)", "7");
	check_run(true, some, 6, "stddev(x)", "6.066");	/* of the sample: sqrt(184 / 5) */
	check_run(true, some, 6, "p0(x)", "-10");
	check_run(true, some, 6, "p50(x)", "0");
	check_run(true, some, 6, "p100(x)", "7");
	/* 128 bits keep what 64 don't hold. */
	check_run(false, wide, 3, "avg(x)", "18446744073709551616.000");
	check_run(false, wide, 3, "sum(x)", "55340232221128654848");
	check_run(false, wide, 3, "min(x)", "18446744073709551613");
	check_run(true, low, 3, "sum(x)", "-18446744073709551616");
	check_run(true, low, 3, "max(x)", "1");
	check_run(false, one, 1, "p99.9(x)", "42");
	check_run(false, one, 1, "stddev(x)", "0.000");
	check_run(false, one, 0, "count(x)", "0");
	check_run(false, one, 0, "min(x)", "");
	check_run(false, one, 0, "avg(x)", "");
}

static void figure_order(void **state)
{
	static const char *const names[] = { "sum(x)", "avg(x)", "min(x)", "stddev(x)", "p50(x)" };
	const int64_t values[] = { INT64_MIN, -1000, -1, 0, 1, 1000, INT64_MAX };
	unsigned int i, j;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct figure_run run = { .is_signed = true };
		struct figure figure;
		uint64_t last = 0, rank;

		assert_true(figure__parse(names[i], strlen(names[i]), &figure));
		figure_run__want(&run, &figure);
		figure_run__place(&run, 0);
		for (j = 0; j < sizeof(values) / sizeof(*values); j++) {
			uint64_t entry[16] = { 0 };

			assert_int_equal(figure_run__add(&run, entry, values[j]), 0);
			rank = figure_run__rank(&run, entry, &figure);
			assert_true(rank > last || (!j && !rank) || i == 3);
			last = rank;
			figure_run__free(&run, entry);
		}
	}
}

/* ---- texts --------------------------------------------------------------------------------- */

static void texts(void **state)
{
	struct strings *strings;
	const char *kept[3000], *empty;
	char text[64], *long_text;
	unsigned int i;

	(void)state;
	assert_int_equal(strings__new(&strings), 0);
	empty = strings__get(strings, "", 0);
	assert_string_equal(empty, "");
	for (i = 0; i < 3000; i++) {
		int len = snprintf(text, sizeof(text), "%u%.*s", i, (int)(i % 40),
				   "........................................");

		kept[i] = strings__get(strings, text, len);
		assert_string_equal(kept[i], text);
		assert_int_equal(strings__len(kept[i]), len);
	}
	for (i = 0; i < 3000; i++) {
		strcpy(text, kept[i]);
		assert_ptr_equal(strings__get(strings, text, strlen(text)), kept[i]);
	}
	assert_ptr_equal(strings__get(strings, "x", 0), empty);
	/* Longer than what is kept at once: cut, but there. */
	long_text = malloc(3 << 20);
	memset(long_text, 'x', 3 << 20);
	kept[0] = strings__get(strings, long_text, 3 << 20);
	assert_in_range(strings__len(kept[0]), 1 << 19, 1 << 20);
	assert_ptr_equal(strings__get(strings, long_text, 3 << 20), kept[0]);
	free(long_text);
	strings__free(strings);
}

/* ---- what report prints -------------------------------------------------------------------- */

static void fields(void **state)
{
	(void)state;
	fixture_write(file, 16, 1);
	/* Durations are 1us to 16us; size is 1500 for the even ones. */
	assert_int_equal(run("report", "-q", "-x;", "-F",
			     "sym,samples,sum(size),avg(return),min,max(dur),sum,p50,count(size)",
			     NULL), 0);
	assert_output("send;16\n"
		      "send_one;8;12000;-4.12;1.000us;15.000us;64.000us;7.008us;8\n"
		      "send_two;8;512;-4.12;2.000us;16.000us;72.000us;8.032us;8\n");
	assert_int_equal(run("report", "-q", "-t", ";", "-F", "overhead,stddev(size),avg(size)",
			     NULL), 0);
	assert_output("100.00%\n100.00%;741.55;782.00\n");
	assert_int_equal(run("report", "-q", "-t", ";", "-F", "first,last,period", NULL), 0);
	assert_output("1000.000000;1000.015000;16\n1000.000500;1000.015500;16\n");
	/* Keys of -s that -F doesn't name are behind it, and say the order. */
	assert_int_equal(run("report", "-q", "-t", ";", "-F", "samples", "-s", "skb->len,comm",
			     NULL), 0);
	assert_output("4;100;curl\n4;110;ngi?nx\n4;120;curl\n2;130;ngi?nx\n2;(null);ngi?nx\n"
		      "16;curl\n");
	/* What was not said comes before what was added. */
	assert_int_equal(run("report", "-q", "-t", ";", "-s", "+cpu", "-F", "+p100", "--tid",
			     "4242", "-S", "send_two", NULL), 0);
	assert_output("62.50%;5;curl;send_two;64;0;0;2.000us;8.400us;14.000us;14.000us\n"
		      "37.50%;3;curl;send_two;64;-11;0;4.000us;10.000us;16.000us;16.000us\n");
}

static void expressions(void **state)
{
	(void)state;
	fixture_write(file, 16, 1);
	assert_int_equal(run("report", "-q", "-t", ";", "-s", "size / 1000,return < 0", NULL), 0);
	assert_non_null(strstr(output, "31.25%;5;0;"));
	assert_non_null(strstr(output, "18.75%;3;1;"));
	assert_int_equal(run("report", "-q", "-t", ";", "-F", "avg(skb->len * 2),max(skb->len + 1)",
			     NULL), 0);
	assert_output("225.71;131\n");	/* of the 14 that could be read */
}

static void orders(void **state)
{
	(void)state;
	fixture_write(file, 16, 1);
	/* Figures in -s order entries, the largest first. */
	assert_int_equal(run("report", "-q", "-t", ";", "-s", "size,max(dur)", NULL), 0);
	assert_output("100.00%;16\n"
		      "50.00%;8;64;16.000us;2.000us;9.000us;16.000us\n"
		      "50.00%;8;1500;15.000us;1.000us;8.000us;15.000us\n");
	/* Numbers as numbers, what could not be read behind them. */
	assert_int_equal(run("report", "-q", "-t", ";", "-F", "skb->len,samples", NULL), 0);
	assert_output("100;4\n110;4\n120;4\n130;2\n(null);2\n16\n");
	assert_int_equal(run("report", "-q", "-t", ";", "-F", "samples,skb->len", NULL), 0);
	assert_output("4;100\n4;110\n4;120\n2;130\n2;(null)\n16\n");
}

static void limits(void **state)
{
	(void)state;
	fixture_write(file, 16, 1);
	assert_int_equal(run("report", "-q", "-t", ";", "-s", "skb->len", "--percent-limit", "20",
			     NULL), 0);
	assert_output("25.00%;4;100\n25.00%;4;110\n25.00%;4;120\n"
		      "100.00%;16;1.000us;8.500us;16.000us\n");
	assert_int_equal(run("report", "-q", "-t", ";", "-s", "tid", "--tid", "4243", NULL), 0);
	assert_output("100.00%;8;4243\n");
	assert_int_equal(run("report", "-q", "-t", ";", "-s", "tid", "--tid", "4243",
			     "--percentage", "absolute", NULL), 0);
	assert_output("50.00%;8;4243\n");
	assert_int_equal(run("report", "-q", "-w", "6,3,2,4", "-s", "comm,skb->len", "--tid",
			     "4242", "-F", "+samples", "--filter", "skb->len < 120", NULL), 0);
	assert_output("  100.00    4  cu   100\n");
	assert_int_equal(run("report", "-q", "-t", ";", "-s", "time", "--time-quantum", "10ms",
			     NULL), 0);
	assert_output("62.50%;10;1000.000000\n37.50%;6;1000.010000\n"
		      "62.50%;10;1000.000000;1.000us;5.500us;10.000us\n"
		      "37.50%;6;1000.010000;11.000us;13.500us;16.000us\n");
}

static void groups(void **state)
{
	(void)state;
	fixture_write(file, 16, 1);
	assert_int_equal(run("report", "--group-by", "cpu", "-s", "event,sym", "-F", "samples",
			     NULL), 0);
	assert_output("# To display the perf.data header info, please use --header/--header-only "
		      "options.\n#\n#\n# Total Lost Samples: 3\n#\n"
		      "# Samples: 24  of CPU 0\n# Event count (approx.): 24\n#\n"
		      "# Samples  Event                   Function\n"
		      "# .......  ......................  ........\n#\n"
		      "        8  btfsnoop:send           send\n"
		      "        8  btfsnoop:sends__return  send_one\n"
		      "        8  btfsnoop:sends__return  send_two\n\n\n"
		      "# Samples: 8  of CPU 1\n# Event count (approx.): 8\n#\n"
		      "# Samples  Event          Function\n"
		      "# .......  .............  ........\n#\n"
		      "        8  btfsnoop:send  send\n\n\n");
	/* Shares are of the group, and what an event hasn't got is not there. */
	assert_int_equal(run("report", "-q", "--group-by", "comm,cpu", "-s", "size", "-t", ";",
			     "-F", "overhead,max", NULL), 0);
	assert_output("33.33%;-;btfsnoop:send;N/A\n"
		      "33.33%;16.000us;btfsnoop:sends__return;64\n"
		      "33.33%;15.000us;btfsnoop:sends__return;1500\n"
		      "100.00%;-;btfsnoop:send;N/A\n");
	assert_int_equal(run("report", "--group-by", "nosuch", NULL), 1);
	assert_non_null(strstr(errors, "nosuch"));
}

static void hierarchies(void **state)
{
	(void)state;
	fixture_write(file, 16, 1);
	assert_int_equal(run("report", "--hierarchy", "-s", "sym,return", "-F", "overhead,max",
			     "--percent-limit", "20", NULL), 0);
	assert_non_null(strstr(output,
		"#    Overhead       Max  Function / return\n"
		"# ...........  ........  .................\n#\n"
		"    50.00%  15.000us     send_one\n"
		"       31.25%  15.000us     0\n"
		"    50.00%  16.000us     send_two\n"
		"       31.25%  14.000us     0\n"));
	/* Nothing of a level is large enough. */
	assert_int_equal(run("report", "--hierarchy", "-q", "-s", "comm,skb->len", "-F", "overhead",
			     "--percent-limit", "40", NULL), 0);
	assert_non_null(strstr(output, "no entry >= 40.00%\n"));
	assert_int_equal(run("report", "--hierarchy", "-t", ";", NULL), 129);
}

static void wrong(void **state)
{
	static const char *const values[][2] = {
		{ "--percent-limit", "x" }, { "--percentage", "half" }, { "-w", "1,x" },
		{ "--time-quantum", "0" }, { "--time-quantum", "5 parsec" }, { "-t", "" },
		{ "-g", "sideways" },
	};
	unsigned int i;

	(void)state;
	fixture_write(file, 4, 1);
	for (i = 0; i < sizeof(values) / sizeof(*values); i++)
		assert_int_equal(run("report", values[i][0], values[i][1], NULL), 129);
	assert_int_equal(run("report", "--stats", "--tasks", NULL), 129);
	assert_non_null(strstr(errors, "--stats and --tasks exclude each other"));
	assert_int_equal(run("report", "--stats", "-s", "comm", NULL), 129);
	assert_non_null(strstr(errors, "--stats has no --sort"));
	assert_int_equal(run("report", "-F", "overhead,avg(comm)", NULL), 1);
	assert_string_equal(errors, "error: 'comm' is no number, which 'avg(comm)' is to be of\n"
				    "hint: count(comm) is how many samples have one\n");
	assert_int_equal(run("report", "-F", "overhead,avg(skb->lne)", NULL), 1);
	assert_non_null(strstr(errors, "  overhead,avg(skb->lne)\n"
				       "                    ^~~\n"));
}

static void statistics(void **state)
{
	(void)state;
	fixture_write(file, 5, 1);
	assert_int_equal(run("report", "--stats", NULL), 0);
	assert_non_null(strstr(output, "            COMM events:          2  ("));
	assert_non_null(strstr(output, "          SAMPLE events:         10  ("));
	assert_non_null(strstr(output, "btfsnoop:sends__return stats:\n"
				       "          SAMPLE events:          5\n"));
	assert_int_equal(run("report", "--tasks", NULL), 0);
	assert_output("#      pid      tid     ppid  comm\n"
		      "         0        0       -1 |swapper\n"
		      "      4242     4242       -1 |curl\n"
		      "      4242     4243       -1 |ngi?nx\n");
	fixture_write(file, 0, 1);
	assert_int_equal(run("report", "--no-skip-empty", NULL), 0);
	assert_non_null(strstr(output, "# Samples: 0  of event 'btfsnoop:send'"));
}

/* ---- many entries -------------------------------------------------------------------------- */

#define NR_MANY	300000

static struct input *open_file(void)
{
	const struct input_opts opts = { .path = file };
	struct diag diag = DIAG_INIT;
	struct input *input;

	assert_int_equal(input__open(&opts, &input, &diag), 0);
	return input;
}

static void many(void **state)
{
	const struct aggregate_opts opts = {
		.sort = "time,tid", .fields = "time,samples,tid,p50(tid)", .time_quantum = 10,
	};
	uint32_t *order = calloc(NR_MANY, sizeof(*order)), entry, i;
	struct perfdata_sample sample = { .pid = 1 };
	struct buf text = BUF_INIT;
	struct aggregate *agg;
	struct input *input;
	bool is_number;
	uint64_t sum = 0;

	(void)state;
	fixture_write(file, 1, 1);
	input = open_file();
	assert_int_equal(aggregate__new(input, 1, &opts, &agg), 0);
	/* The event has fields: samples need them, too. */
	sample.raw = calloc(1, FIXTURE_SENDS_FIXED);
	sample.raw_size = FIXTURE_SENDS_FIXED;
	sample.event = 1;
	sample.period = 1;
	for (i = 0; i < 2 * NR_MANY; i++) {
		sample.time = (uint64_t)(i % NR_MANY) * 7919 % NR_MANY * 10 + i % 10;
		sample.tid = i % 3;
		assert_int_equal(aggregate__add(agg, &sample, &entry), 0);
		assert_true(entry < aggregate__nr_entries(agg));
	}
	assert_int_equal(aggregate__nr_entries(agg), NR_MANY);
	assert_int_equal(aggregate__nr_samples(agg), 2 * NR_MANY);
	assert_int_equal(aggregate__order(agg, -1, false, order), 0);
	for (i = 0; i < NR_MANY; i++) {
		buf__clear(&text);
		aggregate__raw_cell(agg, order[i], 0, &is_number, &text);
		assert_int_equal(strtoull(buf__str(&text), NULL, 10), i * 10);
		sum += aggregate__entry_samples(agg, order[i]);
	}
	assert_int_equal(sum, 2 * NR_MANY);
	assert_int_equal(aggregate__order(agg, 0, true, order), 0);
	buf__clear(&text);
	aggregate__raw_cell(agg, order[0], 0, &is_number, &text);
	assert_int_equal(strtoull(buf__str(&text), NULL, 10), (NR_MANY - 1) * 10);
	aggregate__clear(agg);
	assert_int_equal(aggregate__nr_entries(agg), 0);
	assert_int_equal(aggregate__add(agg, &sample, &entry), 0);
	assert_int_equal(entry, 0);
	/* Too short for its event. */
	sample.raw_size = 8;
	assert_int_equal(aggregate__add(agg, &sample, &entry), 0);
	assert_int_equal(entry, AGGREGATE_NONE);
	free((void *)sample.raw);
	free(order);
	buf__exit(&text);
	aggregate__free(agg);
	input__close(input);
}

static int clean_up(void **state)
{
	(void)state;
	unlink(file);
	unlink(old_file);
	unlink(out_file);
	unlink(err_file);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figure_names), cmocka_unit_test(figure_values),
		cmocka_unit_test(figure_order), cmocka_unit_test(texts),
		cmocka_unit_test(fields), cmocka_unit_test(expressions),
		cmocka_unit_test(orders), cmocka_unit_test(limits),
		cmocka_unit_test(groups), cmocka_unit_test(hierarchies),
		cmocka_unit_test(wrong), cmocka_unit_test(statistics),
		cmocka_unit_test(many),
	};

	if (!mkdtemp(dir))
		return 1;
	snprintf(file, sizeof(file), "%s/perf.data", dir);
	snprintf(old_file, sizeof(old_file), "%s/perf.data.old", dir);
	snprintf(out_file, sizeof(out_file), "%s/out", dir);
	snprintf(err_file, sizeof(err_file), "%s/err", dir);
	return cmocka_run_group_tests(tests, NULL, clean_up);
}
