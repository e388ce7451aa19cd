#!/bin/bash
# ^C at the shell: a complete file, status 130, and the prompt only then
# SPDX-License-Identifier: GPL-2.0-only

. "$TESTS/lib/check.sh"
fail()
{
	echo "$1"
	cat shown steps
	exit 1
}

# It has begun when there is a file, under a name that is not its last.
export PS1='prompt> '
tty_run -t 20 'expect:prompt> ' \
	'send:perf btfsnoop record -o int.data -f "tp:sched_switch(next->pid)"\n' \
	'run:until ls int.data.*; do sleep 0.05; done' 'sleep:300' 'send:^C' \
	'expect:Captured and wrote' 'expect:prompt> ' 'send:echo "status=$?."\n' 'expect:status=130.' \
	'send:exit\n' 'eof:' -- sh -i >shown 2>steps || fail "a step could not be done"

# Nothing of it behind the prompt: perf itself does not end before its subcommand does.
awk '/\^C/ { seen = 1 } seen && /prompt> / { exit !written } /Captured and wrote/ { written = 1 }' shown ||
	fail "the prompt came first"
perf btfsnoop script -i int.data >events 2>err || fail "the file is not complete"
[ ! -s err ] || fail "$(cat err)"
grep -q 'sched_switch: next->pid=' events || fail "no events"

# With a workload: it gets the ^C too.
tty_run -t 20 'expect:prompt> ' \
	'send:perf btfsnoop record -o int2.data -f "tp:sys_enter(id)" -- sleep 30.125\n' \
	'run:until ls int2.data.*; do sleep 0.05; done' 'sleep:300' 'send:^C' \
	'expect:Captured and wrote' 'expect:prompt> ' 'send:echo "status=$?."\n' 'expect:status=130.' \
	'send:pgrep -x -f "sleep 30.125"; echo left\n' 'expect:left' 'send:exit\n' 'eof:' -- sh -i >shown 2>steps ||
	fail "a step could not be done, with a workload"
perf btfsnoop script -i int2.data >events 2>err || fail "the file with a workload is not complete"
grep -q 'sleep .*sys_enter: id=' events || fail "no events of the workload"
