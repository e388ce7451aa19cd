// SPDX-License-Identifier: GPL-2.0-only
/* JSON and CSV: what is written for strings, numbers, values of all types, and whole events. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <bpf/btf.h>

#include "../../perf-plugin/render/csv.h"
#include "../../perf-plugin/render/value-json.h"
#include "data_fixture.h"
#include "json_check.h"
#include "report_fixture.h"

static struct buf out;

static int clear(void **state)
{
	(void)state;
	buf__exit(&out);
	return 0;
}

static void expect(const char *text)
{
	assert_false(out.failed);
	assert_string_equal(buf__str(&out), text);
	buf__clear(&out);
}

static void string_is(const char *data, size_t len, const char *text)
{
	struct json json = JSON_INIT(&out);

	json__string(&json, data, len);
	expect(text);
}

static void strings(void **state)
{
	(void)state;
	string_is("", 0, "\"\"");
	string_is("eth0", 4, "\"eth0\"");
	string_is("a\"b\\c/", 6, "\"a\\\"b\\\\c/\"");
	string_is("\n\t\r\0\x1b\x7f", 6, "\"\\n\\t\\u000d\\u0000\\u001b\\u007f\"");
	string_is("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9,
		  "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
	/* Invalid: alone, cut, too long a form, a surrogate, beyond the end. */
	string_is("\xff", 1, "\"\xef\xbf\xbd\"");
	string_is("a\xe2\x82", 3, "\"a\xef\xbf\xbd\xef\xbf\xbd\"");
	string_is("\xc0\x80", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\"");
	string_is("\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	string_is("\xf4\x90\x80\x80", 4, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	/* Valid, but not for a terminal: C1, right-to-left override, a tag of U+E0001. */
	string_is("\xc2\x9b\xe2\x80\xae", 5, "\"\\u009b\\u202e\"");
	string_is("\xf3\xa0\x80\x81", 4, "\"\\udb40\\udc01\"");
}

static void numbers(void **state)
{
	struct json json = JSON_INIT(&out);

	(void)state;
	json__open(&json, '[');
	json__u64(&json, 0);
	json__u64(&json, 1ULL << 53);
	json__u64(&json, (1ULL << 53) + 1);
	json__u64(&json, UINT64_MAX);
	json__s64(&json, -1);
	json__s64(&json, -(1LL << 53));
	json__s64(&json, INT64_MIN);
	json__hex(&json, 0xffff888100000000);
	json__seconds(&json, 1234000000005);
	json__close(&json, ']');
	expect("[0,9007199254740992,\"9007199254740993\",\"18446744073709551615\",-1,"
	       "-9007199254740992,\"-9223372036854775808\",\"0xffff888100000000\","
	       "1234.000000005]");
	json = (struct json)JSON_INIT(&out);
	json__open(&json, '[');
	json__double(&json, 0.5, 17);
	json__double(&json, 1e300, 17);
	json__double(&json, NAN, 17);
	json__double(&json, -INFINITY, 17);
	json__bool(&json, true);
	json__null(&json);
	json__close(&json, ']');
	expect("[0.5,1.0000000000000001e+300,\"NaN\",\"-Infinity\",true,null]");
}

/*
 * struct all {
 *	u64 big; s64 small; enum flags flags; enum state state; s16 bits:3; u32 more:29;
 *	char name[8]; double ratio; float part; _Bool ok; char c; __int128 wide;
 *	struct { struct { int counter; } refs; } users; union { u32 first; u8 second[4]; };
 *	struct pair { int a; void *p; } pairs[3]; u8 bytes[6];
 * };
 */
struct all {
	uint64_t big;
	int64_t small;
	uint32_t flags;
	uint32_t state;
	int32_t bits;
	char name[8];
	uint32_t pad;
	double ratio;
	float part;
	uint8_t ok;
	char c;
	uint16_t pad2;
	unsigned __int128 wide;
	int32_t users;
	uint32_t first;
	struct {
		int32_t a;
		uint32_t pad;
		uint64_t p;
	} pairs[3];
	uint8_t bytes[6];
	uint16_t pad3;
} __attribute__((packed, aligned(16)));

static int add_all(struct btf *btf)
{
	int s32 = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int u64 = btf__add_int(btf, "unsigned long", 8, 0);
	int s64 = btf__add_int(btf, "long", 8, BTF_INT_SIGNED);
	int u32 = btf__add_int(btf, "unsigned int", 4, 0);
	int u8 = btf__add_int(btf, "unsigned char", 1, 0);
	int ch = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	int boolean = btf__add_int(btf, "_Bool", 1, BTF_INT_BOOL);
	int wide = btf__add_int(btf, "__int128", 16, BTF_INT_SIGNED);
	int dbl = btf__add_float(btf, "double", 8), flt = btf__add_float(btf, "float", 4);
	int name = btf__add_array(btf, u32, ch, 8), bytes = btf__add_array(btf, u32, u8, 6);
	int four = btf__add_array(btf, u32, u8, 4), ptr = btf__add_ptr(btf, 0);
	int flags, state, refs, users, either, pair, pairs, all;

	flags = btf__add_enum(btf, "flags", 4);
	btf__add_enum_value(btf, "F_ONE", 1);
	btf__add_enum_value(btf, "F_TWO", 2);
	btf__add_enum_value(btf, "F_FOUR", 4);
	state = btf__add_enum(btf, "state", 4);
	btf__add_enum_value(btf, "S_NONE", 0);
	btf__add_enum_value(btf, "S_ONE", 1);
	refs = btf__add_struct(btf, "refs", 4);
	btf__add_field(btf, "counter", s32, 0, 0);
	users = btf__add_struct(btf, "users", 4);
	btf__add_field(btf, "refs", refs, 0, 0);
	either = btf__add_union(btf, NULL, 4);
	btf__add_field(btf, "first", u32, 0, 0);
	btf__add_field(btf, "second", four, 0, 0);
	pair = btf__add_struct(btf, "pair", 16);
	btf__add_field(btf, "a", s32, 0, 0);
	btf__add_field(btf, "p", ptr, 64, 0);
	pairs = btf__add_array(btf, u32, pair, 3);
	all = btf__add_struct(btf, "all", sizeof(struct all));
#define FIELD(name, type) btf__add_field(btf, #name, type, offsetof(struct all, name) * 8, 0)
	FIELD(big, u64);
	FIELD(small, s64);
	FIELD(flags, flags);
	FIELD(state, state);
	btf__add_field(btf, "low", s32, offsetof(struct all, bits) * 8, 3);
	btf__add_field(btf, "high", u32, offsetof(struct all, bits) * 8 + 3, 29);
	FIELD(name, name);
	FIELD(ratio, dbl);
	FIELD(part, flt);
	FIELD(ok, boolean);
	FIELD(c, ch);
	FIELD(wide, wide);
	FIELD(users, users);
	btf__add_field(btf, NULL, either, offsetof(struct all, first) * 8, 0);
	FIELD(pairs, pairs);
	FIELD(bytes, bytes);
#undef FIELD
	return all;
}

struct tested {
	struct btf *btf;
	struct value *value;
	struct value_json *vj;
};

static void open_value(struct tested *t, int (*add)(struct btf *), uint32_t size)
{
	int id;

	t->btf = btf__new_empty();
	id = add(t->btf);
	assert_true(id > 0);
	assert_int_equal(value__new(t->btf, id, size, &t->value), 0);
	assert_int_equal(value_json__new(t->value, &t->vj), 0);
}

static void close_value(struct tested *t)
{
	value_json__free(t->vj);
	value__free(t->value);
	btf__free(t->btf);
}

static void add_value(const struct tested *t, const void *data, bool zeros, bool hex)
{
	struct value_opts opts = { .zeros = zeros, .hex = hex };
	struct json json = JSON_INIT(&out);

	value_json__add(t->vj, data, &opts, &json);
}

static void values(void **state)
{
	struct all all = {
		.big = UINT64_MAX, .small = -5, .flags = 3, .state = 1, .bits = 7 << 3 | 6,
		.name = "eth0", .ratio = 0.25, .part = NAN, .ok = 1, .c = 'x', .wide = 7,
		.users = 2, .first = 9, .bytes = { 1, 0, 255 },
		.pairs = { { .a = -1 }, { .p = 0 }, { .p = 0xffff000000000001 } },
	};
	struct tested t;

	(void)state;
	open_value(&t, add_all, sizeof(all));
	add_value(&t, &all, false, false);
	expect("{\"big\":\"18446744073709551615\",\"small\":-5,\"flags\":\"F_ONE|F_TWO\","
	       "\"state\":\"S_ONE\",\"low\":-2,\"high\":7,\"name\":\"eth0\",\"ratio\":0.25,"
	       "\"part\":\"NaN\",\"ok\":true,\"c\":120,\"wide\":7,"
	       "\"users\":{\"refs\":{\"counter\":2}},\"first\":9,"
	       "\"pairs\":[{\"a\":-1},{},{\"p\":\"0xffff000000000001\"}],\"bytes\":[1,0,255]}");
	/* Zero members, an enum without a name, bytes that are no text. */
	all = (struct all){ .state = 77, .name = "\1\2", .wide = (unsigned __int128)1 << 64 };
	add_value(&t, &all, false, false);
	expect("{\"state\":77,\"name\":[1,2],\"wide\":\"0x10000000000000000\"}");
	all = (struct all){ .wide = ~(unsigned __int128)0 };
	add_value(&t, &all, false, false);
	expect("{\"wide\":-1}");
	all = (struct all){ 0 };
	add_value(&t, &all, true, true);
	expect("{\"big\":\"0x0\",\"small\":\"0x0\",\"flags\":\"0x0\",\"state\":\"S_NONE\","
	       "\"low\":\"0x0\",\"high\":\"0x0\",\"name\":\"\",\"ratio\":0,\"part\":0,"
	       "\"ok\":false,\"c\":\"0x0\",\"wide\":\"0x0\","
	       "\"users\":{\"refs\":{\"counter\":\"0x0\"}},\"first\":\"0x0\","
	       "\"pairs\":[{\"a\":\"0x0\",\"p\":\"0x0\"},{\"a\":\"0x0\",\"p\":\"0x0\"},"
	       "{\"a\":\"0x0\",\"p\":\"0x0\"}],"
	       "\"bytes\":[\"0x0\",\"0x0\",\"0x0\",\"0x0\",\"0x0\",\"0x0\"]}");
	close_value(&t);
}

/* 200 structs within each other, an array of 64 KiB in the innermost, names that need escapes. */
static int add_deep(struct btf *btf)
{
	int u8 = btf__add_int(btf, "unsigned char", 1, 0);
	int index = btf__add_int(btf, "unsigned int", 4, 0);
	int type = btf__add_array(btf, index, u8, 65536);

	for (unsigned int i = 0; i < 200; i++) {
		int outer = btf__add_struct(btf, "s", 65544 + i * 8);

		btf__add_field(btf, "a\"\\\x01\xff.b", index, 0, 0);
		btf__add_field(btf, "deeper", type, 64, 0);
		type = outer;
	}
	return type;
}

static void is_json(void)
{
	buf__addc(&out, '\n');
	assert_false(out.failed);
	assert_null(json_check_lines(buf__str(&out), out.len));
	buf__clear(&out);
}

static void deep_and_large(void **state)
{
	const size_t size = 65544 + 199 * 8;
	uint8_t *data = malloc(size);
	struct tested t;

	(void)state;
	assert_non_null(data);
	open_value(&t, add_deep, size);
	memset(data, 0xff, size);
	add_value(&t, data, false, false);
	is_json();
	memset(data, 0, size);
	add_value(&t, data, true, false);
	is_json();
	close_value(&t);
	/* Cut in the middle. */
	open_value(&t, add_deep, 1000);
	add_value(&t, data, true, false);
	assert_false(value_json__is_whole(t.vj));
	is_json();
	close_value(&t);
	free(data);
}

/* Whatever the bytes are, it is JSON: said by our own checker, and in the end by python's. */
static void random_values(void **state)
{
	const char *python = "python3 -c 'import json, sys\n"
			     "n = 0\n"
			     "for line in open(sys.argv[1], \"rb\"):\n"
			     " json.loads(line.decode(\"utf-8\"), parse_constant=lambda c: 1 / 0)\n"
			     " n += 1\n"
			     "sys.exit(0 if n == 2000 else 1)' ";
	char path[] = "/tmp/btfsnoop-json-XXXXXX", command[512];
	struct all all;
	struct tested t;
	int fd = mkstemp(path), rc;

	(void)state;
	assert_true(fd >= 0);
	srandom(5);
	open_value(&t, add_all, sizeof(all));
	for (unsigned int i = 0; i < 2000; i++) {
		for (unsigned int j = 0; j < sizeof(all); j++)
			((uint8_t *)&all)[j] = random() % 3 ? random() : 0;
		add_value(&t, &all, i & 1, i & 2);
		buf__addc(&out, '\n');
	}
	close_value(&t);
	assert_null(json_check_lines(buf__str(&out), out.len));
	assert_int_equal(write(fd, out.data, out.len), out.len);
	close(fd);
	if (!system("python3 -c '' 2>/dev/null")) {
		snprintf(command, sizeof(command), "%s %s", python, path);
		rc = system(command);
		assert_int_equal(rc, 0);
	}
	unlink(path);
}

static void csv_is(const char *text, const char *expected)
{
	csv__add(&out, text, strlen(text), ",");
	expect(expected);
}

static void csv(void **state)
{
	(void)state;
	csv_is("plain", "plain");
	csv_is("a b", "a b");
	csv_is("", "");
	csv_is("a,b", "\"a,b\"");
	csv_is("say \"x\"", "\"say \"\"x\"\"\"");
	csv_is(" lead", "\" lead\"");
	csv_is("two\nlines", "\"two\nlines\"");
	csv__add(&out, "a;b", 3, ";");
	expect("\"a;b\"");
}

/* ---- whole events -------------------------------------------------------------------------- */

static int make_file(void **state)
{
	(void)state;
	(void)old_file;
	if (!mkdtemp(dir))
		return -1;
	snprintf(file, sizeof(file), "%s/perf.data", dir);
	snprintf(out_file, sizeof(out_file), "%s/out", dir);
	snprintf(err_file, sizeof(err_file), "%s/err", dir);
	fixture_write(file, 12, 1);
	return 0;
}

static int remove_file(void **state)
{
	(void)state;
	unlink(file);
	unlink(out_file);
	unlink(err_file);
	rmdir(dir);
	return 0;
}

/* Line @nr of what was printed, from 0. */
static void line_is(unsigned int nr, const char *text)
{
	const char *line = output;

	while (nr--) {
		line = strchr(line, '\n');
		assert_non_null(line);
		line++;
	}
	if (strncmp(line, text, strlen(text)) || line[strlen(text)] != '\n')
		fail_msg("wanted: %s\ngot: %.600s", text, line);
}

static void events_json(void **state)
{
	(void)state;
	assert_int_equal(run("script", "--format", "json", NULL), 0);
	assert_null(json_check_lines(output, strlen(output)));
	line_is(0, "{\"event\":\"btfsnoop:send\",\"function\":\"send\",\"comm\":\"curl\","
		"\"pid\":4242,\"tid\":4242,\"cpu\":0,\"time\":1000.000000000,\"fields\":{"
		"\"skb\":\"0xffff888000001000\",\"*skb\":{\"len\":100,\"proto\":8,\"kind\":2,"
		"\"sum\":1,\"ok\":true,\"name\":\"eth0\",\"list\":{\"next\":"
		"\"0xffff888000002000\"},\"addr\":[2,66,172,17]},\"skb->len\":100,"
		"\"skb->name\":\"eth0\",\"skb->state\":\"STATE_IDLE\"}}");
	line_is(1, "{\"event\":\"btfsnoop:sends__return\",\"function\":\"send_one\","
		"\"comm\":\"curl\",\"pid\":4242,\"tid\":4242,\"cpu\":0,"
		"\"time\":1000.000500000,\"fields\":{\"size\":1500,\"return\":-11},"
		"\"duration_ns\":1000}");
	assert_non_null(strstr(output, "{\"event\":\"PERF_RECORD_LOST_SAMPLES\","
			       "\"time\":1000.012000000,\"lost\":3}\n"));
	/* What could not be read, and what was cut. */
	assert_non_null(strstr(output, "\"skb->name\":null,"));
	assert_non_null(strstr(output, "\"status\":{\"*skb\":\"null\",\"skb->len\":\"null\","
			       "\"skb->name\":\"null\",\"skb->state\":\"null\"}}\n"));
	assert_int_equal(run("script", "--format", "json", "--show-task-events", "--reltime",
			     NULL), 0);
	assert_null(json_check_lines(output, strlen(output)));
	line_is(0, "{\"event\":\"PERF_RECORD_COMM\",\"time\":0.000000000,\"comm\":\"curl\","
		"\"pid\":4242,\"tid\":4242,\"exec\":false}");
}

static void events_csv(void **state)
{
	(void)state;
	assert_int_equal(run("script", "--format", "csv", NULL), 0);
	line_is(0, "event,function,comm,pid,tid,cpu,time,duration_ns,skb,*skb,skb->len,skb->name,"
		"skb->state,size,return");
	line_is(1, "btfsnoop:send,send,curl,4242,4242,0,1000.000000000,,0xffff888000001000,"
		"\"{\"\"len\"\":100,\"\"proto\"\":8,\"\"kind\"\":2,\"\"sum\"\":1,\"\"ok\"\":true,"
		"\"\"name\"\":\"\"eth0\"\",\"\"list\"\":{\"\"next\"\":\"\"0xffff888000002000\"\"},"
		"\"\"addr\"\":[2,66,172,17]}\",100,eth0,STATE_IDLE,,");
	line_is(2, "btfsnoop:sends__return,send_one,curl,4242,4242,0,1000.000500000,1000,,,,,,"
		"1500,-11");
}

static void chosen_fields(void **state)
{
	(void)state;
	assert_int_equal(run("script", "-F", "comm,skb->len,size*2,*skb,event", "--format", "json",
			     NULL), 0);
	assert_null(json_check_lines(output, strlen(output)));
	line_is(1, "{\"comm\":\"curl\",\"size*2\":3000,\"event\":\"btfsnoop:sends__return\"}");
	assert_int_equal(run("script", "-F", "tid,skb->len,size*2", "--format", "csv", NULL), 0);
	line_is(0, "tid,skb->len,size*2");
	line_is(1, "4242,100,");
	line_is(2, "4242,,3000");
	assert_int_equal(run("script", "-F", "comm,pid,tid,event,return", NULL), 0);
	line_is(1, "            curl  4242/4242  btfsnoop:sends__return: return=-11");
	assert_int_equal(run("script", "-F", "-comm,-cpu", "--ns", NULL), 0);
	line_is(13, " 4242 1000.000500000: btfsnoop:sends__return: send_one: size=1500 return=-11 "
		"duration=1.000us");
	assert_int_equal(run("script", "-F", "comm,nothing", NULL), 1);
	assert_non_null(strstr(errors, "nothing"));
	assert_int_equal(run("script", "--format", "xml", NULL), 129);
}

static void stacks(void **state)
{
	(void)state;
	assert_int_equal(run("script", "--format", "folded", NULL), 0);
	line_is(0, "curl;send_one 36000");
	line_is(1, "curl;send_two 42000");
	assert_int_equal(run("report", "--format", "folded", NULL), 0);
	line_is(0, "curl;send_one 36000");
}

static void reports(void **state)
{
	(void)state;
	assert_int_equal(run("report", "--format", "json", "-s", "comm", "-F",
			     "overhead,samples,comm,avg(size)", NULL), 0);
	assert_null(json_check_lines(output, strlen(output)));
	assert_non_null(strstr(output, "{\"event\":\"btfsnoop:sends__return\",\"overhead\":100,"
			       "\"samples\":12,\"comm\":\"curl\",\"avg(size)\":782}\n"));
	assert_int_equal(run("report", "--format", "csv", "-s", "comm", "-F",
			     "overhead,samples,comm,avg(size)", NULL), 0);
	assert_non_null(strstr(output, "btfsnoop:sends__return,100.00,12,curl,782"));
	assert_int_equal(run("report", "--format", "json", "--graph", NULL), 129);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(strings, clear),
		cmocka_unit_test_teardown(numbers, clear),
		cmocka_unit_test_teardown(values, clear),
		cmocka_unit_test_teardown(deep_and_large, clear),
		cmocka_unit_test_teardown(random_values, clear),
		cmocka_unit_test_teardown(csv, clear),
		cmocka_unit_test(events_json),
		cmocka_unit_test(events_csv),
		cmocka_unit_test(chosen_fields),
		cmocka_unit_test(stacks),
		cmocka_unit_test(reports),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
