// SPDX-License-Identifier: GPL-2.0-only
#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uthash.h>

#define BLOCK_SIZE		(32 * 1024)
#define FILE_MAX_BLOCKS		256	/* 8 MiB: rounds up to that size are read once */

struct block {
	uint64_t nr;			/* holds the bytes from nr * BLOCK_SIZE on */
	uint32_t len;			/* that were read; less than BLOCK_SIZE at the end */
	uint64_t used;			/* when, by source.clock */
	UT_hash_handle hh;
	uint8_t data[BLOCK_SIZE] __attribute__((aligned(8)));
};

struct source {
	int fd;
	bool is_pipe;
	uint64_t size;
	struct block *blocks;		/* hash table by nr */
	struct block *last;		/* the one asked for last */
	uint64_t clock;
	uint64_t pipe_nr;		/* number of the next block of a pipe to be begun */
	bool pipe_end;
	source_wait wait;
	void *wait_ctx;
	uint64_t skip_from;		/* bytes that need not be kept */
	uint64_t skip_to;
	uint8_t bounce[SOURCE_MAX_LEN] __attribute__((aligned(8)));
};

int source__new(int fd, struct source **out)
{
	struct source *source;
	struct stat st;

	if (fstat(fd, &st)) {
		int err = -errno;

		close(fd);
		return err;
	}
	source = malloc(sizeof(*source));
	if (!source) {
		close(fd);
		return -ENOMEM;
	}
	memset(source, 0, offsetof(struct source, bounce));
	source->fd = fd;
	source->is_pipe = !S_ISREG(st.st_mode);
	source->size = source->is_pipe ? UINT64_MAX : (uint64_t)st.st_size;
	*out = source;
	return 0;
}

static void source__drop(struct source *source, struct block *block)
{
	if (source->last == block)
		source->last = NULL;
	HASH_DEL(source->blocks, block);
	free(block);
}

void source__free(struct source *source)
{
	struct block *block, *tmp;

	if (!source)
		return;
	HASH_ITER(hh, source->blocks, block, tmp)
		source__drop(source, block);
	close(source->fd);
	free(source);
}

bool source__is_pipe(const struct source *source)
{
	return source->is_pipe;
}

void source__set_wait(struct source *source, source_wait wait, void *ctx)
{
	source->wait = wait;
	source->wait_ctx = ctx;
}

uint64_t source__size(const struct source *source)
{
	return source->size;
}

/* read() or pread() until @want bytes are there or no more come. Returns how many, or an errno. */
static ssize_t source__pull(struct source *source, uint8_t *to, size_t have, size_t want,
			    uint64_t offset)
{
	ssize_t got;

	while (have < want) {
		if (source->is_pipe && source->wait && !source->wait(source->wait_ctx, source->fd))
			got = 0;
		else if (source->is_pipe)
			got = read(source->fd, to + have, BLOCK_SIZE - have);
		else
			got = pread(source->fd, to + have, want - have, offset + have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got) {
			source->pipe_end = true;
			break;
		}
		have += got;
	}
	return have;
}

/* A block to be filled: a new one, or the one of a file that was not used for the longest time. */
static struct block *source__free_block(struct source *source)
{
	struct block *block, *tmp, *oldest = NULL;

	if (source->is_pipe || HASH_COUNT(source->blocks) < FILE_MAX_BLOCKS)
		return malloc(sizeof(*block));
	HASH_ITER(hh, source->blocks, block, tmp)
		if (!oldest || block->used < oldest->used)
			oldest = block;
	if (source->last == oldest)
		source->last = NULL;
	HASH_DEL(source->blocks, oldest);
	return oldest;
}

/* Reads on in a pipe until @block has @want bytes: no more, who knows when they come. */
static int source__fill_pipe(struct source *source, struct block *block, size_t want)
{
	ssize_t got;

	if (block->len >= want || source->pipe_end)
		return 0;
	got = source__pull(source, block->data, block->len, want, 0);
	if (got < 0)
		return got;
	block->len = got;
	return 0;
}

static int source__new_block(struct source *source, uint64_t nr, struct block **out)
{
	struct block *block;
	ssize_t got = 0;

	block = source__free_block(source);
	if (!block)
		return -ENOMEM;
	if (!source->is_pipe)
		got = source__pull(source, block->data, 0, BLOCK_SIZE, nr * BLOCK_SIZE);
	if (got < 0) {
		free(block);
		return got;
	}
	block->nr = nr;
	block->len = got;
	block->used = 0;
	HASH_ADD(hh, source->blocks, nr, sizeof(block->nr), block);
	*out = block;
	return 0;
}

static bool source__is_skipped(const struct source *source, uint64_t nr)
{
	return nr >= source->skip_from / BLOCK_SIZE + !!(source->skip_from % BLOCK_SIZE) &&
	       nr < source->skip_to / BLOCK_SIZE;
}

/* Pipes are read in order: the blocks between the last one and @nr have to be filled first. */
static int source__pipe_block(struct source *source, uint64_t nr, struct block **out)
{
	struct block *block;
	int err = 0;

	while (source->pipe_nr <= nr && !source->pipe_end && !err) {
		if (source->pipe_nr) {
			uint64_t before = source->pipe_nr - 1;

			HASH_FIND(hh, source->blocks, &before, sizeof(before), block);
			if (block)
				err = source__fill_pipe(source, block, BLOCK_SIZE);
			if (block && !err && source__is_skipped(source, before)) {
				if (*out == block)
					*out = NULL;
				source__drop(source, block);
			}
		}
		if (!err && !source->pipe_end)
			err = source__new_block(source, source->pipe_nr, out);
		if (!err && !source->pipe_end)
			source->pipe_nr++;
	}
	return err;
}

/* The block with number @nr in *@out; NULL where the file or pipe ends before. */
static int source__block(struct source *source, uint64_t nr, struct block **out)
{
	struct block *block;
	int err;

	*out = NULL;
	HASH_FIND(hh, source->blocks, &nr, sizeof(nr), block);
	if (!block) {
		err = source->is_pipe ? source__pipe_block(source, nr, &block) :
					source__new_block(source, nr, &block);
		if (err)
			return err;
		if (block && block->nr != nr)
			block = NULL;
	}
	if (block)
		block->used = ++source->clock;
	*out = block;
	return 0;
}

/* Copies as much of @len bytes at @offset as lies in one block; returns how much. */
static ssize_t source__copy(struct source *source, uint64_t offset, uint32_t len, void *to)
{
	uint32_t at = offset % BLOCK_SIZE;
	struct block *block;
	int err;

	err = source__block(source, offset / BLOCK_SIZE, &block);
	if (err || !block)
		return err;
	if (len > BLOCK_SIZE - at)
		len = BLOCK_SIZE - at;
	if (source->is_pipe) {
		err = source__fill_pipe(source, block, at + len);
		if (err)
			return err;
	}
	if (block->len <= at)
		return 0;
	if (len > block->len - at)
		len = block->len - at;
	memcpy(to, block->data + at, len);
	return len;
}

/* For what crosses the border of two blocks, or is not aligned. */
static const void *source__bounce(struct source *source, uint64_t offset, uint32_t len, int *err)
{
	uint32_t have = 0;
	ssize_t got;

	while (have < len) {
		got = source__copy(source, offset + have, len - have, source->bounce + have);
		if (got <= 0) {
			*err = got;
			return NULL;
		}
		have += got;
	}
	return source->bounce;
}

const void *source__at(struct source *source, uint64_t offset, uint32_t len, int *err)
{
	uint64_t nr = offset / BLOCK_SIZE;
	uint32_t at = offset % BLOCK_SIZE;
	struct block *block = source->last;

	*err = 0;
	if (len > SOURCE_MAX_LEN || offset > UINT64_MAX - SOURCE_MAX_LEN)
		return NULL;
	if (at % 8 || at + len > BLOCK_SIZE)
		return source__bounce(source, offset, len, err);
	if (!block || block->nr != nr) {
		*err = source__block(source, nr, &block);
		if (*err || !block)
			return NULL;
		source->last = block;
	}
	if (at + len > block->len && source->is_pipe)
		*err = source__fill_pipe(source, block, at + len);
	if (*err || at + len > block->len)
		return NULL;
	return block->data + at;
}

void source__forget(struct source *source, uint64_t offset)
{
	struct block *block, *tmp;

	if (!source->is_pipe)
		return;
	/* In the order in which they were read; the one being filled stays. */
	HASH_ITER(hh, source->blocks, block, tmp) {
		if (block->nr >= offset / BLOCK_SIZE || block->nr + 1 == source->pipe_nr)
			break;
		source__drop(source, block);
	}
}

void source__skip(struct source *source, uint64_t from, uint64_t to)
{
	source->skip_from = from;
	source->skip_to = to;
}

uint64_t source__held(const struct source *source)
{
	return source->is_pipe ? (uint64_t)HASH_COUNT(source->blocks) * BLOCK_SIZE : 0;
}

void *source__read(struct source *source, uint64_t offset, uint64_t len, int *err)
{
	uint8_t *copy;
	uint64_t have = 0;
	ssize_t got;

	*err = 0;
	if (source->is_pipe || offset > source->size || len > source->size - offset)
		return NULL;
	copy = malloc(len ? len : 1);
	if (!copy) {
		*err = -ENOMEM;
		return NULL;
	}
	while (have < len) {
		got = pread(source->fd, copy + have, len - have, offset + have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			*err = got ? -errno : 0;
			free(copy);
			return NULL;
		}
		have += got;
	}
	return copy;
}
