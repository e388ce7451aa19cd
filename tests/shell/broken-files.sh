#!/bin/bash
# files that are damaged or no perf.data: an error or what is still readable, never a crash
# SPDX-License-Identifier: GPL-2.0-only

perf btfsnoop record -q -o good -f 'tp:sys_enter(id, regs)' -f 'tp:sched_process_exec(p->comm, bprm->filename)' \
	-f 'tp:sys_exit()' -- sh -c '/bin/true; :' || exit 1
size=$(stat -c %s good)
failed=0

# read_it FILE WHAT: script and report read FILE.
read_it()
{
	local status command

	for command in script 'report --stdio'; do
		status=0
		# shellcheck disable=SC2086
		timeout 20 perf-btfsnoop $command -i "$1" >out 2>err || status=$?
		if [ "$status" -ge 99 ] || grep -q 'runtime error' err; then
			echo "$command, $2: status $status"
			head -n 30 err
			failed=1
		elif [ "$status" != 0 ] && ! [ -s err ]; then
			echo "$command, $2: status $status without a message"
			failed=1
		fi
	done
}

# Cut short: all over the header, then here and there.
for at in 0 1 7 8 50 103 104 105 200 $(seq 300 $((size / 24)) "$size") $((size - 1)); do
	head -c "$at" good >bad
	read_it bad "cut at $at of $size"
done

# One byte changed; the places repeat, so that a failure can be looked at.
for at in $(awk -v size="$size" 'BEGIN { srand(7); for (i = 0; i < 30; i++) print int(rand() * (i < 12 ? 300 : size)) }'); do
	cp good bad
	printf '\377' | dd of=bad bs=1 seek="$at" conv=notrunc status=none
	read_it bad "byte $at is 255"
done

# Not a perf.data at all.
for file in /dev/null /bin/true "$0" . no-such-file; do
	read_it "$file" "$file"
	perf-btfsnoop script -i "$file" >/dev/null 2>&1 && { echo "$file was accepted"; failed=1; }
done
exit $failed
