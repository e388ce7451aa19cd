/* SPDX-License-Identifier: GPL-2.0-only */
/* How a spec that has been begun can go on: for a shell's completion. */
#ifndef BTFSNOOP_TYPES_COMPLETE_H
#define BTFSNOOP_TYPES_COMPLETE_H

#include "kbtf.h"

/* Called with @text and one way to end its last word; returns 0 to go on. */
typedef int (*complete_fn)(const char *text, void *ctx);

/*
 * Calls @fn for each way to go on with @text, the beginning of a spec:
 *
 *	tcp_se			functions, tp:sched_ tracepoints, nf_tables:nft_ a module's functions
 *	tcp_sendmsg(s		the function's parameters, and return
 *	tcp_sendmsg(sk->sk_	members of what it points to; anonymous structs' are their own
 *	f((struct sock *)->	members of a type
 *
 * Nothing is said about what can't be gone on with. Returns 0, what @fn returned, or a negative
 * errno.
 */
int complete__spec(struct kbtf *kbtf, const char *text, complete_fn fn, void *ctx);

#endif
