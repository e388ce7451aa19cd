/* SPDX-License-Identifier: GPL-2.0-only */
/* Call chains of samples in a table, each of them once. */
#ifndef BTFSNOOP_EXPORT_CHAINS_H
#define BTFSNOOP_EXPORT_CHAINS_H

#include <uthash.h>

#include "../report/callchain.h"
#include "database.h"

struct chains {
	struct known_chain *known;
	unsigned int nr;
	sqlite3_stmt *insert;
	struct chain chain;
	struct buf key;
};

/* Makes the table. Returns 0 or a negative errno with a message. */
int chains__init(struct chains *chains, struct database *db);
void chains__exit(struct chains *chains);

/* The id of @sample's chain, whose rows are in the table then. Returns 0 or a negative errno. */
int chains__id(struct chains *chains, struct database *db, struct input *input,
	       const struct perfdata_sample *sample, unsigned int *id);

#endif
