/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events of -e, from the text to what the kernel records of them:
 *
 *	evlist__new()		nothing yet
 *	evlist__parse()		a text, any number of times; evlist__add_filter() for the last one's
 *	evlist__configure()	how often they are sampled, and with what
 *	evlist__open()		in the kernel, not enabled
 *	evlist__foreign()	for the file that their records go into
 *	evlist__enable()	on and off
 *	evlist__drain()		what has come since the last time
 */
#ifndef BTFSNOOP_EVENTS_EVLIST_H
#define BTFSNOOP_EVENTS_EVLIST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "../perfdata/writer.h"
#include "../util/diag.h"
#include "evsel.h"

struct evlist;

/* Where the system's files are; a test has its own. NULL members: where they usually are. */
struct evlist_roots {
	const char *sysfs;		/* "/sys" */
	const char *tracefs;		/* "/sys/kernel/tracing" */
};

/* NULL without memory. */
struct evlist *evlist__new(const struct evlist_roots *roots);
void evlist__free(struct evlist *list);

unsigned int evlist__nr(const struct evlist *list);
const struct evsel *evlist__at(const struct evlist *list, unsigned int index);

/*
 * Adds the events that @text names, in perf's way (perf-list(1)). Returns 0, or -EINVAL, -ENOENT,
 * -EACCES, -ENOMEM with a message and its place in @diag, for event_error__print().
 */
int evlist__parse(struct evlist *list, const char *text, struct diag *diag);

/* Forgets all events. */
void evlist__clear(struct evlist *list);

/*
 * Only such of the last text's tracepoints as the kernel's own filter @filter is true for. -EINVAL
 * with a message in @diag where there is a last event that is no tracepoint.
 */
int evlist__add_filter(struct evlist *list, const char *filter, struct diag *diag);

/* The last text's events have none. */
void evlist__forget_filters(struct evlist *list);

/* All tracepoints leave out what process @pid does. */
int evlist__exclude_process(struct evlist *list, pid_t pid);

#define EVLIST_DEFAULT_FREQ	4000

struct evlist_sampling {
	uint64_t period;		/* occurrences from one sample to the next; 0: not given */
	uint64_t freq;			/* samples a second instead; 0: not given */
	clockid_t clockid;
	bool chains;
	unsigned int max_stack;		/* frames, 0: the kernel's default */
	bool no_kernel_chain;
	bool no_user_chain;
};

/*
 * Neither @period nor @freq: each occurrence of a tracepoint and a breakpoint, EVLIST_DEFAULT_FREQ
 * of all others. @freq says nothing about tracepoints and breakpoints: unlike perf, which would
 * leave out most of them.
 */
void evlist__configure(struct evlist *list, const struct evlist_sampling *sampling);

/* Whether samples have call chains: then all have, if not all have frames. */
bool evlist__has_chains(const struct evlist *list);

struct evlist_target {
	const pid_t *tids;		/* the tasks; nr_tids 0: all */
	unsigned int nr_tids;
	bool inherit;			/* and their children */
	bool enable_on_exec;		/* once the only task calls exec, and not before */
	const uint64_t *cpus;		/* bits, 64 to a word; NULL: all */
	unsigned int nr_cpus;		/* bits in there */
	int cgroup_fd;			/* tasks of this cgroup alone; -1: any */
	size_t ring_size;		/* of each CPU: a power of two */
};

/*
 * Opens them. What the kernel doesn't want as it was asked for is asked for with less, as perf does
 * (and says at -v). Returns 0 or a negative errno with a message in @diag: perf's words.
 */
int evlist__open(struct evlist *list, const struct evlist_target *target, struct diag *diag);

/* What a file has to say about them; *@foreign lives as long as the list. Returns 0 or -ENOMEM. */
int evlist__foreign(struct evlist *list, const struct perfdata_foreign **foreign, unsigned int *nr);

/* With enable_on_exec the first time says nothing: the kernel does it. */
void evlist__enable(struct evlist *list, bool on);

/* Has the rings wake @epoll_fd (edges, with data @data) when they are half full. */
int evlist__watch(struct evlist *list, int epoll_fd, int data);

/*
 * A record out of the rings, whole, as the kernel wrote it. @time is a sample's, ns by the clock
 * configured; 0 of other records.
 */
typedef int (*evlist_take_fn)(void *ctx, const struct perf_event_header *record, uint64_t time);

/* Hands on what has come. Returns 0, -ENOMEM or what @take returned other than 0. */
int evlist__drain(struct evlist *list, evlist_take_fn take, void *ctx);

/*
 * To be called when all is drained: what the rings had no room for and no PERF_RECORD_LOST has said
 * (the kernel writes one with the next record that fits) comes to @out, as PERF_RECORD_LOST_SAMPLES
 * of @time. Returns how many samples were lost in all.
 */
uint64_t evlist__add_lost(struct evlist *list, uint64_t time, struct buf *out);

#endif
