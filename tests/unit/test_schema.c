// SPDX-License-Identifier: GPL-2.0-only
/*
 * A schema as tracepoint format, read by libtraceevent, and as BTF, read back; broken and hostile
 * BTF.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "../../perf-plugin/render/event.h"
#include "../../perf-plugin/render/foreign.h"
#include "../../perf-plugin/types/layout.h"
#include "data_fixture.h"

/* ---- the format -------------------------------------------------------------------------- */

static char *format_of(const struct schema *schema)
{
	struct buf text = BUF_INIT;

	assert_int_equal(schema__format(schema, &text), 0);
	return buf__take(&text);
}

static void format_text(void **state)
{
	struct fixture f;
	char *text;

	(void)state;
	fixture_init(&f);
	text = format_of(&f.schemas[1]);
	assert_string_equal(text,
		"name: sends__return\nID: 65533\nformat:\n"
		"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
		"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
		"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
		"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
		"\tfield:u64 _status;\toffset:8;\tsize:8;\tsigned:0;\n"
		"\tfield:u64 duration;\toffset:16;\tsize:8;\tsigned:0;\n"
		"\tfield:u64 size;\toffset:24;\tsize:8;\tsigned:0;\n"
		"\tfield:s64 return_;\toffset:32;\tsize:8;\tsigned:1;\n"
		"\nprint fmt: \"size=%llu return_=%lld duration=%llu\", "
		"REC->size, REC->return_, REC->duration\n");
	free(text);
	fixture_exit(&f);
}

/* What libtraceevent prints for the raw data of an event. */
static void check_printed(const struct schema *schema, const void *raw, size_t size,
			  const char *expected)
{
	char *text = format_of(schema), name[64];
	struct buf out = BUF_INIT;
	struct foreign *foreign;
	int handle;

	assert_int_equal(foreign__new(&foreign), 0);
	snprintf(name, sizeof(name), "btfsnoop:%s", schema->name);
	handle = foreign__add(foreign, name, text, strlen(text));
	assert_int_equal(handle, 0);
	foreign__print(foreign, handle, raw, size, 0, 0, &out);
	assert_string_equal(buf__str(&out), expected);
	buf__exit(&out);
	foreign__free(foreign);
	free(text);
}

static void format_printed(void **state)
{
	struct fixture_packet p = {
		.len = 137, .proto = 8, .bits = 5 | 2 << 3, .ok = 1, .name = "lo", .state = 1,
		.next = 0x10, .addr = { 2, 0x42, 0xac, 0x11, 0, 9 },
	};
	uint8_t raw[FIXTURE_SEND_FIXED + 8] = { 0 };
	uint32_t loc = FIXTURE_SEND_FIXED | 5 << 16;
	struct fixture f;

	(void)state;
	fixture_init(&f);
	put64(raw, 16, 0xffff888000001000);
	put64(raw, 24, 137);
	put64(raw, 32, 1);
	memcpy(raw + 40, &loc, sizeof(loc));
	memcpy(raw + 48, &p, sizeof(p));
	memcpy(raw + FIXTURE_SEND_FIXED, "eth0", 5);
	check_printed(&f.schemas[0], raw, sizeof(raw),
		      "skb=0xffff888000001000 skb__len=137 skb__name=eth0 skb__state=STATE_BUSY "
		      "skb__proto=8 skb__kind=5 skb__sum=2 skb__ok=1 skb__list__next=0x10 "
		      "skb__list__prev=0 skb__addr=0242ac110009");
	/* What could not be read is marked, not zero; of a struct its first member says so. */
	put64(raw, 8, ITEM_NULL | ITEM_FAULT << 2 | ITEM_CUT << 4 | ITEM_NULL << 6);
	put64(raw, 24, 0);
	memset(raw + 48, 0, sizeof(p));
	check_printed(&f.schemas[0], raw, sizeof(raw),
		      "skb=0xffff888000001000 skb__len=(fault) skb__name=eth0... skb__state=(null) "
		      "skb__proto=(null) skb__kind= skb__sum= skb__ok= skb__list__next= "
		      "skb__list__prev= skb__addr=");
	fixture_exit(&f);
}

/* Values that are shown by more than their type, and bytes that are no string. */
static void format_displays(void **state)
{
	uint8_t raw[FLOWS_FIXED + 64];
	struct fixture f;
	char *text;

	(void)state;
	flows_init(&f);
	text = format_of(&f.schemas[0]);
	assert_non_null(strstr(text, "\tfield:u32 saddr;\toffset:24;\tsize:4;\tsigned:0;\n"
				     "\tfield:u32 sk__daddr;\toffset:32;\tsize:4;\tsigned:0;\n"
				     "\tfield:uint8_t dst6[16];\toffset:40;\tsize:16;\tsigned:0;\n"
				     "\tfield:uint8_t mac[6];\toffset:56;\tsize:6;\tsigned:0;\n"
				     "\tfield:void * caller;\toffset:64;\tsize:8;\tsigned:0;\n"
				     "\tfield:__data_loc u8[] data;\toffset:72;\tsize:4;"
				     "\tsigned:0;\n"
				     "\tfield:s64 big;"));
	free(text);
	flows_raw(1, raw);
	check_printed(&f.schemas[0], raw, sizeof(raw),
		      "saddr=10.0.0.10 sk__daddr=192.168.0.1 dst6=2001:db8::1 "
		      "mac=02:42:ac:11:00:02 caller=0xffffffff81002011 "
		      "data=3a3b3c3d3e3f404142434445464748494a4b4c4d4e4f50515253545556575859"
		      "5a5b5c5d5e5f6061... big=1 state=STATE_BUSY comm=curl quot=-1 "
		      "cb=0xffffffff81003000 duration=1500");
	/* There is no way to leave out what %pI6c and %pS show: the mark stands behind it. */
	flows_raw(3, raw);
	check_printed(&f.schemas[0], raw, sizeof(raw),
		      "saddr=(fault) sk__daddr=(null) dst6=::(null) mac=(fault) "
		      "caller=0xffffffff81002011 data=(fault) big=(fault) state=STATE_BUSY "
		      "comm=curl quot=(fault) cb=0x0(null) duration=1500");
	/* What cannot fail needs no tricks. */
	f.schemas[0].fields[0].item = f.schemas[0].fields[3].item = -1;
	text = format_of(&f.schemas[0]);
	assert_non_null(strstr(text, "\"saddr=%pI4 sk__daddr=%"));
	assert_non_null(strstr(text, " mac=%pM caller=%pS data=%s%s big="));
	free(text);
	check_printed(&f.schemas[0], raw, sizeof(raw),
		      "saddr=0.0.0.0 sk__daddr=(null) dst6=::(null) mac=00:00:00:00:00:00 "
		      "caller=0xffffffff81002011 data=(fault) big=(fault) state=STATE_BUSY "
		      "comm=curl quot=(fault) cb=0x0(null) duration=1500");
	fixture_exit(&f);
}

/* A schema of scalars with these names, 8 bytes each. */
static void scalars(struct schema *s, struct field *fields, unsigned int nr, char **names)
{
	unsigned int i;

	*s = (struct schema){ .name = "f", .id = 60000, .fields = fields, .nr_fields = nr };
	s->fixed_size = 8 + 8 * nr;
	for (i = 0; i < nr; i++)
		fields[i] = (struct field){
			.name = names[i], .expr = names[i], .kind = FIELD_SCALAR,
			.offset = 8 + 8 * i, .size = 8, .item = -1, .pointer = -1,
		};
}

static void format_names(void **state)
{
	char *names[] = { "sk__len", "class", "sk", "context", "duration", "s" };
	struct field fields[6];
	struct schema s;
	struct btf *btf = btf__new_empty();
	char *text;

	(void)state;
	scalars(&s, fields, 6, names);
	s.btf = btf;
	s.duration_offset = s.fixed_size;
	s.fixed_size += 8;
	text = format_of(&s);
	/* perf's scripts have no use for Python's words; a name that begins another comes first. */
	assert_non_null(strstr(text, "print fmt: \"s=%llu sk=%llu sk__len=%llu class_=%llu "
				     "context_=%llu duration=%llu duration_=%llu\""));
	free(text);
	btf__free(btf);
}

/*
 * Signed bitfields, 64 bit ones, and enumerators below zero: libtraceevent's arithmetic has no
 * signs.
 */
static void format_bits(void **state)
{
	struct {
		uint64_t common;
		uint64_t bits;
		uint32_t level;
		uint8_t tail[4];
		int32_t i;
		int16_t h;
		int8_t c;
		uint8_t u;
	} raw = {
		.bits = 0xdULL | 3ULL << 4 | 0x7ffULL << 40, .level = -1, .tail = "abc", .i = -7,
		.h = -8, .c = -9, .u = 250,
	};
	struct field field = { .name = "x", .expr = "x", .kind = FIELD_BYTES, .offset = 8,
			       .size = 24, .full_size = 24, .item = -1, .pointer = -1 };
	struct schema s = { .name = "f", .id = 60000, .fields = &field, .nr_fields = 1,
			    .fixed_size = 32 };
	struct btf *btf = btf__new_empty();
	int s32 = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int s16 = btf__add_int(btf, "short", 2, BTF_INT_SIGNED);
	int s8 = btf__add_int(btf, "signed char", 1, BTF_INT_SIGNED);
	int u8 = btf__add_int(btf, "unsigned char", 1, 0);
	int s64 = btf__add_int(btf, "long", 8, BTF_INT_SIGNED);
	int u64 = btf__add_int(btf, "unsigned long", 8, 0);
	int ch = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	int tail = btf__add_array(btf, u64, ch, 4);
	int level = btf__add_enum(btf, "level", 4);

	(void)state;
	btf__add_enum_value(btf, "BAD", -1);
	btf__add_enum_value(btf, "GOOD", 0);
	field.type_id = btf__add_struct(btf, "x", 24);
	btf__add_field(btf, "neg", s64, 0, 4);
	btf__add_field(btf, "pos", s64, 4, 4);
	btf__add_field(btf, "high", u64, 40, 24);
	btf__add_field(btf, "level", level, 64, 0);
	btf__add_field(btf, "tail", tail, 96, 0);
	btf__add_field(btf, "i", s32, 128, 0);
	btf__add_field(btf, "j", s16, 160, 0);
	btf__add_field(btf, "c", s8, 176, 0);
	btf__add_field(btf, "u", u8, 184, 0);
	s.btf = btf;
	check_printed(&s, &raw, sizeof(raw),
		      "x__neg=-3 x__pos=3 x__high=2047 x__level=BAD x__tail__0=97 x__tail__1=98 "
		      "x__tail__2=99 x__tail__3=0 x__i=-7 x__j=-8 x__c=-9 x__u=250");
	btf__free(btf);
}

static unsigned int count(const char *text, const char *what)
{
	unsigned int nr = 0;

	for (; (text = strstr(text, what)); text++)
		nr++;
	return nr;
}

/*
 * The largest struct there is: no more fields than perf bears, and none beyond what was captured.
 */
static void format_limits(void **state)
{
	struct field field = { .name = "task", .expr = "task", .kind = FIELD_BYTES, .offset = 16,
			       .size = 1024, .item = 0, .pointer = -1 };
	struct schema s = { .name = "f", .id = 60000, .fields = &field, .nr_fields = 1,
			    .status_offset = 8, .fixed_size = 16 + 1024 };
	struct btf *btf = btf__load_vmlinux_btf();
	struct foreign *foreign;
	char *text, *p;

	(void)state;
	if (!btf)
		skip();
	s.btf = btf;
	field.type_id = btf__find_by_name_kind(btf, "task_struct", BTF_KIND_STRUCT);
	field.full_size = btf__resolve_size(btf, field.type_id);
	text = format_of(&s);
	assert_int_equal(count(text, "\tfield:"), 4 + SCHEMA_MAX_FIELDS);
	for (p = text; (p = strstr(p, "offset:")); p++) {
		unsigned int offset, size;

		assert_int_equal(sscanf(p, "offset:%u;\tsize:%u;", &offset, &size), 2);
		assert_true(offset + size <= s.fixed_size);
	}
	assert_int_equal(foreign__new(&foreign), 0);
	assert_int_equal(foreign__add(foreign, "btfsnoop:f", text, strlen(text)), 0);
	foreign__free(foreign);
	free(text);
	btf__free(btf);
}

/* ---- BTF and back ------------------------------------------------------------------------ */

static void check_same(const struct schema *a, const struct schema *b)
{
	unsigned int i;

	assert_string_equal(a->name, b->name);
	assert_string_equal(a->spec, b->spec);
	assert_int_equal(a->id, b->id);
	assert_int_equal(a->at_return, b->at_return);
	assert_int_equal(a->is_tracepoint, b->is_tracepoint);
	assert_int_equal(a->status_offset, b->status_offset);
	assert_int_equal(a->duration_offset, b->duration_offset);
	assert_int_equal(a->fixed_size, b->fixed_size);
	assert_int_equal(a->nr_fields, b->nr_fields);
	assert_int_equal(a->nr_funcs, b->nr_funcs);
	for (i = 0; i < a->nr_fields; i++) {
		const struct field *f = &a->fields[i], *g = &b->fields[i];

		assert_string_equal(f->name, g->name);
		assert_string_equal(f->expr, g->expr);
		assert_int_equal(f->kind, g->kind);
		assert_int_equal(f->display, g->display);
		assert_int_equal(f->type_id, g->type_id);
		assert_int_equal(f->offset, g->offset);
		assert_int_equal(f->size, g->size);
		assert_int_equal(f->full_size, g->full_size);
		assert_int_equal(f->item, g->item);
		assert_int_equal(f->pointer, g->pointer);
		assert_int_equal(f->is_signed, g->is_signed);
		assert_int_equal(f->is_return, g->is_return);
		assert_int_equal(f->at_return || f->is_return, g->at_return);
	}
}

/* Writes the fixture's first @nr schemas into its BTF and reads them back from a copy: *@read. */
static struct schema *reread(struct fixture *f, unsigned int nr, struct btf **read)
{
	struct schema *schemas;
	unsigned int i, nr_read;
	const char *why;
	const void *raw;
	uint32_t size;

	for (i = 0; i < nr; i++)
		assert_int_equal(schema__to_btf(&f->schemas[i], f->btf), 0);
	raw = btf__raw_data(f->btf, &size);
	*read = btf__new(raw, size);
	assert_non_null(*read);
	assert_int_equal(schemas__from_btf(*read, &schemas, &nr_read, &why), 0);
	assert_int_equal(nr_read, nr);
	for (i = 0; i < nr; i++)
		check_same(&f->schemas[i], &schemas[i]);
	return schemas;
}

static void round_trip(void **state)
{
	const struct schema_func *func;
	struct schema *schemas;
	struct fixture f;
	struct btf *read;

	(void)state;
	fixture_init(&f);
	schemas = reread(&f, 2, &read);
	func = schema__func(&schemas[1], FIXTURE_FUNC_TWO);
	assert_non_null(func);
	assert_string_equal(func->name, "send_two");
	assert_string_equal(func->module, "mod");
	func = schema__func(&schemas[1], FIXTURE_FUNC_ONE);
	assert_non_null(func);
	assert_null(func->module);
	assert_null(schema__func(&schemas[1], FIXTURE_FUNC_ONE + 1));
	assert_null(schema__func(&schemas[1], 0));
	schemas__free(schemas, 2);
	btf__free(read);
	fixture_exit(&f);
}

static void round_trip_displays(void **state)
{
	struct schema *schemas;
	struct fixture f;
	struct btf *read;

	(void)state;
	flows_init(&f);
	schemas = reread(&f, 1, &read);
	schemas__free(schemas, 1);
	btf__free(read);
	fixture_exit(&f);
}

/* A pattern's event: its functions come sorted by address, and each is found. */
static void many_functions(void **state)
{
	const unsigned int nr_funcs = 5000;
	struct schema_func *funcs = calloc(nr_funcs, sizeof(*funcs));
	struct schema s = { .name = "all", .id = 60000, .fixed_size = 8, .funcs = funcs,
			    .nr_funcs = nr_funcs }, *schemas;
	struct btf *btf = btf__new_empty();
	const struct schema_func *func;
	unsigned int i, nr;
	const char *why;
	char name[16];

	(void)state;
	for (i = 0; i < nr_funcs; i++) {
		snprintf(name, sizeof(name), "f%u", i);
		/* In no order; a function nobody knows the address of; two at one address. */
		funcs[i].addr = i * 7919ULL % nr_funcs * 16;
		funcs[i].name = strdup(name);
	}
	funcs[1].addr = funcs[2].addr;
	assert_int_equal(schema__to_btf(&s, btf), 0);
	assert_int_equal(schemas__from_btf(btf, &schemas, &nr, &why), 0);
	assert_int_equal(schemas[0].nr_funcs, nr_funcs);
	for (i = 3; i < nr_funcs; i++) {
		func = schema__func(&schemas[0], funcs[i].addr);
		assert_non_null(func);
		assert_string_equal(func->name, funcs[i].name);
	}
	func = schema__func(&schemas[0], funcs[1].addr);
	assert_non_null(func);
	assert_true(!strcmp(func->name, "f1") || !strcmp(func->name, "f2"));
	assert_null(schema__func(&schemas[0], 8));
	schemas__free(schemas, nr);
	for (i = 0; i < nr_funcs; i++)
		free(funcs[i].name);
	free(funcs);
	btf__free(btf);
}

/*
 * An event with one field, described by these two tags. The field's display goes to *@display, if
 * the event is taken.
 */
static int read_display(const char *event, const char *field, const char **why,
			enum field_display *display)
{
	struct btf *btf = btf__new_empty();
	int u64 = btf__add_int(btf, "unsigned long", 8, 0), proto, func, err;
	struct schema *schemas;
	unsigned int nr;

	if (strstr(field ? field : "", "kind=bytes"))
		u64 = btf__add_array(btf, u64, u64, 2);
	proto = btf__add_func_proto(btf, 0);
	btf__add_func_param(btf, "a", u64);
	func = btf__add_func(btf, "btfsnoop:f", BTF_FUNC_STATIC, proto);
	if (event)
		btf__add_decl_tag(btf, event, func, -1);
	if (field)
		btf__add_decl_tag(btf, field, func, 0);
	err = schemas__from_btf(btf, &schemas, &nr, why);
	if (!err) {
		*display = schemas[0].fields[0].display;
		schemas__free(schemas, nr);
	}
	btf__free(btf);
	return err;
}

static int read_tags(const char *event, const char *field, const char **why)
{
	enum field_display display;

	return read_display(event, field, why, &display);
}

#define EVENT	"event id=60000 size=24 status=8 spec=f(a)"
#define FIELD	"field kind=scalar offset=16 size=8 item=0 expr=a"

static void broken_tags(void **state)
{
	static const char *const cases[][2] = {
		{ NULL, FIELD },
		{ EVENT, NULL },
		{ "event size=24 spec=f", FIELD },
		{ "event id=70000 size=24 spec=f", FIELD },
		{ "event id=60000 spec=f", FIELD },
		{ "event id=60000 size=23 status=8 spec=f", FIELD },
		{ "event id=60000 size=70000 status=8 spec=f", FIELD },
		{ "event id=60000 size=4 spec=f", FIELD },
		{ "event id=60000 size=24 status=4 spec=f", FIELD },
		{ "event id=60000 size=24 status=17 spec=f", FIELD },
		{ "event id=60000 size=24 status=12 spec=f", FIELD },
		{ "event id=60000 size=24 spec=f", FIELD },		/* item, no status */
		{ "event id=60000 size=24 status=8 duration=8 spec=f", FIELD },
		{ "event id=-1 size=24 status=8 spec=f", FIELD },
		{ "event id=60000x size=24 status=8 spec=f", FIELD },
		{ EVENT, "field offset=16 size=8 expr=a" },
		{ EVENT, "field kind=blob offset=16 size=8 expr=a" },
		{ EVENT, "field kind=scalar offset=16 size=4 expr=a" },
		{ EVENT, "field kind=scalar offset=20 size=8 expr=a" },
		{ EVENT, "field kind=scalar offset=0 size=8 expr=a" },
		{ EVENT, "field kind=scalar offset=12 size=8 expr=a" },
		{ EVENT, "field kind=scalar offset=65535 size=8 expr=a" },
		{ EVENT, "field kind=scalar offset=16 size=8 item=32 expr=a" },
		{ EVENT, "field kind=scalar offset=16 size=8 pointer=1 expr=a" },
		{ EVENT, "field kind=scalar offset=16 size=8" },
		{ EVENT, "field kind=bytes offset=16 size=8 full=4 expr=a" },
		{ EVENT, "field kind=string offset=16 size=8 expr=a" },
		{ EVENT, "field kind=buffer offset=16 size=8 expr=a" },
		{ EVENT, "field kind=buffer offset=22 size=4 expr=a" },
	};
	const char *why = NULL;
	size_t i;

	(void)state;
	assert_int_equal(read_tags(EVENT, FIELD, &why), 0);
	assert_int_equal(read_tags(EVENT, "field kind=scalar new=1 offset=16 size=8 expr=a = b c",
				   &why), 0);
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		why = NULL;
		if (read_tags(cases[i][0], cases[i][1], &why) != -EINVAL)
			fail_msg("taken: %s / %s", cases[i][0], cases[i][1]);
		assert_non_null(why);
	}
}

/* What can be shown so is; a display that is not known is left to the type. */
static void displays(void **state)
{
	static const char event[] = "event id=60000 size=40 status=8 spec=f(a)";
	static const struct {
		const char *field;
		int display;		/* -1: refused */
	} cases[] = {
		{ "field kind=scalar offset=16 size=8 display=ip4 expr=a", FIELD_IP4 },
		{ "field kind=scalar offset=16 size=8 display=symbol expr=a", FIELD_SYMBOL },
		{ "field kind=scalar offset=16 size=8 display=type expr=a", FIELD_BY_TYPE },
		{ "field kind=scalar offset=16 size=8 display=ip7 expr=a", FIELD_BY_TYPE },
		{ "field kind=scalar offset=16 size=8 display= expr=a", FIELD_BY_TYPE },
		{ "field kind=scalar offset=16 size=8 expr=display=ip4", FIELD_BY_TYPE },
		{ "field kind=scalar offset=16 size=8 display=ip6 expr=a", -1 },
		{ "field kind=scalar offset=16 size=8 display=mac expr=a", -1 },
		{ "field kind=string offset=16 size=4 display=ip4 expr=a", -1 },
		{ "field kind=string offset=16 size=4 display=symbol expr=a", -1 },
		{ "field kind=buffer offset=16 size=4 display=mac expr=a", -1 },
		{ "field kind=bytes offset=16 size=16 full=16 display=ip6 expr=a", FIELD_IP6 },
		{ "field kind=bytes offset=16 size=6 full=16 display=mac expr=a", FIELD_MAC },
		{ "field kind=bytes offset=16 size=4 full=16 display=ip4 expr=a", FIELD_IP4 },
		{ "field kind=bytes offset=16 size=15 full=16 display=ip6 expr=a", -1 },
		{ "field kind=bytes offset=16 size=17 full=17 display=ip6 expr=a", -1 },
		{ "field kind=bytes offset=16 size=5 full=16 display=mac expr=a", -1 },
		{ "field kind=bytes offset=16 size=0 full=16 display=mac expr=a", -1 },
		{ "field kind=bytes offset=16 size=8 full=16 display=ip4 expr=a", -1 },
		{ "field kind=bytes offset=16 size=16 full=16 display=symbol expr=a", -1 },
		{ "field kind=buffer offset=16 size=4 expr=a", FIELD_BY_TYPE },
	};
	enum field_display display = FIELD_BY_TYPE;
	const char *why = NULL;
	size_t i;
	int err;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		err = read_display(event, cases[i].field, &why, &display);
		if (err ? cases[i].display >= 0 : cases[i].display != (int)display)
			fail_msg("%s: %d, display %d", cases[i].field, err, display);
		if (err)
			assert_string_equal(why, "a field cannot be shown as it says");
	}
}

static int read_func(const char *tag, const char **why)
{
	struct btf *btf = btf__new_empty();
	struct schema *schemas;
	unsigned int nr;
	int func, err;

	func = btf__add_func(btf, "btfsnoop:f", BTF_FUNC_STATIC, btf__add_func_proto(btf, 0));
	btf__add_decl_tag(btf, "event id=60000 size=8 spec=f", func, -1);
	btf__add_decl_tag(btf, tag, func, -1);
	err = schemas__from_btf(btf, &schemas, &nr, why);
	if (!err)
		schemas__free(schemas, nr);
	btf__free(btf);
	return err;
}

static void broken_functions(void **state)
{
	static const char *const cases[] = {
		"func addr=0x1 name=", "func addr=0x1", "func addr=1 name=f", "func addr= name=f",
		"func addr=0x name=f", "func addr=0x1g name=f", "func addr=-0x1 name=f",
		"func addr=0x-1 name=f", "func addr=0x10000000000000000 name=f",
		"func addr=0x1 name=f g", "func addr=0x1 name=\033[2J", "func module= name=f",
		"func module=\a name=f",
	};
	const char *why = NULL;
	size_t i;

	(void)state;
	assert_int_equal(read_func("func addr=0xffffffff81000000 module=m name=f", &why), 0);
	assert_int_equal(read_func("func addr=0x0 later=1 name=f.isra.0", &why), 0);
	assert_int_equal(read_func("func name=f", &why), 0);
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (read_func(cases[i], &why) != -EINVAL)
			fail_msg("taken: %s", cases[i]);
	}
}

/* ---- types that can't be trusted --------------------------------------------------------- */

static void check_refused(struct btf *btf, const char *expected)
{
	const char *why = NULL;

	assert_int_equal(layout__check(btf, &why), -EINVAL);
	assert_string_equal(why, expected);
	btf__free(btf);
}

static struct btf *new_btf(int *u32)
{
	struct btf *btf = btf__new_empty();

	assert_non_null(btf);
	*u32 = btf__add_int(btf, "unsigned int", 4, 0);
	return btf;
}

static void broken_types(void **state)
{
	struct btf *btf;
	const char *why;
	int u32, id, i;

	(void)state;
	btf = new_btf(&u32);		/* a struct within itself */
	btf__add_struct(btf, "s", 8);
	btf__add_field(btf, "s", u32 + 1, 0, 0);
	check_refused(btf, "a type contains itself");

	btf = new_btf(&u32);		/* a typedef of itself */
	btf__add_typedef(btf, "t", u32 + 1);
	check_refused(btf, "a type contains itself");

	btf = new_btf(&u32);		/* but a pointer to it is fine */
	btf__add_struct(btf, "s", 8);
	btf__add_field(btf, "next", u32 + 2, 0, 0);
	btf__add_ptr(btf, u32 + 1);
	assert_int_equal(layout__check(btf, &why), 0);
	btf__free(btf);

	btf = new_btf(&u32);
	btf__add_ptr(btf, 99);
	check_refused(btf, "a type refers to one that does not exist");

	btf = new_btf(&u32);
	btf__add_struct(btf, "s", 4);
	btf__add_field(btf, "a", u32, 8, 0);
	check_refused(btf, "a member lies outside its struct");

	btf = new_btf(&u32);
	btf__add_struct(btf, "s", 8);
	btf__add_field(btf, "a", u32, 0, 0);
	btf__add_field(btf, "b", u32, 24, 0);
	check_refused(btf, "members of a struct overlap");

	btf = new_btf(&u32);
	btf__add_array(btf, u32, u32, 0x40000000);
	check_refused(btf, "an array is too large");

	btf = new_btf(&u32);
	btf__add_array(btf, u32, btf__add_fwd(btf, "s", BTF_FWD_STRUCT), 2);
	check_refused(btf, "an array's elements have no size");

	btf = new_btf(&u32);		/* from the inside out */
	for (i = 0, id = u32; i < 200; i++) {
		id = btf__add_struct(btf, "s", 4);
		btf__add_field(btf, "a", id - 1, 0, 0);
	}
	check_refused(btf, "types nest too deep");
}

static void unions(void **state)
{
	struct btf *btf;
	int u32, u64, pair, id;

	(void)state;
	btf = new_btf(&u32);
	u64 = btf__add_int(btf, "unsigned long", 8, 0);
	pair = btf__add_struct(btf, NULL, 8);
	btf__add_field(btf, "a", u64, 0, 0);
	id = btf__add_union(btf, "u", 8);
	btf__add_field(btf, "x", u32, 0, 0);
	btf__add_field(btf, "y", u64, 0, 0);
	assert_int_equal(layout__union_member(btf, btf__type_by_id(btf, id)), 1);
	btf__add_field(btf, NULL, pair, 0, 0);
	assert_int_equal(layout__union_member(btf, btf__type_by_id(btf, id)), 2);
	id = btf__add_union(btf, "v", 8);
	btf__add_field(btf, "x", u32, 0, 0);
	assert_int_equal(layout__union_member(btf, btf__type_by_id(btf, id)), 0);
	btf__free(btf);
}

/* The kernel's own types all pass, in no time. */
static void kernel_types(void **state)
{
	struct btf *btf = btf__load_vmlinux_btf();
	const char *why = NULL;

	(void)state;
	if (!btf)
		skip();
	if (layout__check(btf, &why))
		fail_msg("%s", why);
	btf__free(btf);
}

static void render_all(const struct schema *schema)
{
	uint8_t *raw = malloc(schema->fixed_size);
	struct buf text = BUF_INIT;
	struct event_view *view;
	unsigned int i;

	assert_non_null(raw);
	for (i = 0; i < schema->fixed_size; i++)
		raw[i] = rand() % 3 ? 0 : rand();
	assert_int_equal(event_view__new(schema, &view), 0);
	for (i = 0; i < 4; i++) {
		struct value_opts opts = { .zeros = i & 1, .hex = i & 2 };

		event_view__line(view, raw, schema->fixed_size, &opts, &text);
		event_view__trees(view, raw, schema->fixed_size, &opts, &text);
	}
	event_view__free(view);
	buf__exit(&text);
	free(raw);
}

static void check_damaged(const struct btf *good)
{
	const size_t head = sizeof(struct btf_header);
	unsigned int i, j, n, nr, nr_taken = 0;
	const char *why;
	const void *raw;
	uint32_t size;
	uint8_t *copy;

	raw = btf__raw_data(good, &size);
	copy = malloc(size);
	for (i = 0; i < 20000; i++) {
		struct schema *schemas;
		struct btf *btf;

		memcpy(copy, raw, size);
		n = rand() % 4 + 1;
		for (j = 0; j < n; j++)
			copy[head + rand() % (size - head)] =
				rand() % 2 ? rand() : rand() % 32;
		btf = btf__new(copy, size);
		if (!btf)
			continue;
		if (!schemas__from_btf(btf, &schemas, &nr, &why)) {
			struct buf text = BUF_INIT;

			for (j = 0; j < nr; j++) {
				render_all(&schemas[j]);
				schema__format(&schemas[j], &text);
			}
			buf__exit(&text);
			schemas__free(schemas, nr);
			nr_taken++;
		}
		btf__free(btf);
	}
	assert_true(nr_taken > 100);
	free(copy);
}

/* BTF with bytes changed at random: refused, or good enough to show values with. */
static void damaged_btf(void **state)
{
	struct fixture f;

	(void)state;
	srand(42);
	fixture_init(&f);
	assert_int_equal(schema__to_btf(&f.schemas[0], f.btf), 0);
	assert_int_equal(schema__to_btf(&f.schemas[1], f.btf), 0);
	check_damaged(f.btf);
	fixture_exit(&f);
	flows_init(&f);
	assert_int_equal(schema__to_btf(&f.schemas[0], f.btf), 0);
	check_damaged(f.btf);
	fixture_exit(&f);
}

static int no_libbpf_messages(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(format_text),
		cmocka_unit_test(format_printed),
		cmocka_unit_test(format_displays),
		cmocka_unit_test(format_names),
		cmocka_unit_test(format_bits),
		cmocka_unit_test(format_limits),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(round_trip_displays),
		cmocka_unit_test(many_functions),
		cmocka_unit_test(broken_tags),
		cmocka_unit_test(displays),
		cmocka_unit_test(broken_functions),
		cmocka_unit_test(broken_types),
		cmocka_unit_test(unions),
		cmocka_unit_test(kernel_types),
		cmocka_unit_test(damaged_btf),
	};

	libbpf_set_print(no_libbpf_messages);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
