/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small kernel made of BTF for the tests of types/: what stands in vmlinux, and two modules on
 * top of it. C's view of it is in the comments; ids are looked up by name.
 */
#ifndef BTFSNOOP_TESTS_BTF_FIXTURE_H
#define BTFSNOOP_TESTS_BTF_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/btf.h>

/* Ids of what has no name of its own. */
struct fixture {
	struct btf *btf;
	int char_id, int_id, uint_id, ulong_id, u8_id, bool_id;
	int demo;		/* struct demo */
	int demo_ptr;
	int const_char_ptr;
	int color;		/* enum color { RED = -1, GREEN } */
	int handler;		/* int (*)(struct demo *demo, const char *fmt, ...) */
	int matrix_ptr;		/* int (*)[3][4] */
};

static inline int fixture_proto(struct btf *btf, int ret, const char *const *names,
				const int *types, unsigned int nr)
{
	unsigned int i;
	int id = btf__add_func_proto(btf, ret);

	for (i = 0; i < nr; i++)
		btf__add_func_param(btf, names ? names[i] : "", types[i]);
	return id;
}

static inline void fixture_ints(struct fixture *fix)
{
	int uchar;

	fix->char_id = btf__add_int(fix->btf, "char", 1, BTF_INT_SIGNED);
	fix->int_id = btf__add_int(fix->btf, "int", 4, BTF_INT_SIGNED);
	fix->uint_id = btf__add_int(fix->btf, "unsigned int", 4, 0);
	fix->ulong_id = btf__add_int(fix->btf, "long unsigned int", 8, 0);
	fix->bool_id = btf__add_int(fix->btf, "_Bool", 1, BTF_INT_BOOL);
	uchar = btf__add_int(fix->btf, "unsigned char", 1, 0);
	fix->u8_id = btf__add_typedef(fix->btf, "u8", uchar);
}

/*
 * struct demo {				bits
 *	int a;					0
 *	union {					64
 *		struct {
 *			u8 b;			64
 *			u8 c : 3;		72
 *			u8 : 1;
 *			u8 d : 4;		76
 *		};
 *		unsigned long e;		64
 *	};
 *	char name[16];				128
 *	struct demo *next;			256
 *	enum color color;			320
 *	unsigned int flags : 5, more : 27;	352, 357
 *	handler_t handler;			384
 *	const char *const label;		448
 *	volatile int spin;			512
 *	enum color shade : 2;			544
 *	struct { int x; } point;		576
 *	union other *other;			640
 *	u8 tail[];				704
 * };
 */
static inline void fixture_demo(struct fixture *fix)
{
	struct btf *btf = fix->btf;
	int anon_struct, anon_union, name, next, tail, handler, label, spin, point, other;

	anon_struct = btf__add_struct(btf, NULL, 2);
	btf__add_field(btf, "b", fix->u8_id, 0, 0);
	btf__add_field(btf, "c", fix->u8_id, 8, 3);
	btf__add_field(btf, "", fix->u8_id, 11, 1);
	btf__add_field(btf, "d", fix->u8_id, 12, 4);
	anon_union = btf__add_union(btf, NULL, 8);
	btf__add_field(btf, "", anon_struct, 0, 0);
	btf__add_field(btf, "e", fix->ulong_id, 0, 0);
	name = btf__add_array(btf, fix->uint_id, fix->char_id, 16);
	tail = btf__add_array(btf, fix->uint_id, fix->u8_id, 0);
	fix->color = btf__add_enum(btf, "color", 4);
	btf__add_enum_value(btf, "RED", -1);
	btf__add_enum_value(btf, "GREEN", 0);
	handler = btf__add_typedef(btf, "handler_t", fix->handler);
	label = btf__add_const(btf, fix->const_char_ptr);
	spin = btf__add_volatile(btf, fix->int_id);
	point = btf__add_struct(btf, NULL, 4);
	btf__add_field(btf, "x", fix->int_id, 0, 0);
	other = btf__add_ptr(btf, btf__add_fwd(btf, "other", BTF_FWD_UNION));
	next = fix->demo_ptr;

	fix->demo = btf__add_struct(btf, "demo", 88);
	btf__add_field(btf, "a", fix->int_id, 0, 0);
	btf__add_field(btf, "", anon_union, 64, 0);
	btf__add_field(btf, "name", name, 128, 0);
	btf__add_field(btf, "next", next, 256, 0);
	btf__add_field(btf, "color", fix->color, 320, 0);
	btf__add_field(btf, "flags", fix->uint_id, 352, 5);
	btf__add_field(btf, "more", fix->uint_id, 357, 27);
	btf__add_field(btf, "handler", handler, 384, 0);
	btf__add_field(btf, "label", label, 448, 0);
	btf__add_field(btf, "spin", spin, 512, 0);
	btf__add_field(btf, "shade", fix->color, 544, 2);
	btf__add_field(btf, "point", point, 576, 0);
	btf__add_field(btf, "other", other, 640, 0);
	btf__add_field(btf, "tail", tail, 704, 0);
}

/* Functions and tracepoints. */
static inline void fixture_functions(struct fixture *fix)
{
	struct btf *btf = fix->btf;
	int void_ptr = btf__add_ptr(btf, 0), proto;
	const char *const open_names[] = { "demo", "name", "flags" };
	const int open_types[] = { fix->demo_ptr, fix->const_char_ptr, fix->ulong_id };
	const char *const printk_names[] = { "fmt", "" };
	const int printk_types[] = { fix->const_char_ptr, 0 };
	const char *const event_names[] = { "__data", "demo", "delta" };
	const int event_types[] = { void_ptr, fix->demo_ptr, fix->int_id };
	const int other_types[] = { void_ptr, fix->demo_ptr, fix->uint_id };

	proto = fixture_proto(btf, fix->int_id, open_names, open_types, 3);
	btf__add_func(btf, "demo_open", BTF_FUNC_GLOBAL, proto);
	btf__add_func(btf, "demo_close", BTF_FUNC_STATIC, fixture_proto(btf, 0, NULL, NULL, 0));
	proto = fixture_proto(btf, fix->int_id, printk_names, printk_types, 2);
	btf__add_func(btf, "printk", BTF_FUNC_GLOBAL, proto);
	proto = fixture_proto(btf, fix->demo_ptr, open_names, open_types, 1);
	btf__add_func(btf, "demo_twin", BTF_FUNC_STATIC, proto);
	btf__add_func(btf, "demo_twin", BTF_FUNC_STATIC, fixture_proto(btf, 0, NULL, NULL, 0));

	/* As TP_PROTO(struct demo *demo, int delta) comes out of the kernel's macros. */
	proto = fixture_proto(btf, 0, NULL, event_types, 3);
	btf__add_typedef(btf, "btf_trace_demo_event", btf__add_ptr(btf, proto));
	proto = fixture_proto(btf, fix->int_id, event_names, event_types, 3);
	btf__add_func(btf, "__traceiter_demo_event", BTF_FUNC_STATIC, proto);
	/* Named in a prototype whose types have other ids. */
	proto = fixture_proto(btf, 0, NULL, event_types, 3);
	btf__add_typedef(btf, "btf_trace_demo_other", btf__add_ptr(btf, proto));
	proto = fixture_proto(btf, 0, event_names, other_types, 3);
	btf__add_func(btf, "__bpf_trace_demo_other", BTF_FUNC_STATIC, proto);
	/* Named nowhere. */
	proto = fixture_proto(btf, 0, NULL, event_types, 2);
	btf__add_typedef(btf, "btf_trace_demo_bare", btf__add_ptr(btf, proto));
	/* Not what a tracepoint's typedef is. */
	btf__add_typedef(btf, "btf_trace_broken", fix->int_id);
}

/* vmlinux. The caller frees fix->btf. */
static inline void fixture_build(struct fixture *fix)
{
	const char *const names[] = { "demo", "fmt", "" };
	int types[3], array;

	*fix = (struct fixture){ .btf = btf__new_empty() };
	fixture_ints(fix);
	fix->const_char_ptr = btf__add_ptr(fix->btf, btf__add_const(fix->btf, fix->char_id));
	/* struct demo comes later and needs the pointer: ids count up by one. */
	fix->demo_ptr = btf__add_ptr(fix->btf, 0);
	types[0] = fix->demo_ptr;
	types[1] = fix->const_char_ptr;
	types[2] = 0;
	array = fixture_proto(fix->btf, fix->int_id, names, types, 3);
	fix->handler = btf__add_ptr(fix->btf, array);
	array = btf__add_array(fix->btf, fix->uint_id, fix->int_id, 4);
	array = btf__add_array(fix->btf, fix->uint_id, array, 3);
	fix->matrix_ptr = btf__add_ptr(fix->btf, array);
	fixture_demo(fix);
	((struct btf_type *)btf__type_by_id(fix->btf, fix->demo_ptr))->type = fix->demo;
	fixture_functions(fix);
}

/* A module with "int NAME_func(struct NAME *own, struct demo *demo)" and a shared "mod_func". */
static inline struct btf *fixture_module(const struct fixture *fix, const char *name)
{
	struct btf *btf = btf__new_empty_split(fix->btf);
	const char *const names[] = { "own", "demo" };
	char func[64];
	int types[2], proto;

	snprintf(func, sizeof(func), "%s_func", name);
	types[0] = btf__add_struct(btf, name, 8);
	btf__add_field(btf, "demo", fix->demo_ptr, 0, 0);
	types[0] = btf__add_ptr(btf, types[0]);
	types[1] = fix->demo_ptr;
	proto = fixture_proto(btf, fix->int_id, names, types, 2);
	btf__add_func(btf, func, BTF_FUNC_GLOBAL, proto);
	btf__add_func(btf, "mod_func", BTF_FUNC_STATIC, proto);
	return btf;
}

static inline void fixture_write(const char *dir, const char *name, const void *data, size_t size)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	if (!file || fwrite(data, 1, size, file) != size || fclose(file))
		abort();
}

static inline void fixture_write_btf(const char *dir, const char *name, const struct btf *btf)
{
	uint32_t size;
	const void *data = btf__raw_data(btf, &size);

	fixture_write(dir, name, data, size);
}

/* The id of @name, which the test relies on. */
static inline int fixture_id(const struct btf *btf, const char *name, uint32_t kind)
{
	int id = btf__find_by_name_kind(btf, name, kind);

	if (id <= 0)
		abort();
	return id;
}

#endif
