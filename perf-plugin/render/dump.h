/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes of which nothing is known. */
#ifndef BTFSNOOP_RENDER_DUMP_H
#define BTFSNOOP_RENDER_DUMP_H

#include <stddef.h>

#include "../util/buf.h"

/* In one word: 450000543a1b */
void dump__word(struct buf *out, const void *data, size_t len);

/*
 * Over several lines as perf script -D has them, each indented by @indent tabs and with a newline:
 *	0000:  45 00 00 54 3a 1b 40 00 40 01 e6 8b 7f 00 00 01  E..T:.@.@.......
 */
void dump__lines(struct buf *out, const void *data, size_t len, unsigned int indent);

#endif
