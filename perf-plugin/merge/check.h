/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether files can be put together, and how their clocks and boots are to each other. */
#ifndef BTFSNOOP_MERGE_CHECK_H
#define BTFSNOOP_MERGE_CHECK_H

#include "file.h"

/*
 * The machine, the kernel, the clock and the kinds of records. Returns 0, or -EINVAL or -EOPNOTSUPP
 * with the reason in @diag.
 */
int check__files(struct merge_file *files, unsigned int nr, struct diag *diag);

/*
 * Finds the boots: @file's boot, shift and stamp are set. The clock that all get is that of the
 * boot which was first. Returns its file's index, or -EINVAL with the reason in @diag.
 */
int check__boots(struct merge_file *files, unsigned int nr, struct diag *diag);

/* What was met only while records were read. Returns 0 or -EOPNOTSUPP with a message. */
int check__records(const struct merge_file *file, struct diag *diag);

#endif
