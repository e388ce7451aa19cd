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
#include "described.h"
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
 *
 * If events came later, behind the second table stand the ids and attrs and those sections that are
 * about events, once more, of all events; the header and the second table lead there.
 */

/* At the end of a round at most so much stays buffered, which is what a crash can lose. */
#define FLUSH_BYTES	(64 * 1024)

/* Pieces of a section that doesn't fit into one record of a pipe. */
#define PIPE_PIECE_SIZE	32768
#define MAX_PIPE_NAME	PIPE_PIECE_SIZE

/* A process that perfdata_writer__add_task() has written already. */
struct written_process {
	pid_t pid;
	UT_hash_handle hh;
};

struct perfdata_writer {
	struct output *output;
	struct perfdata_events *parts;		/* the first, and those that came later */
	unsigned int nr_parts;
	unsigned int nr_ours;			/* events of all parts */
	const struct perfdata_foreign *foreign;
	unsigned int nr_foreign;
	struct described described;		/* all events ... */
	unsigned int nr_first;			/* ... and how many there were at the start */
	struct attr_common common;
	uint32_t nr_btf_pieces;			/* written into a pipe */
	struct perfdata_file_header header;	/* of the complete file, but for data.size */
	struct buf table;			/* of the feature sections */
	struct buf records;			/* scratch for records of our own */
	struct buf module_maps;			/* PERF_RECORD_MMAPs that were written */
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

/*
 * Adds the ids and, behind them, the attrs. @offset is where in the file the first id will stand.
 * Returns where in @out the attrs begin.
 */
static size_t writer__add_attrs(const struct perfdata_writer *writer, uint64_t offset,
				struct buf *out)
{
	const struct described *described = &writer->described;
	struct perfdata_section ids = { .offset = offset };
	size_t start;
	unsigned int i;

	for (i = 0; i < described->nr; i++)
		buf__add(out, described->list[i].ids,
			 described->list[i].nr_ids * sizeof(uint64_t));
	start = out->len;
	for (i = 0; i < described->nr; i++) {
		ids.size = described->list[i].nr_ids * sizeof(uint64_t);
		described__add_attr(described, i, out);
		buf__add(out, &ids, sizeof(ids));
		ids.offset += ids.size;
	}
	return start;
}

/* The header that an unfinished file has, and the attrs. */
static void writer__start_header(struct perfdata_writer *writer, struct buf *head)
{
	struct perfdata_file_header *header = &writer->header;

	*header = (struct perfdata_file_header){
		.magic = PERFDATA_MAGIC,
		.size = sizeof(*header),
		.attr_size = writer->described.attr_size + sizeof(struct perfdata_section),
	};
	header->attrs.size = writer->described.nr * header->attr_size;
	buf__add(head, header, sizeof(*header));
	header->attrs.offset = writer__add_attrs(writer, sizeof(*header), head);
}

static int writer__add_part(struct perfdata_writer *writer, const struct perfdata_events *events)
{
	struct perfdata_events *parts = reallocarray(writer->parts, writer->nr_parts + 1,
						     sizeof(*parts));
	int err;

	if (!parts)
		return -ENOMEM;
	writer->parts = parts;
	err = described__add_schemas(&writer->described, events->schemas, events->nr,
				     writer->nr_ours, &writer->common);
	if (err)
		return err;
	parts[writer->nr_parts++] = *events;
	writer->nr_ours += events->nr;
	return 0;
}

/* All that @opts has, in the order of the file. */
static int writer__add_first(struct perfdata_writer *writer,
			     const struct perfdata_writer_opts *opts)
{
	const struct perfdata_events first = {
		.schemas = opts->schemas, .nr = opts->nr_schemas,
		.btf = opts->btf, .btf_size = opts->btf_size,
	};
	int err;

	writer->common = (struct attr_common){
		.clockid = opts->clockid, .sample_type = opts->sample_type,
		.max_stack = opts->max_stack,
		.no_kernel_chain = opts->no_kernel_chain, .no_user_chain = opts->no_user_chain,
	};
	err = writer__add_part(writer, &first);
	for (unsigned int i = 0; i < opts->nr_parts && !err; i++)
		err = writer__add_part(writer, &opts->parts[i]);
	writer->foreign = opts->foreign;
	writer->nr_foreign = opts->nr_foreign;
	if (!err)
		err = described__add_foreign(&writer->described, opts->foreign, opts->nr_foreign);
	writer->nr_first = writer->described.nr;
	return err;
}

/* Everything in front of the data. */
static int writer__start_file(struct perfdata_writer *writer, struct features *features)
{
	struct perfdata_file_header *header = &writer->header;
	struct perfdata_section section;
	struct buf head = BUF_INIT;
	unsigned int bit;
	int err = -ENOMEM;

	writer__start_header(writer, &head);
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
static void add_pipe_btf(struct perfdata_writer *writer, const struct perfdata_events *events,
			 struct buf *out)
{
	const char *btf = events->btf;
	uint32_t left = events->btf_size;
	struct buf piece = BUF_INIT;
	uint32_t head[3] = { 1 };		/* count, id, size */

	while (left) {
		head[1] = ++writer->nr_btf_pieces;
		head[2] = left < PIPE_PIECE_SIZE ? left : PIPE_PIECE_SIZE;
		buf__clear(&piece);
		buf__add(&piece, head, sizeof(head));
		buf__add(&piece, btf, head[2]);
		if (piece.failed) {
			out->failed = true;
			break;
		}
		add_pipe_feature(out, FEATURE_BPF_BTF, piece.data, piece.len);
		btf += head[2];
		left -= head[2];
	}
	buf__exit(&piece);
}

static bool is_pipe_feature(unsigned int bit)
{
	/* These two have record types of their own; the time of samples is not known yet. */
	return bit != FEATURE_TRACING_DATA && bit != FEATURE_BUILD_ID &&
	       bit != FEATURE_SAMPLE_TIME;
}

static void add_pipe_features(struct perfdata_writer *writer, struct buf *out,
			      const struct features *features)
{
	const struct buf *section;
	unsigned int bit;

	for (bit = 0; bit < FEATURE_END; bit++) {
		section = &features->sections[bit];
		if (!section->data || !is_pipe_feature(bit))
			continue;
		if (bit == FEATURE_BPF_BTF)
			for (unsigned int i = 0; i < writer->nr_parts; i++)
				add_pipe_btf(writer, &writer->parts[i], out);
		else if (section->len <= RECORD_MAX_SIZE - 16)
			add_pipe_feature(out, bit, section->data, section->len);
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

/* A BUILD_ID section has records already, but for their type; perf wants it in each. */
static void add_pipe_build_ids(struct buf *out, const struct buf *section)
{
	struct perf_event_header header;

	for (size_t at = 0; section->len - at >= sizeof(header); at += header.size) {
		memcpy(&header, section->data + at, sizeof(header));
		if (header.size < sizeof(header) || header.size > section->len - at)
			break;
		header.type = RECORD_BUILD_ID;
		buf__add(out, &header, sizeof(header));
		buf__add(out, section->data + at + sizeof(header), header.size - sizeof(header));
	}
}

/* The @first-th event and those behind it. */
static int add_pipe_attrs(const struct perfdata_writer *writer, unsigned int first,
			  struct buf *out)
{
	const struct described *described = &writer->described;
	struct perf_event_attr attr;

	for (unsigned int i = first; i < described->nr; i++) {
		const struct perfdata_foreign *event = &described->list[i];
		size_t ids_size = event->nr_ids * sizeof(uint64_t);

		if (ids_size > RECORD_MAX_SIZE - sizeof(struct perf_event_header) - sizeof(attr))
			return -E2BIG;
		attr = *event->attr;
		attr.size = described->attr_size;
		if (first)
			attr__make_late(&attr);
		add_pipe_record(out, RECORD_HEADER_ATTR, &attr, attr.size, event->ids, ids_size);
	}
	return 0;
}

/* Whether the name is that of the tracepoint, which a reader finds in the format. */
static bool is_tracepoint_name(const struct perfdata_foreign *event)
{
	size_t len = event->format ? strlen(event->system) : 0;

	return len && !strncmp(event->name, event->system, len) && event->name[len] == ':' &&
	       !strcmp(event->name + len + 1, event->tracepoint);
}

/* Names of the @first-th event and those behind it that are in no format. */
static void add_pipe_names(const struct perfdata_writer *writer, unsigned int first,
			   struct buf *out)
{
	for (unsigned int i = first; i < writer->described.nr; i++) {
		const struct perfdata_foreign *event = &writer->described.list[i];
		const uint64_t update[2] = { EVENT_UPDATE_NAME, event->nr_ids ? *event->ids : 0 };
		bool is_ours = !event->format && event->attr->type == PERF_TYPE_TRACEPOINT;

		/* Ours that were there from the beginning have a format. */
		if ((is_ours && !first) || is_tracepoint_name(event) || !event->nr_ids)
			continue;
		/* Out of another file; a reader gives it a name of its own. */
		if (strlen(event->name) > MAX_PIPE_NAME)
			continue;
		add_pipe_record(out, RECORD_EVENT_UPDATE, update, sizeof(update), event->name,
				strlen(event->name) + 1);
	}
}

static int writer__start_pipe(struct perfdata_writer *writer, const struct features *features)
{
	const uint64_t header[2] = { PERFDATA_MAGIC, PERFDATA_PIPE_HEADER_SIZE };
	struct buf head = BUF_INIT;
	int err;

	buf__add(&head, header, sizeof(header));
	err = add_pipe_attrs(writer, 0, &head);
	add_pipe_features(writer, &head, features);
	if (features->sections[FEATURE_TRACING_DATA].data)
		add_pipe_tracing_data(&head, &features->sections[FEATURE_TRACING_DATA]);
	add_pipe_names(writer, 0, &head);
	if (features->sections[FEATURE_BUILD_ID].data)
		add_pipe_build_ids(&head, &features->sections[FEATURE_BUILD_ID]);
	if (!err)
		err = head.failed ? -ENOMEM :
		      output__write(writer->output, head.data, head.len);
	buf__exit(&head);
	return err;
}

static int writer__add_records(struct perfdata_writer *writer)
{
	if (writer->records.failed)
		return -ENOMEM;
	return output__write(writer->output, writer->records.data, writer->records.len);
}

/* The record has no time, nor anything else by which the same map's would differ. */
static bool writer__has_map(const struct perfdata_writer *writer,
			    const struct perf_event_header *map)
{
	const struct perf_event_header *other;

	for (size_t at = 0; at < writer->module_maps.len; at += other->size) {
		other = (const struct perf_event_header *)(writer->module_maps.data + at);
		if (other->size == map->size && !memcmp(other, map, map->size))
			return true;
	}
	return false;
}

/*
 * Modules' maps, each once: perf takes one that it has had already for another (6.1), and then
 * names wrong functions.
 */
static int writer__add_module_maps(struct perfdata_writer *writer, const char *only)
{
	const struct perf_event_header *map;
	struct buf maps = BUF_INIT;
	int err;

	err = synth__modules(&writer->synth, only, &maps);
	if (!err && maps.failed)
		err = -ENOMEM;
	for (size_t at = 0; at < maps.len && !err; at += map->size) {
		map = (const struct perf_event_header *)(maps.data + at);
		if (writer__has_map(writer, map))
			continue;
		buf__add(&writer->module_maps, map, map->size);
		err = writer->module_maps.failed ? -ENOMEM :
		      output__write(writer->output, map, map->size);
	}
	buf__exit(&maps);
	return err;
}

static int writer__add_kernel_maps(struct perfdata_writer *writer,
				   const struct perfdata_writer_opts *opts)
{
	int err;

	buf__clear(&writer->records);
	if (opts->kernel_start && opts->kernel_end > opts->kernel_start)
		synth__kernel(&writer->synth, opts->kernel_start, opts->kernel_end,
			      &writer->records);
	err = writer__add_records(writer);
	if (err)
		return err;
	writer->synth.modules_before = opts->modules_before;
	err = writer__add_module_maps(writer, NULL);
	writer->synth.modules_before = NULL;
	return err;
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
		/* The first event's, which stands for such records. */
		.id = writer->described.nr && writer->described.list->nr_ids ?
		      *writer->described.list->ids : 0,
	};
	return 0;
}

static int writer__start(struct perfdata_writer *writer, const struct perfdata_writer_opts *opts)
{
	const struct features_events events = {
		.parts = writer->parts, .nr_parts = writer->nr_parts,
		.foreign = writer->foreign, .nr_foreign = writer->nr_foreign,
		.described = &writer->described,
	};
	struct features features;
	int err;

	err = features__build(&features, opts, &events);
	if (!err && output__is_pipe(writer->output))
		err = writer__start_pipe(writer, &features);
	else if (!err)
		err = writer__start_file(writer, &features);
	features__exit(&features);
	if (!err)
		err = writer__init_synth(writer);
	if (!err && !opts->given)
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
	buf__exit(&writer->module_maps);
	described__exit(&writer->described);
	free(writer->modules_dep);
	free(writer->parts);
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
	described__init(&writer->described);
	err = writer__add_first(writer, opts);
	if (err)
		diag__error(diag, err, "cannot describe the events: %s", strerror(-err));
	else if (opts->fd)
		err = output__open_pipe(opts->fd, &writer->output, diag);
	else
		err = output__open(opts->path, &writer->output, diag);
	if (err) {
		writer__free(writer);
		return err;
	}
	output__on_complete(writer->output, opts->completed, opts->completed_ctx);
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

/* In a pipe: as at its start, but of these alone, the @first-th event and those behind it. */
static int writer__add_pipe_events(struct perfdata_writer *writer, unsigned int first,
				   const struct perfdata_events *events)
{
	struct buf out = BUF_INIT;
	int err;

	err = add_pipe_attrs(writer, first, &out);
	add_pipe_names(writer, first, &out);
	add_pipe_btf(writer, events, &out);
	if (!err)
		err = out.failed ? -ENOMEM : output__write(writer->output, out.data, out.len);
	buf__exit(&out);
	return err;
}

int perfdata_writer__add_events(struct perfdata_writer *writer,
				const struct perfdata_events *events)
{
	const struct features_events these = { .parts = events, .nr_parts = 1 };
	unsigned int first = writer->described.nr;
	struct features features;
	/* For a file that is done again, of all; but by then it is too late to refuse them. */
	int err = features__describe(&features, &these);

	features__exit(&features);
	if (!err)
		err = writer__add_part(writer, events);
	if (!err && output__is_pipe(writer->output))
		err = writer__add_pipe_events(writer, first, events);
	return err;
}

int perfdata_writer__add_module(struct perfdata_writer *writer, const char *name)
{
	return writer__add_module_maps(writer, name);
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

int perfdata_writer__add_sample(struct perfdata_writer *writer, const void *sample, size_t size,
				uint64_t time)
{
	perfdata_writer__count(writer, 1, time, time);
	return output__write(writer->output, sample, size);
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

int perfdata_writer__set_path(struct perfdata_writer *writer, const char *path)
{
	return output__set_path(writer->output, path);
}

uint64_t perfdata_writer__size(const struct perfdata_writer *writer)
{
	return output__size(writer->output);
}

/* The place in the table that @bit has. */
static struct perfdata_section *find_section(const struct perfdata_writer *writer, unsigned int bit)
{
	struct perfdata_section *section = (struct perfdata_section *)writer->table.data;

	for (unsigned int i = 0; i < bit; i++)
		section += writer->header.features[i / 64] >> (i % 64) & 1;
	return section;
}

/*
 * Makes what comes behind the second table, which it changes, as it does the header: of all events.
 */
static int writer__describe_all(struct perfdata_writer *writer, struct buf *tail)
{
	uint64_t start = output__size(writer->output) + writer->table.len;
	struct perfdata_file_header *header = &writer->header;
	const struct features_events events = {
		.parts = writer->parts, .nr_parts = writer->nr_parts,
		.foreign = writer->foreign, .nr_foreign = writer->nr_foreign,
		.described = &writer->described,
	};
	struct features features;
	int err;

	err = features__describe(&features, &events);
	header->attrs.size = writer->described.nr * header->attr_size;
	header->attrs.offset = start + writer__add_attrs(writer, start, tail);
	for (unsigned int bit = 0; bit < FEATURE_END && !err; bit++) {
		const struct buf *contents = &features.sections[bit];
		struct perfdata_section *section = find_section(writer, bit);

		if (!contents->data || !(header->features[bit / 64] >> (bit % 64) & 1))
			continue;
		buf__align(tail, 8);
		section->offset = start + tail->len;
		section->size = contents->len;
		buf__add(tail, contents->data, contents->len);
	}
	features__exit(&features);
	return err || !tail->failed ? err : -ENOMEM;
}

/*
 * What is known only now: the second table with @tail behind it, the time of samples, the data's
 * size. An error is one of the output, which output__commit() reports.
 */
static void writer__finish_file(struct perfdata_writer *writer, const struct buf *tail)
{
	const uint64_t sample_time[2] = { writer->first_time, writer->last_time };
	struct output *output = writer->output;
	int err;

	writer->header.data.size = output__size(output) - writer->header.data.offset;
	err = output__write(output, writer->table.data, writer->table.len);
	if (!err && tail->len)
		err = output__write(output, tail->data, tail->len);
	if (!err)
		err = output__patch(output, writer->sample_time_offset, sample_time,
				    sizeof(sample_time));
	if (!err)
		output__patch(output, 0, &writer->header, sizeof(writer->header));
}

int perfdata_writer__finish(struct perfdata_writer *writer, uint64_t *size, struct diag *diag)
{
	bool is_file = !output__is_pipe(writer->output);
	struct buf tail = BUF_INIT;
	int err = 0;

	if (is_file && writer->described.nr > writer->nr_first)
		err = writer__describe_all(writer, &tail);
	if (!err && is_file)
		writer__finish_file(writer, &tail);
	buf__exit(&tail);
	if (err) {
		perfdata_writer__abort(writer);
		return diag__error(diag, err, "cannot describe the events that came later: %s",
				   strerror(-err));
	}
	*size = output__size(writer->output);
	err = output__commit(writer->output, diag);
	writer__free(writer);
	return err;
}

void perfdata_writer__leave(struct perfdata_writer *writer)
{
	output__leave(writer->output);
	writer__free(writer);
}

void perfdata_writer__abort(struct perfdata_writer *writer)
{
	output__abort(writer->output);
	writer__free(writer);
}
