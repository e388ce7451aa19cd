/* SPDX-License-Identifier: GPL-2.0-only */
/* The beginning of a perf.data that is a file, not a pipe: what its header leads to. */
#ifndef BTFSNOOP_PERFDATA_FILEHEAD_H
#define BTFSNOOP_PERFDATA_FILEHEAD_H

#include <stdint.h>

#include "../util/buf.h"
#include "../util/diag.h"
#include "events.h"
#include "header.h"
#include "source.h"

struct filehead {
	struct source *source;
	struct header *header;
	struct events *events;
	struct buf *warnings;		/* gets a line for each thing that is missing */
	const char *path;		/* for messages */
	uint64_t data_start;		/* out: where the records begin ... */
	uint64_t data_end;		/* ... and end, within the file */
};

/*
 * Reads header, attrs, ids and feature sections. Returns 0 or a negative errno with a message in
 * @diag.
 */
int filehead__read(struct filehead *head, struct diag *diag);

#endif
