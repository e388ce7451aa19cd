// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program is run in the abstract: a register or a place on the stack holds a known number, a
 * known place in a constant map or on the stack, or something not known. A branch whose operands are
 * known goes one way only, any other both. The ways are kept apart, as the verifier does, up to
 * MAX_STATES at one instruction; more of them become one, with what they agree on.
 */
#include <asm/ptrace.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "insn.h"
#include "specialise.h"
#include "tidy.h"

#define MAX_STATES	8
#define MAX_STEPS	40000000	/* instructions run, in all states: far more than is needed */

enum kind {
	UNKNOWN,		/* anything but a place on the stack */
	NUMBER,
	IN_MAP,			/* a place in maps[map] */
	ON_STACK,		/* a place on the stack, from its end: negative */
	ANYTHING,		/* perhaps a place on the stack */
	HIGH_HALF,		/* of the place whose kind is in the stack's half before it */
};

struct value {
	uint8_t kind;
	uint8_t map;
	uint64_t number;	/* NUMBER; IN_MAP, ON_STACK: offset */
};

/* What is known at one instruction. The stack is in halves of 8 bytes, whose numbers have 32 bits. */
struct state {
	struct value regs[NR_REGS];
	struct value stack[NR_HALVES];
	struct state *next;	/* seen at the same instruction, or to be run from @at */
	size_t at;
};

#define WAY_ON		1	/* to the next instruction */
#define WAY_OFF		2	/* to the branch's target */

struct analysis {
	const struct bpf_insn *insns;
	size_t nr;
	const struct constant_map *maps;
	unsigned int nr_maps;
	struct state **seen;	/* by instruction, where ways can meet */
	uint8_t *nr_seen;
	bool *is_target;
	uint8_t *ways;		/* by instruction: 0: not reached; which ways were taken */
	struct value *results;	/* by instruction that is reached: what it left in its register, or
				 * a load from the context: what it loads */
	struct value *sources;	/* by instruction that is reached: its source register */
	struct state *pending;
	size_t steps;
};

/* ---- values --------------------------------------------------------------------------------- */

static const struct value unknown = { .kind = UNKNOWN };
static const struct value anything = { .kind = ANYTHING };

static struct value number(uint64_t n)
{
	return (struct value){ .kind = NUMBER, .number = n };
}

static bool may_be_on_stack(struct value v)
{
	return v.kind == ON_STACK || v.kind == ANYTHING;
}

static bool same(struct value a, struct value b)
{
	return a.kind == b.kind && a.map == b.map && a.number == b.number;
}

static bool covers(struct value a, struct value b)
{
	return a.kind == ANYTHING || (a.kind == UNKNOWN && !may_be_on_stack(b)) || same(a, b);
}

static struct value join(struct value a, struct value b)
{
	if (same(a, b))
		return a;
	return may_be_on_stack(a) || may_be_on_stack(b) ? anything : unknown;
}

static bool state_covers(const struct state *a, const struct state *b)
{
	for (int i = 0; i < NR_REGS; i++)
		if (!covers(a->regs[i], b->regs[i]))
			return false;
	for (int i = 0; i < NR_HALVES; i++)
		if (!covers(a->stack[i], b->stack[i]))
			return false;
	return true;
}

static void state_join(struct state *a, const struct state *b)
{
	for (int i = 0; i < NR_REGS; i++)
		a->regs[i] = join(a->regs[i], b->regs[i]);
	for (int i = 0; i < NR_HALVES; i++)
		a->stack[i] = join(a->stack[i], b->stack[i]);
}

/* ---- the stack ------------------------------------------------------------------------------ */

/* Forgets @size bytes at @offset; those that are not of the stack are the verifier's business. */
static void stack_forget(struct state *s, int64_t offset, uint64_t size)
{
	int64_t start = offset + STACK_SIZE, end;

	if (size > STACK_SIZE)
		size = STACK_SIZE;
	end = start + (int64_t)size;
	for (int i = 0; i < NR_HALVES; i++)
		if (4 * i < end && 4 * i + 4 > start)
			s->stack[i] = unknown;
}

static bool is_half(int64_t offset, unsigned int size)
{
	return offset >= -STACK_SIZE && offset + size <= 0 && (size == 4 || size == 8) &&
	       !(offset % size);
}

static void stack_write(struct state *s, int64_t offset, unsigned int size, struct value v)
{
	struct value *half;

	stack_forget(s, offset, size);
	if (!is_half(offset, size))
		return;
	half = &s->stack[(offset + STACK_SIZE) / 4];
	if (v.kind == NUMBER) {
		half[0] = number((uint32_t)v.number);
		if (size == 8)
			half[1] = number(v.number >> 32);
	} else if (size == 8 && v.kind != UNKNOWN) {
		half[0] = v;
		half[1] = (struct value){ .kind = HIGH_HALF };
	}
}

static struct value stack_read(const struct state *s, int64_t offset, unsigned int size)
{
	const struct value *half;

	if (!is_half(offset, size))
		return unknown;
	half = &s->stack[(offset + STACK_SIZE) / 4];
	if (size == 4)
		return half[0].kind == NUMBER ? half[0] : unknown;
	if (half[0].kind == NUMBER && half[1].kind == NUMBER)
		return number(half[0].number | half[1].number << 32);
	if (half[1].kind == HIGH_HALF)
		return half[0].kind == NUMBER ? unknown : half[0];
	return may_be_on_stack(half[0]) ? anything : unknown;
}

/* ---- what instructions do ------------------------------------------------------------------- */

static struct value source(const struct state *s, const struct bpf_insn *insn)
{
	if (BPF_SRC(insn->code) == BPF_X)
		return s->regs[insn->src_reg];
	return number((int64_t)insn->imm);
}

static struct value compute64(uint8_t op, uint64_t a, uint64_t b)
{
	switch (op) {
	case BPF_ADD: return number(a + b);
	case BPF_SUB: return number(a - b);
	case BPF_MUL: return number(a * b);
	case BPF_AND: return number(a & b);
	case BPF_OR:  return number(a | b);
	case BPF_XOR: return number(a ^ b);
	case BPF_LSH: return number(a << (b & 63));
	case BPF_RSH: return number(a >> (b & 63));
	case BPF_ARSH: return number((int64_t)a >> (b & 63));
	case BPF_NEG: return number(-a);
	default: return unknown;
	}
}

static struct value compute32(uint8_t op, uint32_t a, uint32_t b)
{
	struct value v;

	if (op == BPF_LSH || op == BPF_RSH)
		b &= 31;
	if (op == BPF_ARSH)
		return number((uint32_t)((int32_t)a >> (b & 31)));
	v = compute64(op, a, b);
	v.number = (uint32_t)v.number;
	return v;
}

/* A place and a number. */
static struct value compute_place(uint8_t op, struct value a, struct value b)
{
	if (op == BPF_ADD && a.kind == NUMBER) {
		struct value swapped = a;

		a = b;
		b = swapped;
	}
	if ((a.kind == IN_MAP || a.kind == ON_STACK) && b.kind == NUMBER &&
	    (op == BPF_ADD || op == BPF_SUB)) {
		a.number += op == BPF_ADD ? b.number : -b.number;
		return a;
	}
	return may_be_on_stack(a) || may_be_on_stack(b) ? anything : unknown;
}

static void run_alu(struct state *s, const struct bpf_insn *insn)
{
	bool wide = BPF_CLASS(insn->code) == BPF_ALU64;
	struct value *dst = &s->regs[insn->dst_reg];
	struct value src = source(s, insn);
	uint8_t op = BPF_OP(insn->code);

	if (op == BPF_END || insn->off) {	/* or an operation that is newer than this */
		*dst = unknown;
	} else if (op == BPF_MOV) {
		if (!wide)
			src = src.kind == NUMBER ? number((uint32_t)src.number) : unknown;
		*dst = src;
	} else if (dst->kind == NUMBER && (src.kind == NUMBER || op == BPF_NEG)) {
		*dst = wide ? compute64(op, dst->number, src.number) :
			      compute32(op, dst->number, src.number);
	} else {
		*dst = wide ? compute_place(op, *dst, src) : unknown;
	}
}

static struct value map_read(const struct analysis *a, struct value place, unsigned int size)
{
	const struct constant_map *map = &a->maps[place.map];
	uint64_t value = 0;

	if (place.number > map->size || size > map->size - place.number)
		return unknown;
	memcpy(&value, (const char *)map->value + place.number, size);
	return number(value);
}

static void run_load(const struct analysis *a, struct state *s, const struct bpf_insn *insn)
{
	struct value from = s->regs[insn->src_reg], *dst = &s->regs[insn->dst_reg];
	unsigned int size = access_size(insn);

	from.number += insn->off;
	if (BPF_MODE(insn->code) != BPF_MEM)
		*dst = anything;
	else if (from.kind == IN_MAP)
		*dst = map_read(a, from, size);
	else if (from.kind == ON_STACK)
		*dst = stack_read(s, from.number, size);
	else
		*dst = from.kind == ANYTHING ? anything : unknown;
}

static void run_store(struct state *s, const struct bpf_insn *insn)
{
	bool is_atomic = BPF_MODE(insn->code) == BPF_ATOMIC;
	struct value to = s->regs[insn->dst_reg];
	struct value v = s->regs[insn->src_reg];

	if (BPF_CLASS(insn->code) == BPF_ST)
		v = number((int64_t)insn->imm);
	if (to.kind == ANYTHING)
		stack_forget(s, -STACK_SIZE, STACK_SIZE);
	else if (to.kind == ON_STACK && is_atomic)
		stack_forget(s, to.number + insn->off, access_size(insn));
	else if (to.kind == ON_STACK)
		stack_write(s, to.number + insn->off, access_size(insn), v);
	if (is_atomic && insn->imm & BPF_FETCH)
		s->regs[insn->imm == BPF_CMPXCHG ? 0 : insn->src_reg] = unknown;
}

static void run_wide(const struct analysis *a, struct state *s, const struct bpf_insn *insn)
{
	struct value *dst = &s->regs[insn->dst_reg];

	*dst = unknown;
	if (!insn->src_reg)
		*dst = number((uint32_t)insn->imm | (uint64_t)(uint32_t)insn[1].imm << 32);
	for (unsigned int i = 0; i < a->nr_maps; i++)
		if (insn->src_reg == BPF_PSEUDO_MAP_VALUE && insn->imm == a->maps[i].fd)
			*dst = (struct value){ .kind = IN_MAP, .map = i,
					       .number = (uint32_t)insn[1].imm };
}

/* A helper writes where it is told to; one that is not known, behind every place it is given. */
static void run_helper(struct state *s, const struct bpf_insn *insn)
{
	const struct helper *helper = find_helper(insn->imm);

	for (int arg = 1; arg <= 5; arg++) {
		struct value to = s->regs[arg], size = number(8);

		if (helper && arg != helper->written)
			continue;
		if (!helper || helper->size_arg)
			size = helper ? s->regs[helper->size_arg] : unknown;
		if (to.kind == ANYTHING)
			stack_forget(s, -STACK_SIZE, STACK_SIZE);
		else if (to.kind == ON_STACK)
			stack_forget(s, to.number, size.kind == NUMBER ? size.number : STACK_SIZE);
	}
}

static void after_call(struct state *s)
{
	for (int i = 0; i <= 5; i++)
		s->regs[i] = unknown;
}

static bool compare(uint8_t op, uint64_t a, uint64_t b)
{
	switch (op) {
	case BPF_JEQ: return a == b;
	case BPF_JNE: return a != b;
	case BPF_JGT: return a > b;
	case BPF_JGE: return a >= b;
	case BPF_JLT: return a < b;
	case BPF_JLE: return a <= b;
	case BPF_JSGT: return (int64_t)a > (int64_t)b;
	case BPF_JSGE: return (int64_t)a >= (int64_t)b;
	case BPF_JSLT: return (int64_t)a < (int64_t)b;
	case BPF_JSLE: return (int64_t)a <= (int64_t)b;
	default: return a & b;			/* BPF_JSET */
	}
}

static int branch_ways(const struct state *s, const struct bpf_insn *insn)
{
	struct value a = s->regs[insn->dst_reg], b = source(s, insn);

	if (a.kind != NUMBER || b.kind != NUMBER)
		return WAY_ON | WAY_OFF;
	if (BPF_CLASS(insn->code) == BPF_JMP32) {
		/* Sign-extended for both sorts of comparisons: that keeps the order of each. */
		a.number = (int64_t)(int32_t)a.number;
		b.number = (int64_t)(int32_t)b.number;
	}
	return compare(BPF_OP(insn->code), a.number, b.number) ? WAY_OFF : WAY_ON;
}

/* ---- running -------------------------------------------------------------------------------- */

static int push(struct analysis *a, const struct state *s, size_t at)
{
	struct state *copy;

	if (at >= a->nr)
		return -EINVAL;
	copy = malloc(sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	*copy = *s;
	copy->at = at;
	copy->next = a->pending;
	a->pending = copy;
	return 0;
}

/* A function of the program's own starts with its arguments and a stack of its own. */
static int push_call(struct analysis *a, struct state *s, size_t at)
{
	struct state callee = { .regs[FRAME] = { .kind = ON_STACK } };

	for (int arg = 1; arg <= 5; arg++) {
		if (may_be_on_stack(s->regs[arg]))
			stack_forget(s, -STACK_SIZE, STACK_SIZE);
		else
			callee.regs[arg] = s->regs[arg];
	}
	return push(a, &callee, at);
}

/* Whether what is known at @at has been seen there before. If not, it is now. Or -ENOMEM. */
static int was_seen(struct analysis *a, struct state *s, size_t at)
{
	struct state *seen;

	for (seen = a->seen[at]; seen; seen = seen->next)
		if (state_covers(seen, s))
			return 1;
	if (a->nr_seen[at] == MAX_STATES) {
		state_join(a->seen[at], s);
		*s = *a->seen[at];
		return 0;
	}
	seen = malloc(sizeof(*seen));
	if (!seen)
		return -ENOMEM;
	*seen = *s;
	seen->next = a->seen[at];
	a->seen[at] = seen;
	a->nr_seen[at]++;
	return 0;
}

static void note_value(struct analysis *a, size_t at, struct value value)
{
	a->results[at] = a->ways[at] ? join(a->results[at], value) : value;
}

static void note_source(struct analysis *a, size_t at, struct value value)
{
	a->sources[at] = a->ways[at] ? join(a->sources[at], value) : value;
}

/* What is the same number each time need not be computed. */
static void note_result(struct analysis *a, const struct state *s, size_t at)
{
	note_value(a, at, s->regs[a->insns[at].dst_reg]);
}

/* Runs one instruction. Returns the next one's number, a->nr at the end, or a negative errno. */
static long step(struct analysis *a, struct state *s, size_t at)
{
	const struct bpf_insn *insn = &a->insns[at];
	int err = 0, ways = WAY_ON;

	if (!is_wide(insn))
		note_source(a, at, s->regs[insn->src_reg]);
	switch (BPF_CLASS(insn->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		run_alu(s, insn);
		note_result(a, s, at);
		break;
	case BPF_LDX:
		run_load(a, s, insn);
		note_result(a, s, at);
		break;
	case BPF_ST:
	case BPF_STX:
		run_store(s, insn);
		break;
	case BPF_LD:
		if (!is_wide(insn) || at + 1 >= a->nr)
			return -EINVAL;
		run_wide(a, s, insn);
		break;
	default:
		if (is_context_load(insn))
			note_value(a, at, s->regs[BPF_REG_2]);
		if (is_own_call(insn))
			err = push_call(a, s, at + 1 + insn->imm);
		else if (is_call(insn))
			run_helper(s, insn);
		if (is_call(insn))
			after_call(s);
		else if (is_exit(insn))
			ways = 0;
		else
			ways = is_goto(insn) ? WAY_OFF : branch_ways(s, insn);
	}
	a->ways[at] |= ways ? ways : WAY_ON;
	if (ways == (WAY_ON | WAY_OFF) && !err)
		err = push(a, s, at + 1 + insn->off);
	if (err)
		return err;
	if (!ways)
		return a->nr;
	if (ways == WAY_OFF)
		return at + 1 + insn->off;
	return at + 1 + is_wide(insn);
}

/* Runs a state to its end, or to where it has been before. */
static int run(struct analysis *a, struct state *s)
{
	long at = s->at;

	while ((size_t)at < a->nr) {
		if (a->is_target[at]) {
			int seen = was_seen(a, s, at);

			if (seen)
				return seen < 0 ? seen : 0;
		}
		if (++a->steps > MAX_STEPS)
			return -EINVAL;
		at = step(a, s, at);
		if (at < 0)
			return at;
	}
	return 0;
}

static int mark_targets(struct analysis *a)
{
	for (size_t i = 0; i < a->nr; i += 1 + is_wide(&a->insns[i])) {
		const struct bpf_insn *insn = &a->insns[i];
		long target;

		if (insn->dst_reg >= NR_REGS || (insn->src_reg >= NR_REGS && !is_wide(insn)))
			return -EINVAL;
		if (!is_jump(insn) && !is_own_call(insn))
			continue;
		if (BPF_OP(insn->code) > BPF_JSLE || insn->code == (BPF_JMP32 | BPF_JA))
			return -EINVAL;		/* newer than this */
		target = (long)i + 1 + (is_jump(insn) ? insn->off : insn->imm);
		if (target < 0 || (size_t)target >= a->nr)
			return -EINVAL;
		a->is_target[target] = true;
	}
	return 0;
}

static void free_states(struct state *s)
{
	while (s) {
		struct state *next = s->next;

		free(s);
		s = next;
	}
}

/* Finds out which ways are taken. Returns 0 or a negative errno. */
static int analyse(struct analysis *a)
{
	struct state start = { .regs[FRAME] = { .kind = ON_STACK } };
	int err = mark_targets(a);

	if (!err)
		err = push(a, &start, 0);
	while (a->pending && !err) {
		struct state *s = a->pending;

		a->pending = s->next;
		err = run(a, s);
		free(s);
	}
	free_states(a->pending);
	for (size_t i = 0; i < a->nr; i++)
		free_states(a->seen[i]);
	return err;
}

/* ---- leaving out ---------------------------------------------------------------------------- */

/* A number that is always the same, in the place of how it was computed. */
static void fold(struct bpf_insn *insn, struct value result)
{
	int64_t n = result.number;

	if (result.kind != NUMBER || (n != (int32_t)n && n != (uint32_t)n))
		return;
	*insn = (struct bpf_insn){
		.code = (n == (int32_t)n ? BPF_ALU64 : BPF_ALU) | BPF_MOV | BPF_K,
		.dst_reg = insn->dst_reg, .imm = n,
	};
}

static bool takes_number(uint8_t op, int64_t n)
{
	switch (op) {
	case BPF_ADD:
	case BPF_SUB:
	case BPF_MUL:
	case BPF_AND:
	case BPF_OR:
	case BPF_XOR:
		return n == (int32_t)n;
	case BPF_LSH:
	case BPF_RSH:
	case BPF_ARSH:
		return n >= 0 && n < 64;
	}
	return false;
}

/* A number in the instruction, in the place of a register that always holds it. */
static void fold_source(struct bpf_insn *insn, struct value source)
{
	uint8_t class = BPF_CLASS(insn->code), op = BPF_OP(insn->code);
	int64_t n = source.number;

	if (source.kind != NUMBER)
		return;
	if (class == BPF_STX && BPF_MODE(insn->code) == BPF_MEM) {
		if (access_size(insn) == 8 && n != (int32_t)n)
			return;
		insn->code = BPF_ST | BPF_MEM | BPF_SIZE(insn->code);
	} else if (class == BPF_ALU64 && BPF_SRC(insn->code) == BPF_X && !insn->off &&
		   takes_number(op, n)) {
		insn->code = BPF_ALU64 | op | BPF_K;
	} else {
		return;
	}
	insn->src_reg = 0;
	insn->imm = n;
}

/* Where in the context the value is that a load wants. Returns -1 if that is not known. */
static int context_offset(const struct bpf_insn *insn, struct value which)
{
#ifdef __x86_64__
	static const uint8_t regs[] = {
		offsetof(struct pt_regs, rdi), offsetof(struct pt_regs, rsi),
		offsetof(struct pt_regs, rdx), offsetof(struct pt_regs, rcx),
		offsetof(struct pt_regs, r8), offsetof(struct pt_regs, r9),
	};
#else
#error "in which registers are parameters at a function's entry on this machine?"
#endif

	if (which.kind != NUMBER)
		return -1;
	if (insn->imm == BS_LOAD_WORD)
		return which.number < BS_MAX_ARGS ? 8 * (int)which.number : -1;
	return which.number < sizeof(regs) ? regs[which.number] : -1;
}

static int check_context_loads(const struct analysis *a)
{
	for (size_t i = 0; i < a->nr; i++)
		if (a->ways[i] && is_context_load(&a->insns[i]) &&
		    context_offset(&a->insns[i], a->results[i]) < 0)
			return -EINVAL;
	return 0;
}

/* Keeps what was reached; branches that go one way only become jumps, or nothing. */
static size_t leave_unreached(struct bpf_insn *insns, const struct analysis *a, bool *keep,
			      size_t *place)
{
	const uint8_t *ways = a->ways;
	size_t nr = a->nr;

	for (size_t i = 0; i < nr; i++) {
		keep[i] = ways[i];
		if (!keep[i])
			continue;
		if (is_wide(&insns[i])) {
			keep[++i] = true;
		} else if (is_jump(&insns[i]) && ways[i] == WAY_ON) {
			keep[i] = false;
		} else if (is_jump(&insns[i]) && ways[i] == WAY_OFF) {
			insns[i] = (struct bpf_insn){ .code = BPF_JMP | BPF_JA, .off = insns[i].off };
		} else if (is_context_load(&insns[i])) {
			insns[i] = (struct bpf_insn){
				.code = BPF_LDX | BPF_MEM | BPF_DW,
				.dst_reg = BPF_REG_0, .src_reg = BPF_REG_1,
				.off = context_offset(&insns[i], a->results[i]),
			};
		} else if (is_pure(&insns[i])) {
			fold(&insns[i], a->results[i]);
			fold_source(&insns[i], a->sources[i]);
		} else {
			fold_source(&insns[i], a->sources[i]);
		}
	}
	return tidy__compact(insns, nr, keep, place);
}

long specialise(struct bpf_insn *insns, size_t nr, const struct constant_map *maps,
		unsigned int nr_maps)
{
	struct analysis a = {
		.insns = insns, .nr = nr, .maps = maps, .nr_maps = nr_maps,
		.seen = calloc(nr, sizeof(*a.seen)), .nr_seen = calloc(nr, 1),
		.is_target = calloc(nr, sizeof(*a.is_target)), .ways = calloc(nr, 1),
		.results = calloc(nr, sizeof(*a.results)),
		.sources = calloc(nr, sizeof(*a.sources)),
	};
	size_t *place = calloc(nr + 1, sizeof(*place));
	bool *keep = calloc(nr + 1, sizeof(*keep));
	long result = -ENOMEM;

	if (a.seen && a.nr_seen && a.is_target && a.ways && a.results && a.sources && place && keep)
		result = analyse(&a);
	if (!result)
		result = check_context_loads(&a);
	if (!result) {
		result = leave_unreached(insns, &a, keep, place);
		result = tidy(insns, result);
	}
	free(a.seen);
	free(a.nr_seen);
	free(a.is_target);
	free(a.ways);
	free(a.results);
	free(a.sources);
	free(place);
	free(keep);
	return result;
}
