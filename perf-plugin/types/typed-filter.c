// SPDX-License-Identifier: GPL-2.0-only
/* What has to be true for there to be an event. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "typed-name.h"
#include "typed-parts.h"

static int append_term(struct typed_spec *typed, struct typed_expr *expr, char *text)
{
	struct typed_term *terms = realloc(typed->terms, (typed->nr_terms + 1) * sizeof(*terms));

	if (terms)
		typed->terms = terms;
	if (!terms || !expr || !text) {
		tree__free(expr);
		free(text);
		return -ENOMEM;
	}
	terms[typed->nr_terms++] = (struct typed_term){ .expr = expr, .text = text };
	return 0;
}

/* The range of the side of a comparison that can vary: why the other one can't be in it. */
static void hint_range(struct check *c, const char *text, const struct expr *e)
{
	struct buf hint = BUF_INIT;
	int64_t low, high;
	struct value v;
	char *side;

	if (check__value(c, e, &v) || tree__is_const(v.expr))
		return;
	tree__range(v.expr, &low, &high);
	side = typed_name__fold(text, e->span);
	buf__addf(&hint, "'%s' is ", side ? side : "");
	ctype__name(c, v.type, &hint);
	if (low == INT64_MIN)
		buf__adds(&hint, ", which is 0 or more");
	else
		buf__addf(&hint, ", between %lld and %lld", (long long)low, (long long)high);
	diag__hint(c->diag, "%s", buf__str(&hint));
	buf__exit(&hint);
	free(side);
}

/* What is never true, whatever the values are, records nothing: that is not what was meant. */
static int check_possible(struct check *c, const char *text, const struct expr *e,
			  const struct value *v)
{
	int64_t low, high;

	tree__range(v->expr, &low, &high);
	if (low || high || tree__is_const(v->expr))
		return 0;	/* who writes 0 means it */
	diag__error_at(c->diag, -EINVAL, e->span, "this is never true");
	if (e->kind == EXPR_BINARY && is_comparison(e->op)) {
		hint_range(c, text, e->args[0]);
		hint_range(c, text, e->args[1]);
	}
	return -EINVAL;
}

int typed_filter__add(struct typed_spec *typed, const char *text, const struct expr *e,
		     struct diag *diag)
{
	struct check c = check_of(typed, diag);
	struct value v;
	int err;

	if (e->kind == EXPR_BINARY && e->op == OP_LAND) {
		err = typed_filter__add(typed, text, e->args[0], diag);
		return err ? err : typed_filter__add(typed, text, e->args[1], diag);
	}
	err = check__truth(&c, e, &v);
	if (!err)
		err = check_possible(&c, text, e, &v);
	if (!err)
		err = c.err;
	if (!err)
		err = append_term(typed, tree__copy(v.expr), typed_name__fold(text, e->span));
	check__exit(&c);
	return err;
}

static int add_filters(struct typed_spec *typed, struct diag *diag)
{
	const struct spec *spec = typed->spec;
	int err = 0;

	for (unsigned int i = 0; i < spec->nr_filters && !err; i++) {
		diag__set_text(diag, spec->filters[i].text);
		err = typed_filter__add(typed, spec->filters[i].text, spec->filters[i].expr, diag);
		diag__set_text(diag, NULL);
	}
	return err;
}

/* A trigger is whole: what is false at the entry may be all that is known there. */
static int add_trigger(struct typed_spec *typed, const struct spec_filter *trigger,
		       struct diag *diag)
{
	struct check c = check_of(typed, diag);
	struct typed_term *triggers;
	struct value v;
	int err;

	c.bare_facts = true;
	diag__set_text(diag, trigger->text);
	err = check__truth(&c, trigger->expr, &v);
	if (!err)
		err = check_possible(&c, trigger->text, trigger->expr, &v);
	if (!err)
		err = c.err;
	triggers = err ? NULL : realloc(typed->triggers,
					(typed->nr_triggers + 1) * sizeof(*triggers));
	if (!err && !triggers)
		err = -ENOMEM;
	if (!err) {
		typed->triggers = triggers;
		triggers += typed->nr_triggers++;
		triggers->expr = tree__copy(v.expr);
		triggers->text = typed_name__fold(trigger->text, trigger->expr->span);
		if (!triggers->expr || !triggers->text)
			err = -ENOMEM;
	}
	diag__set_text(diag, NULL);
	check__exit(&c);
	return err;
}

static int add_triggers(struct typed_spec *typed, struct diag *diag)
{
	int err = 0;

	for (unsigned int i = 0; i < typed->spec->nr_triggers && !err; i++)
		err = add_trigger(typed, &typed->spec->triggers[i], diag);
	return err;
}

/* Whether the return value, an int, pointer or bool, is an error. NULL: of another type. */
static struct typed_expr *error_test(struct check *c, const struct value *v, const char **text)
{
	struct type_info info;

	ctype__info(c, v->type, &info);
	if (v->form != FORM_VALUE)
		return NULL;
	if (info.cls == TYPE_POINTER) {		/* IS_ERR(), include/linux/err.h */
		*text = "(unsigned long)return >= -4095UL";
		return tree__alu(c, ALU_ULE, tree__const(c, -4095), v->expr);
	}
	if (info.is_bool) {
		*text = "!return";
		return tree__not(c, v->expr);
	}
	if ((info.cls == TYPE_INT || info.cls == TYPE_ENUM) && info.is_signed) {
		*text = "return < 0";
		return tree__alu(c, ALU_SLT, v->expr, tree__const(c, 0));
	}
	return NULL;
}

static int add_errors(struct typed_spec *typed, struct diag *diag)
{
	struct check c = check_of(typed, diag);
	struct span span = typed->spec->pattern_span;
	struct typed_expr *test = NULL;
	const char *text = NULL;
	struct value v;
	int err = 0;

	if (!typed->spec->errors)
		return 0;
	if (c.is_tracepoint || !typed->func.ret_id)
		err = diag__error_at(diag, -EINVAL, span, "'%s' returns nothing: there are no "
				     "errors to record", typed->func.name);
	else
		err = check__return(&c, span, &v);
	if (!err)
		test = error_test(&c, &v, &text);
	if (!err && !test) {
		err = check__type_error(&c, span, "no %s that is returned is an error", v.type);
		diag__hint(diag, "errors are negative numbers, error pointers, and false; say with "
				 "--filter what yours are");
	}
	if (!err)
		err = c.err;
	if (!err)
		err = append_term(typed, tree__copy(test), strdup(text));
	check__exit(&c);
	return err;
}

/* Terms of the entry first; else they stay in their order. */
static void sort_terms(struct typed_spec *typed)
{
	for (unsigned int i = 1; i < typed->nr_terms; i++) {
		struct typed_term term = typed->terms[i];
		unsigned int at = i;

		if (term.expr->at_return)
			continue;
		for (; at && typed->terms[at - 1].expr->at_return; at--)
			typed->terms[at] = typed->terms[at - 1];
		typed->terms[at] = term;
	}
}

int typed_filter__add_all(struct typed_spec *typed, struct diag *diag)
{
	int err = add_filters(typed, diag);

	if (!err)
		err = add_errors(typed, diag);
	if (!err)
		sort_terms(typed);
	return err ? err : add_triggers(typed, diag);
}

static void free_terms(struct typed_term *terms, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++) {
		tree__free(terms[i].expr);
		free(terms[i].text);
	}
	free(terms);
}

void typed_filter__exit(struct typed_spec *typed)
{
	free_terms(typed->terms, typed->nr_terms);
	free_terms(typed->triggers, typed->nr_triggers);
}
