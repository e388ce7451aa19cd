/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Getting along with the perf that started us: `perf btfsnoop` runs this program as a child in its
 * own process group and waits for it, with SIGINT at its default and SIGWINCH blocked
 * (tools/perf/perf.c, lib/subcmd/run-command.c).
 */
#ifndef BTFSNOOP_CLI_TERM_H
#define BTFSNOOP_CLI_TERM_H

/*
 * Undoes what perf leaves behind in its children: SIGWINCH is unblocked. Signals that end a program
 * (^C, a broken pipe) make it exit with 128 + the signal where perf is the parent, which would say
 * "FATAL: unable to run" about a child that a signal killed. A command that has something to finish
 * blocks or catches them itself. To be called first.
 */
void term__init(void);

/* @fn is called before such an end; it has to be async-signal-safe. */
void term__before_end(void (*fn)(void));

/*
 * ^C would kill perf at once, and the shell would prompt while we are still at work. So, if our
 * parent is perf and we are in the terminal's foreground, go on in a process group of our own, in
 * the foreground; signals from the keyboard then come to us and our children only. On ^Z the old
 * group gets the terminal back and is stopped, with us in it, as the shell expects; after fg we take
 * the foreground again.
 *
 * Does nothing when part of a pipeline (its other members need the terminal too), or when already
 * done. Calling it again now and then covers a job that was started in the background.
 */
void term__take_foreground(void);

/* Gives the foreground back. Also happens at exit(). Async-signal-safe. */
void term__give_back(void);

#endif
