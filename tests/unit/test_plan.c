// SPDX-License-Identifier: GPL-2.0-only
/*
 * plan/event.h and plan/layout.h: what a plan records is what its schema says. Plans are run by
 * plan_machine.h on structs of this program.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "../../perf-plugin/plan/event.h"
#include "../../perf-plugin/plan/name.h"
#include "plan_test.h"

/* ---- values -------------------------------------------------------------------------------- */

/* Records x=@item with f(@params) called with @o for its last parameter, by both kinds of probe. */
static void check_item(const char *params, const char *item, const void *o, int64_t value,
		       enum item_status status, bool is_signed)
{
	struct plan_test t;
	char text[256];

	snprintf(text, sizeof(text), "f(x=%s)", item);
	plan_init(&t, 'i', params, text);
	frame_pass(&t.frame, &t.func, strlen(params) - 1, &o, 8);
	for (int kprobe = 0; kprobe < 2; kprobe++) {
		enum item_status got_status;
		struct event *event;
		uint64_t got;

		t.frame.kprobe = kprobe;
		event = plan_record(&t, 0, NULL);
		got = field_value(event, "x", &t.raw, &got_status);
		if (got != (uint64_t)value || got_status != status)
			fail_msg("%s: %#llx (%d), not %#llx (%d)", text, (long long)got,
				 got_status, (long long)value, status);
		assert_int_equal(schema_field(&event->schema, "x")->is_signed, is_signed);
	}
	plan_exit(&t);
}

#define CHECK(item, value, is_signed)	\
	check_item("o", item, &obj, value, ITEM_OK, is_signed); \
	check_item("iiiiiiio", item, &obj, value, ITEM_OK, is_signed)

static void scalars(void **state)
{
	(void)state;
	CHECK("o->val", obj.val, true);
	CHECK("o->small", obj.small, false);
	CHECK("o->neg", obj.neg, true);
	CHECK("o->shorty", obj.shorty, true);
	CHECK("o->a3", obj.a3, false);
	CHECK("o->b11", obj.b11, false);
	CHECK("o->s6", obj.s6, true);
	CHECK("o->w50", (int64_t)obj.w50, false);
	CHECK("o->x14", (int64_t)obj.x14, false);
	CHECK("o->priv", (intptr_t)obj.priv, false);
	CHECK("o->next", (intptr_t)obj.next, false);
	CHECK("o->next->val", next.val, true);
	CHECK("o->in.x", obj.in.x, true);
	CHECK("o->in.z", obj.in.z, true);
	CHECK("o->in.y", obj.in.y, false);
	CHECK("o->inp->x", inner.x, true);
	CHECK("o->inp->z", inner.z, true);
	CHECK("o->au", obj.au, true);
	CHECK("o->ab", obj.ab, false);
	CHECK("o->ac", obj.ac, false);
	CHECK("o->grid[1][2]", obj.grid[1][2], true);
	CHECK("**o->grid", obj.grid[0][0], true);
	CHECK("o->arr[1].x", obj.arr[1].x, true);
	CHECK("o->arr->z", obj.arr->z, true);
	CHECK("o->pp[1]->val", obj.val, true);
	CHECK("(*o->pp)->val", next.val, true);
	CHECK("o->flag", obj.flag, false);
	CHECK("o->color", obj.color, true);
	CHECK("o->mode", obj.mode, false);
	CHECK("o->un.i", obj.un.i, true);
	CHECK("o->un.bytes[3]", obj.un.bytes[3], false);
	CHECK("o->name[1]", obj.name[1], true);
	CHECK("o->strs", (intptr_t)obj.strs, false);
	CHECK("o[0].val", obj.val, true);
}

static void scalars_that_fail(void **state)
{
	(void)state;
	check_item("o", "o->val", NULL, 0, ITEM_NULL, true);
	check_item("o", "o->val", NOWHERE, 0, ITEM_FAULT, true);
	check_item("o", "o->a3", NULL, 0, ITEM_NULL, false);
	check_item("o", "o->s6", NOWHERE, 0, ITEM_FAULT, true);
	/* A NULL on the way stays one, whatever is read behind it. */
	check_item("o", "o->next->next->val", &obj, 0, ITEM_NULL, true);
	check_item("o", "o->next->next->next->inp->z", &obj, 0, ITEM_NULL, true);
	check_item("o", "o->next->next->grid[1][1]", &obj, 0, ITEM_NULL, true);
	check_item("o", "o->next->val", NOWHERE, 0, ITEM_FAULT, true);
	check_item("o", "o->next->next", &obj, 0, ITEM_OK, false);
	/* The end of what can be read. */
	check_item("o", "o->tail[0]", &obj, 0, ITEM_FAULT, false);
}

/* Registers have more bits than the parameters in them. */
static void narrow_parameters(void **state)
{
	struct frame frame = { 0 };
	enum item_status status;
	struct plan_test t;
	struct event *event;
	int i = -5;
	int8_t n = -6;
	int16_t h = -7;
	uint8_t y = 0x88;
	bool b = true;
	unsigned int m = 0xfffffffe, u = 0x80000000;

	(void)state;
	plan_init(&t, 'i', "inhybmu", "f(i, n, h, y, b, m, u)");
	frame_pass(&frame, &t.func, 0, &i, 4);
	frame_pass(&frame, &t.func, 1, &n, 1);
	frame_pass(&frame, &t.func, 2, &h, 2);
	frame_pass(&frame, &t.func, 3, &y, 1);
	frame_pass(&frame, &t.func, 4, &b, 1);
	frame_pass(&frame, &t.func, 5, &m, 4);
	frame_pass(&frame, &t.func, 6, &u, 4);
	t.frame = frame;
	event = plan_record(&t, 0, NULL);
	assert_int_equal(field_value(event, "i", &t.raw, &status), (int64_t)i);
	assert_int_equal(field_value(event, "n", &t.raw, &status), (int64_t)n);
	assert_int_equal(field_value(event, "h", &t.raw, &status), (int64_t)h);
	assert_int_equal(field_value(event, "y", &t.raw, &status), y);
	assert_int_equal(field_value(event, "b", &t.raw, &status), 1);
	assert_int_equal(field_value(event, "m", &t.raw, &status), m);
	assert_int_equal(field_value(event, "u", &t.raw, &status), u);
	plan_exit(&t);
}

static void return_values(void **state)
{
	static const struct {
		char ret;
		uint64_t reg;
		int64_t value;
	} returns[] = {
		{ 'i', 0xdeadbeeffffffffe, -2 },	{ 'u', 0xdeadbeeffffffffe, 0xfffffffe },
		{ 'b', 0xffffffffffffff01, 1 },		{ 'b', 0xffffffffffffff00, 0 },
		{ 'y', 0xdeadbeefdeadbeef, 0xef },	{ 'n', 0xdeadbeefdeadbe80, -128 },
		{ 'h', 0xdeadbeefdead8001, -32767 },	{ 'w', 0xdeadbeefdead8001, 0x8001 },
		{ 'l', 0x8000000000000000, INT64_MIN },	{ 'U', ~0ULL, -1 },
		{ 'o', 0xffff888012345678, 0xffff888012345678 },
		{ 'a', 0xdeadbeefffffffff, -1 },	{ 'm', 0xdeadbeefffffffff, 0xffffffff },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(returns) / sizeof(*returns); i++) {
		enum item_status status;
		struct plan_test t;
		struct event *event;

		plan_init(&t, returns[i].ret, "i", "f(return)");
		t.frame.retval = returns[i].reg;
		event = plan_record(&t, 0, NULL);
		assert_true(event->paired);
		assert_true(event->schema.at_return);
		assert_int_equal(field_value(event, "retval", &t.raw, &status), returns[i].value);
		assert_int_equal(status, ITEM_OK);
		assert_true(schema_field(&event->schema, "retval")->is_return);
		assert_int_equal(raw_u64(&t.raw, event->schema.duration_offset), MACHINE_DURATION);
		plan_exit(&t);
	}
}

/* ---- strings ------------------------------------------------------------------------------- */

static void check_string(const char *string, unsigned int max_string, const char *kept,
			 enum item_status status)
{
	struct plan_test t;
	struct event *event;
	const struct field *f;

	plan_init_sized(&t, 'i', "os", "f(o->val, s, o->small)", 1024, max_string);
	memory.nr = 0;
	memory_add(&obj, sizeof(obj));
	if (string && string != NOWHERE)
		memory_add(string, strlen(string) + 1);
	frame_pass(&t.frame, &t.func, 0, &(void *){ &obj }, 8);
	frame_pass(&t.frame, &t.func, 1, &string, 8);
	event = plan_record(&t, 0, NULL);
	f = schema_field(&event->schema, "s");
	assert_int_equal(f->kind, FIELD_STRING);
	assert_string_equal(raw_string(f, &t.raw), kept);
	assert_int_equal(raw_status(&event->schema, f, &t.raw), status);
	/* The record ends behind it. */
	assert_true(t.raw.size < event->schema.fixed_size + strlen(kept) + 1 + 8);
	plan_exit(&t);
	fill_objects();
}

static void strings(void **state)
{
	(void)state;
	check_string("", 16, "", ITEM_OK);
	check_string("short", 16, "short", ITEM_OK);
	check_string("just fifteen ch", 16, "just fifteen ch", ITEM_OK);
	check_string("just sixteen ch.", 16, "just sixteen ch", ITEM_CUT);
	check_string("a good deal longer than that", 16, "a good deal lon", ITEM_CUT);
	check_string(NULL, 16, "", ITEM_NULL);
	check_string(NOWHERE, 16, "", ITEM_FAULT);
	check_string("", 1, "", ITEM_OK);
	check_string("x", 1, "", ITEM_CUT);
	check_string("x", 2, "x", ITEM_OK);
	check_string("xy", 2, "x", ITEM_CUT);
	check_string("x", 32768, "x", ITEM_OK);
}

static void strings_in_structs(void **state)
{
	static const struct {
		const char *name;
		const char *string;
		enum item_status status;
	} expected[] = {
		{ "a", "a label", ITEM_OK }, { "b", "", ITEM_NULL }, { "c", "one", ITEM_OK },
		{ "d", "", ITEM_OK }, { "e", "", ITEM_NULL }, { "f_", "", ITEM_NULL },
	};
	struct plan_test t;
	struct event *event;

	(void)state;
	plan_init(&t, 'i', "o", "f(a=o->label, b=o->next->label, c=o->strs[0], d=o->strs[1], "
				"e=o->strs[2], f_=o->next->next->label)");
	frame_pass(&t.frame, &t.func, 0, &(void *){ &obj }, 8);
	event = plan_record(&t, 0, NULL);
	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
		const struct field *f = schema_field(&event->schema, expected[i].name);

		assert_string_equal(raw_string(f, &t.raw), expected[i].string);
		assert_int_equal(raw_status(&event->schema, f, &t.raw), expected[i].status);
	}
	plan_exit(&t);
}

/* ---- objects ------------------------------------------------------------------------------- */

static const struct field *check_bytes(struct plan_test *t, const char *name, const void *bytes,
				       size_t size, enum item_status status)
{
	struct event *event = plan_record(t, 0, NULL);
	const struct field *f = schema_field(&event->schema, name);

	assert_int_equal(f->kind, FIELD_BYTES);
	assert_int_equal(f->size, size);
	assert_int_equal(raw_status(&event->schema, f, &t->raw), status);
	if (bytes)
		assert_memory_equal(t->raw.bytes + f->offset, bytes, size);
	return f;
}

static void objects(void **state)
{
	static const struct {
		const char *item;
		const void *bytes;
		size_t size;
	} items[] = {
		{ "*o", &obj, sizeof(obj) },
		{ "o->name", obj.name, sizeof(obj.name) },
		{ "o->in", &obj.in, sizeof(obj.in) },
		{ "*o->inp", &inner, sizeof(inner) },
		{ "*o->next", &next, sizeof(next) },
		{ "o->next->name", next.name, sizeof(next.name) },
		{ "o->grid", obj.grid, sizeof(obj.grid) },
		{ "o->grid[1]", obj.grid[1], sizeof(obj.grid[1]) },
		{ "o->arr[1]", &obj.arr[1], sizeof(obj.arr[1]) },
		{ "o->un", &obj.un, sizeof(obj.un) },
		{ "o->huge", &obj.huge, sizeof(obj.huge) },
		{ "o->dbl", &obj.dbl, sizeof(obj.dbl) },
		{ "**o->pp", &next, sizeof(next) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(items) / sizeof(*items); i++) {
		const struct field *f;
		struct plan_test t;
		char text[64];

		snprintf(text, sizeof(text), "f(x=%s, o->val)", items[i].item);
		plan_init(&t, 'i', "o", text);
		frame_pass(&t.frame, &t.func, 0, &(void *){ &obj }, 8);
		f = check_bytes(&t, "x", items[i].bytes, items[i].size, ITEM_OK);
		assert_int_equal(f->full_size, items[i].size);
		assert_int_equal(f->pointer, -1);
		plan_exit(&t);
	}
}

static void objects_that_fail(void **state)
{
	static const struct {
		const char *item;
		void *o;
		enum item_status status;
	} items[] = {
		{ "*o", NULL, ITEM_NULL },
		{ "*o", NOWHERE, ITEM_FAULT },
		/* Somewhere behind NULL is NULL, too. */
		{ "o->name", NULL, ITEM_NULL },
		{ "o->name", NOWHERE, ITEM_FAULT },
		{ "o->grid[1]", NULL, ITEM_NULL },
		{ "o->next->next->name", &obj, ITEM_NULL },
		{ "*o->next->next->inp", &obj, ITEM_NULL },
		{ "*o->next->inp", &obj, ITEM_NULL },
		{ "o->next->in", NOWHERE, ITEM_FAULT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(items) / sizeof(*items); i++) {
		struct event *event;
		struct plan_test t;
		char text[64];

		snprintf(text, sizeof(text), "f(x=%s)", items[i].item);
		plan_init(&t, 'i', "o", text);
		frame_pass(&t.frame, &t.func, 0, &items[i].o, 8);
		event = plan_record(&t, 0, NULL);
		if (raw_status(&event->schema, schema_field(&event->schema, "x"), &t.raw) !=
		    items[i].status)
			fail_msg("%s: %d", text, (int)raw_u64(&t.raw, event->schema.status_offset));
		plan_exit(&t);
	}
}

/* A bare parameter is its pointer and what that points to. */
static void bare_pointer(void **state)
{
	const struct field *p, *object;
	enum item_status status;
	struct plan_test t;
	struct event *event;

	(void)state;
	plan_init(&t, 'i', "io", "f(i, o)");
	frame_pass(&t.frame, &t.func, 1, &(void *){ &obj }, 8);
	event = plan_record(&t, 0, NULL);
	assert_int_equal(event->schema.nr_fields, 3);
	p = schema_field(&event->schema, "o");
	object = schema_field(&event->schema, "o_2");
	assert_int_equal(field_value(event, "o", &t.raw, &status), (uintptr_t)&obj);
	assert_int_equal(p->item, -1);
	assert_int_equal(object->pointer, p - event->schema.fields);
	check_bytes(&t, "o_2", &obj, sizeof(obj), ITEM_OK);

	frame_pass(&t.frame, &t.func, 1, &(void *){ NOWHERE }, 8);
	check_bytes(&t, "o_2", NULL, sizeof(obj), ITEM_FAULT);
	assert_int_equal(field_value(event, "o", &t.raw, &status), (uintptr_t)NOWHERE);
	frame_pass(&t.frame, &t.func, 1, &(void *){ NULL }, 8);
	check_bytes(&t, "o_2", NULL, sizeof(obj), ITEM_NULL);
	assert_int_equal(field_value(event, "o", &t.raw, &status), 0);
	plan_exit(&t);
}

/* --max-data: the first bytes are kept. */
static void cut_object(void **state)
{
	const struct field *f;
	struct plan_test t;

	(void)state;
	plan_init_sized(&t, 'i', "o", "f(x=*o, y=o->in)", 13, 16);
	frame_pass(&t.frame, &t.func, 0, &(void *){ &obj }, 8);
	f = check_bytes(&t, "x", &obj, 13, ITEM_OK);
	assert_int_equal(f->full_size, sizeof(obj));
	f = check_bytes(&t, "y", &obj.in, sizeof(obj.in), ITEM_OK);
	assert_int_equal(f->full_size, sizeof(obj.in));
	plan_exit(&t);
}

/* ---- structs by value ---------------------------------------------------------------------- */

static void by_value(void **state)
{
	static const char *const params[] = { "IPAi", "iiIPAi", "iiiiiiIPAi", "BIPAi" };
	struct pair pair = { &inner, -12, 5, 20, { 'a', 'b', -1 } };
	struct inner in = { -70000, -3, 254 };
	uint64_t arrays[2] = { 0x8877665544332211, 42 };
	struct big big = { 1, -2, 3 };

	(void)state;
	for (size_t i = 0; i < sizeof(params) / sizeof(*params); i++) {
		unsigned int first = strlen(params[i]) - 4;
		enum item_status status;
		struct plan_test t;
		struct event *event;

		plan_init(&t, 'i', params[i],
			  "f(A.first, I, P, P.ptr, P.ptr->z, P.a, P.b, P.c, c2=P.tag[2], I.x, I.z, "
			  "I.y, A, A.second, A.first[3])");
		if (params[i][0] == 'B')
			frame_pass(&t.frame, &t.func, 0, &big, sizeof(big));
		frame_pass(&t.frame, &t.func, first, &in, sizeof(in));
		frame_pass(&t.frame, &t.func, first + 1, &pair, sizeof(pair));
		frame_pass(&t.frame, &t.func, first + 2, arrays, sizeof(arrays));
		for (int kprobe = 0; kprobe < 2; kprobe++) {
			t.frame.kprobe = kprobe;
			check_bytes(&t, "I", &in, sizeof(in), ITEM_OK);
			check_bytes(&t, "P", &pair, sizeof(pair), ITEM_OK);
			check_bytes(&t, "A", arrays, sizeof(arrays), ITEM_OK);
			check_bytes(&t, "A__first", arrays, 8, ITEM_OK);
			event = plan_record(&t, 0, NULL);
			assert_int_equal(field_value(event, "P__ptr", &t.raw, &status),
					 (uintptr_t)&inner);
			assert_int_equal(field_value(event, "P__ptr__z", &t.raw, &status), inner.z);
			assert_int_equal(field_value(event, "P__a", &t.raw, &status), -12);
			assert_int_equal(field_value(event, "P__b", &t.raw, &status), 5);
			assert_int_equal(field_value(event, "P__c", &t.raw, &status), 20);
			assert_int_equal(field_value(event, "c2", &t.raw, &status), -1);
			assert_int_equal(field_value(event, "I__x", &t.raw, &status), -70000);
			assert_int_equal(field_value(event, "I__z", &t.raw, &status), -3);
			assert_int_equal(field_value(event, "I__y", &t.raw, &status), 254);
			assert_int_equal(field_value(event, "A__second", &t.raw, &status), 42);
			assert_int_equal(field_value(event, "A__first__3", &t.raw, &status), 0x44);
		}
		plan_exit(&t);
	}
}

/* What is too large for registers is read where it is on the stack; only kprobes get there. */
static void in_memory(void **state)
{
	struct big big = { 1ULL << 63, -2, 3 };
	struct packed packed = { -1, -2 };
	enum item_status status;
	struct plan_test t;
	struct event *event;

	(void)state;
	plan_init(&t, 'i', "iBki", "f(B.one, B.two, B.three, k.a, k.b, i2)");
	frame_pass(&t.frame, &t.func, 1, &big, sizeof(big));
	frame_pass(&t.frame, &t.func, 2, &packed, sizeof(packed));
	frame_pass(&t.frame, &t.func, 3, &(int){ -3 }, 4);
	t.frame.kprobe = true;
	event = plan_record(&t, 0, NULL);
	assert_int_equal(field_value(event, "B__one", &t.raw, &status), big.one);
	assert_int_equal(field_value(event, "B__two", &t.raw, &status), -2);
	assert_int_equal(field_value(event, "B__three", &t.raw, &status), 3);
	assert_int_equal(field_value(event, "k__a", &t.raw, &status), -1);
	assert_int_equal(field_value(event, "k__b", &t.raw, &status), -2);
	assert_int_equal(field_value(event, "i2", &t.raw, &status), -3);
	plan_exit(&t);
}

/* A struct that fits the register for return values. */
static void returned_struct(void **state)
{
	struct inner in = { -70000, -3, 254 };
	const struct field *f;
	enum item_status status;
	struct plan_test t;
	struct event *event;

	(void)state;
	plan_init(&t, 'I', "i", "f(return, return.x, return.z, return.y, i)");
	memcpy(&t.frame.retval, &in, sizeof(in));
	f = check_bytes(&t, "retval", &in, sizeof(in), ITEM_OK);
	assert_true(f->is_return);
	event = plan_record(&t, 0, NULL);
	assert_int_equal(field_value(event, "retval__x", &t.raw, &status), in.x);
	assert_int_equal(field_value(event, "retval__z", &t.raw, &status), in.z);
	assert_int_equal(field_value(event, "retval__y", &t.raw, &status), in.y);
	assert_false(schema_field(&event->schema, "retval__y")->is_return);
	plan_exit(&t);
}

/* ---- entry and return in one event --------------------------------------------------------- */

static void change_objects(void)
{
	obj.val = 999;
	strcpy(obj.name, "changed");
	strcpy(label, "chngd");
	next.val = 1000;
	obj.next = NULL;
}

static void paired(void **state)
{
	enum item_status status;
	struct obj before = obj;
	const struct field *f;
	struct plan_test t;
	struct event *event;

	(void)state;
	plan_init(&t, 'o', "os",
		  "f(return, s, o->val, return->val, o->next->val, return->label, n=*o, "
		  "bad=o->next->next->val, m=return->name, r=return->next->val)");
	frame_pass(&t.frame, &t.func, 0, &(void *){ &obj }, 8);
	frame_pass(&t.frame, &t.func, 1, &(void *){ label }, 8);
	t.frame.retval = (uintptr_t)&obj;
	event = plan_record(&t, 0, change_objects);
	assert_int_equal(t.events->nr, 1);
	assert_string_equal(event->schema.name, "f__return");
	/* As it was at the entry ... */
	assert_int_equal(field_value(event, "o__val", &t.raw, &status), -100);
	assert_int_equal(field_value(event, "o__next__val", &t.raw, &status), -7);
	assert_string_equal(raw_string(schema_field(&event->schema, "s"), &t.raw), "a label");
	f = schema_field(&event->schema, "n");
	assert_memory_equal(t.raw.bytes + f->offset, &before, sizeof(before));
	assert_int_equal(field_value(event, "bad", &t.raw, &status), 0);
	assert_int_equal(status, ITEM_NULL);
	/* ... and as it is at the return. */
	assert_int_equal(field_value(event, "retval", &t.raw, &status), (uintptr_t)&obj);
	assert_int_equal(field_value(event, "retval__val", &t.raw, &status), 999);
	f = schema_field(&event->schema, "m");
	assert_memory_equal(t.raw.bytes + f->offset, "changed", 8);
	f = schema_field(&event->schema, "retval__label");
	assert_string_equal(raw_string(f, &t.raw), "chngd");
	field_value(event, "r", &t.raw, &status);
	assert_int_equal(status, ITEM_NULL);
	assert_int_equal(raw_u64(&t.raw, event->schema.duration_offset), MACHINE_DURATION);
	plan_exit(&t);
	strcpy(label, "a label");
	fill_objects();
}

/* A string of the entry ends the record where the return has none. */
static void entry_string_last(void **state)
{
	struct plan_test t;
	struct event *event;

	(void)state;
	plan_init(&t, 'i', "os", "f(s, o->label, return)");
	frame_pass(&t.frame, &t.func, 0, &(void *){ &obj }, 8);
	frame_pass(&t.frame, &t.func, 1, &(void *){ strs[0] }, 8);
	event = plan_record(&t, 0, NULL);
	assert_string_equal(raw_string(schema_field(&event->schema, "s"), &t.raw), "one");
	assert_string_equal(raw_string(schema_field(&event->schema, "o__label"), &t.raw),
			    "a label");
	assert_true(event->plans[0]->cut_tail);
	assert_true(event->plans[0]->entry_off + event->plans[0]->entry_size >= t.raw.size);
	plan_exit(&t);
}

/* Without items: an event for the parameters, and one for the return. */
static void both_events(void **state)
{
	enum item_status status;
	struct plan_test t;
	struct event *event;

	(void)state;
	plan_init(&t, 'h', "oi", "f");
	frame_pass(&t.frame, &t.func, 0, &(void *){ &obj }, 8);
	frame_pass(&t.frame, &t.func, 1, &(int){ -3 }, 4);
	t.frame.retval = 0x1fffe;
	assert_int_equal(t.events->nr, 2);
	event = plan_record(&t, 0, NULL);
	assert_string_equal(event->schema.name, "f");
	assert_false(event->paired);
	assert_int_equal(event->schema.duration_offset, 0);
	assert_int_equal(event->plans[0]->entry_size, 0);
	assert_int_equal(event->plans[0]->nr_return_ops, 0);
	assert_int_equal(field_value(event, "i", &t.raw, &status), -3);
	event = plan_record(&t, 1, NULL);
	assert_string_equal(event->schema.name, "f__return");
	assert_true(event->paired);
	assert_int_equal(event->plans[0]->nr_entry_ops, 0);
	assert_int_equal(event->plans[0]->entry_size, 0);
	assert_int_equal(event->schema.nr_fields, 1);
	assert_int_equal(field_value(event, "retval", &t.raw, &status), -2);
	plan_exit(&t);
}

/* What is in field @f of @all is what @item alone gives. */
static void check_alone(const struct plan_test *all, const struct field *f, const char *item)
{
	const struct schema *s = &all->events->events[0]->schema, *alone;
	const struct field *g;
	struct plan_test one;
	char text[64];

	snprintf(text, sizeof(text), "f(x=%s)", item);
	plan_init(&one, 'o', "oIs", text);
	one.frame = all->frame;
	alone = &plan_record(&one, 0, NULL)->schema;
	g = schema_field(alone, "x");
	assert_int_equal(f->kind, g->kind);
	assert_int_equal(f->size, g->size);
	assert_int_equal(raw_status(s, f, &all->raw), raw_status(alone, g, &one.raw));
	if (f->kind == FIELD_STRING)
		assert_string_equal(raw_string(f, &all->raw), raw_string(g, &one.raw));
	else
		assert_memory_equal(all->raw.bytes + f->offset, one.raw.bytes + g->offset, f->size);
	plan_exit(&one);
}

/* An item is recorded the same, whatever stands beside it. */
static void any_mixture(void **state)
{
	static const char *const items[] = {
		"o->val", "*o", "o->label", "o->next->label", "o->name", "o->next->next->val",
		"o->w50", "o->strs[0]", "*o->inp", "return", "return->label", "*return",
		"return->next->val", "o->grid", "I", "I.z", "s", "o->s6",
		"return->next->next->name",
	};
	const unsigned int nr_items = sizeof(items) / sizeof(*items);
	struct inner in = { -70000, -3, 254 };
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 300; round++) {
		const struct schema *s;
		struct plan_test t;
		struct buf text = BUF_INIT;
		unsigned int nr = 0;

		buf__adds(&text, "f(");
		for (unsigned int i = 0; i < nr_items; i++)
			if (rand_r(&seed) % 100 < 30)
				buf__addf(&text, "%sx%u=%s", nr++ ? ", " : "", i, items[i]);
		buf__adds(&text, ")");
		plan_init(&t, 'o', "oIs", buf__str(&text));
		frame_pass(&t.frame, &t.func, 0, &(void *){ &obj }, 8);
		frame_pass(&t.frame, &t.func, 1, &in, sizeof(in));
		frame_pass(&t.frame, &t.func, 2, &(void *){ label }, 8);
		t.frame.retval = (uintptr_t)&next;
		s = &plan_record(&t, 0, NULL)->schema;
		assert_int_equal(s->nr_fields, nr);
		for (unsigned int i = 0; i < nr; i++)
			check_alone(&t, &s->fields[i], items[atoi(s->fields[i].name + 1)]);
		plan_exit(&t);
		buf__exit(&text);
	}
}

/* ---- limits -------------------------------------------------------------------------------- */

/* "f(x0=ITEM, x1=ITEM, ...)", @nr of them. */
static void many_items(struct plan_test *t, unsigned int nr, const char *item, uint32_t max_data,
		       uint32_t max_string)
{
	struct buf text = BUF_INIT;

	buf__adds(&text, "f(");
	for (unsigned int i = 0; i < nr; i++)
		buf__addf(&text, "%sx%u=%s", i ? "," : "", i, item);
	buf__adds(&text, ")");
	plan_init_sized(t, 'i', "os", buf__str(&text), max_data, max_string);
	buf__exit(&text);
}

static void limits(void **state)
{
	static const struct {
		unsigned int nr;
		const char *item;
		uint32_t max_data, max_string;
		const char *what;	/* NULL: fits */
	} cases[] = {
		{ 32, "o->next", 1024, 128, "steps" },		/* 3 each */
		{ 21, "o->next", 1024, 128, NULL },
		{ 22, "o->next", 1024, 128, "steps" },
		{ 32, "return", 1024, 128, "steps" },		/* retval, extend, store */
		{ 32, "s", 1024, 128, NULL },			/* 2 each */
		{ 33, "s", 1024, 128, "items" },
		{ 32, "*o", 208, 128, NULL },
		{ 24, "o", 64, 128, "steps" },			/* 3 each, and 2 fields */
		{ 2, "s", 1024, 32768, "64 KiB" },
		{ 1, "s", 1024, 32768, NULL },
		{ 32, "s", 1024, 2048, "64 KiB" },
		{ 31, "s", 1024, 2048, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct plan_test t;

		many_items(&t, cases[i].nr, cases[i].item, cases[i].max_data, cases[i].max_string);
		if (!cases[i].what) {
			if (t.err)
				fail_msg("%u %s: %s", cases[i].nr, cases[i].item, t.diag.msg);
			frame_pass(&t.frame, &t.func, 0, &(void *){ &obj }, 8);
			frame_pass(&t.frame, &t.func, 1, &(void *){ label }, 8);
			plan_record(&t, 0, NULL);
		} else {
			assert_int_equal(t.err, -E2BIG);
			assert_int_equal(t.events->nr, 0);
			assert_non_null(strstr(t.diag.msg, cases[i].what));
			assert_non_null(t.diag.hint);
			assert_true(t.diag.has_span);
		}
		plan_exit(&t);
	}
}

/* Few steps can be many fields: a pointer and what is behind it are two. */
static void too_many_fields(void **state)
{
	struct buf text = BUF_INIT;
	struct plan_test t;

	(void)state;
	buf__adds(&text, "f(return");
	for (int i = 0; i < 21; i++)
		buf__addf(&text, ", x%d=o", i);
	for (int i = 0; i < 10; i++)
		buf__addf(&text, ", y%d=return", i);
	buf__adds(&text, ")");
	plan_init_sized(&t, 'i', "o", buf__str(&text), 8, 8);
	assert_int_equal(t.err, -E2BIG);
	assert_string_equal(t.diag.msg,
			    "one event of 'f' cannot hold so much: more than 48 fields");
	plan_exit(&t);
	buf__exit(&text);
}

static void too_many_events(void **state)
{
	struct plan_test t;

	(void)state;
	plan_init(&t, 'i', "i", "tp:f");
	for (unsigned int i = 1; i < BS_MAX_EVENTS; i++)
		assert_int_equal(event_list__add(t.events, t.typed, &t.opts, &t.diag), 0);
	assert_int_equal(event_list__add(t.events, t.typed, &t.opts, &t.diag), -E2BIG);
	assert_int_equal(t.events->nr, BS_MAX_EVENTS);
	assert_string_equal(t.events->events[1]->schema.name, "f_2");
	assert_string_equal(t.events->events[BS_MAX_EVENTS - 1]->schema.name, "f_8192");
	assert_int_equal(t.events->events[0]->schema.id, EVENT_FIRST_ID);
	assert_int_equal(t.events->events[3]->schema.id, EVENT_FIRST_ID - 3);
	plan_exit(&t);
}

/* ---- names --------------------------------------------------------------------------------- */

static void event_names(void **state)
{
	static const struct {
		const char *func;
		char ret;
		const char *spec;
		const char *names[2];
	} cases[] = {
		{ "f", 'i', "f", { "f", "f__return" } },
		{ "f", 'v', "f", { "f", "f__return" } },
		{ "f", 'i', "f()", { "f", NULL } },
		{ "f", 'i', "f(o, o->val)", { "f", NULL } },
		{ "f", 'i', "f(return)", { "f__return", NULL } },
		{ "f", 'i', "f(o->val, return)", { "f__return", NULL } },
		{ "f", 'i', "mine=f(o->val)", { "mine", NULL } },
		{ "f", 'i', "mine=f(o->val, return)", { "mine", NULL } },
		{ "f", 'i', "mine=f", { "mine", "mine__return" } },
		{ "f.isra.0", 'i', "f(o->val)", { "f_isra_0", NULL } },
		{ "f.constprop.1", 'i', "f(return)", { "f_constprop_1__return", NULL } },
		{ "import", 'i', "import(o->val)", { "import_", NULL } },
		{ "f", 'i', "tp:f(o->val)", { "f", NULL } },
		{ "f", 'v', "tp:f", { "f", NULL } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct plan_test t = { .opts = { 64, 64 } };

		assert_int_equal(event_list__new(&t.events), 0);
		plan_add(&t, cases[i].func, cases[i].ret, "o", cases[i].spec);
		assert_int_equal(t.err, 0);
		assert_int_equal(t.events->nr, 1 + !!cases[i].names[1]);
		for (unsigned int n = 0; n < t.events->nr; n++) {
			const struct schema *s = &t.events->events[n]->schema;

			assert_string_equal(s->name, cases[i].names[n]);
			assert_string_equal(s->spec, cases[i].spec);
			assert_int_equal(s->is_tracepoint, cases[i].spec[0] == 't');
		}
		plan_exit(&t);
	}
}

static void unique_event_names(void **state)
{
	struct plan_test t;

	(void)state;
	plan_init(&t, 'i', "o", "f");
	plan_add(&t, "f", 'i', "o", "f(o->val)");
	plan_add(&t, "f", 'i', "o", "f(return)");
	plan_add(&t, "f", 'i', "o", "f_2=f(o->val)");
	assert_int_equal(t.events->nr, 5);
	assert_string_equal(t.events->events[2]->schema.name, "f_2");
	assert_string_equal(t.events->events[3]->schema.name, "f__return_2");
	assert_string_equal(t.events->events[4]->schema.name, "f_2_2");
	plan_exit(&t);
}

static void field_names(void **state)
{
	static const char *const names[] = {
		"o__val", "in_", "duration_", "item_status_", "common_pid_", "o__in",
		"o__grid__1__2", "retval", "o", "o_2", "o_3",
	};
	const struct schema *s;
	struct plan_test t;

	(void)state;
	plan_init(&t, 'i', "o",
		  "f(o->val, in=o->val, duration=o->val, item_status=o->val, common_pid=o->val, "
		  "o->in, o->grid[1][2], return, o, *o)");
	assert_int_equal(t.err, 0);
	s = &t.events->events[0]->schema;
	assert_int_equal(s->nr_fields, sizeof(names) / sizeof(*names));
	for (unsigned int i = 0; i < s->nr_fields; i++)
		assert_string_equal(s->fields[i].name, names[i]);
	assert_string_equal(s->fields[0].expr, "o->val");
	assert_string_equal(s->fields[1].expr, "in");
	assert_string_equal(s->fields[7].expr, "return");
	assert_string_equal(s->fields[10].expr, "*o");
	plan_exit(&t);
}

static bool is_taken(const char *name, const void *ctx)
{
	for (const char *const *p = ctx; *p; p++)
		if (!strcmp(*p, name))
			return true;
	return false;
}

static void identifiers(void **state)
{
	static const char *const taken[] = { "a", "a_2", "class_", NULL };
	static const struct {
		const char *text, *identifier, *unique;
	} cases[] = {
		{ "b", "b", "b" },		{ "a", "a", "a_3" },
		{ "", "_", "_" },		{ "3x", "_3x", "_3x" },
		{ "a.b-c d", "a_b_c_d", "a_b_c_d" },
		{ "class", "class_", "class__2" },	{ "Class", "Class", "Class" },
		{ "\xc3\xa4", "__", "__" },	{ "print", "print_", "print_" },
		{ "context", "context_", "context_" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *name = name__identifier(cases[i].text);

		assert_string_equal(name, cases[i].identifier);
		free(name);
		name = name__unique(cases[i].text, is_taken, taken);
		assert_string_equal(name, cases[i].unique);
		free(name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scalars),
		cmocka_unit_test(scalars_that_fail),
		cmocka_unit_test(narrow_parameters),
		cmocka_unit_test(return_values),
		cmocka_unit_test(strings),
		cmocka_unit_test(strings_in_structs),
		cmocka_unit_test(objects),
		cmocka_unit_test(objects_that_fail),
		cmocka_unit_test(bare_pointer),
		cmocka_unit_test(cut_object),
		cmocka_unit_test(by_value),
		cmocka_unit_test(in_memory),
		cmocka_unit_test(returned_struct),
		cmocka_unit_test(paired),
		cmocka_unit_test(entry_string_last),
		cmocka_unit_test(both_events),
		cmocka_unit_test(any_mixture),
		cmocka_unit_test(limits),
		cmocka_unit_test(too_many_fields),
		cmocka_unit_test(too_many_events),
		cmocka_unit_test(event_names),
		cmocka_unit_test(unique_event_names),
		cmocka_unit_test(field_names),
		cmocka_unit_test(identifiers),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
