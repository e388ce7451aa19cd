// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../types/type.h"
#include "event.h"
#include "layout.h"
#include "name.h"

#define STRING_(number)	#number
#define STRING(number)	STRING_(number)	/* of a macro that is a number */

/* What one event is being made from. */
struct build {
	struct event_list *events;
	const struct typed_spec *typed;
	const struct event_opts *opts;
	const struct typed_item *items[SCHEMA_MAX_ITEMS];
	unsigned int nr_items;
	struct layout layout;
	struct event *event;
	struct diag *diag;
};

/* Operations of one side of the plan, as they are appended. */
struct ops {
	struct bs_op *ops;
	uint32_t nr;
	bool overflow;
};

static void emit(struct ops *ops, struct bs_op op)
{
	if (ops->nr == BS_MAX_OPS)
		ops->overflow = true;
	else
		ops->ops[ops->nr++] = op;
}

static int64_t arg_imm(const struct typed_expr *expr)
{
	unsigned int place = expr->param.place + expr->imm;

	if (expr->param.on_stack)
		place += BS_ARG_STACK;
	return BS_ARG(expr->param.word + expr->imm, place);
}

/* The chain of loads of one expression, innermost first; @outer is its last step. */
static void emit_expr(struct ops *ops, const struct typed_expr *expr, int item, bool outer)
{
	struct bs_op op = {
		.flags = expr->is_signed ? BS_F_SIGNED : 0,
		.size = expr->size,
		.item = item < 0 ? 0 : item,
		.imm = expr->imm,
	};

	if (expr->base)
		emit_expr(ops, expr->base, item,
			  outer && (expr->op == TYPED_BITS || expr->op == TYPED_EXTEND));
	switch (expr->op) {
	case TYPED_PARAM:
		op.code = BS_OP_ARG;
		op.imm = arg_imm(expr);
		break;
	case TYPED_RETVAL:
		op.code = BS_OP_RETVAL;
		break;
	case TYPED_ADD:
		op.code = BS_OP_ADD;
		break;
	case TYPED_LOAD:
		op.code = BS_OP_LOAD;
		op.flags |= outer ? BS_F_LAST : 0;
		break;
	case TYPED_EXTEND:
		op.code = BS_OP_EXTEND;
		break;
	case TYPED_BITS:
		op.code = BS_OP_BITS;
		break;
	}
	emit(ops, op);
}

/* The words of an aggregate that is passed by value, one after the other. */
static void emit_by_value(struct ops *ops, const struct typed_item *item,
			  const struct item_layout *l)
{
	struct typed_expr word = *item->expr;

	/* The item can be the parameter's first member and end before it does. */
	for (word.imm = 0; 8 * word.imm < l->size; word.imm++) {
		emit_expr(ops, &word, l->status, true);
		emit(ops, (struct bs_op){
			.code = BS_OP_STORE,
			.off = l->bytes + 8 * word.imm,
		});
	}
}

static void emit_item(struct ops *ops, const struct build *b, unsigned int i)
{
	const struct item_layout *l = &b->layout.items[i];
	const struct typed_item *item = b->items[i];
	unsigned int status = l->status < 0 ? 0 : l->status;

	if (item->kind == TYPED_BY_VALUE) {
		emit_by_value(ops, item, l);
		return;
	}
	emit_expr(ops, item->expr, l->status, item->kind == TYPED_SCALAR && !item->pointee);
	if (l->scalar)
		emit(ops, (struct bs_op){ .code = BS_OP_STORE, .off = l->scalar });
	if (l->size)
		emit(ops, (struct bs_op){
			.code = BS_OP_COPY, .item = status, .off = l->bytes, .imm = l->size,
		});
	if (l->string)
		emit(ops, (struct bs_op){
			.code = BS_OP_STRING, .item = status, .off = l->string, .off2 = l->loc,
			.imm = b->opts->max_string + 1,
			.flags = (int)i == b->layout.last_string ? BS_F_LAST : 0,
		});
}

static int too_big(const struct build *b, const char *limit)
{
	diag__error_at(b->diag, -E2BIG, b->typed->spec->pattern_span,
		       "one event of '%s' cannot hold so much: %s", b->typed->func.name, limit);
	diag__hint(b->diag, "name fewer items, or keep less of each with --max-data");
	return -E2BIG;
}

static int emit_plan(struct build *b)
{
	struct bs_plan *plan = &b->event->plan;
	struct ops entry = { .ops = plan->entry }, ret = { .ops = plan->ret };

	for (unsigned int i = 0; i < b->nr_items; i++)
		emit_item(b->items[i]->at_return ? &ret : &entry, b, i);
	if (entry.overflow || ret.overflow)
		return too_big(b, "more than " STRING(BS_MAX_OPS) " steps");
	plan->nr_entry_ops = entry.nr;
	plan->nr_return_ops = ret.nr;
	plan->event_type = b->event->schema.id;
	plan->status_off = b->layout.status;
	plan->duration_off = b->layout.duration;
	plan->cut_tail = b->layout.last_string >= 0;
	plan->entry_off = b->layout.entry;
	plan->entry_size = b->event->paired ? b->layout.entry_size : 0;
	plan->record_size = (BS_RAW_OFFSET + b->layout.total + 7) & ~7U;
	return 0;
}

static bool field_taken(const char *name, const void *ctx)
{
	const struct schema *schema = ctx;

	for (unsigned int i = 0; i < schema->nr_fields; i++)
		if (!strcmp(schema->fields[i].name, name))
			return true;
	return false;
}

/* Starts a field of the event; @type is one of the traced function's BTF. */
static struct field *add_field(struct build *b, unsigned int i, enum field_kind kind,
			       uint32_t type, int *err)
{
	struct schema *schema = &b->event->schema;
	struct field *f = &schema->fields[schema->nr_fields];
	int id = subset__add(b->events->types, b->typed->func.btf, type);

	if (id < 0) {
		*err = id;
		return NULL;
	}
	*f = (struct field){
		.name = name__unique(b->items[i]->path, field_taken, schema),
		.expr = strdup(b->items[i]->name),
		.kind = kind,
		.type_id = id,
		.item = b->layout.items[i].status,
		.pointer = -1,
		.is_return = b->items[i]->is_return,
	};
	schema->nr_fields++;
	if (!f->name || !f->expr) {
		*err = -ENOMEM;
		return NULL;
	}
	return f;
}

/* The object behind a bare parameter is a field of its own, which says whose it is. */
static int add_object_field(struct build *b, unsigned int i, int pointer)
{
	const struct item_layout *l = &b->layout.items[i];
	const struct typed_item *item = b->items[i];
	struct field *f;
	int err = 0;

	f = add_field(b, i, FIELD_BYTES, item->pointee ? item->pointee : item->type_id, &err);
	if (!f)
		return err;
	f->offset = l->bytes;
	f->size = l->size;
	f->full_size = l->full_size;
	f->pointer = pointer;
	return 0;
}

static int add_item_fields(struct build *b, unsigned int i)
{
	const struct item_layout *l = &b->layout.items[i];
	const struct typed_item *item = b->items[i];
	int pointer = -1, err = 0;
	struct field *f;

	if (l->scalar) {
		f = add_field(b, i, FIELD_SCALAR, item->type_id, &err);
		if (!f)
			return err;
		f->offset = l->scalar;
		f->size = 8;
		f->is_signed = item->is_signed;
		if (item->pointee) {
			/* The pointer itself cannot fail, unless it is on the stack. */
			f->item = item->expr->op == TYPED_PARAM && !item->expr->param.on_stack ?
				  -1 : f->item;
			pointer = b->event->schema.nr_fields - 1;
		}
	}
	if (l->string) {
		f = add_field(b, i, FIELD_STRING, item->type_id, &err);
		if (!f)
			return err;
		f->offset = l->loc;
		f->size = 4;
	}
	return l->size ? add_object_field(b, i, pointer) : 0;
}

static bool event_taken(const char *name, const void *ctx)
{
	const struct event_list *events = ctx;

	for (unsigned int i = 0; i < events->nr; i++)
		if (!strcmp(events->events[i]->schema.name, name))
			return true;
	return false;
}

/* f, or f__return: the name the user gave or the function's, whichever there is. */
static char *event_name(const struct build *b)
{
	const struct spec *spec = b->typed->spec;
	const char *base = spec->event ? spec->event : b->typed->func.name;
	struct buf name = BUF_INIT;
	char *unique = NULL;

	buf__adds(&name, base);
	/* A name the user gave is the name, unless there are two events to tell apart. */
	if (b->event->paired && (!spec->event || !spec->has_items))
		buf__adds(&name, "__return");
	if (!name.failed)
		unique = name__unique(buf__str(&name), event_taken, b->events);
	buf__exit(&name);
	return unique;
}

static int fill_schema(struct build *b)
{
	struct schema *schema = &b->event->schema;
	int err = 0;

	schema->name = event_name(b);
	schema->spec = strdup(b->typed->spec->text);
	schema->id = EVENT_FIRST_ID - b->events->nr;
	schema->at_return = b->event->paired;
	schema->is_tracepoint = b->event->is_tracepoint;
	schema->status_offset = b->layout.status;
	schema->duration_offset = b->layout.duration;
	schema->fixed_size = b->layout.fixed_size;
	schema->btf = subset__btf(b->events->types);
	schema->fields = calloc(2 * b->nr_items + 1, sizeof(*schema->fields));
	if (!schema->name || !schema->spec || !schema->fields)
		return -ENOMEM;
	for (unsigned int i = 0; i < b->nr_items && !err; i++)
		err = add_item_fields(b, i);
	if (!err && schema->nr_fields > SCHEMA_MAX_FIELDS)
		return too_big(b, "more than " STRING(SCHEMA_MAX_FIELDS) " fields");
	return err;
}

static int append(struct event_list *events, struct event *event)
{
	struct event **array = realloc(events->events, (events->nr + 1) * sizeof(*array));

	if (!array)
		return -ENOMEM;
	events->events = array;
	array[events->nr++] = event;
	return 0;
}

static void event__free(struct event *event)
{
	if (!event)
		return;
	schema__exit(&event->schema);
	free(event);
}

/* Makes one event of the items chosen. */
static int build_event(struct build *b, bool paired)
{
	int err;

	if (b->events->nr == BS_MAX_EVENTS) {
		return diag__error(b->diag, -E2BIG, "more than %u events in one recording",
				   BS_MAX_EVENTS);
	}
	b->event = calloc(1, sizeof(*b->event));
	if (!b->event)
		return -ENOMEM;
	b->event->paired = paired;
	b->event->is_tracepoint = b->typed->spec->kind == SPEC_TRACEPOINT;
	b->event->func = b->typed->func;
	err = layout__make(b->typed, b->items, b->nr_items, paired, b->opts, &b->layout);
	if (err)
		too_big(b, "more than 64 KiB");
	if (!err)
		err = fill_schema(b);
	if (!err)
		err = emit_plan(b);
	if (!err)
		err = append(b->events, b->event);
	if (err)
		event__free(b->event);
	return err;
}

/* Takes the items for which @at_return holds, or all of them. */
static int choose_items(struct build *b, bool all, bool at_return)
{
	b->nr_items = 0;
	for (unsigned int i = 0; i < b->typed->nr_items; i++) {
		if (!all && b->typed->items[i].at_return != at_return)
			continue;
		if (b->nr_items == SCHEMA_MAX_ITEMS)
			return too_big(b, "more than " STRING(SCHEMA_MAX_ITEMS) " items");
		b->items[b->nr_items++] = &b->typed->items[i];
	}
	return 0;
}

static bool reads_return(const struct typed_spec *typed)
{
	for (unsigned int i = 0; i < typed->nr_items; i++)
		if (typed->items[i].at_return)
			return true;
	return false;
}

int event_list__add(struct event_list *events, struct typed_spec *typed,
		    const struct event_opts *opts, struct diag *diag)
{
	struct build b = { .events = events, .typed = typed, .opts = opts, .diag = diag };
	bool both = !typed->spec->has_items && typed->spec->kind == SPEC_FUNC;
	int err;

	if (!both) {
		err = choose_items(&b, true, false);
		return err ? err : build_event(&b, reads_return(typed));
	}
	err = typed_spec__add_retval(typed);
	if (!err)
		err = choose_items(&b, false, false);
	if (!err)
		err = build_event(&b, false);
	if (!err)
		err = choose_items(&b, false, true);
	return err ? err : build_event(&b, true);
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
	subset__free(events->types);
	free(events);
}
