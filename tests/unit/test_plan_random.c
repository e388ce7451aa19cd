// SPDX-License-Identifier: GPL-2.0-only
/*
 * plan/compile.h, steps.h: events of random expressions. What the plan's machine records of them is
 * what comes of evaluating the same trees directly: values, faults, whether there is an event.
 * BTFSNOOP_TEST_ROUNDS=n runs n rounds, BTFSNOOP_TEST_SEED=n begins with another number.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>

#include "../../perf-plugin/plan/compile.h"
#include "plan_test.h"

#define ROUNDS		20000
#define NR_CELLS	8
#define NR_WORDS	9	/* parameters; the first ones are addresses */
#define NR_ADDRESSES	4
#define MAX_NODES	4096
#define MAX_STRING	8
#define BUFFER_SIZE	24

/* What there is to read. */
struct cell {
	struct cell *to[4];
	uint64_t numbers[4];
	char string[16];
};

static struct cell cells[NR_CELLS];		/* as it is now */
static struct cell images[2][NR_CELLS];		/* at the entry, at the return */

/* All operations of one round: the trees share some. */
static struct typed_expr nodes[MAX_NODES];
static unsigned int nr_nodes;
static struct typed_expr *numbers[MAX_NODES], *addresses[MAX_NODES];	/* to be used again */
static unsigned int nr_numbers, nr_addresses;
static unsigned int seed;

static unsigned int below(unsigned int n)
{
	return (unsigned int)rand_r(&seed) / 7 % n;
}

static bool chance(unsigned int percent)
{
	return below(100) < percent;
}

static uint64_t random_number(void)
{
	static const uint64_t some[] = {
		0, 1, 2, 3, 5, 7, 8, 63, 64, 127, 128, 255, 256, 0x7fffffff, 0x80000000,
		0xffffffff, 0x100000000, INT64_MAX, (uint64_t)INT64_MIN, -1ULL, -2ULL, -100ULL,
	};
	uint64_t number = some[below(sizeof(some) / sizeof(*some))];

	if (chance(30))
		number = (uint64_t)rand_r(&seed) << 40 ^ (uint64_t)rand_r(&seed) << 15 ^ seed;
	return number;
}

static struct cell *random_address(void)
{
	if (chance(8))
		return NULL;
	return chance(8) ? NOWHERE : &cells[below(NR_CELLS)];
}

/* The last cell cannot be read. */
static void fill_cells(void)
{
	for (unsigned int i = 0; i < 2 * NR_CELLS; i++) {
		struct cell *cell = &images[i / NR_CELLS][i % NR_CELLS];

		memset(cell, 0, sizeof(*cell));
		for (unsigned int j = 0; j < 4; j++) {
			cell->to[j] = random_address();
			cell->numbers[j] = random_number();
		}
		for (unsigned int j = 0, len = below(sizeof(cell->string)); j < len; j++)
			cell->string[j] = 'a' + below(2);
	}
	memory.nr = 0;
	memory_add(cells, sizeof(cells) - sizeof(cells[0]));
}

static void enter(void)
{
	memcpy(cells, images[0], sizeof(cells));
}

static void leave(void)
{
	memcpy(cells, images[1], sizeof(cells));
}

/* ---- trees --------------------------------------------------------------------------------- */

static struct typed_expr *random_expr(unsigned int depth, bool at_return);

static struct typed_expr *node(enum typed_op op, struct typed_expr *a, struct typed_expr *b,
			       struct typed_expr *c)
{
	struct typed_expr *expr = &nodes[nr_nodes++];

	if (nr_nodes == MAX_NODES)
		fail_msg("too many operations");
	*expr = (struct typed_expr){ .op = op, .args = { a, b, c }, .size = 8 };
	for (unsigned int i = 0; i < 3 && expr->args[i]; i++)
		expr->at_return |= expr->args[i]->at_return;
	return expr;
}

static struct typed_expr *param_node(unsigned int word)
{
	struct typed_expr *expr = node(TYPED_PARAM, NULL, NULL, NULL);

	expr->param.word = word;
	expr->param.nr_words = 1;
	expr->param.on_stack = word >= 6;
	expr->param.place = word >= 6 ? word - 6 : word;
	return expr;
}

static struct typed_expr *const_node(uint64_t number)
{
	struct typed_expr *expr = node(TYPED_CONST, NULL, NULL, NULL);

	expr->imm = number;
	return expr;
}

static struct typed_expr *load_node(struct typed_expr *address, size_t offset, unsigned int size,
				    bool at_return)
{
	struct typed_expr *expr = node(TYPED_LOAD, address, NULL, NULL);

	expr->imm = offset;
	expr->size = size;
	expr->at_return |= at_return;
	return expr;
}

/* What is at_return may only be part of what is so, too; everything may use what is not. */
static struct typed_expr *used_before(struct typed_expr **pool, unsigned int nr, bool at_return)
{
	struct typed_expr *expr = nr ? pool[below(nr)] : NULL;

	return expr && (at_return || !expr->at_return) ? expr : NULL;
}

static struct typed_expr *index_node(struct typed_expr *base, unsigned int depth, bool at_return)
{
	struct typed_expr *index = random_expr(depth, at_return), *expr;

	if (chance(80)) {
		index = node(TYPED_ALU, index, const_node(3), NULL);
		index->alu = ALU_AND;
	}
	expr = node(TYPED_INDEX, base, index, NULL);
	expr->imm = chance(80) ? sizeof(void *) : sizeof(struct cell);
	return expr;
}

static struct typed_expr *random_addr(unsigned int depth, bool at_return)
{
	struct typed_expr *expr = used_before(addresses, nr_addresses, at_return);

	if (expr && chance(35))
		return expr;
	switch (depth ? below(10) : 9) {
	case 0:
		expr = node(TYPED_ADD, random_addr(depth - 1, at_return), NULL, NULL);
		expr->imm = (int)below(5) * (int)sizeof(void *) - 8;
		break;
	case 1:
		expr = index_node(random_addr(depth - 1, at_return), depth - 1, at_return);
		break;
	case 2:
		expr = node(TYPED_COND, random_expr(depth - 1, at_return),
			    random_addr(depth - 1, at_return), random_addr(depth - 1, at_return));
		break;
	case 9:
		expr = param_node(below(NR_ADDRESSES));
		break;
	default:
		expr = load_node(random_addr(depth - 1, at_return),
				 offsetof(struct cell, to[below(4)]), 8, at_return && chance(50));
	}
	addresses[nr_addresses++] = expr;
	return expr;
}

static struct typed_expr *random_leaf(bool at_return)
{
	struct typed_expr *expr;

	switch (below(8)) {
	case 0:
	case 1:
	case 2:
		return const_node(random_number());
	case 3:
		if (!at_return)
			return param_node(below(NR_WORDS));
		expr = node(TYPED_RETVAL, NULL, NULL, NULL);
		expr->at_return = true;
		return expr;
	case 4:
		expr = node(TYPED_VALUE, NULL, NULL, NULL);
		expr->value = below(VALUE_DURATION + 1);
		expr->at_return = at_return && chance(50);
		if (expr->value == VALUE_DURATION && !at_return)
			expr->value = VALUE_CPU;
		if (expr->value == VALUE_DURATION || expr->value == VALUE_RET_IP)
			expr->at_return = expr->value == VALUE_DURATION;
		return expr;
	default:
		return param_node(NR_ADDRESSES + below(NR_WORDS - NR_ADDRESSES));
	}
}

static struct typed_expr *match_node(unsigned int depth, bool at_return)
{
	static char *const strings[] = { "", "a", "ab", "a*", "*b", "*", "[!a]*", "?b*", "nginx*" };
	struct typed_expr *expr, *address;

	address = node(TYPED_ADD, random_addr(depth, at_return), NULL, NULL);
	address->imm = offsetof(struct cell, string);
	expr = node(TYPED_MATCH, chance(80) ? address : NULL, NULL, NULL);
	expr->string = strings[below(sizeof(strings) / sizeof(*strings))];
	expr->str_len = strlen(expr->string);
	expr->is_glob = chance(80);
	return expr;
}

static struct typed_expr *resize_node(unsigned int depth, bool at_return)
{
	struct typed_expr *expr;

	switch (below(4)) {
	case 0:
		expr = node(TYPED_SWAP, random_expr(depth, at_return), NULL, NULL);
		expr->size = 2u << below(3);
		return expr;
	case 1:
		expr = node(TYPED_BITS, random_expr(depth, at_return), NULL, NULL);
		expr->imm = below(63);
		expr->size = 1 + below(64 - expr->imm);
		break;
	default:
		expr = node(TYPED_EXTEND, random_expr(depth, at_return), NULL, NULL);
		expr->size = 1u << below(4);
	}
	expr->is_signed = chance(50);
	return expr;
}

static struct typed_expr *random_expr(unsigned int depth, bool at_return)
{
	struct typed_expr *expr = used_before(numbers, nr_numbers, at_return), *b;

	if (expr && chance(25))
		return expr;
	switch (depth ? below(12) : 11) {
	case 0:
	case 1:
	case 2:
		expr = random_expr(depth - 1, at_return);
		b = random_expr(depth - 1, at_return);
		expr = node(TYPED_ALU, expr, b, NULL);
		expr->alu = below(ALU_SLE + 1);
		break;
	case 3:
		expr = node(chance(50) ? TYPED_AND : TYPED_OR, random_expr(depth - 1, at_return),
			    random_expr(depth - 1, at_return), NULL);
		break;
	case 4:
		expr = node(TYPED_COND, random_expr(depth - 1, at_return),
			    random_expr(depth - 1, at_return), random_expr(depth - 1, at_return));
		break;
	case 5:
		expr = match_node(depth - 1, at_return);
		break;
	case 6:
		expr = resize_node(depth - 1, at_return);
		break;
	case 11:
		expr = random_leaf(at_return);
		break;
	default:
		expr = load_node(random_addr(depth - 1, at_return),
				 offsetof(struct cell, numbers) + below(24), 1u << below(4),
				 at_return && chance(50));
		expr->is_signed = chance(50);
	}
	numbers[nr_numbers++] = expr;
	return expr;
}

/* ---- their values -------------------------------------------------------------------------- */

static const struct frame *call;	/* what the function was called with */

/* Memory as it was then. */
static bool read_then(void *dst, size_t size, uint64_t addr, bool at_return)
{
	memcpy(cells, images[at_return], sizeof(cells));
	return memory_read(dst, size, addr);
}

static uint64_t eval(const struct typed_expr *e, bool is_address, unsigned int *status);

static uint64_t unread(uint64_t address, bool is_address, unsigned int *status)
{
	*status |= address ? ITEM_FAULT : ITEM_NULL;
	return is_address ? !!address : 0;
}

static uint64_t eval_load(const struct typed_expr *e, bool is_address, unsigned int *status)
{
	uint64_t address = eval(e->args[0], true, status), value;

	if (!read_then(&value, e->size, address + e->imm, e->at_return))
		return unread(address, is_address, status);
	return machine_extend(value, 8 * e->size, e->is_signed);
}

static uint64_t eval_alu(const struct typed_expr *e, unsigned int *status)
{
	uint64_t a = eval(e->args[0], false, status), b = eval(e->args[1], false, status);

	if (e->alu >= ALU_UDIV && e->alu <= ALU_SMOD && !b)
		return unread(1, false, status);
	return machine_compute(a, b, (enum bs_alu)e->alu);
}

/* fnmatch() has other classes: what is used here, by itself. */
static bool matches(const char *glob, const char *string)
{
	if (*glob == '*')
		return matches(glob + 1, string) || (*string && matches(glob, string + 1));
	if (!*glob || !*string)
		return !*glob && !*string;
	if (!strncmp(glob, "[!a]", 4))
		return *string != 'a' && matches(glob + 4, string + 1);
	return (*glob == '?' || *glob == *string) && matches(glob + 1, string + 1);
}

static uint64_t eval_match(const struct typed_expr *e, unsigned int *status)
{
	char string[sizeof(cells)] = MACHINE_COMM;

	if (e->args[0]) {
		uint64_t address = eval(e->args[0], true, status);

		read_then(string, 0, (uintptr_t)cells, e->at_return);
		if (memory_read_str(string, sizeof(string), address) < 0)
			return unread(address, false, status);
	}
	return e->is_glob ? matches(e->string, string) : !strcmp(e->string, string);
}

static uint64_t eval_address(const struct typed_expr *e, bool is_address, unsigned int *status)
{
	uint64_t base = eval(e->args[0], is_address, status);

	if (e->op == TYPED_ADD)
		return base ? base + e->imm : 0;
	return (eval(e->args[1], false, status) * (uint64_t)e->imm + base) * !!base;
}

static uint64_t eval_leaf(const struct typed_expr *e)
{
	switch (e->op) {
	case TYPED_CONST:
		return e->imm;
	case TYPED_PARAM:
		return call->words[e->param.word];
	case TYPED_RETVAL:
		return call->retval;
	default:
		return e->value == VALUE_DURATION ? MACHINE_DURATION : MACHINE_VALUE(e->value);
	}
}

static uint64_t eval(const struct typed_expr *e, bool is_address, unsigned int *status)
{
	switch (e->op) {
	case TYPED_ADD:
	case TYPED_INDEX:
		return eval_address(e, is_address, status);
	case TYPED_LOAD:
		return eval_load(e, is_address, status);
	case TYPED_EXTEND:
		return machine_extend(eval(e->args[0], is_address, status), 8 * e->size,
				      e->is_signed);
	case TYPED_BITS:
		return machine_extend(eval(e->args[0], false, status) >> e->imm, e->size,
				      e->is_signed);
	case TYPED_ALU:
		return eval_alu(e, status);
	case TYPED_SWAP:
		return machine_swap(eval(e->args[0], false, status), e->size);
	case TYPED_AND:
		return eval(e->args[0], false, status) && eval(e->args[1], false, status);
	case TYPED_OR:
		return eval(e->args[0], false, status) || eval(e->args[1], false, status);
	case TYPED_COND:
		return eval(e->args[eval(e->args[0], false, status) ? 1 : 2], is_address, status);
	case TYPED_MATCH:
		return eval_match(e, status);
	default:
		return eval_leaf(e);
	}
}

/* ---- events -------------------------------------------------------------------------------- */

#define MAX_ITEMS	5
#define MAX_TERMS	3

static struct typed_item items[MAX_ITEMS];
static struct typed_term terms[MAX_TERMS];

static void random_item(struct typed_item *item, unsigned int nr, bool paired)
{
	static char *const names[MAX_ITEMS] = { "a", "b", "c", "d", "e" };
	bool at_return = paired && chance(60);

	*item = (struct typed_item){
		.name = names[nr], .path = names[nr], .kind = TYPED_SCALAR,
		.type.id = fix.ids['U'], .can_fail = true, .at_return = at_return,
	};
	if (chance(70)) {
		item->expr = random_expr(1 + below(4), at_return);
		item->can_fail = typed_expr__can_fail(item->expr);
		if (!at_return && item->expr->at_return)
			fail_msg("an entry item of the return");
		return;
	}
	item->expr = random_addr(1 + below(3), at_return);
	switch (below(3)) {
	case 0:
		item->kind = TYPED_OBJECT;
		item->type.id = fix.ids['P'];
		break;
	case 1:
		item->kind = TYPED_STRING;
		item->type.id = fix.ids['s'];
		break;
	default:
		item->kind = TYPED_BUFFER;
		item->max_size = BUFFER_SIZE;
		item->length = random_expr(2, at_return);
	}
}

static void random_spec(struct typed_spec *typed)
{
	bool paired = chance(60);

	nr_nodes = nr_numbers = nr_addresses = 0;
	typed->items = items;
	typed->terms = terms;
	typed->nr_items = below(MAX_ITEMS + 1);
	typed->nr_terms = chance(50) ? below(MAX_TERMS + 1) : 0;
	for (unsigned int i = 0; i < typed->nr_terms; i++)
		terms[i] = (struct typed_term){
			.expr = random_expr(1 + below(3), false), .text = "term",
		};
	/* Those of the return come last. */
	if (paired && typed->nr_terms)
		terms[typed->nr_terms - 1].expr = random_expr(3, true);
	for (unsigned int i = 0; i < typed->nr_items; i++)
		random_item(&items[i], i, paired);
}

static void random_frame(struct frame *frame)
{
	memset(frame, 0, sizeof(*frame));
	for (unsigned int i = 0; i < NR_WORDS; i++) {
		frame->words[i] = i < NR_ADDRESSES ? (uintptr_t)random_address() : random_number();
		if (i < 6)
			frame->regs[i] = frame->words[i];
		else
			frame->stack[i - 6] = frame->words[i];
	}
	frame->retval = random_number();
	frame->kprobe = chance(50);
	call = frame;
}

static bool is_dropped(const struct typed_spec *typed)
{
	for (unsigned int i = 0; i < typed->nr_terms; i++) {
		unsigned int status = 0;

		if (!eval(terms[i].expr, false, &status) || status)
			return true;
	}
	return false;
}

static void check_tail(const struct typed_item *item, uint64_t address, uint64_t length,
		       unsigned int expected, unsigned int status, const uint8_t *bytes,
		       unsigned int nr)
{
	uint8_t memory_then[BUFFER_SIZE];
	char string[MAX_STRING + 1];

	read_then(string, 0, (uintptr_t)cells, item->at_return);
	if (item->kind == TYPED_STRING) {
		long len = memory_read_str(string, sizeof(string), address);

		if (len < 0)
			unread(address, true, &expected);
		else if (strlen(string) == MAX_STRING)
			expected |= ITEM_CUT;
		string[len < 0 ? 0 : MAX_STRING - 1] = '\0';
		assert_int_equal(nr, strlen(string) + 1);
		assert_memory_equal(bytes, string, nr);
	} else {
		unsigned int size = (int64_t)length < 0 ? 0 :
				    length > BUFFER_SIZE ? BUFFER_SIZE : length;

		if (!memory_read(memory_then, size, address)) {
			unread(address, true, &expected);
			size = 0;
		} else if ((int64_t)length > BUFFER_SIZE) {
			expected |= ITEM_CUT;
		}
		assert_int_equal(nr, size);
		assert_memory_equal(bytes, memory_then, size);
	}
	assert_int_equal(status, expected);
}

static void check_item(const struct event *event, const struct typed_item *item,
		       const struct raw *raw)
{
	const struct field *f = schema_field(&event->schema, item->path);
	enum item_status got = raw_status(&event->schema, f, raw);
	uint8_t bytes[sizeof(struct pair)];
	unsigned int status = 0;
	uint64_t value, length = 0;
	uint32_t loc;

	if (item->kind == TYPED_BUFFER)
		length = eval(item->length, false, &status);
	value = eval(item->expr, item->kind != TYPED_SCALAR, &status);
	if (item->kind == TYPED_SCALAR) {
		assert_int_equal(got, status);
		assert_int_equal(raw_u64(raw, f->offset), value);
	} else if (item->kind == TYPED_OBJECT) {
		if (!read_then(bytes, sizeof(bytes), value, item->at_return))
			unread(value, true, &status);
		assert_int_equal(got, status);
		assert_memory_equal(raw->bytes + f->offset, bytes, sizeof(bytes));
	} else {
		memcpy(&loc, raw->bytes + f->offset, 4);
		assert_true((loc & 0xffff) + (loc >> 16) <= raw->size);
		check_tail(item, value, length, status, got, raw->bytes + (loc & 0xffff),
			   loc >> 16);
	}
}

/* What became of the rounds. */
static struct {
	unsigned int recorded, dropped, too_long, shared, kept, skips;
} counts;

static void count_plan(const struct bs_plan *plan)
{
	bool shared = false, skips = false;

	for (unsigned int i = 0; i < plan->nr_entry_ops; i++) {
		shared |= plan->entry[i].code == BS_OP_GET;
		skips |= plan->entry[i].code == BS_OP_SKIP;
	}
	counts.shared += shared;
	counts.skips += skips;
	counts.kept += plan->kept_size > 0;
}

static void random_round(struct typed_spec *typed, const struct event_opts *opts)
{
	struct event_list *events;
	struct diag diag = DIAG_INIT;
	static struct raw raw;
	struct frame frame;
	int err;

	fill_cells();
	random_spec(typed);
	random_frame(&frame);
	assert_int_equal(event_list__new(&events), 0);
	err = event_list__add(events, typed, opts, &diag);
	if (err) {
		assert_int_equal(err, -E2BIG);
		assert_non_null(diag.msg);
		counts.too_long++;
	} else {
		bool dropped = is_dropped(typed);

		enter();
		assert_int_equal(machine_call(events, events->events[0], 0, &frame, leave, &raw),
				 !dropped);
		counts.dropped += dropped;
		counts.recorded += !dropped;
		for (unsigned int i = 0; i < typed->nr_items && !dropped; i++)
			check_item(events->events[0], &items[i], &raw);
		count_plan(events->events[0]->plans[0]);
	}
	diag__exit(&diag);
	event_list__free(events);
}

static unsigned int number_of(const char *variable, unsigned int otherwise)
{
	const char *value = getenv(variable);

	return value ? strtoul(value, NULL, 0) : otherwise;
}

static void random_events(void **state)
{
	unsigned int rounds = number_of("BTFSNOOP_TEST_ROUNDS", ROUNDS);
	unsigned int first = number_of("BTFSNOOP_TEST_SEED", 1);
	struct event_opts opts = { .max_data = 1024, .max_string = MAX_STRING };
	struct typed_spec typed = { .nr_items = 0 };
	struct diag diag = DIAG_INIT;
	struct spec *spec;

	(void)state;
	assert_int_equal(spec__parse("f(x)", &spec, &diag), 0);
	typed.spec = spec;
	typed.func = fixture_func(&fix, "f", 'U', "pppplllll");
	for (unsigned int round = 0; round < rounds; round++) {
		seed = first + round;
		random_round(&typed, &opts);
	}
	print_message("%u recorded, %u filtered out, %u too long; %u with shared values, %u with "
		      "skips, %u with kept values\n", counts.recorded, counts.dropped,
		      counts.too_long, counts.shared, counts.skips, counts.kept);
	if (rounds >= ROUNDS) {
		assert_true(counts.recorded > rounds / 3);
		assert_true(counts.dropped > rounds / 20);
		assert_true(counts.shared > rounds / 10);
		assert_true(counts.kept > rounds / 10);
		assert_true(counts.skips > rounds / 20);
	}
	spec__free(spec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_events),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
