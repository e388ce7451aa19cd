/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A session in a process of its own, which writes perf's pipe format to who shows it while it
 * comes.
 *
 * However slow the reader is, the kernel that is traced never waits: what it has no room for is
 * counted, and the count comes in its place (PERF_RECORD_LOST_SAMPLES). If the reader ends, in
 * whatever way, the recorder ends, and with it all programs leave the kernel.
 */
#ifndef BTFSNOOP_RECORD_RECORDER_H
#define BTFSNOOP_RECORD_RECORDER_H

#include "session.h"

struct recorder;

/*
 * Starts recording by @opts (path, fd and reader are set here). What goes wrong there is printed
 * there. Signals that end a program (^C) are passed on to the recorder the first time they come: it
 * ends, and so does the pipe. Returns 0 or a negative errno with a message in @diag.
 */
int recorder__start(const struct session_opts *opts, struct recorder **out, struct diag *diag);

/* Where to read from. */
int recorder__fd(const struct recorder *recorder);

/* Tells the recorder to end. It writes what it has, which still has to be read. */
void recorder__stop(struct recorder *recorder);

/*
 * Reads what nobody has read, waits for the end, frees the recorder. Returns the exit status to
 * pass on; not 0 without a workload's doing where it failed, or was ended by a signal. *@result is
 * what the session said, zeros if it did not get so far.
 */
int recorder__end(struct recorder *recorder, struct session_result *result);

#endif
