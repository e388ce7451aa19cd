/* SPDX-License-Identifier: GPL-2.0-only */
/* The words of an expression: where each begins and ends in the text, and what kind it is. */
#ifndef BTFSNOOP_SPEC_LEX_H
#define BTFSNOOP_SPEC_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "../util/diag.h"

enum token_kind {
	TOK_END,
	TOK_BAD,		/* no token begins here: lex__complain() says why */
	TOK_NAME,		/* also keywords */
	TOK_NUMBER,		/* begins with a digit; whether it is one is not checked */
	TOK_CHAR,		/* with its quotes, escapes unchecked */
	TOK_STRING,
	TOK_LPAREN, TOK_RPAREN, TOK_LBRACKET, TOK_RBRACKET,
	TOK_COMMA, TOK_DOT, TOK_ARROW, TOK_QUESTION, TOK_COLON, TOK_AT,
	TOK_ASSIGN,		/* = */
	TOK_STAR, TOK_SLASH, TOK_PERCENT, TOK_PLUS, TOK_MINUS, TOK_SHL, TOK_SHR,
	TOK_LT, TOK_LE, TOK_GT, TOK_GE, TOK_EQ, TOK_NE, TOK_TILDE, TOK_NOT,
	TOK_AMP, TOK_CARET, TOK_PIPE, TOK_ANDAND, TOK_OROR,
	TOK_CHANGE,		/* ++ -- += ...: C's, but nothing can be changed here */
};

struct token {
	enum token_kind kind;
	struct span span;
};

/*
 * Splits @text from byte @start on. Returns an array that ends with TOK_END or, at the first thing
 * that is no token, with TOK_BAD; NULL without memory. The caller frees it.
 */
struct token *lex__split(const char *text, size_t start);

/* Reports what is wrong with a TOK_BAD token. Returns -EINVAL. */
int lex__complain(const char *text, const struct token *bad, struct diag *diag);

static inline bool lex__is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static inline bool lex__is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool lex__is_name_char(char c)
{
	return lex__is_name_start(c) || lex__is_digit(c);
}

static inline bool lex__is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The bytes of the UTF-8 character that begins at @str, 1 where none does. */
size_t lex__char_size(const char *str);

#endif
