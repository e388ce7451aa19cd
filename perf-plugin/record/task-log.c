// SPDX-License-Identifier: GPL-2.0-only
#include "task-log.h"

#include <dirent.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "../perfdata/synth.h"
#include "../perfdata/writer.h"

/* Bounds: of more than that the oldest maps, and tasks that come later, are left out. */
#define MAX_MAPS_SIZE	(128 * 1024)	/* bytes of a process's MMAP2 records */
#define MAX_TASKS	(256 * 1024)
/* Bytes of all of them: each fork() has the child's maps added, which costs who calls it nothing. */
#define MAX_ALL_MAPS	(256u << 20)

/* include/uapi/linux/perf_event.h, PERF_RECORD_FORK, _EXIT, and how the others begin. */
struct task_record {
	struct perf_event_header header;
	uint32_t pid, ppid;
	uint32_t tid, ptid;
	uint64_t time;
};

struct comm_record {
	struct perf_event_header header;
	uint32_t pid, tid;
	char comm[];
};

struct map_record {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t start, len;
};

#define COMM_RECORD_MAX	128	/* of one with a name of 16 bytes */

struct process {
	uint32_t pid;
	unsigned int nr_tasks;
	struct buf maps;		/* MMAP2 records */
	UT_hash_handle hh;
};

struct task {
	uint32_t tid;
	struct process *process;
	struct task_record fork;
	char comm[COMM_RECORD_MAX];	/* a COMM record; its size is 0 while there was none */
	UT_hash_handle hh;
};

struct task_log {
	struct task *tasks;		/* hash tables */
	struct process *processes;
	size_t maps_size;		/* of all processes */
	struct buf last;		/* of the last round, */
	struct buf fresh;		/* and of this one */
};

struct task_log *task_log__new(void)
{
	return calloc(1, sizeof(struct task_log));
}

/* ---- the state ----------------------------------------------------------------------------- */

static struct task *find_task(const struct task_log *log, uint32_t tid)
{
	struct task *task;

	HASH_FIND(hh, log->tasks, &tid, sizeof(tid), task);
	return task;
}

static struct process *get_process(struct task_log *log, uint32_t pid)
{
	struct process *process;

	HASH_FIND(hh, log->processes, &pid, sizeof(pid), process);
	if (process)
		return process;
	process = calloc(1, sizeof(*process));
	if (process) {
		process->pid = pid;
		HASH_ADD(hh, log->processes, pid, sizeof(process->pid), process);
	}
	return process;
}

static void remove_task(struct task_log *log, struct task *task)
{
	struct process *process = task->process;

	HASH_DEL(log->tasks, task);
	free(task);
	if (--process->nr_tasks)
		return;
	HASH_DEL(log->processes, process);
	log->maps_size -= process->maps.len;
	buf__exit(&process->maps);
	free(process);
}

/* NULL: no memory, or too many. */
static struct task *add_task(struct task_log *log, uint32_t pid, uint32_t tid)
{
	struct process *process;
	struct task *task;

	if (HASH_COUNT(log->tasks) >= MAX_TASKS)
		return NULL;
	process = get_process(log, pid);
	task = process ? calloc(1, sizeof(*task)) : NULL;
	if (!task) {
		if (process && !process->nr_tasks) {
			HASH_DEL(log->processes, process);
			free(process);
		}
		return NULL;
	}
	task->tid = tid;
	task->process = process;
	process->nr_tasks++;
	task->fork = (struct task_record){
		.header = { .type = PERF_RECORD_FORK, .misc = PERF_RECORD_MISC_FORK_EXEC },
		.pid = pid, .tid = tid, .ppid = pid, .ptid = pid,
	};
	HASH_ADD(hh, log->tasks, tid, sizeof(task->tid), task);
	return task;
}

static void copy_maps(struct task_log *log, const struct process *from, struct process *to)
{
	size_t at = to->maps.len;
	struct map_record *map;

	if (log->maps_size + from->maps.len > MAX_ALL_MAPS)
		return;
	buf__add(&to->maps, from->maps.data, from->maps.len);
	log->maps_size += to->maps.len - at;
	for (; at < to->maps.len; at += map->header.size) {
		map = (struct map_record *)(to->maps.data + at);
		map->pid = map->tid = to->pid;
	}
}

static void take_fork(struct task_log *log, const struct task_record *record)
{
	const struct task *parent;
	struct task *task = find_task(log, record->tid);
	struct comm_record *comm;

	if (task)	/* its number was given to another one, and its end was lost */
		remove_task(log, task);
	task = add_task(log, record->pid, record->tid);
	if (!task)
		return;
	task->fork.ppid = record->ppid;
	task->fork.ptid = record->ptid;
	parent = find_task(log, record->ptid);
	if (!parent || parent == task || record->header.misc & PERF_RECORD_MISC_FORK_EXEC)
		return;
	memcpy(task->comm, parent->comm, sizeof(task->comm));
	comm = (struct comm_record *)task->comm;
	comm->pid = record->pid;
	comm->tid = record->tid;
	/* Readers look for them at the process. A parent whose end was lost may be of the same. */
	if (record->pid != record->ppid && parent->process != task->process)
		copy_maps(log, parent->process, task->process);
}

static void take_comm(struct task_log *log, const struct comm_record *record)
{
	struct task *task = find_task(log, record->tid);

	if (record->header.size > COMM_RECORD_MAX)
		return;
	if (!task)
		task = add_task(log, record->pid, record->tid);
	if (!task)
		return;
	memcpy(task->comm, record, record->header.size);
	if (record->header.misc & PERF_RECORD_MISC_COMM_EXEC) {
		log->maps_size -= task->process->maps.len;
		buf__clear(&task->process->maps);
	}
}

static bool overlaps(const struct map_record *a, const struct map_record *b)
{
	return a->start < b->start + b->len && b->start < a->start + a->len;
}

/* Those that the new one takes the place of are left out, and of too many the first ones. */
static void take_map(struct task_log *log, const struct map_record *record)
{
	struct task *task = find_task(log, record->tid);
	struct buf kept = BUF_INIT, *maps;
	const struct map_record *map;
	size_t over = 0;

	if (!task)
		task = add_task(log, record->pid, record->tid);
	if (!task)
		return;
	maps = &task->process->maps;
	if (maps->len + record->header.size > MAX_MAPS_SIZE)
		over = maps->len + record->header.size - MAX_MAPS_SIZE;
	for (size_t at = 0; at < maps->len; at += map->header.size) {
		map = (const struct map_record *)(maps->data + at);
		if (at >= over && !overlaps(map, record))
			buf__add(&kept, map, map->header.size);
	}
	log->maps_size -= maps->len;
	if (log->maps_size + kept.len + record->header.size <= MAX_ALL_MAPS)
		buf__add(&kept, record, record->header.size);
	log->maps_size += kept.len;
	buf__exit(maps);
	*maps = kept;
	maps->failed = false;
}

static void apply_record(struct task_log *log, const struct perf_event_header *record)
{
	struct task *task;

	switch (record->type) {
	case PERF_RECORD_FORK:
		take_fork(log, (const void *)record);
		break;
	case PERF_RECORD_COMM:
		take_comm(log, (const void *)record);
		break;
	case PERF_RECORD_MMAP2:
		take_map(log, (const void *)record);
		break;
	default:
		task = find_task(log, ((const struct task_record *)record)->tid);
		if (task)
			remove_task(log, task);
	}
}

static void apply(struct task_log *log, const struct buf *records)
{
	const struct perf_event_header *record;

	for (size_t at = 0; at < records->len; at += record->size) {
		record = (const void *)(records->data + at);
		apply_record(log, record);
	}
}

/* ---- records come in ----------------------------------------------------------------------- */

/* One that is about a task, whole, and ends as the file's first event's do. */
static bool is_about_task(const struct perf_event_header *record)
{
	const uint64_t first_event = PERFDATA_SAMPLE_ID(0);
	size_t least;

	switch (record->type) {
	case PERF_RECORD_FORK:
	case PERF_RECORD_EXIT:
		least = sizeof(struct task_record);
		break;
	case PERF_RECORD_COMM:
		least = sizeof(struct comm_record) + 8;
		break;
	case PERF_RECORD_MMAP2:
		least = sizeof(struct map_record) + 40;
		break;
	default:
		return false;
	}
	return record->size >= least + sizeof(struct synth_trailer) && !(record->size & 7) &&
	       !memcmp((const char *)record + record->size - 8, &first_event, 8);
}

int task_log__add(struct task_log *log, const void *records, size_t size)
{
	const struct perf_event_header *record;

	for (size_t at = 0; size - at >= sizeof(*record); at += record->size) {
		record = (const void *)((const char *)records + at);
		if (record->size < sizeof(*record) || record->size > size - at)
			break;
		if (is_about_task(record))
			buf__add(&log->fresh, record, record->size);
	}
	return log->fresh.failed ? -ENOMEM : 0;
}

int task_log__round(struct task_log *log)
{
	struct buf done = log->last;

	apply(log, &done);
	log->last = log->fresh;
	buf__clear(&done);
	log->fresh = done;
	return log->last.failed ? -ENOMEM : 0;
}

static int read_process(struct task_log *log, const struct synth *synth, pid_t tid)
{
	struct synth_process process;
	struct buf records = BUF_INIT;
	int err = synth__find_process(synth, tid, &process);

	/* One that is gone, or that we may not see. */
	if (err)
		return err == -ENOMEM ? err : 0;
	synth__process(synth, &process, &records);
	if (!records.failed)
		apply(log, &records);
	err = records.failed ? -ENOMEM : 0;
	buf__exit(&records);
	return err;
}

static int read_all(struct task_log *log, const struct synth *synth)
{
	DIR *dir = opendir(synth->proc);
	struct dirent *entry;
	int err = 0, pid;

	if (!dir)
		return -errno;
	while (!err && (entry = readdir(dir))) {
		pid = atoi(entry->d_name);
		if (pid > 0)
			err = read_process(log, synth, pid);
	}
	closedir(dir);
	return err;
}

int task_log__read_proc(struct task_log *log, const struct target *target)
{
	const struct synth synth = { .proc = "/proc", .id = PERFDATA_SAMPLE_ID(0) };
	int err = 0;

	if (!target)
		return read_all(log, &synth);
	for (unsigned int i = 0; i < target->nr_tids && !err; i++)
		err = read_process(log, &synth, target->tids[i]);
	return err;
}

/* ---- and go out ---------------------------------------------------------------------------- */

/* As if it had come before everything else: readers take 0 for that. */
static void set_trailer(struct perf_event_header *record, uint32_t pid, uint32_t tid)
{
	const struct synth_trailer trailer = {
		.pid = pid, .tid = tid, .id = PERFDATA_SAMPLE_ID(0),
	};

	memcpy((char *)record + record->size - sizeof(trailer), &trailer, sizeof(trailer));
}

static void write_task(const struct task *task, struct buf *out)
{
	char text[sizeof(struct task_record) + sizeof(struct synth_trailer)] = { 0 };
	struct perf_event_header *record = (void *)text;
	struct comm_record *comm;
	char copy[COMM_RECORD_MAX];

	memcpy(text, &task->fork, sizeof(task->fork));
	record->size = sizeof(text);
	set_trailer(record, task->process->pid, task->tid);
	buf__add(out, text, sizeof(text));
	memcpy(copy, task->comm, sizeof(copy));
	comm = (void *)copy;
	if (!comm->header.size)
		return;
	comm->header.misc = 0;
	set_trailer(&comm->header, task->process->pid, task->tid);
	buf__add(out, copy, comm->header.size);
}

static void write_maps(const struct process *process, struct buf *out)
{
	size_t at = out->len;
	struct map_record *map;

	buf__add(out, process->maps.data, process->maps.len);
	for (; at < out->len && !out->failed; at += map->header.size) {
		map = (struct map_record *)(out->data + at);
		set_trailer(&map->header, process->pid, process->pid);
	}
}

void task_log__write(const struct task_log *log, struct buf *out)
{
	struct process *process, *next_process;
	struct task *task, *next;

	HASH_ITER(hh, log->tasks, task, next)
		write_task(task, out);
	HASH_ITER(hh, log->processes, process, next_process)
		write_maps(process, out);
	buf__add(out, log->last.data, log->last.len);
	buf__add(out, log->fresh.data, log->fresh.len);
}

void task_log__free(struct task_log *log)
{
	struct task *task, *next;

	if (!log)
		return;
	HASH_ITER(hh, log->tasks, task, next)
		remove_task(log, task);
	buf__exit(&log->last);
	buf__exit(&log->fresh);
	free(log);
}
