// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "../render/retval.h"
#include "../render/text.h"
#include "../render/unit.h"
#include "flow.h"
#include "spill.h"

#define MAX_TEXT	(32UL << 20)	/* bytes of timelines in memory */
#define TIME_WIDTH	11
#define TASK_WIDTH	24
#define FUNC_WIDTH	24

/* A value as it was last seen in a flow. */
struct item {
	const char *label;		/* the event view's */
	const struct btf *btf;		/* the type of bytes; NULL: @data is what was shown */
	uint32_t type_id;
	size_t len;
	char *data;
};

struct flow {
	UT_hash_handle hh;
	uint64_t id;
	uint64_t object;		/* where it was at first ... */
	uint64_t last_object;		/* ... and last */
	const char *type;		/* of a pointer to it; the event view's */
	uint64_t first_time;
	uint64_t last_time;
	uint64_t nr_events;
	struct item *items;
	unsigned int nr_items;
	struct spill_text text;
};

struct flows {
	struct input *input;
	const struct flow_opts *opts;
	struct flow *by_id;
	size_t text_size;		/* bytes of text in memory */
	struct spill spill;
	struct buf value;		/* scratch */
};

/* ---- values ------------------------------------------------------------------------------- */

static struct item *find_item(struct flow *flow, const char *label)
{
	unsigned int i;

	for (i = 0; i < flow->nr_items; i++) {
		if (flow->items[i].label == label || !strcmp(flow->items[i].label, label))
			return &flow->items[i];
	}
	return NULL;
}

static struct item *get_item(struct flow *flow, const char *label)
{
	struct item *item = find_item(flow, label), *more;

	if (item)
		return item;
	more = reallocarray(flow->items, flow->nr_items + 1, sizeof(*more));
	if (!more)
		return NULL;
	flow->items = more;
	more[flow->nr_items] = (struct item){ .label = label };
	return &more[flow->nr_items++];
}

static int set_item(struct item *item, const struct btf *btf, uint32_t type_id, const void *data,
		    size_t len)
{
	char *copy = realloc(item->data, len + 1);

	if (!copy)
		return -ENOMEM;
	item->data = copy;
	memcpy(copy, data, len);
	item->len = len;
	item->btf = btf;
	item->type_id = type_id;
	return 0;
}

/* Is it of the same kind as what was there last, so that they can be compared? */
static bool is_like(const struct item *item, const struct btf *btf, uint32_t type_id, size_t len)
{
	return item->data && item->btf == btf && item->type_id == type_id && item->len == len;
}

/* A struct: the members that differ from what it was. */
static int add_bytes(struct flows *fs, struct flow *flow, struct item *item,
		     const struct event_view *view, unsigned int index,
		     const struct perfdata_sample *s)
{
	const struct schema *schema = event_view__schema(view);
	const struct field *f = &schema->fields[index];
	const char *data = (const char *)s->raw + f->offset;
	bool has_old = is_like(item, schema->btf, f->type_id, f->size);

	if (has_old && !memcmp(item->data, data, f->size))
		return 0;
	event_view__changes(view, index, has_old ? item->data : NULL, s->raw, &fs->opts->values,
			    &flow->text.tail);
	return set_item(item, schema->btf, f->type_id, data, f->size);
}

static int add_item(struct flows *fs, struct flow *flow, const struct event_view *view,
		    unsigned int index, const struct perfdata_sample *s)
{
	const struct field *f = &event_view__schema(view)->fields[index];
	bool is_bytes = !event_view__is_word(view, index);
	struct item *item;

	/* A pointer and what is behind it have the same label; structs are found by their names. */
	item = get_item(flow, is_bytes ? f->name : event_view__label(view, index));
	if (!item)
		return -ENOMEM;
	if (is_bytes && !(event_view__status(view, index, s->raw) & ITEM_FAULT))
		return add_bytes(fs, flow, item, view, index, s);
	buf__clear(&fs->value);
	event_view__item(view, index, s->raw, s->raw_size, &fs->opts->values, &fs->value);
	if (fs->value.failed)
		return -ENOMEM;
	if (is_like(item, NULL, 0, fs->value.len) &&
	    !memcmp(item->data, buf__str(&fs->value), fs->value.len))
		return 0;
	buf__adds(&flow->text.tail, is_bytes && f->pointer >= 0 ? " *" : " ");
	buf__add(&flow->text.tail, fs->value.data, fs->value.len);
	return set_item(item, NULL, 0, buf__str(&fs->value), fs->value.len);
}

static int add_items(struct flows *fs, struct flow *flow, const struct event_view *view,
		     int flow_field, int object_field, const struct perfdata_sample *s)
{
	const struct schema *schema = event_view__schema(view);
	unsigned int i;
	int err = 0;

	for (i = 0; i < schema->nr_fields && !err; i++) {
		if ((int)i == flow_field || (int)i == object_field)
			continue;
		if (schema->fields[i].is_return && schema->fields[i].kind == FIELD_SCALAR) {
			buf__addc(&flow->text.tail, ' ');
			buf__adds(&flow->text.tail, event_view__label(view, i));
			buf__addc(&flow->text.tail, '=');
			retval__add(view, i, s->raw, s->raw_size, &fs->opts->values,
				    &flow->text.tail);
		} else {
			err = add_item(fs, flow, view, i, s);
		}
	}
	return err;
}

/* ---- events --------------------------------------------------------------------------------- */

static void add_span(struct buf *out, uint64_t ns)
{
	char text[32];
	struct buf span = BUF_INIT;

	unit__duration(&span, ns);
	snprintf(text, sizeof(text), "%*s", TIME_WIDTH, buf__str(&span));
	buf__adds(out, text);
	buf__exit(&span);
}

static void add_columns(struct flows *fs, struct flow *flow, const struct line *line)
{
	const struct input_event *event = input__event(fs->input, line->sample->event);
	const char *func = input__func(fs->input, line->sample);
	struct buf *out = &flow->text.tail;
	size_t start;

	add_span(out, line->time - flow->first_time);
	add_span(out, line->time - flow->last_time);
	buf__addf(out, "  %3d  ", line->sample->cpu);
	start = out->len;
	buf__adds(out, line->comm);
	buf__addc(out, '-');
	buf__addd(out, line->sample->tid);
	text__pad(out, start, TASK_WIDTH);
	start = out->len;
	buf__adds(out, func ? func : event->schema->name);
	text__pad(out, start, FUNC_WIDTH);
}

static int add_event(struct flows *fs, struct flow *flow, const struct line *line, int flow_field,
		     int object_field)
{
	const struct event_view *view = input__event(fs->input, line->sample->event)->view;
	const struct perfdata_sample *s = line->sample;
	struct buf *out = &flow->text.tail;
	uint64_t object = flow->last_object;
	int err;

	add_columns(fs, flow, line);
	if (object_field >= 0)
		object = event_view__number(view, object_field, s->raw);
	if (object != flow->last_object) {
		buf__adds(out, " object=");
		buf__addx(out, object);
	}
	err = add_items(fs, flow, view, flow_field, object_field, s);
	if (event_view__schema(view)->duration_offset) {
		buf__adds(out, " duration=");
		unit__duration(out, event_view__duration(view, s->raw));
	}
	/* Nothing changed: what the last column was padded with goes. */
	while (out->len && out->data[out->len - 1] == ' ')
		out->len--;
	buf__addc(out, '\n');
	flow->last_object = object;
	flow->last_time = line->time;
	flow->nr_events++;
	return out->failed ? -ENOMEM : err;
}

/* The field @name, which stands behind the items; -1: none. */
static int find_field(const struct schema *schema, const char *name)
{
	int i;

	for (i = schema->nr_fields - 1; i >= 0; i--) {
		if (!strcmp(schema->fields[i].name, name) &&
		    schema->fields[i].kind == FIELD_SCALAR)
			break;
	}
	return i;
}

static struct flow *get_flow(struct flows *fs, uint64_t id, const struct line *line, int object)
{
	const struct event_view *view = input__event(fs->input, line->sample->event)->view;
	struct flow *flow;

	HASH_FIND(hh, fs->by_id, &id, sizeof(id), flow);
	if (flow)
		return flow;
	flow = calloc(1, sizeof(*flow));
	if (!flow)
		return NULL;
	flow->id = id;
	flow->first_time = flow->last_time = line->time;
	if (object >= 0) {
		flow->object = event_view__number(view, object, line->sample->raw);
		flow->type = event_view__type_name(view, object);
	}
	flow->last_object = flow->object;
	HASH_ADD(hh, fs->by_id, id, sizeof(flow->id), flow);
	return flow;
}

static int spill_all(struct flows *fs)
{
	struct flow *flow;
	int err = 0;

	for (flow = fs->by_id; flow && !err; flow = flow->hh.next)
		err = spill__out(&fs->spill, &flow->text);
	fs->text_size = 0;
	return err;
}

static int show_line(const struct line *line, void *ctx)
{
	struct flows *fs = ctx;
	const struct input_event *event;
	int flow_field, object_field, err;
	struct flow *flow;
	size_t len;
	uint64_t id;

	if (!line->sample || line->kind == LINE_CLOSE)
		return 0;
	event = input__event(fs->input, line->sample->event);
	if (!input_event__is_ours(event) || !event_view__fits(event->view, line->sample->raw_size))
		return 0;
	flow_field = find_field(event->schema, "flow");
	object_field = find_field(event->schema, "object");
	id = flow_field < 0 ? 0 : event_view__number(event->view, flow_field, line->sample->raw);
	if (!id)
		return 0;
	flow = get_flow(fs, id, line, object_field);
	if (!flow)
		return -ENOMEM;
	len = flow->text.tail.len;
	err = add_event(fs, flow, line, flow_field, object_field);
	fs->text_size += flow->text.tail.len - len;
	return err || fs->text_size < MAX_TEXT ? err : spill_all(fs);
}

/* ---- the whole ---------------------------------------------------------------------------- */

static int by_first(struct flow *a, struct flow *b)
{
	if (a->first_time != b->first_time)
		return a->first_time < b->first_time ? -1 : 1;
	return a->id < b->id ? -1 : 1;
}

static int print_flow(struct flows *fs, struct flow *flow)
{
	struct buf *head = &fs->value;
	int err;

	buf__clear(head);
	buf__addf(head, "flow %" PRIu64, flow->id);
	if (flow->type)
		buf__addf(head, ": %s 0x%" PRIx64, flow->type, flow->object);
	buf__addf(head, "%s %" PRIu64 " event%s in ", flow->type ? "," : ":", flow->nr_events,
		  flow->nr_events == 1 ? "" : "s");
	unit__duration(head, flow->last_time - flow->first_time);
	buf__addc(head, '\n');
	err = buf__flush(head, stdout);
	return err ? err : spill__print(&fs->spill, &flow->text, stdout);
}

static int print_all(struct flows *fs)
{
	struct flow *flow;
	int err = 0;

	HASH_SORT(fs->by_id, by_first);
	if (fs->opts->headings && !fs->by_id)
		puts("# no flows: 'perf btfsnoop record --track' follows objects");
	else if (fs->opts->headings)
		puts("#     TIME      SINCE  CPU  TASK-TID                FUNCTION AND CHANGES");
	for (flow = fs->by_id; flow && !err; flow = flow->hh.next) {
		if (fs->opts->headings)
			putchar('\n');
		err = print_flow(fs, flow);
	}
	return err;
}

static void free_flow(struct flow *flow)
{
	unsigned int i;

	for (i = 0; i < flow->nr_items; i++)
		free(flow->items[i].data);
	free(flow->items);
	spill_text__exit(&flow->text);
	free(flow);
}

int flow__print(struct input *input, const struct flow_opts *opts, struct diag *diag)
{
	struct flows fs = { .input = input, .opts = opts, .spill = SPILL_INIT };
	struct flow *flow, *tmp;
	int err;

	err = lines__read(input, &opts->lines, show_line, &fs, diag);
	if (!err)
		err = print_all(&fs);
	HASH_ITER(hh, fs.by_id, flow, tmp) {
		HASH_DEL(fs.by_id, flow);
		free_flow(flow);
	}
	buf__exit(&fs.value);
	spill__exit(&fs.spill);
	return err;
}
