/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions that a spec's patterns match, and why some of them are not traced. Three steps,
 * each of which leaves some out: survey__new(), survey__judge(), survey__type().
 */
#ifndef BTFSNOOP_RECORD_SURVEY_H
#define BTFSNOOP_RECORD_SURVEY_H

#include <stddef.h>

#include "../attach/traceable.h"
#include "../spec/spec.h"
#include "../types/kbtf.h"
#include "../types/matcher.h"
#include "../types/typed.h"
#include "../types/wants.h"
#include "../util/buf.h"
#include "../util/diag.h"

/* A reason to leave functions out. */
struct survey_reason {
	char *text;		/* "without 'sk'", or what the type checker said */
	bool is_message;	/* the latter */
	unsigned int nr;	/* functions left out for it */
	struct diag diag;	/* of a message: of the first function it was about */
};

struct surveyed {
	struct kfunc func;	/* not in BTF: name and module only */
	bool in_btf;
	int reason;		/* index into survey.reasons; -1: it is traced */
	char *detail;		/* more about it; NULL */
};

struct survey {
	const struct spec *spec;
	struct kbtf *kbtf;
	const char *module;	/* only of this one; NULL: of those that the spec says */
	struct matcher *matcher;
	struct wants wants;
	struct surveyed *funcs;	/* sorted by name, then the kernel's own first */
	size_t nr, cap;
	const char *last_name, *last_module;	/* what was seen last */
	size_t nr_by_name;	/* how many there were before types chose among them */
	bool in_modules;	/* the kernel proper has none, all modules were looked through */
	struct survey_reason *reasons;
	unsigned int nr_reasons;
	/* Told how far the typing is; NULL, unless somebody sets it. */
	void (*progress)(void *ctx, const char *what, unsigned int done, unsigned int total);
	void *progress_ctx;
};

/*
 * Finds the functions of @kbtf that @spec's patterns and types mean; without a module in @spec the
 * kernel's own, or where it has none those of all modules; with a @module only those of this one.
 * @vmlinux: where source files are looked up, NULL for the usual places. Returns 0, -ENOENT where
 * nothing matches, or another negative errno, with a message in @diag.
 */
int survey__new(const struct spec *spec, struct kbtf *kbtf, const char *module,
		const char *vmlinux, struct survey **out, struct diag *diag);
void survey__free(struct survey *survey);

/*
 * Leaves out what the kernel does not let be traced, and what lacks parameters that values name;
 * adds what BTF lacks, left out. Without @traceable (NULL) attaching will tell what the kernel does
 * not let be traced. Returns 0 or -ENOMEM.
 */
int survey__judge(struct survey *survey, const struct traceable *traceable);

/*
 * Types the spec for every function that is left and calls @fn with it, in their order. What can't
 * be typed is left out, and what @fn refuses with -EINVAL, -ENOENT or -E2BIG and a message in the
 * diag it is given; another error of @fn ends the walk and is returned. @fn may be NULL.
 * Returns 0; -ENOENT with a message in @diag where nothing is left, -EINVAL where none could be.
 */
typedef int (*survey_fn)(struct typed_spec *typed, void *ctx, struct diag *diag);
int survey__type(struct survey *survey, survey_fn fn, void *ctx, struct diag *diag);

/* Appends "tcp_*: 312 functions match, 287 are traced (12 notrace, 9 without 'sk')". */
void survey__sum_up(const struct survey *survey, struct buf *out);

/* Why @func is left out, NULL: it is traced. Its detail, if there is one, says more. */
const char *survey__why(const struct survey *survey, const struct surveyed *func);

#endif
