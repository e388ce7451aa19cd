// SPDX-License-Identifier: GPL-2.0-only
/* types/type.h and types/load.h: what a type is, its members, and how C writes it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <bpf/libbpf.h>

#include "../../perf-plugin/types/load.h"
#include "../../perf-plugin/types/type.h"
#include "btf_fixture.h"

static struct fixture fix;

static int setup(void **state)
{
	(void)state;
	fixture_build(&fix);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	btf__free(fix.btf);
	return 0;
}

static void assert_declares(const struct btf *btf, uint32_t id, const char *name,
			    const char *expected)
{
	struct buf buf = BUF_INIT;

	type__declare(btf, id, name, &buf);
	assert_string_equal(buf__str(&buf), expected);
	assert_false(buf.failed);
	buf__exit(&buf);
}

static void declarations(void **state)
{
	struct btf *btf = fix.btf;
	int array, id;

	(void)state;
	assert_declares(btf, 0, "", "void");
	assert_declares(btf, fix.int_id, "x", "int x");
	assert_declares(btf, fix.ulong_id, "", "unsigned long");
	assert_declares(btf, fix.u8_id, "byte", "u8 byte");
	assert_declares(btf, fix.demo_ptr, "", "struct demo *");
	assert_declares(btf, fix.demo_ptr, "demo", "struct demo *demo");
	assert_declares(btf, fix.const_char_ptr, "", "const char *");
	assert_declares(btf, fix.color, "", "enum color");
	assert_declares(btf, fix.handler, "",
			"int (*)(struct demo *demo, const char *fmt, ...)");
	assert_declares(btf, fix.handler, "fn",
			"int (*fn)(struct demo *demo, const char *fmt, ...)");
	assert_declares(btf, fix.matrix_ptr, "m", "int (*m)[3][4]");

	array = btf__add_array(btf, fix.uint_id, fix.char_id, 16);
	assert_declares(btf, array, "", "char[16]");
	assert_declares(btf, array, "name", "char name[16]");
	assert_declares(btf, btf__add_const(btf, array), "name", "const char name[16]");
	array = btf__add_array(btf, fix.uint_id, fix.handler, 2);
	assert_declares(btf, array, "fns",
			"int (*fns[2])(struct demo *demo, const char *fmt, ...)");
	array = btf__add_array(btf, fix.uint_id, fix.const_char_ptr, 0);
	assert_declares(btf, array, "strs", "const char *strs[]");

	id = btf__add_const(btf, fix.demo_ptr);
	assert_declares(btf, id, "", "struct demo *const");
	assert_declares(btf, id, "p", "struct demo *const p");
	assert_declares(btf, btf__add_ptr(btf, id), "pp", "struct demo *const *pp");
	id = btf__add_volatile(btf, btf__add_const(btf, fix.int_id));
	assert_declares(btf, id, "v", "const volatile int v");
	id = btf__add_restrict(btf, fix.const_char_ptr);
	assert_declares(btf, id, "s", "const char *restrict s");
	id = btf__add_ptr(btf, btf__add_type_tag(btf, "user", fix.char_id));
	assert_declares(btf, id, "buf", "char *buf");

	/* A function that returns a pointer to a function. */
	id = fixture_proto(btf, fix.handler, NULL, NULL, 0);
	assert_declares(btf, id, "get",
			"int (*get(void))(struct demo *demo, const char *fmt, ...)");
	id = fixture_id(btf, "demo_open", BTF_KIND_FUNC);
	assert_declares(btf, id, "",
			"int demo_open(struct demo *demo, const char *name, unsigned long flags)");
	id = fixture_id(btf, "demo_close", BTF_KIND_FUNC);
	assert_declares(btf, id, "other_name", "void other_name(void)");
	assert_declares(btf, btf__add_union(btf, NULL, 4), "u", "union {...} u");
	assert_declares(btf, btf__add_enum(btf, NULL, 4), "", "enum {...}");
	assert_declares(btf, btf__add_fwd(btf, "later", BTF_FWD_UNION), "", "union later");
	assert_declares(btf, btf__add_decl_tag(btf, "tag", fix.demo, -1), "", "(invalid)");
	assert_declares(btf, 100000, "x", "(invalid) x");
}

static void classes(void **state)
{
	struct btf *btf = fix.btf;
	struct type_info info;

	(void)state;
	type__info(btf, 0, &info);
	assert_int_equal(info.cls, TYPE_VOID);
	type__info(btf, fix.u8_id, &info);
	assert_int_equal(info.cls, TYPE_INT);
	assert_int_equal(info.size, 1);
	assert_false(info.is_signed || info.is_char || info.is_bool);
	type__info(btf, btf__add_const(btf, fix.char_id), &info);
	assert_true(info.is_char && info.is_signed);
	assert_int_equal(info.id, fix.char_id);
	type__info(btf, fix.bool_id, &info);
	assert_true(info.is_bool);
	type__info(btf, fix.color, &info);
	assert_int_equal(info.cls, TYPE_ENUM);
	assert_true(info.is_signed);
	type__info(btf, btf__add_enum64(btf, "big", 8, false), &info);
	assert_int_equal(info.cls, TYPE_ENUM);
	assert_int_equal(info.size, 8);
	assert_false(info.is_signed);
	type__info(btf, btf__add_float(btf, "double", 8), &info);
	assert_int_equal(info.cls, TYPE_FLOAT);
	type__info(btf, fix.demo_ptr, &info);
	assert_int_equal(info.cls, TYPE_POINTER);
	assert_int_equal(info.size, 8);
	assert_int_equal(info.target, fix.demo);
	type__info(btf, info.target, &info);
	assert_int_equal(info.cls, TYPE_STRUCT);
	assert_int_equal(info.size, 88);
	type__info(btf, btf__type_by_id(btf, fix.matrix_ptr)->type, &info);
	assert_int_equal(info.cls, TYPE_ARRAY);
	assert_int_equal(info.size, 48);
	assert_int_equal(info.nr_elems, 3);
	type__info(btf, btf__type_by_id(btf, fix.handler)->type, &info);
	assert_int_equal(info.cls, TYPE_FUNC);
	type__info(btf, btf__add_fwd(btf, "later", BTF_FWD_STRUCT), &info);
	assert_int_equal(info.cls, TYPE_FWD);

	assert_true(type__is_char_pointer(btf, fix.const_char_ptr));
	assert_false(type__is_char_pointer(btf, fix.demo_ptr));
	assert_true(type__is_char_array(btf, btf__add_array(btf, fix.uint_id, fix.char_id, 4)));
	assert_false(type__is_char_array(btf, btf__add_array(btf, fix.uint_id, fix.u8_id, 4)));
}

/* Nothing of this comes from a compiler. */
static void broken_types(void **state)
{
	struct btf *btf = fix.btf;
	struct type_info info;
	struct member_place place;
	int loop, array, i;

	(void)state;
	type__info(btf, 100000, &info);
	assert_int_equal(info.cls, TYPE_INVALID);
	loop = btf__add_typedef(btf, "loop", fix.int_id);
	((struct btf_type *)btf__type_by_id(btf, loop))->type = loop;
	type__info(btf, loop, &info);
	assert_int_equal(info.cls, TYPE_INVALID);
	assert_int_equal(type__strip(btf, loop), 0);
	assert_declares(btf, loop, "x", "loop x");
	loop = btf__add_ptr(btf, 0);
	((struct btf_type *)btf__type_by_id(btf, loop))->type = loop;
	type__info(btf, loop, &info);
	assert_int_equal(info.cls, TYPE_POINTER);
	assert_int_equal(type__find_member(btf, loop, "x", &place), -EINVAL);
	/* Larger than 32 bits can say. */
	array = fix.demo;
	for (i = 0; i < 4; i++)
		array = btf__add_array(btf, fix.uint_id, array, 1000);
	type__info(btf, array, &info);
	assert_int_equal(info.cls, TYPE_INVALID);
	/* A struct that contains itself, without a name, many times. */
	loop = btf__add_struct(btf, "loop", 8);
	for (i = 0; i < 100; i++)
		btf__add_field(btf, "", loop, 0, 0);
	assert_int_equal(type__find_member(btf, loop, "x", &place), -EINVAL);
	/* 50 members in 50 members in 50 members ...: more than anyone can look through. */
	loop = fix.int_id;
	for (i = 0; i < 50 * 10; i++) {
		if (i % 50 == 0) {
			array = loop;
			loop = btf__add_struct(btf, NULL, 8);
		}
		btf__add_field(btf, "", array, 0, 0);
	}
	assert_int_equal(type__find_member(btf, loop, "x", &place), -EINVAL);
	/* A bitfield wider than what it is a part of. */
	loop = btf__add_struct(btf, "wide", 8);
	btf__add_field(btf, "x", fix.u8_id, 0, 9);
	assert_int_equal(type__find_member(btf, loop, "x", &place), -EINVAL);
}

static void assert_member(const char *name, uint32_t bit_off, uint32_t bit_size)
{
	struct member_place place;

	assert_int_equal(type__find_member(fix.btf, fix.demo, name, &place), 0);
	assert_int_equal(place.bit_off, bit_off);
	assert_int_equal(place.bit_size, bit_size);
}

static void members(void **state)
{
	struct member_place place;
	int id;

	(void)state;
	assert_member("a", 0, 0);
	assert_member("b", 64, 0);
	assert_member("c", 72, 3);
	assert_member("d", 76, 4);
	assert_member("e", 64, 0);
	assert_member("flags", 352, 5);
	assert_member("more", 357, 27);
	assert_member("handler", 384, 0);
	assert_member("shade", 544, 2);
	assert_member("tail", 704, 0);
	assert_int_equal(type__find_member(fix.btf, fix.demo, "x", &place), -ENOENT);
	assert_int_equal(type__find_member(fix.btf, fix.demo, "", &place), -ENOENT);
	assert_int_equal(type__find_member(fix.btf, fix.int_id, "a", &place), -EINVAL);
	assert_int_equal(type__find_member(fix.btf, fix.demo_ptr, "a", &place), -EINVAL);

	/* The bitfields of old: struct { unsigned int x : 3 at bit 32 + 4; }. */
	id = btf__add_int(fix.btf, "unsigned int", 4, 0);
	*(uint32_t *)(btf__type_by_id(fix.btf, id) + 1) = 4 << 16 | 3;
	btf__add_struct(fix.btf, "old", 8);
	btf__add_field(fix.btf, "x", id, 32, 0);
	id = fixture_id(fix.btf, "old", BTF_KIND_STRUCT);
	assert_int_equal(type__find_member(fix.btf, id, "x", &place), 0);
	assert_int_equal(place.bit_off, 36);
	assert_int_equal(place.bit_size, 3);
}

static void finding_by_name(void **state)
{
	(void)state;
	assert_int_equal(type__find(fix.btf, "demo", BTF_KIND_STRUCT), fix.demo);
	assert_int_equal(type__find(fix.btf, "demo", BTF_KIND_UNION), 0);
	assert_int_equal(type__find(fix.btf, "color", BTF_KIND_ENUM), fix.color);
	assert_int_equal(type__find(fix.btf, "u8", BTF_KIND_UNKN), fix.u8_id);
	assert_int_equal(type__find(fix.btf, "int", BTF_KIND_UNKN), fix.int_id);
	assert_int_equal(type__find(fix.btf, "demo", BTF_KIND_UNKN), 0);
	assert_int_equal(type__find(fix.btf, "other", BTF_KIND_UNION), 0);
}

static void near_members(void **state)
{
	const char *names[4];

	(void)state;
	assert_int_equal(type__suggest_member(fix.btf, fix.demo, "flag", names, 4), 1);
	assert_string_equal(names[0], "flags");
	assert_true(type__suggest_member(fix.btf, fix.demo, "nmae", names, 4) >= 1);
	assert_string_equal(names[0], "name");
	assert_int_equal(type__suggest_member(fix.btf, fix.demo, "qqqqqqq", names, 4), 0);
	assert_int_equal(type__suggest_member(fix.btf, fix.int_id, "flag", names, 4), 0);
}

static int load_changed(size_t offset, uint32_t value, size_t cut)
{
	uint32_t size;
	const void *data = btf__raw_data(fix.btf, &size);
	char *copy = malloc(size);
	const char *why;
	struct btf *btf;
	int err;

	memcpy(copy, data, size);
	memcpy(copy + offset, &value, sizeof(value));
	err = load__btf(copy, size - cut, &btf, &why);
	assert_int_equal(!!why, !!err);
	assert_int_equal(!btf, !!err);
	btf__free(btf);
	free(copy);
	return err;
}

static void loading(void **state)
{
	uint32_t magic = BTF_MAGIC | BTF_VERSION << 16;
	struct btf *btf;
	const char *why;

	(void)state;
	assert_int_equal(load_changed(0, magic, 0), 0);
	assert_int_equal(load_changed(0, magic, 1), -EINVAL);
	assert_int_equal(load_changed(0, 0, 0), -EINVAL);
	assert_int_equal(load_changed(offsetof(struct btf_header, hdr_len), 25, 0), -EINVAL);
	assert_int_equal(load_changed(offsetof(struct btf_header, hdr_len), 1u << 31, 0), -EINVAL);
	assert_int_equal(load_changed(offsetof(struct btf_header, str_len), 1u << 31, 0), -EINVAL);
	/* The first type, an int: its name, and the kind of it. */
	assert_int_equal(load_changed(sizeof(struct btf_header), 1u << 30, 0), -EINVAL);
	assert_int_equal(load_changed(sizeof(struct btf_header) + 4, 31u << 24, 0), -EINVAL);
	assert_int_equal(load__btf("", 0, &btf, &why), -EINVAL);
	assert_int_equal(load__btf_file("/nonexistent/btf", NULL, &btf, &why), -ENOENT);
	assert_int_equal(load__btf_file("/dev/null", NULL, &btf, &why), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(declarations, setup, teardown),
		cmocka_unit_test_setup_teardown(classes, setup, teardown),
		cmocka_unit_test_setup_teardown(broken_types, setup, teardown),
		cmocka_unit_test_setup_teardown(members, setup, teardown),
		cmocka_unit_test_setup_teardown(finding_by_name, setup, teardown),
		cmocka_unit_test_setup_teardown(near_members, setup, teardown),
		cmocka_unit_test_setup_teardown(loading, setup, teardown),
	};

	libbpf_set_print(NULL);
	return cmocka_run_group_tests_name("types", tests, NULL, NULL);
}
