// SPDX-License-Identifier: GPL-2.0-only
#include "results.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"
#include "screen.h"

struct level {
	struct aggregate *agg;
	uint32_t *parents;		/* by entry; none at the first level */
	uint32_t cap;
	uint32_t nr;			/* entries that have a parent */
};

struct event_result {
	struct level *levels;
	unsigned int nr;		/* 0: no sample came yet */
};

struct results {
	struct input *input;
	struct aggregate_opts opts;
	char *sort;
	char *fields;
	bool hierarchy;
	uint64_t file_size;
	struct event_result *events;
	unsigned int nr_events;
	struct samples *samples;
};

static char *copy(const char *text, int *err)
{
	char *copied = text ? strdup(text) : NULL;

	if (text && !copied)
		*err = -ENOMEM;
	return copied;
}

int results__new(struct input *input, const struct aggregate_opts *opts, bool hierarchy,
		 uint64_t file_size, struct results **out)
{
	struct results *r = calloc(1, sizeof(*r));
	int err = 0;

	if (!r)
		return -ENOMEM;
	r->input = input;
	r->opts = *opts;
	r->hierarchy = hierarchy;
	r->file_size = file_size;
	r->sort = copy(opts->sort, &err);
	r->fields = copy(opts->fields, &err);
	r->opts.sort = r->sort;
	r->opts.fields = r->fields;
	if (err)
		results__free(r);
	else
		*out = r;
	return err;
}

static void clear(struct results *r)
{
	for (unsigned int i = 0; i < r->nr_events; i++) {
		struct event_result *event = &r->events[i];

		for (unsigned int j = 0; j < event->nr; j++) {
			aggregate__free(event->levels[j].agg);
			free(event->levels[j].parents);
		}
		free(event->levels);
	}
	free(r->events);
	r->events = NULL;
	r->nr_events = 0;
	samples__free(r->samples);
	r->samples = NULL;
}

void results__free(struct results *r)
{
	if (!r)
		return;
	clear(r);
	free(r->sort);
	free(r->fields);
	free(r);
}

static int add_events(struct results *r)
{
	unsigned int nr = input__nr_events(r->input);
	struct event_result *more = reallocarray(r->events, nr ? nr : 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	memset(more + r->nr_events, 0, (nr - r->nr_events) * sizeof(*more));
	r->events = more;
	r->nr_events = nr;
	return 0;
}

/* The last level has all keys; those above one less each. */
static int make_levels(struct results *r, unsigned int index)
{
	struct event_result *event = &r->events[index];
	struct aggregate_opts opts = r->opts;
	struct aggregate *all;
	unsigned int nr;
	int err;

	err = aggregate__new(r->input, index, &opts, &all);
	if (err)
		return err;
	nr = r->hierarchy && aggregate__nr_keys(all) ? aggregate__nr_keys(all) : 1;
	event->levels = calloc(nr, sizeof(*event->levels));
	if (!event->levels) {
		aggregate__free(all);
		return -ENOMEM;
	}
	event->levels[nr - 1].agg = all;
	event->nr = nr;
	for (unsigned int i = 0; i + 1 < nr && !err; i++) {
		opts.max_keys = i + 1;
		err = aggregate__new(r->input, index, &opts, &event->levels[i].agg);
	}
	return err;
}

static int set_parent(struct level *level, uint32_t entry, uint32_t parent)
{
	if (entry >= level->cap) {
		uint32_t cap = level->cap ? 2 * level->cap : 64;
		uint32_t *more;

		cap = cap > entry ? cap : entry + 1;
		more = reallocarray(level->parents, cap, sizeof(*more));
		if (!more)
			return -ENOMEM;
		level->parents = more;
		level->cap = cap;
	}
	for (; level->nr <= entry; level->nr++)
		level->parents[level->nr] = parent;
	return 0;
}

static int add_sample(struct results *r, const struct perfdata_record *record)
{
	unsigned int index = record->sample.event;
	uint32_t entry = AGGREGATE_NONE, parent;
	struct event_result *event;
	int err = 0;

	if (index >= r->nr_events)
		err = add_events(r);
	if (!err && !r->events[index].nr)
		err = make_levels(r, index);
	if (err)
		return err;
	event = &r->events[index];
	for (unsigned int i = 0; i < event->nr && !err; i++) {
		parent = entry;
		err = aggregate__add(event->levels[i].agg, &record->sample, &entry);
		if (!err && i && entry != AGGREGATE_NONE)
			err = set_parent(&event->levels[i], entry, parent);
	}
	return err ? err : samples__add(r->samples, record,
					entry == AGGREGATE_NONE ? SAMPLES_NONE : entry);
}

/* Shares are of all samples, also those that the filter dropped. */
static void set_totals(struct results *r)
{
	for (unsigned int i = 0; i < r->nr_events; i++) {
		uint64_t dropped = input__event(r->input, i)->dropped_period;

		for (unsigned int j = 0; dropped && j < r->events[i].nr; j++) {
			struct aggregate *agg = r->events[i].levels[j].agg;

			aggregate__set_total(agg, aggregate__period(agg) + dropped);
		}
	}
}

int results__read(struct results *r, struct diag *diag)
{
	struct perfdata_record record;
	int err = samples__new(r->input, &r->samples);

	if (!err)
		err = add_events(r);
	dialog__progress("Reading samples", 0, r->file_size);
	while (!err && (err = input__next(r->input, &record, diag)) > 0) {
		err = 0;
		if (record.type == PERF_RECORD_SAMPLE)
			err = add_sample(r, &record);
		if (!err && dialog__progress("Reading samples", record.offset, r->file_size))
			err = -ECANCELED;
	}
	if (!err)
		set_totals(r);
	return err;
}

int results__regroup(struct results *r, const char *sort, struct diag *diag)
{
	struct aggregate_opts opts = r->opts;
	struct backdrop page;
	int err = 0;
	char *copied;

	opts.sort = sort;
	err = aggregate__check(r->input, &opts, diag);
	copied = err ? NULL : copy(sort, &err);
	if (err)
		return err;
	free(r->sort);
	r->sort = copied;
	r->opts.sort = copied;
	/* The page behind the progress shows entries, and columns, that are no more. */
	page = screen__set_backdrop((struct backdrop){ NULL, NULL });
	clear(r);
	err = input__rewind(r->input);
	if (!err)
		err = results__read(r, diag);
	screen__set_backdrop(page);
	return err == -EINVAL ? -ESTALE : err;
}

const char *results__sort(const struct results *r)
{
	return r->sort;
}

struct input *results__input(const struct results *r)
{
	return r->input;
}

struct samples *results__samples(const struct results *r)
{
	return r->samples;
}

unsigned int results__nr_levels(const struct results *r, unsigned int event)
{
	return event < r->nr_events ? r->events[event].nr : 0;
}

struct aggregate *results__level(const struct results *r, unsigned int event, unsigned int level)
{
	return r->events[event].levels[level].agg;
}

uint64_t results__nr_samples(const struct results *r, unsigned int event)
{
	return results__nr_levels(r, event) ?
	       aggregate__nr_samples(results__level(r, event, 0)) : 0;
}

uint32_t results__parent(const struct results *r, unsigned int event, unsigned int level,
			 uint32_t entry)
{
	const struct level *l = &r->events[event].levels[level];

	return entry < l->nr ? l->parents[entry] : AGGREGATE_NONE;
}
