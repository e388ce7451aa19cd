// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../util/buf.h"
#include "texts.h"

int texts__add(struct texts *texts, enum text_kind kind, const char *text)
{
	struct text *list = realloc(texts->list, (texts->nr + 1) * sizeof(*list));

	if (!list)
		return -ENOMEM;
	texts->list = list;
	list[texts->nr++] = (struct text){ kind, text };
	return 0;
}

static bool is_of_spec(enum text_kind kind)
{
	return kind == TEXT_FILTER || kind == TEXT_ERRORS || kind == TEXT_TRIGGER;
}

/* Where what belongs to the last spec begins. */
static unsigned int last_spec(const struct texts *texts)
{
	unsigned int i = texts->nr;

	while (i && texts->list[i - 1].kind != TEXT_SPEC)
		i--;
	return i;
}

void texts__forget(struct texts *texts, enum text_kind kind)
{
	unsigned int from = is_of_spec(kind) ? last_spec(texts) : 0, nr = from;

	for (unsigned int i = from; i < texts->nr; i++) {
		enum text_kind this = texts->list[i].kind;

		if (this != kind && !(kind == TEXT_SPEC && is_of_spec(this)))
			texts->list[nr++] = texts->list[i];
	}
	texts->nr = nr;
}

bool texts__has(const struct texts *texts, enum text_kind kind)
{
	for (unsigned int i = 0; i < texts->nr; i++)
		if (texts->list[i].kind == kind)
			return true;
	return false;
}

char *texts__join(const struct texts *texts, enum text_kind kind)
{
	struct buf joined = BUF_INIT;
	bool first = true;

	buf__adds(&joined, "");
	for (unsigned int i = 0; i < texts->nr; i++) {
		if (texts->list[i].kind != kind)
			continue;
		buf__addf(&joined, "%s%s", first ? "" : ",", texts->list[i].text);
		first = false;
	}
	return buf__take(&joined);
}

/* Prints what is wrong with @text. */
static int report(int err, const char *text, struct diag *diag)
{
	if (err)
		diag__print(diag, text, err, stderr);
	diag__exit(diag);
	return err;
}

static int add_spec(const char *text, struct spec ***specs, unsigned int *nr)
{
	struct diag diag = DIAG_INIT;
	struct spec **grown, *spec;
	int err = report(spec__parse(text, &spec, &diag), text, &diag);

	if (err)
		return err;
	grown = realloc(*specs, (*nr + 1) * sizeof(*grown));
	if (!grown) {
		spec__free(spec);
		return -ENOMEM;
	}
	*specs = grown;
	grown[(*nr)++] = spec;
	return 0;
}

static int add_filter(struct spec *spec, const char *text)
{
	struct diag diag = DIAG_INIT;

	return report(spec__add_filter(spec, text, &diag), text, &diag);
}

static int add_trigger(struct spec *spec, const char *text)
{
	struct diag diag = DIAG_INIT;

	return report(spec__add_trigger(spec, text, &diag), text, &diag);
}

static int add_exclude(struct spec *spec, const char *text)
{
	struct diag diag = DIAG_INIT;

	return report(spec__add_exclude(spec, text, &diag), text, &diag);
}

static int add_common(const struct texts *texts, const char *const common[TEXTS_MAX_COMMON],
		      struct spec *spec)
{
	int err = 0;

	for (unsigned int i = 0; i < TEXTS_MAX_COMMON && !err; i++)
		if (common[i])
			err = add_filter(spec, common[i]);
	for (unsigned int i = 0; i < texts->nr && !err; i++)
		if (texts->list[i].kind == TEXT_EXCLUDE)
			err = add_exclude(spec, texts->list[i].text);
	return err;
}

/* Parses one text; what belongs to a spec goes to the last of @specs. */
static int add_text(const struct text *text, struct spec ***specs, unsigned int *nr)
{
	if (text->kind == TEXT_SPEC)
		return add_spec(text->text, specs, nr);
	if (!*nr || !is_of_spec(text->kind))
		return 0;
	if (text->kind == TEXT_FILTER)
		return add_filter((*specs)[*nr - 1], text->text);
	if (text->kind == TEXT_TRIGGER)
		return add_trigger((*specs)[*nr - 1], text->text);
	(*specs)[*nr - 1]->errors = true;
	return 0;
}

int texts__parse(const struct texts *texts, const char *const common[TEXTS_MAX_COMMON],
		 struct spec ***specs, unsigned int *nr)
{
	int err = 0;

	*specs = NULL;
	*nr = 0;
	for (unsigned int i = 0; i < texts->nr && !err; i++)
		err = add_text(&texts->list[i], specs, nr);
	for (unsigned int i = 0; i < *nr && !err; i++)
		err = add_common(texts, common, (*specs)[i]);
	return err;
}

void texts__exit(struct texts *texts)
{
	free(texts->list);
	*texts = (struct texts){ 0 };
}
