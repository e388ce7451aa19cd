// SPDX-License-Identifier: GPL-2.0-only
/* Messages for the user, with a caret under the place in the text they typed. */
#include "diag.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "preset.h"

#define DIAG_COLUMNS	100	/* of the user's text on one line */
#define DIAG_INDENT	"  "
#define DIAG_CUT	"..."

static int diag__set(struct diag *diag, int err, const char *fmt, va_list ap)
{
	if (!diag)
		return err;
	if (diag->msg) {
		diag->closed = true;
		return err;
	}
	/* Out of memory: no message; diag__print() then tells @err. */
	if (vasprintf(&diag->msg, fmt, ap) < 0)
		diag->msg = NULL;
	return err;
}

int diag__error(struct diag *diag, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	diag__set(diag, err, fmt, ap);
	va_end(ap);
	return err;
}

int diag__error_at(struct diag *diag, int err, struct span span, const char *fmt, ...)
{
	va_list ap;

	if (diag && !diag->msg) {
		diag->span = span;
		diag->has_span = true;
	}
	va_start(ap, fmt);
	diag__set(diag, err, fmt, ap);
	va_end(ap);
	return err;
}

void diag__set_text(struct diag *diag, const char *text)
{
	if (!diag || diag->msg)
		return;
	free(diag->text);
	diag->text = text ? strdup(text) : NULL;
}

void diag__hint(struct diag *diag, const char *fmt, ...)
{
	char *line, *all;
	va_list ap;

	if (!diag || !diag->msg || diag->closed)
		return;
	va_start(ap, fmt);
	if (vasprintf(&line, fmt, ap) < 0)
		line = NULL;
	va_end(ap);
	if (!line)
		return;
	if (diag->hint && asprintf(&all, "%s\n%s", diag->hint, line) >= 0) {
		free(diag->hint);
		diag->hint = all;
		free(line);
	} else if (!diag->hint) {
		diag->hint = line;
	} else {
		free(line);
	}
}

/* True for what a terminal may act on, or what takes no column: controls, bidi and zero width. */
static bool is_unprintable(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

/*
 * The bytes of the UTF-8 character at @str, of which @len >= 1 are left; a byte that belongs to
 * none counts as one. *@ok tells whether it can be printed as it is.
 */
static size_t utf8__next(const char *str, size_t len, bool *ok)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char c = str[0];
	size_t size = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : (c & 0xf0) == 0xe0 ? 3 :
		      c >= 0xf0 && c < 0xf5 ? 4 : 0;
	uint32_t code;

	*ok = false;
	if (size <= 1) {
		*ok = size && !is_unprintable(c);
		return 1;
	}
	if (size > len)
		return 1;
	code = c & (0x7f >> size);
	for (size_t i = 1; i < size; i++) {
		if ((str[i] & 0xc0) != 0x80)
			return 1;
		code = code << 6 | (str[i] & 0x3f);
	}
	if (code < smallest[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 1;
	*ok = !is_unprintable(code);
	return size;
}

/* The column in which byte @pos of @text stands; with a large @pos the number of columns. */
static size_t text__column(const char *text, size_t pos)
{
	size_t len = strlen(text), at = 0, column = 0;
	bool ok;

	while (at < len) {
		at += utf8__next(text + at, len - at, &ok);
		if (at > pos)
			break;
		column++;
	}
	return column;
}

/* Prints columns @from to @to - 1 of @text, nothing in it that a terminal would act on. */
static void text__print(const char *text, size_t from, size_t to, bool newlines, FILE *out)
{
	size_t len = strlen(text), at = 0;
	bool ok;

	for (size_t column = 0; at < len && column < to; column++) {
		size_t size = utf8__next(text + at, len - at, &ok);

		if (column < from)
			;
		else if (ok)
			fwrite(text + at, 1, size, out);
		else if (text[at] == '\n' && newlines)
			fputc('\n', out);
		else
			fputc(strchr("\t\n\r", text[at]) ? ' ' : '?', out);
		at += size;
	}
}

/* The part of a text of @columns to show so that @start, and what follows it, can be seen. */
static void window(size_t columns, size_t start, size_t end, size_t *from, size_t *to)
{
	const size_t cut = strlen(DIAG_CUT), width = DIAG_COLUMNS - 2 * cut;
	size_t marked = end - start < width / 2 ? end - start : width / 2;
	size_t before = (width - marked) / 2;

	*from = 0;
	*to = columns;
	if (columns <= DIAG_COLUMNS)
		return;
	if (start > before + cut)
		*from = start - before;
	if (*from + width + cut >= columns)
		*from = columns - width - cut;
	else
		*to = *from + width + (*from ? 0 : cut);
}

static void diag__print_place(const struct diag *diag, const char *text, FILE *out)
{
	size_t columns = text__column(text, SIZE_MAX);
	size_t start = text__column(text, diag->span.pos);
	size_t end = text__column(text, (size_t)diag->span.pos + diag->span.len);
	size_t from, to;

	window(columns, start, end, &from, &to);
	fprintf(out, DIAG_INDENT "%s", from ? DIAG_CUT : "");
	text__print(text, from, to, false, out);
	fprintf(out, "%s\n", to < columns ? DIAG_CUT : "");

	fprintf(out, DIAG_INDENT "%*s^", (int)(start - from + (from ? strlen(DIAG_CUT) : 0)), "");
	if (end > to)
		end = to;
	for (size_t i = start + 1; i < end; i++)
		fputc('~', out);
	fputc('\n', out);
}

void diag__print(const struct diag *diag, const char *text, int err, FILE *out)
{
	const char *line, *next;
	size_t columns;

	fputs("error: ", out);
	if (!diag || !diag->msg) {
		fprintf(out, "%s\n", err ? strerror(abs(err)) : "unknown");
		return;
	}
	text__print(diag->msg, 0, SIZE_MAX, true, out);
	fputc('\n', out);
	if (diag->text)
		text = diag->text;
	if (text && text[0] && diag->has_span)
		diag__print_place(diag, text, out);

	for (line = diag->hint; line; line = next) {
		next = strchr(line, '\n');
		next = next ? next + 1 : NULL;
		columns = next ? text__column(line, next - line - 1) : SIZE_MAX;
		fputs("hint: ", out);
		text__print(line, 0, columns, false, out);
		fputc('\n', out);
	}
	preset__explain(text, diag->msg, out);
}

void diag__print_text(const char *text, FILE *out)
{
	text__print(text, 0, SIZE_MAX, false, out);
}

void diag__exit(struct diag *diag)
{
	free(diag->msg);
	free(diag->hint);
	free(diag->text);
	*diag = (struct diag)DIAG_INIT;
}
