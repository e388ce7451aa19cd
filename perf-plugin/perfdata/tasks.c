// SPDX-License-Identifier: GPL-2.0-only
#include "tasks.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

/*
 * The kernel's limit for tasks is 16 bytes; kernel threads' names, as /proc has them, are longer
 * (up to 64 since 5.17).
 */
#define COMM_SIZE	64

/*
 * A task that exited is remembered for so many further exits: its last events come after its EXIT
 * record. Without an end to it a file in which millions of tasks came and went would need memory
 * for all of them.
 */
#define MAX_EXITED	4096

struct task {
	int32_t tid;
	bool has_exited;
	char comm[COMM_SIZE];
	UT_hash_handle hh;
};

struct tasks {
	struct task *by_tid;		/* hash table */
	int32_t exited[MAX_EXITED];	/* tids, a ring */
	unsigned int nr_exited;		/* that ever were put into it */
	char unknown[16];		/* what comm() returned last where nothing is known */
};

int tasks__new(struct tasks **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

void tasks__free(struct tasks *tasks)
{
	struct task *task, *tmp;

	if (!tasks)
		return;
	HASH_ITER(hh, tasks->by_tid, task, tmp) {
		HASH_DEL(tasks->by_tid, task);
		free(task);
	}
	free(tasks);
}

static struct task *tasks__find(struct tasks *tasks, int32_t tid)
{
	struct task *task;

	HASH_FIND(hh, tasks->by_tid, &tid, sizeof(tid), task);
	return task;
}

/* The task @tid, a new one if need be; NULL without memory. */
static struct task *tasks__get(struct tasks *tasks, int32_t tid)
{
	struct task *task = tasks__find(tasks, tid);

	if (task) {
		task->has_exited = false;	/* its number has been given to another one */
		return task;
	}
	task = calloc(1, sizeof(*task));
	if (!task)
		return NULL;
	task->tid = tid;
	HASH_ADD(hh, tasks->by_tid, tid, sizeof(task->tid), task);
	return task;
}

/*
 * A task's name is whatever it chose: bytes that a terminal would take for more than a character
 * are replaced. What lies above ASCII stays when it is UTF-8 of two bytes or more that has no
 * control characters (C1, bidirectional and other invisible marks).
 */
static unsigned int safe_utf8(const uint8_t *at, size_t left)
{
	unsigned int len = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2, i;
	uint32_t code = at[0] & (0xff >> (len + 1));

	if (at[0] < 0xc2 || at[0] > 0xf4 || len > left)
		return 0;
	for (i = 1; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (at[i] & 0x3f);
	}
	if (code < 0xa0 || (len == 3 && code < 0x800) || (len == 4 && code < 0x10000) ||
	    (code >= 0xd800 && code < 0xe000) || (code >= 0x200b && code <= 0x200f) ||
	    (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
	    code == 0xfeff || code >= 0xe0000)
		return 0;
	return len;
}

static void task__set_comm(struct task *task, const char *comm, size_t len)
{
	const uint8_t *at = (const uint8_t *)comm;
	unsigned int step;
	char *to = task->comm;

	if (len > COMM_SIZE - 1)
		len = COMM_SIZE - 1;
	while (len) {
		step = *at >= 0x80 ? safe_utf8(at, len) : *at >= ' ' && *at != 0x7f;
		if (step) {
			memcpy(to, at, step);
		} else {
			*to = '?';
			step = 1;
		}
		to += step;
		at += step;
		len -= step;
	}
	*to = '\0';
}

/* PERF_RECORD_COMM: u32 pid, tid; the name and its NUL, padded; sample_id */
static int tasks__comm_record(struct tasks *tasks, const uint8_t *body, size_t len)
{
	uint32_t ids[2];
	struct task *task;

	if (len <= sizeof(ids))
		return 0;
	memcpy(ids, body, sizeof(ids));
	task = tasks__get(tasks, ids[1]);
	if (!task)
		return -ENOMEM;
	body += sizeof(ids);
	len -= sizeof(ids);
	task__set_comm(task, (const char *)body, strnlen((const char *)body, len));
	return 0;
}

/* PERF_RECORD_FORK and _EXIT: u32 pid, ppid, tid, ptid; u64 time; sample_id */
static int tasks__fork_record(struct tasks *tasks, const uint8_t *body, size_t len)
{
	struct task *parent, *child;
	uint32_t ids[4];

	if (len < sizeof(ids))
		return 0;
	memcpy(ids, body, sizeof(ids));
	parent = tasks__find(tasks, ids[3]);
	if (!parent)
		return 0;
	child = tasks__get(tasks, ids[2]);
	if (!child)
		return -ENOMEM;
	if (child != parent)
		memcpy(child->comm, parent->comm, sizeof(child->comm));
	return 0;
}

static void tasks__exit_record(struct tasks *tasks, const uint8_t *body, size_t len)
{
	int32_t *place = &tasks->exited[tasks->nr_exited % MAX_EXITED];
	struct task *task;
	uint32_t ids[4];

	if (len < sizeof(ids))
		return;
	memcpy(ids, body, sizeof(ids));
	task = tasks__find(tasks, ids[2]);
	if (!task || task->has_exited)
		return;
	task->has_exited = true;
	/* The one whose place it takes is forgotten, unless its number lives again. */
	task = tasks->nr_exited >= MAX_EXITED ? tasks__find(tasks, *place) : NULL;
	*place = ids[2];
	tasks->nr_exited++;
	if (task && task->has_exited && task->tid != *place) {
		HASH_DEL(tasks->by_tid, task);
		free(task);
	}
}

int tasks__record(struct tasks *tasks, const struct perfdata_record *record)
{
	const uint8_t *body = (const uint8_t *)(record->header + 1);
	size_t len = record->header->size - sizeof(*record->header);

	switch (record->type) {
	case PERF_RECORD_COMM:
		return tasks__comm_record(tasks, body, len);
	case PERF_RECORD_FORK:
		return tasks__fork_record(tasks, body, len);
	case PERF_RECORD_EXIT:
		tasks__exit_record(tasks, body, len);
		return 0;
	default:
		return 0;
	}
}

const char *tasks__comm(struct tasks *tasks, int32_t pid, int32_t tid)
{
	struct task *task = tasks__find(tasks, tid);

	if (task)
		return task->comm;
	if (!pid && !tid)
		return "swapper";
	snprintf(tasks->unknown, sizeof(tasks->unknown), ":%d", tid);
	return tasks->unknown;
}
