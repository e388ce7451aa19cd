/* SPDX-License-Identifier: GPL-2.0-only */
/* One key, field or expression for all events of a file, those that turn up in a pipe included. */
#ifndef BTFSNOOP_REPORT_COLUMN_SET_H
#define BTFSNOOP_REPORT_COLUMN_SET_H

#include "column.h"

struct column_set;

/*
 * Prepares @text, of which @len bytes count. Returns 0; -EINVAL with a message in @diag when none
 * of the events known has that, or it is wrong; -ENOMEM.
 */
int column_set__new(struct input *input, const char *text, size_t len, struct column_set **out,
		    struct diag *diag);
void column_set__free(struct column_set *set);

/* Event @event's column, NULL: it has none. Returns 0 or -ENOMEM. */
int column_set__get(struct column_set *set, unsigned int event, struct column **column);

#endif
