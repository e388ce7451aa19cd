/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of aggregate share and nobody else sees. */
#ifndef BTFSNOOP_REPORT_AGGREGATE_PARTS_H
#define BTFSNOOP_REPORT_AGGREGATE_PARTS_H

#include "aggregate-figure.h"
#include "aggregate.h"
#include "callchain.h"
#include "column.h"
#include "strings.h"
#include "text-memo.h"

#define MAX_KEYS	64
#define MAX_RUNS	32
#define MAX_SHOWN	128

/*
 * A key's value in an entry is a word, a number or the address of a text in strings, and 4 bits
 * that say which, TAGS_PER_WORD of them to a word behind all keys.
 */
#define TAG_BITS	4
#define TAGS_PER_WORD	16
#define TAG_STATUS	0x3	/* enum item_status */
#define TAG_TEXT	0x4
#define TAG_ABSENT	0x8	/* the sample's event has no such thing */

struct agg_key {
	char *text;		/* as it was asked for; NULL: field @field of the one event */
	unsigned int field;
	char *label;		/* NULL until an event has it */
	bool is_right;
	bool is_time;
	bool is_sym;		/* of a caller it is that one's */
	bool is_dso;
	bool is_trace;
};

/* Something whose values are added up. */
struct agg_run {
	char *text;
	struct figure_run run;
	bool has_column;	/* run.is_signed is known */
};

/* A column that is shown or that entries are ordered by. */
struct agg_column {
	bool is_key;
	unsigned int key;
	struct figure figure;
	int run;		/* of a figure; -1: of the samples */
	char *header;		/* of a figure */
};

/* What an event has of the keys and runs; NULL: nothing. */
struct agg_event {
	bool ready;
	struct column *keys[MAX_KEYS];
	struct column *runs[MAX_RUNS];
};

struct agg_slot {
	uint32_t hash;
	uint32_t entry;		/* plus 1; 0: free */
};

struct aggregate {
	struct input *input;
	int event;		/* -1: all */
	uint64_t time_quantum;
	unsigned int max_keys;
	bool children;
	const struct callchain_opts *chains;
	struct chain chain;		/* of the sample that is added; with children */
	struct strings *strings;
	struct text_memo *memo;		/* of key trace; NULL until it is needed */
	struct agg_key keys[MAX_KEYS];
	unsigned int nr_keys;
	struct agg_run runs[MAX_RUNS];
	unsigned int nr_runs;
	struct agg_column columns[MAX_SHOWN];	/* those shown first */
	unsigned int nr_columns;
	unsigned int nr_shown;
	unsigned int order[MAX_SHOWN];	/* what entries are ordered by, of columns */
	unsigned int nr_order;
	struct agg_event **events;	/* by event; of one event: that alone */
	unsigned int nr_events;

	/* Entries: rows of words, 1 << shift of them to a chunk. */
	uint64_t **chunks;
	unsigned int nr_chunks;
	unsigned int shift;
	uint32_t nr_entries;
	struct agg_slot *slots;
	uint32_t mask;
	unsigned int words;		/* of an entry: keys, tags, then at */
	unsigned int key_words;
	unsigned int event_at;		/* event of the first sample; only for all events */
	unsigned int samples_at;
	unsigned int period_at;
	unsigned int children_at;	/* period with what was called; 0: none */
	unsigned int stamp_at;		/* the last sample counted there, plus 1; with children */
	unsigned int chains_at;		/* a struct callchain; 0: none */

	uint64_t nr_samples;
	uint64_t period;
	uint64_t total;			/* of which shares are; 0: period */
};

static inline uint64_t *agg_entry(const struct aggregate *agg, uint32_t entry)
{
	return agg->chunks[entry >> agg->shift] +
	       (size_t)(entry & ((1u << agg->shift) - 1)) * agg->words;
}

static inline unsigned int agg_tag(const struct aggregate *agg, const uint64_t *entry,
				   unsigned int key)
{
	return entry[agg->nr_keys + key / TAGS_PER_WORD] >>
	       key % TAGS_PER_WORD * TAG_BITS & ((1 << TAG_BITS) - 1);
}

static inline bool agg_is_readable(unsigned int tag)
{
	return !(tag & TAG_ABSENT) &&
	       ((tag & TAG_STATUS) == ITEM_OK || (tag & TAG_STATUS) == ITEM_CUT);
}

/* The event whose columns show the entry. */
static inline struct agg_event *agg_entry_event(const struct aggregate *agg,
						const uint64_t *entry)
{
	return agg->events[agg->event < 0 ? entry[agg->event_at] : 0];
}

/*
 * aggregate-list.c: makes keys, runs, columns and order of what the user wrote. Returns 0 or
 * -ENOMEM.
 */
int aggregate__parse(struct aggregate *agg, const struct aggregate_opts *opts);

/* aggregate-event.c: the columns of event @event, prepared at first use; NULL: out of memory. */
struct agg_event *aggregate__event(struct aggregate *agg, unsigned int event);

/* Could the aggregate's events have this? Those of a pipe that are not known yet could. */
bool aggregate__has(struct aggregate *agg, const char *text);
void aggregate__free_events(struct aggregate *agg);

/* Does the duration, or whatever @text is, of an event add up? */
bool aggregate__is_number(struct aggregate *agg, const char *text);

/*
 * aggregate.c: reads the sample's keys but for key @later (-1: all), which will be a text, into
 * @words. Returns 0 or -ENOMEM.
 */
int aggregate__read_keys(struct aggregate *agg, const struct agg_event *event,
			 const struct perfdata_sample *sample, int later, uint64_t *words);

/*
 * Counts a sample in the entry with these keys, *@entry, whose index *@index (may be NULL) gets.
 * Returns 0 or -ENOMEM.
 */
int aggregate__count(struct aggregate *agg, const uint64_t *words, unsigned int event,
		     uint64_t period, uint32_t *index, uint64_t **entry);

/* Fills @value from a key's word and tag. */
void aggregate__key_value(const struct aggregate *agg, const uint64_t *entry, unsigned int key,
			  struct column_value *value);

#endif
