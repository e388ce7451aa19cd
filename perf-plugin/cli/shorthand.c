// SPDX-License-Identifier: GPL-2.0-only
#include "shorthand.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "parse.h"

#define COMM_LEN	15	/* TASK_COMM_LEN of the kernel, less the NUL */
#define MAX_TIME	40	/* characters of a time */
#define NS_PER_MS	1000000

/* ---- --comm ------------------------------------------------------------------------------- */

/* @str as a string literal of C. */
static void add_literal(const char *str, size_t len, struct buf *out)
{
	buf__addc(out, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = str[i];

		if (c == '"' || c == '\\')
			buf__addc(out, '\\');
		if (isprint(c))
			buf__addc(out, c);
		else
			buf__addf(out, "\\%03o", c);
	}
	buf__addc(out, '"');
}

static bool is_glob(const char *str, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (strchr("*?[\\", str[i]))
			return true;
	return false;
}

int shorthand__comm(const char *list, struct buf *filter, struct diag *diag)
{
	const char *at = list;

	for (;; at++) {
		size_t len = strcspn(at, ",");
		struct span span = { at - list, len };
		bool glob = is_glob(at, len);

		if (!len)
			return diag__error_at(diag, -EINVAL, span, "a command's name is missing");
		if (!glob && len > COMM_LEN) {
			diag__error_at(diag, -EINVAL, span,
				       "the kernel keeps %d characters of a command's name, "
				       "not %zu", COMM_LEN, len);
			diag__hint(diag, "did you mean '%.*s'?", COMM_LEN, at);
			return -EINVAL;
		}
		if (at != list)
			buf__adds(filter, " || ");
		buf__adds(filter, glob ? "comm() ~ " : "comm() == ");
		add_literal(at, len, filter);
		at += len;
		if (!*at)
			return 0;
	}
}

/* ---- --duration --------------------------------------------------------------------------- */

/* The @len bytes at @range + @pos are a time, without a unit one of @unit_ns. */
static int parse_time(const char *range, size_t pos, size_t len, uint64_t unit_ns, uint64_t *ns,
		      struct diag *diag)
{
	struct span span = { pos, len };
	char text[MAX_TIME + 1];
	int err;

	if (len > MAX_TIME)
		return diag__error_at(diag, -EINVAL, span, "that is no time");
	memcpy(text, range + pos, len);
	text[len] = '\0';
	err = parse__duration(text, unit_ns, ns, diag);
	if (err && diag)
		diag->span.pos += pos;
	return err;
}

static void add_limit(const char *op, uint64_t ns, struct buf *filter)
{
	buf__addf(filter, "duration() %s %" PRIu64 "%s", op, ns, ns > INT64_MAX ? "u" : "");
}

static int add_range(const char *range, const char *dots, struct buf *filter, struct diag *diag)
{
	struct span span = { 0, strlen(range) };
	uint64_t from, to;
	int err = parse_time(range, 0, dots - range, 0, &from, diag);

	if (!err)
		err = parse_time(range, dots + 2 - range, strlen(dots + 2), 0, &to, diag);
	if (err)
		return err;
	if (from > to)
		return diag__error_at(diag, -EINVAL, span, "the range runs backwards");
	add_limit(">=", from, filter);
	buf__adds(filter, " && ");
	add_limit("<=", to, filter);
	return 0;
}

int shorthand__duration(const char *range, struct buf *filter, struct diag *diag)
{
	const char *dots = strstr(range, "..");
	size_t pos = strspn(range, "<>");
	uint64_t ns, unit_ns = 0;
	char op[3] = ">";
	int err;

	if (dots)
		return add_range(range, dots, filter, diag);
	if (pos > 1)
		return diag__error_at(diag, -EINVAL, (struct span){ 1, 1 },
				      "a time expected, not '%c'", range[1]);
	if (pos) {
		pos += range[pos] == '=';
		memcpy(op, range, pos);
	}
	if (pos)
		op[pos] = '\0';
	else
		unit_ns = NS_PER_MS;
	pos += strspn(range + pos, " ");
	err = parse_time(range, pos, strlen(range + pos), unit_ns, &ns, diag);
	if (!err)
		add_limit(op, ns, filter);
	return err;
}
