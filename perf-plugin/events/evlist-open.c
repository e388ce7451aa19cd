// SPDX-License-Identifier: GPL-2.0-only
/* The events in the kernel, and what comes of them. */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../perfdata/perf-event.h"
#include "../perfdata/synth.h"
#include "evlist-parts.h"
#include "open.h"

#define MIN_RING_SIZE	(128 * 1024)	/* what is tried where less memory may be locked */
#define BITS		64
#define LOST_RECORD_AT	16		/* of u64 lost in PERF_RECORD_LOST, behind u64 id */
#define SAMPLE_TIME_AT	32		/* behind the header, identifier, ip, pid and tid */

void evlist__close(struct evlist *list)
{
	size_t nr = (size_t)list->evsels.nr * list->nr_cpus * list->nr_tasks;

	for (unsigned int i = 0; list->rings && i < list->nr_cpus; i++)
		ring__unmap(&list->rings[i]);
	for (size_t i = 0; list->fds && i < nr; i++)
		if (list->fds[i] >= 0)
			close(list->fds[i]);
	free(list->rings);
	free(list->fds);
	list->rings = NULL;
	list->fds = NULL;
}

/* ---- opened ------------------------------------------------------------------------------- */

static int *fd_of(struct evlist *list, unsigned int event, unsigned int cpu, unsigned int task)
{
	return &list->fds[((size_t)event * list->nr_cpus + cpu) * list->nr_tasks + task];
}

static bool has_bit(const uint64_t *bits, unsigned int nr, unsigned int bit)
{
	return !bits || (bit < nr && bits[bit / BITS] >> bit % BITS & 1);
}

/* Whether @cpu is in a list such as "0,4-7". */
static bool is_listed(const char *list, unsigned int cpu)
{
	unsigned long from, to;
	char *end;

	while (list && *list) {
		from = to = strtoul(list, &end, 10);
		if (end == list)
			return false;
		if (*end == '-')
			to = strtoul(end + 1, &end, 10);
		if (cpu >= from && cpu <= to)
			return true;
		list = *end == ',' ? end + 1 : NULL;
	}
	return false;
}

static bool is_wanted_on(const struct evsel *evsel, const struct evlist_target *target,
			 unsigned int cpu)
{
	return has_bit(target->cpus, target->nr_cpus, cpu) &&
	       (!evsel->cpus || is_listed(evsel->cpus, cpu));
}

/* A group is switched by its leader. */
static void set_start(struct evsel *evsel, bool is_leader, const struct evlist_target *target)
{
	struct perf_event_attr *attr = &evsel->attr;

	attr->disabled = is_leader;
	attr->enable_on_exec = is_leader && target->enable_on_exec;
	if (!(evsel->has & EVSEL_HAS_INHERIT))
		attr->inherit = target->nr_tids && target->inherit;
	attr->wakeup_watermark = target->ring_size / 2;
}

/*
 * Event @index on one CPU for one task. Returns 0, also where the CPU or the task is no more, or
 * a negative errno.
 */
static int open_one(struct evlist *list, unsigned int index, unsigned int cpu, unsigned int task,
		    const struct evlist_target *target)
{
	struct evsel *evsel = &list->evsels.list[index];
	int group = evsel->leader == index ? -1 : *fd_of(list, evsel->leader, cpu, task), fd;
	pid_t pid = target->nr_tids ? target->tids[task] : -1;
	unsigned long flags = 0;

	if (!target->nr_tids && target->cgroup_fd >= 0) {
		pid = target->cgroup_fd;
		flags = PERF_FLAG_PID_CGROUP;
	}
	if (evsel->leader != index && group < 0)
		return 0;
	fd = perf_event__open(&evsel->attr, pid, cpu, group, flags);
	if (fd == -ESRCH || (fd == -ENODEV && !target->cpus && !perf_event__is_online(cpu)))
		return 0;
	if (fd < 0)
		return fd;
	*fd_of(list, index, cpu, task) = fd;
	return 0;
}

static void close_event(struct evlist *list, unsigned int index)
{
	int *fds = fd_of(list, index, 0, 0);

	for (unsigned int i = 0; i < list->nr_cpus * list->nr_tasks; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

static int try_event(struct evlist *list, unsigned int index, const struct evlist_target *target)
{
	struct evsel *evsel = &list->evsels.list[index];
	int err = 0;

	set_start(evsel, evsel->leader == index, target);
	for (unsigned int cpu = 0; cpu < list->nr_cpus && !err; cpu++) {
		if (!is_wanted_on(evsel, target, cpu))
			continue;
		for (unsigned int task = 0; task < list->nr_tasks && !err; task++)
			err = open_one(list, index, cpu, task, target);
	}
	return err;
}

static int open_event(struct evlist *list, unsigned int index, const struct evlist_target *target,
		      struct diag *diag)
{
	struct evsel *evsel = &list->evsels.list[index];
	int err;

	while ((err = try_event(list, index, target))) {
		close_event(list, index);
		if (evsel__fall_back(evsel, err))
			continue;
		if (err != -EINVAL || evsel->leader == index ||
		    !list->evsels.list[evsel->leader].weak)
			return evsel__refuse(evsel, err, target->cpus, diag);
		evsel->leader = index;
	}
	return 0;
}

/* ---- what is set up for those that are open ------------------------------------------------- */

static int refuse_ring(int err, const struct evlist_target *target, struct diag *diag)
{
	if (err != -EPERM)
		return diag__error(diag, err, "failed to mmap with %d (%s)", -err, strerror(-err));
	diag__error(diag, err, "Permission error mapping pages.");
	diag__hint(diag, "Consider increasing /proc/sys/kernel/perf_event_mlock_kb, or try again "
		   "with a smaller value of -m/--mmap_pages. (current value: %zu bytes a CPU)",
		   target->ring_size);
	return err;
}

static int map_ring(struct ring *ring, int fd, const struct evlist_target *target,
		    struct diag *diag)
{
	size_t size = target->ring_size;
	int err;

	/* A program that says for how much it is woken up is woken up for less, then. */
	while ((err = ring__map(ring, fd, size)) == -EPERM && size > MIN_RING_SIZE)
		size /= 2;
	return err ? refuse_ring(err, target, diag) : 0;
}

/* All events of a CPU write into one ring, so that they are in order there. */
static int give_ring(struct evlist *list, unsigned int cpu, int *owner, int fd,
		     const struct evlist_target *target, struct diag *diag)
{
	if (*owner < 0) {
		*owner = fd;
		return map_ring(&list->rings[cpu], fd, target, diag);
	}
	if (ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, *owner))
		return diag__error(diag, -errno, "cannot share a ring buffer: %s", strerror(errno));
	return 0;
}

static int set_filter(const struct evsel *evsel, int fd, struct diag *diag)
{
	if (!evsel->filter || !ioctl(fd, PERF_EVENT_IOC_SET_FILTER, evsel->filter))
		return 0;
	return diag__error(diag, -errno, "failed to set filter \"%s\" on event %s with %d (%s)",
			   evsel->filter, evsel->name, errno, strerror(errno));
}

static int note_id(struct evsel *evsel, int fd, struct diag *diag)
{
	if (ioctl(fd, PERF_EVENT_IOC_ID, &evsel->ids[evsel->nr_ids]))
		return diag__error(diag, -errno, "the kernel does not say which event %s is: %s",
				   evsel->name, strerror(errno));
	evsel->nr_ids++;
	return 0;
}

static int set_up_cpu(struct evlist *list, unsigned int cpu, const struct evlist_target *target,
		      struct diag *diag)
{
	int owner = -1, err = 0;

	for (unsigned int i = 0; i < list->evsels.nr; i++) {
		for (unsigned int task = 0; task < list->nr_tasks && !err; task++) {
			int fd = *fd_of(list, i, cpu, task);

			if (fd < 0)
				continue;
			err = give_ring(list, cpu, &owner, fd, target, diag);
			if (!err)
				err = set_filter(&list->evsels.list[i], fd, diag);
			if (!err)
				err = note_id(&list->evsels.list[i], fd, diag);
		}
	}
	return err;
}

static int make_room(struct evlist *list, const struct evlist_target *target)
{
	size_t nr;

	list->nr_cpus = perf_event__nr_cpus();
	list->nr_tasks = target->nr_tids ? target->nr_tids : 1;
	nr = (size_t)list->nr_cpus * list->nr_tasks;
	list->rings = calloc(list->nr_cpus, sizeof(*list->rings));
	list->fds = calloc(nr * list->evsels.nr, sizeof(*list->fds));
	if (!list->rings || !list->fds)
		return -ENOMEM;
	for (size_t i = 0; i < nr * list->evsels.nr; i++)
		list->fds[i] = -1;
	for (unsigned int i = 0; i < list->evsels.nr; i++) {
		list->evsels.list[i].ids = calloc(nr, sizeof(uint64_t));
		if (!list->evsels.list[i].ids)
			return -ENOMEM;
	}
	return 0;
}

int evlist__open(struct evlist *list, const struct evlist_target *target, struct diag *diag)
{
	int err = make_room(list, target);

	for (unsigned int i = 0; i < list->evsels.nr && !err; i++)
		err = open_event(list, i, target, diag);
	for (unsigned int cpu = 0; cpu < list->nr_cpus && !err; cpu++)
		err = set_up_cpu(list, cpu, target, diag);
	list->on_exec = target->enable_on_exec;
	if (err == -ENOMEM && diag && !diag__is_set(diag))
		diag__error(diag, err, "out of memory");
	return err;
}

/* Of the group that the event leads, those that stand behind each other. */
static unsigned int count_members(const struct evlist *list, unsigned int leader)
{
	unsigned int end = leader;

	while (end < list->evsels.nr && list->evsels.list[end].leader == leader)
		end++;
	return end - leader;
}

int evlist__foreign(struct evlist *list, const struct perfdata_foreign **foreign, unsigned int *nr)
{
	free(list->foreign);
	list->foreign = calloc(list->evsels.nr + 1, sizeof(*list->foreign));
	if (!list->foreign)
		return -ENOMEM;
	for (unsigned int i = 0; i < list->evsels.nr; i++) {
		const struct evsel *evsel = &list->evsels.list[i];

		list->foreign[i] = (struct perfdata_foreign){
			.attr = &evsel->attr, .name = evsel->name,
			.ids = evsel->ids, .nr_ids = evsel->nr_ids,
			.system = evsel->system, .tracepoint = evsel->tracepoint,
			.format = evsel->format, .format_size = evsel->format_size,
			.nr_members = count_members(list, i), .group_name = evsel->group_name,
		};
	}
	*foreign = list->foreign;
	*nr = list->evsels.nr;
	return 0;
}

/* ---- recorded ----------------------------------------------------------------------------- */

void evlist__enable(struct evlist *list, bool on)
{
	unsigned int nr = list->nr_cpus * list->nr_tasks;

	if (on && list->on_exec) {
		list->on_exec = false;
		return;
	}
	for (unsigned int i = 0; list->fds && i < list->evsels.nr; i++) {
		if (list->evsels.list[i].leader != i)
			continue;
		for (unsigned int j = 0; j < nr; j++) {
			int fd = fd_of(list, i, 0, 0)[j];

			if (fd >= 0)
				ioctl(fd, on ? PERF_EVENT_IOC_ENABLE : PERF_EVENT_IOC_DISABLE, 0);
		}
	}
}

int evlist__watch(struct evlist *list, int epoll_fd, int data)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.fd = data };

	for (unsigned int cpu = 0; cpu < list->nr_cpus; cpu++) {
		int owner = -1;

		for (unsigned int i = 0; i < list->evsels.nr && owner < 0; i++)
			for (unsigned int task = 0; task < list->nr_tasks && owner < 0; task++)
				owner = *fd_of(list, i, cpu, task);
		if (owner >= 0 && epoll_ctl(epoll_fd, EPOLL_CTL_ADD, owner, &event))
			return -errno;
	}
	return 0;
}

static uint64_t number_at(const char *record, size_t size, size_t at)
{
	uint64_t number = 0;

	if (size >= at + sizeof(number))
		memcpy(&number, record + at, sizeof(number));
	return number;
}

static int take_all(struct evlist *list, const char *records, size_t size, evlist_take_fn take,
		    void *ctx)
{
	const struct perf_event_header *header;
	int err = 0;

	for (size_t at = 0; size - at >= sizeof(*header) && !err; at += header->size) {
		uint64_t time = 0;

		/* Records are multiples of eight bytes, and so is where they stand. */
		header = (const struct perf_event_header *)(records + at);
		if (header->size < sizeof(*header) || header->size > size - at)
			break;
		if (header->type == PERF_RECORD_SAMPLE)
			time = number_at(records + at, header->size, SAMPLE_TIME_AT);
		else if (header->type == PERF_RECORD_LOST)
			list->lost += number_at(records + at, header->size, LOST_RECORD_AT);
		err = take(ctx, header, time);
	}
	return err;
}

int evlist__drain(struct evlist *list, evlist_take_fn take, void *ctx)
{
	struct buf *records = &list->records;
	int err = 0;

	for (unsigned int cpu = 0; cpu < list->nr_cpus && !err; cpu++) {
		if (!list->rings[cpu].map)
			continue;
		buf__clear(records);
		ring__drain(&list->rings[cpu], records);
		if (records->failed)
			return -ENOMEM;
		err = take_all(list, records->data, records->len, take, ctx);
	}
	return err;
}

/* What was lost of event @index, in all its places. */
static uint64_t read_lost(struct evlist *list, unsigned int index)
{
	const struct evsel *evsel = &list->evsels.list[index];
	const int *fds = fd_of(list, index, 0, 0);
	struct {
		uint64_t value, id, lost;
	} values;
	uint64_t lost = 0;

	if (!(evsel->attr.read_format & EVSEL_FORMAT_LOST))
		return 0;
	for (unsigned int i = 0; i < list->nr_cpus * list->nr_tasks; i++)
		if (fds[i] >= 0 && read(fds[i], &values, sizeof(values)) == sizeof(values))
			lost += values.lost;
	return lost;
}

uint64_t evlist__add_lost(struct evlist *list, uint64_t time, struct buf *out)
{
	uint64_t said = list->lost, all = 0;

	for (unsigned int i = 0; list->fds && i < list->evsels.nr; i++) {
		uint64_t lost = read_lost(list, i), known = lost < said ? lost : said;

		all += lost;
		said -= known;
		if (lost > known && list->evsels.list[i].nr_ids)
			synth__lost(list->evsels.list[i].ids[0], lost - known, time, out);
	}
	return all > list->lost ? all : list->lost;
}
