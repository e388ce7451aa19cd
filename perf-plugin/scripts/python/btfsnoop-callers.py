# Who called the functions that perf btfsnoop record -g traced, and how long that took.
# SPDX-License-Identifier: GPL-2.0-only
#
#	perf script record btfsnoop-callers ['SPEC'...] [COMMAND...]
#	perf script report btfsnoop-callers [COMM]

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[0])))
from btfsnoop_calls import Calls

only_comm = sys.argv[1] if len(sys.argv) > 1 else None
nr = {}			# by function and caller
total = {}		# by the same: nanoseconds, of calls whose return was recorded


def count(call, calls, ns):
	if call.caller() and (not only_comm or call.comm == only_comm):
		key = (call.func, call.caller())
		nr[key] = nr.get(key, 0) + calls
		total[key] = total.get(key, 0) + ns


def on_entry(call):
	call.counted = True
	count(call, 1, 0)


def on_return(call):
	count(call, 0 if hasattr(call, "counted") else 1, call.duration or 0)


calls = Calls(on_entry, on_return)


def trace_begin():
	pass


def trace_unhandled(event_name, context, fields, sample=None):
	calls.event(event_name, fields, sample)


def trace_end():
	if not nr:
		print("no callers: record call chains, as with -g -f 'vfs_read(return)'")
		return
	row = "%-32s %-32s %8s %14s"
	print(row % ("function", "called from", "calls", "total"))
	for key, count in sorted(nr.items(), key=lambda item: (-item[1], item[0])):
		print(row % (key + (count, "%.3f us" % (total[key] / 1000.0))))
