// SPDX-License-Identifier: GPL-2.0-only
/* attach/probes.h and left-out.h: which programs go where, and what is said of those that can't. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../perf-plugin/attach/left-out.h"
#include "../../perf-plugin/attach/probes.h"

#define MAX_FUNCS 4

/* An event of functions by name, at addresses 0x1000 and on. It has a plan for each. */
struct fake_event {
	struct event event;
	struct event_func funcs[MAX_FUNCS];
	struct schema_func schema_funcs[MAX_FUNCS];
	struct bs_plan plans[MAX_FUNCS];
	struct bs_plan *plan_ptrs[MAX_FUNCS];
};

static void make_event(struct fake_event *fake, const struct spec *spec, bool paired,
		       const char *const *names, const unsigned int *plans)
{
	unsigned int nr = 0;

	memset(fake, 0, sizeof(*fake));
	for (; nr < MAX_FUNCS && names[nr]; nr++) {
		fake->funcs[nr].func.name = names[nr];
		fake->funcs[nr].plan = plans ? plans[nr] : 0;
		fake->schema_funcs[nr].addr = 0x1000 + nr;
		fake->plans[nr].nr_entry_ops = nr;
		fake->plan_ptrs[nr] = &fake->plans[nr];
	}
	fake->event.spec = spec;
	fake->event.paired = paired;
	fake->event.funcs = fake->funcs;
	fake->event.nr_funcs = fake->event.schema.nr_funcs = nr;
	fake->event.schema.funcs = fake->schema_funcs;
	fake->event.plans = fake->plan_ptrs;
	for (unsigned int i = 0; i < nr; i++)
		if (fake->funcs[i].plan >= fake->event.nr_plans)
			fake->event.nr_plans = fake->funcs[i].plan + 1;
}

static const char *const abc[MAX_FUNCS] = { "a", "b", "c" };

static void plans_are_shared(void **state)
{
	struct event *events[2];
	struct event_list event_list = { .events = events, .nr = 2 };
	struct attach_opts opts = { 0 };
	struct fake_event one, two;
	struct probe_list list = { 0 };

	(void)state;
	make_event(&one, NULL, false, abc, (unsigned int[]){ 0, 1, 0 });
	make_event(&two, NULL, true, abc, (unsigned int[]){ 0, 0, 0 });
	events[0] = &one.event;
	events[1] = &two.event;
	assert_int_equal(probe_list__make(&list, &event_list, &opts), 0);
	assert_int_equal(list.nr_probes, 6);
	assert_int_equal(list.nr_plans, 3);
	assert_ptr_equal(list.probes[0].plan, list.probes[2].plan);
	assert_ptr_not_equal(list.probes[0].plan, list.probes[1].plan);
	assert_ptr_equal(list.probes[3].plan, list.probes[5].plan);
	assert_int_equal(list.probes[0].plan->ip, 0);		/* a and c */
	assert_int_equal(list.probes[1].plan->ip, 0x1001);
	assert_int_equal(list.probes[1].plan->role, ROLE_ENTRY);
	assert_int_equal(list.probes[3].plan->role, ROLE_CALL);
	assert_int_equal(list.probes[3].plan->index, 1);
	assert_string_equal(list.probes[5].func->name, "c");
	assert_int_equal(list.probes[5].addr, 0x1002);
	assert_false(list.probes[0].by_address);
	assert_int_equal(probe_list__nr_links(&list), 3 + 2 * 3);
	probe_list__exit(&list);
}

/* Events of one spec follow one plan, where it is but for their numbers; the cookie tells which. */
static void events_share_plans(void **state)
{
	const struct spec spec = { .pattern = "*" }, other = { .pattern = "*" };
	struct event *events[6];
	struct event_list event_list = { .events = events, .nr = 6 };
	struct attach_opts opts = { 0 };
	struct probe_list list = { 0 };
	struct fake_event fakes[6];

	(void)state;
	for (unsigned int i = 0; i < 6; i++) {
		make_event(&fakes[i], i == 3 ? &other : &spec, i == 2, abc, NULL);
		fakes[i].plans[0].sample_id = 100 + i;
		fakes[i].plans[0].event = i;
		fakes[i].plans[0].event_type = 1000 - i;
		events[i] = &fakes[i].event;
	}
	fakes[4].plans[0].entry[0].imm = 1;
	fakes[5].event.is_tracepoint = true;
	assert_int_equal(probe_list__make(&list, &event_list, &opts), 0);
	assert_int_equal(list.nr_probes, 18);
	/* Not with a return, nor of another spec, which can have the same functions; nor tracepoints. */
	assert_int_equal(list.nr_plans, 5);
	assert_ptr_equal(list.probes[0].plan, list.probes[3].plan);
	assert_int_equal(list.probes[2].cookie, 0);
	assert_int_equal(list.probes[3].cookie, 1);
	assert_ptr_equal(list.probes[3].event, events[1]);
	assert_int_equal(list.probes[3].index, 1);
	assert_int_equal(list.plans[0].nr_funcs, 6);
	assert_int_equal(list.plans[0].ip, 0);
	assert_true(list.plans[0].by_cookie);
	for (unsigned int i = 1; i < 5; i++) {
		assert_false(list.plans[i].by_cookie);
		assert_int_equal(list.plans[i].index, i + 1);
		assert_int_equal(list.probes[3 * (i + 1)].cookie, 0);
	}
	probe_list__exit(&list);
}

static void sequences_have_steps(void **state)
{
	uint64_t c_addrs[] = { 0x2000, 0x1002 };
	const struct attach_func sequence[] = {
		{ .func = { .name = "b" }, .addrs = (uint64_t[]){ 0x1001 }, .nr_addrs = 1 },
		{ .func = { .name = "c" }, .addrs = c_addrs, .nr_addrs = 2 },
		{ .func = { .name = "x" } },
	};
	struct attach_opts opts = { .sequence = sequence, .nr_sequence = 3 };
	struct event *events[1];
	struct event_list event_list = { .events = events, .nr = 1 };
	struct probe_list list = { 0 };
	struct fake_event one;

	(void)state;
	make_event(&one, NULL, false, abc, (unsigned int[]){ 0, 1, 2 });
	one.plans[1].sequence_step = 1;
	one.plans[2].sequence_step = 2;
	one.funcs[2].by_address = true;
	events[0] = &one.event;
	assert_int_equal(probe_list__make(&list, &event_list, &opts), 0);
	assert_int_equal(list.nr_probes, 3 + 4);
	assert_int_equal(list.nr_plans, 3 + 3);
	assert_int_equal(list.probes[0].plan->step, 0);
	assert_int_equal(list.probes[1].plan->step, 1);
	assert_int_equal(list.probes[2].plan->step, 2);
	assert_ptr_equal(list.probes[2].plan->plan, one.plan_ptrs[2]);
	assert_true(list.probes[2].by_address && !list.probes[1].by_address);
	assert_int_equal(list.probes[3].plan->role, ROLE_STEP);
	assert_int_equal(list.probes[3].plan->step, 1);
	assert_false(list.probes[3].by_address);
	assert_true(list.probes[4].by_address && list.probes[5].by_address);
	assert_int_equal(list.probes[5].addr, 0x1002);
	assert_ptr_equal(list.probes[4].plan, list.probes[5].plan);
	assert_int_equal(list.probes[6].plan->step, 3);
	assert_int_equal(list.probes[6].addr, 0);
	probe_list__exit(&list);
}

static void refuse(struct probe *probe)
{
	probe->backend = NULL;
	probe->errs[BACKEND_FENTRY] = -EBUSY;
	probe->errs[BACKEND_KPROBE] = -EINVAL;
}

/* A pattern is wrong when nothing of it is left, a function when it alone is not. */
static void some_are_left_out(void **state)
{
	struct event *events[2];
	struct event_list event_list = { .events = events, .nr = 2 };
	struct attach_opts opts = { 0 };
	struct probe_list list = { 0 };
	struct diag diag = DIAG_INIT;
	struct fake_event one, two;
	struct spec *exact, *pattern;

	(void)state;
	assert_int_equal(spec__parse("a", &exact, NULL), 0);
	assert_int_equal(spec__parse("?", &pattern, NULL), 0);
	make_event(&one, pattern, false, abc, NULL);
	make_event(&two, exact, false, (const char *const[MAX_FUNCS]){ "a" }, NULL);
	events[0] = &one.event;
	events[1] = &two.event;
	assert_int_equal(probe_list__make(&list, &event_list, &opts), 0);
	for (unsigned int i = 0; i < list.nr_probes; i++)
		list.probes[i].backend = &backend__kprobe;
	assert_int_equal(left_out__check(&list, false, &diag), 0);
	refuse(&list.probes[0]);
	refuse(&list.probes[1]);
	assert_int_equal(left_out__check(&list, false, &diag), 0);
	refuse(&list.probes[2]);
	assert_int_equal(left_out__check(&list, false, &diag), -EINVAL);
	assert_non_null(strstr(diag.msg, "cannot trace 'a'\n  fentry: "));
	assert_non_null(strstr(diag.msg, "\n  kprobe: "));
	assert_string_equal(diag.hint, "so it is with all 3 functions of '?'");
	diag__exit(&diag);

	list.probes[0].backend = &backend__kprobe;
	refuse(&list.probes[3]);
	list.probes[3].errs[BACKEND_KPROBE] = 0;
	assert_int_equal(left_out__check(&list, false, &diag), -EBUSY);
	assert_non_null(strstr(diag.msg, "cannot trace 'a' by fentry: "));
	assert_null(diag.hint);
	diag__exit(&diag);
	probe_list__exit(&list);
	spec__free(exact);
	spec__free(pattern);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_are_shared),
		cmocka_unit_test(events_share_plans),
		cmocka_unit_test(sequences_have_steps),
		cmocka_unit_test(some_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
