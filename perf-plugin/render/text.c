// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include "text.h"

/* Length of the valid UTF-8 sequence at @p, and its code point; 0 where there is none. */
static size_t decode(const unsigned char *p, size_t len, uint32_t *code)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t i, n;

	if (p[0] < 0x80) {
		*code = p[0];
		return 1;
	}
	n = p[0] >= 0xf0 && p[0] < 0xf8 ? 4 : p[0] >= 0xe0 && p[0] < 0xf0 ? 3 :
	    p[0] >= 0xc0 && p[0] < 0xe0 ? 2 : 0;
	if (!n || n > len)
		return 0;
	*code = p[0] & (0x7f >> n);
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (p[i] & 0x3f);
	}
	if (*code < smallest[n] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000))
		return 0;
	return n;
}

size_t text__decode(const char *data, size_t len, uint32_t *code)
{
	return decode((const unsigned char *)data, len, code);
}

bool text__is_safe(uint32_t code)
{
	if (code < 0x20 || (code >= 0x7f && code < 0xa0))
		return false;
	if (code < 0x2028)
		return code != 0x61c && code != 0x200e && code != 0x200f;
	return !(code <= 0x202e || (code >= 0x2066 && code <= 0x2069) || code == 0xfeff ||
		 (code >= 0xfff9 && code <= 0xfffb) || code >= 0xe0000);
}

static void add_escaped(struct buf *out, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	char text[4] = { '\\', 'x', hex[c >> 4], hex[c & 15] };

	if (c == '\n')
		buf__add(out, "\\n", 2);
	else if (c == '\t')
		buf__add(out, "\\t", 2);
	else
		buf__add(out, text, 4);
}

/* Bytes of plain ASCII that need nothing done. */
static size_t plain_run(const unsigned char *p, size_t len, bool quote)
{
	size_t n;

	for (n = 0; n < len; n++) {
		if (p[n] - 0x20U >= 0x7f - 0x20U || (quote && (p[n] == '"' || p[n] == '\\')))
			break;
	}
	return n;
}

size_t text__plain_run(const char *data, size_t len)
{
	return plain_run((const unsigned char *)data, len, true);
}

/* Bytes of ASCII, whatever they are; eight at a time, but for the last ones. */
static size_t ascii_run(const unsigned char *p, size_t len)
{
	size_t n = 0;
	uint64_t word;

	for (; len - n >= sizeof(word); n += sizeof(word)) {
		memcpy(&word, p + n, sizeof(word));
		if (word & 0x8080808080808080ULL)
			break;
	}
	while (n < len && p[n] < 0x80)
		n++;
	return n;
}

void text__add(struct buf *out, const char *data, size_t len, bool quote)
{
	const unsigned char *p = (const unsigned char *)data;

	while (len) {
		size_t n = plain_run(p, len, quote);
		uint32_t code;

		if (n) {
			buf__add(out, p, n);
		} else if (*p < 0x80) {
			n = 1;
			if (*p == '"' || *p == '\\')
				buf__addc(out, '\\');
			if (*p >= 0x20 && *p != 0x7f)
				buf__addc(out, *p);
			else
				add_escaped(out, *p);
		} else {
			n = decode(p, len, &code);
			if (n && text__is_safe(code)) {
				buf__add(out, p, n);
			} else {
				n = 1;
				add_escaped(out, *p);
			}
		}
		p += n;
		len -= n;
	}
}

void text__adds(struct buf *out, const char *str)
{
	text__add(out, str, strlen(str), false);
}

bool text__is_printable(const char *data, size_t len)
{
	const unsigned char *p = (const unsigned char *)data;

	while (len) {
		size_t n = plain_run(p, len, false);
		uint32_t code;

		if (!n) {
			n = decode(p, len, &code);
			if (!n || !text__is_safe(code))
				return false;
		}
		p += n;
		len -= n;
	}
	return true;
}

size_t text__width(const char *data, size_t len)
{
	const unsigned char *p = (const unsigned char *)data;
	size_t width = 0;

	while (len) {
		uint32_t code = 0;
		size_t n = ascii_run(p, len);
		int w = n;

		if (!n) {
			n = decode(p, len, &code);
			w = n > 1 ? wcwidth(code) : 1;
		}
		width += w < 0 ? 1 : w;
		n = n ? n : 1;
		p += n;
		len -= n;
	}
	return width;
}

void text__pad(struct buf *out, size_t start, size_t width)
{
	size_t columns = out->failed ? width : text__width(buf__str(out) + start, out->len - start);

	if (columns < width)
		buf__fill(out, ' ', width - columns);
}
