// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../render/color.h"
#include "../render/json.h"
#include "../render/table.h"
#include "diff-figure.h"

#define MAX_FIGURES	8	/* of a group */
#define MAX_TEXTS	3	/* texts shown of a field */
#define SAMPLES		-1	/* as a field: how many samples there are */

/* What is compared: the number of samples of an entry, or the values of one field. */
struct group {
	unsigned int entry;
	int field;
	struct measure *measures;	/* by file, that of the baseline unused */
	double change;			/* of the file by which is sorted */
	double weight;			/* the entry's share of its event's samples */
	uint64_t nr;			/* samples in the baseline */
};

struct printer {
	struct diff *diff;
	unsigned int file;		/* by which is sorted, 1 or more */
	struct group *groups;
	size_t nr;
	size_t cap;
	struct measure *measures;	/* of all groups */
	struct table *table;
	bool measure;			/* cells are measured, not yet printed */
	struct buf text;
	struct buf out;
	FILE *stream;
};

/* ---- groups -------------------------------------------------------------------------------- */

static bool has_values(const struct diff_side *side)
{
	return side && (side->numbers || side->texts);
}

static struct measure measure_field(const struct diff *diff, const struct diff_entry *entry,
				    unsigned int field, unsigned int file)
{
	const struct diff_side *a = diff__side(diff, entry, field, 0);
	const struct diff_side *b = diff__side(diff, entry, field, file);

	if (!has_values(a) && !has_values(b))
		return (struct measure){ 0 };
	if (!has_values(a) || !has_values(b))
		return measure__counts(has_values(a) ? entry->counts[0] : 0, 0,
				       has_values(b) ? entry->counts[file] : 0, 0);
	return a->numbers ? measure__numbers(a->numbers, b->numbers) :
			    measure__texts(a->texts, b->texts);
}

/* An entry that one of the files doesn't have is new or gone, and that is all to say about it. */
static bool is_in_both(const struct diff *diff, const struct diff_entry *entry)
{
	unsigned int file;

	if (!entry->counts[0])
		return false;
	for (file = 1; file < diff->nr_files; file++) {
		if (entry->counts[file])
			return true;
	}
	return false;
}

static bool is_compared(const struct diff *diff, const struct diff_entry *entry, unsigned int field)
{
	if (!is_in_both(diff, entry))
		return false;
	for (unsigned int file = 0; file < diff->nr_files; file++) {
		if (has_values(diff__side(diff, entry, field, file)))
			return true;
	}
	return false;
}

static void set_figure(struct figure *figure, const struct group *group, enum figure_kind kind)
{
	*figure = (struct figure){
		.kind = kind, .entry = group->entry,
		.field = group->field == SAMPLES ? 0 : group->field,
	};
}

/* The commonest changes of texts between the baseline and the file sorted by. */
static unsigned int choose_texts(const struct printer *p, const struct group *group,
				 struct figure *figures)
{
	const struct diff *diff = p->diff;
	const struct diff_entry *entry = &diff->entries[group->entry];
	double change[MAX_TEXTS] = { 0 };
	unsigned int nr = 0, files[] = { 0, p->file };

	for (unsigned int i = 0; i < 2; i++) {
		const struct diff_side *side = diff__side(diff, entry, group->field, files[i]);

		for (uint32_t j = 0; side && side->texts && j < tally__nr(side->texts); j++) {
			struct figure figure;
			unsigned int at;
			double by;

			set_figure(&figure, group, FIGURE_TEXT);
			figure.text = tally__value(side->texts, j, &figure.len);
			/* The second time round, only what was not there before. */
			if (i && figure__value(diff, &figure, 0) > 0)
				continue;
			by = fabs(figure__change(&figure, figure__value(diff, &figure, 0),
						 figure__value(diff, &figure, p->file)));
			for (at = nr; at > 0 && change[at - 1] < by; at--)
				;
			if (at == MAX_TEXTS || (nr && by < 0.0001))
				continue;
			nr = nr < MAX_TEXTS ? nr + 1 : nr;
			memmove(change + at + 1, change + at, (nr - at - 1) * sizeof(*change));
			memmove(figures + at + 1, figures + at, (nr - at - 1) * sizeof(*figures));
			change[at] = by;
			figures[at] = figure;
		}
	}
	/* One that didn't change is shown where none did. */
	return nr > 1 && change[nr - 1] < 0.0001 ? nr - 1 : nr;
}

static void add_quantile(struct figure *figures, unsigned int *nr, const struct group *group,
			 double quantile)
{
	for (unsigned int i = 0; i < *nr; i++) {
		if (figures[i].kind == FIGURE_QUANTILE && figures[i].quantile == quantile)
			return;
	}
	set_figure(&figures[*nr], group, FIGURE_QUANTILE);
	figures[(*nr)++].quantile = quantile;
}

static unsigned int choose_numbers(const struct printer *p, const struct group *group,
				   struct figure *figures)
{
	const struct diff *diff = p->diff;
	const struct diff_entry *entry = &diff->entries[group->entry];
	const struct diff_field *field = &diff->events[entry->event].fields[group->field];
	unsigned int nr = 0;
	bool unreadable = false;

	for (unsigned int file = 0; file < diff->nr_files; file++) {
		const struct diff_side *side = diff__side(diff, entry, group->field, file);

		unreadable |= side && side->nr_unreadable;
	}
	set_figure(&figures[nr++], group, FIGURE_AVG);
	if (field->is_duration) {
		add_quantile(figures, &nr, group, 0.5);
		add_quantile(figures, &nr, group, 0.99);
	}
	if (group->measures[p->file].distance > 0 && group->measures[p->file].quantile > 0)
		add_quantile(figures, &nr, group, group->measures[p->file].quantile);
	if (unreadable)
		set_figure(&figures[nr++], group, FIGURE_UNREADABLE);
	return nr;
}

static unsigned int choose_counts(const struct printer *p, const struct group *group,
				  struct figure *figures)
{
	const struct diff *diff = p->diff;
	unsigned int nr = 0;
	bool timed = true;

	for (unsigned int file = 0; file < diff->nr_files; file++)
		timed &= diff->files[file].seconds > 0;
	set_figure(&figures[nr++], group, FIGURE_SAMPLES);
	if (timed)
		set_figure(&figures[nr++], group, FIGURE_RATE);
	if (diff->events[diff->entries[group->entry].event].nr_entries > 1)
		set_figure(&figures[nr++], group, FIGURE_OVERHEAD);
	return nr;
}

/* The figures that show what changed in a group; what didn't has one. */
static unsigned int choose_figures(const struct printer *p, const struct group *group,
				   struct figure *figures)
{
	const struct diff *diff = p->diff;
	const struct diff_event *event = &diff->events[diff->entries[group->entry].event];

	if (group->field == SAMPLES)
		return choose_counts(p, group, figures);
	if (event->fields[group->field].is_quantity)
		return choose_numbers(p, group, figures);
	return choose_texts(p, group, figures);
}

static int add_group(struct printer *p, unsigned int entry, int field)
{
	struct group *more;
	size_t cap;

	if (p->nr == p->cap) {
		cap = p->cap ? 2 * p->cap : 64;
		more = reallocarray(p->groups, cap, sizeof(*more));
		if (!more)
			return -ENOMEM;
		p->groups = more;
		p->cap = cap;
	}
	p->groups[p->nr++] = (struct group){
		.entry = entry, .field = field, .nr = p->diff->entries[entry].counts[0],
	};
	return 0;
}

/* The larger one of the entry's shares, in the baseline and in the file by which is sorted. */
static double weight_of(const struct printer *p, const struct diff_entry *entry)
{
	const struct diff_event *event = &p->diff->events[entry->event];
	double weight = 0;
	unsigned int files[] = { 0, p->file };

	for (unsigned int i = 0; i < 2; i++) {
		uint64_t all = event->counts[files[i]];
		double share = all ? (double)entry->counts[files[i]] / (double)all : 0;

		weight = share > weight ? share : weight;
	}
	return weight;
}

static void measure_group(struct printer *p, struct group *group, struct measure *measures)
{
	const struct diff *diff = p->diff;
	const struct diff_entry *entry = &diff->entries[group->entry];
	struct figure figures[MAX_FIGURES];

	group->measures = measures;
	group->weight = weight_of(p, entry);
	for (unsigned int file = 1; file < diff->nr_files; file++) {
		if (group->field == SAMPLES)
			measures[file] = measure__counts(entry->counts[0], diff->files[0].seconds,
							 entry->counts[file],
							 diff->files[file].seconds);
		else
			measures[file] = measure_field(diff, entry, group->field, file);
	}
	if (choose_figures(p, group, figures))
		group->change = figure__change(&figures[0], figure__value(diff, &figures[0], 0),
					       figure__value(diff, &figures[0], p->file));
}

static int add_groups(struct printer *p)
{
	const struct diff *diff = p->diff;
	int err = 0;

	for (unsigned int i = 0; i < diff->nr_entries && !err; i++) {
		const struct diff_entry *entry = &diff->entries[i];

		if (diff->opts->baseline_only && !entry->counts[0])
			continue;
		err = add_group(p, i, SAMPLES);
		for (unsigned int j = 0; j < diff->events[entry->event].nr_fields && !err; j++) {
			if (is_compared(diff, entry, j))
				err = add_group(p, i, j);
		}
	}
	if (err)
		return err;
	p->measures = calloc(p->nr * diff->nr_files + 1, sizeof(*p->measures));
	if (!p->measures)
		return -ENOMEM;
	for (size_t i = 0; i < p->nr; i++)
		measure_group(p, &p->groups[i], p->measures + i * diff->nr_files);
	return 0;
}

/* ---- what comes first ---------------------------------------------------------------------- */

static int descending(double a, double b)
{
	return a > b ? -1 : a < b;
}

static bool is_certain(const struct printer *p, const struct group *group)
{
	return group->measures[p->file].certain > 0;
}

static int by_change(const struct printer *p, const struct group *a, const struct group *b)
{
	const struct measure *x = &a->measures[p->file], *y = &b->measures[p->file];
	int diff = is_certain(p, b) - is_certain(p, a);

	if (!p->diff->opts->order)
		return a->nr != b->nr ? (a->nr > b->nr ? -1 : 1) : 0;
	if (diff)
		return diff;
	switch (p->diff->opts->compute) {
	case DIFF_DISTANCE:
		/* A task that came or went is no more than its share of the event. */
		diff = descending(x->certain * a->weight, y->certain * b->weight);
		return diff ? diff : descending(x->distance * a->weight, y->distance * b->weight);
	case DIFF_DELTA_ABS:
		return descending(fabs(a->change), fabs(b->change));
	default:
		return descending(a->change, b->change);
	}
}

static int compare_groups(const void *a, const void *b, void *ctx)
{
	const struct group *x = a, *y = b;
	int diff = by_change(ctx, x, y);

	if (diff)
		return diff;
	if (x->nr != y->nr)
		return x->nr > y->nr ? -1 : 1;
	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	return x->field < y->field ? -1 : x->field > y->field;
}

/* ---- text ---------------------------------------------------------------------------------- */

static int flush(struct printer *p)
{
	if (p->text.failed)
		p->out.failed = true;
	return buf__flush(&p->out, p->stream);
}

static void end_cell(struct printer *p, const char *color)
{
	if (p->measure)
		table__measure(p->table, buf__str(&p->text), p->text.len);
	else
		table__cell(p->table, buf__str(&p->text), p->text.len, color, &p->out);
	buf__clear(&p->text);
}

static int add_column(struct printer *p, const char *name, unsigned int file, bool right)
{
	int err;

	buf__clear(&p->text);
	buf__adds(&p->text, name);
	if (file && p->diff->nr_files > 2)
		buf__addf(&p->text, "/%u", file);
	err = p->text.failed ? -ENOMEM :
	      table__column(p->table, buf__str(&p->text), right, 0);
	buf__clear(&p->text);
	return err;
}

static int add_columns(struct printer *p)
{
	const struct diff *diff = p->diff;
	int err = add_column(p, "Baseline", 0, true);

	for (unsigned int file = 1; file < diff->nr_files && !err; file++) {
		err = add_column(p, "Now", file, true);
		if (!err)
			err = add_column(p, diff->opts->compute == DIFF_RATIO ? "Ratio" : "Delta",
					 file, true);
		if (!err)
			err = add_column(p, "Distance", file, true);
	}
	if (!err)
		err = add_column(p, "Figure", 0, false);
	for (unsigned int i = 0; i < diff->nr_keys && !err; i++)
		err = add_column(p, diff->key_labels[i] ? diff->key_labels[i] : "-", 0, false);
	return err;
}

/* A share in per cent; what noise may explain stands behind a '~'. */
static void add_distance(struct printer *p, const struct measure *m)
{
	const char *color = COLOR_NONE;

	if (p->diff->opts->colors && m->certain > 0)
		color = color__percent(m->certain * 100);
	buf__adds(&p->text, m->certain > 0 || !(m->distance > 0) ? "" : "~");
	buf__addf(&p->text, "%.2f%%", m->distance * 100);
	end_cell(p, color);
}

static void add_keys(struct printer *p, const struct diff_entry *entry)
{
	const char *key = entry->keys;

	for (unsigned int i = 0; i < p->diff->nr_keys; i++) {
		buf__adds(&p->text, key);
		end_cell(p, COLOR_NONE);
		key += strlen(key) + 1;
	}
}

static void add_row(struct printer *p, const struct group *group, const struct figure *figure,
		    bool first)
{
	const struct diff *diff = p->diff;
	bool raw = diff->opts->separator;
	double base = figure__value(diff, figure, 0);

	buf__clear(&p->text);
	figure__add(diff, figure, base, raw, &p->text);
	end_cell(p, COLOR_NONE);
	for (unsigned int file = 1; file < diff->nr_files; file++) {
		double now = figure__value(diff, figure, file);

		figure__add(diff, figure, now, raw, &p->text);
		end_cell(p, COLOR_NONE);
		figure__delta(diff, figure, base, now, raw, &p->text);
		end_cell(p, COLOR_NONE);
		if (first)
			add_distance(p, &group->measures[file]);
		else
			end_cell(p, COLOR_NONE);
	}
	figure__name(diff, figure, &p->text);
	end_cell(p, COLOR_NONE);
	add_keys(p, &diff->entries[group->entry]);
}

/* Of what noise may explain, one figure is enough; programs get them all. */
static void add_rows(struct printer *p, const struct group *group)
{
	struct figure figures[MAX_FIGURES];
	unsigned int nr = choose_figures(p, group, figures);

	if (nr > 1 && !is_certain(p, group) && !p->diff->opts->separator)
		nr = 1;
	for (unsigned int i = 0; i < nr; i++)
		add_row(p, group, &figures[i], !i || p->diff->opts->separator);
}

static unsigned int event_of(const struct printer *p, const struct group *group)
{
	return p->diff->entries[group->entry].event;
}

/* "new" and "gone" are events that one of two files doesn't have. */
static void add_event_heading(struct printer *p, unsigned int index)
{
	const struct diff_event *event = &p->diff->events[index];

	buf__addf(&p->out, "# Event '%s'", event->name);
	if (!event->counts[0])
		buf__adds(&p->out, " (new)");
	else if (!event->counts[p->file])
		buf__adds(&p->out, " (gone)");
	buf__adds(&p->out, "\n#\n");
}

static int print_event(struct printer *p, unsigned int event)
{
	int err = table__new(p->diff->opts->separator, &p->table);

	if (!err)
		err = add_columns(p);
	for (int pass = 0; pass < 2 && !err; pass++) {
		p->measure = !pass;
		if (pass && p->diff->opts->headings) {
			add_event_heading(p, event);
			table__headings(p->table, &p->out);
		}
		for (size_t i = 0; i < p->nr; i++) {
			if (event_of(p, &p->groups[i]) == event)
				add_rows(p, &p->groups[i]);
		}
	}
	buf__adds(&p->out, p->diff->opts->headings ? "\n\n" : "");
	table__free(p->table);
	p->table = NULL;
	return err ? err : flush(p);
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static void add_json_value(struct json *json, const char *key, double value)
{
	json__key(json, key);
	if (isnan(value) || isinf(value))
		json__null(json);
	else
		json__double(json, value, 12);
}

static void add_json_file(struct printer *p, const struct group *group,
			  const struct figure *figure, unsigned int file, struct json *json)
{
	double base = figure__value(p->diff, figure, 0), now = figure__value(p->diff, figure, file);
	double change = figure__change(figure, base, now);

	json__open(json, '{');
	json__key(json, "file");
	json__strings(json, p->diff->files[file].name);
	add_json_value(json, "value", now);
	add_json_value(json, "change", isnan(base) || isnan(now) ? NAN : change);
	add_json_value(json, "distance", group->measures[file].distance);
	add_json_value(json, "certain", group->measures[file].certain);
	json__close(json, '}');
}

static void add_json(struct printer *p, const struct group *group, const struct figure *figure)
{
	const struct diff *diff = p->diff;
	const struct diff_entry *entry = &diff->entries[group->entry];
	struct json json = JSON_INIT(&p->out);
	const char *key = entry->keys;

	json__open(&json, '{');
	json__key(&json, "event");
	json__strings(&json, diff->events[entry->event].name);
	json__key(&json, "keys");
	json__open(&json, '[');
	for (unsigned int i = 0; i < diff->nr_keys; i++) {
		json__strings(&json, key);
		key += strlen(key) + 1;
	}
	json__close(&json, ']');
	buf__clear(&p->text);
	figure__name(diff, figure, &p->text);
	json__key(&json, "figure");
	json__string(&json, buf__str(&p->text), p->text.len);
	add_json_value(&json, "baseline", figure__value(diff, figure, 0));
	json__key(&json, "files");
	json__open(&json, '[');
	for (unsigned int file = 1; file < diff->nr_files; file++)
		add_json_file(p, group, figure, file, &json);
	json__close(&json, ']');
	json__close(&json, '}');
	buf__addc(&p->out, '\n');
}

static int print_json(struct printer *p)
{
	struct figure figures[MAX_FIGURES];
	int err = 0;

	for (size_t i = 0; i < p->nr && !err; i++) {
		unsigned int nr = choose_figures(p, &p->groups[i], figures);

		for (unsigned int j = 0; j < nr; j++)
			add_json(p, &p->groups[i], &figures[j]);
		err = flush(p);
	}
	return err;
}

/* ---- all ----------------------------------------------------------------------------------- */

static void add_summary(struct printer *p)
{
	const struct diff *diff = p->diff;
	unsigned int nr_new = 0, nr_gone = 0;
	size_t nr = 0, changed = 0;

	buf__adds(&p->out, "# Data files:\n");
	for (unsigned int file = 0; file < diff->nr_files; file++)
		buf__addf(&p->out, "#  [%u] %s: %" PRIu64 " samples in %.3f s%s\n", file,
			  diff->files[file].name, diff->files[file].nr_samples,
			  diff->files[file].seconds, file ? "" : " (Baseline)");
	for (unsigned int i = 0; i < diff->nr_entries; i++) {
		nr_new += !diff->entries[i].counts[0];
		nr_gone += diff->entries[i].counts[0] && !diff->entries[i].counts[p->file];
	}
	for (size_t i = 0; i < p->nr; i++) {
		const struct diff_entry *entry = &diff->entries[p->groups[i].entry];

		if (!entry->counts[0] || !entry->counts[p->file])
			continue;
		nr++;
		changed += is_certain(p, &p->groups[i]);
	}
	buf__addf(&p->out, "#\n# %zu of %zu counts and fields changed by more than noise explains, "
		  "%u entries are new, %u are gone\n", changed, nr, nr_new, nr_gone);
	if (diff->nr_left_out)
		buf__addf(&p->out, "# %" PRIu64 " samples of more than %d entries were left out\n",
			  diff->nr_left_out, DIFF_MAX_ENTRIES);
	buf__adds(&p->out, "#\n");
}

/* The event of what changed most comes first. */
static int print_events(struct printer *p)
{
	bool *done = calloc(p->diff->nr_events + 1, sizeof(*done));
	int err = done ? 0 : -ENOMEM;

	for (size_t i = 0; i < p->nr && !err; i++) {
		unsigned int event = event_of(p, &p->groups[i]);

		if (!done[event])
			err = print_event(p, event);
		done[event] = true;
	}
	free(done);
	return err;
}

int diff__print(struct diff *diff, FILE *out)
{
	struct printer p = { .diff = diff, .stream = out };
	int err;

	p.file = diff->opts->order && diff->opts->order < diff->nr_files ? diff->opts->order : 1;
	err = add_groups(&p);
	if (!err) {
		if (p.nr)
			qsort_r(p.groups, p.nr, sizeof(*p.groups), compare_groups, &p);
		if (diff->opts->headings && !diff->opts->json)
			add_summary(&p);
		err = flush(&p);
	}
	if (!err)
		err = diff->opts->json ? print_json(&p) : print_events(&p);
	free(p.groups);
	free(p.measures);
	buf__exit(&p.text);
	buf__exit(&p.out);
	return err;
}
