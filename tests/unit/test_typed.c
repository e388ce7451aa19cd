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

/*
 * r0 is the first register, s0 the first word on the stack, ".1" a parameter's second word;
 * u32[x+8] loads, s16(x) extends, x.bits(3,7) takes 7 bits from bit 3 on, "s" behind them: signed.
 */
static void dump_expr(const struct typed_expr *e, struct buf *out)
{
	char sign = e->is_signed ? 's' : 'u';

	switch (e->op) {
	case TYPED_PARAM:
		buf__addf(out, "%c%u", e->param.on_stack ? 's' : 'r', e->param.place);
		if (e->imm)
			buf__addf(out, ".%d", (int)e->imm);
		break;
	case TYPED_RETVAL:
		buf__adds(out, "ret");
		break;
	case TYPED_ADD:
		dump_expr(e->base, out);
		buf__addf(out, "+%d", (int)e->imm);
		break;
	case TYPED_LOAD:
		buf__addf(out, "%c%u[", sign, 8 * e->size);
		dump_expr(e->base, out);
		if (e->imm)
			buf__addf(out, "+%d", (int)e->imm);
		buf__adds(out, "]");
		break;
	case TYPED_EXTEND:
		buf__addf(out, "%c%u(", sign, 8 * e->size);
		dump_expr(e->base, out);
		buf__adds(out, ")");
		break;
	case TYPED_BITS:
		dump_expr(e->base, out);
		buf__addf(out, ".bits(%d,%u)%s", (int)e->imm, e->size, e->is_signed ? "s" : "");
		break;
	}
}

/* "path = type: kind expression", and what else is true of it. */
static void dump_item(const struct typed_item *item, struct buf *out)
{
	static const char *const kinds[] = { "scalar", "object", "string", "by value" };

	buf__addf(out, "%s = ", item->path);
	type__name(fix.btf, item->type_id, out);
	buf__addf(out, ": %s%s ", item->is_signed ? "signed " : "", kinds[item->kind]);
	dump_expr(item->expr, out);
	if (item->pointee) {
		buf__adds(out, " -> ");
		type__name(fix.btf, item->pointee, out);
	}
	buf__adds(out, item->is_return ? " retval" : "");
	buf__adds(out, item->at_return ? " at return" : "");
	buf__adds(out, item->can_fail ? " can fail" : "");
}

static const struct {
	char ret;
	const char *params;
	const char *spec;
	const char *typed;
} resolved[] = {
	/* Parameters: as wide as their types. */
	{ 'v', "i", "f(i)", "i = int: signed scalar s32(r0)" },
	{ 'v', "u", "f(u)", "u = unsigned int: scalar u32(r0)" },
	{ 'v', "iy", "f(y)", "y = u8: scalar u8(r1)" },
	{ 'v', "nh", "f(n)", "n = signed char: signed scalar s8(r0)" },
	{ 'v', "nh", "f(h)", "h = short: signed scalar s16(r1)" },
	{ 'v', "b", "f(b)", "b = _Bool: scalar u8(r0)" },
	{ 'v', "c", "f(c)", "c = char: signed scalar s8(r0)" },
	{ 'v', "l", "f(l)", "l = long: signed scalar r0" },
	{ 'v', "U", "f(U)", "U = unsigned long: scalar r0" },
	{ 'v', "a", "f(a)", "a = enum color: signed scalar s32(r0)" },
	{ 'v', "m", "f(m)", "m = enum mode: scalar u32(r0)" },
	{ 'v', "M", "f(M)", "M = enum huge_mode: scalar r0" },
	{ 'v', "p", "f(p)", "p = void *: scalar r0" },
	{ 'v', "F", "f(F)", "F = struct opaque *: scalar r0" },
	{ 'v', "O", "f(O)", "O = struct obj **: scalar r0" },
	{ 'v', "s", "f(s)", "s = const char *: string r0 can fail" },
	{ 'v', "o", "f(o)", "o = struct obj *: scalar r0 -> struct obj can fail" },
	{ 'v', "iiiiiih", "f(h)", "h = short: signed scalar s16(s0) can fail" },
	{ 'v', "iiiiiio", "f(o)", "o = struct obj *: scalar s0 -> struct obj can fail" },
	{ 'v', "iiiiiio", "f(o->val)", "o__val = int: signed scalar s32[s0+8] can fail" },

	/* Members. */
	{ 'v', "o", "f(o->val)", "o__val = int: signed scalar s32[r0+8] can fail" },
	{ 'v', "o", "f(o->next)", "o__next = struct obj *: scalar u64[r0] can fail" },
	{ 'v', "o", "f(o->next->next->small)",
	  "o__next__next__small = u8: scalar u8[u64[u64[r0]]+12] can fail" },
	{ 'v', "o", "f(o->neg)", "o__neg = signed char: signed scalar s8[r0+13] can fail" },
	{ 'v', "o", "f(o->shorty)", "o__shorty = short: signed scalar s16[r0+14] can fail" },
	{ 'v', "o", "f(o->in.z)", "o__in__z = short: signed scalar s16[r0+76] can fail" },
	{ 'v', "o", "f(o->inp->z)", "o__inp__z = short: signed scalar s16[u64[r0+80]+4] can fail" },
	{ 'v', "o", "f((*o).val)", "o__val = int: signed scalar s32[r0+8] can fail" },
	{ 'v', "o", "f(o->flag)", "o__flag = _Bool: scalar u8[r0+144] can fail" },
	{ 'v', "o", "f(o->color)", "o__color = enum color: signed scalar s32[r0+148] can fail" },
	{ 'v', "o", "f(o->mode)", "o__mode = enum mode: scalar u32[r0+152] can fail" },
	{ 'v', "o", "f(o->fn)", "o__fn = int (*)(void): scalar u64[r0+184] can fail" },
	{ 'v', "o", "f(o->hidden)", "o__hidden = struct opaque *: scalar u64[r0+64] can fail" },
	{ 'v', "o", "f(o->priv)", "o__priv = void *: scalar u64[r0+56] can fail" },
	{ 'v', "o", "f(o->label)", "o__label = const char *: string u64[r0+48] can fail" },
	{ 'v', "o", "f(o->au)", "o__au = int: signed scalar s32[r0+88] can fail" },
	{ 'v', "o", "f(o->ac)", "o__ac = u8: scalar u8[r0+89] can fail" },
	{ 'v', "o", "f(o->un.i)", "o__un__i = int: signed scalar s32[r0+192] can fail" },

	/* Bitfields: the bytes they are in, then their bits. */
	{ 'v', "o", "f(o->a3)", "o__a3 = unsigned int: scalar u8[r0+16].bits(0,3) can fail" },
	{ 'v', "o", "f(o->b11)", "o__b11 = unsigned int: scalar u16[r0+16].bits(3,11) can fail" },
	{ 'v', "o", "f(o->s6)", "o__s6 = int: signed scalar u16[r0+17].bits(6,6)s can fail" },
	{ 'v', "o", "f(o->w50)",
	  "o__w50 = unsigned long: scalar u56[r0+24].bits(0,50) can fail" },
	{ 'v', "o", "f(o->x14)",
	  "o__x14 = unsigned long: scalar u16[r0+30].bits(2,14) can fail" },

	/* Arrays. */
	{ 'v', "o", "f(o->name)", "o__name = char[16]: object r0+32 can fail" },
	{ 'v', "o", "f(o->name[3])", "o__name__3 = char: signed scalar s8[r0+35] can fail" },
	{ 'v', "o", "f(*o->name)", "o__name = char: signed scalar s8[r0+32] can fail" },
	{ 'v', "o", "f(o->grid)", "o__grid = int[2][3]: object r0+92 can fail" },
	{ 'v', "o", "f(o->grid[1])", "o__grid__1 = int[3]: object r0+104 can fail" },
	{ 'v', "o", "f(o->grid[1][2])",
	  "o__grid__1__2 = int: signed scalar s32[r0+112] can fail" },
	{ 'v', "o", "f(**o->grid)", "o__grid = int: signed scalar s32[r0+92] can fail" },
	{ 'v', "o", "f(o->arr[1].z)", "o__arr__1__z = short: signed scalar s16[r0+128] can fail" },
	{ 'v', "o", "f(o->arr->x)", "o__arr__x = int: signed scalar s32[r0+116] can fail" },
	{ 'v', "o", "f(o->arr[1])", "o__arr__1 = struct inner: object r0+124 can fail" },
	{ 'v', "o", "f(o->tail[5])", "o__tail__5 = u8: scalar u8[r0+213] can fail" },
	{ 'v', "o", "f(o->strs[2])", "o__strs__2 = char *: string u64[u64[r0+200]+16] can fail" },
	{ 'v', "o", "f(o->next[2].val)",
	  "o__next__2__val = int: signed scalar s32[u64[r0]+424] can fail" },

	/* Pointers followed. */
	{ 'v', "o", "f(*o)", "o = struct obj: object r0 can fail" },
	{ 'v', "o", "f(o[0])", "o__0 = struct obj: object r0 can fail" },
	{ 'v', "o", "f(o[1].small)", "o__1__small = u8: scalar u8[r0+220] can fail" },
	{ 'v', "O", "f(*O)", "O = struct obj *: scalar u64[r0] can fail" },
	{ 'v', "O", "f(**O)", "O = struct obj: object u64[r0] can fail" },
	{ 'v', "O", "f((*O)->val)", "O__val = int: signed scalar s32[u64[r0]+8] can fail" },
	{ 'v', "O", "f(O[1]->val)", "O__1__val = int: signed scalar s32[u64[r0+8]+8] can fail" },
	{ 'v', "s", "f(*s)", "s = const char: signed scalar s8[r0] can fail" },
	{ 'v', "s", "f(s[7])", "s__7 = const char: signed scalar s8[r0+7] can fail" },

	/* Objects of other kinds. */
	{ 'v', "o", "f(o->in)", "o__in = struct inner: object r0+72 can fail" },
	{ 'v', "o", "f(*o->inp)", "o__inp = struct inner: object u64[r0+80] can fail" },
	{ 'v', "o", "f(o->un)", "o__un = union either: object r0+192 can fail" },
	{ 'v', "o", "f(o->huge)", "o__huge = __int128 unsigned: object r0+160 can fail" },
	{ 'v', "o", "f(o->dbl)", "o__dbl = double: object r0+176 can fail" },

	/* Structs by value: in the words of the parameter. */
	{ 'v', "iI", "f(I)", "I = struct inner: by value r1" },
	{ 'v', "iIi", "f(I.x)", "I__x = int: signed scalar r1.bits(0,32)s" },
	{ 'v', "iIi", "f(I.z)", "I__z = short: signed scalar r1.bits(32,16)s" },
	{ 'v', "iP", "f(P)", "P = struct pair: by value r1" },
	{ 'v', "iP", "f(P.ptr)", "P__ptr = struct inner *: scalar r1" },
	{ 'v', "iP", "f(P.ptr->z)", "P__ptr__z = short: signed scalar s16[r1+4] can fail" },
	{ 'v', "iP", "f(*P.ptr)", "P__ptr = struct inner: object r1 can fail" },
	{ 'v', "iP", "f(P.a)", "P__a = int: signed scalar r1.1.bits(0,32)s" },
	{ 'v', "iP", "f(P.b)", "P__b = u8: scalar r1.1.bits(32,3)" },
	{ 'v', "iP", "f(P.c)", "P__c = u8: scalar r1.1.bits(35,5)" },
	{ 'v', "iP", "f(P.tag[2])", "P__tag__2 = char: signed scalar r1.1.bits(56,8)s" },
	{ 'v', "iP", "f(*P.tag)", "P__tag = char: signed scalar r1.1.bits(40,8)s" },
	{ 'v', "iiiiiP", "f(P.a)", "P__a = int: signed scalar s0.1.bits(0,32)s can fail" },
	{ 'v', "iB", "f(B.one)", "B__one = unsigned long: scalar s0 can fail" },
	{ 'v', "iB", "f(B.two)", "B__two = int: signed scalar s0.1.bits(0,32)s can fail" },
	{ 'v', "iB", "f(B.three)", "B__three = unsigned long: scalar s0.2 can fail" },
	{ 'v', "E", "f(E.bytes[7])", "E__bytes__7 = u8: scalar r0.bits(56,8)" },
	{ 'v', "A", "f(A.first)", "A__first = u8[8]: by value r0" },
	{ 'v', "k", "f(k.b)", "k__b = int: signed scalar s0.bits(8,32)s can fail" },
	{ 'v', "q", "f(q)", "q = __int128 unsigned: by value r0" },

	/* Return values. */
	{ 'i', "", "f(return)", "retval = int: signed scalar s32(ret) retval at return" },
	{ 'b', "", "f(return)", "retval = _Bool: scalar u8(ret) retval at return" },
	{ 'y', "", "f(return)", "retval = u8: scalar u8(ret) retval at return" },
	{ 'h', "", "f(return)", "retval = short: signed scalar s16(ret) retval at return" },
	{ 'l', "", "f(return)", "retval = long: signed scalar ret retval at return" },
	{ 'a', "", "f(return)", "retval = enum color: signed scalar s32(ret) retval at return" },
	{ 'o', "", "f(return)", "retval = struct obj *: scalar ret retval at return" },
	{ 's', "", "f(return)", "retval = const char *: string ret retval at return can fail" },
	{ 'o', "", "f(return->val)",
	  "retval__val = int: signed scalar s32[ret+8] at return can fail" },
	{ 'o', "", "f(*return)", "retval = struct obj: object ret at return can fail" },

	{ 'I', "", "f(return)", "retval = struct inner: by value ret retval at return" },
	{ 'I', "", "f(return.z)",
	  "retval__z = short: signed scalar ret.bits(32,16)s at return" },
	{ 'E', "", "f(return.bytes[7])",
	  "retval__bytes__7 = u8: scalar ret.bits(56,8) at return" },
	{ 'E', "", "f(return.bytes)", "retval__bytes = u8[8]: by value ret at return" },

	/* Names. */
	{ 'v', "o", "f(a=o->val)", "a = int: signed scalar s32[r0+8] can fail" },
	{ 'i', "i", "f(i, return, j=i)",
	  "i = int: signed scalar s32(r0)\n"
	  "retval = int: signed scalar s32(ret) retval at return\n"
	  "j = int: signed scalar s32(r0)" },

	/* No items: all parameters; "f()" is none. */
	{ 'i', "o_ib", "f",
	  "o = struct obj *: scalar r0 -> struct obj can fail\n"
	  "arg1 = int: signed scalar s32(r1)\n"
	  "b = _Bool: scalar u8(r2)" },
	{ 'i', "oi", "f()", "" },
	{ 'i', "", "f", "" },
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
		for (unsigned int n = 0; n < t.typed->nr_items; n++) {
			buf__adds(&got, n ? "\n" : "");
			dump_item(&t.typed->items[n], &got);
		}
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
	  "       ^\n" },
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
	  "     ^\n" },
	{ 'v', "i", "f(i[2])",
	  "error: int cannot be indexed\n"
	  "  f(i[2])\n"
	  "    ^\n" },
	{ 'v', "p", "f(p[2])",
	  "error: void * cannot be indexed\n"
	  "  f(p[2])\n"
	  "    ^\n" },
	{ 'v', "o", "f(o->grid[2])",
	  "error: the array has only 2 elements\n"
	  "  f(o->grid[2])\n"
	  "            ^\n" },
	{ 'v', "oi", "f(o->grid[i])",
	  "error: an index has to be a number\n"
	  "  f(o->grid[i])\n"
	  "            ^\n" },
	{ 'v', "p", "f(*p)",
	  "error: nothing is known of what void * points to\n"
	  "  f(*p)\n"
	  "     ^\n" },
	{ 'v', "o", "f(o->priv->x)",
	  "error: nothing is known of what void * points to\n"
	  "  f(o->priv->x)\n"
	  "             ^\n" },
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
	{ 'v', "o", "f(o->val + 1)",
	  "error: this cannot be recorded\n"
	  "  f(o->val + 1)\n"
	  "    ^~~~~~~~~~\n"
	  "hint: an item is a parameter, a member reached from one with ->, . or [n], *pointer, "
	  "or return\n" },
	{ 'v', "o", "f(&o->val)",
	  "error: this cannot be recorded\n"
	  "  f(&o->val)\n"
	  "    ^~~~~~~\n"
	  "hint: an item is a parameter, a member reached from one with ->, . or [n], *pointer, "
	  "or return\n" },
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains),
		cmocka_unit_test(messages),
		cmocka_unit_test(left_out),
		cmocka_unit_test(adds_retval),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
