// SPDX-License-Identifier: GPL-2.0-only
/* Expressions: C's, by precedence climbing, with a few of our own (see spec.h). */
#include "parser.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "literal.h"

static const struct binary_op {
	enum token_kind tok;
	enum expr_op op;
	unsigned int prec;	/* the higher binds tighter */
} binary_ops[] = {
	{ TOK_OROR, OP_LOR, 1 },   { TOK_ANDAND, OP_LAND, 2 }, { TOK_PIPE, OP_OR, 3 },
	{ TOK_CARET, OP_XOR, 4 },  { TOK_AMP, OP_AND, 5 },     { TOK_EQ, OP_EQ, 6 },
	{ TOK_NE, OP_NE, 6 },      { TOK_TILDE, OP_MATCH, 6 }, { TOK_LT, OP_LT, 7 },
	{ TOK_LE, OP_LE, 7 },      { TOK_GT, OP_GT, 7 },       { TOK_GE, OP_GE, 7 },
	{ TOK_SHL, OP_SHL, 8 },    { TOK_SHR, OP_SHR, 8 },     { TOK_PLUS, OP_ADD, 9 },
	{ TOK_MINUS, OP_SUB, 9 },  { TOK_STAR, OP_MUL, 10 },   { TOK_SLASH, OP_DIV, 10 },
	{ TOK_PERCENT, OP_MOD, 10 },
};

static const struct {
	enum token_kind tok;
	enum expr_op op;
} unary_ops[] = {
	{ TOK_STAR, OP_DEREF }, { TOK_AMP, OP_ADDR }, { TOK_MINUS, OP_NEG },
	{ TOK_PLUS, OP_PLUS },  { TOK_NOT, OP_NOT },  { TOK_TILDE, OP_BITNOT },
};

static struct expr *parse_cond(struct parser *p);
static struct expr *parse_prefix(struct parser *p);
static struct expr *parse_literal(struct parser *p);

static struct expr *node__new(struct parser *p, enum expr_kind kind, struct span span)
{
	struct expr *node;

	if (p->err)
		return NULL;
	if (p->nr_nodes == p->cap_nodes) {
		unsigned int cap = p->cap_nodes ? 2 * p->cap_nodes : 32;
		struct expr **nodes = reallocarray(p->nodes, cap, sizeof(*nodes));

		if (!nodes)
			return parser__no_memory(p);
		p->nodes = nodes;
		p->cap_nodes = cap;
	}
	node = calloc(1, sizeof(*node));
	if (!node)
		return parser__no_memory(p);
	node->kind = kind;
	node->span = span;
	node->name_span = span;
	node->height = 1;
	p->nodes[p->nr_nodes++] = node;
	return node;
}

/* Makes @child the last argument of @node. Returns @node, NULL on an error. */
static struct expr *node__add(struct parser *p, struct expr *node, struct expr *child)
{
	struct expr **args;

	if (!node || !child)
		return NULL;
	args = reallocarray(node->args, node->nr_args + 1, sizeof(*args));
	if (!args)
		return parser__no_memory(p);
	node->args = args;
	node->args[node->nr_args++] = child;
	if (child->height >= node->height)
		node->height = child->height + 1;
	if (node->height > EXPR_MAX_DEPTH)
		return parser__error(p, node->name_span, "more than %d operations in one another",
				     EXPR_MAX_DEPTH);
	return node;
}

/* A node with the arguments @a and @b (may be NULL on an error only). */
static struct expr *node__with(struct parser *p, enum expr_kind kind, struct span name_span,
			       struct expr *a, struct expr *b)
{
	struct expr *node;

	if (!a || !b)
		return NULL;
	node = node__new(p, kind, span__join(a->span, b->span));
	if (!node)
		return NULL;
	node->name_span = name_span;
	return node__add(p, node__add(p, node, a), b);
}

static struct expr *node__with_name(struct parser *p, enum expr_kind kind, struct span span)
{
	struct expr *node = node__new(p, kind, span);

	if (!node)
		return NULL;
	node->name = parser__copy(p, span);
	return node->name ? node : NULL;
}

/* Every way of recursion goes through here, so that no text can overflow the stack. */
static bool parser__enter(struct parser *p)
{
	if (p->depth >= EXPR_MAX_DEPTH) {
		parser__error(p, p->tok->span, "nested more than %d deep", EXPR_MAX_DEPTH);
		return false;
	}
	p->depth++;
	return true;
}

static void parser__leave(struct parser *p)
{
	p->depth--;
}

static bool starts_operand(const struct token *tok)
{
	switch (tok->kind) {
	case TOK_NAME: case TOK_NUMBER: case TOK_CHAR: case TOK_STRING: case TOK_LPAREN:
	case TOK_STAR: case TOK_AMP: case TOK_MINUS: case TOK_PLUS: case TOK_NOT: case TOK_TILDE:
		return true;
	default:
		return false;
	}
}

/*
 * "(name)" with something behind it that could not follow an expression: a cast to a typedef.
 * Also before "(", because nothing that stands in parentheses could be called.
 */
static bool at_typedef_cast(const struct parser *p, const struct token *tok)
{
	if (tok[0].kind != TOK_NAME || tok[1].kind != TOK_RPAREN ||
	    parser__is(p, tok, "return") || parser__is(p, tok, "sizeof"))
		return false;
	switch (tok[2].kind) {
	case TOK_NAME: case TOK_NUMBER: case TOK_CHAR: case TOK_STRING: case TOK_LPAREN:
	case TOK_NOT:
		return true;
	default:
		return false;
	}
}

/* member [. member | [n]]..., relative to a struct: the last argument of container_of */
static struct expr *parse_member_path(struct parser *p)
{
	struct expr *path, *index;
	struct span op;

	if (p->tok->kind != TOK_NAME)
		return parser__unexpected(p, "a member's name");
	path = node__with_name(p, EXPR_NAME, p->tok++->span);
	while (path) {
		op = p->tok->span;
		if (parser__accept(p, TOK_DOT)) {
			struct expr *node;

			if (p->tok->kind != TOK_NAME)
				return parser__unexpected(p, "a member's name");
			node = node__with_name(p, EXPR_MEMBER, p->tok++->span);
			if (node)
				node->span = span__join(path->span, node->span);
			path = node__add(p, node, path);
		} else if (parser__accept(p, TOK_LBRACKET)) {
			if (p->tok->kind != TOK_NUMBER)
				return parser__unexpected(p, "a number");
			index = parse_literal(p);
			path = node__with(p, EXPR_INDEX, op, path, index);
			if (!path || !parser__close(p, TOK_RBRACKET, op))
				return NULL;
			path->span = span__join(path->span, p->tok[-1].span);
		} else {
			break;
		}
	}
	return path;
}

/* After "container_of(" */
static struct expr *parse_container_of(struct parser *p, const struct token *name)
{
	struct expr *node = node__new(p, EXPR_CONTAINER_OF, name->span);

	node = node__add(p, node, parse_cond(p));
	if (!node)
		return NULL;
	if (!parser__accept(p, TOK_COMMA))
		return parser__unexpected(p, "',' and the struct's type");
	if (parser__type(p, &node->type))
		return NULL;
	if (node->type.ptr_depth) {
		parser__error(p, node->type.span,
			      "container_of takes the struct, not a pointer to it");
		diag__hint(p->diag, "leave out the *");
		return NULL;
	}
	if (!parser__accept(p, TOK_COMMA))
		return parser__unexpected(p, "',' and the member's name");
	node = node__add(p, node, parse_member_path(p));
	if (!node || !parser__close(p, TOK_RPAREN, name[1].span))
		return NULL;
	node->span = span__join(name->span, p->tok[-1].span);
	return node;
}

/* After "name(": a built-in and its arguments. */
static struct expr *parse_call(struct parser *p, const struct token *name)
{
	struct expr *node;

	if (parser__is(p, name, "container_of"))
		return parse_container_of(p, name);

	node = node__with_name(p, EXPR_CALL, name->span);
	if (node && p->tok->kind != TOK_RPAREN) {
		do {
			node = node__add(p, node, parse_cond(p));
		} while (node && parser__accept(p, TOK_COMMA));
	}
	if (!node || !parser__close(p, TOK_RPAREN, name[1].span))
		return NULL;
	node->span = span__join(name->span, p->tok[-1].span);
	return node;
}

/* A type without parentheses, most likely of a declaration: "struct sk_buff *skb" */
static struct expr *parse_type_in_operand(struct parser *p)
{
	const struct token *first = p->tok, *end = parser__skip_type(p, first);

	parser__error(p, first->span, "a type can't stand here");
	if (parser__is(p, first, "void") && end == first + 1)
		diag__hint(p->diag, "no parentheses at all record every parameter, () none");
	else if (end->kind == TOK_NAME)
		diag__hint(p->diag, "write the parameter's name alone: %.*s",
			   TOKEN_ARGS(p->text, end->span));
	return NULL;
}

static struct expr *parse_sizeof(struct parser *p)
{
	struct span word = p->tok++->span, open = p->tok->span;
	struct expr *node = node__new(p, EXPR_SIZEOF, word);

	if (!node)
		return NULL;
	if (p->tok->kind == TOK_LPAREN && parser__at_type(p, p->tok + 1)) {
		p->tok++;
		if (parser__type(p, &node->type) || !parser__close(p, TOK_RPAREN, open))
			return NULL;
	} else {
		node = node__add(p, node, parse_prefix(p));
		if (!node)
			return NULL;
	}
	node->span = span__join(word, p->tok[-1].span);
	return node;
}

static struct expr *parse_return(struct parser *p)
{
	struct expr *node = node__new(p, EXPR_RETURN, p->tok->span);

	p->tok++;
	if (p->tok->kind == TOK_LPAREN) {
		parser__error(p, p->tok->span, "'return' is a value, not a function");
		return NULL;
	}
	return node;
}

static struct expr *parse_name(struct parser *p)
{
	const struct token *name = p->tok;

	if (parser__is(p, name, "return"))
		return parse_return(p);
	if (parser__is(p, name, "sizeof"))
		return parse_sizeof(p);
	if (parser__is_type_keyword(p, name) ||
	    (name[1].kind == TOK_NAME && parser__at_type(p, name)))
		return parse_type_in_operand(p);
	p->tok++;
	if (parser__accept(p, TOK_LPAREN))
		return parse_call(p, name);
	return node__with_name(p, EXPR_NAME, name->span);
}

static struct expr *parse_literal(struct parser *p)
{
	const struct token *tok = p->tok++;
	struct expr *node = node__new(p, tok->kind == TOK_STRING ? EXPR_STRING : EXPR_NUMBER,
				      tok->span);
	struct number num = { 0 };
	int err;

	if (!node)
		return NULL;
	if (tok->kind == TOK_STRING)
		err = literal__string(p->text, tok->span, &node->name, &node->str_len, p->diag);
	else if (tok->kind == TOK_CHAR)
		err = literal__char(p->text, tok->span, &num, p->diag);
	else
		err = literal__number(p->text, tok->span, &num, p->diag);
	if (err) {
		p->err = err;
		return NULL;
	}
	node->number = num.value;
	node->is_unsigned = num.is_unsigned;
	node->rank = num.rank;
	return node;
}

static void *parse_no_operand(struct parser *p)
{
	const struct token *tok = p->tok;

	if (tok->kind == TOK_CHANGE)
		parser__error(p, tok->span, "'%.*s': nothing can be changed",
			      TOKEN_ARGS(p->text, tok->span));
	else
		parser__unexpected(p, "an expression");
	if (tok->kind == TOK_PERCENT)
		diag__hint(p->diag, "registers have no names here: use the parameter's");
	else if (tok->kind == TOK_DOT && tok[1].kind == TOK_DOT)
		diag__hint(p->diag, "for all parameters write the function's name alone");
	else if (tok->kind == TOK_ASSIGN)
		diag__hint(p->diag, "'==' compares");
	return NULL;
}

/* ( expression ) or, where no cast, (type) */
static struct expr *parse_parens(struct parser *p)
{
	struct span open = p->tok++->span;
	struct expr *node = NULL;

	if (parser__at_type(p, p->tok)) {
		node = node__new(p, EXPR_BY_TYPE, open);
		if (!node || parser__type(p, &node->type))
			return NULL;
		node->name_span = node->type.span;
	} else {
		node = parse_cond(p);
	}
	if (!node || !parser__close(p, TOK_RPAREN, open))
		return NULL;
	node->span = span__join(open, p->tok[-1].span);
	return node;
}

static struct expr *parse_primary(struct parser *p)
{
	switch (p->tok->kind) {
	case TOK_NAME:
		return parse_name(p);
	case TOK_NUMBER: case TOK_CHAR: case TOK_STRING:
		return parse_literal(p);
	case TOK_LPAREN:
		return parse_parens(p);
	default:
		return parse_no_operand(p);
	}
}

/* After . or -> */
static struct expr *parse_member(struct parser *p, struct expr *of, bool arrow)
{
	struct expr *node;

	if (p->tok->kind != TOK_NAME)
		return parser__unexpected(p, "a member's name");
	node = node__with_name(p, EXPR_MEMBER, p->tok->span);
	p->tok++;
	if (!node)
		return NULL;
	if (p->tok->kind == TOK_LPAREN) {
		parser__error(p, p->tok->span, "functions can't be called");
		return NULL;
	}
	node->arrow = arrow;
	node->span = span__join(of->span, node->name_span);
	return node__add(p, node, of);
}

/* After [ */
static struct expr *parse_index(struct parser *p, struct expr *of, struct span open)
{
	struct expr *index, *node;

	if (p->tok->kind == TOK_RBRACKET)
		return parser__unexpected(p, "an index");
	index = parse_cond(p);
	node = node__with(p, EXPR_INDEX, open, of, index);
	if (!node || !parser__close(p, TOK_RBRACKET, open))
		return NULL;
	node->name_span = node->args[1]->span;
	node->span = span__join(of->span, p->tok[-1].span);
	return node;
}

static struct expr *parse_postfix(struct parser *p)
{
	struct expr *node = parse_primary(p);

	while (node) {
		struct span op = p->tok->span;

		if (parser__accept(p, TOK_ARROW))
			node = parse_member(p, node, true);
		else if (parser__accept(p, TOK_DOT))
			node = parse_member(p, node, false);
		else if (parser__accept(p, TOK_LBRACKET))
			node = parse_index(p, node, op);
		else
			break;
	}
	return node;
}

static struct expr *parse_cast(struct parser *p)
{
	struct span open = p->tok++->span;
	struct expr *node = node__new(p, EXPR_CAST, open);

	if (!node || parser__type(p, &node->type) || !parser__close(p, TOK_RPAREN, open))
		return NULL;
	node->name_span = node->type.span;
	node = node__add(p, node, parse_prefix(p));
	if (node)
		node->span = span__join(open, node->args[0]->span);
	return node;
}

/* "(type)" with an operand behind it; the closing parenthesis is looked for, not parsed. */
static bool at_cast(const struct parser *p)
{
	const struct token *tok = p->tok;

	if (tok->kind != TOK_LPAREN)
		return false;
	if (at_typedef_cast(p, tok + 1))
		return true;
	if (!parser__at_type(p, tok + 1))
		return false;
	while (tok->kind != TOK_RPAREN && tok->kind != TOK_END && tok->kind != TOK_BAD)
		tok++;
	return tok->kind == TOK_RPAREN && starts_operand(tok + 1);
}

static struct expr *parse_unary_op(struct parser *p, enum expr_op op)
{
	struct expr *node = node__new(p, EXPR_UNARY, p->tok++->span);

	if (!node)
		return NULL;
	node->op = op;
	node = node__add(p, node, parse_prefix(p));
	if (node)
		node->span = span__join(node->span, node->args[0]->span);
	return node;
}

/* A unary expression without the @return behind it. */
static struct expr *parse_prefix(struct parser *p)
{
	struct expr *node = NULL;
	size_t i;

	if (!parser__enter(p))
		return NULL;
	for (i = 0; i < sizeof(unary_ops) / sizeof(unary_ops[0]); i++) {
		if (unary_ops[i].tok == p->tok->kind)
			break;
	}
	if (i < sizeof(unary_ops) / sizeof(unary_ops[0]))
		node = parse_unary_op(p, unary_ops[i].op);
	else if (at_cast(p))
		node = parse_cast(p);
	else
		node = parse_postfix(p);
	parser__leave(p);
	return node;
}

/* A unary expression and the @return behind it. */
static struct expr *parse_unary(struct parser *p)
{
	struct expr *arg, *node;
	struct span at;

	arg = parse_prefix(p);
	at = p->tok->span;
	if (!arg || !parser__accept(p, TOK_AT))
		return arg;
	if (p->tok->kind != TOK_NAME || !parser__is(p, p->tok, "return")) {
		parser__error(p, at, "only 'return' can follow '@'");
		return NULL;
	}
	at = span__join(at, p->tok->span);
	p->tok++;
	node = node__new(p, EXPR_AT_RETURN, span__join(arg->span, at));
	if (!node)
		return NULL;
	node->name_span = at;
	switch (p->tok->kind) {
	case TOK_ARROW: case TOK_DOT: case TOK_LBRACKET: case TOK_AT:
		parser__error(p, at, "'@return' stands behind the whole value");
		diag__hint(p->diag, "as in skb->len@return");
		return NULL;
	default:
		return node__add(p, node, arg);
	}
}

static const struct binary_op *binary_op__find(enum token_kind kind)
{
	for (size_t i = 0; i < sizeof(binary_ops) / sizeof(binary_ops[0]); i++) {
		if (binary_ops[i].tok == kind)
			return &binary_ops[i];
	}
	return NULL;
}

static struct expr *parse_binary(struct parser *p, unsigned int min_prec)
{
	struct expr *left = parse_unary(p), *right;
	const struct binary_op *op;

	while (left) {
		struct span span = p->tok->span;

		op = binary_op__find(p->tok->kind);
		if (!op || op->prec < min_prec)
			break;
		p->tok++;
		if (op->op == OP_MATCH && p->tok->kind != TOK_STRING) {
			parser__error(p, p->tok->span,
				      "'~' needs a pattern in double quotes behind it");
			diag__hint(p->diag, "as in comm() ~ \"nginx*\"");
			return NULL;
		}
		right = parse_binary(p, op->prec + 1);
		left = node__with(p, EXPR_BINARY, span, left, right);
		if (left)
			left->op = op->op;
	}
	return left;
}

/* After "cond ?" */
static struct expr *parse_choice(struct parser *p, struct expr *cond, struct span op)
{
	struct expr *node, *yes, *no = NULL;

	if (p->tok->kind == TOK_COLON) {
		parser__unexpected(p, "an expression");
		diag__hint(p->diag, "write a ? a : b");
		return NULL;
	}
	yes = parse_cond(p);
	if (yes && !parser__accept(p, TOK_COLON))
		return parser__unexpected(p, "the ':' of '?'");
	if (yes)
		no = parse_cond(p);
	if (!no)
		return NULL;
	node = node__new(p, EXPR_COND, span__join(cond->span, no->span));
	if (!node)
		return NULL;
	node->name_span = op;
	return node__add(p, node__add(p, node__add(p, node, cond), yes), no);
}

static struct expr *parse_cond(struct parser *p)
{
	struct expr *node = parse_binary(p, 1);
	struct span op = p->tok->span;

	if (!node || !parser__accept(p, TOK_QUESTION))
		return node;
	if (!parser__enter(p))
		return NULL;
	node = parse_choice(p, node, op);
	parser__leave(p);
	return node;
}

/* A type and nothing else up to the end of the item; "void" is C's word for no parameters. */
static bool at_bare_type(const struct parser *p)
{
	const struct token *end = parser__skip_type(p, p->tok);

	if (end->kind != TOK_RPAREN && end->kind != TOK_COMMA)
		return false;
	if (p->tok->kind != TOK_NAME || parser__is(p, p->tok, "return") ||
	    parser__is(p, p->tok, "sizeof") || (parser__is(p, p->tok, "void") && end == p->tok + 1))
		return false;
	return parser__at_type(p, p->tok) || end[-1].kind == TOK_STAR;
}

struct expr *parser__item(struct parser *p)
{
	struct expr *node;

	if (!at_bare_type(p))
		return parser__expr(p);
	node = node__new(p, EXPR_BY_TYPE, p->tok->span);
	if (!node || parser__type(p, &node->type))
		return NULL;
	node->span = node->type.span;
	node->name_span = node->type.span;
	return node;
}

struct expr *parser__expr(struct parser *p)
{
	struct expr *expr = parse_cond(p);

	return p->err ? NULL : expr;
}

void *parser__junk(struct parser *p)
{
	const struct token *tok = p->tok;

	if (p->err)
		return NULL;
	if (tok->kind == TOK_BAD) {
		p->err = lex__complain(p->text, tok, p->diag);
		return NULL;
	}
	if (tok->kind == TOK_CHANGE)
		return parse_no_operand(p);
	if (tok->kind == TOK_ASSIGN) {
		parser__error(p, tok->span, "nothing can be assigned to");
		diag__hint(p->diag, "'==' compares");
		return NULL;
	}
	parser__error(p, tok->span, "unexpected '%.*s'", TOKEN_ARGS(p->text, tok->span));
	if (tok->kind == TOK_NAME && (parser__is(p, tok, "and") || parser__is(p, tok, "or")))
		diag__hint(p->diag, "write %s", parser__is(p, tok, "and") ? "&&" : "||");
	else if (tok->kind == TOK_COLON && parser__at_type(p, tok + 1))
		diag__hint(p->diag, "a value gets another type by a cast: (%.*s)...",
			   TOKEN_ARGS(p->text, tok[1].span));
	else if (tok->kind == TOK_NOT && tok[1].kind == TOK_TILDE)
		diag__hint(p->diag, "write !(a ~ \"pattern\")");
	return NULL;
}
