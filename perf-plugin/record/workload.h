/* SPDX-License-Identifier: GPL-2.0-only */
/* The command behind "--": forked early, so that its pid is known, and let go later. */
#ifndef BTFSNOOP_RECORD_WORKLOAD_H
#define BTFSNOOP_RECORD_WORKLOAD_H

#include <stdbool.h>
#include <sys/types.h>

struct workload {
	pid_t pid;		/* 0: none */
	int go_fd;		/* the child waits for a byte from here ... */
	int wait_fd;		/* ... at this end, kept open against SIGPIPE should it be killed */
	int failed_fd;		/* where it tells why exec failed, if it did */
	bool reaped;
	int status;		/* as of waitpid(2), once reaped */
};

/*
 * Forks a child that will run argv[0] (found on PATH). With @to_stderr that is its stdout, too: ours
 * is for something else, as with perf record -o -. Returns 0 or a negative errno.
 */
int workload__prepare(struct workload *w, char *const argv[], bool to_stderr);

/* Lets the child exec. Returns 0, or the negative errno of exec; then the child is reaped. */
int workload__start(struct workload *w);

/* True once the command has ended; never waits. */
bool workload__is_done(struct workload *w);

/* The exit status to pass on: the command's, or 128 + the signal that ended it. */
int workload__exit_status(const struct workload *w);

/* Ends a child that still waits or runs, and reaps it. */
void workload__exit(struct workload *w);

#endif
