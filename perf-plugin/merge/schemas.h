/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The schemas of all files as one set: what is the same is there once, names and ids are each
 * somebody's alone, and the types are copies in one BTF object.
 */
#ifndef BTFSNOOP_MERGE_SCHEMAS_H
#define BTFSNOOP_MERGE_SCHEMAS_H

#include <stdint.h>

#include "../perfdata/writer.h"
#include "../plan/schema.h"
#include "places.h"

struct merged_schemas;

/* Returns 0 or a negative errno. */
int merged_schemas__new(struct merged_schemas **out);
void merged_schemas__free(struct merged_schemas *merged);

/*
 * Adds @schema, whose functions are moved by @moves. *@index becomes that of the merged one: of one
 * with the same name and meaning, or a new one. @schema and its BTF have to outlive @merged.
 * Returns 0, -E2BIG when there are no more ids, or another negative errno.
 */
int merged_schemas__add(struct merged_schemas *merged, const struct schema *schema,
			const struct moves *moves, unsigned int *index);

/* An id that no schema has: @wanted, if that is free. 0: there is none. */
uint16_t merged_schemas__take_id(struct merged_schemas *merged, uint64_t wanted);

/* When all were added: what the writer needs. Returns 0 or a negative errno. */
int merged_schemas__finish(struct merged_schemas *merged, struct perfdata_events *events);

/* After finish(). */
const struct schema *merged_schemas__at(const struct merged_schemas *merged, unsigned int index);

#endif
