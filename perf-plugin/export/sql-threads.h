/* SPDX-License-Identifier: GPL-2.0-only */
/* The threads that samples are of, by what they were called. */
#ifndef BTFSNOOP_EXPORT_SQL_THREADS_H
#define BTFSNOOP_EXPORT_SQL_THREADS_H

#include "../perfdata/reader.h"
#include "database.h"

struct sql_thread;

struct sql_threads {
	struct sql_thread *by_key;
	struct sql_thread *last;	/* that was looked up */
};

/* Counts @sample, whose task is called @comm. Returns 0 or -ENOMEM. */
int sql_threads__add(struct sql_threads *threads, const struct perfdata_sample *sample,
		     const char *comm);

/* Makes the table. Returns 0 or a negative errno with a message. */
int sql_threads__write(struct sql_threads *threads, struct database *db);
void sql_threads__exit(struct sql_threads *threads);

#endif
