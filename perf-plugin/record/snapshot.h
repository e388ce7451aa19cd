/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file that is written by a process of its own, out of the memory as it was when that began (the
 * kernel copies what changes meanwhile): recording goes on.
 */
#ifndef BTFSNOOP_RECORD_SNAPSHOT_H
#define BTFSNOOP_RECORD_SNAPSHOT_H

#include <stdbool.h>
#include <sys/types.h>

#include "../util/diag.h"

struct snapshot {
	pid_t pid;		/* who writes it; 0: nobody */
	char *name;
};

/* Writes the file. Returns 0 or a negative errno with a message in @diag, which is printed. */
typedef int (*snapshot_write_fn)(void *ctx, const char *name, struct diag *diag);

/* Has @write called there. Takes @name, which was allocated. Returns 0 or a negative errno. */
int snapshot__begin(struct snapshot *snapshot, char *name, snapshot_write_fn write, void *ctx);

/* False: it is still being written. Else *@is_written says whether it could be. */
bool snapshot__poll(struct snapshot *snapshot, bool *is_written);

/* Waits until it is over. Returns whether it was written. */
bool snapshot__wait(struct snapshot *snapshot);

/* Forgets it. */
void snapshot__exit(struct snapshot *snapshot);

#endif
