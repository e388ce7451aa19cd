/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records about tasks that several files of one boot have: of those that were there before, and of
 * what happened while two recordings ran. Each is wanted once.
 */
#ifndef BTFSNOOP_MERGE_TWINS_H
#define BTFSNOOP_MERGE_TWINS_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/perf_event.h>

struct twins;

/* NULL without memory. */
struct twins *twins__new(void);
void twins__free(struct twins *twins);

/*
 * Is @record, of @size bytes without what sample_id_all appended, of file @file and boot @boot, one
 * that another file had? @time is that in the merged file, @is_before: it is about what was there
 * before. Returns 1, 0 or -ENOMEM.
 */
int twins__check(struct twins *twins, const struct perf_event_header *record, uint32_t size,
		 unsigned int file, unsigned int boot, uint64_t time, bool is_before);

#endif
