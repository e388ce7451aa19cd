# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What tests have at hand. For sh and for busybox's.

# values FILE KEY...: of each line of FILE that has all of these key=value words, the values. FILE may
# be - for stdin. A value in quotes may have spaces in it.
values()
{
	values_file=$1
	shift
	awk -v keys="$*" '
		BEGIN { n = split(keys, key, " ") }
		function value(k,    at, rest) {
			at = index(" " $0, " " k "=")
			if (!at)
				return "\001"
			rest = substr($0, at + length(k) + 1)
			if (substr(rest, 1, 1) == "\"") {
				match(rest, /"([^"\\]|\\.)*"(\.\.\.)?/)
				return substr(rest, 1, RLENGTH)
			}
			sub(/[ \t].*/, "", rest)
			return rest
		}
		{
			line = ""
			for (i = 1; i <= n; i++) {
				v = value(key[i])
				if (v == "\001")
					next
				line = line (i > 1 ? " " : "") v
			}
			print line
		}' "$values_file"
}

# same FILE KEYS FILE KEYS: both files have the same values in the same order, and at least one. Keys
# are separated by spaces.
same()
{
	# shellcheck disable=SC2086 # keys are words
	values "$1" $2 >.same.1
	# shellcheck disable=SC2086
	values "$3" $4 >.same.2
	if ! [ -s .same.1 ]; then
		echo "$1 has no values of: $2"
		return 1
	fi
	diff .same.1 .same.2 >.same.diff && return
	echo "$1 ($2) and $3 ($4) differ:"
	head -n 20 .same.diff
	return 1
}

# wait_for COMMAND...: until it succeeds, 20 seconds at most.
wait_for()
{
	wait_tries=0
	until "$@" >/dev/null 2>&1; do
		wait_tries=$((wait_tries + 1))
		if [ "$wait_tries" -gt 400 ]; then
			echo "waited in vain: $*"
			return 1
		fi
		sleep 0.05
	done
}

# agrees SPEC PROGRAM...: records SPEC while PROGRAM runs, and compares each value with what PROGRAM
# printed of this function: lines with the same values, a->b and a.b as a__b, and func=NAME if any has
# that. $RECORD is more for record's command line.
agrees()
{
	agrees_spec=$1
	shift
	# shellcheck disable=SC2086 # options are words
	perf-btfsnoop record -q $RECORD -f "$agrees_spec" -- "$@" >sent || return
	perf-btfsnoop script >got
	cat got
	agrees_func=${agrees_spec%%(*}
	agrees_keys=$(echo "${agrees_spec#*\(}" | sed 's/)$//; s/,/ /g')
	grep "^func=${agrees_func##*:} " sent >called || cp sent called
	same called "$(echo "$agrees_keys" | sed 's/->/__/g; s/[.]/__/g')" got "$agrees_keys"
}

# kernel_from MAJOR.MINOR: is this kernel that new?
kernel_from()
{
	[ "$(printf '%s\n' "$1" "$(uname -r)" | sort -V | head -n 1)" = "$1" ]
}

# accounted EVENTS SAID CALLS: is each call an event, or counted as not seen in what record said? Two
# tasks that call a function on one CPU at a time can be that: the kernel runs a program only once.
accounted()
{
	accounted_missed=$(awk '/calls not seen/ { n += $2 } END { print n + 0 }' "$2")
	echo "$1 events, $accounted_missed calls not seen, of $3"
	[ $(($1 + accounted_missed)) = "$3" ]
}

# with_plugin COMMAND...: with btfsnoop.so where libtraceevent looks for plugins of one's own. The one
# without sanitizers: perf has none.
with_plugin()
{
	mkdir -p home/.local/lib/traceevent/plugins
	cp "$BUILD/btfsnoop.so" home/.local/lib/traceevent/plugins/
	HOME=$PWD/home "$@"
}

# bodies: what perf script shows of our events, without what it puts in front.
bodies()
{
	sed -E 's/^.*[0-9]+\.[0-9]{6}: +btfsnoop:([^ ]+): /\1: /'
}
