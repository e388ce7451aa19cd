/* SPDX-License-Identifier: GPL-2.0-only */
/* --filter: an expression that has to be true of a sample, whatever event it is of. */
#ifndef BTFSNOOP_REPORT_CONDITION_H
#define BTFSNOOP_REPORT_CONDITION_H

#include <stdbool.h>

#include "../util/diag.h"
#include "input.h"

struct condition;

/*
 * @text is compiled for an event when its first sample comes, as events turn up while a pipe is
 * read. Returns 0; -EINVAL with a message in @diag (which gets the text too) when none of the
 * events there are has what is in it; -ENOMEM.
 */
int condition__new(struct input *input, const char *text, struct condition **out,
		   struct diag *diag);
void condition__free(struct condition *condition);

/*
 * Is it true of the sample? Not so of an event that lacks a name in it, and where an operand could
 * not be read; of an || that stands for itself an event may have either side. Returns 1, 0, or
 * -ENOMEM.
 */
int condition__is_true(struct condition *condition, const struct perfdata_sample *sample);

/* To be asked at the end: -EINVAL as above when samples came, and none of their events had it. */
int condition__end(const struct condition *condition, struct diag *diag);

#endif
