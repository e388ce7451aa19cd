/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A perf.data that is to be shown: its events with what is known of their values, and its samples.
 */
#ifndef BTFSNOOP_REPORT_INPUT_H
#define BTFSNOOP_REPORT_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "../perfdata/reader.h"
#include "../render/event.h"
#include "../render/foreign.h"
#include "../util/diag.h"
#include "filter.h"

struct input;
struct maps;

struct input_opts {
	const char *path;		/* NULL: perf.data, or stdin when that is a pipe */
	const struct perfdata_live *live;	/* not NULL: it is recorded now, instead of @path */
	bool force;			/* whoever owns it */
	const char *kallsyms;		/* the symbols' file; NULL: found by the file's build id */
	bool nanoseconds;		/* times with 9 decimals: what column__add() has of them */
	struct filter_opts filter;
};

/* An event of the file. */
struct input_event {
	char *name;			/* "btfsnoop:ip_send_skb", safe for a terminal */
	struct event_view *view;	/* of its fields; NULL: they are not known */
	const struct schema *schema;	/* of the view */
	struct schema *own_schema;	/* of a tracepoint of perf's, the same; else NULL */
	bool shows_func;		/* its name does not tell the function */
	int foreign;			/* a tracepoint of perf's: for foreign__print(); or -1 */
	uint64_t dropped_period;	/* of samples that did not pass the filter, so far */
};

/* Recorded by us: the view knows how to show it. Of perf's tracepoints it has just the fields. */
static inline bool input_event__is_ours(const struct input_event *event)
{
	return event->view && event->foreign < 0;
}

/* Returns 0 or a negative errno with a message in @diag. */
int input__open(const struct input_opts *opts, struct input **out, struct diag *diag);
void input__close(struct input *input);

struct perfdata_reader *input__reader(const struct input *input);
struct foreign *input__foreign(const struct input *input);

/* Events can turn up while a pipe is read. Pointers to them stay valid until input__close(). */
unsigned int input__nr_events(const struct input *input);
const struct input_event *input__event(const struct input *input, unsigned int index);

/*
 * The next record: samples that pass the filter, and all others. Returns 1, 0 at the end, or a
 * negative errno with a message in @diag.
 */
int input__next(struct input *input, struct perfdata_record *record, struct diag *diag);

/*
 * Gives all samples that pass the filter to @fn, which returns 0 or a negative errno: that ends it.
 * Returns as input__next(), 0 when all were read.
 */
int input__each_sample(struct input *input,
		       int (*fn)(void *ctx, const struct perfdata_sample *sample), void *ctx,
		       struct diag *diag);

/*
 * True when the file can be read again: not so a pipe. To be asked before the first record was
 * read.
 */
bool input__can_rewind(struct input *input);

/* From here records come from the start again. Returns 0 or a negative errno. */
int input__rewind(struct input *input);

/*
 * Reads the record at @offset again, one that input__next() has handed out; @comm is what its task
 * was called then, for input__comm() as long as nothing else is read. Where input__next() stands
 * does not change, but what it handed out last is not valid any more. Returns 0 or the negative
 * errno of perfdata_reader__read_at().
 */
int input__sample_at(struct input *input, uint64_t offset, const char *comm,
		     struct perfdata_sample *sample);

/* The name of the sample's task, safe for a terminal; valid until the next input__next(). */
const char *input__comm(struct input *input, const struct perfdata_sample *sample);

/* The name of the function the sample is of; NULL where nobody knows. */
const char *input__func(struct input *input, const struct perfdata_sample *sample);

/* The same for a sample of any event, as perf's keys sym and dso have it; NULL: unknown. */
const char *input__symbol(struct input *input, const struct perfdata_sample *sample);
const char *input__dso(struct input *input, const struct perfdata_sample *sample);

/* Where code lies, as far as the records that were read say. */
struct maps *input__maps(const struct input *input);

bool input__nanoseconds(const struct input *input);

/* BTF that has but C's integers, for events without types of their own. */
const struct btf *input__plain_btf(const struct input *input);

/* Names for the addresses in the file. */
struct symbols *input__symbols(const struct input *input);

/* Prints what was wrong with the file to stderr. */
void input__print_warnings(struct input *input);

/* Writes what perf report --header shows, as far as the file says, each line behind a '#'. */
void input__header(const struct input *input, struct buf *out);

#endif
