// SPDX-License-Identifier: GPL-2.0-only
/* The part of a spec that says which functions: [EVENT=][tp:][MODULE:]PATTERN[,PATTERN]... */
#include "parser.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PREFIXES 2	/* tp:MODULE: */

static struct span char_span(const char *text, size_t pos)
{
	return (struct span){ pos, text[pos] ? lex__char_size(text + pos) : 0 };
}

static void skip_space(const char *text, unsigned int *pos)
{
	while (lex__is_space(text[*pos]))
		++*pos;
}

/*
 * A module's or event's name, or a glob of them, or a function's, at *@pos. A - can be in a
 * module's name, as its file has it.
 */
static int scan_name(struct parser *p, unsigned int *pos, struct span *span)
{
	const char *text = p->text;
	unsigned int at = *pos, len;

	for (;; at += len) {
		len = 1;
		if (lex__is_name_char(text[at]) || (text[at] && strchr(".*?", text[at])) ||
		    (text[at] == '-' && at > *pos && lex__is_name_char(text[at + 1])))
			continue;
		if (text[at] != '[')
			break;
		len = glob__class_len(text + at);
		if (!len) {
			parser__error(p, (struct span){ at, 1 },
				      "'[' of a pattern is never closed");
			return p->err;
		}
	}
	*span = (struct span){ *pos, at - *pos };
	*pos = at;
	return 0;
}

/* What could not be the start of a name, and what may have been meant by it. */
static void complain_no_name(struct parser *p, unsigned int pos, const char *what)
{
	const char *text = p->text;
	struct span span = char_span(text, pos);

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

/* What was meant by @rest, which follows the pattern @name of @len bytes. */
static void hint_after_pattern(struct parser *p, const char *name, int len, const char *rest)
{
	if (!strncmp(rest, "%return", 7))
		diag__hint(p->diag, "write %.*s(return)", len, name);
	else if (*rest == '%' || *rest == '+')
		diag__hint(p->diag, "functions are traced at entry and return only: write %.*s",
			   len, name);
	else if (looks_like_items(rest))
		diag__hint(p->diag, "write %.*s(%s)", len, name, rest);
	else if (!strncmp(rest, "->", 2))
		diag__hint(p->diag, "values stand in parentheses: %.*s(skb->len)", len, name);
	else if (*rest == '-')
		diag__hint(p->diag, "a function's name has no '-' in it");
	else if (*rest == ')' || *rest == '}')
		diag__hint(p->diag, "there is no '%c' before it", *rest == ')' ? '(' : '{');
	else if (*rest == '=')
		diag__hint(p->diag, "an event's name stands before the first '='");
	else if (*rest == ':')
		diag__hint(p->diag, "it stands once, in front of all names: MODULE:a,b or tp:a,b");
	else if (*rest == '!')
		diag__hint(p->diag, "what is left out stands behind a comma: tcp_*,!tcp_v6_*");
	else if (*rest == '/')
		diag__hint(p->diag, "a regular expression stands behind a comma: tcp_*,/msg$/");
	else if (*rest == '@')
		diag__hint(p->diag, "a source file stands behind a comma: tcp_*,@net/ipv4/*.c");
}

/* Something follows the patterns that neither ends a spec nor opens the items. */
static void complain_after_pattern(struct parser *p, struct span pattern, unsigned int pos)
{
	const char *text = p->text, *rest = text + pos;
	struct span span = char_span(text, pos);
	int len = pattern.len > TOKEN_TEXT_MAX ? TOKEN_TEXT_MAX : (int)pattern.len;

	if (!strncmp(rest, "->", 2))
		span.len = 2;
	if ((unsigned char)*rest < 0x20) {
		parser__error(p, span, "unexpected byte 0x%02x", *rest);
		return;
	}
	if (lex__is_name_start(*rest)) {
		while (lex__is_name_char(text[span.pos + span.len]))
			span.len++;
	}
	parser__error(p, span, "unexpected '%.*s'", TOKEN_ARGS(text, span));
	hint_after_pattern(p, text + pattern.pos, len, rest);
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
static bool is_foreign_prefix(struct parser *p, struct span span)
{
	static const char *const prefixes[] = {
		"kprobe", "kretprobe", "kfunc", "kretfunc", "fentry", "fexit", "fprobe",
		"tracepoint", "rawtracepoint", "raw_tracepoint", "uprobe",
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (strlen(prefixes[i]) == span.len &&
		    !strncmp(p->text + span.pos, prefixes[i], span.len))
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

static bool is_tp_prefix(struct parser *p, struct span span)
{
	return span.len == 2 && !strncmp(p->text + span.pos, "tp", 2);
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

/* [EVENT=] */
static int spec__parse_event(struct parser *p, struct spec *spec, unsigned int *pos)
{
	unsigned int at = *pos;
	struct span span;

	skip_space(p->text, &at);
	if (scan_name(p, &at, &span))
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

/* [tp:][MODULE:] */
static int spec__parse_module(struct parser *p, struct spec *spec, unsigned int *pos)
{
	struct span parts[MAX_PREFIXES], part;
	unsigned int nr = 0, at = *pos;
	bool is_tp;

	for (;; *pos = at) {
		skip_space(p->text, &at);
		if (scan_name(p, &at, &part))
			return p->err;
		skip_space(p->text, &at);
		if (p->text[at] != ':' || (nr && is_foreign_prefix(p, parts[0])))
			break;
		is_tp = nr && is_tp_prefix(p, parts[0]);
		if (nr == MAX_PREFIXES || (nr && !is_tp)) {
			parser__error(p, (struct span){ at, 1 }, "unexpected ':'");
			diag__hint(p->diag, "write MODULE:FUNCTION, tp:NAME or tp:MODULE:NAME");
			return p->err;
		}
		parts[nr++] = part;
		at++;
	}
	is_tp = nr && is_tp_prefix(p, parts[0]);
	spec->kind = is_tp ? SPEC_TRACEPOINT : SPEC_FUNC;
	if (nr && is_foreign_prefix(p, parts[0]))
		complain_foreign(p, parts[0]);
	else if (nr > is_tp)
		spec__set_module(p, spec, parts[is_tp]);
	return p->err;
}

/* PATTERN[,PATTERN]... */
static int spec__parse_patterns(struct parser *p, struct spec *spec, unsigned int *pos)
{
	const char *what = spec->kind == SPEC_TRACEPOINT ? "a tracepoint's name" :
							   "a function's name";
	const char *text = p->text;
	unsigned int end;

	skip_space(text, pos);
	spec->pattern_span.pos = *pos;
	for (;; ++*pos, skip_space(text, pos)) {
		end = *pos;
		if (!spec__starts_alternative(text[end]))
			complain_no_name(p, end, what);
		else
			spec__parse_alternative(p, spec, pos);
		if (p->err)
			return p->err;
		end = *pos;
		skip_space(text, pos);
		if (text[*pos] != ',')
			break;
	}
	spec->pattern_span.len = end - spec->pattern_span.pos;
	spec->pattern = parser__copy(p, spec->pattern_span);
	return p->err;
}

/* What the patterns have to be together. */
static int spec__check_patterns(struct parser *p, const struct spec *spec)
{
	bool names_any = false;

	for (unsigned int i = 0; i < spec->nr_patterns && !p->err; i++) {
		const struct spec_pattern *pattern = &spec->patterns[i];

		names_any |= !pattern->exclude;
		if (pattern->kind == PATTERN_FILE && spec->kind == SPEC_TRACEPOINT)
			parser__error(p, pattern->span,
				      "tracepoints can't be chosen by source files");
	}
	if (!names_any && !p->err) {
		parser__error(p, spec->patterns[0].span,
			      "'!' leaves out what other patterns match, and there is none");
		diag__hint(p->diag, "write *,%.*s", TOKEN_ARGS(p->text, spec->pattern_span));
	}
	return p->err;
}

int spec__parse_pattern(struct parser *p, struct spec *spec, unsigned int *pos)
{
	if (spec__parse_event(p, spec, pos) || spec__parse_module(p, spec, pos) ||
	    spec__parse_patterns(p, spec, pos))
		return p->err;
	if (p->text[*pos] && p->text[*pos] != '(')
		complain_after_pattern(p, spec->pattern_span, *pos);
	return p->err ? p->err : spec__check_patterns(p, spec);
}
