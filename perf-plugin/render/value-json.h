/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values of one type as JSON, by the steps of render/value.h: structs are objects by member, arrays
 * are arrays, of which zeros at the end are left out as members that are zero are. A union is shown
 * as one of its members. Pointers are strings ("0xffff888103b1c000"), enums and flags strings where
 * the value has a name ("TCP_LISTEN", "A|B") and else numbers, arrays of char strings where they
 * hold text and else arrays of numbers.
 */
#ifndef BTFSNOOP_RENDER_VALUE_JSON_H
#define BTFSNOOP_RENDER_VALUE_JSON_H

#include "json.h"
#include "value.h"

struct value_json;

/* Prepares @value, which has to outlive the result. 0 or -ENOMEM. */
int value_json__new(const struct value *value, struct value_json **out);
void value_json__free(struct value_json *vj);

/* The value whose bytes are at @data, as value__tree() takes them. */
void value_json__add(const struct value_json *vj, const void *data,
		     const struct value_opts *opts, struct json *json);

/* A number that was widened to 64 bits, of a value for which value__is_number() is true. */
void value_json__number(const struct value_json *vj, uint64_t number,
			const struct value_opts *opts, struct json *json);

/* False where bytes at the end of the type were not captured. */
bool value_json__is_whole(const struct value_json *vj);

#endif
