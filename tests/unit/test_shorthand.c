// SPDX-License-Identifier: GPL-2.0-only
/* cli/shorthand.h: options that are short for a filter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../../perf-plugin/cli/shorthand.h"
#include "../../perf-plugin/spec/spec.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

typedef int (*shorthand_fn)(const char *arg, struct buf *filter, struct diag *diag);

struct good {
	const char *arg;
	const char *filter;
};

/* Each becomes its filter, which parses. */
static void check_good(shorthand_fn fn, const struct good *good, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		struct diag diag = DIAG_INIT;
		struct buf filter = BUF_INIT;
		struct expr *expr;

		if (fn(good[i].arg, &filter, &diag))
			fail_msg("'%s': %s", good[i].arg, diag.msg);
		assert_string_equal(buf__str(&filter), good[i].filter);
		assert_int_equal(expr__parse(buf__str(&filter), &expr, &diag), 0);
		expr__free(expr);
		buf__exit(&filter);
	}
}

struct bad {
	const char *arg;
	unsigned int pos, len;	/* of what is marked */
};

static void check_bad(shorthand_fn fn, const struct bad *bad, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		struct diag diag = DIAG_INIT;
		struct buf filter = BUF_INIT;

		if (!fn(bad[i].arg, &filter, &diag))
			fail_msg("'%s' was taken", bad[i].arg);
		assert_non_null(diag.msg);
		assert_true(diag.has_span);
		if (diag.span.pos != bad[i].pos || diag.span.len != bad[i].len)
			fail_msg("'%s': marks %u, %u: %s", bad[i].arg, diag.span.pos, diag.span.len,
				 diag.msg);
		diag__exit(&diag);
		buf__exit(&filter);
	}
}

static void comms(void **state)
{
	static const struct good good[] = {
		{ "sshd", "comm() == \"sshd\"" },
		{ "nginx*", "comm() ~ \"nginx*\"" },
		{ "a,b?,[cd]", "comm() == \"a\" || comm() ~ \"b?\" || comm() ~ \"[cd]\"" },
		{ "a b", "comm() == \"a b\"" },
		{ "\"", "comm() == \"\\\"\"" },
		{ "a\\*", "comm() ~ \"a\\\\*\"" },
		{ "\t\xc3\xa4""1", "comm() == \"\\011\\303\\2441\"" },
		{ "123456789012345", "comm() == \"123456789012345\"" },
		{ "*:123456789012345", "comm() ~ \"*:123456789012345\"" },
		{ "kworker/0:1", "comm() == \"kworker/0:1\"" },
	};
	static const struct bad bad[] = {
		{ "", 0, 0 }, { ",", 0, 0 }, { "a,", 2, 0 }, { "a,,b", 2, 0 },
		{ "a,1234567890123456", 2, 16 },
	};

	(void)state;
	check_good(shorthand__comm, good, NR(good));
	check_bad(shorthand__comm, bad, NR(bad));
}

static void durations(void **state)
{
	static const struct good good[] = {
		{ ">10ms", "duration() > 10000000" },
		{ ">=10us", "duration() >= 10000" },
		{ "<1.5s", "duration() < 1500000000" },
		{ "<=100ns", "duration() <= 100" },
		{ "> 1s", "duration() > 1000000000" },
		{ "<=  2m", "duration() <= 120000000000" },
		{ "1ms..10ms", "duration() >= 1000000 && duration() <= 10000000" },
		{ "1.5ms..1.5ms", "duration() >= 1500000 && duration() <= 1500000" },
		{ "0ns..1h", "duration() >= 0 && duration() <= 3600000000000" },
		{ "10", "duration() > 10000000" },
		{ "0.5", "duration() > 500000" },
		{ "10us", "duration() > 10000" },
		{ "<18446744073709551615ns", "duration() < 18446744073709551615u" },
		{ "<9223372036854775807ns", "duration() < 9223372036854775807" },
	};
	static const struct bad bad[] = {
		{ "", 0, 0 }, { ">", 1, 0 }, { ">10", 3, 0 }, { ">=10", 4, 0 }, { "=10ms", 0, 1 },
		{ ">>10ms", 1, 1 }, { "<>10ms", 1, 1 }, { ">10kg", 3, 1 }, { "ms", 0, 1 },
		{ ">-1ms", 1, 1 }, { "..", 0, 0 }, { "1ms..", 5, 0 }, { "..1ms", 0, 0 },
		{ "1..2", 1, 0 }, { "10ms..1ms", 0, 9 }, { "1ms...2ms", 5, 1 },
		{ "1ms..2ms..3ms", 6, 1 }, { ">99999999999999999999ns", 1, 20 },
		{ ">18446744073709551615ms", 1, 22 },
		{ ">11111111111111111111111111111111111111111111ms", 1, 46 },
	};

	(void)state;
	check_good(shorthand__duration, good, NR(good));
	check_bad(shorthand__duration, bad, NR(bad));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comms),
		cmocka_unit_test(durations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
