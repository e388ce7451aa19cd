# SPDX-License-Identifier: GPL-2.0-only
#
# Are the values of FILE, of script --format chrome (.json) or sqlite (.db), those of LINES, of
# script --format json of the same recording? Says how many events are the same.

import collections
import json
import sqlite3
import sys


def text(function, fields):
	return json.dumps([function, fields], sort_keys=True)


def of_trace_args(path):
	return [event.get("args", {}) for event in json.load(open(path))["traceEvents"]]


def of_trace(path):
	for event in json.load(open(path))["traceEvents"]:
		args = event.get("args", {})
		for values in (args, args.get("entry", {})):
			if "fields" in values:
				yield text(event["name"], values["fields"])


def chains_of_trace(path):
	trace = json.load(open(path))
	frames = trace.get("stackFrames", {})
	for event in trace["traceEvents"]:
		chain, at = [], event.get("sf")
		while at is not None:
			frame = frames[str(at)]
			chain.append((frame["name"], frame["category"]))
			at = frame.get("parent")
		if chain:
			yield text(event["name"], chain)


def chains_of_lines(lines):
	for line in lines:
		chain = [(p.get("sym", p["ip"]), p.get("dso", "[unknown]")) for p in line.get("callchain", [])]
		if chain:
			yield text(line.get("function", line["event"]), chain)


def of_lines(lines):
	for line in lines:
		if "fields" in line:
			yield text(line.get("function", line["event"]), line["fields"])


def cell(value, wanted):
	"""What the database has for a value of JSON."""
	if isinstance(wanted, (dict, list)):
		return json.loads(value)
	if isinstance(wanted, str) and isinstance(value, int):
		return str(value)		# beyond 2^53
	return value


def compare_table(db, table, lines):
	rows = db.execute(f'SELECT * FROM "{table}" ORDER BY rowid').fetchall()
	assert len(rows) == len(lines), (table, len(rows), len(lines))
	for row, line in zip(rows, lines):
		base = [round(row["time"]), row["cpu"], row["pid"], row["tid"], row["comm"], row["function"]]
		theirs = [round(line["time"] * 10**9), line["cpu"], line["pid"], line["tid"], line["comm"],
			  line.get("function")]
		assert abs(base[0] - theirs[0]) < 1000 and base[1:] == theirs[1:], (base, theirs)
		if "duration_ns" in line:
			assert row["duration"] == line["duration_ns"], line
		taken = ("time", "cpu", "pid", "tid", "comm", "function", "duration", "status")
		for name, wanted in line.get("fields", {}).items():
			column = name + "_2" if name in taken else name
			assert cell(row[column], wanted) == wanted, (column, row[column], wanted)
		assert json.loads(row["status"] or "null") == line.get("status"), (row["status"], line)


def compare_database(path, lines):
	db = sqlite3.connect(path)
	db.row_factory = sqlite3.Row
	assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
	by_event = collections.defaultdict(list)
	for line in lines:
		by_event[line["event"]].append(line)
	for event in db.execute("SELECT * FROM events").fetchall():
		assert event["nr"] == len(by_event[event["event"]]), dict(event)
		compare_table(db, event["table"], by_event[event["event"]])
	total = db.execute("SELECT sum(nr) FROM threads").fetchone()[0]
	assert total == len(lines), (total, len(lines))


def same(ours, theirs):
	ours, theirs = collections.Counter(ours), collections.Counter(theirs)
	assert ours == theirs, (list((ours - theirs).items())[:3], list((theirs - ours).items())[:3])


def main(path, lines):
	lines = [json.loads(line) for line in open(lines)]
	lines = [line for line in lines if not line["event"].startswith("PERF_RECORD_")]
	if path.endswith(".db"):
		compare_database(path, lines)
	else:
		same(of_trace(path), of_lines(lines))
		# Of entry and return in one slice there is one chain.
		if not any("entry" in args for args in of_trace_args(path)):
			same(chains_of_trace(path), chains_of_lines(lines))
	print("same:", len(lines))


main(*sys.argv[1:])
