# Calls out of the events that perf btfsnoop recorded, for handlers of perf script.
# SPDX-License-Identifier: GPL-2.0-only
#
# A handler beside this file begins with
#
#	import os, sys
#	sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[0])))
#	from btfsnoop_calls import Calls
#
#	calls = Calls()
#
#	def trace_unhandled(event_name, context, fields, sample=None):
#		call = calls.event(event_name, fields, sample)
#
# perf script calls trace_unhandled() for every event that the handler has no function for. Calls
# makes of an entry and its return, or of an event that has both, one Call, for each task on its own:
# recursion and calls whose end or beginning is missing don't mix them up. What the events' fields are
# called stands in their format: file->f_mode is file__f_mode, what was returned is retval.

import errno

SYSTEM = "btfsnoop__"
RETURN = "__return"
TRACEPOINT = "__traceiter_"	# what raises a tracepoint is called so, and its name
COMMON = "common_"
MAX_SHOWN = 8			# values of a call in a line
MAX_DEPTH = 64			# of a function in itself: no kernel's stack holds more

# Errors that programs never see (include/linux/errno.h).
KERNEL_ERRORS = {
	512: "ERESTARTSYS", 513: "ERESTARTNOINTR", 514: "ERESTARTNOHAND", 515: "ENOIOCTLCMD",
	516: "ERESTART_RESTARTBLOCK", 517: "EPROBE_DEFER", 518: "EOPENSTALE", 519: "ENOPARAM",
	521: "EBADHANDLE", 522: "ENOTSYNC", 523: "EBADCOOKIE", 524: "ENOTSUPP", 525: "ETOOSMALL",
	526: "ESERVERFAULT", 527: "EBADTYPE", 528: "EJUKEBOX", 529: "EIOCBQUEUED",
	530: "ERECALLCONFLICT", 531: "ENOGRACE",
}


def error_name(number):
	"""ENOENT for 2."""
	if number == errno.EAGAIN:
		return "EAGAIN"
	if number == errno.EOPNOTSUPP:
		return "EOPNOTSUPP"
	return errno.errorcode.get(number) or KERNEL_ERRORS.get(number) or str(number)


def error_of(value):
	"""The error that a returned value is, an integer or a pointer; 0: none."""
	if not isinstance(value, int):
		return 0
	if value >= 1 << 63:
		value -= 1 << 64
	return -value if -4095 <= value < 0 else 0


def text_of(value):
	"""A value of a field for people."""
	if isinstance(value, int):
		return hex(value) if value >= 1 << 47 else str(value)
	if isinstance(value, (bytes, bytearray)):
		return value.hex() if isinstance(value, bytearray) else repr(value)[1:]
	text = "".join(c if c.isprintable() else "?" for c in str(value))
	return '"%s"' % text


def values_of(fields):
	"""What was recorded, without what perf and the recorder themselves add."""
	return {name: value for name, value in fields.items()
		if not name.startswith(COMMON) and name not in ("_status", "duration")}


class Call:
	"""A call of a function, or what is known of it: begin or end is None where that was missed."""

	def __init__(self, func, tid, comm, parent):
		self.func = func
		self.tid = tid
		self.comm = comm
		self.parent = parent	# the call around it, of those recorded; None: there is none
		self.begin = None	# nanoseconds, as end
		self.end = None
		self.duration = None
		self.values = {}	# of the entry
		self.retval = None
		self.has_retval = False
		self.callchain = []	# as perf has it: a list of dictionaries

	def error(self):
		return error_of(self.retval)

	def caller(self):
		"""The function it was called from; None where no call chain was recorded."""
		chain = self.callchain[1:2]
		if not chain:
			return None
		symbol = chain[0].get("sym")
		return symbol["name"] if symbol else hex(chain[0].get("ip", 0))

	def arguments(self):
		"""The values; of a large struct its address, without what is in it."""
		values = self.values
		if len(values) > MAX_SHOWN:
			values = {name: value for name, value in values.items()
				  if not any(name.startswith(other + "__") for other in values)}
		return " ".join("%s=%s" % (name, text_of(value)) for name, value in values.items())

	def text(self):
		"""vfs_read count=4096 = -EAGAIN"""
		words = [self.func, self.arguments()]
		if self.has_retval:
			error = self.error()
			words += ["=", "-" + error_name(error) if error else text_of(self.retval)]
		return " ".join(word for word in words if word)


def function_of(event_name, sample):
	"""An event can be for many functions: sample.ip tells, where perf knows its symbol."""
	name = event_name[len(SYSTEM):]
	if name.endswith(RETURN):
		name = name[:-len(RETURN)]
	symbol = (sample or {}).get("symbol") or ""
	if symbol.startswith(TRACEPOINT):
		return symbol[len(TRACEPOINT):]
	return symbol if symbol and not sample.get("symoff") else name


class Calls:
	"""Pairs entries and returns. Given all events in the order of time."""

	def __init__(self, on_entry=None, on_return=None):
		self.on_entry = on_entry	# called with a Call that begins ...
		self.on_return = on_return	# ... and one that ends
		self.open = {}			# by task: calls that have not ended, the innermost last
		self.returning = set()		# functions of which returns were recorded
		self.entered = {}		# of others: by task and function, how many calls are open
		self.nr_without_end = 0		# of which the return was missed
		self.nr_without_begin = 0	# of which just the return is known, without a duration

	def event(self, event_name, fields, sample=None):
		"""Returns a Call that is over with this event; None for all other events."""
		if not event_name.startswith(SYSTEM):
			return None
		tid = (sample or {}).get("sample", {}).get("tid", fields["common_pid"])
		func = function_of(event_name, sample)
		if event_name.endswith(RETURN):
			return self.end(func, tid, fields)
		self.begin(func, tid, fields)
		return None

	def unfinished(self):
		"""Calls that had not ended when the recording did."""
		return [call for calls in self.open.values() for call in calls
			if call.func in self.returning]

	def depth(self, call):
		"""How many calls were around it; sure when all events have been seen."""
		nr, parent = 0, call.parent
		while parent:
			nr += parent.func in self.returning
			parent = parent.parent
		return nr

	def begin(self, func, tid, fields):
		calls = self.open.setdefault(tid, [])
		call = Call(func, tid, fields["common_comm"], calls[-1] if calls else None)
		call.begin = nanoseconds(fields)
		call.values = values_of(fields)
		call.callchain = fields.get("common_callchain") or []
		if self.can_return(func, tid):
			calls.append(call)
		if self.on_entry:
			self.on_entry(call)

	def can_return(self, func, tid):
		"""False for a function of which nothing but entries are recorded, once that is clear."""
		if func in self.returning:
			return True
		key = (tid, func)
		self.entered[key] = self.entered.get(key, 0) + 1
		if self.entered[key] == MAX_DEPTH:
			self.open[tid] = [call for call in self.open[tid] if call.func != func]
		return self.entered[key] < MAX_DEPTH

	def end(self, func, tid, fields):
		calls = self.open.get(tid, [])
		end, duration = nanoseconds(fields), fields.get("duration")
		self.returning.add(func)
		at = find_call(calls, func, end - duration if duration is not None else None)
		if at is None:
			call = Call(func, tid, fields["common_comm"], calls[-1] if calls else None)
			if duration is not None:
				call.begin = end - duration
			else:
				self.nr_without_begin += 1
		else:
			# Inside of it nothing goes on any more.
			self.nr_without_end += sum(inner.func in self.returning
						   for inner in calls[at + 1:])
			call = calls[at]
			del calls[at:]
		values = values_of(fields)
		call.has_retval = "retval" in values
		call.retval = values.pop("retval", None)
		call.values.update(values)
		call.callchain = fields.get("common_callchain") or call.callchain
		call.end = end
		if duration is None and call.begin is not None:
			duration = end - call.begin
		call.duration = duration
		if self.on_return:
			self.on_return(call)
		return call


def nanoseconds(fields):
	return fields["common_s"] * 1000000000 + fields["common_ns"]


# How much earlier than its return's duration says an entry may have been noted.
EARLY = 1000000


def find_call(calls, func, begin):
	"""Which of a task's calls returns: of the function's the one that began then, or the last."""
	found = None
	for at in range(len(calls) - 1, -1, -1):
		if calls[at].func != func:
			continue
		if begin is None:
			return at
		if calls[at].begin < begin - EARLY:
			break
		if found is None or abs(calls[at].begin - begin) < abs(calls[found].begin - begin):
			found = at
	return found
