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

#include "assemble.h"
#include "attach.h"

/* The generic program's forms (bpf/btfsnoop.bpf.c), and what is made of two of them. */
enum program_form {
	PROGRAM_ENTRY,		/* raises an event, or leaves what its return needs, if it is paired */
	PROGRAM_RETURN,		/* raises a paired one */
	PROGRAM_STEP,		/* notes that a function of the sequence is entered, */
	PROGRAM_STEP_RETURN,	/* and left */
	PROGRAM_NOTE,		/* notes what becomes of an object */
	NR_GENERIC_FORMS,
	PROGRAM_SESSION = NR_GENERIC_FORMS,	/* ENTRY and RETURN, which share 8 bytes of a call */
	PROGRAM_STEP_SESSION,			/* STEP and STEP_RETURN */
	NR_PROGRAM_FORMS,
};

/* Attach types (enum bpf_attach_type) that the headers do not know yet. */
#define ATTACH_KPROBE_MULTI	42	/* 5.18 */
#define ATTACH_KPROBE_SESSION	56	/* 6.10 */
#define ATTACH_FSESSION		58	/* 7.0 */
#define ATTACH_FENTRY_MULTI	59	/* these 7.2 */
#define ATTACH_FEXIT_MULTI	60
#define ATTACH_FSESSION_MULTI	61

/* What a form's code depends on besides the plan: struct bs_probe. */
enum program_variant {
	VARIANT_TRACING_LOADS,		/* with BS_TYPED_LOADS, */
	VARIANT_TRACING_ARGS,		/* with BS_TYPED_ARGS */
	VARIANT_TRACING,
	VARIANT_FSESSION_ARGS,
	VARIANT_FSESSION,
	VARIANT_KPROBE,
	VARIANT_KPROBE_SESSION,
	VARIANT_RAW_TP,
	NR_PROGRAM_VARIANTS,
};

struct programs;

/*
 * Opens the object with maps for @opts and @events, or uses @first's, which has to outlive this one:
 * only the counters and what names are compared with are its own then. Returns 0 or a negative errno
 * with a message in @diag.
 */
int programs__new(const struct attach_opts *opts, const struct programs *first,
		  const struct event_list *events, struct kbtf *kbtf, struct programs **out,
		  struct diag *diag);
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
	int times_fd;		/* of what is only counted: when calls were entered; -1: none */
	int cells_fd;		/* ... and what is counted; -1: none */
	void *cells;		/* mapped: see struct bs_cell; NULL: none */
	size_t cells_size;	/* bytes */
	char name[64];		/* of the event, for -v */
	struct bs_plan *plan;	/* as the kernel has it */
	struct code codes[NR_PROGRAM_FORMS][NR_PROGRAM_VARIANTS];	/* what is left with this plan */
	uint32_t refused;	/* bit n: variant n, by the verifier, where another was not */
};

#define LOADED_PLAN_INIT { .plan_fd = -1, .slots_fd = -1, .times_fd = -1, .cells_fd = -1 }

/*
 * Returns 0 or a negative errno, -E2BIG where too much is to be counted. @name is said at -v;
 * @max_memory bounds what is kept of calls in flight, of which there are none if it is not @paired.
 */
int programs__load_plan(struct programs *programs, const struct bs_plan *plan, const char *name,
			bool paired, uint32_t max_memory, struct loaded_plan *loaded);
void loaded_plan__exit(struct loaded_plan *loaded);

/* Function @function's cell on @cpu; NULL: there is none. */
struct bs_cell *loaded_plan__cell(const struct loaded_plan *loaded, uint64_t function,
				  unsigned int cpu);

/*
 * Calls that were entered and have not returned, or whose return was not seen. 0 of a plan that
 * counts by sessions, or keeps more of a call than the time.
 */
uint64_t loaded_plan__nr_open(const struct loaded_plan *loaded);

/*
 * Calls fn(key, ctx) for each call in flight: entered, and not seen to return yet. Returns 0 or a
 * negative errno.
 */
int loaded_plan__for_each_call(const struct loaded_plan *loaded,
			       void (*fn)(uint64_t key, void *ctx), void *ctx);

/*
 * Loads @form with @loaded's plan as @type: BPF_PROG_TYPE_TRACING, _KPROBE or _RAW_TRACEPOINT. @opts
 * has what the type needs (attach_btf_id ...) and, for sessions, multi links and all of tracing,
 * expected_attach_type. Sessions are the forms PROGRAM_SESSION and PROGRAM_STEP_SESSION, and the
 * attach types ATTACH_KPROBE_SESSION, _FSESSION and _FSESSION_MULTI: both or neither. Returns the
 * program's fd or a negative errno, -EOPNOTSUPP where the kernel knows no sessions; its size is
 * printed at -v, the verifier's log at -vv.
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
