/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options whose values come from the user's configuration and not from the command line, so that an
 * error about one of these can say where it stands. The command adds them once it has parsed its
 * options; diag__print() and whoever else reports an error asks.
 */
#ifndef BTFSNOOP_UTIL_PRESET_H
#define BTFSNOOP_UTIL_PRESET_H

#include <stdbool.h>
#include <stdio.h>

struct preset {
	const char *option;	/* its long name */
	int letter;		/* its short name, 0: none */
	const char *key;	/* "btfsnoop.record-mmap-pages" */
	const char *text;	/* the value */
	const char *path;	/* of the file */
	unsigned int line;
};

/* Strings, except for @key, are kept as they are: they have to stay valid. Returns 0 or -ENOMEM. */
int preset__add(const struct preset *preset);

/* True if the option, by its long name, has its value from the configuration. */
bool preset__is(const char *option);

/*
 * Says of which presets an error is, once of each: of those whose value is @text, and of those that
 * @msg names, by their option (--filter, -m) or by their value as a word or in quotes. Both may be
 * NULL.
 *	hint: the value '3Q' of btfsnoop.record-mmap-pages stands in /root/.perfconfig, line 2
 */
void preset__explain(const char *text, const char *msg, FILE *out);

/* The same for the one that is called @option. */
void preset__explain_option(const char *option, FILE *out);

#endif
