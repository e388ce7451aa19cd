#!/bin/bash
# trace with a reader that is slow or gone, ^C, and a recorder or reader that is killed
# SPDX-License-Identifier: GPL-2.0-only

. "$TESTS/lib/check.sh"
fail()
{
	echo "$1"
	tail -n 20 shown steps err 2>/dev/null
	exit 1
}

# A reader that stands still: the workload goes on and ends, nothing grows, what was lost is counted
# in its place and at the end.
perf btfsnoop trace -m 256K -o - -a -f 'tp:sys_enter(id)' -- \
	sh -c 'readn -n 100000 >/dev/null; : >ended; exit 4' 2>err | { wait_for test -e ended || : >late
	for pid in $(pgrep -x perf-btfsnoop); do grep -s VmHWM "/proc/$pid/status"; done >memory; cat; } >got
[ "${PIPESTATUS[0]}" = 4 ] || fail "the status of the command behind a slow reader"
[ ! -e late ] || fail "the command waited for the reader"
lost=$(sed -n 's/.*LOST \([0-9]*\) events!.*/\1/p' got | awk '{ n += $1 } END { print n + 0 }')
[ "$lost" -gt 50000 ] || fail "only $lost events lost"
grep -q "warning: $lost samples lost: the ring buffer was full" err || fail "not $lost lost in the end"
awk '$2 > 200000 { exit 1 }' memory || fail "memory: $(cat memory)"

# A reader that leaves.
perf btfsnoop trace -o - -a -f 'tp:sched_switch(next->pid)' 2>err | head -n 2 >got
[ "$(wc -l <got)" = 2 ] || fail "head has no two lines"
perf btfsnoop trace -o - -f 'tp:sched_switch(next->pid)' -- sleep 100.$$ 2>err | sleep 0.5
no_sleep() { ! pgrep -x -f "sleep 100.$$"; }
wait_for no_sleep || fail "the command is left behind by a reader that left"

# begin FILE: trace into it, in the background; its pid and the recorder's are in $pid and $child.
begin()
{
	rm -f "$1"
	"$BUILD/asan/perf-btfsnoop" trace -S -o "$1" -a -f 'tp:sched_switch(next->pid)' 2>err &
	pid=$!
	wait_for test -s "$1" || fail "nothing was traced"
	child=$(pgrep -P "$pid")
}

# The reader is killed: the recorder goes with it.
begin a.out
kill -9 "$pid"
wait "$pid" 2>/dev/null
gone() { ! kill -0 "$child"; }
wait_for gone || fail "the recorder lives on"

# The recorder is killed: what there is is shown, and the status tells.
begin b.out
kill -9 "$child"
wait "$pid" && fail "status 0 without a recorder"
grep -q 'the recorder was killed by signal 9' err || fail "no message"
grep -q 'Summary of events' b.out || fail "no summary"

# TERM ends both, with a summary.
begin c.out
kill -TERM "$pid"
wait "$pid"
[ $? = 143 ] || fail "status after TERM"
grep -q 'Summary of events' c.out || fail "no summary after TERM"
gone || fail "the recorder is left"

# ^C at the shell.
export PS1='prompt> '
tty_run -t 20 'expect:prompt> ' \
	'send:perf btfsnoop trace -S -f "tp:sched_switch(next->pid)"\n' 'expect:next->pid=' 'sleep:300' \
	'send:^C' 'expect:Summary of events' 'expect:prompt> ' 'send:echo "status=$?."\n' \
	'expect:status=130.' 'send:exit\n' 'eof:' -- sh -i >shown 2>steps || fail "a step could not be done"
! pgrep -x -f 'perf-btfsnoop trace -S -f tp:sched_switch.*' >/dev/null || fail "something is left"
