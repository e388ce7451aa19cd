/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For the tests of plans: structs of the test program's own that functions are called with, and
 * from a spec's text to its events. For those who have included cmocka.h.
 */
#ifndef BTFSNOOP_TESTS_PLAN_TEST_H
#define BTFSNOOP_TESTS_PLAN_TEST_H

#include <errno.h>
#include <stdio.h>

#include "../../perf-plugin/plan/event.h"
#include "plan_machine.h"
#include "typed_fixture.h"

#define NOWHERE	((void *)0xdead0000)	/* an address that cannot be read */

static struct typed_fixture fix;
static struct obj obj, next;
static struct inner inner;
static char *strs[3];
static char label[] = "a label";

/* @obj and what it points to: values that differ from each other and have their top bits set. */
static inline void fill_objects(void)
{
	static char one[] = "one", two[] = "";
	static struct obj *pp[2];

	memset(&next, 0, sizeof(next));
	next.val = -7;
	next.label = NULL;
	strcpy(next.name, "the next one");
	obj = (struct obj){
		.next = &next, .val = -100, .small = 200, .neg = -3, .shorty = -30000,
		.a3 = 5, .b11 = 0x7a5, .s6 = -17, .w50 = 0x3ffff12345678, .x14 = 0x3abc,
		.label = label, .priv = NOWHERE, .hidden = NOWHERE,
		.in = { .x = 1, .z = -2, .y = 255 }, .inp = &inner, .au = 0x11223344,
		.grid = { { 1, 2, 3 }, { -4, -5, -6 } }, .arr = { { 9, 8, 7 }, { -9, -8, 0 } },
		.flag = true, .color = RED, .mode = 0xfffffff0, .huge = 77, .dbl = 1.5,
		.un = { .i = -42 },
	};
	strcpy(obj.name, "obj");
	inner = (struct inner){ .x = -1, .z = 1234, .y = 1 };
	strs[0] = one;
	strs[1] = two;
	strs[2] = NULL;
	obj.strs = strs;
	pp[0] = &next;
	pp[1] = &obj;
	obj.pp = pp;
	memory.nr = 0;
	memory_add(&obj, sizeof(obj));
	memory_add(&next, sizeof(next));
	memory_add(&inner, sizeof(inner));
	memory_add(label, sizeof(label));
	memory_add(strs, sizeof(strs));
	memory_add(one, sizeof(one));
	memory_add(two, sizeof(two));
	memory_add(pp, sizeof(pp));
}

static inline int setup(void **state)
{
	(void)state;
	typed_fixture_build(&fix);
	fill_objects();
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	btf__free(fix.btf);
	return 0;
}

#define PLAN_MAX_SPECS	64

/* Events of some specs, and a frame to call the last one's function with. */
struct plan_test {
	struct spec *specs[PLAN_MAX_SPECS];
	unsigned int nr_specs;
	struct spec *spec;		/* the last one */
	struct typed_spec *typed;
	struct kfunc func;
	struct event_list *events;
	struct event_opts opts;
	struct diag diag;
	struct frame frame;
	struct raw raw;
	int err;
};

/* Types @t->spec for a function, and adds what that gives to the events. */
static inline void plan_add_func(struct plan_test *t, const char *name, char ret,
				 const char *params)
{
	typed_spec__free(t->typed);
	t->typed = NULL;
	t->func = fixture_func(&fix, name, ret, params);
	t->err = typed_spec__new(t->spec, &t->func, &t->typed, &t->diag);
	if (t->err)
		fail_msg("%s: %s", t->spec->text, t->diag.msg);
	t->err = event_list__add(t->events, t->typed, &t->opts, &t->diag);
}

static inline void plan_parse(struct plan_test *t, const char *text, const char *filter)
{
	struct diag diag = DIAG_INIT;

	if (t->nr_specs == PLAN_MAX_SPECS || spec__parse(text, &t->spec, &diag))
		fail_msg("%s: %s", text, diag.msg);
	t->specs[t->nr_specs++] = t->spec;
	if (filter && spec__add_filter(t->spec, filter, &diag))
		fail_msg("%s: %s", filter, diag.msg);
}

static inline void plan_add(struct plan_test *t, const char *name, char ret, const char *params,
			    const char *text)
{
	plan_parse(t, text, NULL);
	plan_add_func(t, name, ret, params);
}

static inline void plan_init_sized(struct plan_test *t, char ret, const char *params,
				   const char *text, uint32_t max_data, uint32_t max_string)
{
	memset(t, 0, sizeof(*t));
	t->opts = (struct event_opts){ .max_data = max_data, .max_string = max_string };
	assert_int_equal(event_list__new(&t->events), 0);
	plan_add(t, "f", ret, params, text);
}

static inline void plan_init(struct plan_test *t, char ret, const char *params, const char *text)
{
	plan_init_sized(t, ret, params, text, 1024, 16);
}

/* What is written into the file can be read back. */
static inline void check_schemas(struct plan_test *t)
{
	struct btf *btf = subset__btf(t->events->types);
	const char *why = "";
	struct schema *read;
	unsigned int nr;

	for (unsigned int i = 0; i < t->events->nr; i++) {
		const struct schema *schema = &t->events->events[i]->schema;
		struct buf format = BUF_INIT;
		int err = schema__format(schema, &format);

		if (err && (err != -E2BIG || schema->nr_fields < SCHEMA_MAX_FIELDS - 1))
			fail_msg("%s: no format: %d", schema->spec, err);
		buf__exit(&format);
		if (schema__to_btf(schema, btf))
			fail_msg("%s: no BTF", schema->spec);
	}
	if (schemas__from_btf(btf, &read, &nr, &why))
		fail_msg("%s: %s", t->spec->text, why);
	assert_int_equal(nr, t->events->nr);
	schemas__free(read, nr);
}

static inline void plan_exit(struct plan_test *t)
{
	check_schemas(t);
	typed_spec__free(t->typed);
	for (unsigned int i = 0; i < t->nr_specs; i++)
		spec__free(t->specs[i]);
	event_list__free(t->events);
	diag__exit(&t->diag);
}

/* Every field, the status and the duration have their bytes to themselves. */
static inline void check_layout(const struct event *event)
{
	static uint8_t used[BS_MAX_RECORD];
	const struct schema *s = &event->schema;

	memset(used, 0, sizeof(used));
	memset(used, 1, SCHEMA_COMMON_SIZE);
	if (s->status_offset)
		memset(used + s->status_offset, 1, 8);
	if (s->duration_offset)
		memset(used + s->duration_offset, 1, 8);
	for (unsigned int i = 0; i < s->nr_fields; i++) {
		const struct field *f = &s->fields[i];

		assert_true(f->offset + f->size <= s->fixed_size);
		assert_null(memchr(used + f->offset, 1, f->size));
		memset(used + f->offset, 1, f->size);
		assert_true(f->item < 0 || s->status_offset);
	}
	assert_true(s->fixed_size + BS_RAW_OFFSET <= event->plans[0]->record_size);
	assert_int_equal(event->plans[0]->record_size % 8, 0);
	assert_int_equal(event->plans[0]->entry_size % 8, 0);
	assert_int_equal(event->plans[0]->event_type, s->id);
}

static inline struct event *plan_record(struct plan_test *t, unsigned int index,
					void (*at_return)(void))
{
	struct event *event = t->events->events[index];

	assert_int_equal(t->err, 0);
	check_layout(event);
	machine_record(t->events, event, &t->frame, at_return, &t->raw);
	assert_true(t->raw.size <= event->plans[0]->record_size - BS_RAW_OFFSET);
	assert_true(t->raw.size >= event->schema.fixed_size);
	return event;
}

static inline uint64_t field_value(const struct event *event, const char *name,
				   const struct raw *raw, enum item_status *status)
{
	const struct field *f = schema_field(&event->schema, name);

	assert_int_equal(f->kind, FIELD_SCALAR);
	assert_int_equal(f->size, 8);
	*status = raw_status(&event->schema, f, raw);
	return raw_u64(raw, f->offset);
}

#endif
