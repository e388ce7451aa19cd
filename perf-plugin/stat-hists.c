// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stat-hists.h"
#include "util/buf.h"

static unsigned int count_specs(const struct texts *texts)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < texts->nr; i++)
		nr += texts->list[i].kind == TEXT_SPEC;
	return nr;
}

int stat_hists__keep(const struct option *opt, const char *arg, bool unset)
{
	struct stat_hists *hists = opt->value;
	struct stat_hist *list;

	if (unset) {
		hists->nr = 0;
		return 0;
	}
	list = reallocarray(hists->list, hists->nr + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	hists->list = list;
	list[hists->nr++] = (struct stat_hist){ arg, count_specs(hists->texts) };
	return 0;
}

/* "dur" is what the spec language calls duration(). */
static const char *expression(const char *text)
{
	return !strcmp(text, "dur") || !strcmp(text, "duration") ? "duration()" : text;
}

static bool is_of_all(const char *text)
{
	return !strcmp(text, "duration()") || !strcmp(text, "return");
}

/* Equal but for white space. */
static bool is_same(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (isspace((unsigned char)*a))
			a++;
		while (isspace((unsigned char)*b))
			b++;
		if (*a != *b)
			return false;
		if (!*a)
			return true;
	}
}

static int want(struct stat_hists *hists, unsigned int spec, const char *item)
{
	struct stat_wanted *wanted;

	wanted = reallocarray(hists->wanted, hists->nr_wanted + 1, sizeof(*wanted));
	if (!wanted)
		return -ENOMEM;
	hists->wanted = wanted;
	wanted[hists->nr_wanted] = (struct stat_wanted){ spec, strdup(item) };
	return wanted[hists->nr_wanted++].item ? 0 : -ENOMEM;
}

/* Whether the spec names the value; it is wanted then. Or -ENOMEM. */
static int find_in(struct stat_hists *hists, unsigned int number, const struct spec *spec,
		   const char *text)
{
	for (unsigned int i = 0; spec->has_items && i < spec->nr_items; i++) {
		const struct spec_item *item = &spec->items[i];
		const char *name = item->name ? item->name : item->text;

		if (is_same(name, text) || is_same(item->text, text))
			return want(hists, number, name) ?: 1;
	}
	return 0;
}

/* Everything up to the values: the patterns, and the types that they choose by. */
static size_t head_length(const struct spec *spec)
{
	struct span last = spec->pattern_span;
	const char *end;

	if (!spec->nr_types)
		return last.pos + last.len;
	last = spec->types[spec->nr_types - 1].span;
	end = strchr(spec->text + last.pos + last.len, ')');
	return end ? (size_t)(end + 1 - spec->text) : strlen(spec->text);
}

/* One more value behind those that the spec has: "f(a)" becomes "f(a, expr)". */
static int append(struct stat_hists *hists, struct text *text, unsigned int number,
		  const struct spec *spec, const char *expr)
{
	char **texts = reallocarray(hists->spec_texts, hists->nr_spec_texts + 1, sizeof(*texts));
	struct buf whole = BUF_INIT;

	if (!texts)
		return -ENOMEM;
	hists->spec_texts = texts;
	buf__add(&whole, spec->text, head_length(spec));
	buf__addc(&whole, '(');
	for (unsigned int i = 0; i < spec->nr_items; i++) {
		const struct spec_item *item = &spec->items[i];

		buf__addf(&whole, "%s%s%s, ", item->name ? item->name : "", item->name ? "=" : "",
			  item->text);
	}
	buf__addf(&whole, "%s)", expr);
	texts[hists->nr_spec_texts] = buf__take(&whole);
	if (!texts[hists->nr_spec_texts])
		return -ENOMEM;
	text->text = texts[hists->nr_spec_texts++];
	return want(hists, number, expr);
}

/* One spec, as it is so far. NULL: something is wrong with it, and will be said. */
static struct spec *parse(const char *text)
{
	struct diag diag = DIAG_INIT;
	struct spec *spec = NULL;

	if (spec__parse(text, &spec, &diag))
		spec = NULL;
	diag__exit(&diag);
	return spec;
}

/*
 * One round over the specs for one histogram: it is found in those that name it or, to @add it, in
 * those that are about functions, or in spec @only if that is not negative. Returns how many, or
 * -ENOMEM.
 */
static int apply_to(struct stat_hists *hists, struct texts *texts, const char *expr, long only,
		    bool add)
{
	unsigned int number = 0;
	int nr = 0, err = 0;

	for (unsigned int i = 0; i < texts->nr && err >= 0; i++) {
		struct text *text = &texts->list[i];
		struct spec *spec;

		if (text->kind != TEXT_SPEC)
			continue;
		spec = parse(text->text);
		if (spec && !add)
			err = find_in(hists, number, spec, expr);
		else if (spec && (only == (long)number ||
				  (only < 0 && spec->kind == SPEC_FUNC)) &&
			 !(err = find_in(hists, number, spec, expr)))
			err = append(hists, text, number, spec, expr) ?: 1;
		nr += err > 0;
		spec__free(spec);
		number++;
	}
	return err < 0 ? err : nr;
}

static int apply_one(struct stat_hists *hists, struct texts *texts, const struct stat_hist *hist)
{
	const char *expr = expression(hist->text);
	int found;

	found = apply_to(hists, texts, expr, -1, is_of_all(expr));
	/* Where it is out of place, the type checker says why. */
	if (!found)
		found = apply_to(hists, texts, expr, hist->nr_specs ? hist->nr_specs - 1 : 0, true);
	return found < 0 ? found : 0;
}

int stat_hists__apply(struct stat_hists *hists, struct texts *texts)
{
	int err = 0;

	for (unsigned int i = 0; i < hists->nr && !err; i++)
		err = apply_one(hists, texts, &hists->list[i]);
	return err;
}

bool stat_hists__has(const void *ctx, const struct spec *spec, const char *item)
{
	const struct stat_hists *hists = ctx;

	for (unsigned int i = 0; i < hists->nr_wanted; i++)
		if (hists->specs[hists->wanted[i].spec] == spec &&
		    is_same(hists->wanted[i].item, item))
			return true;
	return false;
}

void stat_hists__exit(struct stat_hists *hists)
{
	for (unsigned int i = 0; i < hists->nr_wanted; i++)
		free(hists->wanted[i].item);
	for (unsigned int i = 0; i < hists->nr_spec_texts; i++)
		free(hists->spec_texts[i]);
	free(hists->wanted);
	free(hists->spec_texts);
	free(hists->list);
}
