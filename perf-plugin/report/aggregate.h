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
struct callchain;
struct callchain_opts;

struct aggregate_opts {
	const char *sort;	/* NULL: task, function and all values that are no struct */
	const char *fields;	/* NULL: overhead, samples, keys, min, avg, max of the duration */
	uint64_t time_quantum;	/* ns, of the key time; 0: none */
	const char *group;	/* keys in front of all others, and not shown; NULL: none */
	unsigned int max_keys;	/* only so many of the keys; 0: all */
	bool children;		/* callers have entries, too, of what was called from them */
	const struct callchain_opts *chains;	/* keep the call chains; NULL: don't */
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

/* The call chains of the entry's samples, or NULL. */
struct callchain *aggregate__entry_chains(const struct aggregate *agg, uint32_t entry);

/* The period that shares are of. */
uint64_t aggregate__total(const struct aggregate *agg);

/* Forgets all entries, keeps what was prepared. */
void aggregate__clear(struct aggregate *agg);

/*
 * Takes an eighth from each entry's samples and period, as perf top does at each refresh: what is
 * long past counts less and less. Other figures stay.
 */
void aggregate__decay(struct aggregate *agg);

uint64_t aggregate__nr_samples(const struct aggregate *agg);
uint64_t aggregate__period(const struct aggregate *agg);

/* Shares are of @period, not of what was added: 0 undoes that. */
void aggregate__set_total(struct aggregate *agg, uint64_t period);

/* Entries are numbered from 0 in the order in which they turned up. */
uint32_t aggregate__nr_entries(const struct aggregate *agg);
uint64_t aggregate__entry_samples(const struct aggregate *agg, uint32_t entry);
uint64_t aggregate__entry_period(const struct aggregate *agg, uint32_t entry);

/* 0 to 1; with children that of all that was called from the entry. */
double aggregate__entry_share(const struct aggregate *agg, uint32_t entry);

/*
 * Puts the indices of all entries into @order, by column @column (-1: as perf does, the largest
 * share first, then by keys), largest first where @descending. Returns 0 or -ENOMEM.
 */
int aggregate__order(struct aggregate *agg, int column, bool descending, uint32_t *order);

/* The columns shown, which are there before the first sample is. */
unsigned int aggregate__nr_columns(const struct aggregate *agg);
const char *aggregate__header(const struct aggregate *agg, unsigned int column);
bool aggregate__is_right(const struct aggregate *agg, unsigned int column);	/* a quantity */
bool aggregate__is_key(const struct aggregate *agg, unsigned int column);
bool aggregate__is_overhead(const struct aggregate *agg, unsigned int column);	/* a share, in % */

/* The keys, in the order of -s: how many, and the column that shows one; -1: none does. */
unsigned int aggregate__nr_keys(const struct aggregate *agg);
int aggregate__key_column(const struct aggregate *agg, unsigned int key);

/* What the column is of, for column__new(): a key, or what a figure is of; NULL: the samples. */
const char *aggregate__expr(const struct aggregate *agg, unsigned int column);

/* Appends what entry @entry has in @column, as text. */
void aggregate__cell(struct aggregate *agg, uint32_t entry, unsigned int column, struct buf *out);

/*
 * The same for programs: a number (without unit) or a text. *@is_number says which. Nothing is
 * appended for what isn't there or could not be read.
 */
void aggregate__raw_cell(struct aggregate *agg, uint32_t entry, unsigned int column,
			 bool *is_number, struct buf *out);

#endif
