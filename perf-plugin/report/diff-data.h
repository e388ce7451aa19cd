/* SPDX-License-Identifier: GPL-2.0-only */
/* What diff.c collects from the files and diff-print.c shows. */
#ifndef BTFSNOOP_REPORT_DIFF_DATA_H
#define BTFSNOOP_REPORT_DIFF_DATA_H

#include "../util/name-index.h"
#include "column-set.h"
#include "diff-measure.h"
#include "diff.h"
#include "distribution.h"
#include "tally.h"

#define DIFF_MAX_KEYS	16
#define DIFF_MAX_ENTRIES 4096	/* of all events */
#define DIFF_MAX_TEXTS	1024	/* different ones of a field, of each entry and file */

/* A field of an event, in each file of the same name and form. */
struct diff_field {
	char *label;
	bool is_quantity;	/* a number to compare as such; else by its text */
	bool is_signed;
	bool is_duration;
	struct column *column;	/* of the first file that has it: to show numbers with */
};

/* The values of a field of an entry in one file. */
struct diff_side {
	struct distribution *numbers;	/* NULL: none were there */
	struct tally *texts;
	uint64_t nr_unreadable;
};

/* The samples of an event that have the same keys. */
struct diff_entry {
	unsigned int event;
	char *keys;			/* texts of the keys, each with a NUL */
	size_t keys_len;
	uint64_t *counts;		/* by file */
	struct diff_side *sides;	/* by field, then by file */
	unsigned int nr_sides;
};

struct diff_event {
	char *name;
	struct diff_field *fields;
	unsigned int nr_fields;
	uint64_t *counts;		/* by file: samples */
	uint64_t *dropped;		/* by file: of those that filters left out */
	unsigned int nr_entries;
};

/* An event of a file: which one of the diff, and columns by which to read it. */
struct diff_source {
	bool looked;
	unsigned int event;
	struct column **columns;	/* with the field each is of */
	unsigned int *fields;
	unsigned int nr;
};

struct diff_file {
	const char *name;
	struct input *input;
	struct column_set *keys[DIFF_MAX_KEYS];
	struct diff_source *sources;	/* by event of the file */
	unsigned int nr_sources;
	double seconds;			/* between the first and the last sample; 0: not known */
	uint64_t nr_samples;
};

struct diff {
	const struct diff_opts *opts;
	struct diff_file *files;
	unsigned int nr_files;
	unsigned int nr_keys;
	char *key_labels[DIFF_MAX_KEYS];
	struct diff_event *events;
	unsigned int nr_events;
	struct diff_entry *entries;
	unsigned int nr_entries;
	struct name_index index;	/* of entries by event and keys, plus 1 */
	uint64_t nr_left_out;		/* samples of too many entries */
	struct buf key;			/* scratch */
	struct buf text;
};

/* What a file has of a field of an entry; NULL: nothing. */
static inline const struct diff_side *diff__side(const struct diff *diff,
						 const struct diff_entry *entry,
						 unsigned int field, unsigned int file)
{
	unsigned int index = field * diff->nr_files + file;

	return index < entry->nr_sides ? &entry->sides[index] : NULL;
}

#endif
