/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Does what a plan says (bpf/plan.h), as the BPF program would, on the test's own memory; and reads
 * what comes of it by the event's schema. The two have nothing in common but the bytes.
 */
#ifndef BTFSNOOP_TESTS_PLAN_MACHINE_H
#define BTFSNOOP_TESTS_PLAN_MACHINE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../bpf/plan.h"
#include "../../perf-plugin/plan/event.h"
#include "../../perf-plugin/types/abi.h"

#define MACHINE_DURATION 12345
#define MACHINE_VALUE(which)	(0xabc000 + (which))	/* of BS_OP_VALUE, but for the duration */
#define MACHINE_COMM	"nginx: worker"

/* What a function was called with, as trampolines and as kprobes see it, and what it returned. */
struct frame {
	uint64_t words[32];
	uint64_t regs[6];
	uint64_t stack[32];
	uint64_t retval;
	bool kprobe;
};

/* Memory that can be read; everything else faults. */
struct memory {
	struct {
		uintptr_t start;
		size_t size;
	} areas[16];
	unsigned int nr;
};

static struct memory memory;

static inline void memory_add(const void *start, size_t size)
{
	memory.areas[memory.nr].start = (uintptr_t)start;
	memory.areas[memory.nr++].size = size;
}

static inline bool memory_read(void *dst, size_t size, uint64_t addr)
{
	memset(dst, 0, size);
	for (unsigned int i = 0; i < memory.nr; i++) {
		uint64_t off = addr - memory.areas[i].start;

		if (off <= memory.areas[i].size && size <= memory.areas[i].size - off) {
			memcpy(dst, (void *)(uintptr_t)addr, size);
			return true;
		}
	}
	return false;
}

/* As strncpy_from_kernel_nofault(): the length with the NUL, which is always written; -1: fault. */
static inline long memory_read_str(char *dst, size_t size, uint64_t addr)
{
	for (size_t i = 0; i < size; i++) {
		if (!memory_read(dst + i, 1, addr + i))
			return -1;
		if (!dst[i])
			return i + 1;
	}
	dst[size - 1] = 0;
	return size;
}

/* Objects that are followed: what the map "followed" has. */
struct tracking {
	struct {
		uint64_t object, flow;
	} objects[16];
	unsigned int nr, max;
	uint64_t nr_flows, untracked;
	bool no_target;		/* what BS_OP_TARGET says */
};

static struct tracking tracking;

struct machine {
	uint64_t acc;
	uint64_t status;
	uint32_t end;
	/* The bytes that operations may write, and which number the first has in the raw data. */
	uint8_t *base;
	uint32_t bias;
	uint32_t size;
	uint64_t temps[BS_MAX_TEMPS];
	bool temp_set[BS_MAX_TEMPS];	/* reading one that never was ends the test */
	uint32_t skip;			/* operations below this number are left out */
	bool in_filter, at_return;
	bool dropped;			/* there is no event */
	const struct bs_match *matches;
	/* The call's slot: what the entry stored, from byte saved_off of the raw data on. */
	const uint8_t *saved;
	uint32_t saved_off, saved_size;
};

static inline void machine_fail(struct machine *m, const struct bs_op *op)
{
	m->status |= (uint64_t)(m->acc ? BS_ITEM_FAULT : BS_ITEM_NULL) << (2 * op->item);
	if (m->in_filter)
		m->dropped = true;
}

/* @size bytes at @off of the raw data; the test ends where a plan writes outside its part. */
static inline void *machine_at(struct machine *m, uint32_t off, uint32_t size)
{
	if (off < m->bias || off - m->bias > m->size || size > m->size - (off - m->bias))
		abort();
	return m->base + (off - m->bias);
}

static inline uint64_t machine_extend(uint64_t value, unsigned int bits, bool is_signed)
{
	if (bits == 64)
		return value;
	value &= (1ULL << bits) - 1;
	if (is_signed && value >> (bits - 1))
		value |= ~0ULL << bits;
	return value;
}

static inline uint64_t machine_arg(const struct frame *frame, int64_t imm)
{
	unsigned int place = BS_ARG_PLACE(imm);

	if (!frame->kprobe)
		return frame->words[BS_ARG_WORD(imm)];
	return place < BS_ARG_STACK ? frame->regs[place] : frame->stack[place - BS_ARG_STACK];
}

static inline void machine_load(struct machine *m, const struct bs_op *op)
{
	uint64_t value;

	if (!memory_read(&value, op->size, m->acc + op->imm)) {
		machine_fail(m, op);
		m->acc = op->flags & BS_F_LAST ? 0 : !!m->acc;
		return;
	}
	m->acc = machine_extend(value, 8 * op->size, op->flags & BS_F_SIGNED);
}

/* Where @len bytes went is said, and that the record ends behind them. */
static inline void machine_locate(struct machine *m, const struct bs_op *op, uint32_t len)
{
	uint32_t loc = len << 16 | op->off;

	memcpy(machine_at(m, op->off2, 4), &loc, 4);
	if (op->flags & BS_F_LAST)
		m->end = op->off + len;
}

static inline void machine_cut(struct machine *m, const struct bs_op *op)
{
	m->status |= (uint64_t)BS_ITEM_CUT << (2 * op->item);
}

static inline void machine_string(struct machine *m, const struct bs_op *op)
{
	char *dst = machine_at(m, op->off, op->imm);
	long len;

	if (op->flags & BS_F_COMM) {
		strcpy(dst, MACHINE_COMM);
		machine_locate(m, op, sizeof(MACHINE_COMM));
		return;
	}
	len = memory_read_str(dst, op->imm, m->acc);
	if (len < 0) {
		machine_fail(m, op);
		dst[0] = 0;
		len = 1;
	} else if (len == op->imm) {
		machine_cut(m, op);
		dst[op->imm - 2] = 0;
		len--;
	}
	machine_locate(m, op, len);
}

static inline uint64_t *machine_temp(struct machine *m, unsigned int temp, bool set)
{
	if (temp >= BS_MAX_TEMPS || (!set && !m->temp_set[temp]))
		abort();
	m->temp_set[temp] = true;
	return &m->temps[temp];
}

static inline void machine_buffer(struct machine *m, const struct bs_op *op)
{
	uint8_t *dst = machine_at(m, op->off, op->imm);
	int64_t size = *machine_temp(m, op->size, false), fits = size < op->imm ? size : op->imm;

	if (fits < 0)
		fits = 0;
	if (!memory_read(dst, fits, m->acc)) {
		machine_fail(m, op);
		fits = 0;
	} else if (size > op->imm) {
		machine_cut(m, op);
	}
	machine_locate(m, op, fits);
}

static inline uint64_t machine_divide(uint64_t a, uint64_t b, enum bs_alu alu)
{
	switch (alu) {
	case BS_ALU_UDIV: return a / b;
	case BS_ALU_UMOD: return a % b;
	case BS_ALU_SDIV: return b == ~0ULL ? -a : (uint64_t)((int64_t)a / (int64_t)b);
	default: return b == ~0ULL ? 0 : (uint64_t)((int64_t)a % (int64_t)b);
	}
}

static inline uint64_t machine_compute(uint64_t a, uint64_t b, enum bs_alu alu)
{
	switch (alu) {
	case BS_ALU_ADD: return a + b;
	case BS_ALU_SUB: return a - b;
	case BS_ALU_MUL: return a * b;
	case BS_ALU_AND: return a & b;
	case BS_ALU_OR: return a | b;
	case BS_ALU_XOR: return a ^ b;
	case BS_ALU_SHL: return a << (b & 63);
	case BS_ALU_SHR: return a >> (b & 63);
	case BS_ALU_SAR: return (int64_t)a >> (b & 63);
	case BS_ALU_EQ: return a == b;
	case BS_ALU_NE: return a != b;
	case BS_ALU_ULT: return a < b;
	case BS_ALU_ULE: return a <= b;
	case BS_ALU_SLT: return (int64_t)a < (int64_t)b;
	case BS_ALU_SLE: return (int64_t)a <= (int64_t)b;
	case BS_ALU_UGT: return a > b;
	case BS_ALU_UGE: return a >= b;
	case BS_ALU_SGT: return (int64_t)a > (int64_t)b;
	case BS_ALU_SGE: return (int64_t)a >= (int64_t)b;
	default: return machine_divide(a, b, alu);
	}
}

static inline void machine_alu(struct machine *m, const struct bs_op *op)
{
	uint64_t b = op->flags & BS_F_IMM ? (uint64_t)op->imm : *machine_temp(m, op->off, false);

	if (op->size >= BS_ALU_UDIV && op->size <= BS_ALU_SMOD && !b) {
		m->acc = 1;	/* a fault, not a NULL */
		machine_fail(m, op);
		m->acc = 0;
		return;
	}
	m->acc = machine_compute(m->acc, b, op->size);
}

static inline uint64_t machine_swap(uint64_t value, unsigned int size)
{
	uint64_t swapped = 0;

	for (; size; size--, value >>= 8)
		swapped = swapped << 8 | (value & 0xff);
	return swapped;
}

static inline void machine_index(struct machine *m, const struct bs_op *op)
{
	uint64_t base = *machine_temp(m, op->off, false);

	m->acc = base ? base + m->acc * (uint64_t)op->imm : 0;
}

static inline void machine_value(struct machine *m, const struct bs_op *op)
{
	if (op->imm == (m->at_return ? BS_VALUE_RET_IP : BS_VALUE_DURATION))
		abort();
	m->acc = op->imm == BS_VALUE_DURATION ? MACHINE_DURATION : MACHINE_VALUE(op->imm);
}

static inline void machine_saved(struct machine *m, const struct bs_op *op)
{
	uint64_t status = op->flags & BS_F_SURE ? 0 : m->status >> (2 * op->off2) & 3;

	if (!m->at_return || op->off < m->saved_off ||
	    op->off + 8u > m->saved_off + m->saved_size)
		abort();
	memcpy(&m->acc, m->saved + op->off - m->saved_off, 8);
	if (m->in_filter)
		m->dropped |= status != 0;
	else
		m->status |= status << (2 * op->item);
}

static inline void machine_match(struct machine *m, const struct bs_op *op)
{
	const struct bs_match *match = &m->matches[op->off];
	char string[BS_MAX_MATCHED + 1];
	uint64_t state = 1;

	if (op->flags & BS_F_COMM) {
		strcpy(string, MACHINE_COMM);
	} else if (memory_read_str(string, sizeof(string), m->acc) < 0) {
		machine_fail(m, op);
		m->acc = 0;
		return;
	}
	for (const uint8_t *c = (const uint8_t *)string; *c; c++)
		state = (state & match->match[*c]) << 1 | (state & match->loop);
	m->acc = state >> match->nr & 1;
}

static inline void machine_skip(struct machine *m, const struct bs_op *op)
{
	if (op->flags & BS_F_IMM || !m->acc == !(op->flags & BS_F_IF))
		m->skip = op->imm;
}

static inline uint64_t *tracking_find(uint64_t object)
{
	for (unsigned int i = 0; i < tracking.nr; i++)
		if (tracking.objects[i].object == object)
			return &tracking.objects[i].flow;
	return NULL;
}

static inline void tracking_end(uint64_t object)
{
	for (unsigned int i = 0; i < tracking.nr; i++)
		if (tracking.objects[i].object == object)
			tracking.objects[i--] = tracking.objects[--tracking.nr];
}

static inline uint64_t tracking_put(uint64_t object, uint64_t flow)
{
	uint64_t *there = tracking_find(object);

	if (!there && tracking.nr == tracking.max) {
		tracking.untracked++;
		return 0;
	}
	if (!there) {
		tracking.objects[tracking.nr].object = object;
		there = &tracking.objects[tracking.nr++].flow;
	}
	*there = flow;
	return flow;
}

static inline uint64_t machine_track(const struct machine *m, enum bs_track how, uint64_t as)
{
	uint64_t *flow = tracking_find(m->acc);

	if (!m->acc)
		return 0;
	switch (how) {
	case BS_TRACK_AS:
		if (as)
			return tracking_put(m->acc, as);
		tracking_end(m->acc);
		return 0;
	case BS_TRACK_LATER:
		if (!flow)
			tracking_put(m->acc, 0);
		return 0;
	case BS_TRACK_NOW:
		if (!flow)
			return ++tracking.nr_flows;
		/* fall through */
	default:
		if (flow && *flow)
			return *flow;
		return tracking_put(m->acc, ++tracking.nr_flows);
	}
}

static inline void machine_untrack(struct machine *m, const struct bs_op *op)
{
	uint64_t nr = op->flags & BS_F_IMM ? 0 : *machine_temp(m, op->off, false), object;

	if (op->flags & BS_F_IMM)
		tracking_end(m->acc);
	for (uint64_t i = 0; i < nr && i < BS_MAX_FREED; i++)
		if (memory_read(&object, sizeof(object), m->acc + 8 * i))
			tracking_end(object);
	m->acc = 0;
}

/* What filters and notes do about objects that are followed. */
static inline void machine_tracking(struct machine *m, const struct bs_op *op)
{
	if (!m->in_filter)
		abort();
	switch (op->code) {
	case BS_OP_TARGET:
		m->acc = !tracking.no_target;
		break;
	case BS_OP_TRACKED:
		m->acc = tracking_find(m->acc) ? *tracking_find(m->acc) : 0;
		break;
	case BS_OP_TRACK:
		m->acc = machine_track(m, op->size, op->size == BS_TRACK_AS ?
				       *machine_temp(m, op->off, false) : 0);
		break;
	default:
		machine_untrack(m, op);
	}
}

static inline void machine_op(struct machine *m, const struct frame *frame, const struct bs_op *op)
{
	switch (op->code) {
	case BS_OP_ARG:
		if (m->at_return)
			abort();
		m->acc = machine_arg(frame, op->imm);
		break;
	case BS_OP_RETVAL:
		if (!m->at_return)
			abort();
		m->acc = frame->retval;
		break;
	case BS_OP_CONST:
		m->acc = op->imm;
		break;
	case BS_OP_ADD:
		m->acc += m->acc ? op->imm : 0;
		break;
	case BS_OP_LOAD:
		machine_load(m, op);
		break;
	case BS_OP_EXTEND:
		m->acc = machine_extend(m->acc, 8 * op->size, op->flags & BS_F_SIGNED);
		break;
	case BS_OP_BITS:
		m->acc = machine_extend(m->acc >> op->imm, op->size, op->flags & BS_F_SIGNED);
		break;
	case BS_OP_STORE:
		memcpy(machine_at(m, op->off, 8), &m->acc, 8);
		break;
	case BS_OP_COPY:
		if (!memory_read(machine_at(m, op->off, op->imm), op->imm, m->acc))
			machine_fail(m, op);
		break;
	case BS_OP_STRING:
		machine_string(m, op);
		break;
	case BS_OP_BUFFER:
		machine_buffer(m, op);
		break;
	case BS_OP_SET:
		*machine_temp(m, op->off, true) = m->acc;
		break;
	case BS_OP_GET:
		m->acc = *machine_temp(m, op->off, false);
		break;
	case BS_OP_ALU:
		machine_alu(m, op);
		break;
	case BS_OP_INDEX:
		machine_index(m, op);
		break;
	case BS_OP_SWAP:
		m->acc = machine_swap(m->acc, op->size);
		break;
	case BS_OP_SKIP:
		machine_skip(m, op);
		break;
	case BS_OP_LABEL:
		break;
	case BS_OP_FILTER:
		m->dropped |= !m->acc;
		break;
	case BS_OP_VALUE:
		machine_value(m, op);
		break;
	case BS_OP_SAVED:
		machine_saved(m, op);
		break;
	case BS_OP_MATCH:
		machine_match(m, op);
		break;
	case BS_OP_TRIGGER:
		if (m->in_filter || m->bias)
			abort();
		if (m->acc && (op->flags & BS_F_SURE || !(m->status >> (2 * op->item) & 3)))
			((struct bs_common *)m->base)->flags |= BS_MARK_TRIGGER;
		break;
	case BS_OP_TARGET:
	case BS_OP_TRACKED:
	case BS_OP_TRACK:
	case BS_OP_UNTRACK:
		machine_tracking(m, op);
		break;
	default:
		abort();
	}
}

static inline void machine_run(struct machine *m, const struct frame *frame,
			       const struct bs_op *ops, unsigned int nr, unsigned int max)
{
	/* The BPF program goes on until there is an END. */
	for (unsigned int i = 0; i < max; i++)
		if ((ops[i].code == BS_OP_END) != (i >= nr))
			abort();
	for (unsigned int i = 0; i < nr && !m->dropped; i++) {
		if (ops[i].code == BS_OP_SKIP &&
		    (ops[i].imm <= i || ops[i].imm >= nr || ops[ops[i].imm].code != BS_OP_LABEL))
			abort();
		if (m->skip <= i)
			machine_op(m, frame, &ops[i]);
	}
	m->skip = 0;
}

/* A filter and, if it lets the call pass, the items. Returns whether it does. */
static inline bool machine_side(struct machine *m, const struct frame *frame,
				const struct bs_plan *plan)
{
	m->in_filter = true;
	if (m->at_return)
		machine_run(m, frame, plan->return_filter, plan->nr_return_filter_ops,
			    BS_MAX_FILTER_OPS);
	else
		machine_run(m, frame, plan->entry_filter, plan->nr_entry_filter_ops,
			    BS_MAX_FILTER_OPS);
	m->in_filter = false;
	if (m->dropped)
		return false;
	if (m->at_return)
		machine_run(m, frame, plan->ret, plan->nr_return_ops,
			    BS_MAX_OPS);
	else
		machine_run(m, frame, plan->entry, plan->nr_entry_ops,
			    BS_MAX_OPS);
	return true;
}

/* The raw data of one sample. */
struct raw {
	uint8_t bytes[BS_MAX_RECORD];
	uint32_t size;
};

/*
 * One call of the event's function @func, with what it was given and what it returned in @frame;
 * @at_return is called between the two and may change memory. The raw data starts as garbage, as it
 * does in a ring. Returns whether there is an event.
 */
static inline bool machine_call(const struct event_list *events, const struct event *event,
				unsigned int func, const struct frame *frame,
				void (*at_return)(void), struct raw *raw)
{
	const struct bs_plan *plan = event->plans[event->funcs[func].plan];
	struct machine m = {
		.base = raw->bytes, .size = plan->record_size - BS_RAW_OFFSET,
		.matches = events->matches,
	};
	uint64_t duration = MACHINE_DURATION;
	uint8_t slot[BS_MAX_RECORD + 4096];

	memset(raw->bytes, 0xa5, sizeof(raw->bytes));
	memset(raw->bytes, 0, SCHEMA_COMMON_SIZE);
	memset(slot, 0x5a, sizeof(slot));
	if (event->paired) {
		m.base = slot;
		m.bias = plan->entry_off;
		m.size = plan->entry_size + plan->kept_size;
	}
	if (!machine_side(&m, frame, plan))
		return false;
	if (at_return)
		at_return();
	if (event->paired) {
		memcpy(raw->bytes + plan->entry_off, slot, plan->entry_size);
		m = (struct machine){
			.base = raw->bytes, .size = plan->record_size - BS_RAW_OFFSET,
			.status = m.status, .end = m.end, .at_return = true,
			.matches = events->matches, .saved = slot, .saved_off = plan->entry_off,
			.saved_size = plan->entry_size + plan->kept_size,
		};
		if (!machine_side(&m, frame, plan))
			return false;
	}
	if (plan->duration_off)
		memcpy(raw->bytes + plan->duration_off, &duration, 8);
	if (plan->status_off)
		memcpy(raw->bytes + plan->status_off, &m.status, 8);
	raw->size = plan->record_size - BS_RAW_OFFSET;
	if (plan->cut_tail)
		raw->size = ((BS_RAW_OFFSET + m.end + 7) & ~7u) - BS_RAW_OFFSET;
	return true;
}

/* A call of the event's first function, which nothing filters. */
static inline void machine_record(const struct event_list *events, const struct event *event,
				  const struct frame *frame, void (*at_return)(void),
				  struct raw *raw)
{
	if (!machine_call(events, event, 0, frame, at_return, raw))
		abort();
}

/* Puts @size bytes at @value where @func's parameter @index is. */
static inline void frame_pass(struct frame *frame, const struct kfunc *func, unsigned int index,
			      const void *value, size_t size)
{
	struct abi_param p;
	uint64_t words[8];

	if (abi__param(func, index, &p))
		abort();
	/* What is narrower than a word has garbage above it, as the ABI allows. */
	memset(words, 0xee, sizeof(words));
	memcpy(words, value, size);
	memcpy(frame->words + p.word, words, 8 * p.nr_words);
	memcpy((p.on_stack ? frame->stack : frame->regs) + p.place, words, 8 * p.nr_words);
}

/* ---- reading by the schema ------------------------------------------------------------------ */

static inline const struct field *schema_field(const struct schema *schema, const char *name)
{
	for (unsigned int i = 0; i < schema->nr_fields; i++)
		if (!strcmp(schema->fields[i].name, name))
			return &schema->fields[i];
	abort();
}

static inline uint64_t raw_u64(const struct raw *raw, uint32_t offset)
{
	uint64_t value;

	memcpy(&value, raw->bytes + offset, 8);
	return value;
}

static inline enum item_status raw_status(const struct schema *schema, const struct field *f,
					  const struct raw *raw)
{
	if (f->item < 0)
		return ITEM_OK;
	return raw_u64(raw, schema->status_offset) >> (2 * f->item) & 3;
}

/* A string; its NUL has to be there, and the whole of it inside the raw data. */
static inline const char *raw_string(const struct field *f, const struct raw *raw)
{
	uint32_t loc, off, len;

	memcpy(&loc, raw->bytes + f->offset, 4);
	off = loc & 0xffff;
	len = loc >> 16;
	if (!len || off + len > raw->size || raw->bytes[off + len - 1] ||
	    strlen((char *)raw->bytes + off) != len - 1)
		abort();
	return (char *)raw->bytes + off;
}

#endif
