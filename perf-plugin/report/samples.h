/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which samples a file has and where they are, so that each can be read again by itself: what lies
 * behind an entry of a report, and from a call to its return. 24 bytes a sample, 4 more for the
 * lists of entries.
 *
 * Samples are numbered from 0 in the order in which they were added, that of time.
 */
#ifndef BTFSNOOP_REPORT_SAMPLES_H
#define BTFSNOOP_REPORT_SAMPLES_H

#include <stdbool.h>
#include <stdint.h>

#include "input.h"

struct samples;

#define SAMPLES_NONE	UINT32_MAX	/* no sample; as an entry: belongs to none */

/* Whose a sample is. */
struct sample_task {
	int32_t pid;
	int32_t tid;
	int32_t cpu;		/* of an idle task, of which each CPU has one; else -1 */
	const char *comm;	/* when the sample was taken; safe for a terminal */
};

/* For samples of @input, which has to outlive this and must not be a pipe. 0 or -ENOMEM. */
int samples__new(struct input *input, struct samples **out);
void samples__free(struct samples *samples);

/*
 * Adds the sample @record, just handed out by input__next(), to entry @entry of its event: any
 * number from 0 up to that of the samples, or SAMPLES_NONE. Returns 0, -ENOMEM, -EFBIG where no
 * more can be added.
 */
int samples__add(struct samples *samples, const struct perfdata_record *record, uint32_t entry);

/* Puts sample @index into another entry: for what was grouped anew. */
void samples__set_entry(struct samples *samples, uint32_t index, uint32_t entry);

uint32_t samples__nr(const struct samples *samples);
unsigned int samples__event(const struct samples *samples, uint32_t index);
uint32_t samples__entry(const struct samples *samples, uint32_t index);
uint64_t samples__time(const struct samples *samples, uint32_t index);
struct sample_task samples__task(const struct samples *samples, uint32_t index);

/*
 * The samples of entry @entry of event @event, *@nr of them in *@list in the order of time. @entry
 * SAMPLES_NONE: of all the event's entries, which then are not in the order of time but entry by
 * entry; @event -1: of that entry of all events, for where entries are numbered without regard to
 * them. Valid until samples are added or entries change. Returns 0 or -ENOMEM.
 */
int samples__of_entry(struct samples *samples, int event, uint32_t entry, const uint32_t **list,
		      uint32_t *nr);

/*
 * Reads sample @index from the file, valid until anything else is read from it. input__comm() knows
 * its task's name as it was then. Returns 0, -ESTALE when the file has changed and another record
 * stands there, or a negative errno of perfdata_reader__read_at().
 */
int samples__read(struct samples *samples, uint32_t index, struct perfdata_sample *sample);

/*
 * The sample at the other end of the call: of function f's entry that of f__return, and the other
 * way round, of the same task, found by how calls are nested. SAMPLES_NONE: there is none, or it
 * was lost. Reads from the file.
 */
uint32_t samples__other_end(struct samples *samples, uint32_t index);

/* True when event @event has another one that is the other end of its calls. */
bool samples__has_other_end(struct samples *samples, unsigned int event);

#endif
