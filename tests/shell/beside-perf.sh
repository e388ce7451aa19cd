#!/bin/bash
# the same events as perf record -e sees: sched_switch of two busy CPUs, every one of them
# SPDX-License-Identifier: GPL-2.0-only

[ -e /sys/kernel/tracing/events/sched/sched_switch ] || { echo "no tracefs"; exit 2; }
# Ours is inside perf's recording on purpose: what it does itself is recorded by both.
perf record -q -m 4M -o stock.data -a -e sched:sched_switch -- \
	perf btfsnoop record -q -m 16M -o ours.data -a \
	-f 'tp:sched_switch(prev->pid, prev->comm, next->pid, next->prio)' -- \
	sh -c 'for i in $(seq 100); do /bin/true; done; sleep 0.1' || exit 1
perf script -i stock.data -F cpu,trace |
	sed -n 's/.*\(\[[0-9]*\]\).*prev_comm=\(.*\) prev_pid=\([0-9]*\) .*next_pid=\([0-9]*\) next_prio=\([0-9]*\)/\1 \3 "\2" \4 \5/p' >stock
perf btfsnoop script -i ours.data |
	sed -n 's/.*\(\[[0-9]*\]\).*prev->pid=\([0-9]*\) prev->comm=\(.*\) next->pid=\([0-9]*\) next->prio=\([0-9]*\)/\1 \2 \3 \4 \5/p' >ours
# Some kernels do not let perf see the idle task of every CPU.
sed -i '/] 0 "swapper/d' stock ours
echo "$(wc -l <stock) by perf, $(wc -l <ours) by us"
[ "$(wc -l <ours)" -gt 200 ] || exit 1
for cpu in 000 001; do
	grep "^.$cpu" ours >ours.$cpu
	grep "^.$cpu" stock >stock.$cpu
	# perf began before and ended after us: ours is one piece of its events, with none missing.
	python3 - ours.$cpu stock.$cpu <<'END' || exit 1
import sys
ours, stock = (open(name).read().split("\n")[:-1] for name in sys.argv[1:3])
for start in range(len(stock) - len(ours) + 1):
    if stock[start:start + len(ours)] == ours:
        sys.exit(0)
best = max(range(len(stock)), key=lambda s: next(
    (i for i, (a, b) in enumerate(zip(ours, stock[s:])) if a != b), len(ours)))
wrong = next((i for i, (a, b) in enumerate(zip(ours, stock[best:])) if a != b), len(ours))
print(sys.argv[1], "event", wrong, "of", len(ours), "differs:")
print("\n".join(ours[wrong - 2:wrong + 3]), "\nperf:", "\n".join(stock[best + wrong - 2:best + wrong + 3]), sep="\n")
sys.exit(1)
END
done
