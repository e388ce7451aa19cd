// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../util/name-index.h"
#include "other-end.h"
#include "samples.h"

#define FIRST_CAP	4096
#define MAX_READS	(1u << 16)	/* to find the other end of a call */
#define MAX_OFFSET	((1ULL << 48) - 1)


struct sample_ref {
	uint64_t time;
	uint64_t offset : 48;
	uint64_t event : 16;		/* below EVENTS_MAX */
	uint32_t entry;
	uint32_t task;			/* index in samples.tasks */
};

struct task {
	int32_t pid;
	int32_t tid;
	int32_t cpu;
	uint32_t comm;			/* offset in samples.comms */
};

/* Samples of an event, or of all: those of an entry are next to each other in lists.numbers. */
struct group {
	uint32_t first;			/* in lists.numbers */
	uint32_t nr;
	uint32_t *ends;			/* of each entry, counted from first; NULL: no entry */
	uint32_t nr_entries;
};

struct lists {
	uint32_t *numbers;		/* of samples */
	struct group *groups;		/* NULL: to be made */
	unsigned int nr_groups;
	bool by_event;
};

struct samples {
	struct input *input;
	struct sample_ref *refs;
	uint32_t nr;
	uint32_t cap;
	struct task *tasks;
	uint32_t nr_tasks;
	uint32_t cap_tasks;
	uint32_t last_task;		/* the sample's before: often it's the same */
	struct name_index task_index;	/* numbers are one more than the task's */
	struct buf comms;
	struct name_index comm_index;	/* numbers are one more than the offset in comms */
	struct lists lists[2];		/* [1]: by event */
};

int samples__new(struct input *input, struct samples **out)
{
	struct samples *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->input = input;
	*out = s;
	return 0;
}

static void free_lists(struct lists *l)
{
	unsigned int i;

	for (i = 0; l->groups && i < l->nr_groups; i++)
		free(l->groups[i].ends);
	free(l->groups);
	free(l->numbers);
	*l = (struct lists){ .by_event = false };
}

static void forget_lists(struct samples *s)
{
	unsigned int i;

	for (i = 0; i < 2; i++)
		if (s->lists[i].groups)
			free_lists(&s->lists[i]);
}

void samples__free(struct samples *s)
{
	if (!s)
		return;
	forget_lists(s);
	name_index__exit(&s->task_index);
	name_index__exit(&s->comm_index);
	buf__exit(&s->comms);
	free(s->tasks);
	free(s->refs);
	free(s);
}

/* ---- tasks --------------------------------------------------------------------------------- */

static int intern_comm(struct samples *s, const char *comm, uint32_t *offset)
{
	size_t len = strlen(comm);
	struct name_walk walk = name_index__walk(&s->comm_index, comm, len);
	uint32_t number;

	while ((number = name_walk__next(&walk))) {
		if (!strcmp(s->comms.data + number - 1, comm)) {
			*offset = number - 1;
			return 0;
		}
	}
	if (s->comms.len + len + 1 >= UINT32_MAX)
		return -ENOMEM;
	*offset = s->comms.len;
	buf__add(&s->comms, comm, len + 1);
	return s->comms.failed ? -ENOMEM : name_index__add(&s->comm_index, comm, len, *offset + 1);
}

static int new_task(struct samples *s, const struct task *task)
{
	struct task *more;
	uint32_t cap;

	if (s->nr_tasks == s->cap_tasks) {
		cap = s->cap_tasks ? s->cap_tasks * 2 : 64;
		more = reallocarray(s->tasks, cap, sizeof(*more));
		if (!more)
			return -ENOMEM;
		s->tasks = more;
		s->cap_tasks = cap;
	}
	s->tasks[s->nr_tasks] = *task;
	return name_index__add(&s->task_index, (const char *)task, sizeof(*task), ++s->nr_tasks);
}

static bool is_task(const struct samples *s, uint32_t index, const struct task *task)
{
	return !memcmp(&s->tasks[index], task, sizeof(*task));
}

static int intern_task(struct samples *s, const struct perfdata_sample *sample, uint32_t *index)
{
	const char *comm = input__comm(s->input, sample);
	struct task task = {
		.pid = sample->pid, .tid = sample->tid, .cpu = sample->tid ? -1 : sample->cpu,
	};
	struct name_walk walk;
	uint32_t number;
	int err;

	err = intern_comm(s, comm, &task.comm);
	if (err)
		return err;
	if (s->nr_tasks && is_task(s, s->last_task, &task)) {
		*index = s->last_task;
		return 0;
	}
	walk = name_index__walk(&s->task_index, (const char *)&task, sizeof(task));
	do {
		number = name_walk__next(&walk);
	} while (number && !is_task(s, number - 1, &task));
	if (!number) {
		err = new_task(s, &task);
		number = s->nr_tasks;
	}
	*index = s->last_task = number - 1;
	return err;
}

/* ---- what there is ------------------------------------------------------------------------- */

int samples__add(struct samples *s, const struct perfdata_record *record, uint32_t entry)
{
	const struct perfdata_sample *sample = &record->sample;
	struct sample_ref *more;
	uint32_t task, cap;
	int err;

	if (record->offset > MAX_OFFSET || s->nr == SAMPLES_NONE - 1)
		return -EFBIG;
	err = intern_task(s, sample, &task);
	if (err)
		return err;
	if (s->nr == s->cap) {
		cap = !s->cap ? FIRST_CAP : s->cap < SAMPLES_NONE / 2 ? s->cap * 2 : SAMPLES_NONE;
		more = reallocarray(s->refs, cap, sizeof(*more));
		if (!more)
			return -ENOMEM;
		s->refs = more;
		s->cap = cap;
	}
	forget_lists(s);
	s->refs[s->nr++] = (struct sample_ref){
		.time = sample->time, .offset = record->offset, .event = sample->event,
		.entry = entry, .task = task,
	};
	return 0;
}

void samples__set_entry(struct samples *s, uint32_t index, uint32_t entry)
{
	forget_lists(s);
	s->refs[index].entry = entry;
}

uint32_t samples__nr(const struct samples *s)
{
	return s->nr;
}

unsigned int samples__event(const struct samples *s, uint32_t index)
{
	return s->refs[index].event;
}

uint32_t samples__entry(const struct samples *s, uint32_t index)
{
	return s->refs[index].entry;
}

uint64_t samples__time(const struct samples *s, uint32_t index)
{
	return s->refs[index].time;
}

struct sample_task samples__task(const struct samples *s, uint32_t index)
{
	const struct task *task = &s->tasks[s->refs[index].task];

	return (struct sample_task){
		.pid = task->pid, .tid = task->tid, .cpu = task->cpu,
		.comm = s->comms.data + task->comm,
	};
}

int samples__read(struct samples *s, uint32_t index, struct perfdata_sample *sample)
{
	const struct sample_ref *ref = &s->refs[index];
	const char *comm = s->comms.data + s->tasks[ref->task].comm;
	int err = input__sample_at(s->input, ref->offset, comm, sample);

	if (err)
		return err;
	return sample->event == ref->event && sample->time == ref->time &&
	       sample->tid == s->tasks[ref->task].tid ? 0 : -ESTALE;
}

/* ---- the samples of entries ---------------------------------------------------------------- */

static struct group *group_of(const struct lists *l, const struct sample_ref *ref)
{
	return &l->groups[l->by_event ? ref->event : 0];
}

/* How many samples and entries each group has. */
static int count_groups(const struct samples *s, struct lists *l)
{
	struct group *group;
	uint32_t i, first = 0;

	for (i = 0; i < s->nr; i++) {
		if (s->refs[i].entry >= s->nr)
			continue;
		group = group_of(l, &s->refs[i]);
		group->nr++;
		if (s->refs[i].entry >= group->nr_entries)
			group->nr_entries = s->refs[i].entry + 1;
	}
	for (i = 0; i < l->nr_groups; i++) {
		group = &l->groups[i];
		group->first = first;
		first += group->nr;
		if (!group->nr_entries)
			continue;
		group->ends = calloc(group->nr_entries, sizeof(*group->ends));
		if (!group->ends)
			return -ENOMEM;
	}
	return 0;
}

/* A counting sort, which keeps the order of time within an entry. */
static void fill_lists(const struct samples *s, struct lists *l)
{
	struct group *group;
	uint32_t i, entry, sum, nr;

	for (i = 0; i < s->nr; i++) {
		if (s->refs[i].entry < s->nr)
			group_of(l, &s->refs[i])->ends[s->refs[i].entry]++;
	}
	for (i = 0; i < l->nr_groups; i++) {
		group = &l->groups[i];
		for (entry = 0, sum = 0; entry < group->nr_entries; entry++) {
			nr = group->ends[entry];
			group->ends[entry] = sum;
			sum += nr;
		}
	}
	/* Where each entry begins moves on to where it ends. */
	for (i = 0; i < s->nr; i++) {
		if (s->refs[i].entry >= s->nr)
			continue;
		group = group_of(l, &s->refs[i]);
		l->numbers[group->first + group->ends[s->refs[i].entry]++] = i;
	}
}

static int make_lists(const struct samples *s, struct lists *l, bool by_event)
{
	int err;

	l->by_event = by_event;
	l->nr_groups = by_event ? input__nr_events(s->input) : 1;
	l->numbers = calloc(s->nr + 1, sizeof(*l->numbers));
	l->groups = calloc(l->nr_groups + 1, sizeof(*l->groups));
	err = l->numbers && l->groups ? count_groups(s, l) : -ENOMEM;
	if (err)
		free_lists(l);
	else
		fill_lists(s, l);
	return err;
}

int samples__of_entry(struct samples *s, int event, uint32_t entry, const uint32_t **list,
		      uint32_t *nr)
{
	struct lists *l = &s->lists[event >= 0];
	const struct group *group;
	uint32_t begin;
	int err;

	*list = NULL;
	*nr = 0;
	err = l->groups ? 0 : make_lists(s, l, event >= 0);
	if (err || event >= (int)l->nr_groups)
		return err;
	group = &l->groups[event < 0 ? 0 : event];
	if (entry == SAMPLES_NONE) {
		*list = l->numbers + group->first;
		*nr = group->nr;
	} else if (entry < group->nr_entries) {
		begin = entry ? group->ends[entry - 1] : 0;
		*list = l->numbers + group->first + begin;
		*nr = group->ends[entry] - begin;
	}
	return 0;
}

/* ---- from a call to its return, and back ----------------------------------------------------- */

bool samples__has_other_end(struct samples *s, unsigned int event)
{
	return other_end__event(s->input, event) >= 0;
}

static bool is_same_task(const struct samples *s, uint32_t a, uint32_t b)
{
	const struct task *left = &s->tasks[s->refs[a].task];
	const struct task *right = &s->tasks[s->refs[b].task];

	/* It may have got another name meanwhile: execve(). */
	return left->tid == right->tid && left->pid == right->pid && left->cpu == right->cpu;
}

struct end_search {
	struct samples *samples;
	uint32_t from;
	uint64_t ip;			/* of the sample at from */
	int other;			/* event that is looked for */
	unsigned int depth;		/* calls that were begun and not ended, or the other way */
	unsigned int nr_reads;
};

/* When a call began that returned with sample @ret; UINT64_MAX: nobody knows. */
static uint64_t call_start(struct samples *s, uint32_t ret, uint64_t *ip)
{
	const struct event_view *view = input__event(s->input, s->refs[ret].event)->view;
	struct perfdata_sample sample;
	uint64_t duration;

	*ip = 0;
	if (samples__read(s, ret, &sample))
		return UINT64_MAX;
	*ip = sample.ip;
	if (!view || !event_view__schema(view)->duration_offset ||
	    !event_view__fits(view, sample.raw_size))
		return UINT64_MAX;
	duration = event_view__duration(view, sample.raw);
	return duration < sample.time ? sample.time - duration : 0;
}

/*
 * Is sample @at, of the event that is looked for, the end? By nesting when returns don't say how
 * long the call took.
 */
static bool is_return(struct end_search *search, uint32_t at)
{
	struct samples *s = search->samples;
	uint64_t ip, start;

	search->nr_reads++;
	start = call_start(s, at, &ip);
	if (start == UINT64_MAX) {
		if (search->depth) {
			search->depth--;
			return false;
		}
		return ip == search->ip;
	}
	return start <= s->refs[search->from].time && ip == search->ip;
}

static uint32_t find_return(struct end_search *search)
{
	struct samples *s = search->samples;
	uint32_t i;

	for (i = search->from + 1; i < s->nr && search->nr_reads < MAX_READS; i++) {
		if (!is_same_task(s, search->from, i))
			continue;
		if (s->refs[i].event == s->refs[search->from].event)
			search->depth++;
		else if (s->refs[i].event == (unsigned int)search->other && is_return(search, i))
			return i;
	}
	return SAMPLES_NONE;
}

static bool is_of_func(struct end_search *search, uint32_t at)
{
	struct perfdata_sample sample;

	search->nr_reads++;
	return !samples__read(search->samples, at, &sample) && sample.ip == search->ip;
}

/* The first one behind @start, when the call began: what came later was called within. */
static uint32_t find_entry_by_time(struct end_search *search, uint64_t start)
{
	struct samples *s = search->samples;
	uint32_t i, found = SAMPLES_NONE;

	for (i = search->from; i-- && s->refs[i].time >= start;) {
		if (search->nr_reads == MAX_READS)
			return SAMPLES_NONE;
		if (s->refs[i].event == (unsigned int)search->other &&
		    is_same_task(s, search->from, i) && is_of_func(search, i))
			found = i;
	}
	return found;
}

static uint32_t find_entry_by_nesting(struct end_search *search)
{
	struct samples *s = search->samples;
	uint32_t i;

	for (i = search->from; i--;) {
		if (!is_same_task(s, search->from, i))
			continue;
		if (s->refs[i].event == s->refs[search->from].event)
			search->depth++;
		else if (s->refs[i].event == (unsigned int)search->other && !search->depth--)
			return is_of_func(search, i) ? i : SAMPLES_NONE;
	}
	return SAMPLES_NONE;
}

uint32_t samples__other_end(struct samples *s, uint32_t index)
{
	struct end_search search = {
		.samples = s, .from = index, .other = other_end__event(s->input, s->refs[index].event),
	};
	const struct schema *schema = input__event(s->input, s->refs[index].event)->schema;
	uint64_t start;

	if (search.other < 0)
		return SAMPLES_NONE;
	start = call_start(s, index, &search.ip);
	if (!schema->at_return)
		return find_return(&search);
	if (start == UINT64_MAX)
		return find_entry_by_nesting(&search);
	return find_entry_by_time(&search, start);
}
