// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "../render/retval.h"
#include "../render/text.h"
#include "distribution.h"
#include "summary.h"

#define EVENT_SYSTEM	"btfsnoop:"
#define MIN_NAME_WIDTH	15

/* A function under an event: functions are told apart by their names, which the input has once. */
struct row_key {
	const char *func;		/* NULL: the event's name says it */
	uint64_t event;
};

struct row {
	struct row_key key;
	uint64_t calls;
	uint64_t errors;
	struct distribution *durations;	/* NULL: it has none */
	UT_hash_handle hh;
};

struct summary {
	struct input *input;
	struct row *rows;		/* hash table */
};

int summary__new(struct input *input, struct summary **out)
{
	struct summary *summary = calloc(1, sizeof(*summary));

	if (!summary)
		return -ENOMEM;
	summary->input = input;
	*out = summary;
	return 0;
}

static void row__free(struct row *row)
{
	distribution__free(row->durations);
	free(row);
}

void summary__free(struct summary *summary)
{
	struct row *row, *tmp;

	if (!summary)
		return;
	HASH_ITER(hh, summary->rows, row, tmp) {
		HASH_DEL(summary->rows, row);
		row__free(row);
	}
	free(summary);
}

static int new_row(struct summary *summary, const struct row_key *key, bool has_duration,
		   struct row **out)
{
	struct row *row = calloc(1, sizeof(*row));

	if (!row || (has_duration && distribution__new(false, &row->durations))) {
		free(row);
		return -ENOMEM;
	}
	row->key = *key;
	HASH_ADD(hh, summary->rows, key, sizeof(row->key), row);
	*out = row;
	return 0;
}

static bool is_error(const struct input_event *event, const void *raw)
{
	for (unsigned int i = 0; i < event->schema->nr_fields; i++)
		if (event->schema->fields[i].is_return)
			return retval__is_error(event->view, i, raw);
	return false;
}

int summary__add(struct summary *summary, const struct perfdata_sample *sample)
{
	const struct input_event *event = input__event(summary->input, sample->event);
	struct row_key key = { .event = sample->event };
	bool fits = event->view && event_view__fits(event->view, sample->raw_size);
	bool has_duration = event->view && event->schema->duration_offset;
	struct row *row;
	int err = 0;

	if (event->shows_func)
		key.func = input__func(summary->input, sample);
	HASH_FIND(hh, summary->rows, &key, sizeof(key), row);
	if (!row)
		err = new_row(summary, &key, has_duration, &row);
	if (err)
		return err;
	row->calls++;
	if (!fits)
		return 0;
	row->errors += is_error(event, sample->raw);
	if (!has_duration)
		return 0;
	return distribution__add(row->durations, event_view__duration(event->view, sample->raw), 1);
}

/* ---- the table ---------------------------------------------------------------------------- */

static double row__total(const struct row *row)
{
	return row->durations ? distribution__sum(row->durations) : 0;
}

static int compare_rows(struct row *a, struct row *b)
{
	double x = row__total(a), y = row__total(b);

	if (x != y)
		return x < y ? 1 : -1;
	if (a->calls != b->calls)
		return a->calls < b->calls ? 1 : -1;
	return a->key.event < b->key.event ? -1 : a->key.event > b->key.event;
}

static void add_name(struct summary *summary, const struct row *row, struct buf *out)
{
	const char *name = input__event(summary->input, row->key.event)->name;

	if (!strncmp(name, EVENT_SYSTEM, strlen(EVENT_SYSTEM)))
		name += strlen(EVENT_SYSTEM);
	buf__adds(out, name);
	if (row->key.func)
		buf__addf(out, ": %s", row->key.func);
}

static unsigned int measure_names(struct summary *summary)
{
	unsigned int width = MIN_NAME_WIDTH;
	struct buf name = BUF_INIT;
	struct row *row;

	for (row = summary->rows; row; row = row->hh.next) {
		buf__clear(&name);
		add_name(summary, row, &name);
		if (name.len > width)
			width = name.len;
	}
	buf__exit(&name);
	return width;
}

static void add_msec(struct buf *out, int width, double ns)
{
	buf__addf(out, " %*.3f", width, ns / 1e6);
}

/* As perf trace's, in per cent: how far off the average may be (stddev_stats() in util/stat.c). */
static double error_of_mean(const struct distribution *d)
{
	double mean = distribution__mean(d), n = distribution__count(d);

	return mean ? 100.0 * distribution__stddev(d) / sqrt(n) / mean : 0;
}

static void add_durations(const struct distribution *d, struct buf *out)
{
	add_msec(out, 10, distribution__sum(d));
	add_msec(out, 9, distribution__min(d));
	add_msec(out, 9, distribution__mean(d));
	add_msec(out, 9, distribution__quantile(d, 0.95));
	add_msec(out, 9, distribution__quantile(d, 0.99));
	add_msec(out, 9, distribution__max(d));
	buf__addf(out, " %8.2f%%", error_of_mean(d));
}

static void add_row(struct summary *summary, const struct row *row, unsigned int width,
		    struct buf *out)
{
	size_t start = out->len;

	buf__adds(out, "   ");
	add_name(summary, row, out);
	if (out->len - start < width + 3 && !out->failed)
		buf__fill(out, ' ', width + 3 - (out->len - start));
	buf__addf(out, " %9" PRIu64 " %7" PRIu64, row->calls, row->errors);
	if (row->durations && distribution__count(row->durations))
		add_durations(row->durations, out);
	buf__addc(out, '\n');
}

static void add_heading(unsigned int width, struct buf *out)
{
	static const char line[] = "--------------------";

	buf__addf(out, "   %-*s %9s %7s %10s %9s %9s %9s %9s %9s %9s\n", width, "function",
		  "calls", "errors", "total", "min", "avg", "p95", "p99", "max", "stddev");
	buf__addf(out, "   %*s %9s %7s %10s %9s %9s %9s %9s %9s %9s\n", width, "", "", "",
		  "(msec)", "(msec)", "(msec)", "(msec)", "(msec)", "(msec)", "(%)");
	buf__adds(out, "   ");
	buf__fill(out, '-', width);
	buf__addf(out, " %.9s %.7s %.10s %.9s %.9s %.9s %.9s %.9s %.9s\n", line, line, line, line,
		  line, line, line, line, line);
}

void summary__print(struct summary *summary, struct buf *out)
{
	unsigned int width = measure_names(summary);
	struct row *row;

	HASH_SORT(summary->rows, compare_rows);
	buf__adds(out, "\n Summary of events:\n\n");
	add_heading(width, out);
	for (row = summary->rows; row; row = row->hh.next)
		add_row(summary, row, width, out);
	buf__addc(out, '\n');
}
