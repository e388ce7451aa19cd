/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON (RFC 8259) written straight into a buffer, in one line and without spaces. A library would
 * build a tree of every object before it writes it, which is slower than reading the file by far;
 * all that writing takes is commas and escapes. The tests read the result with others' parsers.
 *
 * Brackets and keys are the caller's to balance; commas are put where they belong.
 */
#ifndef BTFSNOOP_RENDER_JSON_H
#define BTFSNOOP_RENDER_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../util/buf.h"

/* The largest integer up to which a double, as which many readers take numbers, holds them all. */
#define JSON_MAX_EXACT	(1ULL << 53)

struct json {
	struct buf *out;
	bool comma;		/* something stands before in this object or array */
};

#define JSON_INIT(buf)	{ .out = (buf) }

static inline void json__comma(struct json *json)
{
	if (json->comma)
		buf__addc(json->out, ',');
	json->comma = true;
}

/* @bracket: '{' or '[', '}' or ']'. */
static inline void json__open(struct json *json, char bracket)
{
	json__comma(json);
	buf__addc(json->out, bracket);
	json->comma = false;
}

static inline void json__close(struct json *json, char bracket)
{
	buf__addc(json->out, bracket);
	json->comma = true;
}

/* A key that json__prepare_key() made: the value comes next. */
static inline void json__raw_key(struct json *json, const char *key, size_t len)
{
	json__comma(json);
	buf__add(json->out, key, len);
	json->comma = false;
}

/* A key that needs no escapes, such as a literal. */
static inline void json__key(struct json *json, const char *key)
{
	json__comma(json);
	buf__addc(json->out, '"');
	buf__adds(json->out, key);
	buf__add(json->out, "\":", 2);
	json->comma = false;
}

/* Appends @name as a key with its quotes and its colon. */
void json__prepare_key(struct buf *out, const char *name, size_t len);

/* A value that is JSON already. */
void json__raw(struct json *json, const char *text, size_t len);

/*
 * @len bytes as a string. What is no valid UTF-8 becomes U+FFFD, one for each byte; control
 * characters and others that do something to a terminal (text__is_safe()) become \uXXXX.
 */
void json__string(struct json *json, const char *data, size_t len);
void json__strings(struct json *json, const char *str);

/* Integers beyond +-2^53 become strings of decimal digits. */
void json__u64(struct json *json, uint64_t v);
void json__s64(struct json *json, int64_t v);

/* Always a string: "0xffff888103b1c000" */
void json__hex(struct json *json, uint64_t v);

/* @digits significant ones; what is no number becomes the string "NaN", "Infinity", "-Infinity". */
void json__double(struct json *json, double v, int digits);
void json__bool(struct json *json, bool v);
void json__null(struct json *json);

/* Nanoseconds as a number of seconds, all nine decimals of it. */
void json__seconds(struct json *json, uint64_t ns);

#endif
