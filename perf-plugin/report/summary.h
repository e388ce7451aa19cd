/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How often each function was called and how long that took, in the layout of perf trace -s:
 *
 *	   function            calls  errors      total       min       avg ...
 *	                                         (msec)    (msec)    (msec)
 *	   --------------- ---------  ------ ---------- --------- ---------
 *	   tcp_sendmsg            12       0      1.204     0.004     0.100
 */
#ifndef BTFSNOOP_REPORT_SUMMARY_H
#define BTFSNOOP_REPORT_SUMMARY_H

#include "../util/buf.h"
#include "input.h"

struct summary;

/* @input has to outlive it. Returns 0 or -ENOMEM. */
int summary__new(struct input *input, struct summary **out);
void summary__free(struct summary *summary);

/* Returns 0 or -ENOMEM. */
int summary__add(struct summary *summary, const struct perfdata_sample *sample);

/* Appends the table, what took longest in all first. out->failed says that memory ran out. */
void summary__print(struct summary *summary, struct buf *out);

#endif
