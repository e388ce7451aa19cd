// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../render/csv.h"
#include "../render/event-json.h"
#include "../render/unit.h"
#include "../util/verbose.h"
#include "csv.h"
#include "maps.h"

struct csv_lines {
	struct input *input;
	struct value_opts values;
	struct shown *shown;
	struct shown *own;		/* when nobody gave one */
	unsigned int nr_events;		/* when it was made */
	bool has_heading;
	bool told;			/* that events came too late to have columns */
	struct event_json **events;	/* by event; NULL: not prepared, or without a view */
	unsigned int nr_prepared;
	struct buf cell;
};

int csv_lines__new(struct input *input, const struct print_opts *opts, struct shown *shown,
		   struct csv_lines **out)
{
	struct csv_lines *cl = calloc(1, sizeof(*cl));

	if (!cl)
		return -ENOMEM;
	cl->input = input;
	cl->values = opts->values;
	cl->values.symbols = input__symbols(input);
	cl->shown = shown;
	*out = cl;
	return 0;
}

void csv_lines__free(struct csv_lines *cl)
{
	if (!cl)
		return;
	for (unsigned int i = 0; i < cl->nr_prepared; i++)
		event_json__free(cl->events[i]);
	free(cl->events);
	shown__free(cl->own);
	buf__exit(&cl->cell);
	free(cl);
}

static int prepare(struct csv_lines *cl)
{
	unsigned int nr = input__nr_events(cl->input);
	struct event_json **more = reallocarray(cl->events, nr, sizeof(*more));
	int err = more ? 0 : -ENOMEM;

	if (err)
		return err;
	cl->events = more;
	for (; cl->nr_prepared < nr && !err; cl->nr_prepared++) {
		const struct event_view *view = input__event(cl->input, cl->nr_prepared)->view;

		more[cl->nr_prepared] = NULL;
		err = view ? event_json__new(view, &more[cl->nr_prepared]) : 0;
	}
	return err;
}

static int add_heading(struct csv_lines *cl, struct buf *out)
{
	int err = 0;

	if (!cl->shown) {
		err = shown__new_all(cl->input, &cl->own);
		cl->shown = cl->own;
		cl->nr_events = input__nr_events(cl->input);
	}
	for (unsigned int i = 0; !err && i < shown__nr(cl->shown); i++) {
		const char *name = shown__name(cl->shown, i);

		buf__add(out, ",", i != 0);
		csv__add(out, name, strlen(name), ",");
	}
	buf__addc(out, '\n');
	cl->has_heading = true;
	return err;
}

/* A string that JSON has in quotes is the cell's text: an address, a name without escapes. */
static void add_unquoted(struct csv_lines *cl, struct buf *out)
{
	const char *text = buf__str(&cl->cell);
	size_t len = cl->cell.len;

	if (len >= 2 && text[0] == '"') {
		text++;
		len -= 2;
	}
	csv__add(out, text, len, ",");
}

static void add_field(struct csv_lines *cl, const struct perfdata_sample *s, unsigned int field,
		      struct buf *out)
{
	const struct input_event *event = input__event(cl->input, s->event);
	struct json json = JSON_INIT(&cl->cell);

	if (!event_view__fits(event->view, s->raw_size) ||
	    event_view__status(event->view, field, s->raw) & ITEM_FAULT)
		return;
	if (event_view__is_word(event->view, field) && !event_view__is_number(event->view, field)) {
		event_view__field(event->view, field, s->raw, s->raw_size, &cl->values, &cl->cell);
		csv__add(out, buf__str(&cl->cell), cl->cell.len, ",");
		return;
	}
	event_json__field(cl->events[s->event], field, s->raw, s->raw_size, &cl->values, &json);
	add_unquoted(cl, out);
}

static void add_column(struct csv_lines *cl, const struct perfdata_sample *s,
		       struct column *column, struct buf *out)
{
	struct json json = JSON_INIT(&cl->cell);
	struct column_value value;

	if (column__read(column, s, &value)) {
		out->failed = true;
		return;
	}
	if (value.status & ITEM_FAULT)
		return;
	if (!column__is_quantity(column) || cl->values.hex)
		column__add(column, &value, &cl->cell);
	else if (column__is_signed(column))
		buf__addd(json.out, value.number);
	else
		buf__addu(json.out, value.number);
	csv__add(out, buf__str(&cl->cell), cl->cell.len, ",");
}

static void add_expr(struct csv_lines *cl, unsigned int item, const struct perfdata_sample *s,
		     struct buf *out)
{
	struct shown_source source;

	if (shown__source(cl->shown, item, s->event, &source))
		out->failed = true;
	else if (source.field >= 0)
		add_field(cl, s, source.field, out);
	else if (source.column)
		add_column(cl, s, source.column, out);
}

static void add_text(const char *text, struct buf *out)
{
	if (text)
		csv__add(out, text, strlen(text), ",");
}

static void add_place(struct csv_lines *cl, enum shown_key key, const struct perfdata_sample *s,
		      struct buf *out)
{
	struct place place;

	maps__find(input__maps(cl->input), s->pid, s->misc & PERF_RECORD_MISC_CPUMODE_MASK, s->ip,
		   &place);
	if (key == SHOWN_IP) {
		buf__addx(out, s->ip);
		return;
	}
	if (key == SHOWN_DSO) {
		add_text(place.dso, out);
		return;
	}
	if (!place.sym)
		return;
	buf__adds(&cl->cell, place.sym);
	if (key == SHOWN_SYMOFF) {
		buf__addc(&cl->cell, '+');
		buf__addx(&cl->cell, place.offset);
	}
	csv__add(out, buf__str(&cl->cell), cl->cell.len, ",");
}

/* All that was recorded, or libtraceevent's text of it, in one cell. */
static void add_trace(struct csv_lines *cl, const struct perfdata_sample *s, struct buf *out)
{
	const struct input_event *event = input__event(cl->input, s->event);

	if (event->foreign >= 0 && s->raw_size)
		foreign__print(input__foreign(cl->input), event->foreign, s->raw, s->raw_size,
			       s->cpu, s->time, &cl->cell);
	else if (event->view && event_view__fits(event->view, s->raw_size))
		event_view__line(event->view, s->raw, s->raw_size, &cl->values, &cl->cell);
	csv__add(out, buf__str(&cl->cell), cl->cell.len, ",");
}

static void add_id(int32_t id, struct buf *out)
{
	if (id >= 0)
		buf__addd(out, id);
}

static void add_duration(const struct input_event *event, const struct perfdata_sample *s,
			 struct buf *out)
{
	if (event->view && event->schema->duration_offset &&
	    event_view__fits(event->view, s->raw_size))
		buf__addu(out, event_view__duration(event->view, s->raw));
}

static void add_cell(struct csv_lines *cl, unsigned int item, const struct perfdata_sample *s,
		     uint64_t time, struct buf *out)
{
	const struct input_event *event = input__event(cl->input, s->event);
	enum shown_key key = shown__key(cl->shown, item);

	switch (key) {
	case SHOWN_COMM:
		add_text(input__comm(cl->input, s), out);
		break;
	case SHOWN_PID:
		add_id(s->pid, out);
		break;
	case SHOWN_TID:
		add_id(s->tid, out);
		break;
	case SHOWN_CPU:
		add_id(s->cpu, out);
		break;
	case SHOWN_TIME:
		unit__timestamp(out, time, true);
		break;
	case SHOWN_PERIOD:
		buf__addu(out, s->period);
		break;
	case SHOWN_EVENT:
		add_text(event->name, out);
		break;
	case SHOWN_FUNCTION:
		add_text(input__func(cl->input, s), out);
		break;
	case SHOWN_DURATION:
		add_duration(event, s, out);
		break;
	case SHOWN_TEXT:
		if (event->view)
			break;
		/* fall through */
	case SHOWN_TRACE:
		add_trace(cl, s, out);
		break;
	case SHOWN_EXPR:
		add_expr(cl, item, s, out);
		break;
	default:
		add_place(cl, key, s, out);
	}
}

void csv_lines__sample(struct csv_lines *cl, const struct perfdata_sample *sample, uint64_t time,
		       struct buf *out)
{
	if ((!cl->has_heading && add_heading(cl, out)) ||
	    (sample->event >= cl->nr_prepared && prepare(cl))) {
		out->failed = true;
		return;
	}
	if (cl->own && sample->event >= cl->nr_events && !cl->told) {
		pr_warning("warning: events that came later have no columns for all they recorded: "
			   "--format json shows it\n");
		cl->told = true;
	}
	for (unsigned int i = 0; i < shown__nr(cl->shown); i++) {
		buf__add(out, ",", i != 0);
		buf__clear(&cl->cell);
		add_cell(cl, i, sample, time, out);
	}
	out->failed |= cl->cell.failed;
	buf__addc(out, '\n');
}
