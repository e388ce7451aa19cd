// SPDX-License-Identifier: GPL-2.0-only
/* types/abi.h: where parameters are, checked against what gcc -mno-sse does with the same types. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "../../perf-plugin/types/abi.h"
#include "../../perf-plugin/util/buf.h"
#include "typed_fixture.h"

static struct typed_fixture fix;

static int setup(void **state)
{
	(void)state;
	typed_fixture_build(&fix);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	btf__free(fix.btf);
	return 0;
}

/*
 * Each parameter as WORD:PLACE, where PLACE is r and the first register or s and the word above the
 * return address, "+n" the words it has if not one, "m" what goes by memory for what it is. "!"
 * where trampolines would look elsewhere.
 */
static void dump_places(const struct kfunc *func, struct buf *out)
{
	for (unsigned int i = 0; i < func->nr_params; i++) {
		struct abi_param p;

		buf__adds(out, i ? " " : "");
		if (abi__param(func, i, &p)) {
			buf__adds(out, "?");
			continue;
		}
		buf__addf(out, "%u:%c%u", p.word, p.on_stack ? 's' : 'r', p.place);
		if (p.nr_words != 1)
			buf__addf(out, "+%u", p.nr_words);
		if (p.in_memory)
			buf__adds(out, "m");
	}
	if (!abi__trampoline_agrees(func))
		buf__adds(out, " !");
}

static const struct {
	char ret;
	const char *params;
	const char *places;
} places[] = {
	{ 'v', "", "" },
	{ 'i', "oipcbh", "0:r0 1:r1 2:r2 3:r3 4:r4 5:r5" },
	{ 'i', "iiiiiiiiiiii", "0:r0 1:r1 2:r2 3:r3 4:r4 5:r5 6:s0 7:s1 8:s2 9:s3 10:s4 11:s5" },
	/* Enums, and what is smaller than a word, still take one. */
	{ 'v', "amMynhw", "0:r0 1:r1 2:r2 3:r3 4:r4 5:r5 6:s0" },

	/* Structs of one and of two words; of three they are in memory. */
	{ 'v', "Ii", "0:r0 1:r1" },
	{ 'v', "iPi", "0:r0 1:r1+2 3:r3" },
	{ 'v', "iBi", "0:r0 1:s0+3m 4:r1" },
	{ 'v', "Ei", "0:r0 1:r1" },
	/* All in registers or all on the stack; what follows takes the register that was left. */
	{ 'v', "iiiiiPii", "0:r0 1:r1 2:r2 3:r3 4:r4 5:s0+2 7:r5 8:s2" },
	{ 'v', "iiiiPii", "0:r0 1:r1 2:r2 3:r3 4:r4+2 6:s0 7:s1" },
	{ 'v', "PPPPi", "0:r0+2 2:r2+2 4:r4+2 6:s0+2 8:s2" },
	{ 'v', "BBi", "0:s0+3m 3:s3+3m 6:r0" },
	{ 'v', "iiiiiiBPi", "0:r0 1:r1 2:r2 3:r3 4:r4 5:r5 6:s0+3m 9:s3+2 11:s5" },

	/* Packed ones go by memory however small they are, also when they are within another. */
	{ 'v', "ki", "0:s0m 1:r0 !" },
	{ 'v', "Ki", "0:s0+2m 2:r0 !" },

	/* 128 bits start at a multiple of 16 on the stack, but at any register. */
	{ 'v', "iqi", "0:r0 1:r1+2 3:r3 !" },
	{ 'v', "iiiiiqi", "0:r0 1:r1 2:r2 3:r3 4:r4 5:s0+2 7:r5 !" },
	{ 'v', "iiiiiiiqi", "0:r0 1:r1 2:r2 3:r3 4:r4 5:r5 6:s0 7:s2+2 9:s4 !" },
	{ 'v', "iiiiiiiQi", "0:r0 1:r1 2:r2 3:r3 4:r4 5:r5 6:s0 7:s2+2 9:s4 !" },

	/* An empty struct is nowhere. */
	{ 'v', "iei", "0:r0 1:r1+0 1:r1" },

	/* A struct that is returned in memory has its address passed first. */
	{ 'B', "ii", "0:r1 1:r2" },
	{ 'k', "ii", "0:r1 1:r2" },
	{ 'P', "ii", "0:r0 1:r1" },
	{ 'B', "iiiiii", "0:r1 1:r2 2:r3 3:r4 4:r5 5:s0" },

	/* Nothing can be said from a type of unknown size on, or one in other registers. */
	{ 'v', "ifi", "0:r0 ? ?" },
	{ 'v', "ivi", "0:r0 ? ?" },
	{ 'v', "idi", "0:r0 ? ?" },
	{ 'v', "iDi", "0:r0 ? ?" },
};

static void where_parameters_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		struct kfunc func = fixture_func(&fix, "f", places[i].ret, places[i].params);
		struct buf got = BUF_INIT;

		dump_places(&func, &got);
		if (strcmp(buf__str(&got), places[i].places))
			fail_msg("%c f(%s): %s, not %s", places[i].ret, places[i].params,
				 buf__str(&got), places[i].places);
		buf__exit(&got);
	}
}

static void sizes(void **state)
{
	struct kfunc func = fixture_func(&fix, "f", 'v', "kBbo");
	struct abi_param p;

	(void)state;
	assert_int_equal(abi__param(&func, 0, &p), 0);
	assert_int_equal(p.size, 5);
	assert_int_equal(abi__param(&func, 1, &p), 0);
	assert_int_equal(p.size, 24);
	assert_int_equal(abi__param(&func, 2, &p), 0);
	assert_int_equal(p.size, 1);
	assert_int_equal(abi__param(&func, 3, &p), 0);
	assert_int_equal(p.size, 8);
	assert_int_equal(abi__param(&func, 4, &p), -EINVAL);
}

/* An id out of range, as in BTF that is broken. */
static void broken(void **state)
{
	struct abi_param p;
	struct kfunc func;

	(void)state;
	fix.ids['Y'] = btf__add_typedef(fix.btf, "nowhere", 100000);
	func = fixture_func(&fix, "f", 'v', "iYi");
	assert_int_equal(abi__param(&func, 0, &p), 0);
	assert_int_equal(abi__param(&func, 1, &p), -EINVAL);
	assert_int_equal(abi__param(&func, 2, &p), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_parameters_are),
		cmocka_unit_test(sizes),
		cmocka_unit_test(broken),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
