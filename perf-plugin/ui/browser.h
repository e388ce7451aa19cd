/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A list that fills the screen: a title, a line of headings, the rows, of which only those on the
 * screen are ever asked for, and a line at the bottom. It moves the cursor, scrolls, and filters as
 * you type; what other keys do is for the page, whose life is
 *
 *	browser__new(&ops, page, &browser);
 *	browser__set_rows(browser, nr);
 *	while (!done) {
 *		key = browser__run(browser, -1);
 *		switch (key) ...
 *	}
 *	browser__free(browser);
 */
#ifndef BTFSNOOP_UI_BROWSER_H
#define BTFSNOOP_UI_BROWSER_H

#include <stdbool.h>
#include <stdint.h>

#include "line.h"
#include "screen.h"

struct browser;

#define BROWSER_NONE	UINT32_MAX

/* How a page ended. A negative errno is an error with a message. */
enum page_end {
	PAGE_BACK,		/* Esc or Left: to the page it came from */
	PAGE_QUIT,		/* q, ^C or KEY_GONE: all pages are left */
	PAGE_NEXT_EVENT,	/* Tab */
	PAGE_PREV_EVENT,	/* Shift-Tab */
};

/* What the page knows of its rows; each is given the @page of browser__new(). */
struct browser_ops {
	/*
	 * Draws row @row. The row under the cursor is drawn in its own colour whatever is in the
	 * line.
	 */
	void (*draw)(void *page, uint32_t row, struct screen_line *line);
	/* The line of headings; NULL: there is none. */
	void (*header)(void *page, struct screen_line *line);
	/* The line at the top. */
	void (*title)(void *page, struct screen_line *line);
	/*
	 * Does the row match what is being looked for? NULL: its text as drawn has it in it,
	 * whatever the case of its letters unless there are capitals in @filter.
	 */
	bool (*match)(void *page, uint32_t row, const char *filter);
	/*
	 * A filter is about to be typed (@on), or has ended; NULL: doesn't matter. The page may set
	 * other rows and another one under the cursor.
	 */
	void (*filtering)(void *page, bool on);
};

/* Returns 0 or -ENOMEM. */
int browser__new(const struct browser_ops *ops, void *page, struct browser **out);
void browser__free(struct browser *b);

/* How many rows there are. A filter stays and is applied again; the cursor stays where it can. */
void browser__set_rows(struct browser *b, uint32_t nr);

/* The row under the cursor, BROWSER_NONE when none is shown; and how to put it on another. */
uint32_t browser__row(const struct browser *b);
void browser__set_row(struct browser *b, uint32_t row);

/* The next (@step 1) or previous (-1) row that is shown, BROWSER_NONE: there is none. */
uint32_t browser__neighbour(const struct browser *b, uint32_t row, int step);

/* Without its line of headings, or with it again. */
void browser__set_headings(struct browser *b, bool on);

/* What the bottom line says: the keys. Kept, not copied. */
void browser__set_help(struct browser *b, const char *help);

/* The bottom line says this until the next key. */
void browser__say(struct browser *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Left and Right scroll sideways (Left at the very left comes back as a key): the rule. False: both
 * are the page's, as where they unfold or choose a column.
 */
void browser__set_sideways(struct browser *b, bool sideways);

/* Scrolls sideways so that columns @from to @to of the rows are to be seen. */
void browser__show_columns(struct browser *b, size_t from, size_t to);

/* Sets the text that rows are filtered by; "" ends it. */
void browser__set_filter(struct browser *b, const char *filter);

/* How many rows match, as far as they were looked at. */
uint32_t browser__nr_shown(const struct browser *b);

/*
 * Draws, waits for keys and deals with those of a list: Up, Down, PgUp, PgDn, Space, Home, End, ^L,
 * '/' (typing goes on until Enter or Esc, which ends the filter; Up and Down work on). Returns any
 * other key; KEY_NONE after @timeout_ms without one (-1: never). An Esc while there is a filter
 * ends the filter and is not returned. KEY_RESIZE is dealt with.
 */
int browser__run(struct browser *b, int timeout_ms);

/*
 * Called from a page's draw(): what was drawn before is not right any more, as columns got wider.
 */
void browser__draw_again(struct browser *b);

#endif
