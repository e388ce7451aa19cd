/* SPDX-License-Identifier: GPL-2.0-only */
/* Internal to program.c, which makes a program, and program-run.c. */
#ifndef BTFSNOOP_REPORT_PROGRAM_STEPS_H
#define BTFSNOOP_REPORT_PROGRAM_STEPS_H

#include "program.h"

#define PROGRAM_MAX_STACK	192

/* "Takes": from the top of the stack; each but the jumps leaves one number there. */
enum step_op {
	STEP_CONST,		/* @imm */
	STEP_OPERAND,		/* operand @index */
	STEP_CAPTURED,		/* @size bytes from @imm of field @index */
	STEP_LOAD,		/* takes an address: @size bytes @imm behind it */
	STEP_ADD,		/* takes an address, adds @imm; NULL stays NULL */
	STEP_INDEX,		/* takes an address and an index, which counts @imm bytes each */
	STEP_EXTEND,		/* takes a number: its low @size bytes */
	STEP_BITS,		/* takes a number: @size bits from @imm on */
	STEP_ALU,		/* takes two numbers */
	STEP_SWAP,		/* takes a number: its low @size bytes reversed */
	STEP_MATCH,		/* whether operand @index is the text */
	STEP_MATCH_AT,		/* takes an address: whether the string there is */
	STEP_TRUTH,		/* takes a number: 0 or 1 */
	STEP_AND,		/* takes a number; 0 stays, and goes on at @index */
	STEP_OR,		/* takes a number; what isn't 0 stays as 1, and goes on at @index */
	STEP_IF,		/* takes a number; 0 goes on at @index */
	STEP_GOTO,		/* goes on at @index */
};

struct step {
	enum step_op op;
	enum typed_alu alu;
	uint32_t index;
	uint8_t size;
	bool is_signed;
	bool is_glob;
	int64_t imm;
	char *text;
	uint32_t text_len;
};

struct program {
	struct input *input;
	const struct input_event *event;
	struct operand list[OPERANDS_MAX];
	enum typed_kind kind;
	uint32_t size;			/* of an object */
	struct step *steps;
	unsigned int nr, cap;
	struct buf scratch;		/* an operand's text */
};

#endif
