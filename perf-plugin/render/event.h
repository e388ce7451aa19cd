/* SPDX-License-Identifier: GPL-2.0-only */
/* The raw data of an event as text, by its schema. */
#ifndef BTFSNOOP_RENDER_EVENT_H
#define BTFSNOOP_RENDER_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../plan/schema.h"
#include "../util/buf.h"
#include "value.h"

struct event_view;

/* Prepares the event @schema, which has to outlive the view. 0 or -ENOMEM. */
int event_view__new(const struct schema *schema, struct event_view **out);
void event_view__free(struct event_view *view);

const struct schema *event_view__schema(const struct event_view *view);

/* False for a record that is shorter than its schema says: the functions below must not get it. */
bool event_view__fits(const struct event_view *view, size_t raw_size);

/*
 * True for a field whose value is one word: a number, a string, an array of char, a network
 * address, a buffer (although in script a longer one gets lines of its own).
 */
bool event_view__is_word(const struct event_view *view, unsigned int index);

/*
 * Appends all such fields in one line, "skb=0xffff888103b1c000 skb->dev->name="eth0"", the duration
 * last. What could not be read is "(null)" or "(fault)", what was cut ends in "...".
 */
void event_view__line(const struct event_view *view, const void *raw, size_t raw_size,
		      const struct value_opts *opts, struct buf *out);

/* Appends the others, structs, arrays and so on, each over lines of its own behind a tab. */
void event_view__trees(const struct event_view *view, const void *raw, size_t raw_size,
		       const struct value_opts *opts, struct buf *out);

/*
 * Appends all there is to show of a record, with a newline at its end: @func and ": " unless it is
 * NULL, line() and trees(); of one that is cut short, that it is. @raw_size may be any.
 */
void event_view__text(const struct event_view *view, const char *func, const void *raw,
		      size_t raw_size, const struct value_opts *opts, struct buf *out);

/* Appends the value of field @index alone; strings without quotes. */
void event_view__field(const struct event_view *view, unsigned int index, const void *raw,
		       size_t raw_size, const struct value_opts *opts, struct buf *out);

/* The same as the line has it: "skb->dev->name="eth0"". */
void event_view__item(const struct event_view *view, unsigned int index, const void *raw,
		      size_t raw_size, const struct value_opts *opts, struct buf *out);

/*
 * Appends what of the struct that is field @index differs from its earlier bytes @old (NULL: from
 * zero), a space before each member: " skb->len=137 skb->mark=1".
 */
void event_view__changes(const struct event_view *view, unsigned int index, const void *old,
			 const void *raw, const struct value_opts *opts, struct buf *out);

/* The name of the field's type, made safe for a terminal; NULL: it has none that can be shown. */
const char *event_view__type_name(const struct event_view *view, unsigned int index);

/*
 * The number that field @index is, or is shown as: a FIELD_SCALAR's, and 4 bytes of memory that are
 * an IPv4 address. False for any other field.
 */
bool event_view__is_number(const struct event_view *view, unsigned int index);
uint64_t event_view__number(const struct event_view *view, unsigned int index, const void *raw);

/* How two such numbers of field @index compare: below, above or equal to 0. */
int event_view__compare(const struct event_view *view, unsigned int index, uint64_t a, uint64_t b);

/*
 * Appends @number as a value of field @index, which is one; with a @status other than ITEM_OK and
 * ITEM_CUT the mark for it.
 */
void event_view__scalar(const struct event_view *view, unsigned int index, uint64_t number,
			enum item_status status, const struct value_opts *opts, struct buf *out);

/* Appends "(null)" or "(fault)" and returns true; false for a value that could be read. */
bool event_view__mark(enum item_status status, struct buf *out);

/* The text that names field @index: its expression, or its name where that is no single word. */
const char *event_view__label(const struct event_view *view, unsigned int index);

/*
 * The bytes in this record of field @index, which is no FIELD_SCALAR: of a string without its NUL.
 * NULL and 0 where they would lie outside of it.
 */
const void *event_view__bytes(const struct event_view *view, unsigned int index, const void *raw,
			      size_t raw_size, size_t *len);

/* What a FIELD_SCALAR or FIELD_BYTES is shown by; NULL: nothing but its bytes can be shown. */
const struct value *event_view__value(const struct event_view *view, unsigned int index);

/* How field @index of this record went; ITEM_OK where it cannot fail. */
enum item_status event_view__status(const struct event_view *view, unsigned int index,
				    const void *raw);

/* Nanoseconds between entry and return, of an event that has a duration. */
uint64_t event_view__duration(const struct event_view *view, const void *raw);

#endif
