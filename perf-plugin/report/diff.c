// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diff-data.h"
#include "diff.h"

#define DEFAULT_KEYS	"sym"

int diff__new(unsigned int nr, const struct diff_opts *opts, struct diff **out)
{
	struct diff *diff = calloc(1, sizeof(*diff));

	*out = diff;
	if (!diff)
		return -ENOMEM;
	diff->opts = opts;
	diff->nr_files = nr;
	diff->files = calloc(nr, sizeof(*diff->files));
	if (diff->files)
		return 0;
	diff__free(diff);
	*out = NULL;
	return -ENOMEM;
}

static void free_file(struct diff_file *file)
{
	for (unsigned int i = 0; i < DIFF_MAX_KEYS; i++)
		column_set__free(file->keys[i]);
	for (unsigned int i = 0; i < file->nr_sources; i++) {
		for (unsigned int j = 0; j < file->sources[i].nr; j++)
			column__free(file->sources[i].columns[j]);
		free(file->sources[i].columns);
		free(file->sources[i].fields);
	}
	free(file->sources);
}

static void free_event(struct diff_event *event)
{
	for (unsigned int i = 0; i < event->nr_fields; i++)
		free(event->fields[i].label);
	free(event->fields);
	free(event->name);
	free(event->counts);
	free(event->dropped);
}

static void free_entry(struct diff_entry *entry)
{
	for (unsigned int i = 0; i < entry->nr_sides; i++) {
		distribution__free(entry->sides[i].numbers);
		tally__free(entry->sides[i].texts);
	}
	free(entry->sides);
	free(entry->counts);
	free(entry->keys);
}

void diff__free(struct diff *diff)
{
	if (!diff)
		return;
	for (unsigned int i = 0; diff->files && i < diff->nr_files; i++)
		free_file(&diff->files[i]);
	free(diff->files);
	for (unsigned int i = 0; i < diff->nr_events; i++)
		free_event(&diff->events[i]);
	free(diff->events);
	for (unsigned int i = 0; i < diff->nr_entries; i++)
		free_entry(&diff->entries[i]);
	free(diff->entries);
	for (unsigned int i = 0; i < DIFF_MAX_KEYS; i++)
		free(diff->key_labels[i]);
	name_index__exit(&diff->index);
	buf__exit(&diff->key);
	buf__exit(&diff->text);
	free(diff);
}

/* ---- events and their fields --------------------------------------------------------------- */

/* Addresses are never the same twice, and buffers are rarely. */
static bool is_compared(const struct input_event *event, unsigned int index)
{
	const struct field *field = &event->schema->fields[index];
	const struct btf *btf = event->schema->btf;
	const struct btf_type *type;
	uint32_t id = field->type_id;

	if (!event_view__is_word(event->view, index) || field->kind == FIELD_BUFFER)
		return false;
	if (field->kind != FIELD_SCALAR || field->display != FIELD_BY_TYPE)
		return true;
	for (unsigned int depth = 0; depth < 32; depth++) {
		type = btf__type_by_id(btf, id);
		if (!type || btf_is_ptr(type))
			return false;
		if (!btf_is_mod(type) && !btf_is_typedef(type))
			return true;
		id = type->type;
	}
	return false;
}

static bool is_form(const struct diff_field *field, const struct column *column)
{
	return !strcmp(field->label, column__label(column)) &&
	       field->is_quantity == column__is_quantity(column) &&
	       field->is_signed == column__is_signed(column) &&
	       field->is_duration == column__is_duration(column);
}

static int find_field(struct diff_event *event, struct column *column, unsigned int *index)
{
	struct diff_field *more;

	for (unsigned int i = 0; i < event->nr_fields; i++) {
		if (is_form(&event->fields[i], column)) {
			*index = i;
			return 0;
		}
	}
	more = reallocarray(event->fields, event->nr_fields + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	event->fields = more;
	more[event->nr_fields] = (struct diff_field){
		.label = strdup(column__label(column)),
		.is_quantity = column__is_quantity(column),
		.is_signed = column__is_signed(column),
		.is_duration = column__is_duration(column),
		.column = column,
	};
	if (!more[event->nr_fields].label)
		return -ENOMEM;
	*index = event->nr_fields++;
	return 0;
}

static int add_column(struct diff *diff, struct diff_source *source, struct column *column)
{
	struct column **columns = reallocarray(source->columns, source->nr + 1, sizeof(*columns));
	unsigned int *fields;

	if (columns)
		source->columns = columns;
	fields = columns ? reallocarray(source->fields, source->nr + 1, sizeof(*fields)) : NULL;
	if (!fields) {
		column__free(column);
		return -ENOMEM;
	}
	source->fields = fields;
	source->columns[source->nr] = column;
	return find_field(&diff->events[source->event], column, &fields[source->nr++]);
}

static int find_event(struct diff *diff, const char *name, unsigned int *index)
{
	struct diff_event *more;

	for (*index = 0; *index < diff->nr_events; ++*index) {
		if (!strcmp(diff->events[*index].name, name))
			return 0;
	}
	more = reallocarray(diff->events, diff->nr_events + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	diff->events = more;
	more += diff->nr_events++;
	*more = (struct diff_event){
		.name = strdup(name),
		.counts = calloc(diff->nr_files, sizeof(*more->counts)),
		.dropped = calloc(diff->nr_files, sizeof(*more->dropped)),
	};
	return more->name && more->counts && more->dropped ? 0 : -ENOMEM;
}

static int prepare_source(struct diff *diff, struct diff_file *file, unsigned int index,
			  struct diff_source *source)
{
	const struct input_event *event = input__event(file->input, index);
	unsigned int nr = event->view ? event->schema->nr_fields : 0;
	struct column *column;
	int err = find_event(diff, event->name, &source->event);

	source->looked = true;
	if (!err && event->schema && event->schema->duration_offset) {
		err = column__new(file->input, index, "duration", &column, NULL);
		if (!err)
			err = add_column(diff, source, column);
	}
	for (unsigned int i = 0; i < nr && !err; i++) {
		if (!is_compared(event, i))
			continue;
		err = column__new_field(file->input, index, i, &column);
		if (!err)
			err = add_column(diff, source, column);
	}
	return err;
}

static int find_source(struct diff *diff, struct diff_file *file, unsigned int index,
		       struct diff_source **out)
{
	if (index >= file->nr_sources) {
		struct diff_source *more = reallocarray(file->sources, index + 1, sizeof(*more));

		if (!more)
			return -ENOMEM;
		memset(more + file->nr_sources, 0,
		       (index + 1 - file->nr_sources) * sizeof(*more));
		file->sources = more;
		file->nr_sources = index + 1;
	}
	*out = &file->sources[index];
	return (*out)->looked ? 0 : prepare_source(diff, file, index, *out);
}

/* ---- entries ------------------------------------------------------------------------------- */

/* diff->key becomes the event and the texts of the keys, a NUL behind each. */
static int make_key(struct diff *diff, struct diff_file *file, unsigned int event,
		    const struct perfdata_sample *s)
{
	buf__clear(&diff->key);
	buf__add(&diff->key, &event, sizeof(event));
	for (unsigned int i = 0; i < diff->nr_keys; i++) {
		struct column_value value;
		struct column *column;
		int err = column_set__get(file->keys[i], s->event, &column);

		if (!err && column)
			err = column__read(column, s, &value);
		if (err)
			return err;
		if (column)
			column__add(column, &value, &diff->key);
		if (column && !diff->key_labels[i])
			diff->key_labels[i] = strdup(column__label(column));
		buf__addc(&diff->key, '\0');
	}
	return diff->key.failed ? -ENOMEM : 0;
}

static int add_entry(struct diff *diff, unsigned int event, struct diff_entry **out)
{
	struct diff_entry *more = reallocarray(diff->entries, diff->nr_entries + 1, sizeof(*more));
	size_t len = diff->key.len - sizeof(event);

	if (!more)
		return -ENOMEM;
	diff->entries = more;
	*out = more += diff->nr_entries++;
	*more = (struct diff_entry){
		.event = event,
		.keys = malloc(len + 1),
		.keys_len = len,
		.counts = calloc(diff->nr_files, sizeof(*more->counts)),
	};
	if (!more->keys || !more->counts)
		return -ENOMEM;
	memcpy(more->keys, diff->key.data + sizeof(event), len);
	diff->events[event].nr_entries++;
	return name_index__add(&diff->index, diff->key.data, diff->key.len, diff->nr_entries);
}

/* The entry of diff->key; *@out is NULL when there are too many. */
static int find_entry(struct diff *diff, unsigned int event, struct diff_entry **out)
{
	struct name_walk walk = name_index__walk(&diff->index, diff->key.data, diff->key.len);
	const char *keys = diff->key.data + sizeof(event);
	size_t len = diff->key.len - sizeof(event);
	uint32_t number;

	while ((number = name_walk__next(&walk))) {
		*out = &diff->entries[number - 1];
		if ((*out)->event == event && (*out)->keys_len == len &&
		    !memcmp((*out)->keys, keys, len))
			return 0;
	}
	*out = NULL;
	return diff->nr_entries < DIFF_MAX_ENTRIES ? add_entry(diff, event, out) : 0;
}

static int find_side(struct diff *diff, struct diff_entry *entry, unsigned int field,
		     unsigned int file, struct diff_side **out)
{
	unsigned int index = field * diff->nr_files + file;

	if (index >= entry->nr_sides) {
		unsigned int nr = diff->events[entry->event].nr_fields * diff->nr_files;
		struct diff_side *more = reallocarray(entry->sides, nr, sizeof(*more));

		if (!more)
			return -ENOMEM;
		memset(more + entry->nr_sides, 0, (nr - entry->nr_sides) * sizeof(*more));
		entry->sides = more;
		entry->nr_sides = nr;
	}
	*out = &entry->sides[index];
	return 0;
}

/* ---- reading ------------------------------------------------------------------------------- */

static int add_value(struct diff *diff, struct diff_side *side, struct column *column,
		     const struct perfdata_sample *s)
{
	struct column_value value;
	int err = column__read(column, s, &value);

	if (err)
		return err;
	if (column__is_quantity(column)) {
		if (value.status & ITEM_FAULT) {
			side->nr_unreadable++;
			return 0;
		}
		if (!side->numbers)
			err = distribution__new(column__is_signed(column), &side->numbers);
		return err ? err : distribution__add(side->numbers, value.number, 1);
	}
	buf__clear(&diff->text);
	column__add(column, &value, &diff->text);
	if (diff->text.failed)
		return -ENOMEM;
	if (!side->texts)
		err = tally__new(DIFF_MAX_TEXTS, &side->texts);
	return err ? err : tally__add(side->texts, buf__str(&diff->text), diff->text.len, 1);
}

static int add_sample(struct diff *diff, unsigned int index, const struct perfdata_sample *s)
{
	struct diff_file *file = &diff->files[index];
	struct diff_source *source;
	struct diff_entry *entry;
	struct diff_side *side;
	int err = find_source(diff, file, s->event, &source);

	if (!err)
		err = make_key(diff, file, source->event, s);
	if (!err)
		err = find_entry(diff, source->event, &entry);
	if (err)
		return err;
	file->nr_samples++;
	diff->events[source->event].counts[index]++;
	if (!entry) {
		diff->nr_left_out++;
		return 0;
	}
	entry->counts[index]++;
	for (unsigned int i = 0; i < source->nr && !err; i++) {
		err = find_side(diff, entry, source->fields[i], index, &side);
		if (!err)
			err = add_value(diff, side, source->columns[i], s);
	}
	return err;
}

static int prepare_keys(struct diff *diff, struct diff_file *file, struct diag *diag)
{
	const char *sort = diff->opts->sort ? diff->opts->sort : DEFAULT_KEYS;
	unsigned int nr = 0;
	int err = 0;

	while (!err && *sort) {
		size_t len = column__key_len(sort);

		if (nr == DIFF_MAX_KEYS)
			return diag__error(diag, -EINVAL, "more than %d sort keys", DIFF_MAX_KEYS);
		err = column_set__new(file->input, sort, len, &file->keys[nr++], diag);
		sort += len + (sort[len] == ',');
	}
	diff->nr_keys = nr;
	return err;
}

/* What filters left out, for shares of all. */
static void add_dropped(struct diff *diff, unsigned int index)
{
	struct diff_file *file = &diff->files[index];

	for (unsigned int i = 0; i < file->nr_sources; i++) {
		if (file->sources[i].looked)
			diff->events[file->sources[i].event].dropped[index] +=
				input__event(file->input, i)->dropped_period;
	}
}

int diff__read(struct diff *diff, unsigned int index, const char *name, struct input *input,
	       struct diag *diag)
{
	struct diff_file *file = &diff->files[index];
	uint64_t first = UINT64_MAX, last = 0;
	struct perfdata_record record;
	int err;

	file->name = name;
	file->input = input;
	err = prepare_keys(diff, file, diag);
	while (!err && (err = input__next(input, &record, diag)) > 0) {
		if (record.type != PERF_RECORD_SAMPLE) {
			err = 0;
			continue;
		}
		first = record.sample.time < first ? record.sample.time : first;
		last = record.sample.time > last ? record.sample.time : last;
		err = add_sample(diff, index, &record.sample);
	}
	if (!err && last > first)
		file->seconds = (double)(last - first) / 1e9;
	if (!err)
		add_dropped(diff, index);
	return err;
}
