/* SPDX-License-Identifier: GPL-2.0-only */
/* The raw data of an event as JSON, by its schema. */
#ifndef BTFSNOOP_RENDER_EVENT_JSON_H
#define BTFSNOOP_RENDER_EVENT_JSON_H

#include "event.h"
#include "json.h"

struct event_json;

/* Prepares @view, which has to outlive the result. 0 or -ENOMEM. */
int event_json__new(const struct event_view *view, struct event_json **out);
void event_json__free(struct event_json *ej);

/*
 * The name of field @index: its label, with a '*' in front for what is behind a pointer that is a
 * field, too. No two fields of an event have the same one.
 */
const char *event_json__name(const struct event_json *ej, unsigned int index);

/*
 * The value of field @index, of a record that fits its view. What could not be read is null;
 * network addresses and names of code are strings, a buffer is a string of hexadecimal digits.
 */
void event_json__field(const struct event_json *ej, unsigned int index, const void *raw,
		       size_t raw_size, const struct value_opts *opts, struct json *json);

/*
 * The key "fields" with an object of all fields by name; and, where some were not read, or not
 * whole, the key "status": {"skb->dev->name":"null","buf":"fault","path":"cut"}.
 */
void event_json__add(const struct event_json *ej, const void *raw, size_t raw_size,
		     const struct value_opts *opts, struct json *json);

/* The value of "status" alone. False, and nothing is appended, where there is none. */
bool event_json__status(const struct event_json *ej, const void *raw, struct json *json);

#endif
