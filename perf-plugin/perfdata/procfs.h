/* SPDX-License-Identifier: GPL-2.0-only */
/* Small files of /proc and /sys, read whole. */
#ifndef BTFSNOOP_PERFDATA_PROCFS_H
#define BTFSNOOP_PERFDATA_PROCFS_H

#include <stdbool.h>
#include <stdint.h>

#include "../util/buf.h"

/*
 * Appends the file's contents to @out, at most @max bytes of it. The path is made from @fmt.
 * Returns 0 or a negative errno.
 */
int procfs__read(struct buf *out, size_t max, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* As above, replacing what is in @out, and without the newline at the end. */
int procfs__read_line(struct buf *out, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Reads a file that holds a number. Returns 0 or a negative errno. */
int procfs__read_number(int64_t *number, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The text behind "@key<blanks>:" or "@key:" in a file of such lines (cpuinfo, meminfo, status), up
 * to the line's end: *@len bytes. NULL: no such line.
 */
const char *procfs__value(const char *text, const char *key, size_t *len);

/* The line after @line, NULL when it is the last. */
const char *procfs__next_line(const char *line);

/* One CPU more than the highest in a list such as "0-3,8"; 0 when it is none. */
unsigned int procfs__cpu_list_end(const char *list);

#endif
