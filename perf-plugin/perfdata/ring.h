/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ring buffer of a perf event, mapped (include/uapi/linux/perf_event.h, struct
 * perf_event_mmap_page; kernel/events/ring_buffer.c).
 */
#ifndef BTFSNOOP_PERFDATA_RING_H
#define BTFSNOOP_PERFDATA_RING_H

#include <stddef.h>
#include <stdint.h>

#include "../util/buf.h"

struct ring {
	void *map;		/* the control page, then the data; NULL: not mapped */
	size_t map_size;
	size_t size;		/* of the data: a power of two */
	uint64_t tail;		/* read so far */
};

/* Maps @size bytes (pages, a power of two) of event @fd's ring. Returns 0 or a negative errno. */
int ring__map(struct ring *ring, int fd, size_t size);
void ring__unmap(struct ring *ring);

/*
 * Appends what has come since the last time, whole records, and gives the room back to the kernel.
 * On a failed @out nothing is taken.
 */
void ring__drain(struct ring *ring, struct buf *out);

#endif
