/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is printed goes through a pager when stdout is a terminal, by perf's rules
 * (tools/lib/subcmd/pager.c): PERF_PAGER, what perf's configuration has in [pager] for btfsnoop,
 * PAGER, /usr/bin/pager, less; "cat" and "" are none, and perf --no-pager sets PERF_PAGER=cat for
 * its children.
 */
#ifndef BTFSNOOP_CLI_PAGER_H
#define BTFSNOOP_CLI_PAGER_H

#include <stdbool.h>

/*
 * From here on stdout, and stderr if it is a terminal, go into the pager; does nothing when stdout
 * is no terminal, no pager is to be had, or one runs. It is waited for at exit(). The reader who
 * leaves the pager early ends the program silently.
 */
void pager__start(void);

/* No pager in this process, whatever the environment says: --no-pager. */
void pager__disable(void);

/* stdout goes into a pager, ours or one of perf's: colours and widths are those of a terminal. */
bool pager__in_use(void);

/* The width to print for: of the terminal, also of the one behind the pager; 80 elsewhere. */
int pager__columns(void);

#endif
