// SPDX-License-Identifier: GPL-2.0-only
/* The tasks a file tells of, by its COMM and FORK records, as a tree. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "stats.h"
#include "strings.h"

#define MAX_INDENT	100	/* a broken file can nest tasks as deep as it has bytes */

struct task {
	int32_t tid;
	int32_t pid;
	int32_t ppid;		/* the task that made it; -1: not known */
	bool is_printed;
	const char *comm;
	struct task *parent;	/* where it is printed, and its place there */
	struct task *child;
	struct task *next;
	UT_hash_handle hh;
};

struct tree {
	struct input *input;
	struct strings *strings;
	struct task *by_tid;
};

static struct task *get_task(struct tree *tree, int32_t pid, int32_t tid)
{
	struct task *task;

	HASH_FIND(hh, tree->by_tid, &tid, sizeof(tid), task);
	if (!task) {
		task = calloc(1, sizeof(*task));
		if (!task)
			return NULL;
		task->tid = tid;
		task->ppid = -1;
		HASH_ADD(hh, tree->by_tid, tid, sizeof(task->tid), task);
	}
	task->pid = pid;
	return task;
}

/* The input has looked at the record before, so it knows what the task is called now. */
static int set_comm(struct tree *tree, struct task *task)
{
	const struct perfdata_sample sample = { .pid = task->pid, .tid = task->tid };
	const char *comm = input__comm(tree->input, &sample);

	task->comm = strings__get(tree->strings, comm, strlen(comm));
	return task->comm ? 0 : -ENOMEM;
}

/* PERF_RECORD_COMM: u32 pid, tid, ...; PERF_RECORD_FORK: u32 pid, ppid, tid, ptid, ... */
static int take_record(struct tree *tree, const struct perfdata_record *record)
{
	bool is_fork = record->type == PERF_RECORD_FORK;
	size_t len = record->header->size - sizeof(*record->header);
	struct task *task;
	int32_t ids[4] = { 0 };

	if ((!is_fork && record->type != PERF_RECORD_COMM) ||
	    len < (is_fork ? 4 : 2) * sizeof(*ids))
		return 0;
	memcpy(ids, record->header + 1, (is_fork ? 4 : 2) * sizeof(*ids));
	task = get_task(tree, ids[0], ids[is_fork ? 2 : 1]);
	if (!task)
		return -ENOMEM;
	if (is_fork && ids[3] != task->tid)
		task->ppid = ids[3];
	return set_comm(tree, task);
}

static int by_tid(struct task *a, struct task *b)
{
	return a->tid < b->tid ? -1 : a->tid > b->tid;
}

/* A task for 0, which no record is about, and each one within the one that made it. */
static int link_tasks(struct tree *tree)
{
	struct task *task = get_task(tree, 0, 0), *parent;
	int err = task ? set_comm(tree, task) : -ENOMEM;

	if (err)
		return err;
	HASH_SORT(tree->by_tid, by_tid);
	/* From the last one on, so that each is put in front of its brothers. */
	for (task = ELMT_FROM_HH(tree->by_tid->hh.tbl, tree->by_tid->hh.tbl->tail); task;
	     task = task->hh.prev) {
		HASH_FIND(hh, tree->by_tid, &task->ppid, sizeof(task->ppid), parent);
		if (!parent || parent == task)
			continue;
		task->parent = parent;
		task->next = parent->child;
		parent->child = task;
	}
	return 0;
}

static struct task *skip_printed(struct task *task)
{
	while (task && task->is_printed)
		task = task->next;
	return task;
}

/* No recursion: see MAX_INDENT. Tasks that are their own ancestors are printed once. */
static void print_from(struct task *root)
{
	struct task *task = root, *next;
	int depth = 0;

	for (;;) {
		printf("  %8d %8d %8d |%*s%s\n", task->pid, task->tid, task->ppid,
		       depth < MAX_INDENT ? depth : MAX_INDENT, "", task->comm ? task->comm : "");
		task->is_printed = true;
		next = skip_printed(task->child);
		depth += !!next;
		while (!next && task != root) {
			next = skip_printed(task->next);
			if (!next) {
				task = task->parent;
				depth--;
			}
		}
		if (!next)
			return;
		task = next;
	}
}

static void print_tree(const struct tree *tree)
{
	struct task *task;

	for (task = tree->by_tid; task; task = task->hh.next) {
		if (!task->parent)
			print_from(task);
	}
	for (task = tree->by_tid; task; task = task->hh.next) {
		if (!task->is_printed)
			print_from(task);
	}
}

static void free_tree(struct tree *tree)
{
	struct task *task, *tmp;

	HASH_ITER(hh, tree->by_tid, task, tmp) {
		HASH_DEL(tree->by_tid, task);
		free(task);
	}
	strings__free(tree->strings);
}

int stats__print_tasks(struct input *input, bool headings, struct diag *diag)
{
	struct tree tree = { .input = input };
	struct perfdata_record record;
	int err = strings__new(&tree.strings);

	if (err)
		return err;
	while ((err = input__next(input, &record, diag)) > 0) {
		err = take_record(&tree, &record);
		if (err)
			break;
	}
	if (!err)
		err = link_tasks(&tree);
	if (!err) {
		if (headings)
			printf("# %8s %8s %8s  comm\n", "pid", "tid", "ppid");
		print_tree(&tree);
	}
	free_tree(&tree);
	return err;
}
