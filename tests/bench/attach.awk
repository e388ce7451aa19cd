# SPDX-License-Identifier: GPL-2.0-only
#
# attach.tsv as a table.

function times(x, y) { return x == "-" || y == "-" || y <= 0 ? "" : sprintf("%.2f", x / y) }

BEGIN { FS = "\t" }

FNR == 1 {
	printf "\n%-7s%-15s %-8s %9s | %8s %8s | %8s %8s %7s | %8s %8s\n", "kernel", "backend", "which", "functions",
		"bare", "detach", "record", "detach", "/bare", "before", "after"
	next
}

{
	printf "%-7s%-15s %-8s %9s | %8s %8s | %8s %8s %7s | %8s %8s\n", $1, $2, $3, $4, $5, $6, $7, $8,
		times($7, $5), $9, $10
}
