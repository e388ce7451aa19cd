/* SPDX-License-Identifier: GPL-2.0-only */
/* What a way of attaching has to offer. Only attach.c and the backends include this. */
#ifndef BTFSNOOP_ATTACH_BACKEND_H
#define BTFSNOOP_ATTACH_BACKEND_H

#include "programs.h"

/* The entry side's program and the return side's; an event without a return has but the first. */
enum { SIDE_ENTRY, SIDE_RETURN, NR_SIDES };

struct backend;

/* One event's programs at one function. */
struct probe {
	const struct backend *backend;
	struct event *event;
	struct loaded_plan plan;
	int prog_fds[NR_SIDES];	/* -1: none */
	int link_fds[NR_SIDES];
	int perf_fds[NR_SIDES];	/* a kprobe's perf event, which its link hangs on */
};

struct backend {
	const char *name;	/* of an event that has only an entry side */
	const char *paired_name;
	/* Gives the probe's programs to the verifier. Returns 0 or a negative errno. */
	int (*load)(struct probe *probe, struct programs *programs, struct kbtf *kbtf);
	int (*attach)(struct probe *probe);
};

extern const struct backend backend__tracing;
extern const struct backend backend__kprobe;
extern const struct backend backend__tracepoint;

#endif
