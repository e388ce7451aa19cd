/* SPDX-License-Identifier: GPL-2.0-only */
/* Is it JSON (RFC 8259) in valid UTF-8? A checker of our own, for where a parser is too slow. */
#ifndef JSON_CHECK_H
#define JSON_CHECK_H

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define JSON_CHECK_DEPTH	4096

struct json_check {
	const unsigned char *at;
	const unsigned char *end;
	unsigned int depth;
};

static bool json_check_value(struct json_check *c);

static inline bool json_check_take(struct json_check *c, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(c->end - c->at) < len || memcmp(c->at, text, len))
		return false;
	c->at += len;
	return true;
}

/* The shortest form only, no surrogates, nothing beyond U+10FFFF. */
static inline bool json_check_utf8(struct json_check *c)
{
	unsigned int n = *c->at >= 0xf0 ? 4 : *c->at >= 0xe0 ? 3 : 2, i;
	unsigned long code = *c->at & (0xff >> (n + 1));
	static const unsigned long least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	if (*c->at < 0xc0 || *c->at > 0xf7 || (size_t)(c->end - c->at) < n)
		return false;
	for (i = 1; i < n; i++) {
		if ((c->at[i] & 0xc0) != 0x80)
			return false;
		code = code << 6 | (c->at[i] & 0x3f);
	}
	c->at += n;
	return code >= least[n] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

static inline bool json_check_escape(struct json_check *c)
{
	unsigned int i;

	c->at++;
	if (c->at == c->end)
		return false;
	if (*c->at != 'u')
		return strchr("\"\\/bfnrt", *c->at++);
	for (i = 0, c->at++; i < 4; i++, c->at++) {
		if (c->at == c->end || !isxdigit(*c->at))
			return false;
	}
	return true;
}

static inline bool json_check_string(struct json_check *c)
{
	if (!json_check_take(c, "\""))
		return false;
	while (c->at < c->end && *c->at != '"') {
		if (*c->at < 0x20)
			return false;
		if (*c->at == '\\') {
			if (!json_check_escape(c))
				return false;
		} else if (*c->at < 0x80) {
			c->at++;
		} else if (!json_check_utf8(c)) {
			return false;
		}
	}
	return json_check_take(c, "\"");
}

static inline bool json_check_digits(struct json_check *c)
{
	const unsigned char *start = c->at;

	while (c->at < c->end && isdigit(*c->at))
		c->at++;
	return c->at > start;
}

static inline bool json_check_number(struct json_check *c)
{
	json_check_take(c, "-");
	if (json_check_take(c, "0")) {
		if (c->at < c->end && isdigit(*c->at))
			return false;
	} else if (!json_check_digits(c)) {
		return false;
	}
	if (json_check_take(c, ".") && !json_check_digits(c))
		return false;
	if (!json_check_take(c, "e") && !json_check_take(c, "E"))
		return true;
	if (!json_check_take(c, "+"))
		json_check_take(c, "-");
	return json_check_digits(c);
}

/* What is between brackets, the opening one taken. */
static inline bool json_check_parts(struct json_check *c, const char *close, bool keys)
{
	if (json_check_take(c, close))
		return true;
	do {
		if (keys && (!json_check_string(c) || !json_check_take(c, ":")))
			return false;
		if (!json_check_value(c))
			return false;
	} while (json_check_take(c, ","));
	return json_check_take(c, close);
}

static bool json_check_value(struct json_check *c)
{
	bool ok;

	if (c->at == c->end || c->depth++ == JSON_CHECK_DEPTH)
		return false;
	if (*c->at == '"')
		ok = json_check_string(c);
	else if (json_check_take(c, "{"))
		ok = json_check_parts(c, "}", true);
	else if (json_check_take(c, "["))
		ok = json_check_parts(c, "]", false);
	else if (json_check_take(c, "true") || json_check_take(c, "false") ||
		 json_check_take(c, "null"))
		ok = true;
	else
		ok = json_check_number(c);
	c->depth--;
	return ok;
}

/* Values, one a line; the place of the first that is none, or NULL. */
static inline const char *json_check_lines(const char *text, size_t len)
{
	struct json_check c = {
		.at = (const unsigned char *)text, .end = (const unsigned char *)text + len,
	};

	while (c.at < c.end) {
		const unsigned char *start = c.at;

		if (!json_check_value(&c) || !json_check_take(&c, "\n"))
			return (const char *)start;
	}
	return NULL;
}

#endif
