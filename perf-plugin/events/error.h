/* SPDX-License-Identifier: GPL-2.0-only */
/* What is wrong with the text of a -e, as perf says it (tools/perf/util/parse-events.c). */
#ifndef BTFSNOOP_EVENTS_ERROR_H
#define BTFSNOOP_EVENTS_ERROR_H

#include <stdio.h>

#include "../util/diag.h"

/*
 *	event syntax error: 'cycles,nosuch'
 *	                            \___ Bad event name
 *
 *	and the hints of @diag
 * @width is the terminal's, in columns: a longer text is cut at its end, one whose error is far
 * along at its beginning, both with "..".
 */
void event_error__print(const struct diag *diag, const char *text, unsigned int width, FILE *out);

#endif
