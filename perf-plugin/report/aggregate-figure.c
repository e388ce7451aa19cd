// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../render/unit.h"
#include "aggregate-figure.h"
#include "distribution.h"

/* What is kept of a run, in this order; the count always is. */
#define NEEDS_RANGE	0x1	/* min, max */
#define NEEDS_SUM	0x2	/* 128 bits, the lower ones first */
#define NEEDS_SPREAD	0x4	/* mean and squares of the distances from it, as double */
#define NEEDS_DIST	0x8	/* a struct distribution, from the second value on */

static const struct figure_name {
	const char *name;
	enum figure_kind kind;
	bool alone;		/* never of something */
	const char *of;		/* what it is of where nothing is said; NULL: it has to be said */
	const char *header;
} figure_names[] = {
	{ "overhead", FIGURE_OVERHEAD, true, NULL, "Overhead" },
	{ "overhead_children", FIGURE_CHILDREN, true, NULL, "Children" },
	{ "children", FIGURE_CHILDREN, true, NULL, "Children" },
	{ "samples", FIGURE_SAMPLES, true, NULL, "Samples" },
	{ "sample", FIGURE_SAMPLES, true, NULL, "Samples" },
	{ "period", FIGURE_PERIOD, true, NULL, "Period" },
	{ "count", FIGURE_COUNT, false, NULL, NULL },
	{ "sum", FIGURE_SUM, false, "duration", "Sum" },
	{ "avg", FIGURE_AVG, false, "duration", "Avg" },
	{ "min", FIGURE_MIN, false, "duration", "Min" },
	{ "max", FIGURE_MAX, false, "duration", "Max" },
	{ "stddev", FIGURE_STDDEV, false, "duration", "Stddev" },
	{ "first", FIGURE_MIN, false, "time", "First" },
	{ "last", FIGURE_MAX, false, "time", "Last" },
};

/* ---- names --------------------------------------------------------------------------------- */

/* "p99", "p99.9": up to 100, with decimals. */
static bool parse_quantile(const char *text, size_t len, double *q)
{
	double percent = 0, unit = 1;
	bool point = false;
	size_t i;

	if (len < 2 || len > 16 || text[0] != 'p' || text[len - 1] == '.')
		return false;
	for (i = 1; i < len; i++) {
		if (text[i] == '.' && !point && i > 1) {
			point = true;
			continue;
		}
		if (text[i] < '0' || text[i] > '9')
			return false;
		unit *= point ? 10 : 1;
		percent = percent * 10 + (text[i] - '0');
	}
	*q = percent / unit / 100;
	return *q <= 1;
}

static const struct figure_name *find_name(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(figure_names) / sizeof(*figure_names); i++) {
		const char *name = figure_names[i].name;

		if (strlen(name) == len && !strncmp(name, text, len))
			return &figure_names[i];
	}
	return NULL;
}

/* The bracket that the text's last one belongs to has to be the first one. */
static size_t name_len(const char *text, size_t len)
{
	const char *open = memchr(text, '(', len);
	int depth = 0;
	size_t i;

	if (!open || text[len - 1] != ')')
		return len;
	for (i = open - text; i < len; i++) {
		depth += (text[i] == '(') - (text[i] == ')');
		if (!depth && i + 1 < len)
			return len;
	}
	return open - text;
}

bool figure__parse(const char *text, size_t len, struct figure *out)
{
	size_t n = len ? name_len(text, len) : 0;
	const struct figure_name *name = find_name(text, n);
	const char *of = "duration";

	*out = (struct figure){ .bare = n == len };
	if (name) {
		out->kind = name->kind;
		of = name->of;
	} else if (parse_quantile(text, n, &out->q)) {
		out->kind = FIGURE_QUANTILE;
	} else {
		return false;
	}
	if (name && name->alone) {
		out->bare = false;
		return n == len;
	}
	if (n == len) {
		out->arg = of;
		out->arg_len = of ? strlen(of) : 0;
		return of;
	}
	out->arg = text + n + 1;
	out->arg_len = len - n - 2;
	return out->arg_len;
}

void figure__header(const struct figure *figure, const char *text, size_t len, struct buf *out)
{
	const struct figure_name *name = find_name(text, len);

	if (name)
		buf__adds(out, name->header);
	else if (figure->bare)
		buf__addc(out, 'P');
	else
		buf__add(out, text, len);
	if (!name && figure->bare)
		buf__add(out, text + 1, len - 1);
}

/* ---- values -------------------------------------------------------------------------------- */

void figure_run__want(struct figure_run *run, const struct figure *figure)
{
	switch (figure->kind) {
	case FIGURE_MIN:
	case FIGURE_MAX:
		run->needs |= NEEDS_RANGE;
		break;
	case FIGURE_SUM:
	case FIGURE_AVG:
		run->needs |= NEEDS_SUM;
		break;
	case FIGURE_STDDEV:
		run->needs |= NEEDS_SPREAD;
		break;
	case FIGURE_QUANTILE:
		run->needs |= NEEDS_DIST | NEEDS_RANGE;
		break;
	default:
		break;
	}
}

/* Where a part is in the run's words; behind all of them with part 0. */
static unsigned int part(const struct figure_run *run, unsigned int which)
{
	static const struct {
		unsigned int need, words;
	} parts[] = {
		{ NEEDS_RANGE, 2 }, { NEEDS_SUM, 2 }, { NEEDS_SPREAD, 2 }, { NEEDS_DIST, 1 },
	};
	unsigned int i, word = run->word + 1;

	for (i = 0; i < sizeof(parts) / sizeof(*parts) && parts[i].need != which; i++)
		word += run->needs & parts[i].need ? parts[i].words : 0;
	return word;
}

unsigned int figure_run__place(struct figure_run *run, unsigned int word)
{
	run->word = word;
	return part(run, 0);
}

static double as_double(uint64_t word)
{
	double d;

	memcpy(&d, &word, sizeof(d));
	return d;
}

static uint64_t from_double(double d)
{
	uint64_t word;

	memcpy(&word, &d, sizeof(word));
	return word;
}

static double value_double(const struct figure_run *run, uint64_t value)
{
	return run->is_signed ? (double)(int64_t)value : (double)value;
}

static bool is_below(const struct figure_run *run, uint64_t a, uint64_t b)
{
	return run->is_signed ? (int64_t)a < (int64_t)b : a < b;
}

static void add_range(const struct figure_run *run, uint64_t *range, uint64_t value, bool first)
{
	if (first || is_below(run, value, range[0]))
		range[0] = value;
	if (first || is_below(run, range[1], value))
		range[1] = value;
}

static void add_sum(const struct figure_run *run, uint64_t *sum, uint64_t value)
{
	sum[1] += __builtin_add_overflow(sum[0], value, &sum[0]);
	if (run->is_signed && (int64_t)value < 0)
		sum[1]--;
}

/* Welford's way, which loses nothing to large values that differ little. */
static void add_spread(const struct figure_run *run, uint64_t *spread, uint64_t value,
		       uint64_t count)
{
	double v = value_double(run, value), mean = as_double(spread[0]);
	double delta = v - mean;

	mean += delta / count;
	spread[0] = from_double(mean);
	spread[1] = from_double(as_double(spread[1]) + delta * (v - mean));
}

/* Many entries have one sample, so the first value alone is kept in the range. */
static int add_dist(const struct figure_run *run, uint64_t *word, uint64_t first, uint64_t value,
		    uint64_t count)
{
	struct distribution *d = (void *)(uintptr_t)*word;
	int err;

	if (count == 1)
		return 0;
	if (!d) {
		err = distribution__new(run->is_signed, &d);
		if (err)
			return err;
		*word = (uintptr_t)d;
		err = distribution__add(d, first, 1);
		if (err)
			return err;
	}
	return distribution__add(d, value, 1);
}

int figure_run__add(const struct figure_run *run, uint64_t *entry, uint64_t value)
{
	uint64_t *words = entry + run->word + 1, first = 0;
	uint64_t count = ++entry[run->word];

	if (run->needs & NEEDS_RANGE) {
		first = words[0];
		add_range(run, words, value, count == 1);
		words += 2;
	}
	if (run->needs & NEEDS_SUM) {
		add_sum(run, words, value);
		words += 2;
	}
	if (run->needs & NEEDS_SPREAD) {
		add_spread(run, words, value, count);
		words += 2;
	}
	return run->needs & NEEDS_DIST ? add_dist(run, words, first, value, count) : 0;
}

void figure_run__free(const struct figure_run *run, uint64_t *entry)
{
	if (run->needs & NEEDS_DIST)
		distribution__free((void *)(uintptr_t)entry[part(run, NEEDS_DIST)]);
}

uint64_t figure_run__count(const struct figure_run *run, const uint64_t *entry)
{
	return entry[run->word];
}

/* ---- results ------------------------------------------------------------------------------- */

static double sum_double(const struct figure_run *run, const uint64_t *entry)
{
	const uint64_t *sum = entry + part(run, NEEDS_SUM);
	unsigned __int128 whole = (unsigned __int128)sum[1] << 64 | sum[0];

	return run->is_signed ? (double)(__int128)whole : (double)whole;
}

/* Does the sum fit into the 64 bits that its values have? */
static bool sum_fits(const struct figure_run *run, const uint64_t *sum)
{
	if (!run->is_signed)
		return !sum[1];
	return sum[1] == ((int64_t)sum[0] < 0 ? UINT64_MAX : 0);
}

static uint64_t quantile(const struct figure_run *run, const uint64_t *entry, double q)
{
	const struct distribution *d = (void *)(uintptr_t)entry[part(run, NEEDS_DIST)];

	return d ? distribution__quantile(d, q) : entry[part(run, NEEDS_RANGE)];
}

/* A figure that is one of the values. */
static bool is_value(enum figure_kind kind)
{
	return kind == FIGURE_MIN || kind == FIGURE_MAX || kind == FIGURE_QUANTILE;
}

static uint64_t value_of(const struct figure_run *run, const uint64_t *entry,
			 const struct figure *figure)
{
	if (figure->kind == FIGURE_QUANTILE)
		return quantile(run, entry, figure->q);
	return entry[part(run, NEEDS_RANGE) + (figure->kind == FIGURE_MAX)];
}

/* One that isn't, nor a count. */
static double double_of(const struct figure_run *run, const uint64_t *entry,
			const struct figure *figure)
{
	uint64_t count = entry[run->word];

	switch (figure->kind) {
	case FIGURE_SUM:
		return sum_double(run, entry);
	case FIGURE_AVG:
		return sum_double(run, entry) / count;
	case FIGURE_STDDEV:
		return count < 2 ? 0 :
		       sqrt(as_double(entry[part(run, NEEDS_SPREAD) + 1]) / (count - 1));
	default:
		return 0;
	}
}

uint64_t figure_run__rank(const struct figure_run *run, const uint64_t *entry,
			  const struct figure *figure)
{
	const uint64_t top = (uint64_t)1 << 63;
	uint64_t bits;

	if (figure->kind == FIGURE_COUNT)
		return entry[run->word];
	if (is_value(figure->kind))
		return value_of(run, entry, figure) ^ (run->is_signed ? top : 0);
	/* The bits of doubles are ordered as they are, those of negative ones the other way. */
	bits = from_double(double_of(run, entry, figure));
	return bits & top ? ~bits : bits | top;
}

static void add_sum_text(const struct figure_run *run, const uint64_t *entry, struct buf *out)
{
	const uint64_t *sum = entry + part(run, NEEDS_SUM);

	if (!sum_fits(run, sum))
		buf__addf(out, "%.0f", sum_double(run, entry));
	else if (run->is_signed)
		buf__addd(out, sum[0]);
	else
		buf__addu(out, sum[0]);
}

void figure_run__text(const struct figure_run *run, const uint64_t *entry,
		      const struct figure *figure, struct column *column, struct buf *out)
{
	struct column_value value = { .status = ITEM_OK };

	if (figure->kind == FIGURE_COUNT) {
		buf__addu(out, entry[run->word]);
	} else if (!entry[run->word]) {
		buf__addc(out, '-');
	} else if (is_value(figure->kind)) {
		value.number = value_of(run, entry, figure);
		column__add(column, &value, out);
	} else if (column__is_duration(column)) {
		double ns = double_of(run, entry, figure);

		unit__duration(out, ns >= 0x1p64 ? UINT64_MAX : ns > 0 ? ns : 0);
	} else if (figure->kind == FIGURE_SUM) {
		add_sum_text(run, entry, out);
	} else {
		buf__addf(out, "%.2f", double_of(run, entry, figure));
	}
}

void figure_run__number(const struct figure_run *run, const uint64_t *entry,
			const struct figure *figure, struct buf *out)
{
	if (figure->kind == FIGURE_COUNT)
		buf__addu(out, entry[run->word]);
	else if (!entry[run->word])
		return;
	else if (is_value(figure->kind) && run->is_signed)
		buf__addd(out, value_of(run, entry, figure));
	else if (is_value(figure->kind))
		buf__addu(out, value_of(run, entry, figure));
	else if (figure->kind == FIGURE_SUM)
		add_sum_text(run, entry, out);
	else
		buf__addf(out, "%.3f", double_of(run, entry, figure));
}
