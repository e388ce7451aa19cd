// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>

#include "dump.h"

#define DUMP_LINE	16	/* bytes */

static const char digits[] = "0123456789abcdef";

static void add_byte(struct buf *out, uint8_t byte)
{
	char text[2] = { digits[byte >> 4], digits[byte & 15] };

	buf__add(out, text, sizeof(text));
}

void dump__word(struct buf *out, const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i < len; i++)
		add_byte(out, p[i]);
}

static void add_line(struct buf *out, const uint8_t *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		buf__addc(out, ' ');
		add_byte(out, p[i]);
	}
	buf__fill(out, ' ', (DUMP_LINE - len) * 3 + 2);
	for (i = 0; i < len; i++)
		buf__addc(out, p[i] >= ' ' && p[i] <= '~' ? p[i] : '.');
	buf__addc(out, '\n');
}

void dump__lines(struct buf *out, const void *data, size_t len, unsigned int indent)
{
	const uint8_t *p = data;
	size_t at, n;

	for (at = 0; at < len; at += n) {
		n = len - at < DUMP_LINE ? len - at : DUMP_LINE;
		buf__fill(out, '\t', indent);
		add_byte(out, at >> 8);
		add_byte(out, at);
		buf__adds(out, ": ");
		add_line(out, p + at, n);
	}
}
