/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records as JSON, an object a line:
 *
 *	{"event":"btfsnoop:ip_send_skb","function":"ip_send_skb","comm":"ping","pid":4242,
 *	 "tid":4242,"cpu":1,"time":5251.123456789,"fields":{"skb":"0xffff888103b1c000",
 *	 "skb->len":84,"skb->dev->name":null},"status":{"skb->dev->name":"null"}}
 */
#ifndef BTFSNOOP_REPORT_JSON_H
#define BTFSNOOP_REPORT_JSON_H

#include "shown.h"
#include "print.h"

struct json_lines;

/*
 * @shown: what of a sample is shown; NULL: all. Both and @input have to outlive it. Returns 0 or
 * -ENOMEM.
 */
int json_lines__new(struct input *input, const struct print_opts *opts, struct shown *shown,
		    struct json_lines **out);
void json_lines__free(struct json_lines *jl);

/* Appends the record's line, which gets @time (ns) as its time. Sets out->failed without memory. */
void json_lines__record(struct json_lines *jl, const struct perfdata_record *record,
			uint64_t time, struct buf *out);

#endif
