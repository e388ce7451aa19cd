/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * perf btfsnoop stat --hist: which values of which specs have a histogram.
 *
 * The value is one that specs name, by its name or as it is written there; then it is that of all
 * of them. "dur", "duration" and "return" are of all functions. Anything else becomes one more
 * value of the -f before it, or of the first one.
 */
#ifndef BTFSNOOP_STAT_HISTS_H
#define BTFSNOOP_STAT_HISTS_H

#include "cli/options.h"
#include "record/texts.h"

struct stat_hist {
	const char *text;
	unsigned int nr_specs;		/* that came before it */
};

struct stat_wanted {
	unsigned int spec;
	char *item;
};

struct stat_hists {
	const struct texts *texts;	/* where specs are counted */
	struct stat_hist *list;
	unsigned int nr;
	struct stat_wanted *wanted;
	unsigned int nr_wanted;
	char **spec_texts;		/* that values were added to */
	unsigned int nr_spec_texts;
	struct spec *const *specs;	/* set by the command when they are parsed */
};

/* The option's callback; its value is the hists, whose texts are set. */
int stat_hists__keep(const struct option *opt, const char *arg, bool unset);

/* Adds to the specs in @texts what they lack. Returns 0 or -ENOMEM. */
int stat_hists__apply(struct stat_hists *hists, struct texts *texts);

/* As stat_opts.has_hist; @ctx is the hists. */
bool stat_hists__has(const void *ctx, const struct spec *spec, const char *item);

void stat_hists__exit(struct stat_hists *hists);

#endif
