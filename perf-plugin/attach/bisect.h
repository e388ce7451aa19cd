/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes links of many functions. The kernel takes all of a link's functions or none, and does not say
 * which one it refuses: that is found by halves, in about log2(n) failing calls for each.
 */
#ifndef BTFSNOOP_ATTACH_BISECT_H
#define BTFSNOOP_ATTACH_BISECT_H

#include <stdbool.h>

struct bisect_ops {
	/* Links functions @first to @first + @nr - 1. Returns 0 or the kernel's negative errno. */
	int (*link)(void *ctx, unsigned int first, unsigned int nr);
	/* These cannot be linked. */
	void (*refuse)(void *ctx, unsigned int first, unsigned int nr, int err);
	/* Asked before each link: true gives up. May be NULL. */
	bool (*stop)(void *ctx);
};

/*
 * Links functions 0 to @nr - 1, @batch at a time at most. What is not for one function alone
 * (-EPERM, no more files ...) refuses all that is left; -ENOMEM means smaller batches. Returns 0, or
 * -EINTR when stopped: then some are neither linked nor refused.
 */
int bisect__link(const struct bisect_ops *ops, void *ctx, unsigned int nr, unsigned int batch);

#endif
