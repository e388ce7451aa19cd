/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Samples put together by what they have in common, and figures of each such entry: what report,
 * top, diff and the browser show.
 *
 * Keys (-s) say which samples belong together; fields (-F) are the columns that are shown, keys
 * among them and figures: overhead, samples, period, sum(x), avg(x), min(x), max(x), stddev(x),
 * p1(x) to p99.9(x), count(x), first, last, and min, max, avg, sum, p50 ... alone, which are of the
 * duration.
 */
#ifndef BTFSNOOP_REPORT_AGGREGATE_H
#define BTFSNOOP_REPORT_AGGREGATE_H

#include <stdbool.h>
#include <stdint.h>

#include "../util/buf.h"
#include "../util/diag.h"
#include "input.h"

struct aggregate;
struct distribution;

struct aggregate_opts {
	const char *sort;	/* NULL: task, function and all values that are no struct */
	const char *fields;	/* NULL: overhead, samples, the keys, min, avg, max of the duration */
	uint64_t time_quantum;	/* ns, of the key time */
};

#define AGGREGATE_NONE	UINT32_MAX	/* no entry: the sample was too short */

/*
 * For the samples of event @event of @input; of all events with -1. Lists were checked by
 * aggregate__check(). Returns 0 or -ENOMEM.
 */
int aggregate__new(struct input *input, int event, const struct aggregate_opts *opts,
		   struct aggregate **out);
void aggregate__free(struct aggregate *agg);

/* Checks both lists against all events of @input. Returns 0, -EINVAL with a message in @diag. */
int aggregate__check(struct input *input, const struct aggregate_opts *opts, struct diag *diag);

/* Adds a sample; *@entry (may be NULL) gets the index of its entry. Returns 0 or -ENOMEM. */
int aggregate__add(struct aggregate *agg, const struct perfdata_sample *sample, uint32_t *entry);

/* Forgets all entries, keeps what was prepared. */
void aggregate__clear(struct aggregate *agg);

uint64_t aggregate__nr_samples(const struct aggregate *agg);
uint64_t aggregate__period(const struct aggregate *agg);

/* Entries are numbered from 0 in the order in which they turned up. */
uint32_t aggregate__nr_entries(const struct aggregate *agg);
uint64_t aggregate__entry_samples(const struct aggregate *agg, uint32_t entry);
double aggregate__entry_share(const struct aggregate *agg, uint32_t entry);	/* 0 to 1 */

/*
 * Puts the indices of all entries into @order, by column @column (-1: as perf does, the largest share
 * first, then by keys), largest first where @descending.
 */
void aggregate__order(struct aggregate *agg, int column, bool descending, uint32_t *order);

/* The columns shown. */
unsigned int aggregate__nr_columns(const struct aggregate *agg);
const char *aggregate__header(const struct aggregate *agg, unsigned int column);
bool aggregate__is_right(const struct aggregate *agg, unsigned int column);	/* a quantity */
bool aggregate__is_key(const struct aggregate *agg, unsigned int column);
bool aggregate__is_overhead(const struct aggregate *agg, unsigned int column);	/* a share, in % */

/* Appends what entry @entry has in @column, as text. */
void aggregate__cell(struct aggregate *agg, uint32_t entry, unsigned int column, struct buf *out);

/* The same for programs: a number (without unit) or a text. *@is_number says which. */
void aggregate__raw_cell(struct aggregate *agg, uint32_t entry, unsigned int column,
			 bool *is_number, struct buf *out);

#endif
