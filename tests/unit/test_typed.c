// SPDX-License-Identifier: GPL-2.0-only
/* types/typed.h: what specs become for a function, and what is said of those that can't. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "../../perf-plugin/types/type.h"
#include "../../perf-plugin/types/typed.h"
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

/* A spec parsed and resolved for a function of these letters (typed_fixture.h). */
struct typing {
	struct spec *spec;
	struct kfunc func;
	struct typed_spec *typed;
	struct diag diag;
	int err;
};

static void type_it(struct typing *t, char ret, const char *params, const char *text)
{
	struct diag diag = DIAG_INIT;

	memset(t, 0, sizeof(*t));
	t->err = spec__parse(text, &t->spec, &diag);
	if (t->err)
		fail_msg("%s: %s", text, diag.msg);
	t->func = fixture_func(&fix, "f", ret, params);
	t->err = typed_spec__new(t->spec, &t->func, &t->typed, &t->diag);
}

static void type_exit(struct typing *t)
{
	typed_spec__free(t->typed);
	spec__free(t->spec);
	diag__exit(&t->diag);
}

/* ---- what comes of it, as text -------------------------------------------------------------- */

static void dump_type(struct typed_type type, struct buf *out)
{
	type__name(fix.btf, type.id, out);
	if (type.ptr_depth)
		buf__addc(out, ' ');
	buf__fill(out, '*', type.ptr_depth);
}

/* "path = type: kind expression", and what else is true of it. */
static void dump_item(const struct typed_item *item, struct buf *out)
{
	static const char *const kinds[] = { "scalar", "object", "string", "buffer", "by value" };
	static const char *const displays[] = { "", "ip4 ", "ip6 ", "mac ", "symbol " };

	buf__addf(out, "%s = ", item->path);
	dump_type(item->type, out);
	if (item->nr_bytes)
		buf__addf(out, "[%u]", item->nr_bytes);
	buf__addf(out, ": %s%s%s ", displays[item->display], item->is_signed ? "signed " : "",
		  kinds[item->kind]);
	if (item->expr)
		typed_expr__dump(item->expr, out);
	else
		buf__adds(out, "comm()");
	if (item->length) {
		buf__adds(out, " length ");
		typed_expr__dump(item->length, out);
	}
	if (item->max_size)
		buf__addf(out, " max %u", item->max_size);
	if (item->pointee) {
		buf__adds(out, " -> ");
		type__name(fix.btf, item->pointee, out);
	}
	buf__adds(out, item->is_return ? " retval" : "");
	buf__adds(out, item->at_return ? " at return" : "");
	buf__adds(out, item->can_fail ? " can fail" : "");
}

/* Items, then terms: "if expression". */
static void dump_typed(const struct typed_spec *typed, struct buf *out)
{
	for (unsigned int i = 0; i < typed->nr_items; i++) {
		buf__adds(out, out->len ? "\n" : "");
		dump_item(&typed->items[i], out);
	}
	for (unsigned int i = 0; i < typed->nr_terms; i++) {
		buf__adds(out, out->len ? "\n" : "");
		buf__adds(out, "if ");
		typed_expr__dump(typed->terms[i].expr, out);
	}
}

static const struct {
	char ret;
	const char *params;
	const char *spec;
	const char *typed;
} resolved[] = {
	/* Parameters: as wide as their types. */
	{ 'v', "i", "f(i)", "i = int: signed scalar (ext s4 p0)" },
	{ 'v', "u", "f(u)", "u = unsigned int: scalar (ext u4 p0)" },
	{ 'v', "iy", "f(y)", "y = u8: scalar (ext u1 p1)" },
	{ 'v', "nh", "f(n)", "n = signed char: signed scalar (ext s1 p0)" },
	{ 'v', "nh", "f(h)", "h = short: signed scalar (ext s2 p1)" },
	{ 'v', "b", "f(b)", "b = _Bool: scalar (ext u1 p0)" },
	{ 'v', "c", "f(c)", "c = char: signed scalar (ext s1 p0)" },
	{ 'v', "l", "f(l)", "l = long: signed scalar p0" },
	{ 'v', "U", "f(U)", "U = unsigned long: scalar p0" },
	{ 'v', "a", "f(a)", "a = enum color: signed scalar (ext s4 p0)" },
	{ 'v', "m", "f(m)", "m = enum mode: scalar (ext u4 p0)" },
	{ 'v', "M", "f(M)", "M = enum huge_mode: scalar p0" },
	{ 'v', "p", "f(p)", "p = void *: scalar p0" },
	{ 'v', "F", "f(F)", "F = struct opaque *: scalar p0" },
	{ 'v', "O", "f(O)", "O = struct obj **: scalar p0" },
	{ 'v', "s", "f(s)", "s = const char *: string p0 can fail" },
	{ 'v', "o", "f(o)", "o = struct obj *: scalar p0 -> struct obj can fail" },
	{ 'v', "iiiiiih", "f(h)", "h = short: signed scalar (ext s2 p6) can fail" },
	{ 'v', "iiiiiio", "f(o)", "o = struct obj *: scalar p6 -> struct obj can fail" },
	{ 'v', "iiiiiio", "f(o->val)", "o__val = int: signed scalar (load s4 p6 8) can fail" },

	/* Members. */
	{ 'v', "o", "f(o->val)", "o__val = int: signed scalar (load s4 p0 8) can fail" },
	{ 'v', "o", "f(o->next)", "o__next = struct obj *: scalar (load u8 p0 0) can fail" },
	{ 'v', "o", "f(o->next->next->small)",
	  "o__next__next__small = u8: scalar (load u1 (load u8 (load u8 p0 0) 0) 12) can fail" },
	{ 'v', "o", "f(o->neg)", "o__neg = signed char: signed scalar (load s1 p0 13) can fail" },
	{ 'v', "o", "f(o->shorty)", "o__shorty = short: signed scalar (load s2 p0 14) can fail" },
	{ 'v', "o", "f(o->in.z)", "o__in__z = short: signed scalar (load s2 p0 76) can fail" },
	{ 'v', "o", "f(o->inp->z)",
	  "o__inp__z = short: signed scalar (load s2 (load u8 p0 80) 4) can fail" },
	{ 'v', "o", "f((*o).val)", "o__val = int: signed scalar (load s4 p0 8) can fail" },
	{ 'v', "o", "f(o->flag)", "o__flag = _Bool: scalar (load u1 p0 144) can fail" },
	{ 'v', "o", "f(o->color)",
	  "o__color = enum color: signed scalar (load s4 p0 148) can fail" },
	{ 'v', "o", "f(o->mode)", "o__mode = enum mode: scalar (load u4 p0 152) can fail" },
	{ 'v', "o", "f(o->fn)", "o__fn = int (*)(void): scalar (load u8 p0 184) can fail" },
	{ 'v', "o", "f(o->hidden)",
	  "o__hidden = struct opaque *: scalar (load u8 p0 64) can fail" },
	{ 'v', "o", "f(o->priv)", "o__priv = void *: scalar (load u8 p0 56) can fail" },
	{ 'v', "o", "f(o->label)", "o__label = const char *: string (load u8 p0 48) can fail" },
	{ 'v', "o", "f(o->au)", "o__au = int: signed scalar (load s4 p0 88) can fail" },
	{ 'v', "o", "f(o->ac)", "o__ac = u8: scalar (load u1 p0 89) can fail" },
	{ 'v', "o", "f(o->un.i)", "o__un__i = int: signed scalar (load s4 p0 192) can fail" },

	/* Bitfields: the bytes they are in, then their bits. */
	{ 'v', "o", "f(o->a3)",
	  "o__a3 = unsigned int: scalar (bits u3 (load u1 p0 16) 0) can fail" },
	{ 'v', "o", "f(o->b11)",
	  "o__b11 = unsigned int: scalar (bits u11 (load u2 p0 16) 3) can fail" },
	{ 'v', "o", "f(o->s6)", "o__s6 = int: signed scalar (bits s6 (load u2 p0 17) 6) can fail" },
	{ 'v', "o", "f(o->w50)",
	  "o__w50 = unsigned long: scalar (bits u50 (load u7 p0 24) 0) can fail" },
	{ 'v', "o", "f(o->x14)",
	  "o__x14 = unsigned long: scalar (bits u14 (load u2 p0 30) 2) can fail" },

	/* Arrays. */
	{ 'v', "o", "f(o->name)", "o__name = char[16]: object (add p0 32) can fail" },
	{ 'v', "o", "f(o->name[3])", "o__name__3 = char: signed scalar (load s1 p0 35) can fail" },
	{ 'v', "o", "f(*o->name)", "o__name = char: signed scalar (load s1 p0 32) can fail" },
	{ 'v', "o", "f(o->grid)", "o__grid = int[2][3]: object (add p0 92) can fail" },
	{ 'v', "o", "f(o->grid[1])", "o__grid__1 = int[3]: object (add p0 104) can fail" },
	{ 'v', "o", "f(o->grid[1][2])",
	  "o__grid__1__2 = int: signed scalar (load s4 p0 112) can fail" },
	{ 'v', "o", "f(**o->grid)", "o__grid = int: signed scalar (load s4 p0 92) can fail" },
	{ 'v', "o", "f(o->arr[1].z)",
	  "o__arr__1__z = short: signed scalar (load s2 p0 128) can fail" },
	{ 'v', "o", "f(o->arr->x)", "o__arr__x = int: signed scalar (load s4 p0 116) can fail" },
	{ 'v', "o", "f(o->arr[1])", "o__arr__1 = struct inner: object (add p0 124) can fail" },
	{ 'v', "o", "f(o->tail[5])", "o__tail__5 = u8: scalar (load u1 p0 213) can fail" },
	{ 'v', "o", "f(o->strs[2])",
	  "o__strs__2 = char *: string (load u8 (load u8 p0 200) 16) can fail" },
	{ 'v', "o", "f(o->next[2].val)",
	  "o__next__2__val = int: signed scalar (load s4 (load u8 p0 0) 424) can fail" },

	/* Pointers followed. */
	{ 'v', "o", "f(*o)", "o = struct obj: object p0 can fail" },
	{ 'v', "o", "f(o[0])", "o__0 = struct obj: object p0 can fail" },
	{ 'v', "o", "f(o[1].small)", "o__1__small = u8: scalar (load u1 p0 220) can fail" },
	{ 'v', "O", "f(*O)", "O = struct obj *: scalar (load u8 p0 0) can fail" },
	{ 'v', "O", "f(**O)", "O = struct obj: object (load u8 p0 0) can fail" },
	{ 'v', "O", "f((*O)->val)",
	  "O__val = int: signed scalar (load s4 (load u8 p0 0) 8) can fail" },
	{ 'v', "O", "f(O[1]->val)",
	  "O__1__val = int: signed scalar (load s4 (load u8 p0 8) 8) can fail" },
	{ 'v', "s", "f(*s)", "s = const char: signed scalar (load s1 p0 0) can fail" },
	{ 'v', "s", "f(s[7])", "s__7 = const char: signed scalar (load s1 p0 7) can fail" },

	/* Objects of other kinds. */
	{ 'v', "o", "f(o->in)", "o__in = struct inner: object (add p0 72) can fail" },
	{ 'v', "o", "f(*o->inp)", "o__inp = struct inner: object (load u8 p0 80) can fail" },
	{ 'v', "o", "f(o->un)", "o__un = union either: object (add p0 192) can fail" },
	{ 'v', "o", "f(o->huge)", "o__huge = __int128 unsigned: object (add p0 160) can fail" },
	{ 'v', "o", "f(o->dbl)", "o__dbl = double: object (add p0 176) can fail" },

	/* Structs by value: in the words of the parameter. */
	{ 'v', "iI", "f(I)", "I = struct inner: by value p1" },
	{ 'v', "iIi", "f(I.x)", "I__x = int: signed scalar (bits s32 p1 0)" },
	{ 'v', "iIi", "f(I.z)", "I__z = short: signed scalar (bits s16 p1 32)" },
	{ 'v', "iP", "f(P)", "P = struct pair: by value p1" },
	{ 'v', "iP", "f(P.ptr)", "P__ptr = struct inner *: scalar p1" },
	{ 'v', "iP", "f(P.ptr->z)", "P__ptr__z = short: signed scalar (load s2 p1 4) can fail" },
	{ 'v', "iP", "f(*P.ptr)", "P__ptr = struct inner: object p1 can fail" },
	{ 'v', "iP", "f(P.a)", "P__a = int: signed scalar (bits s32 p1.1 0)" },
	{ 'v', "iP", "f(P.b)", "P__b = u8: scalar (bits u3 p1.1 32)" },
	{ 'v', "iP", "f(P.c)", "P__c = u8: scalar (bits u5 p1.1 35)" },
	{ 'v', "iP", "f(P.tag[2])", "P__tag__2 = char: signed scalar (bits s8 p1.1 56)" },
	{ 'v', "iP", "f(*P.tag)", "P__tag = char: signed scalar (bits s8 p1.1 40)" },
	{ 'v', "iiiiiP", "f(P.a)", "P__a = int: signed scalar (bits s32 p5.1 0) can fail" },
	{ 'v', "iB", "f(B.one)", "B__one = unsigned long: scalar p1 can fail" },
	{ 'v', "iB", "f(B.two)", "B__two = int: signed scalar (bits s32 p1.1 0) can fail" },
	{ 'v', "iB", "f(B.three)", "B__three = unsigned long: scalar p1.2 can fail" },
	{ 'v', "E", "f(E.bytes[7])", "E__bytes__7 = u8: scalar (bits u8 p0 56)" },
	{ 'v', "A", "f(A.first)", "A__first = u8[8]: by value p0" },
	{ 'v', "k", "f(k.b)", "k__b = int: signed scalar (bits s32 p0 8) can fail" },
	{ 'v', "q", "f(q)", "q = __int128 unsigned: by value p0" },

	/* Return values. */
	{ 'i', "", "f(return)", "retval = int: signed scalar @(ext s4 ret) retval at return" },
	{ 'b', "", "f(return)", "retval = _Bool: scalar @(ext u1 ret) retval at return" },
	{ 'y', "", "f(return)", "retval = u8: scalar @(ext u1 ret) retval at return" },
	{ 'h', "", "f(return)", "retval = short: signed scalar @(ext s2 ret) retval at return" },
	{ 'l', "", "f(return)", "retval = long: signed scalar ret retval at return" },
	{ 'a', "", "f(return)",
	  "retval = enum color: signed scalar @(ext s4 ret) retval at return" },
	{ 'o', "", "f(return)", "retval = struct obj *: scalar ret retval at return" },
	{ 's', "", "f(return)", "retval = const char *: string ret retval at return can fail" },
	{ 'o', "", "f(return->val)",
	  "retval__val = int: signed scalar @(load s4 ret 8) at return can fail" },
	{ 'o', "", "f(*return)", "retval = struct obj: object ret at return can fail" },

	{ 'I', "", "f(return)", "retval = struct inner: by value ret retval at return" },
	{ 'I', "", "f(return.z)",
	  "retval__z = short: signed scalar @(bits s16 ret 32) at return" },
	{ 'E', "", "f(return.bytes[7])",
	  "retval__bytes__7 = u8: scalar @(bits u8 ret 56) at return" },
	{ 'E', "", "f(return.bytes)", "retval__bytes = u8[8]: by value ret at return" },

	/* Names. */
	{ 'v', "o", "f(a=o->val)", "a = int: signed scalar (load s4 p0 8) can fail" },
	{ 'i', "i", "f(i, return, j=i)",
	  "i = int: signed scalar (ext s4 p0)\n"
	  "retval = int: signed scalar @(ext s4 ret) retval at return\n"
	  "j = int: signed scalar (ext s4 p0)" },

	/* No items: all parameters; "f()" is none. */
	{ 'i', "o_ib", "f",
	  "o = struct obj *: scalar p0 -> struct obj can fail\n"
	  "arg1 = int: signed scalar (ext s4 p1)\n"
	  "b = _Bool: scalar (ext u1 p2)" },
	{ 'i', "oi", "f()", "" },
	{ 'i', "", "f", "" },

	/* Operators: a value is cut to its type only where it might not fit. */
	{ 'v', "ii", "f(i + i2)",
	  "i_i2 = int: signed scalar (ext s4 (+ (ext s4 p0) (ext s4 p1)))" },
	{ 'v', "i", "f(i + 1)", "i_1 = int: signed scalar (ext s4 (+ (ext s4 p0) 1))" },
	{ 'v', "y", "f(y + 1)", "y_1 = int: signed scalar (+ (ext u1 p0) 1)" },
	{ 'v', "u", "f(u * 3)", "u_times_3 = unsigned int: scalar (ext u4 (* (ext u4 p0) 3))" },
	{ 'v', "U", "f(U * 3)", "U_times_3 = unsigned long: scalar (* p0 3)" },
	{ 'v', "iu", "f(i + u)",
	  "i_u = unsigned int: scalar (ext u4 (+ (ext u4 p0) (ext u4 p1)))" },
	{ 'v', "il", "f(i + l)", "i_l = long: signed scalar (+ (ext s4 p0) p1)" },
	{ 'v', "i", "f(-i)", "minus_i = int: signed scalar (ext s4 (- 0 (ext s4 p0)))" },
	{ 'v', "u", "f(~u)", "inv_u = unsigned int: scalar (^ (ext u4 p0) 4294967295)" },
	{ 'v', "i", "f(~i)", "inv_i = int: signed scalar (^ (ext s4 p0) -1)" },
	{ 'v', "y", "f(-y)", "minus_y = int: signed scalar (- 0 (ext u1 p0))" },
	{ 'v', "y", "f(y << 8)", "y_shl_8 = int: signed scalar (<< (ext u1 p0) 8)" },
	{ 'v', "i", "f(i << 8)", "i_shl_8 = int: signed scalar (ext s4 (<< (ext s4 p0) 8))" },
	{ 'v', "i", "f(i >> 2)", "i_shr_2 = int: signed scalar (s>> (ext s4 p0) 2)" },
	{ 'v', "u", "f(u >> 2)", "u_shr_2 = unsigned int: scalar (>> (ext u4 p0) 2)" },
	{ 'v', "i", "f(i & 7)", "i_and_7 = int: signed scalar (& (ext s4 p0) 7)" },
	{ 'v', "iu", "f(i | u)", "i_or_u = unsigned int: scalar (| (ext u4 p0) (ext u4 p1))" },
	{ 'v', "i", "f(i / 2)", "i_div_2 = int: signed scalar (s/ (ext s4 p0) 2)" },
	{ 'v', "ii", "f(i / i2)",
	  "i_div_i2 = int: signed scalar (ext s4 (s/ (ext s4 p0) (ext s4 p1))) can fail" },
	{ 'v', "u", "f(u % 10)", "u_mod_10 = unsigned int: scalar (u% (ext u4 p0) 10)" },
	{ 'v', "ii", "f(i % i2)",
	  "i_mod_i2 = int: signed scalar (s% (ext s4 p0) (ext s4 p1)) can fail" },
	{ 'v', "i", "f(i / -1)",
	  "i_div_minus_1 = int: signed scalar (ext s4 (s/ (ext s4 p0) -1))" },
	{ 'v', "i", "f(1 + 2 * 3)", "_1_2_times_3 = int: signed scalar 7" },
	{ 'v', "i", "f(2 * 3 + i)",
	  "_2_times_3_i = int: signed scalar (ext s4 (+ 6 (ext s4 p0)))" },
	{ 'v', "o", "f(o->a3 + o->s6)",
	  "o__a3_o__s6 = int: signed scalar (+ (bits u3 (load u1 p0 16) 0) (bits s6 (load u2 p0 "
	  "17) 6)) can fail" },
	{ 'v', "o", "f(o->a3 - 1u)",
	  "o__a3_minus_1 = unsigned int: scalar (ext u4 (- (bits u3 (load u1 p0 16) 0) 1)) can "
	  "fail" },
	{ 'v', "i", "f(x = i > 3)", "x = int: signed scalar (s< 3 (ext s4 p0))" },
	{ 'v', "u", "f(x = u > 3)", "x = int: signed scalar (u< 3 (ext u4 p0))" },
	{ 'v', "iu", "f(x = i < u)", "x = int: signed scalar (u< (ext u4 p0) (ext u4 p1))" },
	{ 'v', "iU", "f(x = i <= U)", "x = int: signed scalar (u<= (ext s4 p0) p1)" },
	{ 'v', "o", "f(x = o == NULL)", "x = int: signed scalar (== p0 0)" },
	{ 'v', "o", "f(x = !o->flag)", "x = int: signed scalar (== (load u1 p0 144) 0) can fail" },
	{ 'v', "ii", "f(x = i && i2)", "x = int: signed scalar (&& (ext s4 p0) (ext s4 p1))" },
	{ 'v', "ii", "f(x = i || i2 > 1)",
	  "x = int: signed scalar (|| (ext s4 p0) (s< 1 (ext s4 p1)))" },
	{ 'v', "i", "f(x = 1 && i)", "x = int: signed scalar (!= (ext s4 p0) 0)" },
	{ 'v', "i", "f(x = i > 0 ? i : -i)",
	  "x = int: signed scalar (? (s< 0 (ext s4 p0)) (ext s4 p0) (ext s4 (- 0 (ext s4 p0))))" },
	{ 'v', "oi", "f(x = i ? o->inp : NULL)",
	  "x = struct inner *: scalar (? (ext s4 p1) (load u8 p0 80) 0) can fail" },
	{ 'v', "oi", "f((i ? o->in : *o->inp).x)",
	  "i_o__in_o__inp__x = int: signed scalar (load s4 (? (ext s4 p1) (add p0 72) (load u8 p0 "
	  "80)) 0) can fail" },
	{ 'v', "oi", "f(i ? o->label : o->name)",
	  "i_o__label_o__name = const char *: string (? (ext s4 p1) (load u8 p0 48) (add p0 32)) "
	  "can fail" },
	{ 'v', "i", "f((u8)i)", "i = u8: scalar (ext u1 p0)" },
	{ 'v', "i", "f((unsigned int)i)", "i = unsigned int: scalar (ext u4 p0)" },
	{ 'v', "i", "f((u64)i)", "i = unsigned long: scalar (ext s4 p0)" },
	{ 'v', "u", "f((int)u)", "u = int: signed scalar (ext s4 p0)" },
	{ 'v', "u", "f((bool)u)", "u = _Bool: scalar (!= (ext u4 p0) 0)" },
	{ 'v', "b", "f((bool)b)", "b = _Bool: scalar (ext u1 p0)" },
	{ 'v', "i", "f((u8)i & 3)", "i_and_3 = int: signed scalar (& (ext u1 p0) 3)" },
	{ 'v', "o", "f((u8)o->val)", "o__val = u8: scalar (load u1 p0 8) can fail" },
	{ 'v', "o", "f((unsigned int)o->val)",
	  "o__val = unsigned int: scalar (load u4 p0 8) can fail" },
	{ 'v', "o", "f((enum mode)o->val)", "o__val = enum mode: scalar (load u4 p0 8) can fail" },
	{ 'v', "l", "f((enum color)l)", "l = enum color: signed scalar (ext s4 p0)" },
	{ 'v', "p", "f(((struct obj *)p)->val)",
	  "p__val = int: signed scalar (load s4 p0 8) can fail" },
	{ 'v', "l", "f(((struct inner *)l)->z)",
	  "l__z = short: signed scalar (load s2 p0 4) can fail" },
	{ 'v', "p", "f(*(struct inner *)p)", "p = struct inner: object p0 can fail" },
	{ 'v', "p", "f((char *)p)", "p = char *: string p0 can fail" },
	{ 'v', "p", "f((const char **)p)", "p = char **: scalar p0" },
	{ 'v', "p", "f((struct opaque *)p)", "p = struct opaque *: scalar p0" },
	{ 'v', "o", "f((void *)o)", "o = void *: scalar p0" },
	{ 'v', "p", "f(*(u32 *)p)", "p = unsigned int: scalar (load u4 p0 0) can fail" },
	{ 'v', "p", "f(((u8 *)p)[3])", "p__3 = u8: scalar (load u1 p0 3) can fail" },
	{ 'v', "i", "f((struct obj *)i)", "i = struct obj *: scalar (ext s4 p0)" },
	{ 'v', "o", "f(&o->val)", "o__val = int *: scalar (add p0 8)" },
	{ 'v', "o", "f(&o->in)", "o__in = struct inner *: scalar (add p0 72)" },
	{ 'v', "o", "f(&o->name)", "o__name = char[16] *: scalar (add p0 32)" },
	{ 'v', "o", "f(&o->name[3])", "o__name__3 = char *: string (add p0 35) can fail" },
	{ 'v', "o", "f(&*o)", "o = struct obj *: scalar p0" },
	{ 'v', "o", "f(o + 1)", "o_1 = struct obj *: scalar (add p0 208)" },
	{ 'v', "o", "f(1 + o)", "_1_o = struct obj *: scalar (add p0 208)" },
	{ 'v', "oi", "f(o - i)", "o_minus_i = struct obj *: scalar (index p0 (ext s4 p1) -208)" },
	{ 'v', "p", "f(p + 8)", "p_8 = void *: scalar (add p0 8)" },
	{ 'v', "s", "f(s + 1)", "s_1 = const char *: string (add p0 1) can fail" },
	{ 'v', "oo", "f(o - o2)", "o_minus_o2 = long: signed scalar (s/ (- p0 p1) 208)" },
	{ 'v', "ss", "f(s - s2)", "s_minus_s2 = long: signed scalar (- p0 p1)" },
	{ 'v', "o", "f(&((struct obj *)0)->in)", "_0__in = struct inner *: scalar 72" },
	{ 'v', "oi", "f(o->grid[i][2])",
	  "o__grid__i__2 = int: signed scalar (load s4 (index p0 (ext s4 p1) 12) 100) can fail" },
	{ 'v', "oi", "f(o->arr[i].z)",
	  "o__arr__i__z = short: signed scalar (load s2 (index p0 (ext s4 p1) 8) 120) can fail" },
	{ 'v', "oi", "f(o->arr[i + 1].z)",
	  "o__arr__i_1__z = short: signed scalar (load s2 (index p0 (ext s4 (+ (ext s4 p1) 1)) 8) "
	  "120) can fail" },
	{ 'v', "si", "f(s[i])",
	  "s__i = const char: signed scalar (load s1 (index p0 (ext s4 p1) 1) 0) can fail" },
	{ 'v', "oy", "f(o->tail[y])",
	  "o__tail__y = u8: scalar (load u1 (index p0 (ext u1 p1) 1) 208) can fail" },
	{ 'v', "oi", "f(o->strs[i])",
	  "o__strs__i = char *: string (load u8 (index (load u8 p0 200) (ext s4 p1) 8) 0) can "
	  "fail" },
	{ 'v', "ol", "f(o->next[l].val)",
	  "o__next__l__val = int: signed scalar (load s4 (index (load u8 p0 0) p1 208) 8) can "
	  "fail" },
	{ 'v', "oi", "f(o->arr[i])",
	  "o__arr__i = struct inner: object (add (index p0 (ext s4 p1) 8) 116) can fail" },
	{ 'v', "o", "f(o->arr[GREEN].x)",
	  "o__arr__GREEN__x = int: signed scalar (load s4 p0 116) can fail" },
	{ 'v', "o", "f(o->arr[1 ? 1 : 0].x)",
	  "o__arr__1_1_0__x = int: signed scalar (load s4 p0 124) can fail" },
	{ 'v', "o", "f(o->grid[sizeof(int) - 3])",
	  "o__grid__sizeof_int_minus_3 = int[3]: object (add p0 104) can fail" },
	{ 'v', "", "f(RED, GREEN, FAR)",
	  "RED = int: signed scalar -1\n"
	  "GREEN = int: signed scalar 0\n"
	  "FAR = unsigned long: scalar 1099511627776" },
	{ 'v', "", "f(sizeof(struct obj), sizeof(int), 'a', 5u, 0x1ffffffff)",
	  "sizeof_obj = unsigned long: scalar 208\n"
	  "sizeof_int = unsigned long: scalar 4\n"
	  "_97 = int: signed scalar 97\n"
	  "_5 = unsigned int: scalar 5\n"
	  "_8589934591 = long: signed scalar 8589934591" },
	{ 'v', "o", "f(sizeof o->name, sizeof *o, sizeof(u8))",
	  "sizeof_o__name = unsigned long: scalar 16\n"
	  "sizeof_o = unsigned long: scalar 208\n"
	  "sizeof_u8 = unsigned long: scalar 1" },
	{ 'v', "", "f(true, false, NULL)",
	  "true = int: signed scalar 1\n"
	  "false = int: signed scalar 0\n"
	  "NULL = void *: scalar 0" },
	{ 'v', "L", "f(container_of(L, struct node, link)->v)",
	  "node__v = int: signed scalar (load s4 p0 -8) can fail" },
	{ 'v', "L", "f(container_of(L, struct node, links[1]))",
	  "node = struct node *: scalar (add p0 -24)" },
	{ 'v', "p", "f(container_of(p, struct obj, in.z)->val)",
	  "obj__val = int: signed scalar (load s4 p0 -68) can fail" },
	{ 'v', "iol", "f((struct obj *))", "obj = struct obj *: scalar p1 -> struct obj can fail" },
	{ 'v', "iol", "f((struct obj *)->val)",
	  "obj__val = int: signed scalar (load s4 p1 8) can fail" },
	{ 'v', "iol", "f((long) + 1)", "_1 = long: signed scalar 1" },
	{ 'v', "iys", "f((u8), (const char *))",
	  "u8 = u8: scalar (ext u1 p1)\n"
	  "char = const char *: string p2 can fail" },
	{ 'v', "", "f(current)", "current = struct task_struct *: scalar current" },
	{ 'v', "", "f(current->pid, current->comm)",
	  "current__pid = int: signed scalar (load s4 current 0) can fail\n"
	  "current__comm = char[16]: object (add current 4) can fail" },

	/* Built-ins. */
	{ 'v', "s", "f(str(s))", "s = const char *: string p0 can fail" },
	{ 'v', "p", "f(str(p, 15))", "p = char *: string p0 max 16 can fail" },
	{ 'v', "o", "f(str(o->name))", "o__name = char *: string (add p0 32) can fail" },
	{ 'v', "o", "f(str(o->label, 3))",
	  "o__label = const char *: string (load u8 p0 48) max 4 can fail" },
	{ 'v', "", "f(str(current->comm), comm())",
	  "current__comm = char *: string (add current 4) can fail\n"
	  "comm = char *: string comm()" },
	{ 'v', "pi", "f(buf(p, i))", "p = unsigned char: buffer p0 length (ext s4 p1) can fail" },
	{ 'v', "p", "f(buf(p, 16))", "p = unsigned char: buffer p0 length 16 max 16 can fail" },
	{ 'v', "oU", "f(buf(&o->in, U & 15))",
	  "o__in = unsigned char: buffer (add p0 72) length (& p1 15) can fail" },
	{ 'v', "o", "f(buf(o->name, 4))",
	  "o__name = unsigned char: buffer (add p0 32) length 4 max 4 can fail" },
	{ 'v', "o", "f(buf(o->in, sizeof o->in))",
	  "o__in = unsigned char: buffer (add p0 72) length 8 max 8 can fail" },
	{ 'v', "u", "f(ip4(u))", "u = unsigned int: ip4 scalar (ext u4 p0)" },
	{ 'v', "o", "f(ip4(o->mode))",
	  "o__mode = unsigned int: ip4 scalar (load u4 p0 152) can fail" },
	{ 'v', "o", "f(ip4(&o->val))",
	  "o__val = unsigned int: ip4 scalar (load u4 p0 8) can fail" },
	{ 'v', "x", "f(ip4(x))", "x = unsigned int: ip4 scalar (bits u32 p0 0)" },
	{ 'v', "", "f(ip4(0x0100007f))", "_16777343 = unsigned int: ip4 scalar 16777343" },
	{ 'v', "Z", "f(ip6(Z))", "Z = unsigned char[16]: ip6 object p0 can fail" },
	{ 'v', "Z", "f(ip6(*Z))", "Z = unsigned char[16]: ip6 object p0 can fail" },
	{ 'v', "Z", "f(ip6(Z->bytes))", "Z__bytes = unsigned char[16]: ip6 object p0 can fail" },
	{ 'v', "p", "f(ip6(p))", "p = unsigned char[16]: ip6 object p0 can fail" },
	{ 'v', "Z", "f(mac(Z->bytes))", "Z__bytes = unsigned char[6]: mac object p0 can fail" },
	{ 'v', "p", "f(mac(p))", "p = unsigned char[6]: mac object p0 can fail" },
	{ 'v', "w", "f(ntohs(w))", "w = unsigned short: scalar (swap 2 (ext u2 p0))" },
	{ 'v', "u", "f(ntohl(u), htonl(u))",
	  "u = unsigned int: scalar (swap 4 (ext u4 p0))\n"
	  "u = unsigned int: scalar (swap 4 (ext u4 p0))" },
	{ 'v', "", "f(ntohs(0x1234), htonl(1))",
	  "_4660 = unsigned short: scalar 13330\n"
	  "_1 = unsigned int: scalar 16777216" },
	{ 'v', "w", "f(htons(w) + 1)", "w_1 = int: signed scalar (+ (swap 2 (ext u2 p0)) 1)" },
	{ 'v', "o", "f(ksym(o->fn))",
	  "o__fn = int (*)(void): symbol scalar (load u8 p0 184) can fail" },
	{ 'v', "p", "f(ksym(p))", "p = void *: symbol scalar p0" },
	{ 'v', "U", "f(ksym(U))", "U = unsigned long: symbol scalar p0" },
	{ 'v', "", "f(cgroup(), cpu(), pid(), tid(), uid())",
	  "cgroup = unsigned long: scalar cgroup()\n"
	  "cpu = int: signed scalar cpu()\n"
	  "pid = int: signed scalar pid()\n"
	  "tid = int: signed scalar tid()\n"
	  "uid = unsigned int: scalar uid()" },
	{ 'v', "", "f(cpu() + 1, uid() + 1)",
	  "cpu_1 = int: signed scalar (ext s4 (+ cpu() 1))\n"
	  "uid_1 = unsigned int: scalar (ext u4 (+ uid() 1))" },
	{ 'i', "", "f(ret_ip(), duration())",
	  "ret_ip = unsigned long: symbol scalar ret_ip()\n"
	  "duration = unsigned long: scalar duration() at return" },

	/* Read at the return. */
	{ 'v', "o", "f(o->val@return)",
	  "o__val__return = int: signed scalar @(load s4 p0 8) at return can fail" },
	{ 'v', "o", "f(o->val, o->val@return - o->val)",
	  "o__val = int: signed scalar (load s4 p0 8) can fail\n"
	  "o__val__return_minus_o__val = int: signed scalar @(ext s4 @(- @(load s4 p0 8) (load s4 "
	  "p0 8))) at return can fail" },
	{ 'v', "o", "f(o->next->val@return)",
	  "o__next__val__return = int: signed scalar @(load s4 @(load u8 p0 0) 8) at return can "
	  "fail" },
	{ 'v', "o", "f(o@return)",
	  "o__return = struct obj *: scalar p0 -> struct obj at return can fail" },
	{ 'v', "o", "f(o->name@return)",
	  "o__name__return = char[16]: object (add p0 32) at return can fail" },
	{ 'v', "o", "f(o->label@return)",
	  "o__label__return = const char *: string @(load u8 p0 48) at return can fail" },
	{ 'v', "o", "f((o->val + o->small)@return)",
	  "o__val_o__small__return = int: signed scalar @(ext s4 @(+ @(load s4 p0 8) @(load u1 p0 "
	  "12))) at return can fail" },
	{ 'v', "oi", "f(o->arr[i].x@return)",
	  "o__arr__i__x__return = int: signed scalar @(load s4 (index p0 (ext s4 p1) 8) 116) at "
	  "return can fail" },
	{ 'v', "o", "f(str(o->name)@return)",
	  "o__name__return = char *: string (add p0 32) at return can fail" },
	{ 'v', "o", "f(buf(o->in, 4)@return)",
	  "o__in__return = unsigned char: buffer (add p0 72) length 4 max 4 at return can fail" },
	{ 'v', "", "f(comm()@return)", "comm__return = char *: string comm() at return" },
	{ 'v', "", "f(cpu()@return, ret_ip()@return)",
	  "cpu__return = int: signed scalar @cpu() at return\n"
	  "ret_ip__return = unsigned long: symbol scalar ret_ip() at return" },
	{ 'v', "i", "f(i@return)", "i__return = int: signed scalar (ext s4 p0) at return" },
	{ 'v', "o", "f(*o@return)", "o__return = struct obj: object p0 at return can fail" },
	{ 'v', "o", "f(((o->inp)@return)->x)",
	  "o__inp__return__x = int: signed scalar @(load s4 @(load u8 p0 80) 0) at return can "
	  "fail" },
	{ 'v', "I", "f(I@return)", "I__return = struct inner: by value p0" },
	{ 'v', "", "f(current@return, current->pid@return)",
	  "current__return = struct task_struct *: scalar @current at return\n"
	  "current__pid__return = int: signed scalar @(load s4 @current 0) at return can fail" },
	{ 'v', "o", "f(&o->val@return)", "o__val__return = int *: scalar (add p0 8) at return" },
	{ 'i', "o", "f(o->grid[return][0])",
	  "o__grid__retval__0 = int: signed scalar @(load s4 @(index p0 @(ext s4 ret) 12) 92) at "
	  "return can fail" },
	{ 'i', "o", "f(return + o->val)",
	  "retval_o__val = int: signed scalar @(ext s4 @(+ @(ext s4 ret) (load s4 p0 8))) at "
	  "return can fail" },
	{ 'i', "", "f(x = return < 0)", "x = int: signed scalar @(s< @(ext s4 ret) 0) at return" },
	{ 'i', "i", "f(i - return, return ? 1 : i)",
	  "i_minus_retval = int: signed scalar @(ext s4 @(- (ext s4 p0) @(ext s4 ret))) at return\n"
	  "retval_1_i = int: signed scalar @(? @(ext s4 ret) 1 (ext s4 p0)) at return" },

	/* Items that are comparisons: filters, and what they look at is recorded too. */
	{ 'v', "o", "f(o->val > 100, o)",
	  "o__val = int: signed scalar (load s4 p0 8) can fail\n"
	  "o = struct obj *: scalar p0 -> struct obj can fail\n"
	  "if (s< 100 (load s4 p0 8))" },
	{ 'v', "o", "f(o->val > 100)",
	  "o__val = int: signed scalar (load s4 p0 8) can fail\n"
	  "if (s< 100 (load s4 p0 8))" },
	{ 'v', "o", "f(100 < o->val)",
	  "o__val = int: signed scalar (load s4 p0 8) can fail\n"
	  "if (s< 100 (load s4 p0 8))" },
	{ 'v', "o", "f(o, o == NULL)",
	  "o = struct obj *: scalar p0 -> struct obj can fail\n"
	  "if (== p0 0)" },
	{ 'v', "o", "f(o != 0)",
	  "o = struct obj *: scalar p0\n"
	  "if (!= p0 0)" },
	{ 'v', "oi", "f(o->val > i)", "if (s< (ext s4 p1) (load s4 p0 8))" },
	{ 'v', "oi", "f(!i)", "if (== (ext s4 p1) 0)" },
	{ 'v', "oi", "f(i && o->val > 1)",
	  "if (ext s4 p1)\n"
	  "if (s< 1 (load s4 p0 8))" },
	{ 'v', "oi", "f(i || o->val > 1)", "if (|| (ext s4 p1) (s< 1 (load s4 p0 8)))" },
	{ 'v', "o", "f(o->val > 1, o->val < 10)",
	  "o__val = int: signed scalar (load s4 p0 8) can fail\n"
	  "if (s< 1 (load s4 p0 8))\n"
	  "if (s< (load s4 p0 8) 10)" },
	{ 'v', "o", "f(o->val > 1, o->val)",
	  "o__val = int: signed scalar (load s4 p0 8) can fail\n"
	  "if (s< 1 (load s4 p0 8))" },
	{ 'v', "o", "f(v = o->val, o->val > 1)",
	  "v = int: signed scalar (load s4 p0 8) can fail\n"
	  "if (s< 1 (load s4 p0 8))" },
	{ 'v', "o", "f(o->name == \"eth0\")",
	  "o__name = char[16]: object (add p0 32) can fail\n"
	  "if (== (add p0 32) \"eth0\")" },
	{ 'v', "o", "f(str(o->name), o->name == \"eth0\")",
	  "o__name = char *: string (add p0 32) can fail\n"
	  "if (== (add p0 32) \"eth0\")" },
	{ 'v', "o", "f(\"x\" != o->label)",
	  "o__label = const char *: string (load u8 p0 48) can fail\n"
	  "if (== (== (load u8 p0 48) \"x\") 0)" },
	{ 'v', "", "f(comm() ~ \"ngi*\")",
	  "comm = char *: string comm()\n"
	  "if (~ comm() \"ngi*\")" },
	{ 'v', "", "f(comm(), comm() == \"a\\\"\\\\\\n\")",
	  "comm = char *: string comm()\n"
	  "if (== comm() \"a\\\"\\\\\\x0a\")" },
	{ 'v', "p", "f(str(p, 3) == \"abc\")",
	  "p = char *: string p0 max 4 can fail\n"
	  "if (~ p0 \"abc*\")" },
	{ 'v', "p", "f(str(p, 3) == \"ab\")",
	  "p = char *: string p0 max 4 can fail\n"
	  "if (== p0 \"ab\")" },
	{ 'v', "p", "f(str(p, 3) == \"a*c\")",
	  "p = char *: string p0 max 4 can fail\n"
	  "if (~ p0 \"a\\\\*c*\")" },
	{ 'v', "u", "f(ip4(u) == \"10.0.0.1\")",
	  "u = unsigned int: ip4 scalar (ext u4 p0)\n"
	  "if (== (ext u4 p0) 16777226)" },
	{ 'v', "o", "f(o->val > 1@return)",
	  "o__val = int: signed scalar (load s4 p0 8) can fail\n"
	  "if (s< 1 (load s4 p0 8))" },
	{ 'v', "o", "f((o->val > 1)@return)",
	  "o__val__return = int: signed scalar @(load s4 p0 8) at return can fail\n"
	  "if @(s< 1 @(load s4 p0 8))" },
	{ 'v', "o", "f(o->val@return > o->val)", "if @(s< (load s4 p0 8) @(load s4 p0 8))" },
	{ 'v', "p", "f((char *)p == \"\")",
	  "p = char *: string p0 can fail\n"
	  "if (== p0 \"\")" },
	{ 'v', "o", "f(1 < 2)", "if 1" },
	{ 'v', "o", "f(1 == 2)", "if 0" },
	{ 'v', "i", "f(i > 1 ? 0 : 1)",
	  "i_gt_1_0_1 = int: signed scalar (? (s< 1 (ext s4 p0)) 0 1)" },
	{ 'v', "o", "f(o->label)", "o__label = const char *: string (load u8 p0 48) can fail" },
	{ 'i', "", "f(return < 0)",
	  "retval = int: signed scalar @(ext s4 ret) retval at return\n"
	  "if @(s< @(ext s4 ret) 0)" },
	{ 'i', "i", "f(return < 0, i > 2, i)",
	  "retval = int: signed scalar @(ext s4 ret) retval at return\n"
	  "i = int: signed scalar (ext s4 p0)\n"
	  "if (s< 2 (ext s4 p0))\n"
	  "if @(s< @(ext s4 ret) 0)" },
	{ 'i', "i", "f(return && i > 2 && i < 9)",
	  "if (s< 2 (ext s4 p0))\n"
	  "if (s< (ext s4 p0) 9)\n"
	  "if @(ext s4 ret)" },
	{ 'i', "i", "f(i, return, return != 0)",
	  "i = int: signed scalar (ext s4 p0)\n"
	  "retval = int: signed scalar @(ext s4 ret) retval at return\n"
	  "if @(!= @(ext s4 ret) 0)" },
};

static void chains(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(resolved) / sizeof(*resolved); i++) {
		struct buf got = BUF_INIT;
		struct typing t;

		type_it(&t, resolved[i].ret, resolved[i].params, resolved[i].spec);
		if (t.err)
			fail_msg("%s of %s: %s", resolved[i].spec, resolved[i].params,
				 t.diag.msg ? t.diag.msg : strerror(-t.err));
		dump_typed(t.typed, &got);
		if (strcmp(buf__str(&got), resolved[i].typed))
			fail_msg("%s of %s:\n%s\nnot\n%s", resolved[i].spec, resolved[i].params,
				 buf__str(&got), resolved[i].typed);
		assert_int_equal(t.typed->nr_left_out, 0);
		buf__exit(&got);
		type_exit(&t);
	}
}

/* ---- what can't be ------------------------------------------------------------------------- */

/* The message with its caret, as it is printed. */
static const struct {
	char ret;
	const char *params;
	const char *spec;
	const char *message;
} refused[] = {
	{ 'v', "oi", "f(skb)",
	  "error: 'f' has no parameter 'skb'\n"
	  "  f(skb)\n"
	  "    ^~~\n"
	  "hint: its parameters are: o, i\n" },
	{ 'v', "", "f(x->y)",
	  "error: 'f' has no parameter 'x'\n"
	  "  f(x->y)\n"
	  "    ^\n"
	  "hint: it has no parameters\n" },
	{ 'v', "_o", "f(o)",
	  "error: 'f' has no parameter 'o'\n"
	  "  f(o)\n"
	  "    ^\n"
	  "hint: its parameters have no names\n" },
	{ 'v', "o", "f(o->vall)",
	  "error: no member 'vall' in struct obj\n"
	  "  f(o->vall)\n"
	  "       ^~~~\n"
	  "hint: did you mean 'val'?\n" },
	{ 'v', "o", "f(o->val, o->next->smal)",
	  "error: no member 'smal' in struct obj\n"
	  "  f(o->val, o->next->smal)\n"
	  "                     ^~~~\n"
	  "hint: did you mean 'small'?\n" },
	{ 'v', "N", "f(N->next)",
	  "error: no member 'next' in struct node\n"
	  "  f(N->next)\n"
	  "       ^~~~\n"
	  "hint: it has link.next\n" },
	{ 'v', "o", "f(o->zzzzzzzz)",
	  "error: no member 'zzzzzzzz' in struct obj\n"
	  "  f(o->zzzzzzzz)\n"
	  "       ^~~~~~~~\n" },
	{ 'v', "o", "f(o->un.j)",
	  "error: no member 'j' in union either\n"
	  "  f(o->un.j)\n"
	  "          ^\n"
	  "hint: did you mean 'i'?\n" },
	{ 'v', "o", "f(o.val)",
	  "error: 'struct obj *' has no members\n"
	  "  f(o.val)\n"
	  "      ^~~\n"
	  "hint: it is a pointer: write ->val\n" },
	{ 'v', "o", "f(o->in->x)",
	  "error: 'struct inner' is no pointer\n"
	  "  f(o->in->x)\n"
	  "           ^\n"
	  "hint: write .x\n" },
	{ 'v', "I", "f(I->x)",
	  "error: 'struct inner' is no pointer\n"
	  "  f(I->x)\n"
	  "       ^\n"
	  "hint: write .x\n" },
	{ 'v', "i", "f(i->x)",
	  "error: this is no pointer but int\n"
	  "  f(i->x)\n"
	  "       ^\n"
	  "hint: only an address, cast to a pointer, leads to memory\n" },
	{ 'v', "i", "f(i.x)",
	  "error: 'int' has no members\n"
	  "  f(i.x)\n"
	  "      ^\n" },
	{ 'v', "s", "f(s->x)",
	  "error: 'const char' has no members\n"
	  "  f(s->x)\n"
	  "       ^\n" },
	{ 'v', "i", "f(*i)",
	  "error: this is no pointer but int\n"
	  "  f(*i)\n"
	  "     ^\n"
	  "hint: only an address, cast to a pointer, leads to memory\n" },
	{ 'v', "i", "f(i[2])",
	  "error: int cannot be indexed\n"
	  "  f(i[2])\n"
	  "    ^\n" },
	{ 'v', "p", "f(p[2])",
	  "error: void * cannot be indexed\n"
	  "  f(p[2])\n"
	  "    ^\n"
	  "hint: cast it to what it points to: ((u8 *)p)[n]\n" },
	{ 'v', "o", "f(o->grid[2])",
	  "error: the array has only 2 elements\n"
	  "  f(o->grid[2])\n"
	  "            ^\n" },
	{ 'v', "p", "f(*p)",
	  "error: nothing is known of what void * points to\n"
	  "  f(*p)\n"
	  "     ^\n"
	  "hint: cast it to what it is: (struct T *)\n" },
	{ 'v', "o", "f(o->priv->x)",
	  "error: nothing is known of what void * points to\n"
	  "  f(o->priv->x)\n"
	  "             ^\n"
	  "hint: cast it to what it is: (struct T *)\n" },
	{ 'v', "o", "f(o->fn->x)",
	  "error: nothing is known of what int (*)(void) points to\n"
	  "  f(o->fn->x)\n"
	  "           ^\n" },
	{ 'v', "F", "f(F->x)",
	  "error: struct opaque is only declared here: its members are not known\n"
	  "  f(F->x)\n"
	  "       ^\n" },
	{ 'v', "F", "f(*F)",
	  "error: struct opaque is only declared here: its members are not known\n"
	  "  f(*F)\n"
	  "     ^\n" },
	{ 'v', "o", "f(o->tail)",
	  "error: u8[] has no size: there is nothing to record\n"
	  "  f(o->tail)\n"
	  "    ^~~~~~~\n" },
	{ 'v', "e", "f(e)",
	  "error: struct empty has no size: there is nothing to record\n"
	  "  f(e)\n"
	  "    ^\n" },
	{ 'v', "i", "f(return)",
	  "error: 'f' returns nothing\n"
	  "  f(return)\n"
	  "    ^~~~~~\n" },
	{ 'P', "i", "f(i, return)",
	  "error: the return value cannot be read: struct pair is not returned in one register\n"
	  "  f(i, return)\n"
	  "       ^~~~~~\n" },
	{ 'q', "", "f(return)",
	  "error: the return value cannot be read: __int128 unsigned is not returned in one "
	  "register\n"
	  "  f(return)\n"
	  "    ^~~~~~\n" },
	{ 'k', "", "f(return)",
	  "error: the return value cannot be read: struct packed is not returned in one register\n"
	  "  f(return)\n"
	  "    ^~~~~~\n" },
	{ 'D', "", "f(return.d)",
	  "error: the return value cannot be read: struct with_double is not returned in one "
	  "register\n"
	  "  f(return.d)\n"
	  "    ^~~~~~\n" },
	{ 'd', "", "f(return)",
	  "error: the return value cannot be read: double is not returned in one register\n"
	  "  f(return)\n"
	  "    ^~~~~~\n" },
	{ 'i', "", "f(return.x)",
	  "error: 'int' has no members\n"
	  "  f(return.x)\n"
	  "           ^\n" },
	{ 'v', "d", "f(d)",
	  "error: cannot tell where this parameter is passed: type double\n"
	  "  f(d)\n"
	  "    ^\n" },
	{ 'v', "fi", "f(i)",
	  "error: cannot tell where this parameter is passed: type int\n"
	  "  f(i)\n"
	  "    ^\n" },
	{ 'v', "B", "f(B)",
	  "error: struct big is passed by value: ask for its scalar members\n"
	  "  f(B)\n"
	  "    ^\n" },
	{ 'v', "P", "f(P.tag)",
	  "error: char[3] is passed by value: ask for its scalar members\n"
	  "  f(P.tag)\n"
	  "    ^~~~~\n" },

	/* Operators, built-ins and constants. */
	{ 'v', "o", "f(o->val + 1, o->val + o->in)",
	  "error: this is all of a struct inner, not a number\n"
	  "  f(o->val + 1, o->val + o->in)\n"
	  "                         ^~~~~\n"
	  "hint: name one of its members\n" },
	{ 'v', "oi", "f(o * 2)",
	  "error: '*' takes integers, this is struct obj *\n"
	  "  f(o * 2)\n"
	  "    ^\n"
	  "hint: of an address: (unsigned long)p\n" },
	{ 'v', "oi", "f(o + o)",
	  "error: '+' does not go with struct obj * and struct obj *\n"
	  "  f(o + o)\n"
	  "      ^\n"
	  "hint: for addresses as numbers: (unsigned long)p\n" },
	{ 'v', "op", "f(o - p)",
	  "error: '-' does not go with struct obj * and void *\n"
	  "  f(o - p)\n"
	  "      ^\n"
	  "hint: in bytes: (char *)p - (char *)q\n" },
	{ 'v', "F", "f(F + 1)",
	  "error: the size of what struct opaque * points to is not known\n"
	  "  f(F + 1)\n"
	  "    ^\n"
	  "hint: cast it: (char *)p counts in bytes\n" },
	{ 'v', "i", "f(1 << 32)",
	  "error: int has 32 bits: it cannot be shifted by 32\n"
	  "  f(1 << 32)\n"
	  "         ^~\n"
	  "hint: cast what is shifted: (u64)\n" },
	{ 'v', "U", "f(U >> -1)",
	  "error: unsigned long has 64 bits: it cannot be shifted by -1\n"
	  "  f(U >> -1)\n"
	  "         ^~\n" },
	{ 'v', "i", "f(i / 0)",
	  "error: division by zero\n"
	  "  f(i / 0)\n"
	  "        ^\n" },
	{ 'v', "i", "f(i % (2 - 2))",
	  "error: division by zero\n"
	  "  f(i % (2 - 2))\n"
	  "        ^~~~~~~\n" },
	{ 'v', "o", "f(o->in == o->in)",
	  "error: structs do not compare: this is struct inner\n"
	  "  f(o->in == o->in)\n"
	  "    ^~~~~\n"
	  "hint: compare one of its members\n" },
	{ 'v', "oL", "f(o == L)",
	  "error: pointers to different types: struct obj * and struct link *\n"
	  "  f(o == L)\n"
	  "      ^~\n"
	  "hint: cast one of them: (void *)p\n" },
	{ 'v', "oi", "f(o == i)",
	  "error: these do not compare: struct obj * and int\n"
	  "  f(o == i)\n"
	  "      ^~\n"
	  "hint: cast one of them\n" },
	{ 'v', "o", "f(o > 1)",
	  "error: these do not compare: struct obj * and int\n"
	  "  f(o > 1)\n"
	  "      ^\n"
	  "hint: cast the pointer: (unsigned long)p\n" },
	{ 'v', "oL", "f(o ? o : L)",
	  "error: one type is needed, these are struct obj * and struct link *\n"
	  "  f(o ? o : L)\n"
	  "      ^\n"
	  "hint: cast one of them\n" },
	{ 'v', "oi", "f(i ? o : 1)",
	  "error: one type is needed, these are struct obj * and int\n"
	  "  f(i ? o : 1)\n"
	  "      ^\n"
	  "hint: cast one of them\n" },
	{ 'v', "o", "f(!o->in)",
	  "error: struct inner is neither true nor false\n"
	  "  f(!o->in)\n"
	  "     ^~~~~\n"
	  "hint: name one of its members\n" },
	{ 'v', "o", "f(o->in && 1)",
	  "error: struct inner is neither true nor false\n"
	  "  f(o->in && 1)\n"
	  "    ^~~~~\n"
	  "hint: name one of its members\n" },
	{ 'v', "o", "f(&o->a3)",
	  "error: a bitfield has no address\n"
	  "  f(&o->a3)\n"
	  "     ^~~~~\n" },
	{ 'v', "i", "f(&i)",
	  "error: this has no address: parameters are in registers\n"
	  "  f(&i)\n"
	  "     ^\n" },
	{ 'v', "i", "f(&(i + 1))",
	  "error: this has no address\n"
	  "  f(&(i + 1))\n"
	  "     ^~~~~~~\n" },
	{ 'v', "o", "f(sizeof o->a3)",
	  "error: a bitfield has no size in bytes\n"
	  "  f(sizeof o->a3)\n"
	  "           ^~~~~\n" },
	{ 'v', "p", "f((struct obj)p)",
	  "error: nothing can be cast to all of a struct obj\n"
	  "  f((struct obj)p)\n"
	  "     ^~~~~~~~~~\n"
	  "hint: cast the address, then follow it: *(struct obj *)p\n" },
	{ 'v', "o", "f((int)o->in)",
	  "error: struct inner is no number or pointer, it cannot be cast\n"
	  "  f((int)o->in)\n"
	  "         ^~~~~\n"
	  "hint: cast its address: (T *)&x\n" },
	{ 'v', "I", "f((int)I)",
	  "error: struct inner is no number or pointer, it cannot be cast\n"
	  "  f((int)I)\n"
	  "         ^\n"
	  "hint: name one of its members\n" },
	{ 'v', "i", "f((void)i)",
	  "error: there are no values of type void\n"
	  "  f((void)i)\n"
	  "     ^~~~\n" },
	{ 'v', "i", "f((double)i)",
	  "error: double: there is no floating point in the kernel's programs\n"
	  "  f((double)i)\n"
	  "     ^~~~~~\n" },
	{ 'v', "p", "f((struct ob *)p)",
	  "error: there is no type 'struct ob'\n"
	  "  f((struct ob *)p)\n"
	  "     ^~~~~~~~~~~\n"
	  "hint: did you mean 'struct obj'?\n" },
	{ 'v', "p", "f((struct mode *)p)",
	  "error: there is no type 'struct mode'\n"
	  "  f((struct mode *)p)\n"
	  "     ^~~~~~~~~~~~~\n"
	  "hint: did you mean 'enum mode'?\n" },
	{ 'v', "p", "f((__int128)p)",
	  "error: there is no type '__int128'\n"
	  "  f((__int128)p)\n"
	  "     ^~~~~~~~\n"
	  "hint: did you mean '__int128 unsigned'?\n" },
	{ 'v', "o", "f(o->huge + 1)",
	  "error: __int128 unsigned is wider than 8 bytes\n"
	  "  f(o->huge + 1)\n"
	  "    ^~~~~~~\n" },
	{ 'v', "o", "f(o->dbl + 1)",
	  "error: double: there is no floating point in the kernel's programs\n"
	  "  f(o->dbl + 1)\n"
	  "    ^~~~~~\n" },
	{ 'v', "i", "f(\"x\")",
	  "error: there is nothing to record in a string in quotes\n"
	  "  f(\"x\")\n"
	  "    ^~~\n"
	  "hint: it can be compared with: p == \"...\"\n" },
	{ 'v', "i", "f(i == \"x\")",
	  "error: int is no string, it does not compare with one\n"
	  "  f(i == \"x\")\n"
	  "    ^\n" },
	{ 'v', "c", "f(c == \"x\")",
	  "error: char is no string, it does not compare with one\n"
	  "  f(c == \"x\")\n"
	  "    ^\n"
	  "hint: a character is written in single quotes: 'a'\n" },
	{ 'v', "p", "f(p == \"x\")",
	  "error: void * is no string, it does not compare with one\n"
	  "  f(p == \"x\")\n"
	  "    ^\n"
	  "hint: if there is one, say so: str(...)\n" },
	{ 'v', "o", "f(o->name < \"x\")",
	  "error: strings compare by == and !=, and by ~ with a pattern\n"
	  "  f(o->name < \"x\")\n"
	  "            ^\n" },
	{ 'v', "", "f(comm() == comm())",
	  "error: a string can only be compared with one in quotes\n"
	  "  f(comm() == comm())\n"
	  "    ^~~~~~~~~~~~~~~~\n" },
	{ 'v', "", "f(comm() + 1)",
	  "error: this is a string, not a number\n"
	  "  f(comm() + 1)\n"
	  "    ^~~~~~\n"
	  "hint: strings can be recorded, and compared: == != or ~ with a \"literal\"\n" },
	{ 'v', "", "f(!comm())",
	  "error: a string is neither true nor false\n"
	  "  f(!comm())\n"
	  "     ^~~~~~\n"
	  "hint: compare it: == \"...\"\n" },
	{ 'v', "", "f(\"a\" == \"b\")",
	  "error: one side has to be a string of the kernel's\n"
	  "  f(\"a\" == \"b\")\n"
	  "    ^~~\n" },
	{ 'v', "s", "f(s == \"a\\0b\")",
	  "error: a string ends at its first \\0: there can be none in it\n"
	  "  f(s == \"a\\0b\")\n"
	  "         ^~~~~~\n" },
	{ 'v', "s", "f(s ~ \"a[\")",
	  "error: a '[' in this pattern is never closed\n"
	  "  f(s ~ \"a[\")\n"
	  "        ^~~~\n"
	  "hint: [[] stands for the character itself\n" },
	{ 'v', "s", "f(str(s, 3) ~ \"a*\")",
	  "error: ~ looks at all of a string, not at its first characters\n"
	  "  f(str(s, 3) ~ \"a*\")\n"
	  "    ^~~~~~~~~\n"
	  "hint: leave out the number: str(p) ~ \"ab*\"\n" },
	{ 'v', "u", "f(ip4(u) == \"1.2.3\")",
	  "error: this is no IPv4 address\n"
	  "  f(ip4(u) == \"1.2.3\")\n"
	  "              ^~~~~~~\n"
	  "hint: as in ip4(x) == \"127.0.0.1\"\n" },
	{ 'v', "s", "f(s == \"0123456789012345678901234567890123456789012345678901234567890123\")",
	  "error: more than 63 characters to compare with\n"
	  "  f(s == \"0123456789012345678901234567890123456789012345678901234567890123\")\n"
	  "         ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n" },
	{ 'v', "i", "f(foo(i))",
	  "error: there is no built-in 'foo'\n"
	  "  f(foo(i))\n"
	  "    ^~~\n"
	  "hint: the kernel's functions can't be called; there are str, buf, ip4, ip6, mac, "
	  "ntohs, ntohl, htons, htonl, ksym, comm, cgroup, cpu, pid, tid, uid, ret_ip, "
	  "duration\n" },
	{ 'v', "i", "f(strlen(i))",
	  "error: there is no built-in 'strlen'\n"
	  "  f(strlen(i))\n"
	  "    ^~~~~~\n"
	  "hint: did you mean 'str'?\n" },
	{ 'v', "i", "f(strcmp(i, 1))",
	  "error: there is no built-in 'strcmp'\n"
	  "  f(strcmp(i, 1))\n"
	  "    ^~~~~~\n"
	  "hint: write p == \"string\"\n" },
	{ 'v', "i", "f(cpi())",
	  "error: there is no built-in 'cpi'\n"
	  "  f(cpi())\n"
	  "    ^~~\n"
	  "hint: did you mean 'cpu'?\n" },
	{ 'v', "i", "f(cpu(i))",
	  "error: cpu() takes 0 arguments, not 1\n"
	  "  f(cpu(i))\n"
	  "    ^~~~~~\n"
	  "hint: write cpu()\n" },
	{ 'v', "i", "f(str(i))",
	  "error: this is no pointer but int\n"
	  "  f(str(i))\n"
	  "        ^\n" },
	{ 'v', "U", "f(str(U))",
	  "error: this is no pointer but unsigned long\n"
	  "  f(str(U))\n"
	  "        ^\n"
	  "hint: if it is an address, cast it: str((void *)x)\n" },
	{ 'v', "pi", "f(str(p, i))",
	  "error: how much of a string is kept has to be a constant\n"
	  "  f(str(p, i))\n"
	  "           ^\n"
	  "hint: buf(p, n) takes any n\n" },
	{ 'v', "p", "f(str(p, 0))",
	  "error: between 1 and 65535 can be kept, not 0\n"
	  "  f(str(p, 0))\n"
	  "           ^\n" },
	{ 'v', "p", "f(buf(p))",
	  "error: buf() takes 2 arguments, not 1\n"
	  "  f(buf(p))\n"
	  "    ^~~~~~\n"
	  "hint: write buf(pointer, bytes)\n" },
	{ 'v', "pp", "f(buf(p, p2))",
	  "error: a length is an integer, this is void *\n"
	  "  f(buf(p, p2))\n"
	  "           ^~\n" },
	{ 'v', "U", "f(ip4(U))",
	  "error: ip4() takes 4 bytes, this is unsigned long\n"
	  "  f(ip4(U))\n"
	  "        ^\n" },
	{ 'v', "o", "f(ip4(o->name))",
	  "error: ip4() takes 4 bytes, these are 16\n"
	  "  f(ip4(o->name))\n"
	  "        ^~~~~~~\n" },
	{ 'v', "N", "f(ip6(&N->link))",
	  "error: ip6() takes 16 bytes, these are 8\n"
	  "  f(ip6(&N->link))\n"
	  "        ^~~~~~~~\n" },
	{ 'v', "o", "f(mac(o->in.y))",
	  "error: this is no pointer but u8\n"
	  "  f(mac(o->in.y))\n"
	  "        ^~~~~~~\n" },
	{ 'v', "o", "f(ntohs(o))",
	  "error: an integer is needed, this is struct obj *\n"
	  "  f(ntohs(o))\n"
	  "          ^\n" },
	{ 'v', "i", "f(ksym(i))",
	  "error: an address has 8 bytes, this is int\n"
	  "  f(ksym(i))\n"
	  "         ^\n" },
	{ 'v', "p", "f(1 + buf(p, 4))",
	  "error: these are bytes that can only be recorded\n"
	  "  f(1 + buf(p, 4))\n"
	  "        ^~~~~~~~~\n" },
	{ 'v', "i", "f(OFF)",
	  "error: 'OFF' is more than one value: 0 in enum mode, 3 in enum twin\n"
	  "  f(OFF)\n"
	  "    ^~~\n"
	  "hint: write the number\n" },
	{ 'v', "i", "f(GREEM)",
	  "error: 'f' has no parameter 'GREEM'\n"
	  "  f(GREEM)\n"
	  "    ^~~~~\n"
	  "hint: its parameters are: i\n"
	  "hint: did you mean 'GREEN'?\n" },
	{ 'v', "i", "f(ETH_P_IP)",
	  "error: 'f' has no parameter 'ETH_P_IP'\n"
	  "  f(ETH_P_IP)\n"
	  "    ^~~~~~~~\n"
	  "hint: its parameters are: i\n"
	  "hint: BTF has enumerators but no macros: write the number of one\n" },
	{ 'v', "i", "f(inner)",
	  "error: 'f' has no parameter 'inner'\n"
	  "  f(inner)\n"
	  "    ^~~~~\n"
	  "hint: its parameters are: i\n"
	  "hint: it is a struct: (struct inner *) is the parameter of this type\n" },
	{ 'v', "i", "f(u8)",
	  "error: 'f' has no parameter of this type\n"
	  "  f(u8)\n"
	  "    ^~\n"
	  "hint: it is: void f(int i)\n" },
	{ 'v', "i", "f(cpu)",
	  "error: 'f' has no parameter 'cpu'\n"
	  "  f(cpu)\n"
	  "    ^~~\n"
	  "hint: its parameters are: i\n"
	  "hint: the built-in is written cpu()\n" },
	{ 'v', "i", "f((struct inner *))",
	  "error: 'f' has no parameter of this type\n"
	  "  f((struct inner *))\n"
	  "    ^~~~~~~~~~~~~~~~\n"
	  "hint: it is: void f(int i)\n" },
	{ 'v', "i", "f((struct inner *)->x)",
	  "error: 'f' has no parameter of this type\n"
	  "  f((struct inner *)->x)\n"
	  "    ^~~~~~~~~~~~~~~~\n"
	  "hint: it is: void f(int i)\n" },
	{ 'v', "L", "f(container_of(L, struct node, v))",
	  "error: the pointer is struct link *, the member int\n"
	  "  f(container_of(L, struct node, v))\n"
	  "                 ^\n"
	  "hint: container_of takes a pointer to the member, and gives the struct's\n" },
	{ 'v', "L", "f(container_of(L, struct node, lnk))",
	  "error: no member 'lnk' in struct node\n"
	  "  f(container_of(L, struct node, lnk))\n"
	  "                                 ^~~\n"
	  "hint: did you mean 'link'?\n" },
	{ 'v', "L", "f(container_of(L, struct node, links[2]))",
	  "error: the array has only 2 elements\n"
	  "  f(container_of(L, struct node, links[2]))\n"
	  "                                       ^\n" },
	{ 'v', "N", "f(container_of(N, struct node, b))",
	  "error: a bitfield has no address\n"
	  "  f(container_of(N, struct node, b))\n"
	  "                                 ^\n" },
	{ 'v', "i", "f(container_of(i, struct node, v))",
	  "error: container_of takes a pointer, this is int\n"
	  "  f(container_of(i, struct node, v))\n"
	  "                 ^\n" },
	{ 'v', "y", "f(y > 255)",
	  "error: this is never true\n"
	  "  f(y > 255)\n"
	  "    ^~~~~~~\n"
	  "hint: 'y' is u8, between 0 and 255\n" },
	{ 'v', "U", "f(U < 0)",
	  "error: this is never true\n"
	  "  f(U < 0)\n"
	  "    ^~~~~\n"
	  "hint: 'U' is unsigned long, which is 0 or more\n" },
	{ 'v', "o", "f(o->val, sizeof(void))",
	  "error: void has no size\n"
	  "  f(o->val, sizeof(void))\n"
	  "                   ^~~~\n" },
	{ 'v', "o", "f(o->name[16])",
	  "error: the array has only 16 elements\n"
	  "  f(o->name[16])\n"
	  "            ^~\n" },
	{ 'v', "o", "f(o->name[-1])",
	  "error: an array has no element -1\n"
	  "  f(o->name[-1])\n"
	  "            ^~\n" },
	{ 'v', "o", "f(o->grid[1l << 40])",
	  "error: the array has only 2 elements\n"
	  "  f(o->grid[1l << 40])\n"
	  "            ^~~~~~~~\n" },
	{ 'v', "oi", "f(o[o])",
	  "error: an index is an integer, this is struct obj *\n"
	  "  f(o[o])\n"
	  "      ^\n" },
	{ 'v', "Pi", "f(P.tag[i])",
	  "error: an array that is passed by value can only be indexed by a constant\n"
	  "  f(P.tag[i])\n"
	  "          ^\n" },
	{ 'v', "O", "f(O->val)",
	  "error: 'struct obj *' has no members\n"
	  "  f(O->val)\n"
	  "       ^~~\n"
	  "hint: that is behind two pointers: (*p)->val\n" },
};

static void messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		char *text = NULL;
		struct typing t;
		size_t size;
		FILE *out;

		type_it(&t, refused[i].ret, refused[i].params, refused[i].spec);
		if (!t.err)
			fail_msg("%s of %s is no error", refused[i].spec, refused[i].params);
		assert_null(t.typed);
		assert_true(t.err == -EINVAL || t.err == -ENOENT);
		out = open_memstream(&text, &size);
		diag__print(&t.diag, t.spec->text, t.err, out);
		fclose(out);
		assert_string_equal(text, refused[i].message);
		free(text);
		type_exit(&t);
	}
}

/* ---- specs without items ------------------------------------------------------------------- */

/* What was not asked for by name is left out, and named. */
static void left_out(void **state)
{
	struct typing t;

	(void)state;
	type_it(&t, 'v', "iBPf_i", "f");
	assert_int_equal(t.err, 0);
	assert_int_equal(t.typed->nr_items, 2);
	assert_string_equal(t.typed->items[0].path, "i");
	assert_string_equal(t.typed->items[1].path, "P");
	assert_int_equal(t.typed->nr_left_out, 3);
	assert_string_equal(t.typed->left_out[0],
			    "parameter 'B': struct big is passed by value: ask for its scalar "
			    "members");
	assert_string_equal(t.typed->left_out[1],
			    "parameter 'f': cannot tell where this parameter is passed: type "
			    "struct opaque");
	type_exit(&t);
}

static void adds_retval(void **state)
{
	static const struct {
		char ret;
		unsigned int nr;
	} returns[] = {
		{ 'i', 1 }, { 'v', 0 }, { 'P', 0 }, { 'o', 1 }, { 'd', 0 }, { 'q', 0 }, { 'm', 1 },
		{ 'I', 1 }, { 'k', 0 }, { 'e', 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(returns) / sizeof(*returns); i++) {
		struct typing t;

		type_it(&t, returns[i].ret, "", "f");
		assert_int_equal(t.err, 0);
		assert_int_equal(typed_spec__add_retval(t.typed), 0);
		assert_int_equal(t.typed->nr_items, returns[i].nr);
		assert_int_equal(t.typed->nr_left_out, !returns[i].nr && returns[i].ret != 'v');
		if (returns[i].nr) {
			assert_true(t.typed->items[0].is_return);
			assert_string_equal(t.typed->items[0].path, "retval");
			assert_string_equal(t.typed->items[0].name, "return");
		}
		type_exit(&t);
	}
}

/* The name of an item is what the user called it, or else wrote. */
static void names(void **state)
{
	struct typing t;

	(void)state;
	type_it(&t, 'i', "o", "f(sum = o->val, o->next->val, return)");
	assert_int_equal(t.err, 0);
	assert_string_equal(t.typed->items[0].name, "sum");
	assert_string_equal(t.typed->items[0].path, "sum");
	assert_string_equal(t.typed->items[1].name, "o->next->val");
	assert_string_equal(t.typed->items[1].path, "o__next__val");
	assert_string_equal(t.typed->items[2].name, "return");
	type_exit(&t);
}

/* ---- filters, errors ------------------------------------------------------------------------- */

/* "f" with a filter and --errors; its terms and texts, or the message. */
static const struct {
	char ret;
	const char *params;
	const char *filter;	/* NULL: none */
	bool errors;
	const char *got;
} filtered[] = {
	{ 'v', "o", "o->val > 1", false, "o->val > 1: (s< 1 (load s4 p0 8))\n" },
	{ 'v', "oi", "  o->val  >  1&&i", false,
	  "o->val > 1: (s< 1 (load s4 p0 8))\ni: (ext s4 p1)\n" },
	{ 'i', "i", "return < 0 && (i > 3 || i < -3) && i != 0", false,
	  "(i > 3 || i < -3): (|| (s< 3 (ext s4 p0)) (s< (ext s4 p0) -3))\n"
	  "i != 0: (!= (ext s4 p0) 0)\nreturn < 0: @(s< @(ext s4 ret) 0)\n" },
	{ 'v', "s", "s == \"a  b\"", false, "s == \"a  b\": (== p0 \"a  b\")\n" },
	{ 'v', "o", "o->val@return != o->val", false,
	  "o->val@return != o->val: @(!= @(load s4 p0 8) (load s4 p0 8))\n" },
	{ 'v', "o", "o->in.z && o->inp", false,
	  "o->in.z: (load s2 p0 76)\no->inp: (load u8 p0 80)\n" },
	{ 'i', "", "duration() > 1000", false, "duration() > 1000: @(u< 1000 duration())\n" },
	{ 'i', "", NULL, true, "return < 0: @(s< @(ext s4 ret) 0)\n" },
	{ 'l', "", NULL, true, "return < 0: @(s< ret 0)\n" },
	{ 'a', "", NULL, true, "return < 0: @(s< @(ext s4 ret) 0)\n" },
	{ 'b', "", NULL, true, "!return: @(== @(ext u1 ret) 0)\n" },
	{ 'o', "", NULL, true, "(unsigned long)return >= -4095UL: @(u<= -4095 ret)\n" },
	{ 'i', "i", "i == 1", true,
	  "i == 1: (== (ext s4 p0) 1)\nreturn < 0: @(s< @(ext s4 ret) 0)\n" },

	{ 'v', "o", "o->vall == 1", false,
	  "error: no member 'vall' in struct obj\n  o->vall == 1\n     ^~~~\n"
	  "hint: did you mean 'val'?\n" },
	{ 'v', "o", "o->in", false,
	  "error: struct inner is neither true nor false\n  o->in\n  ^~~~~\n"
	  "hint: name one of its members\n" },
	{ 'v', "o", "o->val == 1 && return", false,
	  "error: 'f' returns nothing\n  o->val == 1 && return\n                 ^~~~~~\n" },
	{ 'v', "", NULL, true,
	  "error: 'f' returns nothing: there are no errors to record\n  f\n  ^\n" },
	{ 'u', "", NULL, true,
	  "error: no unsigned int that is returned is an error\n  f\n  ^\n"
	  "hint: errors are negative numbers, error pointers, and false; say with --filter what "
	  "yours are\n" },
	{ 'I', "", NULL, true,
	  "error: no struct inner that is returned is an error\n  f\n  ^\n"
	  "hint: errors are negative numbers, error pointers, and false; say with --filter what "
	  "yours are\n" },
};

static void print_terms(const struct typed_spec *typed, FILE *out)
{
	for (unsigned int i = 0; i < typed->nr_terms; i++) {
		struct buf text = BUF_INIT;

		typed_expr__dump(typed->terms[i].expr, &text);
		fprintf(out, "%s: %s\n", typed->terms[i].text, buf__str(&text));
		buf__exit(&text);
	}
}

static void filters(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(filtered) / sizeof(*filtered); i++) {
		struct typing t = { 0 };
		char *text = NULL;
		size_t size;
		FILE *out;

		assert_int_equal(spec__parse("f", &t.spec, &t.diag), 0);
		t.spec->errors = filtered[i].errors;
		if (filtered[i].filter)
			assert_int_equal(spec__add_filter(t.spec, filtered[i].filter, &t.diag), 0);
		t.func = fixture_func(&fix, "f", filtered[i].ret, filtered[i].params);
		t.err = typed_spec__new(t.spec, &t.func, &t.typed, &t.diag);
		out = open_memstream(&text, &size);
		if (t.err)
			diag__print(&t.diag, t.spec->text, t.err, out);
		else
			print_terms(t.typed, out);
		fclose(out);
		assert_string_equal(text, filtered[i].got);
		if (!t.err)
			assert_int_equal(t.typed->nr_items, strlen(filtered[i].params));
		free(text);
		type_exit(&t);
	}
}

/* What a tracepoint does not have. The parser knows some of it already. */
static void tracepoints(void **state)
{
	static const struct {
		const char *filter, *message;
	} refusals[] = {
		{ "return", "a tracepoint has no return value" },
		{ "o->val@return", "a tracepoint has no return" },
		{ "duration() > 1", "a tracepoint has no duration" },
		{ "ret_ip() == 1", "a tracepoint has no return address" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		struct typing t = { 0 };

		assert_int_equal(spec__parse("tp:f", &t.spec, &t.diag), 0);
		assert_int_equal(spec__add_filter(t.spec, refusals[i].filter, &t.diag), 0);
		t.func = fixture_func(&fix, "f", 'v', "o");
		assert_int_equal(typed_spec__new(t.spec, &t.func, &t.typed, &t.diag), -EINVAL);
		assert_string_equal(t.diag.msg, refusals[i].message);
		type_exit(&t);
	}
}

/* Which specs have to wait for the return. */
static void needs_return(void **state)
{
	static const struct {
		const char *spec;
		bool needs;
	} specs[] = {
		{ "f(i)", false }, { "f(i, return)", true }, { "f(o->val)", false },
		{ "f(o->val@return)", true }, { "f(o@return)", true }, { "f(return < 0)", true },
		{ "f(i > 0)", false }, { "f(i > 0 && duration() > 5)", true }, { "f()", false },
		{ "f(buf(o, return))", true }, { "f(comm()@return)", true }, { "f", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(specs) / sizeof(*specs); i++) {
		struct typing t;

		type_it(&t, 'i', "oi", specs[i].spec);
		assert_int_equal(t.err, 0);
		if (typed_spec__needs_return(t.typed) != specs[i].needs)
			fail_msg("%s", specs[i].spec);
		type_exit(&t);
	}
}

static void equal(void **state)
{
	static const struct {
		const char *spec;
		bool equal;	/* the first two items */
	} specs[] = {
		{ "f(a = o->val, b = o->val)", true }, { "f(a = o->val, b = (*o).val)", true },
		{ "f(a = o->val, b = o2->val)", false }, { "f(a = o->val, b = o->small)", false },
		{ "f(a = o->neg, b = (u8)o->neg)", false },
		{ "f(a = o->val, b = o->val@return)", false },
		{ "f(a = i + 1, b = i + 1)", true }, { "f(a = i + 1, b = i - 1)", false },
		{ "f(a = i + 1, b = i + 2)", false }, { "f(a = comm(), b = comm())", true },
		{ "f(a = comm() == \"x\", b = comm() == \"x\")", true },
		{ "f(a = comm() == \"x\", b = comm() == \"y\")", false },
		{ "f(a = comm() == \"x\", b = comm() ~ \"x\")", false },
		{ "f(a = cpu(), b = pid())", false }, { "f(a = i ? 1 : 2, b = i ? 1 : 2)", true },
		{ "f(a = i ? 1 : 2, b = i ? 1 : 3)", false }, { "f(a = P.a, b = P.b)", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(specs) / sizeof(*specs); i++) {
		struct typing t;

		type_it(&t, 'i', "ooiP", specs[i].spec);
		assert_int_equal(t.err, 0);
		if (typed_expr__equal(t.typed->items[0].expr, t.typed->items[1].expr) !=
		    specs[i].equal)
			fail_msg("%s", specs[i].spec);
		type_exit(&t);
	}
}

/* (T) and the choice of functions by their parameters' types. */
static void is_type(void **state)
{
	static const struct {
		char letter;
		const char *cast;
		bool is;
	} types[] = {
		{ 'o', "(struct obj *)", true }, { 'o', "(const struct obj *)", true },
		{ 'o', "(struct obj)", false }, { 'O', "(struct obj **)", true },
		{ 'o', "(struct inner *)", false }, { 'o', "(union obj *)", false },
		{ 'i', "(int)", true }, { 'u', "(int)", false }, { 'y', "(u8)", true },
		{ 'y', "(unsigned char)", true }, { 's', "(char *)", true },
		{ 's', "(const char *)", true }, { 'p', "(void *)", true },
		{ 'o', "(void *)", false }, { 'a', "(enum color)", true },
		{ 'M', "(enum huge_mode)", true }, { 'F', "(struct opaque *)", true },
		{ 'F', "(union opaque *)", false }, { 'E', "(union either)", true },
		{ 'y', "(u8 *)", false }, { 'b', "(bool)", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		struct diag diag = DIAG_INIT;
		struct expr *expr;

		assert_int_equal(expr__parse(types[i].cast, &expr, &diag), 0);
		if (typed__is_type(fix.btf, fix.ids[(int)types[i].letter], &expr->type) !=
		    types[i].is)
			fail_msg("%c %s", types[i].letter, types[i].cast);
		expr__free(expr);
	}
}

/* Long expressions have names of a sensible length, chains all of theirs. */
static void long_names(void **state)
{
	struct typing t;

	(void)state;
	type_it(&t, 'v', "oi", "f(i + i + i + i + i + i + i + i + i + i + i + i + i + i + i + i + "
			       "i + i + i + i + i + i + i + i + i + i + i + i + i + i + i + i + i "
			       "+ i)");
	assert_int_equal(t.err, 0);
	assert_true(strlen(t.typed->items[0].path) <= 64);
	type_exit(&t);
	type_it(&t, 'v', "o", "f(o->next->next->next->next->next->next->next->next->next->"
			      "next->next->next->val)");
	assert_int_equal(t.err, 0);
	assert_int_equal(strlen(t.typed->items[0].path), 1 + 12 * 6 + 5);
	type_exit(&t);
}

/* One call that repeats itself in its argument must not take time that doubles with each. */
static void nested_calls(void **state)
{
	struct buf text = BUF_INIT;
	struct typing t;

	(void)state;
	buf__adds(&text, "f(");
	for (unsigned int i = 0; i < 25; i++)
		buf__adds(&text, "ip4((void *)");
	buf__adds(&text, "p");
	for (unsigned int i = 0; i < 25; i++)
		buf__addc(&text, ')');
	buf__addc(&text, ')');
	type_it(&t, 'v', "p", buf__str(&text));
	assert_int_equal(t.err, 0);
	type_exit(&t);
	buf__exit(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains),
		cmocka_unit_test(messages),
		cmocka_unit_test(left_out),
		cmocka_unit_test(adds_retval),
		cmocka_unit_test(names),
		cmocka_unit_test(filters),
		cmocka_unit_test(tracepoints),
		cmocka_unit_test(needs_return),
		cmocka_unit_test(equal),
		cmocka_unit_test(is_type),
		cmocka_unit_test(long_names),
		cmocka_unit_test(nested_calls),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
