#!/bin/bash
# make install puts a part of perf where perf looks for it, and make uninstall leaves nothing
# SPDX-License-Identifier: GPL-2.0-only

top=$(cd "$(dirname "$0")/../.." && pwd)
dest=$PWD/dest

fail()
{
	echo "$1"
	find dest | sort
	exit 1
}

# What is built there is what is installed, without sanitizers; make is not that of the tests.
run_make()
{
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$top" O="$BUILD" DESTDIR="$dest" "$@" ||
		fail "make $* failed"
}

installed()
{
	for file; do
		[ -e "dest$file" ] || fail "$file is not installed"
	done
}

# Where perf is, whatever PREFIX.
exec_path=$(env -u PERF_EXEC_PATH perf --exec-path)
run_make install PERF_EXEC_DIR="$exec_path" PLUGINDIR=/usr/lib/traceevent/plugins
installed "$exec_path"/{perf-btfsnoop,scripts/python/btfsnoop-latency.py,scripts/python/bin/btfsnoop-latency-report} \
	/usr/local/share/man/man1/{perf-btfsnoop,perf-btfsnoop-record}.1 \
	/usr/local/share/bash-completion/completions/perf-btfsnoop /etc/bash_completion.d/perf-btfsnoop \
	/usr/lib/traceevent/plugins/btfsnoop.so
[ -z "$(find dest -type f -perm /022)" ] || fail "files that others can write"

# perf with that as its exec path, and the manual pages.
for tool in "$exec_path"/*; do
	[ -e "dest$tool" ] || ln -s "$tool" "dest$tool"
done
export PERF_EXEC_PATH=$dest$exec_path MANPATH=$dest/usr/local/share/man MANPAGER=cat PAGER=cat
perf btfsnoop --version | grep -q '^perf-btfsnoop version ' || fail "perf does not find it"
perf script -l | grep -q btfsnoop-latency || fail "perf script -l does not list ours"
if command -v man >/dev/null; then
	for topic in btfsnoop btfsnoop-record; do
		perf help $topic 2>&1 | grep -q 'perf-btfsnoop' || fail "no perf help $topic"
	done
	perf btfsnoop --help 2>&1 | grep -q 'perf-btfsnoop' || fail "no perf btfsnoop --help"
fi
find "dest$exec_path" -type l -exec rm {} +

run_make uninstall PERF_EXEC_DIR="$exec_path" PLUGINDIR=/usr/lib/traceevent/plugins
[ -z "$(find dest -mindepth 1)" ] || fail "left behind"

# A PREFIX of one's own has it all, and what is others' stays.
own="PREFIX=/opt/x PERF_EXEC_DIR=/opt/x/libexec/perf-core PLUGINDIR=/opt/x/lib/traceevent/plugins"
mkdir -p dest/opt/x/share/man/man1
touch dest/opt/x/share/man/man1/other.1
# shellcheck disable=SC2086 # settings are words
run_make install $own
[ -z "$(find dest -type f ! -path 'dest/opt/x/*')" ] || fail "outside of PREFIX"
"dest/opt/x/libexec/perf-core/perf-btfsnoop" --version >/dev/null || fail "does not run"
# shellcheck disable=SC2086
run_make uninstall $own
[ "$(find dest -type f)" = dest/opt/x/share/man/man1/other.1 ] || fail "what is others' is gone, or ours is left"
[ -z "$(find dest -type d -empty)" ] || fail "empty directories"
