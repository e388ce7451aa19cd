/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Many texts that grow by turns and are printed one after the other in the end. What doesn't fit
 * into memory goes to a file without a name, in $TMPDIR or /tmp.
 */
#ifndef BTFSNOOP_REPORT_SPILL_H
#define BTFSNOOP_REPORT_SPILL_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../util/buf.h"

struct spill {
	int fd;			/* -1: no file yet */
	uint64_t size;		/* of the file */
};

#define SPILL_INIT { .fd = -1 }

/* A piece of a text in the file. */
struct spill_piece {
	uint64_t offset;
	size_t len;
};

/* One of the texts; all zero when new. What is added goes to @tail. */
struct spill_text {
	struct buf tail;
	struct spill_piece *pieces;
	unsigned int nr_pieces;
};

/* Moves the text's tail to the file. Returns 0 or a negative errno. */
int spill__out(struct spill *spill, struct spill_text *text);

/* Prints the whole text. Returns 0 or a negative errno. */
int spill__print(const struct spill *spill, const struct spill_text *text, FILE *to);

void spill_text__exit(struct spill_text *text);
void spill__exit(struct spill *spill);

#endif
