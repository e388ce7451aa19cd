// SPDX-License-Identifier: GPL-2.0-only
/* A whole spec: what its pattern.c parses, and (ITEM, ...) behind it. */
#include "parser.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SPEC_MAX_ITEMS 64

/* The text at @span with every run of white space made one space, but in literals. */
static char *fold_space(struct parser *p, struct span span)
{
	char *out = parser__copy(p, span), *to = out, quote = 0;

	if (!out)
		return NULL;
	for (const char *c = out; *c; c++) {
		if (!quote && lex__is_space(*c)) {
			while (lex__is_space(c[1]))
				c++;
			*to++ = ' ';
			continue;
		}
		if (quote && *c == '\\')
			*to++ = *c++;
		else if (*c == quote)
			quote = 0;
		else if (!quote && (*c == '"' || *c == '\''))
			quote = *c;
		*to++ = *c;
	}
	*to = '\0';
	return out;
}

/* An item equal to @item, but for how it is written, came before. */
static bool is_duplicate(struct parser *p, const struct spec *spec, const struct spec_item *item)
{
	char *dump = expr__dump(item->expr), *other;
	bool found = false;

	if (!dump)
		parser__no_memory(p);
	for (unsigned int i = 0; i < spec->nr_items && !found && !p->err; i++) {
		if (spec->items[i].name || item->name)
			continue;
		other = expr__dump(spec->items[i].expr);
		if (!other)
			parser__no_memory(p);
		else
			found = !strcmp(dump, other);
		free(other);
	}
	free(dump);
	return found;
}

static bool is_name_taken(const struct spec *spec, const char *name)
{
	for (unsigned int i = 0; i < spec->nr_items; i++) {
		if (spec->items[i].name && !strcmp(spec->items[i].name, name))
			return true;
	}
	return false;
}

static int spec__add_item(struct parser *p, struct spec *spec, struct spec_item *item)
{
	struct spec_item *items = reallocarray(spec->items, spec->nr_items + 1, sizeof(*items));

	if (!items) {
		parser__no_memory(p);
		return p->err;
	}
	spec->items = items;
	spec->items[spec->nr_items++] = *item;
	*item = (struct spec_item){ 0 };
	/* The tree belongs to the spec from here on. */
	p->nr_nodes = 0;
	return 0;
}

/* [NAME=] */
static int parse_item_name(struct parser *p, const struct spec *spec, struct spec_item *item)
{
	const struct token *name = p->tok;

	if (name[0].kind != TOK_NAME || name[1].kind != TOK_ASSIGN)
		return 0;
	p->tok += 2;
	if (parser__is(p, name, "return") || parser__is(p, name, "sizeof") ||
	    parser__is_type_keyword(p, name)) {
		parser__error(p, name->span, "'%.*s' can't be a value's name",
			      TOKEN_ARGS(p->text, name->span));
		diag__hint(p->diag, "'==' compares");
		return p->err;
	}
	item->name = parser__copy(p, name->span);
	if (item->name && is_name_taken(spec, item->name))
		parser__error(p, name->span, "two values can't have the same name '%s'",
			      item->name);
	return p->err;
}

static int parse_item(struct parser *p, struct spec *spec)
{
	struct spec_item item = { 0 };
	struct span span;

	if (parse_item_name(p, spec, &item))
		goto out;
	if (p->tok->kind == TOK_COMMA || p->tok->kind == TOK_RPAREN) {
		parser__unexpected(p, "a value");
		goto out;
	}
	span = p->tok->span;
	if (spec->nr_items == SPEC_MAX_ITEMS) {
		parser__error(p, span, "more than %d values", SPEC_MAX_ITEMS);
		goto out;
	}
	item.expr = parser__item(p);
	if (!item.expr)
		goto out;
	span = span__join(span, p->tok[-1].span);
	item.text = fold_space(p, span);
	if (!item.text)
		goto out;
	if (is_duplicate(p, spec, &item)) {
		parser__error(p, span, "'%.*s' is asked for twice", TOKEN_ARGS(p->text, span));
		goto out;
	}
	if (!p->err)
		spec__add_item(p, spec, &item);
out:
	free(item.name);
	free(item.text);
	return p->err;
}

static void spec__drop_items(struct spec *spec)
{
	for (unsigned int i = 0; i < spec->nr_items; i++) {
		free(spec->items[i].name);
		free(spec->items[i].text);
		expr__free(spec->items[i].expr);
	}
	free(spec->items);
	spec->items = NULL;
	spec->nr_items = 0;
}

/* All items are types alone, so that the parentheses could be about which functions. */
static bool are_types(const struct spec *spec)
{
	for (unsigned int i = 0; i < spec->nr_items; i++) {
		if (spec->items[i].name || spec->items[i].expr->kind != EXPR_BY_TYPE)
			return false;
	}
	return spec->nr_items;
}

/* (TYPE, ...) was followed by another (: these were not items but choose functions. */
static int take_types(struct parser *p, struct spec *spec)
{
	for (unsigned int i = 0; i < spec->nr_items; i++) {
		struct type_name *type = &spec->items[i].expr->type;

		if (spec->nr_types == SPEC_MAX_TYPES) {
			parser__error(p, type->span, "more than %d types", SPEC_MAX_TYPES);
			return p->err;
		}
		spec->types[spec->nr_types++] = *type;
		type->name = NULL;
	}
	spec__drop_items(spec);
	return 0;
}

/* PATTERN(TYPE)->member is PATTERN((TYPE)->member); the tokens are at the '->' behind @open. */
static int reparse_item(struct parser *p, struct spec *spec, const struct token *open)
{
	spec__drop_items(spec);
	p->tok = open;
	return parse_item(p, spec);
}

static int complain_behind_items(struct parser *p)
{
	if (p->tok->kind == TOK_RPAREN) {
		parser__error(p, p->tok->span, "unexpected ')'");
		diag__hint(p->diag, "there is no '(' before it");
	} else if (p->tok->kind != TOK_END) {
		parser__junk(p);
		if (p->tok->kind == TOK_COMMA)
			diag__hint(p->diag, "give each function with values an -f of its own");
	}
	return p->err;
}

/* ITEM, ... ) */
static int parse_item_list(struct parser *p, struct spec *spec, struct span open)
{
	if (p->tok->kind != TOK_RPAREN) {
		do {
			if (parse_item(p, spec))
				return p->err;
		} while (parser__accept(p, TOK_COMMA));
	}
	if (p->tok->kind != TOK_RPAREN && p->tok->kind != TOK_END) {
		parser__junk(p);
		if (p->tok->kind == TOK_NUMBER || p->tok->kind == TOK_STRING ||
		    (p->tok->kind == TOK_NAME && !parser__is(p, p->tok, "and") &&
		     !parser__is(p, p->tok, "or")))
			diag__hint(p->diag, "values are separated by commas");
	}
	if (!p->err)
		parser__close(p, TOK_RPAREN, open);
	return p->err;
}

/* [( TYPE, ... )]... ( ITEM, ... ) up to the end of the text */
static int spec__parse_items(struct parser *p, struct spec *spec)
{
	const struct token *open;

	spec->has_items = true;
	for (;;) {
		open = p->tok++;
		if (parse_item_list(p, spec, open->span))
			return p->err;
		if (p->tok->kind != TOK_LPAREN || !are_types(spec))
			break;
		if (take_types(p, spec))
			return p->err;
	}
	if (spec->nr_items == 1 && are_types(spec) &&
	    (p->tok->kind == TOK_ARROW || p->tok->kind == TOK_DOT ||
	     p->tok->kind == TOK_LBRACKET) &&
	    reparse_item(p, spec, open))
		return p->err;
	return complain_behind_items(p);
}

/* Finds what only makes sense where something returns. */
static const struct expr *find_return(const struct expr *expr)
{
	const struct expr *found = NULL;

	if (expr->kind == EXPR_RETURN || expr->kind == EXPR_AT_RETURN)
		return expr;
	for (unsigned int i = 0; i < expr->nr_args && !found; i++)
		found = find_return(expr->args[i]);
	return found;
}

static void check_tracepoint(struct parser *p, const struct spec *spec)
{
	for (unsigned int i = 0; i < spec->nr_items && !p->err; i++) {
		const struct expr *expr = find_return(spec->items[i].expr);

		if (expr)
			parser__error(p, expr->name_span, "a tracepoint does not return");
	}
}

static int spec__parse_all(struct parser *p, struct spec *spec)
{
	struct token *tokens;
	unsigned int pos = 0;

	while (lex__is_space(p->text[pos]))
		pos++;
	if (!p->text[pos]) {
		parser__error(p, (struct span){ pos, 0 }, "nothing to trace is named");
		diag__hint(p->diag, "write a function's name, as in 'ip_send_skb'");
		return p->err;
	}
	if (spec__parse_pattern(p, spec, &pos) || !p->text[pos])
		return p->err;
	tokens = lex__split(p->text, pos);
	if (!tokens) {
		parser__no_memory(p);
		return p->err;
	}
	p->tok = tokens;
	if (!spec__parse_items(p, spec) && spec->kind == SPEC_TRACEPOINT)
		check_tracepoint(p, spec);
	p->tok = NULL;
	free(tokens);
	return p->err;
}

static int check_length(const char *text, struct diag *diag)
{
	size_t len = strlen(text);

	if (len <= SPEC_MAX_LEN)
		return 0;
	return diag__error(diag, -EINVAL, "too long: %zu bytes, %d are allowed", len, SPEC_MAX_LEN);
}

int spec__parse(const char *text, struct spec **out, struct diag *diag)
{
	struct parser p = { .text = text, .diag = diag };
	struct spec *spec;

	*out = NULL;
	p.err = check_length(text, diag);
	if (p.err)
		return p.err;
	spec = calloc(1, sizeof(*spec));
	if (!spec)
		return -ENOMEM;
	spec->text = strdup(text);
	if (!spec->text)
		parser__no_memory(&p);
	else
		spec__parse_all(&p, spec);
	parser__drop(&p);
	free(p.nodes);
	if (p.err) {
		spec__free(spec);
		return p.err;
	}
	*out = spec;
	return 0;
}

int expr__parse(const char *text, struct expr **out, struct diag *diag)
{
	struct parser p = { .text = text, .diag = diag };
	struct token *tokens;
	struct expr *expr;

	*out = NULL;
	p.err = check_length(text, diag);
	if (p.err)
		return p.err;
	tokens = lex__split(text, 0);
	if (!tokens)
		return -ENOMEM;
	p.tok = tokens;
	expr = parser__expr(&p);
	if (expr && p.tok->kind != TOK_END)
		parser__junk(&p);
	if (p.err)
		parser__drop(&p);
	else
		*out = expr;
	free(p.nodes);
	free(tokens);
	return p.err;
}

static int add_condition(struct spec_filter **list, unsigned int *nr, const char *text,
			 struct diag *diag)
{
	struct spec_filter filter, *filters;
	int err;

	diag__set_text(diag, text);
	err = expr__parse(text, &filter.expr, diag);
	if (err)
		return err;
	filter.text = strdup(text);
	filters = realloc(*list, (*nr + 1) * sizeof(*filters));
	if (filters)
		*list = filters;
	if (!filters || !filter.text) {
		expr__free(filter.expr);
		free(filter.text);
		return -ENOMEM;
	}
	filters[(*nr)++] = filter;
	diag__set_text(diag, NULL);
	return 0;
}

int spec__add_filter(struct spec *spec, const char *text, struct diag *diag)
{
	return add_condition(&spec->filters, &spec->nr_filters, text, diag);
}

int spec__add_trigger(struct spec *spec, const char *text, struct diag *diag)
{
	return add_condition(&spec->triggers, &spec->nr_triggers, text, diag);
}

/* Takes over the patterns that were parsed from @text as ones that leave out. */
static int spec__take_excludes(struct spec *spec, struct spec *from, struct diag *diag)
{
	struct spec_pattern *patterns;

	if (spec->nr_patterns + from->nr_patterns > SPEC_MAX_PATTERNS)
		return diag__error(diag, -EINVAL, "more than %d patterns", SPEC_MAX_PATTERNS);
	patterns = reallocarray(spec->patterns, spec->nr_patterns + from->nr_patterns,
				sizeof(*patterns));
	if (!patterns)
		return -ENOMEM;
	spec->patterns = patterns;
	for (unsigned int i = 0; i < from->nr_patterns; i++) {
		from->patterns[i].exclude = true;
		from->patterns[i].span = (struct span){ 0 };
		patterns[spec->nr_patterns++] = from->patterns[i];
	}
	free(from->patterns);
	from->patterns = NULL;
	from->nr_patterns = 0;
	return 0;
}

/* @excludes, parsed from --exclude's argument, must be patterns and nothing else. */
static int check_excludes(const struct spec *excludes, struct diag *diag)
{
	if (excludes->event || excludes->module || excludes->has_items ||
	    excludes->kind != SPEC_FUNC) {
		diag__error_at(diag, -EINVAL, (struct span){ 0, strlen(excludes->text) },
			       "functions are left out by patterns of their names alone");
		diag__hint(diag, "as in --exclude 'tcp_v6_*'");
		return -EINVAL;
	}
	return 0;
}

int spec__add_exclude(struct spec *spec, const char *text, struct diag *diag)
{
	struct spec *excludes;
	int err;

	diag__set_text(diag, text);
	err = spec__parse(text, &excludes, diag);
	if (err)
		return err;
	err = check_excludes(excludes, diag);
	if (!err && !spec__is_exact(spec))
		err = spec__take_excludes(spec, excludes, diag);
	else if (!err)
		for (unsigned int i = 0; i < excludes->nr_patterns && !err; i++)
			if (spec_pattern__matches(&excludes->patterns[i], spec->pattern))
				err = diag__error_at(diag, -EINVAL, excludes->patterns[i].span,
						     "this leaves out '%s', which is asked for by "
						     "its name", spec->pattern);
	spec__free(excludes);
	if (!err)
		diag__set_text(diag, NULL);
	return err;
}

bool spec__is_exact(const struct spec *spec)
{
	return spec->nr_patterns == 1 && spec->patterns[0].kind == PATTERN_GLOB &&
	       !strcmp(spec->patterns[0].text, spec->pattern) && !spec->nr_types &&
	       !strpbrk(spec->pattern, "*?[") &&
	       (!spec->module || !strpbrk(spec->module, "*?["));
}

static void free_conditions(struct spec_filter *list, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++) {
		free(list[i].text);
		expr__free(list[i].expr);
	}
	free(list);
}

void spec__free(struct spec *spec)
{
	if (!spec)
		return;
	spec__drop_items(spec);
	free_conditions(spec->filters, spec->nr_filters);
	free_conditions(spec->triggers, spec->nr_triggers);
	for (unsigned int i = 0; i < spec->nr_patterns; i++)
		free(spec->patterns[i].text);
	free(spec->patterns);
	for (unsigned int i = 0; i < spec->nr_types; i++)
		free(spec->types[i].name);
	free(spec->text);
	free(spec->event);
	free(spec->module);
	free(spec->pattern);
	free(spec);
}
