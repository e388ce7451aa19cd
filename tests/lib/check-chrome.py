#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# Is this a file in the Trace Event Format (JSON object form) that viewers take whole?
# By the rules of the format's description ("Trace Event Format", Google):
#
# - an object with traceEvents, an array of objects; displayTimeUnit is "ms" or "ns"
# - every event has a phase (ph), pid and tid, and, but for metadata, a name and a time (ts) in
#   microseconds; slices (X) have a duration (dur); the scope (s) of an instant (i) is g, p or t
# - slices of one thread don't overlap: one lies within the other
# - a flow (cat, name, id) begins with s, goes on with t and ends in f; what is bound to a slice
#   (bp = e, and s and t as viewers bind them) lies within one, of its thread
# - metadata (M) is process_name, thread_name or ..._sort_index with args
# - stack frames (sf) are in stackFrames, whose parents are, without going around in circles
# - no integer is too large for a double
#
# usage: check-chrome.py FILE [PHASE=COUNT]...	prints how many events there are of each phase
import bisect
import collections
import json
import sys

META = {"process_name": "name", "thread_name": "name", "process_labels": "labels",
	"process_sort_index": "sort_index", "thread_sort_index": "sort_index"}

wrong = []


def bad(event, text):
	wrong.append("%s: %s" % (text, json.dumps(event)[:300]))


def ns(number):
	"""Times are read as text: to a double a nanosecond of a year's uptime is too small."""
	whole, _, rest = str(number).partition(".")
	return int(whole) * 1000 + int((rest + "000")[:3])


def integer(text):
	if abs(int(text)) > 2 ** 53:
		wrong.append("an integer that no double holds: " + text)
	return int(text)


def no_repeats(pairs):
	keys = dict(pairs)
	if len(keys) != len(pairs):
		wrong.append("a key twice: " + str([k for k, _ in pairs])[:200])
	return keys


def check_common(e):
	if not isinstance(e.get("ph"), str) or e["ph"] not in tuple("XiMstfC"):
		bad(e, "no phase that is known")
	for key in "pid", "tid":
		if not isinstance(e.get(key), int):
			bad(e, "no " + key)
	if not isinstance(e.get("name"), str):
		bad(e, "no name")
	if not isinstance(e.get("args", {}), dict):
		bad(e, "args is no object")
	if e["ph"] != "M" and not isinstance(e.get("ts"), (int, Time)):
		bad(e, "no time")
	if e["ph"] == "X" and not isinstance(e.get("dur"), (int, Time)):
		bad(e, "no duration")
	if e["ph"] == "i" and e.get("s", "t") not in ("g", "p", "t"):
		bad(e, "no scope")
	if e["ph"] == "M" and META.get(e["name"]) not in e.get("args", {}):
		bad(e, "metadata without its argument")
	if e["ph"] in "stf" and "id" not in e:
		bad(e, "flow without id")


class Time(str):
	"""A number with a fraction, as it is written."""


def check_nesting(slices):
	for thread, of in slices.items():
		of.sort(key=lambda s: (s[0], -s[1]))
		open_ends = []
		for start, end, e in of:
			while open_ends and open_ends[-1] <= start:
				open_ends.pop()
			if open_ends and open_ends[-1] < end:
				bad(e, "overlaps another slice of its thread")
			open_ends.append(end)


class Cover:
	"""Where a thread's slices are, outermost ones."""

	def __init__(self, of):
		self.spans = []
		for start, end, _ in of:
			if not self.spans or start >= self.spans[-1][1]:
				self.spans.append((start, end))
		self.starts = [s for s, _ in self.spans]

	def has(self, time):
		i = bisect.bisect_right(self.starts, time) - 1
		return i >= 0 and time <= self.spans[i][1]


def check_flows(flows, slices):
	covers = {thread: Cover(of) for thread, of in slices.items()}
	for steps in flows.values():
		steps.sort(key=lambda e: (ns(e["ts"]), "stf".index(e["ph"])))
		phases = "".join(e["ph"] for e in steps)
		if phases != "s" + "t" * (len(phases) - 2) + "f":
			bad(steps[0], "flow of " + phases[:50])
		for e in steps:
			cover = covers.get((e["pid"], e["tid"]))
			if not cover or not cover.has(ns(e["ts"])):
				bad(e, "flow outside of any slice")


def check_frames(frames, events):
	for name, frame in frames.items():
		if not isinstance(frame.get("name"), str):
			bad(frame, "stack frame without name")
		seen = {name}
		while "parent" in frame:
			parent = str(frame["parent"])
			if parent in seen or parent not in frames:
				bad(frame, "stack frame %s: parent %s" % (name, parent))
				break
			seen.add(parent)
			frame = frames[parent]
	for e in events:
		if "sf" in e and str(e["sf"]) not in frames:
			bad(e, "no such stack frame")


def main():
	with open(sys.argv[1]) as file:
		top = json.load(file, parse_int=integer, parse_float=Time,
				parse_constant=lambda c: wrong.append("no JSON: " + c),
				object_pairs_hook=no_repeats)
	if top.get("displayTimeUnit", "ms") not in ("ms", "ns"):
		wrong.append("displayTimeUnit")
	phases = collections.Counter()
	slices = collections.defaultdict(list)
	flows = collections.defaultdict(list)
	for e in top["traceEvents"]:
		check_common(e)
		if wrong:
			break
		phases[e["ph"]] += 1
		if e["ph"] == "X":
			start = ns(e["ts"])
			slices[e["pid"], e["tid"]].append((start, start + ns(e["dur"]), e))
		elif e["ph"] in "stf":
			flows[e.get("cat"), e["name"], e["id"]].append(e)
	if not wrong:
		check_nesting(slices)
		check_flows(flows, slices)
		check_frames(top.get("stackFrames", {}), top["traceEvents"])
	print(" ".join("%s=%d" % pair for pair in sorted(phases.items())))
	for expected in sys.argv[2:]:
		phase, _, count = expected.partition("=")
		if phases[phase] != int(count):
			wrong.append("%s is not %s" % (phase, count))
	for text in wrong[:20]:
		print(text, file=sys.stderr)
	return 1 if wrong else 0


sys.exit(main())
