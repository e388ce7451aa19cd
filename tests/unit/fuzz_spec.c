// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer's way into the spec parser:
 *	clang -g -O1 -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined fuzz_spec.c
 *		perf-plugin/spec/<all>.c perf-plugin/util/buf.c perf-plugin/util/diag.c
 * What it checks beyond memory: an error has a message inside the text, a tree keeps to its limits
 * and its spans to the text.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../perf-plugin/spec/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void check_span(struct span span, size_t len)
{
	check((size_t)span.pos + span.len <= len);
}

/* Returns the tree's height. */
static unsigned int check_tree(const struct expr *expr, size_t len)
{
	unsigned int height = 0, arg;

	check_span(expr->span, len);
	check_span(expr->name_span, len);
	check_span(expr->type.span, len);
	for (unsigned int i = 0; i < expr->nr_args; i++) {
		arg = check_tree(expr->args[i], len);
		if (arg > height)
			height = arg;
	}
	check(expr->height == height + 1 && expr->height <= EXPR_MAX_DEPTH);
	return height + 1;
}

static void check_expr(const struct expr *expr, size_t len)
{
	char *dump;

	check_tree(expr, len);
	dump = expr__dump(expr);
	check(dump);
	free(dump);
}

static void check_diag(struct diag *diag, const char *text, int err)
{
	static FILE *null;

	if (!null)
		null = fopen("/dev/null", "w");
	check(err == -EINVAL && diag->msg);
	if (diag->has_span)
		check_span(diag->span, strlen(text));
	else
		check(strlen(text) > SPEC_MAX_LEN);
	diag__print(diag, text, err, null);
	diag__exit(diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	struct diag diag = DIAG_INIT;
	struct spec *spec;
	struct expr *expr;
	int err;

	err = spec__parse(text, &spec, &diag);
	if (err)
		check_diag(&diag, text, err);
	else
		for (unsigned int i = 0; i < spec->nr_items; i++)
			check_expr(spec->items[i].expr, strlen(text));
	spec__free(spec);

	err = expr__parse(text, &expr, &diag);
	if (err)
		check_diag(&diag, text, err);
	else
		check_expr(expr, strlen(text));
	expr__free(expr);
	free(text);
	return 0;
}
