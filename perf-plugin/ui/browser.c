// SPDX-License-Identifier: GPL-2.0-only
#include "browser.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../render/text.h"
#include "keys.h"

/* While a filter looks at rows: how long between two looks for a key, and two drawings. */
#define SCAN_SLICE_NS	20000000ULL
#define SCAN_DRAW_NS	150000000ULL

#define SCROLL_STEP	8	/* columns sideways */

struct browser {
	struct browser_ops ops;
	void *page;
	uint32_t nr_rows;
	uint32_t top;			/* of the rows shown, the first on the screen */
	uint32_t cursor;		/* of the rows shown */
	size_t skip;			/* columns scrolled away */
	size_t width;			/* of the widest row that was drawn last */
	bool sideways;
	bool headings;
	bool again;			/* draw once more */
	bool has_run;			/* and so menus open on top of it */
	struct backdrop under;		/* what they open on when it's gone */
	const char *help;
	struct buf said;
	struct screen_line line;
	/* With a filter the rows shown are those of @shown. */
	struct buf filter;
	bool typing;
	bool filtering;			/* and the page was told */
	uint32_t *shown;
	uint32_t nr_shown;
	uint32_t cap_shown;
	uint32_t scanned;		/* rows that the filter has looked at */
	uint32_t wanted;		/* where the cursor shall go, once that row is shown */
};

int browser__new(const struct browser_ops *ops, void *page, struct browser **out)
{
	struct browser *b = calloc(1, sizeof(*b));

	if (!b)
		return -ENOMEM;
	b->ops = *ops;
	b->page = page;
	b->sideways = true;
	b->headings = ops->header;
	b->wanted = BROWSER_NONE;
	b->help = "";
	*out = b;
	return 0;
}

void browser__free(struct browser *b)
{
	if (!b)
		return;
	if (b->has_run)
		screen__set_backdrop(b->under);
	buf__exit(&b->said);
	buf__exit(&b->filter);
	line__exit(&b->line);
	free(b->shown);
	free(b);
}

/* Rows between the lines at the top and the one at the bottom. */
static int page_rows(const struct browser *b)
{
	int rows = screen__rows() - 2 - b->headings;

	return rows > 0 ? rows : 0;
}

static uint32_t count(const struct browser *b)
{
	return b->filter.len ? b->nr_shown : b->nr_rows;
}

static uint32_t row_at(const struct browser *b, uint32_t place)
{
	return b->filter.len ? b->shown[place] : place;
}

uint32_t browser__nr_shown(const struct browser *b)
{
	return count(b);
}

uint32_t browser__row(const struct browser *b)
{
	return b->cursor < count(b) ? row_at(b, b->cursor) : BROWSER_NONE;
}

/* The place of a row in the ascending list of those shown, or of the next one that is. */
static uint32_t place_of(const struct browser *b, uint32_t row)
{
	uint32_t low = 0, high = count(b);

	if (!b->filter.len)
		return row;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (b->shown[mid] < row)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

uint32_t browser__neighbour(const struct browser *b, uint32_t row, int step)
{
	uint32_t place = place_of(b, row);

	if (step < 0)
		return place ? row_at(b, place - 1) : BROWSER_NONE;
	if (place < count(b) && row_at(b, place) == row)
		place++;
	return place < count(b) ? row_at(b, place) : BROWSER_NONE;
}

/* The cursor stays on a row, and the rows on the screen around it. */
static void settle(struct browser *b)
{
	uint32_t nr = count(b), rows = page_rows(b);

	if (b->cursor >= nr)
		b->cursor = nr ? nr - 1 : 0;
	if (b->top > b->cursor)
		b->top = b->cursor;
	if (rows && b->cursor - b->top >= rows)
		b->top = b->cursor - rows + 1;
	if (nr >= rows && b->top > nr - rows)
		b->top = nr - rows;
	if (nr < rows)
		b->top = 0;
}

void browser__set_row(struct browser *b, uint32_t row)
{
	b->wanted = BROWSER_NONE;
	if (b->filter.len && b->scanned <= row)
		b->wanted = row;
	b->cursor = place_of(b, row);
	settle(b);
}

static void start_scan(struct browser *b)
{
	b->nr_shown = 0;
	b->scanned = 0;
}

void browser__set_rows(struct browser *b, uint32_t nr)
{
	uint32_t row = browser__row(b);

	b->nr_rows = nr;
	start_scan(b);
	browser__set_row(b, row == BROWSER_NONE ? 0 : row);
}

void browser__set_help(struct browser *b, const char *help)
{
	b->help = help;
}

void browser__set_sideways(struct browser *b, bool sideways)
{
	b->sideways = sideways;
}

void browser__set_headings(struct browser *b, bool on)
{
	b->headings = on && b->ops.header;
}

void browser__say(struct browser *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf__clear(&b->said);
	buf__vaddf(&b->said, fmt, ap);
	va_end(ap);
}

void browser__show_columns(struct browser *b, size_t from, size_t to)
{
	size_t width = screen__columns() > 1 ? screen__columns() - 1 : 1;

	if (to > b->skip + width)
		b->skip = to - width;
	if (from < b->skip)
		b->skip = from;
}

void browser__set_filter(struct browser *b, const char *filter)
{
	uint32_t row = browser__row(b);

	buf__clear(&b->filter);
	b->filter.failed = false;
	buf__adds(&b->filter, filter);
	start_scan(b);
	browser__set_row(b, row == BROWSER_NONE ? 0 : row);
}

static bool row_matches(struct browser *b, uint32_t row)
{
	const char *filter = buf__str(&b->filter), *p;

	if (b->ops.match)
		return b->ops.match(b->page, row, filter);
	line__clear(&b->line);
	b->ops.draw(b->page, row, &b->line);
	for (p = filter; *p && !isupper((unsigned char)*p); p++)
		;
	return *p ? strstr(buf__str(&b->line.text), filter) :
		    strcasestr(buf__str(&b->line.text), filter);
}

static bool add_shown(struct browser *b, uint32_t row)
{
	if (b->nr_shown == b->cap_shown) {
		uint32_t cap = b->cap_shown ? 2 * b->cap_shown : 256;
		uint32_t *more = reallocarray(b->shown, cap, sizeof(*more));

		if (!more)
			return false;
		b->shown = more;
		b->cap_shown = cap;
	}
	b->shown[b->nr_shown++] = row;
	return true;
}

static bool is_scanning(const struct browser *b)
{
	return b->filter.len && b->scanned < b->nr_rows;
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* Lets the filter look at rows for a while. */
static void scan(struct browser *b)
{
	uint64_t end = now_ns() + SCAN_SLICE_NS;

	while (is_scanning(b)) {
		if (row_matches(b, b->scanned) && !add_shown(b, b->scanned)) {
			browser__say(b, "Not enough memory for all rows");
			b->scanned = b->nr_rows;
			break;
		}
		b->scanned++;
		if (now_ns() >= end)
			break;
	}
	if (b->wanted != BROWSER_NONE && b->scanned > b->wanted)
		browser__set_row(b, b->wanted);
}

static void draw_line(struct browser *b, int row, enum color override, size_t skip)
{
	line__draw(&b->line, row, skip, screen__columns(), override);
}

static void draw_rows(struct browser *b, int first, int rows)
{
	uint32_t nr = count(b);
	bool bar = nr > (uint32_t)rows && screen__columns() > 1;
	int width = screen__columns() - bar;

	b->width = 0;
	for (int i = 0; i < rows; i++) {
		uint32_t place = b->top + i;

		line__clear(&b->line);
		if (place < nr)
			b->ops.draw(b->page, row_at(b, place), &b->line);
		if (line__width(&b->line) > b->width)
			b->width = line__width(&b->line);
		line__draw(&b->line, first + i, b->skip, width,
			   place == b->cursor && place < nr ? COLOR_SELECTED : COLOR_MAX);
	}
	screen__color(COLOR_NORMAL);
	if (bar)
		screen__scroll_bar(first, screen__columns() - 1, rows, b->top, nr);
}

/* Of what is typed, what fits: its end. */
static void draw_filter(struct browser *b, int row)
{
	line__adds(&b->line, COLOR_ROOT, "Filter: ");
	line__adds(&b->line, COLOR_ROOT, buf__str(&b->filter));
	if (b->typing)
		screen__cursor(row, (int)line__width(&b->line));
	line__addf(&b->line, COLOR_ROOT, "  %u of %u", b->nr_shown, b->nr_rows);
	if (is_scanning(b))
		line__addf(&b->line, COLOR_ROOT, ", %u%% searched",
			   (unsigned int)(100ULL * b->scanned / b->nr_rows));
}

static void draw_bottom(struct browser *b)
{
	int row = screen__rows() - 1;

	screen__cursor(-1, 0);
	line__clear(&b->line);
	if (b->said.len)
		line__adds(&b->line, COLOR_ROOT, buf__str(&b->said));
	else if (b->typing || b->filter.len)
		draw_filter(b, row);
	else
		line__adds(&b->line, COLOR_ROOT, b->help);
	draw_line(b, row, COLOR_ROOT, 0);
}

void browser__draw_again(struct browser *b)
{
	b->again = true;
}

static void draw_all(struct browser *b)
{
	int first = 0;

	line__clear(&b->line);
	b->ops.title(b->page, &b->line);
	draw_line(b, first++, COLOR_ROOT, 0);
	if (b->headings && screen__rows() > 2) {
		line__clear(&b->line);
		b->ops.header(b->page, &b->line);
		draw_line(b, first++, COLOR_MAX, b->skip);
	}
	draw_rows(b, first, page_rows(b));
	if (screen__rows() > 1)
		draw_bottom(b);
}

static void draw_once(struct browser *b)
{
	settle(b);
	b->again = false;
	draw_all(b);
	if (b->again)
		draw_all(b);
	b->again = false;
}

static void draw_backdrop(void *ctx)
{
	draw_once(ctx);
}

/* Sideways as far as there is something to see. */
static bool scroll_right(struct browser *b)
{
	size_t shown = screen__columns() > 1 ? screen__columns() - 1 : 1;

	if (b->width > b->skip + shown)
		b->skip += SCROLL_STEP;
	return true;
}

static bool scroll_left(struct browser *b)
{
	if (!b->skip)
		return false;
	b->skip = b->skip > SCROLL_STEP ? b->skip - SCROLL_STEP : 0;
	return true;
}

/* Keys that move the cursor. False: another key. */
static bool move(struct browser *b, int key)
{
	uint32_t nr = count(b), page = page_rows(b) > 1 ? page_rows(b) : 1;

	switch (key) {
	case KEY_UP:
		b->cursor -= b->cursor > 0;
		break;
	case KEY_DOWN:
		b->cursor += b->cursor + 1 < nr;
		break;
	case KEY_PAGE_UP: case KEY_CTRL('b'):
		b->top -= b->top < page ? b->top : page;
		b->cursor -= b->cursor < page ? b->cursor : page;
		break;
	case KEY_PAGE_DOWN: case ' ': case KEY_CTRL('f'):
		b->top += nr - b->top > page ? page : 0;
		b->cursor = nr - b->cursor > page ? b->cursor + page : nr - !!nr;
		break;
	case KEY_HOME:
		b->cursor = 0;
		break;
	case KEY_END:
		b->cursor = nr - !!nr;
		break;
	default:
		return false;
	}
	b->wanted = BROWSER_NONE;
	settle(b);
	return true;
}

/* Takes the last character off. */
static void erase_last(struct browser *b)
{
	struct buf shorter = BUF_INIT;
	size_t len = b->filter.len;

	while (len && (b->filter.data[--len] & 0xc0) == 0x80)
		;
	buf__add(&shorter, buf__str(&b->filter), len);
	browser__set_filter(b, buf__str(&shorter));
	buf__exit(&shorter);
}

static void type(struct browser *b, int key)
{
	struct buf longer = BUF_INIT;

	switch (key) {
	case KEY_ENTER:
		b->typing = false;
		return;
	case KEY_ESC: case KEY_CTRL('c'):
		b->typing = false;
		browser__set_filter(b, "");
		return;
	case KEY_BACKSPACE:
		erase_last(b);
		return;
	case KEY_CTRL('u'):
		browser__set_filter(b, "");
		return;
	}
	if (key < ' ' || key >= KEY_UP)
		return;
	buf__adds(&longer, buf__str(&b->filter));
	keys__add(&longer, key);
	browser__set_filter(b, buf__str(&longer));
	buf__exit(&longer);
}

/* A key that is the list's own. False: one for the page. */
static bool handle(struct browser *b, int key)
{
	if (key == KEY_RESIZE || key == KEY_CTRL('l'))
		return true;
	if (b->typing && (key != ' ' && move(b, key)))
		return true;
	if (b->typing && key != KEY_GONE) {
		type(b, key);
		return true;
	}
	if (move(b, key))
		return true;
	if (key == '/') {
		b->typing = true;
		return true;
	}
	if (key == KEY_ESC && b->filter.len) {
		browser__set_filter(b, "");
		return true;
	}
	if (!b->sideways)
		return false;
	return key == KEY_RIGHT ? scroll_right(b) : key == KEY_LEFT ? scroll_left(b) : false;
}

static void tell_filtering(struct browser *b)
{
	bool on = b->typing || b->filter.len;

	if (on == b->filtering)
		return;
	b->filtering = on;
	if (b->ops.filtering)
		b->ops.filtering(b->page, on);
}

/* Waits for a key; meanwhile the filter goes on, and shows what it has found. */
static int wait_key(struct browser *b, int timeout_ms)
{
	uint64_t drawn = now_ns();
	int key;

	while (is_scanning(b)) {
		scan(b);
		if (now_ns() - drawn >= SCAN_DRAW_NS || !is_scanning(b)) {
			draw_once(b);
			screen__flush();
			drawn = now_ns();
		}
		key = screen__key(0);
		if (key != KEY_NONE)
			return key;
	}
	return screen__key(timeout_ms);
}

int browser__run(struct browser *b, int timeout_ms)
{
	struct backdrop old = screen__set_backdrop((struct backdrop){ draw_backdrop, b });
	bool handled;
	int key;

	if (!b->has_run)
		b->under = old;
	b->has_run = true;
	do {
		draw_once(b);
		key = wait_key(b, timeout_ms);
		if (key == KEY_CTRL('l'))
			screen__touch();
		if (key != KEY_NONE && key != KEY_RESIZE)
			buf__clear(&b->said);
		handled = handle(b, key);
		tell_filtering(b);
	} while (handled);
	return key;
}
