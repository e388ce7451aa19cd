/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Modules that come and go while functions of theirs are recorded. The kernel's tracepoints
 * module_load and module_free tell: they are events of the recording like others
 * (btfsnoop:module_load, _free), and so are its notes of what happened when.
 *
 * A life: follow__new() makes the notes' specs, which are to be resolved with the recording's own;
 * follow__begin() when the first events are attached; follow__take() for each record out of the
 * ring; follow__apply() in between attaches what came and lets go of what went.
 */
#ifndef BTFSNOOP_RECORD_FOLLOW_H
#define BTFSNOOP_RECORD_FOLLOW_H

#include <stdbool.h>

#include "generation.h"

struct follow;

int follow__new(struct follow **out, struct diag *diag);

/* The generations that came later are freed too, and have to be before the first one is. */
void follow__free(struct follow *follow);

struct spec *const *follow__notes(const struct follow *follow, unsigned int *nr);

/*
 * @first has the first events, @resolve and @attach say what was asked of them; they outlive the
 * follow. Modules that came since @first was resolved are applied next. Returns 0 or a negative
 * errno.
 */
int follow__begin(struct follow *follow, struct generation *first,
		  const struct resolve_opts *resolve, const struct attach_opts *attach);

/* Whether there are samples that are notes. */
bool follow__has_notes(const struct follow *follow);

enum follow_record {
	FOLLOW_NONE,	/* no note */
	FOLLOW_KEEP,	/* a note that belongs into the file */
	FOLLOW_DROP,	/* about a module that is nobody's concern here */
};

/* Looks at a sample out of the ring, whose size was checked. */
enum follow_record follow__take(struct follow *follow, const struct bs_sample *sample);

/*
 * Does what the notes taken since the last time ask for, and says so; events of a module go to
 * @sink. What cannot be attached is left with a warning. @time is now, by the samples' clock.
 * Returns 0 or a negative errno of writing.
 */
int follow__apply(struct follow *follow, struct sink *sink, uint64_t time);

/* The generations that came later, in their order; NULL behind the last. */
struct generation *follow__generation(const struct follow *follow, unsigned int index);

#endif
