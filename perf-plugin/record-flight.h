/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * record's options about its files: the flight recorder, files one after the other, commands that
 * come in while it records. perf's, where perf has them (builtin-record.c).
 */
#ifndef BTFSNOOP_RECORD_FLIGHT_OPTIONS_H
#define BTFSNOOP_RECORD_FLIGHT_OPTIONS_H

#include "cli/options.h"
#include "record-options.h"
#include "record/flight.h"

#define RECORD_FLIGHT_MAX	14

/* Must not move once it was initialised: the table points into it. */
struct record_flight {
	struct option options[RECORD_FLIGHT_MAX];	/* that end with those of the record_options */
	const char *overwrite;
	const char *switch_output;
	const char *trigger_delay;
	const char *control;
	unsigned int trigger_max;
	unsigned int max_files;
	bool at_end;
	bool stamped;
	bool boundary;
	struct flight_opts flight;
};

void record_flight__init(struct record_flight *options, struct record_options *rec);

/*
 * Has rec->session do what they say; its path is set. To be called before record_options__choose().
 * Returns 0, or the exit status after what is wrong was printed.
 */
int record_flight__choose(struct record_flight *options, struct record_options *rec);

void record_flight__exit(struct record_flight *options);

#endif
