// SPDX-License-Identifier: GPL-2.0-only
/* What expressions and types are parsed with. */
#include "parser.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *parser__error(struct parser *p, struct span span, const char *fmt, ...)
{
	char *msg = NULL;
	va_list ap;

	if (p->err)
		return NULL;
	va_start(ap, fmt);
	if (vasprintf(&msg, fmt, ap) < 0)
		msg = NULL;
	va_end(ap);
	if (!msg)
		return parser__no_memory(p);
	p->err = diag__error_at(p->diag, -EINVAL, span, "%s", msg);
	free(msg);
	return NULL;
}

void *parser__no_memory(struct parser *p)
{
	if (!p->err)
		p->err = -ENOMEM;
	return NULL;
}

void *parser__unexpected(struct parser *p, const char *what)
{
	if (p->err)
		return NULL;
	if (p->tok->kind == TOK_BAD)
		p->err = lex__complain(p->text, p->tok, p->diag);
	else if (p->tok->kind == TOK_END)
		parser__error(p, p->tok->span, "%s is missing at the end", what);
	else
		parser__error(p, p->tok->span, "%s is missing before '%.*s'", what,
			      TOKEN_ARGS(p->text, p->tok->span));
	return NULL;
}

bool parser__is(const struct parser *p, const struct token *tok, const char *str)
{
	return strlen(str) == tok->span.len && !memcmp(p->text + tok->span.pos, str, tok->span.len);
}

bool parser__accept(struct parser *p, enum token_kind kind)
{
	if (p->tok->kind != kind)
		return false;
	p->tok++;
	return true;
}

bool parser__close(struct parser *p, enum token_kind kind, struct span open)
{
	const char *text = kind == TOK_RPAREN ? "')'" : "']'";

	if (parser__accept(p, kind))
		return true;
	if (p->tok->kind == TOK_END)
		parser__error(p, open, "'%.*s' is never closed", TOKEN_ARGS(p->text, open));
	else
		parser__unexpected(p, text);
	return false;
}

char *parser__copy(struct parser *p, struct span span)
{
	char *str = strndup(p->text + span.pos, span.len);

	if (!str)
		parser__no_memory(p);
	return str;
}

struct span span__join(struct span first, struct span last)
{
	return (struct span){ first.pos, last.pos + last.len - first.pos };
}
