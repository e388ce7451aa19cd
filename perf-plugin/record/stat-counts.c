// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/libbpf.h>

#include "stat-counts.h"

#define SIGN	(1ULL << 63)

static const struct bs_figure *figure_at(const struct bs_cell *cell, const struct stat_item *item)
{
	return (const void *)((const char *)cell + item->figure);
}

static const uint64_t *buckets_at(const struct bs_cell *cell, const struct stat_item *item)
{
	return (const void *)((const char *)cell + item->buckets);
}

/* ---- making ------------------------------------------------------------------------------- */

static int fill_line(struct stat_line *line, const struct stat_counts *counts,
		     const struct event *event, unsigned int index, unsigned int number)
{
	struct buf why = BUF_INIT;

	*line = (struct stat_line){
		.event = event, .index = index, .number = number,
		.func = event->funcs[number].func.name,
		.module = event->funcs[number].func.module,
		.total = calloc(1, event->stat.cell_size),
		.interval = calloc(1, event->stat.cell_size),
	};
	if (!line->total || !line->interval)
		return -ENOMEM;
	if (attach__cell(counts->attach, index, number, 0))
		return 0;
	attach__why_not(counts->attach, index, number, &why);
	line->why_not = buf__take(&why);
	return line->why_not ? 0 : -ENOMEM;
}

int stat_counts__new(const struct attach *attach, const struct event_list *events, bool by_interval,
		     struct stat_counts **out)
{
	struct stat_counts *counts = calloc(1, sizeof(*counts));
	unsigned int nr = 0;
	int err = 0;

	if (!counts)
		return -ENOMEM;
	*out = counts;
	counts->attach = attach;
	counts->by_interval = by_interval;
	counts->nr_cpus = libbpf_num_possible_cpus();
	for (unsigned int i = 0; i < events->nr; i++)
		nr += events->events[i]->nr_funcs;
	counts->lines = calloc(nr + 1, sizeof(*counts->lines));
	if (!counts->lines)
		return -ENOMEM;
	for (unsigned int i = 0; i < events->nr; i++)
		for (unsigned int j = 0; j < events->events[i]->nr_funcs && !err; j++)
			err = fill_line(&counts->lines[counts->nr++], counts, events->events[i], i,
					j);
	return err;
}

void stat_counts__free(struct stat_counts *counts)
{
	if (!counts)
		return;
	for (unsigned int i = 0; i < counts->nr; i++) {
		free(counts->lines[i].why_not);
		free(counts->lines[i].total);
		free(counts->lines[i].interval);
	}
	free(counts->lines);
	free(counts);
}

/* ---- reading ------------------------------------------------------------------------------ */

static uint64_t take(__u64 *word, bool forget)
{
	return forget ? __atomic_exchange_n(word, 0, __ATOMIC_RELAXED) :
			__atomic_load_n(word, __ATOMIC_RELAXED);
}

static void raise(__u64 *to, uint64_t value)
{
	if (value > *to)
		*to = value;
}

/*
 * Adds what a program may be writing to just now: words are whole, and what comes late is read the
 * next time. Extremes are the interval's when they are forgotten at its end.
 */
static void add_cell(struct bs_cell *to, struct bs_cell *from, const struct stat_shape *shape,
		     bool forget)
{
	for (int side = 0; side < 2; side++)
		to->nr[side] += take(&from->nr[side], false);
	for (unsigned int i = 0; i < shape->nr_items; i++) {
		const struct stat_item *item = &shape->items[i];
		struct bs_figure *a = (void *)figure_at(to, item);
		struct bs_figure *b = (void *)figure_at(from, item);
		__u64 *sum = (void *)buckets_at(to, item), *add = (void *)buckets_at(from, item);

		a->sum += take(&b->sum, false);
		raise(&a->max, take(&b->max, forget));
		raise(&a->not_min, take(&b->not_min, forget));
		for (int n = 0; n < 2; n++)
			a->unread[n] += take(&b->unread[n], false);
		for (uint32_t n = 0; n < item->nr_buckets; n++)
			sum[n] += take(&add[n], false);
	}
}

void stat_cell__add(struct bs_cell *to, const struct bs_cell *from, const struct stat_shape *shape)
{
	add_cell(to, (struct bs_cell *)from, shape, false);
}

/* All but extremes, which don't add up. */
static void subtract(struct bs_cell *from, const struct bs_cell *cell,
		     const struct stat_shape *shape)
{
	for (int side = 0; side < 2; side++)
		from->nr[side] -= cell->nr[side];
	for (unsigned int i = 0; i < shape->nr_items; i++) {
		const struct stat_item *item = &shape->items[i];
		const struct bs_figure *b = figure_at(cell, item);
		struct bs_figure *a = (void *)figure_at(from, item);
		uint64_t *counts = (void *)buckets_at(from, item);

		a->sum -= b->sum;
		for (int n = 0; n < 2; n++)
			a->unread[n] -= b->unread[n];
		for (uint32_t n = 0; n < item->nr_buckets; n++)
			counts[n] -= buckets_at(cell, item)[n];
	}
}

static void read_line(struct stat_counts *counts, struct stat_line *line)
{
	const struct stat_shape *shape = &line->event->stat;

	memset(line->interval, 0, shape->cell_size);
	for (unsigned int cpu = 0; cpu < counts->nr_cpus; cpu++) {
		struct bs_cell *cell = attach__cell(counts->attach, line->index, line->number, cpu);

		if (cell)
			add_cell(line->interval, cell, shape, counts->by_interval);
	}
	subtract(line->interval, line->total, shape);
	stat_cell__add(line->total, line->interval, shape);
}

void stat_counts__read(struct stat_counts *counts)
{
	for (unsigned int i = 0; i < counts->nr; i++)
		if (!counts->lines[i].why_not)
			read_line(counts, &counts->lines[i]);
}

/* ---- what is in a cell -------------------------------------------------------------------- */

uint64_t stat_cell__nr(const struct bs_cell *cell, const struct stat_shape *shape)
{
	return cell->nr[!(shape->flags & BS_STAT_AT_ENTRY)];
}

void stat_figure__get(struct stat_figure *figure, const struct bs_cell *cell,
		      const struct stat_item *item)
{
	const struct bs_figure *from = figure_at(cell, item);
	uint64_t unread = from->unread[0] + from->unread[1];
	uint64_t nr = cell->nr[item->at_return];

	*figure = (struct stat_figure){
		.nr = nr > unread ? nr - unread : 0,
		.faults = from->unread[0], .nulls = from->unread[1],
		.sum = item->is_signed ? (double)(int64_t)from->sum : (double)from->sum,
		.buckets = item->buckets ? buckets_at(cell, item) : NULL,
	};
	/* A call is counted before its values: those of one that runs now come next time. */
	if (!from->max && !from->not_min)
		figure->nr = 0;
	if (!figure->nr)
		return;
	figure->min = ~from->not_min ^ (item->is_signed ? SIGN : 0);
	figure->max = from->max ^ (item->is_signed ? SIGN : 0);
}

void stat_bucket__range(unsigned int n, uint64_t *low, uint64_t *high)
{
	bool negative = n >= BS_NR_BUCKETS;
	unsigned int bits = negative ? n - (BS_NR_BUCKETS - 1) : n;
	uint64_t least = bits ? 1ULL << (bits - 1) : 0, most = bits ? least + (least - 1) : 0;

	*low = least;
	*high = most;
	if (!negative)
		return;
	*low = bits == 64 ? SIGN : -most;	/* there is nothing below it */
	*high = -least;
}
