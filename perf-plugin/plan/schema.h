/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the bytes of an event mean. Written into the perf.data twice: as a tracepoint format, which
 * every perf reads, and as BTF, which says all of it and which our own commands read.
 *
 * The raw data of a sample is, as the kernel's own trace records (include/linux/trace_events.h,
 * struct trace_entry), 8 common bytes followed by the fields at their offsets.
 */
#ifndef BTFSNOOP_PLAN_SCHEMA_H
#define BTFSNOOP_PLAN_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>
#include <bpf/btf.h>

#include "../types/subset.h"
#include "../util/buf.h"

#define SCHEMA_COMMON_SIZE	8	/* common_type, _flags, _preempt_count, _pid */
#define SCHEMA_MAX_FIELDS	48	/* perf script -s crashes from 58 on (6.1) */
#define SCHEMA_MAX_ITEMS	32	/* two bits each in the status word */

/*
 * How a value went into the record; two bits an item in the event's status word. NULL includes
 * FAULT's bit, because what is read behind a NULL pointer faults as well.
 */
enum item_status {
	ITEM_OK		= 0,
	ITEM_FAULT	= 1,	/* memory could not be read */
	ITEM_CUT	= 2,	/* a string longer than what is kept */
	ITEM_NULL	= 3,	/* a pointer on the way was NULL */
};

enum field_kind {
	FIELD_SCALAR,		/* integer, enum, bool, pointer: widened to 8 bytes, sign and all,
				 * or as wide as its type */
	FIELD_BYTES,		/* struct, union, array as it was in memory, @size bytes of it */
	FIELD_STRING,		/* u32 "__data_loc": length << 16 | offset; NUL counted in */
	FIELD_BUFFER,		/* the same for bytes that are no string */
};

/* How a value is shown that its type does not tell; kept in the file by its name. */
enum field_display {
	FIELD_BY_TYPE,
	FIELD_IP4,		/* a FIELD_SCALAR as 4 bytes of memory, or FIELD_BYTES of 4 */
	FIELD_IP6,		/* FIELD_BYTES of 16 */
	FIELD_MAC,		/* FIELD_BYTES of 6 */
	FIELD_SYMBOL,		/* a FIELD_SCALAR: a code address */
};

struct field {
	char *name;		/* a C identifier: skb__dev__name */
	char *expr;		/* as the user wrote it: skb->dev->name */
	enum field_kind kind;
	enum field_display display;
	uint32_t type_id;	/* of the value, in schema.btf; of a string its char * or char[] */
	uint32_t offset;	/* in the raw data */
	uint32_t size;		/* in the record: of a scalar; the bytes captured; or 4 */
	uint32_t full_size;	/* FIELD_BYTES: of the type; more than @size where it was cut */
	uint32_t loc_base;	/* FIELD_STRING, FIELD_BUFFER: counted from this byte of the record */
	int item;		/* index of its bits in the status word, -1: cannot fail */
	int pointer;		/* index of the pointer a FIELD_BYTES is behind, or -1 */
	bool is_signed;		/* FIELD_SCALAR */
	bool is_return;		/* the return value */
	bool at_return;		/* read at the function's return, as is what lies behind it */
};

/* A function that raises the event; sample.ip is its address. */
struct schema_func {
	uint64_t addr;		/* 0: not known */
	char *name;
	char *module;		/* NULL: the kernel proper */
};

struct schema {
	char *name;		/* of the event, without "btfsnoop:"; a C identifier */
	char *spec;		/* what the user asked for */
	uint16_t id;		/* tracepoint id: attr.config, common_type */
	bool at_return;		/* raised at the function's return */
	bool is_tracepoint;
	uint32_t status_offset;	/* u64 of item_status pairs; 0: no item can fail */
	uint32_t duration_offset;	/* u64 nanoseconds; 0: none */
	uint32_t fixed_size;	/* raw bytes in front of the strings, at least SCHEMA_COMMON_SIZE */
	struct field *fields;	/* in the order in which they are shown */
	unsigned int nr_fields;
	struct schema_func *funcs;
	unsigned int nr_funcs;
	bool funcs_sorted;	/* by ascending address, so that one is found quickly */
	const struct btf *btf;	/* what the type ids belong to: a subset's, or what was read */
};

/*
 * Appends the text of the event's tracepoint format ("name: ...\nID: ...\nformat:\n...print fmt:")
 * as tracefs shows it and as perf stores it in HEADER_TRACING_DATA: scalars, strings, buffers and
 * what has a display as they are, structs by up to SCHEMA_MAX_FIELDS members in all. A field named
 * like a Python keyword or like one of perf's own gets a "_" appended. The name has to be a C
 * identifier, or perf refuses the file. Returns 0, -E2BIG for too many of those that are not taken
 * apart (two less than SCHEMA_MAX_FIELDS are always fine), -ENOMEM.
 */
int schema__format(const struct schema *schema, struct buf *out);

/*
 * Adds the schema to a BTF object that already holds its types: as a function named
 * "btfsnoop:EVENT" whose parameters are the fields, and declaration tags with all the rest.
 * Returns 0 or a negative errno.
 */
int schema__to_btf(const struct schema *schema, struct btf *btf);

/*
 * Reads all schemas back from a BTF object out of a file. Everything is checked: ids, offsets and
 * sizes inside fixed_size, no overlaps of status and fields with the common bytes. The array and
 * its members are freed with schemas__free(); @btf has to outlive them.
 * Returns 0, -EINVAL with a reason in *@why (a constant string), -ENOMEM.
 */
int schemas__from_btf(const struct btf *btf, struct schema **schemas, unsigned int *nr,
		      const char **why);

/* The event whose sample.ip is @addr came from this function; NULL when the file doesn't say. */
const struct schema_func *schema__func(const struct schema *schema, uint64_t addr);

/* The same, and that of an event which has no other. */
const struct schema_func *schema__func_or_only(const struct schema *schema, uint64_t addr);

/* Does the event's name tell the function: is it, "__return" aside, that of the only one? */
bool schema__is_named_after_func(const struct schema *schema);

void schema__exit(struct schema *schema);
void schemas__free(struct schema *schemas, unsigned int nr);

#endif
