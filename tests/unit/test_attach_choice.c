// SPDX-License-Identifier: GPL-2.0-only
/* attach/choice.h and bisect.h: which backends are tried, and how a link's bad functions are found. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../perf-plugin/attach/bisect.h"
#include "../../perf-plugin/attach/choice.h"

/* ---- a kernel that refuses some functions ------------------------------------------------- */

#define MAX_FUNCS 50000

struct kernel {
	int errs[MAX_FUNCS];		/* why a function cannot be linked, 0: it can */
	bool linked[MAX_FUNCS];
	int refused[MAX_FUNCS];		/* with this errno */
	unsigned int max_nr;		/* functions for which there is memory; 0: no limit */
	unsigned int max_links;		/* 0: no limit */
	unsigned int nr_links, nr_failed;
	unsigned int stop_after;	/* calls; 0: never */
	unsigned int nr_asked;
	unsigned int nr_signals;	/* that interrupt calls still */
};

static struct kernel *kernel__new(void)
{
	return calloc(1, sizeof(struct kernel));
}

static int fake_link(void *ctx, unsigned int first, unsigned int nr)
{
	struct kernel *kernel = ctx;

	assert_true(nr > 0);
	assert_true(first + nr <= MAX_FUNCS);
	if (kernel->nr_signals) {
		kernel->nr_signals--;
		return -EINTR;
	}
	if (kernel->max_links && kernel->nr_links == kernel->max_links)
		return -EMFILE;
	for (unsigned int i = first; i < first + nr; i++) {
		assert_false(kernel->linked[i]);
		if (kernel->errs[i]) {
			kernel->nr_failed++;
			return kernel->errs[i];
		}
	}
	if (kernel->max_nr && nr > kernel->max_nr) {
		kernel->nr_failed++;
		return -ENOMEM;
	}
	for (unsigned int i = first; i < first + nr; i++)
		kernel->linked[i] = true;
	kernel->nr_links++;
	return 0;
}

static void fake_refuse(void *ctx, unsigned int first, unsigned int nr, int err)
{
	struct kernel *kernel = ctx;

	for (unsigned int i = first; i < first + nr; i++) {
		assert_int_equal(kernel->refused[i], 0);
		kernel->refused[i] = err;
	}
}

static bool fake_stop(void *ctx)
{
	struct kernel *kernel = ctx;

	return kernel->stop_after && ++kernel->nr_asked > kernel->stop_after;
}

static const struct bisect_ops ops = { fake_link, fake_refuse, fake_stop };

/* Each function is linked, or refused for the reason it has; nothing is both or neither. */
static void assert_settled(const struct kernel *kernel, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++) {
		assert_int_equal(kernel->refused[i], kernel->errs[i]);
		assert_int_equal(kernel->linked[i], !kernel->errs[i]);
	}
}

static void all_in_one_link(void **state)
{
	struct kernel *kernel = kernel__new();

	(void)state;
	assert_int_equal(bisect__link(&ops, kernel, 1400, 4096), 0);
	assert_settled(kernel, 1400);
	assert_int_equal(kernel->nr_links, 1);
	free(kernel);
}

static void nothing_to_link(void **state)
{
	struct kernel *kernel = kernel__new();

	(void)state;
	assert_int_equal(bisect__link(&ops, kernel, 0, 4096), 0);
	assert_int_equal(kernel->nr_links, 0);
	free(kernel);
}

static void in_batches(void **state)
{
	struct kernel *kernel = kernel__new();

	(void)state;
	assert_int_equal(bisect__link(&ops, kernel, 50000, 4096), 0);
	assert_settled(kernel, 50000);
	assert_int_equal(kernel->nr_links, 13);
	free(kernel);
}

/* Wherever it is: no more failing calls than halvings, the others linked. */
static void one_bad_function(void **state)
{
	static const unsigned int places[] = { 0, 1, 699, 700, 1023, 1398, 1399 };

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		struct kernel *kernel = kernel__new();

		kernel->errs[places[i]] = -EINVAL;
		assert_int_equal(bisect__link(&ops, kernel, 1400, 4096), 0);
		assert_settled(kernel, 1400);
		assert_true(kernel->nr_failed <= 12);
		assert_true(kernel->nr_links <= 11);
		free(kernel);
	}
}

static void some_bad_functions(void **state)
{
	struct kernel *kernel = kernel__new();

	(void)state;
	srand(4);
	for (int i = 0; i < 20; i++)
		kernel->errs[rand() % 50000] = i % 2 ? -EINVAL : -EBUSY;
	assert_int_equal(bisect__link(&ops, kernel, 50000, 1 << 17), 0);
	assert_settled(kernel, 50000);
	assert_true(kernel->nr_failed <= 20 * 17);
	free(kernel);
}

static void only_bad_functions(void **state)
{
	struct kernel *kernel = kernel__new();

	(void)state;
	for (int i = 0; i < 50000; i++)
		kernel->errs[i] = -EINVAL;
	assert_int_equal(bisect__link(&ops, kernel, 50000, 4096), 0);
	assert_settled(kernel, 50000);
	assert_true(kernel->nr_failed < 100);
	free(kernel);
}

static void smaller_batches_without_memory(void **state)
{
	struct kernel *kernel = kernel__new();

	(void)state;
	kernel->max_nr = 600;
	kernel->errs[777] = -EINVAL;
	assert_int_equal(bisect__link(&ops, kernel, 5000, 1 << 17), 0);
	assert_settled(kernel, 5000);
	assert_true(kernel->nr_failed < 30);
	free(kernel);
}

static void no_more_links(void **state)
{
	struct kernel *kernel = kernel__new();

	(void)state;
	kernel->max_links = 2;
	assert_int_equal(bisect__link(&ops, kernel, 1000, 100), 0);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(kernel->linked[i], i < 200);
		assert_int_equal(kernel->refused[i], i < 200 ? 0 : -EMFILE);
	}
	free(kernel);
}

static void stopped_between_links(void **state)
{
	struct kernel *kernel = kernel__new();

	(void)state;
	kernel->stop_after = 3;
	assert_int_equal(bisect__link(&ops, kernel, 1000, 100), -EINTR);
	assert_int_equal(kernel->nr_links, 3);
	free(kernel);
}

static void interrupted_by_others(void **state)
{
	struct kernel *kernel = kernel__new();

	(void)state;
	kernel->nr_signals = 3;
	assert_int_equal(bisect__link(&ops, kernel, 1000, 100), 0);
	assert_settled(kernel, 1000);
	kernel->nr_signals = 1000;
	memset(kernel->linked, 0, sizeof(kernel->linked));
	assert_int_equal(bisect__link(&ops, kernel, 1000, 100), 0);
	assert_int_equal(kernel->refused[0], -EAGAIN);
	assert_int_equal(kernel->refused[999], -EAGAIN);
	free(kernel);
}

/* ---- what is tried ------------------------------------------------------------------------ */

static bool has_by_bit(void *ctx, enum backend_choice backend)
{
	return *(unsigned int *)ctx >> backend & 1;
}

#define BIT(backend)	(1u << BACKEND_##backend)
#define OLD		(BIT(FENTRY) | BIT(KPROBE) | BIT(TP_BTF))
#define MIDDLE		(OLD | BIT(KPROBE_MULTI) | BIT(KPROBE_SESSION))
#define NEW		(MIDDLE | BIT(FSESSION) | BIT(FENTRY_MULTI) | BIT(FSESSION_MULTI))

static unsigned int has_old = OLD, has_middle = MIDDLE, has_new = NEW;

/* The names of what is tried, in order. */
static const char *tried(unsigned int *has, struct choice choice, bool paired)
{
	static char text[256];
	enum backend_choice order[NR_BACKENDS];
	unsigned int nr;

	choice.has = has_by_bit;
	choice.ctx = has;
	choice.nr_funcs = choice.nr_funcs ? choice.nr_funcs : choice.nr_links;
	if (!choice.max_files)
		choice.max_files = 1 << 20;
	nr = choice__order(&choice, paired, order);
	text[0] = '\0';
	for (unsigned int i = 0; i < nr; i++) {
		strcat(text, i ? " " : "");
		strcat(text, backend__name(order[i]));
	}
	return text;
}

static void few_functions(void **state)
{
	const struct choice few = { .nr_links = 2 };

	(void)state;
	assert_string_equal(tried(&has_old, few, true), "fentry kprobe");
	assert_string_equal(tried(&has_old, few, false), "fentry kprobe");
	assert_string_equal(tried(&has_middle, few, true), "fentry kprobe.session kprobe");
	assert_string_equal(tried(&has_middle, few, false), "fentry kprobe.multi kprobe");
	assert_string_equal(tried(&has_new, few, true), "fentry fsession kprobe.session kprobe");
}

static void many_functions(void **state)
{
	const struct choice many = { .nr_links = 1400 };

	(void)state;
	assert_string_equal(tried(&has_old, many, true), "kprobe fentry");
	assert_string_equal(tried(&has_middle, many, true),
			    "kprobe.session kprobe.multi kprobe fentry");
	assert_string_equal(tried(&has_middle, many, false), "kprobe.multi kprobe fentry");
	assert_string_equal(tried(&has_new, many, true),
			    "fsession.multi kprobe.session kprobe.multi kprobe fentry");
	assert_string_equal(tried(&has_new, many, false),
			    "fentry.multi kprobe.multi kprobe fentry");
}

static void all_functions(void **state)
{
	const struct choice all = { .nr_links = 50000 };

	(void)state;
	assert_string_equal(tried(&has_new, all, false), "kprobe.multi kprobe fentry");
	assert_string_equal(choice__reason(&(struct choice){
					   .nr_links = 50000, .nr_funcs = 50000,
					   .max_files = 1000, .has = has_by_bit,
					   .ctx = &has_new }, false),
			    "so many functions are attached soonest by it");
}

static void few_files(void **state)
{
	const struct choice few = { .nr_links = 20, .max_files = 30 };

	(void)state;
	assert_string_equal(tried(&has_middle, few, false), "kprobe.multi kprobe fentry");
}

static void sequences_are_single(void **state)
{
	const struct choice few = { .nr_links = 4, .sequence = true };
	const struct choice many = { .nr_links = 400, .sequence = true };

	(void)state;
	assert_string_equal(tried(&has_new, few, true), "fentry kprobe");
	assert_string_equal(tried(&has_new, many, true), "kprobe fentry");
}

static void what_is_asked_for(void **state)
{
	static const struct {
		const char *name, *paired, *entry;
	} asked[] = {
		{ "fentry", "fentry", "fentry" },
		{ "fsession", "fsession", "fentry" },
		{ "fentry.multi", "fentry.multi", "fentry.multi" },
		{ "fsession.multi", "fsession.multi", "fentry.multi" },
		{ "tracing-multi", "fsession.multi", "fentry.multi" },
		{ "kprobe", "kprobe", "kprobe" },
		{ "kprobe.multi", "kprobe.multi", "kprobe.multi" },
		{ "kprobe.session", "kprobe.session", "kprobe.multi" },
		{ "tp_btf", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
		struct choice choice = { .nr_links = 1 };

		choice.forced = backend__by_name(asked[i].name);
		assert_string_equal(tried(&has_old, choice, true), asked[i].paired);
		assert_string_equal(tried(&has_old, choice, false), asked[i].entry);
	}
	assert_int_equal(backend__by_name("auto"), BACKEND_AUTO);
	assert_int_equal(backend__by_name("uprobe"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_in_one_link),
		cmocka_unit_test(nothing_to_link),
		cmocka_unit_test(in_batches),
		cmocka_unit_test(one_bad_function),
		cmocka_unit_test(some_bad_functions),
		cmocka_unit_test(only_bad_functions),
		cmocka_unit_test(smaller_batches_without_memory),
		cmocka_unit_test(no_more_links),
		cmocka_unit_test(stopped_between_links),
		cmocka_unit_test(interrupted_by_others),
		cmocka_unit_test(few_functions),
		cmocka_unit_test(many_functions),
		cmocka_unit_test(all_functions),
		cmocka_unit_test(few_files),
		cmocka_unit_test(sequences_are_single),
		cmocka_unit_test(what_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
