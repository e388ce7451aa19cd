/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Samples with call chains. The programs leave a sample's chain behind it (bpf/plan.h, BS_CHAIN_*);
 * in a file it stands before the raw data (include/uapi/linux/perf_event.h, PERF_RECORD_SAMPLE).
 */
#ifndef BTFSNOOP_RECORD_CHAIN_H
#define BTFSNOOP_RECORD_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#include "../../bpf/plan.h"
#include "../util/diag.h"

/* What is recorded of them. */
struct chain_opts {
	bool kernel;
	bool user;
	unsigned int max_stack;		/* frames of both together, BS_MAX_CHAIN at most */
};

static inline bool chain_opts__any(const struct chain_opts *opts)
{
	return opts->kernel || opts->user;
}

struct chain;

/*
 * @opts that ask for none: each sample gets a chain of no frames. Returns 0 or a negative errno with
 * a message in @diag.
 */
int chain__new(const struct chain_opts *opts, struct chain **out, struct diag *diag);
void chain__free(struct chain *chain);

#define CHAIN_PIECES	3

/*
 * Puts @sample, or what became of it, and its chain into order, which is behind the sample in the
 * @record of the ring, @size bytes. @pieces are the whole sample's bytes then, valid until the next
 * call and no longer than @record is. A chain that would make it too long for a record is cut
 * at its end. Returns 0, or -EIO for a record that cannot be.
 *
 * The chain of a tracepoint starts where the tracepoint stands: what called the program is left out.
 * So are trampolines, which functions that are traced are called from.
 */
int chain__splice(struct chain *chain, const struct bs_sample *sample, const void *record,
		  size_t size, struct iovec pieces[CHAIN_PIECES]);

#endif
