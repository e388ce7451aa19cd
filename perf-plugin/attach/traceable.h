/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which functions the running kernel lets be traced, without trying: tracefs'
 * available_filter_functions (what was compiled with a place to attach to and isn't notrace) and
 * debugfs' kprobes/blacklist.
 */
#ifndef BTFSNOOP_ATTACH_TRACEABLE_H
#define BTFSNOOP_ATTACH_TRACEABLE_H

#include <stdbool.h>

struct traceable;

enum traceable_answer {
	TRACEABLE_YES,
	TRACEABLE_NO,		/* notrace, or without a place to attach to */
	TRACEABLE_UNKNOWN,	/* the list can't be read */
};

/*
 * Reads the lists at @functions and @blacklist, NULL for the kernel's own. A list that can't be
 * read is no error: traceable__why_unknown() tells. Returns 0 or -ENOMEM.
 */
int traceable__new(const char *functions, const char *blacklist, struct traceable **out);
void traceable__free(struct traceable *traceable);

/* Whether the function can be attached to; @module NULL: the kernel proper. */
enum traceable_answer traceable__ask(const struct traceable *traceable, const char *module,
				     const char *name);

/* kprobes refuse it (fentry may not). */
bool traceable__is_blacklisted(const struct traceable *traceable, const char *name);

/* The reason why nothing is known, NULL: the list was read. */
const char *traceable__why_unknown(const struct traceable *traceable);

/*
 * Calls @fn for every function in the list that is NAME.SUFFIX for @name (foo.isra.0 for foo):
 * what the compiler made of it.
 */
void traceable__for_each_clone(const struct traceable *traceable, const char *name,
			       void (*fn)(const char *clone, void *ctx), void *ctx);

/* Calls @fn for every function in the list whose name @match says yes to, in the list's order. */
void traceable__for_each(const struct traceable *traceable,
			 bool (*match)(const char *name, const void *ctx), const void *match_ctx,
			 void (*fn)(const char *module, const char *name, void *ctx), void *ctx);

#endif
