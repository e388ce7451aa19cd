// SPDX-License-Identifier: GPL-2.0-only
/* util/suggest.h */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "../../perf-plugin/util/suggest.h"

static void distances(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned int distance;
	} cases[] = {
		{ "", "", 0 },
		{ "", "abc", 3 },
		{ "abc", "", 3 },
		{ "len", "len", 0 },
		{ "LEN", "len", 0 },
		{ "len", "lenn", 1 },
		{ "ip_sned_skb", "ip_send_skb", 1 },
		{ "ip_sedn_skb", "ip_send_skb", 1 },
		{ "pi_send_sbk", "ip_send_skb", 2 },
		{ "kitten", "sitting", 3 },
		{ "ca", "abc", 3 },	/* no piece is edited twice */
		{ "abcdef", "badcfe", 3 },
		{ "network", "netwrok", 1 },
		{ "xxxxxxxxxx", "yyyyyyyyyy", 10 },
	};
	unsigned int i, limit;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		/* With every limit the answer is the distance or one more than the limit. */
		for (limit = 0; limit <= 12; limit++) {
			unsigned int expected = cases[i].distance;

			if (expected > limit)
				expected = limit + 1;
			assert_int_equal(suggest__distance(cases[i].a, cases[i].b, limit),
					 expected);
			assert_int_equal(suggest__distance(cases[i].b, cases[i].a, limit),
					 expected);
		}
	}
}

static void long_names(void **state)
{
	char a[300], b[300];

	(void)state;
	memset(a, 'a', sizeof(a));
	memset(b, 'a', sizeof(b));
	a[299] = b[299] = '\0';
	assert_int_equal(suggest__distance(a, b, 3), 4);
	a[127] = b[127] = '\0';
	b[60] = 'b';
	assert_int_equal(suggest__distance(a, b, 3), 1);
	assert_int_equal(suggest__distance(a, b, 1000), 1);
}

/* Offers @candidates, up to a NULL, and checks the best ones, up to a NULL. */
static void assert_suggested(const char *name, const char *const *candidates,
			     const char *const *expected)
{
	const char *names[SUGGEST_MAX];
	struct suggest suggest;
	unsigned int i, nr;

	suggest__init(&suggest, name);
	for (i = 0; candidates[i]; i++)
		suggest__offer(&suggest, candidates[i]);
	nr = suggest__best(&suggest, names, SUGGEST_MAX);
	for (i = 0; i < nr && expected[i]; i++)
		assert_string_equal(names[i], expected[i]);
	assert_int_equal(i, nr);
	assert_null(expected[i]);
}

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define NOTHING ((const char *const[]){ NULL })

static void ranking(void **state)
{
	(void)state;
	assert_suggested("lenn", NAMES("data", "data_len", "len", "line"), NAMES("len"));
	assert_suggested("LEN", NAMES("data_len", "len", "lens"), NAMES("len", "lens", "data_len"));
	/* A slip, then the start of a name, then a part of one. */
	assert_suggested("send_skb", NAMES("ip_send_skb", "send_skb_all", "sned_skb", "unrelated"),
			 NAMES("sned_skb", "send_skb_all", "ip_send_skb"));
	assert_suggested("ab", NAMES("abcdef", "ba", "xy"), NAMES("ba"));
	assert_suggested("quite_another", NAMES("ip_send_skb", "tcp_ack", ""), NOTHING);
	assert_suggested("", NAMES("a", "b"), NOTHING);
	/* One name offered twice is one suggestion. */
	assert_suggested("demo", NAMES("dem", "dem", "demos"), NAMES("dem", "demos"));
}

static void only_the_best(void **state)
{
	static const char *const names[] = {
		"abcd9", "abcd8", "abcd7", "abcd6", "abcd5", "abcd4", "abcd3", "abcd2", "abcd1",
		"abcde", NULL,
	};

	(void)state;
	assert_suggested("abcde", names,
			 NAMES("abcde", "abcd1", "abcd2", "abcd3", "abcd4", "abcd5", "abcd6",
			       "abcd7"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distances),
		cmocka_unit_test(long_names),
		cmocka_unit_test(ranking),
		cmocka_unit_test(only_the_best),
	};

	return cmocka_run_group_tests_name("suggest", tests, NULL, NULL);
}
