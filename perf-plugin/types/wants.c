// SPDX-License-Identifier: GPL-2.0-only
#include "wants.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "typed.h"

/* Names that mean something by themselves. */
static bool is_known(const char *name)
{
	return !strcmp(name, "current") || !strcmp(name, "NULL") || !strcmp(name, "true") ||
	       !strcmp(name, "false");
}

/* In triggers, that is also true of the built-ins that may be written without (). */
static bool is_fact(const struct wants *wants, const char *name)
{
	return wants->in_triggers && call__is_known(name);
}

static int add_name(struct wants *wants, const struct expr *expr, const char *filter)
{
	struct want_name *names;

	for (unsigned int i = 0; i < wants->nr_names; i++)
		if (!strcmp(wants->names[i].name, expr->name))
			return 0;
	names = reallocarray(wants->names, wants->nr_names + 1, sizeof(*names));
	if (!names)
		return -ENOMEM;
	wants->names = names;
	names[wants->nr_names++] = (struct want_name){
		.name = expr->name, .span = expr->name_span, .filter = filter,
	};
	return 0;
}

static bool is_same_type(const struct type_name *a, const struct type_name *b)
{
	return a->tag == b->tag && a->ptr_depth == b->ptr_depth && !strcmp(a->name, b->name);
}

static int add_type(struct wants *wants, const struct type_name *type, const char *filter)
{
	struct want_type *types;

	for (unsigned int i = 0; i < wants->nr_types; i++)
		if (is_same_type(wants->types[i].type, type))
			return 0;
	types = reallocarray(wants->types, wants->nr_types + 1, sizeof(*types));
	if (!types)
		return -ENOMEM;
	wants->types = types;
	types[wants->nr_types++] = (struct want_type){ .type = type, .filter = filter };
	return 0;
}

/* The depth is limited by EXPR_MAX_DEPTH. */
static int add_expr(struct wants *wants, const struct expr *expr, const char *filter)
{
	/* container_of's second argument is a path of members. */
	unsigned int nr_args = expr->kind == EXPR_CONTAINER_OF ? 1 : expr->nr_args;
	int err = 0;

	if (expr->kind == EXPR_NAME && !is_known(expr->name) && !is_fact(wants, expr->name))
		err = add_name(wants, expr, filter);
	else if (expr->kind == EXPR_BY_TYPE)
		err = add_type(wants, &expr->type, filter);
	for (unsigned int i = 0; i < nr_args && !err; i++)
		err = add_expr(wants, expr->args[i], filter);
	return err;
}

int wants__new(const struct spec *spec, struct wants *wants)
{
	int err = 0;

	*wants = (struct wants){ .spec = spec };
	for (unsigned int i = 0; i < spec->nr_types && !err; i++)
		err = add_type(wants, &spec->types[i], NULL);
	for (unsigned int i = 0; i < spec->nr_items && !err; i++)
		err = add_expr(wants, spec->items[i].expr, NULL);
	for (unsigned int i = 0; i < spec->nr_filters && !err; i++)
		err = add_expr(wants, spec->filters[i].expr, spec->filters[i].text);
	wants->in_triggers = true;
	for (unsigned int i = 0; i < spec->nr_triggers && !err; i++)
		err = add_expr(wants, spec->triggers[i].expr, spec->triggers[i].text);
	if (err)
		wants__exit(wants);
	return err;
}

void wants__exit(struct wants *wants)
{
	free(wants->names);
	free(wants->types);
	*wants = (struct wants){ 0 };
}

bool wants__by_type(const struct wants *wants)
{
	return wants->nr_types;
}

/*
 * Finds a parameter for each of the spec's types from the @i-th on; bits of @taken are those that
 * stand for another one. Backwards where a choice turns out wrong: an int can be a pid_t's place.
 */
static bool place_types(const struct spec *spec, const struct kfunc *func, unsigned int i,
			uint64_t taken)
{
	if (i == spec->nr_types)
		return true;
	for (unsigned int p = 0; p < func->nr_params && p < 64; p++) {
		if (!(taken & 1ull << p) &&
		    typed__is_type(func->btf, func->params[p].type, &spec->types[i]) &&
		    place_types(spec, func, i + 1, taken | 1ull << p))
			return true;
	}
	return false;
}

static bool has_type(const struct kfunc *func, const struct type_name *type)
{
	for (unsigned int i = 0; i < func->nr_params; i++)
		if (typed__is_type(func->btf, func->params[i].type, type))
			return true;
	return false;
}

bool wants__types_fit(const struct wants *wants, const struct kfunc *func)
{
	for (unsigned int i = 0; i < wants->nr_types; i++)
		if (!has_type(func, wants->types[i].type))
			return false;
	return place_types(wants->spec, func, 0, 0);
}

void wants__count(struct wants *wants, const struct kfunc *func)
{
	for (unsigned int i = 0; i < wants->nr_names; i++)
		wants->names[i].nr_funcs += kfunc__find_param(func, wants->names[i].name) >= 0;
}

void wants__count_types(struct wants *wants, const struct kfunc *func)
{
	for (unsigned int i = 0; i < wants->nr_types; i++)
		wants->types[i].nr_funcs += has_type(func, wants->types[i].type);
}

const struct want_name *wants__missing(const struct wants *wants, const struct kfunc *func)
{
	for (unsigned int i = 0; i < wants->nr_names; i++) {
		const struct want_name *name = &wants->names[i];

		if (name->nr_funcs && kfunc__find_param(func, name->name) < 0)
			return name;
	}
	return NULL;
}
