// SPDX-License-Identifier: GPL-2.0-only
#include "track.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../types/type.h"
#include "../util/buf.h"

static bool is_name(const char *text)
{
	if (!isalpha((unsigned char)*text) && *text != '_')
		return false;
	while (isalnum((unsigned char)*text) || *text == '_')
		text++;
	return !*text;
}

static int refuse(const char *text, struct diag *diag)
{
	diag__exit(diag);
	*diag = (struct diag)DIAG_INIT;
	diag__error(diag, -EINVAL, "'%s' is no parameter's name and no type of objects", text);
	diag__hint(diag, "as in skb, sk_buff, 'struct sk_buff *'");
	return -EINVAL;
}

static int parse_type(const char *text, struct track_what *out, struct diag *diag)
{
	struct buf expr = BUF_INIT;
	int err;

	buf__addf(&expr, "(%s)", text);
	err = expr.failed ? -ENOMEM : expr__parse(buf__str(&expr), &out->type, diag);
	buf__exit(&expr);
	if (err == -ENOMEM)
		return err;
	if (err || out->type->kind != EXPR_BY_TYPE || out->type->type.ptr_depth > 1)
		return refuse(text, diag);
	out->type->type.ptr_depth = 1;
	return 0;
}

int track_what__parse(const char *text, struct track_what *out, struct diag *diag)
{
	int err = 0;

	*out = (struct track_what){ .text = strdup(text) };
	if (!out->text)
		return -ENOMEM;
	if (!is_name(text))
		err = parse_type(text, out, diag);
	if (err)
		track_what__exit(out);
	return err;
}

void track_what__exit(struct track_what *what)
{
	free(what->text);
	expr__free(what->type);
	*what = (struct track_what){ NULL, NULL };
}

/* What the parameter points to, if it is something that can be an object. */
static bool points_to(const struct kfunc *func, unsigned int index, struct typed_type *type)
{
	struct type_info info, target;

	type__info(func->btf, func->params[index].type, &info);
	if (info.cls != TYPE_POINTER)
		return false;
	type__info(func->btf, info.target, &target);
	*type = (struct typed_type){ .id = target.id, .ptr_depth = 1 };
	return target.cls == TYPE_STRUCT || target.cls == TYPE_UNION || target.cls == TYPE_FWD ||
	       target.cls == TYPE_VOID;
}

static bool has_type_name(const struct kfunc *func, const struct typed_type *type,
			  const char *name)
{
	const struct btf_type *t = type->id ? btf__type_by_id(func->btf, type->id) : NULL;
	const char *own = t ? btf__name_by_offset(func->btf, t->name_off) : NULL;

	return own && !strcmp(own, name);
}

static int find_index(const struct track_what *what, const struct kfunc *func,
		      struct typed_type *type)
{
	int index = what->type ? -ENOENT : kfunc__find_param(func, what->text);

	if (index >= 0 && points_to(func, index, type))
		return index;
	for (unsigned int i = 0; i < func->nr_params; i++) {
		uint32_t id = func->params[i].type;

		if (!points_to(func, i, type))
			continue;
		if (what->type ? typed__is_type(func->btf, id, &what->type->type) :
				 has_type_name(func, type, what->text))
			return i;
	}
	return -ENOENT;
}

int track_what__find(const struct track_what *what, const struct kfunc *func,
		     struct typed_expr *expr, struct typed_type *type)
{
	int index = find_index(what, func, type);

	if (index < 0)
		return index;
	*expr = (struct typed_expr){ .op = TYPED_PARAM, .index = index };
	return abi__param(func, index, &expr->param) ? -ENOENT : 0;
}

uint32_t track__flow_type(const struct btf *btf)
{
	uint32_t id = type__find(btf, "u64", BTF_KIND_TYPEDEF);

	return id ? id : type__find(btf, "long unsigned int", BTF_KIND_INT);
}

/* ---- notes --------------------------------------------------------------------------------- */

/* The operation that has acc = parameter @index. */
static int arg_op(const struct kfunc *func, unsigned int index, struct bs_op *op)
{
	struct abi_param param;

	if (index >= func->nr_params || abi__param(func, index, &param) || !param.nr_words)
		return -ENOENT;
	*op = (struct bs_op){
		.code = BS_OP_ARG,
		.imm = BS_ARG(param.word, param.place + (param.on_stack ? BS_ARG_STACK : 0)),
	};
	return 0;
}

static void fill_note(enum track_note note, struct bs_op first, struct bs_op second,
		      struct bs_op *ops)
{
	const struct bs_op set = { .code = BS_OP_SET };
	const struct bs_op end = { .code = BS_OP_UNTRACK, .flags = BS_F_IMM };

	switch (note) {
	case NOTE_END:
		*ops++ = first;
		*ops++ = end;
		break;
	case NOTE_END_MANY:
		*ops++ = first;
		*ops++ = set;
		*ops++ = second;
		*ops++ = (struct bs_op){ .code = BS_OP_UNTRACK };
		break;
	case NOTE_END_MEMBER:
		*ops++ = second;
		*ops++ = set;
		*ops++ = first;
		*ops++ = (struct bs_op){ .code = BS_OP_ALU, .size = BS_ALU_SUB };
		*ops++ = end;
		break;
	case NOTE_COPY:
		*ops++ = second;
		*ops++ = (struct bs_op){ .code = BS_OP_TRACKED };
		*ops++ = set;
		*ops++ = first;
		*ops++ = (struct bs_op){ .code = BS_OP_TRACK, .size = BS_TRACK_AS };
		break;
	}
}

int track__plan_note(enum track_note note, const struct kfunc *func, unsigned int index,
		     struct bs_plan **out)
{
	struct bs_op first, second = { .code = BS_OP_END };
	struct bs_plan *plan;

	if (arg_op(func, index, &first) ||
	    (note != NOTE_END && arg_op(func, index + 1, &second)))
		return -ENOENT;
	plan = calloc(1, sizeof(*plan));
	if (!plan)
		return -ENOMEM;
	fill_note(note, first, second, plan->entry_filter);
	while (plan->entry_filter[plan->nr_entry_filter_ops].code != BS_OP_END)
		plan->nr_entry_filter_ops++;
	*out = plan;
	return 0;
}
