#!/bin/bash
# ^Z at the shell stops the recording, fg goes on with it
# SPDX-License-Identifier: GPL-2.0-only

fail()
{
	echo "$1"
	cat shown steps
	exit 1
}

export PS1='prompt> '
tty_run -t 20 'expect:prompt> ' \
	'send:perf btfsnoop record -o z.data -f "tp:sched_switch(next->pid)"\n' \
	'run:until ls z.data.*; do sleep 0.05; done' 'sleep:300' 'send:^Z' 'expect:prompt> ' 'send:echo back=$((40 + 2))\n' 'expect:back=42' \
	'send:fg\n' 'sleep:300' 'send:^C' 'expect:Captured and wrote' 'expect:prompt> ' \
	'send:exit\n' 'eof:' -- bash --norc -i >shown 2>steps || fail "a step could not be done"
perf btfsnoop script -i z.data >events 2>err || fail "the file is not complete"
grep -q 'sched_switch: next->pid=' events || fail "no events"
