// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hierarchy.h"

struct level {
	struct aggregate *agg;
	uint32_t *parents;	/* of entries, in the level above */
	uint32_t cap;
	uint32_t *first;	/* of entries: the first one within, in the level below */
	uint32_t *next;		/* of entries: the next one with the same parent */
};

struct hierarchy {
	struct level levels[HIERARCHY_MAX_LEVELS];
	unsigned int nr_levels;
	uint32_t first;		/* entry of level 0 */
};

/* ---- life ---------------------------------------------------------------------------------- */

static int count_levels(struct input *input, int event, const struct aggregate_opts *opts,
			unsigned int *nr)
{
	struct aggregate *agg;
	int err = aggregate__new(input, event, opts, &agg);

	if (err)
		return err;
	*nr = aggregate__nr_keys(agg);
	aggregate__free(agg);
	if (*nr > HIERARCHY_MAX_LEVELS)
		*nr = HIERARCHY_MAX_LEVELS;
	if (!*nr)
		*nr = 1;
	return 0;
}

int hierarchy__new(struct input *input, int event, const struct aggregate_opts *opts,
		   struct hierarchy **out)
{
	struct hierarchy *h = calloc(1, sizeof(*h));
	struct aggregate_opts level_opts = *opts;
	unsigned int nr = 0;
	int err;

	if (!h)
		return -ENOMEM;
	err = count_levels(input, event, opts, &nr);
	while (!err && h->nr_levels < nr) {
		level_opts.max_keys = h->nr_levels + 1;
		err = aggregate__new(input, event, &level_opts, &h->levels[h->nr_levels].agg);
		h->nr_levels += !err;
	}
	if (err)
		hierarchy__free(h);
	else
		*out = h;
	return err;
}

void hierarchy__free(struct hierarchy *h)
{
	unsigned int i;

	if (!h)
		return;
	for (i = 0; i < h->nr_levels; i++) {
		aggregate__free(h->levels[i].agg);
		free(h->levels[i].parents);
		free(h->levels[i].first);
		free(h->levels[i].next);
	}
	free(h);
}

unsigned int hierarchy__nr_levels(const struct hierarchy *h)
{
	return h->nr_levels;
}

struct aggregate *hierarchy__level(const struct hierarchy *h, unsigned int level)
{
	return h->levels[level].agg;
}

unsigned int hierarchy__figure(const struct hierarchy *h, unsigned int level, unsigned int figure)
{
	const struct aggregate *agg = h->levels[level].agg;
	unsigned int i, nr = 0;

	for (i = 0; i < aggregate__nr_columns(agg); i++) {
		if (!aggregate__is_key(agg, i) && nr++ == figure)
			break;
	}
	return i;
}

/* ---- samples ------------------------------------------------------------------------------- */

static int set_parent(struct level *level, uint32_t entry, uint32_t parent)
{
	if (entry >= level->cap) {
		uint32_t cap = level->cap ? level->cap * 2 : 64;
		uint32_t *more = reallocarray(level->parents, cap, sizeof(*more));

		if (!more)
			return -ENOMEM;
		level->parents = more;
		level->cap = cap;
	}
	level->parents[entry] = parent;
	return 0;
}

int hierarchy__add(struct hierarchy *h, const struct perfdata_sample *sample)
{
	uint32_t parent = AGGREGATE_NONE, entry;
	unsigned int i;
	int err = 0;

	for (i = 0; i < h->nr_levels && !err; i++) {
		err = aggregate__add(h->levels[i].agg, sample, &entry);
		if (err || entry == AGGREGATE_NONE)
			break;
		err = set_parent(&h->levels[i], entry, parent);
		parent = entry;
	}
	return err;
}

/* ---- order --------------------------------------------------------------------------------- */

static int alloc_links(struct level *level)
{
	size_t nr = (size_t)aggregate__nr_entries(level->agg) + 1;

	free(level->first);
	free(level->next);
	level->first = malloc(nr * sizeof(*level->first));
	level->next = malloc(nr * sizeof(*level->next));
	if (!level->first || !level->next)
		return -ENOMEM;
	memset(level->first, 0xff, nr * sizeof(*level->first));
	return 0;
}

/* From the last entry on, each one is put in front of its brothers. */
static int link_level(struct hierarchy *h, unsigned int index, int figure, bool descending)
{
	int column = figure < 0 ? -1 : (int)hierarchy__figure(h, index, figure);
	struct level *level = &h->levels[index];
	uint32_t nr = aggregate__nr_entries(level->agg), i;
	uint32_t *order = calloc((size_t)nr + 1, sizeof(*order));
	int err = order ? aggregate__order(level->agg, column, descending, order) : -ENOMEM;

	if (!err)
		err = alloc_links(level);
	for (i = nr; !err && i-- > 0; ) {
		uint32_t *first = index ? &h->levels[index - 1].first[level->parents[order[i]]] :
					  &h->first;

		level->next[order[i]] = *first;
		*first = order[i];
	}
	free(order);
	return err;
}

int hierarchy__order(struct hierarchy *h, int figure, bool descending)
{
	unsigned int i;
	int err = 0;

	h->first = AGGREGATE_NONE;
	for (i = 0; i < h->nr_levels && !err; i++)
		err = link_level(h, i, figure, descending);
	return err;
}

uint32_t hierarchy__first(const struct hierarchy *h, unsigned int level, uint32_t parent)
{
	if (!level)
		return h->first;
	return level < h->nr_levels ? h->levels[level - 1].first[parent] : AGGREGATE_NONE;
}

uint32_t hierarchy__next(const struct hierarchy *h, unsigned int level, uint32_t entry)
{
	return h->levels[level].next[entry];
}
