/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * perf's cache of files by their build ids, $PERF_BUILDID_DIR or ~/.debug:
 *
 *	DIR/usr/bin/curl/ID/elf			the file, or a link to it
 *	DIR/[kernel.kallsyms]/ID/kallsyms	the kernel's symbols
 *	DIR/.build-id/xx/yyyy...		a symbolic link to the directory ID
 *
 * (tools/perf/util/build-id.c, build_id_cache__add())
 */
#ifndef BTFSNOOP_REPORT_BUILD_ID_CACHE_H
#define BTFSNOOP_REPORT_BUILD_ID_CACHE_H

#include "../render/elf-symbols.h"

struct build_id_cache;

/*
 * Until it is closed root is who the directory belongs to as far as files go, of this thread: one
 * in the home of somebody else is filled with what is his to read. Returns 0; -ENOENT when there is
 * no place for one; another negative errno.
 */
int build_id_cache__open(struct build_id_cache **out);
void build_id_cache__close(struct build_id_cache *cache);

/*
 * Adds the file, unless it is there. Returns 0; -EINVAL for a name that is not absolute, or leads up
 * by "..", and for an id of less than two bytes; -EFBIG for one that cannot be linked and is too
 * large for a copy; another negative errno.
 */
int build_id_cache__add(struct build_id_cache *cache, const char *path, const struct build_id *id);

#endif
