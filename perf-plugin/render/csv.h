/* SPDX-License-Identifier: GPL-2.0-only */
/* Values separated by commas, or by what the user wants (RFC 4180; lines end as Unix has it). */
#ifndef BTFSNOOP_RENDER_CSV_H
#define BTFSNOOP_RENDER_CSV_H

#include <stddef.h>

#include "../util/buf.h"

/* Appends a text, in quotes if it has need of them. */
void csv__add(struct buf *out, const char *text, size_t len, const char *separator);

#endif
