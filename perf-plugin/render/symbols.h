/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names for addresses of the kernel a file was recorded on, from a file in the format of
 * /proc/kallsyms, which is read when the first name is asked for.
 */
#ifndef BTFSNOOP_RENDER_SYMBOLS_H
#define BTFSNOOP_RENDER_SYMBOLS_H

#include <stdint.h>

#include "../util/buf.h"

struct symbols;

int symbols__new(struct symbols **out);
void symbols__free(struct symbols *symbols);

/* What follows has no effect once the first name was asked for. */

/* The symbols' file; without one there are no names. Returns 0 or -ENOMEM. */
int symbols__set_path(struct symbols *symbols, const char *path);

/*
 * Symbol @name was at @addr while the file was recorded: if the symbols' file has it elsewhere, all
 * of the kernel proper has moved, and nobody knows where its modules are now.
 */
void symbols__set_reference(struct symbols *symbols, const char *name, uint64_t addr);

/* Appends "tcp_v4_rcv+0x1c", at a symbol's start its name alone; the bare address if it is none. */
void symbols__add(struct symbols *symbols, uint64_t addr, struct buf *out);

/*
 * The function at @addr, *@offset bytes from where it begins, and the module it is in, "" for the
 * kernel proper; NULL where there is none. Both are valid until symbols__free().
 */
const char *symbols__find(struct symbols *symbols, uint64_t addr, uint64_t *offset,
			  const char **module);

/* What kept names from being found, once there was need of them; NULL: nothing. */
const char *symbols__problem(const struct symbols *symbols);

#endif
