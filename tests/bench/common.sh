# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the scripts that run in guests share: sourced by them. One CPU, whose clock counts the
# instructions it executes (scripts/guest --icount): nanoseconds are instructions, of everything
# that runs there, the tracer that takes the events out and writes them included.

tracing=/sys/kernel/tracing
kernel=$(uname -r | sed 's/^\([0-9]*[.][0-9]*\).*/\1/')
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
data=$room/data out=$room/out err=$room/err result=$room/load

# Operations that are counted, and those before.
ops=20000 warm=10000

# The kernel does some things late in its boot.
sleep 5

# field NAME FILE: the number behind NAME=
field()
{
	sed -n "s/.*\\b$1=\\([0-9]*\\).*/\\1/p" "$2" | tail -n 1
}

# loading WORKLOAD: the words of the command to be traced
loading()
{
	rm -f "$result"
	echo "load $1 -n $ops -w $warm -o $result"
}

# bare WORKLOAD: what it takes untraced, into $bare_ns and $bare_median; the least of some runs, as
# the kernel may have been busy
bare()
{
	bare_ns='' bare_median=''
	for _ in 1 2 3; do
		# shellcheck disable=SC2046,SC2091
		$(loading "$1")
		ns=$(field ns "$result")
		[ -n "$bare_ns" ] && [ "$bare_ns" -lt "$ns" ] || bare_ns=$ns bare_median=$(field median "$result")
	done
}

# data_size FILE: bytes of samples in a perf.data (struct perf_file_header in tools/perf/util/header.h)
data_size()
{
	od -A n -t u8 -j 48 -N 8 "$1" | tr -d ' '
}

# row WORKLOAD TRACER BACKEND EVENTS LOST BYTES [PER]: a line of bench.tsv. EVENTS and LOST are those of
# all operations, BYTES of all events; PER is what to divide by, instead of the events of an operation:
# EVENTS + LOST over all operations. What is not known is "-".
row()
{
	[ -s "$result" ] || { none "$1" "$2" "$3"; return; }
	awk -v kernel="$kernel" -v workload="$1" -v tracer="$2" -v backend="$3" -v events="$4" -v lost="$5" \
		-v bytes="$6" -v per="$7" -v ops="$ops" -v warm="$warm" -v bare="$bare_ns" \
		-v bare_median="$bare_median" -v ns="$(field ns "$result")" \
		-v median="$(field median "$result")" 'BEGIN {
			if (per == "")
				per = (events + lost) / (ops + warm)
			mean = (per > 0) ? sprintf("%.0f", (ns - bare) / ops / per) : "-"
			task = (per > 0) ? sprintf("%.0f", (median - bare_median) / per) : "-"
			size = (events > 0 && bytes > 0) ? sprintf("%.0f", bytes / events) : "-"
			printf "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", kernel, workload, tracer, backend,
				mean, events, lost, size, task
		}'
}

# none WORKLOAD TRACER BACKEND: it can't, or said nothing
none()
{
	printf '%s\t%s\t%s\t%s\t-\t-\t-\t-\t-\n' "$kernel" "$1" "$2" "$3"
	sed "s/^/$2 $3: /" "$err" 2>/dev/null | tail -n 3 >&2
}

# left EXPECTED EVENTS: how many are missing
left()
{
	echo $(($1 > $2 ? $1 - $2 : 0))
}

# by_limit WORKLOAD BACKEND PROGRAM PER [OPTION...]
by_limit()
{
	workload=$1 backend=$2 program=$3 per=$4
	shift 4
	# shellcheck disable=SC2046
	if ! limit -o "$data" "$@" "$program" -- $(loading "${workload%%-*}") >"$out" 2>"$err"; then
		none "$workload" limit "$backend"
		return
	fi
	row "$workload" limit "$backend" "$(field events "$err")" "$(field lost "$err")" \
		"$(field bytes "$err")" "$per"
}

# by_ours WORKLOAD BACKEND PER OPTION...
by_ours()
{
	workload=$1 backend=$2 per=$3
	shift 3
	# shellcheck disable=SC2046
	if ! timeout 600 perf-btfsnoop record -o "$data" -m 1M --backend "$backend" "$@" -- \
		$(loading "${workload%%-*}") >"$out" 2>"$err"; then
		none "$workload" btfsnoop "$backend"
		return
	fi
	events=$(sed -n 's/.*(\([0-9]*\) samples.*/\1/p' "$err")
	lost=$(sed -n 's/.*samples, \([0-9]*\) lost.*/\1/p' "$err")
	row "$workload" btfsnoop "$backend" "${events:-0}" "${lost:-0}" "$(data_size "$data")" "$per"
}

# by_stat WORKLOAD BACKEND PER OPTION...: what is only counted
by_stat()
{
	workload=$1 backend=$2 per=$3
	shift 3
	# shellcheck disable=SC2046
	if ! timeout 600 perf-btfsnoop stat -x, -o "$data" --backend "$backend" "$@" -- \
		$(loading "${workload%%-*}") >"$out" 2>"$err"; then
		none "$workload" btfsnoop "$backend"
		return
	fi
	events=$(sed -n 's/^\([0-9]*\),,[^,]*,,count$/\1/p' "$data" | head -n 1)
	row "$workload" btfsnoop "$backend" "${events:-0}" 0 - "$per"
}

# by_bpftrace_maps WORKLOAD BACKEND PER PROGRAM: the same, counted in @calls
by_bpftrace_maps()
{
	# shellcheck disable=SC2046
	if ! bpftrace -c "$(loading "${1%%-*}")" -e "$4" >"$out" 2>"$err"; then
		none "$1" bpftrace "$2"
		return
	fi
	row "$1" bpftrace "$2" "$(sed -n 's/^@calls: //p' "$out")" 0 - "$3"
}

# probes LINE...: these are the kprobe events, and no others
probes()
{
	echo >"$tracing/kprobe_events"
	for line; do
		echo "$line"
	done >>"$tracing/kprobe_events"
}

# by_perf WORKLOAD PER EXPECTED OPTION...: EXPECTED events, 0: perf knows what it lost
by_perf()
{
	workload=$1 per=$2 expected=$3
	shift 3
	# shellcheck disable=SC2046
	if ! perf record -o "$data" "$@" $(loading "${workload%%-*}") >"$out" 2>"$err"; then
		none "$workload" perf kprobe
		return
	fi
	perf report --stats -i "$data" >"$out" 2>/dev/null
	events=$(sed -n 's/^ *SAMPLE events: *\([0-9]*\).*/\1/p' "$out" | head -n 1)
	lost=$(sed -n 's/.*LOST_SAMPLES events.*: *\([0-9]*\).*/\1/p' "$out" | head -n 1)
	[ "$expected" = 0 ] || lost=$(left "$expected" "${events:-0}")
	row "$workload" perf kprobe "${events:-0}" "${lost:-0}" "$(data_size "$data")" "$per"
}

# by_trace_cmd WORKLOAD PER EXPECTED OPTION...
by_trace_cmd()
{
	workload=$1 per=$2 expected=$3
	shift 3
	# shellcheck disable=SC2046
	if ! trace-cmd record -o "$data" "$@" $(loading "${workload%%-*}") >"$out" 2>"$err"; then
		none "$workload" trace-cmd kprobe
		return
	fi
	bytes=$(sed -n 's/.*(\([0-9]*\) uncompressed).*/\1/p' "$err" | head -n 1)
	events=$(trace-cmd report -i "$data" 2>"$err" | grep -c '^ .*: ')
	row "$workload" trace-cmd kprobe "$events" "$(left "$expected" "$events")" "${bytes:-0}" "$per"
}

# by_bpftrace WORKLOAD BACKEND PER EXPECTED PROGRAM
by_bpftrace()
{
	# shellcheck disable=SC2046
	if ! BPFTRACE_STRLEN=200 bpftrace -c "$(loading "${1%%-*}")" -e "$5" >"$out" 2>"$err"; then
		none "$1" bpftrace "$2"
		return
	fi
	events=$(grep -c '^@ ' "$out")
	row "$1" bpftrace "$2" "$events" "$(left "$4" "$events")" "$(stat -c %s "$out")" "$3"
}

# by_ksnoop WORKLOAD PER EXPECTED SPEC: it has no option for a command; what is traced is all that
# calls the function
by_ksnoop()
{
	ksnoop trace "$4" >"$out" 2>"$err" &
	tracer=$!
	sleep 10
	# shellcheck disable=SC2046,SC2091
	$(loading "${1%%-*}")
	sleep 3
	kill -INT "$tracer" 2>/dev/null
	wait "$tracer"
	events=$(awk '/^ *[0-9]+ +[0-9]+ +[0-9]+ /' "$out" | wc -l)
	if [ "$events" = 0 ]; then
		none "$1" ksnoop kprobe
		return
	fi
	row "$1" ksnoop kprobe "$events" "$(left "$3" "$events")" "$(stat -c %s "$out")" "$2"
}
