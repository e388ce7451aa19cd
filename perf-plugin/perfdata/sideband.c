// SPDX-License-Identifier: GPL-2.0-only
#include "sideband.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../util/buf.h"
#include "attr.h"
#include "perf-event.h"
#include "procfs.h"
#include "ring.h"

/* Of each CPU: some 400 execs, five records each, between two drains. */
#define RING_SIZE	(256 * 1024)

#define PARANOID_PATH	"/proc/sys/kernel/perf_event_paranoid"

struct sideband {
	int *fds;
	unsigned int nr_fds;
	unsigned int cap_fds;
	struct ring *rings;	/* by CPU; unmapped where it is offline */
	int *ring_fds;		/* the event each ring belongs to, -1 for none */
	unsigned int nr_cpus;
	struct buf records;	/* scratch */
};

static void sideband__attr(const struct sideband_opts *opts, struct perf_event_attr *attr)
{
	*attr = (struct perf_event_attr){
		.type = PERF_TYPE_SOFTWARE,
		.size = PERFDATA_ATTR_SIZE,
		.config = PERF_COUNT_SW_DUMMY,
		.sample_type = PERFDATA_SAMPLE_TYPE & ~(uint64_t)PERF_SAMPLE_RAW,
		.read_format = PERF_FORMAT_ID,
		.sample_id_all = 1,
		.use_clockid = 1,
		.clockid = opts->clockid,
		.mmap = 1,
		.mmap2 = 1,
		.comm = 1,
		.comm_exec = 1,
		.task = 1,
		.inherit = opts->nr_tids && opts->inherit,
		.disabled = opts->enable_on_exec,
		.enable_on_exec = opts->enable_on_exec,
		.exclude_kernel = 1,	/* counts nothing, but needs less privilege so */
		.exclude_hv = 1,
		.watermark = 1,		/* wakes nobody: it is drained now and then */
		.wakeup_watermark = UINT32_MAX,
	};
}

static int sideband__keep_fd(struct sideband *sideband, int fd)
{
	unsigned int cap;
	int *grown;

	if (sideband->nr_fds == sideband->cap_fds) {
		cap = sideband->cap_fds ? sideband->cap_fds * 2 : 16;
		grown = reallocarray(sideband->fds, cap, sizeof(*grown));
		if (!grown) {
			close(fd);
			return -ENOMEM;
		}
		sideband->fds = grown;
		sideband->cap_fds = cap;
	}
	sideband->fds[sideband->nr_fds++] = fd;
	return 0;
}

/* All events of a CPU write into the ring of its first one. */
static int sideband__attach_ring(struct sideband *sideband, unsigned int cpu, int fd)
{
	int err;

	if (sideband->ring_fds[cpu] >= 0)
		return ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, sideband->ring_fds[cpu]) ? -errno : 0;
	err = ring__map(&sideband->rings[cpu], fd, RING_SIZE);
	if (!err)
		sideband->ring_fds[cpu] = fd;
	return err;
}

static int sideband__report(int err, struct diag *diag)
{
	int64_t paranoid;

	switch (err) {
	case -EACCES:
	case -EPERM:
		diag__error(diag, err, "the kernel does not let us follow tasks: "
			    "perf_event_open: %s", strerror(-err));
		if (!procfs__read_number(&paranoid, PARANOID_PATH))
			diag__hint(diag, paranoid > 2 ?	/* a patch of Debian's, then of others */
				   "%s is %d: be root, or set it to 2, where CAP_PERFMON is enough" :
				   "%s is %d: be root, have CAP_PERFMON, or set it to -1",
				   PARANOID_PATH, (int)paranoid);
		return err;
	case -EMFILE:
	case -ENFILE:
		diag__error(diag, err, "too many tasks to follow: one open file for each and CPU "
			    "is needed");
		diag__hint(diag, "raise the limit (ulimit -n), or record the whole system (-a)");
		return err;
	case -ENOSYS:
	case -ENOENT:
		return diag__error(diag, err, "this kernel has no perf events");
	default:
		return diag__error(diag, err, "cannot follow tasks: perf_event_open: %s",
				   strerror(-err));
	}
}

/* Opens one event. A CPU that is offline and a task that is gone have none, which is no error. */
static int sideband__add(struct sideband *sideband, const struct perf_event_attr *attr, pid_t tid,
			 unsigned int cpu, struct diag *diag)
{
	int fd, err;

	fd = perf_event__open(attr, tid, cpu, -1, 0);
	if (fd == -ENODEV || fd == -ESRCH)
		return 0;
	if (fd < 0)
		return sideband__report(fd, diag);
	err = sideband__keep_fd(sideband, fd);
	if (!err)
		err = sideband__attach_ring(sideband, cpu, fd);
	if (err == -EPERM) {
		diag__error(diag, err, "no memory may be locked for following tasks");
		diag__hint(diag, "raise /proc/sys/kernel/perf_event_mlock_kb");
	} else if (err) {
		diag__error(diag, err, "cannot follow tasks: %s", strerror(-err));
	}
	return err;
}

static int sideband__open(struct sideband *sideband, const struct sideband_opts *opts,
			  struct diag *diag)
{
	struct perf_event_attr attr;
	unsigned int cpu, i;
	int err = 0;

	sideband__attr(opts, &attr);
	for (cpu = 0; cpu < sideband->nr_cpus && !err; cpu++) {
		if (!opts->nr_tids)
			err = sideband__add(sideband, &attr, -1, cpu, diag);
		for (i = 0; i < opts->nr_tids && !err; i++)
			err = sideband__add(sideband, &attr, opts->tids[i], cpu, diag);
	}
	return err;
}

int sideband__new(const struct sideband_opts *opts, struct sideband **out, struct diag *diag)
{
	struct sideband *sideband;
	unsigned int cpu;
	int err;

	sideband = calloc(1, sizeof(*sideband));
	if (!sideband)
		return diag__error(diag, -ENOMEM, "out of memory");
	sideband->nr_cpus = perf_event__nr_cpus();
	sideband->rings = calloc(sideband->nr_cpus, sizeof(*sideband->rings));
	sideband->ring_fds = calloc(sideband->nr_cpus, sizeof(*sideband->ring_fds));
	if (!sideband->rings || !sideband->ring_fds) {
		sideband__free(sideband);
		return diag__error(diag, -ENOMEM, "out of memory");
	}
	for (cpu = 0; cpu < sideband->nr_cpus; cpu++)
		sideband->ring_fds[cpu] = -1;
	err = sideband__open(sideband, opts, diag);
	if (err) {
		sideband__free(sideband);
		return err;
	}
	*out = sideband;
	return 0;
}

/*
 * The records carry the kernel's ids of the events here, of which the file knows nothing: each gets
 * that of its first event. The id is the last field of every record.
 */
static void give_to_first_event(char *records, size_t size)
{
	const uint64_t id = PERFDATA_SAMPLE_ID(0);
	const struct perf_event_header *header;
	size_t at;

	for (at = 0; size - at >= sizeof(*header); at += header->size) {
		header = (const struct perf_event_header *)(records + at);
		if (header->size < sizeof(*header) + sizeof(id) || header->size > size - at)
			break;
		memcpy(records + at + header->size - sizeof(id), &id, sizeof(id));
	}
}

int sideband__drain(struct sideband *sideband, sideband_take_fn take, void *ctx)
{
	struct buf *records = &sideband->records;
	unsigned int cpu;
	int err = 0;

	for (cpu = 0; cpu < sideband->nr_cpus && !err; cpu++) {
		if (!sideband->rings[cpu].map)
			continue;
		buf__clear(records);
		ring__drain(&sideband->rings[cpu], records);
		if (records->failed)
			return -ENOMEM;
		if (!records->len)
			continue;
		give_to_first_event(records->data, records->len);
		err = take(ctx, records->data, records->len);
	}
	return err;
}

void sideband__free(struct sideband *sideband)
{
	unsigned int i;

	if (!sideband)
		return;
	for (i = 0; sideband->rings && i < sideband->nr_cpus; i++)
		ring__unmap(&sideband->rings[i]);
	for (i = 0; i < sideband->nr_fds; i++)
		close(sideband->fds[i]);
	free(sideband->rings);
	free(sideband->ring_fds);
	free(sideband->fds);
	buf__exit(&sideband->records);
	free(sideband);
}
