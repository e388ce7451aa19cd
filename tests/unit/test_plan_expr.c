// SPDX-License-Identifier: GPL-2.0-only
/*
 * plan/compile.h, steps.h, match.h: expressions and filters, from their text to what is recorded.
 * What C gives for the same text is what is expected.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>

#include "../../perf-plugin/plan/match.h"
#include "plan_test.h"

/* f(struct obj *o, int i, unsigned int u, long l, const char *s) */
#define PARAMS	"oiUls"
#define NR_PARAMS	5

static struct obj *const o = &obj;
static const int i = -5;
static const unsigned long U = 3000000000;
static const long l = 7;
static const char *const s = label;

static void pass_params(struct plan_test *t)
{
	frame_pass(&t->frame, &t->func, 0, &o, 8);
	frame_pass(&t->frame, &t->func, 1, &i, 4);
	frame_pass(&t->frame, &t->func, 2, &U, 8);
	frame_pass(&t->frame, &t->func, 3, &l, 8);
	frame_pass(&t->frame, &t->func, 4, &s, 8);
}

static void start(struct plan_test *t, char ret, const char *text, const char *filter)
{
	memset(t, 0, sizeof(*t));
	t->opts = (struct event_opts){ .max_data = 1024, .max_string = 16 };
	assert_int_equal(event_list__new(&t->events), 0);
	plan_parse(t, text, filter);
	plan_add_func(t, "f", ret, PARAMS);
	pass_params(t);
}

/* ---- values -------------------------------------------------------------------------------- */

static void check_value(const char *expr, int64_t value, enum item_status status)
{
	enum item_status got_status;
	struct plan_test t;
	char text[256];
	uint64_t got;

	snprintf(text, sizeof(text), "f(x=%s)", expr);
	start(&t, 'i', text, NULL);
	got = field_value(plan_record(&t, 0, NULL), "x", &t.raw, &got_status);
	if (got != (uint64_t)value || got_status != status)
		fail_msg("%s: %lld (%d), not %lld (%d)", expr, (long long)got, got_status,
			 (long long)value, status);
	plan_exit(&t);
}

/* The text and what it is in C. */
#define V(expr)		check_value(#expr, (int64_t)(expr), ITEM_OK)

static void arithmetic(void **state)
{
	(void)state;
	V(o->val + 1);
	V(o->val * i);
	V(o->small + o->neg);
	V(-o->val);
	V(~i);
	V(~U);
	V(100 - i);
	V(U + i);
	V(U - l);
	V(l - U);
	V(i / 2);
	V(i % 3);
	V(U / 7 + U % 7);
	V(i * 100 / (int)l);
	V(i >> 1);
	V(U >> 4);
	V(l << 40);
	V(1 << l);
	V((o->val ^ i) & 0xff);
	V(o->val | o->small);
	V((o->val - i) * (o->small - (int)l) - (o->neg - o->shorty));
	V((i - o->val) - (l - (o->neg - (o->shorty - (i - (o->val - (l - o->small)))))));
	V((l + 1) / ((l + 2) / ((l + 3) / (l + 4) + 1)));
	V(((((((((l - 1) - i) - 2) - o->val) - 3) - o->neg) - 4) - o->small) - 5);
	V((o->val + o->small) * (o->neg + o->shorty) - (o->a3 + o->b11) * (o->s6 + (int)o->small));
	V((uint8_t)o->val);
	V((int8_t)o->small);
	V((short)(U * l));
	V(sizeof(*o) + sizeof(int));
	V(o->s6 * o->a3 + (long)o->x14);
}

static void comparisons(void **state)
{
	(void)state;
	V((i < l));
	V(((unsigned long)i < U));
	V((U < 3000000000));
	V((U <= 3000000000));
	V((3000000000 >= U));
	V((-5 == i));
	V((-5 < i));
	V((-6 < i));
	V((o->val != i));
	V((o->val <= o->neg));
	V((o->val > o->neg));
	V((o->val - i > o->small * l));
	V((o->small - i < 5));
	V((o == o->pp[1]));
	V((o->next == o));
	V(!o->next);
	V(!(i < 3));
	V((o->color == RED));
}

static void logic(void **state)
{
	(void)state;
	V((i && l));
	V((i && 0));
	V((o->next->next || l));
	V((o->next->next || 0));
	V(i > 0 ? o->val : o->small);
	V(i < 0 ? o->val : o->small);
	V((i < 0 ? o : o->next)->val);
	V((i > 0 ? o : o->next)->val);
	V((i > 0 ? o : l > 3 ? o->next : o)->val + (i ? 3 : 4) * (l ? 5 : 6));
	V(o->next->next ? o->next->next->val : 77);
	V((o->next->next && o->next->next->val));
	V((o->next && o->next->val == -7));
	V((i > 0 && l > 0) || (i < 0 && o->val < 0 && l < 8));
	V((i > 0 || l > 0) && (i < 0 || o->val > 0) && l);
	V((i && (l && (U && (o->val && o->small)))) + 1);
	V(((i || o->next->next->val) && (o->next->next == 0 || o->next->next->val)) ? 3 : 4);
	V(i < 0 ? l < 0 ? 1 : l < 8 ? 2 : 3 : l < 0 ? 4 : 5);
	V((i < 0 ? l : U) + (i > 0 ? l : U));
}

static void addresses(void **state)
{
	(void)state;
	V(o->grid[l - 6][1]);
	V(o->grid[l - 6][l - 5]);
	V(o->arr[l - 6].x);
	V(*(o->grid[0] + 2));
	V(o->pp[l - 6]->val);
	V(o->pp[o->pp[1]->val + 101]->val);
	V(o->name[i + 6]);
	V((long)&o->arr[l - 6].x);
	V((long)(o + l));
	V((long)o->next - (long)o);
	V(((struct inner *)&o->arr[1])->x);
	V(*&o->val);
	V(o->next->label == 0 ? o->label[2] : 0);
}

static void faults(void **state)
{
	(void)state;
	check_value("i / (l - 7)", 0, ITEM_FAULT);
	check_value("U % (l - 7)", 0, ITEM_FAULT);
	check_value("i / (o->val + 100) + 3", 3, ITEM_FAULT);
	check_value("o->next->next->val + 3", 3, ITEM_NULL);
	check_value("l - o->next->next->val", 7, ITEM_NULL);
	check_value("((struct obj *)o->priv)->val * 2 + 1", 1, ITEM_FAULT);
	check_value("((struct obj *)o->priv)->next->next->val + i", -5, ITEM_FAULT);
	check_value("((struct obj *)o->priv)->val + o->next->next->val", 0, ITEM_NULL);
	check_value("(o->next->next->val < 1)", 1, ITEM_NULL);
	check_value("o->next->next->val ? 5 : 6", 6, ITEM_NULL);
	check_value("o->grid[o->next->next->val][1]", 2, ITEM_NULL);
	check_value("o->next->next->grid[l][1]", 0, ITEM_NULL);
	/* What is not computed cannot fail. */
	check_value("i < 0 ? 5 : o->next->next->val", 5, ITEM_OK);
	check_value("i > 0 ? 5 : o->next->next->val", 0, ITEM_NULL);
	check_value("(l || o->next->next->val)", 1, ITEM_OK);
	check_value("(i > 0 && o->next->next->val)", 0, ITEM_OK);
	check_value("(i < 0 && o->next->next->val)", 0, ITEM_NULL);
}

static void built_in(void **state)
{
	(void)state;
	check_value("ntohs(o->shorty)", __builtin_bswap16(obj.shorty), ITEM_OK);
	check_value("ntohl(o->val)", __builtin_bswap32(obj.val), ITEM_OK);
	check_value("cpu() + 1", (int)MACHINE_VALUE(BS_VALUE_CPU) + 1, ITEM_OK);
	check_value("pid()", (int)MACHINE_VALUE(BS_VALUE_PID), ITEM_OK);
	check_value("ret_ip()", MACHINE_VALUE(BS_VALUE_RET_IP), ITEM_OK);
	check_value("container_of(&o->in, struct obj, in)->val", -100, ITEM_OK);
	check_value("container_of((struct inner *)o->next->next, struct obj, in)->val", 0,
		    ITEM_NULL);
	check_value("(s == \"a label\")", 1, ITEM_OK);
	check_value("(s != \"a label\") + 2", 2, ITEM_OK);
	check_value("(s ~ \"a l*\") + (o->name ~ \"?bj\")", 2, ITEM_OK);
	check_value("(o->next->label == \"x\")", 0, ITEM_NULL);
	check_value("(comm() ~ \"nginx*\")", 1, ITEM_OK);
	check_value("(comm() == \"nginx\") + 1", 1, ITEM_OK);
}

/* ---- what is not a number ------------------------------------------------------------------ */

static void check_bytes(struct plan_test *t, const char *name, const void *bytes, size_t size,
			enum item_status status)
{
	const struct schema *schema = &t->events->events[0]->schema;
	const struct field *f = schema_field(schema, name);
	uint32_t loc;

	memcpy(&loc, t->raw.bytes + f->offset, 4);
	assert_int_equal(f->kind, FIELD_BUFFER);
	assert_int_equal(raw_status(schema, f, &t->raw), status);
	assert_int_equal(loc >> 16, size);
	assert_true((loc & 0xffff) + size <= t->raw.size);
	assert_memory_equal(t->raw.bytes + (loc & 0xffff), bytes, size);
}

static void tails(void **state)
{
	const struct schema *schema;
	struct plan_test t;

	(void)state;
	start(&t, 'i', "f(a=buf(o, l), b=buf(o, U), c=buf(o, i), d=buf(o->next->next, l), "
		       "e=str(s, 3), f_=comm(), g=buf(o->priv, o->a3), h=str(s), "
		       "j=buf(o, o->next->next->val), k=str(o->name))", NULL);
	schema = &plan_record(&t, 0, NULL)->schema;
	check_bytes(&t, "a", o, l, ITEM_OK);
	check_bytes(&t, "b", o, 0, ITEM_FAULT);		/* 1024 bytes there are not */
	check_bytes(&t, "c", o, 0, ITEM_OK);
	check_bytes(&t, "d", o, 0, ITEM_NULL);
	check_bytes(&t, "g", o, 0, ITEM_FAULT);
	check_bytes(&t, "j", o, 0, ITEM_NULL);
	assert_string_equal(raw_string(schema_field(schema, "e"), &t.raw), "a l");
	assert_int_equal(raw_status(schema, schema_field(schema, "e"), &t.raw), ITEM_CUT);
	assert_string_equal(raw_string(schema_field(schema, "f_"), &t.raw), MACHINE_COMM);
	assert_int_equal(schema_field(schema, "f_")->item, -1);
	assert_string_equal(raw_string(schema_field(schema, "h"), &t.raw), label);
	assert_string_equal(raw_string(schema_field(schema, "k"), &t.raw), "obj");
	plan_exit(&t);
}

static void cut_buffer(void **state)
{
	struct plan_test t;

	(void)state;
	memset(&t, 0, sizeof(t));
	t.opts = (struct event_opts){ .max_data = 5, .max_string = 16 };
	assert_int_equal(event_list__new(&t.events), 0);
	plan_parse(&t, "f(a=buf(o, l), b=buf(o, l - 2), c=buf(o, l)@return, comm()@return)", NULL);
	plan_add_func(&t, "f", 'i', PARAMS);
	pass_params(&t);
	plan_record(&t, 0, NULL);
	check_bytes(&t, "a", o, 5, ITEM_CUT);
	check_bytes(&t, "b", o, 5, ITEM_OK);
	check_bytes(&t, "c", o, 5, ITEM_CUT);
	plan_exit(&t);
}

/* Addresses of networks are kept whole, and shown as what they are. */
static void displays(void **state)
{
	static const struct {
		const char *name;
		enum field_kind kind;
		enum field_display display;
		uint32_t size;
	} expected[] = {
		{ "a", FIELD_SCALAR, FIELD_IP4, 8 },	{ "b", FIELD_BYTES, FIELD_IP6, 16 },
		{ "c", FIELD_BYTES, FIELD_MAC, 6 },	{ "d", FIELD_SCALAR, FIELD_SYMBOL, 8 },
		{ "e", FIELD_BUFFER, FIELD_BY_TYPE, 4 },
	};
	const struct schema *schema;
	struct plan_test t;

	(void)state;
	memset(&t, 0, sizeof(t));
	t.opts = (struct event_opts){ .max_data = 4, .max_string = 16 };
	assert_int_equal(event_list__new(&t.events), 0);
	plan_parse(&t, "f(a=ip4(o->mode), b=ip6(o->name), c=mac(o->name), d=ksym(o->fn), "
		       "e=buf(o->name, 12))", NULL);
	plan_add_func(&t, "f", 'i', PARAMS);
	pass_params(&t);
	schema = &plan_record(&t, 0, NULL)->schema;
	for (size_t n = 0; n < sizeof(expected) / sizeof(*expected); n++) {
		const struct field *f = schema_field(schema, expected[n].name);

		if (f->kind != expected[n].kind || f->display != expected[n].display ||
		    f->size != expected[n].size)
			fail_msg("%s: kind %d, display %d, size %u", f->name, f->kind, f->display,
				 f->size);
		if (f->kind == FIELD_BYTES)
			assert_memory_equal(t.raw.bytes + f->offset, obj.name, f->size);
	}
	plan_exit(&t);
}

/* ---- filters ------------------------------------------------------------------------------- */

static void check_filter(char ret, const char *text, const char *filter, uint64_t retval,
			 bool passes)
{
	struct plan_test t;

	start(&t, ret, text, filter);
	assert_int_equal(t.err, 0);
	t.frame.retval = retval;
	for (unsigned int n = 0; n < t.events->nr; n++)
		if (machine_call(t.events, t.events->events[n], 0, &t.frame, NULL, &t.raw) !=
		    passes)
			fail_msg("%s / %s, event %u: not %s", text, filter, n,
				 passes ? "recorded" : "dropped");
	plan_exit(&t);
}

#define F(filter, passes)							\
	check_filter('i', "f(o->val)", filter, -3, passes);			\
	check_filter('i', "f(o->val, return)", filter, -3, passes);		\
	check_filter('i', "f()", filter, -3, passes)

static void entry_filters(void **state)
{
	(void)state;
	F("o->val < 0", true);
	F("o->val > 0", false);
	F("i", true);
	F("l - 7", false);
	F("o->val < 0 && l == 7 && s == \"a label\" && comm() ~ \"*worker\"", true);
	F("o->val < 0 && l == 7 && s == \"a label\" && comm() ~ \"*workers\"", false);
	F("o->val > 0 || l == 7", true);
	F("o->val > 0 || l == 8", false);
	F("!(o->val > 0)", true);
	/* What cannot be read is not true, and neither is its opposite. */
	F("o->next->next->val == 0", false);
	F("o->next->next->val != 0", false);
	F("!o->next->next->val", false);
	F("!(o->next->next->val == 0)", false);
	F("i / (l - 7) == 0", false);
	F("o->next->label != \"x\"", false);
	/* But what is not looked at does no harm. */
	F("!o->next->next || o->next->next->val == 0", true);
	F("o->next->next == NULL ? i < 0 : o->next->next->val == 0", true);
}

static void return_filters(void **state)
{
	(void)state;
	F("return < 0", true);
	F("return == -3", true);
	F("return >= 0", false);
	F("return < 0 && o->val == -100", true);
	F("return < 0 && o->val == 100", false);
	F("return - o->val == 97", true);
	F("return < o->next->next->val", false);
	F("duration() > 12000 && return", true);
	F("duration() > 13000 && return", false);
	F("o->val@return == o->val && return", true);
	F("o->next->next->val@return == 0", false);
	F("return < 0 || o->next->next->val == 0", true);
	F("return > 0 || o->next->next->val == 0", false);
	check_filter('o', "f(o->val)", "return->val == -7", (uintptr_t)&next, true);
	check_filter('o', "f(o->val)", "return->val == -7", 0, false);
	check_filter('o', "f(return->val == -7)", NULL, (uintptr_t)&next, true);
	check_filter('o', "f(return->val == -7)", NULL, (uintptr_t)&obj, false);
	check_filter('i', "f(o->val > 0)", NULL, 0, false);
	check_filter('i', "f(o->val < 0, l == 7)", NULL, 0, true);
	check_filter('i', "f", "o->val > 0", 0, false);
	check_filter('i', "f", "o->val < 0", 0, true);
	check_filter('i', "f", "return == 1", 1, true);
	check_filter('i', "f", "return == 1", 2, false);
}

/* ---- triggers ------------------------------------------------------------------------------ */

/* Whether the event of the entry, or the one of the return, is a trigger, -1: there is none. */
static void check_trigger(const char *text, const char *trigger, int at_entry, int at_return)
{
	struct diag diag = DIAG_INIT;
	struct plan_test t;

	memset(&t, 0, sizeof(t));
	t.opts = (struct event_opts){ .max_data = 1024, .max_string = 16 };
	assert_int_equal(event_list__new(&t.events), 0);
	plan_parse(&t, text, NULL);
	assert_int_equal(spec__add_trigger(t.spec, trigger, &diag), 0);
	plan_add_func(&t, "f", 'i', PARAMS);
	pass_params(&t);
	t.frame.retval = -3;
	assert_int_equal(t.events->nr, (at_entry >= 0) + (at_return >= 0));
	for (unsigned int i = 0; i < t.events->nr; i++) {
		const struct event *event = t.events->events[i];
		int wanted = event->paired ? at_return : at_entry;

		assert_int_equal(t.err, 0);
		machine_record(t.events, event, &t.frame, NULL, &t.raw);
		if (((struct bs_common *)t.raw.bytes)->flags != (wanted ? BS_MARK_TRIGGER : 0))
			fail_msg("%s / %s: %s", text, trigger, wanted ? "no trigger" : "a trigger");
	}
	plan_exit(&t);
}

static void triggers(void **state)
{
	(void)state;
	check_trigger("f(o->val)", "o->val == -100", 1, -1);
	check_trigger("f(o->val)", "o->val == 100", 0, -1);
	check_trigger("f(l)", "o->next->val < 0 && comm != \"x\"", 1, -1);
	check_trigger("f(o->val)", "return < 0", -1, 1);
	check_trigger("f(o->val, return)", "o->val == -100", -1, 1);
	check_trigger("f(o->val, return)", "o->val == -100 && return > 0", -1, 0);
	check_trigger("f(l)", "duration > 12us", -1, 1);
	check_trigger("f(l)", "duration > 1s", -1, 0);
	/* What can't be read is neither true nor, turned round, false. */
	check_trigger("f(l)", "o->next->next->val == 0", 0, -1);
	check_trigger("f(l)", "!o->next->next->val", 0, -1);
	check_trigger("f(l, return)", "!o->next->next->val && return", -1, 0);
	check_trigger("f(o->next->next->val)", "!o->next->next->val", 0, -1);
	/* Without items the entry's event or the return's, whichever knows. */
	check_trigger("f", "o->val == -100", 1, 0);
	check_trigger("f", "return == -3", 0, 1);
}

static void errors_only(void **state)
{
	static const struct {
		char ret;
		uint64_t retval;
		bool passes;
	} cases[] = {
		{ 'i', 0xffffffff, true }, { 'i', 0, false }, { 'l', -1, true }, { 'l', 1, false },
		{ 'o', -1, true }, { 'o', -4095, true }, { 'o', -4096, false }, { 'o', 0, false },
		{ 'b', 0xff00, true }, { 'b', 1, false },
	};

	(void)state;
	for (size_t n = 0; n < sizeof(cases) / sizeof(*cases); n++) {
		struct plan_test t;

		memset(&t, 0, sizeof(t));
		t.opts = (struct event_opts){ .max_data = 1024, .max_string = 16 };
		assert_int_equal(event_list__new(&t.events), 0);
		plan_parse(&t, "f", NULL);
		t.spec->errors = true;
		plan_add_func(&t, "f", cases[n].ret, PARAMS);
		pass_params(&t);
		t.frame.retval = cases[n].retval;
		assert_int_equal(t.err, 0);
		assert_int_equal(t.events->nr, 1);
		assert_int_equal(machine_call(t.events, t.events->events[0], 0, &t.frame, NULL,
					      &t.raw), cases[n].passes);
		plan_exit(&t);
	}
}

/* Which events a filter leaves of a spec without items. */
static void events_of_filters(void **state)
{
	struct event *event;
	struct plan_test t;

	(void)state;
	start(&t, 'i', "f", "o->val < 0");
	assert_int_equal(t.events->nr, 2);
	for (int n = 0; n < 2; n++) {
		assert_int_not_equal(t.events->events[n]->plans[0]->nr_entry_filter_ops, 0);
		assert_int_equal(t.events->events[n]->plans[0]->nr_return_filter_ops, 0);
	}
	plan_exit(&t);

	start(&t, 'i', "f", "return < 0 && o->val < 0");
	assert_int_equal(t.events->nr, 1);
	event = t.events->events[0];
	assert_string_equal(event->schema.name, "f__return");
	assert_true(event->paired);
	assert_int_not_equal(event->schema.duration_offset, 0);
	assert_int_not_equal(event->plans[0]->nr_entry_filter_ops, 0);
	assert_int_not_equal(event->plans[0]->nr_return_filter_ops, 0);
	assert_int_equal(event->plans[0]->kept_size, 0);
	schema_field(&event->schema, "i");
	schema_field(&event->schema, "o");
	schema_field(&event->schema, "retval");
	plan_exit(&t);

	/* Nothing of the entry is recorded, but it is compared with. */
	start(&t, 'i', "f(return)", "return != i");
	event = t.events->events[0];
	assert_int_equal(event->schema.nr_fields, 1);
	assert_int_equal(event->plans[0]->entry_size, 0);
	assert_int_equal(event->plans[0]->kept_size, 8);
	plan_exit(&t);
}

static void raised_at_return(void **state)
{
	struct event *event;
	struct plan_test t;
	enum item_status status;

	(void)state;
	for (int items = 0; items < 2; items++) {
		memset(&t, 0, sizeof(t));
		t.opts = (struct event_opts){
			.max_data = 1024, .max_string = 16, .raise_at_return = true,
			.sequence_step = 3,
		};
		assert_int_equal(event_list__new(&t.events), 0);
		plan_parse(&t, items ? "f(i)" : "f", NULL);
		plan_add_func(&t, "f", 'i', PARAMS);
		pass_params(&t);
		assert_int_equal(t.events->nr, 1);
		event = plan_record(&t, 0, NULL);
		assert_true(event->paired && event->raise_at_return);
		assert_string_equal(event->schema.name, "f__return");
		assert_int_equal(field_value(event, "i", &t.raw, &status), i);
		assert_int_equal(event->plans[0]->sequence_step, 3);
		plan_exit(&t);
	}
}

/* ---- when ---------------------------------------------------------------------------------- */

static void change(void)
{
	obj.val = 900;
	obj.next = NULL;
	obj.inp = NULL;
	strcpy(label, "changed");
}

/* Values of the entry in expressions of the return. */
static void kept(void **state)
{
	static const struct {
		const char *name;
		int64_t value;
		enum item_status status;
	} expected[] = {
		{ "a", 1000, ITEM_OK },			/* 900 - -100 */
		{ "b", -100, ITEM_OK },	{ "c", 900, ITEM_OK }, { "d", -7, ITEM_OK },
		{ "e", 0, ITEM_NULL },	{ "g", -5 * 42, ITEM_OK }, { "h", 0, ITEM_NULL },
		{ "j", -14, ITEM_OK },	{ "k", 1, ITEM_OK }, { "m", 0, ITEM_OK },
		{ "n", 12, ITEM_OK },	{ "q", 12, ITEM_FAULT },
	};
	enum item_status status;
	struct plan_test t;
	struct event *event;

	(void)state;
	start(&t, 'i', "f(a=o->val@return - o->val, b=o->val, c=o->val@return, d=o->next->val, "
		       "e=o->next->val@return, g=i * return, h=o->next->next->val + 0 * return, "
		       "j=o->next->val + o->next->val + 0 * return, "
		       "k=(s == \"a label\") + 0 * return, "
		       "m=(s@return == \"a label\"), n=return == 42 ? 12 : o->next->next->val, "
		       "q=((struct obj *)o->priv)->val + return - 30, str(s), t=str(s)@return, "
		       "w=*o->inp, x=(*o->inp)@return, y=*((o->inp)@return))", NULL);
	t.frame.retval = 42;
	event = plan_record(&t, 0, change);
	for (size_t n = 0; n < sizeof(expected) / sizeof(*expected); n++) {
		int64_t got = field_value(event, expected[n].name, &t.raw, &status);

		if (got != expected[n].value || status != expected[n].status)
			fail_msg("%s: %lld (%d)", expected[n].name, (long long)got, status);
	}
	assert_string_equal(raw_string(schema_field(&event->schema, "s"), &t.raw), "a label");
	assert_string_equal(raw_string(schema_field(&event->schema, "t"), &t.raw), "changed");
	assert_memory_equal(t.raw.bytes + schema_field(&event->schema, "w")->offset, &inner,
			    sizeof(inner));
	assert_int_equal(raw_status(&event->schema, schema_field(&event->schema, "w"), &t.raw),
			 ITEM_OK);
	assert_int_equal(raw_status(&event->schema, schema_field(&event->schema, "y"), &t.raw),
			 ITEM_NULL);
	plan_exit(&t);
	strcpy(label, "a label");
	fill_objects();
}

static unsigned int count_ops(const struct bs_op *ops, unsigned int nr, enum bs_opcode code)
{
	unsigned int count = 0;

	for (unsigned int n = 0; n < nr; n++)
		count += ops[n].code == code;
	return count;
}

/* What is needed twice is kept once, and nothing is that is in the record anyway. */
static void kept_once(void **state)
{
	static const struct {
		const char *text;
		unsigned int kept;
	} cases[] = {
		{ "f(o->val@return)", 8 },		/* o */
		{ "f(o->val@return, o->small@return, o->next->val@return)", 8 },
		{ "f(return - o->val, return + o->val)", 8 },
		{ "f(o->val, return - o->val, return + o->val)", 0 },
		{ "f(return - o->val, return + o->small)", 16 },
		{ "f(return - i, return + 3, return * sizeof(int))", 8 },
		{ "f(i, return - i)", 0 },
		{ "f(o, o->val@return)", 0 },
		{ "f(return, i)", 0 },
		{ "f(return + (i * 3 + o->val))", 8 },
		{ "f(buf(o, l)@return)", 16 },
	};

	(void)state;
	for (size_t n = 0; n < sizeof(cases) / sizeof(*cases); n++) {
		struct plan_test t;

		start(&t, 'i', cases[n].text, NULL);
		plan_record(&t, 0, NULL);
		if (t.events->events[0]->plans[0]->kept_size != cases[n].kept)
			fail_msg("%s: %u bytes kept", cases[n].text,
				 t.events->events[0]->plans[0]->kept_size);
		plan_exit(&t);
	}
}

/* ---- sharing ------------------------------------------------------------------------------- */

static void shared_loads(void **state)
{
	static const struct {
		const char *text, *filter;
		unsigned int in_filter, loads, args;
	} cases[] = {
		{ "f(o->next->val, o->next->small)", NULL, 0, 3, 1 },
		{ "f(o->next->next->val, o->next->next->small)", NULL, 0, 4, 1 },
		{ "f(x=o->next->val, y=o->next->val)", NULL, 0, 3, 1 },
		{ "f(x=o->next->val * o->next->val)", NULL, 0, 2, 1 },
		{ "f(o->next, o->next->val)", NULL, 0, 3, 1 },
		{ "f(o->val)", "o->next->val > 1", 2, 1, 1 },
		{ "f(o->next->small)", "o->next->val > 1", 2, 1, 1 },
		{ "f(o->next->val, o->next)", "o->next->val > 1", 2, 0, 1 },
		{ "f(o->next->val)", "i || o->next->val > 1", 2, 2, 3 },
		{ "f(o->next->val)", "o->next->val > 1 || i", 2, 0, 2 },
		{ "f(x=i ? o->next->val : o->next->small, o->next->neg)", NULL, 0, 6, 4 },
	};

	(void)state;
	for (size_t n = 0; n < sizeof(cases) / sizeof(*cases); n++) {
		const struct bs_plan *plan;
		unsigned int in_filter, loads, args;
		struct plan_test t;

		start(&t, 'i', cases[n].text, cases[n].filter);
		assert_int_equal(t.err, 0);
		plan = t.events->events[0]->plans[0];
		in_filter = count_ops(plan->entry_filter, plan->nr_entry_filter_ops, BS_OP_LOAD);
		loads = count_ops(plan->entry, plan->nr_entry_ops, BS_OP_LOAD);
		args = count_ops(plan->entry_filter, plan->nr_entry_filter_ops, BS_OP_ARG) +
		       count_ops(plan->entry, plan->nr_entry_ops, BS_OP_ARG);
		if (in_filter != cases[n].in_filter || loads != cases[n].loads ||
		    args != cases[n].args)
			fail_msg("%s / %s: %u and %u loads, %u parameters", cases[n].text,
				 cases[n].filter, in_filter, loads, args);
		plan_exit(&t);
	}
}

/* A shared pointer that cannot be had marks every item behind it. */
static void shared_faults(void **state)
{
	static const char *const names[] = { "a", "b", "c", "d", "e" };
	enum item_status status;
	struct plan_test t;
	struct event *event;

	(void)state;
	start(&t, 'i', "f(a=o->next->next->val, b=o->next->next->small, c=o->next->next->in, "
		       "d=o->next->next->label, e=o->next->next->grid[l - 7][1])", NULL);
	for (int n = 0; n < 3; n++) {
		struct obj *first = n == 0 ? &obj : n == 1 ? NULL : NOWHERE;

		frame_pass(&t.frame, &t.func, 0, &first, 8);
		event = plan_record(&t, 0, NULL);
		for (size_t j = 0; j < sizeof(names) / sizeof(*names); j++) {
			status = raw_status(&event->schema,
					    schema_field(&event->schema, names[j]), &t.raw);
			assert_int_equal(status, n == 2 ? ITEM_FAULT : ITEM_NULL);
		}
	}
	plan_exit(&t);
}

/* An address that could not be read and an index so large that their sum can be. */
static void index_out_of_nowhere(void **state)
{
	long far = (long)label - 1;
	enum item_status status;
	struct plan_test t;
	struct event *event;

	(void)state;
	start(&t, 'i', "f(a=((struct obj *)o->priv)->label[l], "
		       "b=((struct obj *)o->priv)->label[l], "
		       "c=((struct obj *)o->priv)->label[l + 1])", NULL);
	frame_pass(&t.frame, &t.func, 3, &far, 8);
	event = plan_record(&t, 0, NULL);
	field_value(event, "a", &t.raw, &status);
	assert_int_equal(status, ITEM_FAULT);
	field_value(event, "b", &t.raw, &status);
	assert_int_equal(status, ITEM_FAULT);
	field_value(event, "c", &t.raw, &status);
	assert_int_equal(status, ITEM_FAULT);
	plan_exit(&t);
}

/* ---- limits -------------------------------------------------------------------------------- */

static void check_refused(char ret, const char *text, const char *filter, const char *what)
{
	struct plan_test t;

	start(&t, ret, text, filter);
	assert_int_equal(t.err, -E2BIG);
	assert_int_equal(t.events->nr, 0);
	assert_non_null(t.diag.msg);
	if (!strstr(t.diag.msg, what))
		fail_msg("%s / %s: %s", text, filter, t.diag.msg);
	assert_true(t.diag.has_span);
	/* The place is in the text that it is said to be in. */
	assert_true(t.diag.span.pos + t.diag.span.len <=
		    strlen(t.diag.text ? t.diag.text : text));
	if (filter)
		assert_string_equal(t.diag.text, filter);
	plan_exit(&t);
}

static void limits(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	/* An item, several items, a filter, several. */
	buf__adds(&text, "f(i, long_one=");
	for (int n = 0; n < 16; n++)
		buf__addf(&text, "%so->val * (l + %d)", n ? " ^ " : "", n);
	buf__adds(&text, ")");
	check_refused('i', buf__str(&text), NULL, "'long_one' is too long: more than 64 steps");
	buf__clear(&text);
	buf__adds(&text, "f(a=o->val + i * 3, b=o->val + U * 4, c=");
	for (int n = 0; n < 8; n++)
		buf__addf(&text, "%so->small / (l + %d)", n ? " + " : "", n);
	buf__adds(&text, ")");
	check_refused('i', buf__str(&text), NULL, "with 'c' it is more than 64 steps");
	buf__clear(&text);
	for (int n = 0; n < 10; n++)
		buf__addf(&text, "%so->val / l > %d", n ? " || " : "", n);
	check_refused('i', "f(i)", buf__str(&text), "too long a filter: more than 32 steps");
	buf__clear(&text);
	for (int n = 0; n < 14; n++)
		buf__addf(&text, "%so->grid[%d][%d] == %d", n ? " && " : "", n % 2, n % 3, n);
	check_refused('i', "f(i)", buf__str(&text), "more than 32 steps");
	buf__exit(&text);
}

/* Every value of the entry has bits of its own in the status word. */
static void too_much_kept(void **state)
{
	static const char *const members[] = {
		"val", "small", "neg", "shorty", "a3", "b11", "s6", "au", "grid[0][0]",
		"grid[0][1]", "grid[0][2]", "grid[1][0]", "grid[1][1]", "grid[1][2]", "flag",
		"mode", "in.x",
	};
	struct buf text = BUF_INIT;
	struct plan_test t;

	(void)state;
	for (unsigned int nr = 16; nr <= 17; nr++) {
		buf__clear(&text);
		for (unsigned int n = 0; n < nr; n++)
			buf__addf(&text, "%so->%s + return", n ? ", " : "f(", members[n]);
		buf__adds(&text, ")");
		if (nr == 16) {
			start(&t, 'l', buf__str(&text), NULL);
			plan_record(&t, 0, NULL);
			plan_exit(&t);
		} else {
			check_refused('l', buf__str(&text), NULL, "more than 32 values");
		}
	}
	buf__exit(&text);
}

static void too_many_strings(void **state)
{
	struct plan_test t;

	(void)state;
	start(&t, 'i', "f(s == \"0\")", NULL);
	for (int n = 1; n <= BS_MAX_MATCHES; n++) {
		char text[64];

		assert_int_equal(t.err, 0);
		assert_int_equal(t.events->nr_matches, n);
		snprintf(text, sizeof(text), "f(s == \"%d\")", n);
		spec__free(t.specs[--t.nr_specs]);
		plan_parse(&t, text, NULL);
		plan_add_func(&t, "f", 'i', PARAMS);
	}
	assert_int_equal(t.err, -E2BIG);
	assert_non_null(strstr(t.diag.msg, "64 strings"));
	/* The same string is the same one. */
	diag__exit(&t.diag);
	t.diag = (struct diag)DIAG_INIT;
	plan_parse(&t, "f(s == \"7\", o->name == \"8\")", NULL);
	plan_add_func(&t, "f", 'i', PARAMS);
	assert_int_equal(t.err, 0);
	assert_int_equal(t.events->nr_matches, BS_MAX_MATCHES);
	plan_exit(&t);
}

/* ---- strings and globs --------------------------------------------------------------------- */

static void globs(void **state)
{
	static const struct {
		const char *glob, *string;
		bool matches;
	} cases[] = {
		{ "", "", true },		{ "", "a", false },
		{ "abc", "abc", true },		{ "abc", "abcd", false },
		{ "abc", "ab", false },		{ "*", "", true },
		{ "*", "anything", true },	{ "a*", "a", true },
		{ "a*", "ba", false },		{ "*a", "ba", true },
		{ "*a", "ab", false },		{ "a*b*c", "a-b-b-c", true },
		{ "a*b*c", "acb", false },	{ "**a**", "xax", true },
		{ "?", "", false },		{ "?", "x", true },
		{ "??", "x", false },		{ "*?", "x", true },
		{ "[abc]x", "bx", true },	{ "[abc]x", "dx", false },
		{ "[a-c]", "b", true },		{ "[a-c]", "-", false },
		{ "[!a-c]", "b", false },	{ "[!a-c]", "-", true },
		{ "[!a-c]", "", false },	{ "[]]", "]", true },
		{ "[!]]", "]", false },		{ "[!]]", "x", true },
		{ "[a-]", "-", true },		{ "[-a]", "-", true },
		{ "[a!]", "!", true },		{ "[]a-c]", "b", true },
		{ "\\*", "*", true },		{ "\\*", "x", false },
		{ "\\[a]", "[a]", true },	{ "a\\?", "a?", true },
		{ "\xc3\xa4*", "\xc3\xa4x", true }, { "[\xc3-\xc5]", "\xc4", true },
		{ "nginx: *", "nginx: worker", true },
		{ "*************************************************************x", "x", true },
	};

	(void)state;
	for (size_t n = 0; n < sizeof(cases) / sizeof(*cases); n++) {
		struct bs_match match;

		assert_int_equal(match__glob(cases[n].glob, strlen(cases[n].glob), &match), 0);
		if (match__test(&match, cases[n].string, strlen(cases[n].string)) !=
		    cases[n].matches)
			fail_msg("'%s' and '%s'", cases[n].glob, cases[n].string);
	}
}

static void bad_globs(void **state)
{
	static const char *const bad[] = { "[", "[]", "[!", "[!]", "[a", "a[", "[a-", "\\", "[z-a]",
					   "x[]", "[\\" };
	struct bs_match match;
	char text[80];

	(void)state;
	for (size_t n = 0; n < sizeof(bad) / sizeof(*bad); n++)
		assert_int_equal(match__glob(bad[n], strlen(bad[n]), &match), -EINVAL);
	memset(text, 'x', sizeof(text));
	for (unsigned int len = 60; len <= 66; len++) {
		int expected = len > BS_MAX_MATCH_LEN ? -E2BIG : 0;

		assert_int_equal(match__string(text, len, &match), expected);
		if (!expected) {
			assert_true(match__test(&match, text, len));
			assert_false(match__test(&match, text, len - 1));
			assert_false(match__test(&match, text, len + 1));
		}
		text[0] = '*';
		assert_int_equal(match__glob(text, len + 1, &match), expected);
		if (!expected)
			assert_true(match__test(&match, text, len + 3));
		text[0] = 'x';
	}
	/* In a string, nothing is special. */
	assert_int_equal(match__string("*[", 2, &match), 0);
	assert_true(match__test(&match, "*[", 2));
	assert_false(match__test(&match, "a[", 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arithmetic),
		cmocka_unit_test(comparisons),
		cmocka_unit_test(logic),
		cmocka_unit_test(addresses),
		cmocka_unit_test(faults),
		cmocka_unit_test(built_in),
		cmocka_unit_test(tails),
		cmocka_unit_test(cut_buffer),
		cmocka_unit_test(displays),
		cmocka_unit_test(entry_filters),
		cmocka_unit_test(return_filters),
		cmocka_unit_test(errors_only),
		cmocka_unit_test(events_of_filters),
		cmocka_unit_test(raised_at_return),
		cmocka_unit_test(kept),
		cmocka_unit_test(kept_once),
		cmocka_unit_test(shared_loads),
		cmocka_unit_test(shared_faults),
		cmocka_unit_test(index_out_of_nowhere),
		cmocka_unit_test(triggers),
		cmocka_unit_test(limits),
		cmocka_unit_test(too_much_kept),
		cmocka_unit_test(too_many_strings),
		cmocka_unit_test(globs),
		cmocka_unit_test(bad_globs),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
