#!/bin/bash
# make makes anew what was made with other flags, and only that
# SPDX-License-Identifier: GPL-2.0-only

top=$(cd "$(dirname "$0")/../.." && pwd)
object=perf-plugin/losses.o

# make_object SETTING...: what make says of it.
make_object()
{
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -C "$top" O="$PWD/out" "$@" "$PWD/out/$object" 2>&1
}

expect()
{
	local said
	said=$(make_object "${@:2}")
	case $1:$(grep -c "CC .*$object" <<<"$said") in
	made:1|kept:0) ;;
	*) echo "make ${*:2}: should be $1"; echo "$said"; exit 1 ;;
	esac
}

expect made CFLAGS=-O1
expect kept CFLAGS=-O1
expect made CFLAGS="-O1 -DA='\"a b\"'"
expect kept CFLAGS="-O1 -DA='\"a b\"'"
expect made CFLAGS=-O1 CC=clang
expect kept CFLAGS=-O1 CC=clang
