// SPDX-License-Identifier: GPL-2.0-only
/*
 * report/column: expressions on samples mean what they mean in C. Each of a table is compiled into
 * this test by the C compiler, too; random ones are computed by C's own operators as they are made.
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
#include <unistd.h>

#include "../../perf-plugin/report/column.h"
#include "../../perf-plugin/report/condition.h"
#include "../../perf-plugin/util/glob.h"
#include "data_fixture.h"

#define NR_SAMPLES	16
#define SEND		0
#define SENDS		1

enum state { STATE_IDLE, STATE_BUSY };

/* The fixture's struct as its BTF has it. */
struct list {
	struct packet *next, *prev;
};

struct packet {
	uint32_t len;
	uint16_t proto;
	uint8_t kind : 3, sum : 2;
	_Bool ok;
	char name[8];
	enum state state;
	struct list list;
	uint8_t addr[6];
};

_Static_assert(sizeof(struct packet) == sizeof(struct fixture_packet), "the same struct");

static char file[] = "/tmp/btfsnoop-column-XXXXXX";
static struct input *input;

static int open_file(void (*write)(const char *path, unsigned int nr), unsigned int nr)
{
	const struct input_opts opts = { .path = file };

	write(file, nr);
	return input__open(&opts, &input, NULL);
}

/* Of a new name, and of no file: what is there would be kept as NAME.old. */
static int make_file(void (*write)(const char *path, unsigned int nr), unsigned int nr)
{
	int fd = mkstemp(file);

	return fd < 0 || close(fd) || unlink(file) || open_file(write, nr);
}

static void write_typed(const char *path, unsigned int nr)
{
	fixture_write(path, nr, 1);
}

static void write_untyped(const char *path, unsigned int nr)
{
	fixture_write(path, nr, 0);
}

static int setup(void **state)
{
	(void)state;
	return make_file(write_typed, NR_SAMPLES);
}

static int teardown(void **state)
{
	(void)state;
	input__close(input);
	input = NULL;
	strcpy(strrchr(file, '-') + 1, "XXXXXX");
	return 0;
}

static int teardown_file(void **state)
{
	unlink(file);
	return teardown(state);
}

static int setup_untyped(void **state)
{
	(void)state;
	return make_file(write_untyped, NR_SAMPLES);
}

static int setup_flows(void **state)
{
	(void)state;
	return make_file(flows_write, 4);
}

/* The next sample of @event; false at the end, after which they come again. */
static bool next_sample(unsigned int event, struct perfdata_sample *sample)
{
	struct perfdata_record record;
	int err;

	while ((err = input__next(input, &record, NULL)) > 0) {
		if (record.type != PERF_RECORD_SAMPLE || record.sample.event != event)
			continue;
		*sample = record.sample;
		return true;
	}
	assert_int_equal(err, 0);
	assert_int_equal(input__rewind(input), 0);
	return false;
}

static struct column *new_column(unsigned int event, const char *text)
{
	struct diag diag = DIAG_INIT;
	struct column *column;
	int err = column__new(input, event, text, &column, &diag);

	if (err) {
		diag__print(&diag, text, err, stderr);
		fail_msg("%s: %d", text, err);
	}
	diag__exit(&diag);
	return column;
}

/* ---- as C computes it ----------------------------------------------------------------------- */

/* What names in the table's expressions are, of the sample at hand. */
static struct packet object, *skb;
static int pid, tid, cpu;
static unsigned long time_, period;

static struct truth {
	const char *text;
	uint64_t (*compute)(void);
} truths[] = {
#define T(name, e)	{ #e, NULL },
#include "column_table.h"
#undef T
};

/* What gcc warns of is what is to be tried. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wparentheses"
#define T(name, e)	__attribute__((no_sanitize("undefined"))) \
			static uint64_t compute_##name(void) { return (uint64_t)(e); }
#include "column_table.h"
#undef T
#pragma GCC diagnostic pop

static void fill_truths(void)
{
	unsigned int i = 0;

#define T(name, e)	truths[i++].compute = compute_##name;
#include "column_table.h"
#undef T
}

/* The sample's values for the table. False where the object could not be read. */
static bool take_values(const struct perfdata_sample *s)
{
	uint64_t status;

	pid = s->pid;
	tid = s->tid;
	cpu = s->cpu;
	time_ = s->time;
	period = s->period;
	memcpy(&status, (const char *)s->raw + 8, sizeof(status));
	memcpy(&object, (const char *)s->raw + 48, sizeof(object));
	skb = &object;
	return !status;
}

static void table(void **state)
{
	struct perfdata_sample sample;
	struct column_value value;

	(void)state;
	fill_truths();
	for (unsigned int i = 0; i < sizeof(truths) / sizeof(*truths); i++) {
		struct column *column = new_column(SEND, truths[i].text);
		unsigned int nr = 0;

		assert_true(column__is_number(column));
		while (next_sample(SEND, &sample)) {
			bool is_readable = take_values(&sample);

			nr++;
			assert_int_equal(column__read(column, &sample, &value), 0);
			if (!is_readable) {
				/* Of no object there are sizes and addresses. */
				if (strstr(truths[i].text, "skb") &&
				    !strstr(truths[i].text, "sizeof") &&
				    !strstr(truths[i].text, "&skb"))
					assert_int_equal(value.status, ITEM_NULL);
				continue;
			}
			if (value.status != ITEM_OK || value.number != truths[i].compute())
				fail_msg("%s: %lld, not %lld", truths[i].text,
					 (long long)value.number,
					 (long long)truths[i].compute());
		}
		assert_int_equal(nr, NR_SAMPLES);
		column__free(column);
	}
}

/* ---- random expressions --------------------------------------------------------------------- */

enum base { INT, UINT, LONG, ULONG };

/* A number of a type after promotion, or none. */
struct number {
	enum base base;
	uint64_t bits;
	bool is_none;
	bool is_const;
};

static uint32_t seed;

static unsigned int pick(unsigned int nr)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % nr;
}

static struct number number(enum base base, uint64_t bits)
{
	switch (base) {
	case INT:	bits = (uint64_t)(int32_t)bits; break;
	case UINT:	bits = (uint32_t)bits; break;
	default:	break;
	}
	return (struct number){ .base = base, .bits = bits };
}

static struct number leaf(struct buf *text, bool null)
{
	struct number n;
	long constant = (long)pick(7) * (pick(2) ? 1 : 12345);

	switch (pick(11)) {
	case 0:	buf__adds(text, "skb->len"); n = number(UINT, object.len); break;
	case 1:	buf__adds(text, "skb->proto"); n = number(INT, object.proto); break;
	case 2:	buf__adds(text, "skb->kind"); n = number(INT, object.kind); break;
	case 3:	buf__adds(text, "skb->name[1]"); n = number(INT, object.name[1]); break;
	case 4:	buf__adds(text, "skb->addr[5]"); n = number(INT, object.addr[5]); break;
	case 5:	buf__adds(text, "skb__len"); n = number(UINT, object.len); break;
	case 6:	buf__adds(text, "pid"); n = number(INT, pid); null = false; break;
	case 7:	buf__adds(text, "time"); n = number(ULONG, time_); null = false; break;
	case 8:	buf__addf(text, "%ldL", constant); n = number(LONG, constant); goto constant;
	case 9:	buf__addf(text, "%ldU", constant); n = number(UINT, constant); goto constant;
	default: buf__addf(text, "%ld", constant); n = number(INT, constant); goto constant;
	}
	n.is_none = null;
	return n;
constant:
	n.is_const = true;
	return n;
}

static struct number convert(struct number n, enum base base)
{
	struct number to = number(base, n.bits);

	to.is_none = n.is_none;
	return to;
}

static struct number divide(struct number a, struct number b, bool rest)
{
	int64_t x = (int64_t)a.bits, y = (int64_t)b.bits;
	struct number none = { .base = a.base, .is_none = true };

	if (!b.bits)
		return none;
	if (a.base == UINT || a.base == ULONG)
		return number(a.base, rest ? a.bits % b.bits : a.bits / b.bits);
	if (y == -1)
		return number(a.base, rest ? 0 : -a.bits);
	return number(a.base, rest ? x % y : x / y);
}

static struct number compare(unsigned int op, struct number a, struct number b)
{
	bool is_signed = a.base == INT || a.base == LONG;
	int64_t x = (int64_t)a.bits, y = (int64_t)b.bits;
	bool less = is_signed ? x < y : a.bits < b.bits;
	bool equal = a.bits == b.bits;

	switch (op) {
	case 0:	return number(INT, less);
	case 1:	return number(INT, less || equal);
	case 2:	return number(INT, !less && !equal);
	case 3:	return number(INT, !less);
	case 4:	return number(INT, equal);
	default: return number(INT, !equal);
	}
}

static struct number arithmetic(unsigned int op, struct number a, struct number b)
{
	switch (op) {
	case 0:	return number(a.base, a.bits + b.bits);
	case 1:	return number(a.base, a.bits - b.bits);
	case 2:	return number(a.base, a.bits * b.bits);
	case 3:	return number(a.base, a.bits & b.bits);
	case 4:	return number(a.base, a.bits | b.bits);
	case 5:	return number(a.base, a.bits ^ b.bits);
	default: return divide(a, b, op == 7);
	}
}

static struct number expression(struct buf *text, unsigned int depth, bool null);

static struct number binary(struct buf *text, unsigned int depth, bool null)
{
	static const char *const ops[] = {
		"+", "-", "*", "&", "|", "^", "/", "%", "<", "<=", ">", ">=", "==", "!=",
	};
	unsigned int op = pick(14);
	struct number a = expression(text, depth - 1, null), b, result;
	enum base base;

	buf__addf(text, " %s ", ops[op]);
	if (op == 6 || op == 7) {	/* not by a constant 0, which is refused */
		buf__adds(text, "(pid - ");
		b = leaf(text, null);
		buf__adds(text, ")");
		base = b.base > INT ? b.base : INT;
		result = arithmetic(1, number(base, pid), convert(b, base));
		result.is_none = b.is_none;
		b = result;
	} else {
		b = expression(text, depth - 1, null);
	}
	base = a.base > b.base ? a.base : b.base;
	result = op < 8 ? arithmetic(op, convert(a, base), convert(b, base)) :
			  compare(op - 8, convert(a, base), convert(b, base));
	result.is_none |= a.is_none || b.is_none;
	return result;
}

static struct number shift(struct buf *text, unsigned int depth, bool null)
{
	struct number a = expression(text, depth - 1, null), result;
	unsigned int by = pick(31);
	bool left = pick(2);

	buf__addf(text, left ? " << %u" : " >> %u", by);
	if (left)
		result = number(a.base, a.bits << by);
	else if (a.base == INT || a.base == LONG)
		result = number(a.base, (uint64_t)((int64_t)a.bits >> by));
	else
		result = number(a.base, a.bits >> by);
	result.is_none = a.is_none;
	return result;
}

/* What is not reached need not be readable. */
static struct number logic(struct buf *text, unsigned int depth, bool null)
{
	bool is_and = pick(2);
	struct number a = expression(text, depth - 1, null), b, result;

	buf__adds(text, is_and ? " && " : " || ");
	b = expression(text, depth - 1, null);
	if (!a.is_none && !a.bits == is_and)
		return number(INT, !is_and);
	result = number(INT, b.bits != 0);
	result.is_none = a.is_none || b.is_none;
	return result;
}

static struct number choice(struct buf *text, unsigned int depth, bool null)
{
	struct number c = expression(text, depth - 1, null), a, b, result;
	enum base base;

	buf__adds(text, " ? ");
	a = expression(text, depth - 1, null);
	buf__adds(text, " : ");
	b = expression(text, depth - 1, null);
	base = a.base > b.base ? a.base : b.base;
	result = convert(c.bits ? a : b, base);
	result.is_none |= c.is_none;
	return result;
}

static struct number unary(struct buf *text, unsigned int depth, bool null)
{
	static const char *const ops[] = { "-", "~", "!", "(u8)", "(s16)", "(u64)", "(int)" };
	unsigned int op = pick(7);
	struct number a, result;

	buf__adds(text, ops[op]);
	a = expression(text, depth - 1, null);
	switch (op) {
	case 0:	result = number(a.base, -a.bits); break;
	case 1:	result = number(a.base, ~a.bits); break;
	case 2:	result = number(INT, !a.bits); break;
	case 3:	result = number(INT, (uint8_t)a.bits); break;
	case 4:	result = number(INT, (uint64_t)(int16_t)a.bits); break;
	case 5:	result = number(ULONG, a.bits); break;
	default: result = number(INT, a.bits); break;
	}
	result.is_none = a.is_none;
	return result;
}

static struct number expression(struct buf *text, unsigned int depth, bool null)
{
	struct number n;

	if (!depth)
		return leaf(text, null);
	buf__addc(text, '(');
	switch (pick(8)) {
	case 0:	n = unary(text, depth, null); break;
	case 1:	n = shift(text, depth, null); break;
	case 2:	n = logic(text, depth, null); break;
	case 3:	n = choice(text, depth, null); break;
	default: n = binary(text, depth, null); break;
	}
	buf__addc(text, ')');
	return n;
}

/* The same expression is made again for each sample, whose value comes along. False if refused. */
static bool check_random(uint32_t first_seed)
{
	struct perfdata_sample sample;
	struct column *column = NULL;
	struct column_value value;

	while (next_sample(SEND, &sample)) {
		struct buf text = BUF_INIT;
		bool null = !take_values(&sample);
		struct number n;

		seed = first_seed;
		n = expression(&text, 1 + first_seed % 4, null);
		/* Constants that can't be shifted or divided so are refused. */
		if (!column && column__new(input, SEND, buf__str(&text), &column, NULL)) {
			buf__exit(&text);
			while (next_sample(SEND, &sample))
				;
			return false;
		}
		assert_int_equal(column__read(column, &sample, &value), 0);
		if (n.is_none ? !(value.status & ITEM_FAULT) :
				value.status != ITEM_OK || value.number != n.bits)
			fail_msg("seed %u: %s: %lld (%d), not %lld (%d)", first_seed,
				 buf__str(&text), (long long)value.number, value.status,
				 (long long)n.bits, n.is_none);
		buf__exit(&text);
	}
	column__free(column);
	return true;
}

static void random_expressions(void **state)
{
	unsigned int nr = 0;

	(void)state;
	for (uint32_t i = 1; i <= 3000; i++)
		nr += check_random(i * 2654435761u);
	assert_true(nr > 2900);
}

/* ---- what is shown -------------------------------------------------------------------------- */

/* @expected: the values of the first samples, each with a space behind it. */
static void assert_shown(unsigned int event, const char *text, const char *expected)
{
	struct column *column = new_column(event, text);
	struct perfdata_sample sample;
	struct column_value value;
	struct buf out = BUF_INIT;

	while (next_sample(event, &sample)) {
		assert_int_equal(column__read(column, &sample, &value), 0);
		column__add(column, &value, &out);
		buf__addc(&out, ' ');
	}
	if (strncmp(buf__str(&out), expected, strlen(expected)))
		fail_msg("%s: %s, not %s", text, buf__str(&out), expected);
	buf__exit(&out);
	column__free(column);
}

static void shown(void **state)
{
	(void)state;
	assert_shown(SEND, "comm", "curl ngi?nx ");
	assert_shown(SEND, "pid", "4242 ");
	assert_shown(SEND, "cpu", "0 1 ");
	assert_shown(SEND, "sym", "send ");
	assert_shown(SENDS, "func", "send_one send_two ");
	assert_shown(SENDS, "dso", "[kernel.kallsyms] [mod] ");
	assert_shown(SENDS, "event", "btfsnoop:sends__return ");
	assert_shown(SENDS, "time", "1000.000500 1000.001500 ");
	assert_shown(SENDS, "trace", "size=1500 return=-11 duration=1.000us ");
	assert_shown(SENDS, "return", "-11 0 0 -11 ");
	assert_shown(SENDS, "dur", "1.000us 2.000us ");
	assert_shown(SENDS, "duration()", "1.000us 2.000us ");
	assert_shown(SENDS, "sends__return.size", "1500 64 ");
	assert_shown(SENDS, "btfsnoop:sends__return.size / 2", "750 32 ");
	assert_shown(SENDS, "return < 0 ? -return : 0", "11 0 0 11 ");
	assert_shown(SEND, "skb", "0xffff888000001000 ");
	assert_shown(SEND, "skb->len", "100 110 120 130 100 110 120 (null) ");
	assert_shown(SEND, "skb__len", "100 110 ");
	assert_shown(SEND, " skb -> len ", "100 110 ");
	assert_shown(SEND, "skb.len", "100 110 ");
	assert_shown(SEND, "(*skb).len", "100 110 ");
	assert_shown(SEND, "skb[0].len", "100 110 ");
	assert_shown(SEND, "skb->name", "eth0 ");
	assert_shown(SEND, "skb->state", "STATE_IDLE STATE_BUSY ");
	assert_shown(SEND, "skb->ok", "true ");
	assert_shown(SEND, "skb->addr[5]", "0 1 2 3 ");
	assert_shown(SEND, "skb->addr", "[0x2, 0x42, 0xac, 0x11, 0x0, 0x0] ");
	assert_shown(SEND, "mac(skb->addr)", "02:42:ac:11:00:00 02:42:ac:11:00:01 ");
	assert_shown(SEND, "skb->list", "{.next = 0xffff888000002000} ");
	assert_shown(SEND, "&skb->list", "0xffff888000001018 ");
	assert_shown(SEND, "skb->list.next", "0xffff888000002000 ");
	assert_shown(SEND, "skb->name == \"eth0\"", "1 ");
	assert_shown(SEND, "skb->name ~ \"et?[0-3]\" && skb->len > 100", "0 1 1 1 0 1 1 (null) ");
	assert_shown(SEND, "skb->state == \"STATE_BUSY\"", "0 1 0 1 ");
	assert_shown(SEND, "comm != \"curl\"", "0 1 ");
	assert_shown(SEND, "skb->len > 110 || skb->len < 0", "0 0 1 1 0 0 1 (null) ");
	assert_shown(SEND, "skb ? skb->len : 0", "100 110 120 130 100 110 120 0 ");
	assert_shown(SEND, "skb->name + 1 == \"th0\"", "1 1 1 1 1 1 1 (null) ");
	assert_shown(SEND, "100 / (skb->len - 110)", "0 (fault) 10 5 0 (fault) 10 (null) ");
	assert_shown(SEND, "1 + skb->list.next->len", "(fault) ");
	assert_shown(SEND, "skb->addr[skb->len - 96]", "0 (fault) (fault) ");
}

static void shown_displays(void **state)
{
	(void)state;
	assert_shown(0, "saddr", "10.0.0.9 10.0.0.10 10.0.0.11 (fault) ");
	assert_shown(0, "saddr == \"10.0.0.10\"", "0 1 0 (fault) ");
	assert_shown(0, "ip4(&sk->daddr)", "192.168.0.1 192.168.0.1 192.168.0.1 (null) ");
	assert_shown(0, "ip4(&sk->daddr) != \"10.0.0.1\"", "1 1 1 (null) ");
	assert_shown(0, "dst6", "2001:db8::1 ");
	assert_shown(0, "dst6 ~ \"2001:*\"", "1 1 1 (null) ");
	assert_shown(0, "mac == \"02:42:ac:11:00:02\"", "1 1 1 (fault) ");
	assert_shown(0, "buf(skb->data, n)", "3a3b3c3d ");
	assert_shown(0, "state == STATE_BUSY", "0 1 0 1 ");
	assert_shown(0, "big", "0 1 0 (fault) ");
	assert_shown(0, "comm", "curl ");
	assert_shown(0, "quot + 1", "1 0 -1 (fault) ");
}

/* Of what has no types there is the tracepoint's format; there, perf's keys come first. */
static void shown_untyped(void **state)
{
	(void)state;
	assert_shown(SEND, "skb__len", "100 110 ");
	assert_shown(SEND, "skb__len * 2 + pid", "4442 4462 ");
	assert_shown(SEND, "skb__name", "eth0 ");
	assert_shown(SEND, "skb__name ~ \"e*\"", "1 ");
	assert_shown(SENDS, "size", "1500 64 ");
	assert_shown(SENDS, "return_", "-11 0 ");
	assert_shown(SENDS, "dur", "1.000us 2.000us ");
	assert_shown(SENDS, "sends__return.size > 100", "1 0 ");
}

/* ---- errors --------------------------------------------------------------------------------- */

static void assert_error(unsigned int event, const char *text, int expected, const char *message,
			 unsigned int pos)
{
	struct diag diag = DIAG_INIT;
	struct column *column;
	int err = column__new(input, event, text, &column, &diag);

	if (err != expected || !diag.msg || !strstr(diag.msg, message) || !diag.has_span ||
	    diag.span.pos != pos)
		fail_msg("%s: %d, %s at %u", text, err, diag.msg ? diag.msg : "nothing",
			 diag.span.pos);
	diag__exit(&diag);
}

static void refused(void **state)
{
	(void)state;
	assert_error(SEND, "nothing", -ENOENT, "has no 'nothing'", 0);
	assert_error(SEND, "skb->lenn", -ENOENT, "no member 'lenn'", 5);
	assert_error(SEND, "duration", -ENOENT, "has no 'duration'", 0);
	assert_error(SEND, "return", -ENOENT, "no return value", 0);
	assert_error(SENDS, "skb", -ENOENT, "has no 'skb'", 0);
	assert_error(SENDS, "btfsnoop:send.skb", -ENOENT, "another event", 0);
	assert_error(SEND, "skb->len +", -EINVAL, "missing", 10);
	assert_error(SEND, "", -EINVAL, "missing", 0);
	assert_error(SEND, "skb->len / 0", -EINVAL, "division by zero", 11);
	assert_error(SEND, "skb->len == \"a\"", -EINVAL, "no string", 0);
	assert_error(SEND, "skb->name + skb->name", -EINVAL, "does not go", 10);
	assert_error(SEND, "*(struct packet *)8", -ENOENT, "not recorded", 0);
	assert_error(SEND, "skb[1].len", -ENOENT, "beyond", 0);
	assert_error(SEND, "uid()", -ENOENT, "not recorded", 0);
	assert_error(SEND, "current->pid", -ENOENT, "'current'", 0);
	assert_error(SEND, "str(skb->list.next)", -ENOENT, "not recorded", 0);
	assert_error(SEND, "\"text\"", -EINVAL, "quotes", 0);
}

static void lists(void **state)
{
	struct diag diag = DIAG_INIT;

	(void)state;
	assert_int_equal(column__key_len("a,b"), 1);
	assert_int_equal(column__key_len("f(a,b)[1,2],c"), 11);
	assert_int_equal(column__key_len("comm ~ \"a,\\\"b\",c"), 14);
	assert_int_equal(column__key_len(""), 0);
	assert_int_equal(column__check_list(input, "comm,size,skb->len", &diag), 0);
	assert_int_equal(column__check_list(input, "comm,skb->lenn", &diag), -EINVAL);
	assert_int_equal(diag.span.pos, 10);
	assert_string_equal(diag.hint, "did you mean 'len'?");
	diag__exit(&diag);
}

/* ---- conditions ----------------------------------------------------------------------------- */

static unsigned int count(const char *text)
{
	struct perfdata_sample sample;
	struct condition *c;
	unsigned int nr = 0;

	assert_int_equal(condition__new(input, text, &c, NULL), 0);
	for (unsigned int event = SEND; event <= SENDS; event++)
		while (next_sample(event, &sample))
			nr += condition__is_true(c, &sample);
	assert_int_equal(condition__end(c, NULL), 0);
	condition__free(c);
	return nr;
}

static void conditions(void **state)
{
	struct diag diag = DIAG_INIT;
	struct condition *c;

	(void)state;
	assert_int_equal(count("skb->len == 100"), 4);
	assert_int_equal(count("!(skb->len == 100)"), 10);	/* two could not be read */
	assert_int_equal(count("size == 1500"), 8);
	assert_int_equal(count("size == 1500 || skb->len == 100"), 12);
	assert_int_equal(count("(size == 1500 || size == 64) && return"), 6);
	assert_int_equal(count("pid == 4242"), 32);
	assert_int_equal(count("comm == \"curl\" || size > 0"), 24);
	assert_int_equal(count("event ~ \"*send\""), 16);
	assert_int_equal(condition__new(input, "size > 1 || skb->lenn", &c, &diag), -EINVAL);
	assert_int_equal(diag.span.pos, 17);
	assert_string_equal(diag.text, "size > 1 || skb->lenn");
	diag__exit(&diag);
	assert_int_equal(condition__new(input, "comm", &c, NULL), -EINVAL);
	assert_int_equal(condition__new(input, "a b", &c, NULL), -EINVAL);
}

static void globs(void **state)
{
	(void)state;
#define MATCHES(glob, text) glob__matches(glob, strlen(glob), text, strlen(text))
	assert_true(MATCHES("", ""));
	assert_true(MATCHES("*", ""));
	assert_true(MATCHES("a*b*c", "aXbXbc"));
	assert_false(MATCHES("a*b*c", "aXbXb"));
	assert_true(MATCHES("[!a-c]?\\*", "dx*"));
	assert_false(MATCHES("[!a-c]?\\*", "bx*"));
	assert_true(MATCHES("[]]", "]"));
	assert_true(MATCHES("[a-]*", "-x"));
	assert_false(MATCHES("[abc", "a"));
	assert_false(MATCHES("abc", "ab"));
	assert_true(MATCHES("*****a*****", "bba"));
}

int main(void)
{
	const struct CMUnitTest typed[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(random_expressions),
		cmocka_unit_test(shown),
		cmocka_unit_test(refused),
		cmocka_unit_test(lists),
		cmocka_unit_test(conditions),
		cmocka_unit_test(globs),
	};
	const struct CMUnitTest displays[] = { cmocka_unit_test(shown_displays) };
	const struct CMUnitTest untyped[] = { cmocka_unit_test(shown_untyped) };
	int failed = cmocka_run_group_tests(typed, setup, teardown_file);

	failed += cmocka_run_group_tests(displays, setup_flows, teardown_file);
	return failed + cmocka_run_group_tests(untyped, setup_untyped, teardown_file);
}
