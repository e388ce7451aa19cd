// SPDX-License-Identifier: GPL-2.0-only
#include "cell.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static char *add_utf8(char *to, unsigned int c)
{
	if (c < 0x80) {
		*to++ = c;
		return to;
	}
	if (c < 0x800) {
		*to++ = 0xc0 | c >> 6;
	} else {
		if (c < 0x10000) {
			*to++ = 0xe0 | c >> 12;
		} else {
			*to++ = 0xf0 | c >> 18;
			*to++ = 0x80 | (c >> 12 & 0x3f);
		}
		*to++ = 0x80 | (c >> 6 & 0x3f);
	}
	*to++ = 0x80 | (c & 0x3f);
	return to;
}

/* The four digits behind "\u"; sets *@from behind them. */
static unsigned int read_unit(const char **from)
{
	char digits[5] = "";

	memcpy(digits, *from, 4);
	*from += 4;
	return strtoul(digits, NULL, 16);
}

static bool is_unit(const char *from)
{
	return *from == 'u' && strnlen(from + 1, 4) == 4;
}

/* A character, which may stand there as two units: RFC 8259 section 7. */
static unsigned int read_code(const char **from)
{
	unsigned int code = read_unit(from), second;
	const char *next = *from + 2;

	if (code >> 10 != 0xd800 >> 10 || **from != '\\' || !is_unit(*from + 1))
		return code;
	second = read_unit(&next);
	if (second >> 10 != 0xdc00 >> 10)
		return code;
	*from = next;
	return 0x10000 + ((code & 0x3ff) << 10) + (second & 0x3ff);
}

/* What stands behind a backslash; sets *@from behind it. No longer than it was. */
static char *add_escape(char *to, const char **from)
{
	static const char escapes[] = "b\bf\fn\nr\rt\t";
	const char *known;
	char c;

	if (is_unit(*from)) {
		++*from;
		return add_utf8(to, read_code(from));
	}
	c = *(*from)++;
	known = strchr("bfnrt", c) ? strchr(escapes, c) : NULL;
	*to++ = known ? known[1] : c;
	return to;
}

/* The string without its quotes and escapes, in place. Returns its length. */
static size_t unquote(char *text, size_t len)
{
	const char *from = text + 1, *end = text + len - 1;
	char *to = text;

	while (from < end) {
		if (*from == '\\' && from + 1 < end) {
			from++;
			to = add_escape(to, &from);
		} else {
			*to++ = *from++;
		}
	}
	return to - text;
}

/* An integer that SQLite can hold. */
static bool read_integer(const char *text, size_t len, sqlite3_int64 *v)
{
	char *end;

	errno = 0;
	*v = strtoll(text, &end, 10);
	return !errno && len && end == text + len;
}

void cell__bind(sqlite3_stmt *stmt, int index, struct buf *json, bool is_number)
{
	const char *text = buf__str(json);
	sqlite3_int64 v;
	size_t len = json->len;

	if (!len || text[0] == 'n') {
		sqlite3_bind_null(stmt, index);
	} else if (text[0] == 't' || text[0] == 'f') {
		sqlite3_bind_int(stmt, index, text[0] == 't');
	} else if (text[0] == '{' || text[0] == '[') {
		sqlite3_bind_text(stmt, index, text, len, SQLITE_STATIC);
	} else if (text[0] == '"') {
		len = unquote(json->data, len);
		json->data[len] = '\0';
		if (is_number && read_integer(text, len, &v))
			sqlite3_bind_int64(stmt, index, v);
		else
			sqlite3_bind_text(stmt, index, text, len, SQLITE_STATIC);
	} else if (read_integer(text, len, &v)) {
		sqlite3_bind_int64(stmt, index, v);
	} else {
		sqlite3_bind_double(stmt, index, strtod(text, NULL));
	}
}
