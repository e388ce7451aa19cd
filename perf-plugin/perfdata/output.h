/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file being written: large writes, a temporary name until it is complete, mode 0600. Or a pipe,
 * or a device such as /dev/null, which are written as they are.
 */
#ifndef BTFSNOOP_PERFDATA_OUTPUT_H
#define BTFSNOOP_PERFDATA_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../util/diag.h"

struct output;

/*
 * @path "-" is stdout, which must not be a terminal. A regular file, there or not, is built as
 * PATH.XXXXXX in the same directory. A fifo's reader is waited for: SIGINT and its like end the
 * process then, blocked or not. Returns 0 or a negative errno with a message in @diag, and leaves NULL
 * in *@out then.
 */
int output__open(const char *path, struct output **out, struct diag *diag);

/* Writes to the pipe @fd, which stays the caller's. */
int output__open_pipe(int fd, struct output **out, struct diag *diag);

/* Cannot go back: stdout or a fifo. */
bool output__is_pipe(const struct output *output);

/* Appends. Returns 0 or a negative errno, which then all further calls return. */
int output__write(struct output *output, const void *data, size_t len);

/* Overwrites bytes written before. -ESPIPE for a pipe. */
int output__patch(struct output *output, uint64_t offset, const void *data, size_t len);

/*
 * The file's name is to be @path, in the same directory. Returns 0, -ENOMEM, or -EINVAL for what is
 * written in place.
 */
int output__set_path(struct output *output, const char *path);

/*
 * Has @completed called when all is written and before the file gets its name, with the name that it
 * has until then; what is written in place has none, and there is no call.
 */
void output__on_complete(struct output *output, void (*completed)(void *ctx, const char *path),
			 void *ctx);

/* Hands what is buffered to the kernel. */
int output__flush(struct output *output);

/* Bytes appended so far. */
uint64_t output__size(const struct output *output);

/*
 * Completes the file: an existing one becomes PATH.old, the new one gets its name. Frees @output,
 * also on error, when nothing is left but what was there before. Returns 0 or a negative errno with
 * a message in @diag.
 */
int output__commit(struct output *output, struct diag *diag);

/* Frees @output, which another process completes that has had it from fork(). */
void output__leave(struct output *output);

/* Removes what was written and frees @output. */
void output__abort(struct output *output);

#endif
