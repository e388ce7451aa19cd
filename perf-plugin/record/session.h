/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One recording, from specs to a finished file: resolves the specs, makes the events, attaches
 * them, moves records from the rings into the perf.data until something ends it.
 */
#ifndef BTFSNOOP_RECORD_SESSION_H
#define BTFSNOOP_RECORD_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "../attach/attach.h"
#include "../events/evlist.h"
#include "../plan/event.h"
#include "../spec/spec.h"
#include "flight.h"
#include "chain.h"
#include "target.h"

/* A span of time, from the start on, in which events are recorded (-D). */
struct session_window {
	uint64_t from_ns;
	uint64_t to_ns;		/* UINT64_MAX: to the end */
};

/* Which specs are about functions of modules that come while recording, too. */
enum follow_modules {
	FOLLOW_GLOBS,		/* those whose module is a glob, "*:" */
	FOLLOW_NOTHING,
	FOLLOW_ALL,
};

struct session_opts {
	struct spec *const *specs;
	unsigned int nr_specs;
	enum follow_modules follow_modules;
	const char *vmlinux;		/* where source files are looked up; NULL: as usual */
	const char *path;		/* of the file; "-" stdout */
	int fd;				/* a pipe to write to instead; 0: none */
	void (*completed)(void *ctx, const char *path);	/* as perfdata_writer_opts has it */
	void *completed_ctx;
	pid_t reader;			/* who shows it while it comes; 0: nobody */
	int argc;			/* the command line, for the file's header */
	const char **argv;
	bool system_wide;
	struct target *target;		/* tasks; none and not system_wide: the workload alone */
	bool follow;			/* record the children of tasks too */
	const uint64_t *cpus;		/* BS_MAX_CPUS bits; NULL: all */
	bool by_uid;
	uint32_t uid;
	bool exclude_self;		/* and the reader */
	const char *cgroup;		/* cgroup__open() says what paths; NULL: any */
	char *const *stack_has;		/* functions that have to be on the call chain */
	unsigned int nr_stack_has;	/* BS_MAX_STACK_HAS at most */
	char *const *sequence;		/* functions that a task has to be in, in this order */
	unsigned int nr_sequence;	/* BS_MAX_SEQUENCE at most */
	struct track_what *track;	/* what is followed; NULL: nothing */
	char *const *track_until;	/* functions where that ends, too */
	unsigned int nr_track_until;
	uint32_t track_max;		/* objects at a time */
	unsigned int nr_common;		/* filters that all specs have */
	struct evlist *evlist;		/* other events, configured; NULL or empty: none */
	struct chain_opts chains;
	clockid_t clockid;
	uint32_t ring_size;		/* bytes */
	struct event_opts event_opts;
	uint64_t max_events;		/* 0: no limit */
	uint64_t max_size;		/* bytes of a file; 0: no limit */
	const struct session_window *windows;	/* ascending; none: always */
	unsigned int nr_windows;
	enum backend_choice backend;
	const struct flight_opts *flight;	/* NULL: nothing but one file */
	char *const *workload;		/* NULL: none */
	bool dry_run;			/* up to the plans, nothing is attached */
};

struct session_result {
	uint64_t nr_samples;
	uint64_t size;			/* bytes of the file */
	uint64_t nr_wakeups;		/* times the rings were drained */
	uint64_t lost_ring;		/* samples for which the ring had no room */
	uint64_t lost_perf;		/* samples of -e for which theirs had none */
	uint64_t lost_slot;		/* calls that were given up for newer ones */
	uint64_t missed;		/* program runs the kernel suppressed as recursion */
	uint64_t untracked;		/* objects that were not followed: there were too many */
	unsigned int nr_files;		/* that were written, */
	unsigned int nr_failed;		/* and those that could not be */
	uint64_t nr_triggered;		/* events that were triggers */
	uint64_t nr_written;		/* samples in all files */
	bool hit_max_size;
	int exit_status;		/* of the workload, or 128 + the signal that ended it all */
};

/*
 * Runs the recording. Returns 0 or a negative errno with a message in @diag; *@failed is then the
 * spec whose text the message's place refers to, or NULL. Signals are blocked meanwhile.
 */
int session__run(const struct session_opts *opts, struct session_result *result,
		 const struct spec **failed, struct diag *diag);

#endif
