/* SPDX-License-Identifier: GPL-2.0-only */
/* An SQLite database while it is built: its file, statements put together from text. */
#ifndef BTFSNOOP_EXPORT_DATABASE_H
#define BTFSNOOP_EXPORT_DATABASE_H

#include <sqlite3.h>

#include "../util/buf.h"
#include "../util/diag.h"

struct database {
	sqlite3 *db;
	const char *path;
	char *tmp_path;		/* what it is called until it is complete */
	struct diag *diag;
};

/* A new file beside @path, mode 0600, with a transaction begun. 0 or a negative errno with a message. */
int database__create(struct database *db, const char *path, struct diag *diag);

/* Ends the transaction and gives the file its name. */
int database__commit(struct database *db);

/* Frees all; what was not committed is removed. */
void database__exit(struct database *db);

/* Says what SQLite has against it. Returns -ENOSPC, -ENOMEM or -EIO. */
int database__error(struct database *db);

/* Runs the statements in @sql, which is freed. */
int database__run(struct database *db, struct buf *sql);

/* Prepares the statement in @sql, which is freed; for sqlite3_finalize(). */
int database__prepare(struct database *db, struct buf *sql, sqlite3_stmt **out);

/* Runs @stmt with what is bound to it, and makes it ready for the next values. */
int database__step(struct database *db, sqlite3_stmt *stmt);

/* Appends @name as an identifier in SQL, whatever is in it: "skb->len". */
void sql__name(struct buf *sql, const char *name);

/* Appends @text as a string in SQL: 'it''s'. */
void sql__string(struct buf *sql, const char *text);

#endif
