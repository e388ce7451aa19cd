// SPDX-License-Identifier: GPL-2.0-only
/* util/progress.h: what a terminal is sent. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../perf-plugin/util/progress.h"
#include "../../perf-plugin/util/verbose.h"

/* A terminal of @columns, and what it shows in its only line. */
struct terminal {
	int master, slave;
	char shown[256];
	unsigned int nr_writes;		/* that moved the cursor to the start */
};

static void open_terminal(struct terminal *t, unsigned short columns)
{
	struct winsize size = { .ws_row = 24, .ws_col = columns };

	memset(t, 0, sizeof(*t));
	t->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_true(t->master >= 0 && !grantpt(t->master) && !unlockpt(t->master));
	t->slave = open(ptsname(t->master), O_RDWR | O_NOCTTY);
	assert_true(t->slave >= 0);
	assert_int_equal(ioctl(t->slave, TIOCSWINSZ, &size), 0);
}

static void close_terminal(struct terminal *t)
{
	close(t->slave);
	close(t->master);
}

/* Does what a terminal does with the bytes that came. */
static const char *shown(struct terminal *t)
{
	char text[4096];
	size_t at = strlen(t->shown);
	ssize_t len = read(t->master, text, sizeof(text));

	for (ssize_t i = 0; i < len; i++) {
		if (text[i] == '\r') {
			at = 0;
			t->nr_writes++;
			continue;
		}
		assert_in_range(text[i], ' ', '~');
		assert_true(at < sizeof(t->shown) - 1);
		t->shown[at++] = text[i];
	}
	while ((at = strlen(t->shown)) && t->shown[at - 1] == ' ')
		t->shown[at - 1] = '\0';
	return t->shown;
}

static void is_drawn_and_wiped(void **state)
{
	struct progress_line *line;
	struct terminal t;

	(void)state;
	open_terminal(&t, 80);
	line = progress_line__new(t.slave);
	assert_non_null(line);
	progress_line__update(line, "Attaching", 1, 50000);
	assert_string_equal(shown(&t), "");		/* may be over in a moment */
	usleep(320000);
	progress_line__update(line, "Attaching", 12345, 50000);
	assert_string_equal(shown(&t), "Attaching: 12345 of 50000");
	for (unsigned int i = 0; i < 1000; i++)
		progress_line__update(line, "Attaching", 20000 + i, 50000);
	shown(&t);
	assert_in_range(t.nr_writes, 1, 3);		/* and not 1000 */
	usleep(800000);
	progress_line__update(line, "Attaching", 25000, 50000);
	shown(&t);
	assert_memory_equal(t.shown, "Attaching: 25000 of 50000, ", 27);
	assert_string_equal(strchr(t.shown, ',') + 3, " s left");
	progress_line__update(line, "Attaching", 50000, 50000);
	assert_string_equal(shown(&t), "");
	/* The next one starts anew. */
	progress_line__update(line, "Detaching", 1, 3);
	usleep(320000);
	progress_line__update(line, "Detaching", 2, 3);
	assert_string_equal(shown(&t), "Detaching: 2 of 3");
	progress_line__wipe(line);
	assert_string_equal(shown(&t), "");
	progress_line__update(line, "Reading", 0, 0);
	assert_string_equal(shown(&t), "Reading ...");
	progress_line__free(line);
	assert_string_equal(shown(&t), "");
	close_terminal(&t);
}

static void is_cut(void **state)
{
	struct progress_line *line;
	struct terminal t;

	(void)state;
	open_terminal(&t, 12);
	line = progress_line__new(t.slave);
	progress_line__update(line, "Attaching", 0, 0);
	assert_string_equal(shown(&t), "Attaching .");
	progress_line__free(line);
	close_terminal(&t);
}

static void is_silent(void **state)
{
	struct terminal t;
	int fds[2];

	(void)state;
	open_terminal(&t, 80);
	verbose = -1;
	assert_null(progress_line__new(t.slave));
	verbose = 1;
	assert_null(progress_line__new(t.slave));
	verbose = 0;
	close_terminal(&t);
	assert_int_equal(pipe(fds), 0);
	assert_null(progress_line__new(fds[1]));
	close(fds[0]);
	close(fds[1]);
	progress_line__update(NULL, "Attaching", 1, 2);
	progress_line__wipe(NULL);
	progress_line__free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_drawn_and_wiped),
		cmocka_unit_test(is_cut),
		cmocka_unit_test(is_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
