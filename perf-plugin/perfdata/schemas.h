/* SPDX-License-Identifier: GPL-2.0-only */
/* The schemas in a perf.data: what its BTF objects say of our events. */
#ifndef BTFSNOOP_PERFDATA_SCHEMAS_H
#define BTFSNOOP_PERFDATA_SCHEMAS_H

#include "../plan/schema.h"
#include "reader.h"

#define SCHEMAS_SYSTEM	"btfsnoop:"	/* our events' names begin with it */

struct file_schemas;

/* Nothing is read yet. Returns 0 or -ENOMEM. */
int file_schemas__new(struct file_schemas **out);
void file_schemas__free(struct file_schemas *schemas);

/* Is the event named as ours are? */
bool file_schemas__is_ours(const struct perfdata_event *event);

/*
 * *@out becomes the schema of @event, of @reader's file, which has its id and its name, NULL where
 * there is none; it lives as long as @schemas. What the file got since is looked into: events can
 * come with their own BTF. Returns 0 or -ENOMEM.
 */
int file_schemas__find(struct file_schemas *schemas, struct perfdata_reader *reader,
		       const struct perfdata_event *event, const struct schema **out);

/*
 * True, once, after a search in a file that has no schemas at all; *@why is then what is wrong with
 * its BTF, NULL where it has none.
 */
bool file_schemas__are_missing(struct file_schemas *schemas, const char **why);

#endif
