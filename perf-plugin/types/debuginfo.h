/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What only the DWARF of vmlinux tells: which source file a function is in, where it is inlined.
 * Addresses are offsets from the symbol _text, as the kernel may run elsewhere than it was linked.
 */
#ifndef BTFSNOOP_TYPES_DEBUGINFO_H
#define BTFSNOOP_TYPES_DEBUGINFO_H

#include <stdint.h>

#include "../util/diag.h"

struct debuginfo;

/*
 * Opens @path, or for NULL the running kernel's vmlinux where distributions put it (a file of
 * another build, by its build ID, is passed over). Returns 0; -ENOENT where there is none, with a message
 * that says what to install; another negative errno with a message.
 */
int debuginfo__open(const char *path, struct debuginfo **out, struct diag *diag);
void debuginfo__close(struct debuginfo *info);

/*
 * Calls @fn for every function that has code in a source file whose path, from the top of the
 * kernel's source on, matches @glob: "*" stops at a "/", "net/ipv4/" is all in and below. @file is
 * that path. @fn stops the walk by returning non-zero, which is returned. Returns 0, the number of
 * files that matched in *@nr_files; a negative errno.
 */
typedef int (*debuginfo_fn)(const char *name, uint64_t offset, const char *file, void *ctx);
int debuginfo__for_each_func(struct debuginfo *info, const char *glob, debuginfo_fn fn, void *ctx,
			     unsigned int *nr_files);

/* The source file of the code at @offset, NULL: not known. Valid until the next call. */
const char *debuginfo__file_at(struct debuginfo *info, uint64_t offset);

/*
 * Calls @fn with the name of every function that has the function @name inlined into it (@offset
 * 0, @file the one the function is in); some come more than once. Returns as
 * debuginfo__for_each_func().
 */
int debuginfo__for_each_inliner(struct debuginfo *info, const char *name, debuginfo_fn fn,
				void *ctx);

#endif
