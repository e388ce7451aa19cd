/* SPDX-License-Identifier: GPL-2.0-only */
/* All events that a file has, ours and others, as its header describes them. */
#ifndef BTFSNOOP_PERFDATA_DESCRIBED_H
#define BTFSNOOP_PERFDATA_DESCRIBED_H

#include <stdint.h>

#include "../util/buf.h"
#include "attr.h"
#include "writer.h"

struct described {
	struct perfdata_foreign *list;	/* in the order of the file */
	unsigned int nr;
	void **own;			/* memory of each */
	uint32_t attr_size;		/* of the largest attr */
};

void described__init(struct described *described);
void described__exit(struct described *described);

/* Events of ours, the @first-th and following ones. Returns 0 or -ENOMEM. */
int described__add_schemas(struct described *described, const struct schema *schemas,
			   unsigned int nr, unsigned int first, const struct attr_common *common);

/*
 * Others; only the attrs are copied. Returns 0, -ENOMEM, or -EINVAL for what a reader could not tell
 * apart or not read.
 */
int described__add_foreign(struct described *described, const struct perfdata_foreign *foreign,
			   unsigned int nr);

/* Appends the attr of event @index: attr_size bytes. */
void described__add_attr(const struct described *described, unsigned int index, struct buf *out);

#endif
