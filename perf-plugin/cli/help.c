// SPDX-License-Identifier: GPL-2.0-only
#include "help.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pager.h"

#define HELP_COLUMN	26	/* where an option's text begins ... */
#define HELP_GAP	2	/* ... with this much in front of it, or on a line of its own */

void help__usage(const char *const *usage)
{
	fprintf(stderr, "\n Usage: %s\n", *usage++);
	while (*usage && **usage)
		fprintf(stderr, "    or: %s\n", *usage++);
	for (; *usage; usage++)
		fprintf(stderr, "%s%s\n", **usage ? "    " : "", *usage);
	fputc('\n', stderr);
}

/* The argument as it follows the option's name. */
static int print_argument(const struct option *opt)
{
	bool optional = opt->flags & OPTION_OPTARG;
	const char *name = opt->arg_name ? opt->arg_name : "...";
	bool named = opt->arg_name;

	if (opt->type == OPTION_BOOLEAN || opt->type == OPTION_INCR || (opt->flags & OPTION_NOARG))
		return 0;
	return fprintf(stderr, "%s%s%s%s%s", optional ? (opt->long_name ? "[=" : "[") : " ",
		       named ? "<" : "", name, named ? ">" : "", optional ? "]" : "");
}

void help__option(const struct option *opt)
{
	int column;

	if (opt->type == OPTION_GROUP) {
		fprintf(stderr, "\n%s\n", opt->help ? opt->help : "");
		return;
	}
	column = fprintf(stderr, "    ");
	if (opt->short_name)
		column += fprintf(stderr, "-%c", opt->short_name);
	else
		column += fprintf(stderr, "    ");
	if (opt->short_name && opt->long_name)
		column += fprintf(stderr, ", ");
	if (opt->long_name)
		column += fprintf(stderr, "--%s", opt->long_name);
	column += print_argument(opt);
	if (column > HELP_COLUMN - HELP_GAP) {
		fputc('\n', stderr);
		column = 0;
	}
	fprintf(stderr, "%*s%s\n", HELP_COLUMN - column, "", opt->help ? opt->help : "");
}

/* By letter without regard to case, then by name; those without a letter come last. */
static int compare_options(const void *pa, const void *pb)
{
	const struct option *a = pa, *b = pb;
	int la = a->short_name ? tolower(a->short_name) : 256;
	int lb = b->short_name ? tolower(b->short_name) : 256;

	if (la != lb)
		return la - lb;
	return strcmp(a->long_name ? a->long_name : "", b->long_name ? b->long_name : "");
}

static bool is_picked(const struct option *opt, const char *const *words)
{
	if (!*words)
		return true;
	for (; *words; words++) {
		const char *word = *words;
		bool dash = *word == '-';

		word += strspn(word, "-");
		if (*word && !word[1] && *word == opt->short_name)
			return true;
		if (opt->long_name && !strcmp(opt->long_name, word))
			return true;
		if (!dash && word[0] && word[1] && opt->help && strcasestr(opt->help, word))
			return true;
	}
	return false;
}

/* Each group is sorted for itself. */
static void print_sorted(struct option *first, size_t nr, const char *const *words)
{
	qsort(first, nr, sizeof(*first), compare_options);
	for (size_t i = 0; i < nr; i++) {
		if (is_picked(&first[i], words))
			help__option(&first[i]);
	}
}

/* Has one of these the letter? */
static bool has_letter(const struct option *list, size_t nr, int letter)
{
	for (size_t i = 0; i < nr; i++) {
		if (letter && list[i].short_name == letter)
			return true;
	}
	return false;
}

/*
 * All options, on through the parents. Returns how many; with @list NULL counts only. A letter that
 * a command has for something else is not its parents': there the option goes by its name.
 */
static size_t list_options(const struct option *options, bool hidden, struct option *list)
{
	size_t nr = 0, nr_before;

	for (; options; options = options->parent) {
		for (nr_before = nr; options->type != OPTION_END; options++) {
			if (!hidden && (options->flags & OPTION_HIDDEN))
				continue;
			if (list) {
				list[nr] = *options;
				if (has_letter(list, nr_before, options->short_name))
					list[nr].short_name = 0;
			}
			nr++;
		}
	}
	return nr;
}

void help__all(const char *const *usage, const struct option *options, bool hidden,
	       const char *const *words)
{
	size_t nr = list_options(options, hidden, NULL), from = 0, to;
	struct option *list = calloc(nr + 1, sizeof(*list));

	pager__start();
	help__usage(usage);
	for (list_options(options, hidden, list); list && from < nr; from = to) {
		if (list[from].type == OPTION_GROUP) {
			if (!*words)
				help__option(&list[from]);
			from++;
		}
		for (to = from; to < nr && list[to].type != OPTION_GROUP; to++)
			;
		print_sorted(list + from, to - from, words);
	}
	free(list);
	fputc('\n', stderr);
}
