// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../util/buf.h"
#include "type.h"
#include "typed.h"

#define WORD		8
#define MAX_SUGGESTIONS	3
#define MAX_BY_VALUE	(2 * WORD)	/* larger ones are passed in memory */

/*
 * What an expression stands for while it is resolved: a value, or a place in memory whose address
 * @expr gives, or a part of a parameter that is an aggregate passed by value.
 */
struct value {
	enum { VALUE, PLACE, BY_VALUE } kind;
	struct typed_expr *expr;
	uint32_t type;
	uint32_t bit_off;	/* BY_VALUE: in the parameter; PLACE: below 8, of a bitfield */
	uint32_t bit_size;	/* of a bitfield; 0: none */
	bool is_retval;
	bool is_bare_param;
};

struct resolver {
	const struct kfunc *func;
	struct diag *diag;
};

static void typed_expr__free(struct typed_expr *expr)
{
	while (expr) {
		struct typed_expr *base = expr->base;

		free(expr);
		expr = base;
	}
}

/* Puts a step on top of @base, which it takes over also on failure. */
static struct typed_expr *step(enum typed_op op, struct typed_expr *base, int64_t imm,
			       unsigned int size, bool is_signed)
{
	struct typed_expr *expr = calloc(1, sizeof(*expr));

	if (!expr) {
		typed_expr__free(base);
		return NULL;
	}
	*expr = (struct typed_expr){
		.op = op, .base = base, .imm = imm, .size = size, .is_signed = is_signed,
	};
	return expr;
}

static struct typed_expr *add(struct typed_expr *base, int64_t offset)
{
	if (!offset || !base)
		return base;
	if (base->op == TYPED_ADD) {
		base->imm += offset;
		return base;
	}
	return step(TYPED_ADD, base, offset, 0, false);
}

/* The @size bytes at the address @base gives. */
static struct typed_expr *load(struct typed_expr *base, unsigned int size, bool is_signed)
{
	if (base && base->op == TYPED_ADD) {
		base->op = TYPED_LOAD;
		base->size = size;
		base->is_signed = is_signed;
		return base;
	}
	return step(TYPED_LOAD, base, 0, size, is_signed);
}

static void diag_type(struct resolver *r, int err, struct span span, const char *fmt,
		      uint32_t type)
{
	struct buf name = BUF_INIT;

	type__name(r->func->btf, type, &name);
	diag__error_at(r->diag, err, span, fmt, buf__str(&name));
	buf__exit(&name);
}

/* "did you mean 'a', 'b' or 'c'?" */
static void hint_names(struct resolver *r, const char **names, unsigned int nr)
{
	struct buf text = BUF_INIT;

	for (unsigned int i = 0; i < nr; i++) {
		if (i)
			buf__adds(&text, i + 1 == nr ? " or " : ", ");
		buf__addf(&text, "'%s'", names[i]);
	}
	if (nr)
		diag__hint(r->diag, "did you mean %s?", buf__str(&text));
	buf__exit(&text);
}

static const char *param_name(const struct kfunc *func, unsigned int i)
{
	const char *name = btf__name_by_offset(func->btf, func->params[i].name_off);

	return name ? name : "";
}

static int unknown_param(struct resolver *r, const struct expr *e)
{
	struct buf text = BUF_INIT;

	diag__error_at(r->diag, -ENOENT, e->name_span, "'%s' has no parameter '%s'", r->func->name,
		       e->name);
	for (unsigned int i = 0; i < r->func->nr_params; i++)
		if (param_name(r->func, i)[0])
			buf__addf(&text, "%s%s", text.len ? ", " : "", param_name(r->func, i));
	if (text.len)
		diag__hint(r->diag, "its parameters are: %s", buf__str(&text));
	else
		diag__hint(r->diag, r->func->nr_params ? "its parameters have no names" :
							 "it has no parameters");
	buf__exit(&text);
	return -ENOENT;
}

static int resolve_param(struct resolver *r, unsigned int index, struct span span, struct value *v)
{
	const struct kfunc *func = r->func;
	struct type_info info;
	struct abi_param place;

	if (abi__param(func, index, &place)) {
		diag_type(r, -EINVAL, span, "cannot tell where this parameter is passed: type %s",
			  func->params[index].type);
		return -EINVAL;
	}
	type__info(func->btf, func->params[index].type, &info);
	*v = (struct value){ .type = func->params[index].type, .is_bare_param = true };
	v->expr = step(TYPED_PARAM, NULL, 0, 0, false);
	if (!v->expr)
		return -ENOMEM;
	v->expr->param = place;
	if (info.cls == TYPE_STRUCT || info.cls == TYPE_UNION || place.nr_words > 1)
		v->kind = BY_VALUE;
	else if (info.size < WORD)
		v->expr = step(TYPED_EXTEND, v->expr, 0, info.size, info.is_signed);
	return v->expr ? 0 : -ENOMEM;
}

static int resolve_name(struct resolver *r, const struct expr *e, struct value *v)
{
	for (unsigned int i = 0; i < r->func->nr_params; i++)
		if (!strcmp(param_name(r->func, i), e->name))
			return resolve_param(r, i, e->span, v);
	return unknown_param(r, e);
}

static int resolve_return(struct resolver *r, struct span span, struct value *v)
{
	struct type_info info;

	type__info(r->func->btf, r->func->ret_id, &info);
	if (info.cls == TYPE_VOID) {
		diag__error_at(r->diag, -EINVAL, span, "'%s' returns nothing", r->func->name);
		return -EINVAL;
	}
	if (!abi__returns_in_register(r->func)) {
		diag_type(r, -EINVAL, span,
			  "the return value cannot be read: %s is not returned in one register",
			  r->func->ret_id);
		return -EINVAL;
	}
	*v = (struct value){ .type = r->func->ret_id, .is_retval = true };
	v->expr = step(TYPED_RETVAL, NULL, 0, 0, false);
	if (!v->expr)
		return -ENOMEM;
	v->expr->param = (struct abi_param){ .nr_words = 1, .size = info.size };
	if (info.cls == TYPE_STRUCT || info.cls == TYPE_UNION)
		v->kind = BY_VALUE;
	else if (info.size < WORD)
		v->expr = step(TYPED_EXTEND, v->expr, 0, info.size, info.is_signed);
	return v->expr ? 0 : -ENOMEM;
}

/* A bitfield of a place: the bytes it is in, then its bits. */
static int load_bits(struct resolver *r, struct span span, struct value *v, bool is_signed)
{
	unsigned int bytes = (v->bit_off + v->bit_size + 7) / 8;

	if (bytes > WORD) {
		typed_expr__free(v->expr);
		diag__error_at(r->diag, -EINVAL, span, "a bitfield across more than 8 bytes");
		return -EINVAL;
	}
	v->expr = load(v->expr, bytes, false);
	if (v->expr)
		v->expr = step(TYPED_BITS, v->expr, v->bit_off, v->bit_size, is_signed);
	return v->expr ? 0 : -ENOMEM;
}

/* A scalar member of an aggregate that is passed by value: bits of one of its words. */
static int by_value_bits(struct resolver *r, struct span span, struct value *v,
			 const struct type_info *info)
{
	unsigned int size = v->bit_size ? v->bit_size : info->size * 8;
	unsigned int word = v->bit_off / (8 * WORD), bit = v->bit_off % (8 * WORD);

	if (bit + size > 8 * WORD || word >= v->expr->param.nr_words) {
		typed_expr__free(v->expr);
		diag__error_at(r->diag, -EINVAL, span, "a member across two registers");
		return -EINVAL;
	}
	v->expr->imm = word;
	if (size < 8 * WORD)
		v->expr = step(TYPED_BITS, v->expr, bit, size, info->is_signed);
	return v->expr ? 0 : -ENOMEM;
}

/* Makes a scalar at a place, or in a parameter's words, a value. Frees @v's expression on error. */
static int to_value(struct resolver *r, struct span span, struct value *v)
{
	struct type_info info;
	int err = 0;

	if (v->kind == VALUE)
		return 0;
	type__info(r->func->btf, v->type, &info);
	if (v->kind == BY_VALUE) {
		err = by_value_bits(r, span, v, &info);
	} else if (v->bit_size) {
		err = load_bits(r, span, v, info.is_signed);
	} else if (info.cls != TYPE_ARRAY) {	/* an array's value is its address */
		v->expr = load(v->expr, info.size, info.is_signed);
		err = v->expr ? 0 : -ENOMEM;
	}
	v->kind = VALUE;
	v->bit_size = 0;
	v->is_bare_param = false;
	v->is_retval = false;
	if (err)
		v->expr = NULL;
	return err;
}

/* Makes *@v, a pointer or an array, what it points to. */
static int dereference(struct resolver *r, struct span span, struct value *v)
{
	struct type_info info, target;
	int err;

	type__info(r->func->btf, v->type, &info);
	if (info.cls != TYPE_POINTER && info.cls != TYPE_ARRAY) {
		diag_type(r, -EINVAL, span, "this is no pointer but %s", v->type);
		return -EINVAL;
	}
	type__info(r->func->btf, info.target, &target);
	if (target.cls == TYPE_VOID || target.cls == TYPE_FUNC) {
		diag_type(r, -EINVAL, span, "nothing is known of what %s points to", v->type);
		return -EINVAL;
	}
	if (target.cls == TYPE_FWD) {
		diag_type(r, -EINVAL, span, "%s is only declared here: its members are not known",
			  info.target);
		return -EINVAL;
	}
	v->is_bare_param = false;
	v->is_retval = false;
	if (v->kind == BY_VALUE && info.cls == TYPE_ARRAY) {
		v->type = info.target;	/* the first element, where the array is */
		return 0;
	}
	err = to_value(r, span, v);
	v->kind = PLACE;
	v->type = info.target;
	return err;
}

static int unknown_member(struct resolver *r, const struct expr *e, uint32_t type)
{
	const char *names[MAX_SUGGESTIONS];
	struct type_info info;
	struct buf name = BUF_INIT;
	unsigned int nr;

	type__info(r->func->btf, type, &info);
	type__name(r->func->btf, info.id, &name);
	diag__error_at(r->diag, -ENOENT, e->name_span, "no member '%s' in %s", e->name,
		       buf__str(&name));
	buf__exit(&name);
	nr = type__suggest_member(r->func->btf, info.id, e->name, names, MAX_SUGGESTIONS);
	hint_names(r, names, nr);
	return -ENOENT;
}

static int check_aggregate(struct resolver *r, const struct expr *e, const struct value *v)
{
	struct type_info info, target;

	type__info(r->func->btf, v->type, &info);
	if (info.cls == TYPE_STRUCT || info.cls == TYPE_UNION)
		return 0;
	diag_type(r, -EINVAL, e->name_span, "'%s' has no members", v->type);
	if (info.cls == TYPE_POINTER && !e->arrow) {
		type__info(r->func->btf, info.target, &target);
		if (target.cls == TYPE_STRUCT || target.cls == TYPE_UNION)
			diag__hint(r->diag, "it is a pointer: write ->%s", e->name);
	}
	return -EINVAL;
}

static int resolve(struct resolver *r, const struct expr *e, struct value *v);

/* Follows the arrow of e, if it has one: then *@v is a struct or a union, in memory or by value. */
static int follow_arrow(struct resolver *r, const struct expr *e, struct value *v)
{
	struct type_info info;

	if (!e->arrow)
		return 0;
	type__info(r->func->btf, v->type, &info);
	if (info.cls == TYPE_STRUCT || info.cls == TYPE_UNION) {
		diag_type(r, -EINVAL, e->name_span, "'%s' is no pointer", v->type);
		diag__hint(r->diag, "write .%s", e->name);
		return -EINVAL;
	}
	return dereference(r, e->name_span, v);
}

static int resolve_member(struct resolver *r, const struct expr *e, struct value *v)
{
	struct member_place place;
	int err = resolve(r, e->args[0], v);

	if (err)
		return err;
	err = follow_arrow(r, e, v);
	if (!err)
		err = check_aggregate(r, e, v);
	if (!err && type__find_member(r->func->btf, v->type, e->name, &place))
		err = unknown_member(r, e, v->type);
	if (err) {
		typed_expr__free(v->expr);
		return err;
	}
	v->type = place.type_id;
	v->bit_size = place.bit_size;
	v->is_bare_param = false;
	v->is_retval = false;
	if (v->kind == BY_VALUE) {
		v->bit_off += place.bit_off;
		return 0;
	}
	v->bit_off = place.bit_off % 8;
	v->expr = add(v->expr, place.bit_off / 8);
	return v->expr ? 0 : -ENOMEM;
}

static int index_array(struct resolver *r, const struct expr *e, const struct type_info *array,
		       const struct type_info *elem, struct value *v)
{
	uint64_t n = e->args[1]->number;

	if (array->nr_elems && n >= array->nr_elems) {
		diag__error_at(r->diag, -EINVAL, e->args[1]->span,
			       "the array has only %u elements", array->nr_elems);
		return -EINVAL;
	}
	v->type = array->target;
	if (v->kind == BY_VALUE) {
		v->bit_off += n * elem->size * 8;
		return 0;
	}
	v->expr = add(v->expr, n * elem->size);
	return v->expr ? 0 : -ENOMEM;
}

static int resolve_index(struct resolver *r, const struct expr *e, struct value *v)
{
	struct type_info info, elem;
	int err = resolve(r, e->args[0], v);

	if (err)
		return err;
	type__info(r->func->btf, v->type, &info);
	type__info(r->func->btf, info.target, &elem);
	if (e->args[1]->kind != EXPR_NUMBER || e->args[1]->number > INT32_MAX) {
		err = diag__error_at(r->diag, -EINVAL, e->args[1]->span,
				     "an index has to be a number");
	} else if (info.cls == TYPE_ARRAY && elem.size) {
		err = index_array(r, e, &info, &elem, v);
	} else if (info.cls == TYPE_POINTER && elem.size) {
		err = dereference(r, e->args[0]->span, v);
		if (!err) {
			v->expr = add(v->expr, (int64_t)e->args[1]->number * elem.size);
			err = v->expr ? 0 : -ENOMEM;
		}
	} else {
		diag_type(r, -EINVAL, e->args[0]->span, "%s cannot be indexed", v->type);
		err = -EINVAL;
	}
	if (err)
		typed_expr__free(v->expr);
	return err;
}

static int resolve_deref(struct resolver *r, const struct expr *e, struct value *v)
{
	int err = resolve(r, e->args[0], v);

	if (err)
		return err;
	err = dereference(r, e->args[0]->span, v);
	if (err)
		typed_expr__free(v->expr);
	return err;
}

/* Fills *@v; on error nothing in it is to be freed. */
static int resolve(struct resolver *r, const struct expr *e, struct value *v)
{
	switch (e->kind) {
	case EXPR_NAME:
		return resolve_name(r, e, v);
	case EXPR_RETURN:
		return resolve_return(r, e->span, v);
	case EXPR_MEMBER:
		return resolve_member(r, e, v);
	case EXPR_INDEX:
		return resolve_index(r, e, v);
	case EXPR_UNARY:
		if (e->op == OP_DEREF)
			return resolve_deref(r, e, v);
		break;
	default:
		break;
	}
	diag__error_at(r->diag, -EINVAL, e->span, "this cannot be recorded");
	diag__hint(r->diag, "an item is a parameter, a member reached from one with ->, . or [n], "
			    "*pointer, or return");
	return -EINVAL;
}

/* The name of an expression as an identifier: its names joined with __. */
static void add_path(const struct expr *e, struct buf *out)
{
	switch (e->kind) {
	case EXPR_NAME:
		buf__adds(out, e->name);
		break;
	case EXPR_RETURN:
		buf__adds(out, "retval");
		break;
	case EXPR_MEMBER:
		add_path(e->args[0], out);
		buf__addf(out, "__%s", e->name);
		break;
	case EXPR_INDEX:
		add_path(e->args[0], out);
		buf__addf(out, "__%llu", (unsigned long long)e->args[1]->number);
		break;
	default:
		if (e->nr_args)
			add_path(e->args[0], out);
	}
}

static bool starts_at_return(const struct typed_expr *expr)
{
	while (expr->base)
		expr = expr->base;
	return expr->op == TYPED_RETVAL;
}

static bool reads_memory(const struct typed_expr *expr)
{
	for (; expr; expr = expr->base)
		if (expr->op == TYPED_LOAD || (expr->op == TYPED_PARAM && expr->param.on_stack))
			return true;
	return false;
}

/* What a bare parameter points to, when that is captured with it: an object of known size. */
static uint32_t captured_pointee(const struct btf *btf, uint32_t pointer)
{
	struct type_info info, target;

	type__info(btf, pointer, &info);
	if (info.cls != TYPE_POINTER)
		return 0;
	type__info(btf, info.target, &target);
	if ((target.cls == TYPE_STRUCT || target.cls == TYPE_UNION) && target.size)
		return info.target;
	return 0;
}

static int finish_scalar(struct resolver *r, struct span span, struct value *v,
			 const struct type_info *info, struct typed_item *item)
{
	bool bare = v->is_bare_param, retval = v->is_retval;
	int err = to_value(r, span, v);

	if (err)
		return err;
	item->kind = TYPED_SCALAR;
	item->is_signed = info->is_signed;
	item->is_return = retval;
	if (type__is_char_pointer(r->func->btf, v->type))
		item->kind = TYPED_STRING;
	else if (bare)
		item->pointee = captured_pointee(r->func->btf, v->type);
	return 0;
}

static int finish_by_value(struct resolver *r, struct span span, struct value *v,
			   const struct type_info *info, struct typed_item *item)
{
	if (v->bit_off || info->size > MAX_BY_VALUE) {
		diag_type(r, -EINVAL, span, "%s is passed by value: ask for its scalar members",
			  v->type);
		typed_expr__free(v->expr);
		v->expr = NULL;
		return -EINVAL;
	}
	item->kind = TYPED_BY_VALUE;
	item->is_return = v->is_retval;
	return 0;
}

/* Decides how a resolved expression is recorded. Takes @v's expression over, also on error. */
static int finish_item(struct resolver *r, struct span span, struct value *v,
		       struct typed_item *item)
{
	struct type_info info;
	bool aggregate;
	int err = 0;

	type__info(r->func->btf, v->type, &info);
	aggregate = info.cls == TYPE_STRUCT || info.cls == TYPE_UNION || info.cls == TYPE_ARRAY ||
		    info.cls == TYPE_FLOAT || (info.size > WORD && !v->bit_size);
	if (!info.size || info.cls == TYPE_FUNC) {
		diag_type(r, -EINVAL, span, "%s has no size: there is nothing to record", v->type);
		typed_expr__free(v->expr);
		return -EINVAL;
	}
	item->type_id = v->type;
	if (!aggregate)
		err = finish_scalar(r, span, v, &info, item);
	else if (v->kind == BY_VALUE)
		err = finish_by_value(r, span, v, &info, item);
	else
		item->kind = TYPED_OBJECT;
	if (err)
		return err;
	item->expr = v->expr;
	item->at_return = starts_at_return(v->expr);
	item->can_fail = reads_memory(v->expr) || item->kind == TYPED_OBJECT ||
			 item->kind == TYPED_STRING || item->pointee;
	return 0;
}

static int name_item(struct typed_item *item, const char *name, const char *path)
{
	item->name = strdup(name);
	item->path = strdup(path);
	return item->name && item->path ? 0 : -ENOMEM;
}

static int add_spec_item(struct resolver *r, const struct spec_item *from, struct typed_spec *typed)
{
	struct typed_item *item = &typed->items[typed->nr_items];
	struct buf path = BUF_INIT;
	struct value v;
	int err;

	err = resolve(r, from->expr, &v);
	if (!err)
		err = finish_item(r, from->expr->span, &v, item);
	if (err)
		return err;
	typed->nr_items++;
	add_path(from->expr, &path);
	err = name_item(item, from->name ? from->name : from->text,
			from->name ? from->name : buf__str(&path));
	buf__exit(&path);
	return err;
}

/* Notes what cannot be recorded: @param, or the return value where that is NULL. */
static int leave_out(struct typed_spec *typed, const char *param, const struct diag *why)
{
	const char *reason = why->msg ? why->msg : "cannot be recorded";
	struct buf text = BUF_INIT;
	char **left_out = realloc(typed->left_out, (typed->nr_left_out + 1) * sizeof(*left_out));

	if (!left_out)
		return -ENOMEM;
	typed->left_out = left_out;
	if (param)
		buf__addf(&text, "parameter '%s': %s", param, reason);
	else
		buf__adds(&text, reason);
	left_out[typed->nr_left_out] = buf__take(&text);
	return left_out[typed->nr_left_out++] ? 0 : -ENOMEM;
}

static int add_param_item(struct resolver *r, unsigned int index, struct typed_spec *typed)
{
	struct typed_item *item = &typed->items[typed->nr_items];
	struct span span = typed->spec->pattern_span;
	const char *name = param_name(r->func, index);
	struct buf unnamed = BUF_INIT;
	struct value v;
	int err;

	err = resolve_param(r, index, span, &v);
	if (!err)
		err = finish_item(r, span, &v, item);
	if (err)
		return err;
	typed->nr_items++;
	if (!name[0]) {
		buf__addf(&unnamed, "arg%u", index);
		name = buf__str(&unnamed);
	}
	err = name_item(item, name, name);
	buf__exit(&unnamed);
	return err;
}

/* An item for every parameter; those that cannot be recorded were not asked for: no error. */
static int add_all_params(struct typed_spec *typed)
{
	int err = 0;

	for (unsigned int i = 0; i < typed->func.nr_params && !err; i++) {
		struct diag diag = DIAG_INIT;
		struct resolver r = { .func = &typed->func, .diag = &diag };

		err = add_param_item(&r, i, typed);
		if (err && err != -ENOMEM)
			err = leave_out(typed, param_name(&typed->func, i), &diag);
		diag__exit(&diag);
	}
	return err;
}

int typed_spec__add_retval(struct typed_spec *typed)
{
	struct diag diag = DIAG_INIT;
	struct resolver r = { .func = &typed->func, .diag = &diag };
	struct typed_item *item = &typed->items[typed->nr_items];
	struct value v;
	int err;

	if (!typed->func.ret_id)
		return 0;
	err = resolve_return(&r, typed->spec->pattern_span, &v);
	if (!err)
		err = finish_item(&r, typed->spec->pattern_span, &v, item);
	if (err && err != -ENOMEM) {
		err = leave_out(typed, NULL, &diag);
		diag__exit(&diag);
		return err;
	}
	diag__exit(&diag);
	if (err)
		return err;
	typed->nr_items++;
	return name_item(item, "return", "retval");
}

static int add_items(struct typed_spec *typed, struct diag *diag)
{
	struct resolver r = { .func = &typed->func, .diag = diag };
	const struct spec *spec = typed->spec;
	int err = 0;

	if (!spec->has_items)
		return add_all_params(typed);
	for (unsigned int i = 0; i < spec->nr_items && !err; i++)
		err = add_spec_item(&r, &spec->items[i], typed);
	return err;
}

int typed_spec__new(const struct spec *spec, const struct kfunc *func, struct typed_spec **out,
		    struct diag *diag)
{
	unsigned int nr = spec->has_items ? spec->nr_items : func->nr_params;
	struct typed_spec *typed = calloc(1, sizeof(*typed));
	int err = -ENOMEM;

	if (!typed)
		return -ENOMEM;
	typed->spec = spec;
	typed->func = *func;
	typed->items = calloc(nr + 1, sizeof(*typed->items));	/* and the return value's */
	if (typed->items)
		err = add_items(typed, diag);
	if (err) {
		typed_spec__free(typed);
		return err;
	}
	*out = typed;
	return 0;
}

void typed_spec__free(struct typed_spec *typed)
{
	if (!typed)
		return;
	for (unsigned int i = 0; i < typed->nr_items; i++) {
		free(typed->items[i].name);
		free(typed->items[i].path);
		typed_expr__free(typed->items[i].expr);
	}
	for (unsigned int i = 0; i < typed->nr_left_out; i++)
		free(typed->left_out[i]);
	free(typed->left_out);
	free(typed->items);
	free(typed);
}
