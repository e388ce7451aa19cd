#!/bin/bash
# thousands of keys at random: the screen of report survives them
# SPDX-License-Identifier: GPL-2.0-only

command -v tmux >/dev/null || { echo "no tmux"; exit 2; }
. "$TESTS/lib/tui.sh"

readonly rounds=${MONKEY_ROUNDS:-100} per_round=50
seed=${MONKEY_SEED:-$RANDOM}
echo "seed $seed"
RANDOM=$seed

"$BUILD/asan/unit/make_data" perf.data 60 || exit 1
cp perf.data kept.data
# Neither q nor ^C: they end it, which is tried elsewhere. Some keys are more likely.
keys=(Up Down Up Down Left Right Enter Enter Escape Tab BTab PPage NPage Home End Space
	+ - a b c d e f g h i j k l m n o p r s t u v w x y z A B C D E F G H I J L M N P R S T U V W
	X Y Z 0 1 2 3 4 5 6 7 8 9 / . , '<' '>' '?' '[' ']' '%' '_' '#' '=' '*' BSpace F1 C-l C-u)
sizes=(80x24 40x10 120x40 20x5 80x24 200x60 3x2)

start()
{
	tui_start 80x24 "ulimit -c 0; perf-btfsnoop report 2>errors.$1"
	expect "Available samples"
}

# It may have been left by Esc on the first page: then once more.
alive()
{
	! [ -s status ]
}

start 0
for ((round = 1; round <= rounds; round++)); do
	batch=()
	for ((i = 0; i < per_round; i++)); do
		batch+=("${keys[RANDOM % ${#keys[@]}]}")
	done
	keys "${batch[@]}"
	echo "${batch[*]}" >>sent
	[ $((round % 7)) != 0 ] || tui_resize "${sizes[RANDOM % ${#sizes[@]}]}"
	if ! alive; then
		[ "$(cat status)" = 0 ] || break
		tui kill-server
		start "$round"
	fi
done
# What was sent is dealt with when this is: a filter or a question is left by Esc, a page by q. The time
# between is for Esc to be a key and no beginning of one.
tui_resize 80x24
for ((i = 0; i < 30; i++)); do
	alive || break
	keys Escape
	sleep 0.2
	keys q
	sleep 0.2
done
tui_wait 20 test -s status || fail "it does not end (seed $seed)"
if [ "$(cat status)" != 0 ] || cat errors.* | grep -E 'Sanitizer|runtime error'; then
	tail -n 5 sent
	cat errors.*
	fail "status $(cat status) (seed $seed)"
fi
cmp perf.data kept.data || fail "the file was changed (seed $seed)"
rm -f perf.*.[0-9]* sent
exit 0
