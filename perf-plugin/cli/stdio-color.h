/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether text is printed in colour: perf's --stdio-color and its [color] ui. */
#ifndef BTFSNOOP_CLI_STDIO_COLOR_H
#define BTFSNOOP_CLI_STDIO_COLOR_H

#include <stdbool.h>

#include "options.h"

/* What an option "stdio-color" points at; all zero to begin with. */
struct stdio_color {
	enum { STDIO_COLOR_UNSET, STDIO_COLOR_AUTO, STDIO_COLOR_ALWAYS, STDIO_COLOR_NEVER } mode;
};

#define OPT_STDIO_COLOR(v) \
	OPT_CALLBACK_OPTARG(0, "stdio-color", OPTION_CHECK(v, struct stdio_color *), "mode", \
			    "'always' (default), 'never' or 'auto' only applicable to --stdio mode", \
			    stdio_color__parse, "always")

int stdio_color__parse(const struct option *opt, const char *arg, bool unset);

/*
 * True when stdout is to have colours: to be asked before the pager starts or after. Unset, it is
 * what [color] ui says, else "auto": on a terminal that has them (TERM is not dumb, NO_COLOR is not
 * set), also behind a pager.
 */
bool stdio_color__wanted(const struct stdio_color *color);

#endif
