/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last records of a recording, kept in memory: so many bytes, and so long. What is older is
 * dropped in pieces of a round or less; what records about tasks are among it goes into a task_log.
 */
#ifndef BTFSNOOP_RECORD_MEMORY_H
#define BTFSNOOP_RECORD_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "task-log.h"

struct memory;

struct memory_opts {
	uint64_t max_size;		/* bytes, MEMORY_MIN_SIZE at least */
	uint64_t max_ns;		/* 0: however old */
	struct task_log *tasks;		/* outlives it */
};

#define MEMORY_MIN_SIZE	(1u << 20)

/* NULL: no memory. */
struct memory *memory__new(const struct memory_opts *opts);
void memory__free(struct memory *memory);

/* Adds one record, of these pieces. Returns 0 or -ENOMEM. */
int memory__add(struct memory *memory, const struct iovec *pieces, unsigned int nr);

/* The record added last is a sample, taken at @time. */
void memory__count(struct memory *memory, uint64_t time);

/* A round ends at @time, by a clock that nobody sets. Returns 0 or -ENOMEM. */
int memory__round(struct memory *memory, uint64_t time);

/* Until this is over nothing is dropped for being old. */
void memory__hold(struct memory *memory, bool on);

struct memory_sum {
	uint64_t size;			/* bytes kept */
	uint64_t nr_samples;
	uint64_t first_time, last_time;	/* of the samples */
	bool is_short;			/* opts.max_size was not enough for opts.max_ns, */
	uint64_t kept_ns;		/* but for this */
};

void memory__sum(const struct memory *memory, struct memory_sum *sum);

/* Hands @take what is kept, whole records, the oldest first. Returns 0 or what @take did. */
int memory__each(const struct memory *memory,
		 int (*take)(void *ctx, const void *records, size_t size), void *ctx);

#endif
