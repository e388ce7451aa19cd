/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The terminal as a screen: places, colours, keys. Everything the browser draws goes through here,
 * and nothing but this file knows slang.
 *
 * There is one for the process, as there is one terminal. What is written is made safe by
 * text__add(), whatever it was; where the locale is not UTF-8 other than ASCII is shown as '?'.
 */
#ifndef BTFSNOOP_UI_SCREEN_H
#define BTFSNOOP_UI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "../util/diag.h"
#include "colors.h"

/* What screen__key() returns: Unicode, control characters as they are, and these. */
enum screen_key {
	KEY_NONE = -1,		/* none within the time */
	KEY_GONE = -2,		/* the terminal is gone, or we are to end: leave all pages */
	KEY_RESIZE = -3,	/* the size changed, or what is on the screen was lost: draw it */

	KEY_TAB = '\t',
	KEY_ENTER = '\r',
	KEY_ESC = 27,
	KEY_BACKSPACE = 127,

	KEY_UP = 0x200000,
	KEY_DOWN,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_HOME,
	KEY_END,
	KEY_DELETE,
	KEY_INSERT,
	KEY_SHIFT_TAB,
	KEY_F1,			/* F2 to F12 follow */
};

#define KEY_CTRL(c)	((c) & 0x1f)

/*
 * True when stdin and stdout are a terminal that can be used as a screen: not where TERM is unset,
 * "dumb" or one that slang doesn't know.
 */
bool screen__is_possible(void);

/*
 * Takes the terminal. Whatever way the program ends (exit(), a signal, a crash), the terminal is
 * what it was before. ^C is a key. What is written to stderr meanwhile appears after that. All is
 * shown in the colours @pairs. Returns 0 or a negative errno with a message in @diag.
 */
int screen__open(const struct color_pair pairs[COLOR_MAX], struct diag *diag);
void screen__close(void);
bool screen__is_open(void);

/* The size; both at least 1. It changes only in screen__key(), which then returns KEY_RESIZE. */
int screen__rows(void);
int screen__columns(void);

/* The locale is UTF-8: there are lines, blocks and arrows. */
bool screen__is_utf8(void);

/*
 * Waits for a key for @timeout_ms, for ever with -1, not at all with 0. Before it waits, what was
 * drawn is shown. ^Z is dealt with in here.
 */
int screen__key(int timeout_ms);

/* Shows what was drawn, for those who don't wait for a key. */
void screen__flush(void);

/* All of it is sent again at the next such time: something else has written to the terminal. */
void screen__touch(void);

void screen__clear(void);
void screen__goto(int row, int column);
void screen__color(enum color color);

/*
 * Writes at most @width columns of @text, from its column @skip on; what is left of @width is
 * filled with spaces. Places outside of the screen are not drawn to.
 */
void screen__text(const char *text, size_t len, int skip, int width);

/* A frame of lines around the @rows x @columns places from @row, @column, which are emptied. */
void screen__box(int row, int column, int rows, int columns);

/* One line of a scroll bar @rows long from @row: @at of @total are above the first row shown. */
void screen__scroll_bar(int row, int column, int rows, size_t at, size_t total);

/* Puts the cursor there, for typing; a row of -1 hides it. */
void screen__cursor(int row, int column);

/*
 * What draws the page behind a menu or a message. Setting one returns the one before, to be set
 * again when the page is left.
 */
struct backdrop {
	void (*draw)(void *ctx);	/* NULL: nothing */
	void *ctx;
};
struct backdrop screen__set_backdrop(struct backdrop backdrop);
void screen__draw_backdrop(void);

#endif
