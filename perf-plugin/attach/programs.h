/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The BPF object: opened and relocated once, its maps sized and created; then a program's
 * instructions are loaded again for each plan, with that plan's frozen map in the place of the
 * object's own.
 */
#ifndef BTFSNOOP_ATTACH_PROGRAMS_H
#define BTFSNOOP_ATTACH_PROGRAMS_H

#include <bpf/bpf.h>
#include <stdint.h>

#include "attach.h"

/* The generic program's forms (bpf/btfsnoop.bpf.c). */
enum program_form {
	PROGRAM_ENTRY,		/* raises an event, or leaves what its return needs, if it is paired */
	PROGRAM_RETURN,		/* raises a paired one */
	PROGRAM_STEP,		/* notes that a function of the sequence is entered, */
	PROGRAM_STEP_RETURN,	/* and left */
	NR_PROGRAM_FORMS,
};

struct programs;

struct code {
	struct bpf_insn *insns;		/* NULL: not made yet */
	size_t nr;
};

/*
 * Opens the object with maps for @opts and @events. Returns 0 or a negative errno with a message in
 * @diag.
 */
int programs__new(const struct attach_opts *opts, const struct event_list *events,
		  struct programs **out, struct diag *diag);
void programs__free(struct programs *programs);

/*
 * A plan in the kernel, which its programs share: the frozen map, and the slots of calls in flight
 * when the plan has a return side. @plan is copied.
 */
struct loaded_plan {
	int plan_fd;
	int slots_fd;		/* -1: none */
	uint32_t nr_buckets;
	uint32_t bucket_size;	/* bytes */
	char name[64];		/* of the event, for -v */
	struct bs_plan *plan;	/* as the kernel has it */
	struct code codes[NR_PROGRAM_FORMS][BS_NR_PROBE_KINDS];	/* what is left with this plan */
};

/* Returns 0 or a negative errno. @name is said at -v; @max_memory bounds the slots. */
int programs__load_plan(struct programs *programs, const struct bs_plan *plan, const char *name,
			bool paired, uint32_t max_memory, struct loaded_plan *loaded);
void loaded_plan__exit(struct loaded_plan *loaded);

/*
 * Calls fn(key, ctx) for each call in flight: entered, and not seen to return yet. Returns 0 or a
 * negative errno.
 */
int loaded_plan__for_each_call(const struct loaded_plan *loaded,
			       void (*fn)(uint64_t key, void *ctx), void *ctx);

/*
 * Loads @form with @loaded's plan as @type: BPF_PROG_TYPE_TRACING, _KPROBE or _RAW_TRACEPOINT. @opts
 * has what the type needs (attach_btf_id ...). Returns the program's fd or a negative errno; its
 * size is printed at -v, the verifier's log at -vv.
 */
int programs__load(struct programs *programs, enum program_form form,
		   struct loaded_plan *loaded, enum bpf_prog_type type,
		   const struct bpf_prog_load_opts *opts);

/* Attaches the programs that keep the map of tasks: at fork, at exec, when a task is freed. */
int programs__follow_tasks(struct programs *programs);

int programs__tasks_fd(const struct programs *programs);
int programs__ring_fd(const struct programs *programs);
struct bs_control *programs__control(struct programs *programs);

/* The counters of all events, mapped. */
const struct bs_counters *programs__counters(const struct programs *programs);

#endif
