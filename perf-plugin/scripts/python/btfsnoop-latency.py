# How long the functions took that perf btfsnoop record traced.
# SPDX-License-Identifier: GPL-2.0-only
#
#	perf btfsnoop record -f 'vfs_*(return)' -- ls
#	perf script report btfsnoop-latency		(once it is installed), or
#	perf script -s btfsnoop-latency.py [-i FILE] -- [COMM]
#
# An example of a handler: perf script calls trace_unhandled() for every event that the script has no
# function for, with all that was recorded in a dictionary. A function btfsnoop__vfs_read__return()
# would get one event's fields as its arguments (perf script -g python writes it). Fields are named
# as the format of the event names them: file->f_mode is file__f_mode, what was returned is retval.
# Fields with a name of their own are numbers (64 bits wide, and with their sign) and strings;
# _status tells which of them could not be read, two bits each.

import sys

SYSTEM = "btfsnoop__"
RETURN = "__return"

only_comm = sys.argv[1] if len(sys.argv) > 1 else None
durations = {}		# by function: a list of nanoseconds
errors = {}		# by function: how many returned an error
open_calls = {}		# by task and function: when calls began, the innermost last


def trace_begin():
	pass


def nanoseconds(fields):
	return fields["common_s"] * 1000000000 + fields["common_ns"]


# Of an entry and its return both recorded: a duration is in neither where nothing paired them.
def pair(func, is_return, fields):
	calls = open_calls.setdefault((fields["common_pid"], func), [])
	if not is_return:
		calls.append(nanoseconds(fields))
		return None
	return nanoseconds(fields) - calls.pop() if calls else None


def trace_unhandled(event_name, context, fields, sample=None):
	if not event_name.startswith(SYSTEM):
		return
	if only_comm and fields["common_comm"] != only_comm:
		return
	func = event_name[len(SYSTEM):]
	is_return = func.endswith(RETURN)
	if is_return:
		func = func[:-len(RETURN)]
	ns = fields.get("duration")
	if ns is None:
		ns = pair(func, is_return, fields)
	if ns is None:
		return
	durations.setdefault(func, []).append(ns)
	if -4095 <= fields.get("retval", 0) < 0:
		errors[func] = errors.get(func, 0) + 1


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
