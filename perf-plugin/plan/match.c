// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "match.h"

/* The characters that the next element takes. */
struct element {
	bool takes[256];
};

static int append(struct bs_match *match, const struct element *element)
{
	if (match->nr == BS_MAX_MATCH_LEN)
		return -E2BIG;
	/* Never the NUL, which ends a string. */
	for (unsigned int c = 1; c < 256; c++)
		if (element->takes[c])
			match->match[c] |= 1ULL << match->nr;
	match->nr++;
	return 0;
}

static int append_char(struct bs_match *match, unsigned char c)
{
	struct element element = { 0 };

	element.takes[c] = true;
	return append(match, &element);
}

int match__string(const char *string, unsigned int len, struct bs_match *match)
{
	int err = 0;

	memset(match, 0, sizeof(*match));
	for (unsigned int i = 0; i < len && !err; i++)
		err = append_char(match, string[i]);
	return err;
}

/* What stands behind a '['; *@at is moved behind the ']'. */
static int append_class(struct bs_match *match, const unsigned char *glob, unsigned int len,
			unsigned int *at)
{
	struct element element = { 0 };
	unsigned int i = *at, first;
	bool none = i < len && glob[i] == '!';

	i += none;
	for (first = i; i < len && (i == first || glob[i] != ']'); i++) {
		unsigned int from = glob[i], to = from;

		if (i + 2 < len && glob[i + 1] == '-' && glob[i + 2] != ']') {
			to = glob[i + 2];
			i += 2;
		}
		if (from > to)
			return -EINVAL;
		for (; from <= to; from++)
			element.takes[from] = true;
	}
	if (i >= len)
		return -EINVAL;
	for (unsigned int c = 0; none && c < 256; c++)
		element.takes[c] = !element.takes[c];
	*at = i + 1;
	return append(match, &element);
}

static int append_any(struct bs_match *match)
{
	struct element element;

	memset(element.takes, true, sizeof(element.takes));
	return append(match, &element);
}

int match__glob(const char *text, unsigned int len, struct bs_match *match)
{
	const unsigned char *glob = (const unsigned char *)text;
	unsigned int i = 0;
	int err = 0;

	memset(match, 0, sizeof(*match));
	while (i < len && !err) {
		unsigned char c = glob[i++];

		switch (c) {
		case '*':
			match->loop |= 1ULL << match->nr;
			break;
		case '?':
			err = append_any(match);
			break;
		case '[':
			err = append_class(match, glob, len, &i);
			break;
		case '\\':
			err = i < len ? append_char(match, glob[i++]) : -EINVAL;
			break;
		default:
			err = append_char(match, c);
		}
	}
	return err;
}

bool match__test(const struct bs_match *match, const char *string, unsigned int len)
{
	uint64_t state = 1;

	for (unsigned int i = 0; i < len; i++) {
		unsigned char c = string[i];

		state = (state & match->match[c]) << 1 | (state & match->loop);
	}
	return state >> match->nr & 1;
}
