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
};

/* ---- names --------------------------------------------------------------------------------- */

static bool event_taken(const char *name, const void *ctx)
{
	const struct event_list *events = ctx;

	for (unsigned int i = 0; i < events->nr; i++)
		if (!strcmp(events->events[i]->schema.name, name))
			return true;
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

/* Functions of a pattern that has items share an event; else every function has its own. */
static char *event_base(const struct spec *spec, const char *func)
{
	struct buf name = BUF_INIT;

	if (!spec__is_exact(spec) && spec->has_items)
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
	char *base = event_base(spec, typed->func.name), *unique = NULL;
	struct buf name = BUF_INIT;

	if (!base)
		return NULL;
	buf__adds(&name, base);
	/* A name the user gave is the name, unless there are two events to tell apart. */
	if (b->content.paired && (!spec->event || !spec->has_items))
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
	for (unsigned int i = 0; i < event->nr_plans; i++)
		free(event->plans[i]);
	free(event->plans);
	free(event->funcs);
	free(event);
}

/* Makes room for one more function. */
static int grow_funcs(struct event *event)
{
	struct schema *schema = &event->schema;
	struct event_func *funcs;
	struct schema_func *names;

	funcs = reallocarray(event->funcs, event->nr_funcs + 1, sizeof(*funcs));
	if (!funcs)
		return -ENOMEM;
	event->funcs = funcs;
	names = reallocarray(schema->funcs, event->nr_funcs + 1, sizeof(*names));
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
 * The number of the event's plan that is like @plan, which is the event's own afterwards. A
 * tracepoint's program cannot ask which one it is: each has a plan that says so.
 */
static int add_plan(struct event *event, struct bs_plan *plan, unsigned int *index)
{
	struct bs_plan **plans;

	plan->event_type = event->schema.id;
	for (*index = 0; *index < event->nr_plans; ++*index) {
		if (event->is_tracepoint || memcmp(event->plans[*index], plan, sizeof(*plan)))
			continue;
		free(plan);
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
	err = add_plan(event, plan, &index);
	return err ? err : add_func(event, &b->content.typed->func, index);
}

/* The event of the spec's functions so far, if what it records is what this one does. */
static struct event *find_event(const struct build *b)
{
	for (unsigned int i = b->events->nr; i-- > 0;) {
		struct event *event = b->events->events[i];

		if (event->spec == b->event->spec && event->paired == b->event->paired &&
		    event->raise_at_return == b->event->raise_at_return &&
		    fields__equal(&event->schema, &b->event->schema))
			return event;
	}
	return NULL;
}

static int append(struct event_list *events, struct event *event)
{
	struct event **array = reallocarray(events->events, events->nr + 1, sizeof(*array));

	if (!array)
		return -ENOMEM;
	events->events = array;
	array[events->nr++] = event;
	return 0;
}

/* The new event becomes one of the recording's. */
static int add_event(struct build *b)
{
	struct schema *schema = &b->event->schema;
	int err;

	if (b->events->nr == BS_MAX_EVENTS)
		return diag__error(b->diag, -E2BIG, "more than %u events in one recording",
				   BS_MAX_EVENTS);
	schema->name = event_name(b);
	schema->spec = strdup(b->event->spec->text);
	schema->id = EVENT_FIRST_ID - b->events->nr;
	schema->at_return = b->event->paired;
	schema->is_tracepoint = b->event->is_tracepoint;
	if (!schema->name || !schema->spec)
		return -ENOMEM;
	err = add_to_event(b, b->event);
	if (!err)
		err = append(b->events, b->event);
	if (!err)
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

/* Makes one event of the items chosen, or adds the function to the one that there is. */
static int build_event(struct build *b, bool paired)
{
	const struct spec *spec = b->content.typed->spec;
	struct event *joined = NULL;
	int err = -ENOMEM;

	b->content.paired = paired;
	b->event = calloc(1, sizeof(*b->event));
	b->plan = calloc(1, sizeof(*b->plan));
	if (b->event && b->plan) {
		b->event->spec = spec;
		b->event->paired = paired;
		b->event->raise_at_return = b->opts->raise_at_return;
		b->event->is_tracepoint = spec->kind == SPEC_TRACEPOINT;
		err = make_fields(b);
	}
	if (!err)
		err = make_plan(b);
	if (!err && spec->has_items)
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

enum choice { ALL, OF_ENTRY, OF_RETURN };

static int choose_items(struct build *b, enum choice choice)
{
	const struct typed_spec *typed = b->content.typed;

	b->content.nr_items = 0;
	for (unsigned int i = 0; i < typed->nr_items; i++) {
		struct typed_item *item = &b->content.items[b->content.nr_items];

		if (choice != ALL && typed->items[i].at_return != (choice == OF_RETURN))
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
	return 0;
}

static int build_chosen(struct build *b, enum choice choice, bool paired)
{
	int err = choose_items(b, choice);

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
	return false;
}

int event_list__add(struct event_list *events, struct typed_spec *typed,
		    const struct event_opts *opts, struct diag *diag)
{
	struct build b = {
		.events = events, .opts = opts, .diag = diag,
		.content = { .typed = typed, .opts = opts },
	};
	bool paired = needs_return(typed) || opts->raise_at_return;
	int err;

	if (typed->spec->has_items || typed->spec->kind != SPEC_FUNC)
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
	subset__free(events->types);
	free(events);
}
