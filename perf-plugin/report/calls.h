/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls of functions, put together again from samples that were taken at their ends.
 *
 * A sample with a duration stands for a call [time - duration, time]; all others are points. They
 * come in the order of time, so a call comes behind all that happened while it lasted, in its own
 * task and in all others. To have lines in the order of time, each waits here until no call that
 * began before it can be missing. For how long nobody knows: what waits is bounded, and the oldest
 * is let go when there is too much. A call that began before what was let go already is late. A
 * file that can be read twice is: the first time to find the late calls, the second time with these
 * known from the start.
 *
 * What is not nested (of damaged files, lost samples) is shown where it begins and ends all the
 * same.
 */
#ifndef BTFSNOOP_REPORT_CALLS_H
#define BTFSNOOP_REPORT_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "../perfdata/reader.h"

struct calls;

enum line_kind {
	LINE_POINT,		/* no call: at sample.time */
	LINE_LEAF,		/* a call in which nothing else happened in this task */
	LINE_OPEN,		/* a call begins ... */
	LINE_CLOSE,		/* ... and ends */
	LINE_TAIL,		/* ends, without having been opened: it was late */
	LINE_LOST,		/* so many samples are missing */
};

struct line {
	enum line_kind kind;
	uint64_t time;
	unsigned int depth;	/* calls of the task around this one */
	uint64_t duration;	/* ns, of a call */
	uint64_t nr_lost;
	const struct perfdata_sample *sample;	/* NULL: LINE_LOST */
	const char *comm;
};

/*
 * Keeps up to @max_held bytes waiting. Returns 0 or -ENOMEM.
 */
int calls__new(size_t max_held, struct calls **out);
void calls__free(struct calls *calls);

/*
 * Takes a copy of @sample, whose task is called @comm. @is_call: it lasted @duration ns up to its
 * time. Returns 0 or -ENOMEM.
 */
int calls__add(struct calls *calls, const struct perfdata_sample *sample, const char *comm,
	       bool is_call, uint64_t duration);

/* @nr samples were lost before @time. Returns 0 or -ENOMEM. */
int calls__add_lost(struct calls *calls, uint64_t nr, uint64_t time);

/* Nothing more comes: nothing has to wait any longer. */
void calls__end(struct calls *calls);

/*
 * The next line that does not have to wait. False: none. What @line points to is valid until the
 * next call of any function here.
 */
bool calls__next(struct calls *calls, struct line *line);

/* Some were late, or may have been: lines were let go before the end. */
bool calls__overflowed(const struct calls *calls);

/*
 * Forgets everything but the calls that were late (up to a limit), which are opened in their places
 * when the same samples are added again. Returns 0 or -ENOMEM.
 */
int calls__again(struct calls *calls);

/* Calls that were late and had to be shown without a beginning. */
uint64_t calls__nr_late(const struct calls *calls);

#endif
