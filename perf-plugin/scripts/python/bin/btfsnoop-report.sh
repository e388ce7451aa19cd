# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For the *-report scripts of perf script report.

# report_with HANDLER [ARG] [OPTION...]: perf script, of whose arguments the options come behind.
report_with()
{
	handler=$(perf --exec-path)/scripts/python/$1
	shift
	case ${1--} in
	-*) exec perf script "$@" -s "$handler" ;;
	esac
	arg=$1
	shift
	exec perf script "$@" -s "$handler" "$arg"
}
