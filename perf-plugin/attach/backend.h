/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a way of attaching has to offer, and what it works on. Only this directory's files include
 * this.
 */
#ifndef BTFSNOOP_ATTACH_BACKEND_H
#define BTFSNOOP_ATTACH_BACKEND_H

#include "choice.h"
#include "features.h"
#include "programs.h"

/* The entry side's program and the return side's; an event without a return has but the first. */
enum { SIDE_ENTRY, SIDE_RETURN, NR_SIDES };

/* What the programs that follow a plan do. */
enum plan_role {
	ROLE_ENTRY,		/* raise an event at the entry, */
	ROLE_CALL,		/* at the return, with what was seen at the entry */
	ROLE_STEP,		/* note that a function of the sequence is entered and left, */
	ROLE_NOTE,		/* what becomes of objects that are followed */
	NR_ROLES,
};

/*
 * A plan in the kernel, for all functions that follow it. Plans of several events are one where they
 * differ in nothing but which event it is: the attach cookie then tells.
 */
struct shared_plan {
	struct loaded_plan loaded;
	enum plan_role role;
	const struct event *event;	/* NULL: a step or note; of several the first */
	const struct attach_note *note;	/* NULL: none */
	uint32_t index;			/* the event's */
	bool by_cookie;			/* there are several, or functions are counted each by
					 * itself: see probe.cookie */
	const struct bs_plan *plan;	/* one of the event's; a step's is made when it is loaded */
	unsigned int step;		/* the functions' place in the sequence; 0: none */
	unsigned int nr_funcs;
	uint64_t ip;			/* of the only function; 0: there are several, or hidden */
	int kprobe_fds[NR_SIDES];	/* programs that all its kprobes run; -1: none */
	int kprobe_err;			/* why there are none; 0: not tried */
	struct group *groups;		/* of its functions */
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
	const struct attach_opts *opts;
	struct features *features;
	struct choice choice;
	enum backend_choice orders[2][NR_BACKENDS];	/* choice__order(), of paired ones: [1] */
	unsigned int nr_orders[2];
	struct probe_list *list;
	struct module_fd *modules;
	unsigned int nr_modules;
	bool save_files;		/* programs that are linked are closed, there is no room */
	int pmu_type;			/* of kprobes, */
	int pmu_retprobe_bit;		/* in perf_event_attr.config; or negative errnos */
};

struct backend;
struct group;

/* The programs of a plan at one function. */
struct probe {
	const struct backend *backend;	/* NULL: none does */
	struct group *group;		/* whose links it is in; NULL: it has its own */
	struct shared_plan *plan;
	const struct event *event;	/* NULL: a step or note */
	uint32_t index;			/* the event's */
	uint64_t cookie;		/* for its links: how far the event is behind the plan's; where
					 * calls are counted, the function's number in the plan */
	const struct kfunc *func;
	uint64_t addr;			/* 0: not known */
	bool by_address;		/* the name alone does not tell which function is meant */
	int prog_fds[NR_SIDES];		/* of its own; -1: none */
	int link_fds[NR_SIDES];
	int errs[NR_BACKENDS];		/* why these do not; 0: not tried */
};

/* A backend attaches probes one by one, or groups of them. */
struct backend {
	enum backend_choice id;
	const char *name;	/* of a probe that has only an entry side */
	const char *paired_name;
	bool by_kprobe;		/* its programs see registers */
	bool is_session;	/* one program and link for both sides */

	/* Why it will not take the probe; 0: it will as far as is known without trying. May be NULL. */
	int (*fits)(const struct probe *probe);
	/* Gives the probe's programs to the verifier. Returns 0 or a negative errno. */
	int (*load)(struct probe *probe, struct probe_env *env);
	/* Attaches what is not attached yet. */
	int (*attach)(struct probe *probe, struct probe_env *env);
	/* Where only attaching tells whether the function can be: a part of it. NULL: loading does. */
	int (*attach_early)(struct probe *probe, struct probe_env *env);

	/* Of groups; NULL: one by one. Functions in a link at most. */
	unsigned int batch;
	bool by_btf;		/* functions of a group are in one BTF object */
	int (*load_group)(struct group *group, struct probe_env *env);
	/* Links members @first to @first + @nr - 1 to one side's program. Returns an fd or an errno. */
	int (*link)(const struct group *group, int side, unsigned int first, unsigned int nr);
};

/* By enum backend_choice. */
extern const struct backend *const backends[NR_BACKENDS];

extern const struct backend backend__fentry;
extern const struct backend backend__fsession;
extern const struct backend backend__fentry_multi;
extern const struct backend backend__fsession_multi;
extern const struct backend backend__kprobe;
extern const struct backend backend__kprobe_multi;
extern const struct backend backend__kprobe_session;
extern const struct backend backend__tp_btf;

/* What the program of one side is; NR_PROGRAM_FORMS: there is none. */
enum program_form shared_plan__form(const struct shared_plan *plan, int side);
/* The same of a program for both sides. */
enum program_form shared_plan__session_form(const struct shared_plan *plan);
bool shared_plan__is_paired(const struct shared_plan *plan);

/* Looks for the kernel's kprobe PMU. */
void probe_env__find_pmu(struct probe_env *env);

/* A perf event that is a kprobe at the probe's function. Returns an fd or a negative errno. */
int kprobe__open(const struct probe *probe, const struct probe_env *env, bool at_return);

/* The fd of a function's module's BTF, kept until the end; 0 for vmlinux, or a negative errno. */
int probe_env__btf_fd(struct probe_env *env, const struct kfunc *func);

#endif
