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

struct input_opts {
	const char *path;		/* NULL: perf.data, or stdin when that is a pipe */
	bool force;			/* whoever owns it */
	const char *kallsyms;		/* the symbols' file; NULL: found by the file's build id */
	struct filter_opts filter;
};

/* An event of the file. */
struct input_event {
	char *name;			/* "btfsnoop:ip_send_skb", safe for a terminal */
	struct event_view *view;	/* NULL: not one of ours */
	const struct schema *schema;	/* of the view */
	bool shows_func;		/* its name does not tell the function */
	int foreign;			/* for foreign__print(); -1: no tracepoint either */
};

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
 * True when the file can be read again: not so a pipe. To be asked before the first record was
 * read.
 */
bool input__can_rewind(struct input *input);

/* From here records come from the start again. Returns 0 or a negative errno. */
int input__rewind(struct input *input);

/* The name of the sample's task, safe for a terminal; valid until the next input__next(). */
const char *input__comm(struct input *input, const struct perfdata_sample *sample);

/* The name of the function the sample is of; NULL where nobody knows. */
const char *input__func(struct input *input, const struct perfdata_sample *sample);

/* Names for the addresses in the file. */
struct symbols *input__symbols(const struct input *input);

/* Prints what was wrong with the file to stderr. */
void input__print_warnings(struct input *input);

/* Writes what perf report --header shows, as far as the file says, each line behind a '#'. */
void input__header(const struct input *input, struct buf *out);

#endif
