/* SPDX-License-Identifier: GPL-2.0-only */
/* A schema's fields: what the items of an event are called, of which type and where they are. */
#ifndef BTFSNOOP_PLAN_FIELDS_H
#define BTFSNOOP_PLAN_FIELDS_H

#include "../util/buf.h"
#include "layout.h"

/*
 * Fills in the fields of @schema and where its status and duration are. Their types are copied to
 * @types. Returns 0, -E2BIG for more than SCHEMA_MAX_FIELDS, -ENOMEM, or what subset__add() says.
 */
int fields__fill(struct schema *schema, struct subset *types, const struct content *content,
		 const struct layout *layout);

/* Whether the two schemas' samples are read the same way. */
bool fields__equal(const struct schema *a, const struct schema *b);

/* Appends bytes that are the same for schemas that are equal, and seldom for others. */
void fields__key(const struct schema *schema, struct buf *out);

#endif
