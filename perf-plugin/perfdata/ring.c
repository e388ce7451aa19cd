// SPDX-License-Identifier: GPL-2.0-only
#include "ring.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <sys/mman.h>
#include <unistd.h>

int ring__map(struct ring *ring, int fd, size_t size)
{
	size_t page_size = sysconf(_SC_PAGESIZE);
	void *map;

	map = mmap(NULL, page_size + size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	ring->map = map;
	ring->map_size = page_size + size;
	ring->size = size;
	ring->tail = 0;
	return 0;
}

void ring__unmap(struct ring *ring)
{
	if (ring->map)
		munmap(ring->map, ring->map_size);
	ring->map = NULL;
}

void ring__drain(struct ring *ring, struct buf *out)
{
	struct perf_event_mmap_page *control = ring->map;
	const char *data = (const char *)ring->map + ring->map_size - ring->size;
	uint64_t head, len;
	size_t at, part;

	/* Acquire: the records are there before the head that counts them in. */
	head = __atomic_load_n(&control->data_head, __ATOMIC_ACQUIRE);
	len = head - ring->tail;
	if (!len || len > ring->size)
		return;
	at = ring->tail & (ring->size - 1);
	part = len < ring->size - at ? len : ring->size - at;
	if (!buf__reserve(out, len))
		return;
	buf__add(out, data + at, part);
	buf__add(out, data, len - part);
	ring->tail = head;
	/* Release: the records have been read before the kernel may overwrite them. */
	__atomic_store_n(&control->data_tail, head, __ATOMIC_RELEASE);
}
