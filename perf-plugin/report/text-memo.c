// SPDX-License-Identifier: GPL-2.0-only
#include "text-memo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../plan/schema.h"

#define NR_SLOTS	(1u << 15)	/* a sample has one place: who comes later takes it */
#define MAX_KEPT	512		/* bytes of a sample: 16 MB in all */

struct slot {
	const char *text;
	uint32_t event;
	uint32_t len;			/* of data */
	uint32_t cap;
	uint8_t *data;			/* what is behind the common bytes */
};

struct text_memo {
	struct input *input;
	uint8_t *usable;		/* by event: 0 not looked at, 1 yes, 2 no */
	unsigned int nr_events;
	struct slot slots[NR_SLOTS];
};

int text_memo__new(struct input *input, struct text_memo **out)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return -ENOMEM;
	(*out)->input = input;
	return 0;
}

void text_memo__free(struct text_memo *memo)
{
	unsigned int i;

	if (!memo)
		return;
	for (i = 0; i < NR_SLOTS; i++)
		free(memo->slots[i].data);
	free(memo->usable);
	free(memo);
}

void text_memo__clear(struct text_memo *memo)
{
	unsigned int i;

	for (i = 0; i < NR_SLOTS; i++)
		memo->slots[i].text = NULL;
}

/* The common bytes have the task's number, which hardly any text shows. */
static bool shows_common(const struct perfdata_event *event)
{
	static const char common[] = "REC->common_";
	const char *format = event->format;

	return !format || memmem(format, event->format_len, common, strlen(common));
}

static bool is_usable(struct text_memo *memo, unsigned int event)
{
	if (event >= memo->nr_events) {
		unsigned int nr = input__nr_events(memo->input);
		uint8_t *more = event < nr ? realloc(memo->usable, nr) : NULL;

		if (!more)
			return false;
		memset(more + memo->nr_events, 0, nr - memo->nr_events);
		memo->usable = more;
		memo->nr_events = nr;
	}
	if (!memo->usable[event])
		memo->usable[event] = shows_common(perfdata_reader__event(
			input__reader(memo->input), event)) ? 2 : 1;
	return memo->usable[event] == 1;
}

static uint64_t hash_bytes(const uint8_t *data, size_t len, uint64_t seed)
{
	const uint64_t k = 0x9e3779b97f4a7c15;
	uint64_t h = (seed + len) * k, word;

	for (; len >= sizeof(word); data += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, data, sizeof(word));
		h = (h ^ word) * k;
		h ^= h >> 29;
	}
	word = 0;
	memcpy(&word, data, len);
	h = (h ^ word) * k;
	return h ^ h >> 32;
}

/* The sample's place, and its bytes; NULL: it has none. */
static struct slot *find_slot(struct text_memo *memo, const struct perfdata_sample *sample,
			      const uint8_t **data, uint32_t *len)
{
	if (sample->raw_size <= SCHEMA_COMMON_SIZE ||
	    sample->raw_size - SCHEMA_COMMON_SIZE > MAX_KEPT || !is_usable(memo, sample->event))
		return NULL;
	*data = (const uint8_t *)sample->raw + SCHEMA_COMMON_SIZE;
	*len = sample->raw_size - SCHEMA_COMMON_SIZE;
	return &memo->slots[hash_bytes(*data, *len, sample->event) % NR_SLOTS];
}

const char *text_memo__find(struct text_memo *memo, const struct perfdata_sample *sample)
{
	const uint8_t *data;
	uint32_t len;
	const struct slot *slot = find_slot(memo, sample, &data, &len);

	if (!slot || !slot->text || slot->event != sample->event || slot->len != len ||
	    memcmp(slot->data, data, len))
		return NULL;
	return slot->text;
}

void text_memo__keep(struct text_memo *memo, const struct perfdata_sample *sample,
		     const char *text)
{
	const uint8_t *data;
	uint32_t len;
	struct slot *slot = find_slot(memo, sample, &data, &len);

	if (!slot)
		return;
	if (len > slot->cap) {
		uint8_t *more = realloc(slot->data, len);

		if (!more)
			return;
		slot->data = more;
		slot->cap = len;
	}
	memcpy(slot->data, data, len);
	slot->len = len;
	slot->event = sample->event;
	slot->text = text;
}
