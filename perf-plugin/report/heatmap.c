// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../render/text.h"
#include "../render/unit.h"
#include "bars.h"
#include "column-set.h"
#include "heatmap.h"

#define NR_SLOTS	1024	/* of time: several to a column */
#define FINEST_SLOT	1000	/* ns; doubled as long as the samples don't fit */
#define SUB_BITS	2	/* four levels to a power of two */
#define NR_LEVELS	(65 << SUB_BITS)	/* of positive numbers and 0, and as many below */
#define DEFAULT_ROWS	20
#define MIN_CELLS	8
#define MAX_LABEL	32
#define MAX_MAPS	512	/* events; a level of one takes 4 kB */

/* The samples of an event. */
struct map {
	unsigned int event;
	uint64_t nr_samples;
	uint64_t nr_unreadable;
	unsigned int doubled;		/* a slot is FINEST_SLOT << this */
	int lowest, highest;		/* levels in use */
	uint32_t *levels[2 * NR_LEVELS];	/* counts by slot; NULL: none */
};

struct heatmap {
	struct input *input;
	const struct heatmap_opts *opts;
	struct column_set *values;
	uint64_t start;			/* time of the first sample, ns */
	uint64_t last;
	bool started;
	struct map **maps;		/* by event; NULL: none of it */
	unsigned int nr;
	unsigned int nr_maps;
	struct buf out;
};

/* ---- levels: powers of two in four --------------------------------------------------------- */

static int level_of_magnitude(uint64_t v)
{
	int bits = v ? 64 - __builtin_clzll(v) : 0, sub = 0;

	if (bits > SUB_BITS)
		sub = v >> (bits - 1 - SUB_BITS) & ((1 << SUB_BITS) - 1);
	else if (bits == 2)
		sub = (v & 1) << 1;
	return (bits << SUB_BITS) + sub;
}

/* The smallest number of a level of 0 and up; 0 for 2^64 and more, which a row may reach to. */
static uint64_t level_start(int level)
{
	int bits = level >> SUB_BITS, sub = level & ((1 << SUB_BITS) - 1);

	if (bits > 64)
		return 0;
	if (bits <= 1)
		return bits;
	if (bits == 2)
		return 2 + (sub >> 1);
	return (uint64_t)((1 << SUB_BITS) + sub) << (bits - 1 - SUB_BITS);
}

static int level_of(bool is_signed, uint64_t value)
{
	if (is_signed && (int64_t)value < 0)
		return -level_of_magnitude(-value);
	return level_of_magnitude(value);
}

/* 0 and 1 have no more than one level each, 2 and 3 two. */
static bool level_exists(int level)
{
	int bits = level >> SUB_BITS, sub = level & ((1 << SUB_BITS) - 1);

	return bits > 2 || !sub || (bits == 2 && sub == 2);
}

/* 1 << @shift levels are put together in a row; those of negative numbers from -1 down. */
static int row_of(int level, unsigned int shift)
{
	return level < 0 ? -(-level >> shift) - 1 : level >> shift;
}

static bool row_exists(int row, unsigned int shift)
{
	int first = (row < 0 ? -row - 1 : row) << shift, level;

	for (level = first; level < first + (1 << shift); level++) {
		if (level_exists(level) && (level || row >= 0))
			return true;
	}
	return false;
}

/* The smallest number of a row. */
static uint64_t row_start(int row, unsigned int shift)
{
	int level = abs(row) << shift;
	uint64_t start;

	while (!level_exists(level))
		level++;
	start = level_start(level);
	if (row >= 0)
		return start;
	return start - 1 > 1ULL << 63 ? 1ULL << 63 : -(start - 1);
}

/* ---- collecting ---------------------------------------------------------------------------- */

static int new_map(struct heatmap *h, unsigned int event, struct map **out)
{
	if (event >= h->nr) {
		struct map **more = reallocarray(h->maps, event + 1, sizeof(*more));

		if (!more)
			return -ENOMEM;
		memset(more + h->nr, 0, (event + 1 - h->nr) * sizeof(*more));
		h->maps = more;
		h->nr = event + 1;
	}
	*out = h->maps[event];
	if (*out || h->nr_maps == MAX_MAPS)
		return 0;
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return -ENOMEM;
	(*out)->event = event;
	h->maps[event] = *out;
	h->nr_maps++;
	return 0;
}

/* Two slots become one. */
static void double_slots(struct map *map)
{
	for (unsigned int i = 0; i < 2 * NR_LEVELS; i++) {
		uint32_t *slots = map->levels[i];

		if (!slots)
			continue;
		for (unsigned int j = 0; j < NR_SLOTS / 2; j++) {
			uint64_t sum = (uint64_t)slots[2 * j] + slots[2 * j + 1];

			slots[j] = sum > UINT32_MAX ? UINT32_MAX : sum;
		}
		memset(slots + NR_SLOTS / 2, 0, NR_SLOTS / 2 * sizeof(*slots));
	}
	map->doubled++;
}

/* Which slot a time after the start is in. */
static uint64_t slot_of(const struct map *map, uint64_t after)
{
	return after / FINEST_SLOT >> map->doubled;
}

static int add_value(struct map *map, uint64_t after, int level)
{
	uint32_t **slots = &map->levels[level + NR_LEVELS];

	while (slot_of(map, after) >= NR_SLOTS)
		double_slots(map);
	if (!*slots) {
		*slots = calloc(NR_SLOTS, sizeof(**slots));
		if (!*slots)
			return -ENOMEM;
	}
	if ((*slots)[slot_of(map, after)] < UINT32_MAX)
		(*slots)[slot_of(map, after)]++;
	if (!map->nr_samples || level < map->lowest)
		map->lowest = level;
	if (!map->nr_samples || level > map->highest)
		map->highest = level;
	map->nr_samples++;
	return 0;
}

static int add_sample(void *ctx, const struct perfdata_sample *s)
{
	struct heatmap *h = ctx;
	struct column_value value;
	struct column *column;
	struct map *map;
	uint64_t after;
	int err = column_set__get(h->values, s->event, &column);

	if (err || !column || !column__is_number(column))
		return err;
	err = new_map(h, s->event, &map);
	if (!err && map)
		err = column__read(column, s, &value);
	if (err || !map)
		return err;
	if (!h->started)
		h->start = h->last = s->time;
	h->started = true;
	h->last = s->time > h->last ? s->time : h->last;
	if (value.status & ITEM_FAULT) {
		map->nr_unreadable++;
		return 0;
	}
	after = s->time > h->start ? s->time - h->start : 0;
	return add_value(map, after, level_of(column__is_signed(column), value.number));
}

/* ---- showing ------------------------------------------------------------------------------- */

/* How a map is put on the screen. */
struct screen {
	unsigned int shift;		/* levels to a row */
	int top, bottom;		/* rows, the largest number on top */
	unsigned int nr_columns;
	unsigned int per_column;	/* slots */
	uint64_t column_ns;
	unsigned int label;		/* width */
	uint64_t max;			/* the largest count of a cell */
};

static const char *const shades[] = { " ", "░", "▒", "▓", "█" };
static const char ascii_shades[] = " .:-=+*#%@";
/* From blue over green and yellow to red, of the 256 colours' cube. */
static const unsigned char ramp[] = { 17, 18, 19, 25, 31, 37, 42, 76, 112, 184, 214, 208, 196 };

static unsigned int nr_shades(const struct heatmap *h)
{
	return h->opts->colors ? sizeof(ramp) : h->opts->ascii ? sizeof(ascii_shades) - 2 : 4;
}

/* 0: nothing, else by the logarithm of the count. */
static unsigned int shade_of(const struct heatmap *h, uint64_t count, uint64_t max)
{
	unsigned int nr = nr_shades(h), shade;

	if (!count)
		return 0;
	shade = 1 + (unsigned int)(log((double)count) / log((double)max + 1) * nr);
	return shade < nr ? shade : nr;
}

static void add_shade(const struct heatmap *h, unsigned int shade, struct buf *out)
{
	if (!shade)
		buf__addc(out, ' ');
	else if (h->opts->colors)
		buf__addf(out, "\033[48;5;%um \033[m", ramp[shade - 1]);
	else if (h->opts->ascii)
		buf__addc(out, ascii_shades[shade]);
	else
		buf__adds(out, shades[shade]);
}

/* The number that a row starts with; in units of 1024 where that is exact. */
static void add_label(const struct screen *screen, struct column *column, int row, struct buf *out)
{
	uint64_t start = row_start(row, screen->shift), magnitude = row < 0 ? -start : start;
	struct column_value value = { .status = ITEM_OK, .number = start };
	unsigned int unit = 0;

	if (column__is_duration(column)) {
		bars__duration(out, start, false);
	} else if (column__is_quantity(column) && magnitude && !(magnitude % 1024)) {
		for (; magnitude % 1024 == 0; magnitude /= 1024)
			unit++;
		buf__adds(out, row < 0 ? "-" : "");
		buf__addu(out, magnitude);
		buf__addc(out, "KMGTPE"[unit - 1]);
	} else {
		column__add(column, &value, out);
	}
}

static unsigned int nr_rows(const struct map *map, unsigned int shift)
{
	unsigned int nr = 0;

	for (int row = row_of(map->lowest, shift); row <= row_of(map->highest, shift); row++)
		nr += row_exists(row, shift);
	return nr;
}

static uint64_t cell(const struct map *map, const struct screen *screen, int row,
		     unsigned int column)
{
	uint64_t count = 0;

	for (int level = map->lowest; level <= map->highest; level++) {
		const uint32_t *slots = map->levels[level + NR_LEVELS];
		unsigned int slot = column * screen->per_column;

		if (!slots || row_of(level, screen->shift) != row)
			continue;
		for (unsigned int i = 0; i < screen->per_column && slot + i < NR_SLOTS; i++)
			count += slots[slot + i];
	}
	return count;
}

static void choose_rows(const struct heatmap *h, const struct map *map, struct column *column,
			struct screen *screen)
{
	unsigned int rows = h->opts->rows ? h->opts->rows : DEFAULT_ROWS;
	struct buf label = BUF_INIT;

	while (screen->shift < SUB_BITS + 6 && nr_rows(map, screen->shift) > rows)
		screen->shift++;
	screen->top = row_of(map->highest, screen->shift);
	screen->bottom = row_of(map->lowest, screen->shift);
	for (int row = screen->bottom; row <= screen->top; row++) {
		size_t width;

		buf__clear(&label);
		add_label(screen, column, row, &label);
		width = text__width(buf__str(&label), label.len);
		if (width > screen->label)
			screen->label = width < MAX_LABEL ? width : MAX_LABEL;
	}
	buf__exit(&label);
}

static void choose_columns(const struct heatmap *h, struct map *map, struct screen *screen)
{
	int room = h->opts->columns - 2 - (int)screen->label - 2;
	uint64_t used;

	while (slot_of(map, h->last - h->start) >= NR_SLOTS)
		double_slots(map);
	used = slot_of(map, h->last - h->start) + 1;
	room = room < MIN_CELLS ? MIN_CELLS : room > NR_SLOTS ? NR_SLOTS : room;
	screen->per_column = (used + room - 1) / room;
	screen->nr_columns = (used + screen->per_column - 1) / screen->per_column;
	screen->column_ns = (uint64_t)FINEST_SLOT * screen->per_column << map->doubled;
	for (int row = screen->bottom; row <= screen->top; row++) {
		for (unsigned int i = 0; i < screen->nr_columns; i++) {
			uint64_t count = cell(map, screen, row, i);

			screen->max = count > screen->max ? count : screen->max;
		}
	}
}

static void add_row(const struct heatmap *h, const struct map *map, const struct screen *screen,
		    struct column *column, int row, struct buf *out)
{
	size_t start = out->len + 2;

	buf__adds(out, "  ");
	add_label(screen, column, row, out);
	text__pad(out, start, screen->label);
	buf__adds(out, h->opts->ascii ? "|" : "│");
	for (unsigned int i = 0; i < screen->nr_columns; i++)
		add_shade(h, shade_of(h, cell(map, screen, row, i), screen->max), out);
	buf__adds(out, h->opts->ascii ? "|\n" : "│\n");
}

/* Round times, at least a dozen columns apart. */
static void add_axis(const struct screen *screen, struct buf *out)
{
	static const unsigned int steps[] = { 1, 2, 5 };
	uint64_t step = 0, ten, t, end = screen->column_ns * screen->nr_columns;
	size_t start = out->len, before, width = 2 + screen->label + 1;

	for (ten = 1; ten < UINT64_MAX / 100 && !step; ten *= 10) {
		for (unsigned int i = 0; i < 3 && !step; i++)
			if (ten * steps[i] / screen->column_ns >= 12)
				step = ten * steps[i];
	}
	for (t = 0; step && t < end; t += step) {
		before = out->len;
		text__pad(out, start, width + t / screen->column_ns);
		bars__duration(out, t, true);
		/* The last one might stand out. */
		if (text__width(buf__str(out) + start, out->len - start) >
		    width + screen->nr_columns + 1 && t) {
			out->len = before;
			break;
		}
	}
	buf__addc(out, '\n');
}

/* The smallest count that gets a shade; 0: none does. */
static uint64_t shade_start(const struct heatmap *h, unsigned int shade, uint64_t max)
{
	double low = exp((shade - 1) * log((double)max + 1) / nr_shades(h));
	uint64_t count = low > 2 ? (uint64_t)low - 1 : 1;

	while (count < max && shade_of(h, count, max) < shade)
		count++;
	return shade_of(h, count, max) == shade ? count : 0;
}

/* Goes on in another line of comment if there is no room for @more columns. */
static void make_room(const struct heatmap *h, size_t *width, size_t more, struct buf *out)
{
	if (*width + more > (size_t)h->opts->columns) {
		buf__adds(out, "\n#");
		*width = 1;
	}
	*width += more;
}

/* What the shades mean: the smallest count of each. */
static void add_legend(const struct heatmap *h, const struct screen *screen, struct buf *out)
{
	const char *comma = "";
	size_t width = 1;
	char text[24];

	buf__addc(out, '#');
	for (unsigned int shade = 1; shade <= nr_shades(h); shade++) {
		uint64_t count = shade_start(h, shade, screen->max);

		if (!count)
			continue;
		/* The comma of the one before, a space, the shade, the count. */
		buf__adds(out, comma);
		make_room(h, &width, 3 + snprintf(text, sizeof(text), " %" PRIu64, count), out);
		buf__addc(out, ' ');
		add_shade(h, shade, out);
		buf__adds(out, text);
		comma = ",";
	}
	make_room(h, &width, strlen(" and more samples"), out);
	buf__adds(out, " and more samples\n");
}

static int print_map(struct heatmap *h, struct map *map)
{
	struct screen screen = { 0 };
	struct column *column;
	int err = column_set__get(h->values, map->event, &column);

	if (err)
		return err;
	choose_rows(h, map, column, &screen);
	choose_columns(h, map, &screen);
	if (h->opts->headings) {
		buf__addf(&h->out, "# Samples: %" PRIu64 "  of event '%s'", map->nr_samples,
			  input__event(h->input, map->event)->name);
		if (map->nr_unreadable)
			buf__addf(&h->out, ", %" PRIu64 " unreadable", map->nr_unreadable);
		buf__addf(&h->out, "\n# %s from ", column__label(column));
		unit__timestamp(&h->out, h->start, false);
		buf__adds(&h->out, " s on, a column is ");
		bars__duration(&h->out, screen.column_ns, false);
		buf__adds(&h->out, "\n#\n");
	}
	if (map->nr_samples) {
		for (int row = screen.top; row >= screen.bottom; row--) {
			if (row_exists(row, screen.shift))
				add_row(h, map, &screen, column, row, &h->out);
		}
		add_axis(&screen, &h->out);
		if (h->opts->headings)
			add_legend(h, &screen, &h->out);
	}
	buf__addc(&h->out, '\n');
	return 0;
}

static void add_json_cell(const struct heatmap *h, const struct map *map, struct column *column,
			  int level, unsigned int slot, struct json *json)
{
	struct column_value value = { .status = ITEM_OK };
	int row = row_of(level, 0);

	json__open(json, '{');
	json__key(json, "time");
	json__seconds(json, h->start + ((uint64_t)slot * FINEST_SLOT << map->doubled));
	json__key(json, "low");
	value.number = row_start(row, 0);
	column__json(column, &value, json);
	do
		row++;
	while (!row_exists(row, 0));
	value.number = row_start(row, 0) - 1;
	json__key(json, "high");
	column__json(column, &value, json);
	json__key(json, "count");
	json__u64(json, map->levels[level + NR_LEVELS][slot]);
	json__close(json, '}');
}

static void add_json_cells(const struct heatmap *h, const struct map *map, struct column *column,
			   struct json *json)
{
	json__key(json, "cells");
	json__open(json, '[');
	for (unsigned int slot = 0; slot < NR_SLOTS; slot++) {
		for (int level = map->lowest; level <= map->highest; level++) {
			const uint32_t *slots = map->levels[level + NR_LEVELS];

			if (slots && slots[slot])
				add_json_cell(h, map, column, level, slot, json);
		}
	}
	json__close(json, ']');
}

static int add_json(struct heatmap *h, struct map *map)
{
	struct json json = JSON_INIT(&h->out);
	struct column *column;
	int err = column_set__get(h->values, map->event, &column);

	if (err)
		return err;
	json__open(&json, '{');
	json__key(&json, "event");
	json__strings(&json, input__event(h->input, map->event)->name);
	json__key(&json, "name");
	json__strings(&json, h->opts->expr);
	json__key(&json, "unit");
	json__strings(&json, column__is_duration(column) ? "ns" : "");
	json__key(&json, "nr");
	json__u64(&json, map->nr_samples);
	json__key(&json, "nr_fault");
	json__u64(&json, map->nr_unreadable);
	json__key(&json, "width");
	json__seconds(&json, (uint64_t)FINEST_SLOT << map->doubled);
	add_json_cells(h, map, column, &json);
	json__close(&json, '}');
	buf__addc(&h->out, '\n');
	return 0;
}

/* Whether what was asked for is a number in any event, if there are some. */
static int check_number(struct heatmap *h, struct diag *diag)
{
	unsigned int nr = input__nr_events(h->input);
	struct column *column;
	int err;

	for (unsigned int i = 0; i < nr; i++) {
		err = column_set__get(h->values, i, &column);
		if (err || (column && column__is_number(column)))
			return err;
	}
	return nr ? diag__error(diag, -EINVAL, "'%s' is no number", h->opts->expr) : 0;
}

static int print_maps(struct heatmap *h)
{
	int err = 0;

	if (!h->nr_maps && h->opts->headings && !h->opts->json)
		buf__adds(&h->out, "# no samples\n");
	for (unsigned int i = 0; i < h->nr && !err; i++) {
		if (!h->maps[i])
			continue;
		err = h->opts->json ? add_json(h, h->maps[i]) : print_map(h, h->maps[i]);
		if (!err)
			err = buf__flush(&h->out, stdout);
	}
	return err ? err : buf__flush(&h->out, stdout);
}

static void free_map(struct map *map)
{
	for (unsigned int i = 0; map && i < 2 * NR_LEVELS; i++)
		free(map->levels[i]);
	free(map);
}

int heatmap__print(struct input *input, const struct heatmap_opts *opts, struct diag *diag)
{
	struct heatmap h = { .input = input, .opts = opts };
	int err = column_set__new(input, opts->expr, strlen(opts->expr), &h.values, diag);

	if (!err)
		err = check_number(&h, diag);
	if (!err)
		err = input__each_sample(h.input, add_sample, &h, diag);
	if (!err)
		err = print_maps(&h);
	for (unsigned int i = 0; i < h.nr; i++)
		free_map(h.maps[i]);
	free(h.maps);
	column_set__free(h.values);
	buf__exit(&h.out);
	return err;
}
