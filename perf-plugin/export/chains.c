// SPDX-License-Identifier: GPL-2.0-only
#include "chains.h"

#include <errno.h>
#include <stdlib.h>

struct known_chain {
	UT_hash_handle hh;
	unsigned int id;
	char key[];		/* the process, whose addresses these are, and the addresses */
};

int chains__init(struct chains *chains, struct database *db)
{
	struct buf sql = BUF_INIT;
	int err;

	buf__adds(&sql, "CREATE TABLE callchains (id INTEGER NOT NULL, level INTEGER NOT NULL,"
		  " ip TEXT, symbol TEXT, \"offset\" INTEGER, dso TEXT, PRIMARY KEY (id, level))"
		  " WITHOUT ROWID");
	err = database__run(db, &sql);
	if (err)
		return err;
	buf__adds(&sql, "INSERT INTO callchains VALUES (?,?,?,?,?,?)");
	return database__prepare(db, &sql, &chains->insert);
}

void chains__exit(struct chains *chains)
{
	struct known_chain *known, *next;

	HASH_ITER(hh, chains->known, known, next) {
		HASH_DEL(chains->known, known);
		free(known);
	}
	sqlite3_finalize(chains->insert);
	chain__exit(&chains->chain);
	buf__exit(&chains->key);
}

static void bind_string(sqlite3_stmt *stmt, int index, const char *text)
{
	if (text)
		sqlite3_bind_text(stmt, index, text, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(stmt, index);
}

static int insert(struct chains *chains, struct database *db, unsigned int id)
{
	char ip[24];
	int err = 0;

	for (unsigned int i = 0; i < chains->chain.nr && !err; i++) {
		const struct place *place = &chains->chain.places[i];

		sqlite3_bind_int64(chains->insert, 1, id);
		sqlite3_bind_int64(chains->insert, 2, i);
		snprintf(ip, sizeof(ip), "0x%llx", (unsigned long long)place->ip);
		bind_string(chains->insert, 3, ip);
		bind_string(chains->insert, 4, place->sym);
		if (place->sym)
			sqlite3_bind_int64(chains->insert, 5, place->offset);
		else
			sqlite3_bind_null(chains->insert, 5);
		bind_string(chains->insert, 6, place->dso);
		err = database__step(db, chains->insert);
	}
	return err;
}

int chains__id(struct chains *chains, struct database *db, struct input *input,
	       const struct perfdata_sample *sample, unsigned int *id)
{
	struct known_chain *known;

	buf__clear(&chains->key);
	buf__add(&chains->key, &sample->pid, sizeof(sample->pid));
	buf__add(&chains->key, sample->callchain, sample->nr_callchain * sizeof(uint64_t));
	if (chains->key.failed)
		return -ENOMEM;
	HASH_FIND(hh, chains->known, chains->key.data, chains->key.len, known);
	if (known) {
		*id = known->id;
		return 0;
	}
	known = malloc(sizeof(*known) + chains->key.len);
	if (!known)
		return -ENOMEM;
	known->id = *id = ++chains->nr;
	memcpy(known->key, chains->key.data, chains->key.len);
	HASH_ADD(hh, chains->known, key, chains->key.len, known);
	if (chain__read(&chains->chain, input, sample, 0))
		return -ENOMEM;
	return insert(chains, db, *id);
}
