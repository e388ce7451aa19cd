// SPDX-License-Identifier: GPL-2.0-only
/* plan/stat.h, record/stat-counts.h, stat-hists.h: what is counted, where, and what it comes to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../../perf-plugin/record/stat-counts.h"
#include "../../perf-plugin/stat-hists.h"
#include "plan_test.h"

/* The names of values with a histogram, with a space behind each. */
static bool has_hist(const void *ctx, const struct spec *spec, const char *item)
{
	const char *at = strstr(ctx, item);

	(void)spec;
	return at && at[strlen(item)] == ' ';
}

/* Counts int f(struct obj *o, long n); returns what event_list__add() did. */
static int count(struct plan_test *t, const char *text, const char *filter, const char *hists)
{
	static struct stat_opts opts;

	memset(t, 0, sizeof(*t));
	opts = (struct stat_opts){ .has_hist = has_hist, .ctx = hists };
	t->opts = (struct event_opts){ .max_data = 1024, .max_string = 16, .stat = &opts };
	assert_int_equal(event_list__new(&t->events), 0);
	plan_parse(t, text, filter);
	plan_add_func(t, "f", 'i', "ol");
	return t->err;
}

static void end(struct plan_test *t)
{
	typed_spec__free(t->typed);
	for (unsigned int i = 0; i < t->nr_specs; i++)
		spec__free(t->specs[i]);
	event_list__free(t->events);
	diag__exit(&t->diag);
}

/* The operations of a list that count. */
static unsigned int nr_counts(const struct bs_op *ops)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < BS_MAX_OPS && ops[i].code != BS_OP_END; i++)
		nr += ops[i].code == BS_OP_COUNT;
	return nr;
}

/* Where calls and values are counted. */
static void where(void **state)
{
	static const struct {
		const char *text, *filter;
		uint32_t flags;
		bool paired;
		unsigned int at_entry, at_return;
		bool keeps;
	} cases[] = {
		{ "f", NULL, BS_STAT | BS_STAT_AT_ENTRY, false, 0, 0, false },
		{ "f(l)", NULL, BS_STAT | BS_STAT_AT_ENTRY, false, 1, 0, false },
		{ "f(l > 3)", NULL, BS_STAT | BS_STAT_AT_ENTRY, false, 0, 0, false },
		{ "f(return)", NULL, BS_STAT | BS_STAT_AT_RETURN, true, 0, 1, false },
		{ "f(duration())", NULL, BS_STAT | BS_STAT_AT_RETURN | BS_STAT_DURATION, true, 0, 1,
		  false },
		{ "f(l, return)", NULL, BS_STAT | BS_STAT_AT_ENTRY | BS_STAT_AT_RETURN, true, 1, 1,
		  false },
		{ "f(l - return)", NULL, BS_STAT | BS_STAT_AT_RETURN, true, 0, 1, true },
		{ "f(l)", "return < 0", BS_STAT | BS_STAT_AT_RETURN, true, 0, 1, true },
		{ "f", "duration() > 5", BS_STAT | BS_STAT_AT_RETURN | BS_STAT_DURATION, true, 0, 0,
		  false },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct bs_plan *plan;
		struct plan_test t;

		assert_int_equal(count(&t, cases[i].text, cases[i].filter, ""), 0);
		assert_int_equal(t.events->nr, 1);
		plan = t.events->events[0]->plans[0];
		assert_int_equal(plan->stat, cases[i].flags);
		assert_int_equal(t.events->events[0]->paired, cases[i].paired);
		assert_int_equal(nr_counts(plan->entry), cases[i].at_entry);
		assert_int_equal(nr_counts(plan->ret), cases[i].at_return);
		assert_int_equal(plan->kept_size != 0, cases[i].keeps);
		assert_int_equal(plan->entry_size, 0);
		end(&t);
	}
}

static void places(void **state)
{
	const struct stat_shape *shape;
	const struct bs_plan *plan;
	struct plan_test t;

	(void)state;
	assert_int_equal(count(&t, "f(l, o->small, x=o->val)", NULL, "l x "), 0);
	shape = &t.events->events[0]->stat;
	plan = t.events->events[0]->plans[0];
	assert_int_equal(shape->nr_items, 3);
	assert_true(shape->items[0].is_signed);
	assert_int_equal(shape->items[0].figure, sizeof(struct bs_cell));
	assert_int_equal(shape->items[0].buckets,
			 sizeof(struct bs_cell) + sizeof(struct bs_figure));
	assert_int_equal(shape->items[0].nr_buckets, 2 * BS_NR_BUCKETS - 1);
	assert_false(shape->items[1].is_signed);
	assert_int_equal(shape->items[1].buckets, 0);
	assert_string_equal(shape->items[2].name, "x");
	assert_true(shape->items[2].buckets > shape->items[1].figure);
	assert_int_equal(shape->cell_size, shape->items[2].buckets + 8 * (2 * BS_NR_BUCKETS - 1));
	assert_int_equal(plan->record_size, shape->cell_size);
	end(&t);
}

static void no_numbers(void **state)
{
	static const char *const texts[] = { "f(o)", "f(o->name)", "f(o->in)", "f(o->label)" };

	(void)state;
	for (unsigned int i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct plan_test t;

		assert_int_equal(count(&t, texts[i], NULL, ""), -EINVAL);
		assert_non_null(strstr(t.diag.msg, "stat adds up numbers"));
		end(&t);
	}
}

/* The functions of a pattern without values are one event, and follow one plan. */
static void pattern(void **state)
{
	struct plan_test t;

	(void)state;
	assert_int_equal(count(&t, "[fg]", NULL, ""), 0);
	plan_add_func(&t, "g", 'l', "lll");
	assert_int_equal(t.err, 0);
	assert_int_equal(t.events->nr, 1);
	assert_int_equal(t.events->events[0]->nr_funcs, 2);
	assert_int_equal(t.events->events[0]->nr_plans, 1);
	end(&t);
}

static void ranges(void **state)
{
	static const struct {
		unsigned int n;
		int64_t low, high;
	} cases[] = {
		{ 0, 0, 0 }, { 1, 1, 1 }, { 2, 2, 3 }, { 3, 4, 7 }, { 63, 1LL << 62, INT64_MAX },
		{ 64, INT64_MIN, -1 /* all bits */ }, { 65, -1, -1 }, { 66, -3, -2 },
		{ 127, -INT64_MAX, -(1LL << 62) }, { 128, INT64_MIN, INT64_MIN },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t low, high;

		stat_bucket__range(cases[i].n, &low, &high);
		assert_int_equal(low, cases[i].low);
		assert_int_equal(high, cases[i].high);
	}
}

/* As the program leaves it: extremes upside down, and with their sign turned. */
static void figures(void **state)
{
	struct {
		struct bs_cell cell;
		struct bs_figure figure;
	} a = { { { 10, 4 } }, { .unread = { 1, 2 }, .sum = -6ULL } }, b = a;
	struct stat_item item = {
		.is_signed = true, .figure = offsetof(typeof(a), figure),
	};
	struct stat_shape shape = { &item, 1, sizeof(a), BS_STAT | BS_STAT_AT_ENTRY };
	struct stat_figure f;

	(void)state;
	a.figure.max = 5ULL ^ 1ULL << 63;
	a.figure.not_min = ~(-7ULL ^ 1ULL << 63);
	b.figure.max = 3ULL ^ 1ULL << 63;
	b.figure.not_min = ~(-9ULL ^ 1ULL << 63);
	stat_figure__get(&f, &a.cell, &item);
	assert_int_equal(f.nr, 7);
	assert_int_equal(f.faults, 1);
	assert_int_equal(f.nulls, 2);
	assert_int_equal(f.max, 5);
	assert_int_equal(f.min, -7LL);
	assert_true(f.sum == -6);
	stat_cell__add(&a.cell, &b.cell, &shape);
	assert_int_equal(stat_cell__nr(&a.cell, &shape), 20);
	stat_figure__get(&f, &a.cell, &item);
	assert_int_equal(f.nr, 14);
	assert_int_equal(f.max, 5);
	assert_int_equal(f.min, -9LL);
	assert_true(f.sum == -12);
	item.at_return = true;
	stat_figure__get(&f, &a.cell, &item);
	assert_int_equal(f.nr, 2);
	item.is_signed = false;
	memset(&a, 0, sizeof(a));
	stat_figure__get(&f, &a.cell, &item);
	assert_int_equal(f.max, 0);
	assert_int_equal(f.min, 0);
}

/* What --hist makes of specs. */
static void hists(void **state)
{
	static const struct {
		const char *spec, *hist, *becomes, *item;
	} cases[] = {
		{ "f(count)", "count", "f(count)", "count" },
		{ "f(n=a->b)", "n", "f(n=a->b)", "n" },
		{ "f(n=a->b)", "a -> b", "f(n=a->b)", "n" },
		{ "f(count)", "dur", "f(count, duration())", "duration()" },
		{ "f", "duration", "f(duration())", "duration()" },
		{ "f()", "return", "f(return)", "return" },
		{ "f", "a * 2", "f(a * 2)", "a * 2" },
		{ "e=mod:f( a ,b) ", "c", "e=mod:f(a, b, c)", "c" },
		{ "*(struct obj *)->val", "dur", "*((struct obj *)->val, duration())",
		  "duration()" },
		{ "*(struct obj *)(int)(a)", "b", "*(struct obj *)(int)(a, b)", "b" },
		{ "tp:f(a)", "a", "tp:f(a)", "a" },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct texts texts = { 0 };
		struct stat_hists hists = { .texts = &texts };
		const struct option opt = { .value = &hists };

		assert_int_equal(texts__add(&texts, TEXT_SPEC, cases[i].spec), 0);
		assert_int_equal(stat_hists__keep(&opt, cases[i].hist, false), 0);
		assert_int_equal(stat_hists__apply(&hists, &texts), 0);
		assert_string_equal(texts.list[0].text, cases[i].becomes);
		assert_int_equal(hists.nr_wanted, 1);
		assert_string_equal(hists.wanted[0].item, cases[i].item);
		stat_hists__exit(&hists);
		texts__exit(&texts);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where),
		cmocka_unit_test(places),
		cmocka_unit_test(no_numbers),
		cmocka_unit_test(pattern),
		cmocka_unit_test(ranges),
		cmocka_unit_test(figures),
		cmocka_unit_test(hists),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
