// SPDX-License-Identifier: GPL-2.0-only
#include "sink.h"

#include <errno.h>
#include <libgen.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../perfdata/procfs.h"
#include "../perfdata/synth.h"
#include "../util/verbose.h"
#include "memory.h"
#include "snapshot.h"
#include "stamp.h"
#include "task-log.h"

#define MAX_MODULES	(1u << 20)	/* bytes of what is remembered of them */

struct sink {
	struct sink_opts opts;
	struct perfdata_events *parts;		/* that came later */
	unsigned int nr_parts;
	struct task_log *tasks;			/* NULL: of one file, which has what the log would */
	struct memory *memory;			/* NULL: records are written */
	struct perfdata_writer *writer;		/* NULL: they are kept */
	uint64_t nr_samples;			/* in the file */
	struct snapshot snapshot;		/* being written, or a file being completed */
	uint64_t nr_dumped;			/* samples in that */
	uint64_t dumped_size;			/* bytes of the one before */
	struct buf modules;			/* what /proc/modules said, where a file begins later */
	bool said_short;
	struct stamps stamps;
	struct sink_sum sum;
};

/* ---- one file ------------------------------------------------------------------------------ */

/* The tasks that run already: their names, and where their programs are mapped. */
static int write_tasks(struct sink *sink)
{
	const struct target *target = sink->opts.target;
	struct buf records = BUF_INIT;
	int err = 0;

	if (sink->tasks) {
		task_log__write(sink->tasks, &records);
		err = records.failed ? -ENOMEM :
		      perfdata_writer__add(sink->writer, records.data, records.len);
		buf__exit(&records);
		return err;
	}
	if (!target)
		return perfdata_writer__add_all_tasks(sink->writer);
	for (unsigned int i = 0; i < target->nr_tids && !err; i++)
		err = perfdata_writer__add_task(sink->writer, target->tids[i]);
	return err == -ESRCH ? 0 : err;
}

static int open_file(struct sink *sink, struct diag *diag)
{
	struct perfdata_writer_opts opts = sink->opts.writer;
	int err;

	opts.parts = sink->parts;
	opts.nr_parts = sink->nr_parts;
	opts.modules_before = sink->modules.len ? buf__str(&sink->modules) : NULL;
	sink->nr_samples = 0;
	err = perfdata_writer__new(&opts, &sink->writer, diag);
	if (err)
		return err;
	err = write_tasks(sink);
	if (!err)
		return 0;
	perfdata_writer__abort(sink->writer);
	sink->writer = NULL;
	return diag__error(diag, err, "cannot write '%s': %s", opts.path, strerror(-err));
}

static void say_dumped(const char *name)
{
	pr_info("[ perf btfsnoop record: Dump %s ]\n", name);
}

/* Under its own name, or with the time if @name is set. */
static int complete_file(struct sink *sink, const char *name, struct diag *diag)
{
	struct perfdata_writer *writer = sink->writer;
	uint64_t size = 0;
	int err = name ? perfdata_writer__set_path(writer, name) : 0;

	sink->writer = NULL;
	if (err) {
		perfdata_writer__abort(writer);
		return diag__error(diag, err, "cannot name '%s': %s", name, strerror(-err));
	}
	err = perfdata_writer__finish(writer, &size, diag);
	if (err)
		return err;
	sink->sum.size += size;
	sink->sum.nr_samples += sink->nr_samples;
	sink->sum.nr_files++;
	return 0;
}

/* It is there: as many others are removed as there are too many. */
static int add_stamped(struct sink *sink, const char *name)
{
	say_dumped(name);
	return stamps__add(&sink->stamps, name);
}

static int complete_stamped(struct sink *sink, struct diag *diag)
{
	char *name = stamps__name(&sink->stamps);
	int err;

	if (!name)
		return diag__error(diag, -ENOMEM, "out of memory");
	err = complete_file(sink, name, diag);
	if (!err)
		err = add_stamped(sink, name);
	free(name);
	return err;
}

/* ---- snapshots ----------------------------------------------------------------------------- */

static int write_kept(void *ctx, const void *records, size_t size)
{
	struct sink *sink = ctx;

	return perfdata_writer__add(sink->writer, records, size);
}

/* In a process of its own, which has all as it was when that began. */
static int write_snapshot(void *ctx, const char *name, struct diag *diag)
{
	struct sink *sink = ctx;
	struct memory_sum sum;
	int err = open_file(sink, diag);

	if (err)
		return err;
	memory__sum(sink->memory, &sum);
	err = memory__each(sink->memory, write_kept, sink);
	perfdata_writer__count(sink->writer, sum.nr_samples, sum.first_time, sum.last_time);
	if (!err)
		return complete_file(sink, name, diag);
	perfdata_writer__abort(sink->writer);
	return diag__error(diag, err, "cannot write '%s': %s", name, strerror(-err));
}

/* The seconds asked for need more memory than there is for them. */
static void say_short(struct sink *sink, const struct memory_sum *sum)
{
	if (!sum->is_short || sink->said_short)
		return;
	sink->said_short = true;
	pr_info("[ perf btfsnoop record: %llu MB hold %.1f of the %.1f seconds asked for; "
		"--overwrite=<time>,<size> allows more ]\n",
		(unsigned long long)(sink->opts.keep_size >> 20), sum->kept_ns / 1e9,
		sink->opts.keep_ns / 1e9);
}

/* Begins what @write does. That there can be no process now is no reason to end the recording. */
static int begin_process(struct sink *sink, uint64_t nr_samples, snapshot_write_fn write,
			 struct diag *diag)
{
	char *name = stamps__name(&sink->stamps);
	int err;

	if (!name)
		return diag__error(diag, -ENOMEM, "out of memory");
	err = snapshot__begin(&sink->snapshot, name, write, sink);
	if (!err)
		sink->nr_dumped = nr_samples;
	return err;
}

static int begin_snapshot(struct sink *sink, struct diag *diag)
{
	struct memory_sum sum;
	int err;

	memory__sum(sink->memory, &sum);
	say_short(sink, &sum);
	err = begin_process(sink, sum.nr_samples, write_snapshot, diag);
	memory__hold(sink->memory, false);
	if (!err || diag__is_set(diag))
		return err;
	pr_warning("warning: no snapshot could be written: %s\n", strerror(-err));
	sink->sum.nr_failed++;
	return 0;
}

static void end_process(struct sink *sink, bool is_written)
{
	const char *name = sink->snapshot.name;
	struct stat st = { .st_size = 0 };

	/* It may have been taken away already. */
	if (is_written && stat(name, &st))
		st.st_size = 0;
	sink->dumped_size = st.st_size;
	sink->sum.size += st.st_size;
	if (is_written) {
		sink->sum.nr_samples += sink->nr_dumped;
		sink->sum.nr_files++;
		add_stamped(sink, name);
	} else {
		sink->sum.nr_failed++;
	}
	snapshot__exit(&sink->snapshot);
}

void sink__hold(struct sink *sink)
{
	if (sink->memory)
		memory__hold(sink->memory, true);
}

bool sink__is_busy(struct sink *sink)
{
	bool is_written;

	if (!sink->snapshot.pid)
		return false;
	if (!snapshot__poll(&sink->snapshot, &is_written))
		return true;
	end_process(sink, is_written);
	return false;
}

void sink__wait(struct sink *sink)
{
	if (sink->snapshot.pid)
		end_process(sink, snapshot__wait(&sink->snapshot));
}

/* ---- a sink's life ------------------------------------------------------------------------- */

static void sink__free(struct sink *sink)
{
	memory__free(sink->memory);
	task_log__free(sink->tasks);
	stamps__exit(&sink->stamps);
	snapshot__exit(&sink->snapshot);
	free(sink->parts);
	buf__exit(&sink->modules);
	free(sink);
}

/*
 * Calls in a module that are kept may have it gone before they are written. @only is one that came
 * later; NULL: all there are.
 */
static void note_modules(struct sink *sink, const char *only)
{
	struct buf modules = BUF_INIT;
	size_t len = only ? strlen(only) : 0;
	const char *line, *next;

	if (sink->modules.len > MAX_MODULES || procfs__read(&modules, MAX_MODULES, "/proc/modules"))
		goto out_free;
	for (line = modules.data; line && *line; line = next) {
		next = procfs__next_line(line);
		if (only && (strncmp(line, only, len) || line[len] != ' '))
			continue;
		buf__add(&sink->modules, line, strcspn(line, "\n"));
		buf__addc(&sink->modules, '\n');
	}
out_free:
	buf__exit(&modules);
}

/* Better now than when there is something to write. */
static int check_directory(const char *path, struct diag *diag)
{
	char *copy = strdup(path), *directory;
	int err = 0;

	if (!copy)
		return diag__error(diag, -ENOMEM, "out of memory");
	directory = dirname(copy);
	if (access(directory, W_OK | X_OK))
		err = diag__error(diag, -errno, "cannot write into '%s': %s", directory,
				  strerror(errno));
	free(copy);
	return err;
}

static int open_memory(struct sink *sink, struct diag *diag)
{
	const struct memory_opts opts = {
		.max_size = sink->opts.keep_size, .max_ns = sink->opts.keep_ns,
		.tasks = sink->tasks,
	};

	sink->memory = memory__new(&opts);
	if (!sink->memory)
		return diag__error(diag, -ENOMEM, "out of memory");
	note_modules(sink, NULL);
	return check_directory(sink->opts.writer.path, diag);
}

static int open_tasks(struct sink *sink, struct diag *diag)
{
	int err = -ENOMEM;

	if (!sink->opts.several && !sink->opts.keep_size)
		return 0;
	sink->tasks = task_log__new();
	if (sink->tasks)
		err = task_log__read_proc(sink->tasks, sink->opts.target);
	return err ? diag__error(diag, err, "cannot list the tasks: %s", strerror(-err)) : 0;
}

int sink__new(const struct sink_opts *opts, struct sink **out, struct diag *diag)
{
	struct sink *sink = calloc(1, sizeof(*sink));
	int err;

	if (!sink)
		return diag__error(diag, -ENOMEM, "out of memory");
	sink->opts = *opts;
	sink->stamps = (struct stamps){
		.path = opts->writer.path, .max_files = opts->max_files,
	};
	err = open_tasks(sink, diag);
	if (!err)
		err = opts->keep_size ? open_memory(sink, diag) : open_file(sink, diag);
	if (err)
		sink__abort(sink);
	else
		*out = sink;
	return err;
}

int sink__add(struct sink *sink, const void *records, size_t size)
{
	const struct perf_event_header *record;
	int err = 0;

	if (!sink->memory) {
		err = sink->tasks ? task_log__add(sink->tasks, records, size) : 0;
		return err ? err : perfdata_writer__add(sink->writer, records, size);
	}
	for (size_t at = 0; size - at >= sizeof(*record) && !err; at += record->size) {
		struct iovec piece;

		record = (const void *)((const char *)records + at);
		if (record->size < sizeof(*record) || record->size > size - at)
			break;
		piece = (struct iovec){ (void *)record, record->size };
		err = memory__add(sink->memory, &piece, 1);
	}
	return err;
}

int sink__add_plain(struct sink *sink, const void *sample, size_t size, uint64_t time)
{
	struct iovec piece = { (void *)sample, size };
	int err;

	if (sink->memory)
		return sink__add_sample(sink, &piece, 1, time);
	err = perfdata_writer__add_sample(sink->writer, sample, size, time);
	sink->nr_samples += !err;
	return err;
}

int sink__add_note(struct sink *sink, const struct iovec *pieces, unsigned int nr, uint64_t time)
{
	int err = 0;

	if (sink->memory)
		return memory__add(sink->memory, pieces, nr);
	for (unsigned int i = 0; i < nr && !err; i++)
		err = perfdata_writer__add(sink->writer, pieces[i].iov_base, pieces[i].iov_len);
	if (!err)
		perfdata_writer__count(sink->writer, 1, time, time);
	return err;
}

int sink__add_sample(struct sink *sink, const struct iovec *pieces, unsigned int nr, uint64_t time)
{
	int err = sink__add_note(sink, pieces, nr, time);

	if (!err && sink->memory)
		memory__count(sink->memory, time);
	else
		sink->nr_samples += !err;
	return err;
}

int sink__lost(struct sink *sink, unsigned int index, uint64_t count, uint64_t time)
{
	struct buf record = BUF_INIT;
	int err;

	if (!sink->memory)
		return perfdata_writer__lost(sink->writer, index, count, time);
	synth__lost(PERFDATA_SAMPLE_ID(index), count, time, &record);
	err = record.failed ? -ENOMEM : sink__add(sink, record.data, record.len);
	buf__exit(&record);
	return err;
}

int sink__add_events(struct sink *sink, const struct perfdata_events *events)
{
	struct perfdata_events *parts;
	int err = sink->writer ? perfdata_writer__add_events(sink->writer, events) : 0;

	if (err || (!sink->opts.several && !sink->memory))
		return err;
	parts = reallocarray(sink->parts, sink->nr_parts + 1, sizeof(*parts));
	if (!parts)
		return -ENOMEM;
	sink->parts = parts;
	parts[sink->nr_parts++] = *events;
	return 0;
}

/* A file that begins later has the maps of all modules there are then, and were before. */
int sink__add_module(struct sink *sink, const char *name)
{
	if (sink->memory)
		note_modules(sink, name);
	return sink->writer ? perfdata_writer__add_module(sink->writer, name) : 0;
}

int sink__round(struct sink *sink, uint64_t time)
{
	int err = 0;

	if (sink->memory)
		return memory__round(sink->memory, time);
	if (sink->tasks)
		err = task_log__round(sink->tasks);
	return err ? err : perfdata_writer__round(sink->writer);
}

uint64_t sink__size(const struct sink *sink)
{
	return sink->writer ? perfdata_writer__size(sink->writer) : sink->dumped_size;
}

static int write_completed(void *ctx, const char *name, struct diag *diag)
{
	return complete_file(ctx, name, diag);
}

/* What is done to completed files would have the rings wait: another process does it. */
static int complete_aside(struct sink *sink, struct diag *diag)
{
	int err = begin_process(sink, sink->nr_samples, write_completed, diag);

	if (err)
		return diag__is_set(diag) ? err : complete_stamped(sink, diag);
	perfdata_writer__leave(sink->writer);
	sink->writer = NULL;
	return 0;
}

int sink__switch(struct sink *sink, struct diag *diag)
{
	int err;

	if (sink__is_busy(sink))
		return -EBUSY;
	if (sink->memory)
		return begin_snapshot(sink, diag);
	err = sink->opts.writer.completed ? complete_aside(sink, diag) :
	      complete_stamped(sink, diag);
	return err ? err : open_file(sink, diag);
}

int sink__finish(struct sink *sink, struct sink_sum *sum, struct diag *diag)
{
	int err = 0;

	sink__wait(sink);
	if (sink->writer && (sink->opts.several || sink->opts.stamped))
		err = complete_stamped(sink, diag);
	else if (sink->writer)
		err = complete_file(sink, NULL, diag);
	*sum = sink->sum;
	sink__free(sink);
	return err;
}

void sink__abort(struct sink *sink)
{
	if (!sink)
		return;
	sink__wait(sink);
	if (sink->writer)
		perfdata_writer__abort(sink->writer);
	sink__free(sink);
}
