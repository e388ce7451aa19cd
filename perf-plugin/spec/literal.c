// SPDX-License-Identifier: GPL-2.0-only
#include "literal.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lex.h"

/* What C allows behind an integer; l and L may not be mixed in ll. */
static bool suffix__parse(const char *str, size_t len, struct number *out)
{
	unsigned int nr_u = 0, nr_l = 0;

	for (size_t i = 0; i < len; i++) {
		if (str[i] == 'u' || str[i] == 'U') {
			nr_u++;
		} else if (str[i] == 'l' || str[i] == 'L') {
			if (nr_l)
				return false;
			nr_l = i + 1 < len && str[i + 1] == str[i] ? 2 : 1;
			i += nr_l - 1;
		} else {
			return false;
		}
	}
	out->is_unsigned = nr_u;
	out->rank = nr_l;
	return nr_u <= 1;
}

/* A time, "10ms": nanoseconds, a long. */
static bool time_suffix__parse(const char *str, size_t len, struct number *out)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 } };

	for (unsigned int i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strlen(units[i].name) != len || memcmp(units[i].name, str, len))
			continue;
		out->rank = 1;
		return !__builtin_mul_overflow(out->value, units[i].ns, &out->value) &&
		       out->value <= LONG_MAX;
	}
	return false;
}

static void number__find_type(struct number *num, bool decimal)
{
	bool can_be_unsigned = !decimal || num->is_unsigned;

	for (; num->rank < 1; num->rank++) {
		if (!num->is_unsigned && num->value <= INT_MAX)
			return;
		if (can_be_unsigned && num->value <= UINT_MAX) {
			num->is_unsigned = true;
			return;
		}
	}
	if (num->value > LLONG_MAX)
		num->is_unsigned = true;
}

static int digit__value(char c)
{
	if (lex__is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

static int number__bad_tail(const char *text, struct span all, size_t at, unsigned int base,
			    struct diag *diag)
{
	const char *str = text + all.pos;
	struct span tail = { all.pos + at, all.len - at };

	if (memchr(str, '.', all.len) ||
	    (base == 10 && (str[at] == 'e' || str[at] == 'E' || str[at] == 'f')))
		return diag__error_at(diag, -EINVAL, all, "'%.*s' is no integer",
				      all.len > 40 ? 40 : (int)all.len, str);
	if (lex__is_digit(str[at])) {
		tail.len = 1;
		diag__error_at(diag, -EINVAL, tail, "'%c' is no %s digit", str[at],
			       base == 8 ? "octal" : "binary");
		if (base == 8)
			diag__hint(diag, "a number that begins with 0 is octal");
		return -EINVAL;
	}
	diag__error_at(diag, -EINVAL, tail, "a number can't end in '%.*s'",
		       tail.len > 40 ? 40 : (int)tail.len, text + tail.pos);
	if (digit__value(str[at]) < 16 && base == 10)
		diag__hint(diag, "hexadecimal numbers begin with 0x");
	return -EINVAL;
}

int literal__number(const char *text, struct span span, struct number *out, struct diag *diag)
{
	const char *str = text + span.pos;
	unsigned int base = 10;
	size_t at = 0, first;

	*out = (struct number){ 0 };
	if (str[0] == '0' && span.len > 1) {
		char c = str[1] | 0x20;

		base = c == 'x' ? 16 : c == 'b' ? 2 : 8;
		at = base == 8 ? 1 : 2;
	}
	first = at;
	for (; at < span.len && digit__value(str[at]) < (int)base; at++) {
		if (__builtin_mul_overflow(out->value, base, &out->value) ||
		    __builtin_add_overflow(out->value, digit__value(str[at]), &out->value)) {
			diag__error_at(diag, -EINVAL, span, "the number does not fit into 64 bits");
			return -EINVAL;
		}
	}
	if (at == first && base != 8 && at == span.len)
		return diag__error_at(diag, -EINVAL, span, "digits are missing after '%.2s'", str);
	if (base == 10 && at != first && time_suffix__parse(str + at, span.len - at, out))
		return 0;
	if ((at == first && base != 8) || !suffix__parse(str + at, span.len - at, out))
		return number__bad_tail(text, span, at, base, diag);
	number__find_type(out, base == 10);
	return 0;
}

/*
 * Resolves one character or escape at @text[*@pos]; @end is the place of the closing quote.
 * Returns the byte, -EINVAL with @diag set.
 */
static int escape__resolve(const char *text, unsigned int *pos, unsigned int end, struct diag *diag)
{
	static const char from[] = "ntrabfve\\\"'?", to[] = "\n\t\r\a\b\f\v\033\\\"'?";
	unsigned int start = *pos, value = 0, nr, base = 8, max = 3;
	struct span span;
	const char *c;

	++*pos;
	if (text[start] != '\\')
		return (unsigned char)text[start];
	c = strchr(from, text[*pos]);
	if (c) {
		++*pos;
		return to[c - from];
	}
	if (text[*pos] == 'x') {
		++*pos;
		base = 16;
		max = UINT_MAX;
	}
	for (nr = 0; nr < max && *pos < end && digit__value(text[*pos]) < (int)base; nr++, ++*pos)
		value = value > 255 ? value : value * base + digit__value(text[*pos]);
	if (!nr && base == 8)
		*pos += lex__char_size(text + *pos);

	span = (struct span){ start, *pos - start };
	if (!nr)
		return diag__error_at(diag, -EINVAL, span, "unknown escape '%.*s'", (int)span.len,
				      text + start);
	if (value > 255)
		return diag__error_at(diag, -EINVAL, span, "the escape does not fit into a byte");
	return value;
}

int literal__char(const char *text, struct span span, struct number *out, struct diag *diag)
{
	unsigned int pos = span.pos + 1, end = span.pos + span.len - 1;
	int c;

	*out = (struct number){ 0 };
	if (pos == end)
		return diag__error_at(diag, -EINVAL, span,
				      "the character between the quotes is missing");
	c = escape__resolve(text, &pos, end, diag);
	if (c < 0)
		return c;
	if (pos != end) {
		diag__error_at(diag, -EINVAL, span,
			       "more than one character between single quotes");
		diag__hint(diag, "strings stand in double quotes: \"%.*s\"",
			   span.len > 42 ? 40 : (int)span.len - 2, text + span.pos + 1);
		return -EINVAL;
	}
	out->value = (int64_t)(signed char)c;
	return 0;
}

int literal__string(const char *text, struct span span, char **str, unsigned int *len,
		    struct diag *diag)
{
	unsigned int pos = span.pos + 1, end = span.pos + span.len - 1;
	char *out = malloc(span.len);

	if (!out)
		return -ENOMEM;
	for (*len = 0; pos < end; (*len)++) {
		int c = escape__resolve(text, &pos, end, diag);

		if (c < 0) {
			free(out);
			return c;
		}
		out[*len] = c;
	}
	out[*len] = '\0';
	*str = out;
	return 0;
}
