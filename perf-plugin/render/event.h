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

/* True for a field whose value is one word: a number, a string, an array of char. */
bool event_view__is_word(const struct event_view *view, unsigned int index);

/*
 * Appends all such fields in one line, "skb=0xffff888103b1c000 skb->dev->name="eth0"", the duration
 * last. What could not be read is "(null)" or "(fault)", a string that was cut ends in "...".
 */
void event_view__line(const struct event_view *view, const void *raw, size_t raw_size,
		      const struct value_opts *opts, struct buf *out);

/* Appends the others, structs and arrays, each over lines of its own that begin with a tab. */
void event_view__trees(const struct event_view *view, const void *raw,
		       const struct value_opts *opts, struct buf *out);

/* Appends the value of field @index alone; strings without quotes. */
void event_view__field(const struct event_view *view, unsigned int index, const void *raw,
		       size_t raw_size, const struct value_opts *opts, struct buf *out);

/*
 * Appends @number as a value of the FIELD_SCALAR @index; with a @status other than ITEM_OK and
 * ITEM_CUT the mark for it.
 */
void event_view__scalar(const struct event_view *view, unsigned int index, uint64_t number,
			enum item_status status, const struct value_opts *opts, struct buf *out);

/* Appends "(null)" or "(fault)" and returns true; false for a value that could be read. */
bool event_view__mark(enum item_status status, struct buf *out);

/* The text that names field @index: its expression, or its name where that has spaces in it. */
const char *event_view__label(const struct event_view *view, unsigned int index);

/* How field @index of this record went; ITEM_OK where it cannot fail. */
enum item_status event_view__status(const struct event_view *view, unsigned int index,
				    const void *raw);

/* The number in the 8 bytes of a FIELD_SCALAR, or at @offset (the duration). */
uint64_t event_view__number(const void *raw, uint32_t offset);

/* The bytes of a FIELD_STRING, without its NUL: NULL and 0 where they lie outside the record. */
const char *event_view__string(const struct field *field, const void *raw, size_t raw_size,
			       size_t *len);

#endif
