// SPDX-License-Identifier: GPL-2.0-only
#include "matcher.h"

#include <errno.h>
#include <fnmatch.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "debuginfo.h"

/* A function that has code in a file that was asked for. */
struct file_func {
	char *name;
	uint64_t offset;
};

/* A pattern that is ready. */
struct ready {
	const struct spec_pattern *pattern;
	size_t literal;		/* of a glob: bytes in front of the first special one */
	regex_t regex;
	bool has_regex;
	struct file_func *funcs;	/* of a source file, sorted */
	size_t nr_funcs, cap_funcs;
};

struct matcher {
	struct ready *ready;
	unsigned int nr;
};

static int compare_funcs(const void *pa, const void *pb)
{
	const struct file_func *a = pa, *b = pb;
	int order = strcmp(a->name, b->name);

	return order ? order : (a->offset > b->offset) - (a->offset < b->offset);
}

static int add_file_func(const char *name, uint64_t offset, const char *file, void *ctx)
{
	struct ready *ready = ctx;

	(void)file;
	if (ready->nr_funcs == ready->cap_funcs) {
		size_t cap = ready->cap_funcs ? 2 * ready->cap_funcs : 256;
		struct file_func *funcs = reallocarray(ready->funcs, cap, sizeof(*funcs));

		if (!funcs)
			return -ENOMEM;
		ready->funcs = funcs;
		ready->cap_funcs = cap;
	}
	ready->funcs[ready->nr_funcs] = (struct file_func){ strdup(name), offset };
	return ready->funcs[ready->nr_funcs].name ? (ready->nr_funcs++, 0) : -ENOMEM;
}

static int ready__read_files(struct ready *ready, struct debuginfo *info, struct diag *diag)
{
	const struct spec_pattern *pattern = ready->pattern;
	unsigned int nr_files = 0;
	int err;

	err = debuginfo__for_each_func(info, pattern->text, add_file_func, ready, &nr_files);
	if (err)
		return diag__error(diag, err, "cannot read the kernel's debug information: %s",
				   strerror(-err));
	if (!nr_files && !pattern->exclude) {
		diag__error_at(diag, -ENOENT, pattern->span,
			       "no source file of the kernel matches '%s'", pattern->text);
		diag__hint(diag, "its path is written from the top of the source on, as in "
				 "@net/ipv4/tcp*.c");
		return -ENOENT;
	}
	if (ready->nr_funcs)
		qsort(ready->funcs, ready->nr_funcs, sizeof(*ready->funcs), compare_funcs);
	return 0;
}

static int ready__init(struct ready *ready, const struct spec_pattern *pattern,
		       struct debuginfo *info, struct diag *diag)
{
	int ret;

	ready->pattern = pattern;
	switch (pattern->kind) {
	case PATTERN_GLOB:
		ready->literal = strcspn(pattern->text, "*?[\\");
		return 0;
	case PATTERN_REGEX:
		ret = regcomp(&ready->regex, pattern->text, REG_EXTENDED | REG_NOSUB);
		ready->has_regex = !ret;
		return !ret ? 0 : ret == REG_ESPACE ? -ENOMEM : -EINVAL;
	case PATTERN_FILE:
		return ready__read_files(ready, info, diag);
	}
	return -EINVAL;
}

/* Opens the debug information if a pattern needs it; *@info is NULL otherwise. */
static int open_debuginfo(const struct spec *spec, const char *vmlinux, struct debuginfo **info,
			  struct diag *diag)
{
	const struct spec_pattern *file = NULL;

	*info = NULL;
	for (unsigned int i = 0; i < spec->nr_patterns && !file; i++)
		if (spec->patterns[i].kind == PATTERN_FILE)
			file = &spec->patterns[i];
	if (!file)
		return 0;
	if (spec->module && strcmp(spec->module, "vmlinux"))
		return diag__error_at(diag, -EINVAL, file->span,
				      "the source files of modules are not known, only the "
				      "kernel's own");
	return debuginfo__open(vmlinux, info, diag);
}

int matcher__new(const struct spec *spec, const char *vmlinux, struct matcher **out,
		 struct diag *diag)
{
	struct matcher *matcher = calloc(1, sizeof(*matcher));
	struct debuginfo *info = NULL;
	int err = -ENOMEM;

	*out = NULL;
	if (matcher)
		matcher->ready = calloc(spec->nr_patterns + 1, sizeof(*matcher->ready));
	if (matcher && matcher->ready)
		err = open_debuginfo(spec, vmlinux, &info, diag);
	for (unsigned int i = 0; i < spec->nr_patterns && !err; i++)
		err = ready__init(&matcher->ready[matcher->nr++], &spec->patterns[i], info, diag);
	debuginfo__close(info);
	if (err)
		matcher__free(matcher);
	else
		*out = matcher;
	return err;
}

void matcher__free(struct matcher *matcher)
{
	if (!matcher)
		return;
	for (unsigned int i = 0; i < matcher->nr; i++) {
		struct ready *ready = &matcher->ready[i];

		if (ready->has_regex)
			regfree(&ready->regex);
		for (size_t j = 0; j < ready->nr_funcs; j++)
			free(ready->funcs[j].name);
		free(ready->funcs);
	}
	free(matcher->ready);
	free(matcher);
}

/* Whether a function of this name, at @offset unless that is NULL, is in one of the files. */
static bool is_in_files(const struct ready *ready, const char *name, const uint64_t *offset)
{
	size_t low = 0, high = ready->nr_funcs;
	struct file_func wanted = { (char *)name, offset ? *offset : 0 };

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_funcs(&ready->funcs[mid], &wanted) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < ready->nr_funcs && !strcmp(ready->funcs[low].name, name) &&
	       (!offset || ready->funcs[low].offset == *offset);
}

static bool ready__matches(const struct ready *ready, const char *name, const uint64_t *offset)
{
	const char *text = ready->pattern->text;

	switch (ready->pattern->kind) {
	case PATTERN_GLOB:
		/* Most names differ in the first bytes already: fnmatch() has to see few. */
		if (strncmp(name, text, ready->literal))
			return false;
		return text[ready->literal] ? !fnmatch(text, name, 0) : !name[ready->literal];
	case PATTERN_REGEX:
		return !regexec(&ready->regex, name, 0, NULL, 0);
	case PATTERN_FILE:
		return is_in_files(ready, name, offset);
	}
	return false;
}

static bool matches(const struct matcher *matcher, const char *name, const uint64_t *offset)
{
	bool found = false;

	for (unsigned int i = 0; i < matcher->nr; i++) {
		const struct ready *ready = &matcher->ready[i];

		if (found && !ready->pattern->exclude)
			continue;
		if (!ready__matches(ready, name, offset))
			continue;
		if (ready->pattern->exclude)
			return false;
		found = true;
	}
	return found;
}

bool matcher__matches(const struct matcher *matcher, const char *name)
{
	return matches(matcher, name, NULL);
}

bool matcher__matches_at(const struct matcher *matcher, const char *name, uint64_t offset)
{
	return matches(matcher, name, &offset);
}
