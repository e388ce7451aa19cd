#!/bin/sh
# scripts/examples/log-store: events of two machines in one store
# SPDX-License-Identifier: GPL-2.0-only

ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { echo "there is no PostgreSQL"; exit 2; }
"$TESTS/../scripts/examples/log-store" "$BUILD" >shown 2>said || { cat shown said; exit 1; }
for line in 'web1 [|] btfsnoop:sched_process_exec [|] +3$' 'web2 [|] cat +[|] .*/cat$' \
	'web1 [|] ls +[|] .*/ls$' 'web[12] [|] [0-9]+ +[|] -2 +[|] +[0-9]+$'; do
	grep -q -E "$line" shown || { echo "not shown: $line"; cat shown said; exit 1; }
done
[ ! -s said ] || { cat said; exit 1; }
