# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Drives a program in a terminal of tmux: keys are sent, what is on the screen is compared. tmux has a
# server of its own, which ends with the test, and leaves nothing behind.

export TMUX_TMPDIR=$PWD
unset TMUX

# A server that is killed by a test's timeout could stay: it ends with its last window, and that with
# the program in it.
tui()
{
	tmux -u -L tui -f /dev/null "$@"
}

tui_stop()
{
	tui kill-server 2>/dev/null
	rm -rf "$TMUX_TMPDIR"/tmux-*
}
trap tui_stop EXIT

# tui_start COLUMNSxROWS COMMAND: runs the shell command in a terminal of that size. When it ends its
# status is in the file status, and the shell goes on: "shell>" is on the screen.
tui_start()
{
	local tries

	# A server that is just ending with its last window takes the one asked for along.
	for tries in 1 2 3 none; do
		[ "$tries" != none ] || exit 1
		rm -f status
		tui new-session -d -x "${1%x*}" -y "${1#*x}" \
			"stty -echo; echo before; $2; echo \$? >status; echo 'shell>'; exec sleep 100" \; \
			set-option -g status off >/dev/null && break
		sleep 0.5
	done
	tui resize-window -x "${1%x*}" -y "${1#*x}"
}

# keys KEY...: by tmux's names (Enter, Down, C-c); what is no name is typed as it is.
keys()
{
	tui send-keys "$@"
}

tui_resize()
{
	tui resize-window -x "${1%x*}" -y "${1#*x}"
}

# What is on the screen, without spaces at the ends of lines and without empty lines at its end.
screen()
{
	tui capture-pane -p 2>/dev/null | sed 's/ *$//' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}

# tui_wait SECONDS COMMAND...: until it succeeds.
tui_wait()
{
	local end=$((SECONDS + $1))

	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}

shows()
{
	screen | grep -qF -- "$1"
}

lacks()
{
	! shows "$1"
}

is_screen()
{
	[ "$(screen)" = "$1" ]
}

fail()
{
	echo "$1; on the screen is:"
	screen
	exit 1
}

# expect TEXT...: each of them is on the screen, sooner or later.
expect()
{
	local text

	for text in "$@"; do
		tui_wait 20 shows "$text" || fail "'$text' does not appear"
	done
}

# expect_not TEXT: it goes away.
expect_not()
{
	tui_wait 20 lacks "$1" || fail "'$1' stays"
}

# expect_screen: the whole screen becomes what is on stdin.
expect_screen()
{
	local expected

	expected=$(cat)
	tui_wait 20 is_screen "$expected" && return
	diff <(printf '%s\n' "$expected") <(screen)
	fail "another screen was expected"
}

# expect_exit STATUS: the program ends with it, and the screen is what it was before.
expect_exit()
{
	expect 'shell>'
	tui_wait 20 test -s status
	[ "$(cat status)" = "$1" ] || fail "status $(cat status) instead of $1"
	expect_screen <<END
before
shell>
END
}
