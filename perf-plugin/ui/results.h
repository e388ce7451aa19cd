/* SPDX-License-Identifier: GPL-2.0-only */
/* What the pages show: all samples of the file, grouped, and where each of them is. */
#ifndef BTFSNOOP_UI_RESULTS_H
#define BTFSNOOP_UI_RESULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "../report/aggregate.h"
#include "../report/samples.h"

struct results;

/*
 * For a file that can be read twice. With @hierarchy an event has a level of entries for each key,
 * each entry within one of the level above; else one level. @opts was checked, its texts are
 * copied. @file_size, in bytes, is for showing how far reading is. Returns 0 or -ENOMEM.
 */
int results__new(struct input *input, const struct aggregate_opts *opts, bool hierarchy,
		 uint64_t file_size, struct results **out);
void results__free(struct results *r);

/*
 * Reads the file, showing how far it is. Returns 0; -ECANCELED when somebody pressed a key to stop
 * it; another negative errno with a message in @diag.
 */
int results__read(struct results *r, struct diag *diag);

/*
 * Groups all samples by other keys. Returns 0; -EINVAL with a message in @diag when the keys are
 * wrong, and nothing changed; else as results__read().
 */
int results__regroup(struct results *r, const char *sort, struct diag *diag);

/* The keys as they were given; NULL: the rule. */
const char *results__sort(const struct results *r);

struct input *results__input(const struct results *r);
struct samples *results__samples(const struct results *r);

/* Of an event: 0 levels when it has no samples. The last one's entries are those of the samples. */
unsigned int results__nr_levels(const struct results *r, unsigned int event);
struct aggregate *results__level(const struct results *r, unsigned int event, unsigned int level);
uint64_t results__nr_samples(const struct results *r, unsigned int event);

/* In which entry of the level above entry @entry of level @level, 1 and more, is. */
uint32_t results__parent(const struct results *r, unsigned int event, unsigned int level,
			 uint32_t entry);

#endif
