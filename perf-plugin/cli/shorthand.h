/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options that are short for a filter: their argument becomes the filter's text, appended to
 * @filter. Both return 0, or -EINVAL or -ERANGE with what is wrong in @diag (its span counts from the start
 * of the argument).
 */
#ifndef BTFSNOOP_CLI_SHORTHAND_H
#define BTFSNOOP_CLI_SHORTHAND_H

#include "../util/buf.h"
#include "../util/diag.h"

/* "nginx*,sshd": comm() ~ "nginx*" || comm() == "sshd" */
int shorthand__comm(const char *list, struct buf *filter, struct diag *diag);

/*
 * ">10ms", ">=1.5s", "<100us", "<= 1s": duration() > 10000000; "1ms..10ms": both of them and what
 * is between. A time alone is as with perf trace: longer than that, and its unit milliseconds if it
 * has none.
 */
int shorthand__duration(const char *range, struct buf *filter, struct diag *diag);

#endif
