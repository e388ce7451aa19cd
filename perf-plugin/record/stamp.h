/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of files that are written one after the other, as perf's --switch-output has them:
 * PATH.YYYYMMDDhhmmsscc, by local time (tools/perf/util/util.c, fetch_current_timestamp()). And which
 * of them there still are.
 */
#ifndef BTFSNOOP_RECORD_STAMP_H
#define BTFSNOOP_RECORD_STAMP_H

#include <sys/time.h>

struct stamps {
	const char *path;
	unsigned int max_files;		/* the oldest ones are removed; 0: all are kept */
	char **kept;			/* ring of max_files names at most */
	unsigned int nr_kept;
	unsigned int oldest;		/* of a full ring, modulo max_files */
	struct timeval last;		/* the last name's time */
};

/*
 * The name of a file that is complete now: one that no file has. The caller frees it; NULL without
 * memory.
 */
char *stamps__name(struct stamps *stamps);

/* The file @name is there. Removes the one that is too many. Returns 0 or -ENOMEM. */
int stamps__add(struct stamps *stamps, const char *name);

void stamps__exit(struct stamps *stamps);

#endif
