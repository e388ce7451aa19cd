/* SPDX-License-Identifier: GPL-2.0-only */
/* Samples of one event put together by what they have in common: a table of perf report. */
#ifndef BTFSNOOP_REPORT_HIST_H
#define BTFSNOOP_REPORT_HIST_H

#include <stdbool.h>
#include <stdint.h>

#include "../render/table.h"
#include "../util/diag.h"
#include "input.h"

struct hist;
struct strings;

/* Texts that occur often, kept once each. */
int strings__new(struct strings **out);
void strings__free(struct strings *strings);

/*
 * Prepares the event @index of @input. @sort are the keys to tell samples apart by, in perf's way:
 * "comm,sym,skb->len"; NULL for the task, the function and all values that are no struct. What the
 * event doesn't have is left out. Returns 0 or -ENOMEM.
 */
int hist__new(struct input *input, unsigned int index, const char *sort, struct strings *strings,
	      struct hist **out);
void hist__free(struct hist *hist);

/* Adds a sample of this event. Returns 0 or -ENOMEM. */
int hist__add(struct hist *hist, const struct perfdata_sample *sample);

uint64_t hist__nr_samples(const struct hist *hist);
uint64_t hist__total_period(const struct hist *hist);

/* Fills a table with one row for each group, the largest share first. Returns 0 or -ENOMEM. */
int hist__table(struct hist *hist, struct table *table);

/*
 * Checks that each of the keys in @sort is one that some event of @input has. Returns 0, or -EINVAL
 * with a message in @diag.
 */
int hist__check_sort(const struct input *input, const char *sort, struct diag *diag);

#endif
