#!/bin/bash
# the screen of report at 80x24: events, entries, samples, a sample's members, histograms
# SPDX-License-Identifier: GPL-2.0-only

command -v tmux >/dev/null || { echo "no tmux"; exit 2; }
. "$TESTS/lib/tui.sh"

"$BUILD/asan/unit/make_data" perf.data 20 || exit 1
tui_start 80x24 "perf-btfsnoop report"
expect_screen <<'END'
Available samples
20 btfsnoop:work
20 btfsnoop:work__return




















ESC: exit, ENTER|->: show samples, h: help
END

keys Enter
expect_screen <<'END'
Samples: 20  of event 'btfsnoop:work', Event count (approx.): 20
Overhead  Samples  Command  Function  note   req->len
  25.00%        5  curl     work      hello       100
  25.00%        5  curl     work      hello       120
  25.00%        5  nginx    work      hello       110
  25.00%        5  nginx    work      hello       130

















h: help  Enter: samples  m: menu  /: filter  i: histogram  s: sort  q: quit
END

# The other event and back, a filter.
keys Tab
expect "event 'btfsnoop:work__return'"
keys BTab
expect "event 'btfsnoop:work'"
keys / n g i
expect "Filter: ngi" "nginx"
expect_not "curl"
keys Escape
expect "curl"

keys Home Down Enter
expect_screen <<'END'
Sample 1 of 5  btfsnoop:work, Command: curl, Function: work, note: hello, req->l
         Time  Task       CPU  Values
  1000.002000  curl/4242 [000] req=0xffff888000003000 note="hello" req->len=120
  1000.006000  curl/4242 [000] req=0xffff888000007000 note="hello" req->len=120
  1000.010000  curl/4242 [000] req=0xffff88800000b000 note="hello" req->len=120
  1000.014000  curl/4242 [000] req=0xffff88800000f000 note="hello" req->len=120
  1000.018000  curl/4242 [000] req=0xffff888000013000 note="hello" req->len=120
















h: help  Enter: values  r: entry/return  T: time  /: filter  Esc: back  q: quit
END

keys Enter
expect_screen <<'END'
Sample 1 of 5 of event 'btfsnoop:work'
Function: work
Task: curl  pid/tid: 4242/4242  CPU: 0  Time: 1000.002000000
  req = 0xffff888000003000
+ *req = {...}
+ buf(p,n) = 4142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f60616
  note = "hello"
  req->len = 120















h: help  Enter: unfold  n/p: next/previous  r: entry/return  t: types  z: zeros
END

# The struct member by member.
keys Down Enter
expect "- *req" "    len = 120" "  + pkt = {...}" "  + table = [2, 3, 4, 5, 6,"
keys t
expect_screen <<'END'
Sample 1 of 5 of event 'btfsnoop:work'
Function: work
Task: curl  pid/tid: 4242/4242  CPU: 0  Time: 1000.002000000
  req = (struct request *)0xffff888000003000
- *req (struct request)
    len = (unsigned int)120
    state = (enum state)STATE_BUSY
  - union (union {...})
    - struct (struct {...})
        sport = (unsigned short)1002
        dport = (unsigned short)80
      ports = (unsigned int)5243882
    kind = (unsigned char:3)5
    sum = (unsigned char:2)2
  + name = (char[8])"eth0"
  + pkt = (struct packet){...}
  + table = (unsigned int[400])[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
  + lists = (struct list[20])[...]
+ buf(p,n) = 4142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f60616
  note = (char *)"hello"
  req->len = (unsigned int)120


h: help  Enter: unfold  n/p: next/previous  r: entry/return  t: types  z: zeros
END

# A filter finds what is folded, with what it is in; its end leaves it unfolded.
keys t / a d d r
expect_screen <<'END'
Sample 1 of 5 of event 'btfsnoop:work'
- *req
  - pkt
    - addr = [0x2, 0x42, 0xac, 0x11, 0x0, 0x2]



















Filter: addr  3 of 345
END
keys Enter End Escape
expect "    + addr = [0x2," "    ok = true"
keys z
expect "Members that are zero are shown" "      state = STATE_IDLE"
keys z
expect_not "      state = STATE_IDLE"
keys x
expect "0058:  02 42 ac 11 00 02 "
keys x
expect_not "0058:"

# The next sample has the same unfolded, and the cursor is where it was.
keys n
expect "Sample 2 of 5" "    + addr = [0x2, 0x42, 0xac, 0x11, 0x0, 0x6]"
keys x
expect "0058:  02 42 ac 11 00 06 "
keys x p
expect "Sample 1 of 5" "0x11, 0x0, 0x2]"

# From the entry to the return and back.
keys r
expect "event 'btfsnoop:work__return'" "Duration: 12.000us" "return = 0" \
	"The return of the call; r: back to its entry"
keys r
expect "event 'btfsnoop:work'" "The entry of the call" "    + addr = "

# Folding from a member back to the list.
keys C
expect "+ *req = {...}"
keys E
expect "  - pkt"
keys C Home Left
expect "Sample 1 of 5  btfsnoop:work, Command: curl"
keys Escape
expect "Event count (approx.): 20"

# A histogram of a column, and of a member.
keys Home '>' '>' '>' '>' '>' '>' '>' i
expect_screen <<'END'
Histogram of req->len (log2), 20 samples of event 'btfsnoop:work'
  min 100  avg 115.00  p50 110  p90 130  p99 130  max 130
  [64, 128)   15   75.00%  ███████████████████████████████████████████████████
  [128, 256)   5   25.00%  █████████████████



















l: log2/linear  /: filter  P: print  h: help  ESC: back
END
keys l
expect "(linear)" "[100, 102)  5   25.00%"
keys P
expect "perf.histogram.0 written"
grep -q '^  \[130, 132)  *5  *25.00%' perf.histogram.0 || fail "perf.histogram.0 is wrong"
[ "$(stat -c %a perf.histogram.0)" = 600 ] || fail "others may read perf.histogram.0"
keys Escape
expect "Overhead"

# Help is there on all pages; q ends it all.
keys h
expect "Keys: entries"
keys Escape
expect_not "Keys: entries"
keys q
expect_exit 0
