/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the options that can be given several times said, in the order in which they came; parsed
 * when all options are known to be right.
 */
#ifndef BTFSNOOP_RECORD_TEXTS_H
#define BTFSNOOP_RECORD_TEXTS_H

#include <stdbool.h>

#include "../spec/spec.h"

enum text_kind {
	TEXT_SPEC,
	TEXT_FILTER,		/* of the spec before it; and so is */
	TEXT_ERRORS,		/* this, which has no text, */
	TEXT_TRIGGER,		/* and this */
	TEXT_EXCLUDE,		/* these are lists, and for all specs */
	TEXT_COMM,
	TEXT_STACK_HAS,
	NR_TEXT_KINDS,
};

struct text {
	enum text_kind kind;
	const char *text;
};

struct texts {
	struct text *list;
	unsigned int nr;
};

/* @text outlives the texts. Returns 0 or -ENOMEM. */
int texts__add(struct texts *texts, enum text_kind kind, const char *text);

/* Forgets those of @kind; of what belongs to a spec that of the last one, with specs also that. */
void texts__forget(struct texts *texts, enum text_kind kind);

bool texts__has(const struct texts *texts, enum text_kind kind);

/* Those of @kind with commas between them. The caller frees it; NULL without memory. */
char *texts__join(const struct texts *texts, enum text_kind kind);

#define TEXTS_MAX_COMMON	2

/*
 * Parses the specs and what belongs to them, and gives all of them the filters @common, where they
 * are not NULL. What is wrong is printed, with its place. Returns 0 or
 * a negative errno; *@specs is then still the caller's to free, with the specs, of which there are
 * *@nr.
 */
int texts__parse(const struct texts *texts, const char *const common[TEXTS_MAX_COMMON],
		 struct spec ***specs, unsigned int *nr);

void texts__exit(struct texts *texts);

#endif
