// SPDX-License-Identifier: GPL-2.0-only
/* Ways from one object to another: members, elements, what pointers point to, and back (&). */
#include <errno.h>
#include <string.h>

#include "check.h"

#define MAX_BELOW	4	/* structs in one another that are searched for a member, */
#define MAX_VISITS	16384	/* and their members */
#define MAX_NESTING	16	/* with those that have no name */

static bool is_aggregate(const struct type_info *info)
{
	return info->cls == TYPE_STRUCT || info->cls == TYPE_UNION;
}

static bool is_number(const struct type_info *info)
{
	return info->cls == TYPE_INT || info->cls == TYPE_ENUM;
}

/* From here on it is neither the parameter nor the return value itself. */
static void move_on(struct value *v)
{
	v->is_bare_param = false;
	v->is_retval = false;
	v->bit_size = 0;
	v->display = DISPLAY_TYPE;
}

static int no_pointer(struct check *c, struct span span, const struct value *v)
{
	struct type_info info;

	if (v->form == FORM_STRING || v->form == FORM_BYTES || v->form == FORM_LITERAL)
		return diag__error_at(c->diag, -EINVAL, span, "this is no pointer");
	check__type_error(c, span, "this is no pointer but %s", v->type);
	ctype__info(c, v->type, &info);
	if (is_number(&info) && info.size == WORD)
		diag__hint(c->diag, "if it is an address, cast it: ((struct T *)x)->member");
	else if (is_number(&info))
		diag__hint(c->diag, "only an address, cast to a pointer, leads to memory");
	return -EINVAL;
}

/* What can be reached through a pointer to it. */
static int check_target(struct check *c, struct span span, struct typed_type pointer,
			struct typed_type type)
{
	struct type_info info;

	ctype__info(c, type, &info);
	if (info.cls == TYPE_VOID || info.cls == TYPE_FUNC) {
		check__type_error(c, span, "nothing is known of what %s points to", pointer);
		if (info.cls == TYPE_VOID)
			diag__hint(c->diag, "cast it to what it is: (struct T *)");
		return -EINVAL;
	}
	if (info.cls == TYPE_FWD)
		return check__type_error(c, span, "%s is only declared here: its members are not "
					 "known", type);
	return 0;
}

/* In a scope, what @v, a pointer or an array, leads to, of type @target, has to be there. */
static int check_recorded(struct check *c, struct span span, struct value *v,
			  struct typed_type *target)
{
	uint32_t pointer = 0;
	int err = check__load(c, span, v);

	if (err || c->scope->leads_to(c->scope->ctx, v->expr,
				      target->ptr_depth ? &pointer : &target->id))
		return err;
	return diag__error_at(c->diag, -ENOENT, span, "what this points to was not recorded");
}

/* Makes *@v, a pointer or an array, what it points to. */
static int dereference(struct check *c, struct span span, struct value *v)
{
	struct typed_type target;
	struct type_info info;
	int err;

	ctype__info(c, v->type, &info);
	if (v->form > FORM_BY_VALUE || (info.cls != TYPE_POINTER && info.cls != TYPE_ARRAY))
		return no_pointer(c, span, v);
	target = ctype__target(c, v->type);
	err = c->scope ? check_recorded(c, span, v, &target) : 0;
	if (!err)
		err = check_target(c, span, v->type, target);
	if (err)
		return err;
	if (v->form == FORM_BY_VALUE && info.cls == TYPE_ARRAY) {
		v->type = target;	/* the first element, where the array is */
		move_on(v);
		return 0;
	}
	err = check__load(c, span, v);
	v->form = FORM_PLACE;
	v->type = target;
	v->bit_off = 0;
	v->at_return |= c->at_return;
	move_on(v);
	return err;
}

/* A search for a member in structs that are members. */
struct search {
	const struct btf *btf;
	const char *name;
	struct buf path;	/* the way to it, or so far: "sk.__sk_common." */
	unsigned int visits, nesting;	/* BTF may be broken: a struct in itself */
};

static bool find_below(struct search *search, uint32_t id, unsigned int depth);

/* Member @i of @t is @name; without one, its members are those of @t. */
static bool find_in(struct search *search, const struct btf_type *t, unsigned int i,
		    const char *name, unsigned int depth)
{
	struct member_place place, found;

	if (++search->visits > MAX_VISITS || type__member(search->btf, t, i, &place))
		return false;
	if (!*name)
		return find_below(search, place.type_id, depth);
	buf__addf(&search->path, "%s.", name);
	if (!type__find_member(search->btf, place.type_id, search->name, &found)) {
		buf__adds(&search->path, search->name);
		return true;
	}
	return depth > 1 && find_below(search, place.type_id, depth - 1);
}

/* Looks at most @depth structs below @id. */
static bool find_below(struct search *search, uint32_t id, unsigned int depth)
{
	const struct btf_type *t = btf__type_by_id(search->btf, type__strip(search->btf, id));
	size_t len = search->path.len;

	if (++search->nesting > MAX_NESTING)
		t = NULL;
	for (unsigned int i = 0; t && btf_is_composite(t) && i < btf_vlen(t); i++) {
		const char *name = btf__str_by_offset(search->btf, btf_members(t)[i].name_off);

		if (name && find_in(search, t, i, name, depth))
			return true;
		if (search->path.failed || search->visits > MAX_VISITS)
			break;
		search->path.len = len;
	}
	search->nesting--;
	return false;
}

/* A member of something embedded; sk_state is a macro, __sk_common.skc_state, and others. */
static bool hint_below(struct check *c, uint32_t id, const char *name)
{
	const char *prefix = strncmp(name, "sk_", 3) ? "inet_" : "sk_";
	struct search search = { .btf = c->func->btf };
	struct buf other = BUF_INIT;
	bool found = false;

	if (!strncmp(name, prefix, strlen(prefix)))
		buf__addf(&other, "skc_%s", name + strlen(prefix));
	for (unsigned int depth = 1; depth <= MAX_BELOW && !found; depth++) {
		search.nesting = 0;
		search.name = name;
		found = find_below(&search, id, depth);
		search.nesting = 0;
		search.name = buf__str(&other);
		if (!found && other.len)
			found = find_below(&search, id, depth);
	}
	if (found)
		diag__hint(c->diag, "it has %s", buf__str(&search.path));
	buf__exit(&search.path);
	buf__exit(&other);
	return found;
}

static int unknown_member(struct check *c, const struct expr *e, struct typed_type type)
{
	const char *names[MAX_SUGGESTIONS];
	struct type_info info;
	struct buf name = BUF_INIT;
	unsigned int nr;

	ctype__info(c, type, &info);
	type__name(c->func->btf, info.id, &name);
	diag__error_at(c->diag, -ENOENT, e->name_span, "no member '%s' in %s", e->name,
		       buf__str(&name));
	buf__exit(&name);
	if (c->is_exact && hint_below(c, info.id, e->name))
		return -ENOENT;
	nr = type__suggest_member(c->func->btf, info.id, e->name, names, MAX_SUGGESTIONS);
	check__hint_names(c, "", names, nr);
	return -ENOENT;
}

static int check_aggregate(struct check *c, const struct expr *e, const struct value *v)
{
	struct type_info info, target;

	ctype__info(c, v->type, &info);
	if (v->form <= FORM_BY_VALUE && is_aggregate(&info))
		return 0;
	if (v->form > FORM_BY_VALUE)
		return diag__error_at(c->diag, -EINVAL, e->name_span, "this has no members");
	check__type_error(c, e->name_span, "'%s' has no members", v->type);
	if (info.cls == TYPE_POINTER) {
		ctype__info(c, ctype__target(c, v->type), &target);
		if (is_aggregate(&target) && !e->arrow)
			diag__hint(c->diag, "it is a pointer: write ->%s", e->name);
		else if (is_aggregate(&target) || target.cls == TYPE_POINTER)
			diag__hint(c->diag, "that is behind two pointers: (*p)->%s", e->name);
	} else if (is_number(&info) && info.size == WORD) {
		diag__hint(c->diag, "if it is an address, cast it: ((struct T *)x)->%s", e->name);
	}
	return -EINVAL;
}

/* Follows the arrow of e, if it has one: then *@v is a struct or a union, in memory or by value. */
static int follow_arrow(struct check *c, const struct expr *e, struct value *v)
{
	struct type_info info;

	ctype__info(c, v->type, &info);
	if (!e->arrow && !(c->scope && v->form <= FORM_BY_VALUE && info.cls == TYPE_POINTER))
		return 0;
	if (v->form <= FORM_BY_VALUE && is_aggregate(&info)) {
		check__type_error(c, e->name_span, "'%s' is no pointer", v->type);
		diag__hint(c->diag, "write .%s", e->name);
		return -EINVAL;
	}
	return dereference(c, e->name_span, v);
}

/* p->x where *p was recorded, and p was not: 1 with *@v being *p, 0, or a negative errno. */
static int find_target(struct check *c, const struct expr *e, struct value *v)
{
	struct expr *args[] = { e->args[0] };
	struct expr deref = {
		.kind = EXPR_UNARY, .op = OP_DEREF, .span = e->span, .args = args, .nr_args = 1,
	};

	return c->scope && e->arrow ? check__in_scope(c, &deref, v) : 0;
}

int check__member(struct check *c, const struct expr *e, struct value *v)
{
	struct member_place place;
	int err = find_target(c, e, v);

	if (!err) {
		err = check__any(c, e->args[0], v);
		if (!err)
			err = follow_arrow(c, e, v);
	} else if (err > 0) {
		err = 0;
	}
	if (!err)
		err = check_aggregate(c, e, v);
	if (err)
		return err;
	if (type__find_member(c->func->btf, v->type.id, e->name, &place))
		return unknown_member(c, e, v->type);
	move_on(v);
	v->type = (struct typed_type){ .id = place.type_id };
	v->bit_size = place.bit_size;
	if (v->form == FORM_BY_VALUE) {
		v->bit_off += place.bit_off;
		return 0;
	}
	v->bit_off = place.bit_off % 8;
	v->expr = tree__add(c, v->expr, place.bit_off / 8);
	return 0;
}

static int check_bounds(struct check *c, const struct expr *e, const struct type_info *array,
			int64_t n)
{
	if (array->cls != TYPE_ARRAY || (n >= 0 && (!array->nr_elems || n < array->nr_elems)))
		return 0;
	if (n < 0)
		return diag__error_at(c->diag, -EINVAL, e->args[1]->span,
				      "an array has no element %lld", (long long)n);
	return diag__error_at(c->diag, -EINVAL, e->args[1]->span,
			      "the array has only %u element%s", array->nr_elems,
			      array->nr_elems == 1 ? "" : "s");
}

/* An array that is passed by value: its place in the registers has to be known. */
static int index_by_value(struct check *c, const struct expr *e, struct value *v,
			  const struct value *n, const struct type_info *elem)
{
	if (!tree__is_const(n->expr)) {
		diag__error_at(c->diag, -EINVAL, e->args[1]->span, "an array that is passed by "
			       "value can only be indexed by a constant");
		return -EINVAL;
	}
	v->type = ctype__target(c, v->type);
	v->bit_off += n->expr->imm * elem->size * 8;
	move_on(v);
	return 0;
}

static int check_subscript(struct check *c, const struct expr *e, struct value *n)
{
	int err = check__value(c, e->args[1], n);

	if (!err && !ctype__is_integer(c, n->type))
		err = check__type_error(c, e->args[1]->span, "an index is an integer, this is %s",
					n->type);
	return err;
}

int check__index(struct check *c, const struct expr *e, struct value *v)
{
	struct type_info info, elem;
	struct value n;
	int err = check__parts(c, e->args[0], v);

	if (err)
		return err;
	ctype__info(c, v->type, &info);
	ctype__info(c, ctype__target(c, v->type), &elem);
	if (v->form > FORM_BY_VALUE || (info.cls != TYPE_POINTER && info.cls != TYPE_ARRAY)) {
		if (v->form > FORM_BY_VALUE)
			return diag__error_at(c->diag, -EINVAL, e->args[0]->span,
					      "this cannot be indexed");
		check__type_error(c, e->args[0]->span, "%s cannot be indexed", v->type);
		if (is_number(&info) && info.size == WORD)
			diag__hint(c->diag, "if it is an address, cast it: ((T *)x)[n]");
		return -EINVAL;
	}
	if (!elem.size) {
		check__type_error(c, e->args[0]->span, "%s cannot be indexed", v->type);
		if (elem.cls == TYPE_VOID)
			diag__hint(c->diag, "cast it to what it points to: ((u8 *)p)[n]");
		return -EINVAL;
	}
	err = check_subscript(c, e, &n);
	if (!err && tree__is_const(n.expr))
		err = check_bounds(c, e, &info, n.expr->imm);
	if (err)
		return err;
	if (v->form == FORM_BY_VALUE && info.cls == TYPE_ARRAY)
		return index_by_value(c, e, v, &n, &elem);
	err = dereference(c, e->args[0]->span, v);
	if (!err)
		v->expr = tree__index(c, v->expr, n.expr, elem.size);
	return err;
}

int check__deref(struct check *c, const struct expr *e, struct value *v)
{
	int err = check__parts(c, e->args[0], v);

	return err ? err : dereference(c, e->args[0]->span, v);
}

int check__address(struct check *c, const struct expr *e, struct value *v)
{
	struct span span = e->args[0]->span;
	int err = check__memory(c, e->args[0], v);

	if (err)
		return err;
	if (v->form == FORM_PLACE && v->bit_size)
		return diag__error_at(c->diag, -EINVAL, span, "a bitfield has no address");
	if (v->form != FORM_PLACE) {
		diag__error_at(c->diag, -EINVAL, span, "this has no address%s",
			       v->is_bare_param ? ": parameters are in registers" : "");
		return -EINVAL;
	}
	*v = (struct value){
		.expr = v->expr, .type = ctype__pointer_to(v->type), .at_return = v->at_return,
	};
	return 0;
}

/* ---- container_of ------------------------------------------------------------------------- */

/* Walks a member path (names, . and constant [n]) from @type to what it leads to, @bits further. */
static int follow_path(struct check *c, const struct expr *path, struct typed_type *type,
		       uint64_t *bits)
{
	struct member_place place;
	struct type_info info;
	int err;

	if (path->kind != EXPR_NAME) {
		err = follow_path(c, path->args[0], type, bits);
		if (err)
			return err;
	}
	ctype__info(c, *type, &info);
	if (path->kind == EXPR_INDEX) {
		if (info.cls != TYPE_ARRAY)
			return check__type_error(c, path->args[0]->span, "%s cannot be indexed",
						 *type);
		err = check_bounds(c, path, &info, (int64_t)path->args[1]->number);
		if (err)
			return err;
		*type = ctype__target(c, *type);
		ctype__info(c, *type, &info);
		*bits += 8 * path->args[1]->number * info.size;
		return 0;
	}
	if (!is_aggregate(&info))
		return check__type_error(c, path->name_span, "'%s' has no members", *type);
	if (type__find_member(c->func->btf, type->id, path->name, &place))
		return unknown_member(c, path, *type);
	if (place.bit_size)
		return diag__error_at(c->diag, -EINVAL, path->name_span,
				      "a bitfield has no address");
	*type = (struct typed_type){ .id = place.type_id };
	*bits += place.bit_off;
	return 0;
}

static int wrong_member(struct check *c, const struct expr *e, struct typed_type member,
			struct typed_type pointer)
{
	struct buf is = BUF_INIT, has = BUF_INIT;

	ctype__name(c, member, &is);
	ctype__name(c, pointer, &has);
	diag__error_at(c->diag, -EINVAL, e->args[0]->span,
		       "the pointer is %s, the member %s", buf__str(&has), buf__str(&is));
	diag__hint(c->diag, "container_of takes a pointer to the member, and gives the struct's");
	buf__exit(&is);
	buf__exit(&has);
	return -EINVAL;
}

int check__container_of(struct check *c, const struct expr *e, struct value *v)
{
	struct typed_type type, member, both;
	uint64_t bits = 0;
	int err = check__value(c, e->args[0], v);

	if (!err)
		err = ctype__resolve(c, &e->type, &type);
	if (err)
		return err;
	if (!ctype__is_pointer(c, v->type))
		return check__type_error(c, e->args[0]->span, "container_of takes a pointer, this "
					 "is %s", v->type);
	member = type;
	err = follow_path(c, e->args[1], &member, &bits);
	if (err)
		return err;
	if (!ctype__compose(c, v->type, ctype__pointer_to(member), &both))
		return wrong_member(c, e, member, v->type);
	*v = (struct value){
		.expr = tree__add(c, v->expr, -(int64_t)(bits / 8)),
		.type = ctype__pointer_to(type), .at_return = v->at_return,
	};
	return 0;
}
