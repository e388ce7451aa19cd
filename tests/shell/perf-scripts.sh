#!/bin/bash
# handlers that perf script -l lists: record, report and what they say
# SPDX-License-Identifier: GPL-2.0-only

scripts=$TESTS/../perf-plugin/scripts
fail()
{
	echo "$*"
	exit 1
}

# says COMMAND... -- REGEX...: do lines of its output match these?
says()
{
	local command=()

	while [ "$1" != -- ]; do
		command+=("$1")
		shift
	done
	shift
	"${command[@]}" >said 2>&1 || { echo "status $?"; cat said; fail "${command[*]}"; }
	for regex; do
		grep -q -E -e "$regex" said || { cat said; fail "${command[*]}: not said: $regex"; }
	done
}

command -v python3 >/dev/null || { echo "there is no python3"; exit 2; }
PYTHONDONTWRITEBYTECODE=1 python3 "$TESTS/lib/calls.py" "$scripts/python" || exit 1

# perf's exec path with our scripts in it, as make install leaves it.
mkdir exec
for tool in "$PERF_EXEC_PATH"/*; do
	[ "$(basename "$tool")" = scripts ] || ln -s "$tool" exec/
done
cp -r "$scripts" exec/scripts
export PERF_EXEC_PATH=$PWD/exec PATH=$PWD/exec:$PATH

says perf script -l -- 'btfsnoop-latency \[comm\] +how long' 'btfsnoop-errors' 'btfsnoop-calls' \
	'btfsnoop-slowest \[number\]' 'btfsnoop-callers'

# 60 calls of work(): each third returns -EAGAIN. The fixture's name for what is returned is not record's.
"$BUILD/asan/unit/make_data" made 60 || exit 1
sed 's/ return_;/  retval;/' made >perf.data
says perf script report btfsnoop-latency -- '^work +60 +20 +720.000 us +12.000 us +12.000 us'
says perf script report btfsnoop-latency curl -- '^work +30 '
says perf script report btfsnoop-errors -- '^work +EAGAIN +curl +10 +16.7%' '^20 of 60 calls'
says perf script report btfsnoop-slowest 3 -- '^ +14.000 us .* work req=0xffff' '^60 calls$'
[ "$(grep -c ' work ' said)" = 3 ] || fail "not 3 calls"
says perf script report btfsnoop-calls -- '^curl +4242 .*: > work req=0xffff888000001000 .*note="hello"' \
	'^curl +4242 .*: < work = -EAGAIN \(10.000 us\)' '^nginx +4243 .*: < work = 0 \(11.000 us\)'
grep -q missing said && fail "calls are not paired"
says perf script report btfsnoop-callers -- '^no callers'
cp perf.data elsewhere
says perf script report btfsnoop-errors nginx -i elsewhere -- '^work +EAGAIN +nginx +10'

# Recorded by them: natively there are tracepoints only.
rm perf.data
says perf script record btfsnoop-slowest 'tp:sched_process_exec(p->pid)' 'tp:sys_exit(ret)' /bin/true --
says perf evlist -- '^btfsnoop:sched_process_exec$' '^btfsnoop:sys_exit$'
says perf script report btfsnoop-slowest -- '^no durations'
says perf script btfsnoop-latency 'tp:sys_exit(ret)' /bin/true -- '^no durations'

if ! ldd "$(command -v perf)" | grep -q libperl; then
	echo "note: this perf has no perl"
	exit 0
fi
says perf script -l -- 'btfsnoop-reads'
says perf script report btfsnoop-reads -i elsewhere -- '^comm +reads'
