/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints that are not ours, by their format: libtraceevent, as perf script shows them.
 *
 * libtraceevent (1.7) trusts formats and records, and crashes on damaged ones. So it works in a
 * child process without rights, that can die without harm: then the event is shown without its
 * values.
 */
#ifndef BTFSNOOP_RENDER_FOREIGN_H
#define BTFSNOOP_RENDER_FOREIGN_H

#include <stddef.h>
#include <stdint.h>

#include "../util/buf.h"

struct foreign;

int foreign__new(struct foreign **out);
void foreign__free(struct foreign *foreign);

/*
 * Takes note of the event @name ("sched:sched_switch"), whose format is @format. Returns its handle
 * for foreign__print(), -1 when the format can't be read, or there is no process to read it.
 */
int foreign__add(struct foreign *foreign, const char *name, const char *format, size_t len);

/* Appends the event's text, made safe for a terminal. @raw may hold anything. */
void foreign__print(struct foreign *foreign, int handle, const void *raw, size_t raw_size, int cpu,
		    uint64_t time, struct buf *out);

#endif
