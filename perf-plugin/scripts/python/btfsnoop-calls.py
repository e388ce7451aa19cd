# Calls as they were nested: with what they were called, what they returned, how long they took.
# SPDX-License-Identifier: GPL-2.0-only
#
#	perf script record btfsnoop-calls ['SPEC'...] [COMMAND...]
#	perf script report btfsnoop-calls [COMM]
#
# Of functions whose entry and return were recorded as events of their own, as a spec without
# parentheses does.

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[0])))
from btfsnoop_calls import Calls, error_name, text_of

only_comm = sys.argv[1] if len(sys.argv) > 1 else None


lines = []		# shown when it is known which functions return at all


def add_line(call, ns, text):
	if not only_comm or call.comm == only_comm:
		lines.append((call, ns, text))


def returned(call):
	text = ""
	if call.has_retval:
		error = call.error()
		text = " = " + ("-%s" % error_name(error) if error else text_of(call.retval))
	if call.duration is not None:
		text += " (%.3f us)" % (call.duration / 1000.0)
	return text


def on_entry(call):
	add_line(call, call.begin, "> " + call.text())


def on_return(call):
	add_line(call, call.end, "< " + call.func + returned(call))


calls = Calls(on_entry, on_return)


def trace_begin():
	pass


def trace_unhandled(event_name, context, fields, sample=None):
	calls.event(event_name, fields, sample)


def trace_end():
	for call, ns, text in lines:
		print("%-16s %7d %6d.%06d: %s%s" % (
			call.comm, call.tid, ns // 1000000000, ns // 1000 % 1000000,
			"  " * calls.depth(call), text))
	if calls.nr_without_end:
		print("of %d calls the return is missing" % calls.nr_without_end)
	if calls.nr_without_begin:
		print("of %d calls the entry is missing" % calls.nr_without_begin)
