// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where records go: record/sink.h, memory.h, task-log.h, stamp.h; and record/control.h, which says
 * when.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <sys/stat.h>

#include "../../perf-plugin/perfdata/reader.h"
#include "../../perf-plugin/perfdata/synth.h"
#include "../../perf-plugin/record/control.h"
#include "../../perf-plugin/record/memory.h"
#include "../../perf-plugin/record/sink.h"
#include "../../perf-plugin/record/stamp.h"
#include "../../perf-plugin/record/task-log.h"
#include "../../perf-plugin/util/verbose.h"
#include "own_dir.h"
#include "perfdata_file.h"

#define SEC	1000000000ULL
#define TID	4194000		/* of no task that there is */

/* ---- records about tasks, as the kernel writes them ----------------------------------------- */

struct task_event {
	struct perf_event_header header;
	uint32_t pid, ppid, tid, ptid;
	uint64_t time;
	struct synth_trailer trailer;
};

struct comm_event {
	struct perf_event_header header;
	uint32_t pid, tid;
	char comm[8];
	struct synth_trailer trailer;
};

static struct task_event task_event(uint32_t type, uint32_t pid, uint32_t ppid, uint64_t time)
{
	return (struct task_event){
		.header = { .type = type, .size = sizeof(struct task_event) },
		.pid = pid, .tid = pid, .ppid = ppid, .ptid = ppid, .time = time,
		.trailer = { .pid = pid, .tid = pid, .time = time, .id = PERFDATA_SAMPLE_ID(0) },
	};
}

static struct comm_event comm_event(uint32_t pid, const char *comm, uint64_t time)
{
	struct comm_event event = {
		.header = { .type = PERF_RECORD_COMM, .size = sizeof(event) },
		.pid = pid, .tid = pid,
		.trailer = { .pid = pid, .tid = pid, .time = time, .id = PERFDATA_SAMPLE_ID(0) },
	};

	snprintf(event.comm, sizeof(event.comm), "%s", comm);
	return event;
}

/* Of all records that a log writes, those of @type about @pid. */
static unsigned int count_written(const struct task_log *log, uint32_t type, uint32_t pid,
				  const char *comm)
{
	const struct perf_event_header *record;
	struct buf out = BUF_INIT;
	unsigned int nr = 0;

	task_log__write(log, &out);
	assert_false(out.failed);
	for (size_t at = 0; at < out.len; at += record->size) {
		record = (const void *)(out.data + at);
		assert_true(record->size >= sizeof(*record));
		nr += record->type == type && *(const uint32_t *)(record + 1) == pid &&
		      (!comm || !strcmp(((const struct comm_event *)record)->comm, comm));
	}
	buf__exit(&out);
	return nr;
}

#define ADD(log, record) do {							\
	__auto_type record_ = (record);						\
	assert_int_equal(task_log__add(log, &record_, record_.header.size), 0);	\
} while (0)

static void test_task_log(void **state)
{
	struct task_log *log = task_log__new();

	(void)state;
	ADD(log, task_event(PERF_RECORD_FORK, TID, 1, 1));
	ADD(log, comm_event(TID, "first", 2));
	ADD(log, comm_event(TID, "second", 3));
	assert_int_equal(count_written(log, PERF_RECORD_COMM, TID, NULL), 2);
	task_log__round(log);
	/* Those of a round still matter to the next one's samples. */
	ADD(log, task_event(PERF_RECORD_EXIT, TID, 1, 4));
	assert_int_equal(count_written(log, PERF_RECORD_COMM, TID, "first"), 1);
	task_log__round(log);
	assert_int_equal(count_written(log, PERF_RECORD_COMM, TID, "first"), 0);
	assert_int_equal(count_written(log, PERF_RECORD_COMM, TID, "second"), 1);
	assert_int_equal(count_written(log, PERF_RECORD_EXIT, TID, NULL), 1);
	task_log__round(log);
	assert_int_equal(count_written(log, PERF_RECORD_COMM, TID, NULL), 0);
	assert_int_equal(count_written(log, PERF_RECORD_FORK, TID, NULL), 0);
	task_log__free(log);
}

/* A child has its parent's name until it gets another one. */
static void test_task_log_fork(void **state)
{
	struct task_log *log = task_log__new();

	(void)state;
	ADD(log, comm_event(TID, "shell", 1));
	ADD(log, task_event(PERF_RECORD_FORK, TID + 1, TID, 2));
	task_log__round(log);
	task_log__round(log);
	assert_int_equal(count_written(log, PERF_RECORD_COMM, TID + 1, "shell"), 1);
	ADD(log, comm_event(TID + 1, "child", 3));
	task_log__round(log);
	task_log__round(log);
	assert_int_equal(count_written(log, PERF_RECORD_COMM, TID + 1, "child"), 1);
	assert_int_equal(count_written(log, PERF_RECORD_COMM, TID, "shell"), 1);
	task_log__free(log);
}

/* Ends that were lost: the child's number is that of the process which its parent was once part of. */
static void test_task_log_stale_parent(void **state)
{
	struct task_event thread = task_event(PERF_RECORD_FORK, TID, TID, 1);
	struct task_log *log = task_log__new();
	struct {
		struct perf_event_header header;
		uint32_t pid, tid;
		uint64_t start, len, rest[5];
		struct synth_trailer trailer;
	} map = {
		.header = { .type = PERF_RECORD_MMAP2, .size = sizeof(map) },
		.pid = TID, .tid = TID, .len = 1, .trailer.id = PERFDATA_SAMPLE_ID(0),
	};

	(void)state;
	thread.tid = TID + 1;
	ADD(log, comm_event(TID, "one", 1));
	ADD(log, thread);
	for (map.start = 0; map.start < 100; map.start++)
		ADD(log, map);
	ADD(log, task_event(PERF_RECORD_FORK, TID, TID + 1, 2));
	task_log__round(log);
	task_log__round(log);
	assert_int_equal(count_written(log, PERF_RECORD_FORK, TID, NULL), 2);
	assert_int_equal(count_written(log, PERF_RECORD_MMAP2, TID, NULL), 100);
	task_log__free(log);
}

/* The bytes that a file would begin with. */
static size_t written_size(const struct task_log *log)
{
	struct buf out = BUF_INIT;
	size_t len;

	task_log__write(log, &out);
	assert_false(out.failed);
	len = out.len;
	buf__exit(&out);
	return len;
}

/* Each of very many children has its parent's maps: they cost who starts them nothing. */
static void test_task_log_many_children(void **state)
{
	struct task_log *log = task_log__new();
	const unsigned int nr = 4000;
	struct {
		struct perf_event_header header;
		uint32_t pid, tid;
		uint64_t start, len, rest[500];
		struct synth_trailer trailer;
	} map = {
		.header = { .type = PERF_RECORD_MMAP2, .size = sizeof(map) },
		.pid = TID, .tid = TID, .len = 1, .trailer.id = PERFDATA_SAMPLE_ID(0),
	};

	(void)state;
	ADD(log, comm_event(TID, "parent", 1));
	for (map.start = 0; map.start < 31; map.start++)
		ADD(log, map);
	for (unsigned int i = 1; i <= nr; i++)
		ADD(log, task_event(PERF_RECORD_FORK, TID + i, TID, 2));
	task_log__round(log);
	task_log__round(log);
	assert_in_range(written_size(log), 100 << 20, 260 << 20);
	for (unsigned int i = 1; i <= nr; i++)
		ADD(log, task_event(PERF_RECORD_EXIT, TID + i, TID, 3));
	ADD(log, task_event(PERF_RECORD_FORK, TID + 1, TID, 4));
	task_log__round(log);
	task_log__round(log);
	assert_int_equal(count_written(log, PERF_RECORD_MMAP2, TID + 1, NULL), 31);
	task_log__free(log);
}

/* Broken ones and those of other events are passed over. */
static void test_task_log_broken(void **state)
{
	struct task_log *log = task_log__new();
	struct comm_event comm = comm_event(TID, "other", 1);
	struct task_event task = task_event(PERF_RECORD_EXIT, TID, 1, 1);

	(void)state;
	comm.trailer.id++;
	ADD(log, comm);
	task.header.size = 24;
	assert_int_equal(task_log__add(log, &task, 24), 0);
	task.header.size = 0;
	assert_int_equal(task_log__add(log, &task, sizeof(task)), 0);
	task.header.size = sizeof(task);
	assert_int_equal(task_log__add(log, &task, sizeof(task) - 8), 0);
	assert_int_equal(count_written(log, PERF_RECORD_COMM, TID, NULL), 0);
	assert_int_equal(count_written(log, PERF_RECORD_EXIT, TID, NULL), 0);
	task_log__free(log);
}

static void test_task_log_proc(void **state)
{
	struct task_log *log = task_log__new();

	(void)state;
	assert_int_equal(task_log__read_proc(log, NULL), 0);
	assert_int_equal(count_written(log, PERF_RECORD_COMM, getpid(), NULL), 1);
	assert_true(count_written(log, PERF_RECORD_MMAP2, getpid(), NULL) > 1);
	task_log__free(log);
}

/* ---- memory --------------------------------------------------------------------------------- */

static void keep_sample(struct memory *memory, uint64_t time, uint32_t value)
{
	struct test_sample sample = test_sample(0, time, TID, value);
	const struct iovec pieces[2] = {
		{ &sample, 16 }, { (char *)&sample + 16, sizeof(sample) - 16 },
	};

	assert_int_equal(memory__add(memory, pieces, 2), 0);
	memory__count(memory, time);
}

struct seen {
	unsigned int nr;
	uint64_t first, last;
};

static int see(void *ctx, const void *records, size_t size)
{
	const struct test_sample *sample;
	struct seen *seen = ctx;

	for (size_t at = 0; at < size; at += sample->header.size) {
		sample = (const void *)((const char *)records + at);
		if (sample->header.type != PERF_RECORD_SAMPLE)
			continue;
		if (!seen->nr++)
			seen->first = sample->time;
		assert_true(sample->time >= seen->last);
		seen->last = sample->time;
	}
	return 0;
}

static void test_memory_size(void **state)
{
	struct memory_opts opts = { .max_size = MEMORY_MIN_SIZE, .tasks = task_log__new() };
	struct memory *memory = memory__new(&opts);
	struct memory_sum sum;
	struct seen seen = { 0 };

	(void)state;
	for (uint32_t i = 1; i <= 100000; i++) {
		keep_sample(memory, i, i);
		if (i % 1000 == 0)
			assert_int_equal(memory__round(memory, i), 0);
		memory__sum(memory, &sum);
		assert_true(sum.size <= MEMORY_MIN_SIZE);
	}
	assert_true(sum.size > MEMORY_MIN_SIZE * 9 / 10);
	assert_int_equal(memory__each(memory, see, &seen), 0);
	assert_int_equal(seen.nr, sum.nr_samples);
	assert_int_equal(seen.last, 100000);
	assert_int_equal(seen.first, 100000 - seen.nr + 1);
	assert_int_equal(sum.first_time, seen.first);
	assert_int_equal(sum.last_time, 100000);
	memory__free(memory);
	task_log__free(opts.tasks);
}

static void test_memory_time(void **state)
{
	struct memory_opts opts = {
		.max_size = 64 << 20, .max_ns = 10 * SEC, .tasks = task_log__new(),
	};
	struct memory *memory = memory__new(&opts);
	struct memory_sum sum;
	uint64_t now = SEC;

	(void)state;
	for (unsigned int i = 0; i < 1000; i++, now += SEC / 10) {
		keep_sample(memory, now, i);
		assert_int_equal(memory__round(memory, now + 1), 0);
		memory__sum(memory, &sum);
		assert_true(now - sum.first_time < 11 * SEC);
		assert_true(i < 200 || now - sum.first_time >= 10 * SEC - SEC / 10);
	}
	/* Nothing more comes: what there is gets old, unless it is wanted. */
	memory__hold(memory, true);
	assert_int_equal(memory__round(memory, now + 15 * SEC), 0);
	memory__sum(memory, &sum);
	assert_in_range(sum.nr_samples, 90, 110);
	memory__hold(memory, false);
	assert_int_equal(memory__round(memory, now + 20 * SEC), 0);
	assert_int_equal(memory__round(memory, now + 40 * SEC), 0);
	memory__sum(memory, &sum);
	assert_int_equal(sum.nr_samples, 0);
	memory__free(memory);
	task_log__free(opts.tasks);
}

/* Seconds for which there is not the memory: how many there are. */
static void test_memory_short(void **state)
{
	struct memory_opts opts = {
		.max_size = MEMORY_MIN_SIZE, .max_ns = 10 * SEC, .tasks = task_log__new(),
	};
	struct memory *memory = memory__new(&opts);
	struct memory_sum sum;
	uint64_t now = SEC;

	(void)state;
	for (unsigned int i = 0; i < 300; i++, now += SEC / 10) {
		keep_sample(memory, now, i);
		assert_int_equal(memory__round(memory, now + 1), 0);
		memory__sum(memory, &sum);
		assert_false(sum.is_short);
	}
	for (unsigned int i = 0; i < 30; i++, now += SEC / 10) {
		for (unsigned int j = 0; j < 1000; j++)
			keep_sample(memory, now, i);
		assert_int_equal(memory__round(memory, now + 1), 0);
	}
	memory__sum(memory, &sum);
	assert_true(sum.is_short);
	assert_in_range(sum.kept_ns, SEC / 2, 2 * SEC);
	memory__free(memory);
	task_log__free(opts.tasks);
}

/* A clock that goes back, or stands: nothing is lost. */
static void test_memory_backward(void **state)
{
	struct memory_opts opts = {
		.max_size = 64 << 20, .max_ns = SEC, .tasks = task_log__new(),
	};
	struct memory *memory = memory__new(&opts);
	struct memory_sum sum;

	(void)state;
	for (uint64_t now = SEC; now > SEC / 2; now -= SEC / 100) {
		keep_sample(memory, now, 0);
		assert_int_equal(memory__round(memory, now), 0);
	}
	keep_sample(memory, 0, 0);
	assert_int_equal(memory__round(memory, SEC / 2), 0);
	memory__sum(memory, &sum);
	assert_int_equal(sum.nr_samples, 51);
	assert_int_equal(sum.first_time, 0);
	assert_int_equal(sum.last_time, SEC);
	memory__free(memory);
	task_log__free(opts.tasks);
}

/* Records that are dropped say how the tasks were called at the first that is kept. */
static void test_memory_tasks(void **state)
{
	struct memory_opts opts = {
		.max_size = MEMORY_MIN_SIZE, .max_ns = SEC, .tasks = task_log__new(),
	};
	struct memory *memory = memory__new(&opts);
	struct comm_event comm = comm_event(TID, "name", 1);
	const struct iovec piece = { &comm, sizeof(comm) };

	(void)state;
	assert_int_equal(memory__add(memory, &piece, 1), 0);
	assert_int_equal(memory__round(memory, 1), 0);
	assert_int_equal(count_written(opts.tasks, PERF_RECORD_COMM, TID, NULL), 0);
	for (uint64_t now = SEC; now < 100 * SEC; now += SEC / 10) {
		keep_sample(memory, now, 0);
		assert_int_equal(memory__round(memory, now), 0);
	}
	assert_int_equal(count_written(opts.tasks, PERF_RECORD_COMM, TID, "name"), 1);
	memory__free(memory);
	task_log__free(opts.tasks);
}

/* ---- files ---------------------------------------------------------------------------------- */

static struct sink *open_sink(const struct sink_opts *opts)
{
	struct diag diag = DIAG_INIT;
	struct sink *sink;

	if (sink__new(opts, &sink, &diag))
		fail_msg("%s", diag.msg);
	return sink;
}

static void add_sample(struct sink *sink, uint64_t time, uint32_t tid)
{
	struct test_sample sample = test_sample(0, time, tid, 1);
	const struct iovec piece = { &sample, sizeof(sample) };

	assert_int_equal(sink__add_sample(sink, &piece, 1, time), 0);
}

/* What a file has: samples, and COMMs of TID. */
static unsigned int read_file(const char *path, unsigned int *nr_comms)
{
	struct perfdata_reader *reader;
	struct perfdata_record record;
	struct diag diag = DIAG_INIT;
	unsigned int nr = 0;

	*nr_comms = 0;
	if (perfdata_reader__open(path, false, &reader, &diag))
		fail_msg("%s: %s", path, diag.msg);
	while (perfdata_reader__next(reader, &record) > 0) {
		nr += record.type == PERF_RECORD_SAMPLE;
		*nr_comms += record.type == PERF_RECORD_COMM &&
			     ((const struct comm_event *)record.header)->pid == TID;
	}
	assert_null(perfdata_reader__warning(reader));
	perfdata_reader__close(reader);
	return nr;
}

static void test_several(void **state)
{
	struct sink_opts opts = {
		.writer = test_opts("several"), .several = true, .max_files = 2,
		.target = &(struct target){ .nr_tids = 0 },
	};
	struct sink *sink = open_sink(&opts);
	struct comm_event comm = comm_event(TID, "name", 1);
	struct diag diag = DIAG_INIT;
	unsigned int nr_comms;
	struct sink_sum sum;
	glob_t names;

	(void)state;
	assert_int_equal(sink__add(sink, &comm, sizeof(comm)), 0);
	for (unsigned int i = 1; i <= 3; i++) {
		add_sample(sink, i, TID);
		assert_int_equal(sink__lost(sink, 0, 5, i), 0);
		assert_int_equal(sink__round(sink, i), 0);
		assert_int_equal(sink__switch(sink, &diag), 0);
	}
	assert_int_equal(sink__finish(sink, &sum, &diag), 0);
	assert_int_equal(sum.nr_files, 4);
	assert_int_equal(sum.nr_samples, 3);
	assert_int_equal(glob("several.*", 0, NULL, &names), 0);
	assert_int_equal(names.gl_pathc, 2);
	assert_int_equal(strlen(names.gl_pathv[0]), strlen("several.2026112306532200"));
	assert_int_equal(read_file(names.gl_pathv[0], &nr_comms), 1);
	assert_int_equal(nr_comms, 1);
	assert_int_equal(read_file(names.gl_pathv[1], &nr_comms), 0);
	globfree(&names);
	assert_int_equal(access("several", F_OK), -1);
}

static void test_snapshots(void **state)
{
	struct sink_opts opts = {
		.writer = test_opts("snap"), .keep_size = MEMORY_MIN_SIZE, .keep_ns = SEC,
		.target = &(struct target){ .nr_tids = 0 },
	};
	struct sink *sink = open_sink(&opts);
	struct comm_event comm = comm_event(TID, "name", 1);
	struct task_event end = task_event(PERF_RECORD_EXIT, TID, 1, 4 * SEC);
	struct diag diag = DIAG_INIT;
	unsigned int nr_comms;
	struct sink_sum sum;
	glob_t names;

	(void)state;
	assert_int_equal(sink__add(sink, &comm, sizeof(comm)), 0);
	for (uint64_t now = SEC; now < 4 * SEC; now += SEC / 10) {
		add_sample(sink, now, TID);
		assert_int_equal(sink__round(sink, now), 0);
	}
	assert_int_equal(glob("snap.*", 0, NULL, &names), GLOB_NOMATCH);
	/* A task that has ended, whose samples are there. */
	assert_int_equal(sink__add(sink, &end, sizeof(end)), 0);
	assert_int_equal(sink__round(sink, 4 * SEC), 0);
	assert_int_equal(sink__switch(sink, &diag), 0);
	sink__wait(sink);
	assert_int_equal(sink__finish(sink, &sum, &diag), 0);
	assert_int_equal(sum.nr_files, 1);
	assert_int_equal(sum.nr_failed, 0);
	assert_int_equal(glob("snap.*", 0, NULL, &names), 0);
	assert_int_equal(names.gl_pathc, 1);
	assert_in_range(read_file(names.gl_pathv[0], &nr_comms), 10, 11);
	assert_int_equal(nr_comms, 1);
	globfree(&names);
}

/* What is done to files that are complete: none of them has its name yet. */
static void see_completed(void *ctx, const char *path)
{
	const char *prefix = ctx;
	unsigned int nr_comms, nr = read_file(path, &nr_comms);
	glob_t names;
	FILE *file;

	bool is_named = !glob("done.????????????????", 0, NULL, &names);

	/* Not asserted: this may be another process. */
	file = fopen("seen", "a");
	fprintf(file, "%u%s\n", nr, is_named || strlen(path) != strlen(prefix) + 7 ? "!" : "");
	fclose(file);
	globfree(&names);
}

static void check_completed(struct sink_opts *opts, unsigned int nr_files)
{
	struct sink *sink = open_sink(opts);
	struct diag diag = DIAG_INIT;
	unsigned int nr_comms;
	struct sink_sum sum;
	glob_t names;
	char line[8];
	FILE *file;

	add_sample(sink, 1, TID);
	assert_int_equal(sink__round(sink, 1), 0);
	assert_int_equal(sink__switch(sink, &diag), 0);
	add_sample(sink, 2, TID);
	sink__wait(sink);
	assert_int_equal(system("for f in done.????????????????; do mv $f got.${f#*.}; done"), 0);
	assert_int_equal(sink__finish(sink, &sum, &diag), 0);
	assert_int_equal(sum.nr_files, nr_files);
	assert_int_equal(sum.nr_samples, nr_files);
	assert_int_equal(sum.nr_failed, 0);
	assert_int_equal(glob("got.*", 0, NULL, &names), 0);
	assert_int_equal(names.gl_pathc, 1);
	assert_int_equal(read_file(names.gl_pathv[0], &nr_comms), 1);
	globfree(&names);
	file = fopen("seen", "r");
	for (unsigned int i = 0; i < nr_files; i++) {
		assert_non_null(fgets(line, sizeof(line), file));
		assert_string_equal(line, "1\n");
	}
	assert_null(fgets(line, sizeof(line), file));
	fclose(file);
	assert_int_equal(system("rm -f seen got.* done.*"), 0);
}

static void test_completed(void **state)
{
	struct sink_opts opts = {
		.writer = test_opts("done"), .several = true,
		.target = &(struct target){ .nr_tids = 0 },
	};

	(void)state;
	opts.writer.completed = see_completed;
	opts.writer.completed_ctx = "done";
	check_completed(&opts, 2);
	opts.several = false;
	opts.keep_size = MEMORY_MIN_SIZE;
	check_completed(&opts, 1);
	/* Whoever started us does not want to know of its children. */
	signal(SIGCHLD, SIG_IGN);
	check_completed(&opts, 1);
	signal(SIGCHLD, SIG_DFL);
}

static void die(void *ctx, const char *path)
{
	(void)path;
	if (getpid() != *(pid_t *)ctx)
		kill(getpid(), SIGKILL);
}

/* The process that writes dies, or has no place to write to: recording goes on. */
static void test_failed_process(void **state)
{
	struct sink_opts opts = {
		.writer = test_opts("sub/dead"), .keep_size = MEMORY_MIN_SIZE,
		.target = &(struct target){ .nr_tids = 0 },
	};
	struct diag diag = DIAG_INIT;
	pid_t self = getpid();
	struct sink_sum sum;
	struct sink *sink;
	glob_t names;

	(void)state;
	opts.writer.completed = die;
	opts.writer.completed_ctx = &self;
	assert_int_equal(mkdir("sub", 0700), 0);
	sink = open_sink(&opts);
	add_sample(sink, 1, TID);
	assert_int_equal(sink__switch(sink, &diag), 0);
	assert_int_equal(sink__switch(sink, &diag), -EBUSY);
	sink__wait(sink);
	assert_int_equal(glob("sub/dead.????????????????", 0, NULL, &names), GLOB_NOMATCH);
	assert_int_equal(system("rm -rf sub"), 0);
	add_sample(sink, 2, TID);
	assert_int_equal(sink__switch(sink, &diag), 0);
	sink__wait(sink);
	assert_int_equal(mkdir("sub", 0700), 0);
	assert_int_equal(sink__finish(sink, &sum, &diag), 0);
	assert_int_equal(sum.nr_failed, 2);
	assert_int_equal(sum.nr_files, 0);
}

static void test_no_directory(void **state)
{
	struct sink_opts opts = {
		.writer = test_opts("no/such/snap"), .keep_size = MEMORY_MIN_SIZE,
		.target = &(struct target){ .nr_tids = 0 },
	};
	struct diag diag = DIAG_INIT;
	struct sink *sink;

	(void)state;
	assert_int_equal(sink__new(&opts, &sink, &diag), -ENOENT);
	assert_string_equal(diag.msg, "cannot write into 'no/such': No such file or directory");
	diag__exit(&diag);
}

/* Names are never given twice, and the oldest files go. */
static void test_stamps(void **state)
{
	struct stamps stamps = { .path = "stamp", .max_files = 3 };
	struct stamps all = { .max_files = UINT32_MAX };
	char *names[10];
	glob_t found;

	(void)state;
	for (int i = 0; i < 10; i++) {
		int fd;

		names[i] = stamps__name(&stamps);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(names[i], names[j]);
		fd = open(names[i], O_CREAT | O_EXCL, 0600);
		assert_true(fd >= 0);
		close(fd);
		assert_int_equal(stamps__add(&stamps, names[i]), 0);
	}
	assert_int_equal(glob("stamp.*", 0, NULL, &found), 0);
	assert_int_equal(found.gl_pathc, 3);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(access(names[i], F_OK), i < 7 ? -1 : 0);
		free(names[i]);
	}
	globfree(&found);
	stamps__exit(&stamps);
	assert_int_equal(stamps__add(&all, "one"), 0);
	stamps__exit(&all);
}

/* ---- commands ------------------------------------------------------------------------------- */

static void test_control_parse(void **state)
{
	static const struct {
		const char *line;
		enum control_command command;
		const char *arg;
	} cases[] = {
		{ "enable", CONTROL_ENABLE, NULL },
		{ "disable sched:sched_switch", CONTROL_DISABLE, "sched:sched_switch" },
		{ "enable ", CONTROL_ENABLE, "" },
		{ "enablex", CONTROL_ENABLE, "" },
		{ "evlist -v", CONTROL_EVLIST, "-v" },
		{ "snapshot", CONTROL_SNAPSHOT, NULL },
		{ "stop", CONTROL_STOP, NULL },
		{ "ping", CONTROL_PING, NULL },
		{ "Ping", CONTROL_UNKNOWN, NULL },
		{ "", CONTROL_UNKNOWN, NULL },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *arg;

		assert_int_equal(control__parse(cases[i].line, &arg), cases[i].command);
		if (cases[i].arg)
			assert_string_equal(arg, cases[i].arg);
		else
			assert_null(arg);
	}
}

static void note_line(void *ctx, const char *line)
{
	buf__addf(ctx, "[%s]", line);
}

static void test_control_read(void **state)
{
	struct control_reader reader = { .len = 0 };
	char many[CONTROL_MAX_LINE];
	struct buf lines = BUF_INIT;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "en", 2), 2);
	assert_int_equal(control__read(&reader, fds[0], note_line, &lines), 0);
	assert_string_equal(buf__str(&lines), "");
	assert_int_equal(write(fds[1], "able\n\nping\0st", 13), 13);
	assert_int_equal(control__read(&reader, fds[0], note_line, &lines), 0);
	assert_string_equal(buf__str(&lines), "[enable][ping]");
	assert_int_equal(write(fds[1], "op\n", 3), 3);
	assert_int_equal(control__read(&reader, fds[0], note_line, &lines), 0);
	assert_string_equal(buf__str(&lines), "[enable][ping][stop]");
	/* Without an end, as perf takes them. */
	assert_int_equal(write(fds[1], "disable", 7), 7);
	assert_int_equal(control__read(&reader, fds[0], note_line, &lines), 0);
	assert_int_equal(write(fds[1], "enable a:b", 10), 10);
	assert_int_equal(control__read(&reader, fds[0], note_line, &lines), 0);
	assert_int_equal(write(fds[1], "\npin", 4), 4);
	assert_int_equal(control__read(&reader, fds[0], note_line, &lines), 0);
	assert_string_equal(buf__str(&lines), "[enable][ping][stop][disable][enable a:b]");
	assert_int_equal(write(fds[1], "g", 1), 1);
	assert_int_equal(control__read(&reader, fds[0], note_line, &lines), 0);
	assert_string_equal(buf__str(&lines), "[enable][ping][stop][disable][enable a:b][ping]");
	memset(many, 'x', sizeof(many));
	buf__clear(&lines);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(write(fds[1], many, sizeof(many)), sizeof(many));
		assert_int_equal(control__read(&reader, fds[0], note_line, &lines), 0);
	}
	assert_int_equal(write(fds[1], "\nping\n", 6), 6);
	assert_int_equal(control__read(&reader, fds[0], note_line, &lines), 0);
	assert_string_equal(buf__str(&lines), "[][ping]");
	/* It is shown where it means nothing. */
	buf__clear(&lines);
	assert_int_equal(write(fds[1], "enable \x1b]0;x\a\xc2\x9b\n", 15), 15);
	assert_int_equal(control__read(&reader, fds[0], note_line, &lines), 0);
	assert_string_equal(buf__str(&lines), "[enable ?]0;x???]");
	close(fds[1]);
	assert_int_equal(control__read(&reader, fds[0], note_line, &lines), -EPIPE);
	close(fds[0]);
	buf__exit(&lines);
}

/* perf's answer, to those who read it: others are no trouble. */
static void test_control_ack(void **state)
{
	char got[8], many[4096] = { 0 };
	int fds[2];

	(void)state;
	control__ack(-1);
	assert_int_equal(pipe(fds), 0);
	control__ack(fds[1]);
	assert_int_equal(read(fds[0], got, sizeof(got)), 5);
	assert_string_equal(got, "ack\n");
	assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	while (write(fds[1], many, sizeof(many)) > 0)
		;
	assert_int_equal(fcntl(fds[1], F_SETFL, 0), 0);
	control__ack(fds[1]);
	close(fds[0]);
	control__ack(fds[1]);
	close(fds[1]);
	control__ack(fds[1]);
}

static void test_control_open(void **state)
{
	static const char *const bad[] = {
		"", "fd", "fd:", "fd:x", "fd:1x", "fd:1,", "fd:1,x", "fd:-1", "fd:1000", "fd:1,1000",
		"fifo:", "fifo:,x", "fifo:no/such", "3", "FD:1", "fifo:file",
	};
	int fd, ack;

	(void)state;
	close(creat("file", 0600));
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct diag diag = DIAG_INIT;

		assert_true(control__open(bad[i], &fd, &ack, &diag) < 0);
		assert_non_null(diag.msg);
		diag__exit(&diag);
	}
	assert_int_equal(control__open("fd:0,1", &fd, &ack, NULL), 0);
	assert_int_equal(fd, 0);
	assert_int_equal(ack, 1);
	assert_int_equal(control__open("fd:0", &fd, &ack, NULL), 0);
	assert_int_equal(ack, -1);
	assert_int_equal(mkfifo("ctl", 0600), 0);
	assert_int_equal(mkfifo("ack", 0600), 0);
	assert_int_equal(control__open("fifo:ctl,ack", &fd, &ack, NULL), 0);
	assert_true(fd > 2 && ack > 2);
	close(fd);
	close(ack);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_task_log),
		cmocka_unit_test(test_task_log_fork),
		cmocka_unit_test(test_task_log_stale_parent),
		cmocka_unit_test(test_task_log_many_children),
		cmocka_unit_test(test_task_log_broken),
		cmocka_unit_test(test_task_log_proc),
		cmocka_unit_test(test_memory_size),
		cmocka_unit_test(test_memory_time),
		cmocka_unit_test(test_memory_short),
		cmocka_unit_test(test_memory_backward),
		cmocka_unit_test(test_memory_tasks),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_snapshots),
		cmocka_unit_test(test_completed),
		cmocka_unit_test(test_failed_process),
		cmocka_unit_test(test_no_directory),
		cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_control_parse),
		cmocka_unit_test(test_control_read),
		cmocka_unit_test(test_control_ack),
		cmocka_unit_test(test_control_open),
	};

	verbose = -1;
	return cmocka_run_group_tests(tests, enter_dir, leave_dir);
}
