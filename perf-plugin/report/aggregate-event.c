// SPDX-License-Identifier: GPL-2.0-only
/* What each event has of the keys, and of the values that add up to figures. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "aggregate-parts.h"

static struct column *find_column(struct aggregate *agg, unsigned int event, const char *text)
{
	struct column *column;

	return column__new(agg->input, event, text, &column, NULL) ? NULL : column;
}

/* Calls @match for each event of the aggregate that has @text, until one is right. */
static bool any_column(struct aggregate *agg, const char *text,
		       bool (*match)(const struct column *column))
{
	unsigned int nr = agg->event < 0 ? input__nr_events(agg->input) : 1, i;
	bool found = agg->event < 0 && !nr;

	for (i = 0; i < nr && !found; i++) {
		unsigned int event = agg->event < 0 ? i : (unsigned int)agg->event;
		struct column *column = find_column(agg, event, text);

		found = column && match(column);
		column__free(column);
	}
	return found;
}

static bool is_any(const struct column *column)
{
	(void)column;
	return true;
}

bool aggregate__has(struct aggregate *agg, const char *text)
{
	return any_column(agg, text, is_any);
}

bool aggregate__is_number(struct aggregate *agg, const char *text)
{
	return any_column(agg, text, column__is_number);
}

static bool is_one_of(const char *word, const char *words)
{
	size_t len = strlen(word);

	for (; *words; words += strcspn(words, " "), words += *words == ' ') {
		if (strcspn(words, " ") == len && !strncmp(words, word, len))
			return true;
	}
	return false;
}

static int prepare_key(struct aggregate *agg, unsigned int event, unsigned int index,
		       struct agg_event *ev)
{
	struct agg_key *key = &agg->keys[index];
	int err = key->text ? column__new(agg->input, event, key->text, &ev->keys[index], NULL) :
			      column__new_field(agg->input, event, key->field, &ev->keys[index]);

	if (err) {
		ev->keys[index] = NULL;
		return err == -ENOMEM ? err : 0;
	}
	if (key->label)
		return 0;
	key->label = strdup(column__label(ev->keys[index]));
	key->is_right = column__is_right(ev->keys[index]);
	key->is_sym = key->text && is_one_of(key->text, "sym symbol func function");
	key->is_trace = key->text && is_one_of(key->text, "trace");
	key->is_dso = key->text && is_one_of(key->text, "dso");
	key->is_time = key->text && !strcmp(key->text, "time") &&
		       column__is_number(ev->keys[index]);
	return key->label ? 0 : -ENOMEM;
}

static int prepare_run(struct aggregate *agg, unsigned int event, unsigned int index,
		       struct agg_event *ev)
{
	struct agg_run *run = &agg->runs[index];
	int err = column__new(agg->input, event, run->text, &ev->runs[index], NULL);

	if (err) {
		ev->runs[index] = NULL;
		return err == -ENOMEM ? err : 0;
	}
	/* What is a text here and a number elsewhere can be counted, no more. */
	if (run->run.needs && !column__is_number(ev->runs[index])) {
		column__free(ev->runs[index]);
		ev->runs[index] = NULL;
		return 0;
	}
	if (!run->has_column)
		run->run.is_signed = column__is_number(ev->runs[index]) &&
				     column__is_signed(ev->runs[index]);
	run->has_column = true;
	return 0;
}

static int prepare(struct aggregate *agg, unsigned int event, struct agg_event *ev)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < agg->nr_keys && !err; i++)
		err = prepare_key(agg, event, i, ev);
	for (i = 0; i < agg->nr_runs && !err; i++)
		err = prepare_run(agg, event, i, ev);
	ev->ready = true;
	return err;
}

static int add_events(struct aggregate *agg, unsigned int nr)
{
	struct agg_event **more = reallocarray(agg->events, nr, sizeof(*more));

	if (!more)
		return -ENOMEM;
	agg->events = more;
	memset(more + agg->nr_events, 0, (nr - agg->nr_events) * sizeof(*more));
	agg->nr_events = nr;
	return 0;
}

struct agg_event *aggregate__event(struct aggregate *agg, unsigned int event)
{
	unsigned int index = agg->event < 0 ? event : 0;

	if (index >= agg->nr_events && add_events(agg, index + 1))
		return NULL;
	if (!agg->events[index])
		agg->events[index] = calloc(1, sizeof(*agg->events[index]));
	if (!agg->events[index])
		return NULL;
	if (!agg->events[index]->ready && prepare(agg, event, agg->events[index]))
		return NULL;
	return agg->events[index];
}

void aggregate__free_events(struct aggregate *agg)
{
	unsigned int i, j;

	for (i = 0; i < agg->nr_events; i++) {
		if (!agg->events[i])
			continue;
		for (j = 0; j < MAX_KEYS; j++)
			column__free(agg->events[i]->keys[j]);
		for (j = 0; j < MAX_RUNS; j++)
			column__free(agg->events[i]->runs[j]);
		free(agg->events[i]);
	}
	free(agg->events);
}
