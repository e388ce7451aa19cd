// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../render/foreign.h"
#include "aggregate-parts.h"
#include "aggregate-queue.h"

#define MAX_WAITING	256
#define MAX_WORDS	(MAX_KEYS + MAX_KEYS / TAGS_PER_WORD)

/* A sample whose text is to come: all else that its entry needs. */
struct waiting {
	struct aggregate *agg;
	unsigned int event;
	unsigned int key;		/* which is the text */
	uint64_t period;
	uint64_t words[MAX_WORDS];	/* the entry's key */
	uint64_t runs[MAX_RUNS];
	uint64_t has_runs;		/* a bit each: could be read */
};

struct aggregate_queue {
	struct input *input;
	unsigned int nr;
	struct buf texts;		/* each with a NUL behind it */
	struct waiting waiting[MAX_WAITING];
};

int aggregate_queue__new(struct input *input, struct aggregate_queue **out)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return -ENOMEM;
	(*out)->input = input;
	return 0;
}

void aggregate_queue__free(struct aggregate_queue *queue)
{
	if (!queue)
		return;
	/* The texts that were asked for go into the buffer, which has to be there for it. */
	foreign__flush(input__foreign(queue->input), &queue->texts);
	buf__exit(&queue->texts);
	free(queue);
}

/* The key that is the text of a tracepoint; -1: there is none, or chains are kept, too. */
static int text_key(const struct aggregate *agg, unsigned int event)
{
	unsigned int i;

	if (input__event(agg->input, event)->foreign < 0 || agg->children || agg->chains_at)
		return -1;
	for (i = 0; i < agg->nr_keys; i++) {
		if (agg->keys[i].is_trace)
			return i;
	}
	return -1;
}

static int read_runs(struct waiting *w, const struct agg_event *event,
		     const struct perfdata_sample *sample)
{
	struct column_value value;
	unsigned int i;
	int err = 0;

	w->has_runs = 0;
	for (i = 0; i < w->agg->nr_runs && !err; i++) {
		if (!event->runs[i])
			continue;
		err = column__read(event->runs[i], sample, &value);
		if (err || !agg_is_readable(value.status))
			continue;
		w->runs[i] = value.number;
		w->has_runs |= (uint64_t)1 << i;
	}
	return err;
}

int aggregate_queue__add(struct aggregate_queue *queue, struct aggregate *agg,
			 const struct perfdata_sample *sample)
{
	const struct input_event *event = input__event(agg->input, sample->event);
	const struct agg_event *columns = aggregate__event(agg, sample->event);
	struct waiting *w = &queue->waiting[queue->nr];
	int key = text_key(agg, sample->event), err;

	if (!columns)
		return -ENOMEM;
	if (key < 0)
		return aggregate__add(agg, sample, NULL);
	if (event->view && !event_view__fits(event->view, sample->raw_size))
		return 0;
	w->agg = agg;
	w->event = sample->event;
	w->key = key;
	w->period = sample->period;
	err = aggregate__read_keys(agg, columns, sample, key, w->words);
	if (!err)
		err = read_runs(w, columns, sample);
	if (err)
		return err;
	foreign__queue(input__foreign(queue->input), event->foreign, sample->raw, sample->raw_size,
		       sample->cpu, sample->time, &queue->texts);
	buf__addc(&queue->texts, '\0');
	queue->nr++;
	return queue->nr == MAX_WAITING ? aggregate_queue__flush(queue) : 0;
}

static int add_waiting(struct waiting *w, const char *text, size_t len)
{
	uint64_t *entry;
	unsigned int i;
	int err;

	w->words[w->key] = (uintptr_t)strings__get(w->agg->strings, text, len);
	if (!w->words[w->key])
		return -ENOMEM;
	err = aggregate__count(w->agg, w->words, w->event, w->period, NULL, &entry);
	for (i = 0; i < w->agg->nr_runs && !err; i++) {
		if (w->has_runs & (uint64_t)1 << i)
			err = figure_run__add(&w->agg->runs[i].run, entry, w->runs[i]);
	}
	return err;
}

int aggregate_queue__flush(struct aggregate_queue *queue)
{
	unsigned int i, nr = queue->nr;
	const char *text;
	int err = 0;

	foreign__flush(input__foreign(queue->input), &queue->texts);
	text = buf__str(&queue->texts);
	queue->nr = 0;
	if (queue->texts.failed)
		return -ENOMEM;
	for (i = 0; i < nr && !err; i++) {
		size_t len = strlen(text);

		err = add_waiting(&queue->waiting[i], text, len);
		text += len + 1;
	}
	buf__clear(&queue->texts);
	return err;
}
