// SPDX-License-Identifier: GPL-2.0-only
/* plan/track.h, and plans of events whose objects are followed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "../../perf-plugin/plan/track.h"
#include "plan_test.h"

static struct obj other;

static void start(struct plan_test *t, struct track_what *what, const char *track,
		  const char *text, const char *filter)
{
	struct diag diag = DIAG_INIT;

	memset(t, 0, sizeof(*t));
	assert_int_equal(track_what__parse(track, what, &diag), 0);
	t->opts = (struct event_opts){
		.max_data = 1024, .max_string = 16, .track = what, .track_starts = true,
	};
	assert_int_equal(event_list__new(&t->events), 0);
	plan_parse(t, text, filter);
	tracking = (struct tracking){ .max = 4 };
	other = obj;
	memory_add(&other, sizeof(other));
}

static void finish(struct plan_test *t, struct track_what *what)
{
	plan_exit(t);
	track_what__exit(what);
}

/* Calls the function of event @index with @object. Returns the flow, 0: there is no event. */
static uint64_t call(struct plan_test *t, unsigned int index, const struct obj *object,
		     void (*at_return)(void))
{
	const struct event *event = t->events->events[index];
	enum item_status status;
	uint64_t flow;

	assert_int_equal(t->err, 0);
	check_layout(event);
	memset(&t->frame, 0, sizeof(t->frame));
	t->frame.words[0] = (uintptr_t)object;
	if (!machine_call(t->events, event, 0, &t->frame, at_return, &t->raw))
		return 0;
	flow = field_value(event, "flow", &t->raw, &status);
	assert_int_equal(status, ITEM_OK);
	assert_int_not_equal(flow, 0);
	assert_int_equal(field_value(event, "object", &t->raw, &status), (uintptr_t)object);
	assert_int_equal(status, ITEM_OK);
	return flow;
}

/* What a program does at a function that is called with @first and @second. */
static void note(enum track_note how, uint64_t first, uint64_t second)
{
	struct frame frame = { .words = { first, second } };
	struct machine m = { .in_filter = true };
	struct kfunc func = fixture_func(&fix, "noted", 'v', "oo");
	struct bs_plan *plan;

	assert_int_equal(track__plan_note(how, &func, 0, &plan), 0);
	assert_true(plan->nr_entry_filter_ops <= BS_MAX_NOTE_OPS);
	machine_run(&m, &frame, plan->entry_filter, plan->nr_entry_filter_ops, BS_MAX_FILTER_OPS);
	free(plan);
}

static void what_is_followed(void **state)
{
	static const struct {
		const char *what, *params;
		int index;
	} cases[] = {
		{ "o", "io", 1 }, { "o", "i", -1 }, { "i", "oi", -1 },
		{ "obj", "io", 1 }, { "struct obj *", "ioo", 1 }, { "struct obj", "o", 0 },
		{ "const struct obj *", "o", 0 }, { "union obj *", "o", -1 },
		{ "struct none *", "o", -1 }, { "none", "o", -1 },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct kfunc func = fixture_func(&fix, "found", 'v', cases[i].params);
		struct diag diag = DIAG_INIT;
		struct track_what what;
		struct typed_expr expr;
		struct typed_type type;
		int err;

		assert_int_equal(track_what__parse(cases[i].what, &what, &diag), 0);
		err = track_what__find(&what, &func, &expr, &type);
		if (err != (cases[i].index < 0 ? -ENOENT : 0))
			fail_msg("%s: %d", cases[i].what, err);
		if (!err)
			assert_int_equal(expr.index, cases[i].index);
		track_what__exit(&what);
	}
}

static void no_names(void **state)
{
	static const char *const texts[] = {
		"", " ", "1", "skb->len", "struct obj **", "obj *)(", "f(x)", "(skb)", "a b",
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct diag diag = DIAG_INIT;
		struct track_what what;

		if (track_what__parse(texts[i], &what, &diag) != -EINVAL)
			fail_msg("'%s'", texts[i]);
		assert_non_null(diag.msg);
		diag__exit(&diag);
	}
}

/* From the first event on, until it is freed. */
static void without_filter(void **state)
{
	struct track_what what;
	struct plan_test t;

	(void)state;
	start(&t, &what, "o", "f(o->val)", NULL);
	plan_add_func(&t, "f", 'i', "o");
	plan_add(&t, "g", 'i', "o", "g(o->val)");
	assert_int_equal(call(&t, 0, &obj, NULL), 1);
	assert_int_equal(call(&t, 1, &obj, NULL), 1);
	assert_int_equal(call(&t, 1, &other, NULL), 2);
	assert_int_equal(call(&t, 0, &other, NULL), 2);
	assert_int_equal(call(&t, 0, NULL, NULL), 0);
	note(NOTE_END, (uintptr_t)&obj, 0);
	assert_int_equal(call(&t, 0, &obj, NULL), 3);
	assert_int_equal(call(&t, 1, &other, NULL), 2);
	finish(&t, &what);
}

/* Only where the filter lets it begin; what it says of an object later does not matter. */
static void with_filter(void **state)
{
	struct track_what what;
	struct plan_test t;

	(void)state;
	start(&t, &what, "o", "f(o->val)", "o->val == -100 && (o->small > 5 || o->neg == 1)");
	plan_add_func(&t, "f", 'i', "o");
	t.opts.track_starts = false;
	plan_add(&t, "g", 'i', "o", "g(o->val, o->small)");
	other.val = 5;
	assert_int_equal(call(&t, 1, &obj, NULL), 0);
	assert_int_equal(call(&t, 0, &other, NULL), 0);
	tracking.no_target = true;
	assert_int_equal(call(&t, 0, &obj, NULL), 0);
	tracking.no_target = false;
	assert_int_equal(call(&t, 0, &obj, NULL), 1);
	tracking.no_target = true;
	obj.val = 7;
	assert_int_equal(call(&t, 0, &obj, NULL), 1);
	assert_int_equal(call(&t, 1, &obj, NULL), 1);
	assert_int_equal(call(&t, 1, &other, NULL), 0);
	finish(&t, &what);
}

static void end_obj(void)
{
	note(NOTE_END, (uintptr_t)&obj, 0);
}

/* What was followed at the entry is, even if it was freed meanwhile. */
static void freed_inside(void **state)
{
	struct track_what what;
	struct plan_test t;

	(void)state;
	start(&t, &what, "o", "f(o->val, return)", NULL);
	plan_add_func(&t, "f", 'i', "o");
	assert_true(t.events->events[0]->paired);
	assert_int_equal(call(&t, 0, &obj, NULL), 1);
	assert_int_equal(call(&t, 0, &obj, end_obj), 1);
	assert_int_equal(tracking.nr, 0);
	assert_int_equal(call(&t, 0, &obj, NULL), 2);
	finish(&t, &what);
}

/* What a filter asks of the return decides there; then a freed object is followed no further. */
static void begins_at_return(void **state)
{
	struct track_what what;
	struct plan_test t;

	(void)state;
	start(&t, &what, "o", "f(o->val, return)", "return == 0 && o->small == 200");
	plan_add_func(&t, "f", 'i', "o");
	plan_add(&t, "g", 'i', "o", "g(o->val)");
	t.opts.track_starts = false;
	plan_add(&t, "h", 'i', "o", "h(o->val)");
	assert_int_equal(call(&t, 0, &obj, NULL), 1);
	assert_int_equal(call(&t, 2, &obj, NULL), 1);
	assert_int_equal(call(&t, 0, &obj, NULL), 1);
	note(NOTE_END, (uintptr_t)&obj, 0);
	assert_int_equal(call(&t, 0, &obj, end_obj), 2);
	assert_int_equal(tracking.nr, 0);
	assert_int_equal(call(&t, 2, &obj, NULL), 0);
	/* Not wanted: what the entry left is no flow. */
	other.small = 1;
	assert_int_equal(call(&t, 0, &other, NULL), 0);
	assert_int_equal(call(&t, 2, &other, NULL), 0);
	assert_int_equal(call(&t, 1, &other, NULL), 3);
	finish(&t, &what);
}

static void copies(void **state)
{
	struct track_what what;
	struct plan_test t;

	(void)state;
	start(&t, &what, "struct obj *", "f(o->val)", NULL);
	plan_add_func(&t, "f", 'i', "o");
	assert_int_equal(call(&t, 0, &obj, NULL), 1);
	note(NOTE_COPY, (uintptr_t)&other, (uintptr_t)&obj);
	assert_int_equal(call(&t, 0, &other, NULL), 1);
	note(NOTE_END, (uintptr_t)&obj, 0);
	assert_int_equal(call(&t, 0, &other, NULL), 1);
	/* A copy of what is not followed: the address is another object's now. */
	note(NOTE_COPY, (uintptr_t)&other, (uintptr_t)&obj);
	assert_int_equal(tracking.nr, 0);
	finish(&t, &what);
}

static void ends(void **state)
{
	const struct obj *array[3] = { &obj, NULL, &other };
	struct track_what what;
	struct plan_test t;

	(void)state;
	start(&t, &what, "o", "f(o->val)", NULL);
	plan_add_func(&t, "f", 'i', "o");
	memory_add(array, sizeof(array));
	call(&t, 0, &obj, NULL);
	call(&t, 0, &other, NULL);
	note(NOTE_END_MANY, 1, (uintptr_t)array);
	assert_int_equal(tracking.nr, 1);
	note(NOTE_END_MANY, 3, (uintptr_t)array);
	assert_int_equal(tracking.nr, 0);
	call(&t, 0, &obj, NULL);
	note(NOTE_END_MEMBER, (uintptr_t)&obj + 24, 16);
	assert_int_equal(tracking.nr, 1);
	note(NOTE_END_MEMBER, (uintptr_t)&obj + 24, 24);
	assert_int_equal(tracking.nr, 0);
	finish(&t, &what);
}

/* What cannot be followed has no event, and is counted. */
static void full(void **state)
{
	struct track_what what;
	struct plan_test t;

	(void)state;
	start(&t, &what, "o", "f(o->val)", NULL);
	plan_add_func(&t, "f", 'i', "o");
	tracking.max = 1;
	assert_int_equal(call(&t, 0, &obj, NULL), 1);
	assert_int_equal(call(&t, 0, &other, NULL), 0);
	assert_int_equal(tracking.untracked, 1);
	assert_int_equal(call(&t, 0, &obj, NULL), 1);
	finish(&t, &what);
}

/* Both events of a function without items; all of its parameters; many functions. */
static void without_items(void **state)
{
	struct track_what what;
	struct plan_test t;

	(void)state;
	start(&t, &what, "o", "f", NULL);
	plan_add_func(&t, "f", 'i', "oi");
	assert_int_equal(t.events->nr, 2);
	assert_int_equal(call(&t, 1, &obj, NULL), 1);
	assert_int_equal(call(&t, 0, &obj, NULL), 1);
	plan_parse(&t, "g_*", NULL);
	plan_add_func(&t, "g_one", 'i', "oi");
	assert_int_equal(call(&t, 2, &obj, NULL), 1);
	assert_string_equal(t.events->events[2]->tracked, "obj");
	finish(&t, &what);
}

static void lacks_it(void **state)
{
	struct track_what what;
	struct plan_test t;

	(void)state;
	start(&t, &what, "o", "f(i)", NULL);
	plan_add_func(&t, "f", 'i', "i");
	assert_int_equal(t.err, -ENOENT);
	assert_string_equal(t.diag.msg, "no parameter for --track o");
	assert_int_equal(t.events->nr, 0);
	diag__exit(&t.diag);
	t.diag = (struct diag)DIAG_INIT;
	finish(&t, &what);
}

/* What the user names so gives way. */
static void names(void **state)
{
	struct track_what what;
	struct plan_test t;
	const struct schema *s;

	(void)state;
	start(&t, &what, "o", "f(flow=o->val, object=o->small)", NULL);
	plan_add_func(&t, "f", 'i', "o");
	s = &t.events->events[0]->schema;
	assert_int_equal(s->nr_fields, 4);
	assert_string_not_equal(s->fields[0].name, "flow");
	assert_string_not_equal(s->fields[1].name, "object");
	assert_string_equal(s->fields[2].name, "flow");
	assert_string_equal(s->fields[2].expr, "flow");
	assert_string_equal(s->fields[3].name, "object");
	assert_int_equal(call(&t, 0, &obj, NULL), 1);
	finish(&t, &what);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_followed, setup, teardown),
		cmocka_unit_test(no_names),
		cmocka_unit_test_setup_teardown(without_filter, setup, teardown),
		cmocka_unit_test_setup_teardown(with_filter, setup, teardown),
		cmocka_unit_test_setup_teardown(freed_inside, setup, teardown),
		cmocka_unit_test_setup_teardown(begins_at_return, setup, teardown),
		cmocka_unit_test_setup_teardown(copies, setup, teardown),
		cmocka_unit_test_setup_teardown(ends, setup, teardown),
		cmocka_unit_test_setup_teardown(full, setup, teardown),
		cmocka_unit_test_setup_teardown(without_items, setup, teardown),
		cmocka_unit_test_setup_teardown(lacks_it, setup, teardown),
		cmocka_unit_test_setup_teardown(names, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
