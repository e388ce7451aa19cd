/* SPDX-License-Identifier: GPL-2.0-only */
/* What a page shows, into a file: key P. */
#ifndef BTFSNOOP_UI_SAVE_H
#define BTFSNOOP_UI_SAVE_H

#include "../util/buf.h"

/*
 * Writes @text into a new file of the working directory, perf.STEM.0 or, where that is there
 * already, the next number (perf's own P writes perf.hist.N), readable for its owner only. Its name
 * is appended to @name. Returns 0 or a negative errno.
 */
int save__text(const char *stem, const struct buf *text, struct buf *name);

#endif
