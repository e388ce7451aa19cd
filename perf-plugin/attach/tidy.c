// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "insn.h"
#include "tidy.h"

/* A jump to what follows it, once what is not kept is gone. */
static bool is_idle(const struct bpf_insn *insns, const bool *keep, size_t at)
{
	long target = jump_target(insns, at);

	if (!is_goto(&insns[at]) || target <= (long)at)
		return false;
	for (long i = at + 1; i < target; i++)
		if (keep[i])
			return false;
	return true;
}

/* Jumps to what is not kept go to what follows it: it is a branch that is not taken, or idle. */
size_t tidy__compact(struct bpf_insn *insns, size_t nr, bool *keep, size_t *place)
{
	size_t kept = 0;

	for (size_t i = nr; i-- > 0;)
		if (keep[i] && is_idle(insns, keep, i))
			keep[i] = false;
	for (size_t i = 0; i < nr; i++) {
		place[i] = kept;
		kept += keep[i];
	}
	place[nr] = kept;
	for (size_t i = 0; i < nr; i++) {
		struct bpf_insn insn = insns[i];

		if (!keep[i])
			continue;
		/* The second half of a wide one has no code, so it is not taken for a jump. */
		if (is_jump(&insn))
			insn.off = (long)place[jump_target(insns, i)] - (long)place[i] - 1;
		else if (is_own_call(&insn))
			insn.imm = (long)place[jump_target(insns, i)] - (long)place[i] - 1;
		insns[place[i]] = insn;
	}
	return kept;
}

/* ---- what is used --------------------------------------------------------------------------- */

#define REG(n)		(1u << (n))
#define ARGS(n)		(((1u << (n)) - 1) << 1)	/* registers 1 to n */

/* A copy of all of a register. */
static bool is_copy(const struct bpf_insn *insn)
{
	return insn->code == (BPF_ALU64 | BPF_MOV | BPF_X) && !insn->off;
}

/* Of one place, at a constant offset, where the frame pointer itself is not what is stored. */
static bool is_stack_access(const struct bpf_insn *insn)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_LDX:
		return insn->src_reg == FRAME;
	case BPF_ST:
		return insn->dst_reg == FRAME;
	case BPF_STX:
		return insn->dst_reg == FRAME && insn->src_reg != FRAME;
	}
	return false;
}

/* The registers that an instruction reads, and those it writes. */
static uint32_t reads(const struct bpf_insn *insn)
{
	uint32_t src = REG(insn->src_reg), dst = REG(insn->dst_reg);

	switch (BPF_CLASS(insn->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		if (BPF_OP(insn->code) == BPF_MOV)
			dst = 0;
		return dst | (BPF_SRC(insn->code) == BPF_X ? src : 0);
	case BPF_LDX:
		return src;
	case BPF_LD:
		return 0;
	case BPF_ST:
		return dst;
	case BPF_STX:
		return dst | src | (BPF_MODE(insn->code) == BPF_ATOMIC ? REG(0) : 0);
	}
	if (is_call(insn)) {
		const struct helper *h = is_own_call(insn) ? NULL : find_helper(insn->imm);

		return ARGS(h ? h->nr_args : 5);
	}
	if (is_exit(insn))
		return REG(0);
	return is_goto(insn) ? 0 : dst | (BPF_SRC(insn->code) == BPF_X ? src : 0);
}

static uint32_t writes(const struct bpf_insn *insn)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_ALU:
	case BPF_ALU64:
	case BPF_LDX:
	case BPF_LD:
		return REG(insn->dst_reg);
	}
	return is_call(insn) ? REG(0) | ARGS(5) : 0;
}

/*
 * The part of a function's stack that only its own loads and stores work on, below all places that
 * it has a pointer to; what the pointer leads to lies above. Ends at a negative offset, -STACK_SIZE:
 * there is none.
 */
static int private_end(const struct bpf_insn *insns, size_t start, size_t end)
{
	int lowest = 0;

	for (size_t i = start; i < end; i += 1 + is_wide(&insns[i])) {
		const struct bpf_insn *insn = &insns[i];

		if (!(reads(insn) & REG(FRAME)) || is_stack_access(insn))
			continue;
		if (!is_copy(insn) || i + 1 == end ||
		    insns[i + 1].code != (BPF_ALU64 | BPF_ADD | BPF_K) ||
		    insns[i + 1].dst_reg != insn->dst_reg)
			return -STACK_SIZE;
		if (insns[i + 1].imm < lowest)
			lowest = insns[i + 1].imm;
	}
	return lowest;
}

/* For each instruction, private_end() of its function. */
static void find_private(const struct bpf_insn *insns, size_t nr, bool *is_start, int *private)
{
	size_t start = 0;

	memset(is_start, 0, nr * sizeof(*is_start));
	for (size_t i = 0; i < nr; i += 1 + is_wide(&insns[i]))
		if (is_own_call(&insns[i]))
			is_start[jump_target(insns, i)] = true;
	for (size_t i = 1; i <= nr; i++) {
		int end;

		if (i < nr && !is_start[i])
			continue;
		end = private_end(insns, start, i);
		while (start < i)
			private[start++] = end;
	}
}

/* What is read later, before it is written: registers and halves of places on the stack. */
struct live {
	uint64_t halves[NR_HALVES / 64];
	uint32_t regs;
};

/* The halves of the private stack that an instruction works on; none: it does not. */
static struct live accessed(const struct bpf_insn *insn, int private_end)
{
	int start = insn->off + STACK_SIZE, end = start + (int)access_size(insn);
	struct live at = { 0 };

	if (!is_stack_access(insn) || start < 0 || end > private_end + STACK_SIZE)
		return at;
	for (int half = start / 4; half < (end + 3) / 4; half++)
		at.halves[half / 64] |= 1ULL << half % 64;
	return at;
}

static bool is_atomic(const struct bpf_insn *insn)
{
	return BPF_CLASS(insn->code) == BPF_STX && BPF_MODE(insn->code) == BPF_ATOMIC;
}

/* What is live before an instruction, when @l is live after it. */
static struct live live_before(const struct bpf_insn *insn, struct live l, int private_end)
{
	struct live at = accessed(insn, private_end);
	bool store = BPF_CLASS(insn->code) == BPF_STX || BPF_CLASS(insn->code) == BPF_ST;
	bool whole = insn->off % 4 == 0 && access_size(insn) % 4 == 0;

	for (size_t i = 0; i < NR_HALVES / 64; i++) {
		if (!store || is_atomic(insn))
			l.halves[i] |= at.halves[i];
		else if (whole)
			l.halves[i] &= ~at.halves[i];
	}
	l.regs = (l.regs & ~writes(insn)) | reads(insn);
	return l;
}

static bool is_subset(const struct live *a, const struct live *b)
{
	for (size_t i = 0; i < NR_HALVES / 64; i++)
		if (a->halves[i] & ~b->halves[i])
			return false;
	return !(a->regs & ~b->regs);
}

static void add(struct live *a, const struct live *b)
{
	for (size_t i = 0; i < NR_HALVES / 64; i++)
		a->halves[i] |= b->halves[i];
	a->regs |= b->regs;
}

/* An own function is given what it reads before it writes it. */
static struct live live_before_call(const struct live *callee, struct live l)
{
	l.regs = (l.regs & ~(REG(0) | ARGS(5))) | (callee->regs & ARGS(5));
	return l;
}

/* What is live before each instruction: to a fixed point. */
static void find_live(const struct bpf_insn *insns, size_t nr, const int *private,
		      struct live *live)
{
	bool changed = true;

	memset(live, 0, (nr + 1) * sizeof(*live));
	while (changed) {
		changed = false;
		for (size_t i = nr; i-- > 0;) {
			struct live l = { 0 };

			if (!is_exit(&insns[i]) && !is_goto(&insns[i]))
				l = live[i + 1];
			if (is_jump(&insns[i]))
				add(&l, &live[jump_target(insns, i)]);
			/* The second half of a wide one: nothing. */
			if (is_own_call(&insns[i]))
				l = live_before_call(&live[jump_target(insns, i)], l);
			else if (!i || !is_wide(&insns[i - 1]))
				l = live_before(&insns[i], l, private[i]);
			changed |= !is_subset(&l, &live[i]);
			live[i] = l;
		}
	}
}

/* Leaves its register as it is. */
static bool is_idle_alu(const struct bpf_insn *insn)
{
	uint8_t op = BPF_OP(insn->code);

	if (is_copy(insn))
		return insn->dst_reg == insn->src_reg;
	return BPF_CLASS(insn->code) == BPF_ALU64 && BPF_SRC(insn->code) == BPF_K && !insn->imm &&
	       (op == BPF_ADD || op == BPF_SUB || op == BPF_OR || op == BPF_XOR ||
		op == BPF_LSH || op == BPF_RSH || op == BPF_ARSH);
}

/* Whether nobody would miss it. */
static bool is_unused(const struct bpf_insn *insn, const struct live *after, int private_end)
{
	uint8_t class = BPF_CLASS(insn->code);
	struct live at = accessed(insn, private_end);
	bool found = false;

	if (is_pure(insn))
		return !(writes(insn) & after->regs) || is_idle_alu(insn);
	if ((class != BPF_ST && class != BPF_STX) || is_atomic(insn))
		return false;
	for (size_t i = 0; i < NR_HALVES / 64; i++) {
		found |= at.halves[i] != 0;
		if (at.halves[i] & after->halves[i])
			return false;
	}
	return found;
}

/* What tidy() works with, for each instruction. */
struct notes {
	struct live *live;
	int *private;
	bool *keep, *is_target;
	size_t *place;
};

/* ---- copies --------------------------------------------------------------------------------- */

/* What registers and places on the stack have the same value. */
struct copies {
	uint8_t original[NR_REGS];
	uint8_t in[STACK_SIZE / 8];	/* the register with what is there, NR_REGS: none */
	uint32_t frames;		/* registers that are copies of the frame pointer */
};

static void forget_all(struct copies *c)
{
	for (int reg = 0; reg < NR_REGS; reg++)
		c->original[reg] = reg;
	memset(c->in, NR_REGS, sizeof(c->in));
	c->frames = 0;
}

static void forget_written(struct copies *c, uint32_t written)
{
	c->frames &= ~written;
	for (int reg = 0; reg < NR_REGS; reg++)
		if (written >> reg & 1 || written >> c->original[reg] & 1)
			c->original[reg] = reg;
	for (int i = 0; i < STACK_SIZE / 8; i++)
		if (c->in[i] < NR_REGS && written >> c->in[i] & 1)
			c->in[i] = NR_REGS;
}

/* The eight bytes of the private stack that an instruction works on, -1: none, or others. */
static int eight_bytes(const struct bpf_insn *insn, int private_end)
{
	if (!is_stack_access(insn) || access_size(insn) != 8 || insn->off % 8 ||
	    insn->off < -STACK_SIZE || insn->off + 8 > private_end || is_atomic(insn))
		return -1;
	return (insn->off + STACK_SIZE) / 8;
}

/* After a load or store. */
static void note_access(struct copies *c, const struct bpf_insn *insn, int private_end)
{
	struct live at = accessed(insn, private_end);
	int place = eight_bytes(insn, private_end);

	if (BPF_CLASS(insn->code) == BPF_LDX) {
		if (place >= 0)
			c->in[place] = insn->dst_reg;
		return;
	}
	for (int half = 0; half < NR_HALVES; half++)
		if (at.halves[half / 64] >> half % 64 & 1)
			c->in[half / 2] = NR_REGS;
	if (place >= 0 && BPF_CLASS(insn->code) == BPF_STX)
		c->in[place] = insn->src_reg;
}

/* The operands: the originals of copies. */
static void rename_operands(struct bpf_insn *insn, const struct copies *c)
{
	uint8_t class = BPF_CLASS(insn->code);
	bool store = class == BPF_ST || class == BPF_STX, jump = is_jump(insn) && !is_goto(insn);

	if (class == BPF_LDX || class == BPF_STX ||
	    ((class == BPF_ALU || class == BPF_ALU64 || jump) && BPF_SRC(insn->code) == BPF_X))
		insn->src_reg = c->original[insn->src_reg];
	if (store || jump)
		insn->dst_reg = c->original[insn->dst_reg];
	/* As an address only: how else it is used tells private_end() what is not private. */
	if (class == BPF_LDX && c->frames & REG(insn->src_reg))
		insn->src_reg = FRAME;
	if (store && c->frames & REG(insn->dst_reg))
		insn->dst_reg = FRAME;
}

/* In the place of a copy, also of one on the stack, what it is one of, until either is written. */
static void use_originals(struct bpf_insn *insns, size_t nr, const struct notes *n)
{
	struct copies c;

	for (size_t i = 0; i < nr; i += 1 + is_wide(&insns[i])) {
		struct bpf_insn *insn = &insns[i];
		int place = eight_bytes(insn, n->private[i]);

		if (!i || n->is_target[i])
			forget_all(&c);
		if (is_atomic(insn)) {		/* which may write its source, or register 0 */
			forget_all(&c);
			continue;
		}
		if (BPF_CLASS(insn->code) == BPF_LDX && place >= 0 && c.in[place] < NR_REGS)
			*insn = (struct bpf_insn){
				.code = BPF_ALU64 | BPF_MOV | BPF_X,
				.dst_reg = insn->dst_reg, .src_reg = c.in[place],
			};
		rename_operands(insn, &c);
		forget_written(&c, writes(insn));
		note_access(&c, insn, n->private[i]);
		if (is_copy(insn) && insn->src_reg == FRAME)
			c.frames |= REG(insn->dst_reg);
		else if (is_copy(insn))
			c.original[insn->dst_reg] = insn->src_reg;
	}
}

static bool is_add(const struct bpf_insn *insn, uint8_t source)
{
	return insn->code == (BPF_ALU64 | BPF_ADD | source) && !insn->off;
}

/* An addition to a register that serves as an address once: that has an offset of its own. */
static bool move_offset(struct bpf_insn *insn, struct bpf_insn *next, const struct live *after)
{
	uint8_t class = BPF_CLASS(next->code), reg = insn->dst_reg;
	int64_t off = (int64_t)insn->imm + next->off;

	if (!is_add(insn, BPF_K) || off != (int16_t)off || is_atomic(next))
		return false;
	if (class == BPF_LDX) {
		if (next->src_reg != reg || (after->regs & REG(reg) && next->dst_reg != reg))
			return false;
	} else if (class == BPF_ST || class == BPF_STX) {
		if (next->dst_reg != reg || after->regs & REG(reg) ||
		    (class == BPF_STX && next->src_reg == reg))
			return false;
	} else {
		return false;
	}
	next->off = off;
	insn->imm = 0;
	return true;
}

/* Has what is only copied to another register computed there, and adds less. */
static void join_pairs(struct bpf_insn *insns, size_t nr, const struct notes *n)
{
	for (size_t i = 0; i < nr; i += 1 + is_wide(&insns[i])) {
		struct bpf_insn *insn = &insns[i], *next = insn + 1 + is_wide(insn);
		size_t at = next - insns;
		bool is_number = insn->code == (BPF_ALU64 | BPF_MOV | BPF_K);

		if (at >= nr || n->is_target[at] || move_offset(insn, next, &n->live[at + 1]))
			continue;
		if (is_number && !insn->imm && is_add(next, BPF_X) &&
		    next->dst_reg == insn->dst_reg && next->src_reg != insn->dst_reg) {
			next->code = BPF_ALU64 | BPF_MOV | BPF_X;	/* 0 + register */
			continue;
		}
		if (!is_number && BPF_CLASS(insn->code) != BPF_LDX && !is_wide(insn))
			continue;
		if (!is_copy(next) || next->src_reg != insn->dst_reg ||
		    n->live[at + 1].regs & REG(insn->dst_reg))
			continue;
		insn->dst_reg = next->dst_reg;
		next->src_reg = next->dst_reg;		/* a copy of itself: left out */
	}
}

static void find_targets(const struct bpf_insn *insns, size_t nr, bool *is_target)
{
	memset(is_target, 0, nr * sizeof(*is_target));
	for (size_t i = 0; i < nr; i += 1 + is_wide(&insns[i]))
		if (is_jump(&insns[i]) || is_own_call(&insns[i]))
			is_target[jump_target(insns, i)] = true;
}

/* Returns how many are left. */
static size_t leave_unused(struct bpf_insn *insns, size_t nr, struct notes *n)
{
	size_t before;

	do {
		before = nr;
		find_targets(insns, nr, n->is_target);
		find_private(insns, nr, n->keep, n->private);
		use_originals(insns, nr, n);
		find_live(insns, nr, n->private, n->live);
		join_pairs(insns, nr, n);
		find_live(insns, nr, n->private, n->live);
		for (size_t i = 0; i < nr; i++) {
			size_t next = i + 1 + is_wide(&insns[i]);

			n->keep[i] = !is_unused(&insns[i], &n->live[next], n->private[i]);
			if (is_wide(&insns[i])) {
				n->keep[i + 1] = n->keep[i];
				i++;
			}
		}
		nr = tidy__compact(insns, nr, n->keep, n->place);
	} while (nr < before);
	return nr;
}

/* ---- putting in order ----------------------------------------------------------------------- */

/* Instructions in a new order. */
struct order {
	struct bpf_insn *out;
	size_t nr, max;
	size_t *place;		/* by their old numbers; NOWHERE: not there yet */
	size_t *target;		/* of jumps and calls, its old number */
	size_t *todo;		/* starts of what is still to be put somewhere */
	size_t nr_todo;
};

#define NOWHERE	SIZE_MAX

static bool order_put(struct order *o, struct bpf_insn insn, size_t from, size_t target)
{
	if (o->nr == o->max)
		return false;
	if (from != NOWHERE)
		o->place[from] = o->nr;
	o->out[o->nr] = insn;
	o->target[o->nr++] = target;
	return true;
}

/* What runs from @at on without a branch being taken; jumps are followed, not put. */
static bool order_run(struct order *o, const struct bpf_insn *insns, size_t at)
{
	const struct bpf_insn jump = { .code = BPF_JMP | BPF_JA };

	while (o->place[at] == NOWHERE) {
		const struct bpf_insn *insn = &insns[at];
		size_t target = is_jump(insn) || is_own_call(insn) ? jump_target(insns, at) : 0;

		if (is_goto(insn)) {
			o->place[at] = o->nr;		/* or where that goes */
			at = target;
			continue;
		}
		if (!order_put(o, *insn, at, target) ||
		    (is_wide(insn) && !order_put(o, insn[1], at + 1, 0)))
			return false;
		if (is_exit(insn))
			return true;
		if (is_jump(insn))
			o->todo[o->nr_todo++] = target;
		at += 1 + is_wide(insn);
	}
	return order_put(o, jump, NOWHERE, at);
}

/* A function that starts at @start, all of it before the next one. */
static bool order_function(struct order *o, const struct bpf_insn *insns, size_t start)
{
	o->todo[o->nr_todo++] = start;
	while (o->nr_todo) {
		size_t at = o->todo[--o->nr_todo];

		if (o->place[at] == NOWHERE && !order_run(o, insns, at))
			return false;
	}
	return true;
}

/* All functions: the program's first, then those that are called. Returns whether it worked. */
static bool order_all(struct order *o, const struct bpf_insn *insns, size_t nr)
{
	if (!order_function(o, insns, 0))
		return false;
	for (size_t i = 0; i < nr; i++) {
		size_t target;

		if (!is_own_call(&insns[i]))
			continue;
		target = jump_target(insns, i);
		if (o->place[target] == NOWHERE && !order_function(o, insns, target))
			return false;
	}
	for (size_t i = 0; i < o->nr; i++) {
		long off = (long)o->place[o->target[i]] - (long)i - 1;

		if (is_jump(&o->out[i]))
			o->out[i].off = off;
		else if (is_own_call(&o->out[i]))
			o->out[i].imm = off;
	}
	return true;
}

/*
 * Puts instructions in the order in which they run when no branch is taken, with few jumps between
 * them. Returns their number, -ENOMEM, or @nr if that would be more than there are.
 */
static long straighten(struct bpf_insn *insns, size_t nr)
{
	struct order o = {
		.max = nr, .out = calloc(nr, sizeof(*o.out)),
		.place = malloc(nr * sizeof(*o.place)),
		.target = malloc(nr * sizeof(*o.target)),
		.todo = malloc((nr + 1) * sizeof(*o.todo)),
	};
	long result = -ENOMEM;

	if (o.out && o.place && o.target && o.todo) {
		for (size_t i = 0; i < nr; i++)
			o.place[i] = NOWHERE;
		result = nr;
		if (order_all(&o, insns, nr)) {
			memcpy(insns, o.out, o.nr * sizeof(*insns));
			result = o.nr;
		}
	}
	free(o.out);
	free(o.place);
	free(o.target);
	free(o.todo);
	return result;
}

long tidy(struct bpf_insn *insns, size_t nr)
{
	struct notes n = {
		.live = calloc(nr + 1, sizeof(*n.live)),
		.private = calloc(nr + 1, sizeof(*n.private)),
		.keep = calloc(nr + 1, sizeof(*n.keep)),
		.is_target = calloc(nr + 1, sizeof(*n.is_target)),
		.place = calloc(nr + 1, sizeof(*n.place)),
	};
	long result = -ENOMEM;

	if (n.live && n.private && n.keep && n.is_target && n.place) {
		result = leave_unused(insns, nr, &n);
		result = straighten(insns, result);
	}
	free(n.live);
	free(n.private);
	free(n.keep);
	free(n.is_target);
	free(n.place);
	return result;
}
