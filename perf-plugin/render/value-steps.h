/* SPDX-License-Identifier: GPL-2.0-only */
/* What value-compile.c makes and value.c and value-json.c run; for nobody else. */
#ifndef BTFSNOOP_RENDER_VALUE_STEPS_H
#define BTFSNOOP_RENDER_VALUE_STEPS_H

#include "value.h"

enum step_op {
	STEP_INT,
	STEP_BOOL,
	STEP_CHAR,
	STEP_ENUM,
	STEP_POINTER,
	STEP_FLOAT,
	STEP_WIDE,		/* an integer of 16 bytes */
	STEP_STRING,		/* an array of char */
	STEP_STRUCT,		/* the members' steps follow */
	STEP_ARRAY,		/* the element's steps follow, their offsets from its start */
};

struct step {
	uint8_t op;
	uint8_t size;		/* of a number: bytes to read */
	uint8_t shift;		/* of a bitfield in these bytes */
	uint8_t bits;		/* of a bitfield; 0: not one */
	bool is_signed;
	bool is_byte;		/* an element of a byte array: better in hexadecimal */
	uint32_t off;
	uint32_t len;		/* bytes that it covers, as far as they were captured */
	uint32_t next;		/* the step behind this one and what it contains */
	uint32_t label;		/* ".len = " in the pool; empty for elements and the whole */
	uint32_t label_len;
	uint32_t count;		/* of an array: its elements ... */
	uint32_t stride;	/* ... and their size */
	uint32_t names;		/* STEP_ENUM: index in value.enums */
};

struct enum_name {
	int64_t value;
	uint32_t order;		/* of two names for a value the first counts */
	uint32_t text;		/* in the pool */
	uint32_t len;
};

struct enum_names {
	uint32_t type_id;
	uint32_t nr;
	bool is_flags;		/* each is one bit: combinations are shown as A|B */
	struct enum_name *names;	/* by value */
};

struct value {
	struct step *steps;
	uint32_t nr;
	uint32_t cap;
	struct enum_names *enums;
	uint32_t nr_enums;
	struct buf pool;
	char *type_name;
	uint32_t size;
	uint32_t full_size;
};

bool value__is_zero(const uint8_t *data, size_t len);

/* A number of 1 to 9 bytes (a bitfield can lie across 9), extended to 64 bits as its type says. */
uint64_t step__number(const struct step *step, const uint8_t *data);

/* The first of the names that @value has; NULL: it has none. */
const struct enum_name *enum_names__find(const struct enum_names *names, int64_t value);

/*
 * Appends an enum's value by name, flags as A|B and what is left of them in hexadecimal. False:
 * nothing was appended, it has no name.
 */
bool value__add_enum(const struct value *value, const struct step *step, uint64_t v,
		     struct buf *out);

/* How many of an array's elements from @i on are zero. */
uint32_t step__zero_run(const struct step *step, const uint8_t *data, uint32_t i);

/*
 * Is this array of char a text, *@len bytes long? Control characters mean that it is a buffer of
 * bytes (sk_buff.cb).
 */
bool step__is_text(const struct step *step, const uint8_t *data, size_t *len);

#endif
