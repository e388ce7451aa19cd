// SPDX-License-Identifier: GPL-2.0-only
/* Strings compared with literals: ==, != and, with a glob, ~. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

bool check__is_match(const struct value *a, const struct value *b)
{
	return a->form == FORM_LITERAL || b->form == FORM_LITERAL || a->form == FORM_STRING ||
	       b->form == FORM_STRING;
}

/* The ']' that ends the set at @s, NULL: none. As in fnmatch(3), one right behind '[' is in it. */
static const char *find_close(const char *s, const char *end)
{
	s++;
	if (s < end && (*s == '!' || *s == '^'))
		s++;
	if (s < end && *s == ']')
		s++;
	while (s < end && *s != ']')
		s++;
	return s < end ? s : NULL;
}

/* Elements of a glob: characters, ?, [...]. Returns 0, -EINVAL for what is never closed. */
static int count_elements(struct check *c, const struct expr *e, unsigned int *nr)
{
	const char *end = e->name + e->str_len;

	*nr = 0;
	for (const char *s = e->name; s < end; s++) {
		if (*s == '*')
			continue;
		++*nr;
		if (*s == '\\' && s + 1 < end)
			s++;
		else if (*s == '[')
			s = find_close(s, end);
		if (!s) {
			diag__error_at(c->diag, -EINVAL, e->span,
				       "a '[' in this pattern is never closed");
			diag__hint(c->diag, "[[] stands for the character itself");
			return -EINVAL;
		}
	}
	return 0;
}

static int check_literal(struct check *c, const struct expr *e, bool is_glob)
{
	unsigned int nr = e->str_len;

	if (memchr(e->name, '\0', e->str_len))
		return diag__error_at(c->diag, -EINVAL, e->span,
				      "a string ends at its first \\0: there can be none in it");
	if (is_glob && count_elements(c, e, &nr))
		return -EINVAL;
	if (nr > TYPED_MAX_MATCH)
		return diag__error_at(c->diag, -EINVAL, e->span, "more than %d characters to "
				      "compare with", TYPED_MAX_MATCH);
	return 0;
}

/* In a scope, what is shown by a name compares with that: an enum, a code address. */
static bool use_shown(struct check *c, struct value *v)
{
	int index = -ENOENT;

	if (c->scope && v->form == FORM_VALUE && v->expr->op == TYPED_PARAM)
		index = c->scope->shown(c->scope->ctx, v->expr->index);
	if (index < 0)
		return false;
	v->expr = tree__new(c, TYPED_PARAM, NULL, NULL);
	v->expr->index = index;
	v->form = FORM_STRING;
	v->max_size = 0;
	return true;
}

/* What is compared has to be a string: str(), comm(), a char pointer or array. */
static int check_string(struct check *c, const struct expr *e, struct value *v)
{
	struct type_info info;
	int err;

	if (v->form == FORM_STRING || use_shown(c, v))
		return 0;
	if (v->form == FORM_BYTES || v->form == FORM_LITERAL)
		return diag__error_at(c->diag, -EINVAL, e->span, v->form == FORM_LITERAL ?
				      "one side has to be a string of the kernel's" :
				      "these are bytes that can only be recorded");
	ctype__info(c, v->type, &info);
	if (ctype__is_char_pointer(c, v->type) ||
	    (v->form == FORM_PLACE && info.cls == TYPE_ARRAY &&
	     type__is_char(c->func->btf, info.target))) {
		err = check__load(c, e->span, v);
		v->form = FORM_STRING;
		v->max_size = 0;
		return err;
	}
	check__type_error(c, e->span, "%s is no string, it does not compare with one", v->type);
	if (info.cls == TYPE_POINTER || (info.cls == TYPE_ARRAY && v->form == FORM_PLACE))
		diag__hint(c->diag, "if there is one, say so: str(...)");
	else if (info.size == 1)
		diag__hint(c->diag, "a character is written in single quotes: 'a'");
	return -EINVAL;
}

/* Quotes what would mean something in a glob. */
static void add_quoted(const struct expr *e, struct buf *out)
{
	for (unsigned int i = 0; i < e->str_len; i++) {
		if (strchr("*?[\\", e->name[i]))
			buf__addc(out, '\\');
		buf__addc(out, e->name[i]);
	}
}

static struct typed_expr *match(struct check *c, const struct value *string,
				const struct expr *literal, bool is_glob)
{
	struct typed_expr *expr = tree__new(c, TYPED_MATCH, string->expr, NULL);
	struct buf text = BUF_INIT;

	if (expr == &c->nowhere)
		return expr;
	expr->at_return |= string->at_return;
	expr->is_glob = is_glob;
	/* str(p, n) is the first n characters, whatever comes behind them. */
	if (!is_glob && string->max_size && literal->str_len >= string->max_size)
		return tree__const(c, 0);
	if (!is_glob && string->max_size && literal->str_len == string->max_size - 1) {
		expr->is_glob = true;
		add_quoted(literal, &text);
		buf__addc(&text, '*');
	} else {
		buf__add(&text, literal->name, literal->str_len);
		buf__add(&text, "", 0);
	}
	expr->str_len = text.len;
	expr->string = buf__take(&text);
	if (!expr->string)
		c->err = -ENOMEM;
	return expr;
}

/* ip4(x) == "10.0.0.1" */
static int match_ip4(struct check *c, const struct expr *e, const struct value *address,
		     const struct value *literal, struct value *v)
{
	const struct expr *text = literal->literal;
	struct typed_expr *number;
	uint32_t bytes;

	if (strlen(text->name) != text->str_len || inet_pton(AF_INET, text->name, &bytes) != 1) {
		diag__error_at(c->diag, -EINVAL, text->span, "this is no IPv4 address");
		diag__hint(c->diag, "as in ip4(x) == \"127.0.0.1\"");
		return -EINVAL;
	}
	number = tree__const(c, bytes);
	*v = (struct value){
		.expr = tree__alu(c, e->op == OP_EQ ? ALU_EQ : ALU_NE, address->expr, number),
		.type = ctype__base(c, BASE_INT),
	};
	return 0;
}

int check__match(struct check *c, const struct expr *e, struct value *a, struct value *b,
		 struct value *v)
{
	bool swapped = a->form == FORM_LITERAL && b->form != FORM_LITERAL;
	const struct expr *string_expr = e->args[swapped];
	struct value *string = swapped ? b : a, *literal = swapped ? a : b;
	bool is_glob = e->op == OP_MATCH;
	struct typed_expr *expr;
	int err;

	if (literal->form != FORM_LITERAL) {
		diag__error_at(c->diag, -EINVAL, e->span,
			       "a string can only be compared with one in quotes");
		return -EINVAL;
	}
	if (string->form == FORM_VALUE && string->display == DISPLAY_IP4 &&
	    (e->op == OP_EQ || e->op == OP_NE))
		return match_ip4(c, e, string, literal, v);
	err = check_string(c, string_expr, string);
	if (!err && e->op != OP_EQ && e->op != OP_NE && !is_glob)
		err = diag__error_at(c->diag, -EINVAL, e->name_span,
				     "strings compare by == and !=, and by ~ with a pattern");
	if (!err)
		err = check_literal(c, literal->literal, is_glob);
	if (!err && is_glob && string->max_size) {
		err = diag__error_at(c->diag, -EINVAL, string_expr->span,
				     "~ looks at all of a string, not at its first characters");
		diag__hint(c->diag, "leave out the number: str(p) ~ \"ab*\"");
	}
	if (err)
		return err;
	expr = match(c, string, literal->literal, is_glob);
	if (e->op == OP_NE)
		expr = tree__not(c, expr);
	*v = (struct value){ .expr = expr, .type = ctype__base(c, BASE_INT) };
	return 0;
}
