/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the kernel frees and copies the objects that are followed (--track). */
#ifndef BTFSNOOP_RECORD_TRACK_H
#define BTFSNOOP_RECORD_TRACK_H

#include "../attach/attach.h"
#include "../plan/event.h"
#include "../plan/track.h"

struct track_opts {
	const struct track_what *what;
	char *const *until;		/* "func", "func(param)", "module:func", "tp:name" */
	unsigned int nr_until;
};

struct track_notes {
	struct attach_note *notes;
	unsigned int nr_notes;
};

/*
 * Finds these places for the types that @events follow, in what this kernel has; none if nothing is
 * followed. The notes' plans are @out's, which track_notes__exit() empties, also after an error.
 * Returns 0, -ENOENT or -EINVAL with a message in @diag about --track-until, -ENOMEM.
 */
int track_notes__make(const struct track_opts *opts, const struct event_list *events,
		      struct kbtf *kbtf, struct track_notes *out, struct diag *diag);
void track_notes__exit(struct track_notes *list);

/* Says on stderr where an end will not be seen; to be called when all is attached. */
void track_notes__say(const struct track_notes *list);

#endif
