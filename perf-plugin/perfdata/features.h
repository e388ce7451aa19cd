/* SPDX-License-Identifier: GPL-2.0-only */
/* The contents of a file's feature sections, ready to be written. */
#ifndef BTFSNOOP_PERFDATA_FEATURES_H
#define BTFSNOOP_PERFDATA_FEATURES_H

#include <stdint.h>

#include "../util/buf.h"
#include "described.h"
#include "format.h"
#include "writer.h"

#define TRACEPOINT_SYSTEM	"btfsnoop"	/* before the colon in an event's name */

struct features {
	struct buf sections[FEATURE_END];	/* data == NULL: the file has no such section */
};

/* The events of a file. */
struct features_events {
	const struct perfdata_events *parts;	/* ours, numbered one after the other */
	unsigned int nr_parts;
	const struct perfdata_foreign *foreign;
	unsigned int nr_foreign;
	const struct described *described;	/* all of them; NULL: no HEADER_EVENT_DESC */
};

/*
 * All that can be said at the start of a recording; HEADER_SAMPLE_TIME is 16 zero bytes. What this
 * machine doesn't tell is left out. Returns 0 or a negative errno.
 */
int features__build(struct features *features, const struct perfdata_writer_opts *opts,
		    const struct features_events *events);

/* The sections about events alone. */
int features__describe(struct features *features, const struct features_events *events);
void features__exit(struct features *features);

#endif
