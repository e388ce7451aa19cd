/* SPDX-License-Identifier: GPL-2.0-only */
/* From specs to events: looks functions up, types what is asked of them, finds where they are. */
#ifndef BTFSNOOP_RECORD_RESOLVE_H
#define BTFSNOOP_RECORD_RESOLVE_H

#include <stdint.h>

#include "../plan/event.h"
#include "../spec/spec.h"
#include "../types/kbtf.h"
#include "../util/diag.h"
#include "track.h"

struct resolve_opts {
	struct spec *const *specs;
	unsigned int nr_specs;
	const struct event_opts *event_opts;
	/*
	 * Specs of functions that are to be found in modules wait for those that come if nothing
	 * matches now: all such specs, and not only those whose module is a glob.
	 */
	bool follow;
	bool follow_globs;		/* those whose module is a glob */
	struct spec *const *notes;	/* further specs, if functions of modules are traced or
					 * modules are followed */
	unsigned int nr_notes;
	const char *vmlinux;		/* where source files are looked up, NULL: as usual */
	char *const *stack_has;		/* names of functions, "module:name" for a module's */
	unsigned int nr_stack_has;	/* BS_MAX_STACK_HAS at most */
	char *const *sequence;		/* the same */
	unsigned int nr_sequence;	/* BS_MAX_SEQUENCE at most */
	struct track_opts track;	/* what is followed is said by event_opts, too */
	unsigned int nr_common;		/* filters that all specs have: the last ones */
	/* Told how far it is, @what of it; may be NULL. */
	void (*progress)(void *ctx, const char *what, unsigned int done, unsigned int total);
	void *progress_ctx;
};

/* A function by itself, with all addresses the kernel has functions of its name at. */
struct resolved_func {
	struct kfunc func;
	uint64_t *addrs;
	unsigned int nr_addrs;		/* 0: hidden */
};

struct resolved {
	struct kbtf *kbtf;
	bool shares_kbtf;		/* it is somebody else's */
	struct event_list *events;	/* with the functions' addresses, if they are not hidden */
	uint64_t kernel_start;		/* _text and _etext; 0: not known */
	uint64_t kernel_end;
	struct {
		uint64_t start, end;	/* to where the next function begins */
	} stack_has[BS_MAX_STACK_HAS];
	struct resolved_func *sequence;
	unsigned int nr_sequence;
	struct track_notes track;	/* where what is followed ends */
	const struct spec *failed;	/* whose text an error's place refers to; NULL: none */
};

/*
 * Makes the events that @opts->specs ask for, of the running kernel's functions. The specs outlive
 * @out, which resolved__exit() empties, also after an error. How many functions a pattern matched,
 * and why some are left out, is said on stderr. Returns 0 or a negative errno with a message in
 * @diag.
 */
int resolved__new(const struct resolve_opts *opts, struct resolved *out, struct diag *diag);

/* Whether a spec is about functions of modules that come later. */
bool resolve__follows_any(const struct resolve_opts *opts);

/* Whether @spec is about functions of modules that come later, by @opts. */
bool resolve__follows(const struct resolve_opts *opts, const struct spec *spec);

/*
 * The same for the functions of @module, which was loaded when events had been made already: of
 * those specs that follow modules and mean it. @kbtf is the recording's, in which the module was
 * renewed, @earlier all events before. No sequence and no call chains: they are what they were.
 * What is wrong with one spec is said at -v, and leaves the others. -ENOENT: none is about it.
 */
int resolved__new_module(const struct resolve_opts *opts, struct kbtf *kbtf, const char *module,
			 const struct event_list *earlier, struct resolved *out, struct diag *diag);
void resolved__exit(struct resolved *resolved);

#endif
