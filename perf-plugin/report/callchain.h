/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Call chains of samples: as places in code, and put together as trees, which is what report -g
 * shows below an entry.
 */
#ifndef BTFSNOOP_REPORT_CALLCHAIN_H
#define BTFSNOOP_REPORT_CALLCHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "../util/buf.h"
#include "../util/diag.h"
#include "input.h"
#include "maps.h"

/* The places of one chain, the innermost first; reused from sample to sample. */
struct chain {
	struct place *places;
	unsigned int nr;
	unsigned int cap;
};

#define CHAIN_INIT { 0 }

/*
 * The chain of @sample, up to @max places (0: all). Without the marks between the kernel's part and
 * the program's; frames of BPF programs and their trampolines, which the kernel puts in front when
 * a program took the sample, are no part of it. Returns 0 or -ENOMEM.
 */
int chain__read(struct chain *chain, struct input *input, const struct perfdata_sample *sample,
		unsigned int max);
void chain__exit(struct chain *chain);

/* Appends "sym+0x1c (dso)". */
void place__add(const struct place *place, struct buf *out);

/* Appends what perf script shows of a chain, a line for each place: "\tADDR sym+0x1c (dso)\n". */
void chain__lines(const struct chain *chain, struct buf *out);

enum callchain_mode {
	CALLCHAIN_GRAPH,	/* shares are of all samples */
	CALLCHAIN_FRACTAL,	/* of what is above */
	CALLCHAIN_FLAT,		/* each chain by itself */
	CALLCHAIN_FOLDED,	/* the same in one line */
	CALLCHAIN_NONE,
};

enum callchain_order {
	CALLCHAIN_UNSET,	/* CALLER with --children, else CALLEE, as perf has it */
	CALLCHAIN_CALLEE,	/* the entry's function first, then who called it */
	CALLCHAIN_CALLER,	/* the outermost function first; of a caller what it called */
};

struct callchain_opts {
	enum callchain_mode mode;
	enum callchain_order order;
	double min_percent;	/* what is below is not shown */
	unsigned int max_depth;	/* places of a chain, 0: all */
	bool skip_first;	/* in graphs: the entry's function, which stands in the entry */
};

#define CALLCHAIN_OPTS_DEFAULT { .min_percent = 0.5 }

/*
 * Reads the argument of -g as perf does: "graph,0.5,caller": mode, least percentage, order (caller,
 * callee); NULL: leaves @opts as they are. Returns 0 or -EINVAL with a message in @diag.
 */
int callchain_opts__parse(const char *text, struct callchain_opts *opts, struct diag *diag);

/* The chains of an entry's samples. */
struct callchain;

/* Returns 0 or -ENOMEM. */
int callchain__new(struct input *input, const struct callchain_opts *opts,
		   struct callchain **out);
void callchain__free(struct callchain *callchain);

/*
 * Adds the chain of @sample, if it has one, by its period; @from is which place of it, as
 * chain__read() has them, the entry's function is: 0, but of those that --children adds. Returns 0
 * or -ENOMEM.
 */
int callchain__add(struct callchain *callchain, const struct perfdata_sample *sample,
		   unsigned int from);

/*
 * Appends the tree as perf report --stdio prints it. Shares are of @total, the period of all
 * samples (CALLCHAIN_FRACTAL: of the entry's own). Returns 0 or -ENOMEM.
 */
int callchain__print(struct callchain *callchain, uint64_t total, struct buf *out);

#endif
