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

struct machine {
	uint64_t acc;
	uint64_t status;
	uint32_t end;
	/* The bytes that operations may write, and which number the first has in the raw data. */
	uint8_t *base;
	uint32_t bias;
	uint32_t size;
};

static inline void machine_fail(struct machine *m, const struct bs_op *op)
{
	m->status |= (uint64_t)(m->acc ? BS_ITEM_FAULT : BS_ITEM_NULL) << (2 * op->item);
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
		m->acc = op->flags & BS_F_LAST ? 0 : 1;
		return;
	}
	m->acc = machine_extend(value, 8 * op->size, op->flags & BS_F_SIGNED);
}

static inline void machine_string(struct machine *m, const struct bs_op *op)
{
	char *dst = machine_at(m, op->off, op->imm);
	long len = memory_read_str(dst, op->imm, m->acc);
	uint32_t loc;

	if (len < 0) {
		machine_fail(m, op);
		dst[0] = 0;
		len = 1;
	} else if (len == op->imm) {
		m->status |= (uint64_t)BS_ITEM_CUT << (2 * op->item);
		dst[op->imm - 2] = 0;
		len--;
	}
	loc = (uint32_t)len << 16 | op->off;
	memcpy(machine_at(m, op->off2, 4), &loc, 4);
	if (op->flags & BS_F_LAST)
		m->end = op->off + len;
}

static inline void machine_op(struct machine *m, const struct frame *frame, const struct bs_op *op)
{
	switch (op->code) {
	case BS_OP_ARG:
		m->acc = machine_arg(frame, op->imm);
		break;
	case BS_OP_RETVAL:
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
	default:
		abort();
	}
}

static inline void machine_run(struct machine *m, const struct frame *frame,
			       const struct bs_op *ops, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		machine_op(m, frame, &ops[i]);
}

/* The raw data of one sample. */
struct raw {
	uint8_t bytes[BS_MAX_RECORD];
	uint32_t size;
};

/*
 * One call, with what it was given and what it returned in @frame; @at_return is called between the
 * two and may change memory. The raw data starts as garbage, as it does in a ring.
 */
static inline void machine_record(const struct event *event, const struct frame *frame,
				  void (*at_return)(void), struct raw *raw)
{
	const struct bs_plan *plan = &event->plan;
	struct machine m = { .base = raw->bytes, .size = plan->record_size - BS_RAW_OFFSET };
	uint64_t duration = MACHINE_DURATION;

	memset(raw->bytes, 0xa5, sizeof(raw->bytes));
	memset(raw->bytes, 0, SCHEMA_COMMON_SIZE);
	if (event->paired) {
		m.base = raw->bytes + plan->entry_off;
		m.bias = plan->entry_off;
		m.size = plan->entry_size;
	}
	machine_run(&m, frame, plan->entry, plan->nr_entry_ops);
	if (at_return)
		at_return();
	m = (struct machine){
		.base = raw->bytes, .size = plan->record_size - BS_RAW_OFFSET,
		.status = m.status, .end = m.end,
	};
	if (plan->duration_off)
		memcpy(raw->bytes + plan->duration_off, &duration, 8);
	machine_run(&m, frame, plan->ret, plan->nr_return_ops);
	if (plan->status_off)
		memcpy(raw->bytes + plan->status_off, &m.status, 8);
	raw->size = plan->record_size - BS_RAW_OFFSET;
	if (plan->cut_tail)
		raw->size = ((BS_RAW_OFFSET + m.end + 7) & ~7u) - BS_RAW_OFFSET;
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
