/* SPDX-License-Identifier: GPL-2.0-only */
/* Strings and globs as what the BPF program compares with: struct bs_match, bpf/plan.h. */
#ifndef BTFSNOOP_PLAN_MATCH_H
#define BTFSNOOP_PLAN_MATCH_H

#include <stdbool.h>

#include "../../bpf/plan.h"

/* The string of @len bytes itself. Returns 0, -E2BIG for more than BS_MAX_MATCH_LEN. */
int match__string(const char *string, unsigned int len, struct bs_match *match);

/*
 * A glob as perf has them: * any characters, ? one, [a-z] and [!a-z] one of these or one that is
 * none of them (a ']' that comes first is one of them), \ takes the next character as it is.
 * Returns 0, -E2BIG for more than BS_MAX_MATCH_LEN elements, -EINVAL for a [ without its ], a range whose ends
 * are the wrong way round, a \ with nothing behind it.
 */
int match__glob(const char *glob, unsigned int len, struct bs_match *match);

/* Whether @match knows the string of @len bytes, as the BPF program finds out. */
bool match__test(const struct bs_match *match, const char *string, unsigned int len);

#endif
