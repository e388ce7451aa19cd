# SPDX-License-Identifier: GPL-2.0-only
#
# bench.tsv as a table: beside the instructions an event takes, how many times those of the limit by
# the same kind of probe (and by direct loads, where there is such a limit), and of perf's kprobe event.

function kind(backend) { return backend ~ /kprobe/ ? "kprobe" : "fentry" }

function times(x, y) { return x == "-" || y == "" || y == "-" || y <= 0 ? "" : sprintf("%.2f", x / y) }

BEGIN { FS = "\t" }

FNR == 1 { next }

{
	line[++nr] = $0
	key = $1 FS $2
	if ($3 == "limit" && $4 ~ /direct/)
		direct[key] = $5
	else if ($3 == "limit" && !((key, kind($4)) in limit && limit[key, kind($4)] != "-"))
		limit[key, kind($4)] = $5
	else if ($3 == "perf")
		perf[key] = $5
}

END {
	for (i = 1; i <= nr; i++) {
		split(line[i], f, FS)
		key = f[1] FS f[2]
		if (key != last)
			printf "\n%-7s%-10s %-13s %9s %7s %7s %7s %8s %8s %7s %8s\n", f[1], f[2], "", "instr.",
				"/limit", "/direct", "/perf", "events", "lost", "bytes", "in task"
		last = key
		by = limit[key, kind(f[4])]
		# The backend is record's choice: fentry.multi where there is such a limit.
		if (f[4] == "auto" && by == "-")
			by = limit[key, "kprobe"]
		printf "       %-10s %-13s %9s %7s %7s %7s %8s %8s %7s %8s\n", f[3], f[4], f[5], times(f[5], by),
			times(f[5], direct[key]), times(f[5], perf[key]), f[6], f[7], f[8], f[9]
	}
}
