/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the kernel and its modules are in memory, by the MMAP records of a file: at each boot
 * somewhere else (KASLR). Addresses of one boot are moved to where the same code was in another.
 * Source of the layouts: include/uapi/linux/perf_event.h, PERF_RECORD_MMAP and _MMAP2;
 * tools/perf/util/synthetic-events.c, perf_event__synthesize_kernel_mmap().
 */
#ifndef BTFSNOOP_MERGE_PLACES_H
#define BTFSNOOP_MERGE_PLACES_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdint.h>

#include "../util/buf.h"

struct place {
	char *name;		/* "[kernel.kallsyms]_text", or of a module's file */
	uint64_t start;
	uint64_t end;		/* behind the last byte */
	uint64_t reference;	/* of the kernel: the address of the symbol in its name */
	bool is_kernel;
	uint64_t key;		/* of a module's name: see hash.h */
	struct buf record;	/* as it was read, but moved */
	unsigned int owner;	/* what places__add() was told */
};

struct places {
	struct place *list;
	unsigned int nr;
};

/* A piece of memory, and how far it is moved. */
struct move {
	uint64_t start;
	uint64_t end;
	uint64_t by;		/* modulo 2^64 */
	bool is_kernel;
};

struct moves {
	struct move *list;	/* modules by their addresses, the kernel behind them */
	unsigned int nr;
};

void places__exit(struct places *places);

/* Is it a record about the kernel or a module? With a build id in it that is the kernel's: @id. */
bool places__is_map(const struct perf_event_header *record);
bool places__find_build_id(const struct perf_event_header *record, const uint8_t **id,
			   unsigned int *len);

/*
 * Adds where the record says something is; @owner is kept. Returns 1, 0 if it was there before, or
 * -ENOMEM, -EINVAL for a broken record.
 */
int places__add(struct places *places, const struct perf_event_header *record,
		unsigned int owner);

/* The kernel's, NULL: not known. */
const struct place *places__kernel(const struct places *places);

/*
 * How addresses of @from are moved to be those of @to. Modules that @to does not have are added to
 * it, as @owner's: where they were or, where that is taken, behind all others. Returns 0, -ENOMEM,
 * or -ENOENT where one of the two doesn't say where the kernel was.
 */
int moves__new(struct moves *moves, const struct places *from, struct places *to,
	       unsigned int owner);

/* The same for one more module. Returns 1 if it was added to @to, 0 if not, or as above. */
int moves__add(struct moves *moves, const struct perf_event_header *record, struct places *to,
	       unsigned int owner);
void moves__exit(struct moves *moves);

/* Where @addr is after the move; what is in none of the pieces stays. */
uint64_t moves__addr(const struct moves *moves, uint64_t addr);

#endif
