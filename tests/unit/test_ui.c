// SPDX-License-Identifier: GPL-2.0-only
/* What of the screen needs no terminal: keys from bytes, colours by name, lines of pieces. */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../perf-plugin/ui/browser.h"
#include "../../perf-plugin/ui/colors.h"
#include "../../perf-plugin/ui/keys.h"
#include "../../perf-plugin/ui/line.h"
#include "../../perf-plugin/ui/screen.h"

static const struct key_case {
	const char *bytes;
	bool final;
	size_t used;		/* 0: more are needed */
	int key;
} key_cases[] = {
	{ "a", false, 1, 'a' },
	{ "/x", false, 1, '/' },
	{ "\r", false, 1, KEY_ENTER },
	{ "\n", false, 1, KEY_ENTER },
	{ "\b", false, 1, KEY_BACKSPACE },
	{ "\x7f", false, 1, KEY_BACKSPACE },
	{ "\t", false, 1, KEY_TAB },
	{ "\x03", false, 1, KEY_CTRL('c') },
	{ "\x1b", false, 0, 0 },
	{ "\x1b", true, 1, KEY_ESC },
	{ "\x1b\x1b", false, 1, KEY_ESC },
	{ "\x1bq", false, 1, KEY_ESC },
	{ "\x1b[", false, 0, 0 },
	{ "\x1b[", true, 1, KEY_ESC },
	{ "\x1bO", true, 1, KEY_ESC },
	{ "\x1b[A", false, 3, KEY_UP },
	{ "\x1bOA", false, 3, KEY_UP },
	{ "\x1b[Bx", false, 3, KEY_DOWN },
	{ "\x1b[1;5C", false, 6, KEY_RIGHT },
	{ "\x1bOD", false, 3, KEY_LEFT },
	{ "\x1b[H", false, 3, KEY_HOME },
	{ "\x1b[1~", false, 4, KEY_HOME },
	{ "\x1b[7~", false, 4, KEY_HOME },
	{ "\x1b[4~", false, 4, KEY_END },
	{ "\x1b[5~", false, 4, KEY_PAGE_UP },
	{ "\x1b[6~", false, 4, KEY_PAGE_DOWN },
	{ "\x1b[6", false, 0, 0 },
	{ "\x1b[Z", false, 3, KEY_SHIFT_TAB },
	{ "\x1bOP", false, 3, KEY_F1 },
	{ "\x1b[11~", false, 5, KEY_F1 },
	{ "\x1b[[A", false, 4, KEY_F1 },
	{ "\x1b[15~", false, 5, KEY_F1 + 4 },
	{ "\x1b[17~", false, 5, KEY_F1 + 5 },
	{ "\x1b[24~", false, 5, KEY_F1 + 11 },
	/* Sequences of no key we know are passed over as a whole. */
	{ "\x1b[99~", false, 5, KEY_NONE },
	{ "\x1b[<0;10;10Mq", false, 11, KEY_ENTER },
	{ "\x1b[200~", false, 6, KEY_NONE },
	/* What can't be part of one ends it. */
	{ "\x1b[1\x1b[A", false, 3, KEY_NONE },
	{ "\x1b[11111111111111111111111111111111111111", false, 32, KEY_NONE },
	{ "\xc3\xa9", false, 2, 0xe9 },
	{ "\xc3", false, 0, 0 },
	{ "\xc3", true, 1, KEY_NONE },
	{ "\xe2\x82\xac", false, 3, 0x20ac },
	{ "\xe2\x82", false, 0, 0 },
	{ "\xf0\x9f\x90\xa7", false, 4, 0x1f427 },
	{ "\xff", false, 1, KEY_NONE },
	{ "\xc3x", false, 1, KEY_NONE },
	{ "\xc2\x9b", false, 2, KEY_NONE },	/* a control character */
};

static void test_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(key_cases) / sizeof(key_cases[0]); i++) {
		const struct key_case *c = &key_cases[i];
		int key = 0;
		size_t used = keys__parse(c->bytes, strlen(c->bytes), true, c->final, &key);

		if (used != c->used || (used && key != c->key))
			fail_msg("case %zu: %zu bytes, key %#x", i, used, key);
	}
}

/* Whatever comes, it goes on: with all there is, bytes are always taken. */
static void test_random_keys(void **state)
{
	static const char likely[] = "\x1b\x1b\x1b[[[OO0123456789;;~ABCDEFHMPZ\xc3\xa9\xe2\x82\xff";
	char bytes[40];
	int key;

	(void)state;
	srand(1);
	for (unsigned int round = 0; round < 200000; round++) {
		size_t len = 1 + rand() % sizeof(bytes), used;

		for (size_t i = 0; i < len; i++)
			bytes[i] = likely[rand() % (sizeof(likely) - 1)];
		used = keys__parse(bytes, len, round & 1, false, &key);
		assert_true(used <= len);
		used = keys__parse(bytes, len, round & 1, true, &key);
		assert_in_range(used, 1, len);
	}
}

static void test_add_key(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	keys__add(&text, 'a');
	keys__add(&text, 0xe9);
	keys__add(&text, 0x20ac);
	keys__add(&text, 0x1f427);
	assert_string_equal(buf__str(&text), "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7");
	buf__exit(&text);
}

static void test_colors(void **state)
{
	static const char *const wrong[] = {
		"", "redd", "red,", "red,blue,green", ",red", "color256", "color", "#12", "#12345g",
		"red;blue", "a-name-that-is-much-longer-than-any-colour",
	};
	struct color_pair pairs[COLOR_MAX];

	(void)state;
	colors__defaults(pairs);
	assert_string_equal(pairs[COLOR_SELECTED].foreground, "black");
	assert_string_equal(pairs[COLOR_SELECTED].background, "yellow");
	assert_int_equal(color__find("jump_arrows"), COLOR_JUMP_ARROWS);
	assert_int_equal(color__find("Root"), COLOR_ROOT);
	assert_int_equal(color__find("bottom"), COLOR_MAX);
	assert_int_equal(color__set(pairs, COLOR_TOP, " Blue , color7 "), 0);
	assert_string_equal(pairs[COLOR_TOP].foreground, "blue");
	assert_string_equal(pairs[COLOR_TOP].background, "color7");
	assert_int_equal(color__set(pairs, COLOR_TOP, "#ff8800"), 0);
	assert_string_equal(pairs[COLOR_TOP].background, "default");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (color__set(pairs, COLOR_TOP, wrong[i]) != -EINVAL)
			fail_msg("'%s' is taken for a colour", wrong[i]);
	assert_string_equal(pairs[COLOR_TOP].foreground, "#ff8800");
	assert_int_equal(color__of_percent(5), COLOR_TOP);
	assert_int_equal(color__of_percent(4.99), COLOR_MEDIUM);
	assert_int_equal(color__of_percent(0.5), COLOR_NORMAL);
}

static void test_line(void **state)
{
	struct screen_line line = LINE_INIT;

	(void)state;
	line__cell(&line, COLOR_TOP, "12.5%", 8, true);
	line__adds(&line, COLOR_NORMAL, "  ");
	line__cell(&line, COLOR_NORMAL, "ls", 4, false);
	line__adds(&line, COLOR_ADDR, "\x1b[31m\n");
	assert_string_equal(buf__str(&line.text), "   12.5%  ls  \\x1b[31m\\n");
	assert_int_equal(line.nr, 3);
	assert_int_equal(line.pieces[1].start, 8);
	assert_int_equal(line.pieces[2].start, 14);
	assert_int_equal(line__width(&line), line.text.len);
	line__pad(&line, 40);
	assert_int_equal(line__width(&line), 40);
	line__clear(&line);
	assert_int_equal(line__width(&line), 0);
	line__addf(&line, COLOR_ROOT, "%d of %d", 1, 2);
	assert_string_equal(buf__str(&line.text), "1 of 2");
	line__exit(&line);
}

/* Cells wider than their column are kept whole. */
static void test_wide_cell(void **state)
{
	struct screen_line line = LINE_INIT;

	(void)state;
	line__cell(&line, COLOR_NORMAL, "perf-btfsnoop", 4, true);
	assert_string_equal(buf__str(&line.text), "perf-btfsnoop");
	line__exit(&line);
}

static void draw_row(void *page, uint32_t row, struct screen_line *line)
{
	(void)page;
	line__addf(line, COLOR_NORMAL, "row %" PRIu32, row);
}

static void draw_title(void *page, struct screen_line *line)
{
	(void)page;
	line__adds(line, COLOR_ROOT, "title");
}

static void test_browser(void **state)
{
	const struct browser_ops ops = { .draw = draw_row, .title = draw_title };
	struct browser *b;

	(void)state;
	assert_int_equal(browser__new(&ops, NULL, &b), 0);
	assert_int_equal(browser__row(b), BROWSER_NONE);
	assert_int_equal(browser__neighbour(b, 0, 1), BROWSER_NONE);
	browser__set_rows(b, 1000000);
	assert_int_equal(browser__row(b), 0);
	browser__set_row(b, 999999);
	assert_int_equal(browser__row(b), 999999);
	assert_int_equal(browser__neighbour(b, 999999, 1), BROWSER_NONE);
	assert_int_equal(browser__neighbour(b, 999999, -1), 999998);
	browser__set_rows(b, 10);
	assert_int_equal(browser__row(b), 9);
	browser__set_row(b, 4);
	browser__set_filter(b, "7");
	assert_int_equal(browser__nr_shown(b), 0);
	assert_int_equal(browser__row(b), BROWSER_NONE);
	browser__set_filter(b, "");
	assert_int_equal(browser__nr_shown(b), 10);
	browser__set_rows(b, 0);
	assert_int_equal(browser__row(b), BROWSER_NONE);
	browser__free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_random_keys),
		cmocka_unit_test(test_add_key),
		cmocka_unit_test(test_colors),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_wide_cell),
		cmocka_unit_test(test_browser),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
