// SPDX-License-Identifier: GPL-2.0-only
#include "file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../render/text.h"

#define MAX_HEAD	(128 * 1024 * 1024)	/* bytes read ahead: of some ten thousand tasks */

/* What the record, of those in front, says of the kernel. */
static int take_map(struct merge_file *file, const struct perf_event_header *record)
{
	const uint8_t *id;
	unsigned int len;
	int ret;

	if (!places__is_map(record))
		return 0;
	if (!file->build_id_len && places__find_build_id(record, &id, &len)) {
		memcpy(file->build_id, id, len);
		file->build_id_len = len;
	}
	ret = places__add(&file->places, record, 0);
	return ret < 0 ? ret : 0;
}

static int read_next(struct merge_file *file)
{
	int ret = perfdata_reader__next(file->reader, &file->next);

	file->has_next = ret > 0;
	return ret < 0 ? ret : 0;
}

static int read_ahead(struct merge_file *file)
{
	int err = read_next(file);

	while (!err && file->has_next && !file->next.time &&
	       file->next.type != PERF_RECORD_SAMPLE && file->head.len < MAX_HEAD) {
		buf__add(&file->head, file->next.header, file->next.header->size);
		buf__align(&file->head, 8);
		err = file->head.failed ? -ENOMEM : take_map(file, file->next.header);
		if (!err)
			err = read_next(file);
	}
	return err;
}

static void take_info(struct merge_file *file)
{
	const struct perfdata_info *info = perfdata_reader__info(file->reader);

	if (info->kernel_build_id_len) {
		memcpy(file->build_id, info->kernel_build_id, info->kernel_build_id_len);
		file->build_id_len = info->kernel_build_id_len;
	}
	file->has_wall_offset = info->clock_wall_ns && info->clock_ns;
	file->wall_offset = (int64_t)(info->clock_wall_ns - info->clock_ns);
}

int merge_file__open(struct merge_file *file, const char *path, bool force, struct diag *diag)
{
	int err;

	file->path = path;
	err = perfdata_reader__open(path, force, &file->reader, diag);
	if (err)
		return err;
	take_info(file);
	err = file_schemas__new(&file->schemas);
	if (!err)
		err = read_ahead(file);
	return err ? diag__error(diag, err, "cannot read '%s': %s", path, strerror(-err)) : 0;
}

void merge_file__close(struct merge_file *file)
{
	perfdata_reader__close(file->reader);
	file_schemas__free(file->schemas);
	buf__exit(&file->head);
	places__exit(&file->places);
	moves__exit(&file->moves);
	buf__exit(&file->safe);
	free(file->events);
	free(file->ids);
	*file = (struct merge_file){ 0 };
}

uint64_t merge_file__first_time(const struct merge_file *file)
{
	return file->has_next ? file->next.time : 0;
}

/* The time that a record without one gets. */
static uint64_t time_of_timeless(const struct merge_file *file)
{
	if (!file->stamp)
		return 0;
	return file->last_time > file->stamp ? file->last_time : file->stamp;
}

int merge_file__peek(const struct merge_file *file, const struct perf_event_header **record,
		     uint64_t *time)
{
	if (file->head_at < file->head.len) {
		*record = (const void *)(file->head.data + file->head_at);
		*time = time_of_timeless(file);
		return 1;
	}
	if (!file->has_next)
		return 0;
	*record = file->next.header;
	*time = file->next.time ? file->next.time + file->shift : time_of_timeless(file);
	return 1;
}

int merge_file__advance(struct merge_file *file)
{
	const struct perf_event_header *record;
	uint64_t time;

	if (!merge_file__peek(file, &record, &time))
		return 0;
	if (time > file->last_time)
		file->last_time = time;
	if (file->head_at < file->head.len) {
		file->head_at += (record->size + 7) & ~7ULL;
		if (file->head_at >= file->head.len) {
			buf__exit(&file->head);
			file->head_at = 0;
		}
		return 0;
	}
	return read_next(file);
}

const char *merge_file__safe(struct merge_file *file, const char *text)
{
	buf__clear(&file->safe);
	text__adds(&file->safe, text);
	return buf__str(&file->safe);
}

uint64_t merge_file__id(const struct merge_file *file, uint64_t id, uint64_t otherwise)
{
	unsigned int low = 0, high = file->nr_ids, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (file->ids[middle].in < id)
			low = middle + 1;
		else
			high = middle;
	}
	return id && low < file->nr_ids && file->ids[low].in == id ? file->ids[low].out : otherwise;
}
