/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls that the kernel did not let programs see. */
#ifndef BTFSNOOP_ATTACH_MISSED_H
#define BTFSNOOP_ATTACH_MISSED_H

#include "probes.h"

/* How often programs for event @index were not run (attach__missed()). */
uint64_t missed__count(const struct probe_list *list, unsigned int index);

#endif
