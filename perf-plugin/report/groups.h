/* SPDX-License-Identifier: GPL-2.0-only */
/* Samples of all events in groups by some keys, each group a table: report --group-by. */
#ifndef BTFSNOOP_REPORT_GROUPS_H
#define BTFSNOOP_REPORT_GROUPS_H

#include <stdio.h>

#include "../util/diag.h"
#include "aggregate.h"
#include "entries.h"

struct groups;

/*
 * @keys: "comm,cpu"; within a group samples are told apart by the event, then as @opts say. Returns
 * 0, -EINVAL with a message in @diag, -ENOMEM.
 */
int groups__new(struct input *input, const char *keys, const struct aggregate_opts *opts,
		struct groups **out, struct diag *diag);
void groups__free(struct groups *groups);

/* Returns 0 or -ENOMEM. */
int groups__add(struct groups *groups, const struct perfdata_sample *sample);

/*
 * Prints the groups, the one with the largest share first; shares within one are of its samples.
 * Returns how many there are, or a negative errno.
 */
int groups__print(struct groups *groups, const struct entries_opts *opts, FILE *file);

#endif
