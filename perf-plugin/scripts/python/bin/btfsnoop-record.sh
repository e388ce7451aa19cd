# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For the *-record scripts of perf script record.

# record_calls SPEC OPTIONS [ARG...]: perf btfsnoop record. perf script record takes no options but
# those of perf record, so arguments in front with a parenthesis are specs; without one SPEC is it.
record_calls()
{
	spec=$1 options=$2 leading=1 any=0
	shift 2
	for arg; do
		shift
		case $leading$arg in
		1*'('*) set -- "$@" -f "$arg"; any=1 ;;
		1-*)	set -- "$@" "$arg" ;;
		*)	set -- "$@" "$arg"; leading=0 ;;
		esac
	done
	[ "$any" = 1 ] || set -- -f "$spec" "$@"
	# shellcheck disable=SC2086 # options are words
	exec perf btfsnoop record $options "$@"
}
