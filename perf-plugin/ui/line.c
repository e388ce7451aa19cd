// SPDX-License-Identifier: GPL-2.0-only
#include "line.h"

#include <stdarg.h>
#include <stdlib.h>

#include "../render/text.h"
#include "screen.h"

void line__clear(struct screen_line *line)
{
	buf__clear(&line->text);
	line->text.failed = false;
	line->nr = 0;
}

void line__exit(struct screen_line *line)
{
	buf__exit(&line->text);
	free(line->pieces);
	*line = (struct screen_line)LINE_INIT;
}

/* What comes now is of that colour; without memory for that, of the one before. */
static void set_color(struct screen_line *line, enum color color)
{
	if (line->nr && line->pieces[line->nr - 1].color == color)
		return;
	if (line->nr == line->cap) {
		unsigned int cap = line->cap ? 2 * line->cap : 16;
		struct line_piece *more = reallocarray(line->pieces, cap, sizeof(*more));

		if (!more)
			return;
		line->pieces = more;
		line->cap = cap;
	}
	line->pieces[line->nr++] = (struct line_piece){ line->text.len, color };
}

void line__add(struct screen_line *line, enum color color, const char *text, size_t len)
{
	set_color(line, color);
	text__add(&line->text, text, len, false);
}

void line__adds(struct screen_line *line, enum color color, const char *text)
{
	line__add(line, color, text, strlen(text));
}

void line__addf(struct screen_line *line, enum color color, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf__vaddf(&text, fmt, ap);
	va_end(ap);
	line__add(line, color, buf__str(&text), text.len);
	buf__exit(&text);
}

void line__cell(struct screen_line *line, enum color color, const char *text, size_t width,
		bool right)
{
	size_t len = strlen(text), used = text__width(text, len);

	set_color(line, color);
	if (right && used < width)
		buf__fill(&line->text, ' ', width - used);
	text__add(&line->text, text, len, false);
	if (!right && used < width)
		buf__fill(&line->text, ' ', width - used);
}

void line__pad(struct screen_line *line, size_t column)
{
	set_color(line, COLOR_NORMAL);
	text__pad(&line->text, 0, column);
}

size_t line__width(const struct screen_line *line)
{
	return text__width(buf__str(&line->text), line->text.len);
}

/* A piece between two places of the text, and what of @skip and @width it uses up. */
struct drawing {
	int row;
	int column;
	int width;
	size_t skip;
};

static void draw_piece(struct drawing *d, const char *text, size_t len)
{
	size_t columns = text__width(text, len);
	int shown;

	if (columns <= d->skip) {
		d->skip -= columns;
		return;
	}
	columns -= d->skip;
	shown = columns < (size_t)d->width ? (int)columns : d->width;
	screen__goto(d->row, d->column);
	screen__text(text, len, (int)d->skip, shown);
	d->skip = 0;
	d->column += shown;
	d->width -= shown;
}

void line__draw(const struct screen_line *line, int row, size_t skip, int width,
		enum color override)
{
	struct drawing d = { .row = row, .width = width, .skip = skip };
	const char *text = buf__str(&line->text);
	unsigned int i;
	size_t at = 0;

	for (i = 0; i < line->nr; i++) {
		size_t end = i + 1 < line->nr ? line->pieces[i + 1].start : line->text.len;

		screen__color(override < COLOR_MAX ? override : line->pieces[i].color);
		draw_piece(&d, text + at, end - at);
		at = end;
	}
	screen__color(override < COLOR_MAX ? override : COLOR_NORMAL);
	screen__goto(row, d.column);
	screen__text("", 0, 0, d.width);
}
