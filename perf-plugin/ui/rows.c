// SPDX-License-Identifier: GPL-2.0-only
#include "rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ZOOMS	16

/* The entries of a level. */
struct rows_level {
	struct aggregate *agg;
	uint32_t nr;
	uint32_t *order;		/* those of one parent together, in order */
	uint32_t *starts;		/* in order, by parent, one more than there are parents */
	uint8_t *unfolded;		/* by entry */
	char **chains;			/* by entry; NULL: nobody asked yet */
	int zoom_columns[MAX_ZOOMS];	/* -1: the level has no such column */
};

struct rows {
	struct results *results;
	unsigned int event;
	struct rows_level *levels;
	unsigned int nr_levels;
	struct row *rows;
	uint32_t nr;
	uint32_t cap;
	struct zoom zooms[MAX_ZOOMS];
	unsigned int nr_zooms;
	char *sort;			/* the heading of the column; NULL: perf's order */
	bool descending;
	bool ordered;			/* as sort and descending say */
	double limit;			/* a share, 0 to 1 */
	double share;
	uint64_t nr_samples;
	struct buf cell;
};

static uint32_t nr_parents(const struct rows *rows, unsigned int level)
{
	return level ? rows->levels[level - 1].nr : 1;
}

static int level__init(struct rows *rows, unsigned int i)
{
	struct rows_level *level = &rows->levels[i];

	level->agg = results__level(rows->results, rows->event, i);
	level->nr = aggregate__nr_entries(level->agg);
	level->order = calloc(level->nr + 1, sizeof(*level->order));
	level->starts = calloc(nr_parents(rows, i) + 2, sizeof(*level->starts));
	level->unfolded = calloc(level->nr + 1, sizeof(*level->unfolded));
	return level->order && level->starts && level->unfolded ? 0 : -ENOMEM;
}

int rows__new(struct results *results, unsigned int event, struct rows **out)
{
	struct rows *rows = calloc(1, sizeof(*rows));
	int err = 0;

	if (!rows)
		return -ENOMEM;
	rows->results = results;
	rows->event = event;
	rows->nr_levels = results__nr_levels(results, event);
	rows->levels = calloc(rows->nr_levels + 1, sizeof(*rows->levels));
	if (!rows->levels)
		err = -ENOMEM;
	for (unsigned int i = 0; i < rows->nr_levels && !err; i++)
		err = level__init(rows, i);
	if (!err)
		err = rows__update(rows);
	if (err)
		rows__free(rows);
	else
		*out = rows;
	return err;
}

static void level__exit(struct rows_level *level)
{
	for (uint32_t i = 0; i < level->nr && level->chains; i++)
		free(level->chains[i]);
	free(level->chains);
	free(level->order);
	free(level->starts);
	free(level->unfolded);
}

void rows__free(struct rows *rows)
{
	if (!rows)
		return;
	while (rows__unzoom(rows))
		;
	for (unsigned int i = 0; i < rows->nr_levels && rows->levels; i++)
		level__exit(&rows->levels[i]);
	free(rows->levels);
	free(rows->rows);
	free(rows->sort);
	buf__exit(&rows->cell);
	free(rows);
}

uint32_t rows__nr(const struct rows *rows)
{
	return rows->nr;
}

struct row rows__at(const struct rows *rows, uint32_t index)
{
	return rows->rows[index];
}

uint32_t rows__find(const struct rows *rows, uint32_t level, uint32_t entry)
{
	for (uint32_t i = 0; i < rows->nr; i++)
		if (rows->rows[i].level == level && rows->rows[i].entry == entry &&
		    !rows->rows[i].line)
			return i;
	return level ? rows__find(rows, level - 1, results__parent(rows->results, rows->event,
								  level, entry)) : 0;
}

/* ---- order and zoom ------------------------------------------------------------------------- */

void rows__sort(struct rows *rows, int column, bool descending)
{
	free(rows->sort);
	rows->sort = NULL;
	if (column >= 0 && rows->nr_levels)
		rows->sort = strdup(aggregate__header(rows->levels[rows->nr_levels - 1].agg,
						      column));
	rows->descending = descending;
	rows->ordered = false;
}

void rows__set_limit(struct rows *rows, double percent)
{
	rows->limit = percent / 100;
}

int rows__zoom(struct rows *rows, const char *header, const char *text)
{
	struct zoom *zoom = &rows->zooms[rows->nr_zooms];

	if (rows->nr_zooms == MAX_ZOOMS)
		return -ENOSPC;
	zoom->header = strdup(header);
	zoom->text = strdup(text);
	rows->nr_zooms++;
	if (zoom->header && zoom->text)
		return 0;
	rows__unzoom(rows);
	return -ENOMEM;
}

bool rows__unzoom(struct rows *rows)
{
	if (!rows->nr_zooms)
		return false;
	rows->nr_zooms--;
	free(rows->zooms[rows->nr_zooms].header);
	free(rows->zooms[rows->nr_zooms].text);
	return true;
}

unsigned int rows__nr_zooms(const struct rows *rows)
{
	return rows->nr_zooms;
}

const struct zoom *rows__zooms(const struct rows *rows)
{
	return rows->zooms;
}

/* The level's column with that heading; -1: none. */
static int find_column(struct aggregate *agg, const char *header)
{
	for (unsigned int i = 0; header && i < aggregate__nr_columns(agg); i++)
		if (!strcmp(aggregate__header(agg, i), header))
			return i;
	return -1;
}

/* Entries of one parent come together, in the order in which they come among all. */
static int order_level(struct rows *rows, unsigned int index)
{
	struct rows_level *level = &rows->levels[index];
	uint32_t *order, *at, i, parents = nr_parents(rows, index);

	if (!index) {
		aggregate__order(level->agg, find_column(level->agg, rows->sort),
				 rows->descending, level->order);
		level->starts[1] = level->nr;
		return 0;
	}
	order = calloc(level->nr + 1, sizeof(*order));
	at = calloc(parents + 2, sizeof(*at));
	if (order && at) {
		aggregate__order(level->agg, find_column(level->agg, rows->sort),
				 rows->descending, order);
		for (i = 0; i < level->nr; i++) {
			uint32_t parent = results__parent(rows->results, rows->event, index, i);

			at[(parent < parents ? parent : parents) + 1]++;
		}
		for (i = 0; i <= parents; i++)
			at[i + 1] += at[i];
		memcpy(level->starts, at, (parents + 1) * sizeof(*at));
		for (i = 0; i < level->nr; i++) {
			uint32_t parent = results__parent(rows->results, rows->event, index,
							  order[i]);

			level->order[at[parent < parents ? parent : parents]++] = order[i];
		}
	}
	free(at);
	i = order && at;
	free(order);
	return i ? 0 : -ENOMEM;
}

static bool is_hidden(struct rows *rows, unsigned int index, uint32_t entry)
{
	const struct rows_level *level = &rows->levels[index];

	if (rows->limit > 0 && aggregate__entry_share(level->agg, entry) < rows->limit)
		return true;
	for (unsigned int i = 0; i < rows->nr_zooms; i++) {
		if (level->zoom_columns[i] < 0)
			continue;
		buf__clear(&rows->cell);
		aggregate__cell(level->agg, entry, level->zoom_columns[i], &rows->cell);
		if (strcmp(buf__str(&rows->cell), rows->zooms[i].text))
			return true;
	}
	return false;
}

/* ---- the list ------------------------------------------------------------------------------- */

static int add_row(struct rows *rows, unsigned int level, uint32_t entry, uint32_t line)
{
	if (rows->nr == rows->cap) {
		uint32_t cap = rows->cap ? 2 * rows->cap : 256;
		struct row *more;

		if (cap < rows->cap || cap > UINT32_MAX / 2)
			return -ENOMEM;
		more = reallocarray(rows->rows, cap, sizeof(*more));
		if (!more)
			return -ENOMEM;
		rows->rows = more;
		rows->cap = cap;
	}
	rows->rows[rows->nr++] = (struct row){ .entry = entry, .level = level, .line = line };
	return 0;
}

static int add_chain(struct rows *rows, unsigned int level, uint32_t entry)
{
	const char *text = rows->levels[level].chains ? rows->levels[level].chains[entry] : NULL;
	uint32_t line = 0;
	int err = 0;

	while (text && *text && !err) {
		err = add_row(rows, level, entry, ++line);
		text = strchrnul(text, '\n');
		text += *text == '\n';
	}
	return err;
}

static int add_entries(struct rows *rows, unsigned int index, uint32_t parent)
{
	const struct rows_level *level = &rows->levels[index];
	int err = 0;

	for (uint32_t i = level->starts[parent]; i < level->starts[parent + 1] && !err; i++) {
		uint32_t entry = level->order[i];

		if (is_hidden(rows, index, entry))
			continue;
		err = add_row(rows, index, entry, 0);
		if (!index) {
			rows->share += aggregate__entry_share(level->agg, entry);
			rows->nr_samples += aggregate__entry_samples(level->agg, entry);
		}
		if (err || !level->unfolded[entry])
			continue;
		err = index + 1 < rows->nr_levels ? add_entries(rows, index + 1, entry) :
						    add_chain(rows, index, entry);
	}
	return err;
}

int rows__update(struct rows *rows)
{
	int err = 0;

	for (unsigned int i = 0; i < rows->nr_levels && !err; i++) {
		struct rows_level *level = &rows->levels[i];

		if (!rows->ordered)
			err = order_level(rows, i);
		for (unsigned int j = 0; j < rows->nr_zooms; j++)
			level->zoom_columns[j] = find_column(level->agg, rows->zooms[j].header);
	}
	rows->ordered = !err;
	rows->nr = 0;
	rows->share = 0;
	rows->nr_samples = 0;
	return err || !rows->nr_levels ? err : add_entries(rows, 0, 0);
}

double rows__share(const struct rows *rows)
{
	return rows->share;
}

uint64_t rows__nr_samples(const struct rows *rows)
{
	return rows->nr_samples;
}

/* ---- unfolding ------------------------------------------------------------------------------ */

bool rows__can_unfold(const struct rows *rows, struct row row)
{
	return row.level + 1 < rows->nr_levels || rows__has_chain(rows, row);
}

bool rows__is_unfolded(const struct rows *rows, struct row row)
{
	return rows->levels[row.level].unfolded[row.entry];
}

void rows__unfold(struct rows *rows, struct row row, bool on)
{
	rows->levels[row.level].unfolded[row.entry] = on;
}

void rows__unfold_within(struct rows *rows, struct row row, bool on)
{
	rows__unfold(rows, row, on);
	if (row.level + 1 < rows->nr_levels) {
		const struct rows_level *below = &rows->levels[row.level + 1];

		for (uint32_t i = below->starts[row.entry]; i < below->starts[row.entry + 1]; i++)
			rows__unfold_within(rows, (struct row){ .entry = below->order[i],
								.level = row.level + 1 }, on);
	}
}

void rows__unfold_all(struct rows *rows, bool on)
{
	for (unsigned int i = 0; i < rows->nr_levels; i++)
		memset(rows->levels[i].unfolded, on, rows->levels[i].nr);
}

bool rows__has_chain(const struct rows *rows, struct row row)
{
	const struct rows_level *level = &rows->levels[row.level];

	return level->chains && level->chains[row.entry] && *level->chains[row.entry];
}

int rows__set_chain(struct rows *rows, struct row row, char *text)
{
	struct rows_level *level = &rows->levels[row.level];

	if (!level->chains)
		level->chains = calloc(level->nr, sizeof(*level->chains));
	if (!level->chains) {
		free(text);
		return -ENOMEM;
	}
	free(level->chains[row.entry]);
	level->chains[row.entry] = text;
	return 0;
}

const char *rows__chain_line(const struct rows *rows, struct row row, size_t *len)
{
	const char *text = rows->levels[row.level].chains[row.entry];

	for (uint32_t i = 1; i < row.line; i++) {
		text = strchrnul(text, '\n');
		text += *text == '\n';
	}
	*len = strcspn(text, "\n");
	return text;
}

/* ---- samples -------------------------------------------------------------------------------- */

struct sample_list {
	uint32_t *list;
	uint32_t nr;
	uint32_t cap;
};

static int add_samples(struct rows *rows, uint32_t entry, struct sample_list *to)
{
	const uint32_t *list;
	uint32_t nr;
	int err = samples__of_entry(results__samples(rows->results), rows->event, entry, &list,
				    &nr);

	if (err || !nr)
		return err;
	if (nr > to->cap - to->nr) {
		uint32_t cap = to->nr + nr > 2 * to->cap ? to->nr + nr : 2 * to->cap;
		uint32_t *more = reallocarray(to->list, cap, sizeof(*more));

		if (!more)
			return -ENOMEM;
		to->list = more;
		to->cap = cap;
	}
	memcpy(to->list + to->nr, list, nr * sizeof(*list));
	to->nr += nr;
	return 0;
}

static int collect(struct rows *rows, unsigned int index, uint32_t entry, struct sample_list *to)
{
	const struct rows_level *below = &rows->levels[index + 1];
	int err = 0;

	if (index + 1 == rows->nr_levels)
		return add_samples(rows, entry, to);
	for (uint32_t i = below->starts[entry]; i < below->starts[entry + 1] && !err; i++)
		if (!is_hidden(rows, index + 1, below->order[i]))
			err = collect(rows, index + 1, below->order[i], to);
	return err;
}

static int compare_samples(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

int rows__samples(struct rows *rows, const struct row *row, uint32_t **list, uint32_t *nr)
{
	struct sample_list all = { 0 };
	int err = 0;

	if (row)
		err = collect(rows, row->level, row->entry, &all);
	for (uint32_t i = 0; i < rows->nr && !row && !err; i++)
		if (!rows->rows[i].level && !rows->rows[i].line)
			err = collect(rows, 0, rows->rows[i].entry, &all);
	if (err) {
		free(all.list);
		return err;
	}
	if (all.nr)
		qsort(all.list, all.nr, sizeof(*all.list), compare_samples);
	*list = all.list;
	*nr = all.nr;
	return 0;
}
