// SPDX-License-Identifier: GPL-2.0-only
#include "frames.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The caller's id, the name, a NUL, the file: what tells one frame from another. */
static int make_key(struct buf *key, uint32_t parent, const struct place *place)
{
	buf__clear(key);
	buf__add(key, &parent, sizeof(parent));
	if (place->sym)
		buf__adds(key, place->sym);
	else
		buf__addx(key, place->ip);
	buf__addc(key, '\0');
	if (place->dso)
		buf__adds(key, place->dso);
	return key->failed ? -ENOMEM : 0;
}

static struct frame *add(struct frames *frames, uint32_t parent)
{
	const struct buf *key = &frames->key;
	struct frame *frame = malloc(sizeof(*frame) + key->len + 1);

	if (!frame)
		return NULL;
	memcpy(frame->key, key->data, key->len);
	frame->key[key->len] = '\0';
	frame->id = ++frames->nr;
	frame->parent = parent;
	frame->name = frame->key + sizeof(parent);
	frame->dso = frame->name + strlen(frame->name) + 1;
	HASH_ADD(hh, frames->by_key, key, key->len, frame);
	return frame;
}

int frames__get(struct frames *frames, struct input *input, const struct perfdata_sample *sample,
		uint32_t *id)
{
	struct frame *frame;

	*id = 0;
	if (!sample->nr_callchain)
		return 0;
	if (chain__read(&frames->chain, input, sample, 0))
		return -ENOMEM;
	for (unsigned int i = frames->chain.nr; i--;) {
		if (make_key(&frames->key, *id, &frames->chain.places[i]))
			return -ENOMEM;
		HASH_FIND(hh, frames->by_key, frames->key.data, frames->key.len, frame);
		if (!frame)
			frame = add(frames, *id);
		if (!frame)
			return -ENOMEM;
		*id = frame->id;
	}
	return 0;
}

void frames__exit(struct frames *frames)
{
	struct frame *frame, *next;

	HASH_ITER(hh, frames->by_key, frame, next) {
		HASH_DEL(frames->by_key, frame);
		free(frame);
	}
	chain__exit(&frames->chain);
	buf__exit(&frames->key);
}
