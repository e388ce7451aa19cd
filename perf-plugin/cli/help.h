/* SPDX-License-Identifier: GPL-2.0-only */
/* The help about options, laid out as perf does. All of it goes to stderr. */
#ifndef BTFSNOOP_CLI_HELP_H
#define BTFSNOOP_CLI_HELP_H

#include "options.h"

/* " Usage: ..." and the alternatives, an empty line after them. */
void help__usage(const char *const *usage);

/*
 * Usage and the options that @words (NULL-terminated) pick: by a letter or a name, or by something
 * in the text about them; all when there are no words. @hidden: also what is not for everyone.
 */
void help__all(const char *const *usage, const struct option *options, bool hidden,
	       const char *const *words);

/* One option: its names, argument and text. */
void help__option(const struct option *opt);

#endif
