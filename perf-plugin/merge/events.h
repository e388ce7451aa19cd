/* SPDX-License-Identifier: GPL-2.0-only */
/* The events of the merged file, and what each file's become there. */
#ifndef BTFSNOOP_MERGE_EVENTS_H
#define BTFSNOOP_MERGE_EVENTS_H

#include "../perfdata/writer.h"
#include "../util/diag.h"
#include "file.h"
#include "schemas.h"

/* An event of the merged file that is not ours; what it points to is the files' or its own. */
struct merged_foreign {
	struct perfdata_foreign public;
	struct perf_event_attr attr;
	uint64_t *ids;
	char *tracepoint;
	char *format;			/* its own, where the id in it had to change; or NULL */
	uint64_t name_key;		/* see hash.h; of the format without the id: 0 for none */
	uint64_t format_key;
	uint16_t id;			/* of the tracepoint, in the merged file */
	bool is_grouped;
};

struct merged_events {
	struct merged_schemas *schemas;
	struct perfdata_events ours;
	uint64_t sample_type;		/* of ours */
	bool has_chains;		/* some events', so all get them */
	unsigned int max_stack;		/* of ours with chains */
	bool no_kernel_chain;
	bool no_user_chain;
	struct merged_foreign *foreign;
	unsigned int nr_foreign;
	struct perfdata_foreign *public;	/* the same for the writer */
	uint64_t next_id;		/* sample id of the next foreign one */
};

/*
 * Unites the events of all files, whose events and ids are filled in. Returns 0 or a negative errno
 * with a message.
 */
int merged_events__new(struct merged_events *merged, struct merge_file *files, unsigned int nr,
		       struct diag *diag);
void merged_events__exit(struct merged_events *merged);

#endif
