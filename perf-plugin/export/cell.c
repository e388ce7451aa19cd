// SPDX-License-Identifier: GPL-2.0-only
#include "cell.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static char *add_utf8(char *to, unsigned int c)
{
	if (c < 0x80) {
		*to++ = c;
	} else if (c < 0x800) {
		*to++ = 0xc0 | c >> 6;
		*to++ = 0x80 | (c & 0x3f);
	} else {
		*to++ = 0xe0 | c >> 12;
		*to++ = 0x80 | (c >> 6 & 0x3f);
		*to++ = 0x80 | (c & 0x3f);
	}
	return to;
}

/* What stands behind a backslash; sets *@from behind it. No longer than it was. */
static char *add_escape(char *to, const char **from)
{
	static const char escapes[] = "b\bf\fn\nr\rt\t";
	char digits[5] = "", c = *(*from)++;
	const char *known;

	if (c == 'u' && strnlen(*from, 4) == 4) {
		memcpy(digits, *from, 4);
		*from += 4;
		return add_utf8(to, strtoul(digits, NULL, 16));
	}
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
