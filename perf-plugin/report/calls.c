// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "calls.h"

#define MAX_LATE	(64UL << 20)	/* bytes of late calls that are remembered */
#define FIRST_CAP	1024

/* What is known of a task; the idle ones, all of tid 0, are told apart by their CPUs. */
struct task {
	UT_hash_handle hh;
	uint64_t key;
	bool has_call;
	bool has_point;
	uint64_t last_call;	/* the latest beginning of a call that lasted */
	uint64_t last_point;	/* ... and the latest time of what took no time */
	unsigned int nr_open;
};

/* A sample that waits for its turn. */
struct node {
	uint64_t start;
	uint64_t end;
	uint64_t seq;		/* the sample's number among all that were added */
	uint64_t nr_lost;
	struct task *task;	/* NULL: samples that were lost */
	const char *comm;
	struct perfdata_sample sample;
	size_t size;		/* all bytes of this */
	unsigned int depth;
	bool is_call;
	bool has_calls;		/* something happened within */
	bool at_end;		/* its next line is that of its end */
	bool is_begun;		/* it has had that of its beginning */
	bool is_late;
	char data[] __attribute__((aligned(8)));	/* the sample's chain and its raw data, comm */
};

struct entry {
	uint64_t time;
	struct node *node;
};

struct calls {
	struct entry *heap;	/* the earliest line is the first */
	size_t nr;
	size_t cap;
	size_t held;		/* bytes of nodes that are not late */
	size_t max_held;
	uint64_t seq;
	uint64_t let_go;	/* time of the latest line that was */
	bool overflowed;
	bool ended;
	bool is_again;		/* the second time */
	struct node **late;	/* in the order of their seq */
	size_t nr_late;
	size_t cap_late;
	size_t late_size;
	size_t next_late;	/* the next that will come again */
	uint64_t nr_tails;
	struct task *tasks;
	struct node *shown;	/* what the last line was of; to be freed */
};

int calls__new(size_t max_held, struct calls **out)
{
	struct calls *calls = calloc(1, sizeof(*calls));

	if (!calls)
		return -ENOMEM;
	calls->max_held = max_held;
	*out = calls;
	return 0;
}

/* Late calls are in the heap, or have left it, and in the list: there they are freed. */
static void clear_heap(struct calls *calls)
{
	size_t i;

	for (i = 0; i < calls->nr; i++) {
		if (!calls->heap[i].node->is_late)
			free(calls->heap[i].node);
	}
	calls->nr = 0;
	calls->held = 0;
	free(calls->shown);
	calls->shown = NULL;
}

void calls__free(struct calls *calls)
{
	struct task *task, *tmp;
	size_t i;

	if (!calls)
		return;
	clear_heap(calls);
	for (i = 0; i < calls->nr_late; i++)
		free(calls->late[i]);
	HASH_ITER(hh, calls->tasks, task, tmp) {
		HASH_DEL(calls->tasks, task);
		free(task);
	}
	free(calls->late);
	free(calls->heap);
	free(calls);
}

bool calls__overflowed(const struct calls *calls)
{
	return calls->overflowed;
}

uint64_t calls__nr_late(const struct calls *calls)
{
	return calls->nr_tails;
}

/* ---- the order of lines ------------------------------------------------------------------ */

static bool takes_no_time(const struct node *node)
{
	return node->start == node->end;
}

/*
 * Of lines of the same time those first that end something or are over at once, as they came; then
 * what begins, the outermost first, which came last.
 */
static bool is_before(const struct entry *a, const struct entry *b)
{
	bool a_ends, b_ends;

	if (a->time != b->time)
		return a->time < b->time;
	a_ends = a->node->at_end || takes_no_time(a->node);
	b_ends = b->node->at_end || takes_no_time(b->node);
	if (a_ends != b_ends)
		return a_ends;
	if (a_ends || a->node->end == b->node->end)
		return a_ends == (a->node->seq < b->node->seq);
	return a->node->end > b->node->end;
}

static void sift_up(struct entry *heap, size_t at)
{
	struct entry entry = heap[at];

	while (at && is_before(&entry, &heap[(at - 1) / 2])) {
		heap[at] = heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	heap[at] = entry;
}

static void sift_down(struct entry *heap, size_t nr)
{
	struct entry entry = heap[0];
	size_t at = 0, child;

	while ((child = at * 2 + 1) < nr) {
		if (child + 1 < nr && is_before(&heap[child + 1], &heap[child]))
			child++;
		if (!is_before(&heap[child], &entry))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = entry;
}

static int push(struct calls *calls, struct node *node, uint64_t time)
{
	if (calls->nr == calls->cap) {
		size_t cap = calls->cap ? calls->cap * 2 : FIRST_CAP;
		struct entry *more = reallocarray(calls->heap, cap, sizeof(*more));

		if (!more)
			return -ENOMEM;
		calls->heap = more;
		calls->cap = cap;
	}
	calls->heap[calls->nr] = (struct entry){ .time = time, .node = node };
	sift_up(calls->heap, calls->nr++);
	return 0;
}

/* Instead of the first entry there is none, or the same node's with a later @time. */
static void pop(struct calls *calls)
{
	calls->heap[0] = calls->heap[--calls->nr];
	if (calls->nr)
		sift_down(calls->heap, calls->nr);
}

static void delay(struct calls *calls, uint64_t time)
{
	calls->heap[0].time = time;
	sift_down(calls->heap, calls->nr);
}

/* ---- adding -------------------------------------------------------------------------------- */

static struct task *find_task(struct calls *calls, const struct perfdata_sample *sample)
{
	uint64_t key = (uint32_t)sample->tid;
	struct task *task;

	if (!key)
		key = ((uint64_t)(uint32_t)sample->cpu + 1) << 32;
	HASH_FIND(hh, calls->tasks, &key, sizeof(key), task);
	if (task)
		return task;
	task = calloc(1, sizeof(*task));
	if (!task)
		return NULL;
	task->key = key;
	HASH_ADD(hh, calls->tasks, key, sizeof(task->key), task);
	return task;
}

static void point_into_data(struct node *node)
{
	node->sample.callchain = (const void *)node->data;
	node->sample.raw = node->data +
			   node->sample.nr_callchain * sizeof(*node->sample.callchain);
}

static struct node *new_node(const struct perfdata_sample *sample, const char *comm)
{
	size_t raw_size = sample ? sample->raw_size : 0, comm_size = strlen(comm) + 1;
	size_t chain_size = sample ? sample->nr_callchain * sizeof(*sample->callchain) : 0;
	size_t size = sizeof(struct node) + chain_size + raw_size + comm_size;
	struct node *node = malloc(size);

	if (!node)
		return NULL;
	memset(node, 0, sizeof(*node));
	node->size = size;
	node->comm = memcpy(node->data + chain_size + raw_size, comm, comm_size);
	if (!sample)
		return node;
	node->sample = *sample;
	if (chain_size)
		memcpy(node->data, sample->callchain, chain_size);
	if (raw_size)
		memcpy(node->data + chain_size, sample->raw, raw_size);
	point_into_data(node);
	return node;
}

/* What came before, in the task, and began later, happened within. */
static void join_task(struct task *task, struct node *node)
{
	uint64_t *last = takes_no_time(node) ? &task->last_point : &task->last_call;
	bool *has = takes_no_time(node) ? &task->has_point : &task->has_call;

	node->task = task;
	if (!takes_no_time(node))
		node->has_calls = (task->has_call && task->last_call >= node->start) ||
				  (task->has_point && task->last_point > node->start);
	if (!*has || *last < node->start)
		*last = node->start;
	*has = true;
}

/* The first time, a late call is kept for the second. */
static int keep_late(struct calls *calls, struct node *node)
{
	if (calls->nr_late == calls->cap_late) {
		size_t cap = calls->cap_late ? calls->cap_late * 2 : FIRST_CAP;
		struct node **more = reallocarray(calls->late, cap, sizeof(*more));

		if (!more)
			return -ENOMEM;
		calls->late = more;
		calls->cap_late = cap;
	}
	node->is_late = true;
	calls->late[calls->nr_late++] = node;
	calls->late_size += node->size;
	return 0;
}

static int add_node(struct calls *calls, struct node *node)
{
	bool is_late = node->is_call && calls->overflowed && node->start < calls->let_go;
	int err;

	if (is_late && !calls->is_again && calls->late_size + node->size <= MAX_LATE) {
		/* It has its line at the end now, unless there is a second time. */
		struct node *copy = malloc(node->size);

		if (!copy)
			return -ENOMEM;
		memcpy(copy, node, node->size);
		point_into_data(copy);
		copy->comm = copy->data + (node->comm - node->data);
		err = keep_late(calls, copy);
		if (err) {
			free(copy);
			return err;
		}
	}
	node->at_end = is_late;
	err = push(calls, node, is_late ? node->end : node->start);
	if (!err)
		calls->held += node->size;
	return err;
}

int calls__add(struct calls *calls, const struct perfdata_sample *sample, const char *comm,
	       bool is_call, uint64_t duration)
{
	uint64_t seq = calls->seq++;
	struct task *task;
	struct node *node;
	int err;

	if (calls->is_again && calls->next_late < calls->nr_late &&
	    calls->late[calls->next_late]->seq == seq) {
		calls->next_late++;
		return 0;
	}
	task = find_task(calls, sample);
	node = task ? new_node(sample, comm) : NULL;
	if (!node)
		return -ENOMEM;
	node->seq = seq;
	node->end = sample->time;
	node->start = !is_call ? node->end : duration < node->end ? node->end - duration : 0;
	node->is_call = is_call;
	join_task(task, node);
	err = add_node(calls, node);
	if (err)
		free(node);
	return err;
}

int calls__add_lost(struct calls *calls, uint64_t nr, uint64_t time)
{
	struct node *node = new_node(NULL, "");
	int err;

	if (!node)
		return -ENOMEM;
	node->seq = calls->seq++;
	node->start = node->end = time;
	node->nr_lost = nr;
	err = add_node(calls, node);
	if (err)
		free(node);
	return err;
}

void calls__end(struct calls *calls)
{
	calls->ended = true;
}

int calls__again(struct calls *calls)
{
	struct task *task;
	int err = 0;
	size_t i;

	clear_heap(calls);
	for (task = calls->tasks; task; task = task->hh.next) {
		task->has_call = task->has_point = false;
		task->nr_open = 0;
	}
	calls->seq = calls->let_go = calls->nr_tails = 0;
	calls->overflowed = calls->ended = false;
	calls->is_again = true;
	calls->next_late = 0;
	for (i = 0; i < calls->nr_late && !err; i++)
		err = push(calls, calls->late[i], calls->late[i]->start);
	return err;
}

/* ---- taking -------------------------------------------------------------------------------- */

/* The node's last line is shown: it is let go. */
static void finish(struct calls *calls, struct node *node)
{
	pop(calls);
	if (node->is_late)
		return;
	calls->held -= node->size;
	calls->shown = node;
}

static void begin(struct calls *calls, struct node *node, struct line *line)
{
	line->depth = node->depth = node->task ? node->task->nr_open : 0;
	line->kind = !node->task ? LINE_LOST : !node->is_call ? LINE_POINT :
		     node->has_calls ? LINE_OPEN : LINE_LEAF;
	if (line->kind != LINE_OPEN) {
		finish(calls, node);
		return;
	}
	node->task->nr_open++;
	node->at_end = node->is_begun = true;
	delay(calls, node->end);
}

static void end(struct calls *calls, struct node *node, struct line *line)
{
	if (node->is_begun)
		node->task->nr_open--;
	else
		calls->nr_tails++;
	line->depth = node->is_begun ? node->depth : node->task->nr_open;
	line->kind = node->is_begun ? LINE_CLOSE : LINE_TAIL;
	finish(calls, node);
}

bool calls__next(struct calls *calls, struct line *line)
{
	struct node *node;

	free(calls->shown);
	calls->shown = NULL;
	if (!calls->nr || (!calls->ended && calls->held <= calls->max_held))
		return false;
	node = calls->heap[0].node;
	*line = (struct line){
		.time = calls->heap[0].time, .duration = node->end - node->start,
		.nr_lost = node->nr_lost, .comm = node->comm,
		.sample = node->task ? &node->sample : NULL,
	};
	calls->overflowed |= !calls->ended;
	if (line->time > calls->let_go)
		calls->let_go = line->time;
	if (node->at_end)
		end(calls, node, line);
	else
		begin(calls, node, line);
	return true;
}
