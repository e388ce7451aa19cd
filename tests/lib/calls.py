# SPDX-License-Identifier: GPL-2.0-only
#
# What btfsnoop_calls.py makes of events. Its directory is the argument.

import sys

sys.path.insert(0, sys.argv[1])
import btfsnoop_calls

US = 1000


class Task:
	"""The events of a task, at microseconds; ended is what they gave."""

	def __init__(self, calls, tid=7):
		self.calls = calls
		self.tid = tid
		self.ended = []

	def event(self, name, us, **fields):
		fields.update(common_s=us * US // 10**9, common_ns=us * US % 10**9, common_pid=self.tid,
			      common_comm="task")
		call = self.calls.event("btfsnoop__" + name, fields, {"sample": {"tid": self.tid}})
		if call:
			self.ended.append(call)
		return call


def recursion():
	calls = btfsnoop_calls.Calls()
	one, two = Task(calls), Task(calls, 8)
	for i in range(3):
		one.event("f", 10 + i, n=i)
		two.event("f", 20 + i, n=10 + i)
	for i in range(3):
		one.event("f__return", 30 + i, retval=2 - i)
		two.event("f__return", 40 + i, retval=12 - i)
	assert [(c.values["n"], c.retval, calls.depth(c)) for c in one.ended] == \
		[(2, 2, 2), (1, 1, 1), (0, 0, 0)]
	assert [(c.values["n"], c.duration // US) for c in two.ended] == \
		[(12, 18), (11, 20), (10, 22)]
	assert not calls.unfinished()


def missed_returns():
	calls = btfsnoop_calls.Calls()
	task = Task(calls)
	task.event("g", 100, n=1)
	task.event("f", 110)
	task.event("f__return", 120, retval=0)
	task.event("f", 130)
	call = task.event("g__return", 200, retval=-11, duration=100 * US)
	assert call.values["n"] == 1 and call.begin == 100 * US and call.error() == 11
	assert calls.nr_without_end == 1 and not calls.unfinished()
	# This one's entry was missed: the one from long ago, whose return was, does not fit.
	task.event("f", 300)
	call = task.event("f__return", 900000, retval=0, duration=50 * US)
	assert call.begin == 899950 * US and len(calls.unfinished()) == 1
	assert task.event("h__return", 900001, retval=0).begin is None
	assert calls.nr_without_begin == 1


def entries_alone():
	calls = btfsnoop_calls.Calls()
	task = Task(calls)
	task.event("g", 0)
	for i in range(1000):
		task.event("only", i)
	task.event("f", 2000)
	call = task.event("f__return", 2001, retval=0)
	assert calls.depth(call) == 0
	call = task.event("g__return", 2002, retval=0)
	assert call.begin == 0 and not calls.unfinished() and not calls.nr_without_end


def both_at_once():
	calls = btfsnoop_calls.Calls()
	call = Task(calls).event("f__return", 50, n=4, retval=-2, duration=20 * US, _status=0)
	assert call.begin == 30 * US and call.text() == "f n=4 = -ENOENT"


def texts():
	names = btfsnoop_calls
	assert [names.error_name(n) for n in (2, 11, 95, 512, 4000)] == \
		["ENOENT", "EAGAIN", "EOPNOTSUPP", "ERESTARTSYS", "4000"]
	assert [names.error_of(v) for v in (-1, -4095, -4096, 0, (1 << 64) - 12, "x")] == \
		[1, 4095, 0, 0, 12, 0]
	assert names.text_of("a\033[31m") == '"a?[31m"'
	assert names.text_of(0xffff888000000000) == "0xffff888000000000"


for test in (recursion, missed_returns, entries_alone, both_at_once, texts):
	test()
	print(test.__name__)
