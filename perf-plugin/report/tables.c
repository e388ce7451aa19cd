// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "aggregate-queue.h"
#include "column.h"
#include "groups.h"
#include "hierarchy.h"
#include "tables.h"

/* An event's samples: in one of the two. */
struct event_table {
	struct aggregate *agg;
	struct hierarchy *hierarchy;
	struct column *sym;		/* with resolved_only; NULL: it has none */
	bool has_sym;			/* it was looked for */
};

struct tables {
	struct input *input;
	const struct tables_opts *opts;
	struct event_table *events;	/* by event */
	unsigned int nr_events;
	struct groups *groups;		/* with group_by */
	struct aggregate_queue *queue;
};

/* ---- life ---------------------------------------------------------------------------------- */

int tables__new(struct input *input, const struct tables_opts *opts, struct tables **out,
		struct diag *diag)
{
	struct tables *tables;
	int err = aggregate__check(input, &opts->aggregate, diag);

	if (err)
		return err;
	tables = calloc(1, sizeof(*tables));
	if (!tables)
		return -ENOMEM;
	tables->input = input;
	tables->opts = opts;
	err = aggregate_queue__new(input, &tables->queue);
	if (!err && opts->group_by)
		err = groups__new(input, opts->group_by, &opts->aggregate, &tables->groups, diag);
	if (err)
		tables__free(tables);
	else
		*out = tables;
	return err;
}

void tables__free(struct tables *tables)
{
	unsigned int i;

	if (!tables)
		return;
	for (i = 0; i < tables->nr_events; i++) {
		aggregate__free(tables->events[i].agg);
		hierarchy__free(tables->events[i].hierarchy);
		column__free(tables->events[i].sym);
	}
	free(tables->events);
	groups__free(tables->groups);
	aggregate_queue__free(tables->queue);
	free(tables);
}

/* ---- reading ------------------------------------------------------------------------------- */

static int add_events(struct tables *tables)
{
	unsigned int nr = input__nr_events(tables->input);
	struct event_table *more = reallocarray(tables->events, nr, sizeof(*more));

	if (!more)
		return -ENOMEM;
	memset(more + tables->nr_events, 0, (nr - tables->nr_events) * sizeof(*more));
	tables->events = more;
	tables->nr_events = nr;
	return 0;
}

static int make_table(struct tables *tables, unsigned int event)
{
	const struct perfdata_event *pe = perfdata_reader__event(input__reader(tables->input),
								 event);
	struct aggregate_opts opts = tables->opts->aggregate;
	struct event_table *table = &tables->events[event];

	if (table->agg || table->hierarchy)
		return 0;
	if (tables->opts->hierarchy)
		return hierarchy__new(tables->input, event, &opts, &table->hierarchy);
	if (pe->attr->sample_type & PERF_SAMPLE_CALLCHAIN) {
		opts.children = tables->opts->children;
		opts.chains = tables->opts->chains;
	}
	return aggregate__new(tables->input, event, &opts, &table->agg);
}

static int is_resolved(struct tables *tables, const struct perfdata_sample *sample, bool *resolved)
{
	struct event_table *table = &tables->events[sample->event];
	struct column_value value;
	int err = 0;

	if (!table->has_sym && column__new(tables->input, sample->event, "sym", &table->sym, NULL))
		table->sym = NULL;
	table->has_sym = true;
	*resolved = false;
	if (table->sym)
		err = column__read(table->sym, sample, &value);
	if (table->sym && !err)
		*resolved = value.len && strcmp(value.text, "[unknown]");
	return err;
}

/* Events turn up while a pipe is read, so a table is made when its first sample comes. */
static int add_sample(struct tables *tables, const struct perfdata_sample *sample)
{
	struct event_table *table;
	bool resolved = true;
	int err = 0;

	if (sample->event >= tables->nr_events)
		err = add_events(tables);
	if (!err && tables->opts->resolved_only)
		err = is_resolved(tables, sample, &resolved);
	if (err || !resolved)
		return err;
	if (tables->groups)
		return groups__add(tables->groups, sample);
	err = make_table(tables, sample->event);
	if (err)
		return err;
	table = &tables->events[sample->event];
	return table->agg ? aggregate_queue__add(tables->queue, table->agg, sample) :
			    hierarchy__add(table->hierarchy, sample);
}

int tables__read(struct tables *tables, struct diag *diag)
{
	struct perfdata_record record;
	int err;

	while ((err = input__next(tables->input, &record, diag)) > 0) {
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		err = add_sample(tables, &record.sample);
		if (err)
			break;
	}
	return err ? err : aggregate_queue__flush(tables->queue);
}

/* ---- printing ------------------------------------------------------------------------------ */

/* What shares are of, where the filter's samples count, too. */
static void set_total(struct tables *tables, struct aggregate *agg, unsigned int event)
{
	if (tables->opts->absolute)
		aggregate__set_total(agg, aggregate__period(agg) +
				     input__event(tables->input, event)->dropped_period);
}

static int print_hierarchy(struct tables *tables, unsigned int event, FILE *file)
{
	struct hierarchy *h = tables->events[event].hierarchy;
	unsigned int i;

	for (i = 0; i < hierarchy__nr_levels(h); i++)
		set_total(tables, hierarchy__level(h, i), event);
	return hierarchy__print(h, &tables->opts->entries, file);
}

static int print_event(struct tables *tables, unsigned int event, FILE *file)
{
	struct event_table *table = &tables->events[event];
	struct aggregate *agg = table->agg ? table->agg : hierarchy__level(table->hierarchy, 0);
	struct entries_opts opts = tables->opts->entries;
	bool headings = opts.headings && opts.format == ENTRIES_TEXT;
	int err;

	opts.event = input__event(tables->input, event)->name;

	if (headings)
		fprintf(file, "# Samples: %" PRIu64 "  of event '%s'\n"
			"# Event count (approx.): %" PRIu64 "\n#\n", aggregate__nr_samples(agg),
			input__event(tables->input, event)->name, aggregate__period(agg));
	set_total(tables, agg, event);
	err = table->agg ? entries__print(agg, &opts, file) :
			   print_hierarchy(tables, event, file);
	if (!err && headings)
		fputs("\n\n", file);
	else if (!err && opts.format == ENTRIES_CSV && opts.headings)
		fputs("\n", file);
	return err;
}

int tables__print(struct tables *tables, FILE *file)
{
	unsigned int i;
	int err = 0, nr = 0;

	if (tables->groups)
		return groups__print(tables->groups, &tables->opts->entries, file);
	if (tables->opts->show_empty && tables->nr_events < input__nr_events(tables->input))
		err = add_events(tables);
	for (i = 0; i < tables->nr_events && !err; i++) {
		if (tables->opts->show_empty)
			err = make_table(tables, i);
		if (err || (!tables->events[i].agg && !tables->events[i].hierarchy))
			continue;
		err = print_event(tables, i, file);
		nr++;
	}
	return err ? err : nr;
}
