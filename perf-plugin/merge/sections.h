/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files say about the machine, their clock and how they came about, as one. */
#ifndef BTFSNOOP_MERGE_SECTIONS_H
#define BTFSNOOP_MERGE_SECTIONS_H

#include "../perfdata/format.h"
#include "../util/buf.h"
#include "file.h"

/*
 * Fills @sections, FEATURE_END of them and empty, for perfdata_writer_opts.given; @first is the
 * file whose clock is that of the merged one. Returns 0 or -ENOMEM.
 */
int sections__unite(const struct merge_file *files, unsigned int nr, unsigned int first,
		    struct buf *sections);
void sections__exit(struct buf *sections);

#endif
