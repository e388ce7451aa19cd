/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bytes of a file or pipe, by offset, through a bounded number of blocks in memory.
 *
 * Not mmap(): a file that somebody cuts short meanwhile would kill us with SIGBUS, and what was
 * read would stay in our resident memory until we say otherwise. pread() of whole blocks costs a
 * copy.
 */
#ifndef BTFSNOOP_PERFDATA_SOURCE_H
#define BTFSNOOP_PERFDATA_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SOURCE_MAX_LEN		65536	/* that can be asked for at once */

struct source;

/* Takes over @fd, also on error. Returns 0 or a negative errno. */
int source__new(int fd, struct source **out);
void source__free(struct source *source);

bool source__is_pipe(const struct source *source);

/*
 * Called before each read of a pipe, @fd, which may have nothing yet. True: it may be read, which
 * waits if need be; false: as if the pipe ended here.
 */
typedef bool (*source_wait)(void *ctx, int fd);
void source__set_wait(struct source *source, source_wait wait, void *ctx);

/* The file's size; UINT64_MAX for a pipe. */
uint64_t source__size(const struct source *source);

/*
 * @len bytes at @offset, aligned to 8 where @offset is; valid until the next call. In a pipe
 * @offset must not lie in front of what was forgotten. Returns NULL when there are not so many
 * bytes (*@err is 0) or when reading failed (a negative errno).
 */
const void *source__at(struct source *source, uint64_t offset, uint32_t len, int *err);

/* What lies in front of @offset will not be asked for again: in a pipe it is freed. */
void source__forget(struct source *source, uint64_t offset);

/*
 * What lies from @from to @to, where nothing was asked for yet, will not be asked for: a pipe's
 * bytes there don't stay in memory. Only the range that was named last counts.
 */
void source__skip(struct source *source, uint64_t from, uint64_t to);

/* Bytes that a pipe's blocks hold now; of a file 0. */
uint64_t source__held(const struct source *source);

/*
 * A copy of @len bytes at @offset, for the caller to free, not through blocks; files only. NULL:
 * see source__at(), or no memory (-ENOMEM).
 */
void *source__read(struct source *source, uint64_t offset, uint64_t len, int *err);

#endif
