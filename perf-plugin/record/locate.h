/* SPDX-License-Identifier: GPL-2.0-only */
/* Where events' functions are: names to addresses, of which the kernel can have several. */
#ifndef BTFSNOOP_RECORD_LOCATE_H
#define BTFSNOOP_RECORD_LOCATE_H

#include <stdbool.h>
#include <stdint.h>

#include "../plan/event.h"
#include "../types/ksyms.h"
#include "../types/matcher.h"

/* The symbol whose address stands for a function or a tracepoint. The caller frees it. */
char *locate__symbol(bool tracepoint, const char *name);

/* Asks @ksyms for that. Returns 0 or -ENOMEM. */
int locate__want(struct ksyms *ksyms, bool tracepoint, const char *name);

/* All addresses of the function @name. Returns 0, or -ENOMEM; none: hidden, or not in kallsyms. */
int locate__find(const struct ksyms *ksyms, const char *module, const char *name, uint64_t **addrs,
		 unsigned int *nr);

/*
 * Fills in the addresses of @event's functions. Where several functions have one name, all of them
 * raise the event, but with @matcher only those in the source files it is about; @text is where
 * _text is. Returns 0 or -ENOMEM.
 */
int locate__event(const struct ksyms *ksyms, struct event *event, const struct matcher *matcher,
		  uint64_t text);

#endif
