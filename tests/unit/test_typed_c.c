// SPDX-License-Identifier: GPL-2.0-only
/*
 * types/: expressions mean what they mean in C. Each is compiled into this test by the C compiler,
 * and checked as a spec's item; what the item's operations compute on the same parameters and the
 * same memory has to be the same number, and of the same type.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "../../perf-plugin/types/type.h"
#include "../../perf-plugin/types/typed.h"
#include "../../perf-plugin/util/buf.h"
#include "typed_fixture.h"

typedef uint8_t u8;
typedef int8_t s8;
typedef uint16_t u16;
typedef int16_t s16;
typedef uint32_t u32;
typedef int32_t s32;
typedef uint64_t u64;
typedef int64_t s64;

#define PARAMS "opsiiuullUynhwbamOcs"

/* Parameters by PARAMS; their names are typed_fixture.h's. */
struct vars {
	struct obj *o;
	void *p;
	const char *s;
	int i, i2;
	unsigned int u, u2;
	long l, l2;
	unsigned long U;
	uint8_t y;
	signed char n;
	short h;
	unsigned short w;
	bool b;
	enum color a;
	unsigned int m;
	struct obj **O;
	char c;
	const char *s2;
};

static struct typed_fixture fix;
static struct kfunc func;
static int64_t words[sizeof(PARAMS) - 1];

static int setup(void **state)
{
	(void)state;
	typed_fixture_build(&fix);
	func = fixture_func(&fix, "f", 'i', PARAMS);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	btf__free(fix.btf);
	return 0;
}

/* ---- what the plan's machine does with the operations ---------------------------------------- */

static uint64_t extended(uint64_t value, unsigned int bits, bool is_signed)
{
	unsigned int unused = 64 - bits;

	if (is_signed)
		return (uint64_t)((int64_t)(value << unused) >> unused);
	return value << unused >> unused;
}

static uint64_t alu(enum typed_alu op, uint64_t a, uint64_t b)
{
	int64_t sa = (int64_t)a, sb = (int64_t)b;

	switch (op) {
	case ALU_ADD:	return a + b;
	case ALU_SUB:	return a - b;
	case ALU_MUL:	return a * b;
	case ALU_UDIV:	return a / b;
	case ALU_SDIV:	return (uint64_t)(sa / sb);
	case ALU_UMOD:	return a % b;
	case ALU_SMOD:	return (uint64_t)(sa % sb);
	case ALU_AND:	return a & b;
	case ALU_OR:	return a | b;
	case ALU_XOR:	return a ^ b;
	case ALU_SHL:	return a << (b & 63);
	case ALU_SHR:	return a >> (b & 63);
	case ALU_SAR:	return (uint64_t)(sa >> (b & 63));
	case ALU_EQ:	return a == b;
	case ALU_NE:	return a != b;
	case ALU_ULT:	return a < b;
	case ALU_ULE:	return a <= b;
	case ALU_SLT:	return sa < sb;
	case ALU_SLE:	return sa <= sb;
	}
	fail();
	return 0;
}

static uint64_t loaded(uint64_t address, unsigned int size, bool is_signed)
{
	uint64_t value = 0;

	memcpy(&value, (const void *)address, size);
	return extended(value, 8 * size, is_signed);
}

static uint64_t compute(const struct typed_expr *e)
{
	uint64_t a;

	switch (e->op) {
	case TYPED_CONST:
		return (uint64_t)e->imm;
	case TYPED_PARAM:
		return (uint64_t)words[e->param.word + e->imm];
	case TYPED_AND:
		return compute(e->args[0]) && compute(e->args[1]);
	case TYPED_OR:
		return compute(e->args[0]) || compute(e->args[1]);
	case TYPED_COND:
		return compute(e->args[0]) ? compute(e->args[1]) : compute(e->args[2]);
	default:
		break;
	}
	a = compute(e->args[0]);
	switch (e->op) {
	case TYPED_ADD:
		return a ? a + (uint64_t)e->imm : 0;
	case TYPED_INDEX:
		return a ? a + compute(e->args[1]) * (uint64_t)e->imm : 0;
	case TYPED_LOAD:
		return loaded(a + (uint64_t)e->imm, e->size, e->is_signed);
	case TYPED_EXTEND:
		return extended(a, 8 * e->size, e->is_signed);
	case TYPED_BITS:
		return extended(a >> e->imm, e->size, e->is_signed);
	case TYPED_ALU:
		return alu(e->alu, a, compute(e->args[1]));
	case TYPED_SWAP:
		return __builtin_bswap64(a) >> (64 - 8 * e->size);
	case TYPED_MATCH:
		return strlen((const char *)a) == e->str_len && !strcmp((const char *)a, e->string);
	default:
		fail();
		return 0;
	}
}

/* ---- types ----------------------------------------------------------------------------------- */

/* "s4" for an int, "p" for a pointer, "b" for a bool. */
#define TYPE_OF(expr) _Generic((expr),					\
	bool: "b", char: "s1", signed char: "s1", unsigned char: "u1",		\
	short: "s2", unsigned short: "u2", int: "s4", unsigned int: "u4",	\
	long: "s8", unsigned long: "u8", long long: "s8", unsigned long long: "u8", \
	default: "p")

static void type_of(const struct typed_item *item, char *out, size_t size)
{
	struct type_info info;

	type__info(fix.btf, item->type.id, &info);
	if (item->type.ptr_depth || info.cls == TYPE_POINTER)
		snprintf(out, size, "p");
	else if (info.is_bool)
		snprintf(out, size, "b");
	else
		snprintf(out, size, "%c%u", info.is_signed ? 's' : 'u', info.size);
}

/* An enum has a type of its own in BTF; in C it is an integer. */
static void check_c(const char *text, int64_t value, const char *type)
{
	struct diag diag = DIAG_INIT;
	struct typed_spec *typed;
	char spec_text[512], got[16];
	struct spec *spec;
	int64_t result;

	snprintf(spec_text, sizeof(spec_text), "f(x = %s)", text);
	if (spec__parse(spec_text, &spec, &diag))
		fail_msg("%s: %s", text, diag.msg);
	if (typed_spec__new(spec, &func, &typed, &diag))
		fail_msg("%s: %s", text, diag.msg);
	result = (int64_t)compute(typed->items[0].expr);
	type_of(&typed->items[0], got, sizeof(got));
	if (result != value || strcmp(got, type)) {
		struct buf dump = BUF_INIT;

		typed_expr__dump(typed->items[0].expr, &dump);
		fail_msg("%s: %lld %s, in C %lld %s: %s", text, (long long)result, got,
			 (long long)value, type, buf__str(&dump));
	}
	typed_spec__free(typed);
	spec__free(spec);
}

#define C(expr) check_c(#expr, (int64_t)(expr), TYPE_OF(expr))

#define VARS(v)									\
	struct obj *o __attribute__((unused)) = (v)->o;				\
	void *p __attribute__((unused)) = (v)->p;				\
	const char *s __attribute__((unused)) = (v)->s, *s2 __attribute__((unused)) = (v)->s2; \
	int i __attribute__((unused)) = (v)->i, i2 __attribute__((unused)) = (v)->i2; \
	unsigned int u __attribute__((unused)) = (v)->u, u2 __attribute__((unused)) = (v)->u2; \
	long l __attribute__((unused)) = (v)->l, l2 __attribute__((unused)) = (v)->l2; \
	unsigned long U __attribute__((unused)) = (v)->U;			\
	uint8_t y __attribute__((unused)) = (v)->y;				\
	signed char n __attribute__((unused)) = (v)->n;			\
	short h __attribute__((unused)) = (v)->h;				\
	unsigned short w __attribute__((unused)) = (v)->w;			\
	bool b __attribute__((unused)) = (v)->b;				\
	enum color a __attribute__((unused)) = (v)->a;				\
	unsigned int m __attribute__((unused)) = (v)->m;			\
	struct obj **O __attribute__((unused)) = (v)->O;			\
	char c __attribute__((unused)) = (v)->c

static void pass(const struct vars *v)
{
	const int64_t all[] = {
		(int64_t)v->o, (int64_t)v->p, (int64_t)v->s, v->i, v->i2, v->u, v->u2, v->l, v->l2,
		(int64_t)v->U, v->y, v->n, v->h, v->w, v->b, v->a, v->m, (int64_t)v->O, v->c,
		(int64_t)v->s2,
	};

	/* Registers are not extended: their upper bytes can be anything. */
	for (unsigned int i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct type_info info;

		type__info(fix.btf, func.params[i].type, &info);
		words[i] = all[i];
		if (info.size < 8)
			words[i] = (int64_t)((uint64_t)all[i] ^ 0xa5a5a5a5a5a5a5a5ULL <<
					     (8 * info.size));
	}
}

/* What compilers warn of is what is worth a test here. */
#pragma GCC diagnostic ignored "-Wparentheses"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wtype-limits"
#pragma GCC diagnostic ignored "-Wbool-compare"
#pragma GCC diagnostic ignored "-Wbool-operation"
#pragma GCC diagnostic ignored "-Wint-to-pointer-cast"
#pragma GCC diagnostic ignored "-Wpointer-arith"
#pragma GCC diagnostic ignored "-Wint-in-bool-context"

/* ---- the expressions ------------------------------------------------------------------------- */

static void sums(const struct vars *v)
{
	VARS(v);

	C(i); C(u); C(l); C(U); C(y); C(n); C(h); C(w); C(b); C(c); C(s);
	C(i / 2 + i2 / 2); C(u + u2); C(u + 1); C(u - u2); C(u2 - u); C(l / 2 + l2 / 2); C(U + 1);
	C(y + y); C(y - w); C(n + h); C(h * n); C(w * y); C(y + u); C(h + u); C(n + U); C(n - U);
	C(i + l / 4); C(u + l / 4); C(b + b); C(b + u); C(c + c); C(a + 1); C(m + 1); C(m - 1);
	C(u * u2); C(u * 3); C(U * U); C(y * 1000); C(i / 4 * 3); C(u * (u64)u2);
	C(1 + 2 * 3); C((1 + 2) * 3); C(10 - 2 - 3); C(2147483647 + 0u + 1); C(0x80000000 + 0);
	C(4294967295 + 1); C(0xffffffff + 1); C(1L << 40); C(-1); C(- -1); C(+y); C(+h); C(-y);
	C(-u); C(-(u + 1)); C(-U); C(~y); C(~u); C(~i); C(~U); C(~l); C(~b); C(~0); C(~0u);
	C(-n); C(-w); C(~h); C(-1 - u); C(0 - u2); C('a' + 1); C('\n'); C('\\'); C('\xff');
	C(o->val / 2 + 1); C(o->small + 1); C(o->neg * o->neg); C(o->shorty - o->small);
	C(o->a3 + 0); C(o->a3 - 8); C(o->b11 * 1000); C(o->s6 + 0); C(o->s6 * 2); C(-o->a3);
	C(~o->a3); C(~o->b11); C(o->s6 - o->b11); C(o->a3 << 27); C(o->w50 + 1UL);
	C(o->in.x / 2 - o->in.z); C(o->flag + o->flag); C(o->color + 0); C(o->mode + 0);
	C(o->mode - 100000u);
}

static void divisions(const struct vars *v)
{
	VARS(v);

	C(i / 3); C(i / -3); C(i % 3); C(i % -3); C(-i / 2 % 5); C(u / 3); C(u % 3); C(l / 3);
	C(l % 7); C(l / -7); C(U / 3); C(U % 10); C(h / 3); C(h % 3); C(n / 2); C(n % 2); C(y / 3);
	C(y % 7); C(i / 3u); C(i % 3u); C(l / 3u); C(l % 3ul); C(i / 3ul); C(h / 3ul); C(n % 5u);
	C(u / -1); C(U / -1); C(i / 2 / -1); C(7 / 2); C(-7 / 2); C(-7 % 3); C(-7 / 2u); C(7u % -3);
	C(1000000000 * 2 / 7); C(i / (y | 1)); C(u / (w | 1)); C(l / (n | 1)); C(i % (h | 1));
	C(U % (u | 1)); C(o->val / 7); C(o->neg / 2); C(o->s6 / 2); C(o->s6 % 3); C(o->b11 / 3);
}

static void bits(const struct vars *v)
{
	VARS(v);

	C(i & 0xff); C(i | 1); C(i ^ i2); C(u & u2); C(u ^ -1); C(i & u); C(i | u); C(n & 0xff);
	C(n | y); C(n ^ w); C(h & l); C(n & U); C(n | U); C(y & 1); C(l ^ i); C(b & 1); C(b | 2);
	C(i & ~3); C(u & ~3); C(u & ~3u); C(U & ~0xfffUL); C(U & ~0xfff); C(l & -4096);
	C((i & 0x7fff) << 3); C(u << 3); C(u << 31); C(U << 63); C(y << 8); C(y << 20); C(w << 15);
	C(1u << 31); C(1 << 30); C(1ul << 63); C(u >> 3); C(i >> 3); C(n >> 1); C(h >> 4);
	C(l >> 9);
	C(U >> 9); C(U >> 63); C(y >> 2); C(u >> (y & 31)); C(i >> (y & 31)); C(u << (y & 31));
	C(U >> (y & 63)); C(l >> (w & 63)); C(U << (w & 63)); C(1ul << (y & 63)); C(1u << (y & 31));
	C(u >> 1l); C(y >> 1ul); C(u2 << 4 >> 4); C((u2 << 4) + 1 >> 4); C(-1 >> 1); C(-1u >> 1);
	C(-1ul >> 1); C(o->a3 | o->b11 << 3); C(o->b11 >> 2); C(o->s6 >> 1); C(o->x14 & 3);
	C((o->w50 + 0ul) >> 4); C((u & 0xff00) >> 8); C(u & 7 == 3); C((u & 7) == 3);
	C(i & i2 | u ^ u2);
}

static void comparisons(const struct vars *v)
{
	VARS(v);

	C(i < i2); C(i <= i2); C(i > i2); C(i >= i2); C(i == i2); C(i != i2); C(i < 0); C(i >= 0);
	C(u < u2); C(u > 100); C(u >= 100); C(u <= 100); C(u < -1); C(i < u); C(u < i); C(-1 < u);
	C(i == u); C(u == -1); C(n < u); C(n < w); C(n == -1); C(y == -1); C(h < U); C(l < u);
	C(u < l); C(i < l); C(i < U); C(U < 0); C(U >= -4095ul); C(l < 0); C(l > U); C(n < U);
	C(h > y); C(w > n); C(b == 1); C(b == true); C(b != false); C(c < 0); C(a == RED);
	C(a < 0); C(a > RED); C(a == GREEN); C(o->color == RED); C(o->color < GREEN); C(m == 0);
	C(m < -1); C(o->mode > 0); C(o->a3 > -1); C(o->a3 < o->s6); C(o->s6 < 0); C(o->b11 > -1);
	C(o->w50 > -1); C(o->w50 > 5); C(1 < 2); C(-1 < 1u); C(-1 < 1); C(-1l < 1u); C(3 == 3u);
	C(0x80000000 > 0); C(2147483648 > -1); C((i < i2) + 1); C((i < 0) == (i2 < 0));
	C(i < i2 == u < u2); C(i == 0 & u == 0); C(0 < u & u < 100);
}

static void logic(const struct vars *v)
{
	VARS(v);

	C(!i); C(!!i); C(!u); C(!o); C(!!p); C(!s); C(i && u); C(i || u); C(!i && !u); C(o && i);
	C(o && o->val); C(!o || o->val); C(i < 0 || u > 3 && l); C((i < 0 || u > 3) && l);
	C(1 && i); C(0 && i); C(0 || i); C(1 || i); C(i && 1); C(i && 0); C(o->inp && o->inp->x);
	C(!o->next->inp); C(o->next->inp && o->next->inp->x);
	C(o->next->inp == NULL || o->next->inp->x > 1); C(!(i && u)); C(!o->flag); C(o->flag && b);
	C(i ? u : 1); C(i ? 1 : u); C(i ? i2 : -1); C(i ? y : n); C(b ? l : u); C(b ? U : -1);
	C(b ? -1 : u); C(i < 0 ? -1 : i > 0 ? 1 : 0); C(o ? o->val : -1); C(o->inp ? o->inp->x : 7);
	C(b ? o : NULL); C(b ? NULL : o); C(b ? 0 : o); C((b ? o : NULL) == NULL); C(b ? p : o);
	C(b ? o : p); C((b ? o : *O)->val); C((b ? o->in : *o->inp).x); C(1 ? i : u); C(0 ? i : u);
	C((b ? s : s2)[0]); C(b ? 'x' : y); C(i ?  o->a3 : o->s6); C(b ? o->name : s);
	C(*(b ? o->name : o->label));
}

static void casts(const struct vars *v)
{
	VARS(v);

	C((u8)i); C((s8)i); C((u16)i); C((s16)i); C((u32)i); C((s32)u); C((u64)i); C((s64)u);
	C((u64)u); C((int)l); C((unsigned int)l); C((char)i); C((unsigned char)c); C((short)U);
	C((bool)i); C((bool)u); C((bool)o); C((bool)(i & 256)); C((bool)b);
	C((unsigned short)-1); C((signed char)255); C((unsigned char)-1); C((int)0xffffffff);
	C((long)0xffffffff); C((long)-1); C((unsigned long)-1); C((u64)(u32)-1); C((s64)(s32)u);
	C((u8)i + 1); C((u8)(i + 1u)); C((u8)~y); C((u8)-y); C((u16)(w + 1)); C((s8)(n - 1));
	C((u8)o->val); C((s8)o->val); C((u16)o->val); C((unsigned int)o->val); C((u64)o->val);
	C((int)o->mode); C((s8)o->small); C((u8)o->neg); C((u32)o->neg); C((u64)o->neg);
	C((int)o->a3); C((s8)o->b11); C((u8)o->s6); C((u64)o->s6); C((unsigned long)o);
	C((unsigned long)o & 7); C((long)o == (long)p); C((unsigned int)(unsigned long)o);
	C((struct obj *)p); C((struct obj *)o); C((void *)o); C((void *)0); C((void *)i);
	C((void *)u); C((struct obj *)U); C(((struct inner *)&o->in)->z); C(*(u8 *)s); C(*(s8 *)s);
	C(*(u16 *)&o->val); C(*(long *)&o->next); C(((u8 *)&o->val)[1]); C(*(int *)((u8 *)o + 8));
	C((u32)(u >> 3)); C((s32)(u << 3)); C((long)(int)l); C((int)(char)i); C((u8)(s8)i);
	C((s8)(u8)i); C((s64)(u8)i); C((u64)(s8)i);
}

static void pointers(const struct vars *v)
{
	VARS(v);

	C(o->val); C(o->next); C(o->next->val); C(o->small); C(o->neg); C(o->shorty); C(o->in.z);
	C(o->inp->z); C(o->ab); C(o->ac); C(o->au); C(o->un.i); C(o->flag); C((*o).val);
	C((&*o)->val);
	C(o->grid[1][2]); C(*o->grid[1]); C(**o->grid); C(o->arr[1].z); C(o->arr->x);
	C((o->arr + 1)->x); C((*(o->arr + 1)).z); C(o->strs[1][0]); C(*o->strs[0]); C(o->name[2]);
	C(o[1].val); C((o + 1)->small); C((&o[1])->val); C(*(&o->val)); C((*O)->val); C(O[1]->val);
	C(o->grid[i & 1][u % 3]); C(o->arr[b].x); C(o->arr[(y & 1)].z); C(o->name[y & 15]);
	C(s[y & 3]); C(o->strs[b][u & 1]); C(O[b]->arr[i & 1].z); C(o[b].shorty); C(o->tail[w & 3]);
	C(s[0] == 'f'); C(*s); C(s[1] - '0'); C(*(s + 2)); C(*(2 + s)); C(s2[-1]); C(*(s2 - 1));
	C((s + 3)[-1]); C(o->arr[1 - 1].x); C(&o->val); C(&o->in); C(&o->arr[1]); C(&o->grid[1]);
	C(&o->name); C(&o->in.z); C(&o->next->val); C(&(*o).in); C(&o->arr[i & 1]); C(o + 1);
	C(o - 1); C(o + b); C(o - b); C(1 + o); C(p + 1); C(p - 1); C(O + 1); C(o->arr + 1);
	C(o->grid + 1); C(*o->grid + 1); C(o->inp + 1); C(&o->arr[1] - &o->arr[0]);
	C(&o->grid[1] - o->grid); C(&o[1] - o); C(o - &o[1]); C(s2 - s); C(s - s2); C(p - p);
	C((char *)&o->val - (char *)o); C(&o->val == &o->val); C(&o->in == o->inp); C(o == p);
	C(p != o); C(o == NULL); C(NULL != o); C(o == 0); C(0 == o); C(o->inp != 0); C(s < s2);
	C(s2 > s); C(s <= s2); C(&o->arr[0] < &o->arr[1]); C(o->next == o); C(*O == o);
	C(O[0] == o);
	C((unsigned long)&((struct obj *)0)->in); C((long)&((struct obj *)0)->arr[1].z);
	C(&o->val + 1); C(&o->val + i % 4); C(&o->val - y); C(o + (b - 1)); C(&o->in + u % 2);
}

static void constants(const struct vars *v)
{
	VARS(v);

	C(sizeof(int)); C(sizeof(struct obj)); C(sizeof(struct obj *)); C(sizeof(enum color));
	C(sizeof o); C(sizeof *o); C(sizeof(o->name)); C(sizeof o->name[0]); C(sizeof o->in);
	C(sizeof(i + l)); C(sizeof(y + y)); C(sizeof(u8)); C(sizeof(unsigned long));
	C(sizeof(char));
	C(sizeof(o->grid)); C(sizeof o->grid[0]); C(sizeof(union either)); C(sizeof(&o->name));
	C(sizeof("abc")); C(sizeof('a')); C(sizeof(1l)); C(sizeof(o->tail[0])); C(sizeof(i < 2));
	C(sizeof(o->name) / sizeof(o->name[0])); C(i < (int)sizeof(int)); C(i < sizeof(int));
	C(-1 < sizeof(int)); C(GREEN); C(RED); C(RED + 1); C(RED == -1); C(RED < GREEN);
	C(0); C(5); C(017); C(0xff); C(4294967295); C(2147483648); C(0x80000000); C(5u); C(5l);
	C(5ul); C(5ll); C(0xffffffffffffffff); C(9223372036854775807); C(0b101); C('a');
	C(1 ? 2 : 3u); C(2 + 3 * 4 - 5 / 2 % 2); C((1 << 4 | 3) & ~1); C(!5); C(!0); C(5 > 3 > 1);
	C(0xffffffff * 2); C(0xffffffff * 2l); C(1000000000u * 10); C(1u - 2); C(1u - 2l); C(~0ul);
	C((u8)300); C((s8)200); C((u16)70000 + 1); C((bool)300); C(-(u8)1); C(-1u / 2); C(-1 / 2u);
	C(1 == 1 && 2 != 3); C(1 ? 0 : 1 / 1); C((s8)0x80 >> 1); C((u8)0x80 >> 1); C(-8 >> 1);
	C(-8 / 3); C(-8 % 3); C(8 % -3); C(1ul << 40 >> 8); C(-1l < 0u); C(-1 < 0u);
}

/* ---- with what ------------------------------------------------------------------------------- */

static struct obj objs[4];
static struct obj *ptrs[2] = { &objs[0], &objs[2] };
static char text[] = "f0o bar";
static char *texts[] = { text, text + 4 };
static uint8_t room[sizeof(struct obj) + 16] __attribute__((aligned(16)));

static void fill_obj(struct obj *obj, unsigned int seed)
{
	uint8_t *bytes = (uint8_t *)obj;

	for (unsigned int i = 0; i < sizeof(*obj); i++)
		bytes[i] = seed * 37 + i * 101;
	obj->next = &objs[(seed + 1) % 4];
	obj->flag = seed & 1;
	obj->color = seed & 1 ? RED : GREEN;
	obj->val = seed & 1 ? -123456 : 77;
	obj->in.x = seed & 2 ? -5 : 5;
	obj->inp = seed == 3 ? NULL : &objs[seed].arr[1];
	obj->pp = ptrs;
	obj->label = text;
	obj->strs = texts;
	strcpy(obj->name, "name");
}

static void run(const struct vars *v)
{
	pass(v);
	sums(v);
	divisions(v);
	bits(v);
	comparisons(v);
	logic(v);
	casts(v);
	pointers(v);
	constants(v);
}

static void as_in_c(void **state)
{
	static const struct vars sets[] = {
		{ objs, objs, text, 5, -7, 5, 4294967295u, 1L << 40, -(1L << 40), 3, 200, -100,
		  -30000, 65535, true, RED, 4, ptrs, 'x', text + 4 },
		{ objs + 1, room, text, -5, 5, 0, 1, -1, 0, ~0UL, 0, 0, 0, 0, false, GREEN, 0, ptrs,
		  -1, text + 1 },
		{ objs + 2, room + 1, text, 0, 0, 0x80000000, 3, 0, 1, 0x8000000000000000, 255,
		  -1, 1, 1, true, GREEN, 4294967295u, ptrs, 0, text + 2 },
		{ objs, objs, text, INT32_MAX, INT32_MIN, 0xfffffffe, 7, INT64_MAX / 2,
		  INT64_MIN / 2, 0xffffffff, 7, 127, 32767, 32768, false, RED, 1, ptrs, 127,
		  text + 3 },
	};

	(void)state;
	for (unsigned int i = 0; i < 4; i++)
		fill_obj(&objs[i], i);
	for (unsigned int i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		run(&sets[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(as_in_c) };

	return cmocka_run_group_tests(tests, setup, teardown);
}
