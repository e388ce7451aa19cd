// SPDX-License-Identifier: GPL-2.0-only
#include "glob.h"

/*
 * Whether the set that starts behind the '[' at @p has @c; *@next is what follows its ']'. A ']'
 * right at the start is one of the set, as in fnmatch(3). What is never closed has nothing.
 */
static bool set_has(const char *p, const char *end, unsigned char c, const char **next)
{
	bool negated = p < end && (*p == '!' || *p == '^'), found = false, first = true;

	for (p += negated; p < end && (*p != ']' || first); first = false) {
		unsigned char low, high;

		if (*p == '\\' && p + 1 < end)
			p++;
		low = high = *p++;
		if (p + 1 < end && *p == '-' && p[1] != ']') {
			p += p[1] == '\\' && p + 2 < end ? 2 : 1;
			high = *p++;
		}
		found |= c >= low && c <= high;
	}
	*next = p < end ? p + 1 : end;
	return p < end && found != negated;
}

/* Whether the element at @p, which is no '*', is @c; *@next is the one behind it. */
static bool element_is(const char *p, const char *end, char c, const char **next)
{
	if (*p == '[')
		return set_has(p + 1, end, c, next);
	*next = p + 1;
	if (*p == '?')
		return true;
	if (*p == '\\' && p + 1 < end) {
		p++;
		*next = p + 1;
	}
	return *p == c;
}

bool glob__matches(const char *glob, size_t glob_len, const char *text, size_t text_len)
{
	const char *p = glob, *end = glob + glob_len, *t = text, *text_end = text + text_len;
	const char *star = NULL, *from = NULL, *next;	/* what the last '*' can take more of */

	while (t < text_end) {
		if (p < end && *p == '*') {
			star = ++p;
			from = t;
		} else if (p < end && element_is(p, end, *t, &next)) {
			p = next;
			t++;
		} else if (star) {
			p = star;
			t = ++from;
		} else {
			return false;
		}
	}
	while (p < end && *p == '*')
		p++;
	return p == end;
}
