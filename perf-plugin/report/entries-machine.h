/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The entries of an aggregate for programs:
 *
 *	{"event":"btfsnoop:vfs_read","overhead":61.04,"samples":211,"comm":"cat","count":131072}
 *
 *	event,overhead,samples,comm,count
 *	btfsnoop:vfs_read,61.04,211,cat,131072
 *
 * Durations are in nanoseconds, shares in percent; what isn't there or could not be read is null,
 * or an empty cell.
 */
#ifndef BTFSNOOP_REPORT_ENTRIES_MACHINE_H
#define BTFSNOOP_REPORT_ENTRIES_MACHINE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "aggregate.h"

/*
 * Each of the @nr entries in @list as an object a line. @event: what is printed as their event;
 * NULL: nothing. Returns 0, -ENOMEM or -EIO.
 */
int entries_json__print(struct aggregate *agg, const char *event, const uint32_t *list, uint32_t nr,
			FILE *file);

/* As lines of a table; @heading: with a line of names in front. */
int entries_csv__print(struct aggregate *agg, const char *event, bool heading,
		       const uint32_t *list, uint32_t nr, FILE *file);

#endif
