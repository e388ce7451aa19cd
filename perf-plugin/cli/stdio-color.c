// SPDX-License-Identifier: GPL-2.0-only
#include "stdio-color.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../util/diag.h"
#include "config.h"
#include "pager.h"

/* Returns the mode, -EINVAL for what is none. */
static int parse_mode(const char *text)
{
	if (!strcmp(text, "never"))
		return STDIO_COLOR_NEVER;
	if (!strcmp(text, "always"))
		return STDIO_COLOR_ALWAYS;
	return !strcmp(text, "auto") ? STDIO_COLOR_AUTO : -EINVAL;
}

int stdio_color__parse(const struct option *opt, const char *arg, bool unset)
{
	struct stdio_color *color = opt->value;
	int mode = unset ? STDIO_COLOR_NEVER : parse_mode(arg);

	if (mode < 0) {
		fputs(" Error: `", stderr);
		diag__print_text(arg, stderr);
		fputs("' is no mode: always, never or auto\n", stderr);
		return mode;
	}
	color->mode = mode;
	return 0;
}

/* As perf's perf_config_colorbool(): also a truth value, and true is auto. */
static int configured_mode(void)
{
	const struct config_value *value = config__get("color", "ui");
	int mode = value ? parse_mode(value->text) : STDIO_COLOR_AUTO;

	if (mode < 0)
		mode = config__bool(value->text) == 0 ? STDIO_COLOR_NEVER : STDIO_COLOR_AUTO;
	return mode;
}

bool stdio_color__wanted(const struct stdio_color *color)
{
	int mode = color->mode == STDIO_COLOR_UNSET ? configured_mode() : (int)color->mode;
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");

	if (mode != STDIO_COLOR_AUTO)
		return mode == STDIO_COLOR_ALWAYS;
	return (isatty(STDOUT_FILENO) || pager__in_use()) && term && strcmp(term, "dumb") &&
	       !(no_color && *no_color);
}
