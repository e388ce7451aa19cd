/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls that the kernel did not let programs see. */
#ifndef BTFSNOOP_ATTACH_MISSED_H
#define BTFSNOOP_ATTACH_MISSED_H

#include "probes.h"

/*
 * How often programs were not run (attach__missed()), by event: adds to @missed, of all events of the
 * list. What programs missed that several events share counts for the first of these.
 */
void missed__count(const struct probe_list *list, uint64_t *missed);

#endif
