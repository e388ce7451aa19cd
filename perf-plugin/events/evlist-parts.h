/* SPDX-License-Identifier: GPL-2.0-only */
/* What an evlist is made of, for evlist.c and evlist-open.c. */
#ifndef BTFSNOOP_EVENTS_EVLIST_PARTS_H
#define BTFSNOOP_EVENTS_EVLIST_PARTS_H

#include "../perfdata/ring.h"
#include "../util/buf.h"
#include "evlist.h"
#include "parse.h"

struct evlist {
	struct evlist_roots roots;
	struct evsels evsels;
	unsigned int last;		/* where those of the last text begin */
	struct perfdata_foreign *foreign;

	/* What is open: of event e on CPU c and task t fds[(e * nr_cpus + c) * nr_tasks + t]. */
	int *fds;
	unsigned int nr_cpus;
	unsigned int nr_tasks;
	struct ring *rings;		/* by CPU */
	bool on_exec;			/* exec enables them, the next time */
	struct buf records;		/* scratch */
	uint64_t lost;
};

/* Closes what is open. */
void evlist__close(struct evlist *list);

#endif
