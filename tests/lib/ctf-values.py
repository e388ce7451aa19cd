#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# Does a trace that perf data convert made (as babeltrace2 prints it) have the numbers that
# perf btfsnoop script --format json has? Fields are compared by name (skb->len is skb__len in perf),
# as they are in the types of the trace: pointers are unsigned there, and so is all that is negative
# in C but not as a field of a tracepoint.
#
# usage: ctf-values.py CTF.txt JSON.lines	prints how many values were the same
import collections
import json
import re
import sys

LINE = re.compile(r"^\[(\d+):(\d+):(\d+\.\d+)\].*?(\S+:\S+): \{ cpu_id = (\d+) \}, \{ (.*) \}$")
VALUE = re.compile(r"(?:^|, )(\w+) = (-?\d+|0x[0-9A-Fa-f]+)(?=,|$)")


def flatten(value, name, out):
	if isinstance(value, dict):
		for key, part in value.items():
			flatten(part, (name + "__" if name else "") + key.lstrip("*"), out)
	elif isinstance(value, int) and not isinstance(value, bool):
		out[name] = value
	elif isinstance(value, str) and re.fullmatch(r"-?\d+|0x[0-9a-f]+", value):
		out[name] = int(value, 0)


def ours(path):
	events = collections.defaultdict(list)
	with open(path) as file:
		for event in map(json.loads, file):
			if "fields" not in event:
				continue
			fields = {}
			flatten(event["fields"], "", fields)
			fields = {re.sub(r"\W+", "__", k): v for k, v in fields.items()}
			if "duration_ns" in event:
				fields["duration"] = event["duration_ns"]
			events[event["event"]].append((event["tid"], fields))
	return events


def main():
	same = other = 0
	mine = ours(sys.argv[2])
	nth = collections.Counter()
	with open(sys.argv[1]) as file:
		for line in filter(None, map(LINE.match, file)):
			name, fields = line[4], dict(VALUE.findall(line[6]))
			if name not in mine:
				continue
			tid, expected = mine[name][nth[name]]
			nth[name] += 1
			if int(fields["perf_tid"], 0) != tid:
				sys.exit("%s: another thread" % name)
			for key in expected.keys() & fields.keys():
				if (int(fields[key], 0) - expected[key]) % 2 ** 64 == 0:
					same += 1
				else:
					other += 1
					print(name, key, fields[key], expected[key], file=sys.stderr)
	missing = sum(len(v) for v in mine.values()) - sum(nth.values())
	print("%d values of %d events" % (same, sum(nth.values())))
	return 1 if other or missing or not same else 0


sys.exit(main())
