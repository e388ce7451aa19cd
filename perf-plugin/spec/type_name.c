// SPDX-License-Identifier: GPL-2.0-only
/* Types as C writes them: in casts, sizeof, container_of and as a parameter by its type. */
#include "parser.h"

#include <stdlib.h>
#include <string.h>

#define TYPE_MAX_POINTERS 8

/* C's words for base types; a type is made of several of them, in any order. */
enum base_word {
	BASE_SIGNED, BASE_UNSIGNED, BASE_SHORT, BASE_LONG, BASE_CHAR, BASE_INT, BASE_BOOL,
	BASE_FLOAT, BASE_DOUBLE, BASE_INT128, BASE_VOID, NR_BASE_WORDS,
};

static const struct {
	const char *text;
	enum base_word word;
} base_words[] = {
	{ "signed", BASE_SIGNED }, { "unsigned", BASE_UNSIGNED }, { "short", BASE_SHORT },
	{ "long", BASE_LONG }, { "char", BASE_CHAR }, { "int", BASE_INT }, { "_Bool", BASE_BOOL },
	{ "bool", BASE_BOOL }, { "float", BASE_FLOAT }, { "double", BASE_DOUBLE },
	{ "__int128", BASE_INT128 }, { "void", BASE_VOID },
};

/* Say nothing about a value's layout; some are sparse's, which kernel sources are full of. */
static const char *const qualifiers[] = {
	"const", "volatile", "restrict", "__restrict", "__user", "__rcu", "__percpu", "__iomem",
	"__kernel",
};

/* Typedefs that are known to be types without asking anybody: (u32)x is a cast. */
static const char *const typedefs[] = {
	"u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64",
	"__u8", "__u16", "__u32", "__u64", "__s8", "__s16", "__s32", "__s64",
	"__le16", "__le32", "__le64", "__be16", "__be32", "__be64", "__sum16", "__wsum",
	"uint8_t", "uint16_t", "uint32_t", "uint64_t", "int8_t", "int16_t", "int32_t", "int64_t",
	"size_t", "ssize_t", "loff_t", "off_t", "uintptr_t", "ptrdiff_t", "uint", "ulong", "ushort",
	"pid_t", "uid_t", "gid_t", "kuid_t", "kgid_t", "dev_t", "mode_t", "umode_t", "gfp_t",
	"fmode_t", "sector_t", "blkcnt_t", "dma_addr_t", "phys_addr_t", "resource_size_t",
	"atomic_t", "atomic64_t", "atomic_long_t", "refcount_t", "ktime_t", "time64_t",
};

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static bool is_one_of(const struct parser *p, const struct token *tok, const char *const *words,
		      size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (parser__is(p, tok, words[i]))
			return true;
	}
	return false;
}

static bool is_qualifier(const struct parser *p, const struct token *tok)
{
	return tok->kind == TOK_NAME && is_one_of(p, tok, qualifiers, NR(qualifiers));
}

bool parser__is_tag(const struct parser *p, const struct token *tok)
{
	return tok->kind == TOK_NAME && (parser__is(p, tok, "struct") ||
					 parser__is(p, tok, "union") || parser__is(p, tok, "enum"));
}

static int base_word__find(const struct parser *p, const struct token *tok)
{
	if (tok->kind != TOK_NAME)
		return -1;
	for (size_t i = 0; i < NR(base_words); i++) {
		if (parser__is(p, tok, base_words[i].text))
			return base_words[i].word;
	}
	return -1;
}

bool parser__is_type_keyword(const struct parser *p, const struct token *tok)
{
	return parser__is_tag(p, tok) || is_qualifier(p, tok) || base_word__find(p, tok) >= 0;
}

bool parser__at_type(const struct parser *p, const struct token *tok)
{
	bool pointer = false;

	if (parser__is_type_keyword(p, tok))
		return true;
	if (tok->kind != TOK_NAME)
		return false;
	if (is_one_of(p, tok, typedefs, NR(typedefs)))
		return true;
	/* "name *)": no expression ends in a star. */
	for (tok++; tok->kind == TOK_STAR || is_qualifier(p, tok); tok++)
		pointer |= tok->kind == TOK_STAR;
	return pointer && tok->kind == TOK_RPAREN;
}

const struct token *parser__skip_type(const struct parser *p, const struct token *tok)
{
	while (is_qualifier(p, tok))
		tok++;
	if (parser__is_tag(p, tok) && tok[1].kind == TOK_NAME) {
		tok += 2;
	} else if (base_word__find(p, tok) >= 0) {
		while (base_word__find(p, tok) >= 0)
			tok++;
	} else if (tok->kind == TOK_NAME) {
		tok++;
	}
	while (tok->kind == TOK_STAR || is_qualifier(p, tok))
		tok++;
	return tok;
}

/* The base type in the spelling of the kernel's BTF (gcc's DWARF); NULL: C has no such type. */
static const char *base__name(const unsigned int *nr)
{
	bool u = nr[BASE_UNSIGNED], s = nr[BASE_SIGNED];
	unsigned int sized = nr[BASE_CHAR] + nr[BASE_BOOL] + nr[BASE_FLOAT] + nr[BASE_DOUBLE] +
			     nr[BASE_INT128] + nr[BASE_VOID];

	for (unsigned int i = 0; i < NR_BASE_WORDS; i++) {
		if (nr[i] > (i == BASE_LONG ? 2 : 1))
			return NULL;
	}
	if (u && s)
		return NULL;
	if (sized) {
		if (sized > 1 || nr[BASE_SHORT] || nr[BASE_LONG] || nr[BASE_INT])
			return NULL;
		if (nr[BASE_CHAR])
			return u ? "unsigned char" : s ? "signed char" : "char";
		if (nr[BASE_INT128])
			return u ? "__int128 unsigned" : "__int128";
		if (u || s)
			return NULL;
		return nr[BASE_BOOL] ? "_Bool" : nr[BASE_FLOAT] ? "float" :
		       nr[BASE_DOUBLE] ? "double" : "void";
	}
	if (nr[BASE_SHORT])
		return nr[BASE_LONG] ? NULL : u ? "short unsigned int" : "short int";
	if (nr[BASE_LONG] == 1)
		return u ? "long unsigned int" : "long int";
	if (nr[BASE_LONG])
		return u ? "long long unsigned int" : "long long int";
	return u ? "unsigned int" : "int";
}

static void skip_qualifiers(struct parser *p)
{
	while (is_qualifier(p, p->tok))
		p->tok++;
}

/* struct T, union T, enum T */
static int type__parse_tag(struct parser *p, struct type_name *type)
{
	const struct token *tag = p->tok++;

	type->tag = parser__is(p, tag, "struct") ? TYPE_NAME_STRUCT :
		    parser__is(p, tag, "union") ? TYPE_NAME_UNION : TYPE_NAME_ENUM;
	if (p->tok->kind != TOK_NAME || parser__is_type_keyword(p, p->tok)) {
		parser__unexpected(p, type->tag == TYPE_NAME_STRUCT ? "a struct's name" :
				      type->tag == TYPE_NAME_UNION ? "a union's name" :
								     "an enum's name");
		return p->err;
	}
	type->name = parser__copy(p, p->tok->span);
	p->tok++;
	return p->err;
}

/* unsigned long, char, ... */
static int type__parse_base(struct parser *p, struct type_name *type)
{
	unsigned int nr[NR_BASE_WORDS] = { 0 };
	struct span first = p->tok->span, last = first;
	const char *name;
	int word;

	for (;; p->tok++) {
		word = base_word__find(p, p->tok);
		if (word >= 0)
			nr[word]++;
		else if (!is_qualifier(p, p->tok))
			break;
		last = p->tok->span;
	}
	name = base__name(nr);
	if (!name) {
		first = span__join(first, last);
		parser__error(p, first, "there is no type '%.*s'", TOKEN_ARGS(p->text, first));
		return p->err;
	}
	type->name = strdup(name);
	if (!type->name)
		parser__no_memory(p);
	return p->err;
}

int parser__type(struct parser *p, struct type_name *type)
{
	const struct token *first = p->tok;

	*type = (struct type_name){ 0 };
	skip_qualifiers(p);
	if (parser__is_tag(p, p->tok)) {
		type__parse_tag(p, type);
	} else if (base_word__find(p, p->tok) >= 0) {
		type__parse_base(p, type);
	} else if (p->tok->kind == TOK_NAME) {
		type->name = parser__copy(p, p->tok->span);
		p->tok++;
	} else {
		parser__unexpected(p, "a type");
	}
	for (; !p->err; p->tok++) {
		if (p->tok->kind == TOK_STAR)
			type->ptr_depth++;
		else if (!is_qualifier(p, p->tok))
			break;
		if (type->ptr_depth > TYPE_MAX_POINTERS)
			parser__error(p, p->tok->span, "more than %d stars in a type",
				      TYPE_MAX_POINTERS);
	}
	if (!p->err) {
		type->span = span__join(first->span, p->tok[-1].span);
		if (p->tok->kind == TOK_LBRACKET)
			parser__error(p, p->tok->span, "an array can't be the type here");
		else if (p->tok->kind == TOK_LPAREN)
			parser__error(p, p->tok->span, "a function can't be the type here");
		if (p->err)
			diag__hint(p->diag, "name the pointer: (void *)");
	}
	if (p->err) {
		free(type->name);
		type->name = NULL;
	}
	return p->err;
}
