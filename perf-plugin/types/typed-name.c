// SPDX-License-Identifier: GPL-2.0-only
#include "typed-name.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#define MAX_LEN	64

static void add_path(const struct expr *e, struct buf *out);

static const char *word_of(enum expr_op op)
{
	switch (op) {
	case OP_ADD:	return "_";
	case OP_SUB:	return "_minus_";
	case OP_MUL:	return "_times_";
	case OP_DIV:	return "_div_";
	case OP_MOD:	return "_mod_";
	case OP_SHL:	return "_shl_";
	case OP_SHR:	return "_shr_";
	case OP_LT:	return "_lt_";
	case OP_LE:	return "_le_";
	case OP_GT:	return "_gt_";
	case OP_GE:	return "_ge_";
	case OP_EQ:	return "_eq_";
	case OP_NE:	return "_ne_";
	case OP_MATCH:	return "_like_";
	case OP_XOR:	return "_xor_";
	case OP_OR: case OP_LOR:
		return "_or_";
	default:
		return "_and_";
	}
}

/* What is no part of an identifier becomes one _. */
static void add_words(const char *text, size_t len, struct buf *out)
{
	for (size_t i = 0; i < len; i++) {
		if (isalnum((unsigned char)text[i]) || text[i] == '_')
			buf__addc(out, text[i]);
		else if (out->len && out->data[out->len - 1] != '_')
			buf__addc(out, '_');
	}
}

static void add_unary(const struct expr *e, struct buf *out)
{
	if (e->op == OP_NEG)
		buf__adds(out, "minus_");
	else if (e->op == OP_NOT)
		buf__adds(out, "not_");
	else if (e->op == OP_BITNOT)
		buf__adds(out, "inv_");
	add_path(e->args[0], out);
}

static void add_args(const struct expr *e, const char *between, struct buf *out)
{
	for (unsigned int i = 0; i < e->nr_args; i++) {
		if (i)
			buf__adds(out, between);
		add_path(e->args[i], out);
	}
}

/* A name that a type or built-in gives. */
static void add_named(const struct expr *e, struct buf *out)
{
	switch (e->kind) {
	case EXPR_SIZEOF:
		buf__adds(out, "sizeof_");
		if (e->nr_args)
			add_path(e->args[0], out);
		else
			add_words(e->type.name, strlen(e->type.name), out);
		break;
	case EXPR_CALL:		/* str(p) is p to who reads it, cpu() has no other name */
		if (e->nr_args)
			add_path(e->args[0], out);
		else
			add_words(e->name, strlen(e->name), out);
		break;
	default:		/* container_of(), (T): functions differ in their names for it */
		add_words(e->type.name, strlen(e->type.name), out);
	}
}

static void add_path(const struct expr *e, struct buf *out)
{
	switch (e->kind) {
	case EXPR_NAME:
		buf__adds(out, e->name);
		break;
	case EXPR_RETURN:
		buf__adds(out, "retval");
		break;
	case EXPR_NUMBER:
		buf__addf(out, "%" PRIu64, e->number);
		break;
	case EXPR_STRING:
		add_words(e->name, e->str_len, out);
		break;
	case EXPR_MEMBER:
		add_path(e->args[0], out);
		buf__addf(out, "__%s", e->name);
		break;
	case EXPR_INDEX:
		add_args(e, "__", out);
		break;
	case EXPR_UNARY:
		add_unary(e, out);
		break;
	case EXPR_BINARY:
		add_args(e, word_of(e->op), out);
		break;
	case EXPR_COND:
		add_args(e, "_", out);
		break;
	case EXPR_CAST:
		add_path(e->args[0], out);
		break;
	case EXPR_AT_RETURN:
		add_path(e->args[0], out);
		buf__adds(out, "__return");
		break;
	case EXPR_SIZEOF: case EXPR_CALL: case EXPR_CONTAINER_OF: case EXPR_BY_TYPE:
		add_named(e, out);
		break;
	}
}

/* A way through objects that anyone would name by its members. */
static bool is_chain(const struct expr *e)
{
	while (e->kind == EXPR_MEMBER || e->kind == EXPR_AT_RETURN ||
	       (e->kind == EXPR_INDEX && e->args[1]->kind == EXPR_NUMBER) ||
	       (e->kind == EXPR_UNARY && e->op == OP_DEREF))
		e = e->args[0];
	return e->kind == EXPR_NAME || e->kind == EXPR_RETURN;
}

void typed_name__add_path(const struct expr *e, struct buf *out)
{
	struct buf path = BUF_INIT;
	size_t len;

	add_path(e, &path);
	len = path.len;
	if (len > MAX_LEN && !is_chain(e))
		len = MAX_LEN;
	while (len && path.data[len - 1] == '_' && !is_chain(e))
		len--;
	if (!len)
		buf__adds(out, "value");
	else if (isdigit((unsigned char)path.data[0]))
		buf__addc(out, '_');
	if (len)
		buf__add(out, path.data, len);
	buf__exit(&path);
}

char *typed_name__fold(const char *text, struct span span)
{
	struct buf out = BUF_INIT;
	char quote = '\0';

	for (unsigned int i = span.pos; i < span.pos + span.len; i++) {
		char c = text[i];

		if (quote && c == '\\' && i + 1 < span.pos + span.len) {
			buf__addc(&out, c);
			c = text[++i];
		} else if (quote ? c == quote : c == '"' || c == '\'') {
			quote = quote ? '\0' : c;
		} else if (!quote && isspace((unsigned char)c)) {
			if (!out.len || out.data[out.len - 1] == ' ')
				continue;
			c = ' ';
		}
		buf__addc(&out, c);
	}
	return buf__take(&out);
}
