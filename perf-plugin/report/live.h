/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What top shows: entries of an aggregate in which older samples count less and less, and how many
 * samples a second each of them got lately.
 */
#ifndef BTFSNOOP_REPORT_LIVE_H
#define BTFSNOOP_REPORT_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "aggregate.h"

struct live;

/*
 * Over all events of @input; lists are checked. With @zero only what came between two refreshes
 * counts. Returns 0, -EINVAL with a message in @diag, or -ENOMEM.
 */
int live__new(struct input *input, const struct aggregate_opts *opts, bool zero, struct live **out,
	      struct diag *diag);
void live__free(struct live *live);
void live__set_zero(struct live *live, bool zero);

/* Returns 0 or -ENOMEM. */
int live__add(struct live *live, const struct perfdata_sample *sample);

/* Ends a stretch of @seconds: what the table shows is from here. Returns 0 or -ENOMEM. */
int live__refresh(struct live *live, double seconds);

/*
 * What came up to the last refresh is history: it counts less from now on, or not at all. To be called
 * when what was shown will be replaced.
 */
void live__age(struct live *live);

/* Samples a second, of all, in the stretch that ended last. */
double live__rate(const struct live *live);

/*
 * Appends lines: three of headings (table__headings()), then the entries from @first on, @max at
 * most (0: all), what has the largest share first. @shares (may be NULL) gets the share in per cent
 * of each row. Returns how many entries there are, or -ENOMEM.
 */
int64_t live__table(struct live *live, uint32_t first, uint32_t max, bool colors, double *shares,
		    struct buf *out);

#endif
