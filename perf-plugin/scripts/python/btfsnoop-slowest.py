# The calls that took longest, with what they were called and what they returned.
# SPDX-License-Identifier: GPL-2.0-only
#
#	perf script record btfsnoop-slowest ['SPEC'...] [COMMAND...]
#	perf script report btfsnoop-slowest [NUMBER]

import heapq
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[0])))
from btfsnoop_calls import Calls

wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 20
calls = Calls()
slowest = []		# a heap of (duration, number, Call), the quickest of them first
number = 0


def trace_begin():
	pass


def trace_unhandled(event_name, context, fields, sample=None):
	global number
	call = calls.event(event_name, fields, sample)
	if not call or call.duration is None:
		return
	number += 1
	entry = (call.duration, -number, call)
	if len(slowest) < wanted:
		heapq.heappush(slowest, entry)
	elif slowest:
		heapq.heappushpop(slowest, entry)


def trace_end():
	if not slowest:
		print("no durations: record returns, as with -f 'vfs_read(return)'")
		return
	row = "%14s %17s %-16s %7s  %s"
	print(row % ("duration", "began at", "comm", "tid", "call"))
	for duration, _, call in sorted(slowest, reverse=True):
		print(row % ("%.3f us" % (duration / 1000.0), "%.6f" % (call.begin / 1e9), call.comm,
			     call.tid, call.text()))
	print("%d calls" % number)
