#!/bin/bash
# top on a terminal: its keys, sizes, and the terminal afterwards
# SPDX-License-Identifier: GPL-2.0-only

command -v tmux >/dev/null || exit 2
# shellcheck source=tests/lib/tui.sh
. "$TESTS/lib/tui.sh"

fail()
{
	echo "$1"
	screen
	exit 1
}
matches() { screen | grep -qE -- "$1"; }
# until_shown REGEX WHAT: until a line of the screen matches
until_shown() { tui_wait 20 matches "$1" || fail "$2"; }

tui_start 80x24 'perf btfsnoop top -d 0.2 -f "tp:sched_switch(next->pid)"'
until_shown 'PerfTop: +[1-9][0-9]* events/sec  lost: ' "nothing is shown"
until_shown '[0-9.]+% +[0-9]+ +[0-9]+  btfsnoop:sched_switch ' "no entries"
until_shown '^q: quit  h: help' "no line of keys"

keys s
until_shown 'Keys and values' "s asks nothing"
keys C-u
keys -l 'cpu,nonsense'
keys Enter
until_shown 'nonsense' "no error"
keys Escape
keys s C-u 'next->pid' Enter
until_shown '^# Overhead +Rate/s +Samples +next->pid' "s does not change the keys"

keys f 'next->pid > 0' Enter
until_shown 'filter: next->pid > 0' "f is not shown"
until_shown '% .* [1-9][0-9]*$' "f does not filter"
keys z
until_shown 'delay: 0.2s  zero' "z"
keys d C-u 0.5 Enter
until_shown 'delay: 0.5s' "d"
keys p
until_shown '\[paused\]' "p"
keys p h
until_shown 'this help' "h"
keys Escape
tui_resize 40x10
until_shown '^q: quit' "it does not follow the size"
[ "$(screen | wc -l)" -le 10 ] || fail "the size"
keys q
until_shown '^shell>' "q does not end it"
[ "$(cat status)" = 0 ] || fail "status $(cat status)"
tui_stop

tui_start 80x24 'perf btfsnoop top -d 0.2 -f "tp:sched_switch(next->pid)"'
until_shown 'PerfTop: +[1-9]' "nothing is shown, the second time"
keys C-c
until_shown '^shell>' "^C does not end it"
[ "$(cat status)" = 0 ] || fail "status $(cat status) after ^C"
! pgrep -x -f 'perf-btfsnoop top -d 0.2 -f tp:sched_switch.*' >/dev/null || fail "something is left"
