// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "../util/buf.h"
#include "steps.h"

#define STRING_(number)	#number
#define STRING(number)	STRING_(number)	/* of a macro that is a number */

#define NR_STATUS	32	/* two bits each in the status word */

/* What takes operations: an item, a term of the filter, or none, for values that are kept. */
struct job {
	const struct typed_item *item;
	const struct typed_term *term;
	bool is_trigger;	/* the term is, among the items' operations */
};

struct steps {
	struct bs_plan *plan;
	const struct content *content;
	const struct layout *layout;
	struct match_list *matches;
	struct kept_list kept;
	unsigned int nr_status;	/* of the items, and what is kept */
	struct diag *diag;
};

/* One side of the plan; both of its lists, as the machine runs them. */
struct side {
	struct steps *steps;
	bool at_return;
	struct op_list filter, items;
	struct code code;
	struct job too_long;	/* what did not fit into its list any more */
	bool alone;		/* because it is too long by itself */
	struct job failed;	/* what code.err is about */
	unsigned int nr_status;	/* with those of triggers */
	int flow;		/* temp of the flow, where an object is followed */
	bool flow_is_new;	/* at the return: the flow can have begun only now */
};

/* ---- items --------------------------------------------------------------------------------- */

/* The words of an aggregate that is passed by value, one after the other. */
static void emit_by_value(struct code *code, const struct typed_item *item,
			  const struct item_layout *l)
{
	/* The item can be the parameter's first member and end before it does. */
	for (unsigned int word = 0; 8 * word < l->size; word++) {
		code__word(code, item->expr, word);
		code__emit(code, (struct bs_op){ .code = BS_OP_STORE, .off = l->bytes + 8 * word });
	}
}

static void emit_tail(struct code *code, const struct typed_item *item,
		      const struct item_layout *l, bool last)
{
	struct bs_op op = {
		.code = item->kind == TYPED_STRING ? BS_OP_STRING : BS_OP_BUFFER,
		.flags = last ? BS_F_LAST : 0, .off = l->tail, .off2 = l->loc, .imm = l->room,
	};
	int temp = -1;

	if (item->kind == TYPED_BUFFER) {
		code__expr(code, item->length, FOR_VALUE);
		temp = code__set_temp(code);
		op.size = temp;
	}
	if (item->expr)
		code__expr(code, item->expr, FOR_ADDRESS);
	else
		op.flags |= BS_F_COMM;
	code__emit(code, op);
	code__put_temp(code, temp);
}

static void emit_item(struct code *code, const struct typed_item *item,
		      const struct item_layout *l, bool last)
{
	code->item = l->status;
	if (item->kind == TYPED_BY_VALUE) {
		emit_by_value(code, item, l);
		return;
	}
	if (l->room) {
		emit_tail(code, item, l, last);
		return;
	}
	code__expr(code, item->expr,
		   item->kind == TYPED_SCALAR && !item->pointee ? FOR_VALUE : FOR_ADDRESS);
	if (l->scalar)
		code__emit(code, (struct bs_op){ .code = BS_OP_STORE, .off = l->scalar });
	if (l->size)
		code__emit(code, (struct bs_op){
			.code = BS_OP_COPY, .off = l->bytes, .imm = l->size,
		});
}

/* ---- a side -------------------------------------------------------------------------------- */

static void note_job(struct side *side, const struct op_list *list, uint32_t before,
		     const struct job *job)
{
	if (side->code.err && !side->failed.item && !side->failed.term)
		side->failed = *job;
	if (list->wanted <= list->max || before > list->max)
		return;
	side->too_long = *job;
	side->alone = list->wanted - before > list->max;
}

static void emit_terms(struct side *side)
{
	const struct typed_spec *typed = side->steps->content->typed;

	for (unsigned int i = 0; i < typed->nr_terms; i++) {
		struct job job = { .term = &typed->terms[i] };
		uint32_t before = side->filter.wanted;

		if (job.term->expr->at_return != side->at_return)
			continue;
		code__expr(&side->code, job.term->expr, FOR_VALUE);
		code__emit(&side->code, (struct bs_op){ .code = BS_OP_FILTER });
		note_job(side, &side->filter, before, &job);
	}
}

static bool has_terms(const struct content *content, bool at_return)
{
	const struct typed_spec *typed = content->typed;

	for (unsigned int i = 0; i < typed->nr_terms; i++)
		if (typed->terms[i].expr->at_return == at_return)
			return true;
	return false;
}

static void emit_temp(struct side *side, enum bs_opcode opcode, int temp)
{
	code__emit(&side->code, (struct bs_op){ .code = opcode, .off = temp });
}

static void emit_op(struct side *side, enum bs_opcode opcode)
{
	code__emit(&side->code, (struct bs_op){ .code = opcode });
}

/* Follows the object from here on, and has its flow in the temp. */
static void emit_track(struct side *side, enum bs_track how)
{
	code__expr(&side->code, side->steps->content->object, FOR_VALUE);
	code__emit(&side->code, (struct bs_op){ .code = BS_OP_TRACK, .size = how });
	emit_temp(side, BS_OP_SET, side->flow);
}

/*
 * At the entry: an object that is followed passes, whoever comes along with it. Following begins
 * where the target and the user's filter allow it; if the filter asks for the return, not before.
 */
static void emit_tracked_entry(struct side *side)
{
	const struct content *content = side->steps->content;
	bool later = content->paired && has_terms(content, true);
	struct skips skips = { .nr = 0 };

	code__expr(&side->code, content->object, FOR_VALUE);
	emit_op(side, BS_OP_TRACKED);
	side->flow = code__set_temp(&side->code);
	if (!content->opts->track_starts) {
		emit_op(side, BS_OP_FILTER);
		return;
	}
	code__skip(&side->code, BS_F_IF, &skips);
	emit_op(side, BS_OP_TARGET);
	emit_op(side, BS_OP_FILTER);
	emit_terms(side);
	emit_track(side, later ? BS_TRACK_LATER : BS_TRACK_NEW);
	if (!later)
		emit_op(side, BS_OP_FILTER);
	code__label(&side->code, &skips);
	share__forget(&side->code.share, skips.nr_shared);
}

/* At the return: what was followed at the entry passes; the rest begins here. */
static void emit_tracked_return(struct side *side)
{
	const struct content *content = side->steps->content;
	struct skips skips = { .nr = 0 };

	side->flow_is_new = content->opts->track_starts && has_terms(content, true);
	if (!side->flow_is_new)
		return;
	code__expr(&side->code, content->flow, FOR_VALUE);
	side->flow = code__set_temp(&side->code);
	code__skip(&side->code, BS_F_IF, &skips);
	emit_terms(side);
	emit_track(side, BS_TRACK_NOW);
	emit_op(side, BS_OP_FILTER);
	code__label(&side->code, &skips);
	share__forget(&side->code.share, skips.nr_shared);
}

static void emit_filter(struct side *side)
{
	side->code.list = &side->filter;
	side->code.in_filter = true;
	if (!side->steps->content->flow)
		emit_terms(side);
	else if (side->at_return)
		emit_tracked_return(side);
	else
		emit_tracked_entry(side);
	side->code.in_filter = false;
}

/* The flow's item: at the return it is in the record already, but for a new one. */
static void emit_flow(struct side *side)
{
	const struct content *content = side->steps->content;
	const struct item_layout *items = side->steps->layout->items;

	if (!content->flow || (side->at_return && !side->flow_is_new))
		return;
	emit_temp(side, BS_OP_GET, side->flow);
	code__emit(&side->code, (struct bs_op){
		.code = BS_OP_STORE, .off = items[content->nr_items - 2].scalar,
	});
}

/* The values that are counted on this side; what the entry knows, the return has kept of it. */
static void emit_counts(struct side *side)
{
	const struct content *content = side->steps->content;

	for (unsigned int i = 0; i < content->nr_items; i++) {
		const struct stat_item *item = &content->stat->items[i];
		struct job job = { .item = &content->items[i] };
		uint32_t before = side->items.wanted;
		unsigned int flags = item->is_signed ? BS_F_SIGNED : 0;

		if (item->at_return != side->at_return)
			continue;
		side->code.item = side->steps->layout->items[i].status;
		if (side->code.item < 0)
			flags |= BS_F_SURE;
		code__expr(&side->code, job.item->expr, FOR_VALUE);
		code__emit(&side->code, (struct bs_op){
			.code = BS_OP_COUNT, .flags = flags, .off = item->figure,
			.off2 = item->buckets,
		});
		note_job(side, &side->items, before, &job);
	}
}

static void emit_items(struct side *side)
{
	const struct content *content = side->steps->content;
	const struct layout *layout = side->steps->layout;

	side->code.list = &side->items;
	side->code.item = -1;
	if (content->stat) {
		emit_counts(side);
		return;
	}
	emit_flow(side);
	for (unsigned int i = 0; i < content->nr_items; i++) {
		struct job job = { .item = &content->items[i] };
		uint32_t before = side->items.wanted;

		if (job.item->at_return != side->at_return ||
		    (content->flow && job.item->expr == content->flow))
			continue;
		emit_item(&side->code, job.item, &layout->items[i], (int)i == layout->last_tail);
		note_job(side, &side->items, before, &job);
	}
}

/* Whether an event is a trigger, where it is raised. */
static void emit_triggers(struct side *side)
{
	const struct content *content = side->steps->content;
	const struct typed_spec *typed = content->typed;
	int status = side->steps->nr_status;

	if (content->stat || side->at_return != content->paired)
		return;
	for (unsigned int i = 0; i < typed->nr_triggers; i++) {
		const struct typed_expr *expr = typed->triggers[i].expr;
		struct job job = { .term = &typed->triggers[i], .is_trigger = true };
		uint32_t before = side->items.wanted;

		if (!(expr->at_return ? content->has_return_triggers :
					content->has_entry_triggers))
			continue;
		side->code.item = typed_expr__can_fail(expr) ? status++ : -1;
		code__expr(&side->code, expr, FOR_VALUE);
		code__emit(&side->code, (struct bs_op){
			.code = BS_OP_TRIGGER, .flags = side->code.item < 0 ? BS_F_SURE : 0,
		});
		note_job(side, &side->items, before, &job);
	}
	side->nr_status = status;
}

/* At the entry: what the return needs of it. */
static void emit_kept(struct side *side)
{
	struct kept_list *list = &side->steps->kept;

	for (unsigned int i = 0; i < list->nr; i++) {
		const struct kept *kept = &list->values[i];
		uint32_t before = side->items.wanted;

		if (kept->recorded)
			continue;
		side->code.item = kept->status;
		code__expr(&side->code, kept->expr,
			   kept->purpose == FOR_ANY ? FOR_VALUE : kept->purpose);
		code__emit(&side->code, (struct bs_op){ .code = BS_OP_STORE, .off = kept->off });
		note_job(side, &side->items, before, &(struct job){ .item = NULL });
	}
}

static void run_pass(struct side *side, bool counting)
{
	side->filter.nr = side->filter.wanted = 0;
	side->items.nr = side->items.wanted = 0;
	side->too_long = side->failed = (struct job){ .item = NULL };
	side->code.err = 0;
	side->code.culprit = NULL;
	share__start(&side->code.share, counting);
	emit_filter(side);
	emit_items(side);
	emit_triggers(side);
	if (!side->at_return)
		emit_kept(side);
}

/* A list ends where BS_OP_END, 0, is; an earlier pass may have been longer. */
static void end_list(struct op_list *list)
{
	memset(list->ops + list->nr, 0, (list->max - list->nr) * sizeof(*list->ops));
}

static bool is_too_long(const struct side *side)
{
	return side->filter.wanted > side->filter.max || side->items.wanted > side->items.max;
}

/* Both passes, until there are temps for all that is shared. */
static void run_passes(struct side *side)
{
	do {
		run_pass(side, true);
		run_pass(side, false);
	} while (side->code.share.again);
}

static void make_side(struct side *side, struct steps *steps, bool at_return)
{
	struct bs_plan *plan = steps->plan;

	side->steps = steps;
	side->at_return = at_return;
	side->filter.ops = at_return ? plan->return_filter : plan->entry_filter;
	side->filter.max = BS_MAX_FILTER_OPS;
	side->items.ops = at_return ? plan->ret : plan->entry;
	side->items.max = BS_MAX_OPS;
	side->alone = false;
	side->nr_status = 0;
	side->code.matches = steps->matches;
	side->code.kept = at_return ? &steps->kept : NULL;
	side->code.item = -1;
	share__init(&side->code.share);
	run_passes(side);
	if (is_too_long(side) && !side->code.err) {
		side->code.share.no_leaves = true;
		run_passes(side);
	}
	end_list(&side->filter);
	end_list(&side->items);
}

/* ---- what the user is told ----------------------------------------------------------------- */

int steps__too_much(const struct typed_spec *typed, struct diag *diag, const char *limit)
{
	diag__error_at(diag, -E2BIG, typed->spec->pattern_span,
		       "one event of '%s' cannot hold so much: %s", typed->func.name, limit);
	diag__hint(diag, "name fewer items, or keep less of each with --max-data");
	return -E2BIG;
}

static struct span item_span(const struct spec *spec, const struct typed_item *item)
{
	for (unsigned int i = 0; i < spec->nr_items; i++) {
		const struct spec_item *from = &spec->items[i];

		if (!strcmp(from->name ? from->name : from->text, item->name))
			return from->expr->span;
	}
	return spec->pattern_span;
}

/* Where the term was written: in a filter's text, which @diag then refers to, or as an item. */
static struct span term_span(const struct spec *spec, const struct job *job, struct diag *diag)
{
	const struct spec_filter *filters = job->is_trigger ? spec->triggers : spec->filters;
	unsigned int nr = job->is_trigger ? spec->nr_triggers : spec->nr_filters;
	const struct typed_term *term = job->term;

	for (unsigned int i = 0; i < nr; i++) {
		const char *text = filters[i].text, *at = strstr(text, term->text);

		if (!at)
			continue;
		if (diag)
			diag__set_text(diag, text);
		return (struct span){ at - text, strlen(term->text) };
	}
	for (unsigned int i = 0; i < spec->nr_items; i++)
		if (strstr(spec->items[i].text, term->text))
			return spec->items[i].expr->span;
	return spec->pattern_span;
}

static struct span job_span(const struct steps *steps, const struct job *job)
{
	const struct spec *spec = steps->content->typed->spec;

	if (job->item)
		return item_span(spec, job->item);
	return job->term ? term_span(spec, job, steps->diag) : spec->pattern_span;
}

static int report_too_long(const struct side *side)
{
	const struct job *job = &side->too_long;
	const struct steps *steps = side->steps;
	struct span span = job_span(steps, job);

	if (job->is_trigger)
		diag__error_at(steps->diag, -E2BIG, span,
			       "with the trigger '%s' an event of '%s' takes more than "
			       STRING(BS_MAX_OPS) " steps", job->term->text,
			       steps->content->typed->func.name);
	else if (job->term && side->alone)
		diag__error_at(steps->diag, -E2BIG, span,
			       "'%s' is too long a filter: more than "
			       STRING(BS_MAX_FILTER_OPS) " steps", job->term->text);
	else if (job->term)
		diag__error_at(steps->diag, -E2BIG, span,
			       "too much is filtered by: with '%s' it is more than "
			       STRING(BS_MAX_FILTER_OPS) " steps", job->term->text);
	else if (job->item && side->alone)
		diag__error_at(steps->diag, -E2BIG, span,
			       "'%s' is too long: more than " STRING(BS_MAX_OPS) " steps",
			       job->item->name);
	else if (job->item)
		diag__error_at(steps->diag, -E2BIG, span,
			       "one event of '%s' cannot hold so much: with '%s' it is more than "
			       STRING(BS_MAX_OPS) " steps", steps->content->typed->func.name,
			       job->item->name);
	else
		diag__error_at(steps->diag, -E2BIG, span,
			       "one event of '%s' cannot hold so much: with what the return needs "
			       "of the entry it is more than " STRING(BS_MAX_OPS) " steps",
			       steps->content->typed->func.name);
	if (job->is_trigger)
		diag__hint(steps->diag, "name fewer items, or put the trigger on another -f of the "
					"same function");
	else if (job->term)
		diag__hint(steps->diag, "filter by less, and pick from what perf btfsnoop script "
					"shows");
	else
		diag__hint(steps->diag, "name fewer items, or record some with another -f");
	diag__set_text(steps->diag, NULL);
	return -E2BIG;
}

/* Something that an expression asks for cannot be had. */
static int report_failed(const struct side *side)
{
	const struct typed_expr *culprit = side->code.culprit;
	const struct steps *steps = side->steps;
	struct span span;
	int err = side->code.err;

	if (err == -ENOMEM)
		return err;
	span = job_span(steps, &side->failed);
	if (!culprit)
		diag__error_at(steps->diag, err, span,
			       "too deeply nested: more than " STRING(BS_MAX_TEMPS)
			       " values are needed at a time");
	else if (err == -ENOSPC)
		diag__error_at(steps->diag, -E2BIG, span,
			       "more than " STRING(BS_MAX_MATCHES)
			       " strings to compare with in one recording");
	else if (err == -E2BIG)
		diag__error_at(steps->diag, err, span,
			       "\"%s\" is too long to compare with: more than "
			       STRING(BS_MAX_MATCH_LEN) " characters", culprit->string);
	else
		diag__error_at(steps->diag, err, span,
			       "\"%s\" is no pattern: it has a [ without its ], a range the wrong "
			       "way round, or ends with a \\", culprit->string);
	diag__set_text(steps->diag, NULL);
	return err == -ENOSPC ? -E2BIG : err;
}

static int check_side(const struct side *side)
{
	if (side->code.err)
		return report_failed(side);
	if (is_too_long(side))
		return report_too_long(side);
	if (side->nr_status > NR_STATUS)
		return steps__too_much(side->steps->content->typed, side->steps->diag,
				       "more than " STRING(NR_STATUS) " values that may be "
				       "unreadable, with the trigger");
	return 0;
}

/* ---- both sides ---------------------------------------------------------------------------- */

/* The item of the entry whose value @kept is. */
static int recorded_as(const struct content *content, const struct kept *kept)
{
	for (unsigned int i = 0; i < content->nr_items && !content->stat; i++) {
		const struct typed_item *item = &content->items[i];

		if (item->kind != TYPED_SCALAR || item->at_return ||
		    !typed_expr__equal(item->expr, kept->expr))
			continue;
		if (kept->purpose == FOR_ANY || (kept->purpose == FOR_VALUE && !item->pointee))
			return i;
	}
	return -1;
}

/* Finds a place for each value that the entry keeps. */
static int place_kept(struct steps *steps)
{
	const struct layout *layout = steps->layout;
	uint32_t start = layout->entry + layout->entry_size, offset = start;
	unsigned int nr_status = layout->nr_status;

	for (unsigned int i = 0; i < steps->kept.nr; i++) {
		struct kept *kept = &steps->kept.values[i];
		int item = recorded_as(steps->content, kept);

		kept->recorded = item >= 0;
		if (kept->recorded) {
			kept->off = layout->items[item].scalar;
			kept->status = layout->items[item].status;
			continue;
		}
		if (typed_expr__can_fail(kept->expr))
			kept->status = nr_status++;
		kept->off = offset;
		offset += 8;
	}
	if (offset > UINT16_MAX)
		return steps__too_much(steps->content->typed, steps->diag, "more than 64 KiB");
	if (nr_status > NR_STATUS)
		return steps__too_much(steps->content->typed, steps->diag,
				       "more than " STRING(NR_STATUS) " values that may be "
				       "unreadable, with those of the entry that the return needs");
	steps->plan->kept_size = offset - start;
	steps->nr_status = nr_status;
	return 0;
}

static void fill_places(struct steps *steps)
{
	const struct layout *layout = steps->layout;
	struct bs_plan *plan = steps->plan;

	plan->status_off = layout->status;
	if (steps->content->stat) {
		plan->stat = steps->content->stat->flags;
		plan->record_size = steps->content->stat->cell_size;
		return;
	}
	plan->duration_off = layout->duration;
	plan->cut_tail = layout->last_tail >= 0;
	plan->entry_off = layout->entry;
	plan->entry_size = steps->content->paired ? layout->entry_size : 0;
	plan->record_size = (BS_RAW_OFFSET + layout->total + 7) & ~7U;
}

/*
 * Looking a task up in the map of targets costs about as much as one load (150 instructions on
 * x86-64). So a filter of one goes first: what it drops then costs no more in any recording.
 */
static bool is_cheap_filter(const struct bs_op *ops, unsigned int nr)
{
	unsigned int nr_loads = 0;

	for (unsigned int i = 0; i < nr; i++) {
		if (ops[i].code == BS_OP_MATCH)
			return false;
		nr_loads += ops[i].code == BS_OP_LOAD;
	}
	return nr && nr_loads <= 1;
}

int steps__make(struct bs_plan *plan, const struct content *content, const struct layout *layout,
		struct match_list *matches, struct diag *diag)
{
	struct steps steps;
	struct side side;
	int err = 0;

	steps.plan = plan;
	steps.content = content;
	steps.layout = layout;
	steps.matches = matches;
	steps.kept.nr = 0;
	steps.nr_status = layout->nr_status;
	steps.diag = diag;
	fill_places(&steps);
	if (content->paired) {
		/* Once to see what has to be kept, once more when its place is known. */
		make_side(&side, &steps, true);
		err = check_side(&side);
		if (!err)
			err = place_kept(&steps);
		if (err)
			return err;
		make_side(&side, &steps, true);
		plan->nr_return_filter_ops = side.filter.nr;
		plan->nr_return_ops = side.items.nr;
	}
	make_side(&side, &steps, false);
	plan->nr_entry_filter_ops = side.filter.nr;
	plan->nr_entry_ops = side.items.nr;
	plan->track = content->flow != NULL;
	plan->filter_first = !plan->track &&
			     is_cheap_filter(plan->entry_filter, plan->nr_entry_filter_ops);
	return check_side(&side);
}
