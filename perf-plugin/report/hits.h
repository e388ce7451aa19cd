/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which files' code the samples of a recording, and their call chains, were in: with their build ids
 * these go into its header, and themselves into perf's cache, so that names are found later and, by
 * perf archive, elsewhere (tools/perf/util/build-id.c).
 */
#ifndef BTFSNOOP_REPORT_HITS_H
#define BTFSNOOP_REPORT_HITS_H

#include <stdbool.h>

#include "../util/diag.h"

struct hits;

/*
 * Reads the file at @path; of what was written in place, a FIFO, a device, nothing is known then.
 * With @all it is all files that are mapped, hit or not. Returns 0 or a negative errno with a
 * message in @diag.
 */
int hits__read(const char *path, bool all, struct hits **out, struct diag *diag);
void hits__free(struct hits *hits);

/* Puts the build ids into the header of the file at @path. Returns 0 or a negative errno. */
int hits__write(const struct hits *hits, const char *path);

/*
 * Puts the files into the cache, $PERF_BUILDID_DIR or ~/.debug, where they are not yet. What cannot be
 * put there is left out: what is recorded is good without. Returns 0 or a negative errno.
 */
int hits__cache(const struct hits *hits);

#endif
