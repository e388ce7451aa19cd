// SPDX-License-Identifier: GPL-2.0-only
/* The tree of an expression: its end, and its text for tests. */
#include <inttypes.h>
#include <stdlib.h>

#include "../util/buf.h"
#include "parser.h"

static const char *const op_texts[] = {
	[OP_DEREF] = "*", [OP_ADDR] = "&", [OP_NEG] = "-", [OP_PLUS] = "+",
	[OP_NOT] = "!", [OP_BITNOT] = "~", [OP_MUL] = "*", [OP_DIV] = "/",
	[OP_MOD] = "%", [OP_ADD] = "+", [OP_SUB] = "-", [OP_SHL] = "<<",
	[OP_SHR] = ">>", [OP_LT] = "<", [OP_LE] = "<=", [OP_GT] = ">",
	[OP_GE] = ">=", [OP_EQ] = "==", [OP_NE] = "!=", [OP_MATCH] = "~",
	[OP_AND] = "&", [OP_XOR] = "^", [OP_OR] = "|", [OP_LAND] = "&&",
	[OP_LOR] = "||",
};

const char *expr_op__text(enum expr_op op)
{
	if (op < OP_DEREF || op > OP_LOR)
		return "?";
	return op_texts[op];
}

static void node__free(struct expr *node)
{
	free(node->name);
	free(node->type.name);
	free(node->args);
	free(node);
}

void parser__drop(struct parser *p)
{
	for (unsigned int i = 0; i < p->nr_nodes; i++)
		node__free(p->nodes[i]);
	p->nr_nodes = 0;
}

void expr__free(struct expr *expr)
{
	if (!expr)
		return;
	for (unsigned int i = 0; i < expr->nr_args; i++)
		expr__free(expr->args[i]);
	node__free(expr);
}

static void dump_type(const struct type_name *type, struct buf *out)
{
	static const char *const tags[] = {
		[TYPE_NAME_PLAIN] = "", [TYPE_NAME_STRUCT] = "struct ",
		[TYPE_NAME_UNION] = "union ", [TYPE_NAME_ENUM] = "enum ",
	};

	buf__addf(out, "[%s%s%s", tags[type->tag], type->name, type->ptr_depth ? " " : "");
	buf__fill(out, '*', type->ptr_depth);
	buf__addc(out, ']');
}

static void dump_string(const struct expr *expr, struct buf *out)
{
	buf__addc(out, '"');
	for (unsigned int i = 0; i < expr->str_len; i++) {
		unsigned char c = expr->name[i];

		if (c == '"' || c == '\\')
			buf__addf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			buf__addf(out, "\\x%02x", c);
		else
			buf__addc(out, c);
	}
	buf__addc(out, '"');
}

/* What a node with arguments is called in front of them. */
static void dump_head(const struct expr *expr, struct buf *out)
{
	switch (expr->kind) {
	case EXPR_MEMBER:
		buf__adds(out, expr->arrow ? "->" : ".");
		break;
	case EXPR_INDEX:
		buf__adds(out, "[]");
		break;
	case EXPR_UNARY:
	case EXPR_BINARY:
		buf__adds(out, expr_op__text(expr->op));
		break;
	case EXPR_COND:
		buf__adds(out, "?");
		break;
	case EXPR_CAST:
		buf__adds(out, "cast ");
		dump_type(&expr->type, out);
		break;
	case EXPR_SIZEOF:
		buf__adds(out, expr->type.name ? "sizeof " : "sizeof");
		if (expr->type.name)
			dump_type(&expr->type, out);
		break;
	case EXPR_CALL:
		buf__addf(out, "call %s", expr->name);
		break;
	case EXPR_CONTAINER_OF:
		buf__adds(out, "container_of ");
		dump_type(&expr->type, out);
		break;
	case EXPR_AT_RETURN:
		buf__adds(out, "@return");
		break;
	default:
		buf__adds(out, "by-type ");
		dump_type(&expr->type, out);
	}
}

static void dump(const struct expr *expr, struct buf *out)
{
	static const char *const suffixes[] = { "", "l", "ll" };

	switch (expr->kind) {
	case EXPR_NAME:
		buf__adds(out, expr->name);
		return;
	case EXPR_RETURN:
		buf__adds(out, "return");
		return;
	case EXPR_STRING:
		dump_string(expr, out);
		return;
	case EXPR_NUMBER:
		buf__addf(out, expr->is_unsigned ? "%" PRIu64 "u%s" : "%" PRId64 "%s",
			  expr->number, suffixes[expr->rank]);
		return;
	default:
		break;
	}
	buf__addc(out, '(');
	dump_head(expr, out);
	for (unsigned int i = 0; i < expr->nr_args; i++) {
		buf__addc(out, ' ');
		dump(expr->args[i], out);
	}
	if (expr->kind == EXPR_MEMBER)
		buf__addf(out, " %s", expr->name);
	buf__addc(out, ')');
}

char *expr__dump(const struct expr *expr)
{
	struct buf out = BUF_INIT;

	dump(expr, &out);
	return buf__take(&out);
}
