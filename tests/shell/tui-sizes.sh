#!/bin/bash
# the screen of report below perf, small, large and resized meanwhile; how it is left
# SPDX-License-Identifier: GPL-2.0-only

command -v tmux >/dev/null || { echo "no tmux"; exit 2; }
. "$TESTS/lib/tui.sh"

"$BUILD/asan/unit/make_data" perf.data 400 || exit 1

# perf blocks SIGWINCH in its children: without that a new size would not be noticed.
tui_start 40x10 "perf btfsnoop report"
expect_screen <<'END'
Available samples
400 btfsnoop:work
400 btfsnoop:work__return






ESC: exit, ENTER|->: show samples, h: he
END
keys Enter Enter
expect_screen <<'END'
Sample 1 of 100  btfsnoop:work, Command:
         Time  Task       CPU  Values
  1000.000000  curl/4242 [000] req=0xff◆
  1000.004000  curl/4242 [000] req=0xff▒
  1000.008000  curl/4242 [000] req=0xff▒
  1000.012000  curl/4242 [000] req=0xff▒
  1000.016000  curl/4242 [000] req=0xff▒
  1000.020000  curl/4242 [000] req=0xff▒
  1000.024000  curl/4242 [000] req=0xff▒
h: help  Enter: values  r: entry/return
END
tui_resize 120x40
expect "req->len=100" "1000.140000"
keys End
expect "1000.396000"
tui_resize 80x24
expect "1000.396000"
expect_not "1000.140000"
keys Enter Down Enter
expect "- *req" "    sport = 1396"
tui_resize 30x6
expect_not "sport"
expect "Sample 100 of 100 of event 'bt"
tui_resize 1x1
tui_resize 200x50
expect "h: help  Enter: unfold  n/p: next/previous  r: entry/return  t: types  z: zeros  x: bytes"
keys Home i
expect "Choose"
keys Down Down Down Down i
expect "Histogram of req->len"
tui_resize 50x12
expect_not "h: help  Enter: unfold"
keys q
expect_exit 0
tui kill-server

# ^C and Esc leave it, too, and so does the terminal's end.
tui_start 80x24 "perf btfsnoop report"
expect "Available samples"
keys C-c
expect_exit 0
tui kill-server
tui_start 80x24 "exec perf-btfsnoop report"
expect "Available samples"
pid=$(tui list-panes -F '#{pane_pid}')
tui kill-server
gone()
{
	! kill -0 "$1" 2>/dev/null
}
tui_wait 20 gone "$pid" || { echo "it goes on without a terminal"; kill -9 "$pid"; exit 1; }

# Where there is no terminal, or not one that can be used, there are tables.
perf-btfsnoop report >table 2>err || exit 1
grep -q '^# Overhead  *Samples  *Command' table || { cat table; exit 1; }
tui_start 80x24 "perf-btfsnoop report --stdio >stdio"
expect 'shell>'
grep -q '^# Overhead' stdio || fail "--stdio prints no table"
