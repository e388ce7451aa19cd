// SPDX-License-Identifier: GPL-2.0-only
/*
 * The C compiler as judge of expressions: those of spec_judge.inc are compiled here as C and, as
 * the same text, made specs of, whose plans are run (plan_machine.h) on the same values. Both have to
 * agree on the value and on the type, for each set of values.
 *
 *	C(expr)			a number or a pointer
 *	BITS(expr)		the same, where gcc has a type of its own (bitfields wider than int)
 *	STR(expr)		a string
 *	OBJ(expr)		a struct, union or array in memory
 *	IS(text, expr)		what a spec says in words that C does not have, and what that is
 *	THEN(text, expr)	the same, at the return of the function
 *	IF(expr)		a filter: whether there is an event
 *	IFS(text, expr)		both
 *
 * The parameters are those of SPEC_FUNC_PROTO (spec_types.h).
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <arpa/inet.h>

/* The kernel is compiled with -fno-strict-overflow: so is what is compared with it. */
#pragma GCC optimize("wrapv")
/* What a spec may say, a warning may be about. */
#pragma GCC diagnostic ignored "-Waddress"
#pragma GCC diagnostic ignored "-Wbool-compare"
#pragma GCC diagnostic ignored "-Wbool-operation"
#pragma GCC diagnostic ignored "-Wdiv-by-zero"
#pragma GCC diagnostic ignored "-Wduplicated-branches"
#pragma GCC diagnostic ignored "-Wenum-compare"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wint-in-bool-context"
#pragma GCC diagnostic ignored "-Wlogical-not-parentheses"
#pragma GCC diagnostic ignored "-Wmultichar"
#pragma GCC diagnostic ignored "-Wparentheses"
#pragma GCC diagnostic ignored "-Wshift-negative-value"
#pragma GCC diagnostic ignored "-Wshift-overflow"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wtautological-compare"
#pragma GCC diagnostic ignored "-Wtype-limits"
#pragma GCC diagnostic ignored "-Wunused-value"

#include "../../perf-plugin/plan/event.h"
#include "../../perf-plugin/types/type.h"
#include "plan_machine.h"
#include "spec_types.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static struct spec_types types;

/* What f() is called with; the objects that its first parameter leads to. */
static struct call {
	struct obj *o;
	int i;
	unsigned int u;
	long l;
	unsigned long ul;
	short s;
	unsigned char uc;
	signed char sc;
	bool b;
	enum color e;
	const char *str;
	void *p;
	long retval;
} call;

#define NR_OBJS	3
static struct obj objs[NR_OBJS], at_entry[NR_OBJS];
static struct node nodes[4], nodes_at_entry[4];
static struct obj *obj_ptrs[2];
static u32 counts[8];
static const char *const names[] = { "lo", "eth0", "wlan0", NULL };
static char label[] = "a label";

/* ---- values ---------------------------------------------------------------------------------- */

static uint64_t seed;

static uint64_t next_random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

/* What integers are made of: small numbers, negative ones, all bits, none; then left to chance. */
static uint64_t next_number(unsigned int set)
{
	static const uint64_t edges[] = {
		0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
		0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff, 0x100000000,
	};

	switch (set) {
	case 0:
		return next_random() % 100 + 1;
	case 1:
		return -(next_random() % 100) - 1;
	case 2:
		return ~0ULL;
	case 3:
		return 0;
	case 4: case 5: case 6:
		return edges[next_random() % NR(edges)];
	default:
		return next_random();
	}
}

#define NR_SETS	10

static void fill_numbers(struct obj *o, unsigned int set)
{
	uint8_t *bytes = (uint8_t *)o;

	/* Everything, the padding too; then what only has some values. */
	for (size_t i = 0; i < sizeof(*o); i++)
		bytes[i] = next_number(set);
	o->i16 = next_number(set);
	o->u16 = next_number(set);
	o->i32 = next_number(set);
	o->u32 = next_number(set);
	o->i64 = next_number(set);
	o->u64 = next_number(set);
	o->ll = next_number(set);
	o->ull = next_number(set);
	o->flag = next_number(set) & 1;
	o->bf = next_number(set) & 1;
	o->color = (int[]){ RED, GREEN, BLUE }[next_random() % 3];
	o->mode = (int[]){ OFF, ON, ALL }[next_random() % 3];
	o->far = next_random() % 2 ? FAR : next_number(set);
	o->deep = next_random() % 2 ? DEEP : (long)next_number(set);
}

static void fill_nodes(struct node *node, unsigned int nr, unsigned int set)
{
	for (unsigned int i = 0; i < nr; i++)
		node[i] = (struct node){
			.next = &nodes[(i + 1) % 4], .val = next_number(set),
			.key = next_number(set), .kind = next_number(set), .tag = next_number(set),
		};
}

static void fill_objects(unsigned int set)
{
	for (int i = 0; i < NR_OBJS; i++) {
		struct obj *o = &objs[i];

		fill_numbers(o, set);
		fill_nodes(&o->in, 1, set);
		fill_nodes(o->arr, 3, set);
		o->next = i + 1 < NR_OBJS ? &objs[i + 1] : NULL;
		o->inp = &nodes[i];
		o->ptrs[0] = &nodes[3];
		o->ptrs[1] = &nodes[i + 1];
		o->un.ptr = &nodes[2];
		o->pp = obj_ptrs;
		o->priv = &nodes[1];
		o->hidden = (struct opaque *)&objs[0];
		o->fn = NULL;
		o->counts = counts;
		memset(o->name, 0, sizeof(o->name));
		strcpy(o->name, names[i]);
		o->label = label;
		o->names = names;
	}
	fill_nodes(nodes, 4, set);
	for (unsigned int i = 0; i < NR(counts); i++)
		counts[i] = next_number(set);
	obj_ptrs[0] = &objs[1];
	obj_ptrs[1] = &objs[2];
}

static void fill(unsigned int set)
{
	seed = 0x9e3779b97f4a7c15 * (set + 1);
	fill_objects(set);
	call = (struct call){
		.o = &objs[0], .i = next_number(set), .u = next_number(set),
		.l = next_number(set), .ul = next_number(set), .s = next_number(set),
		.uc = next_number(set), .sc = next_number(set), .b = next_number(set) & 1,
		.e = (int[]){ RED, GREEN, BLUE }[set % 3], .str = names[set % 3], .p = &objs[1],
		.retval = next_number(set),
	};
	memory.nr = 0;
	memory_add(objs, sizeof(objs));
	memory_add(nodes, sizeof(nodes));
	memory_add(obj_ptrs, sizeof(obj_ptrs));
	memory_add(counts, sizeof(counts));
	memory_add(names, sizeof(names));
	memory_add(label, sizeof(label));
	for (unsigned int i = 0; names[i]; i++)
		memory_add(names[i], strlen(names[i]) + 1);
}

/* While the function runs: other numbers, the same pointers. */
static unsigned int current_set;

static void at_return(void)
{
	struct obj *o = &objs[0];

	memcpy(at_entry, objs, sizeof(objs));
	memcpy(nodes_at_entry, nodes, sizeof(nodes));
	o->i32 += 5;
	o->u32 ^= 0xff;
	o->i64 = ~o->i64;
	o->u8++;
	o->a3++;
	o->s6--;
	o->next->i32 -= 7;
	nodes[0].val += 100;
	o->ptrs[1] = &nodes[3];
	strcpy(o->name, "renamed");
}

/* ---- the spec's side ------------------------------------------------------------------------- */

/* Where an expression stands, for messages: the spec's text, the values. */
struct judged {
	const char *text;
	struct spec *spec;
	struct typed_spec *typed;
	struct event_list *events;
	struct event *event;
	struct frame frame;
	struct raw raw;
	bool is_event;
};

static void judged_fail(const struct judged *j, const char *what, const struct diag *diag)
{
	diag__print(diag, j->spec ? j->spec->text : NULL, -EINVAL, stderr);
	fail_msg("%s (values %u): %s", j->text, current_set, what);
}

static void pass_parameters(struct judged *j)
{
	const struct kfunc *f = types.funcs;

	frame_pass(&j->frame, f, 0, &call.o, 8);
	frame_pass(&j->frame, f, 1, &call.i, 4);
	frame_pass(&j->frame, f, 2, &call.u, 4);
	frame_pass(&j->frame, f, 3, &call.l, 8);
	frame_pass(&j->frame, f, 4, &call.ul, 8);
	frame_pass(&j->frame, f, 5, &call.s, 2);
	frame_pass(&j->frame, f, 6, &call.uc, 1);
	frame_pass(&j->frame, f, 7, &call.sc, 1);
	frame_pass(&j->frame, f, 8, &call.b, 1);
	frame_pass(&j->frame, f, 9, &call.e, 4);
	frame_pass(&j->frame, f, 10, &call.str, 8);
	frame_pass(&j->frame, f, 11, &call.p, 8);
	j->frame.retval = call.retval;
}

/* Types @text, "x=" in front of it makes an item's, and plans it; @filter may be NULL. */
static void judged_init(struct judged *j, const char *text, const char *item, const char *filter)
{
	const struct event_opts opts = { .max_data = 4096, .max_string = 64 };
	struct diag diag = DIAG_INIT;
	char spec[512];

	memset(j, 0, sizeof(*j));
	j->text = text;
	snprintf(spec, sizeof(spec), "f(x=%s)", item);
	if (spec__parse(spec, &j->spec, &diag))
		judged_fail(j, "not parsed", &diag);
	if (filter && spec__add_filter(j->spec, filter, &diag))
		judged_fail(j, "not parsed", &diag);
	if (typed_spec__new(j->spec, types.funcs, &j->typed, &diag))
		judged_fail(j, "not typed", &diag);
	assert_int_equal(event_list__new(&j->events), 0);
	if (event_list__add(j->events, j->typed, &opts, &diag))
		judged_fail(j, "not planned", &diag);
	assert_int_equal(j->events->nr, 1);
	j->event = j->events->events[0];
	diag__exit(&diag);
	pass_parameters(j);
}

static void judged_run(struct judged *j, bool kprobe, void (*between)(void))
{
	j->frame.kprobe = kprobe;
	j->is_event = machine_call(j->events, j->event, 0, &j->frame, between, &j->raw);
}

static void judged_exit(struct judged *j)
{
	typed_spec__free(j->typed);
	spec__free(j->spec);
	event_list__free(j->events);
}

static const struct field *judged_field(struct judged *j, enum field_kind kind)
{
	const struct field *f = schema_field(&j->event->schema, "x");

	if (!j->is_event)
		fail_msg("%s (values %u): no event", j->text, current_set);
	if (f->kind != kind)
		fail_msg("%s: a field of kind %d, not %d", j->text, f->kind, kind);
	if (raw_status(&j->event->schema, f, &j->raw) != ITEM_OK)
		fail_msg("%s (values %u): status %d", j->text, current_set,
			 raw_status(&j->event->schema, f, &j->raw));
	return f;
}

/* The type's name as C's _Generic tells it below, and "pointer" for all of them. */
static const char *type_word(uint32_t id, unsigned int ptr_depth)
{
	static struct buf name = BUF_INIT;
	struct type_info info;

	type__info(types.btf, id, &info);
	if (ptr_depth || info.cls == TYPE_POINTER)
		return "pointer";
	if (info.cls == TYPE_ENUM)
		return info.size == 8 ? info.is_signed ? "long" : "unsigned long" :
					info.is_signed ? "int" : "unsigned int";
	/* Here both are 8 bytes. */
	if (info.cls == TYPE_INT && info.size == 8)
		return info.is_signed ? "long" : "unsigned long";
	buf__exit(&name);
	type__name(types.btf, type__strip(types.btf, id), &name);
	return buf__str(&name);
}

static void judge_number(const char *text, const char *item, const char *type, int64_t value,
			 void (*between)(void))
{
	struct judged j;

	judged_init(&j, text, item, NULL);
	for (int kprobe = 0; kprobe < 2; kprobe++) {
		const struct field *f;
		int64_t got;

		fill(current_set);
		judged_run(&j, kprobe, between);
		f = judged_field(&j, FIELD_SCALAR);
		got = raw_u64(&j.raw, f->offset);
		if (got != value)
			fail_msg("%s (values %u): %#llx (%lld), in C %#llx (%lld)", text,
				 current_set, (long long)got, (long long)got, (long long)value,
				 (long long)value);
	}
	if (*type) {
		const struct typed_item *i = &j.typed->items[0];
		const char *word = type_word(i->type.id, i->type.ptr_depth);

		if (strcmp(word, type))
			fail_msg("%s: its type is %s, in C %s", text, word, type);
	}
	judged_exit(&j);
}

static void judge_string(const char *text, const char *value)
{
	struct judged j;

	judged_init(&j, text, text, NULL);
	judged_run(&j, false, NULL);
	assert_string_equal(raw_string(judged_field(&j, FIELD_STRING), &j.raw), value);
	judged_exit(&j);
}

static void judge_object(const char *text, const void *value, size_t size)
{
	const struct field *f;
	struct judged j;

	judged_init(&j, text, text, NULL);
	judged_run(&j, false, NULL);
	f = judged_field(&j, FIELD_BYTES);
	assert_int_equal(f->full_size, size);
	assert_int_equal(f->size, size);
	assert_memory_equal(j.raw.bytes + f->offset, value, size);
	judged_exit(&j);
}

static void judge_filter(const char *text, bool value, void (*between)(void))
{
	struct judged j;

	judged_init(&j, text, "1", text);
	for (int kprobe = 0; kprobe < 2; kprobe++) {
		fill(current_set);
		judged_run(&j, kprobe, between);
		if (j.is_event != value)
			fail_msg("%s (values %u): %s event", text, current_set,
				 j.is_event ? "an" : "no");
	}
	judged_exit(&j);
}

/* ---- C's side -------------------------------------------------------------------------------- */

#define C_TYPE(...) (__builtin_classify_type((0, (__VA_ARGS__))) == 5 ? "pointer" :		\
	_Generic((0, (__VA_ARGS__)), char: "char", signed char: "signed char",			\
		 unsigned char: "unsigned char", short: "short",				\
		 unsigned short: "unsigned short", int: "int", unsigned int: "unsigned int",	\
		 long: "long", unsigned long: "unsigned long", long long: "long",		\
		 unsigned long long: "unsigned long", _Bool: "_Bool", default: ""))

#define C(...)		judge_number(#__VA_ARGS__, #__VA_ARGS__, C_TYPE(__VA_ARGS__),		\
				     (int64_t)(__VA_ARGS__), NULL)
#define BITS(...)	judge_number(#__VA_ARGS__, #__VA_ARGS__, "", (int64_t)(__VA_ARGS__), NULL)
#define IS(text, ...)	judge_number(text, text, "", (int64_t)(__VA_ARGS__), NULL)
#define STR(...)	judge_string(#__VA_ARGS__, __VA_ARGS__)
#define OBJ(...)	judge_object(#__VA_ARGS__, &(__VA_ARGS__), sizeof(__VA_ARGS__))
#define IF(...)		judge_filter(#__VA_ARGS__, (__VA_ARGS__) ? true : false, NULL)
#define IFS(text, ...)	judge_filter(text, (__VA_ARGS__) ? true : false, NULL)

#define THEN(text, ...) do {									\
	const struct obj *was __attribute__((unused)) = at_entry;				\
	int64_t value_;										\
												\
	at_return();										\
	value_ = (int64_t)(__VA_ARGS__);							\
	judge_number(text, text, "", value_, at_return);					\
	fill(current_set);									\
} while (0)

/* The C parts of a case run with f()'s parameters; overflow is what it is in the kernel. */
#define CASE(name)										\
	__attribute__((no_sanitize("undefined")))						\
	static void name##_of(struct obj *o, int i, unsigned int u, long l, unsigned long ul,	\
			      short s, unsigned char uc, signed char sc, bool b, enum color e,	\
			      const char *str, void *p);					\
	static void name(void **state)								\
	{											\
		(void)state;									\
		for (current_set = 0; current_set < NR_SETS; current_set++) {			\
			fill(current_set);							\
			name##_of(call.o, call.i, call.u, call.l, call.ul, call.s, call.uc,	\
				  call.sc, call.b, call.e, call.str, call.p);			\
		}										\
	}											\
	__attribute__((no_sanitize("undefined")))						\
	static void name##_of(__attribute__((unused)) struct obj *o,				\
			      __attribute__((unused)) int i,					\
			      __attribute__((unused)) unsigned int u,				\
			      __attribute__((unused)) long l,					\
			      __attribute__((unused)) unsigned long ul,				\
			      __attribute__((unused)) short s,					\
			      __attribute__((unused)) unsigned char uc,				\
			      __attribute__((unused)) signed char sc,				\
			      __attribute__((unused)) bool b,					\
			      __attribute__((unused)) enum color e,				\
			      __attribute__((unused)) const char *str,				\
			      __attribute__((unused)) void *p)

#include "spec_judge.inc"

static int setup(void **state)
{
	(void)state;
	spec_types_build(&types);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	btf__free(types.btf);
	return 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test(name),
	const struct CMUnitTest tests[] = { JUDGE_CASES(TEST) };

	return cmocka_run_group_tests(tests, setup, teardown);
}
