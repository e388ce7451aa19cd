// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../render/color.h"
#include "../render/text.h"
#include "bars.h"
#include "distribution.h"

#define GAP		2
#define MAX_EMPTY	3	/* empty rows in a run that are shown */
#define MIN_BAR		8
#define SHARE_WIDTH	7	/* "100.00%" */

__extension__ typedef __int128 wide;	/* any value, signed or not, and the one behind it */

struct row {
	uint64_t count;
	uint64_t low, high;
	unsigned int form;
	bool is_text;
	size_t label;		/* in text */
	uint32_t len;
	uint32_t width;
};

struct bars {
	struct row *rows;
	unsigned int nr;
	unsigned int cap;
	struct buf text;	/* labels, a NUL behind each */
	bool failed;
};

int bars__new(struct bars **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

void bars__free(struct bars *bars)
{
	if (!bars)
		return;
	free(bars->rows);
	buf__exit(&bars->text);
	free(bars);
}

/* ---- labels -------------------------------------------------------------------------------- */

void bars__duration(struct buf *out, uint64_t ns, bool exact)
{
	static const struct {
		uint64_t ns;
		const char *name;
	} units[] = { { 1000000000, "s" }, { 1000000, "ms" }, { 1000, "us" }, { 1, "ns" } };
	unsigned int i = 0, digits;
	uint64_t step = 1, rest;
	char text[12];

	while (ns < units[i].ns && units[i].ns > 1)
		i++;
	/* To three digits: of 65536 ns that is to 100 ns. */
	while (!exact && ns / step >= 1000 && step < units[i].ns)
		step *= 10;
	ns = (ns <= UINT64_MAX - step / 2 ? ns + step / 2 : ns) / step * step;
	if (i && ns >= units[i - 1].ns)
		i--;		/* 999.9us are 1ms */
	buf__addu(out, ns / units[i].ns);
	rest = ns % units[i].ns;
	if (rest) {
		digits = snprintf(text, sizeof(text), ".%0*" PRIu64, 3 * (3 - (int)i), rest);
		while (text[digits - 1] == '0')
			digits--;
		buf__add(out, text, digits);
	}
	buf__adds(out, units[i].name);
}

static bool is_power(wide v)
{
	return v > 0 && !(v & (v - 1));
}

/* A bound; a power of two as 512, 1K, 2K, ..., 16E. */
static void add_bound(struct buf *out, wide v, unsigned int form, bool binary)
{
	wide magnitude = v < 0 ? -v : v;
	unsigned int exponent = 0;

	if (v < 0)
		buf__addc(out, '-');
	if (form & BARS_DURATION) {
		bars__duration(out, magnitude > UINT64_MAX ? UINT64_MAX : magnitude, !binary);
		return;
	}
	/* Behind the greatest number of 64 bits is 16E. */
	if (magnitude <= UINT64_MAX && (!binary || magnitude < 1024)) {
		buf__addu(out, magnitude);
		return;
	}
	while (magnitude >> exponent > 1)
		exponent++;
	buf__addu(out, 1U << exponent % 10);
	buf__addc(out, "KMGTPE"[exponent / 10 - 1]);
}

static void add_range(struct buf *out, uint64_t from, uint64_t to, unsigned int form)
{
	bool is_signed = form & BARS_SIGNED;
	wide low = is_signed ? (wide)(int64_t)from : (wide)from;
	wide high = is_signed ? (wide)(int64_t)to : (wide)to;

	if (low == high) {
		add_bound(out, low, form, false);
		return;
	}
	if (high < 0 && is_power(-high) && is_power(1 - low)) {
		buf__addc(out, '(');
		add_bound(out, low - 1, form, true);
		buf__adds(out, ", ");
		add_bound(out, high, form, true);
		buf__addc(out, ']');
		return;
	}
	buf__addc(out, '[');
	add_bound(out, low, form, is_power(low) && high + 1 == 2 * low);
	buf__adds(out, ", ");
	add_bound(out, high + 1, form, is_power(low) && high + 1 == 2 * low);
	buf__addc(out, ')');
}

/* ---- rows ---------------------------------------------------------------------------------- */

/* The row that comes next, its label still to be added; NULL without memory. */
static struct row *add_row(struct bars *bars, uint64_t count)
{
	struct row *more;
	unsigned int cap;

	if (bars->failed)
		return NULL;
	if (bars->nr == bars->cap) {
		cap = bars->cap ? 2 * bars->cap : 16;
		more = reallocarray(bars->rows, cap, sizeof(*more));
		if (!more) {
			bars->failed = true;
			return NULL;
		}
		bars->rows = more;
		bars->cap = cap;
	}
	more = &bars->rows[bars->nr++];
	*more = (struct row){ .count = count, .label = bars->text.len };
	return more;
}

static void end_label(struct bars *bars, struct row *row)
{
	row->len = bars->text.len - row->label;
	row->width = text__width(buf__str(&bars->text) + (bars->text.failed ? 0 : row->label),
				 bars->text.failed ? 0 : row->len);
	buf__addc(&bars->text, '\0');
}

void bars__range(struct bars *bars, uint64_t low, uint64_t high, unsigned int form, uint64_t count)
{
	struct row *row = add_row(bars, count);

	if (!row)
		return;
	row->low = low;
	row->high = high;
	row->form = form;
	add_range(&bars->text, low, high, form);
	end_label(bars, row);
}

void bars__text(struct bars *bars, const char *text, size_t len, uint64_t count)
{
	struct row *row = add_row(bars, count);

	if (!row)
		return;
	row->is_text = true;
	buf__add(&bars->text, text, len);
	end_label(bars, row);
}

/*
 * Ranges are numbered by how many bits their values have, negative ones below 0. The range of -64
 * is but -2^63.
 */
static int range_of(bool is_signed, uint64_t value)
{
	if (is_signed && (int64_t)value < 0)
		return -(64 - __builtin_clzll(-value));
	return value ? 64 - __builtin_clzll(value) : 0;
}

static void add_log2(struct bars *bars, int range, unsigned int form, uint64_t count)
{
	uint64_t low = range ? 1ULL << (abs(range) - 1) : 0;
	uint64_t high = range ? low + (low - 1) : 0;

	if (range >= 0)
		bars__range(bars, low, high, form, count);
	else
		bars__range(bars, range == -64 ? -low : -high, -low, form, count);
}

void bars__distribution(struct bars *bars, const struct distribution *d, unsigned int form)
{
	bool is_signed = distribution__is_signed(d);
	int range = range_of(is_signed, distribution__min(d));
	struct distribution_bucket bucket;
	unsigned int pos = 0;
	uint64_t count = 0;

	if (is_signed)
		form |= BARS_SIGNED;
	while (distribution__next(d, &pos, &bucket)) {
		while (range < range_of(is_signed, bucket.low)) {
			add_log2(bars, range++, form, count);
			count = 0;
		}
		count += bucket.count;
	}
	if (count)
		add_log2(bars, range, form, count);
}

unsigned int bars__nr(const struct bars *bars)
{
	return bars->nr;
}

uint64_t bars__count(const struct bars *bars, unsigned int row)
{
	return bars->rows[row].count;
}

const char *bars__label(const struct bars *bars, unsigned int row)
{
	return bars->text.failed ? "" : buf__str(&bars->text) + bars->rows[row].label;
}

uint64_t bars__max(const struct bars *bars)
{
	uint64_t max = 0;

	for (unsigned int i = 0; i < bars->nr; i++)
		max = bars->rows[i].count > max ? bars->rows[i].count : max;
	return max;
}

uint64_t bars__total(const struct bars *bars)
{
	uint64_t total = 0;

	for (unsigned int i = 0; i < bars->nr; i++)
		total += bars->rows[i].count;
	return total;
}

/* ---- printing ------------------------------------------------------------------------------ */

bool bars__ascii(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool ascii;

	if (!locale)
		return true;
	ascii = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8");
	freelocale(locale);
	return ascii;
}

void bars__bar(struct buf *out, double share, unsigned int width, bool ascii)
{
	static const char eighths[][4] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	unsigned int units = ascii ? 1 : 8, filled;

	if (!(share > 0))
		return;
	filled = share >= 1 ? width * units : (unsigned int)(share * width * units + 0.5);
	if (!filled) {
		buf__adds(out, ascii ? "." : eighths[1]);
		return;
	}
	for (unsigned int i = 0; i < filled / units; i++)
		buf__adds(out, ascii ? "#" : "█");
	if (!ascii)
		buf__adds(out, eighths[filled % units]);
}

/* How the line is divided. */
struct layout {
	unsigned int label;
	unsigned int count;
	bool has_share;
	unsigned int bar;
};

static struct layout divide(const struct bars *bars, const struct bars_opts *opts)
{
	struct layout l = { .label = text__width(opts->label, strlen(opts->label)), .count = 7 };
	int room = opts->columns - 2 * GAP - GAP;
	char count[24];

	for (unsigned int i = 0; i < bars->nr; i++) {
		unsigned int n = snprintf(count, sizeof(count), "%" PRIu64, bars->rows[i].count);

		l.count = n > l.count ? n : l.count;
		l.label = bars->rows[i].width > l.label ? bars->rows[i].width : l.label;
	}
	room -= (int)(l.label + l.count);
	l.has_share = room >= MIN_BAR + GAP + SHARE_WIDTH;
	if (l.has_share)
		room -= GAP + SHARE_WIDTH;
	l.bar = room < MIN_BAR / 2 ? MIN_BAR / 2 : room;
	return l;
}

static void add_headings(const struct bars_opts *opts, const struct layout *l, struct buf *out)
{
	size_t start;

	buf__adds(out, "# ");
	start = out->len;
	buf__adds(out, opts->label);
	text__pad(out, start, l->label);
	buf__fill(out, ' ', GAP + l->count - 7);
	buf__adds(out, l->has_share ? "Samples    Share\n# " : "Samples\n# ");
	buf__fill(out, '.', l->label);
	buf__fill(out, ' ', GAP);
	buf__fill(out, '.', l->count);
	if (l->has_share) {
		buf__fill(out, ' ', GAP);
		buf__fill(out, '.', SHARE_WIDTH);
	}
	buf__adds(out, "\n#\n");
}

static void print_row(const struct bars *bars, const struct bars_opts *opts,
		      const struct layout *l, unsigned int i, uint64_t max, uint64_t total,
		      struct buf *out)
{
	const struct row *row = &bars->rows[i];
	double share = total ? (double)row->count * 100 / (double)total : 0;
	const char *color = opts->colors ? color__percent(share) : "";

	buf__fill(out, ' ', GAP);
	buf__adds(out, bars__label(bars, i));
	buf__fill(out, ' ', l->label - row->width + GAP);
	buf__addf(out, "%*" PRIu64, (int)l->count, row->count);
	if (l->has_share)
		buf__addf(out, "  %s%6.2f%%%s", color, share, *color ? COLOR_RESET : "");
	if (row->count) {
		buf__fill(out, ' ', GAP);
		bars__bar(out, max ? (double)row->count / (double)max : 0, l->bar, opts->ascii);
	}
	buf__addc(out, '\n');
}

/* How many rows from @i on are empty and followed by one that is not. */
static unsigned int empty_run(const struct bars *bars, unsigned int i)
{
	unsigned int n = 0;

	while (i + n < bars->nr && !bars->rows[i + n].count)
		n++;
	return i + n < bars->nr ? n : 0;
}

static void print_separated(const struct bars *bars, const char *separator, struct buf *out)
{
	for (unsigned int i = 0; i < bars->nr; i++) {
		const struct row *row = &bars->rows[i];

		if (row->is_text) {
			buf__adds(out, bars__label(bars, i));
		} else if (row->form & BARS_SIGNED) {
			buf__addd(out, row->low);
			buf__adds(out, separator);
			buf__addd(out, row->high);
		} else {
			buf__addu(out, row->low);
			buf__adds(out, separator);
			buf__addu(out, row->high);
		}
		buf__adds(out, separator);
		buf__addu(out, row->count);
		buf__addc(out, '\n');
	}
}

static void add_json_number(const struct row *row, const char *key, uint64_t number,
			    struct json *json)
{
	json__key(json, key);
	if (row->form & BARS_SIGNED)
		json__s64(json, number);
	else
		json__u64(json, number);
}

int bars__json(const struct bars *bars, struct json *json)
{
	json__open(json, '[');
	for (unsigned int i = 0; i < bars->nr; i++) {
		const struct row *row = &bars->rows[i];

		if (!row->count)
			continue;
		json__open(json, '{');
		if (row->is_text) {
			json__key(json, "value");
			json__string(json, bars__label(bars, i), row->len);
		} else {
			add_json_number(row, "low", row->low, json);
			add_json_number(row, "high", row->high, json);
		}
		json__key(json, "count");
		json__u64(json, row->count);
		json__close(json, '}');
	}
	json__close(json, ']');
	return bars->failed || bars->text.failed || json->out->failed ? -ENOMEM : 0;
}

int bars__print(const struct bars *bars, const struct bars_opts *opts, struct buf *out)
{
	struct layout l = divide(bars, opts);
	uint64_t max = bars__max(bars), total = bars__total(bars);
	unsigned int i, empty;

	if (bars->failed || bars->text.failed)
		return -ENOMEM;
	if (opts->separator) {
		print_separated(bars, opts->separator, out);
		return out->failed ? -ENOMEM : 0;
	}
	if (opts->headings)
		add_headings(opts, &l, out);
	for (i = 0; i < bars->nr; i++) {
		empty = empty_run(bars, i);
		if (empty > MAX_EMPTY) {
			buf__adds(out, "  ...\n");
			i += empty - 1;
		} else {
			print_row(bars, opts, &l, i, max, total, out);
		}
	}
	return out->failed ? -ENOMEM : 0;
}
