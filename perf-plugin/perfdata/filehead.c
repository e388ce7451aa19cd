// SPDX-License-Identifier: GPL-2.0-only
#include "filehead.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

#define MIN_HEADER_SIZE		offsetof(struct perfdata_file_header, features)
#define MIN_ATTR_SIZE		(PERF_ATTR_SIZE_VER0 + sizeof(struct perfdata_section))
#define MAX_ATTR_SIZE		4096
#define MAX_FEATURE_SIZE	(512 * 1024 * 1024)

static int filehead__cut(const struct filehead *head, struct diag *diag)
{
	return diag__error(diag, -EINVAL, "'%s' is cut short or broken: the descriptions of its "
			   "events are missing", head->path);
}

/* Reads the file header; what an old or cut one doesn't have is zero. */
static int filehead__read_header(struct filehead *head, struct perfdata_file_header *header,
				 struct diag *diag)
{
	uint64_t size = source__size(head->source);
	const void *at;
	int err;

	memset(header, 0, sizeof(*header));
	if (size > sizeof(*header))
		size = sizeof(*header);
	at = size < MIN_HEADER_SIZE ? NULL : source__at(head->source, 0, size, &err);
	if (!at)
		return diag__error(diag, -EINVAL, "'%s' is cut short: its header is missing",
				   head->path);
	memcpy(header, at, size);
	if (header->size < MIN_HEADER_SIZE || header->attr_size < MIN_ATTR_SIZE ||
	    header->attr_size > MAX_ATTR_SIZE)
		return diag__error(diag, -EINVAL, "'%s' is no perf.data or broken: its header has "
				   "impossible sizes", head->path);
	/* Before Linux 2.6.35 the header ended in front of the features. */
	if (header->size < sizeof(*header))
		memset(header->features, 0, sizeof(header->features));
	return 0;
}

static int filehead__add_event(struct filehead *head, const uint8_t *attr, uint32_t attr_size,
			       uint64_t *ids_left, struct diag *diag)
{
	struct perfdata_section section;
	void *ids;
	int err;

	attr_size -= sizeof(section);
	memcpy(&section, attr + attr_size, sizeof(section));
	/* Sections that overlap could ask for more memory than the file has bytes. */
	if (section.size > *ids_left)
		return filehead__cut(head, diag);
	*ids_left -= section.size;
	ids = source__read(head->source, section.offset, section.size, &err);
	if (!ids)
		return err ? diag__error(diag, err, "cannot read '%s': %s", head->path,
					 strerror(-err)) : filehead__cut(head, diag);
	err = events__add(head->events, attr, attr_size, ids, section.size / sizeof(uint64_t));
	free(ids);
	if (err == -ENOTSUP)
		return diag__error(diag, err, "'%s' has several events, but no sample ids to tell "
				   "them apart", head->path);
	if (err)
		return diag__error(diag, err, "'%s': cannot take in its events: %s", head->path,
				   strerror(-err));
	return 0;
}

static int filehead__read_events(struct filehead *head, const struct perfdata_file_header *header,
				 struct diag *diag)
{
	uint64_t ids_left = source__size(head->source), at;
	uint8_t *attrs;
	int err;

	if (header->attrs.size / header->attr_size > EVENTS_MAX)
		return diag__error(diag, -EINVAL, "'%s' is broken: it claims to have %" PRIu64
				   " events", head->path, header->attrs.size / header->attr_size);
	attrs = source__read(head->source, header->attrs.offset, header->attrs.size, &err);
	if (!attrs)
		return err ? diag__error(diag, err, "cannot read '%s': %s", head->path,
					 strerror(-err)) : filehead__cut(head, diag);
	for (at = 0; !err && header->attrs.size - at >= header->attr_size; at += header->attr_size)
		err = filehead__add_event(head, attrs + at, header->attr_size, &ids_left, diag);
	free(attrs);
	if (!err && !head->events->nr)
		return diag__error(diag, -EINVAL, "'%s' has no events", head->path);
	return err;
}

static unsigned int count_features(const struct perfdata_file_header *header)
{
	unsigned int i, nr = 0;

	for (i = 0; i < 4; i++)
		nr += __builtin_popcountll(header->features[i]);
	return nr;
}

/* A table of @nr sections at @at, of which all must lie between @from and @to; NULL: it is none. */
static struct perfdata_section *filehead__read_table(struct filehead *head, uint64_t at,
						     unsigned int nr, uint64_t from, uint64_t to)
{
	struct perfdata_section *table;
	unsigned int i;
	int err;

	table = source__read(head->source, at, nr * sizeof(*table), &err);
	for (i = 0; table && i < nr; i++) {
		if (table[i].offset >= from && table[i].offset <= to &&
		    table[i].size <= to - table[i].offset)
			continue;
		free(table);
		table = NULL;
	}
	return table;
}

/*
 * As filehead__find_data(), for a header that says there are 0 bytes of data. Either that is so, or
 * the recorder died: then the data goes on to the file's end. What a stock perf left behind has
 * records in this place; as a table they would make no sense.
 */
static struct perfdata_section *filehead__find_unfinished(struct filehead *head, uint64_t start,
							  unsigned int nr)
{
	uint64_t size = source__size(head->source);
	struct perfdata_section *table;

	/* A table that is followed by data leads back only (writer.c). */
	table = filehead__read_table(head, start, nr, sizeof(struct perfdata_file_header), start);
	if (table) {
		head->data_start += nr * sizeof(*table);
	} else {
		table = filehead__read_table(head, start, nr, 0, size);
		if (table && nr) {
			head->data_end = head->data_start;
			return table;
		}
	}
	buf__addf(head->warnings, "the recording was not properly ended: the file's header is "
		  "incomplete\n");
	return table;
}

/*
 * Finds where the data is, and the table of the feature sections: NULL where none is to be had. The
 * place of the table is behind the data. Our writer has it in front too, so that it is there when a
 * file is cut or never was completed.
 */
static struct perfdata_section *filehead__find_data(struct filehead *head,
						    const struct perfdata_file_header *header)
{
	uint64_t size = source__size(head->source), start = header->data.offset, end;
	unsigned int nr = count_features(header);
	struct perfdata_section *table = NULL;
	uint64_t table_size = nr * sizeof(*table);

	head->data_start = start > size ? size : start;
	head->data_end = size;
	if (!header->data.size)
		return filehead__find_unfinished(head, start, nr);
	if (__builtin_add_overflow(start, header->data.size, &end) || end > size) {
		buf__addf(head->warnings, "the file is cut short: %" PRIu64 " of %" PRIu64
			  " bytes of data are missing\n",
			  header->data.size - (size - head->data_start), header->data.size);
	} else {
		head->data_end = end;
		table = filehead__read_table(head, end, nr, 0, size);
		if (!table)
			buf__addf(head->warnings, "the file is cut short or broken: descriptions "
				  "behind its data are missing\n");
	}
	if (!table && start >= table_size)
		table = filehead__read_table(head, start - table_size, nr, sizeof(*header),
					     start - table_size);
	return table;
}

/* Reads one section. Returns 0, also when it is broken, or a negative errno with a message. */
static int filehead__read_feature(struct filehead *head, unsigned int feature,
				  const struct perfdata_section *section, struct diag *diag)
{
	const char *name = header__feature_name(feature);
	void *data;
	int err;

	if (feature == FEATURE_COMPRESSED) {
		diag__error(diag, -EOPNOTSUPP, "'%s' is compressed, which is not supported",
			    head->path);
		diag__hint(diag, "record without -z (--compression-level)");
		return -EOPNOTSUPP;
	}
	if (!name)
		return 0;
	data = section->size > MAX_FEATURE_SIZE ? NULL :
		source__read(head->source, section->offset, section->size, &err);
	if (!data)
		err = -EINVAL;
	else
		err = header__keep(head->header, data);
	if (!err)
		err = header__parse(head->header, feature, data, section->size, head->events);
	if (err == -ENOMEM)
		return diag__error(diag, err, "out of memory");
	if (err)
		buf__addf(head->warnings, "the file's section %s is broken\n", name);
	return 0;
}

int filehead__read(struct filehead *head, struct diag *diag)
{
	struct perfdata_file_header header;
	struct perfdata_section *table;
	unsigned int feature, nr = 0;
	int err;

	err = filehead__read_header(head, &header, diag);
	if (!err)
		err = filehead__read_events(head, &header, diag);
	if (err)
		return err;
	table = filehead__find_data(head, &header);
	for (feature = 0; table && feature < PERFDATA_FEATURE_BITS && !err; feature++)
		if (header.features[feature / 64] & 1ULL << feature % 64)
			err = filehead__read_feature(head, feature, &table[nr++], diag);
	free(table);
	return err;
}
