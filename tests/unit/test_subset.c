// SPDX-License-Identifier: GPL-2.0-only
/* types/subset.h: what is copied means the same as the original, and is small. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <bpf/libbpf.h>

#include "../../perf-plugin/types/kbtf.h"
#include "../../perf-plugin/types/subset.h"
#include "../../perf-plugin/types/type.h"
#include "btf_fixture.h"

static struct fixture fix;
static struct subset *subset;

static int setup(void **state)
{
	(void)state;
	fixture_build(&fix);
	return subset__new(&subset);
}

static int teardown(void **state)
{
	(void)state;
	subset__free(subset);
	btf__free(fix.btf);
	return 0;
}

static uint32_t bytes_of(struct subset *subset)
{
	uint32_t size;

	assert_non_null(btf__raw_data(subset__btf(subset), &size));
	return size;
}

static void assert_same(const struct btf *a, uint32_t ida, const struct btf *b, uint32_t idb,
			unsigned int depth);

static void assert_same_names(const struct btf *a, uint32_t offa, const struct btf *b,
			      uint32_t offb)
{
	assert_string_equal(btf__str_by_offset(a, offa), btf__str_by_offset(b, offb));
}

static void assert_same_members(const struct btf *a, const struct btf_type *ta,
				const struct btf *b, const struct btf_type *tb, unsigned int depth)
{
	struct member_place pa, pb;
	unsigned int i;

	assert_int_equal(btf_vlen(ta), btf_vlen(tb));
	assert_same_names(a, ta->name_off, b, tb->name_off);
	for (i = 0; i < btf_vlen(ta); i++) {
		assert_same_names(a, btf_members(ta)[i].name_off, b, btf_members(tb)[i].name_off);
		assert_int_equal(type__member(a, ta, i, &pa), 0);
		assert_int_equal(type__member(b, tb, i, &pb), 0);
		assert_int_equal(pa.bit_off, pb.bit_off);
		assert_int_equal(pa.bit_size, pb.bit_size);
		assert_same(a, pa.type_id, b, pb.type_id, depth + 1);
	}
}

static void assert_same_values(const struct btf *a, const struct btf_type *ta, const struct btf *b,
			       const struct btf_type *tb)
{
	unsigned int i;

	assert_int_equal(btf_kind(ta), btf_kind(tb));
	assert_int_equal(btf_vlen(ta), btf_vlen(tb));
	for (i = 0; i < btf_vlen(ta); i++) {
		if (btf_is_enum64(ta)) {
			assert_same_names(a, btf_enum64(ta)[i].name_off, b,
					  btf_enum64(tb)[i].name_off);
			assert_int_equal(btf_enum64_value(&btf_enum64(ta)[i]),
					 btf_enum64_value(&btf_enum64(tb)[i]));
		} else {
			assert_same_names(a, btf_enum(ta)[i].name_off, b,
					  btf_enum(tb)[i].name_off);
			assert_int_equal(btf_enum(ta)[i].val, btf_enum(tb)[i].val);
		}
	}
}

/* A value of either type is shown alike. What pointers point to is not looked at. */
static void assert_same(const struct btf *a, uint32_t ida, const struct btf *b, uint32_t idb,
			unsigned int depth)
{
	struct type_info ia, ib;

	assert_true(depth < 32);
	type__info(a, ida, &ia);
	type__info(b, idb, &ib);
	assert_int_equal(ia.cls, ib.cls);
	assert_int_equal(ia.size, ib.size);
	assert_int_equal(ia.nr_elems, ib.nr_elems);
	assert_true(ia.is_signed == ib.is_signed && ia.is_bool == ib.is_bool &&
		    ia.is_char == ib.is_char);
	switch (ia.cls) {
	case TYPE_STRUCT:
	case TYPE_UNION:
		assert_same_members(a, btf__type_by_id(a, ia.id), b, btf__type_by_id(b, ib.id),
				    depth);
		break;
	case TYPE_ENUM:
		assert_same_values(a, btf__type_by_id(a, ia.id), b, btf__type_by_id(b, ib.id));
		break;
	case TYPE_ARRAY:
		assert_same(a, ia.target, b, ib.target, depth + 1);
		break;
	default:
		break;
	}
}

static void assert_name(uint32_t id, const char *expected)
{
	struct buf buf = BUF_INIT;

	type__name(subset__btf(subset), id, &buf);
	assert_string_equal(buf__str(&buf), expected);
	buf__exit(&buf);
}

static void assert_member_name(uint32_t id, const char *member, const char *expected)
{
	struct member_place place;

	assert_int_equal(type__find_member(subset__btf(subset), id, member, &place), 0);
	assert_name(place.type_id, expected);
}

static void whole_struct(void **state)
{
	int id = subset__add(subset, fix.btf, fix.demo);

	(void)state;
	assert_true(id > 0);
	assert_same(fix.btf, fix.demo, subset__btf(subset), id, 0);
	assert_member_name(id, "next", "struct demo *");
	assert_member_name(id, "handler", "handler_t");
	assert_member_name(id, "label", "char *");
	assert_member_name(id, "other", "union other *");
	assert_member_name(id, "tail", "u8[]");
	assert_member_name(id, "name", "char[16]");
	/* Asking again adds nothing. */
	assert_int_equal(subset__add(subset, fix.btf, fix.demo), id);
	assert_int_equal(btf__type_cnt(subset__btf(subset)) - 1, id);
	assert_int_equal(btf__find_by_name_kind(subset__btf(subset), "demo_open", BTF_KIND_FUNC),
			 -ENOENT);
}

static void pointers(void **state)
{
	struct btf *btf = fix.btf;
	int id, anon, many;

	(void)state;
	assert_int_equal(subset__add(subset, btf, 0), 0);
	id = subset__add(subset, btf, fix.demo_ptr);
	assert_name(id, "struct demo *");
	assert_int_equal(btf__find_by_name_kind(subset__btf(subset), "demo", BTF_KIND_STRUCT),
			 -ENOENT);
	assert_name(subset__add(subset, btf, btf__add_ptr(btf, fix.demo_ptr)), "struct demo **");
	assert_name(subset__add(subset, btf, fix.handler), "int (*)(struct demo *, char *, ...)");
	assert_name(subset__add(subset, btf, fix.matrix_ptr), "int (*)[3][4]");
	assert_name(subset__add(subset, btf, btf__add_ptr(btf, fix.color)), "enum color *");
	assert_name(subset__add(subset, btf, btf__add_ptr(btf, fix.u8_id)), "u8 *");

	/* A struct without a name, and a typedef of one. */
	anon = btf__add_struct(btf, NULL, 24);
	btf__add_field(btf, "demo", fix.demo, 0, 0);
	assert_name(subset__add(subset, btf, btf__add_ptr(btf, anon)), "struct {...} *");
	id = btf__add_ptr(btf, btf__add_typedef(btf, "anon_t", anon));
	assert_name(subset__add(subset, btf, id), "anon_t *");
	/* The whole of what was an outline before. */
	many = subset__add(subset, btf, anon);
	assert_same(btf, anon, subset__btf(subset), many, 0);
	id = subset__add(subset, btf, fix.color);
	assert_same(btf, fix.color, subset__btf(subset), id, 0);
}

/* Pointers and arrays that no BTF has; what differs only by a const is the same. */
static void made_up(void **state)
{
	struct btf *btf = fix.btf;
	int id, whole;

	(void)state;
	id = subset__add_pointer(subset, btf, fix.demo, 1);
	assert_name(id, "struct demo *");
	assert_int_equal(btf__find_by_name_kind(subset__btf(subset), "demo", BTF_KIND_STRUCT),
			 -ENOENT);
	assert_int_equal(subset__add(subset, btf, fix.demo_ptr), id);
	assert_int_equal(subset__add(subset, btf, btf__add_ptr(btf, btf__add_const(btf, fix.demo))),
			 id);
	assert_int_equal(subset__add_pointer(subset, btf, fix.demo_ptr, 0), id);
	whole = subset__add_pointer(subset, btf, fix.demo, 0);
	assert_same(btf, fix.demo, subset__btf(subset), whole, 0);
	/* What it points to is a name still. */
	assert_int_equal(subset__add_pointer(subset, btf, fix.demo, 1), id);
	assert_name(subset__add_pointer(subset, btf, fix.demo_ptr, 2), "struct demo ***");
	assert_name(subset__add_pointer(subset, btf, 0, 2), "void **");
	assert_int_equal(subset__add_pointer(subset, btf, 1 << 30, 1), -EINVAL);

	id = subset__add_bytes(subset, 6);
	assert_name(id, "unsigned char[6]");
	assert_int_equal(subset__add_bytes(subset, 6), id);
	assert_name(subset__add_bytes(subset, 16), "unsigned char[16]");
	assert_name(subset__add_chars(subset, 16), "char[16]");
}

static void several_objects(void **state)
{
	struct btf *alpha = fixture_module(&fix, "alpha"), *beta = fixture_module(&fix, "beta");
	int alpha_id = fixture_id(alpha, "alpha", BTF_KIND_STRUCT);
	int beta_id = fixture_id(beta, "beta", BTF_KIND_STRUCT);
	int id, other, demo;

	(void)state;
	assert_int_equal(alpha_id, beta_id);
	id = subset__add(subset, alpha, alpha_id);
	other = subset__add(subset, beta, beta_id);
	assert_name(id, "struct alpha");
	assert_name(other, "struct beta");
	assert_same(alpha, alpha_id, subset__btf(subset), id, 0);
	assert_same(beta, beta_id, subset__btf(subset), other, 0);
	/* What both have from vmlinux is there once, whoever asks. */
	demo = subset__add(subset, alpha, fix.demo);
	assert_int_equal(subset__add(subset, beta, fix.demo), demo);
	assert_int_equal(subset__add(subset, fix.btf, fix.demo), demo);
	btf__free(alpha);
	btf__free(beta);
}

static void other_kinds(void **state)
{
	struct btf *btf = fix.btf;
	int id, copy;

	(void)state;
	id = btf__add_enum64(btf, "big", 8, false);
	btf__add_enum64_value(btf, "HUGE", 1ull << 63);
	copy = subset__add(subset, btf, id);
	assert_same(btf, id, subset__btf(subset), copy, 0);
	id = btf__add_float(btf, "double", 8);
	assert_same(btf, id, subset__btf(subset), subset__add(subset, btf, id), 0);
	id = btf__add_const(btf, btf__add_type_tag(btf, "user", btf__add_volatile(btf, fix.u8_id)));
	assert_name(subset__add(subset, btf, id), "u8");
	id = btf__add_fwd(btf, "later", BTF_FWD_STRUCT);
	assert_name(subset__add(subset, btf, id), "struct later");
}

static void broken(void **state)
{
	struct btf *btf = fix.btf;
	int id, i;

	(void)state;
	assert_int_equal(subset__add(subset, btf, 100000), -EINVAL);
	assert_int_equal(subset__add(subset, btf, fixture_id(btf, "printk", BTF_KIND_FUNC)),
			 -EINVAL);
	/* A struct that contains itself, a pointer to itself. */
	id = btf__add_struct(btf, "loop", 8);
	btf__add_field(btf, "a", id, 0, 0);
	btf__add_field(btf, "b", id, 0, 0);
	assert_int_equal(subset__add(subset, btf, id), -EINVAL);
	id = btf__add_ptr(btf, 0);
	((struct btf_type *)btf__type_by_id(btf, id))->type = id;
	assert_int_equal(subset__add(subset, btf, id), -EINVAL);
	id = fix.int_id;
	for (i = 0; i < 70; i++)
		id = btf__add_ptr(btf, id);
	assert_int_equal(subset__add(subset, btf, id), -EINVAL);
}

/* Types and the limits of their subsets in bytes, about twice what they have on 6.1 to 7.2. */
static const struct {
	const char *name;
	uint32_t max_bytes;
} kernel_types[] = {
	{ "sk_buff", 8000 },
	{ "sock", 20000 },
	{ "task_struct", 40000 },
	{ "net", 50000 },
	{ "net_device", 40000 },
	{ "file", 8000 },
};

static void running_kernel(void **state)
{
	struct kbtf *kbtf;
	struct diag diag = DIAG_INIT;
	const struct btf *btf;
	unsigned int i;

	(void)state;
	if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		print_message("skipped: this kernel has no /sys/kernel/btf/vmlinux\n");
		skip();
	}
	assert_int_equal(kbtf__new(NULL, &kbtf), 0);
	assert_int_equal(kbtf__vmlinux(kbtf, &btf, &diag), 0);
	for (i = 0; i < sizeof(kernel_types) / sizeof(*kernel_types); i++) {
		uint32_t id = fixture_id(btf, kernel_types[i].name, BTF_KIND_STRUCT);
		struct subset *one;
		int copy;

		assert_int_equal(subset__new(&one), 0);
		copy = subset__add(one, btf, id);
		assert_true(copy > 0);
		assert_same(btf, id, subset__btf(one), copy, 0);
		assert_in_range(bytes_of(one), 100, kernel_types[i].max_bytes);
		print_message("%s: %u bytes\n", kernel_types[i].name, bytes_of(one));
		subset__free(one);
	}
	kbtf__free(kbtf);
}

/* Every type that values can have. */
static void all_of_the_kernel(void **state)
{
	struct kbtf *kbtf;
	struct diag diag = DIAG_INIT;
	const struct btf *btf;
	uint32_t id;

	(void)state;
	if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		print_message("skipped: this kernel has no /sys/kernel/btf/vmlinux\n");
		skip();
	}
	assert_int_equal(kbtf__new(NULL, &kbtf), 0);
	assert_int_equal(kbtf__vmlinux(kbtf, &btf, &diag), 0);
	for (id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		int copy;

		if (btf_is_func(t) || btf_is_datasec(t) || btf_is_decl_tag(t))
			continue;
		copy = subset__add(subset, btf, id);
		assert_true(copy >= 0);
		/* One level each: what it is made of has its own turn. */
		if (id % 16 == 0)
			assert_same(btf, id, subset__btf(subset), copy, 0);
	}
	kbtf__free(kbtf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whole_struct, setup, teardown),
		cmocka_unit_test_setup_teardown(pointers, setup, teardown),
		cmocka_unit_test_setup_teardown(made_up, setup, teardown),
		cmocka_unit_test_setup_teardown(several_objects, setup, teardown),
		cmocka_unit_test_setup_teardown(other_kinds, setup, teardown),
		cmocka_unit_test_setup_teardown(broken, setup, teardown),
		cmocka_unit_test(running_kernel),
		cmocka_unit_test_setup_teardown(all_of_the_kernel, setup, teardown),
	};

	libbpf_set_print(NULL);
	return cmocka_run_group_tests_name("subset", tests, NULL, NULL);
}
