/* SPDX-License-Identifier: GPL-2.0-only */
/* One line of the screen before it is drawn: pieces of text, each of a colour. */
#ifndef BTFSNOOP_UI_LINE_H
#define BTFSNOOP_UI_LINE_H

#include <stddef.h>

#include "../util/buf.h"
#include "colors.h"

struct line_piece {
	size_t start;		/* in text, up to where the next piece starts */
	enum color color;
};

/* All zero to begin with; line__clear() and use it again. */
struct screen_line {
	struct buf text;	/* safe for a terminal */
	struct line_piece *pieces;
	unsigned int nr;
	unsigned int cap;
};

#define LINE_INIT { 0 }

void line__clear(struct screen_line *line);
void line__exit(struct screen_line *line);

/* Appends text, which is made safe by text__add(). */
void line__add(struct screen_line *line, enum color color, const char *text, size_t len);
void line__adds(struct screen_line *line, enum color color, const char *text);
void line__addf(struct screen_line *line, enum color color, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Appends text of @width columns at least, spaces in front of it where @right. */
void line__cell(struct screen_line *line, enum color color, const char *text, size_t width,
		bool right);

/* Appends spaces until the line is @column columns wide. */
void line__pad(struct screen_line *line, size_t column);

/* Columns that it takes. */
size_t line__width(const struct screen_line *line);

/*
 * Draws it at @row, from column 0 on, over @width columns, @skip columns scrolled away. With
 * @override not COLOR_MAX everything is of that colour.
 */
void line__draw(const struct screen_line *line, int row, size_t skip, int width,
		enum color override);

#endif
