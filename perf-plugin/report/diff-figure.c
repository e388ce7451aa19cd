// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>

#include "../render/unit.h"
#include "diff-figure.h"

static bool is_share(const struct figure *figure)
{
	return figure->kind == FIGURE_OVERHEAD || figure->kind == FIGURE_TEXT ||
	       figure->kind == FIGURE_UNREADABLE;
}

static double ratio(double part, double whole)
{
	return whole > 0 ? part / whole : NAN;
}

/* In per cent, 0 where the file has nothing of it. */
static double overhead(const struct diff *diff, const struct diff_entry *entry, unsigned int file)
{
	const struct diff_event *event = &diff->events[entry->event];
	uint64_t all = event->counts[file] + (diff->opts->absolute ? event->dropped[file] : 0);

	return all ? 100 * ratio((double)entry->counts[file], (double)all) : 0;
}

static double field_value(const struct figure *figure, const struct diff_side *side)
{
	const struct distribution *d = side ? side->numbers : NULL;
	uint64_t unreadable = side ? side->nr_unreadable : 0;

	switch (figure->kind) {
	case FIGURE_AVG:
		return d ? distribution__mean(d) : NAN;
	case FIGURE_QUANTILE:
		return !d ? NAN : distribution__number(d, distribution__quantile(d,
								figure->quantile));
	case FIGURE_TEXT:
		return !side || !side->texts ? NAN :
		       100 * ratio((double)tally__find(side->texts, figure->text, figure->len),
				   (double)tally__total(side->texts));
	default:
		return 100 * ratio((double)unreadable,
				   (double)unreadable + (d ? (double)distribution__count(d) : 0));
	}
}

double figure__value(const struct diff *diff, const struct figure *figure, unsigned int file)
{
	const struct diff_entry *entry = &diff->entries[figure->entry];

	switch (figure->kind) {
	case FIGURE_OVERHEAD:
		return overhead(diff, entry, file);
	case FIGURE_SAMPLES:
		return (double)entry->counts[file];
	case FIGURE_RATE:
		return ratio((double)entry->counts[file], diff->files[file].seconds);
	default:
		return field_value(figure, diff__side(diff, entry, figure->field, file));
	}
}

void figure__name(const struct diff *diff, const struct figure *figure, struct buf *out)
{
	const struct diff_event *event = &diff->events[diff->entries[figure->entry].event];
	const char *label = figure->kind > FIGURE_RATE ? event->fields[figure->field].label : "";

	switch (figure->kind) {
	case FIGURE_OVERHEAD:
		buf__adds(out, "overhead");
		break;
	case FIGURE_SAMPLES:
		buf__adds(out, "samples");
		break;
	case FIGURE_RATE:
		buf__adds(out, "samples/s");
		break;
	case FIGURE_AVG:
		buf__addf(out, "avg(%s)", label);
		break;
	case FIGURE_QUANTILE:
		buf__addf(out, "p%g(%s)", figure->quantile * 100, label);
		break;
	case FIGURE_TEXT:
		buf__addf(out, "%s=", label);
		buf__add(out, figure->text, figure->len);
		break;
	case FIGURE_UNREADABLE:
		buf__addf(out, "%s=(unreadable)", label);
		break;
	}
}

static bool is_duration(const struct diff *diff, const struct figure *figure)
{
	const struct diff_event *event = &diff->events[diff->entries[figure->entry].event];

	return (figure->kind == FIGURE_AVG || figure->kind == FIGURE_QUANTILE) &&
	       event->fields[figure->field].is_duration;
}

void figure__add(const struct diff *diff, const struct figure *figure, double value, bool raw,
		 struct buf *out)
{
	bool whole = figure->kind == FIGURE_SAMPLES || figure->kind == FIGURE_QUANTILE;

	if (isnan(value)) {
		buf__addc(out, '-');
	} else if (is_share(figure)) {
		buf__addf(out, "%.2f%%", value);
	} else if (is_duration(diff, figure)) {
		if (raw)
			buf__addf(out, "%.0f", value);
		else
			unit__duration(out, value < 0x1p64 ? (uint64_t)(value + 0.5) : UINT64_MAX);
	} else {
		buf__addf(out, whole ? "%.0f" : fabs(value) < 1e15 ? "%.2f" : "%.6g", value);
	}
}

double figure__change(const struct figure *figure, double from, double to)
{
	if (isnan(from) || isnan(to))
		return isnan(from) && isnan(to) ? 0 : isnan(from) ? INFINITY : -1;
	if (is_share(figure))
		return (to - from) / 100;
	if (from == to)
		return 0;
	return from ? (to - from) / fabs(from) : to > 0 ? INFINITY : -INFINITY;
}

/* "+1.234us" */
static void add_difference(const struct diff *diff, const struct figure *figure, double by,
			   bool raw, struct buf *out)
{
	buf__addc(out, by < 0 ? '-' : '+');
	figure__add(diff, figure, fabs(by), raw, out);
}

static bool is_nothing(const struct figure *figure, double value)
{
	return isnan(value) || (figure->kind <= FIGURE_RATE && !value);
}

void figure__delta(const struct diff *diff, const struct figure *figure, double from, double to,
		   bool raw, struct buf *out)
{
	double relative = figure__change(figure, from, to);

	if (is_nothing(figure, from) || is_nothing(figure, to)) {
		buf__adds(out, is_nothing(figure, from) && is_nothing(figure, to) ? "-" :
			  is_nothing(figure, from) ? "new" : "gone");
		return;
	}
	if (diff->opts->compute == DIFF_RATIO && !from)
		buf__addc(out, '-');
	else if (diff->opts->compute == DIFF_RATIO)
		buf__addf(out, "%.6f", to / from);
	else if (diff->opts->compute == DIFF_DISTANCE || is_share(figure))
		buf__addf(out, isinf(relative) ? "%+.0f" : "%+.2f%%", relative * 100);
	else
		add_difference(diff, figure, to - from, raw, out);
}
