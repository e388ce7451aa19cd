/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events that came into a recording at one time: those it began with, or those of a module that was
 * loaded later. Their numbers in the file go on from one generation to the next.
 */
#ifndef BTFSNOOP_RECORD_GENERATION_H
#define BTFSNOOP_RECORD_GENERATION_H

#include <stdbool.h>
#include <stdint.h>

#include "../attach/attach.h"
#include "resolve.h"
#include "session.h"
#include "sink.h"

struct generation {
	struct resolved resolved;
	struct event_list *events;	/* of resolved */
	struct attach *attach;
	struct schema *schemas;		/* the events' own, in one array for the sink */
	uint64_t *lost;			/* of each event: what the file has been told already */
	char *module;			/* with which it came; NULL: from the start */
	bool is_over;			/* the module was unloaded: attach is NULL */
	uint64_t lost_ring;		/* what it had lost by then, as in session_result */
	uint64_t lost_slot;
	uint64_t missed;
};

/* What was resolved is made ready for the file and for attaching. Returns 0 or a negative errno. */
int generation__prepare(struct generation *gen);

/* Loads and attaches the events. Returns 0 or a negative errno with a message in @diag. */
int generation__attach(struct generation *gen, const struct attach_opts *opts, struct diag *diag);

/* For the sink. Returns 0 or -ENOMEM. */
int generation__describe(const struct generation *gen, struct perfdata_events *events);

/* Whether functions of @module are traced, and how many; the latter takes longer. */
bool generation__has_module(const struct generation *gen, const char *module);
unsigned int generation__nr_funcs(const struct generation *gen, const char *module);

/* Puts into the file what was lost since the last time, @time being now. */
int generation__write_lost(struct generation *gen, struct sink *sink, uint64_t time);

/* The module was unloaded: what is in the kernel for its sake is given back. */
int generation__end(struct generation *gen, struct sink *sink, uint64_t time);

/* Adds what was lost to @result. */
void generation__sum_up(struct generation *gen, struct session_result *result);

/* Says at -v how the events got attached. */
void generation__say(const struct generation *gen);

/* Frees all, and @gen where it came with a module. */
void generation__free(struct generation *gen);

#endif
