/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel of a few types for the tests of specs: C structs, and BTF that says the same of them.
 * Places of members are asked of the compiler, those of bitfields by setting them and looking which
 * bits there are, so that what an expression gives in C it has to give in a spec.
 *
 * The function that most tests are about has twelve words of parameters, as many as there can be;
 * from the seventh on they are on the stack:
 */
#ifndef BTFSNOOP_TESTS_SPEC_TYPES_H
#define BTFSNOOP_TESTS_SPEC_TYPES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/btf.h>

#include "../../perf-plugin/types/kbtf.h"

#define SPEC_FUNC_PROTO								\
	"long f(struct obj *o, int i, unsigned int u, long l, unsigned long ul,"	\
	" short s, unsigned char uc, signed char sc, bool b, enum color e,"		\
	" const char *str, void *p)"

#define SPEC_MAX_FUNCS	32

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef u16 __be16_t;
typedef u32 __be32_t;

enum color { RED = -1, GREEN, BLUE = 7 };		/* signed */
enum mode { OFF, ON, ALL = 0x7fffffff };		/* unsigned */
#define FAR 0x10000000000				/* of enum far, 8 bytes wide */
#define DEEP (-0x10000000000)				/* of enum deep, the same with a sign */

struct node {
	struct node *next;
	int val;		/* 8 */
	short key;		/* 12 */
	u8 kind;		/* 14 */
	char tag;		/* 15 */
};				/* 16 bytes */

union either {
	int i;
	u8 bytes[8];
	struct node *ptr;
};

struct small {			/* fits two registers */
	int x;
	short y;		/* 4 */
	u8 lo : 3, hi : 5;	/* 6, 6.3 */
	char c;			/* 7 */
	struct node *n;		/* 8 */
};

/* Behind each member: its offset, of a bitfield the byte and bit it begins at. */
struct obj {
	struct obj *next;			/* 0 */
	char c;					/* 8 */
	signed char i8;				/* 9 */
	unsigned char u8;			/* 10 */
	bool flag;				/* 11 */
	short i16;				/* 12 */
	unsigned short u16;			/* 14 */
	int i32;				/* 16 */
	unsigned int u32;			/* 20 */
	long i64;				/* 24 */
	unsigned long u64;			/* 32 */
	long long ll;				/* 40 */
	unsigned long long ull;			/* 48 */
	unsigned int a3 : 3, b11 : 11;		/* 56, 56.3 */
	int s6 : 6, s12 : 12;			/* 57.6, 58.4 */
	unsigned int all : 32;			/* 60 */
	unsigned long w33 : 33, w31 : 31;	/* 64, 68.1 */
	long sw40 : 40;				/* 72 */
	u8 n1 : 1, n7 : 7;			/* 77, 77.1 */
	bool bf : 1;				/* 78 */
	signed char sn2 : 2, sn6 : 6;		/* 78.1, 79 */
	unsigned int split : 30;		/* 80 */
	enum color color;			/* 84 */
	enum mode mode;				/* 88 */
	unsigned long far;	/* enum far */	/* 96 */
	long deep;		/* enum deep */	/* 104 */
	struct node in;				/* 112 */
	struct node *inp;			/* 128 */
	struct node arr[3];			/* 136 */
	struct node *ptrs[2];			/* 184 */
	int grid[2][3];				/* 200 */
	union {					/* 224 */
		int au;
		struct {
			u8 ab;
			u8 ac;			/* 225 */
		};
	};
	union either un;			/* 232 */
	struct obj **pp;			/* 240 */
	void *priv;				/* 248 */
	struct opaque *hidden;			/* 256 */
	int (*fn)(void);			/* 264 */
	u32 *counts;				/* 272 */
	volatile int spin;			/* 280 */
	const short limit;			/* 284 */
	char name[16];				/* 286 */
	char *label;				/* 304 */
	const char *const *names;		/* 312 */
	unsigned char mac[6];			/* 320 */
	__be16_t port;				/* 326 */
	__be32_t addr;				/* 328 */
	u8 addr6[16];				/* 332 */
	unsigned int nr_tail;			/* 348 */
	unsigned __int128 huge;			/* 352 */
	double dbl;				/* 368 */
	u8 tail[];				/* 376 */
};						/* 384 bytes */

/* The task a probe runs in. */
struct task_struct {
	struct task_struct *parent;
	int pid;				/* 8 */
	char comm[16];				/* 12 */
};

/* Ids of the types that prototypes are made of. */
struct spec_types {
	struct btf *btf;
	int c, i8, u8, b, i16, u16, i32, u32, i64, u64, ll, ull, i128, dbl;
	int tu8, tu16, tu32, tu64, be16, be32, size_t_;
	int color, mode, far, deep;
	int node, either, small, obj, opaque, task;
	int p_void, p_c, p_cc, p_node, p_obj, pp_obj, p_opaque;
	struct kfunc funcs[SPEC_MAX_FUNCS];	/* the first is SPEC_FUNC_PROTO */
	unsigned int nr_funcs;
};

static inline void spec_types_ints(struct spec_types *t)
{
	struct btf *btf = t->btf;

	t->c = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	t->i8 = btf__add_int(btf, "signed char", 1, BTF_INT_SIGNED);
	t->u8 = btf__add_int(btf, "unsigned char", 1, 0);
	t->b = btf__add_int(btf, "_Bool", 1, BTF_INT_BOOL);
	t->i16 = btf__add_int(btf, "short int", 2, BTF_INT_SIGNED);
	t->u16 = btf__add_int(btf, "short unsigned int", 2, 0);
	t->i32 = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	t->u32 = btf__add_int(btf, "unsigned int", 4, 0);
	t->i64 = btf__add_int(btf, "long int", 8, BTF_INT_SIGNED);
	t->u64 = btf__add_int(btf, "long unsigned int", 8, 0);
	t->ll = btf__add_int(btf, "long long int", 8, BTF_INT_SIGNED);
	t->ull = btf__add_int(btf, "long long unsigned int", 8, 0);
	t->i128 = btf__add_int(btf, "__int128 unsigned", 16, 0);
	t->dbl = btf__add_float(btf, "double", 8);
	t->tu8 = btf__add_typedef(btf, "u8", t->u8);
	t->tu16 = btf__add_typedef(btf, "u16", t->u16);
	t->tu32 = btf__add_typedef(btf, "u32", t->u32);
	t->tu64 = btf__add_typedef(btf, "u64", t->ull);
	t->size_t_ = btf__add_typedef(btf, "size_t", t->u64);
	t->be16 = btf__add_typedef(btf, "__be16", t->tu16);
	t->be32 = btf__add_typedef(btf, "__be32", t->tu32);
}

static inline void spec_types_enums(struct spec_types *t)
{
	struct btf *btf = t->btf;

	t->color = btf__add_enum(btf, "color", 4);
	btf__add_enum_value(btf, "RED", -1);
	btf__add_enum_value(btf, "GREEN", 0);
	btf__add_enum_value(btf, "BLUE", 7);
	t->mode = btf__add_enum(btf, "mode", 4);
	btf__add_enum_value(btf, "OFF", 0);
	btf__add_enum_value(btf, "ON", 1);
	btf__add_enum_value(btf, "ALL", 0x7fffffff);
	t->far = btf__add_enum64(btf, "far", 8, false);
	btf__add_enum64_value(btf, "FAR", FAR);
	t->deep = btf__add_enum64(btf, "deep", 8, true);
	btf__add_enum64_value(btf, "DEEP", DEEP);
}

/* Where the compiler put a bitfield: the bits that are set when it is all ones, the rest zero. */
static inline void spec_bits(const void *object, size_t size, uint32_t *off, uint32_t *nr)
{
	const u8 *bytes = object;

	*off = *nr = 0;
	for (uint32_t bit = 0; bit < 8 * size; bit++) {
		if (!(bytes[bit / 8] >> bit % 8 & 1))
			continue;
		if (!*nr)
			*off = bit;
		++*nr;
	}
}

/* Of the struct that was added last. */
#define SPEC_FIELD(type, member, id)	\
	btf__add_field(btf, #member, id, 8 * offsetof(type, member), 0)
#define SPEC_BITS(type, member, id) do {					\
	type object_;								\
	uint32_t off_, nr_;							\
										\
	memset(&object_, 0, sizeof(object_));					\
	object_.member = ones;							\
	spec_bits(&object_, sizeof(object_), &off_, &nr_);			\
	btf__add_field(btf, #member, id, off_, nr_);				\
} while (0)

static inline int spec_array(struct spec_types *t, int elem, int nr)
{
	return btf__add_array(t->btf, t->u64, elem, nr);
}

static inline void spec_types_structs(struct spec_types *t)
{
	struct btf *btf = t->btf;
	volatile long ones = -1;
	int bytes8 = spec_array(t, t->tu8, 8);

	t->p_node = btf__add_ptr(btf, 0);		/* to what follows */
	t->node = btf__add_struct(btf, "node", sizeof(struct node));
	SPEC_FIELD(struct node, next, t->p_node);
	SPEC_FIELD(struct node, val, t->i32);
	SPEC_FIELD(struct node, key, t->i16);
	SPEC_FIELD(struct node, kind, t->tu8);
	SPEC_FIELD(struct node, tag, t->c);
	((struct btf_type *)btf__type_by_id(btf, t->p_node))->type = t->node;
	t->either = btf__add_union(btf, "either", sizeof(union either));
	SPEC_FIELD(union either, i, t->i32);
	SPEC_FIELD(union either, bytes, bytes8);
	SPEC_FIELD(union either, ptr, t->p_node);
	t->small = btf__add_struct(btf, "small", sizeof(struct small));
	SPEC_FIELD(struct small, x, t->i32);
	SPEC_FIELD(struct small, y, t->i16);
	SPEC_BITS(struct small, lo, t->tu8);
	SPEC_BITS(struct small, hi, t->tu8);
	SPEC_FIELD(struct small, c, t->c);
	SPEC_FIELD(struct small, n, t->p_node);
}

static inline void spec_types_task(struct spec_types *t)
{
	struct btf *btf = t->btf;
	int parent = btf__add_ptr(btf, 0), comm = spec_array(t, t->c, 16);

	t->task = btf__add_struct(btf, "task_struct", sizeof(struct task_struct));
	SPEC_FIELD(struct task_struct, parent, parent);
	SPEC_FIELD(struct task_struct, pid, t->i32);
	SPEC_FIELD(struct task_struct, comm, comm);
	((struct btf_type *)btf__type_by_id(btf, parent))->type = t->task;
}

static inline int spec_types_anonymous(struct spec_types *t)
{
	struct btf *btf = t->btf;
	int inner = btf__add_struct(btf, NULL, 2), outer;

	btf__add_field(btf, "ab", t->tu8, 0, 0);
	btf__add_field(btf, "ac", t->tu8, 8, 0);
	outer = btf__add_union(btf, NULL, 4);
	btf__add_field(btf, "au", t->i32, 0, 0);
	btf__add_field(btf, "", inner, 0, 0);
	return outer;
}

static inline void spec_obj_numbers(struct spec_types *t)
{
	struct btf *btf = t->btf;
	volatile long ones = -1;

	SPEC_FIELD(struct obj, next, t->p_obj);
	SPEC_FIELD(struct obj, c, t->c);
	SPEC_FIELD(struct obj, i8, t->i8);
	SPEC_FIELD(struct obj, u8, t->u8);
	SPEC_FIELD(struct obj, flag, t->b);
	SPEC_FIELD(struct obj, i16, t->i16);
	SPEC_FIELD(struct obj, u16, t->u16);
	SPEC_FIELD(struct obj, i32, t->i32);
	SPEC_FIELD(struct obj, u32, t->u32);
	SPEC_FIELD(struct obj, i64, t->i64);
	SPEC_FIELD(struct obj, u64, t->u64);
	SPEC_FIELD(struct obj, ll, t->ll);
	SPEC_FIELD(struct obj, ull, t->ull);
	SPEC_BITS(struct obj, a3, t->u32);
	SPEC_BITS(struct obj, b11, t->u32);
	SPEC_BITS(struct obj, s6, t->i32);
	SPEC_BITS(struct obj, s12, t->i32);
	SPEC_BITS(struct obj, all, t->u32);
	SPEC_BITS(struct obj, w33, t->u64);
	SPEC_BITS(struct obj, w31, t->u64);
	SPEC_BITS(struct obj, sw40, t->i64);
	SPEC_BITS(struct obj, n1, t->tu8);
	SPEC_BITS(struct obj, n7, t->tu8);
	SPEC_BITS(struct obj, bf, t->b);
	SPEC_BITS(struct obj, sn2, t->i8);
	SPEC_BITS(struct obj, sn6, t->i8);
	SPEC_BITS(struct obj, split, t->u32);
	SPEC_FIELD(struct obj, color, t->color);
	SPEC_FIELD(struct obj, mode, t->mode);
	SPEC_FIELD(struct obj, far, t->far);
	SPEC_FIELD(struct obj, deep, t->deep);
}

/* The types of members that are made for them alone. */
struct spec_obj_parts {
	int arr, ptrs, grid, anonymous, fn, counts, spin, limit, name, names, mac, addr6, tail;
};

static inline void spec_obj_objects(struct spec_types *t, const struct spec_obj_parts *id)
{
	struct btf *btf = t->btf;

	SPEC_FIELD(struct obj, in, t->node);
	SPEC_FIELD(struct obj, inp, t->p_node);
	SPEC_FIELD(struct obj, arr, id->arr);
	SPEC_FIELD(struct obj, ptrs, id->ptrs);
	SPEC_FIELD(struct obj, grid, id->grid);
	btf__add_field(btf, "", id->anonymous, 8 * offsetof(struct obj, au), 0);
	SPEC_FIELD(struct obj, un, t->either);
	SPEC_FIELD(struct obj, pp, t->pp_obj);
	SPEC_FIELD(struct obj, priv, t->p_void);
	SPEC_FIELD(struct obj, hidden, t->p_opaque);
	SPEC_FIELD(struct obj, fn, id->fn);
	SPEC_FIELD(struct obj, counts, id->counts);
	SPEC_FIELD(struct obj, spin, id->spin);
	SPEC_FIELD(struct obj, limit, id->limit);
	SPEC_FIELD(struct obj, name, id->name);
	SPEC_FIELD(struct obj, label, t->p_c);
	SPEC_FIELD(struct obj, names, id->names);
	SPEC_FIELD(struct obj, mac, id->mac);
	SPEC_FIELD(struct obj, port, t->be16);
	SPEC_FIELD(struct obj, addr, t->be32);
	SPEC_FIELD(struct obj, addr6, id->addr6);
	SPEC_FIELD(struct obj, nr_tail, t->u32);
	SPEC_FIELD(struct obj, huge, t->i128);
	SPEC_FIELD(struct obj, dbl, t->dbl);
	SPEC_FIELD(struct obj, tail, id->tail);
}

static inline void spec_types_obj(struct spec_types *t)
{
	struct btf *btf = t->btf;
	struct spec_obj_parts id = {
		.arr = spec_array(t, t->node, 3), .ptrs = spec_array(t, t->p_node, 2),
		.grid = spec_array(t, spec_array(t, t->i32, 3), 2),
		.anonymous = spec_types_anonymous(t),
		.counts = btf__add_ptr(btf, t->tu32), .spin = btf__add_volatile(btf, t->i32),
		.limit = btf__add_const(btf, t->i16), .name = spec_array(t, t->c, 16),
		.names = btf__add_ptr(btf, btf__add_const(btf, t->p_cc)),
		.mac = spec_array(t, t->u8, 6), .addr6 = spec_array(t, t->tu8, 16),
		.tail = spec_array(t, t->tu8, 0),
	};

	id.fn = btf__add_ptr(btf, btf__add_func_proto(btf, t->i32));
	t->p_obj = btf__add_ptr(btf, 0);		/* to what follows */
	t->pp_obj = btf__add_ptr(btf, t->p_obj);
	t->obj = btf__add_struct(btf, "obj", sizeof(struct obj));
	spec_obj_numbers(t);
	spec_obj_objects(t, &id);
	((struct btf_type *)btf__type_by_id(btf, t->p_obj))->type = t->obj;
}

/* A function with these parameters; a NULL name ends them. */
struct spec_param {
	const char *name;
	int type;
};

static inline void spec_add_func(struct spec_types *t, const char *name, int ret,
				 const struct spec_param *params)
{
	struct kfunc *func = &t->funcs[t->nr_funcs++];

	if (t->nr_funcs > SPEC_MAX_FUNCS)
		abort();
	*func = (struct kfunc){ .btf = t->btf, .ret_id = ret };
	func->proto_id = btf__add_func_proto(t->btf, ret);
	for (; params->name; params++) {
		btf__add_func_param(t->btf, params->name, params->type);
		func->nr_params++;
	}
	func->id = btf__add_func(t->btf, name, BTF_FUNC_GLOBAL, func->proto_id);
}

#define SPEC_ADD(t, name, ret, ...)	\
	spec_add_func(t, name, ret, (const struct spec_param[]){ __VA_ARGS__ __VA_OPT__(,) { 0 } })

static inline void spec_types_funcs(struct spec_types *t)
{
	SPEC_ADD(t, "f", t->i64, { "o", t->p_obj }, { "i", t->i32 }, { "u", t->u32 },
		  { "l", t->i64 }, { "ul", t->u64 }, { "s", t->i16 }, { "uc", t->u8 },
		  { "sc", t->i8 }, { "b", t->b }, { "e", t->color }, { "str", t->p_cc },
		  { "p", t->p_void });
	SPEC_ADD(t, "none", 0);
	SPEC_ADD(t, "get_u8", t->u8, { "o", t->p_obj });
	SPEC_ADD(t, "get_bool", t->b, { "o", t->p_obj });
	SPEC_ADD(t, "get_mode", t->mode, { "o", t->p_obj });
	SPEC_ADD(t, "get_int", t->i32, { "o", t->p_obj }, { "i", t->i32 });
	SPEC_ADD(t, "get_str", t->p_cc, { "o", t->p_obj });
	SPEC_ADD(t, "get_obj", t->p_obj, { "o", t->p_obj });
	SPEC_ADD(t, "get_either", t->either, { "o", t->p_obj });
	SPEC_ADD(t, "get_obj_itself", t->obj, { "o", t->p_obj });
	SPEC_ADD(t, "by_value", t->i32, { "v", t->small }, { "un", t->either }, { "m", t->mode });
	SPEC_ADD(t, "unnamed", t->i32, { "", t->p_obj }, { "", t->i32 });
	SPEC_ADD(t, "two", t->i32, { "o", t->p_obj }, { "n", t->p_node }, { "m", t->p_node });
	SPEC_ADD(t, "by_double", t->i32, { "d", t->dbl }, { "i", t->i32 });
	SPEC_ADD(t, "big", t->i32, { "v", t->obj }, { "i", t->i32 });
	SPEC_ADD(t, "declared", t->i32, { "h", t->p_opaque }, { "pp", t->pp_obj });
	/* BTF moves while it grows: what points into it is looked up at last. */
	for (unsigned int i = 0; i < t->nr_funcs; i++) {
		struct kfunc *func = &t->funcs[i];

		func->name = btf__name_by_offset(t->btf,
						 btf__type_by_id(t->btf, func->id)->name_off);
		func->params = btf_params(btf__type_by_id(t->btf, func->proto_id));
	}
}

static inline const struct kfunc *spec_types_func(const struct spec_types *t, const char *name)
{
	for (unsigned int i = 0; i < t->nr_funcs; i++)
		if (!strcmp(t->funcs[i].name, name))
			return &t->funcs[i];
	return NULL;
}

/* The caller frees t->btf. */
static inline void spec_types_build(struct spec_types *t)
{
	memset(t, 0, sizeof(*t));
	t->btf = btf__new_empty();
	spec_types_ints(t);
	spec_types_enums(t);
	t->p_void = btf__add_ptr(t->btf, 0);
	t->p_c = btf__add_ptr(t->btf, t->c);
	t->p_cc = btf__add_ptr(t->btf, btf__add_const(t->btf, t->c));
	t->opaque = btf__add_fwd(t->btf, "opaque", BTF_FWD_STRUCT);
	t->p_opaque = btf__add_ptr(t->btf, t->opaque);
	spec_types_structs(t);
	spec_types_obj(t);
	spec_types_task(t);
	spec_types_funcs(t);
}

#endif
