/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Call chains as a tree of frames, each of them once: a frame is known by its name, the file it is
 * of, and the frame that called it. Memory grows with what differs: a record of a few bytes an
 * address can lead to names of thousands, so each name is kept once; and there is a limit to it.
 */
#ifndef BTFSNOOP_EXPORT_FRAMES_H
#define BTFSNOOP_EXPORT_FRAMES_H

#include <uthash.h>

#include "../report/callchain.h"

struct frame_text {
	UT_hash_handle hh;
	char text[];
};

/* Compared as bytes: there is no padding in it, and equal texts are one. */
struct frame_key {
	uint32_t parent;	/* 0: none called it */
	uint32_t zero;
	const char *name;	/* the symbol, or the address where there is none */
	const char *dso;	/* "": not known */
};

struct frame {
	UT_hash_handle hh;
	struct frame_key key;
	uint32_t id;		/* from 1 */
};

struct frames {
	struct frame *by_key;	/* in the order of their ids */
	struct frame_text *texts;
	uint32_t nr;
	struct chain chain;
	struct buf ip;		/* as text */
};

/*
 * Sets *@id to the innermost frame of @sample's call chain, 0 without one; beyond the limit to the
 * innermost one that is known. Returns 0 or -ENOMEM.
 */
int frames__get(struct frames *frames, struct input *input, const struct perfdata_sample *sample,
		uint32_t *id);
void frames__exit(struct frames *frames);

#endif
