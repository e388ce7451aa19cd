/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the names in an expression about an event's samples stand for: what was recorded, and what
 * perf knows of each sample.
 */
#ifndef BTFSNOOP_REPORT_OPERAND_H
#define BTFSNOOP_REPORT_OPERAND_H

#include "../types/scope.h"
#include "input.h"

#define OPERANDS_MAX	64	/* in one expression */

enum operand_kind {
	OPERAND_NUMBER,		/* field @field */
	OPERAND_OBJECT,		/* the address of field @field, which was captured */
	OPERAND_STRING,		/* field @field, a string */
	OPERAND_SHOWN,		/* the text that field @field is shown as */
	OPERAND_PID, OPERAND_TID, OPERAND_CPU, OPERAND_TIME, OPERAND_PERIOD, OPERAND_DURATION,
	OPERAND_COMM, OPERAND_FUNC, OPERAND_DSO, OPERAND_EVENT, OPERAND_TRACE,
};

struct operand {
	enum operand_kind kind;
	unsigned int field;
	int object;		/* of a pointer: the field with what is there, or -1 */
};

struct operands {
	struct input *input;
	const struct input_event *event;
	const char *text;	/* as the user wrote it */
	char *blanked;		/* the same with spaces for "EVENT." */
	struct expr **exprs;	/* of the schema's fields; NULL: is no expression */
	struct operand list[OPERANDS_MAX];
	unsigned int nr;
};

/*
 * Prepares for expression @text on event @index. Returns 0; -ENOENT with a message in @diag when it
 * is about another event; -ENOMEM.
 */
int operands__init(struct operands *operands, struct input *input, unsigned int index,
		   const char *text, struct diag *diag);
void operands__exit(struct operands *operands);

/* The scope of operands->blanked: scope_value.index is one of operands->list. */
struct scope operands__scope(struct operands *operands);

/*
 * The kind that perf's key @name ("comm", "sym") stands for, its heading in *@label (may be NULL);
 * -1: there is none.
 */
int operand__of_key(const char *name, size_t len, const char **label);

/* True for kinds whose value is a text. */
bool operand__is_text(enum operand_kind kind);

/*
 * An address for what was captured of field @field, of a record in which its own is not known; no
 * address of the kernel.
 */
static inline uint64_t operand__address(unsigned int field)
{
	return 0x4000000000000000ULL + ((uint64_t)(field + 1) << 32);
}

#endif
