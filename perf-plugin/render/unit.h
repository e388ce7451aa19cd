/* SPDX-License-Identifier: GPL-2.0-only */
/* Times as people read them. */
#ifndef BTFSNOOP_RENDER_UNIT_H
#define BTFSNOOP_RENDER_UNIT_H

#include <stdbool.h>
#include <stdint.h>

#include "../util/buf.h"

/* Appends a duration with three decimals and its unit: 312ns, 1.234us, 15.000ms, 2.500s. */
void unit__duration(struct buf *out, uint64_t ns);

/*
 * Appends a point in time as perf script does: seconds, then 6 (or with @nanoseconds 9) decimals.
 */
void unit__timestamp(struct buf *out, uint64_t ns, bool nanoseconds);

#endif
