/* SPDX-License-Identifier: GPL-2.0-only */
/* -e, -c, -F, and --filter where it is a -e's: the kernel's own events beside those of -f. */
#ifndef BTFSNOOP_RECORD_EVENTS_H
#define BTFSNOOP_RECORD_EVENTS_H

#include "record-options.h"

/* Puts them into the table. Returns 0 or -ENOMEM. */
int record_events__init(struct record_options *rec);
void record_events__exit(struct record_options *rec);

/*
 * Makes rec->session.evlist of what the options said; the session's clock and call chains are
 * chosen. Returns 0, or a negative errno after what is wrong was printed.
 */
int record_events__choose(struct record_options *rec);

/* The callbacks of -f and --filter: the latter is for the -f or -e before it. */
int record_events__keep_spec(const struct option *opt, const char *arg, bool unset);
int record_events__keep_filter(const struct option *opt, const char *arg, bool unset);

#endif
