// SPDX-License-Identifier: GPL-2.0-only
#include "twins.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "hash.h"

/*
 * The kernel writes a record into one ring after the other, and each time takes the time anew. In
 * between it does nothing else on that CPU but answer interrupts; ns.
 */
#define SAME_MOMENT	1000000

#define NR_RECENT	1024		/* at most so many records are within a moment */

/* One that was there before, by what it says. */
struct before {
	uint64_t hash;
	unsigned int file;
	UT_hash_handle hh;
};

struct recent {
	uint64_t hash;
	uint64_t time;
	uint64_t files;			/* a bit each that has had it */
};

struct twins {
	struct before *before;		/* hash table */
	struct recent recent[NR_RECENT];	/* a ring */
	unsigned int at;
};

struct twins *twins__new(void)
{
	return calloc(1, sizeof(struct twins));
}

void twins__free(struct twins *twins)
{
	struct before *before, *tmp;

	if (!twins)
		return;
	HASH_ITER(hh, twins->before, before, tmp) {
		HASH_DEL(twins->before, before);
		free(before);
	}
	free(twins);
}

/* What the record says, without when. */
static uint64_t hash_record(const struct perf_event_header *record, uint32_t size,
			    unsigned int boot)
{
	uint64_t hash = HASH_INIT ^ ((uint64_t)boot << 32 | record->type);

	/* A fork has its time in the last word. */
	if (record->type == PERF_RECORD_FORK || record->type == PERF_RECORD_EXIT)
		size = size < 24 ? size : 24;
	return hash__add(hash, record + 1, size - sizeof(*record));
}

static int check_before(struct twins *twins, uint64_t hash, unsigned int file)
{
	struct before *before;

	HASH_FIND(hh, twins->before, &hash, sizeof(hash), before);
	if (before)
		return before->file != file;
	before = malloc(sizeof(*before));
	if (!before)
		return -ENOMEM;
	before->hash = hash;
	before->file = file;
	HASH_ADD(hh, twins->before, hash, sizeof(before->hash), before);
	return 0;
}

static int check_recent(struct twins *twins, uint64_t hash, unsigned int file, uint64_t time)
{
	struct recent *recent;

	for (unsigned int i = 1; i <= NR_RECENT; i++) {
		recent = &twins->recent[(twins->at + NR_RECENT - i) % NR_RECENT];
		if (!recent->files || time - recent->time > SAME_MOMENT)
			break;
		if (recent->hash != hash || recent->files >> file % 64 & 1)
			continue;
		recent->files |= 1ULL << file % 64;
		return 1;
	}
	twins->recent[twins->at] = (struct recent){
		.hash = hash, .time = time, .files = 1ULL << file % 64,
	};
	twins->at = (twins->at + 1) % NR_RECENT;
	return 0;
}

int twins__check(struct twins *twins, const struct perf_event_header *record, uint32_t size,
		 unsigned int file, unsigned int boot, uint64_t time, bool is_before)
{
	uint64_t hash;

	switch (record->type) {
	case PERF_RECORD_MMAP:
	case PERF_RECORD_MMAP2:
	case PERF_RECORD_COMM:
	case PERF_RECORD_FORK:
	case PERF_RECORD_EXIT:
	case PERF_RECORD_NAMESPACES:
	case PERF_RECORD_KSYMBOL:
	case PERF_RECORD_BPF_EVENT:
	case PERF_RECORD_CGROUP:
		break;
	default:
		return 0;
	}
	if (size < sizeof(*record))
		return 0;
	hash = hash_record(record, size, boot);
	return is_before ? check_before(twins, hash, file) :
			   check_recent(twins, hash, file, time);
}
