/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Types and functions for the tests of what a spec becomes: C structs and the same structs as BTF,
 * so that a test can fill one in C and see what is recorded of it. Functions are made of letters,
 * one a parameter: fixture_func(&fix, "f", 'i', "op") is int f(struct obj *o, void *p).
 */
#ifndef BTFSNOOP_TESTS_TYPED_FIXTURE_H
#define BTFSNOOP_TESTS_TYPED_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/btf.h>

#include "../../perf-plugin/types/kbtf.h"
#include "../../perf-plugin/types/typed.h"

enum color { RED = -1, GREEN };

struct inner {
	int x;
	short z;
	uint8_t y;
};

struct pair {
	void *ptr;
	int a;
	uint8_t b : 3, c : 5;
	char tag[3];
};

struct big {
	uint64_t one;
	int two;
	uint64_t three;
};

struct packed {
	char a;
	int b;
} __attribute__((packed));

struct holder {		/* the packed one is in it, at a place that is aligned */
	struct packed in;
	char rest[3];
	uint64_t last;
};

union either {
	int i;
	uint8_t bytes[8];
};

struct obj {
	struct obj *next;
	int val;
	uint8_t small;
	int8_t neg;
	int16_t shorty;
	unsigned int a3 : 3, b11 : 11;
	int s6 : 6;
	uint64_t w50 : 50, x14 : 14;
	char name[16];
	const char *label;
	void *priv;
	struct opaque *hidden;
	struct inner in;
	struct inner *inp;
	union {
		int au;
		struct {
			uint8_t ab;
			uint8_t ac;
		};
	};
	int grid[2][3];
	struct inner arr[2];
	struct obj **pp;
	bool flag;
	enum color color;
	unsigned int mode;	/* enum mode */
	unsigned __int128 huge;
	double dbl;
	int (*fn)(void);
	union either un;
	char **strs;
	uint8_t tail[];
};

/* Ids of what parameters and return values are made of, by their letter. */
struct typed_fixture {
	struct btf *btf;
	int ids[128];
};

static inline int fix_int(struct typed_fixture *fix, char letter, const char *name, int size,
			  int encoding)
{
	fix->ids[(int)letter] = btf__add_int(fix->btf, name, size, encoding);
	return fix->ids[(int)letter];
}

static inline void fix_ints(struct typed_fixture *fix)
{
	int *id = fix->ids, uchar;

	fix_int(fix, 'c', "char", 1, BTF_INT_SIGNED);
	fix_int(fix, 'n', "signed char", 1, BTF_INT_SIGNED);
	fix_int(fix, 'h', "short int", 2, BTF_INT_SIGNED);
	fix_int(fix, 'w', "short unsigned int", 2, 0);
	fix_int(fix, 'i', "int", 4, BTF_INT_SIGNED);
	fix_int(fix, 'u', "unsigned int", 4, 0);
	fix_int(fix, 'l', "long int", 8, BTF_INT_SIGNED);
	fix_int(fix, 'U', "long unsigned int", 8, 0);
	fix_int(fix, 'b', "_Bool", 1, BTF_INT_BOOL);
	fix_int(fix, 'q', "__int128 unsigned", 16, 0);
	id['d'] = btf__add_float(fix->btf, "double", 8);
	uchar = btf__add_int(fix->btf, "unsigned char", 1, 0);
	id['y'] = btf__add_typedef(fix->btf, "u8", uchar);
	id['v'] = 0;
	id['p'] = btf__add_ptr(fix->btf, 0);
	id['s'] = btf__add_ptr(fix->btf, btf__add_const(fix->btf, id['c']));
	id['a'] = btf__add_enum(fix->btf, "color", 4);
	btf__add_enum_value(fix->btf, "RED", -1);
	btf__add_enum_value(fix->btf, "GREEN", 0);
	((struct btf_type *)btf__type_by_id(fix->btf, id['a']))->info |= 1u << 31;	/* signed */
	id['m'] = btf__add_enum(fix->btf, "mode", 4);
	btf__add_enum_value(fix->btf, "OFF", 0);
	id['M'] = btf__add_enum64(fix->btf, "huge_mode", 8, false);
	btf__add_enum64_value(fix->btf, "FAR", 1ULL << 40);
	id['f'] = btf__add_fwd(fix->btf, "opaque", BTF_FWD_STRUCT);
	id['F'] = btf__add_ptr(fix->btf, id['f']);
}

/* Of the struct added last. */
#define FIX_FIELD(btf, type, member, id)	\
	btf__add_field(btf, #member, id, 8 * offsetof(type, member), 0)

static inline int fix_array(struct btf *btf, int elem, int nr)
{
	return btf__add_array(btf, elem, elem, nr);
}

/* What is passed by value. */
static inline void fix_values(struct typed_fixture *fix)
{
	struct btf *btf = fix->btf;
	int *id = fix->ids, chars3 = fix_array(btf, id['c'], 3);
	int bytes8 = fix_array(btf, id['y'], 8), inner;

	id['I'] = btf__add_struct(btf, "inner", sizeof(struct inner));
	FIX_FIELD(btf, struct inner, x, id['i']);
	FIX_FIELD(btf, struct inner, z, id['h']);
	FIX_FIELD(btf, struct inner, y, id['y']);
	inner = btf__add_ptr(btf, id['I']);
	id['P'] = btf__add_struct(btf, "pair", sizeof(struct pair));
	FIX_FIELD(btf, struct pair, ptr, inner);
	FIX_FIELD(btf, struct pair, a, id['i']);
	btf__add_field(btf, "b", id['y'], 96, 3);
	btf__add_field(btf, "c", id['y'], 99, 5);
	FIX_FIELD(btf, struct pair, tag, chars3);
	id['B'] = btf__add_struct(btf, "big", sizeof(struct big));
	FIX_FIELD(btf, struct big, one, id['U']);
	FIX_FIELD(btf, struct big, two, id['i']);
	FIX_FIELD(btf, struct big, three, id['U']);
	id['k'] = btf__add_struct(btf, "packed", sizeof(struct packed));
	FIX_FIELD(btf, struct packed, a, id['c']);
	FIX_FIELD(btf, struct packed, b, id['i']);
	id['K'] = btf__add_struct(btf, "holder", sizeof(struct holder));
	FIX_FIELD(btf, struct holder, in, id['k']);
	FIX_FIELD(btf, struct holder, rest, chars3);
	FIX_FIELD(btf, struct holder, last, id['U']);
	id['e'] = btf__add_struct(btf, "empty", 0);
	id['D'] = btf__add_struct(btf, "with_double", 8);
	btf__add_field(btf, "d", id['d'], 0, 0);
	id['Q'] = btf__add_struct(btf, "with_int128", 16);
	btf__add_field(btf, "q", id['q'], 0, 0);
	id['E'] = btf__add_union(btf, "either", sizeof(union either));
	FIX_FIELD(btf, union either, i, id['i']);
	FIX_FIELD(btf, union either, bytes, bytes8);
	id['A'] = btf__add_struct(btf, "arrays", 16);
	btf__add_field(btf, "first", bytes8, 0, 0);
	btf__add_field(btf, "second", id['U'], 64, 0);
}

static inline int fix_anonymous(struct typed_fixture *fix)
{
	int in = btf__add_struct(fix->btf, NULL, 2), id;

	btf__add_field(fix->btf, "ab", fix->ids['y'], 0, 0);
	btf__add_field(fix->btf, "ac", fix->ids['y'], 8, 0);
	id = btf__add_union(fix->btf, NULL, 4);
	btf__add_field(fix->btf, "au", fix->ids['i'], 0, 0);
	btf__add_field(fix->btf, "", in, 0, 0);
	return id;
}

static inline void fix_obj(struct typed_fixture *fix)
{
	struct btf *btf = fix->btf;
	int *id = fix->ids, name = fix_array(btf, id['c'], 16), inp = btf__add_ptr(btf, id['I']);
	int grid = fix_array(btf, fix_array(btf, id['i'], 3), 2), arr = fix_array(btf, id['I'], 2);
	int tail = fix_array(btf, id['y'], 0), anonymous = fix_anonymous(fix);
	int fn = btf__add_ptr(btf, btf__add_func_proto(btf, id['i']));
	int strs = btf__add_ptr(btf, btf__add_ptr(btf, id['c']));

	id['o'] = btf__add_ptr(btf, 0);		/* what to is filled in below */
	id['O'] = btf__add_ptr(btf, id['o']);
	id['S'] = btf__add_struct(btf, "obj", sizeof(struct obj));
	FIX_FIELD(btf, struct obj, next, id['o']);
	FIX_FIELD(btf, struct obj, val, id['i']);
	FIX_FIELD(btf, struct obj, small, id['y']);
	FIX_FIELD(btf, struct obj, neg, id['n']);
	FIX_FIELD(btf, struct obj, shorty, id['h']);
	btf__add_field(btf, "a3", id['u'], 128, 3);
	btf__add_field(btf, "b11", id['u'], 131, 11);
	btf__add_field(btf, "s6", id['i'], 142, 6);
	btf__add_field(btf, "w50", id['U'], 192, 50);
	btf__add_field(btf, "x14", id['U'], 242, 14);
	FIX_FIELD(btf, struct obj, name, name);
	FIX_FIELD(btf, struct obj, label, id['s']);
	FIX_FIELD(btf, struct obj, priv, id['p']);
	FIX_FIELD(btf, struct obj, hidden, id['F']);
	FIX_FIELD(btf, struct obj, in, id['I']);
	FIX_FIELD(btf, struct obj, inp, inp);
	btf__add_field(btf, "", anonymous, 8 * offsetof(struct obj, au), 0);
	FIX_FIELD(btf, struct obj, grid, grid);
	FIX_FIELD(btf, struct obj, arr, arr);
	FIX_FIELD(btf, struct obj, pp, id['O']);
	FIX_FIELD(btf, struct obj, flag, id['b']);
	FIX_FIELD(btf, struct obj, color, id['a']);
	FIX_FIELD(btf, struct obj, mode, id['m']);
	FIX_FIELD(btf, struct obj, huge, id['q']);
	FIX_FIELD(btf, struct obj, dbl, id['d']);
	FIX_FIELD(btf, struct obj, fn, fn);
	FIX_FIELD(btf, struct obj, un, id['E']);
	FIX_FIELD(btf, struct obj, strs, strs);
	FIX_FIELD(btf, struct obj, tail, tail);
	((struct btf_type *)btf__type_by_id(btf, id['o']))->type = id['S'];
}

/* What the kernel's structs of these names have that tests look at. */
static inline void fix_kernel(struct typed_fixture *fix)
{
	struct btf *btf = fix->btf;
	int *id = fix->ids, name = fix_array(btf, id['c'], 16), bytes = fix_array(btf, id['y'], 16);
	int type, links, node;

	type = btf__add_struct(btf, "task_struct", 24);
	btf__add_field(btf, "pid", id['i'], 0, 0);
	btf__add_field(btf, "comm", name, 32, 0);
	id['t'] = btf__add_ptr(btf, type);
	id['x'] = btf__add_struct(btf, "in_addr", 4);
	btf__add_field(btf, "s_addr", id['u'], 0, 0);
	id['z'] = btf__add_struct(btf, "in6_addr", 16);
	btf__add_field(btf, "bytes", bytes, 0, 0);
	id['Z'] = btf__add_ptr(btf, id['z']);
	btf__add_enum(btf, "twin", 4);
	btf__add_enum_value(btf, "GREEN", 0);
	btf__add_enum_value(btf, "OFF", 3);

	/* struct node { int v; struct link link, links[2]; unsigned int b : 3; } */
	id['L'] = btf__add_ptr(btf, 0);
	type = btf__add_struct(btf, "link", 8);
	btf__add_field(btf, "next", id['L'], 0, 0);
	((struct btf_type *)btf__type_by_id(btf, id['L']))->type = type;
	links = fix_array(btf, type, 2);
	node = btf__add_struct(btf, "node", 40);
	btf__add_field(btf, "v", id['i'], 0, 0);
	btf__add_field(btf, "link", type, 64, 0);
	btf__add_field(btf, "links", links, 128, 0);
	btf__add_field(btf, "b", id['u'], 256, 3);
	id['N'] = btf__add_ptr(btf, node);
}

/* The caller frees fix->btf. */
static inline void typed_fixture_build(struct typed_fixture *fix)
{
	memset(fix, 0, sizeof(*fix));
	fix->btf = btf__new_empty();
	fix_ints(fix);
	fix_values(fix);
	fix_obj(fix);
	fix_kernel(fix);
}

/*
 * A function with a parameter for each letter of @params, named by its letter; a second one of a
 * letter gets its number behind ("i", "i2"), '_' in front of a letter is one without a name.
 */
static inline struct kfunc fixture_func(struct typed_fixture *fix, const char *name, char ret,
					const char *params)
{
	int proto = btf__add_func_proto(fix->btf, fix->ids[(int)ret]), id;
	unsigned int seen[128] = { 0 };
	struct kfunc func = { 0 };
	char param[16];

	for (const char *p = params; *p; p++) {
		bool unnamed = *p == '_';

		p += unnamed;
		if (++seen[(int)*p] > 1)
			snprintf(param, sizeof(param), "%c%u", *p, seen[(int)*p]);
		else
			snprintf(param, sizeof(param), "%c", *p);
		btf__add_func_param(fix->btf, unnamed ? "" : param, fix->ids[(int)*p]);
	}
	id = btf__add_func(fix->btf, name, BTF_FUNC_GLOBAL, proto);
	func.btf = fix->btf;
	func.id = id;
	func.proto_id = proto;
	func.name = btf__name_by_offset(fix->btf, btf__type_by_id(fix->btf, id)->name_off);
	func.params = btf_params(btf__type_by_id(fix->btf, proto));
	func.nr_params = btf_vlen(btf__type_by_id(fix->btf, proto));
	func.ret_id = fix->ids[(int)ret];
	return func;
}

#endif
