/* SPDX-License-Identifier: GPL-2.0-only */
/* The page of one sample: its values as a tree to be unfolded. */
#ifndef BTFSNOOP_UI_SAMPLE_H
#define BTFSNOOP_UI_SAMPLE_H

#include <stdint.h>

#include "../report/samples.h"
#include "../util/diag.h"

/*
 * Shows sample @at of the @nr in @list, of which n and p show the next and the previous. Returns
 * how it ended, an enum page_end, or a negative errno.
 */
int sample_page__run(struct samples *samples, struct input *input, const uint32_t *list,
		     uint32_t nr, uint32_t at, struct diag *diag);

#endif
