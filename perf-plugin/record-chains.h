/* SPDX-License-Identifier: GPL-2.0-only */
/* -g and the other options of call chains. */
#ifndef BTFSNOOP_RECORD_CHAINS_H
#define BTFSNOOP_RECORD_CHAINS_H

#include "cli/options.h"
#include "record/chain.h"

/* What they say. */
struct record_chains {
	bool wanted;			/* -g */
	const char *mode;		/* --call-graph */
	bool kernel;
	bool user;
	const char *max_stack;
};

#define RECORD_CHAINS_OPTIONS(c)							\
	OPT_BOOLEAN('g', NULL, &(c)->wanted, "record call chains"),			\
	OPT_STRING(0, "call-graph", &(c)->mode, "mode[,frames]",			\
		   "record call chains: fp, by frame pointers, so many frames at most"),	\
	OPT_BOOLEAN(0, "kernel-callchains", &(c)->kernel, "of the kernel only"),	\
	OPT_BOOLEAN(0, "user-callchains", &(c)->user, "of user space only"),		\
	OPT_STRING(0, "max-stack", &(c)->max_stack, "frames",				\
		   "frames of a call chain at most (the kernel's limit, 127)")

/* Fills @opts. Returns 0, or -EINVAL after what is wrong was printed. */
int record_chains__choose(const struct record_chains *chains, struct chain_opts *opts);

#endif
