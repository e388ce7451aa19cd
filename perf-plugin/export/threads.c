// SPDX-License-Identifier: GPL-2.0-only
#include "threads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct thread *find(const struct threads *threads, int32_t pid, int32_t tid)
{
	struct thread_key key = { .pid = pid, .tid = tid };
	struct thread *thread;

	HASH_FIND(hh, threads->by_key, &key, sizeof(key), thread);
	return thread;
}

static struct thread *add(struct threads *threads, int32_t pid, int32_t tid)
{
	struct thread *thread = calloc(1, sizeof(*thread)), *first;

	if (!thread)
		return NULL;
	thread->pid = pid;
	thread->tid = tid;
	HASH_ADD(hh, threads->by_key, pid, sizeof(struct thread_key), thread);
	HASH_FIND(hh_process, threads->by_pid, &pid, sizeof(pid), first);
	if (!first)
		HASH_ADD(hh_process, threads->by_pid, pid, sizeof(pid), thread);
	return thread;
}

struct thread *threads__get(struct threads *threads, const struct perfdata_sample *sample,
			    const char *comm)
{
	bool is_idle = sample->tid <= 0;
	int32_t pid = is_idle ? 0 : sample->pid;
	int32_t tid = is_idle ? THREAD_IDLE + (sample->cpu & 0xffff) : sample->tid;
	struct thread *thread = threads->last;

	if (!thread || thread->pid != pid || thread->tid != tid) {
		thread = find(threads, pid, tid);
		if (!thread)
			thread = add(threads, pid, tid);
		if (!thread)
			return NULL;
		threads->last = thread;
		if (is_idle)
			snprintf(thread->comm, sizeof(thread->comm), "swapper/%d", sample->cpu);
	}
	if (!is_idle && strcmp(thread->comm, comm))
		snprintf(thread->comm, sizeof(thread->comm), "%s", comm);
	return thread;
}

bool threads__is_first(const struct threads *threads, const struct thread *thread)
{
	const struct thread *first;

	if (thread->pid == thread->tid)
		return true;
	if (find(threads, thread->pid, thread->pid))
		return false;
	HASH_FIND(hh_process, threads->by_pid, &thread->pid, sizeof(thread->pid), first);
	return first == thread;
}

void threads__exit(struct threads *threads)
{
	struct thread *thread, *next;

	HASH_CLEAR(hh_process, threads->by_pid);
	HASH_ITER(hh, threads->by_key, thread, next) {
		HASH_DEL(threads->by_key, thread);
		nesting__exit(&thread->nesting);
		free(thread);
	}
}
