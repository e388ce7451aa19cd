// SPDX-License-Identifier: GPL-2.0-only
#include "database.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * No journal: a database that is not complete is removed, not repaired. Nor is anything waited for
 * that is on its way to the disk.
 */
static const char begin[] =
	"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
	"PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000; BEGIN;";

int database__error(struct database *db)
{
	int code = sqlite3_errcode(db->db);

	diag__error(db->diag, -EIO, "cannot write '%s': %s", db->path, sqlite3_errmsg(db->db));
	return code == SQLITE_FULL ? -ENOSPC : code == SQLITE_NOMEM ? -ENOMEM : -EIO;
}

static int make_file(struct database *db)
{
	struct buf name = BUF_INIT;
	struct stat st;
	int fd;

	/* A device or a directory is not to be replaced by a file. */
	if (!stat(db->path, &st) && !S_ISREG(st.st_mode))
		return diag__error(db->diag, -EINVAL, "cannot write '%s': it is no regular file",
				   db->path);
	buf__addf(&name, "%s.XXXXXX", db->path);
	db->tmp_path = buf__take(&name);
	if (!db->tmp_path)
		return -ENOMEM;
	/* Created anew with mode 0600: nobody can have put another file there. */
	fd = mkstemp(db->tmp_path);
	if (fd < 0) {
		free(db->tmp_path);
		db->tmp_path = NULL;
		return diag__error(db->diag, -errno, "cannot create '%s': %s", db->path,
				   strerror(errno));
	}
	close(fd);
	return 0;
}

int database__create(struct database *db, const char *path, struct diag *diag)
{
	int err;

	*db = (struct database){ .path = path, .diag = diag };
	err = make_file(db);
	if (err)
		return err;
	if (sqlite3_open_v2(db->tmp_path, &db->db, SQLITE_OPEN_READWRITE, NULL) ||
	    sqlite3_exec(db->db, begin, NULL, NULL, NULL))
		return database__error(db);
	return 0;
}

int database__commit(struct database *db)
{
	if (sqlite3_exec(db->db, "COMMIT", NULL, NULL, NULL))
		return database__error(db);
	if (rename(db->tmp_path, db->path))
		return diag__error(db->diag, -errno, "cannot rename '%s' to '%s': %s", db->tmp_path,
				   db->path, strerror(errno));
	free(db->tmp_path);
	db->tmp_path = NULL;
	return 0;
}

void database__exit(struct database *db)
{
	sqlite3_close(db->db);
	if (db->tmp_path)
		unlink(db->tmp_path);
	free(db->tmp_path);
}

int database__run(struct database *db, struct buf *sql)
{
	int err = sql->failed ? -ENOMEM : 0;

	if (!err && sqlite3_exec(db->db, buf__str(sql), NULL, NULL, NULL))
		err = database__error(db);
	buf__exit(sql);
	return err;
}

int database__prepare(struct database *db, struct buf *sql, sqlite3_stmt **out)
{
	int err = sql->failed ? -ENOMEM : 0;

	if (!err && sqlite3_prepare_v3(db->db, buf__str(sql), sql->len, SQLITE_PREPARE_PERSISTENT,
				       out, NULL))
		err = database__error(db);
	buf__exit(sql);
	return err;
}

int database__step(struct database *db, sqlite3_stmt *stmt)
{
	int code = sqlite3_step(stmt), err = 0;

	if (code != SQLITE_DONE)
		err = database__error(db);
	sqlite3_reset(stmt);
	return err;
}

static void add_quoted(struct buf *sql, const char *text, char quote)
{
	buf__addc(sql, quote);
	for (; *text; text++) {
		if (*text == quote)
			buf__addc(sql, quote);
		buf__addc(sql, *text);
	}
	buf__addc(sql, quote);
}

void sql__name(struct buf *sql, const char *name)
{
	add_quoted(sql, name, '"');
}

void sql__string(struct buf *sql, const char *text)
{
	add_quoted(sql, text, '\'');
}
