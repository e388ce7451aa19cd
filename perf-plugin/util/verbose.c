// SPDX-License-Identifier: GPL-2.0-only
#include "verbose.h"

#include <stdarg.h>
#include <stdio.h>

int verbose;

void verbose__print(int level, const char *fmt, ...)
{
	va_list ap;

	if (verbose < level)
		return;
	/* What went to stdout before comes first also where both are the same file. */
	fflush(stdout);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
}
