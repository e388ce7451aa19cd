// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <string.h>

#include "../util/buf.h"
#include "error.h"

#define TITLE		"event syntax error: "
#define LARGEST_INDENT	13	/* columns of the text in front of the error */

/* What the user typed, on one line of the terminal. */
static void add_printable(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf__addc(out, isprint((unsigned char)text[i]) ? text[i] : '?');
}

static void print_place(const char *text, unsigned int pos, unsigned int width, FILE *out,
			const char *message)
{
	size_t len = strlen(text), room, cut;
	struct buf shown = BUF_INIT;

	if (pos > len)
		pos = len;
	cut = pos > LARGEST_INDENT ? pos - LARGEST_INDENT : 0;
	room = width > strlen(TITLE) + LARGEST_INDENT + 8 ? width - 2 - strlen(TITLE) : len;
	add_printable(&shown, text + cut, len - cut);
	if (cut && shown.len >= 2)
		memcpy(shown.data, "..", 2);
	if (shown.len > room) {
		buf__cut(&shown, room);
		memcpy(shown.data + room - 2, "..", 2);
	}
	fprintf(out, TITLE "'%s'\n", buf__str(&shown));
	fprintf(out, "%*s\\___ %s\n", (int)(strlen(TITLE) + pos - cut + 1), "", message);
	buf__exit(&shown);
}

void event_error__print(const struct diag *diag, const char *text, unsigned int width, FILE *out)
{
	const char *message = diag->msg ? diag->msg : "out of memory";

	if (diag->has_span)
		print_place(text, diag->span.pos, width, out, message);
	else
		fprintf(out, "%s\n", message);
	if (diag->hint)
		fprintf(out, "\n%s\n", diag->hint);
	if (diag->has_span)
		fprintf(out, "Run 'perf list' for a list of valid events\n");
}
