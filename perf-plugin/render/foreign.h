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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../util/buf.h"

struct foreign;

#define FOREIGN_MAX_FIELDS	256	/* of an event */

/* A field of the event's record. All of it was checked, but for fields lying on each other. */
struct foreign_field {
	char name[64];			/* a C identifier */
	uint32_t offset, size;		/* bytes of the record, below 64 KB */
	uint32_t elem_size;		/* of an array's elements: 1, 2, 4 or 8 */
	bool is_signed;
	bool is_array;
	bool is_pointer;
	bool is_char;			/* of which strings are made */
	bool is_bool;
	bool is_dynamic;		/* 4 bytes that say where in the record its bytes are: */
	bool is_relative;		/* counted from behind these 4 */
};

int foreign__new(struct foreign **out);
void foreign__free(struct foreign *foreign);

/*
 * Takes note of the event @name ("sched:sched_switch"), whose format is @format. Returns its handle
 * for foreign__print(), -1 when the format can't be read, or there is no process to read it.
 */
int foreign__add(struct foreign *foreign, const char *name, const char *format, size_t len);

/*
 * The fields of the event, without the common ones: as many as could be read. *@fields stay until
 * foreign__free().
 */
unsigned int foreign__fields(const struct foreign *foreign, int handle,
			     const struct foreign_field **fields);

/*
 * Appends the event's text, made safe for a terminal. @raw may hold anything, and is below 64 KB.
 */
void foreign__print(struct foreign *foreign, int handle, const void *raw, size_t raw_size, int cpu,
		    uint64_t time, struct buf *out);

/*
 * The same for many records, which is much quicker: the text goes where @out ends now, but only
 * when foreign__flush() is called, before which bytes can just be appended to @out, the same buffer
 * at all these calls. (A call can flush those that wait, too.)
 */
void foreign__queue(struct foreign *foreign, int handle, const void *raw, size_t raw_size, int cpu,
		    uint64_t time, struct buf *out);
void foreign__flush(struct foreign *foreign, struct buf *out);

#endif
