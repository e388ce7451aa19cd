// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "name.h"

/* Python's keywords, and the arguments that perf's generated scripts give to every handler. */
static const char *const reserved[] = {
	"False", "None", "True", "and", "as", "assert", "async", "await", "break", "class",
	"continue", "def", "del", "elif", "else", "except", "exec", "finally", "for", "from",
	"global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "print",
	"raise", "return", "try", "while", "with", "yield",
	"event_name", "context", "common_cpu", "common_secs", "common_nsecs", "common_pid",
	"common_comm", "common_callchain", "common_type", "common_flags",
	"common_preempt_count", "perf_sample_dict", "item_status", "duration",
};

static bool is_reserved(const char *name)
{
	for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++)
		if (!strcmp(reserved[i], name))
			return true;
	return false;
}

char *name__identifier(const char *text)
{
	size_t len = strlen(text);
	char *name = malloc(len + 3), *p = name;	/* '_' before a digit, '_' behind, NUL */

	if (!name)
		return NULL;
	if (!len || isdigit((unsigned char)text[0]))
		*p++ = '_';
	for (size_t i = 0; i < len; i++)
		*p++ = isascii(text[i]) && isalnum((unsigned char)text[i]) ? text[i] : '_';
	*p = '\0';
	if (is_reserved(name))
		strcpy(p, "_");
	return name;
}

#define MAX_PATTERN_NAME	48

char *name__of_pattern(const char *pattern)
{
	char name[MAX_PATTERN_NAME + 1];
	size_t len = 0;
	bool gap = false;

	for (const char *p = pattern; *p && len < MAX_PATTERN_NAME - 1; p++) {
		bool joins = !isascii(*p) || !isalnum((unsigned char)*p);

		if (joins && *p != '_') {
			gap = len;
			continue;
		}
		if (gap && name[len - 1] != '_' && !joins)
			name[len++] = '_';
		gap = false;
		name[len++] = *p;
	}
	if (gap && name[len - 1] != '_')
		name[len++] = '_';
	name[len] = '\0';
	return name__identifier(len ? name : "funcs");
}

/* Whether @base with number @n is taken; true also without memory to tell, *@err is set then. */
static bool number_taken(const char *base, unsigned int n,
			 bool (*taken)(const char *name, const void *ctx), const void *ctx,
			 int *err)
{
	char *name;
	bool is_taken;

	if (asprintf(&name, "%s_%u", base, n) < 0) {
		*err = -ENOMEM;
		return true;
	}
	is_taken = taken(name, ctx);
	free(name);
	return is_taken;
}

/* Mostly all numbers up to some are taken, and then it is the next: thousands are not tried. */
static unsigned int free_number(const char *base, bool (*taken)(const char *name, const void *ctx),
				const void *ctx, int *err)
{
	unsigned int last_taken = 1, n = 2;

	while (!*err && number_taken(base, n, taken, ctx, err)) {
		last_taken = n;
		n = 2 * n - 1;
	}
	while (!*err && n - last_taken > 1) {
		unsigned int mid = last_taken + (n - last_taken) / 2;

		if (number_taken(base, mid, taken, ctx, err))
			last_taken = mid;
		else
			n = mid;
	}
	return n;
}

char *name__unique(const char *text, bool (*taken)(const char *name, const void *ctx),
		   const void *ctx)
{
	char *base = name__identifier(text), *name = NULL;
	unsigned int n;
	int err = 0;

	if (!base || !taken(base, ctx))
		return base;
	n = free_number(base, taken, ctx, &err);
	if (err || asprintf(&name, "%s_%u", base, n) < 0)
		name = NULL;
	free(base);
	return name;
}
