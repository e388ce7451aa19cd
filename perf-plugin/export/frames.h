/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Call chains as a tree of frames, each of them once: a frame is known by its name, the file it is
 * of, and the frame that called it. Memory grows with what differs.
 */
#ifndef BTFSNOOP_EXPORT_FRAMES_H
#define BTFSNOOP_EXPORT_FRAMES_H

#include <uthash.h>

#include "../report/callchain.h"

struct frame {
	UT_hash_handle hh;
	uint32_t id;		/* from 1 */
	uint32_t parent;	/* 0: none called it */
	const char *dso;	/* in key; "": not known */
	const char *name;	/* in key: the symbol, or the address where there is none */
	char key[];
};

struct frames {
	struct frame *by_key;	/* in the order of their ids */
	uint32_t nr;
	struct chain chain;
	struct buf key;
};

/* Sets *@id to the innermost frame of @sample's call chain, 0 without one. Returns 0 or -ENOMEM. */
int frames__get(struct frames *frames, struct input *input, const struct perfdata_sample *sample,
		uint32_t *id);
void frames__exit(struct frames *frames);

#endif
