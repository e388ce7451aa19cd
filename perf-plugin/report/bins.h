/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts of values in ranges of equal width, whatever values come, exact and in one pass: the
 * ranges are kept finer than they will be shown, and when the values outgrow them ten become one.
 */
#ifndef BTFSNOOP_REPORT_BINS_H
#define BTFSNOOP_REPORT_BINS_H

#include <stdbool.h>
#include <stdint.h>

struct bars;
struct bins;

/* Returns 0 or -ENOMEM. */
int bins__new(bool is_signed, struct bins **out);
void bins__free(struct bins *bins);

/* Counts @value, which is an int64_t where signed. Returns 0 or -ENOMEM. */
int bins__add(struct bins *bins, uint64_t value);

/* The values from the smallest to the largest, if not more than UINT32_MAX, 0 without any. */
uint32_t bins__span(const struct bins *bins);

/*
 * Adds at most @max_rows + 1 rows of round bounds: their width is 1, 2 or 5 times a power of ten.
 * @form: BARS_DURATION or 0.
 */
void bins__rows(const struct bins *bins, unsigned int max_rows, unsigned int form,
		struct bars *bars);

#endif
