// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "strings.h"

#define CHUNK_SIZE	(1u << 20)
#define FIRST_CHUNK	(1u << 13)	/* most reports have few texts */
#define FIRST_SLOTS	64
#define ALIGN		8

/* A text in a chunk, at a multiple of ALIGN. */
struct string {
	uint32_t len;
	char text[];
};

#define MAX_LEN		(CHUNK_SIZE - sizeof(struct string) - ALIGN)

struct slot {
	uint32_t hash;
	uint32_t ref;		/* chunk and place in it, plus 1; 0: free */
};

struct strings {
	char **chunks;
	uint32_t nr_chunks;
	uint32_t used;		/* of the last chunk */
	uint32_t size;		/* of the last chunk */
	struct slot *slots;
	uint32_t mask;
	uint32_t nr;
};

int strings__new(struct strings **out)
{
	struct strings *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->slots = calloc(FIRST_SLOTS, sizeof(*s->slots));
	if (!s->slots) {
		free(s);
		return -ENOMEM;
	}
	s->mask = FIRST_SLOTS - 1;
	*out = s;
	return 0;
}

void strings__free(struct strings *strings)
{
	uint32_t i;

	if (!strings)
		return;
	for (i = 0; i < strings->nr_chunks; i++)
		free(strings->chunks[i]);
	free(strings->chunks);
	free(strings->slots);
	free(strings);
}

static uint32_t hash_text(const char *text, size_t len)
{
	const uint64_t k = 0x9e3779b97f4a7c15;
	uint64_t h = len * k, word;

	for (; len >= sizeof(word); text += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		h = (h ^ word) * k;
		h ^= h >> 29;
	}
	word = 0;
	memcpy(&word, text, len);
	h = (h ^ word) * k;
	return h ^ h >> 32;
}

static struct string *at(const struct strings *s, uint32_t ref)
{
	uint64_t pos = (uint64_t)(ref - 1) * ALIGN;

	return (struct string *)(s->chunks[pos / CHUNK_SIZE] + pos % CHUNK_SIZE);
}

static int grow(struct strings *s)
{
	uint32_t mask = s->mask * 2 + 1, i, j;
	struct slot *slots = calloc((size_t)mask + 1, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	for (i = 0; i <= s->mask; i++) {
		if (!s->slots[i].ref)
			continue;
		for (j = s->slots[i].hash & mask; slots[j].ref; j = (j + 1) & mask)
			;
		slots[j] = s->slots[i];
	}
	free(s->slots);
	s->slots = slots;
	s->mask = mask;
	return 0;
}

static int new_chunk(struct strings *s, uint32_t size)
{
	char **more = reallocarray(s->chunks, s->nr_chunks + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	s->chunks = more;
	more[s->nr_chunks] = malloc(size);
	if (!more[s->nr_chunks])
		return -ENOMEM;
	s->nr_chunks++;
	s->size = size;
	s->used = 0;
	return 0;
}

/* Copies the text; 0 when out of memory. Pieces of 8 bytes: 32 bits of them are 32 GB. */
static uint32_t store(struct strings *s, const char *text, uint32_t len)
{
	uint32_t need = (sizeof(struct string) + len + 1 + ALIGN - 1) & ~(uint32_t)(ALIGN - 1);
	struct string *string;
	uint64_t pos;

	if (s->size - s->used < need) {
		uint32_t size = !s->nr_chunks && need <= FIRST_CHUNK ? FIRST_CHUNK : CHUNK_SIZE;

		if (s->nr_chunks >= UINT32_MAX / (CHUNK_SIZE / ALIGN) - 1 || new_chunk(s, size))
			return 0;
	}
	pos = (uint64_t)(s->nr_chunks - 1) * CHUNK_SIZE + s->used;
	string = (struct string *)(s->chunks[s->nr_chunks - 1] + s->used);
	s->used += need;
	string->len = len;
	memcpy(string->text, text, len);
	string->text[len] = '\0';
	return pos / ALIGN + 1;
}

const char *strings__get(struct strings *s, const char *text, size_t len)
{
	uint32_t hash, i, ref;

	if (len > MAX_LEN)
		len = MAX_LEN;
	hash = hash_text(text, len);
	for (i = hash & s->mask; s->slots[i].ref; i = (i + 1) & s->mask) {
		const struct string *string;

		if (s->slots[i].hash != hash)
			continue;
		string = at(s, s->slots[i].ref);
		if (string->len == len && !memcmp(string->text, text, len))
			return string->text;
	}
	if (s->nr >= s->mask - s->mask / 4) {
		if (grow(s))
			return NULL;
		for (i = hash & s->mask; s->slots[i].ref; i = (i + 1) & s->mask)
			;
	}
	ref = store(s, text, len);
	if (!ref)
		return NULL;
	s->slots[i] = (struct slot){ .hash = hash, .ref = ref };
	s->nr++;
	return at(s, ref)->text;
}

size_t strings__len(const char *text)
{
	return ((const struct string *)(text - offsetof(struct string, text)))->len;
}
