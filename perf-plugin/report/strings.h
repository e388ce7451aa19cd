/* SPDX-License-Identifier: GPL-2.0-only */
/* Texts that occur often, kept once each, so that equal ones have the same address. */
#ifndef BTFSNOOP_REPORT_STRINGS_H
#define BTFSNOOP_REPORT_STRINGS_H

#include <stddef.h>

struct strings;

/* Returns 0 or -ENOMEM. */
int strings__new(struct strings **out);
void strings__free(struct strings *strings);

/*
 * The one copy of the @len bytes at @text, with a NUL behind; it stays where it is. What is longer
 * than a megabyte is cut there. NULL when out of memory.
 */
const char *strings__get(struct strings *strings, const char *text, size_t len);

/* The length of a text that strings__get() returned. */
size_t strings__len(const char *text);

#endif
