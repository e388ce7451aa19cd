/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Something that samples of an event have: one of perf's sort keys (comm, pid, tid, cpu, sym, dso,
 * time, event, trace), a recorded field, or an expression on these in the language of specs:
 *
 *	comm		skb->len		skb__len		tcp_sendmsg.size
 *	skb->len / 1000		return < 0		duration		dev->name ~ "eth*"
 *
 * A name is first looked for among the event's fields, by what the user recorded it as or by the
 * field's name; then a struct that was captured has members (recorded: skb; asked for:
 * skb->dev_addr, skb.len); then it is a key. Of perf's own tracepoints, as in perf report, a name
 * is first a key, then a field; EVENT.name is always a field.
 *
 * Who prints a message passes diag__print() the text that was given here.
 */
#ifndef BTFSNOOP_REPORT_COLUMN_H
#define BTFSNOOP_REPORT_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../render/json.h"
#include "../util/buf.h"
#include "../util/diag.h"
#include "input.h"

struct column;

/* What a sample has there. */
struct column_value {
	enum item_status status;	/* ITEM_FAULT, ITEM_NULL: could not be read */
	uint64_t number;		/* of a number: widened to 64 bits, sign and all */
	const char *text;		/* of a text: safe to show, valid until the next read */
	size_t len;
};

/*
 * Prepares @text for event @index of @input. Returns 0; -ENOENT when the event has nothing of a
 * name in it, another negative errno when the text is wrong for any event; both with a message in
 * @diag (may be NULL) that points into @text. -ENOMEM.
 */
int column__new(struct input *input, unsigned int index, const char *text, struct column **out,
		struct diag *diag);

/* Field @field of the event, which is a word (event_view__is_word()). Returns 0 or -ENOMEM. */
int column__new_field(struct input *input, unsigned int index, unsigned int field,
		      struct column **out);
void column__free(struct column *column);

/* The heading: "Command" for comm as perf has it, the expression for what was recorded. */
const char *column__label(const struct column *column);

bool column__is_number(const struct column *column);
bool column__is_signed(const struct column *column);	/* of a number */
bool column__is_quantity(const struct column *column);	/* a number to add up: no pointer */
bool column__is_duration(const struct column *column);	/* nanoseconds, shown with a unit */
bool column__is_right(const struct column *column);	/* goes to the right of a table's column */

/* Returns 0 or -ENOMEM. A sample that is too short for its event has nothing: ITEM_FAULT. */
int column__read(struct column *column, const struct perfdata_sample *sample,
		 struct column_value *value);

/*
 * How two values compare, of columns of one form: below, above or equal to 0. What could not be
 * read comes last.
 */
int column__compare(const struct column *column, const struct column_value *a,
		    const struct column_value *b);

/* Appends the value as people read it: "137", "0x1f", "TCP_LISTEN", "eth0", "(fault)". */
void column__add(struct column *column, const struct column_value *value, struct buf *out);

/*
 * The value as one of JSON: a quantity as a number (a duration in nanoseconds), null where it could not
 * be read, all else as the text that column__add() has.
 */
void column__json(struct column *column, const struct column_value *value, struct json *json);

/*
 * The length of the first key of the list @text: up to a comma that stands in no brackets and no
 * quotes.
 */
size_t column__key_len(const char *text);

/* Whether some event of @input has the expression @text. Returns as column__check_list(). */
int column__check(struct input *input, const char *text, struct diag *diag);

/*
 * Checks that each key in the list @text is one that some event of @input has. Returns 0, or
 * -EINVAL with a message in @diag.
 */
int column__check_list(struct input *input, const char *text, struct diag *diag);

#endif
