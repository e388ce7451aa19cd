/* SPDX-License-Identifier: GPL-2.0-only */
/* Globs on bytes that need not end in a NUL: * ? [a-z] [!a], and \ before what is plain. */
#ifndef BTFSNOOP_UTIL_GLOB_H
#define BTFSNOOP_UTIL_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/* True when all of the text matches. Takes at most glob_len * text_len steps. */
bool glob__matches(const char *glob, size_t glob_len, const char *text, size_t text_len);

#endif
