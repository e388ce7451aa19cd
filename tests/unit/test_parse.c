// SPDX-License-Identifier: GPL-2.0-only
/* The arguments of options: lists, sizes, times, users and clocks. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../perf-plugin/cli/parse.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

/* An error has a message, and its place is inside the text. */
static void check_error(const char *text, struct diag *diag, int err)
{
	if (!err)
		print_error("'%s' was taken\n", text);
	assert_true(err < 0);
	assert_non_null(diag->msg);
	if (diag->has_span)
		assert_true(diag->span.pos + diag->span.len <= strlen(text));
	diag__exit(diag);
}

static void test_pids(void **state)
{
	static const char *const bad[] = {
		"", ",", "1,", ",1", "1,,2", "a", "1a", "-1", "0", "1,0", "2147483648", "1-3", " 1",
		"99999999999999999999999999",
	};
	struct diag diag = DIAG_INIT;
	unsigned int nr;
	pid_t *pids;

	(void)state;
	assert_int_equal(parse__pids("1", &pids, &nr, &diag), 0);
	assert_int_equal(nr, 1);
	assert_int_equal(pids[0], 1);
	free(pids);
	assert_int_equal(parse__pids("1,22,2147483647", &pids, &nr, &diag), 0);
	assert_int_equal(nr, 3);
	assert_int_equal(pids[1], 22);
	assert_int_equal(pids[2], 2147483647);
	free(pids);
	assert_int_equal(parse__pids("1,2,3,4,5,6,7,8,9", &pids, &nr, &diag), 0);
	assert_int_equal(nr, 9);
	free(pids);
	for (size_t i = 0; i < NR(bad); i++)
		check_error(bad[i], &diag, parse__pids(bad[i], &pids, &nr, &diag));
}

static void test_names(void **state)
{
	static const char *const bad[] = {
		"", ",", "f,", ",f", "f,,g", "f g", "f(a)", "f*", "f,g,f", "a,b,c,d,e", "f,g(x)", "\377",
	};
	struct diag diag = DIAG_INIT;
	unsigned int nr;
	char **names;

	(void)state;
	assert_int_equal(parse__names("f", 4, &names, &nr, &diag), 0);
	assert_int_equal(nr, 1);
	assert_string_equal(names[0], "f");
	free(names);
	assert_int_equal(parse__names("tcp_sendmsg,nf_tables:nft_do_chain,f.isra.0,__x", 4,
				      &names, &nr, &diag), 0);
	assert_int_equal(nr, 4);
	assert_string_equal(names[0], "tcp_sendmsg");
	assert_string_equal(names[1], "nf_tables:nft_do_chain");
	assert_string_equal(names[2], "f.isra.0");
	assert_string_equal(names[3], "__x");
	free(names);
	for (size_t i = 0; i < NR(bad); i++)
		check_error(bad[i], &diag, parse__names(bad[i], 4, &names, &nr, &diag));
}

static void test_cpus(void **state)
{
	static const struct {
		const char *text;
		uint64_t bits[2];
	} good[] = {
		{ "0", { 1, 0 } },
		{ "0,1", { 3, 0 } },
		{ "0-3,5", { 0x2f, 0 } },
		{ "5,0-3", { 0x2f, 0 } },
		{ "3-3", { 8, 0 } },
		{ "1,1", { 2, 0 } },
		{ "63-64", { 1ULL << 63, 1 } },
		{ "127", { 0, 1ULL << 63 } },
		{ "0-127", { ~0ULL, ~0ULL } },
	};
	static const char *const bad[] = {
		"", ",", "0,", "0-", "-1", "3-1", "128", "0-128", "a", "0 1", "0-1-2", "1.5",
	};
	struct diag diag = DIAG_INIT;

	(void)state;
	for (size_t i = 0; i < NR(good); i++) {
		uint64_t bits[2] = { 0 };

		assert_int_equal(parse__cpus(good[i].text, bits, 128, &diag), 0);
		assert_memory_equal(bits, good[i].bits, sizeof(bits));
	}
	for (size_t i = 0; i < NR(bad); i++) {
		uint64_t bits[2] = { 0 };

		check_error(bad[i], &diag, parse__cpus(bad[i], bits, 128, &diag));
	}
}

static void test_sizes(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = {
		{ "0", 0 }, { "1", 1 }, { "4096", 4096 }, { "4096B", 4096 }, { "4K", 4096 },
		{ "4k", 4096 }, { "1M", 1 << 20 }, { "3g", 3ULL << 30 },
		{ "18446744073709551615", UINT64_MAX }, { "17179869183G", 17179869183ULL << 30 },
	};
	static const char *const bad[] = {
		"", "K", "1X", "1KB", "1 K", "-1", "1.5M", "18446744073709551616", "17179869184G",
	};
	struct diag diag = DIAG_INIT;
	uint64_t bytes;

	(void)state;
	for (size_t i = 0; i < NR(good); i++) {
		assert_int_equal(parse__size(good[i].text, &bytes, &diag), 0);
		assert_true(bytes == good[i].bytes);
	}
	for (size_t i = 0; i < NR(bad); i++)
		check_error(bad[i], &diag, parse__size(bad[i], &bytes, &diag));
}

/* As perf record -m rounds, with pages of 4 KiB. */
static void test_pages(void **state)
{
	static const struct {
		const char *text;
		uint32_t pages;
		bool rounded;
	} good[] = {
		{ "0", 1, true }, { "1", 1, false }, { "3", 4, true }, { "512", 512, false },
		{ "4K", 1, false }, { "5K", 2, false }, { "1B", 1, false }, { "1M", 256, false },
		{ "3M", 1024, true }, { "2G", 524288, false }, { "524288", 524288, false },
		{ "1025M", 524288, true },
	};
	static const char *const bad[] = { "", "x", "-1", "1.5M", "3G", "524289", "4,4", "2049M" };
	struct diag diag = DIAG_INIT;
	bool rounded;
	uint32_t bytes;

	(void)state;
	if (sysconf(_SC_PAGESIZE) != 4096)
		skip();
	for (size_t i = 0; i < NR(good); i++) {
		assert_int_equal(parse__pages(good[i].text, &bytes, &rounded, &diag), 0);
		assert_int_equal(bytes, good[i].pages * 4096);
		assert_int_equal(rounded, good[i].rounded);
	}
	for (size_t i = 0; i < NR(bad); i++)
		check_error(bad[i], &diag, parse__pages(bad[i], &bytes, &rounded, &diag));
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		uint64_t unit;
		uint64_t ns;
	} good[] = {
		{ "1ns", 0, 1 }, { "250us", 0, 250000 }, { "10ms", 0, 10000000 },
		{ "1s", 0, 1000000000 }, { "2m", 0, 120000000000 }, { "1h", 0, 3600000000000 },
		{ "1.5s", 0, 1500000000 }, { "0.000000001s", 0, 1 }, { "1.25ms", 0, 1250000 },
		{ "1.0000000000000000000000000000001s", 0, 1000000000 }, { "5", 1000000, 5000000 },
		{ "1.5", 1000000, 1500000 }, { "5s", 1000000, 5000000000 }, { "0ns", 0, 0 },
		{ "18446744073709551615ns", 0, UINT64_MAX },
	};
	static const char *const bad[] = {
		"", "5", "s", "1 s", "1x", "1.s", ".5s", "-1s", "1e3s", "18446744073709551616ns",
		"18446744073709551615us", "1sec",
	};
	struct diag diag = DIAG_INIT;
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < NR(good); i++) {
		assert_int_equal(parse__duration(good[i].text, good[i].unit, &ns, &diag), 0);
		assert_true(ns == good[i].ns);
	}
	for (size_t i = 0; i < NR(bad); i++)
		check_error(bad[i], &diag, parse__duration(bad[i], 0, &ns, &diag));
}

static void test_delays(void **state)
{
	static const char *const bad[] = {
		"", "-2", "x", "10-", "10-x", "20-10", "10-10", "10-20,", "10-20,30", "10-20,15-30",
		"10-20 30-40", "1.5", "18446744073709551615", "10,20", "-1-5",
	};
	struct parse_window *windows;
	struct diag diag = DIAG_INIT;
	unsigned int nr;

	(void)state;
	assert_int_equal(parse__delay("10", &windows, &nr, &diag), 0);
	assert_int_equal(nr, 1);
	assert_true(windows[0].from_ns == 10000000 && windows[0].to_ns == UINT64_MAX);
	free(windows);
	assert_int_equal(parse__delay("-1", &windows, &nr, &diag), 0);
	assert_int_equal(nr, 1);
	assert_true(windows[0].from_ns == UINT64_MAX);
	free(windows);
	assert_int_equal(parse__delay("10-20,20-40,50-60", &windows, &nr, &diag), 0);
	assert_int_equal(nr, 3);
	assert_true(windows[0].from_ns == 10000000 && windows[0].to_ns == 20000000);
	assert_true(windows[2].from_ns == 50000000 && windows[2].to_ns == 60000000);
	free(windows);
	assert_int_equal(parse__delay("0-1", &windows, &nr, &diag), 0);
	assert_int_equal(nr, 1);
	free(windows);
	for (size_t i = 0; i < NR(bad); i++)
		check_error(bad[i], &diag, parse__delay(bad[i], &windows, &nr, &diag));
}

static void test_users(void **state)
{
	static const char *const bad[] = {
		"", "nosuchuser", "-1", "4294967295", "1x", "99999999999",
	};
	struct diag diag = DIAG_INIT;
	uid_t uid = 1;

	(void)state;
	assert_int_equal(parse__user("root", &uid, &diag), 0);
	assert_int_equal(uid, 0);
	assert_int_equal(parse__user("4242", &uid, &diag), 0);
	assert_int_equal(uid, 4242);
	assert_int_equal(parse__user("4294967294", &uid, &diag), 0);
	for (size_t i = 0; i < NR(bad); i++)
		check_error(bad[i], &diag, parse__user(bad[i], &uid, &diag));
}

static void test_clocks(void **state)
{
	static const struct {
		const char *text;
		clockid_t id;
	} good[] = {
		{ "mono", CLOCK_MONOTONIC }, { "monotonic", CLOCK_MONOTONIC },
		{ "CLOCK_MONOTONIC", CLOCK_MONOTONIC }, { "clock_mono", CLOCK_MONOTONIC },
		{ "raw", CLOCK_MONOTONIC_RAW }, { "monotonic_raw", CLOCK_MONOTONIC_RAW },
		{ "real", CLOCK_REALTIME }, { "boot", CLOCK_BOOTTIME }, { "BOOTTIME", CLOCK_BOOTTIME },
		{ "tai", CLOCK_TAI }, { "1", CLOCK_MONOTONIC }, { "11", CLOCK_TAI },
	};
	static const char *const bad[] = { "", "x", "monox", "CLOCK_", "-1", "2147483648" };
	struct diag diag = DIAG_INIT;
	clockid_t id;

	(void)state;
	for (size_t i = 0; i < NR(good); i++) {
		assert_int_equal(parse__clockid(good[i].text, &id, &diag), 0);
		assert_int_equal(id, good[i].id);
	}
	for (size_t i = 0; i < NR(bad); i++)
		check_error(bad[i], &diag, parse__clockid(bad[i], &id, &diag));
}

static void test_places(void **state)
{
	struct diag diag = DIAG_INIT;
	uint64_t bits[1] = { 0 };
	unsigned int nr;
	pid_t *pids;

	(void)state;
	assert_int_equal(parse__cpus("0,9-7", bits, 64, &diag), -EINVAL);
	assert_int_equal(diag.span.pos, 2);
	assert_int_equal(diag.span.len, 3);
	diag__exit(&diag);
	assert_int_equal(parse__cpus("0,64", bits, 64, &diag), -ERANGE);
	assert_int_equal(diag.span.pos, 2);
	assert_int_equal(diag.span.len, 2);
	diag__exit(&diag);
	assert_int_equal(parse__pids("1,x", &pids, &nr, &diag), -EINVAL);
	assert_string_equal(diag.msg, "a process or thread id expected, not 'x'");
	assert_int_equal(diag.span.pos, 2);
	diag__exit(&diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pids),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_cpus),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_delays),
		cmocka_unit_test(test_users),
		cmocka_unit_test(test_clocks),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
