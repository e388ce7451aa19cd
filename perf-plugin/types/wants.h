/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the values of a spec ask of a function's parameters, before anything is typed: a pattern
 * means only those functions that have them.
 *
 *	tcp_*(sk, size)			parameters of these names
 *	*(struct sk_buff *)->len	a parameter of this type
 *	*(T1, T2)(return)		parameters of these types, each of its own
 */
#ifndef BTFSNOOP_TYPES_WANTS_H
#define BTFSNOOP_TYPES_WANTS_H

#include <stdbool.h>

#include "../spec/spec.h"
#include "kbtf.h"

/* A name that items or filters use, most likely a parameter's. */
struct want_name {
	const char *name;
	struct span span;	/* where it is used first, */
	const char *filter;	/* in the text of this filter; NULL: in the spec's */
	unsigned int nr_funcs;	/* that have such a parameter: wants__count() */
};

/* A type that (T) names, or the spec itself. */
struct want_type {
	const struct type_name *type;
	const char *filter;	/* as above */
	unsigned int nr_funcs;	/* that have such a parameter: wants__count_types() */
};

struct wants {
	const struct spec *spec;
	struct want_name *names;
	unsigned int nr_names;
	struct want_type *types;	/* different ones */
	unsigned int nr_types;
	bool in_triggers;		/* what is being looked through */
};

/* Looks through @spec, which outlives @wants. Returns 0 or -ENOMEM. */
int wants__new(const struct spec *spec, struct wants *wants);
void wants__exit(struct wants *wants);

/* True when the spec chooses functions by their parameters' types. */
bool wants__by_type(const struct wants *wants);

/* Whether @func has parameters of all types. */
bool wants__types_fit(const struct wants *wants, const struct kfunc *func);

/* Counts @func for those names that are a parameter of it. */
void wants__count(struct wants *wants, const struct kfunc *func);

/* Counts @func for those types of which it has a parameter: for messages, it takes a while. */
void wants__count_types(struct wants *wants, const struct kfunc *func);

/*
 * The first name that some counted function has as a parameter, but not @func; NULL: none. A name
 * that none of them has isn't missing: it may be an enumerator.
 */
const struct want_name *wants__missing(const struct wants *wants, const struct kfunc *func);

#endif
