/* SPDX-License-Identifier: GPL-2.0-only */
/* What a session is to do with its files while it records, and who may tell it to. */
#ifndef BTFSNOOP_RECORD_FLIGHT_H
#define BTFSNOOP_RECORD_FLIGHT_H

#include <stdbool.h>
#include <stdint.h>

struct flight_opts {
	/* --overwrite: the last records are kept in memory, and written when that is asked for. */
	uint64_t keep_size;		/* bytes; 0: records go into files */
	uint64_t keep_ns;		/* 0: however old they are */
	uint64_t trigger_delay_ns;	/* how long recording goes on behind a trigger */
	unsigned int trigger_max;	/* it ends behind so many snapshots by triggers; 0: it doesn't */
	bool at_end;			/* a snapshot at the end, too */

	/* --switch-output: a new file, */
	bool several;
	bool on_signal;			/* by SIGUSR2, */
	uint64_t switch_size;		/* when it has these bytes, */
	uint64_t switch_ns;		/* and after this time; 0: not */

	bool stamped;			/* --timestamp-filename, of a single file */
	unsigned int max_files;		/* the oldest are removed; 0: never */

	bool has_control;
	int control_fd;			/* where commands come from, */
	int ack_fd;			/* and are answered; negative: nowhere */
};

#endif
