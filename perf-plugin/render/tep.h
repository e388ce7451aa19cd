/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints by their format, in this process: libtraceevent as it is. See foreign.h. */
#ifndef BTFSNOOP_RENDER_TEP_H
#define BTFSNOOP_RENDER_TEP_H

#include <stddef.h>
#include <stdint.h>

#include "../util/buf.h"

struct tep;

int tep__new(struct tep **out);
void tep__free(struct tep *tep);

/* As foreign__add() and foreign__print(), but nothing is checked and nothing made safe. */
int tep__add(struct tep *tep, const char *name, const char *format, size_t len);
/* Appends up to @max struct foreign_field of an event that was added. */
void tep__fields(struct tep *tep, int handle, unsigned int max, struct buf *out);
void tep__print(struct tep *tep, int handle, const void *raw, size_t raw_size, int cpu,
		uint64_t time, struct buf *out);

#endif
