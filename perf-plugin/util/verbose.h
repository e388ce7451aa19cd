/* SPDX-License-Identifier: GPL-2.0-only */
/* How much the user wants to be told, and telling it: to stderr. */
#ifndef BTFSNOOP_UTIL_VERBOSE_H
#define BTFSNOOP_UTIL_VERBOSE_H

/* -v counts up, -q makes it -1. The one global variable of the program. */
extern int verbose;

/*
 * As perf's: errors are always printed, warnings and information unless -q, the rest from -v, and
 * pr_debug2() from -vv on. The text is printed as it is: it brings its own "warning: " and newline.
 */
#define pr_err(...)	verbose__print(-1, __VA_ARGS__)
#define pr_warning(...)	verbose__print(0, __VA_ARGS__)
#define pr_info(...)	verbose__print(0, __VA_ARGS__)
#define pr_debug(...)	verbose__print(1, __VA_ARGS__)
#define pr_debug2(...)	verbose__print(2, __VA_ARGS__)

/* Prints when verbose is @level or more. */
void verbose__print(int level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
