/* SPDX-License-Identifier: GPL-2.0-only */
/* What perf was called with: a plugin is told nothing of it. */
#ifndef BTFSNOOP_PLUGIN_COMMAND_H
#define BTFSNOOP_PLUGIN_COMMAND_H

#include <stdbool.h>

struct command {
	char *args;		/* /proc/self/cmdline; the strings below lie in it */
	const char *name;	/* "script"; NULL: nobody knows */
	const char *input;	/* of -i; NULL: not named */
	const char *kallsyms;	/* of --kallsyms; NULL: not named */
};

/* Never fails: what can't be found out is NULL. For command__exit(). */
void command__read(struct command *command);
void command__exit(struct command *command);

/*
 * True where a record's text may have lines of its own; false for perf report and all others that
 * have it as one cell of a table.
 */
bool command__has_lines(const struct command *command);

#endif
