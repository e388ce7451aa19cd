// SPDX-License-Identifier: GPL-2.0-only
/* What the user sees of an error. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../perf-plugin/util/diag.h"

/* What diag__print() prints; the caller frees it. */
static char *print(const struct diag *diag, const char *text, int err)
{
	char *str = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&str, &len);

	assert_non_null(out);
	diag__print(diag, text, err, out);
	fclose(out);
	return str;
}

static void expect(struct diag *diag, const char *text, int err, const char *expected)
{
	char *str = print(diag, text, err);

	assert_string_equal(str, expected);
	free(str);
	diag__exit(diag);
	assert_false(diag__is_set(diag));
}

static void test_place(void **state)
{
	struct diag diag = DIAG_INIT;

	(void)state;
	assert_int_equal(diag__error_at(&diag, -ENOENT, (struct span){ 17, 4 },
					"no member '%s' in struct sk_buff", "lenn"),
			 -ENOENT);
	assert_true(diag__is_set(&diag));
	diag__hint(&diag, "did you mean '%s'?", "len");
	expect(&diag, "ip_send_skb(skb->lenn)", -ENOENT,
	       "error: no member 'lenn' in struct sk_buff\n"
	       "  ip_send_skb(skb->lenn)\n"
	       "                   ^~~~\n"
	       "hint: did you mean 'len'?\n");
}

static void test_no_place(void **state)
{
	struct diag diag = DIAG_INIT;

	(void)state;
	assert_int_equal(diag__error(&diag, -EPERM, "no"), -EPERM);
	expect(&diag, "text", -EPERM, "error: no\n");
	diag__error_at(&diag, -EPERM, (struct span){ 1, 1 }, "no");
	expect(&diag, NULL, -EPERM, "error: no\n");
}

static void test_no_message(void **state)
{
	struct diag diag = DIAG_INIT;

	(void)state;
	diag__hint(&diag, "dropped: there is no error");
	expect(&diag, "text", -ENOMEM, "error: Cannot allocate memory\n");
	expect(&diag, "text", 0, "error: unknown\n");
}

static void test_first_error_wins(void **state)
{
	struct diag diag = DIAG_INIT;

	(void)state;
	diag__error_at(&diag, -EINVAL, (struct span){ 0, 1 }, "first");
	diag__hint(&diag, "of the first");
	assert_int_equal(diag__error_at(&diag, -ENOENT, (struct span){ 2, 1 }, "second"), -ENOENT);
	diag__hint(&diag, "of the second");
	diag__error(&diag, -ENOENT, "third");
	expect(&diag, "a b", -EINVAL, "error: first\n  a b\n  ^\nhint: of the first\n");
}

static void test_several_hints(void **state)
{
	struct diag diag = DIAG_INIT;

	(void)state;
	diag__error(&diag, -EINVAL, "wrong");
	diag__hint(&diag, "one");
	diag__hint(&diag, "two\nthree");
	expect(&diag, NULL, 0, "error: wrong\nhint: one\nhint: two\nhint: three\n");
}

static void test_null_diag(void **state)
{
	char *str;

	(void)state;
	assert_int_equal(diag__error(NULL, -EPERM, "no"), -EPERM);
	assert_int_equal(diag__error_at(NULL, -EPERM, (struct span){ 0, 0 }, "no"), -EPERM);
	diag__hint(NULL, "no");
	str = print(NULL, "text", -EPERM);
	assert_string_equal(str, "error: Operation not permitted\n");
	free(str);
}

static void test_span_at_and_beyond_the_end(void **state)
{
	static const struct {
		struct span span;
		const char *caret;
	} cases[] = {
		{ { 3, 0 }, "     ^\n" },
		{ { 2, 0 }, "    ^\n" },
		{ { 2, 100 }, "    ^\n" },
		{ { 99, 3 }, "     ^\n" },
		{ { 4294967295U, 4294967295U }, "     ^\n" },
		{ { 0, 4294967295U }, "  ^~~\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct diag diag = DIAG_INIT;
		char expected[64];

		diag__error_at(&diag, -EINVAL, cases[i].span, "x");
		snprintf(expected, sizeof(expected), "error: x\n  abc\n%s", cases[i].caret);
		expect(&diag, "abc", 0, expected);
	}
}

static void test_unprintable(void **state)
{
	struct diag diag = DIAG_INIT;

	(void)state;
	/* A tab, an escape sequence, DEL, a lone continuation byte, a newline. */
	diag__error_at(&diag, -EINVAL, (struct span){ 8, 1 }, "bad \033[31m name");
	expect(&diag, "a\tb\033\177\200\nc~", 0, "error: bad ?[31m name\n  a b??? c~\n          ^\n");
}

static void test_utf8(void **state)
{
	struct diag diag = DIAG_INIT;

	(void)state;
	/* Characters of two, three and four bytes are a column each. */
	diag__error_at(&diag, -EINVAL, (struct span){ 10, 1 }, "\u00e9");
	expect(&diag, "\u00e9\u20ac\U0001f600(x", 0,
	       "error: \u00e9\n  \u00e9\u20ac\U0001f600(x\n      ^\n");
	/* A span inside a character means all of it. */
	diag__error_at(&diag, -EINVAL, (struct span){ 2, 2 }, "e");
	expect(&diag, "a\u20acb", 0, "error: e\n  a\u20acb\n   ^\n");
}

static void test_bad_utf8(void **state)
{
	struct diag diag = DIAG_INIT;

	(void)state;
	/* Cut short, overlong, surrogate, C1 control, right-to-left override, beyond Unicode. */
	diag__error(&diag, -EINVAL, "%s",
		    "\xe2\x82|\xc0\xaf|\xed\xa0\x80|\xc2\x9b|\xe2\x80\xae|\xf5\x80\x80\x80|\xe2");
	expect(&diag, NULL, 0, "error: ??|??|???|?|?|????|?\n");
}

/* A text of @len letters that repeat a..z. */
static char *letters(size_t len)
{
	char *str = malloc(len + 1);

	assert_non_null(str);
	for (size_t i = 0; i < len; i++)
		str[i] = 'a' + i % 26;
	str[len] = '\0';
	return str;
}

/* In a window the caret must stand under the same character, and no line be too wide. */
static void test_long_text(void **state)
{
	char *text = letters(1000);

	(void)state;
	for (unsigned int pos = 0; pos <= 1000; pos++) {
		struct diag diag = DIAG_INIT;
		char *str, *line, *caret;
		size_t column;

		diag__error_at(&diag, -EINVAL, (struct span){ pos, 3 }, "x");
		str = print(&diag, text, 0);
		line = strchr(str, '\n') + 3;
		caret = strchr(line, '\n') + 3;
		column = strchr(caret, '^') - caret;
		assert_true(caret - line <= 103);
		if (pos < 1000)
			assert_int_equal(line[column], text[pos]);
		else
			assert_int_equal(line[column], '\n');
		if (pos + 3 <= 1000)
			assert_memory_equal(caret + column, "^~~\n", 4);
		assert_int_equal(!strncmp(line, "...", 3), pos > 48);
		free(str);
		diag__exit(&diag);
	}
	free(text);
}

static void test_window_sizes(void **state)
{
	(void)state;
	for (unsigned int len = 95; len < 110; len++) {
		char *text = letters(len);

		for (unsigned int pos = 0; pos <= len; pos++) {
			struct diag diag = DIAG_INIT;
			char *str, *line, *caret;
			size_t column;

			diag__error_at(&diag, -EINVAL, (struct span){ pos, len }, "x");
			str = print(&diag, text, 0);
			line = strchr(str, '\n') + 3;
			caret = strchr(line, '\n') + 3;
			column = strchr(caret, '^') - caret;
			assert_true(caret - line <= 103);
			assert_int_equal(line[column], pos < len ? text[pos] : '\n');
			assert_true(strlen(caret) <= (size_t)(caret - line));
			free(str);
			diag__exit(&diag);
		}
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_no_place),
		cmocka_unit_test(test_no_message),
		cmocka_unit_test(test_first_error_wins),
		cmocka_unit_test(test_several_hints),
		cmocka_unit_test(test_null_diag),
		cmocka_unit_test(test_span_at_and_beyond_the_end),
		cmocka_unit_test(test_unprintable),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_bad_utf8),
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_window_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
