/* SPDX-License-Identifier: GPL-2.0-only */
/* The page of the samples behind an entry, in the order of time. */
#ifndef BTFSNOOP_UI_SAMPLE_LIST_H
#define BTFSNOOP_UI_SAMPLE_LIST_H

#include <stdint.h>

#include "view.h"

/*
 * Shows the samples in @list, @nr of them, the cursor on the @at-th; @title says whose they are.
 * Returns how it ended, an enum page_end, or a negative errno.
 */
int sample_list__run(struct view *view, const char *title, const uint32_t *list, uint32_t nr,
		     uint32_t at);

#endif
