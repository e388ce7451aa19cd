// SPDX-License-Identifier: GPL-2.0-only
#include "sql-threads.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#define MAX_COMM	63

struct key {
	int32_t pid;
	int32_t tid;
	char comm[MAX_COMM + 1];
};

struct sql_thread {
	UT_hash_handle hh;
	struct key key;
	uint64_t first_time;
	uint64_t last_time;
	uint64_t nr;
};

static struct sql_thread *get(struct sql_threads *threads, const struct perfdata_sample *s,
			      const char *comm)
{
	struct sql_thread *thread = threads->last;
	size_t len = strnlen(comm, MAX_COMM);
	struct key key = { .pid = s->pid, .tid = s->tid };

	memcpy(key.comm, comm, len);
	if (thread && !memcmp(&thread->key, &key, sizeof(key)))
		return thread;
	HASH_FIND(hh, threads->by_key, &key, sizeof(key), thread);
	if (!thread) {
		thread = calloc(1, sizeof(*thread));
		if (!thread)
			return NULL;
		thread->key = key;
		thread->first_time = s->time;
		HASH_ADD(hh, threads->by_key, key, sizeof(thread->key), thread);
	}
	threads->last = thread;
	return thread;
}

int sql_threads__add(struct sql_threads *threads, const struct perfdata_sample *s,
		     const char *comm)
{
	struct sql_thread *thread = get(threads, s, comm);

	if (!thread)
		return -ENOMEM;
	thread->last_time = s->time;
	thread->nr++;
	return 0;
}

static int insert(const struct sql_thread *thread, struct database *db, sqlite3_stmt *stmt)
{
	sqlite3_bind_int(stmt, 1, thread->key.pid);
	sqlite3_bind_int(stmt, 2, thread->key.tid);
	sqlite3_bind_text(stmt, 3, thread->key.comm, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 4, thread->first_time);
	sqlite3_bind_int64(stmt, 5, thread->last_time);
	sqlite3_bind_int64(stmt, 6, thread->nr);
	return database__step(db, stmt);
}

int sql_threads__write(struct sql_threads *threads, struct database *db)
{
	struct sql_thread *thread, *next;
	sqlite3_stmt *stmt = NULL;
	struct buf sql = BUF_INIT;
	int err;

	buf__adds(&sql, "CREATE TABLE threads (pid INTEGER, tid INTEGER, comm TEXT,"
		  " first_time INTEGER, last_time INTEGER, nr INTEGER)");
	err = database__run(db, &sql);
	if (err)
		return err;
	buf__adds(&sql, "INSERT INTO threads VALUES (?,?,?,?,?,?)");
	err = database__prepare(db, &sql, &stmt);
	HASH_ITER(hh, threads->by_key, thread, next) {
		if (!err)
			err = insert(thread, db, stmt);
	}
	sqlite3_finalize(stmt);
	return err;
}

void sql_threads__exit(struct sql_threads *threads)
{
	struct sql_thread *thread, *next;

	HASH_ITER(hh, threads->by_key, thread, next) {
		HASH_DEL(threads->by_key, thread);
		free(thread);
	}
}
