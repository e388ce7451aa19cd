/* SPDX-License-Identifier: GPL-2.0-only */
/* Names that every reader of a perf.data takes: perf's parsers and its Python and Perl scripts. */
#ifndef BTFSNOOP_PLAN_NAME_H
#define BTFSNOOP_PLAN_NAME_H

#include <stdbool.h>

/*
 * A C identifier made of @text: what cannot be in one becomes '_', and a word that Python, perf's
 * scripts or an event's common fields already use gets a '_' behind. NULL when out of memory; the
 * caller frees it.
 */
char *name__identifier(const char *text);

/*
 * What a pattern (tcp_*, {tcp,udp}_sendmsg, /regex/) names in it, joined by '_': tcp_,
 * tcp_udp_sendmsg; "funcs" where it names nothing. No longer than 48 characters. Returns as above.
 */
char *name__of_pattern(const char *pattern);

/*
 * An identifier, and different from every name for which @taken(name, ctx) is true: "_2", "_3" and
 * so on are put behind it.
 */
char *name__unique(const char *text, bool (*taken)(const char *name, const void *ctx),
		   const void *ctx);

#endif
