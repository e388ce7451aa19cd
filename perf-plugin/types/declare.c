// SPDX-License-Identifier: GPL-2.0-only
/*
 * C declarations of BTF types. C wraps a declaration around its name from the inside out, in the
 * order in which BTF goes from a type to what it is made of: pointer and qualifiers to the left,
 * array and parameters to the right, and at the end the name of the innermost type in front.
 */
#include <string.h>
#include <bpf/btf.h>

#include "type.h"

/* Loops and growth without end in broken BTF stop at these. */
#define MAX_CHAIN	64
#define MAX_DEPTH	8
#define MAX_STEPS	4096

#define MAX_NAME	512

#define QUAL_CONST	(1u << 0)
#define QUAL_VOLATILE	(1u << 1)
#define QUAL_RESTRICT	(1u << 2)

struct declaration {
	const struct btf *btf;
	unsigned int depth;	/* parameters within parameters */
	unsigned int *steps;	/* over all depths */
	unsigned int quals;	/* seen, and belonging to what comes next */
	bool at_pointer;	/* the last thing wrapped around the name was a '*' */
	struct buf text;
};

static void declare(const struct btf *btf, uint32_t id, const char *name, unsigned int depth,
		    unsigned int *steps, struct buf *out);

static const char *name_of(const struct btf *btf, uint32_t name_off)
{
	const char *name = btf__str_by_offset(btf, name_off);

	return name ? name : "";
}

/* Names have no limit in BTF; the kernel's own are shorter than this. */
static void add_name(const char *name, struct buf *out)
{
	buf__add(out, name, strnlen(name, MAX_NAME));
}

/* "const volatile ", without the last blank when nothing @follows. */
static void add_quals(unsigned int quals, bool follows, struct buf *out)
{
	static const char *const names[] = { "const", "volatile", "restrict" };
	unsigned int i;

	for (i = 0; i < 3; i++) {
		if (!(quals & (1u << i)))
			continue;
		quals &= ~(1u << i);
		buf__adds(out, names[i]);
		if (quals || follows)
			buf__addc(out, ' ');
	}
}

/* Puts @left in front of the text and @right behind it. @left is used up. */
static void wrap(struct declaration *decl, struct buf *left, const char *right)
{
	buf__adds(left, buf__str(&decl->text));
	buf__adds(left, right);
	buf__exit(&decl->text);
	decl->text = *left;
	*left = (struct buf)BUF_INIT;
}

static void wrap_pointer(struct declaration *decl)
{
	struct buf left = BUF_INIT;

	buf__addc(&left, '*');
	add_quals(decl->quals, decl->text.len, &left);
	decl->quals = 0;
	wrap(decl, &left, "");
	decl->at_pointer = true;
}

/* '*' binds less than [] and (): what is a pointer to an array or function needs parentheses. */
static void close_pointer(struct declaration *decl)
{
	struct buf left = BUF_INIT;

	if (!decl->at_pointer)
		return;
	buf__addc(&left, '(');
	wrap(decl, &left, ")");
	decl->at_pointer = false;
}

static void wrap_array(struct declaration *decl, const struct btf_type *t)
{
	close_pointer(decl);
	/* const of an array is const of its elements: the qualifiers stay. */
	if (btf_array(t)->nelems)
		buf__addf(&decl->text, "[%u]", btf_array(t)->nelems);
	else
		buf__adds(&decl->text, "[]");
}

static void wrap_params(struct declaration *decl, const struct btf_type *t)
{
	const struct btf_param *params = btf_params(t);
	unsigned int i, nr = btf_vlen(t);

	close_pointer(decl);
	decl->quals = 0;
	if (decl->depth >= MAX_DEPTH) {
		buf__adds(&decl->text, "(...)");
		return;
	}
	buf__addc(&decl->text, '(');
	for (i = 0; i < nr && *decl->steps < MAX_STEPS; i++) {
		if (i)
			buf__adds(&decl->text, ", ");
		if (i == nr - 1 && !params[i].type && !params[i].name_off)
			buf__adds(&decl->text, "...");
		else
			declare(decl->btf, params[i].type, name_of(decl->btf, params[i].name_off),
				decl->depth + 1, decl->steps, &decl->text);
	}
	buf__adds(&decl->text, nr ? ")" : "void)");
}

/* The keyword that goes before the name; NULL for what no declaration can end in. */
static const char *tag_of(const struct btf_type *t)
{
	switch (btf_kind(t)) {
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPEDEF:
		return "";
	case BTF_KIND_STRUCT:
		return "struct ";
	case BTF_KIND_UNION:
		return "union ";
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return "enum ";
	case BTF_KIND_FWD:
		return btf_kflag(t) ? "union " : "struct ";
	default:
		return NULL;
	}
}

/* Compilers name the integers in an order in which nobody writes them. */
static const char *usual_name(const char *name)
{
	static const char *const names[][2] = {
		{ "long unsigned int", "unsigned long" },
		{ "long long unsigned int", "unsigned long long" },
		{ "short unsigned int", "unsigned short" },
		{ "long int", "long" },
		{ "long long int", "long long" },
		{ "short int", "short" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!strcmp(name, names[i][0]))
			return names[i][1];
	}
	return name;
}

static void add_base(const struct btf *btf, const struct btf_type *t, struct buf *out)
{
	const char *tag, *name;

	if (t && btf_kind(t) == BTF_KIND_UNKN) {
		buf__adds(out, "void");
		return;
	}
	tag = t ? tag_of(t) : NULL;
	name = tag ? name_of(btf, t->name_off) : "";
	if (!tag || (!*tag && !*name)) {
		buf__adds(out, "(invalid)");
		return;
	}
	buf__adds(out, tag);
	if (btf_is_int(t))
		name = usual_name(name);
	add_name(*name ? name : "{...}", out);
}

/* What has a name of its own ends the declaration: "const struct sk_buff" in front of the rest. */
static void finish(struct declaration *decl, const struct btf_type *t, struct buf *out)
{
	add_quals(decl->quals, true, out);
	add_base(decl->btf, t, out);
	if (decl->text.len) {
		if (buf__str(&decl->text)[0] != '[')
			buf__addc(out, ' ');
		buf__add(out, decl->text.data, decl->text.len);
	}
	if (decl->text.failed)
		out->failed = true;
}

/* Takes one step from @t to what it is made of. Returns false when @t has a name of its own. */
static bool step(struct declaration *decl, const struct btf_type *t, uint32_t *next)
{
	*next = t->type;
	switch (btf_kind(t)) {
	case BTF_KIND_CONST:
		decl->quals |= QUAL_CONST;
		return true;
	case BTF_KIND_VOLATILE:
		decl->quals |= QUAL_VOLATILE;
		return true;
	case BTF_KIND_RESTRICT:
		decl->quals |= QUAL_RESTRICT;
		return true;
	case BTF_KIND_TYPE_TAG:
		return true;
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
		if (!decl->text.len)
			add_name(name_of(decl->btf, t->name_off), &decl->text);
		return true;
	case BTF_KIND_PTR:
		wrap_pointer(decl);
		return true;
	case BTF_KIND_ARRAY:
		wrap_array(decl, t);
		*next = btf_array(t)->type;
		return true;
	case BTF_KIND_FUNC_PROTO:
		wrap_params(decl, t);
		return true;
	default:
		return false;
	}
}

static void declare(const struct btf *btf, uint32_t id, const char *name, unsigned int depth,
		    unsigned int *steps, struct buf *out)
{
	struct declaration decl = { .btf = btf, .depth = depth, .steps = steps, .text = BUF_INIT };
	const struct btf_type *t = btf__type_by_id(btf, id);
	unsigned int i;

	add_name(name, &decl.text);
	for (i = 0; t; i++) {
		if (i == MAX_CHAIN || ++*steps > MAX_STEPS) {
			t = NULL;
			break;
		}
		if (!step(&decl, t, &id))
			break;
		t = btf__type_by_id(btf, id);
	}
	finish(&decl, t, out);
	buf__exit(&decl.text);
}

void type__declare(const struct btf *btf, uint32_t id, const char *name, struct buf *out)
{
	unsigned int steps = 0;

	declare(btf, id, name, 0, &steps, out);
}

void type__name(const struct btf *btf, uint32_t id, struct buf *out)
{
	type__declare(btf, id, "", out);
}
