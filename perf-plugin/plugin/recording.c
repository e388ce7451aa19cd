// SPDX-License-Identifier: GPL-2.0-only
#include "recording.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/libbpf.h>

#include "../perfdata/reader.h"
#include "../perfdata/schemas.h"
#include "../render/event.h"
#include "../render/symbols.h"
#include "../report/kallsyms.h"
#include "sample-ip.h"

#define MAX_IDS		65536		/* of tracepoints: 16 bits in the raw data */
#define AMBIGUOUS	UINT64_MAX

struct recording_event {
	struct recording *recording;
	unsigned int index;		/* of the event in the file */
	int id;
	char *name;
	uint64_t sample_type;		/* 0: not to be told */
	const struct schema *schema;	/* NULL: the file has none */
	struct event_view *view;	/* NULL: not made yet */
	bool is_named_after_func;
};

struct recording {
	struct perfdata_reader *reader;	/* until the first record is shown */
	struct file_schemas *schemas;
	struct symbols *symbols;
	char *kallsyms;
	bool lines;
	struct recording_event *events;
	unsigned int nr;
	struct buf text;
};

static bool is_tracepoint(const struct perfdata_event *event)
{
	return event->attr->type == PERF_TYPE_TRACEPOINT && file_schemas__is_ours(event);
}

static int keep_event(struct recording *r, unsigned int index, const struct perfdata_event *from)
{
	struct recording_event *event = &r->events[r->nr];

	*event = (struct recording_event){
		.recording = r,
		.index = index,
		.id = from->attr->config,
		.name = strdup(from->name + strlen(SCHEMAS_SYSTEM)),
		.sample_type = from->attr->sample_type,
	};
	if (!event->name)
		return -ENOMEM;
	r->nr++;
	return 0;
}

/*
 * A record's event is known by the tracepoint's number: where several that have the same one have
 * different records, nothing can be found in them.
 */
static int check_sample_types(struct recording *r)
{
	uint64_t *types = calloc(MAX_IDS, sizeof(*types));
	unsigned int i;

	if (!types)
		return -ENOMEM;
	for (i = 0; i < perfdata_reader__nr_events(r->reader); i++) {
		const struct perf_event_attr *attr = perfdata_reader__event(r->reader, i)->attr;
		uint32_t id = attr->config;	/* libtraceevent has as many bits of it */

		if (attr->type == PERF_TYPE_TRACEPOINT && id < MAX_IDS)
			types[id] = !types[id] || types[id] == attr->sample_type ?
				    attr->sample_type : AMBIGUOUS;
	}
	for (i = 0; i < r->nr; i++)
		if (r->events[i].id < 0 || r->events[i].id >= MAX_IDS ||
		    types[r->events[i].id] == AMBIGUOUS)
			r->events[i].sample_type = 0;
	free(types);
	return 0;
}

static int keep_events(struct recording *r)
{
	unsigned int nr = perfdata_reader__nr_events(r->reader);
	int err = 0;

	r->events = calloc(nr + 1, sizeof(*r->events));
	if (!r->events)
		return -ENOMEM;
	for (unsigned int i = 0; i < nr && !err; i++) {
		const struct perfdata_event *event = perfdata_reader__event(r->reader, i);

		if (is_tracepoint(event))
			err = keep_event(r, i, event);
	}
	if (!err && !r->nr)
		err = -ENOENT;
	return err ? err : check_sample_types(r);
}

int recording__open(const char *path, const char *kallsyms, bool lines, struct recording **out)
{
	struct recording *r = calloc(1, sizeof(*r));
	struct diag diag = DIAG_INIT;
	int err;

	if (!r)
		return -ENOMEM;
	r->lines = lines;
	/* Whose file it is was perf's to judge. */
	err = perfdata_reader__open(path, true, &r->reader, &diag);
	diag__exit(&diag);
	if (!err)
		err = keep_events(r);
	if (!err && kallsyms) {
		r->kallsyms = strdup(kallsyms);
		err = r->kallsyms ? 0 : -ENOMEM;
	}
	if (err)
		recording__free(r);
	else
		*out = r;
	return err;
}

void recording__free(struct recording *r)
{
	if (!r)
		return;
	for (unsigned int i = 0; i < r->nr; i++) {
		event_view__free(r->events[i].view);
		free(r->events[i].name);
	}
	free(r->events);
	perfdata_reader__close(r->reader);
	file_schemas__free(r->schemas);
	symbols__free(r->symbols);
	free(r->kallsyms);
	buf__exit(&r->text);
	free(r);
}

unsigned int recording__nr_events(const struct recording *r)
{
	return r->nr;
}

struct recording_event *recording__event(struct recording *r, unsigned int index)
{
	return &r->events[index];
}

int recording_event__id(const struct recording_event *event)
{
	return event->id;
}

const char *recording_event__name(const struct recording_event *event)
{
	return event->name;
}

/* ---- before the first record --------------------------------------------------------------- */

static bool needs_symbols(const struct schema *schema)
{
	for (unsigned int i = 0; i < schema->nr_fields; i++)
		if (schema->fields[i].display == FIELD_SYMBOL)
			return true;
	return false;
}

/* Records that say where things were stand in front of the samples. */
static void read_reference(struct recording *r)
{
	struct perfdata_record record;

	while (perfdata_reader__next(r->reader, &record) > 0 && record.type != PERF_RECORD_SAMPLE)
		if (record.type == PERF_RECORD_MMAP)
			kallsyms__take_mmap(r->symbols, record.header);
}

static int find_symbols(struct recording *r)
{
	int err = symbols__new(&r->symbols);

	if (err)
		return err;
	if (!r->kallsyms)
		r->kallsyms = kallsyms__find(perfdata_reader__info(r->reader));
	read_reference(r);
	return r->kallsyms ? symbols__set_path(r->symbols, r->kallsyms) : 0;
}

static int find_schemas(struct recording *r)
{
	/* What is wrong with the file's types is no news to those who asked for something else. */
	libbpf_print_fn_t print = libbpf_set_print(NULL);
	int err = file_schemas__new(&r->schemas);

	for (unsigned int i = 0; i < r->nr && !err; i++) {
		struct recording_event *event = &r->events[i];

		err = file_schemas__find(r->schemas, r->reader,
					 perfdata_reader__event(r->reader, event->index),
					 &event->schema);
		if (!err && event->schema)
			event->is_named_after_func = schema__is_named_after_func(event->schema);
		if (!err && event->schema && !r->symbols && needs_symbols(event->schema))
			err = find_symbols(r);
	}
	libbpf_set_print(print);
	return err;
}

/* Behind this the file is not needed any more. */
static void prepare(struct recording *r)
{
	if (!r->reader)
		return;
	if (find_schemas(r))
		for (unsigned int i = 0; i < r->nr; i++)
			r->events[i].schema = NULL;
	perfdata_reader__close(r->reader);
	r->reader = NULL;
}

/* ---- records ------------------------------------------------------------------------------- */

static void add_text(struct recording_event *event, const void *raw, size_t raw_size)
{
	struct recording *r = event->recording;
	struct value_opts opts = { .symbols = r->symbols };
	const struct schema_func *func = NULL;

	if (!event->is_named_after_func)
		func = schema__func_or_only(event->schema,
					    sample_ip(raw, raw_size, event->sample_type));
	if (r->lines) {
		event_view__text(event->view, func ? func->name : NULL, raw, raw_size, &opts,
				 &r->text);
	} else if (event_view__fits(event->view, raw_size)) {
		event_view__line(event->view, raw, raw_size, &opts, &r->text);
	}
}

const char *recording_event__text(struct recording_event *event, const void *raw, size_t raw_size)
{
	struct buf *text = &event->recording->text;

	prepare(event->recording);
	if (!event->schema || raw_size > UINT16_MAX ||
	    (!event->view && event_view__new(event->schema, &event->view)))
		return NULL;
	buf__clear(text);
	add_text(event, raw, raw_size);
	if (text->failed) {
		buf__exit(text);
		*text = (struct buf)BUF_INIT;
		return NULL;
	}
	while (text->len && text->data[text->len - 1] == '\n')
		buf__cut(text, text->len - 1);
	return buf__str(text);
}
