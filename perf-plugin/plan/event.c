// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "fields.h"
#include "layout.h"
#include "name.h"
#include "steps.h"
#include "track.h"

#define STRING_(number)	#number
#define STRING(number)	STRING_(number)	/* of a macro that is a number */

/* What one event is being made from. */
struct build {
	struct event_list *events;
	const struct event_opts *opts;
	struct content content;
	struct layout layout;
	struct event *event;
	struct bs_plan *plan;
	struct diag *diag;
	struct typed_expr flow, object;	/* where an object is followed, ... */
	struct typed_type object_type;	/* ... and what it is */
};

/* ---- names --------------------------------------------------------------------------------- */

static bool event_taken(const char *name, const void *ctx)
{
	for (const struct event_list *events = ctx; events; events = events->earlier) {
		struct name_walk walk = name_index__walk(&events->names, name, strlen(name));
		uint32_t nr;

		while ((nr = name_walk__next(&walk)))
			if (!strcmp(events->events[nr - 1]->schema.name, name))
				return true;
	}
	return false;
}

/* What a pattern's functions have in common: a part of their names, or types. */
static char *pattern_base(const struct spec *spec)
{
	struct buf text = BUF_INIT;
	bool has_name = false;
	char *name = NULL;

	for (const char *p = spec->pattern; *p; p++)
		has_name |= isalnum((unsigned char)*p);
	buf__adds(&text, spec->pattern);
	for (unsigned int i = 0; i < spec->nr_types && !has_name; i++)
		buf__addf(&text, " %s", spec->types[i].name);
	if (!text.failed)
		name = name__of_pattern(buf__str(&text));
	buf__exit(&text);
	return name;
}

/*
 * Functions of a pattern that has items, or that are only counted, share an event; else every
 * function has its own.
 */
static char *event_base(const struct spec *spec, const char *func, bool is_counted)
{
	struct buf name = BUF_INIT;

	if (!spec__is_exact(spec) && (spec->has_items || is_counted))
		return spec->event ? strdup(spec->event) : pattern_base(spec);
	if (spec->event)
		buf__adds(&name, spec->event);
	if (spec->event && !spec__is_exact(spec))
		buf__addc(&name, '_');
	if (!spec->event || !spec__is_exact(spec))
		buf__adds(&name, func);
	return buf__take(&name);
}

/* f, or f__return: the name the user gave or the function's, whichever there is. */
static char *event_name(const struct build *b)
{
	const struct typed_spec *typed = b->content.typed;
	const struct spec *spec = typed->spec;
	char *base = event_base(spec, typed->func.name, b->opts->stat), *unique = NULL;
	struct buf name = BUF_INIT;

	if (!base)
		return NULL;
	buf__adds(&name, base);
	/* A name the user gave is the name, unless there are two events to tell apart. */
	if (b->content.paired && !b->opts->stat && (!spec->event || !spec->has_items))
		buf__adds(&name, "__return");
	if (!name.failed)
		unique = name__unique(buf__str(&name), event_taken, b->events);
	buf__exit(&name);
	free(base);
	return unique;
}

/* ---- events and their functions ------------------------------------------------------------ */

static void event__free(struct event *event)
{
	if (!event)
		return;
	schema__exit(&event->schema);
	stat_shape__exit(&event->stat);
	for (unsigned int i = 0; i < event->nr_plans; i++)
		free(event->plans[i]);
	free(event->plans);
	free(event->funcs);
	free(event->tracked);
	free(event);
}

/* Makes room for one more function: it doubles when it is full, at powers of two. */
static int grow_funcs(struct event *event)
{
	unsigned int nr = event->nr_funcs, cap = nr ? 2 * nr : 1;
	struct schema *schema = &event->schema;
	struct event_func *funcs;
	struct schema_func *names;

	if (nr & (nr - 1))
		return 0;
	funcs = reallocarray(event->funcs, cap, sizeof(*funcs));
	if (!funcs)
		return -ENOMEM;
	event->funcs = funcs;
	names = reallocarray(schema->funcs, cap, sizeof(*names));
	if (!names)
		return -ENOMEM;
	schema->funcs = names;
	return 0;
}

static int add_func(struct event *event, const struct kfunc *func, unsigned int plan)
{
	struct schema_func name = { .addr = 0 };

	if (grow_funcs(event))
		return -ENOMEM;
	name.name = strdup(func->name);
	name.module = func->module ? strdup(func->module) : NULL;
	if (!name.name || (func->module && !name.module)) {
		free(name.name);
		free(name.module);
		return -ENOMEM;
	}
	event->funcs[event->nr_funcs++] = (struct event_func){ .func = *func, .plan = plan };
	event->schema.funcs[event->schema.nr_funcs++] = name;
	return 0;
}

int event__add_func_like(struct event *event, unsigned int index)
{
	struct kfunc func = event->funcs[index].func;

	return add_func(event, &func, event->funcs[index].plan);
}

/*
 * A plan of zeros. Of thousands of functions most follow a plan that there is: what was made for
 * the last one is still zeros where nothing of a plan like it goes.
 */
static struct bs_plan *take_plan(struct event_list *events)
{
	struct bs_plan *plan = events->spare;

	events->spare = NULL;
	if (!plan)
		return calloc(1, sizeof(*plan));
	if (plan->nr_return_ops || plan->nr_return_filter_ops)
		memset(plan, 0, sizeof(*plan));
	else	/* the entry's operations will all be written */
		memset(plan, 0, offsetof(struct bs_plan, entry_filter));
	return plan;
}

static void give_plan(struct event_list *events, struct bs_plan *plan)
{
	free(events->spare);
	events->spare = plan;
}

/*
 * The number of the event's plan that is like @plan, which is no longer the caller's. A
 * tracepoint's program cannot ask which one it is: each has a plan that says so.
 */
static int add_plan(struct event_list *events, struct event *event, struct bs_plan *plan,
		    unsigned int *index)
{
	struct bs_plan **plans;

	plan->event_type = event->schema.id;
	for (*index = 0; *index < event->nr_plans; ++*index) {
		if (event->is_tracepoint || memcmp(event->plans[*index], plan, sizeof(*plan)))
			continue;
		give_plan(events, plan);
		return 0;
	}
	plans = reallocarray(event->plans, event->nr_plans + 1, sizeof(*plans));
	if (!plans) {
		free(plan);
		return -ENOMEM;
	}
	event->plans = plans;
	plans[event->nr_plans++] = plan;
	return 0;
}

/* The plan and the function go to @event. */
static int add_to_event(struct build *b, struct event *event)
{
	struct bs_plan *plan = b->plan;
	unsigned int index;
	int err;

	b->plan = NULL;
	err = add_plan(b->events, event, plan, &index);
	return err ? err : add_func(event, &b->content.typed->func, index);
}

/* The event of the spec's functions so far, if what it records is what this one does. */
static struct event *find_event(const struct build *b)
{
	struct event *found = NULL;
	struct buf key = BUF_INIT;
	struct name_walk walk;
	uint32_t nr;

	fields__key(&b->event->schema, &key);
	walk = name_index__walk(&b->events->shapes, buf__str(&key), key.len);
	while (!key.failed && !found && (nr = name_walk__next(&walk))) {
		struct event *event = b->events->events[nr - 1];

		if (event->spec == b->event->spec && event->paired == b->event->paired &&
		    event->raise_at_return == b->event->raise_at_return &&
		    stat_shape__equal(&event->stat, &b->event->stat) &&
		    fields__equal(&event->schema, &b->event->schema))
			found = event;
	}
	buf__exit(&key);
	return found;
}

/* So that it is found by its name, and by its fields if functions can join it. */
static int index_event(struct event_list *events, const struct event *event)
{
	const char *name = event->schema.name;
	struct buf key = BUF_INIT;
	int err;

	err = name_index__add(&events->names, name, strlen(name), events->nr);
	if (!err && (event->spec->has_items || event->stat.flags)) {
		fields__key(&event->schema, &key);
		err = key.failed ? -ENOMEM : name_index__add(&events->shapes, buf__str(&key),
							     key.len, events->nr);
	}
	buf__exit(&key);
	return err;
}

/* @event is the list's afterwards, whatever happens. */
static int append(struct event_list *events, struct event *event)
{
	struct event **array = reallocarray(events->events, events->nr + 1, sizeof(*array));

	if (!array) {
		event__free(event);
		return -ENOMEM;
	}
	events->events = array;
	array[events->nr++] = event;
	return index_event(events, event);
}

/* The new event becomes one of the recording's. */
static int add_event(struct build *b)
{
	struct schema *schema = &b->event->schema;
	int err;

	if (b->events->first + b->events->nr == BS_MAX_EVENTS)
		return diag__error(b->diag, -E2BIG, "more than %u events in one recording",
				   BS_MAX_EVENTS);
	schema->name = event_name(b);
	schema->spec = strdup(b->event->spec->text);
	schema->id = EVENT_FIRST_ID - b->events->first - b->events->nr;
	schema->at_return = b->event->paired;
	schema->is_tracepoint = b->event->is_tracepoint;
	if (!schema->name || !schema->spec)
		return -ENOMEM;
	err = add_to_event(b, b->event);
	if (err)
		return err;
	err = append(b->events, b->event);
	b->event = NULL;
	return err;
}

/* ---- building ------------------------------------------------------------------------------ */

static int make_plan(struct build *b)
{
	struct match_list matches = {
		.matches = b->events->matches, .nr = b->events->nr_matches,
	};
	int err;

	err = steps__make(b->plan, &b->content, &b->layout, &matches, b->diag);
	b->events->matches = matches.matches;
	b->events->nr_matches = matches.nr;
	b->plan->sequence_step = b->opts->sequence_step;
	return err;
}

static int make_fields(struct build *b)
{
	int err;

	if (layout__make(&b->content, &b->layout))
		return steps__too_much(b->content.typed, b->diag, "more than 64 KiB");
	err = fields__fill(&b->event->schema, b->events->types, &b->content, &b->layout);
	if (err == -E2BIG)
		return steps__too_much(b->content.typed, b->diag,
				       "more than " STRING(SCHEMA_MAX_FIELDS) " fields");
	return err;
}

/* What is counted has no fields. */
static int make_shape(struct build *b)
{
	int err = stat_shape__make(&b->event->stat, &b->content, b->opts->stat, b->diag);

	b->content.stat = &b->event->stat;
	stat__make_layout(&b->content, &b->layout);
	return err;
}

/* The name of what is followed. */
static char *tracked_name(const struct build *b)
{
	const struct btf *btf = b->content.typed->func.btf;
	const struct btf_type *t = b->object_type.id ? btf__type_by_id(btf, b->object_type.id) :
						       NULL;

	return strdup(t ? btf__name_by_offset(btf, t->name_off) : "");
}

/* Makes one event of the items chosen, or adds the function to the one that there is. */
static int build_event(struct build *b, bool paired)
{
	const struct spec *spec = b->content.typed->spec;
	struct event *joined = NULL;
	int err = -ENOMEM;

	b->content.paired = paired;
	b->event = calloc(1, sizeof(*b->event));
	b->plan = take_plan(b->events);
	if (b->event && b->plan) {
		b->event->spec = spec;
		b->event->paired = paired;
		b->event->raise_at_return = b->opts->raise_at_return;
		b->event->is_tracepoint = spec->kind == SPEC_TRACEPOINT;
		err = b->opts->stat ? make_shape(b) : make_fields(b);
		if (b->content.flow)
			b->event->tracked = tracked_name(b);
		if (!err && b->content.flow && !b->event->tracked)
			err = -ENOMEM;
	}
	if (!err)
		err = make_plan(b);
	if (!err && (spec->has_items || b->opts->stat))
		joined = find_event(b);
	if (!err)
		err = joined ? add_to_event(b, joined) : add_event(b);
	event__free(b->event);
	free(b->plan);
	return err;
}

/* A pattern's functions are many: without being asked, what their pointers point to is left. */
static void leave_pointee(struct build *b, struct typed_item *item)
{
	const struct spec *spec = b->content.typed->spec;

	if (!item->pointee || spec->has_items || b->opts->deref || spec__is_exact(spec))
		return;
	item->pointee = 0;
	item->can_fail = typed_expr__can_fail(item->expr);
}

/*
 * Nor are its numbers extended to 8 bytes: their words are stored as they were passed, of which the
 * fields are a part. So functions with as many parameters have plans that are equal, whatever the
 * types.
 */
static void store_words(struct build *b)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	const struct spec *spec = b->content.typed->spec;

	if (spec->has_items || spec__is_exact(spec) || spec->kind != SPEC_FUNC)
		return;
	for (unsigned int i = 0; i < b->content.nr_items; i++) {
		struct typed_item *item = &b->content.items[i];
		struct typed_expr *expr = item->expr;

		if (item->kind != TYPED_SCALAR || expr->op != TYPED_EXTEND ||
		    (expr->args[0]->op != TYPED_PARAM && expr->args[0]->op != TYPED_RETVAL))
			continue;
		item->expr = expr->args[0];
		b->content.widths[i] = expr->size;
	}
#endif
}

/* The last two items: the flow, and the object's address. */
static int add_tracked(struct build *b)
{
	static char flow[] = "flow", object[] = "object";
	struct typed_item *items = &b->content.items[b->content.nr_items];

	if (!b->content.flow)
		return 0;
	items[0] = (struct typed_item){
		.name = flow, .path = flow, .kind = TYPED_SCALAR, .expr = b->content.flow,
		.type.id = track__flow_type(b->content.typed->func.btf),
	};
	items[1] = (struct typed_item){
		.name = object, .path = object, .kind = TYPED_SCALAR, .expr = b->content.object,
		.type = b->object_type,
	};
	if (!items[0].type.id)
		return diag__error(b->diag, -EINVAL, "the kernel's BTF has no u64");
	b->content.nr_items += 2;
	return 0;
}

enum choice { ALL, OF_ENTRY, OF_RETURN };

static int choose_items(struct build *b, enum choice choice)
{
	const struct typed_spec *typed = b->content.typed;

	b->content.nr_items = 0;
	memset(b->content.widths, 0, sizeof(b->content.widths));
	for (unsigned int i = 0; i < typed->nr_items; i++) {
		struct typed_item *item = &b->content.items[b->content.nr_items];

		if (choice != ALL && typed->items[i].at_return != (choice == OF_RETURN))
			continue;
		/* Only what is asked for is counted, not what a condition looks at. */
		if (b->opts->stat && !stat__counts_item(typed->spec, &typed->items[i]))
			continue;
		if (b->content.nr_items == SCHEMA_MAX_ITEMS)
			return steps__too_much(typed, b->diag,
					       "more than " STRING(SCHEMA_MAX_ITEMS) " items");
		*item = typed->items[i];
		/* Parameters are what they were at the entry. */
		if (item->kind == TYPED_BY_VALUE && item->expr->op == TYPED_PARAM)
			item->at_return = false;
		leave_pointee(b, item);
		b->content.nr_items++;
	}
	if (b->opts->stat)
		return 0;
	store_words(b);
	return add_tracked(b);
}

/* Finds the object that is followed. */
static int find_tracked(struct build *b)
{
	const struct track_what *what = b->opts->track;
	const struct kfunc *func = &b->content.typed->func;
	const char *kind = what && what->type ? "of the type" : "for";

	if (!what)
		return 0;
	if (track_what__find(what, func, &b->object, &b->object_type)) {
		diag__error(b->diag, -ENOENT, "no parameter %s --track %s", kind, what->text);
		diag__hint(b->diag, "'perf btfsnoop info %s' shows its parameters and their types",
			   func->name);
		return -ENOENT;
	}
	b->flow = (struct typed_expr){ .op = TYPED_VALUE, .value = VALUE_FLOW };
	b->content.flow = &b->flow;
	b->content.object = &b->object;
	return 0;
}

static int build_chosen(struct build *b, enum choice choice, bool paired)
{
	int err = choose_items(b, choice);

	b->content.has_entry_triggers = choice != OF_RETURN;
	b->content.has_return_triggers = choice != OF_ENTRY;
	return err ? err : build_event(b, paired);
}

static bool needs_return(const struct typed_spec *typed)
{
	for (unsigned int i = 0; i < typed->nr_items; i++)
		if (typed->items[i].at_return)
			return true;
	for (unsigned int i = 0; i < typed->nr_terms; i++)
		if (typed->terms[i].expr->at_return)
			return true;
	/* Without items there is an event of the return anyway. */
	for (unsigned int i = 0; i < typed->nr_triggers && typed->spec->has_items; i++)
		if (typed->triggers[i].expr->at_return)
			return true;
	return false;
}

/* For --graph every call has its return value and duration, unless there is no room for them. */
static int complete_call(struct typed_spec *typed)
{
	for (unsigned int i = 0; i < typed->nr_items; i++)
		if (typed->items[i].is_return)
			return 0;
	return typed->nr_items < SCHEMA_MAX_ITEMS ? typed_spec__add_retval(typed) : 0;
}

int event_list__add(struct event_list *events, struct typed_spec *typed,
		    const struct event_opts *opts, struct diag *diag)
{
	struct build b = {
		.events = events, .opts = opts, .diag = diag,
		.content = { .typed = typed, .opts = opts },
	};
	bool paired = opts->stat ? stat__needs_return(typed) :
				   needs_return(typed) || opts->raise_at_return;
	int err = 0;

	if (opts->graph && typed->spec->kind == SPEC_FUNC) {
		paired = true;
		if (typed->spec->has_items)
			err = complete_call(typed);
	}
	if (!err)
		err = find_tracked(&b);
	if (err)
		return err;
	if (typed->spec->has_items || typed->spec->kind != SPEC_FUNC || opts->stat)
		return build_chosen(&b, ALL, paired);
	err = typed_spec__add_retval(typed);
	if (!err && paired)
		return build_chosen(&b, ALL, true);
	if (!err)
		err = build_chosen(&b, OF_ENTRY, false);
	return err ? err : build_chosen(&b, OF_RETURN, true);
}

int event_list__new(struct event_list **out)
{
	struct event_list *events = calloc(1, sizeof(*events));
	int err;

	if (!events)
		return -ENOMEM;
	err = subset__new(&events->types);
	if (err) {
		free(events);
		return err;
	}
	*out = events;
	return 0;
}

void event_list__free(struct event_list *events)
{
	if (!events)
		return;
	for (unsigned int i = 0; i < events->nr; i++)
		event__free(events->events[i]);
	free(events->events);
	free(events->matches);
	free(events->spare);
	name_index__exit(&events->names);
	name_index__exit(&events->shapes);
	subset__free(events->types);
	free(events);
}
