/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * perf's --control: commands, a line each, that come in by a file descriptor or FIFO while
 * recording, and "ack\n" with a NUL behind where an answer is wanted (tools/perf/util/evlist.c,
 * evlist__ctlfd_*()).
 */
#ifndef BTFSNOOP_RECORD_CONTROL_H
#define BTFSNOOP_RECORD_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

#include "../util/diag.h"

/*
 * "fd:CTL[,ACK]" or "fifo:CTL[,ACK]": FIFOs are opened, so that either end may come and go. *@ack is
 * negative if there is none. Returns 0, -EINVAL or what open() said, with a message in @diag.
 */
int control__open(const char *text, int *fd, int *ack, struct diag *diag);

enum control_command {
	CONTROL_UNKNOWN,
	CONTROL_ENABLE,
	CONTROL_DISABLE,
	CONTROL_EVLIST,
	CONTROL_SNAPSHOT,
	CONTROL_STOP,
	CONTROL_PING,
};

#define CONTROL_MAX_LINE	256

struct control_reader {
	char line[CONTROL_MAX_LINE];
	size_t len;
	bool too_long;			/* the line's rest is passed over */
};

/*
 * Reads what has come from @fd, and hands @take each line that is complete, without its end; as with
 * perf, also what is a command without one when nothing more has come. What is no printable ASCII is
 * a question mark in it. Returns 0; -EPIPE when nothing can come any more; what reading failed with.
 */
int control__read(struct control_reader *reader, int fd,
		  void (*take)(void *ctx, const char *line), void *ctx);

/*
 * What @line asks for. *@arg is what stands behind the command and a blank; NULL: nothing does. It
 * is "" in front of what should not be there.
 */
enum control_command control__parse(const char *line, const char **arg);

/* Answers on @fd, if that is not negative. */
void control__ack(int fd);

#endif
