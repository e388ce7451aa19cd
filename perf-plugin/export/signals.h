/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ^C and the like while a file is written that must not be left half-written: they wait until it is
 * asked for them, and end the program when what was begun has been removed.
 */
#ifndef BTFSNOOP_EXPORT_SIGNALS_H
#define BTFSNOOP_EXPORT_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

struct signals {
	sigset_t before;	/* the mask as it was */
	sigset_t awaited;
	unsigned int nr_asked;
};

/*
 * From here SIGINT, SIGTERM and SIGHUP wait. @is_pipe: not SIGINT, which ends the recorder at the
 * other end of the pipe, and with its last events the file gets complete.
 */
void signals__hold(struct signals *signals, bool is_pipe);

/* One of them came: the work is to end. Cheap enough to be asked at every event. */
bool signals__came(struct signals *signals);

/* As it was: one that came ends the program here. */
void signals__release(const struct signals *signals);

#endif
