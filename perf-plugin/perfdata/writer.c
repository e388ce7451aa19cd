// SPDX-License-Identifier: GPL-2.0-only
#include "writer.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <uthash.h>

#include "attr.h"
#include "features.h"
#include "format.h"
#include "output.h"
#include "synth.h"

/*
 * The order of things in a file: header, ids, attrs, contents of the feature sections, their table,
 * data, the table again. Until the file is complete, its header says that there are 0 bytes of data
 * in front of the first table. A recorder that is killed thus leaves a file with all its
 * descriptions: our reader goes on to read the records behind the first table, and perf, of which
 * that table is the right place too, says that the file was not properly closed. The second table
 * is at the place where the format wants it.
 */

/* At the end of a round at most so much stays buffered, which is what a crash can lose. */
#define FLUSH_BYTES	(64 * 1024)

/* Pieces of a section that doesn't fit into one record of a pipe. */
#define PIPE_PIECE_SIZE	32768

/* A process that perfdata_writer__add_task() has written already. */
struct written_process {
	pid_t pid;
	UT_hash_handle hh;
};

struct perfdata_writer {
	struct output *output;
	const struct schema *schemas;
	unsigned int nr_schemas;
	clockid_t clockid;
	struct perfdata_file_header header;	/* of the complete file, but for data.size */
	struct buf table;			/* of the feature sections */
	struct buf records;			/* scratch for records of our own */
	struct synth synth;
	char *modules_dep;
	struct written_process *processes;	/* hash table */
	uint64_t sample_time_offset;		/* of HEADER_SAMPLE_TIME's contents */
	uint64_t nr_samples;
	uint64_t first_time;
	uint64_t last_time;
	uint64_t flushed_size;
	uint64_t round_end;			/* size of the file after the last round */
};

/* The header that an unfinished file has. */
static void writer__start_header(struct perfdata_file_header *header, unsigned int nr_events)
{
	*header = (struct perfdata_file_header){
		.magic = PERFDATA_MAGIC,
		.size = sizeof(*header),
		.attr_size = PERFDATA_ATTR_SIZE + sizeof(struct perfdata_section),
		.attrs.offset = sizeof(*header) + nr_events * sizeof(uint64_t),
	};
	header->attrs.size = nr_events * header->attr_size;
	header->data.offset = header->attrs.offset + header->attrs.size;
}

/* Adds the ids and, behind them, the attrs: each event has one id. */
static void writer__add_attrs(const struct perfdata_writer *writer, struct buf *out)
{
	struct perf_event_attr attr;
	struct perfdata_section ids = { .offset = sizeof(writer->header) };
	unsigned int i;
	uint64_t id;

	for (i = 0; i < writer->nr_schemas; i++) {
		id = PERFDATA_SAMPLE_ID(i);
		buf__add(out, &id, sizeof(id));
	}
	ids.size = sizeof(id);
	for (i = 0; i < writer->nr_schemas; i++) {
		attr__init(&attr, &writer->schemas[i], i, writer->clockid);
		buf__add(out, &attr, PERFDATA_ATTR_SIZE);
		buf__add(out, &ids, sizeof(ids));
		ids.offset += ids.size;
	}
}

/* Everything in front of the data. */
static int writer__start_file(struct perfdata_writer *writer, struct features *features)
{
	struct perfdata_file_header *header = &writer->header;
	struct perfdata_section section;
	struct buf head = BUF_INIT;
	unsigned int bit;
	int err = -ENOMEM;

	writer__start_header(header, writer->nr_schemas);
	buf__add(&head, header, sizeof(*header));
	writer__add_attrs(writer, &head);
	for (bit = 0; bit < FEATURE_END; bit++) {
		const struct buf *contents = &features->sections[bit];

		if (!contents->data)
			continue;
		/* The table, and the data behind it, begin at a multiple of 8. */
		buf__align(&head, 8);
		section.offset = head.len;
		section.size = contents->len;
		buf__add(&writer->table, &section, sizeof(section));
		buf__add(&head, contents->data, contents->len);
		header->features[bit / 64] |= 1ULL << (bit % 64);
		if (bit == FEATURE_SAMPLE_TIME)
			writer->sample_time_offset = section.offset;
	}
	buf__align(&head, 8);
	header->data.offset = head.len;
	if (!head.failed && !writer->table.failed) {
		memcpy(head.data, header, sizeof(*header));
		buf__add(&head, writer->table.data, writer->table.len);
	}
	if (!head.failed && !writer->table.failed)
		err = output__write(writer->output, head.data, head.len);
	buf__exit(&head);
	header->data.offset += writer->table.len;
	return err;
}

/* One record of a pipe: header, @fixed, @data, padding. */
static void add_pipe_record(struct buf *out, uint32_t type, const void *fixed, size_t fixed_size,
			    const void *data, size_t size)
{
	struct perf_event_header header = { .type = type };

	header.size = (sizeof(header) + fixed_size + size + 7) & ~7ULL;
	buf__add(out, &header, sizeof(header));
	buf__add(out, fixed, fixed_size);
	buf__add(out, data, size);
	buf__fill(out, '\0', header.size - sizeof(header) - fixed_size - size);
}

static void add_pipe_feature(struct buf *out, uint64_t bit, const void *data, size_t size)
{
	add_pipe_record(out, RECORD_HEADER_FEATURE, &bit, sizeof(bit), data, size);
}

/*
 * BTF that is too large for one record goes as several objects with numbers that follow each other.
 * perf keeps them as they are; our reader joins them, which it can since BTF starts with how long
 * it is.
 */
static void add_pipe_btf(struct buf *out, const struct buf *section)
{
	const char *btf = section->data + 3 * sizeof(uint32_t);
	size_t left = section->len - 3 * sizeof(uint32_t), size;
	uint32_t *head, id;
	struct buf piece = BUF_INIT;

	for (id = 1; left; id++) {
		size = left < PIPE_PIECE_SIZE ? left : PIPE_PIECE_SIZE;
		buf__clear(&piece);
		buf__add(&piece, section->data, 3 * sizeof(uint32_t));
		buf__add(&piece, btf, size);
		if (piece.failed) {
			out->failed = true;
			break;
		}
		head = (uint32_t *)piece.data;		/* count, id, size */
		head[1] = id;
		head[2] = size;
		add_pipe_feature(out, FEATURE_BPF_BTF, piece.data, piece.len);
		btf += size;
		left -= size;
	}
	buf__exit(&piece);
}

static bool is_pipe_feature(unsigned int bit)
{
	/* These two have record types of their own; the time of samples is not known yet. */
	return bit != FEATURE_TRACING_DATA && bit != FEATURE_BUILD_ID &&
	       bit != FEATURE_SAMPLE_TIME;
}

static void add_pipe_features(struct buf *out, const struct features *features)
{
	const struct buf *section;
	unsigned int bit;

	for (bit = 0; bit < FEATURE_END; bit++) {
		section = &features->sections[bit];
		if (!section->data || !is_pipe_feature(bit))
			continue;
		if (section->len <= RECORD_MAX_SIZE - 16)
			add_pipe_feature(out, bit, section->data, section->len);
		else if (bit == FEATURE_BPF_BTF)
			add_pipe_btf(out, section);
		/* Of all others (a thousand events' descriptions) a reader knows without. */
	}
}

static void add_pipe_tracing_data(struct buf *out, const struct buf *section)
{
	uint32_t size[2] = { (section->len + 7) & ~7ULL };

	add_pipe_record(out, RECORD_TRACING_DATA, size, sizeof(size), NULL, 0);
	buf__add(out, section->data, section->len);
	buf__fill(out, '\0', size[0] - section->len);
}

static int writer__start_pipe(struct perfdata_writer *writer, const struct features *features)
{
	const uint64_t header[2] = { PERFDATA_MAGIC, PERFDATA_PIPE_HEADER_SIZE };
	const struct buf *build_id = &features->sections[FEATURE_BUILD_ID];
	struct perf_event_attr attr;
	struct buf head = BUF_INIT;
	unsigned int i;
	uint64_t id;
	int err = -ENOMEM;

	buf__add(&head, header, sizeof(header));
	for (i = 0; i < writer->nr_schemas; i++) {
		id = PERFDATA_SAMPLE_ID(i);
		attr__init(&attr, &writer->schemas[i], i, writer->clockid);
		add_pipe_record(&head, RECORD_HEADER_ATTR, &attr, PERFDATA_ATTR_SIZE, &id,
				sizeof(id));
	}
	add_pipe_features(&head, features);
	add_pipe_tracing_data(&head, &features->sections[FEATURE_TRACING_DATA]);
	if (build_id->data && !head.failed) {
		/* The section has records already, only without a type. */
		buf__add(&head, build_id->data, build_id->len);
		if (!head.failed)
			((struct perf_event_header *)(head.data + head.len - build_id->len))->type =
				RECORD_BUILD_ID;
	}
	if (!head.failed)
		err = output__write(writer->output, head.data, head.len);
	buf__exit(&head);
	return err;
}

static int writer__add_records(struct perfdata_writer *writer)
{
	if (writer->records.failed)
		return -ENOMEM;
	return output__write(writer->output, writer->records.data, writer->records.len);
}

static int writer__add_kernel_maps(struct perfdata_writer *writer,
				   const struct perfdata_writer_opts *opts)
{
	int err;

	buf__clear(&writer->records);
	if (opts->kernel_start && opts->kernel_end > opts->kernel_start)
		synth__kernel(&writer->synth, opts->kernel_start, opts->kernel_end,
			      &writer->records);
	err = synth__modules(&writer->synth, &writer->records);
	return err ?: writer__add_records(writer);
}

static int writer__init_synth(struct perfdata_writer *writer)
{
	struct buf path = BUF_INIT;
	struct utsname uts;

	if (uname(&uts))
		return -errno;
	buf__addf(&path, "/lib/modules/%s/modules.dep", uts.release);
	writer->modules_dep = buf__take(&path);
	if (!writer->modules_dep)
		return -ENOMEM;
	writer->synth = (struct synth){
		.proc = "/proc",
		.modules_dep = writer->modules_dep,
		.id = PERFDATA_SAMPLE_ID(0),
	};
	return 0;
}

static int writer__start(struct perfdata_writer *writer, const struct perfdata_writer_opts *opts)
{
	struct features features;
	int err;

	err = features__build(&features, opts);
	if (!err && output__is_pipe(writer->output))
		err = writer__start_pipe(writer, &features);
	else if (!err)
		err = writer__start_file(writer, &features);
	features__exit(&features);
	if (!err)
		err = writer__init_synth(writer);
	if (!err)
		err = writer__add_kernel_maps(writer, opts);
	if (!err)
		err = output__flush(writer->output);
	return err;
}

static void writer__free(struct perfdata_writer *writer)
{
	struct written_process *process, *tmp;

	HASH_ITER(hh, writer->processes, process, tmp) {
		HASH_DEL(writer->processes, process);
		free(process);
	}
	buf__exit(&writer->table);
	buf__exit(&writer->records);
	free(writer->modules_dep);
	free(writer);
}

int perfdata_writer__new(const struct perfdata_writer_opts *opts, struct perfdata_writer **out,
			 struct diag *diag)
{
	struct perfdata_writer *writer;
	int err;

	writer = calloc(1, sizeof(*writer));
	if (!writer)
		return diag__error(diag, -ENOMEM, "out of memory");
	writer->schemas = opts->schemas;
	writer->nr_schemas = opts->nr_schemas;
	writer->clockid = opts->clockid;
	err = output__open(opts->path, &writer->output, diag);
	if (err) {
		writer__free(writer);
		return err;
	}
	err = writer__start(writer, opts);
	if (err) {
		diag__error(diag, err, "cannot write '%s': %s", opts->path, strerror(-err));
		perfdata_writer__abort(writer);
		return err;
	}
	*out = writer;
	return 0;
}

int perfdata_writer__add(struct perfdata_writer *writer, const void *records, size_t size)
{
	return output__write(writer->output, records, size);
}

void perfdata_writer__count(struct perfdata_writer *writer, uint64_t nr_samples,
			    uint64_t first_time, uint64_t last_time)
{
	if (!nr_samples)
		return;
	if (!writer->nr_samples || first_time < writer->first_time)
		writer->first_time = first_time;
	if (last_time > writer->last_time)
		writer->last_time = last_time;
	writer->nr_samples += nr_samples;
}

/* Notes that the process is in the file. Returns 0, -EEXIST when it was before, -ENOMEM. */
static int writer__note_process(struct perfdata_writer *writer, pid_t pid)
{
	struct written_process *written;

	HASH_FIND(hh, writer->processes, &pid, sizeof(pid), written);
	if (written)
		return -EEXIST;
	written = malloc(sizeof(*written));
	if (!written)
		return -ENOMEM;
	written->pid = pid;
	HASH_ADD(hh, writer->processes, pid, sizeof(written->pid), written);
	return 0;
}

int perfdata_writer__add_task(struct perfdata_writer *writer, pid_t pid)
{
	struct synth_process process;
	int err;

	err = synth__find_process(&writer->synth, pid, &process);
	if (err == -ENOENT || err == -ESRCH)
		return 0;
	if (!err)
		err = writer__note_process(writer, process.pid);
	if (err)
		return err == -EEXIST ? 0 : err;
	buf__clear(&writer->records);
	synth__process(&writer->synth, &process, &writer->records);
	return writer__add_records(writer);
}

int perfdata_writer__add_all_tasks(struct perfdata_writer *writer)
{
	struct dirent *entry;
	int pid, err = 0;
	DIR *dir;

	dir = opendir(writer->synth.proc);
	if (!dir)
		return -errno;
	while (!err && (entry = readdir(dir))) {
		pid = atoi(entry->d_name);
		if (pid > 0)
			err = perfdata_writer__add_task(writer, pid);
		/* hidepid= and the like: what we may not see is left out. */
		if (err == -EACCES || err == -EPERM)
			err = 0;
	}
	closedir(dir);
	return err;
}

int perfdata_writer__round(struct perfdata_writer *writer)
{
	const struct perf_event_header round = {
		.type = RECORD_FINISHED_ROUND, .size = sizeof(round),
	};
	bool is_pipe = output__is_pipe(writer->output);
	int err;

	/*
	 * In a file an empty round says nothing. In a pipe it does: a reader shows what came with
	 * one round when it sees the next.
	 */
	if (!is_pipe && output__size(writer->output) == writer->round_end)
		return 0;
	err = output__write(writer->output, &round, sizeof(round));
	if (err)
		return err;
	writer->round_end = output__size(writer->output);
	if (!is_pipe && writer->round_end - writer->flushed_size < FLUSH_BYTES)
		return 0;
	writer->flushed_size = writer->round_end;
	return output__flush(writer->output);
}

int perfdata_writer__lost(struct perfdata_writer *writer, unsigned int index, uint64_t count,
			  uint64_t time)
{
	buf__clear(&writer->records);
	synth__lost(PERFDATA_SAMPLE_ID(index), count, time, &writer->records);
	return writer__add_records(writer);
}

uint64_t perfdata_writer__size(const struct perfdata_writer *writer)
{
	return output__size(writer->output);
}

/* What is known only now: the second table, the time of samples, the data's size. */
static int writer__finish_file(struct perfdata_writer *writer)
{
	const uint64_t sample_time[2] = { writer->first_time, writer->last_time };
	struct output *output = writer->output;
	int err;

	writer->header.data.size = output__size(output) - writer->header.data.offset;
	err = output__write(output, writer->table.data, writer->table.len);
	if (!err)
		err = output__patch(output, writer->sample_time_offset, sample_time,
				    sizeof(sample_time));
	if (!err)
		err = output__patch(output, 0, &writer->header, sizeof(writer->header));
	return err;
}

int perfdata_writer__finish(struct perfdata_writer *writer, uint64_t *size, struct diag *diag)
{
	int err;

	/* An error in here is one of the output, which commit() reports. */
	if (!output__is_pipe(writer->output))
		writer__finish_file(writer);
	*size = output__size(writer->output);
	err = output__commit(writer->output, diag);
	writer__free(writer);
	return err;
}

void perfdata_writer__abort(struct perfdata_writer *writer)
{
	output__abort(writer->output);
	writer__free(writer);
}
