/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Puts the events' programs into the kernel and takes them out again. How a program gets to its
 * function (the backend) is nobody else's business: the same event gives the same samples by any.
 *
 * A life: attach__new() opens the BPF object, attach__load() gives the programs to the verifier,
 * attach__attach() hooks them up, silent still; attach__enable() lets them record;
 * attach__drain() brings the samples; attach__detach() and attach__free() end it.
 */
#ifndef BTFSNOOP_ATTACH_ATTACH_H
#define BTFSNOOP_ATTACH_ATTACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../plan/event.h"
#include "../types/kbtf.h"
#include "../util/buf.h"
#include "../util/diag.h"

struct attach;

/*
 * Ways to attach. Sessions are one program at a function's entry and its return; what has no return
 * side goes by the way beside it (fentry, fentry.multi, kprobe.multi) when a session is asked for.
 */
enum backend_choice {
	BACKEND_AUTO,
	BACKEND_FENTRY,		/* fentry, fexit: a trampoline and a link for each function */
	BACKEND_FSESSION,	/* 7.0 */
	BACKEND_FENTRY_MULTI,	/* 7.2: trampolines of many functions by one link; and fexit.multi */
	BACKEND_FSESSION_MULTI,	/* 7.2 */
	BACKEND_KPROBE,		/* kprobe, kretprobe: a link for each function, one program */
	BACKEND_KPROBE_MULTI,	/* 5.18: many functions by one link, and their returns by another */
	BACKEND_KPROBE_SESSION,	/* 6.10 */
	BACKEND_TP_BTF,		/* BTF raw tracepoints, which have no other */
	NR_BACKENDS,
	BACKEND_TRACING_MULTI = NR_BACKENDS,	/* a choice: of the *.multi the one that suits */
};

/* "fentry", "kprobe.multi" ... and the number of such a name, -1: it is none. */
const char *backend__name(enum backend_choice backend);
int backend__by_name(const char *name);

/* A function of --sequence, and where it is: several static functions can have its name. */
struct attach_func {
	struct kfunc func;
	uint64_t *addrs;
	unsigned int nr_addrs;	/* 0: not known */
};

/* A function or tracepoint where something becomes of objects: created, copied, freed. */
struct attach_note {
	struct kfunc func;
	bool is_tracepoint;
	bool is_required;	/* it is an error if there is no way to attach to it */
	struct bs_plan *plan;	/* its entry_filter: BS_MAX_NOTE_OPS operations at most */
	bool is_attached;	/* set by attach__attach() */
};

struct attach_opts {
	uint32_t ring_size;	/* bytes: a power of two, a multiple of the page size */
	enum bs_clock clock;
	int64_t clock_offset;	/* nanoseconds to add to it */
	struct bs_target target;
	uint32_t chain;		/* BS_CHAIN_*; 0: no call chains */
	uint32_t max_frames;	/* of one, BS_MAX_CHAIN at most */
	uint32_t max_tasks;	/* room for that many when target.flags has BS_TARGET_TASKS */
	uint32_t task_pid_offset;	/* of task_struct.pid */
	uint32_t max_memory;	/* bytes for the calls in flight, of all events together */
	enum backend_choice backend;
	bool spare_modules;	/* BACKEND_AUTO: modules are traced by kprobes, which don't keep
				 * them from being unloaded as all others do */
	/*
	 * An attach that is there already: its ring, switch, tasks and whatever else programs keep
	 * of a recording are this one's too; drain, enable and set_task are the first one's. NULL:
	 * this is the first. It has to outlive the others.
	 */
	struct attach *share;
	int cgroup_fd;		/* for BS_TARGET_CGROUP: its directory */
	const struct attach_func *sequence;	/* in the order in which they are to be entered */
	unsigned int nr_sequence;		/* 0: none; target.flags is set accordingly */
	struct attach_note *notes;
	unsigned int nr_notes;
	uint32_t track_max;	/* objects that can be followed at a time */
	bool (*stop)(void *ctx);	/* asked now and then while attaching: true gives up,
					 * -EINTR; may be NULL */
	void *stop_ctx;
	/* Told how far loading, attaching, detaching are, @what of them; may be NULL. */
	void (*progress)(void *ctx, const char *what, unsigned int done, unsigned int total);
	void *progress_ctx;
};

/*
 * @events, @kbtf and what @opts points to outlive the attach. Returns 0 or a negative errno with a
 * message in @diag. What a pattern matches and cannot be attached to is left out, which is said; of
 * one that shares nothing need be left.
 */
int attach__new(const struct attach_opts *opts, struct event_list *events, struct kbtf *kbtf,
		struct attach **out, struct diag *diag);
int attach__load(struct attach *attach, struct diag *diag);
int attach__attach(struct attach *attach, struct diag *diag);

/* Sets what is recorded of task @tid: one of BS_TASK_*. Returns 0 or a negative errno. */
int attach__set_task(struct attach *attach, pid_t tid, uint32_t state);

void attach__enable(struct attach *attach, bool on);

/* Appends the functions of event @index and how they got attached: "f g by fentry; h by kprobe". */
void attach__describe(const struct attach *attach, unsigned int index, struct buf *out);

/* Whether functions of @module are attached to, and how many, which takes longer. */
bool attach__has_module(const struct attach *attach, const char *module);
unsigned int attach__nr_funcs(const struct attach *attach, const char *module);

/* Called for each record in the ring; a negative return ends the draining and is passed on. */
typedef int (*attach_record_fn)(void *ctx, const void *record, size_t size);

/* Sets who gets the records. Returns 0 or a negative errno. */
int attach__set_consumer(struct attach *attach, attach_record_fn fn, void *ctx);

/* Hands over what is in the ring now. Returns the number of records or a negative errno. */
int attach__drain(struct attach *attach);

/*
 * For epoll(7): an edge says that the ring is getting full. It is readable whenever it is not
 * empty.
 */
int attach__wakeup_fd(const struct attach *attach);

/* What was lost of event @index so far. */
struct bs_counters attach__counters(const struct attach *attach, unsigned int index);

/*
 * What was counted so far of the function that is number @func of event @index, on @cpu: a struct
 * bs_cell, and the event's figures where event.stat says. It changes meanwhile;
 * extremes can be set to 0, to begin anew. NULL: the function is
 * not attached to, or there is no such CPU; attach__why_not() appends the reason for the former.
 */
struct bs_cell *attach__cell(const struct attach *attach, unsigned int index, unsigned int func,
			     unsigned int cpu);
void attach__why_not(const struct attach *attach, unsigned int index, unsigned int func,
		     struct buf *out);

/* Calls of what is counted that have not returned, or not been seen to. Sessions don't tell. */
uint64_t attach__nr_open(const struct attach *attach);

/* Objects that were not followed, for there were too many (attach_opts.track_max) already. */
uint64_t attach__untracked(const struct attach *attach);

/*
 * How often the kernel did not run event @index's programs: because they were running already, or
 * because a kretprobe follows only so many calls at a time (kernel/kprobes.c: 10, or twice the
 * number of CPUs; of these the ones whose threads are gone). To be asked when recording is over.
 */
uint64_t attach__missed(struct attach *attach, unsigned int index);

/* After this no program runs any more; what is in the ring can still be drained. */
void attach__detach(struct attach *attach);

/* Lets go of the functions of @module, which was unloaded. */
void attach__detach_module(struct attach *attach, const char *module);

void attach__free(struct attach *attach);

#endif
