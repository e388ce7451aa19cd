#!/bin/bash
# report's screen: grouping by other keys, while it is drawn how far reading is
# SPDX-License-Identifier: GPL-2.0-only

command -v tmux >/dev/null || { echo "no tmux"; exit 2; }
. "$TESTS/lib/tui.sh"

# Reading so many takes the sanitized program long enough for its bar to be drawn several times.
"$BUILD/asan/unit/make_data" perf.data 200000 || exit 1
tui_start 80x24 "perf-btfsnoop report 2>errors"
expect "Available samples"
keys Enter
expect "curl     work"
keys g
expect "Group by"
keys C-u t i m e Enter
expect "Samples         Time"
keys End
keys g
expect "Group by"
keys C-u c o m m Enter
expect "Overhead  Samples  Command"
expect " 50.00%   100000  curl"
keys g
expect "Group by"
keys C-u n o s u c h Enter
expect "nosuch"
keys Escape
keys q
tui_wait 20 test -s status || fail "it does not end"
[ "$(cat status)" = 0 ] || { cat errors; exit 1; }
