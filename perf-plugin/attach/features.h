/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the running kernel can do, found out by having it do it: never by its version, as features
 * are backported and configured out.
 */
#ifndef BTFSNOOP_ATTACH_FEATURES_H
#define BTFSNOOP_ATTACH_FEATURES_H

#include <stdbool.h>

#include "../types/kbtf.h"
#include "attach.h"

/* The backends by their numbers, then what else recording needs or makes use of. */
enum feature {
	FEATURE_BTF = NR_BACKENDS,
	FEATURE_RING,		/* BPF ring buffer (5.8) */
	FEATURE_COOKIE,		/* attach cookies of fentry (6.0): functions with events of their
				 * own share programs */
	FEATURE_SESSION,	/* the kernel functions that sessions call (6.10) */
	FEATURE_CAST,		/* bpf_rdonly_cast() (6.2): members are read by plain loads */
	FEATURE_ADDRESSES,	/* /proc/kallsyms shows addresses */
	FEATURE_FUNCTIONS,	/* available_filter_functions can be read */
	NR_FEATURES,
};

struct features;

struct feature_result {
	const char *name;
	int err;		/* 0: yes; else the negative errno that said no */
	const char *how;	/* it was probed */
	const char *function;	/* it was tried with, NULL: none */
};

/*
 * Nothing is probed yet. @attach: functions are attached to for a moment; without, a backend that
 * loads, and whose link is refused for the right reason, counts. @kbtf outlives it. Returns 0 or
 * -ENOMEM.
 */
int features__new(struct kbtf *kbtf, bool attach, struct features **out);
void features__free(struct features *features);

/* Probed when first asked; @feature can also be one of enum backend_choice. */
const struct feature_result *features__get(struct features *features, int feature);
bool features__has(struct features *features, int feature);

#endif
