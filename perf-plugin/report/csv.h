/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Samples as values separated by commas: a line of names, then a line for each sample. What an
 * event doesn't have, and what could not be read, is empty; a struct is JSON in its cell.
 */
#ifndef BTFSNOOP_REPORT_CSV_H
#define BTFSNOOP_REPORT_CSV_H

#include "print.h"
#include "shown.h"

struct csv_lines;

/*
 * @shown: the columns; NULL: all there is, which is found out at the first sample. Both and @input
 * have to outlive it. Returns 0 or -ENOMEM.
 */
int csv_lines__new(struct input *input, const struct print_opts *opts, struct shown *shown,
		   struct csv_lines **out);
void csv_lines__free(struct csv_lines *cl);

/* Appends a sample's line, which gets @time (ns) as its time. Sets out->failed without memory. */
void csv_lines__sample(struct csv_lines *cl, const struct perfdata_sample *sample, uint64_t time,
		       struct buf *out);

#endif
