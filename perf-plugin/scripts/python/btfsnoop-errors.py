# Which functions returned which errors, to whom, and how often.
# SPDX-License-Identifier: GPL-2.0-only
#
#	perf script record btfsnoop-errors ['SPEC'...] [COMMAND...]
#	perf script report btfsnoop-errors [COMM]
#
# Of functions that return an int, a long or a pointer. An error is a number from -4095 to -1.

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[0])))
from btfsnoop_calls import Calls, error_name

only_comm = sys.argv[1] if len(sys.argv) > 1 else None
calls = Calls()
nr_calls = {}		# by function
nr_errors = {}		# by function, error and comm
examples = {}		# by the same: what the first was called with


def trace_begin():
	pass


def trace_unhandled(event_name, context, fields, sample=None):
	call = calls.event(event_name, fields, sample)
	if not call or not call.has_retval or (only_comm and call.comm != only_comm):
		return
	nr_calls[call.func] = nr_calls.get(call.func, 0) + 1
	if call.error():
		key = (call.func, error_name(call.error()), call.comm)
		nr_errors[key] = nr_errors.get(key, 0) + 1
		examples.setdefault(key, call.arguments())


def trace_end():
	if not nr_calls:
		print("no returned values: record returns, as with -f 'vfs_*(return)'")
		return
	row = "%-32s %-16s %-16s %8s %7s  %s"
	print(row % ("function", "error", "comm", "errors", "share", "the first one's values"))
	for key, nr in sorted(nr_errors.items(), key=lambda item: (-item[1], item[0])):
		print((row % (key + (nr, "%.1f%%" % (100.0 * nr / nr_calls[key[0]]),
				     examples[key]))).rstrip())
	print("%d of %d calls returned an error" % (sum(nr_errors.values()), sum(nr_calls.values())))
