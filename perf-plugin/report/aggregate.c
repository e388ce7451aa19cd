// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "aggregate-parts.h"

#define FIRST_SLOTS	64
#define FIRST_SHIFT	4		/* entries in a chunk of a small report: 16 */
#define CHUNK_BYTES	(1u << 16)

/* ---- life ---------------------------------------------------------------------------------- */

static void place_words(struct aggregate *agg)
{
	unsigned int i, word;

	agg->key_words = agg->nr_keys + (agg->nr_keys + TAGS_PER_WORD - 1) / TAGS_PER_WORD;
	word = agg->key_words;
	agg->event_at = word;
	word += agg->event < 0;
	agg->samples_at = word++;
	agg->period_at = word++;
	if (agg->children) {
		agg->children_at = word++;
		agg->stamp_at = word++;
	}
	if (agg->chains)
		agg->chains_at = word++;
	for (i = 0; i < agg->nr_runs; i++)
		word = figure_run__place(&agg->runs[i].run, word);
	agg->words = word;
	agg->shift = FIRST_SHIFT;
}

/* The events there are, so that headings and alignment are known from the start. */
static int prepare_events(struct aggregate *agg)
{
	unsigned int i, nr = input__nr_events(agg->input);

	if (agg->event >= 0)
		return aggregate__event(agg, agg->event) ? 0 : -ENOMEM;
	for (i = 0; i < nr; i++) {
		if (!aggregate__event(agg, i))
			return -ENOMEM;
	}
	return 0;
}

int aggregate__new(struct input *input, int event, const struct aggregate_opts *opts,
		   struct aggregate **out)
{
	struct aggregate *agg = calloc(1, sizeof(*agg));
	int err;

	if (!agg)
		return -ENOMEM;
	agg->input = input;
	agg->event = event;
	agg->time_quantum = opts->time_quantum;
	agg->max_keys = opts->max_keys;
	agg->children = opts->children;
	agg->chains = opts->chains;
	err = strings__new(&agg->strings);
	if (!err)
		err = aggregate__parse(agg, opts);
	if (!err) {
		place_words(agg);
		err = prepare_events(agg);
	}
	if (!err) {
		agg->slots = calloc(FIRST_SLOTS, sizeof(*agg->slots));
		agg->mask = FIRST_SLOTS - 1;
		err = agg->slots ? 0 : -ENOMEM;
	}
	if (err)
		aggregate__free(agg);
	else
		*out = agg;
	return err;
}

static void free_entries(struct aggregate *agg)
{
	uint32_t i;
	unsigned int j;

	for (j = 0; j < agg->nr_runs; j++) {
		for (i = 0; i < agg->nr_entries; i++)
			figure_run__free(&agg->runs[j].run, agg_entry(agg, i));
	}
	for (i = 0; agg->chains_at && i < agg->nr_entries; i++)
		callchain__free((void *)(uintptr_t)agg_entry(agg, i)[agg->chains_at]);
	for (j = 0; j < agg->nr_chunks; j++)
		free(agg->chunks[j]);
	free(agg->chunks);
	agg->chunks = NULL;
	agg->nr_chunks = 0;
	agg->nr_entries = 0;
}

void aggregate__free(struct aggregate *agg)
{
	unsigned int i;

	if (!agg)
		return;
	free_entries(agg);
	aggregate__free_events(agg);
	for (i = 0; i < agg->nr_keys; i++) {
		free(agg->keys[i].text);
		free(agg->keys[i].label);
	}
	for (i = 0; i < agg->nr_runs; i++)
		free(agg->runs[i].text);
	for (i = 0; i < agg->nr_columns; i++)
		free(agg->columns[i].header);
	strings__free(agg->strings);
	text_memo__free(agg->memo);
	chain__exit(&agg->chain);
	free(agg->slots);
	free(agg);
}

void aggregate__clear(struct aggregate *agg)
{
	struct strings *strings;

	free_entries(agg);
	memset(agg->slots, 0, ((size_t)agg->mask + 1) * sizeof(*agg->slots));
	if (agg->memo)
		text_memo__clear(agg->memo);
	if (!strings__new(&strings)) {
		strings__free(agg->strings);
		agg->strings = strings;
	}
	agg->nr_samples = 0;
	agg->period = 0;
}

static uint64_t decayed(uint64_t count)
{
	return count - count / 8 - (count % 8 != 0);
}

void aggregate__decay(struct aggregate *agg)
{
	agg->nr_samples = 0;
	agg->period = 0;
	for (uint32_t i = 0; i < agg->nr_entries; i++) {
		uint64_t *entry = agg_entry(agg, i);

		entry[agg->samples_at] = decayed(entry[agg->samples_at]);
		entry[agg->period_at] = decayed(entry[agg->period_at]);
		if (agg->children) {
			entry[agg->children_at] = decayed(entry[agg->children_at]);
			entry[agg->stamp_at] = 0;
		}
		agg->nr_samples += entry[agg->samples_at];
		agg->period += entry[agg->period_at];
	}
}

/* ---- entries ------------------------------------------------------------------------------- */

static uint32_t hash_words(const uint64_t *words, unsigned int nr)
{
	const uint64_t k = 0x9e3779b97f4a7c15;
	uint64_t h = nr;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		h = (h ^ words[i]) * k;
		h ^= h >> 32;
	}
	return h * k >> 32;
}

static int grow_slots(struct aggregate *agg)
{
	uint32_t mask = agg->mask * 2 + 1, i, j;
	struct agg_slot *slots = calloc((size_t)mask + 1, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	for (i = 0; i <= agg->mask; i++) {
		if (!agg->slots[i].entry)
			continue;
		for (j = agg->slots[i].hash & mask; slots[j].entry; j = (j + 1) & mask)
			;
		slots[j] = agg->slots[i];
	}
	free(agg->slots);
	agg->slots = slots;
	agg->mask = mask;
	return 0;
}

/*
 * The first chunk grows with what is in it, as most reports are small, until it has the size of all
 * that follow.
 */
static int grow_chunks(struct aggregate *agg)
{
	size_t entry_size = agg->words * sizeof(uint64_t);
	uint64_t **more, *chunk;

	if (agg->nr_chunks == 1 && (entry_size << agg->shift) < CHUNK_BYTES) {
		chunk = realloc(agg->chunks[0], entry_size << (agg->shift + 1));
		if (!chunk)
			return -ENOMEM;
		memset(chunk + ((size_t)agg->words << agg->shift), 0, entry_size << agg->shift);
		agg->chunks[0] = chunk;
		agg->shift++;
		return 0;
	}
	more = reallocarray(agg->chunks, agg->nr_chunks + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	agg->chunks = more;
	more[agg->nr_chunks] = calloc((size_t)1 << agg->shift, entry_size);
	if (!more[agg->nr_chunks])
		return -ENOMEM;
	agg->nr_chunks++;
	return 0;
}

static int new_entry(struct aggregate *agg, const uint64_t *key, unsigned int event)
{
	uint64_t *entry;
	int err;

	if (agg->nr_entries >= AGGREGATE_NONE - 1)
		return -ENOMEM;
	if (agg->nr_entries == (uint64_t)agg->nr_chunks << agg->shift) {
		err = grow_chunks(agg);
		if (err)
			return err;
	}
	entry = agg_entry(agg, agg->nr_entries);
	memcpy(entry, key, agg->key_words * sizeof(*key));
	if (agg->event < 0)
		entry[agg->event_at] = event;
	agg->nr_entries++;
	return 0;
}

static int find_entry(struct aggregate *agg, const uint64_t *key, unsigned int event,
		      uint32_t *out)
{
	uint32_t hash = hash_words(key, agg->key_words), i;
	int err;

	for (i = hash & agg->mask; agg->slots[i].entry; i = (i + 1) & agg->mask) {
		*out = agg->slots[i].entry - 1;
		if (agg->slots[i].hash == hash &&
		    !memcmp(agg_entry(agg, *out), key, agg->key_words * sizeof(*key)))
			return 0;
	}
	err = new_entry(agg, key, event);
	if (err)
		return err;
	*out = agg->nr_entries - 1;
	agg->slots[i] = (struct agg_slot){ .hash = hash, .entry = agg->nr_entries };
	return agg->nr_entries > agg->mask - agg->mask / 4 ? grow_slots(agg) : 0;
}

/* ---- samples ------------------------------------------------------------------------------- */

/* A text that takes long to make: most are those of a sample before. */
static int read_trace(struct aggregate *agg, struct column *column,
		      const struct perfdata_sample *sample, uint64_t *word)
{
	int err = agg->memo ? 0 : text_memo__new(agg->input, &agg->memo);
	struct column_value value;

	if (err)
		return err;
	*word = (uintptr_t)text_memo__find(agg->memo, sample);
	if (*word)
		return 0;
	err = column__read(column, sample, &value);
	if (err)
		return err;
	*word = (uintptr_t)strings__get(agg->strings, value.text, value.len);
	if (!*word)
		return -ENOMEM;
	text_memo__keep(agg->memo, sample, (const char *)(uintptr_t)*word);
	return 0;
}

static int read_key(struct aggregate *agg, const struct agg_key *key, struct column *column,
		    const struct perfdata_sample *sample, uint64_t *word, uint64_t *tag)
{
	struct column_value value;
	int err;

	*word = 0;
	*tag = TAG_ABSENT;
	if (!column)
		return 0;
	if (key->is_trace && input__event(agg->input, sample->event)->foreign >= 0) {
		*tag = TAG_TEXT;
		return read_trace(agg, column, sample, word);
	}
	err = column__read(column, sample, &value);
	if (err)
		return err;
	*tag = value.status & TAG_STATUS;
	if (!column__is_number(column))
		*tag |= TAG_TEXT;
	if (!agg_is_readable(*tag))
		return 0;
	if (!(*tag & TAG_TEXT)) {
		*word = value.number;
		if (key->is_time && agg->time_quantum)
			*word -= *word % agg->time_quantum;
		return 0;
	}
	*word = (uintptr_t)strings__get(agg->strings, value.text, value.len);
	return *word ? 0 : -ENOMEM;
}

int aggregate__read_keys(struct aggregate *agg, const struct agg_event *event,
			 const struct perfdata_sample *sample, int later, uint64_t *words)
{
	uint64_t *tags = words + agg->nr_keys, tag;
	unsigned int i;
	int err = 0;

	memset(tags, 0, (agg->key_words - agg->nr_keys) * sizeof(*tags));
	for (i = 0; i < agg->nr_keys && !err; i++) {
		if ((int)i == later) {
			words[i] = 0;
			tag = TAG_TEXT;
		} else {
			err = read_key(agg, &agg->keys[i], event->keys[i], sample, &words[i], &tag);
		}
		tags[i / TAGS_PER_WORD] |= tag << i % TAGS_PER_WORD * TAG_BITS;
	}
	return err;
}

int aggregate__count(struct aggregate *agg, const uint64_t *words, unsigned int event,
		     uint64_t period, uint32_t *index, uint64_t **entry)
{
	uint32_t found;
	int err = find_entry(agg, words, event, &found);

	if (err)
		return err;
	*entry = agg_entry(agg, found);
	(*entry)[agg->samples_at]++;
	(*entry)[agg->period_at] += period;
	agg->nr_samples++;
	agg->period += period;
	if (index)
		*index = found;
	return 0;
}

static int add_runs(struct aggregate *agg, const struct agg_event *event,
		    const struct perfdata_sample *sample, uint64_t *entry)
{
	struct column_value value;
	unsigned int i;
	int err = 0;

	for (i = 0; i < agg->nr_runs && !err; i++) {
		if (!event->runs[i])
			continue;
		err = column__read(event->runs[i], sample, &value);
		if (!err && agg_is_readable(value.status))
			err = figure_run__add(&agg->runs[i].run, entry, value.number);
	}
	return err;
}

static int add_chain(struct aggregate *agg, uint64_t *entry, const struct perfdata_sample *sample,
		     unsigned int from)
{
	struct callchain *chains = (void *)(uintptr_t)entry[agg->chains_at];
	int err;

	if (!sample->nr_callchain)
		return 0;
	if (!chains) {
		err = callchain__new(agg->input, agg->chains, &chains);
		if (err)
			return err;
		entry[agg->chains_at] = (uintptr_t)chains;
	}
	return callchain__add(chains, sample, from);
}

static int caller_key(struct aggregate *agg, const char *text, uint64_t *word)
{
	if (!text)
		text = "[unknown]";
	*word = (uintptr_t)strings__get(agg->strings, text, strlen(text));
	return *word ? 0 : -ENOMEM;
}

/* The entry of a caller differs from the sample's own in the function and the file it is in. */
static int add_caller(struct aggregate *agg, const struct perfdata_sample *sample,
		      unsigned int from, uint64_t *words)
{
	const struct place *place = &agg->chain.places[from];
	uint32_t found;
	uint64_t *entry;
	unsigned int i;
	int err = 0;

	for (i = 0; i < agg->nr_keys && !err; i++) {
		if (agg->keys[i].is_sym || agg->keys[i].is_dso)
			err = caller_key(agg, agg->keys[i].is_sym ? place->sym : place->dso,
					 &words[i]);
	}
	if (!err)
		err = find_entry(agg, words, sample->event, &found);
	if (err)
		return err;
	entry = agg_entry(agg, found);
	/* A function that calls itself counts once. */
	if (entry[agg->stamp_at] == agg->nr_samples)
		return 0;
	entry[agg->stamp_at] = agg->nr_samples;
	entry[agg->children_at] += sample->period;
	return agg->chains_at ? add_chain(agg, entry, sample, from) : 0;
}

/* @own: the sample's entry; @words: its key, which is used up. */
static int add_callers(struct aggregate *agg, const struct perfdata_sample *sample, uint64_t *own,
		       uint64_t *words)
{
	unsigned int i;
	int err;

	own[agg->children_at] += sample->period;
	own[agg->stamp_at] = agg->nr_samples;
	if (!sample->nr_callchain)
		return 0;
	err = chain__read(&agg->chain, agg->input, sample,
			  agg->chains ? agg->chains->max_depth : 0);
	for (i = 1; i < agg->chain.nr && !err; i++)
		err = add_caller(agg, sample, i, words);
	return err;
}

int aggregate__add(struct aggregate *agg, const struct perfdata_sample *sample, uint32_t *index)
{
	const struct input_event *input_event = input__event(agg->input, sample->event);
	const struct agg_event *event = aggregate__event(agg, sample->event);
	uint64_t words[MAX_KEYS + MAX_KEYS / TAGS_PER_WORD], *entry;
	int err;

	if (index)
		*index = AGGREGATE_NONE;
	if (!event)
		return -ENOMEM;
	if (input_event->view && !event_view__fits(input_event->view, sample->raw_size))
		return 0;
	err = aggregate__read_keys(agg, event, sample, -1, words);
	if (!err)
		err = aggregate__count(agg, words, sample->event, sample->period, index, &entry);
	if (!err)
		err = add_runs(agg, event, sample, entry);
	if (!err && agg->chains_at)
		err = add_chain(agg, entry, sample, 0);
	if (!err && agg->children)
		err = add_callers(agg, sample, entry, words);
	return err;
}

/* ---- totals -------------------------------------------------------------------------------- */

uint64_t aggregate__nr_samples(const struct aggregate *agg)
{
	return agg->nr_samples;
}

uint64_t aggregate__period(const struct aggregate *agg)
{
	return agg->period;
}

void aggregate__set_total(struct aggregate *agg, uint64_t period)
{
	agg->total = period;
}

uint32_t aggregate__nr_entries(const struct aggregate *agg)
{
	return agg->nr_entries;
}

uint64_t aggregate__entry_samples(const struct aggregate *agg, uint32_t entry)
{
	return agg_entry(agg, entry)[agg->samples_at];
}

uint64_t aggregate__entry_period(const struct aggregate *agg, uint32_t entry)
{
	return agg_entry(agg, entry)[agg->period_at];
}

uint64_t aggregate__total(const struct aggregate *agg)
{
	return agg->total ? agg->total : agg->period;
}

double aggregate__entry_share(const struct aggregate *agg, uint32_t entry)
{
	uint64_t total = aggregate__total(agg);
	unsigned int word = agg->children ? agg->children_at : agg->period_at;

	return total ? (double)agg_entry(agg, entry)[word] / total : 0;
}

struct callchain *aggregate__entry_chains(const struct aggregate *agg, uint32_t entry)
{
	return agg->chains_at ? (void *)(uintptr_t)agg_entry(agg, entry)[agg->chains_at] : NULL;
}
