/* SPDX-License-Identifier: GPL-2.0-only */
/* From specs to events: looks functions up, types what is asked of them, finds where they are. */
#ifndef BTFSNOOP_RECORD_RESOLVE_H
#define BTFSNOOP_RECORD_RESOLVE_H

#include <stdint.h>

#include "../plan/event.h"
#include "../spec/spec.h"
#include "../types/kbtf.h"
#include "../util/diag.h"

struct resolved {
	struct kbtf *kbtf;
	struct event_list *events;	/* with the functions' addresses, if they are not hidden */
	uint64_t kernel_start;		/* _text and _etext; 0: not known */
	uint64_t kernel_end;
	const struct spec *failed;	/* whose text an error's place refers to; NULL: none */
};

/*
 * Makes the events that @specs ask for, of the running kernel's functions. The specs outlive
 * @out, which resolved__exit() empties, also after an error. Returns 0 or a negative errno with a
 * message in @diag.
 */
int resolved__new(struct spec *const *specs, unsigned int nr_specs, const struct event_opts *opts,
		  struct resolved *out, struct diag *diag);
void resolved__exit(struct resolved *resolved);

#endif
