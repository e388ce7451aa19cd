// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer's way from the text of a spec to its plan: parser, patterns, types, plan and schema
 * (make fuzz). The first line of the input is a spec, the others are filters, "errors" is --errors.
 *
 * What it checks beyond memory:
 *   - an error has a message, and a place inside the text;
 *   - a tree keeps to its limits and its spans to the text;
 *   - a plan keeps to the limits of bpf/plan.h, jumps forward and to labels, and writes nothing
 *     outside its record, run on memory that can be read and on memory that can't;
 *   - a plan gives what the typed expressions say, filters and faults included (typed_eval.h);
 *   - a schema survives the way through a file.
 *
 * fuzz_spec --seeds=DIR writes the specs of the tests there, as inputs to start from.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../perf-plugin/plan/event.h"
#include "../../perf-plugin/spec/spec.h"
#include "../../perf-plugin/types/matcher.h"
#include "fuzz_check.h"
#include "plan_machine.h"
#include "spec_errors.h"
#include "spec_table.h"
#include "spec_types.h"
#include "typed_eval.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NR(array)	(sizeof(array) / sizeof((array)[0]))
#define MAX_FILTERS	8

static struct spec_types types;
static FILE *null;

/* ---- what was parsed ------------------------------------------------------------------------- */

static void check_span(struct span span, size_t len)
{
	CHECK((size_t)span.pos + span.len <= len);
}

/* Returns the tree's height. */
static unsigned int check_tree(const struct expr *expr, size_t len)
{
	unsigned int height = 0, arg;

	check_span(expr->span, len);
	check_span(expr->name_span, len);
	check_span(expr->type.span, len);
	for (unsigned int i = 0; i < expr->nr_args; i++) {
		arg = check_tree(expr->args[i], len);
		if (arg > height)
			height = arg;
	}
	CHECK(expr->height == height + 1 && expr->height <= EXPR_MAX_DEPTH);
	return height + 1;
}

static void check_expr(const struct expr *expr, size_t len)
{
	char *dump;

	check_tree(expr, len);
	dump = expr__dump(expr);
	CHECK(dump);
	free(dump);
}

static void check_diag(struct diag *diag, const char *text, int err)
{
	CHECK(err < 0 && err != -ENOMEM);
	CHECK(diag->msg && *diag->msg);
	if (diag->text)
		text = diag->text;
	if (diag->has_span)
		check_span(diag->span, strlen(text));
	diag__print(diag, text, err, null);
	diag__exit(diag);
	*diag = (struct diag)DIAG_INIT;
}

static void check_spec(const struct spec *spec)
{
	CHECK(spec->nr_patterns <= SPEC_MAX_PATTERNS && spec->nr_types <= SPEC_MAX_TYPES);
	for (unsigned int i = 0; i < spec->nr_items; i++)
		check_expr(spec->items[i].expr, strlen(spec->text));
	for (unsigned int i = 0; i < spec->nr_filters; i++)
		check_expr(spec->filters[i].expr, strlen(spec->filters[i].text));
}

/* ---- plans ----------------------------------------------------------------------------------- */

static void check_ops(const struct event_list *events, const struct bs_op *ops, unsigned int nr,
		      unsigned int max)
{
	CHECK(nr <= max);
	for (unsigned int i = 0; i < nr; i++) {
		const struct bs_op *op = &ops[i];

		switch (op->code) {
		case BS_OP_SKIP:
			CHECK(op->imm > i && op->imm < nr && ops[op->imm].code == BS_OP_LABEL);
			break;
		case BS_OP_SET: case BS_OP_GET: case BS_OP_INDEX:
			CHECK(op->off < BS_MAX_TEMPS);
			break;
		case BS_OP_ALU:
			CHECK(op->size <= BS_ALU_SGE);
			CHECK(op->flags & BS_F_IMM || op->off < BS_MAX_TEMPS);
			break;
		case BS_OP_BUFFER:
			CHECK(op->size < BS_MAX_TEMPS);
			break;
		case BS_OP_MATCH:
			CHECK(op->off < events->nr_matches);
			break;
		case BS_OP_LOAD: case BS_OP_EXTEND:
			CHECK(op->size >= 1 && op->size <= 8);
			break;
		case BS_OP_BITS:
			CHECK(op->size >= 1 && op->imm + op->size <= 64);
			break;
		case BS_OP_SWAP:
			CHECK(op->size == 2 || op->size == 4 || op->size == 8);
			break;
		}
	}
}

static void check_plan(const struct event_list *events, const struct bs_plan *plan)
{
	check_ops(events, plan->entry_filter, plan->nr_entry_filter_ops, BS_MAX_FILTER_OPS);
	check_ops(events, plan->return_filter, plan->nr_return_filter_ops, BS_MAX_FILTER_OPS);
	check_ops(events, plan->entry, plan->nr_entry_ops, BS_MAX_OPS);
	check_ops(events, plan->ret, plan->nr_return_ops, BS_MAX_OPS);
	CHECK(plan->record_size <= BS_MAX_RECORD && plan->record_size % 8 == 0);
	CHECK(plan->entry_size % 8 == 0 && plan->kept_size % 8 == 0);
	CHECK(plan->entry_off + plan->entry_size <= plan->record_size);
}

/* What plans are run on; parameters lead there, or nowhere. It changes until the return. */
static struct obj objs[2], objs_at_entry[2];
static struct node node, node_at_entry;
static struct raw raw;

static void fill_objects(void)
{
	static const char name[16] = "a name";

	memset(objs, 0, sizeof(objs));
	memset(&node, 0, sizeof(node));
	for (unsigned int i = 0; i < NR(objs); i++) {
		objs[i].next = i ? NULL : &objs[1];
		objs[i].i32 = -5;
		objs[i].u32 = 0x80000007;
		objs[i].i64 = 1;
		objs[i].u8 = 200;
		objs[i].a3 = 5;
		objs[i].s6 = -3;
		objs[i].inp = &node;
		objs[i].label = objs[0].name;
		memcpy(objs[i].name, name, sizeof(name));
	}
	node.next = &node;
	node.val = 1000;
	memory.nr = 0;
	memory_add(objs, sizeof(objs));
	memory_add(&node, sizeof(node));
	memcpy(objs_at_entry, objs, sizeof(objs));
	node_at_entry = node;
}

static void change_objects(void)
{
	objs[0].i32 += 7;
	objs[0].u8 = 3;
	objs[0].next = NULL;
	node.val = -1;
}

static void fill_frame(struct frame *frame, bool readable, bool kprobe)
{
	*frame = (struct frame){ .retval = (uintptr_t)&objs[1], .kprobe = kprobe };
	for (unsigned int i = 0; i < NR(frame->words); i++) {
		uint64_t word = i % 4 ? i * 0x8000000180000001 : readable ? (uintptr_t)&objs[0] : 0;

		frame->words[i] = word;
		if (i < NR(frame->regs))
			frame->regs[i] = word;
		frame->stack[i] = word;
	}
}

/* Filters: whether there is an event; *@known tells whether that could be told. */
static bool eval_terms(const struct typed_spec *typed, struct eval *e, bool *known)
{
	bool all = true;

	*known = true;
	for (unsigned int i = 0; i < typed->nr_terms && all; i++) {
		e->fault = e->unknown = false;
		all = eval_expr(e, typed->terms[i].expr) && !e->fault;
		if (e->unknown && !e->fault) {
			*known = false;
			return false;
		}
	}
	return all;
}

static void check_value(const struct schema *schema, const struct field *f, struct eval *e,
			const struct typed_item *item)
{
	bool failed = raw_status(schema, f, &raw) != ITEM_OK;
	uint64_t value;

	e->fault = e->unknown = false;
	value = eval_expr(e, item->expr);
	if (e->unknown)
		return;
	CHECK(failed == e->fault);
	CHECK(failed || raw_u64(&raw, f->offset) == value);
}

/* Scalars among the fields stand in the order of those among the items. */
static void check_values(const struct typed_spec *typed, const struct schema *schema,
			 struct eval *e)
{
	unsigned int at = 0;

	for (unsigned int i = 0; i < typed->nr_items; i++) {
		if (typed->items[i].kind != TYPED_SCALAR)
			continue;
		while (at < schema->nr_fields && schema->fields[at].kind != FIELD_SCALAR)
			at++;
		CHECK(at < schema->nr_fields);
		check_value(schema, &schema->fields[at++], e, &typed->items[i]);
	}
}

/* Runs @event's plan for its last function, which was typed as @typed. */
static void check_call(const struct event_list *events, const struct event *event,
		       const struct typed_spec *typed, bool readable, bool kprobe)
{
	struct frame frame;
	struct eval e = { .frame = &frame, .entry_copies = { (void *)objs_at_entry,
							     (void *)&node_at_entry } };
	bool is_event, known, wanted;

	fill_objects();
	fill_frame(&frame, readable, kprobe);
	is_event = machine_call(events, event, event->nr_funcs - 1, &frame, change_objects, &raw);
	if (!typed->spec->has_items)
		return;
	wanted = eval_terms(typed, &e, &known);
	CHECK(!known || wanted == is_event);
	if (is_event)
		check_values(typed, &event->schema, &e);
}

static void check_schema(const struct schema *schema)
{
	struct buf format = BUF_INIT;
	struct schema *read;
	struct btf *btf;
	unsigned int nr;
	const char *why = NULL;
	const void *data;
	uint32_t size;
	int err;

	err = schema__format(schema, &format);
	CHECK(!err || err == -E2BIG);
	buf__exit(&format);
	data = btf__raw_data(schema->btf, &size);
	CHECK(data);
	btf = btf__new(data, size);
	CHECK(btf);
	CHECK(!schema__to_btf(schema, btf));
	err = schemas__from_btf(btf, &read, &nr, &why);
	if (err)
		fprintf(stderr, "schema refused: %s\n", why ? why : "");
	CHECK(!err && nr == 1 && read->nr_fields == schema->nr_fields);
	schemas__free(read, nr);
	btf__free(btf);
}

static void check_event(const struct event_list *events, const struct event *event)
{
	CHECK(event->nr_plans >= 1 && event->nr_funcs >= 1);
	for (unsigned int i = 0; i < event->nr_plans; i++)
		check_plan(events, event->plans[i]);
	for (unsigned int i = 0; i < event->nr_funcs; i++)
		CHECK(event->funcs[i].plan < event->nr_plans);
	check_schema(&event->schema);
}

/* ---- the way --------------------------------------------------------------------------------- */

/* Types @spec for @func and adds it to @events. */
static void plan_func(const struct spec *spec, const struct kfunc *func, struct event_list *events)
{
	const struct event_opts opts = { .max_data = 256, .max_string = 32 };
	struct diag diag = DIAG_INIT;
	struct typed_spec *typed;
	struct buf dump = BUF_INIT;
	int err;

	err = typed_spec__new(spec, func, &typed, &diag);
	if (err) {
		check_diag(&diag, spec->text, err);
		return;
	}
	for (unsigned int i = 0; i < typed->nr_items; i++)
		typed_expr__dump(typed->items[i].expr, &dump);
	for (unsigned int i = 0; i < typed->nr_terms; i++)
		typed_expr__dump(typed->terms[i].expr, &dump);
	buf__exit(&dump);
	err = event_list__add(events, typed, &opts, &diag);
	if (err)
		check_diag(&diag, spec->text, err);
	for (unsigned int i = 0; i < 4 * events->nr && !err; i++) {
		const struct event *event = events->events[i / 4];

		if (event->funcs[event->nr_funcs - 1].func.id == func->id)
			check_call(events, event, typed, i & 1, i & 2);
	}
	typed_spec__free(typed);
	diag__exit(&diag);
}

/* All functions that the spec means; one that means none is tried on f(). */
static void plan_spec(const struct spec *spec)
{
	struct diag diag = DIAG_INIT;
	struct event_list *events;
	struct matcher *matcher;
	unsigned int nr = 0;
	int err;

	CHECK(!event_list__new(&events));
	err = matcher__new(spec, "/nonexistent", &matcher, &diag);
	if (err) {
		check_diag(&diag, spec->text, err);
	} else {
		for (unsigned int i = 0; i < types.nr_funcs; i++) {
			if (!matcher__matches(matcher, types.funcs[i].name))
				continue;
			plan_func(spec, &types.funcs[i], events);
			nr++;
		}
		matcher__free(matcher);
	}
	if (!nr)
		plan_func(spec, types.funcs, events);
	for (unsigned int i = 0; i < events->nr; i++)
		check_event(events, events->events[i]);
	event_list__free(events);
}

static void try_filter(struct spec *spec, char *text)
{
	struct diag diag = DIAG_INIT;
	int err;

	if (!strcmp(text, "errors")) {
		spec->errors = true;
		return;
	}
	err = spec__add_filter(spec, text, &diag);
	if (err)
		check_diag(&diag, text, err);
	diag__exit(&diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), *rest = text, *line;
	struct diag diag = DIAG_INIT;
	struct spec *spec;
	int err;

	CHECK(text);
	line = strsep(&rest, "\n");
	err = spec__parse(line, &spec, &diag);
	if (err) {
		check_diag(&diag, line, err);
		free(text);
		return 0;
	}
	for (unsigned int i = 0; i < MAX_FILTERS && (line = strsep(&rest, "\n")); i++)
		try_filter(spec, line);
	check_spec(spec);
	plan_spec(spec);
	spec__free(spec);
	free(text);
	return 0;
}

/* ---- what to start from ---------------------------------------------------------------------- */

static const char *seeds_dir;
static unsigned int nr_seeds;

__attribute__((format(printf, 1, 2)))
static void add_seed(const char *fmt, ...)
{
	char path[4096];
	va_list args;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%04u", seeds_dir, nr_seeds++);
	file = fopen(path, "w");
	CHECK(file);
	va_start(args, fmt);
	vfprintf(file, fmt, args);
	va_end(args);
	fclose(file);
}

/* The judge's expressions, as text alone. */
#define CASE(name)	static void seeds_of_##name(void)
#define C(...)		add_seed("f(%s)", #__VA_ARGS__)
#define BITS(...)	add_seed("f(%s)", #__VA_ARGS__)
#define STR(...)	add_seed("f(%s)", #__VA_ARGS__)
#define OBJ(...)	add_seed("f(%s)", #__VA_ARGS__)
#define IF(...)		add_seed("f\n%s", #__VA_ARGS__)
#define IS(text, ...)	add_seed("f(%s)", text)
#define THEN(text, ...)	add_seed("f(%s)", text)
#define IFS(text, ...)	add_seed("f\n%s", text)
#include "spec_judge.inc"

/* The part in front of the parentheses, which the other specs have only the simplest of. */
static const char *const pattern_seeds[] = {
	"get_*(o)", "get_[a-m]*(return)", "{get_u8,get_bool}(return)", "/^get_(int|str)$/(o->i32)",
	"get_*,!get_obj*", "!get_u8(o)", "*:get_?8", "mod:f(o)", "tp:sched_*(prev->pid)",
	"*(struct obj *)", "*(struct obj *, struct node *)", "*(struct obj *)->i32", "@net/*.c(sk)",
	"name=get_*(o->i32 + 1)", "name=f(a=i, b=u)", "f(o)", "two(*n)", "{a,b}{c,d}_e",
};

static void write_seeds(void)
{
#define SEEDS(name)	seeds_of_##name();
	JUDGE_CASES(SEEDS)
	for (size_t i = 0; i < NR(spec_rows); i++)
		add_seed("%s", spec_rows[i].spec);
	for (size_t i = 0; i < NR(filter_rows); i++)
		add_seed("%s\n%s", filter_rows[i].spec,
			 filter_rows[i].filter ? filter_rows[i].filter : "errors");
	for (size_t i = 0; i < NR(error_rows); i++)
		add_seed("%s\n%s", error_rows[i].spec,
			 error_rows[i].filter ? error_rows[i].filter : "1");
	for (size_t i = 0; i < NR(pattern_seeds); i++)
		add_seed("%s", pattern_seeds[i]);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	for (int i = 1; i < *argc; i++) {
		if (strncmp((*argv)[i], "--seeds=", 8))
			continue;
		seeds_dir = (*argv)[i] + 8;
		write_seeds();
		printf("%u seeds\n", nr_seeds);
		exit(0);
	}
	null = fopen("/dev/null", "w");
	CHECK(null);
	spec_types_build(&types);
	return 0;
}
