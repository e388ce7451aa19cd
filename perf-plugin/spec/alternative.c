// SPDX-License-Identifier: GPL-2.0-only
/* One of a pattern's alternatives: a glob with lists in it, /a regular expression/ or @a file. */
#include "parser.h"

#include <errno.h>
#include <fnmatch.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LISTS	16	/* {...} in one alternative */
#define MAX_REGEX	256	/* bytes */
#define MAX_REPEATS	256	/* all repetitions of a regular expression multiplied */
#define REGEX_ERROR	128	/* of regerror()'s words */

unsigned int glob__class_len(const char *str)
{
	unsigned int len = 1;

	if (str[len] == '!' || str[len] == '^')
		len++;
	if (str[len] == ']')
		len++;
	while (lex__is_name_char(str[len]) || str[len] == '.' || str[len] == '-')
		len++;
	return str[len] == ']' ? len + 1 : 0;
}

/* ---- scanning ----------------------------------------------------------------------------- */

static bool is_glob_char(char c, bool is_file)
{
	return lex__is_name_char(c) || (c && strchr(is_file ? ".*?/-+" : ".*?", c));
}

/* A character that can't stand in a list, and what may have been meant. */
static void complain_in_list(struct parser *p, unsigned int at, unsigned int open)
{
	char c = p->text[at];

	if (!c || c == '(') {
		parser__error(p, (struct span){ open, 1 }, "'{' of a list is never closed");
		return;
	}
	if ((unsigned char)c < 0x20) {
		parser__error(p, (struct span){ at, 1 }, "unexpected byte 0x%02x", c);
		return;
	}
	parser__error(p, (struct span){ at, lex__char_size(p->text + at) },
		      "unexpected '%.*s' in a list", (int)lex__char_size(p->text + at),
		      p->text + at);
	if (c == '!')
		diag__hint(p->diag, "what is left out comes behind it: {a,b}_*,!a_x");
	else if (c == '/')
		diag__hint(p->diag, "a regular expression stands beside it: {a,b}_*,/x$/");
	else if (c == '@')
		diag__hint(p->diag, "a source file stands beside it: {a,b}_*,@net/ipv4/*.c");
	else if (c == ':')
		diag__hint(p->diag, "a module's name stands in front: MODULE:{a,b}");
}

/*
 * A glob that may have lists in it, at *@pos, which is left behind it. White space is allowed
 * beside the commas and braces of a list only.
 */
static int scan_glob(struct parser *p, unsigned int *pos, bool is_file)
{
	unsigned int open[MAX_LISTS], depth = 0, nr_lists = 0, at = *pos, len;
	const char *text = p->text;

	for (;; at += len) {
		len = 1;
		if (is_glob_char(text[at], is_file) ||
		    (depth && (text[at] == ',' || lex__is_space(text[at]))))
			continue;
		if (text[at] == '}' && depth) {
			depth--;
		} else if (text[at] == '{') {
			if (nr_lists++ == MAX_LISTS) {
				parser__error(p, (struct span){ at, 1 }, "more than %d lists",
					      MAX_LISTS);
				return p->err;
			}
			open[depth++] = at;
		} else if (text[at] == '[') {
			len = glob__class_len(text + at);
			if (!len) {
				parser__error(p, (struct span){ at, 1 },
					      "'[' of a pattern is never closed");
				return p->err;
			}
		} else {
			break;
		}
	}
	if (depth)
		complain_in_list(p, at, open[depth - 1]);
	*pos = at;
	return p->err;
}

/* ---- lists multiplied out ----------------------------------------------------------------- */

static int add_pattern(struct parser *p, struct spec *spec, const struct spec_pattern *like,
		       const char *text)
{
	struct spec_pattern *patterns;
	char *copy;

	if (spec->nr_patterns == SPEC_MAX_PATTERNS) {
		parser__error(p, like->span, "more than %d patterns", SPEC_MAX_PATTERNS);
		diag__hint(p->diag, "globs and /regular expressions/ say more in less");
		return p->err;
	}
	if (!*text) {
		parser__error(p, like->span, "one of the list's patterns is empty");
		return p->err;
	}
	if (like->kind == PATTERN_GLOB && lex__is_digit(*text)) {
		parser__error(p, like->span, "a name can't begin with a digit");
		if (spec->module)
			diag__hint(p->diag, "functions are traced at entry and return, not at a "
					    "line");
		return p->err;
	}
	patterns = reallocarray(spec->patterns, spec->nr_patterns + 1, sizeof(*patterns));
	copy = strdup(text);
	if (patterns)
		spec->patterns = patterns;
	if (!patterns || !copy) {
		free(copy);
		parser__no_memory(p);
		return p->err;
	}
	patterns[spec->nr_patterns] = *like;
	patterns[spec->nr_patterns++].text = copy;
	return 0;
}

/* The end of the list's element at @str: the ',' or '}' that belongs to the list itself. */
static const char *element_end(const char *str)
{
	unsigned int depth = 0;

	for (; depth || (*str != ',' && *str != '}'); str++)
		depth += (*str == '{') - (*str == '}');
	return str;
}

/* Replaces the first list of @text by each of its elements in turn, and goes on with the rest. */
static int expand(struct parser *p, struct spec *spec, const struct spec_pattern *like,
		  const char *text)
{
	const char *open = strchr(text, '{'), *element, *end, *close;
	char *one;

	if (!open)
		return add_pattern(p, spec, like, text);
	for (close = open + 1; *(close = element_end(close)) == ','; close++)
		;
	for (element = open + 1; !p->err; element = end + 1) {
		end = element_end(element);
		if (asprintf(&one, "%.*s%.*s%s", (int)(open - text), text, (int)(end - element),
			     element, close + 1) < 0) {
			parser__no_memory(p);
			break;
		}
		expand(p, spec, like, one);
		free(one);
		if (end == close)
			break;
	}
	return p->err;
}

/* A glob of functions, or of files where @like says so. */
static int parse_globs(struct parser *p, struct spec *spec, struct spec_pattern *like,
		       unsigned int *pos)
{
	unsigned int from = *pos;
	char *text, *to;

	if (scan_glob(p, pos, like->kind == PATTERN_FILE))
		return p->err;
	like->span.len = *pos - like->span.pos;
	text = parser__copy(p, (struct span){ from, *pos - from });
	if (!text)
		return p->err;
	to = text;
	for (const char *c = text; *c; c++) {
		if (!lex__is_space(*c))
			*to++ = *c;
	}
	*to = '\0';
	expand(p, spec, like, text);
	free(text);
	return p->err;
}

/* ---- regular expressions ------------------------------------------------------------------ */

/* How many copies of what is in front of it + or {m,n} at @str stands for. */
static unsigned long nr_copies(const char *str)
{
	unsigned long least, most = 0;
	char *end;

	if (*str == '+')
		return 2;	/* itself, and itself any number of times */
	least = strtoul(str + 1, &end, 10);
	if (*end == ',')
		most = strtoul(end + 1, &end, 10);
	if (most < least)
		most = least;
	return *end != '}' ? 1 : most > MAX_REPEATS ? MAX_REPEATS + 1 : most + 1;
}

/*
 * The C library copies what is repeated as often as it may be, repeats of repeats too, and tries
 * everything for a back reference: what would take forever is refused here.
 */
static const char *regex__too_much(const char *text)
{
	unsigned long product = 1;

	if (strlen(text) > MAX_REGEX)
		return "too long";
	for (; *text; text++) {
		if (*text == '\\' && text[1]) {
			text++;
			if (lex__is_digit(*text))
				return "back references are not supported";
		} else if (*text == '{' || *text == '+') {
			product *= nr_copies(text);
			if (product > MAX_REPEATS)
				return "too many repetitions";
		}
	}
	return NULL;
}

static int check_regex(struct parser *p, const struct spec_pattern *pattern, const char *text)
{
	const char *why = *text ? regex__too_much(text) : "it is empty";
	char words[REGEX_ERROR];
	regex_t regex;
	int ret;

	if (!why) {
		ret = regcomp(&regex, text, REG_EXTENDED | REG_NOSUB);
		if (!ret) {
			regfree(&regex);
			return 0;
		}
		if (ret == REG_ESPACE)
			return p->err = -ENOMEM;
		regerror(ret, &regex, words, sizeof(words));
		why = words;
	}
	parser__error(p, pattern->span, "the regular expression can't be used: %s", why);
	return p->err;
}

/* "/" ... "/": a "/" inside is written "\/". */
static int parse_regex(struct parser *p, struct spec *spec, struct spec_pattern *pattern,
		       unsigned int *pos)
{
	const char *text = p->text;
	unsigned int at = *pos + 1;
	char *copy, *to;

	while (text[at] && text[at] != '/')
		at += text[at] == '\\' && text[at + 1] ? 2 : 1;
	if (!text[at]) {
		parser__error(p, (struct span){ *pos, 1 },
			      "'/' of a regular expression is never closed");
		return p->err;
	}
	pattern->span.len = at + 1 - pattern->span.pos;
	copy = parser__copy(p, (struct span){ *pos + 1, at - *pos - 1 });
	if (!copy)
		return p->err;
	to = copy;
	for (const char *c = copy; *c; c++) {
		if (c[0] == '\\' && c[1] == '/')
			c++;
		else if (c[0] == '\\')
			*to++ = *c++;
		*to++ = *c;
	}
	*to = '\0';
	*pos = at + 1;
	if (!check_regex(p, pattern, copy))
		add_pattern(p, spec, pattern, copy);
	free(copy);
	return p->err;
}

/* ---- all three ---------------------------------------------------------------------------- */

bool spec__starts_alternative(char c)
{
	return lex__is_name_char(c) || (c && strchr("!/@{[.*?", c));
}

int spec__parse_alternative(struct parser *p, struct spec *spec, unsigned int *pos)
{
	struct spec_pattern pattern = { .kind = PATTERN_GLOB, .span = { .pos = *pos } };
	const char *text = p->text;

	if (text[*pos] == '!') {
		pattern.exclude = true;
		for (++*pos; lex__is_space(text[*pos]); ++*pos)
			;
		if (text[*pos] == '!' || !spec__starts_alternative(text[*pos])) {
			pattern.span.len = 1;
			parser__error(p, pattern.span, "a pattern is missing behind '!'");
			return p->err;
		}
	}
	if (text[*pos] == '/') {
		pattern.kind = PATTERN_REGEX;
		return parse_regex(p, spec, &pattern, pos);
	}
	if (text[*pos] == '@') {
		pattern.kind = PATTERN_FILE;
		++*pos;
		if (!is_glob_char(text[*pos], true) && text[*pos] != '{' && text[*pos] != '[') {
			pattern.span = (struct span){ *pos - 1, 1 };
			parser__error(p, pattern.span, "a source file is missing behind '@'");
			diag__hint(p->diag, "as in @net/ipv4/tcp*.c");
			return p->err;
		}
	}
	return parse_globs(p, spec, &pattern, pos);
}

bool spec_pattern__matches(const struct spec_pattern *pattern, const char *name)
{
	regex_t regex;
	bool found;

	if (pattern->kind == PATTERN_GLOB)
		return !fnmatch(pattern->text, name, 0);
	if (pattern->kind != PATTERN_REGEX ||
	    regcomp(&regex, pattern->text, REG_EXTENDED | REG_NOSUB))
		return false;
	found = !regexec(&regex, name, 0, NULL, 0);
	regfree(&regex);
	return found;
}
