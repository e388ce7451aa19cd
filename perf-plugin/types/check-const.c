// SPDX-License-Identifier: GPL-2.0-only
/* Names and constants: parameters, enumerators, NULL, current; numbers; sizeof. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "../util/suggest.h"
#include "check.h"
#include "enums.h"

static int give_const(struct check *c, int64_t number, enum base_type base, struct value *v)
{
	*v = (struct value){ .expr = tree__const(c, number), .type = ctype__base(c, base) };
	return 0;
}

int check__number(struct check *c, const struct expr *e, struct value *v)
{
	enum base_type base = e->is_unsigned ? BASE_UINT : BASE_INT;

	if (e->rank)
		base = e->is_unsigned ? BASE_ULONG : BASE_LONG;
	return give_const(c, (int64_t)e->number, base, v);
}

/* ---- enumerators -------------------------------------------------------------------------- */

/* An enumerator is an int, or, where that does not hold it, of its enum's type. */
static int give_enumerator(struct check *c, const struct enumerator *from, struct value *v)
{
	struct type_info info;

	type__info(c->func->btf, from->enum_id, &info);
	if (from->value >= INT32_MIN && from->value <= INT32_MAX &&
	    (info.is_signed || from->value >= 0))
		return give_const(c, from->value, BASE_INT, v);
	if (info.size <= 4)
		return give_const(c, from->value, BASE_UINT, v);
	return give_const(c, from->value, info.is_signed ? BASE_LONG : BASE_ULONG, v);
}

static int ambiguous(struct check *c, const struct expr *e, const struct enumerator *found,
		     unsigned int nr)
{
	struct buf text = BUF_INIT;

	for (unsigned int i = 0; i < nr; i++) {
		buf__addf(&text, "%s%" PRId64 " in ", i ? ", " : "", found[i].value);
		type__name(c->func->btf, found[i].enum_id, &text);
	}
	diag__error_at(c->diag, -EINVAL, e->span, "'%s' is more than one value: %s", e->name,
		       buf__str(&text));
	diag__hint(c->diag, "write the number");
	buf__exit(&text);
	return -EINVAL;
}

/* ---- names -------------------------------------------------------------------------------- */

/* Spelled as a #define or an enumerator: ETH_P_IP */
static bool is_macro(const char *name)
{
	for (; *name; name++)
		if (*name >= 'a' && *name <= 'z')
			return false;
	return true;
}

/* Names of parameters that are near, else of enumerators. */
static void suggest_names(struct check *c, struct enums *enums, const char *name)
{
	const char *names[MAX_SUGGESTIONS];
	struct suggest suggest;
	unsigned int nr;

	if (!name[1])
		return;		/* every other one-letter name is near */
	suggest__init(&suggest, name);
	for (unsigned int i = 0; i < c->func->nr_params; i++)
		suggest__offer(&suggest, kfunc__param_name(c->func, i));
	suggest__offer(&suggest, "current");
	suggest__offer(&suggest, "return");
	suggest__offer(&suggest, "NULL");
	nr = suggest__best(&suggest, names, MAX_SUGGESTIONS);
	if (!nr)
		nr = enums__suggest(enums, name, names, MAX_SUGGESTIONS);
	check__hint_names(c, "", names, nr);
	if (!nr && is_macro(name))
		diag__hint(c->diag, "BTF has enumerators but no macros: write the number of one");
}

static void hint_what_it_is(struct check *c, struct enums *enums, const struct expr *e)
{
	const struct btf *btf = c->func->btf;

	if (call__is_known(e->name))
		diag__hint(c->diag, "the built-in is written %s()", e->name);
	else if (ctype__find(c, e->name, BTF_KIND_UNKN))
		diag__hint(c->diag, "it is a type: (%s) alone is the parameter of this type",
			   e->name);
	else if (ctype__find(c, e->name, BTF_KIND_STRUCT))
		diag__hint(c->diag, "it is a struct: (struct %s *) is the parameter of this type",
			   e->name);
	else if (btf__find_by_name_kind(btf, e->name, BTF_KIND_FUNC) > 0)
		diag__hint(c->diag, "it is a function: ksym(p) shows which one a pointer leads to");
	else
		suggest_names(c, enums, e->name);
}

static int unknown_name(struct check *c, struct enums *enums, const struct expr *e)
{
	struct buf text = BUF_INIT;

	if (c->scope) {
		buf__addf(&text, "'%s'", e->name);
		check__unknown_in_scope(c, e, buf__str(&text));
		buf__exit(&text);
		return -ENOENT;
	}
	diag__error_at(c->diag, -ENOENT, e->name_span, "'%s' has no parameter '%s'", c->func->name,
		       e->name);
	if (!c->is_exact)
		return -ENOENT;
	for (unsigned int i = 0; i < c->func->nr_params; i++)
		if (kfunc__param_name(c->func, i)[0])
			buf__addf(&text, "%s%s", text.len ? ", " : "",
				  kfunc__param_name(c->func, i));
	if (text.len)
		diag__hint(c->diag, "its parameters are: %s", buf__str(&text));
	else
		diag__hint(c->diag, c->func->nr_params ? "its parameters have no names" :
							 "it has no parameters");
	buf__exit(&text);
	hint_what_it_is(c, enums, e);
	return -ENOENT;
}

static int check_current(struct check *c, const struct expr *e, struct value *v)
{
	uint32_t id = ctype__find(c, "task_struct", BTF_KIND_STRUCT);

	if (c->scope)
		return check__unknown_in_scope(c, e, "'current': of the task only what was "
					       "recorded is known");
	if (!id)
		return diag__error_at(c->diag, -ENOENT, e->span,
				      "the kernel's BTF has no struct task_struct");
	*v = (struct value){ .expr = tree__new(c, TYPED_VALUE, NULL, NULL),
			     .type = { .id = id, .ptr_depth = 1 } };
	v->expr->value = VALUE_TASK;
	v->expr->at_return = c->at_return;
	return 0;
}

static int check_enumerator(struct check *c, struct enums *enums, const struct expr *e,
			    struct value *v)
{
	struct enumerator found[MAX_SUGGESTIONS];
	int nr = enums__find(enums, e->name, found, MAX_SUGGESTIONS);

	if (nr < 0)
		return nr;
	if (nr == 1)
		return give_enumerator(c, &found[0], v);
	if (nr)
		return ambiguous(c, e, found, nr);
	if (!strcmp(e->name, "true") || !strcmp(e->name, "false"))
		return give_const(c, e->name[0] == 't', BASE_INT, v);
	if (c->bare_facts && call__is_known(e->name)) {
		struct expr call = *e;

		call.kind = EXPR_CALL;
		call.nr_args = 0;
		return check__call(c, &call, v);
	}
	return unknown_name(c, enums, e);
}

int check__name(struct check *c, const struct expr *e, struct value *v)
{
	struct enums *enums = c->func->enums;
	int index = kfunc__find_param(c->func, e->name), err;

	if (index >= 0)
		return check__param(c, index, e->span, v);
	if (!strcmp(e->name, "current"))
		return check_current(c, e, v);
	if (!strcmp(e->name, "NULL")) {
		*v = (struct value){ .expr = tree__const(c, 0), .type = { .ptr_depth = 1 } };
		return 0;
	}
	err = enums ? 0 : enums__new(c->func->btf, NULL, &enums);
	if (!err)
		err = check_enumerator(c, enums, e, v);
	if (!c->func->enums)
		enums__free(enums);
	return err;
}

/* ---- sizeof ------------------------------------------------------------------------------- */

/* sizeof(name) of a typedef looks like one of a parameter. */
static bool is_type_name(struct check *c, const struct expr *e)
{
	struct value v;

	if (c->scope && check__in_scope(c, e, &v))
		return false;
	return e->kind == EXPR_NAME && kfunc__find_param(c->func, e->name) < 0 &&
	       ctype__find(c, e->name, BTF_KIND_UNKN);
}

static int sizeof_operand(struct check *c, const struct expr *e, struct typed_type *type,
			  uint64_t *size)
{
	struct value v;
	int err;

	if (is_type_name(c, e)) {
		type->id = ctype__find(c, e->name, BTF_KIND_UNKN);
		return 0;
	}
	err = check__parts(c, e, &v);
	if (err)
		return err;
	if (v.bit_size && v.form != FORM_VALUE)
		return diag__error_at(c->diag, -EINVAL, e->span, "a bitfield has no size in bytes");
	if (v.form == FORM_STRING || v.form == FORM_BYTES)
		return diag__error_at(c->diag, -EINVAL, e->span,
				      "the size of this is only known when it is read");
	if (v.form == FORM_LITERAL)
		*size = v.literal->str_len + 1;
	*type = v.type;
	return 0;
}

int check__sizeof(struct check *c, const struct expr *e, struct value *v)
{
	struct span span = e->nr_args ? e->args[0]->span : e->type.span;
	struct typed_type type = { 0 };
	struct type_info info;
	uint64_t size = 0;
	int err;

	if (e->nr_args)
		err = sizeof_operand(c, e->args[0], &type, &size);
	else
		err = ctype__resolve(c, &e->type, &type);
	if (err)
		return err;
	ctype__info(c, type, &info);
	if (!size)
		size = info.size;
	if (!size && info.cls != TYPE_STRUCT && info.cls != TYPE_UNION && info.cls != TYPE_ARRAY)
		return check__type_error(c, span, "%s has no size", type);
	return give_const(c, (int64_t)size, BASE_ULONG, v);
}
