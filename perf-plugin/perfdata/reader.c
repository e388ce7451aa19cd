// SPDX-License-Identifier: GPL-2.0-only
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../util/buf.h"
#include "events.h"
#include "filehead.h"
#include "format.h"
#include "header.h"
#include "order.h"
#include "source.h"
#include "stream.h"

/* What waits in a pipe for the end of its round has to be kept; more than this is let go before. */
#define PIPE_MAX_HELD		(256 * 1024 * 1024)

#define MISC_LOST_SAMPLES_BPF	(1 << 15)	/* dropped by a filter, not lost */

struct perfdata_reader {
	char *path;
	const struct perfdata_live *live;	/* while it is opened; NULL: a file, or stdin */
	struct source *source;
	struct header header;
	struct events events;
	struct order order;
	bool is_stream;			/* pipe format, in a pipe or a file */
	uint64_t data_start;
	uint64_t data_end;
	uint64_t scan_at;		/* offset of the record to be looked at next */
	uint64_t stream_taken;		/* header records in front of this were taken in */
	bool at_end;			/* of what can be read */
	bool took;			/* an entry since a pipe's memory was given back */
	uint64_t lost_samples;		/* by PERF_RECORD_LOST_SAMPLES */
	uint64_t lost_records;		/* by PERF_RECORD_LOST */
	uint64_t nr_bad_samples;
	uint64_t nr_alien_samples;	/* of no event */
	uint64_t nr_records[PERFDATA_MAX_TYPE + 1];	/* by type */
	bool counted_bad;		/* the two above are in the warnings */
	struct buf warnings;		/* a line each */
	size_t open_warnings;		/* bytes of them that open() left */
};

static void reader__warn(struct perfdata_reader *reader, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void reader__warn(struct perfdata_reader *reader, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf__vaddf(&reader->warnings, fmt, ap);
	buf__addc(&reader->warnings, '\n');
	va_end(ap);
}

/* Opens @path and checks that it is somebody's whose word counts. */
static int reader__open_source(struct perfdata_reader *reader, bool force, struct diag *diag)
{
	const char *path = reader->path;
	struct stat st;
	int fd, err;

	if (reader->live)
		fd = fcntl(reader->live->fd, F_DUPFD_CLOEXEC, 3);
	else if (strcmp(path, "-"))
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	else
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	if (fd < 0) {
		err = -errno;
		diag__error(diag, err, "cannot open '%s': %s", path, strerror(-err));
		if (err == -ENOENT)
			diag__hint(diag, "'perf btfsnoop record' makes one");
		return err;
	}
	if (fstat(fd, &st)) {
		err = diag__error(diag, -errno, "cannot read '%s': %s", path, strerror(errno));
	} else if (S_ISDIR(st.st_mode)) {
		err = diag__error(diag, -EISDIR, "'%s' is a directory: files of perf record "
				  "--threads are not supported", path);
	} else if (S_ISREG(st.st_mode) && !force && st.st_uid && st.st_uid != geteuid()) {
		err = diag__error(diag, -EPERM, "'%s' belongs neither to you nor to root", path);
		diag__hint(diag, "use -f to read it all the same");
	} else {
		err = source__new(fd, &reader->source);
		if (!err && reader->live)
			source__set_wait(reader->source, reader->live->wait, reader->live->ctx);
		reader->header.info.captured_on = S_ISREG(st.st_mode) ? st.st_mtime : 0;
		return err ? diag__error(diag, err, "cannot read '%s': %s", path,
					 strerror(-err)) : 0;
	}
	close(fd);
	return err;
}

/* What kind of file it is. @is_stream: pipe format. */
static int reader__check_magic(struct perfdata_reader *reader, struct diag *diag)
{
	const uint64_t *head;
	int err;

	if (!source__size(reader->source))
		return diag__error(diag, -EINVAL, "'%s' is empty", reader->path);
	head = source__at(reader->source, 0, PERFDATA_PIPE_HEADER_SIZE, &err);
	if (!head && err)
		return diag__error(diag, err, "cannot read '%s': %s", reader->path,
				   strerror(-err));
	if (head && head[0] == PERFDATA_MAGIC_SWAPPED)
		return diag__error(diag, -EOPNOTSUPP, "'%s' was recorded on a machine with the "
				   "other byte order, which is not supported", reader->path);
	if (head && !memcmp(head, PERFDATA_MAGIC_V1, sizeof(*head)))
		return diag__error(diag, -EOPNOTSUPP, "'%s' has the format that perf used before "
				   "Linux 3.4, which is not supported", reader->path);
	if (!head || head[0] != PERFDATA_MAGIC)
		return diag__error(diag, -EINVAL, "'%s' is no perf.data", reader->path);
	reader->is_stream = head[1] == PERFDATA_PIPE_HEADER_SIZE;
	if (!reader->is_stream && source__is_pipe(reader->source)) {
		diag__error(diag, -EINVAL, "'%s': a perf.data file can't be read from a pipe",
			    reader->path);
		diag__hint(diag, "name the file with -i, or make the pipe with record -o -");
		return -EINVAL;
	}
	return 0;
}

/*
 * The record at scan_at. NULL: there is no whole one (*err 0), which is warned about unless the
 * data ends there; or reading failed.
 */
static const struct perf_event_header *reader__peek(struct perfdata_reader *reader, int *err)
{
	const struct perf_event_header *record;
	uint64_t left = reader->data_end - reader->scan_at;
	uint16_t size;

	*err = 0;
	if (!left)
		return NULL;
	record = left < sizeof(*record) ? NULL :
		source__at(reader->source, reader->scan_at, sizeof(*record), err);
	if (*err)
		return NULL;
	if (!record) {
		/* A pipe may end between two records, and only there. */
		if (!source__is_pipe(reader->source) ||
		    source__at(reader->source, reader->scan_at, 1, err))
			reader__warn(reader, "the data is cut short within a record");
		return NULL;
	}
	size = record->size;
	if (size < sizeof(*record)) {
		reader__warn(reader, "the data is broken at byte %" PRIu64 ": a record of %u "
			     "bytes; what follows is not read", reader->scan_at, size);
		return NULL;
	}
	record = size > left ? NULL : source__at(reader->source, reader->scan_at, size, err);
	if (!record && !*err)
		reader__warn(reader, "the data is cut short within a record");
	return record;
}

/*
 * Takes in the record at scan_at if it belongs to a stream's header: as stream__take(), behind
 * which @record is not valid any more.
 */
static int64_t reader__take_header_record(struct perfdata_reader *reader,
					  const struct perf_event_header *record)
{
	uint64_t offset = reader->scan_at;
	int64_t taken;

	/* After a rewind they come again. */
	if (offset < reader->stream_taken)
		return stream__pass(record);
	taken = stream__take(reader->source, offset, record, &reader->header, &reader->events);
	if (taken > 0)
		reader->stream_taken = offset + taken;
	return taken;
}

/* The header records a stream begins with. */
static int reader__open_stream(struct perfdata_reader *reader, struct diag *diag)
{
	const struct perf_event_header *record;
	int64_t taken = 1;
	int err;

	reader->scan_at = PERFDATA_PIPE_HEADER_SIZE;
	reader->data_end = source__size(reader->source);
	while (taken > 0) {
		record = reader__peek(reader, &err);
		if (err)
			return diag__error(diag, err, "cannot read '%s': %s", reader->path,
					   strerror(-err));
		if (!record)
			break;
		taken = reader__take_header_record(reader, record);
		if (taken > 0)
			reader->scan_at += taken;
	}
	if (taken < 0)
		return diag__error(diag, taken, "'%s': the header is broken: %s", reader->path,
				   strerror(-taken));
	if (!reader->events.nr)
		return diag__error(diag, -EINVAL, "'%s' has no events", reader->path);
	reader->data_start = reader->scan_at;
	return 0;
}

static int reader__open_file(struct perfdata_reader *reader, struct diag *diag)
{
	struct filehead head = {
		.source = reader->source,
		.header = &reader->header,
		.events = &reader->events,
		.warnings = &reader->warnings,
		.path = reader->path,
	};
	int err = filehead__read(&head, diag);

	reader->data_start = reader->scan_at = head.data_start;
	reader->data_end = head.data_end;
	return err;
}

static int reader__open(struct perfdata_reader *reader, bool force, struct diag *diag)
{
	int err;

	err = reader__open_source(reader, force, diag);
	if (!err)
		err = reader__check_magic(reader, diag);
	if (!err)
		err = reader->is_stream ? reader__open_stream(reader, diag) :
					  reader__open_file(reader, diag);
	if (err)
		return err;
	err = events__name(&reader->events, reader->header.formats, reader->header.nr_formats);
	if (err)
		return diag__error(diag, err, "out of memory");
	reader->open_warnings = reader->warnings.len;
	return 0;
}

static int reader__new(const char *path, const struct perfdata_live *live, bool force,
		       struct perfdata_reader **out, struct diag *diag)
{
	struct perfdata_reader *reader;
	int err;

	reader = calloc(1, sizeof(*reader));
	if (!reader)
		return diag__error(diag, -ENOMEM, "out of memory");
	header__init(&reader->header);
	order__init(&reader->order);
	reader->live = live;
	reader->path = strdup(path);
	err = reader->path ? reader__open(reader, force, diag) :
			     diag__error(diag, -ENOMEM, "out of memory");
	reader->live = NULL;
	if (err) {
		perfdata_reader__close(reader);
		return err;
	}
	*out = reader;
	return 0;
}

int perfdata_reader__open(const char *path, bool force, struct perfdata_reader **out,
			  struct diag *diag)
{
	return reader__new(path, NULL, force, out, diag);
}

int perfdata_reader__open_live(const struct perfdata_live *live, struct perfdata_reader **out,
			       struct diag *diag)
{
	return reader__new("-", live, false, out, diag);
}

void perfdata_reader__close(struct perfdata_reader *reader)
{
	if (!reader)
		return;
	source__free(reader->source);
	events__exit(&reader->events);
	header__exit(&reader->header);
	order__exit(&reader->order);
	buf__exit(&reader->warnings);
	free(reader->path);
	free(reader);
}

unsigned int perfdata_reader__nr_events(const struct perfdata_reader *reader)
{
	return reader->events.nr;
}

const struct perfdata_event *perfdata_reader__event(const struct perfdata_reader *reader,
						     unsigned int index)
{
	return &reader->events.list[index]->public;
}

const struct perfdata_info *perfdata_reader__info(const struct perfdata_reader *reader)
{
	return &reader->header.info;
}

bool perfdata_reader__id(const struct perfdata_reader *reader, unsigned int nth, uint64_t *id,
			 unsigned int *event)
{
	const struct events *events = &reader->events;

	if (nth >= events->nr_ids)
		return false;
	*id = events->ids[nth].id;
	*event = events->ids[nth].event;
	return true;
}

bool perfdata_reader__event_of(struct perfdata_reader *reader,
			       const struct perf_event_header *record, unsigned int *event)
{
	uint32_t index = events__of_record(&reader->events, record);

	*event = index;
	return index != EVENT_NONE;
}

const void *perfdata_reader__section(const struct perfdata_reader *reader, unsigned int feature,
				     uint64_t *size)
{
	if (feature >= FEATURE_END)
		return NULL;
	*size = reader->header.sections[feature].size;
	return reader->header.sections[feature].data;
}

const void *perfdata_reader__btf(struct perfdata_reader *reader, unsigned int index,
				 uint32_t *size)
{
	return header__btf(&reader->header, index, size);
}

/* PERF_RECORD_LOST: u64 id, lost; PERF_RECORD_LOST_SAMPLES: u64 lost */
static uint64_t nr_lost(const struct perf_event_header *record)
{
	unsigned int at = record->type == PERF_RECORD_LOST;
	uint64_t nr = 0;

	if ((record->type == PERF_RECORD_LOST || record->type == PERF_RECORD_LOST_SAMPLES) &&
	    record->size >= sizeof(*record) + (at + 1) * sizeof(nr))
		memcpy(&nr, (const char *)(record + 1) + at * sizeof(nr), sizeof(nr));
	return nr;
}

uint64_t perfdata_record__lost(const struct perfdata_record *record)
{
	return nr_lost(record->header);
}

static void reader__count_lost(struct perfdata_reader *reader,
			       const struct perf_event_header *record)
{
	if (record->type == PERF_RECORD_LOST)
		reader->lost_records += nr_lost(record);
	else if (!(record->misc & MISC_LOST_SAMPLES_BPF))
		reader->lost_samples += nr_lost(record);
}

/*
 * Fills *@out with the record that lies at @offset. False: a sample that can't be taken apart,
 * which is left out.
 */
static bool reader__fill(struct perfdata_reader *reader, const struct perf_event_header *record,
			 uint64_t offset, uint64_t time, struct perfdata_record *out)
{
	out->type = record->type;
	out->header = record;
	out->time = time;
	out->offset = offset;
	if (record->type != PERF_RECORD_SAMPLE)
		return true;
	if (events__parse_sample(&reader->events, record, &out->sample))
		return true;
	reader->nr_bad_samples++;
	return false;
}

/*
 * A record that perf itself made, in a stream: 1 when it belongs to the header and was taken in or
 * was the last that can be read, 0 when not, or a negative errno. @record is not valid any more.
 */
static int reader__stream_record(struct perfdata_reader *reader,
				 const struct perf_event_header *record)
{
	bool has_more = record->type == RECORD_TRACING_DATA;
	int64_t taken = reader__take_header_record(reader, record);
	int err;

	if (taken > 0) {
		source__skip(reader->source, reader->scan_at, reader->scan_at + taken);
		reader->scan_at += taken;
		err = events__name(&reader->events, reader->header.formats,
				   reader->header.nr_formats);
		return err ? err : 1;
	}
	if (has_more && (taken == -ENODATA || taken == -EINVAL)) {
		reader__warn(reader, "the data is cut short or broken within the descriptions of "
			     "events; what follows is not read");
		reader->at_end = true;
		return 1;
	}
	/* Without a broken event or feature there is still the rest. */
	return taken == -EINVAL || taken == -ENOTSUP || taken == -EOPNOTSUPP ? 0 : taken;
}

/* A record that perf itself made: all but the end of a round is passed over. */
static int reader__user_record(struct perfdata_reader *reader,
			       const struct perf_event_header *record)
{
	uint64_t skip = record->size, more = 0;
	int ret;

	switch (record->type) {
	case RECORD_FINISHED_ROUND:
		reader->scan_at += skip;
		return order__round(&reader->order);
	case RECORD_COMPRESSED:
	case RECORD_COMPRESSED2:
		reader__warn(reader, "the data is compressed (perf record -z), which is not "
			     "supported: what follows is not read");
		reader->at_end = true;
		return 0;
	case RECORD_AUXTRACE:
		if (record->size >= sizeof(*record) + sizeof(more))
			memcpy(&more, record + 1, sizeof(more));
		break;
	default:
		break;
	}
	if (reader->is_stream) {
		ret = reader__stream_record(reader, record);
		if (ret)
			return ret < 0 ? ret : 0;
	}
	if (__builtin_add_overflow(skip, more, &skip) ||
	    skip > reader->data_end - reader->scan_at)
		skip = reader->data_end - reader->scan_at;
	source__skip(reader->source, reader->scan_at, reader->scan_at + skip);
	reader->scan_at += skip;
	return 0;
}

/* Looks at one record: 1 when *@out was filled, 0 when not, or a negative errno. */
static int reader__scan_record(struct perfdata_reader *reader,
			       const struct perf_event_header *record, struct perfdata_record *out)
{
	uint64_t offset = reader->scan_at, time;
	uint32_t event;

	if (record->type <= PERFDATA_MAX_TYPE)
		reader->nr_records[record->type]++;
	if (record->type >= RECORD_USER_START)
		return reader__user_record(reader, record);
	reader->scan_at += record->size;
	if (record->type == PERF_RECORD_LOST || record->type == PERF_RECORD_LOST_SAMPLES)
		reader__count_lost(reader, record);
	time = events__time(&reader->events, record, &event);
	if (record->type == PERF_RECORD_SAMPLE && event == EVENT_NONE) {
		reader->nr_alien_samples++;
		return 0;
	}
	if (time)
		return order__add(&reader->order, time, offset);
	return reader__fill(reader, record, offset, 0, out);
}

/* The data ended: what waits has to wait no longer. */
static int reader__end(struct perfdata_reader *reader)
{
	reader->at_end = true;
	return order__release_all(&reader->order);
}

/* Gives back what a pipe held for records that were handed out. */
static void reader__forget(struct perfdata_reader *reader)
{
	uint64_t lowest = reader->scan_at;

	if (reader->order.head < reader->order.nr) {
		/* To look for it again after each record without a time would take too long. */
		if (!reader->took)
			return;
		lowest = order__lowest_offset(&reader->order);
	}
	reader->took = false;
	source__forget(reader->source, lowest < reader->scan_at ? lowest : reader->scan_at);
}

/*
 * Reads on until there is something to hand out: released records (returns 0) or one without a
 * time, which does not wait (returns 1 with *@out filled).
 */
static int reader__scan(struct perfdata_reader *reader, struct perfdata_record *out)
{
	const struct perf_event_header *record;
	bool is_pipe = source__is_pipe(reader->source);
	int ret = 0;

	if (is_pipe)
		reader__forget(reader);
	while (!ret && !reader->at_end && reader->order.head == reader->order.released) {
		record = reader__peek(reader, &ret);
		if (ret)
			return ret;
		if (!record)
			return reader__end(reader);
		ret = reader__scan_record(reader, record, out);
		if (!ret && is_pipe && source__held(reader->source) > PIPE_MAX_HELD)
			ret = order__release_half(&reader->order);
	}
	if (!ret && reader->at_end)
		ret = order__release_all(&reader->order);
	return ret;
}

/*
 * The record at @offset, which was there before. Now it may not be, someone can cut the file or
 * write into it while we read: NULL then, and when reading failed (*@err is not 0).
 */
static const struct perf_event_header *reader__record_at(struct perfdata_reader *reader,
							 uint64_t offset, int *err)
{
	const struct perf_event_header *record;
	uint16_t size;

	record = source__at(reader->source, offset, sizeof(*record), err);
	size = record ? record->size : 0;
	if (size >= sizeof(*record))
		record = source__at(reader->source, offset, size, err);
	return record && size >= sizeof(*record) && record->size == size ? record : NULL;
}

/* Hands out the record of a released entry: 1, 0 for one that is left out, or a negative errno. */
static int reader__deliver(struct perfdata_reader *reader, const struct order_entry *entry,
			   struct perfdata_record *out)
{
	const struct perf_event_header *record;
	int err;

	record = reader__record_at(reader, entry->offset, &err);
	if (err)
		return err;
	if (!record) {
		reader->nr_bad_samples++;
		return 0;
	}
	return reader__fill(reader, record, entry->offset, entry->time, out);
}

static void reader__warn_of_samples(struct perfdata_reader *reader)
{
	if (reader->counted_bad)
		return;
	reader->counted_bad = true;
	if (reader->nr_bad_samples)
		reader__warn(reader, "%" PRIu64 " samples are broken and were left out",
			     reader->nr_bad_samples);
	if (reader->nr_alien_samples)
		reader__warn(reader, "%" PRIu64 " samples belong to no event of the file and were "
			     "left out", reader->nr_alien_samples);
}

int perfdata_reader__next(struct perfdata_reader *reader, struct perfdata_record *record)
{
	struct order_entry entry;
	int ret;

	for (;;) {
		while (order__take(&reader->order, &entry)) {
			reader->took = true;
			ret = reader__deliver(reader, &entry, record);
			if (ret)
				return ret;
		}
		if (reader->at_end && reader->order.head == reader->order.nr)
			break;
		ret = reader__scan(reader, record);
		if (ret)
			return ret;
	}
	reader__warn_of_samples(reader);
	return 0;
}

int perfdata_reader__read_at(struct perfdata_reader *reader, uint64_t offset,
			     struct perfdata_record *out)
{
	uint64_t nr_bad = reader->nr_bad_samples, time;
	const struct perf_event_header *record;
	uint32_t event;
	int err;

	if (source__is_pipe(reader->source))
		return -ESPIPE;
	if (offset < reader->data_start || offset >= reader->data_end)
		return -EINVAL;
	record = reader__record_at(reader, offset, &err);
	if (!record || record->size > reader->data_end - offset ||
	    record->type >= RECORD_USER_START)
		return err ? err : -EINVAL;
	time = events__time(&reader->events, record, &event);
	if (reader__fill(reader, record, offset, time, out))
		return 0;
	reader->nr_bad_samples = nr_bad;	/* it was counted when it was read first */
	return -EINVAL;
}

const char *perfdata_reader__warning(const struct perfdata_reader *reader)
{
	return reader->warnings.len ? buf__str(&reader->warnings) : NULL;
}

int perfdata_reader__rewind(struct perfdata_reader *reader)
{
	if (source__is_pipe(reader->source))
		return -ESPIPE;
	order__clear(&reader->order);
	reader->scan_at = reader->data_start;
	reader->at_end = false;
	reader->lost_samples = 0;
	reader->lost_records = 0;
	reader->nr_bad_samples = 0;
	reader->nr_alien_samples = 0;
	memset(reader->nr_records, 0, sizeof(reader->nr_records));
	reader->counted_bad = false;
	if (reader->warnings.len > reader->open_warnings) {
		reader->warnings.len = reader->open_warnings;
		reader->warnings.data[reader->warnings.len] = '\0';
	}
	return 0;
}

uint64_t perfdata_reader__lost(const struct perfdata_reader *reader)
{
	/* A perf that writes LOST_SAMPLES (6.2) counts in them what it also says in LOST. */
	return reader->lost_samples ?: reader->lost_records;
}

uint64_t perfdata_reader__nr_records(const struct perfdata_reader *reader, uint32_t type)
{
	return type <= PERFDATA_MAX_TYPE ? reader->nr_records[type] : 0;
}
