#!/bin/bash
# perf report's browser: events, values, tasks, header, help, a filter
# SPDX-License-Identifier: GPL-2.0-only

. "$TESTS/lib/tui.sh"

tui_start 120x30 "perf report -i $KEPT/everything.data"
expect "Available samples" "2 btfsnoop:ip_send_skb" "2 btfsnoop:ip_send_skb__return"
keys Enter
expect "Samples: 2  of event 'btfsnoop:ip_send_skb', Event count (approx.): 2" "100.00%" "skb=0xffff"
keys Tab
expect "of event 'btfsnoop:ip_send_skb__return'" "retval=0 duration="
keys a
expect "Annotation is only available for symbolic views"
keys Escape
expect_not "Annotation"
keys i
expect "# hostname : guest" "# nrcpus online : 2"
keys Escape
expect "retval=0"
keys h
expect "Switch events"
keys Escape
expect_not "Switch events"
keys / n o n e Enter
keys Enter
keys q q q q
expect_exit 0

# By names: zoom into a task, and symbols.
tui_start 120x30 "perf report $SYMBOLS -i $KEPT/both.data -s comm,sym,retval"
expect "of event 'btfsnoop:ip_send_skb__return'" "100.00%  udpsend  [k] ip_send_skb"
keys Enter
expect "Zoom into udpsend thread"
keys Down Enter
expect "Thread: udpsend"
keys Left
keys q q
expect_exit 0
