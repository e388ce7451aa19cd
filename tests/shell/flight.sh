#!/bin/bash
# the flight recorder and --control while it runs: SIGUSR2, commands with answers, seconds kept
# SPDX-License-Identifier: GPL-2.0-only

recorder=''
trap '[ -z "$recorder" ] || kill "$recorder"' EXIT

fail()
{
	echo "$1"
	cat err
	exit 1
}

# command TEXT: sends it, and waits for the answer.
command_()
{
	local answer

	echo "$1" >&7
	read -r -t 10 answer <&8 && [ "$answer" = ack ] || fail "no ack for $1"
}

dumps_count()
{
	grep -c 'Dump .* \]' err
}

dumps()
{
	[ "$(dumps_count)" -ge "$1" ]
}

begin()
{
	perf-btfsnoop record "$@" 2>err &
	recorder=$!
}

end()
{
	wait "$recorder"
	[ $? = "$1" ] || fail "ended with another status than $1"
	recorder=''
}

. "$TESTS/lib/check.sh"
mkfifo ctl ack
# Programs that nobody else runs: the whole system is recorded.
for name in before first second old young; do
	cp /bin/true $name
done
exec 7<>ctl 8<>ack

# Commands, with perf's answers.
begin -a -D -1 --overwrite=2s --control fifo:ctl,ack -f 'tp:sched_process_exec(name=bprm->filename)' -f 'tp:sched_process_exit(p->pid)'
command_ ping
./before
command_ enable
./first
command_ snapshot
wait_for dumps 1 || fail "no snapshot by command"
perf-btfsnoop script -i "$(ls -d perf.data.*)" >got
grep -q 'name="./first"' got || fail "a snapshot without what was enabled"
! grep -q 'name="./before"' got || fail "an event from before it was enabled"
rm perf.data.*

# Single events; SIGUSR2; a task that has ended has its name.
command_ 'disable btfsnoop:sched_process_exit'
sleep 0.2
./second
command_ 'evlist'
command_ 'disable nosuch'
sleep 0.2
kill -USR2 "$recorder"
wait_for dumps 2 || fail "no snapshot by signal"
perf-btfsnoop script -i "$(ls -d perf.data.*)" >got
grep -q '^ *second .*name="./second"' got || fail "no event, or no name"
grep -q '^ *first .*sched_process_exit' got || fail "an event that was enabled is not there"
! grep -q '^ *second .*sched_process_exit' got || fail "a disabled event"
grep -q '^btfsnoop:sched_process_exec$' err || fail "evlist lists nothing"
grep -q "^failed: can't find 'nosuch' event$" err || fail "an event that is not there"
rm perf.data.*

# What is older than two seconds is dropped.
./old
sleep 3
./young
command_ snapshot
wait_for dumps 3 || fail "no third snapshot"
perf-btfsnoop script -i "$(ls -d perf.data.*)" >got
grep -q 'name="./young"' got || fail "what is young is not there"
! grep -q 'name="./old"' got || fail "what is old is still there"

# What is no command is not answered; one may come in pieces.
printf 'garbage\n%05000d\npi' 0 >&7
sleep 0.2
command_ ng
! read -r -t 0.3 answer <&8 || fail "an answer to garbage"
printf ping >&7
read -r -t 10 answer <&8 || fail "no answer to a command without an end"

# Many signals are a snapshot each time, or one of what is asked for meanwhile, and no harm.
for i in $(seq 200); do
	kill -USR2 "$recorder"
done
wait_for dumps 4 || fail "no snapshot of many signals"
command_ stop
end 0
[ "$(dumps_count)" -lt 20 ] || fail "a snapshot for each of many signals"
[ -z "$(ls | grep 'perf.data.[A-Za-z0-9]\{6\}$')" ] || fail "an unfinished file"

# Signals that come when it is over: the file is completed.
begin -g -o p.data -f 'tp:sched_switch(next->pid)'
wait_for sh -c 'ls p.data.*' || fail "not begun"
sleep 0.3
kill -INT "$recorder"
for i in $(seq 2000); do
	kill -USR2 "$recorder" 2>/dev/null || break
done
end 130
perf-btfsnoop script -i p.data >/dev/null || fail "p.data is not complete"

# A new file by signal.
begin -o s.data --switch-output -f 'tp:sched_switch(next->pid)'
wait_for sh -c 'ls s.data.*' || fail "not begun"
sleep 0.3
kill -USR2 "$recorder"
wait_for dumps 1 || fail "no new file by signal"
kill -INT "$recorder"
end 130
for file in s.data.*; do
	perf-btfsnoop script -i "$file" >/dev/null || fail "$file is not complete"
done
[ "$(ls -d s.data.* | wc -l)" = 2 ] || fail "not two files"
