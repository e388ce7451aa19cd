// SPDX-License-Identifier: GPL-2.0-only
#include "memory.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "../perfdata/format.h"

#define NR_CHUNKS	32	/* that the memory, or the time, is divided into, at least */
#define MAX_CHUNK_SIZE	(1u << 20)
#define NSEC_PER_MSEC	1000000

/* A piece of a round, or several rounds. */
struct chunk {
	TAILQ_ENTRY(chunk) entry;
	struct buf records;
	uint64_t round;			/* in which it began */
	uint64_t begin, end;		/* when its first and last rounds began and ended */
	uint64_t nr_samples;
	uint64_t first_time, last_time;
};

struct memory {
	struct memory_opts opts;
	TAILQ_HEAD(chunk_list, chunk) chunks;	/* the oldest first */
	struct chunk *filling;		/* the last one; NULL: the next record begins one */
	size_t chunk_size;
	bool is_held;
	uint64_t size;			/* of all chunks' records, */
	uint64_t round_size;		/* and when the last round ended */
	uint64_t round;			/* its number, */
	uint64_t now;			/* and when the one before it ended */
	uint64_t dropped_round;		/* of the chunk dropped last */
	uint64_t begin;			/* what is kept came after that; 0: nothing was dropped */
};

struct memory *memory__new(const struct memory_opts *opts)
{
	struct memory *memory = calloc(1, sizeof(*memory));

	if (!memory)
		return NULL;
	memory->opts = *opts;
	memory->chunk_size = opts->max_size / NR_CHUNKS;
	if (memory->chunk_size > MAX_CHUNK_SIZE)
		memory->chunk_size = MAX_CHUNK_SIZE;
	TAILQ_INIT(&memory->chunks);
	return memory;
}

/* Tasks' records of a round go before those of the next, which the log has to be told of. */
static int drop_first(struct memory *memory)
{
	struct chunk *chunk = TAILQ_FIRST(&memory->chunks);
	int err = 0;

	if (chunk->round != memory->dropped_round)
		err = task_log__round(memory->opts.tasks);
	memory->dropped_round = chunk->round;
	if (!err)
		err = task_log__add(memory->opts.tasks, chunk->records.data, chunk->records.len);
	memory->size -= chunk->records.len;
	memory->begin = chunk->end ? chunk->end : memory->now;
	TAILQ_REMOVE(&memory->chunks, chunk, entry);
	buf__exit(&chunk->records);
	free(chunk);
	return err;
}

static bool is_too_old(const struct memory *memory, const struct chunk *chunk)
{
	return memory->opts.max_ns && !memory->is_held && chunk->end &&
	       chunk->end + memory->opts.max_ns < memory->now;
}

static int make_room(struct memory *memory, size_t size)
{
	struct chunk *chunk;
	int err = 0;

	while (!err && (chunk = TAILQ_FIRST(&memory->chunks)) && chunk != memory->filling &&
	       (memory->size + size > memory->opts.max_size || is_too_old(memory, chunk)))
		err = drop_first(memory);
	return err;
}

static struct chunk *begin_chunk(struct memory *memory)
{
	struct chunk *chunk = calloc(1, sizeof(*chunk));

	/* Pages that are not needed are not touched. */
	if (!chunk || !buf__reserve(&chunk->records, memory->chunk_size)) {
		free(chunk);
		return NULL;
	}
	chunk->round = memory->round;
	chunk->begin = memory->now;
	TAILQ_INSERT_TAIL(&memory->chunks, chunk, entry);
	memory->filling = chunk;
	return chunk;
}

int memory__add(struct memory *memory, const struct iovec *pieces, unsigned int nr)
{
	struct chunk *chunk = memory->filling;
	size_t size = 0;
	int err;

	for (unsigned int i = 0; i < nr; i++)
		size += pieces[i].iov_len;
	err = make_room(memory, size);
	if (err)
		return err;
	if (!chunk || (chunk->records.len && chunk->records.len + size > memory->chunk_size))
		chunk = begin_chunk(memory);
	if (!chunk)
		return -ENOMEM;
	for (unsigned int i = 0; i < nr; i++)
		buf__add(&chunk->records, pieces[i].iov_base, pieces[i].iov_len);
	memory->size += size;
	return chunk->records.failed ? -ENOMEM : 0;
}

void memory__count(struct memory *memory, uint64_t time)
{
	struct chunk *chunk = memory->filling;

	if (!chunk->nr_samples || time < chunk->first_time)
		chunk->first_time = time;
	if (time > chunk->last_time)
		chunk->last_time = time;
	chunk->nr_samples++;
}

/* A chunk that was full before its round ended is as young as that. */
static void end_chunks(struct memory *memory)
{
	struct chunk *chunk;

	TAILQ_FOREACH_REVERSE(chunk, &memory->chunks, chunk_list, entry) {
		if (chunk != memory->filling && chunk->end)
			break;
		chunk->end = memory->now;
	}
}

int memory__round(struct memory *memory, uint64_t time)
{
	const struct perf_event_header record = {
		.type = RECORD_FINISHED_ROUND, .size = sizeof(record),
	};
	const struct iovec piece = { (void *)&record, sizeof(record) };
	int err = 0;

	if (memory->filling && memory->size != memory->round_size)
		err = memory__add(memory, &piece, 1);
	memory->now = time;
	memory->round++;
	end_chunks(memory);
	if (memory->filling && memory->opts.max_ns &&
	    time - memory->filling->begin >= memory->opts.max_ns / NR_CHUNKS)
		memory->filling = NULL;
	if (!err)
		err = make_room(memory, 0);
	memory->round_size = memory->size;
	return err;
}

void memory__hold(struct memory *memory, bool on)
{
	memory->is_held = on;
}

void memory__sum(const struct memory *memory, struct memory_sum *sum)
{
	const struct chunk *chunk;

	*sum = (struct memory_sum){ .size = memory->size };
	if (memory->begin && memory->now - memory->begin < memory->opts.max_ns) {
		sum->is_short = true;
		sum->kept_ns = memory->now - memory->begin;
	}
	TAILQ_FOREACH(chunk, &memory->chunks, entry) {
		if (!chunk->nr_samples)
			continue;
		if (!sum->nr_samples || chunk->first_time < sum->first_time)
			sum->first_time = chunk->first_time;
		if (chunk->last_time > sum->last_time)
			sum->last_time = chunk->last_time;
		sum->nr_samples += chunk->nr_samples;
	}
}

int memory__each(const struct memory *memory,
		 int (*take)(void *ctx, const void *records, size_t size), void *ctx)
{
	const struct chunk *chunk;
	int err = 0;

	TAILQ_FOREACH(chunk, &memory->chunks, entry) {
		err = take(ctx, chunk->records.data, chunk->records.len);
		if (err)
			break;
	}
	return err;
}

void memory__free(struct memory *memory)
{
	struct chunk *chunk;

	if (!memory)
		return;
	while ((chunk = TAILQ_FIRST(&memory->chunks))) {
		TAILQ_REMOVE(&memory->chunks, chunk, entry);
		buf__exit(&chunk->records);
		free(chunk);
	}
	free(memory);
}
