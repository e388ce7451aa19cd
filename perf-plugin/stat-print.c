// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/json.h"
#include "render/text.h"
#include "report/bars.h"
#include "stat-print.h"

#define NSEC_PER_SEC	1e9
#define NAME_WIDTH	24
#define LOG2_BUCKETS	(2 * BS_NR_BUCKETS)

/* One way through the lines, to be printed. */
struct printing {
	struct stat_print *print;
	const struct stat_state *state;
	bool total;			/* from the start on, not of the interval */
	struct buf out;
};

static const struct bs_cell *cell_of(const struct printing *p, const struct stat_line *line)
{
	return p->total ? line->total : line->interval;
}

static double seconds_of(const struct printing *p)
{
	return (p->total ? p->state->enabled_ns : p->state->interval_enabled_ns) / NSEC_PER_SEC;
}

static uint64_t nr_of(const struct printing *p, const struct stat_line *line)
{
	return stat_cell__nr(cell_of(p, line), &line->event->stat);
}

static bool is_pattern(const struct stat_line *line)
{
	return !spec__is_exact(line->event->spec);
}

/* ---- names and numbers -------------------------------------------------------------------- */

/* Functions of a pattern go by their names, what was asked for by name as the event does. */
static void add_name(struct buf *out, const struct stat_line *line)
{
	if (line->event->is_tracepoint)
		buf__adds(out, "tp:");
	if (!line->func || !is_pattern(line))
		text__adds(out, line->event->schema.name);
	else
		text__adds(out, line->func);
	if (line->func && line->module)
		buf__addf(out, " [%s]", line->module);
}

static const char *item_name(const struct stat_item *item)
{
	return item->is_duration ? "dur" : item->name;
}

static void add_grouped(struct buf *out, uint64_t n, bool negative, bool no_groups)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);

	if (negative)
		buf__addc(out, '-');
	for (int i = 0; i < len; i++) {
		if (i && !no_groups && (len - i) % 3 == 0)
			buf__addc(out, ',');
		buf__addc(out, digits[i]);
	}
}

static void add_value(const struct printing *p, const struct stat_item *item, uint64_t value,
		      struct buf *out)
{
	bool negative = item->is_signed && (int64_t)value < 0;

	if (item->is_duration)
		bars__duration(out, value, false);
	else
		add_grouped(out, negative ? -value : value, negative, p->print->no_groups);
}

/* What need not be whole: an average, a sum. */
static void add_real(const struct printing *p, const struct stat_item *item, double value,
		     struct buf *out)
{
	if (item->is_duration)
		bars__duration(out, value > 0 ? value + 0.5 : 0, false);
	else if (value == floor(value) && fabs(value) < 1e18)
		add_grouped(out, fabs(value), value < 0, p->print->no_groups);
	else
		buf__addf(out, fabs(value) < 1e15 ? "%.2f" : "%.6g", value);
}

/* ---- text --------------------------------------------------------------------------------- */

/* As perf's: three decimals and K, M, G. */
static void add_rate(struct buf *out, double rate)
{
	static const char units[] = " KMG";
	unsigned int unit = 0;

	while (rate >= 1000 && units[unit + 1]) {
		rate /= 1000;
		unit++;
	}
	buf__addf(out, "%8.3f %c/sec", rate, units[unit]);
}

static void add_time(struct printing *p)
{
	if (p->print->by_interval && !p->total)
		buf__addf(&p->out, "%16.9f ", p->state->now_ns / NSEC_PER_SEC);
}

/* Appends @text in a column of its own. */
static void add_column(struct printing *p, const struct buf *text, int width)
{
	if (width < 0 && (int)text->len < -width)
		buf__addf(&p->out, "%*s", -width - (int)text->len, "");
	buf__add(&p->out, text->data, text->len);
	if (width > 0 && (int)text->len < width)
		buf__addf(&p->out, "%*s", width - (int)text->len, "");
}

static void add_figure(struct printing *p, const struct stat_line *line,
		       const struct stat_item *item)
{
	struct stat_figure f;
	struct buf text = BUF_INIT;

	stat_figure__get(&f, cell_of(p, line), item);
	add_time(p);
	text__adds(&text, item_name(item));
	buf__addf(&p->out, "%18s        ", "");
	add_column(p, &text, NAME_WIDTH - 2);
	buf__adds(&p->out, " # ");
	if (f.nr) {
		add_real(p, item, f.sum / f.nr, &p->out);
		buf__adds(&p->out, " avg, ");
		add_value(p, item, f.min, &p->out);
		buf__adds(&p->out, " min, ");
		add_value(p, item, f.max, &p->out);
		buf__adds(&p->out, " max, ");
		add_real(p, item, f.sum, &p->out);
		buf__adds(&p->out, " sum");
	} else {
		buf__adds(&p->out, "no values");
	}
	if (f.faults)
		buf__addf(&p->out, ", %" PRIu64 " (fault)", f.faults);
	if (f.nulls)
		buf__addf(&p->out, ", %" PRIu64 " (null)", f.nulls);
	buf__addc(&p->out, '\n');
	buf__exit(&text);
}

static void add_text_line(struct printing *p, const struct stat_line *line)
{
	const struct stat_shape *shape = &line->event->stat;
	double seconds = seconds_of(p);
	struct buf text = BUF_INIT;

	add_time(p);
	if (line->why_not)
		buf__adds(&text, "<not counted>");
	else
		add_grouped(&text, nr_of(p, line), false, p->print->no_groups);
	add_column(p, &text, -18);
	buf__adds(&p->out, "      ");
	buf__clear(&text);
	add_name(&text, line);
	add_column(p, &text, NAME_WIDTH);
	buf__adds(&p->out, " # ");
	if (line->why_not)
		text__adds(&p->out, line->why_not);
	else if (seconds > 0)
		add_rate(&p->out, nr_of(p, line) / seconds);
	buf__addc(&p->out, '\n');
	for (unsigned int i = 0; i < shape->nr_items && !line->why_not; i++)
		add_figure(p, line, &shape->items[i]);
	buf__exit(&text);
}

/* ---- histograms --------------------------------------------------------------------------- */

static void add_bucket(const struct stat_figure *f, const struct stat_item *item, unsigned int n,
		       struct bars *bars)
{
	unsigned int form = item->is_duration ? BARS_DURATION : item->is_signed ? BARS_SIGNED : 0;
	uint64_t low, high;

	stat_bucket__range(n, &low, &high);
	bars__range(bars, low, high, form, f->buckets[n]);
}

/* From the lowest values that there are to the highest. */
static void add_buckets(const struct stat_figure *f, const struct stat_item *item,
			struct bars *bars)
{
	unsigned int order[LOG2_BUCKETS], nr = 0, first = 0, last = 0;

	for (unsigned int n = item->nr_buckets; n > BS_NR_BUCKETS; n--)
		order[nr++] = n - 1;
	for (unsigned int n = 0; n < BS_NR_BUCKETS; n++)
		order[nr++] = n;
	for (unsigned int i = 0; i < nr; i++)
		if (f->buckets[order[i]])
			last = i + 1;
	while (first < last && !f->buckets[order[first]])
		first++;
	for (unsigned int i = first; i < last; i++)
		add_bucket(f, item, order[i], bars);
}

static int add_histogram(struct printing *p, const struct stat_line *line,
			 const struct stat_item *item)
{
	struct buf label = BUF_INIT;
	struct bars_opts opts = {
		.columns = p->print->columns, .ascii = bars__ascii(), .headings = true,
		.colors = p->print->colors,
	};
	struct stat_figure f;
	struct bars *bars;
	int err;

	stat_figure__get(&f, cell_of(p, line), item);
	if (!f.nr)
		return 0;
	err = bars__new(&bars);
	if (err)
		return err;
	add_buckets(&f, item, bars);
	buf__adds(&p->out, "\n# ");
	add_name(&p->out, line);
	buf__adds(&p->out, ":\n#\n");
	text__adds(&label, item_name(item));
	opts.label = buf__str(&label);
	err = bars__print(bars, &opts, &p->out);
	bars__free(bars);
	buf__exit(&label);
	return err;
}

static int add_histograms(struct printing *p, const struct stat_line *line)
{
	const struct stat_shape *shape = &line->event->stat;
	int err = 0;

	for (unsigned int i = 0; i < shape->nr_items && !err; i++)
		if (shape->items[i].buckets)
			err = add_histogram(p, line, &shape->items[i]);
	return err;
}

/* ---- CSV ---------------------------------------------------------------------------------- */

static void begin_csv(struct printing *p)
{
	if (p->print->by_interval && !p->total)
		buf__addf(&p->out, "%.9f%s", p->state->now_ns / NSEC_PER_SEC, p->print->separator);
}

/* VALUE, unit, event, item, figure: the value is there already. */
static void end_csv(struct printing *p, const struct stat_line *line, const struct stat_item *item,
		    const char *figure)
{
	const char *sep = p->print->separator;
	bool has_unit = item && item->is_duration && strncmp(figure, "nr", 2) &&
			strncmp(figure, "hist", 4);

	buf__addf(&p->out, "%s%s%s", sep, has_unit ? "ns" : "", sep);
	add_name(&p->out, line);
	buf__adds(&p->out, sep);
	if (item)
		text__adds(&p->out, item_name(item));
	buf__addf(&p->out, "%s%s\n", sep, figure);
}

static void add_csv_number(struct printing *p, const struct stat_line *line,
			   const struct stat_item *item, const char *figure, uint64_t value,
			   bool is_signed)
{
	begin_csv(p);
	if (is_signed)
		buf__addd(&p->out, value);
	else
		buf__addu(&p->out, value);
	end_csv(p, line, item, figure);
}

static void add_csv_real(struct printing *p, const struct stat_line *line,
			 const struct stat_item *item, const char *figure, double value)
{
	begin_csv(p);
	buf__addf(&p->out, value == floor(value) ? "%.0f" : "%.2f", value);
	end_csv(p, line, item, figure);
}

static void add_csv_item(struct printing *p, const struct stat_line *line,
			 const struct stat_item *item)
{
	struct stat_figure f;

	stat_figure__get(&f, cell_of(p, line), item);
	add_csv_number(p, line, item, "nr", f.nr, false);
	if (f.faults + f.nulls) {
		add_csv_number(p, line, item, "nr_fault", f.faults, false);
		add_csv_number(p, line, item, "nr_null", f.nulls, false);
	}
	if (!f.nr)
		return;
	add_csv_real(p, line, item, "avg", f.sum / f.nr);
	add_csv_number(p, line, item, "min", f.min, item->is_signed);
	add_csv_number(p, line, item, "max", f.max, item->is_signed);
	add_csv_real(p, line, item, "sum", f.sum);
	for (unsigned int n = 0; f.buckets && n < item->nr_buckets; n++) {
		uint64_t low, high;
		char name[64];

		if (!f.buckets[n])
			continue;
		stat_bucket__range(n, &low, &high);
		if (item->is_signed)
			snprintf(name, sizeof(name), "hist:%" PRId64 "..%" PRId64, low, high);
		else
			snprintf(name, sizeof(name), "hist:%" PRIu64 "..%" PRIu64, low, high);
		add_csv_number(p, line, item, name, f.buckets[n], false);
	}
}

static void add_csv_line(struct printing *p, const struct stat_line *line)
{
	const struct stat_shape *shape = &line->event->stat;

	if (line->why_not) {
		begin_csv(p);
		buf__adds(&p->out, "<not counted>");
		end_csv(p, line, NULL, "count");
		return;
	}
	add_csv_number(p, line, NULL, "count", nr_of(p, line), false);
	for (unsigned int i = 0; i < shape->nr_items; i++)
		add_csv_item(p, line, &shape->items[i]);
}

/* ---- JSON --------------------------------------------------------------------------------- */

static void add_json_number(struct json *json, const struct stat_item *item, uint64_t value)
{
	if (item->is_signed)
		json__s64(json, value);
	else
		json__u64(json, value);
}

static void add_json_buckets(struct json *json, const struct stat_item *item,
			     const struct stat_figure *f)
{
	json__key(json, "histogram");
	json__open(json, '[');
	for (unsigned int n = 0; n < item->nr_buckets; n++) {
		uint64_t low, high;

		if (!f->buckets[n])
			continue;
		stat_bucket__range(n, &low, &high);
		json__open(json, '{');
		json__key(json, "low");
		add_json_number(json, item, low);
		json__key(json, "high");
		add_json_number(json, item, high);
		json__key(json, "count");
		json__u64(json, f->buckets[n]);
		json__close(json, '}');
	}
	json__close(json, ']');
}

static void add_json_item(struct printing *p, const struct stat_line *line,
			  const struct stat_item *item, struct json *json)
{
	struct stat_figure f;

	stat_figure__get(&f, cell_of(p, line), item);
	json__open(json, '{');
	json__key(json, "name");
	json__strings(json, item_name(item));
	json__key(json, "unit");
	json__strings(json, item->is_duration ? "ns" : "");
	json__key(json, "nr");
	json__u64(json, f.nr);
	json__key(json, "nr_fault");
	json__u64(json, f.faults);
	json__key(json, "nr_null");
	json__u64(json, f.nulls);
	if (f.nr) {
		json__key(json, "avg");
		json__double(json, f.sum / f.nr, 15);
		json__key(json, "min");
		add_json_number(json, item, f.min);
		json__key(json, "max");
		add_json_number(json, item, f.max);
		json__key(json, "sum");
		json__double(json, f.sum, 17);
	}
	if (f.buckets)
		add_json_buckets(json, item, &f);
	json__close(json, '}');
}

static void add_json_line(struct printing *p, const struct stat_line *line)
{
	const struct stat_shape *shape = &line->event->stat;
	struct json json = JSON_INIT(&p->out);
	double seconds = seconds_of(p);
	struct buf name = BUF_INIT;

	add_name(&name, line);
	json__open(&json, '{');
	if (p->print->by_interval && !p->total) {
		json__key(&json, "interval");
		json__seconds(&json, p->state->now_ns);
	}
	json__key(&json, "event");
	json__string(&json, name.data, name.len);
	json__key(&json, "counter-value");
	if (line->why_not) {
		json__strings(&json, "<not counted>");
		json__key(&json, "reason");
		json__strings(&json, line->why_not);
	} else {
		json__u64(&json, nr_of(p, line));
		json__key(&json, "per-second");
		json__double(&json, seconds > 0 ? nr_of(p, line) / seconds : 0, 6);
	}
	if (shape->nr_items && !line->why_not) {
		json__key(&json, "values");
		json__open(&json, '[');
		for (unsigned int i = 0; i < shape->nr_items; i++)
			add_json_item(p, line, &shape->items[i], &json);
		json__close(&json, ']');
	}
	json__close(&json, '}');
	buf__addc(&p->out, '\n');
	buf__exit(&name);
}

/* ---- which lines, in which order ---------------------------------------------------------- */

static int add_line(struct printing *p, const struct stat_line *line)
{
	switch (p->print->format) {
	case STAT_CSV:
		add_csv_line(p, line);
		return 0;
	case STAT_JSON:
		add_json_line(p, line);
		return 0;
	default:
		add_text_line(p, line);
		return 0;
	}
}

struct ranked {
	const struct stat_line *line;
	uint64_t nr;
};

static int compare_ranked(const void *pa, const void *pb)
{
	const struct ranked *a = pa, *b = pb;

	if (a->nr != b->nr)
		return a->nr > b->nr ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

/* All functions of an event as one line. It has to be freed. */
static int sum_up(const struct printing *p, const struct stat_line *lines, unsigned int nr,
		  struct stat_line *sum)
{
	const struct stat_shape *shape = &lines->event->stat;

	*sum = (struct stat_line){
		.event = lines->event, .func = nr == 1 ? lines->func : NULL,
		.module = nr == 1 ? lines->module : NULL, .total = calloc(1, shape->cell_size),
	};
	sum->interval = sum->total;
	if (!sum->total)
		return -ENOMEM;
	for (unsigned int i = 0; i < nr; i++)
		if (!lines[i].why_not)
			stat_cell__add(sum->total, cell_of(p, &lines[i]), shape);
	return 0;
}

/* The functions of a pattern's event, those called most first. */
static int add_ranked(struct printing *p, const struct stat_line *lines, unsigned int nr)
{
	struct ranked *ranked = calloc(nr + 1, sizeof(*ranked));
	bool all = p->print->all || p->print->format != STAT_TEXT;
	unsigned int nr_shown = 0, nr_called = 0;
	int err = 0;

	if (!ranked)
		return -ENOMEM;
	for (unsigned int i = 0; i < nr; i++) {
		ranked[i] = (struct ranked){ &lines[i], nr_of(p, &lines[i]) };
		nr_called += ranked[i].nr != 0;
	}
	qsort(ranked, nr, sizeof(*ranked), compare_ranked);
	for (unsigned int i = 0; i < nr && !err; i++) {
		if ((!all && !ranked[i].nr) || (p->print->top && i >= p->print->top))
			break;
		err = add_line(p, ranked[i].line);
		if (!err && p->print->each && p->print->format == STAT_TEXT)
			err = add_histograms(p, ranked[i].line);
		nr_shown++;
	}
	free(ranked);
	if (p->print->format != STAT_TEXT || nr_shown == nr || (p->print->by_interval && !p->total))
		return err;
	buf__addf(&p->out, "%18s      ", "");
	text__adds(&p->out, lines->event->schema.name);
	buf__addf(&p->out, ": %u of %u functions were called", nr_called, nr);
	if (nr_shown < nr_called)
		buf__addf(&p->out, ", %u are shown", nr_shown);
	buf__addc(&p->out, '\n');
	return err;
}

static unsigned int event_end(const struct stat_counts *counts, unsigned int first)
{
	unsigned int end = first + 1;

	while (end < counts->nr && counts->lines[end].event == counts->lines[first].event)
		end++;
	return end;
}

static int add_event(struct printing *p, const struct stat_line *lines, unsigned int nr)
{
	struct stat_line sum = { .event = NULL };
	int err;

	if (is_pattern(lines) && !p->print->sum)
		return add_ranked(p, lines, nr);
	if (nr == 1)
		return add_line(p, lines);
	err = sum_up(p, lines, nr, &sum);
	if (!err)
		err = add_line(p, &sum);
	free(sum.total);
	return err;
}

static int add_event_histograms(struct printing *p, const struct stat_line *lines, unsigned int nr)
{
	struct stat_line sum;
	int err = sum_up(p, lines, nr, &sum);

	if (!err)
		err = add_histograms(p, &sum);
	free(sum.total);
	return err;
}

static int add_all(struct printing *p)
{
	const struct stat_counts *counts = p->state->counts;
	unsigned int end;
	int err = 0;

	for (unsigned int i = 0; i < counts->nr && !err; i = end) {
		end = event_end(counts, i);
		err = add_event(p, &counts->lines[i], end - i);
	}
	if (p->print->format != STAT_TEXT)
		return err;
	for (unsigned int i = 0; i < counts->nr && !err; i = end) {
		end = event_end(counts, i);
		err = add_event_histograms(p, &counts->lines[i], end - i);
	}
	return err;
}

static int write_out(struct printing *p, int err)
{
	if (!err && p->out.failed)
		err = -ENOMEM;
	if (!err && (fwrite(p->out.data, 1, p->out.len, p->print->out) != p->out.len ||
		     fflush(p->print->out)))
		err = -errno;
	buf__exit(&p->out);
	return err;
}

/* ---- the whole ---------------------------------------------------------------------------- */

int stat_print__interval(struct stat_print *print, const struct stat_state *state)
{
	struct printing p = { .print = print, .state = state, .out = BUF_INIT };

	if (print->format == STAT_TEXT && print->nr_printed % 25 == 0)
		buf__addf(&p.out, "#%15s %18s events\n", "time", "counts");
	print->nr_printed++;
	return write_out(&p, add_all(&p));
}

static void add_seconds(struct buf *out, uint64_t ns, const char *what)
{
	buf__addf(out, " %17.9f seconds %s\n", ns / NSEC_PER_SEC, what);
}

int stat_print__total(struct stat_print *print, const struct stat_state *state,
		      const struct stat_result *result)
{
	struct printing p = { .print = print, .state = state, .total = true, .out = BUF_INIT };
	int err;

	if (print->format == STAT_TEXT)
		buf__addf(&p.out, "\n Performance counter stats for %s:\n\n", print->title);
	err = add_all(&p);
	if (print->format != STAT_TEXT)
		return write_out(&p, err);
	buf__addc(&p.out, '\n');
	add_seconds(&p.out, state->now_ns, "time elapsed");
	buf__addc(&p.out, '\n');
	if (result->has_workload) {
		add_seconds(&p.out, result->user_ns, "user");
		add_seconds(&p.out, result->system_ns, "sys");
		buf__addc(&p.out, '\n');
	}
	return write_out(&p, err);
}
