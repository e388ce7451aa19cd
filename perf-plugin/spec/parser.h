/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parser's own files share; the rest of the program includes spec.h. */
#ifndef BTFSNOOP_SPEC_PARSER_H
#define BTFSNOOP_SPEC_PARSER_H

#include "lex.h"
#include "spec.h"

/* The state of parsing the tokens of one text. */
struct parser {
	const char *text;
	const struct token *tok;	/* the current one; the last is never passed */
	struct diag *diag;
	int err;			/* what stopped it, 0 so far */
	unsigned int depth;		/* of recursion */
	struct expr **nodes;		/* all made so far: after an error there is no tree to free */
	unsigned int nr_nodes;
	unsigned int cap_nodes;
};

/* Parses one expression. NULL with parser->err set: -EINVAL with a message, -ENOMEM. */
struct expr *parser__expr(struct parser *p);

/* Frees the nodes of a tree that could not be finished. */
void parser__drop(struct parser *p);

/*
 * Parses a spec from byte *@pos of the text to the '(' of its items or its end, where it leaves
 * *@pos. Returns 0 or parser->err.
 */
int spec__parse_pattern(struct parser *p, struct spec *spec, unsigned int *pos);

/*
 * Parses [!]GLOB, [!]/REGEX/ or [!]@FILE at *@pos, which is left behind it, and adds what its lists
 * multiply out to to spec->patterns. Returns 0 or parser->err.
 */
int spec__parse_alternative(struct parser *p, struct spec *spec, unsigned int *pos);

/* Whether one can begin with @c. */
bool spec__starts_alternative(char c);

/* The length of a glob's [...] at @str, 0 when it isn't closed. */
unsigned int glob__class_len(const char *str);

/* The same, or a type alone: f(struct sk_buff *) is f((struct sk_buff *)). */
struct expr *parser__item(struct parser *p);

/* True when a type, and no expression, begins at @tok. */
bool parser__at_type(const struct parser *p, const struct token *tok);

/* True when the name @tok is one of C's words for types (int, struct, const ...) */
bool parser__is_type_keyword(const struct parser *p, const struct token *tok);

/* struct, union or enum */
bool parser__is_tag(const struct parser *p, const struct token *tok);

/* The token behind the type that begins at @tok, as far as it looks like one. */
const struct token *parser__skip_type(const struct parser *p, const struct token *tok);

/* Parses a type. Returns 0 or parser->err; type->name is the caller's. */
int parser__type(struct parser *p, struct type_name *type);

/* Reports an error at @span. Returns NULL, for callers that return a node. */
void *parser__error(struct parser *p, struct span span, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Reports that the current token can't stand here: "@what, not 'x'". Returns NULL. */
void *parser__unexpected(struct parser *p, const char *what);

/* Reports that an expression has ended, but the current token does not. Returns NULL. */
void *parser__junk(struct parser *p);
void *parser__no_memory(struct parser *p);

/* The token's text is @str. */
bool parser__is(const struct parser *p, const struct token *tok, const char *str);

/* Steps over the current token if it is @kind. */
bool parser__accept(struct parser *p, enum token_kind kind);

/* Steps over a closing @kind, which stands for what was opened at @open, or reports it missing. */
bool parser__close(struct parser *p, enum token_kind kind, struct span open);

/* A copy of the bytes at @span. NULL: no memory. */
char *parser__copy(struct parser *p, struct span span);

/* From the start of @first to the end of @last. */
struct span span__join(struct span first, struct span last);

/* How much of a token goes into a message. */
#define TOKEN_TEXT_MAX	40
#define TOKEN_ARGS(text, span)	\
	(int)((span).len > TOKEN_TEXT_MAX ? TOKEN_TEXT_MAX : (span).len), (text) + (span).pos

#endif
