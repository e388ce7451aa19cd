/* SPDX-License-Identifier: GPL-2.0-only */
/* Which backends are tried for a function, and in which order. */
#ifndef BTFSNOOP_ATTACH_CHOICE_H
#define BTFSNOOP_ATTACH_CHOICE_H

#include "attach.h"

/*
 * Trampolines of so many functions take longer to be built than all of the recording saves by them:
 * 7.2 makes 40,000 kprobe.multi probes in a third of the time, and no memory is needed for each. And
 * among tens of thousands of functions are some that the kernel cannot do with a trampoline: guests of
 * 7.2 hung with all of them.
 */
#define CHOICE_MAX_TRAMPOLINES	8192

struct choice {
	enum backend_choice forced;	/* BACKEND_AUTO: the best */
	bool sequence;			/* calls are told by frames that only single probes agree on */
	unsigned int nr_funcs;		/* of all events */
	unsigned int nr_links;		/* that these are one by one */
	unsigned int max_files;		/* that can be open, programs and links */
	/* Whether the kernel has it; asked where just trying costs more. */
	bool (*has)(void *ctx, enum backend_choice backend);
	void *ctx;
};

/*
 * The backends for an event's functions, @paired or at the entry alone, the best first. Returns how
 * many: 0 for BACKEND_TP_BTF, which is for tracepoints.
 */
unsigned int choice__order(const struct choice *choice, bool paired,
			   enum backend_choice order[NR_BACKENDS]);

/* Why the first in that order is the first, in a few words. */
const char *choice__reason(const struct choice *choice, bool paired);

#endif
