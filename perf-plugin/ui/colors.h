/* SPDX-License-Identifier: GPL-2.0-only */
/* The colours of the screen, by perf's names for them ([colors] in perf-config(1)). */
#ifndef BTFSNOOP_UI_COLORS_H
#define BTFSNOOP_UI_COLORS_H

#include <stdbool.h>

/* What a text is. */
enum color {
	COLOR_TOP,		/* "top": a share of 5 % and more */
	COLOR_MEDIUM,		/* "medium": of 0.5 % and more */
	COLOR_NORMAL,		/* "normal" */
	COLOR_SELECTED,		/* "selected": the row under the cursor */
	COLOR_JUMP_ARROWS,	/* "jump_arrows": marks, and what is less important */
	COLOR_ADDR,		/* "addr": addresses, types */
	COLOR_ROOT,		/* "root": titles, headers, the line at the bottom */
	COLOR_MAX,
};

struct color_pair {
	char foreground[24];	/* as slang knows it: "red", "brightblue", "color12", "#rrggbb" */
	char background[24];
};

/* All pairs at first, in perf's own colours. */
void colors__defaults(struct color_pair pairs[COLOR_MAX]);

/* "top" and so on; COLOR_MAX for a name that there isn't. */
enum color color__find(const char *name);
const char *color__name(enum color color);

/*
 * Sets one as perfconfig has it, @text being "red, default" (the background may be missing:
 * default). Returns 0, or -EINVAL for a colour that slang doesn't know; then nothing changes.
 */
int color__set(struct color_pair pairs[COLOR_MAX], enum color color, const char *text);

/* The colour of a share in per cent, by perf's rule. */
enum color color__of_percent(double percent);

#endif
