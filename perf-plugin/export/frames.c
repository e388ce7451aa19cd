// SPDX-License-Identifier: GPL-2.0-only
#include "frames.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FRAMES	(1u << 22)

/* NULL without memory. */
static const char *keep_text(struct frames *frames, const char *text)
{
	size_t len = strlen(text);
	struct frame_text *kept;

	HASH_FIND(hh, frames->texts, text, len, kept);
	if (kept)
		return kept->text;
	kept = malloc(sizeof(*kept) + len + 1);
	if (!kept)
		return NULL;
	memcpy(kept->text, text, len + 1);
	HASH_ADD_KEYPTR(hh, frames->texts, kept->text, len, kept);
	return kept->text;
}

static int make_key(struct frames *frames, uint32_t parent, const struct place *place,
		    struct frame_key *key)
{
	const char *name = place->sym;

	if (!name) {
		buf__clear(&frames->ip);
		buf__addx(&frames->ip, place->ip);
		name = buf__str(&frames->ip);
	}
	if (frames->ip.failed)
		return -ENOMEM;
	*key = (struct frame_key){
		.parent = parent, .name = keep_text(frames, name),
		.dso = keep_text(frames, place->dso ? place->dso : ""),
	};
	return key->name && key->dso ? 0 : -ENOMEM;
}

static struct frame *add(struct frames *frames, const struct frame_key *key)
{
	struct frame *frame = malloc(sizeof(*frame));

	if (!frame)
		return NULL;
	frame->key = *key;
	frame->id = ++frames->nr;
	HASH_ADD(hh, frames->by_key, key, sizeof(frame->key), frame);
	return frame;
}

int frames__get(struct frames *frames, struct input *input, const struct perfdata_sample *sample,
		uint32_t *id)
{
	struct frame_key key;
	struct frame *frame;

	*id = 0;
	if (!sample->nr_callchain)
		return 0;
	if (chain__read(&frames->chain, input, sample, 0))
		return -ENOMEM;
	for (unsigned int i = frames->chain.nr; i--;) {
		if (make_key(frames, *id, &frames->chain.places[i], &key))
			return -ENOMEM;
		HASH_FIND(hh, frames->by_key, &key, sizeof(key), frame);
		if (!frame && frames->nr == MAX_FRAMES)
			return 0;
		if (!frame)
			frame = add(frames, &key);
		if (!frame)
			return -ENOMEM;
		*id = frame->id;
	}
	return 0;
}

void frames__exit(struct frames *frames)
{
	struct frame_text *text, *next_text;
	struct frame *frame, *next;

	HASH_ITER(hh, frames->by_key, frame, next) {
		HASH_DEL(frames->by_key, frame);
		free(frame);
	}
	HASH_ITER(hh, frames->texts, text, next_text) {
		HASH_DEL(frames->texts, text);
		free(text);
	}
	chain__exit(&frames->chain);
	buf__exit(&frames->ip);
}
