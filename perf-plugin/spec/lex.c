// SPDX-License-Identifier: GPL-2.0-only
#include "lex.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *text;
	enum token_kind kind;
} puncts[] = {
	/* The longest first. */
	{ "<<=", TOK_CHANGE }, { ">>=", TOK_CHANGE },
	{ "++", TOK_CHANGE }, { "--", TOK_CHANGE }, { "+=", TOK_CHANGE }, { "-=", TOK_CHANGE },
	{ "*=", TOK_CHANGE }, { "/=", TOK_CHANGE }, { "%=", TOK_CHANGE }, { "&=", TOK_CHANGE },
	{ "|=", TOK_CHANGE }, { "^=", TOK_CHANGE },
	{ "->", TOK_ARROW }, { "<<", TOK_SHL }, { ">>", TOK_SHR },
	{ "<=", TOK_LE }, { ">=", TOK_GE }, { "==", TOK_EQ }, { "!=", TOK_NE },
	{ "&&", TOK_ANDAND }, { "||", TOK_OROR },
	{ "(", TOK_LPAREN }, { ")", TOK_RPAREN }, { "[", TOK_LBRACKET }, { "]", TOK_RBRACKET },
	{ ",", TOK_COMMA }, { ".", TOK_DOT }, { "?", TOK_QUESTION }, { ":", TOK_COLON },
	{ "@", TOK_AT }, { "=", TOK_ASSIGN }, { "*", TOK_STAR }, { "/", TOK_SLASH },
	{ "%", TOK_PERCENT }, { "+", TOK_PLUS }, { "-", TOK_MINUS }, { "<", TOK_LT },
	{ ">", TOK_GT }, { "~", TOK_TILDE }, { "!", TOK_NOT }, { "&", TOK_AMP },
	{ "^", TOK_CARET }, { "|", TOK_PIPE },
};

size_t lex__char_size(const char *str)
{
	unsigned char c = str[0];
	size_t size = c >= 0xf0 && c < 0xf8 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;

	if (c >= 0xf8)
		return 1;
	for (size_t i = 1; i < size; i++) {
		if ((str[i] & 0xc0) != 0x80)
			return 1;
	}
	return size;
}

/* The length of a literal in quotes, both counted; 0 when the closing one is missing. */
static size_t quoted__len(const char *str)
{
	for (size_t i = 1; str[i]; i++) {
		if (str[i] == str[0])
			return i + 1;
		if (str[i] == '\\' && str[i + 1])
			i++;
	}
	return 0;
}

static struct token lex__one(const char *text, size_t pos)
{
	const char *str = text + pos;
	struct token tok = { .kind = TOK_BAD, .span = { .pos = pos } };
	size_t len = 0;

	if (!*str) {
		tok.kind = TOK_END;
	} else if (lex__is_name_start(*str)) {
		while (lex__is_name_char(str[len]))
			len++;
		tok.kind = TOK_NAME;
	} else if (lex__is_digit(*str)) {
		while (lex__is_name_char(str[len]) || str[len] == '.')
			len++;
		tok.kind = TOK_NUMBER;
	} else if (*str == '"' || *str == '\'') {
		len = quoted__len(str);
		if (len)
			tok.kind = *str == '"' ? TOK_STRING : TOK_CHAR;
		else
			len = strlen(str);
	} else {
		for (size_t i = 0; i < sizeof(puncts) / sizeof(puncts[0]) && !len; i++) {
			if (strncmp(str, puncts[i].text, strlen(puncts[i].text)))
				continue;
			tok.kind = puncts[i].kind;
			len = strlen(puncts[i].text);
		}
		if (!len)
			len = lex__char_size(str);
	}
	tok.span.len = len;
	return tok;
}

struct token *lex__split(const char *text, size_t start)
{
	/* No token but the last is empty. */
	struct token *toks = calloc(strlen(text + start) + 1, sizeof(*toks));
	size_t nr = 0, pos = start;

	if (!toks)
		return NULL;
	for (;;) {
		while (lex__is_space(text[pos]))
			pos++;
		toks[nr] = lex__one(text, pos);
		if (toks[nr].kind == TOK_END || toks[nr].kind == TOK_BAD)
			return toks;
		pos += toks[nr].span.len;
		nr++;
	}
}

int lex__complain(const char *text, const struct token *bad, struct diag *diag)
{
	const char *str = text + bad->span.pos;
	unsigned char c = *str;

	if (c == '"' || c == '\'') {
		diag__error_at(diag, -EINVAL, bad->span, "missing %c at the end of the %s", c,
			       c == '"' ? "string" : "character");
		return -EINVAL;
	}
	if (c < 0x20 || c == 0x7f)
		return diag__error_at(diag, -EINVAL, bad->span, "unexpected byte 0x%02x", c);

	diag__error_at(diag, -EINVAL, bad->span, "unexpected character '%.*s'",
		       (int)bad->span.len, str);
	if (c == ';')
		diag__hint(diag, "items are separated by commas");
	else if (c == '$' && (!strncmp(str, "$ret", 4)))
		diag__hint(diag, "the return value is called 'return'");
	else if (c == '$')
		diag__hint(diag, "parameters go by the names they have in the source");
	else if (!strncmp(str, "\u2018", 3) || !strncmp(str, "\u2019", 3))
		diag__hint(diag, "write it with a plain '");
	else if (!strncmp(str, "\u201c", 3) || !strncmp(str, "\u201d", 3))
		diag__hint(diag, "write it with a plain \"");
	else if (!strncmp(str, "\u2192", 3))
		diag__hint(diag, "write it as ->");
	return -EINVAL;
}
