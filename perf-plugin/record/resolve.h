/* SPDX-License-Identifier: GPL-2.0-only */
/* From specs to events: looks functions up, types what is asked of them, finds where they are. */
#ifndef BTFSNOOP_RECORD_RESOLVE_H
#define BTFSNOOP_RECORD_RESOLVE_H

#include <stdint.h>

#include "../plan/event.h"
#include "../spec/spec.h"
#include "../types/kbtf.h"
#include "../util/diag.h"

struct resolve_opts {
	struct spec *const *specs;
	unsigned int nr_specs;
	const struct event_opts *event_opts;
	const char *vmlinux;		/* where source files are looked up, NULL: as usual */
	char *const *stack_has;		/* names of functions, "module:name" for a module's */
	unsigned int nr_stack_has;	/* BS_MAX_STACK_HAS at most */
	char *const *sequence;		/* the same */
	unsigned int nr_sequence;	/* BS_MAX_SEQUENCE at most */
};

/* A function by itself, with all addresses the kernel has functions of its name at. */
struct resolved_func {
	struct kfunc func;
	uint64_t *addrs;
	unsigned int nr_addrs;		/* 0: hidden */
};

struct resolved {
	struct kbtf *kbtf;
	struct event_list *events;	/* with the functions' addresses, if they are not hidden */
	uint64_t kernel_start;		/* _text and _etext; 0: not known */
	uint64_t kernel_end;
	struct {
		uint64_t start, end;	/* to where the next function begins */
	} stack_has[BS_MAX_STACK_HAS];
	struct resolved_func *sequence;
	unsigned int nr_sequence;
	const struct spec *failed;	/* whose text an error's place refers to; NULL: none */
};

/*
 * Makes the events that @opts->specs ask for, of the running kernel's functions. The specs outlive
 * @out, which resolved__exit() empties, also after an error. How many functions a pattern matched,
 * and why some are left out, is said on stderr. Returns 0 or a negative errno with a message in
 * @diag.
 */
int resolved__new(const struct resolve_opts *opts, struct resolved *out, struct diag *diag);
void resolved__exit(struct resolved *resolved);

#endif
