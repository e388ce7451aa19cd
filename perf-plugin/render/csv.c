// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <string.h>

#include "csv.h"

static bool needs_quotes(const char *text, size_t len, const char *separator)
{
	size_t n = strlen(separator);

	if (!len)
		return false;
	if (text[0] == ' ' || text[len - 1] == ' ')
		return true;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"' || text[i] == '\n' || text[i] == '\r' ||
		    (n && n <= len - i && !memcmp(text + i, separator, n)))
			return true;
	}
	return false;
}

void csv__add(struct buf *out, const char *text, size_t len, const char *separator)
{
	if (!needs_quotes(text, len, separator)) {
		buf__add(out, text, len);
		return;
	}
	buf__addc(out, '"');
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			buf__addc(out, '"');
		buf__addc(out, text[i]);
	}
	buf__addc(out, '"');
}
