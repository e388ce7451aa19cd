/* SPDX-License-Identifier: GPL-2.0-only */
/* The page of a histogram: how often which values of a column occur. */
#ifndef BTFSNOOP_UI_HISTOGRAM_H
#define BTFSNOOP_UI_HISTOGRAM_H

#include <stdint.h>

#include "../report/samples.h"
#include "../util/diag.h"

/*
 * Shows it for what @expr (as of column__new(), for the event of the first sample) is in the @nr
 * samples in @list; those of other events are left out. Returns how it ended, an enum page_end, or
 * a negative errno with a message in @diag.
 */
int histogram_page__run(struct samples *samples, struct input *input, const char *expr,
			const uint32_t *list, uint32_t nr, struct diag *diag);

#endif
