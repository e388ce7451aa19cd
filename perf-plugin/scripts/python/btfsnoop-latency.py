# How long the functions took that perf btfsnoop record traced.
# SPDX-License-Identifier: GPL-2.0-only
#
#	perf btfsnoop record -f 'vfs_*(return)' -- ls
#	perf script -s btfsnoop-latency.py [-i FILE] -- [COMM]
#
# or, once it is installed
#
#	perf script record btfsnoop-latency ['SPEC'...] [COMMAND...]
#	perf script report btfsnoop-latency [COMM]

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[0])))
from btfsnoop_calls import Calls

only_comm = sys.argv[1] if len(sys.argv) > 1 else None
calls = Calls()
durations = {}		# by function: a list of nanoseconds
errors = {}		# by function: how many returned an error


def trace_begin():
	pass


def trace_unhandled(event_name, context, fields, sample=None):
	call = calls.event(event_name, fields, sample)
	if not call or call.duration is None or (only_comm and call.comm != only_comm):
		return
	durations.setdefault(call.func, []).append(call.duration)
	if call.error():
		errors[call.func] = errors.get(call.func, 0) + 1


def quantile(ordered, share):
	return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def trace_end():
	if not durations:
		print("no durations: record returns, as with -f 'vfs_read(return)'")
		return
	row = "%-32s %8s %8s %12s %10s %10s %10s %12s"
	print(row % ("function", "calls", "errors", "total", "average", "median", "99%", "longest"))
	for func, all_ns in sorted(durations.items(), key=lambda item: -sum(item[1])):
		all_ns.sort()
		print(row % ((func, len(all_ns), errors.get(func, 0)) + tuple(
			"%.3f us" % (ns / 1000.0) for ns in (
				sum(all_ns), sum(all_ns) / float(len(all_ns)),
				quantile(all_ns, 0.5), quantile(all_ns, 0.99), all_ns[-1]))))
