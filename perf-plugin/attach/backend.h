/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a way of attaching has to offer, and what it works on. Only this directory's files include
 * this.
 */
#ifndef BTFSNOOP_ATTACH_BACKEND_H
#define BTFSNOOP_ATTACH_BACKEND_H

#include "programs.h"

/* The entry side's program and the return side's; an event without a return has but the first. */
enum { SIDE_ENTRY, SIDE_RETURN, NR_SIDES };

/* What the programs that follow a plan do. */
enum plan_role {
	ROLE_ENTRY,		/* raise an event at the entry, */
	ROLE_CALL,		/* at the return, with what was seen at the entry */
	ROLE_STEP,		/* note that a function of the sequence is entered and left */
	NR_ROLES,
};

/* A plan in the kernel, for all functions that follow it. */
struct shared_plan {
	struct loaded_plan loaded;
	enum plan_role role;
	const struct event *event;	/* NULL: a step */
	uint32_t index;			/* the event's */
	const struct bs_plan *plan;	/* one of the event's; a step's is made when it is loaded */
	unsigned int step;		/* the functions' place in the sequence; 0: none */
	unsigned int nr_funcs;
	uint64_t ip;			/* of the only function; 0: there are several, or hidden */
	int kprobe_fds[NR_SIDES];	/* programs that all its kprobes run; -1: none */
	int kprobe_err;			/* why there are none; 0: not tried */
};

/* The BTF objects of modules that functions are in; held, so that their ids stay valid. */
struct module_fd {
	const struct btf *btf;
	int fd;
};

/* What all probes of a recording have in common. */
struct probe_env {
	struct programs *programs;
	struct kbtf *kbtf;
	enum backend_choice choice;
	const struct probe_list *list;
	struct module_fd *modules;
	unsigned int nr_modules;
	int pmu_type;			/* of kprobes, */
	int pmu_retprobe_bit;		/* in perf_event_attr.config; or negative errnos */
};

struct backend;

/* The programs of a plan at one function. */
struct probe {
	const struct backend *backend;	/* NULL: none does */
	struct shared_plan *plan;
	const struct kfunc *func;
	uint64_t addr;			/* 0: not known */
	bool by_address;		/* the name alone does not tell which function is meant */
	int prog_fds[NR_SIDES];		/* of its own; -1: none */
	int link_fds[NR_SIDES];
	int tracing_err, kprobe_err;	/* why these do not; 0: not tried */
};

struct backend {
	const char *name;	/* of a probe that has only an entry side */
	const char *paired_name;
	/* Gives the probe's programs to the verifier. Returns 0 or a negative errno. */
	int (*load)(struct probe *probe, struct probe_env *env);
	/* Attaches what is not attached yet. */
	int (*attach)(struct probe *probe, struct probe_env *env);
	/* Where only attaching tells whether the function can be: a part of it. NULL: loading does. */
	int (*attach_early)(struct probe *probe, struct probe_env *env);
};

extern const struct backend backend__tracing;
extern const struct backend backend__kprobe;
extern const struct backend backend__tracepoint;

/* What the program of one side is; NR_PROGRAM_FORMS: there is none. */
enum program_form shared_plan__form(const struct shared_plan *plan, int side);

/* Looks for the kernel's kprobe PMU. */
void probe_env__find_pmu(struct probe_env *env);

#endif
