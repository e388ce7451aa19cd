#!/bin/bash
# bash completes commands, options, functions, parameters, members and keys
# SPDX-License-Identifier: GPL-2.0-only

top=$(dirname "$0")/../..

fail()
{
	echo "$1"
	cat shown steps
	exit 1
}

perf btfsnoop record -q -f 'tp:sched_switch(prev->comm, next->pid)' -- true || exit 1

cat >rc <<END
PS1='ready> '
. '$top/perf-plugin/completion/perf-btfsnoop'
bind 'set bell-style none'
bind 'set show-all-if-ambiguous on'
bind 'set enable-bracketed-paste off'
END

# completes TYPED EXPECTED: what the line becomes, or is offered, after a TAB
completes()
{
	tty_run -t 20 'expect:ready> ' "send:$1" 'send:^I' "expect:$2" 'send:^U^D' 'eof:' \
		-- bash --rcfile rc -i >shown 2>steps ||
		fail "'$1' does not become '$2'"
}

completes 'perf btfsn' 'perf btfsnoop '
completes 'perf btfsnoop rec' 'perf btfsnoop record '
completes 'perf btfsnoop record --max-ev' 'record --max-events '
completes 'perf btfsnoop report --hea' '--header'

# functions and tracepoints, also in words that the shell takes apart
completes "perf btfsnoop record -f 'tcp_sendmsg_fasto" "tcp_sendmsg_fastopen("
completes 'perf btfsnoop record -f tp:sched_swi' 'tp:sched_switch'
completes 'perf btfsnoop record -f mine=tp:sched_swi' 'mine=tp:sched_switch'
completes 'perf-btfsnoop record --function=tp:sched_swi' '--function=tp:sched_switch'

# parameters and members, through pointers and anonymous structs
completes "perf btfsnoop record -f 'tcp_sendmsg(si" "tcp_sendmsg(size"
completes "perf btfsnoop record -f 'tcp_sendmsg(sk->sk_soc" 'tcp_sendmsg(sk->sk_socket->'
completes "perf btfsnoop record -f 'tcp_sendmsg(size, sk->sk_socket->fil" 'sk->sk_socket->file'
completes "perf btfsnoop record -f 'ip_send_skb(skb->dev_scr" 'ip_send_skb(skb->dev_scratch'
completes "perf btfsnoop record -f 'tcp_sendmsg((struct sock *)->sk_soc" ')->sk_socket'
completes 'perf btfsnoop record -f tcp_sendmsg\\(sk-\\>sk_soc' 'sk-\>sk_socket-\>'

# keys, and fields of the file
completes 'perf btfsnoop report -s co' 'report -s comm'
completes "perf btfsnoop report -s 'comm,next->p" "'comm,next->pid"

# perf's events
completes 'perf btfsnoop record -e sched:sched_swi' '-e sched:sched_switch'
completes 'perf btfsnoop record -e cpu-clock,sched:sched_swi' 'cpu-clock,sched:sched_switch'

# behind options of perf
completes 'perf --no-pager btfsnoop rec' 'btfsnoop record '
completes 'perf help btfsn' 'perf help btfsnoop '

# what is not ours is perf's
completes 'perf record --call-g' '--call-graph'
completes 'perf recor' 'perf record '

# Whichever of the two is read first: ours beside perf's, and perf's before ours.
own=/usr/share/bash-completion/completions/perf
if [ -r "$own" ]; then
	sed -i "s|^. .*|. '$own'; &|" rc
	completes 'perf btfsnoop rec' 'perf btfsnoop record '
	completes 'perf btfsnoop record -f tp:sched_swi' 'tp:sched_switch'
	completes 'perf btfsnoop record -e cpu-clock,sched:sched_swi' 'cpu-clock,sched:sched_switch'
	completes 'perf record --call-g' '--call-graph'
fi
