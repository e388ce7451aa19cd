// SPDX-License-Identifier: GPL-2.0-only
/* plan/event.h: events of patterns, which several functions raise; their names. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>

#include "../../perf-plugin/plan/name.h"
#include "plan_test.h"

static void start(struct plan_test *t, const char *text, const char *filter)
{
	memset(t, 0, sizeof(*t));
	t->opts = (struct event_opts){ .max_data = 1024, .max_string = 16 };
	assert_int_equal(event_list__new(&t->events), 0);
	plan_parse(t, text, filter);
}

static void add(struct plan_test *t, const char *name, char ret, const char *params)
{
	plan_add_func(t, name, ret, params);
	if (t->err)
		fail_msg("%s: %s", name, t->diag.msg);
}

/* The functions are in the schema as they are in the event. */
static void check_funcs(const struct event *event, unsigned int nr, unsigned int nr_plans)
{
	assert_int_equal(event->nr_funcs, nr);
	assert_int_equal(event->schema.nr_funcs, nr);
	assert_int_equal(event->nr_plans, nr_plans);
	for (unsigned int n = 0; n < nr; n++) {
		const struct btf_type *func = btf__type_by_id(fix.btf, event->funcs[n].func.id);

		/* Pointers into the fixture's BTF last until the next function is added to it. */
		assert_string_equal(event->schema.funcs[n].name,
				    btf__name_by_offset(fix.btf, func->name_off));
		assert_int_equal(event->schema.funcs[n].addr, 0);
		assert_null(event->schema.funcs[n].module);
		assert_true(event->funcs[n].plan < nr_plans);
	}
	for (unsigned int n = 0; n < nr_plans; n++)
		assert_int_equal(event->plans[n]->event_type, event->schema.id);
}

static void joined(void **state)
{
	const struct event *event;
	enum item_status status;
	struct plan_test t;

	(void)state;
	start(&t, "g_*(o->val, o)", NULL);
	add(&t, "g_one", 'i', "o");
	add(&t, "g_two", 'v', "oi");
	add(&t, "g_three", 'i', "io");
	add(&t, "g_four", 'o', "oo");
	add(&t, "g_five", 'o', "ioP");
	assert_int_equal(t.events->nr, 1);
	event = t.events->events[0];
	assert_string_equal(event->schema.name, "g_");
	assert_string_equal(event->schema.spec, "g_*(o->val, o)");
	check_funcs(event, 5, 2);
	assert_int_equal(event->funcs[0].plan, 0);
	assert_int_equal(event->funcs[1].plan, 0);
	assert_int_equal(event->funcs[2].plan, 1);
	assert_int_equal(event->funcs[3].plan, 0);
	assert_int_equal(event->funcs[4].plan, 1);
	/* Each finds its own. */
	for (unsigned int n = 0; n < 5; n++) {
		bool second = event->funcs[n].plan;

		memset(&t.frame, 0, sizeof(t.frame));
		t.frame.words[second] = (uintptr_t)&obj;
		assert_true(machine_call(t.events, event, n, &t.frame, NULL, &t.raw));
		assert_int_equal(field_value(event, "o__val", &t.raw, &status), -100);
		assert_int_equal(status, ITEM_OK);
	}
	plan_exit(&t);
}

/* Values of other types are another event's. */
static void not_joined(void **state)
{
	struct plan_test t;

	(void)state;
	start(&t, "g_*(return)", NULL);
	add(&t, "g_one", 'i', "o");
	add(&t, "g_two", 'l', "o");
	add(&t, "g_three", 'i', "oi");
	add(&t, "g_four", 'o', "oi");
	add(&t, "g_five", 'l', "oi");
	add(&t, "g_six", 'u', "oi");
	assert_int_equal(t.events->nr, 4);
	assert_string_equal(t.events->events[0]->schema.name, "g___return");
	assert_string_equal(t.events->events[1]->schema.name, "g___return_2");
	check_funcs(t.events->events[0], 2, 1);
	check_funcs(t.events->events[1], 2, 1);
	check_funcs(t.events->events[2], 1, 1);
	check_funcs(t.events->events[3], 1, 1);
	plan_exit(&t);
}

/* The same items of another spec are another event's, too. */
static void two_specs(void **state)
{
	struct plan_test t;

	(void)state;
	start(&t, "g_*(o->val)", NULL);
	add(&t, "g_one", 'i', "o");
	plan_parse(&t, "g_*(o->val)", NULL);
	add(&t, "g_one", 'i', "o");
	add(&t, "g_two", 'i', "o");
	assert_int_equal(t.events->nr, 2);
	check_funcs(t.events->events[0], 1, 1);
	check_funcs(t.events->events[1], 2, 1);
	plan_exit(&t);
}

/* Tracepoints have a plan each, as their programs cannot tell which one they are at. */
static void tracepoints(void **state)
{
	struct plan_test t;

	(void)state;
	start(&t, "tp:g_*(o->val)", NULL);
	add(&t, "g_one", 'v', "o");
	add(&t, "g_two", 'v', "o");
	assert_int_equal(t.events->nr, 1);
	assert_true(t.events->events[0]->is_tracepoint);
	check_funcs(t.events->events[0], 2, 2);
	plan_exit(&t);
}

/* A filter can need other operations where what is recorded is the same. */
static void filters_differ(void **state)
{
	const struct event *event;
	struct plan_test t;

	(void)state;
	start(&t, "g_*(o->val)", "i == 3 && o->val < return");
	add(&t, "g_one", 'i', "oi");
	add(&t, "g_two", 'l', "oi");
	add(&t, "g_three", 'i', "oio");
	add(&t, "g_four", 'i', "oi");
	assert_int_equal(t.events->nr, 1);
	event = t.events->events[0];
	check_funcs(event, 4, 2);
	assert_int_equal(event->funcs[1].plan, 1);
	assert_int_equal(event->funcs[3].plan, 0);
	plan_exit(&t);
}

/* Several functions of one name: its items are the same event's. */
static void same_name(void **state)
{
	const struct event *event;
	struct plan_test t;

	(void)state;
	start(&t, "f(o->val)", NULL);
	add(&t, "f", 'i', "o");
	add(&t, "f", 'i', "io");
	assert_int_equal(t.events->nr, 1);
	event = t.events->events[0];
	assert_string_equal(event->schema.name, "f");
	check_funcs(event, 2, 2);
	assert_int_equal(event__add_func_like(t.events->events[0], 1), 0);
	check_funcs(event, 3, 2);
	assert_int_equal(event->funcs[2].plan, 1);
	plan_exit(&t);

	start(&t, "f", NULL);
	add(&t, "f", 'i', "o");
	add(&t, "f", 'i', "io");
	assert_int_equal(t.events->nr, 4);
	assert_string_equal(t.events->events[0]->schema.name, "f");
	assert_string_equal(t.events->events[1]->schema.name, "f__return");
	assert_string_equal(t.events->events[2]->schema.name, "f_2");
	assert_string_equal(t.events->events[3]->schema.name, "f__return_2");
	plan_exit(&t);
}

static void steps_of_sequence(void **state)
{
	const struct event *event;
	struct plan_test t;

	(void)state;
	start(&t, "g_*(o->val)", NULL);
	add(&t, "g_one", 'i', "o");
	t.opts.raise_at_return = true;
	t.opts.sequence_step = 1;
	add(&t, "g_two", 'i', "o");
	t.opts.raise_at_return = false;
	t.opts.sequence_step = 2;
	add(&t, "g_three", 'i', "o");
	t.opts.sequence_step = 0;
	add(&t, "g_four", 'i', "o");
	assert_int_equal(t.events->nr, 2);
	event = t.events->events[0];
	check_funcs(event, 3, 2);
	assert_int_equal(event->plans[event->funcs[1].plan]->sequence_step, 2);
	assert_int_equal(event->plans[event->funcs[2].plan]->sequence_step, 0);
	assert_true(t.events->events[1]->paired);
	plan_exit(&t);
}

/* --graph: one event at the return, with the return value and the duration, once. */
static void calls_of_graph(void **state)
{
	static const struct {
		const char *spec;
		unsigned int nr_fields;
	} cases[] = { { "f(o->val)", 2 }, { "f(return, o->val)", 2 }, { "f()", 1 } };
	const struct schema *schema;
	struct plan_test t;

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		start(&t, cases[i].spec, NULL);
		t.opts.graph = true;
		add(&t, "f", 'i', "o");
		assert_int_equal(t.events->nr, 1);
		assert_true(t.events->events[0]->paired);
		schema = &t.events->events[0]->schema;
		assert_string_equal(schema->name, "f__return");
		assert_true(schema->at_return && schema->duration_offset);
		assert_int_equal(schema->nr_fields, cases[i].nr_fields);
		for (unsigned int j = 0; j < schema->nr_fields; j++)
			assert_int_equal(schema->fields[j].at_return, schema->fields[j].is_return);
		plan_exit(&t);
	}
	start(&t, "f", NULL);
	t.opts.graph = true;
	add(&t, "f", 'i', "o");
	assert_int_equal(t.events->nr, 1);
	assert_string_equal(t.events->events[0]->schema.name, "f__return");
	plan_exit(&t);
	start(&t, "f(o->val, o->val@return)", NULL);
	add(&t, "f", 'i', "o");
	schema = &t.events->events[0]->schema;
	assert_false(schema->fields[0].at_return);
	assert_true(schema->fields[1].at_return && !schema->fields[1].is_return);
	plan_exit(&t);
}

/* A pattern without items: an event for each function, and pointers by value unless asked for. */
static void without_items(void **state)
{
	struct plan_test t;

	(void)state;
	for (int deref = 0; deref < 2; deref++) {
		start(&t, "g_*", NULL);
		t.opts.deref = deref;
		add(&t, "g_one", 'o', "oi");
		add(&t, "g_two", 'o', "oi");
		assert_int_equal(t.events->nr, 4);
		assert_string_equal(t.events->events[0]->schema.name, "g_one");
		assert_string_equal(t.events->events[1]->schema.name, "g_one__return");
		assert_string_equal(t.events->events[2]->schema.name, "g_two");
		assert_string_equal(t.events->events[3]->schema.name, "g_two__return");
		assert_int_equal(t.events->events[0]->schema.nr_fields, 2 + deref);
		assert_int_equal(!!t.events->events[0]->schema.status_offset, deref);
		plan_exit(&t);
	}
	start(&t, "g_*(o)", NULL);
	add(&t, "g_one", 'o', "oi");
	assert_int_equal(t.events->events[0]->schema.nr_fields, 2);
	plan_exit(&t);
	start(&t, "mine=g_*", NULL);
	add(&t, "g_one", 'o', "oi");
	add(&t, "g_two", 'o', "oi");
	assert_string_equal(t.events->events[0]->schema.name, "mine_g_one");
	assert_string_equal(t.events->events[3]->schema.name, "mine_g_two__return");
	plan_exit(&t);
}

/* All but which event they are for. */
static bool are_alike(const struct event *a, const struct event *b)
{
	struct bs_plan one = *a->plans[0], two = *b->plans[0];

	one.event_type = two.event_type = 0;
	return !memcmp(&one, &two, sizeof(one));
}

/*
 * Functions of a pattern without items that have as many parameters have plans that are alike: the
 * words are stored as they are passed, and the fields say how much of them is the value's.
 */
static void widths(void **state)
{
	const struct event *event;
	const struct field *f;
	struct plan_test t;

	(void)state;
	start(&t, "g_*", NULL);
	add(&t, "g_one", 'i', "oi");
	add(&t, "g_two", 'o', "io");
	add(&t, "g_three", 'i', "o");
	assert_int_equal(t.events->nr, 6);
	assert_true(are_alike(t.events->events[0], t.events->events[2]));
	assert_true(are_alike(t.events->events[1], t.events->events[3]));
	assert_false(are_alike(t.events->events[0], t.events->events[4]));
	assert_true(are_alike(t.events->events[1], t.events->events[5]));
	event = t.events->events[0];
	f = &event->schema.fields[1];
	assert_int_equal(f->size, 4);
	assert_true(f->is_signed);
	assert_int_equal(f->offset, event->schema.fields[0].offset + 8);
	assert_int_equal(event->schema.fields[0].size, 8);
	assert_int_equal(t.events->events[2]->schema.fields[0].size, 4);
	assert_int_equal(t.events->events[1]->schema.fields[0].size, 4);
	assert_int_equal(t.events->events[3]->schema.fields[0].size, 8);
	plan_exit(&t);
	/* What is asked for by name, or of one function, is widened. */
	start(&t, "g_*(i)", NULL);
	add(&t, "g_one", 'i', "oi");
	assert_int_equal(t.events->events[0]->schema.fields[0].size, 8);
	plan_exit(&t);
	start(&t, "g_one", NULL);
	add(&t, "g_one", 'i', "oi");
	for (unsigned int i = 0; i < t.events->events[0]->schema.nr_fields; i++)
		if (t.events->events[0]->schema.fields[i].kind == FIELD_SCALAR)
			assert_int_equal(t.events->events[0]->schema.fields[i].size, 8);
	plan_exit(&t);
}

/* A word with rubbish above the value is recorded, written and read as the value. */
static void rubbish_above(void **state)
{
	const struct event *event;
	const struct field *f;
	struct plan_test t;
	int32_t value;

	(void)state;
	start(&t, "g_*", NULL);
	add(&t, "g_one", 'i', "i");
	t.frame.words[0] = t.frame.regs[0] = 0xdeadbeefffffff85;
	event = plan_record(&t, 0, NULL);
	f = &event->schema.fields[0];
	memcpy(&value, t.raw.bytes + f->offset, sizeof(value));
	assert_int_equal(value, -123);
	plan_exit(&t);
}

/* One event of a thousand functions. */
static void many_functions(void **state)
{
	struct plan_test t;

	(void)state;
	start(&t, "*(o->val)", NULL);
	for (int n = 0; n < 2000; n++) {
		char name[16];

		snprintf(name, sizeof(name), "f%d", n);
		add(&t, name, 'i', n % 3 ? "oi" : "io");
	}
	assert_int_equal(t.events->nr, 1);
	check_funcs(t.events->events[0], 2000, 2);
	plan_exit(&t);
}

static void names_of_patterns(void **state)
{
	static const struct {
		const char *pattern, *name;
	} cases[] = {
		{ "tcp_*", "tcp_" },		{ "tcp*", "tcp_" },
		{ "*_send", "_send" },		{ "tcp_v[46]_*", "tcp_v_46_" },
		{ "{tcp,udp}_sendmsg", "tcp_udp_sendmsg" },
		{ "/^tcp_(send|recv)msg$/", "tcp_send_recv_msg_" },
		{ "@net/ipv4/*.c", "net_ipv4_c" },	{ "*", "funcs" },
		{ "a?b??c", "a_b_c" },		{ "tcp_*,!tcp_v6_*", "tcp_tcp_v6_" },
		{ "*(struct sk_buff *)", "struct_sk_buff_" },
		{ "9p_*", "_9p_" },		{ "a__b*", "a__b_" },
		{ "a_function_with_a_very_long_name_indeed_and_some_more_of_it_*",
		  "a_function_with_a_very_long_name_indeed_and_som" },
	};

	(void)state;
	for (size_t n = 0; n < sizeof(cases) / sizeof(*cases); n++) {
		char *name = name__of_pattern(cases[n].pattern);

		assert_string_equal(name, cases[n].name);
		free(name);
	}
}

static void names_of_events(void **state)
{
	static const struct {
		const char *spec, *name;
	} cases[] = {
		{ "tcp_*(o->val)", "tcp_" },	{ "tcp_*(return)", "tcp___return" },
		{ "mine=tcp_*(o->val)", "mine" },	{ "mine=tcp_*(return)", "mine" },
		{ "{tcp,udp}_x(o->val)", "tcp_udp_x" },
		{ "/tcp/(o->val)", "tcp_" },	{ "*(struct obj *)(o->val)", "obj" },
		{ "tcp_*(struct obj *)(o->val)", "tcp_" },
		{ "tcp_x(o->val)", "tcp_x" },
	};

	(void)state;
	for (size_t n = 0; n < sizeof(cases) / sizeof(*cases); n++) {
		struct plan_test t;

		start(&t, cases[n].spec, NULL);
		add(&t, "tcp_x", 'i', "o");
		assert_int_equal(t.events->nr, 1);
		if (strcmp(t.events->events[0]->schema.name, cases[n].name))
			fail_msg("%s: %s", cases[n].spec, t.events->events[0]->schema.name);
		plan_exit(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(joined),
		cmocka_unit_test(not_joined),
		cmocka_unit_test(two_specs),
		cmocka_unit_test(tracepoints),
		cmocka_unit_test(filters_differ),
		cmocka_unit_test(same_name),
		cmocka_unit_test(steps_of_sequence),
		cmocka_unit_test(calls_of_graph),
		cmocka_unit_test(without_items),
		cmocka_unit_test(widths),
		cmocka_unit_test(rubbish_above),
		cmocka_unit_test(many_functions),
		cmocka_unit_test(names_of_patterns),
		cmocka_unit_test(names_of_events),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
