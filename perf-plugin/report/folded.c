// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "callchain.h"
#include "calls.h"
#include "folded.h"

#define MAX_HELD	(256UL << 20)	/* of a pipe, which is read but once */
#define MAX_DEPTH	1024

struct stack {
	uint64_t value;
	UT_hash_handle hh;
	char text[];
};

/* A call that has not ended. */
struct open_call {
	size_t path_len;		/* of what is around it */
	uint64_t inside;		/* ns in calls it made */
};

struct task {
	uint64_t key;
	struct buf path;		/* "comm;outer;inner" */
	struct open_call *calls;
	unsigned int depth;
	unsigned int cap;
	unsigned int too_deep;		/* calls that are open beyond MAX_DEPTH */
	UT_hash_handle hh;
};

/* What the numbers are; no two kinds are shown together, but chains and counts. */
enum unit {
	OF_CHAINS,
	OF_CALLS,
	OF_COUNTS,
	NR_UNITS,
};

struct folded {
	struct input *input;
	struct stack *stacks[NR_UNITS];	/* hash tables */
	struct task *tasks;		/* hash table */
	struct calls *calls;		/* of a pipe */
	struct chain chain;
	struct buf text;
	bool has_chains;
	bool has_calls;
};

static int add_stack(struct folded *f, enum unit unit, const struct buf *text, uint64_t value)
{
	struct stack *stack;

	if (text->failed)
		return -ENOMEM;
	HASH_FIND(hh, f->stacks[unit], text->data, text->len, stack);
	if (!stack) {
		stack = calloc(1, sizeof(*stack) + text->len + 1);
		if (!stack)
			return -ENOMEM;
		memcpy(stack->text, text->data, text->len);
		HASH_ADD(hh, f->stacks[unit], text, text->len, stack);
	}
	stack->value += value;
	return 0;
}

/* A frame's name; what separates them has no place in it. */
static void add_frame(struct buf *out, const char *name)
{
	size_t start = out->len;

	buf__adds(out, name);
	for (; !out->failed && start < out->len; start++)
		if (out->data[start] == ';')
			out->data[start] = ':';
}

/* One that has no name: what file it is in. */
static void add_unknown(struct buf *out, const char *dso)
{
	buf__addc(out, '[');
	add_frame(out, dso ? dso : "unknown");
	buf__addc(out, ']');
}

static const char *name_of(struct folded *f, const struct perfdata_sample *sample)
{
	const char *func = input__func(f->input, sample);

	return func ? func : input__event(f->input, sample->event)->name;
}

/* ---- call chains --------------------------------------------------------------------------- */

static int add_chain(struct folded *f, const struct perfdata_sample *sample)
{
	int err = chain__read(&f->chain, f->input, sample, 0);

	if (err)
		return err;
	f->has_chains = true;
	buf__clear(&f->text);
	add_frame(&f->text, input__comm(f->input, sample));
	for (unsigned int i = f->chain.nr; i; i--) {
		const struct place *place = &f->chain.places[i - 1];

		buf__addc(&f->text, ';');
		if (place->sym)
			add_frame(&f->text, place->sym);
		else
			add_unknown(&f->text, place->dso);
	}
	return add_stack(f, OF_CHAINS, &f->text, sample->period);
}

/* ---- calls --------------------------------------------------------------------------------- */

static struct task *get_task(struct folded *f, const struct perfdata_sample *sample)
{
	uint64_t key = (uint32_t)sample->tid;
	struct task *task;

	/* Idle tasks all have number 0. */
	if (!key)
		key = ((uint64_t)(uint32_t)sample->cpu + 1) << 32;
	HASH_FIND(hh, f->tasks, &key, sizeof(key), task);
	if (task)
		return task;
	task = calloc(1, sizeof(*task));
	if (!task)
		return NULL;
	task->key = key;
	HASH_ADD(hh, f->tasks, key, sizeof(task->key), task);
	return task;
}

static int open_call(struct folded *f, struct task *task, const struct line *line)
{
	if (!task->depth) {
		buf__clear(&task->path);
		add_frame(&task->path, line->comm);
	}
	if (task->depth == MAX_DEPTH) {
		task->too_deep++;
		return 0;
	}
	if (task->depth == task->cap) {
		unsigned int cap = task->cap ? task->cap * 2 : 16;
		struct open_call *more = reallocarray(task->calls, cap, sizeof(*more));

		if (!more)
			return -ENOMEM;
		task->calls = more;
		task->cap = cap;
	}
	task->calls[task->depth++] = (struct open_call){ .path_len = task->path.len };
	buf__addc(&task->path, ';');
	add_frame(&task->path, name_of(f, line->sample));
	return task->path.failed ? -ENOMEM : 0;
}

/* The innermost call has ended after @duration ns. */
static int close_call(struct folded *f, struct task *task, uint64_t duration)
{
	struct open_call *call;
	uint64_t inside;
	int err;

	if (task->too_deep) {
		task->too_deep--;
		return 0;
	}
	if (!task->depth)
		return 0;
	call = &task->calls[--task->depth];
	inside = call->inside < duration ? call->inside : duration;
	err = add_stack(f, OF_CALLS, &task->path, duration - inside);
	buf__cut(&task->path, call->path_len);
	if (task->depth)
		task->calls[task->depth - 1].inside += duration;
	return err;
}

static int show_line(const struct line *line, void *ctx)
{
	struct folded *f = ctx;
	struct task *task;
	int err = 0;

	if (line->kind == LINE_POINT || line->kind == LINE_LOST)
		return 0;
	task = get_task(f, line->sample);
	if (!task)
		return -ENOMEM;
	if (line->kind != LINE_CLOSE)
		err = open_call(f, task, line);
	if (!err && line->kind != LINE_OPEN)
		err = close_call(f, task, line->duration);
	return err;
}

/* Of a pipe: what came is put in order as far as it can be. */
static int show_lines(struct folded *f)
{
	struct line line;
	int err = 0;

	while (!err && calls__next(f->calls, &line))
		err = show_line(&line, f);
	return err;
}

/* ---- all samples --------------------------------------------------------------------------- */

static int add_sample(struct folded *f, const struct perfdata_sample *s)
{
	const struct input_event *event = input__event(f->input, s->event);
	bool is_call = event->view && event->schema->duration_offset &&
		       event_view__fits(event->view, s->raw_size);
	int err = 0;

	f->has_calls |= is_call;
	if (s->nr_callchain)
		return add_chain(f, s);
	if (f->calls && is_call) {
		err = calls__add(f->calls, s, input__comm(f->input, s), true,
				 event_view__duration(event->view, s->raw));
		return err ? err : show_lines(f);
	}
	if (is_call)
		return 0;
	buf__clear(&f->text);
	add_frame(&f->text, input__comm(f->input, s));
	buf__addc(&f->text, ';');
	add_frame(&f->text, name_of(f, s));
	return add_stack(f, OF_COUNTS, &f->text, s->period);
}

static int read_samples(struct folded *f, const struct folded_opts *opts, struct diag *diag)
{
	struct perfdata_record record;
	uint64_t nr = 0;
	int err;

	while ((err = input__next(f->input, &record, diag)) > 0) {
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		err = add_sample(f, &record.sample);
		if (err || ++nr == opts->lines.max_events)
			break;
	}
	if (err >= 0 && f->calls) {
		calls__end(f->calls);
		err = show_lines(f);
	}
	return err < 0 ? err : 0;
}

static int by_text(const struct stack *a, const struct stack *b)
{
	return strcmp(a->text, b->text);
}

static int print_stacks(struct folded *f, enum unit unit)
{
	struct stack *stack, *next;

	HASH_SORT(f->stacks[unit], by_text);
	HASH_ITER(hh, f->stacks[unit], stack, next) {
		if (stack->value && printf("%s %" PRIu64 "\n", stack->text, stack->value) < 0)
			return -errno;
	}
	return 0;
}

static int print_all(struct folded *f)
{
	int err;

	if (f->has_calls && !f->has_chains)
		return print_stacks(f, OF_CALLS);
	err = print_stacks(f, OF_CHAINS);
	return err ? err : print_stacks(f, OF_COUNTS);
}

static void forget_stacks(struct stack **stacks)
{
	struct stack *stack, *next;

	HASH_ITER(hh, *stacks, stack, next) {
		HASH_DEL(*stacks, stack);
		free(stack);
	}
}

static void forget_tasks(struct folded *f)
{
	struct task *task, *next;

	HASH_ITER(hh, f->tasks, task, next) {
		HASH_DEL(f->tasks, task);
		buf__exit(&task->path);
		free(task->calls);
		free(task);
	}
}

int folded__print(struct input *input, const struct folded_opts *opts, struct diag *diag)
{
	struct folded f = { .input = input };
	bool can_again = input__can_rewind(input);
	int err = can_again ? 0 : calls__new(MAX_HELD, &f.calls);

	if (!err)
		err = read_samples(&f, opts, diag);
	if (!err && can_again && f.has_calls && !f.has_chains) {
		err = input__rewind(input);
		if (!err)
			err = lines__read(input, &opts->lines, show_line, &f, diag);
	}
	if (!err)
		err = print_all(&f);
	for (unsigned int i = 0; i < NR_UNITS; i++)
		forget_stacks(&f.stacks[i]);
	forget_tasks(&f);
	calls__free(f.calls);
	chain__exit(&f.chain);
	buf__exit(&f.text);
	return err;
}
