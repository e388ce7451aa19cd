/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What script shows of a sample, by -F: perf script's keys, recorded fields and expressions
 * (report/column.h).
 */
#ifndef BTFSNOOP_REPORT_SHOWN_H
#define BTFSNOOP_REPORT_SHOWN_H

#include "../util/diag.h"
#include "column.h"
#include "input.h"

enum shown_key {
	SHOWN_COMM,
	SHOWN_PID,
	SHOWN_TID,
	SHOWN_CPU,
	SHOWN_TIME,
	SHOWN_PERIOD,
	SHOWN_EVENT,
	SHOWN_FUNCTION,
	SHOWN_TRACE,		/* all that was recorded */
	SHOWN_IP,		/* with sym, dso: of the call chain, where there is one */
	SHOWN_SYM,
	SHOWN_SYMOFF,		/* sym with the offset from its start */
	SHOWN_DSO,
	SHOWN_DURATION,
	SHOWN_TEXT,		/* libtraceevent's, of a record whose fields are not known */
	SHOWN_EXPR,
};

struct shown;

/*
 * Reads @text: "comm,tid,skb->len", or changes to @standard: "+period,-cpu". Returns 0, -EINVAL
 * with a message in @diag, -ENOMEM.
 */
int shown__new(struct input *input, const char *text, const char *standard, struct shown **out,
		struct diag *diag);

/*
 * All there is, for a table: event, function, comm, pid, tid, cpu, time, the duration and the
 * period where events have them, and every field of every event. Returns 0 or -ENOMEM.
 */
int shown__new_all(struct input *input, struct shown **out);
void shown__free(struct shown *shown);

unsigned int shown__nr(const struct shown *shown);
enum shown_key shown__key(const struct shown *shown, unsigned int index);
bool shown__has(const struct shown *shown, enum shown_key key);

/* As the user wrote it. */
const char *shown__name(const struct shown *shown, unsigned int index);

/* What a SHOWN_EXPR is in one event: one of its fields, a column, or (both -1 and NULL) nothing. */
struct shown_source {
	int field;
	struct column *column;
};

/* Returns 0 or -ENOMEM. */
int shown__source(struct shown *shown, unsigned int index, unsigned int event,
		   struct shown_source *source);

#endif
