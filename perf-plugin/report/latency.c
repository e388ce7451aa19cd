// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../util/buf.h"
#include "latency.h"

#define NR_BUCKETS	22	/* as perf: below 1, 1 to 2, 2 to 4, ... 2^19 to 2^20, the rest */
#define BAR_WIDTH	46

/* Of an event. */
struct table {
	uint64_t buckets[NR_BUCKETS];
	uint64_t count;
	double total;		/* ns */
	uint64_t min, max;
};

struct latency {
	struct input *input;
	const struct latency_opts *opts;
	struct table **tables;	/* by event; NULL: no samples or no durations */
	unsigned int nr;
	bool any;
};

static int find_table(struct latency *l, unsigned int event, struct table **out)
{
	if (event >= l->nr) {
		struct table **more = reallocarray(l->tables, event + 1, sizeof(*more));

		if (!more)
			return -ENOMEM;
		memset(more + l->nr, 0, (event + 1 - l->nr) * sizeof(*more));
		l->tables = more;
		l->nr = event + 1;
	}
	if (!l->tables[event])
		l->tables[event] = calloc(1, sizeof(**l->tables));
	*out = l->tables[event];
	return *out ? 0 : -ENOMEM;
}

static void add_duration(struct table *t, uint64_t ns, bool nanoseconds)
{
	uint64_t units = nanoseconds ? ns : ns / 1000;
	unsigned int bucket = units ? 64 - __builtin_clzll(units) : 0;

	t->buckets[bucket < NR_BUCKETS ? bucket : NR_BUCKETS - 1]++;
	t->min = !t->count || ns < t->min ? ns : t->min;
	t->max = ns > t->max ? ns : t->max;
	t->total += (double)ns;
	t->count++;
}

static int add_sample(struct latency *l, const struct perfdata_sample *s)
{
	const struct input_event *event = input__event(l->input, s->event);
	struct table *table;
	int err;

	if (!event->schema || !event->schema->duration_offset ||
	    !event_view__fits(event->view, s->raw_size))
		return 0;
	err = find_table(l, s->event, &table);
	if (!err)
		add_duration(table, event_view__duration(event->view, s->raw),
			     l->opts->nanoseconds);
	return err;
}

static int read_samples(struct latency *l, struct diag *diag)
{
	struct perfdata_record record;
	int err;

	while ((err = input__next(l->input, &record, diag)) > 0) {
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		err = add_sample(l, &record.sample);
		if (err)
			return err;
	}
	return err;
}

/* The bounds of a row, which are of 1024 to a larger unit, as perf has them. */
static void add_bounds(struct buf *out, unsigned int bucket, bool nanoseconds)
{
	static const char *const units[] = { "ns", "us", "ms", "s " };
	unsigned int unit = nanoseconds ? 0 : 1, start;

	if (!bucket) {
		buf__addf(out, "  %4d - %4d %s", 0, 1, units[unit]);
		return;
	}
	if (bucket == NR_BUCKETS - 1) {
		buf__addf(out, "  %4d - %-4s %s", 1, "...", units[unit + 2]);
		return;
	}
	start = 1U << (bucket - 1);
	if (start >= 1024) {
		start >>= 10;
		unit++;
	}
	buf__addf(out, "  %4u - %4u %s", start, 2 * start, units[unit]);
}

static void add_table(const struct latency *l, const struct table *t, struct buf *out)
{
	bool nanoseconds = l->opts->nanoseconds;
	double unit = nanoseconds ? 1 : 1000;

	buf__addf(out, "#   DURATION     | %10s | %-*s |\n", "COUNT", BAR_WIDTH, "GRAPH");
	for (unsigned int i = 0; i < NR_BUCKETS; i++) {
		unsigned int bar = (double)t->buckets[i] / (double)t->count * BAR_WIDTH;

		if (l->opts->hide_empty && !t->buckets[i])
			continue;
		add_bounds(out, i, nanoseconds);
		buf__addf(out, " | %10" PRIu64 " | ", t->buckets[i]);
		buf__fill(out, '#', bar);
		buf__fill(out, ' ', BAR_WIDTH - bar);
		buf__adds(out, " |\n");
	}
	buf__addf(out, "\n# statistics  (in %s)\n", nanoseconds ? "nsec" : "usec");
	buf__addf(out, "  total time: %20.0f\n", t->total / unit);
	buf__addf(out, "    avg time: %20.0f\n", t->total / (double)t->count / unit);
	buf__addf(out, "    max time: %20" PRIu64 "\n", nanoseconds ? t->max : t->max / 1000);
	buf__addf(out, "    min time: %20" PRIu64 "\n", nanoseconds ? t->min : t->min / 1000);
	buf__addf(out, "       count: %20" PRIu64 "\n", t->count);
}

static int print_tables(struct latency *l, struct buf *out)
{
	for (unsigned int i = 0; i < l->nr; i++) {
		if (!l->tables[i])
			continue;
		if (l->opts->headings)
			buf__addf(out, "%s# Event '%s'\n#\n", l->any ? "\n" : "",
				  input__event(l->input, i)->name);
		add_table(l, l->tables[i], out);
		l->any = true;
	}
	if (!l->any && l->opts->headings)
		buf__adds(out, "# no durations: they are recorded of functions whose return is "
			  "traced\n");
	if (out->failed)
		return -ENOMEM;
	return fwrite(buf__str(out), 1, out->len, stdout) == out->len ? 0 : -EIO;
}

int latency__print(struct input *input, const struct latency_opts *opts, struct diag *diag)
{
	struct latency l = { .input = input, .opts = opts };
	struct buf out = BUF_INIT;
	int err = read_samples(&l, diag);

	if (!err)
		err = print_tables(&l, &out);
	for (unsigned int i = 0; i < l.nr; i++)
		free(l.tables[i]);
	free(l.tables);
	buf__exit(&out);
	return err;
}
