// SPDX-License-Identifier: GPL-2.0-only
#include "dialog.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../render/text.h"
#include "keys.h"

#define PROGRESS_NS	100000000ULL	/* between two drawings, and before the first */

/* A frame in the middle of the screen with room for so many rows and columns of text. */
struct window {
	int row, column;	/* of the first place inside */
	int rows, columns;	/* inside */
};

static int smaller(size_t a, int b)
{
	return b < 1 ? 1 : a < (size_t)b ? (int)a : b;
}

static struct window window__draw(const char *title, size_t rows, size_t columns)
{
	size_t title_width = text__width(title, strlen(title)) + 2;
	struct window w;

	screen__draw_backdrop();
	w.rows = smaller(rows, screen__rows() - 2);
	w.columns = smaller(columns > title_width ? columns : title_width, screen__columns() - 4);
	w.row = (screen__rows() - w.rows) / 2;
	w.column = (screen__columns() - w.columns) / 2;
	screen__color(COLOR_NORMAL);
	screen__box(w.row - 1, w.column - 2, w.rows + 2, w.columns + 4);
	if (*title && w.row > 0) {
		screen__goto(w.row - 1, w.column);
		screen__text(title, strlen(title), 0, smaller(title_width - 2, w.columns));
	}
	return w;
}

static void window__line(const struct window *w, int row, enum color color, const char *text,
			 size_t len, size_t skip)
{
	screen__color(color);
	screen__goto(w->row + row, w->column);
	screen__text(text, len, (int)skip, w->columns);
}

static size_t widest(const char *const *options, unsigned int nr)
{
	size_t width = 0, w;

	for (unsigned int i = 0; i < nr; i++) {
		w = text__width(options[i], strlen(options[i]));
		width = w > width ? w : width;
	}
	return width;
}

/* The first option after @at that begins with the letter @key; @at if there is none. */
static unsigned int find_letter(const char *const *options, unsigned int nr, unsigned int at,
				int key)
{
	for (unsigned int i = 1; i <= nr && key < 0x80; i++) {
		unsigned int option = (at + i) % nr;

		if (tolower((unsigned char)options[option][0]) == tolower(key))
			return option;
	}
	return at;
}

/* Where a key takes the cursor in a list of @nr. */
static unsigned int move(unsigned int at, unsigned int nr, unsigned int page, int key)
{
	switch (key) {
	case KEY_UP: case KEY_SHIFT_TAB:
		return at ? at - 1 : 0;
	case KEY_DOWN: case KEY_TAB:
		return at + 1 < nr ? at + 1 : at;
	case KEY_PAGE_UP:
		return at > page ? at - page : 0;
	case KEY_PAGE_DOWN: case ' ':
		return nr - at > page ? at + page : nr - 1;
	case KEY_HOME:
		return 0;
	case KEY_END:
		return nr - 1;
	}
	return at;
}

static bool leaves(int key)
{
	return key == KEY_ESC || key == KEY_LEFT || key == 'q' || key == KEY_CTRL('c') ||
	       key == KEY_GONE;
}

int dialog__menu(const char *title, const char *const *options, unsigned int nr)
{
	unsigned int at = 0, top = 0;
	size_t width = widest(options, nr);
	int key;

	while (nr) {
		struct window w = window__draw(title, nr, width);
		unsigned int rows = w.rows;

		if (top > at)
			top = at;
		if (at - top >= rows)
			top = at - rows + 1;
		for (unsigned int i = 0; i < rows && top + i < nr; i++)
			window__line(&w, i, top + i == at ? COLOR_SELECTED : COLOR_NORMAL,
				     options[top + i], strlen(options[top + i]), 0);
		key = screen__key(-1);
		if (leaves(key))
			break;
		if (key == KEY_ENTER || key == KEY_RIGHT)
			return at;
		if (move(at, nr, rows, key) != at)
			at = move(at, nr, rows, key);
		else if (key > ' ' && key < 0x80)
			at = find_letter(options, nr, at, key);
	}
	return -1;
}

/* Lines of a text, which is kept. */
struct lines {
	const char **starts;
	unsigned int nr;
	size_t width;
};

static size_t line_len(const char *start)
{
	return strcspn(start, "\n");
}

static bool lines__split(const char *text, struct lines *lines)
{
	unsigned int max = 1;

	for (const char *p = text; *p; p++)
		max += *p == '\n';
	*lines = (struct lines){ .starts = calloc(max, sizeof(*lines->starts)) };
	if (!lines->starts)
		return false;
	while (*text) {
		size_t len = line_len(text), width = text__width(text, len);

		lines->starts[lines->nr++] = text;
		lines->width = width > lines->width ? width : lines->width;
		text += len + (text[len] == '\n');
	}
	return true;
}

static void draw_lines(const struct window *w, const struct lines *lines, unsigned int top,
		       size_t skip)
{
	for (int i = 0; i < w->rows; i++) {
		const char *start = top + i < lines->nr ? lines->starts[top + i] : "";

		window__line(w, i, COLOR_NORMAL, start, line_len(start), skip);
	}
	if (lines->nr > (unsigned int)w->rows)
		screen__scroll_bar(w->row, w->column + w->columns, w->rows, top, lines->nr);
}

void dialog__text(const char *title, const char *text)
{
	unsigned int top = 0;
	struct lines lines;
	size_t skip = 0;
	int key;

	if (!lines__split(text, &lines))
		return;
	for (;;) {
		struct window w = window__draw(title, lines.nr ? lines.nr : 1, lines.width);
		unsigned int last = lines.nr > (unsigned int)w.rows ? lines.nr - w.rows : 0;

		top = top > last ? last : top;
		draw_lines(&w, &lines, top, skip);
		key = screen__key(-1);
		if (key == KEY_RESIZE)
			continue;
		if (key == KEY_RIGHT)
			skip += lines.width > skip + w.columns ? 8 : 0;
		else if (key == KEY_LEFT && skip)
			skip -= 8;
		else if (key == KEY_HOME || key == KEY_END || key == KEY_UP || key == KEY_DOWN ||
			 key == KEY_PAGE_UP || key == KEY_PAGE_DOWN || key == ' ')
			top = move(top, last + 1, w.rows, key);
		else
			break;
	}
	free(lines.starts);
}

void dialog__message(const char *title, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf__vaddf(&text, fmt, ap);
	va_end(ap);
	dialog__text(title, buf__str(&text));
	buf__exit(&text);
}

void dialog__error(const struct diag *diag, const char *text, int err)
{
	char *data = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&data, &len);

	if (out) {
		diag__print(diag, text, err, out);
		fclose(out);
	}
	dialog__text("Error", data ? data : "");
	free(data);
}

/* The last character of a text is taken off. */
static void erase_last(struct buf *text)
{
	while (text->len && (text->data[--text->len] & 0xc0) == 0x80)
		;
	if (text->data)
		text->data[text->len] = '\0';
}

/* Of a text too wide for the window its end is shown. */
static void draw_input(const struct window *w, const char *prompt, const struct buf *text)
{
	size_t width = text__width(buf__str(text), text->len);
	size_t skip = width + 1 > (size_t)w->columns ? width + 1 - w->columns : 0;

	if (w->rows > 1)
		window__line(w, 0, COLOR_NORMAL, prompt, strlen(prompt), 0);
	window__line(w, w->rows - 1, COLOR_SELECTED, buf__str(text), text->len, skip);
	screen__cursor(w->row + w->rows - 1, w->column + (int)(width - skip));
}

bool dialog__input(const char *title, const char *prompt, struct buf *text)
{
	size_t width = text__width(prompt, strlen(prompt));
	int key;

	do {
		struct window w = window__draw(title, 2, width > 60 ? width : 60);

		draw_input(&w, prompt, text);
		key = screen__key(-1);
		if (key == KEY_BACKSPACE)
			erase_last(text);
		else if (key == KEY_CTRL('u'))
			buf__clear(text);
		else if (key >= ' ' && key < KEY_UP)
			keys__add(text, key);
	} while (key != KEY_ENTER && key != KEY_ESC && key != KEY_CTRL('c') && key != KEY_GONE);
	screen__cursor(-1, 0);
	return key == KEY_ENTER && !text->failed;
}

bool dialog__yes_no(const char *question)
{
	int key;

	do {
		struct window w = window__draw("", 3, text__width(question, strlen(question)));

		window__line(&w, 0, COLOR_NORMAL, question, strlen(question), 0);
		window__line(&w, w.rows - 1, COLOR_NORMAL, "y/n", 3, 0);
		key = screen__key(-1);
		if (key == 'y' || key == 'Y' || key == KEY_ENTER)
			return true;
	} while (key == KEY_RESIZE);
	return false;
}

static void draw_progress(const char *title, uint64_t done, uint64_t total)
{
	struct window w = window__draw(title, 1, 50);
	char text[64];
	int full = total ? (int)((double)done / total * w.columns) : 0;

	full = full > w.columns ? w.columns : full;
	snprintf(text, sizeof(text), "%3u%%  (q: stop)",
		 total ? (unsigned int)((double)done / total * 100) : 0);
	screen__goto(w.row, w.column);
	screen__color(COLOR_SELECTED);
	screen__text(text, strlen(text), 0, full);
	screen__color(COLOR_NORMAL);
	screen__text(text, strlen(text), full, w.columns - full);
	screen__flush();
}

bool dialog__progress(const char *title, uint64_t done, uint64_t total)
{
	static uint64_t next_ns;
	static unsigned int calls;
	struct timespec ts;
	uint64_t now;
	int key;

	if (done && ++calls % 1024)
		return false;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	now = ts.tv_sec * 1000000000ULL + ts.tv_nsec;
	if (!done)
		next_ns = now + PROGRESS_NS;
	if (now < next_ns)
		return false;
	next_ns = now + PROGRESS_NS;
	draw_progress(title, done, total);
	while ((key = screen__key(0)) != KEY_NONE)
		if (leaves(key) && key != KEY_LEFT)
			return true;
	return false;
}
