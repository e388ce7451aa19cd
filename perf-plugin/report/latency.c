// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../render/json.h"
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

static int add_sample(void *ctx, const struct perfdata_sample *s)
{
	struct latency *l = ctx;
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

/* The last one has no end. */
static void add_json_bucket(const struct table *t, unsigned int bucket, uint64_t unit,
			    struct json *json)
{
	json__open(json, '{');
	json__key(json, "low");
	json__u64(json, bucket ? unit << (bucket - 1) : 0);
	json__key(json, "high");
	if (bucket < NR_BUCKETS - 1)
		json__u64(json, (unit << bucket) - 1);
	else
		json__null(json);
	json__key(json, "count");
	json__u64(json, t->buckets[bucket]);
	json__close(json, '}');
}

static void add_json(const struct latency *l, const char *event, const struct table *t,
		     struct buf *out)
{
	struct json json = JSON_INIT(out);

	json__open(&json, '{');
	json__key(&json, "event");
	json__strings(&json, event);
	json__key(&json, "unit");
	json__strings(&json, "ns");
	json__key(&json, "nr");
	json__u64(&json, t->count);
	json__key(&json, "sum");
	json__double(&json, t->total, 17);
	json__key(&json, "avg");
	json__double(&json, t->total / (double)t->count, 15);
	json__key(&json, "min");
	json__u64(&json, t->min);
	json__key(&json, "max");
	json__u64(&json, t->max);
	json__key(&json, "histogram");
	json__open(&json, '[');
	for (unsigned int i = 0; i < NR_BUCKETS; i++)
		if (!l->opts->hide_empty || t->buckets[i])
			add_json_bucket(t, i, l->opts->nanoseconds ? 1 : 1000, &json);
	json__close(&json, ']');
	json__close(&json, '}');
	buf__addc(out, '\n');
}

static int print_tables(struct latency *l, struct buf *out)
{
	for (unsigned int i = 0; i < l->nr; i++) {
		if (!l->tables[i])
			continue;
		if (l->opts->json) {
			add_json(l, input__event(l->input, i)->name, l->tables[i], out);
			continue;
		}
		if (l->opts->headings)
			buf__addf(out, "%s# Event '%s'\n#\n", l->any ? "\n" : "",
				  input__event(l->input, i)->name);
		add_table(l, l->tables[i], out);
		l->any = true;
	}
	if (!l->any && l->opts->headings && !l->opts->json)
		buf__adds(out, "# no durations: they are recorded of functions whose return is "
			  "traced\n");
	return buf__flush(out, stdout);
}

int latency__print(struct input *input, const struct latency_opts *opts, struct diag *diag)
{
	struct latency l = { .input = input, .opts = opts };
	struct buf out = BUF_INIT;
	int err = input__each_sample(l.input, add_sample, &l, diag);

	if (!err)
		err = print_tables(&l, &out);
	for (unsigned int i = 0; i < l.nr; i++)
		free(l.tables[i]);
	free(l.tables);
	buf__exit(&out);
	return err;
}
