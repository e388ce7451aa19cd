// SPDX-License-Identifier: GPL-2.0-only
/* The specs of spec_table.h and spec_errors.h become what stands there. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "../../perf-plugin/types/type.h"
#include "../../perf-plugin/types/typed.h"
#include "../../perf-plugin/util/buf.h"
#include "spec_errors.h"
#include "spec_table.h"
#include "spec_types.h"

#define NR(array)	(sizeof(array) / sizeof((array)[0]))

static struct spec_types types;

static int setup(void **state)
{
	(void)state;
	spec_types_build(&types);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	btf__free(types.btf);
	return 0;
}

/* A spec, typed; @filter may be NULL. */
struct typing {
	struct spec *spec;
	struct typed_spec *typed;
	struct diag diag;
	int err;
};

static void typing_init(struct typing *t, const char *text, const char *filter, bool errors)
{
	const struct kfunc *func;

	memset(t, 0, sizeof(*t));
	t->err = spec__parse(text, &t->spec, &t->diag);
	if (t->err)
		return;
	func = spec_types_func(&types, t->spec->pattern);
	if (!func)
		fail_msg("%s: the test has no such function", text);
	if (filter)
		t->err = spec__add_filter(t->spec, filter, &t->diag);
	t->spec->errors = errors;
	if (!t->err)
		t->err = typed_spec__new(t->spec, func, &t->typed, &t->diag);
}

static void typing_exit(struct typing *t)
{
	typed_spec__free(t->typed);
	spec__free(t->spec);
	diag__exit(&t->diag);
}

/* ---- typed specs as text --------------------------------------------------------------------- */

/* $i and the like in what is expected: parameters, as their types have them. */
static char *expand(const char *text)
{
	static const struct {
		const char *name, *text;
	} names[] = {
		{ "iu", "(ext u4 p1)" }, { "i", "(ext s4 p1)" }, { "uc", "(ext u1 p6)" },
		{ "u", "(ext u4 p2)" }, { "sc", "(ext s1 p7)" }, { "s", "(ext s2 p5)" },
		{ "b", "(ext u1 p8)" }, { "e", "(ext s4 p9)" },
	};
	struct buf out = BUF_INIT;

	while (*text) {
		unsigned int n = 0;

		if (*text != '$') {
			buf__addc(&out, *text++);
			continue;
		}
		while (n < NR(names) && strncmp(text + 1, names[n].name, strlen(names[n].name)))
			n++;
		assert_true(n < NR(names));
		buf__adds(&out, names[n].text);
		text += 1 + strlen(names[n].name);
	}
	return buf__take(&out);
}

static void add_type(struct typed_type type, uint32_t nr_bytes, struct buf *out)
{
	if (nr_bytes) {
		buf__addf(out, "unsigned char[%u]", nr_bytes);
		return;
	}
	if (type.id || type.ptr_depth)
		type__name(types.btf, type.id, out);
	if (type.ptr_depth && buf__str(out)[out->len - 1] != '*')
		buf__addc(out, ' ');
	buf__fill(out, '*', type.ptr_depth);
}

static void add_item(const struct typed_item *item, struct buf *out)
{
	static const char *const kinds[] = {
		[TYPED_SCALAR] = ":", [TYPED_OBJECT] = " at", [TYPED_STRING] = " string",
		[TYPED_BUFFER] = "buffer", [TYPED_BY_VALUE] = " by value",
	};
	static const char *const displays[] = {
		[DISPLAY_TYPE] = "", [DISPLAY_IP4] = "[ip4] ", [DISPLAY_IP6] = "[ip6] ",
		[DISPLAY_MAC] = "[mac] ", [DISPLAY_SYMBOL] = "[symbol] ",
	};
	struct buf type = BUF_INIT;

	if (item->kind != TYPED_BUFFER)
		add_type(item->type, item->nr_bytes, &type);
	buf__addf(out, "%s%s%s ", displays[item->display], type.len ? buf__str(&type) : "",
		  kinds[item->kind] + (*kinds[item->kind] == ' ' && !type.len));
	buf__exit(&type);
	if (item->expr)
		typed_expr__dump(item->expr, out);
	else
		buf__adds(out, "comm()");
	if (item->length) {
		buf__addc(out, ' ');
		typed_expr__dump(item->length, out);
	}
	if (item->max_size)
		buf__addf(out, " [%u]", item->max_size);
	if (item->pointee) {
		buf__adds(out, " -> ");
		type__name(types.btf, item->pointee, out);
	}
	buf__adds(out, item->at_return ? " @return" : "");
}

/* Items and terms; a term that came from an item stands behind it, where there is one. */
static char *typed_text(const struct typed_spec *typed)
{
	struct buf out = BUF_INIT;

	for (unsigned int i = 0; i < typed->nr_items; i++) {
		buf__adds(&out, out.len ? "; " : "");
		add_item(&typed->items[i], &out);
	}
	for (unsigned int i = 0; i < typed->nr_terms; i++) {
		buf__adds(&out, out.len ? "; if " : "if ");
		typed_expr__dump(typed->terms[i].expr, &out);
	}
	return buf__take(&out);
}

/* An item knows by itself what follows from its type and its operations. */
static void check_item(const char *spec, const struct typed_item *item)
{
	struct type_info info = { .cls = TYPE_POINTER };

	if (!item->type.ptr_depth && item->type.id)
		type__info(types.btf, item->type.id, &info);
	if (item->kind == TYPED_SCALAR && item->is_signed != info.is_signed)
		fail_msg("%s: is_signed is not its type's", spec);
	if (item->kind != TYPED_SCALAR && item->kind != TYPED_BY_VALUE && item->expr &&
	    !item->can_fail)
		fail_msg("%s: memory is read, and that can fail", spec);
	if (item->expr && item->expr->at_return && !item->at_return)
		fail_msg("%s: computed at the return and not recorded there", spec);
}

/* Every row that is wrong is shown: how many of a case that were. */
static unsigned int nr_wrong;

static void compare(const char *spec, const char *filter, bool errors, const char *expected)
{
	char *text, *wanted = expand(expected);
	struct typing t;

	typing_init(&t, spec, filter, errors);
	if (t.err) {
		print_error("%s %s: %s\n", spec, filter ? filter : "", t.diag.msg);
		nr_wrong++;
		typing_exit(&t);
		free(wanted);
		return;
	}
	text = typed_text(t.typed);
	if (strcmp(text, wanted)) {
		print_error("%s %s\n  is       %s\n  expected %s\n", spec, filter ? filter : "",
			    text, wanted);
		nr_wrong++;
	}
	for (unsigned int i = 0; i < t.typed->nr_items; i++)
		check_item(spec, &t.typed->items[i]);
	free(text);
	free(wanted);
	typing_exit(&t);
}

static void items(void **state)
{
	(void)state;
	nr_wrong = 0;
	for (size_t i = 0; i < NR(spec_rows); i++)
		compare(spec_rows[i].spec, NULL, false, spec_rows[i].typed);
	assert_int_equal(nr_wrong, 0);
}

static void filters(void **state)
{
	(void)state;
	nr_wrong = 0;
	for (size_t i = 0; i < NR(filter_rows); i++)
		compare(filter_rows[i].spec, filter_rows[i].filter, !filter_rows[i].filter,
			filter_rows[i].typed);
	assert_int_equal(nr_wrong, 0);
}

static void names(void **state)
{
	(void)state;
	nr_wrong = 0;
	for (size_t i = 0; i < NR(name_rows); i++) {
		struct typing t;

		typing_init(&t, name_rows[i].spec, NULL, false);
		if (t.err)
			fail_msg("%s: %s", name_rows[i].spec, t.diag.msg);
		if (strcmp(t.typed->items[0].path, name_rows[i].typed))
			print_error("%s: its name is %s, not %s\n", name_rows[i].spec,
				    t.typed->items[0].path, name_rows[i].typed);
		nr_wrong += strcmp(t.typed->items[0].path, name_rows[i].typed) != 0;
		typing_exit(&t);
	}
	assert_int_equal(nr_wrong, 0);
}

/* ---- errors ---------------------------------------------------------------------------------- */

/* The message, the place and the hint; the place is the text that the caret is under. */
static void check_error(const struct error_row *row, const struct typing *t)
{
	const char *text = t->diag.text ? t->diag.text : row->filter ? row->filter : row->spec;
	const struct diag *d = &t->diag;

	if (!t->err) {
		print_error("%s %s: no error\n", row->spec, row->filter ? row->filter : "");
		nr_wrong++;
		return;
	}
	assert_true(t->err == -EINVAL || t->err == -ENOENT);
	if (!d->msg || strcmp(d->msg, row->message) || !d->has_span ||
	    strlen(row->where) != d->span.len ||
	    strncmp(text + d->span.pos, row->where, d->span.len) ||
	    strcmp(d->hint ? d->hint : "", row->hint ? row->hint : "")) {
		print_error("%s %s\n  is       %s at '%.*s' hint %s\n"
			    "  expected %s at '%s' hint %s\n", row->spec,
			    row->filter ? row->filter : "", d->msg, (int)d->span.len,
			    text + d->span.pos, d->hint ? d->hint : "none", row->message,
			    row->where, row->hint ? row->hint : "none");
		nr_wrong++;
	}
}

static void errors(void **state)
{
	(void)state;
	nr_wrong = 0;
	for (size_t i = 0; i < NR(error_rows); i++) {
		const struct error_row *row = &error_rows[i];
		struct typing t;

		typing_init(&t, row->spec, row->filter, row->errors);
		check_error(row, &t);
		typing_exit(&t);
	}
	assert_int_equal(nr_wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items), cmocka_unit_test(filters), cmocka_unit_test(names),
		cmocka_unit_test(errors),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
