// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdio.h>

#include "json.h"
#include "text.h"
#include "unit.h"

static void add_unit(struct buf *out, unsigned int unit)
{
	static const char hex[] = "0123456789abcdef";
	const char text[] = { '\\', 'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15],
			      hex[unit >> 4 & 15], hex[unit & 15] };

	buf__add(out, text, sizeof(text));
}

/* Beyond the first 2^16 characters in two parts, RFC 8259 section 7. */
static void add_code(struct buf *out, uint32_t code)
{
	if (code == '\n') {
		buf__add(out, "\\n", 2);
	} else if (code == '\t') {
		buf__add(out, "\\t", 2);
	} else if (code < 0x10000) {
		add_unit(out, code);
	} else {
		add_unit(out, 0xd800 + ((code - 0x10000) >> 10));
		add_unit(out, 0xdc00 + ((code - 0x10000) & 0x3ff));
	}
}

/* Adds what @data begins with that is no plain ASCII; returns how many bytes that was. */
static size_t add_special(struct buf *out, const char *data, size_t len)
{
	uint32_t code;
	size_t n;

	if (*data == '"' || *data == '\\') {
		buf__addc(out, '\\');
		buf__addc(out, *data);
		return 1;
	}
	n = text__decode(data, len, &code);
	if (!n)
		buf__adds(out, "\xef\xbf\xbd");
	else if (text__is_safe(code))
		buf__add(out, data, n);
	else
		add_code(out, code);
	return n ? n : 1;
}

static void add_string(struct buf *out, const char *data, size_t len)
{
	buf__addc(out, '"');
	while (len) {
		size_t n = text__plain_run(data, len);

		if (n)
			buf__add(out, data, n);
		else
			n = add_special(out, data, len);
		data += n;
		len -= n;
	}
	buf__addc(out, '"');
}

void json__prepare_key(struct buf *out, const char *name, size_t len)
{
	add_string(out, name, len);
	buf__addc(out, ':');
}

void json__raw(struct json *json, const char *text, size_t len)
{
	json__comma(json);
	buf__add(json->out, text, len);
}

void json__string(struct json *json, const char *data, size_t len)
{
	json__comma(json);
	add_string(json->out, data, len);
}

void json__strings(struct json *json, const char *str)
{
	json__string(json, str, strlen(str));
}

void json__u64(struct json *json, uint64_t v)
{
	json__comma(json);
	if (v <= JSON_MAX_EXACT) {
		buf__addu(json->out, v);
		return;
	}
	buf__addc(json->out, '"');
	buf__addu(json->out, v);
	buf__addc(json->out, '"');
}

void json__s64(struct json *json, int64_t v)
{
	if (v >= 0) {
		json__u64(json, v);
		return;
	}
	json__comma(json);
	if (v >= -(int64_t)JSON_MAX_EXACT) {
		buf__addd(json->out, v);
		return;
	}
	buf__addc(json->out, '"');
	buf__addd(json->out, v);
	buf__addc(json->out, '"');
}

void json__hex(struct json *json, uint64_t v)
{
	json__comma(json);
	buf__addc(json->out, '"');
	buf__addx(json->out, v);
	buf__addc(json->out, '"');
}

void json__double(struct json *json, double v, int digits)
{
	if (isnan(v)) {
		json__strings(json, "NaN");
	} else if (isinf(v)) {
		json__strings(json, v < 0 ? "-Infinity" : "Infinity");
	} else {
		char text[64], *comma;

		/* The locale may have its own opinion on the decimal point. */
		snprintf(text, sizeof(text), "%.*g", digits, v);
		comma = strchr(text, ',');
		if (comma)
			*comma = '.';
		json__raw(json, text, strlen(text));
	}
}

void json__bool(struct json *json, bool v)
{
	json__raw(json, v ? "true" : "false", v ? 4 : 5);
}

void json__null(struct json *json)
{
	json__raw(json, "null", 4);
}

void json__seconds(struct json *json, uint64_t ns)
{
	json__comma(json);
	unit__timestamp(json->out, ns, true);
}
