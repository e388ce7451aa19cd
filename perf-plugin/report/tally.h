/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How often each of many values (any bytes) turned up, in bounded memory: when there are too many
 * different ones, the rare half of them is given up (Misra and Gries, in batches). What remains is
 * then counted too low by at most tally__error(), and a value that turned up more often than that
 * is still there.
 */
#ifndef BTFSNOOP_REPORT_TALLY_H
#define BTFSNOOP_REPORT_TALLY_H

#include <stddef.h>
#include <stdint.h>

struct tally;

/* For up to @max different values. Returns 0 or -ENOMEM. */
int tally__new(uint32_t max, struct tally **out);
void tally__free(struct tally *tally);

/* Counts @nr times the @len bytes at @value. Returns 0 or -ENOMEM. */
int tally__add(struct tally *tally, const void *value, size_t len, uint64_t nr);

uint64_t tally__total(const struct tally *tally);	/* all that was counted */
uint64_t tally__error(const struct tally *tally);	/* 0: all counts are exact */

/* Values are numbered from 0 in the order in which they turned up, as long as none is added. */
uint32_t tally__nr(const struct tally *tally);
uint64_t tally__count(const struct tally *tally, uint32_t index);

/* The bytes, followed by a NUL that is not counted, and aligned to 8. */
const void *tally__value(const struct tally *tally, uint32_t index, size_t *len);

/* The count of a value; 0 for one that isn't there. */
uint64_t tally__find(const struct tally *tally, const void *value, size_t len);

/* Puts all indices into @order, the commonest first, then by when they turned up. */
void tally__order(const struct tally *tally, uint32_t *order);

#endif
