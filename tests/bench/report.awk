# SPDX-License-Identifier: GPL-2.0-only
#
# report.tsv as a table.

function times(x, y) { return x > 0 && y > 0 ? sprintf("%.1f", x / y) : "" }

BEGIN { FS = "\t" }

FNR == 1 { next }

{
	line[++nr] = $0
	if ($2 == "perf")
		perf[$1, $3] = $4
}

END {
	printf "\n%-9s %-15s %-9s %10s %14s %9s %8s\n", "samples", "command", "program", "seconds", "samples/s",
		"peak MB", "x perf"
	for (i = 1; i <= nr; i++) {
		split(line[i], f, FS)
		printf "%-9s %-15s %-9s %10s %14s %9s %8s\n", f[1], f[3], f[2], f[4], f[5], f[6],
			times(perf[f[1], f[3]], f[4])
	}
}
