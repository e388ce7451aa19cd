// SPDX-License-Identifier: GPL-2.0-only
/* The part of a spec that says which functions: [EVENT=][tp:][MODULE:]PATTERN */
#include "parser.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PATTERN_PARTS 3	/* tp:MODULE:NAME */

static struct span char_span(const char *text, size_t pos)
{
	return (struct span){ pos, text[pos] ? lex__char_size(text + pos) : 0 };
}

static void skip_space(const char *text, unsigned int *pos)
{
	while (lex__is_space(text[*pos]))
		++*pos;
}

/* The length of the glob's [...] at @str, 0 when it isn't closed. */
static size_t class__len(const char *str)
{
	size_t len = 1;

	if (str[len] == '!' || str[len] == '^')
		len++;
	if (str[len] == ']')
		len++;
	while (lex__is_name_char(str[len]) || str[len] == '.' || str[len] == '-')
		len++;
	return str[len] == ']' ? len + 1 : 0;
}

/*
 * A function's, module's or event's name, or a glob of them, at *@pos. Dots are part of names such
 * as foo.isra.0; a - can be in a module's name, as its file has it.
 */
static int pattern__scan(struct parser *p, unsigned int *pos, struct span *span)
{
	const char *text = p->text;
	unsigned int at = *pos;
	size_t len;

	for (;;) {
		if (lex__is_name_char(text[at]) || (text[at] && strchr(".*?", text[at]))) {
			at++;
		} else if (text[at] == '-' && at > *pos && lex__is_name_char(text[at + 1])) {
			at++;
		} else if (text[at] == '[') {
			len = class__len(text + at);
			if (!len) {
				parser__error(p, (struct span){ at, 1 },
					      "'[' of a pattern is never closed");
				return p->err;
			}
			at += len;
		} else {
			break;
		}
	}
	*span = (struct span){ *pos, at - *pos };
	*pos = at;
	return 0;
}

/* What could not be the start of a name, and what may have been meant by it. */
static void complain_no_name(struct parser *p, unsigned int pos, const char *what)
{
	static const struct {
		char c;
		const char *what;
		const char *hint;
	} later[] = {
		{ '{', "lists of functions, {a,b}, are", "give each function an -f of its own" },
		{ '/', "regular expressions are", "write a glob, as in 'tcp_*'" },
		{ '!', "leaving out functions, !pattern, is", NULL },
		{ '@', "source files as patterns are", "write a glob of functions, as in 'tcp_*'" },
	};
	const char *text = p->text;
	struct span span = char_span(text, pos);

	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		if (text[pos] != later[i].c)
			continue;
		parser__error(p, span, "%s not supported yet", later[i].what);
		if (later[i].hint)
			diag__hint(p->diag, "%s", later[i].hint);
		return;
	}
	if (!span.len) {
		parser__error(p, span, "%s is missing", what);
	} else if ((unsigned char)text[pos] < 0x20) {
		parser__error(p, span, "unexpected byte 0x%02x", text[pos]);
	} else {
		parser__error(p, span, "%s is missing before '%.*s'", what, TOKEN_ARGS(text, span));
		if (text[pos] == '"' || text[pos] == '\'')
			diag__hint(p->diag, "quotes are for the shell only");
	}
}

/* The end of the text fits behind "f(" and ")": what the hint shows. */
static bool looks_like_items(const char *str)
{
	size_t len = strlen(str);

	if (!lex__is_name_start(*str) || len > TOKEN_TEXT_MAX)
		return false;
	return !strpbrk(str, "(){}\"'") && str[len - 1] != ',';
}

/* Something follows the pattern that neither ends a spec nor opens the items. */
static void complain_after_pattern(struct parser *p, struct span pattern, unsigned int pos)
{
	const char *text = p->text, *rest = text + pos;
	struct span span = char_span(text, pos);
	int len = pattern.len > TOKEN_TEXT_MAX ? TOKEN_TEXT_MAX : (int)pattern.len;
	const char *name = text + pattern.pos;

	if (!strncmp(rest, "->", 2))
		span.len = 2;
	if (*rest == '{' || *rest == '/' || *rest == '!' || *rest == '@') {
		complain_no_name(p, pos, "");
		return;
	}
	if ((unsigned char)*rest < 0x20) {
		parser__error(p, span, "unexpected byte 0x%02x", *rest);
		return;
	}
	if (lex__is_name_start(*rest)) {
		while (lex__is_name_char(text[span.pos + span.len]))
			span.len++;
	}
	parser__error(p, span, "unexpected '%.*s'", TOKEN_ARGS(text, span));
	if (!strncmp(rest, "%return", 7))
		diag__hint(p->diag, "write %.*s(return)", len, name);
	else if (*rest == '%' || *rest == '+')
		diag__hint(p->diag, "functions are traced at entry and return only: write %.*s",
			   len, name);
	else if (looks_like_items(rest))
		diag__hint(p->diag, "write %.*s(%s)", len, name, rest);
	else if (*rest == ',')
		diag__hint(p->diag, "give each function an -f of its own");
	else if (!strncmp(rest, "->", 2))
		diag__hint(p->diag, "values stand in parentheses: %.*s(skb->len)", len, name);
	else if (*rest == ')')
		diag__hint(p->diag, "there is no '(' before it");
	else if (*rest == '=')
		diag__hint(p->diag, "an event's name stands before the first '='");
}

static bool is_identifier(const char *str, size_t len)
{
	if (!len || !lex__is_name_start(*str))
		return false;
	for (size_t i = 1; i < len; i++) {
		if (!lex__is_name_char(str[i]))
			return false;
	}
	return true;
}

/* People who know another tracer write how to attach in front of the function. */
static bool is_foreign_prefix(const char *str, size_t len)
{
	static const char *const prefixes[] = {
		"kprobe", "kretprobe", "kfunc", "kretfunc", "fentry", "fexit", "fprobe",
		"tracepoint", "rawtracepoint", "raw_tracepoint", "uprobe",
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (strlen(prefixes[i]) == len && !strncmp(str, prefixes[i], len))
			return true;
	}
	return false;
}

static void complain_foreign(struct parser *p, struct span span)
{
	parser__error(p, span, "'%.*s' is not a module", TOKEN_ARGS(p->text, span));
	if (memmem(p->text + span.pos, span.len, "tracepoint", strlen("tracepoint")))
		diag__hint(p->diag, "a tracepoint is written tp:NAME");
	else
		diag__hint(p->diag, "the function's name is enough; --backend says how to attach "
				    "to it");
}

static int spec__set_module(struct parser *p, struct spec *spec, struct span span)
{
	if (!span.len) {
		parser__error(p, span, "a module's name is missing before ':'");
		return p->err;
	}
	spec->module_span = span;
	spec->module = parser__copy(p, span);
	/* nf-tables.ko is the module nf_tables. */
	if (spec->module && !strchr(spec->module, '[')) {
		for (char *c = spec->module; (c = strchr(c, '-')) != NULL;)
			*c = '_';
	}
	return p->err;
}

static int spec__set_pattern(struct parser *p, struct spec *spec, struct span span)
{
	const char *dash;

	spec->pattern_span = span;
	spec->pattern = parser__copy(p, span);
	if (!spec->pattern)
		return p->err;
	dash = strchr(spec->pattern, '-');
	if (lex__is_digit(spec->pattern[0])) {
		parser__error(p, span, "a name can't begin with a digit");
		if (spec->module)
			diag__hint(p->diag, "functions are traced at entry and return, not at a "
					    "line");
	} else if (dash && !strchr(spec->pattern, '[')) {
		parser__error(p, (struct span){ span.pos + (dash - spec->pattern), 1 },
			      "unexpected '-'");
		diag__hint(p->diag, "a function's name has no '-' in it");
	}
	return p->err;
}

/* [EVENT=] */
static int spec__parse_event(struct parser *p, struct spec *spec, unsigned int *pos)
{
	unsigned int at = *pos;
	struct span span;

	skip_space(p->text, &at);
	if (pattern__scan(p, &at, &span))
		return p->err;
	skip_space(p->text, &at);
	if (p->text[at] != '=')
		return 0;
	if (!span.len) {
		parser__error(p, char_span(p->text, at), "an event's name is missing before '='");
		return p->err;
	}
	if (!is_identifier(p->text + span.pos, span.len)) {
		parser__error(p, span, "'%.*s' can't be an event's name",
			      TOKEN_ARGS(p->text, span));
		diag__hint(p->diag, "an event's name is made of letters, digits and '_'");
		return p->err;
	}
	spec->event = parser__copy(p, span);
	*pos = at + 1;
	return p->err;
}

/* [tp:][MODULE:]PATTERN */
static int spec__parse_target(struct parser *p, struct spec *spec, unsigned int *pos)
{
	struct span parts[MAX_PATTERN_PARTS];
	unsigned int nr = 0, colon = 0;
	bool is_tp;

	for (;;) {
		if (nr == MAX_PATTERN_PARTS) {
			parser__error(p, (struct span){ colon, 1 }, "unexpected ':'");
			return p->err;
		}
		skip_space(p->text, pos);
		if (pattern__scan(p, pos, &parts[nr++]))
			return p->err;
		skip_space(p->text, pos);
		colon = *pos;
		if (p->text[colon] != ':')
			break;
		++*pos;
	}
	is_tp = nr > 1 && parts[0].len == 2 && !strncmp(p->text + parts[0].pos, "tp", 2);
	spec->kind = is_tp ? SPEC_TRACEPOINT : SPEC_FUNC;
	if (nr > 1 && is_foreign_prefix(p->text + parts[0].pos, parts[0].len)) {
		complain_foreign(p, parts[0]);
		return p->err;
	}
	if (nr - is_tp > 2) {
		parser__error(p, (struct span){ parts[2].pos - 1, 1 }, "unexpected ':'");
		diag__hint(p->diag, "write MODULE:FUNCTION, tp:NAME or tp:MODULE:NAME");
		return p->err;
	}
	if (nr - is_tp == 2 && spec__set_module(p, spec, parts[is_tp]))
		return p->err;
	if (!parts[nr - 1].len) {
		complain_no_name(p, *pos, is_tp ? "a tracepoint's name" : "a function's name");
		return p->err;
	}
	return spec__set_pattern(p, spec, parts[nr - 1]);
}

int spec__parse_pattern(struct parser *p, struct spec *spec, unsigned int *pos)
{
	if (spec__parse_event(p, spec, pos) || spec__parse_target(p, spec, pos))
		return p->err;
	if (p->text[*pos] && p->text[*pos] != '(')
		complain_after_pattern(p, spec->pattern_span, *pos);
	return p->err;
}
