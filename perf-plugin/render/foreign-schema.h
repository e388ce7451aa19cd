/* SPDX-License-Identifier: GPL-2.0-only */
/* The fields of perf's own tracepoints as a schema, so that they can be used as ours are. */
#ifndef BTFSNOOP_RENDER_FOREIGN_SCHEMA_H
#define BTFSNOOP_RENDER_FOREIGN_SCHEMA_H

#include "../plan/schema.h"
#include "foreign.h"

/*
 * Of tracepoint @name ("sched:sched_switch"), whose id is @id. Types are added to @btf, which has
 * C's integers (types/integers.h) and has to outlive the schema. Returns 0 or -ENOMEM.
 */
int foreign_schema__new(const char *name, uint64_t id, const struct foreign_field *fields,
			unsigned int nr, struct btf *btf, struct schema **out);
void foreign_schema__free(struct schema *schema);

#endif
